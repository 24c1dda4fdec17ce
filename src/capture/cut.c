/*
 * cut: where records begin in the middle of a capture. Chains of candidates are followed until one is left; chains that meet
 * are one.
 *
 * For a proof, candidates are all places where a record may begin, and fall only by what the reader itself would refuse:
 * the chain that is left is the file's. Where no such proof can be had (in a pcap the chain that is four bytes late reads
 * the length on the wire for the captured one, and mostly lives as long as the true one), the file is read up to there.
 *
 * For a guess, records that are odd, though the reader would take them, fall as well, and whoever guesses has to prove.
 */
#define _POSIX_C_SOURCE 200809L
#include "base/memory.h"
#include "capture/reader.h"

#include <errno.h>
#include <unistd.h>

/* Chains are followed so far beyond the candidates. */
#define FOLLOWED (2u * SPK_RECORD_MAX)

/*
 * How a cut is looked for. Where a guess is enough, candidates begin in few bytes, for longer records are rare: a first look
 * costs little, since it is had for every part of a capture; one that fails is followed by one that sees more.
 */
struct look {
    size_t span;     /* candidates begin before it */
    size_t settled;  /* a chain counts that is the only one from here on */
    size_t followed; /* bytes that are read */
    bool strict;     /* odd records fall too */
};
static const struct look guesses[] = {
    { .span = 2048, .settled = 8192, .followed = 16384, .strict = true },
    { .span = 64 * 1024, .settled = 64 * 1024, .followed = 64 * 1024 + FOLLOWED, .strict = true },
    { .span = 64 * 1024, .settled = 64 * 1024, .followed = 64 * 1024 + FOLLOWED, .strict = false },
};

/* The bytes in which a cut is looked for, and the chains: a bit for each place where a record of one goes on. */
struct search {
    const struct spk_reader *reader;
    uint8_t *bytes;
    uint8_t *goes_on;
    size_t size;
    const struct look *look;
    size_t step; /* candidates stand at its multiples */
    size_t live; /* chains that go on behind the place that is looked at */
    bool lost;   /* a chain left the bytes */
};

/* ---- what the reader would refuse ---- */

/* What nearly no record is, though the reader would take it. */
static bool is_odd(const struct search *search, size_t at, uint32_t caplen)
{
    const struct spk_reader *reader = search->reader;
    uint32_t fraction = load32(search->bytes + at + 4, reader->swapped);
    uint32_t len = load32(search->bytes + at + 12, reader->swapped);
    return fraction >= reader->pcap.per_second || caplen > len || len > reader->pcap.cap || len == 0;
}

/* Bytes of the record at a place, its header included; 0: refused. */
static uint64_t measure_record(const struct search *search, size_t at)
{
    const struct spk_reader *reader = search->reader;
    uint32_t caplen = load32(search->bytes + at + 8, reader->swapped);
    bool refused = caplen > reader->pcap.cap || (search->look->strict && is_odd(search, at, caplen));
    return refused ? 0 : reader->pcap.header_len + (uint64_t)caplen;
}

/* The same for a block, in the byte order of the section that the reader is in. */
static uint64_t measure_block(const struct search *search, size_t at)
{
    const struct spk_reader *reader = search->reader;
    uint32_t type = load32(search->bytes + at, reader->swapped);
    uint32_t size = load32(search->bytes + at + 4, reader->swapped);
    if (size < SPK_BLOCK_MIN || size % 4 != 0 || size > spk_pcapng_block_cap(reader, type)) {
        return 0;
    }
    bool whole = size <= search->size - at;
    return !whole || load32(search->bytes + at + size - 4, reader->swapped) == size ? size : 0;
}

static uint64_t measure(const struct search *search, size_t at)
{
    return search->reader->format == SPK_FORMAT_PCAPNG ? measure_block(search, at) : measure_record(search, at);
}

/* ---- chains ---- */

static bool goes_on(const struct search *search, size_t at)
{
    return (search->goes_on[at / 8] >> (at % 8) & 1) != 0;
}

/* The chain of the candidate at a place goes on behind it, or ends here. */
static void follow(struct search *search, size_t at)
{
    uint64_t size = measure(search, at);
    uint64_t next = at + size;
    if (size == 0) {
        return;
    }
    if (next + SPK_CUT_HEADER > search->size) {
        search->lost = true;
    } else if (!goes_on(search, (size_t)next)) {
        search->goes_on[next / 8] = (uint8_t)(search->goes_on[next / 8] | 1u << (next % 8));
        search->live++;
    }
}

