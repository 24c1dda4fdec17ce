/*
 * Any bytes as a capture that is cut into parts: as it stands, and its records over and over as a larger capture, so that
 * cuts are looked for in the middle. Every part begins at a record that a reader coming from the beginning meets there. The
 * first byte says how large the parts are.
 */
#define _GNU_SOURCE
#include "support.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LARGE = 900 << 10 }; /* more than a search looks at */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cuts the file and reads it from its beginning; whole: it must come to a good end. */
static void check_cuts(int fd, uint64_t part, bool whole)
{
    char path[64];
    struct spk_splits splits;
    struct spk_reader *reader = NULL;
    struct spk_error error = { 0 };
    struct spk_record record;
    size_t next = 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum spk_status cut = spk_splits_find(path, part, &splits, &error);
    claim(cut == SPK_OK || error.what != NULL);
    claim(cut == SPK_OK || !whole);
    enum spk_status status = spk_reader_open(path, &reader, NULL);
    while (status == SPK_OK && (status = spk_reader_next(reader, &record, NULL)) == SPK_OK) {
        claim(next >= splits.count || splits.begins[next] >= record.offset); /* else it began at no record */
        next += next < splits.count && splits.begins[next] == record.offset;
    }
    claim(status < 0 || next == splits.count);
    claim(status == SPK_END || !whole);
    spk_reader_close(reader);
    spk_splits_free(&splits);
}

/* The records of a capture until they are many; false: it has none. */
static bool multiply(const uint8_t *data, size_t size, const struct spk_writer_options *options, int fd)
{
    struct spk_writer *writer = NULL;
    struct spk_record record;
    uint64_t written = 0;
    bool more = true;
    claim(spk_writer_open_fd(fd, "memory", options, &writer, NULL) == SPK_OK);
    while (more && written < LARGE) {
        struct spk_reader *reader = NULL;
        more = false;
        enum spk_status status = spk_reader_open_memory(data, size, "fuzz", &reader, NULL);
        while (status == SPK_OK && (status = spk_reader_next(reader, &record, NULL)) == SPK_OK) {
            /* a pcap has one link type, no time before 1970, and at its end no empty records: those are a crash's zeros */
            more = (record.len > 0 && spk_writer_write(writer, &record, NULL) == SPK_OK) || more;
            written += 16 + record.caplen;
        }
        spk_reader_close(reader);
    }
    claim(spk_writer_close(writer, NULL, NULL) == SPK_OK);
    return more;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct spk_writer_options formats[] = { { .format = SPK_FORMAT_PCAP }, { .format = SPK_FORMAT_PCAPNG } };
    if (size < 2) {
        return 0;
    }
    int fd = memfd_create("splits", 0);
    claim(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1);
    check_cuts(fd, 4096 + data[0] * 64u, false);
    close(fd);
    fd = memfd_create("splits", 0);
    claim(fd >= 0);
    if (multiply(data + 1, size - 1, &formats[data[0] % 2], fd)) {
        check_cuts(fd, LARGE / 2 - data[0] * 1024u, true);
    }
    close(fd);
    return 0;
}
