/*
 * Any bytes as a capture that is written again: its records as pcapng and its blocks as they stand. What comes back
 * are the same packets, and the blocks are the same bytes.
 */
#define _GNU_SOURCE
#include "support.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct spk_writer *open_writer(int fd)
{
    const struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_writer *writer = NULL;
    claim(fd >= 0);
    claim(spk_writer_open_fd(fd, "memory", &options, &writer, NULL) == SPK_OK);
    return writer;
}

static struct spk_reader *open_again(int fd)
{
    struct spk_reader *reader = NULL;
    claim(lseek(fd, 0, SEEK_SET) == 0);
    claim(spk_reader_open_fd(fd, "memory", &reader, NULL) == SPK_OK);
    return reader;
}

static void same_options(const struct spk_record *a, const struct spk_record *b)
{
    struct spk_option left, right;
    size_t at = 0, at_too = 0;
    while (spk_option_next(a->options, a->options_len, a->swapped, &at, &left)) {
        claim(spk_option_next(b->options, b->options_len, b->swapped, &at_too, &right));
        claim(left.code == right.code && left.length == right.length);
        claim(left.code != SPK_OPTION_COMMENT || memcmp(left.value, right.value, left.length) == 0);
    }
    claim(!spk_option_next(b->options, b->options_len, b->swapped, &at_too, &right));
}

static void same_record(const struct spk_record *a, const struct spk_record *b)
{
    claim(a->caplen == b->caplen && a->len == b->len && a->link == b->link && a->fcs_len == b->fcs_len);
    claim(memcmp(a->data, b->data, a->caplen) == 0);
    claim(!a->has_time || (b->has_time && a->time_ns == b->time_ns));
    same_options(a, b);
}

static void through_records(const uint8_t *data, size_t size)
{
    struct spk_reader *reader = NULL;
    struct spk_record record, again;
    uint64_t packets = 0, safe = 0;
    if (spk_reader_open_memory(data, size, "fuzz", &reader, NULL) != SPK_OK) {
        return;
    }
    int fd = memfd_create("rewrite", 0);
    struct spk_writer *writer = open_writer(fd);
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
        claim(spk_writer_write(writer, &record, NULL) == SPK_OK);
        packets++;
    }
    spk_reader_close(reader);
    claim(spk_writer_close(writer, &safe, NULL) == SPK_OK && safe == packets);
    struct spk_reader *written = open_again(fd);
    claim(spk_reader_open_memory(data, size, "fuzz", &reader, NULL) == SPK_OK);
    for (uint64_t i = 0; i < packets; i++) {
        claim(spk_reader_next(reader, &record, NULL) == SPK_OK);
        claim(spk_reader_next(written, &again, NULL) == SPK_OK);
        same_record(&record, &again);
    }
    claim(spk_reader_next(written, &again, NULL) == SPK_END);
    spk_reader_close(written);
    spk_reader_close(reader);
    close(fd);
}

static void through_blocks(const uint8_t *data, size_t size)
{
    struct spk_reader *reader = NULL;
    struct spk_reader_info info;
    struct spk_record record;
    struct spk_block block, again;
    uint64_t blocks = 0;
    if (spk_reader_open_memory(data, size, "fuzz", &reader, NULL) != SPK_OK) {
        return;
    }
    spk_reader_info(reader, &info);
    if (info.format != SPK_FORMAT_PCAPNG) {
        spk_reader_close(reader);
        return;
    }
    int fd = memfd_create("rewrite", 0);
    struct spk_writer *writer = open_writer(fd);
    while (spk_reader_next_block(reader, &block, &record, NULL) == SPK_OK) {
        claim(spk_writer_write_block(writer, &block, NULL) == SPK_OK);
        if (block.is_packet && spk_writer_write_edited(writer, &block, &record, NULL) != SPK_OK) {
            /* a simple block that holds more than its snap length lets through */
            claim(block.type == SPK_BLOCK_PACKET_SIMPLE);
            claim(spk_writer_write_block(writer, &block, NULL) == SPK_OK);
        }
        blocks++;
    }
    spk_reader_close(reader);
    claim(spk_writer_close(writer, NULL, NULL) == SPK_OK);
    struct spk_reader *written = open_again(fd);
    claim(spk_reader_open_memory(data, size, "fuzz", &reader, NULL) == SPK_OK);
    for (uint64_t i = 0; i < blocks; i++) {
        claim(spk_reader_next_block(reader, &block, &record, NULL) == SPK_OK);
        claim(spk_reader_next_block(written, &again, &record, NULL) == SPK_OK);
        claim(block.size == again.size && memcmp(block.bytes, again.bytes, block.size) == 0);
        if (block.is_packet) { /* the same packet again, through its record */
            uint32_t caplen = record.caplen;
            claim(spk_reader_next_block(written, &again, &record, NULL) == SPK_OK);
            claim(again.is_packet && record.caplen == caplen);
        }
    }
    spk_reader_close(written);
    spk_reader_close(reader);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    through_records(data, size);
    through_blocks(data, size);
    return 0;
}