/* The place where the only chain goes on; false: there is none, or more than one as far as they are followed. */
static bool find_survivor(struct search *search, size_t *found)
{
    const size_t span = search->look->span;
    for (size_t at = 0; at + SPK_CUT_HEADER <= search->size && !search->lost; at += search->step) {
        bool known = goes_on(search, at);
        if (known && search->live == 1 && at >= search->look->settled) {
            *found = at;
            return true;
        }
        search->live -= known;
        if (known || at < span) {
            follow(search, at);
        }
        if (at >= span && search->live == 0) {
            return false;
        }
    }
    return false;
}

/* ---- the file ---- */

/* The descriptor of a reader that parts can be read of, or -1. */
static int divisible_fd(const struct spk_reader *reader, uint64_t *size)
{
    const struct spk_window *window = &reader->window;
    struct stat status;
    int fd = spk_stream_file(window->stream, &status);
    bool plain =
        reader->format == SPK_FORMAT_PCAPNG || (reader->format == SPK_FORMAT_PCAP && spk_pcap_is_plain(reader));
    if (fd < 0 || !plain || reader->compression != SPK_COMPRESSION_NONE || reader->salvage.next != NULL) {
        return -1;
    }
    *size = (uint64_t)status.st_size;
    return fd;
}

bool spk_reader_divides(const struct spk_reader *reader, uint64_t *size)
{
    const struct spk_window *window = &reader->window;
    int fd = divisible_fd(reader, size);
    /* a descriptor that was given may have begun in the middle of its file */
    off_t at = fd >= 0 ? lseek(fd, 0, SEEK_CUR) : -1;
    return at >= 0 && (uint64_t)at == window->start_offset + (uint64_t)(window->end - window->start);
}

/* Reads as many of size bytes as the file has there. */
static bool read_at(int fd, uint8_t *to, size_t size, uint64_t at, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = pread(fd, to + *got, size - *got, (off_t)(at + *got));
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n == 0) {
            break;
        }
        *got += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Bytes in which a record must begin, whatever it is. */
static size_t sure_span(const struct spk_reader *reader)
{
    return reader->format == SPK_FORMAT_PCAP && reader->pcap.cap == SPK_RECORD_MAX
               ? SPK_RECORD_MAX + reader->pcap.header_len
               : 0;
}

static enum spk_status search_from(const struct spk_reader *reader, uint64_t from, const struct look *look,
                                   uint64_t *offset)
{
    struct search search = { .reader = reader, .look = look, .step = reader->format == SPK_FORMAT_PCAPNG ? 4 : 1 };
    uint64_t file_size;
    size_t found = 0;
    int fd = divisible_fd(reader, &file_size);
    from += (search.step - from % search.step) % search.step;
    search.bytes = spk_alloc(look->followed);
    search.goes_on = spk_alloc_zeroed(look->followed / 8 + 1, 1);
    enum spk_status status = SPK_ERR_MEMORY;
    if (search.bytes != NULL && search.goes_on != NULL) {
        bool read = fd >= 0 && read_at(fd, search.bytes, look->followed, from, &search.size);
        status = read && find_survivor(&search, &found) ? SPK_OK : SPK_END;
        *offset = from + found;
    }
    spk_free(search.bytes);
    spk_free(search.goes_on);
    return status;
}

/* ---- readers of parts ---- */

static bool copy_interfaces(const struct spk_reader *reader, struct spk_reader *copy)
{
    copy->ng.room = reader->ng.count;
    copy->ng.interfaces = spk_alloc_zeroed(reader->ng.count, sizeof copy->ng.interfaces[0]);
    if (copy->ng.interfaces == NULL) {
        copy->ng.count = 0;
        return false;
    }
    for (uint32_t i = 0; i < reader->ng.count; i++) {
        copy->ng.interfaces[i] = reader->ng.interfaces[i];
        copy->ng.interfaces[i].options = NULL;
        copy->ng.interfaces[i].options_len = 0;
    }
    return true;
}

static bool open_window(struct spk_reader *reader, int fd, uint64_t offset)
{
    bool opened = spk_window_open(&reader->window, spk_stream_from_fd_at(fd, offset));
    reader->window.start_offset = offset;
    return opened;
}

enum spk_status spk_reader_fork(const struct spk_reader *reader, uint64_t offset, struct spk_reader **out,
                                struct spk_error *error)
{
    uint64_t size;
    int fd = divisible_fd(reader, &size);
    *out = NULL;
    if (fd < 0) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                   .who = reader->name,
                                                   .what = "a capture that cannot be read in parts" });
    }
    struct spk_reader *copy = spk_alloc_zeroed(1, sizeof *copy);
    bool made = copy != NULL;
    if (made) {
        *copy = *reader;
        copy->next = reader->format == SPK_FORMAT_PCAPNG ? spk_pcapng_next : spk_pcap_next(reader);
        copy->packets = copy->events = 0;
        copy->warnings = 0;
        copy->failed = (struct spk_error){ .code = SPK_OK };
        copy->pcap.empty_records = 0;
        made = copy_interfaces(reader, copy);
        made = open_window(copy, fd, offset) && made;
    }
    if (!made) {
        spk_reader_close(copy);
        return spk_fail(
            error, (struct spk_error){ .code = SPK_ERR_MEMORY, .who = reader->name, .what = "no memory to read with" });
    }
    *out = copy;
    return SPK_OK;
}

void spk_reader_until(struct spk_reader *reader, uint64_t offset)
{
    reader->window.until = offset;
}

enum spk_status spk_reader_guess(const struct spk_reader *reader, uint64_t from, uint64_t *offset)
{
    enum spk_status status = SPK_END;
    for (size_t i = 0; i < SPK_COUNT_OF(guesses) && status == SPK_END; i++) {
        status = search_from(reader, from, &guesses[i], offset);
    }
    return status;
}

/* ---- parts ---- */

/* Appends to a list whose room doubles at each power of two. False: no memory. */
static bool append(uint64_t **list, size_t *count, uint64_t offset)
{
    if ((*count & (*count - 1)) == 0) {
        uint64_t *larger = spk_realloc(*list, (*count > 0 ? *count * 2 : 1) * sizeof larger[0]);
        if (larger == NULL) {
            return false;
        }
        *list = larger;
    }
    (*list)[(*count)++] = offset;
    return true;
}

/*
 * Reads on up to the first record that begins at or behind to, and notes where blocks between records tell of what a reader
 * that begins behind them has to know. SPK_END: none does.
 */
static enum spk_status hop(struct spk_reader *reader, uint64_t to, uint64_t *offset, struct spk_splits *splits,
                           struct spk_error *error)
{
    struct spk_record record = { .offset = 0 };
    enum spk_status status;
    do {
        const uint64_t behind = spk_window_offset(&reader->window);
        const uint32_t sections = reader->ng.sections;
        const uint64_t total = reader->ng.total;
        status = spk_reader_next(reader, &record, error);
        bool tells = sections != reader->ng.sections || total != reader->ng.total;
        if (status == SPK_OK && tells && reader->packets > 1 && !append(&splits->tells, &splits->tell_count, behind)) {
            return spk_no_memory(error);
        }
    } while (status == SPK_OK && record.offset < to);
    *offset = status == SPK_OK ? record.offset : 0;
    return status;
}

/* The first record that begins at or behind `to`. SPK_END: none does. */
static enum spk_status next_cut(struct spk_reader *reader, uint64_t to, uint64_t *offset, struct spk_splits *splits,
                                struct spk_error *error)
{
    const size_t span = sure_span(reader);
    const struct look look = { .span = span, .settled = span, .followed = span + FOLLOWED };
    enum spk_status status = span > 0 ? search_from(reader, to, &look, offset) : SPK_END;
    return status == SPK_END ? hop(reader, to, offset, splits, error) : status;
}

static enum spk_status find_splits(struct spk_reader *reader, uint64_t size, struct spk_splits *out,
                                   struct spk_error *error)
{
    uint64_t at = 0;
    enum spk_status status = hop(reader, 0, &at, out, error);
    while (status == SPK_OK) {
        if (!append(&out->begins, &out->count, at)) {
            return spk_no_memory(error);
        }
        status = out->size - at > size ? next_cut(reader, at + size, &at, out, error) : SPK_END;
    }
    return status == SPK_END ? SPK_OK : status;
}

enum spk_status spk_splits_find(const char *path, uint64_t size, struct spk_splits *out, struct spk_error *error)
{
    struct spk_reader *reader = NULL;
    *out = (struct spk_splits){ .count = 0 };
    enum spk_status status = spk_reader_open(path, &reader, error);
    if (status == SPK_OK && !spk_reader_divides(reader, &out->size)) {
        status = spk_fail(error,
                          (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                              .who = path,
                                              .what = "it cannot be read in parts",
                                              .hint = "files of pcap and pcapng can, where they are not compressed" });
    }
    if (status == SPK_OK) {
        status = find_splits(reader, size > 0 ? size : 1, out, error);
    }
    spk_reader_close(reader);
    return status;
}

void spk_splits_free(struct spk_splits *splits)
{
    spk_free(splits->begins);
    spk_free(splits->tells);
    *splits = (struct spk_splits){ .count = 0 };
}
