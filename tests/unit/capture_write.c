/*
 * Writing: what is written reads back the same, in every format and compression; pcapng copied block
 * by block is the same file.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <errno.h>
#include <signal.h>

static char directory[256];

static int set_up(void **unused)
{
    (void)unused;
    make_directory(directory, sizeof directory);
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

static void write_made(const char *path, const struct spk_writer_options *options, uint64_t count)
{
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t data[2048];
    uint64_t safe = 0;
    assert_int_equal(spk_writer_open(path, options, &writer, &error), SPK_OK);
    for (uint64_t i = 1; i <= count; i++) {
        struct spk_record record = made_record(i, data);
        assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, &safe, &error), SPK_OK);
    assert_true(safe == count);
}

static void check_same(const struct spk_record *got, const struct spk_record *wanted, int64_t unit)
{
    assert_int_equal(got->caplen, wanted->caplen);
    assert_int_equal(got->len, wanted->len);
    assert_int_equal(got->link, wanted->link);
    assert_true(got->has_time == wanted->has_time);
    assert_true(got->time_ns == wanted->time_ns - wanted->time_ns % unit);
    assert_int_equal(got->warnings, 0);
    assert_memory_equal(got->data, wanted->data, wanted->caplen);
}

static void read_made(const char *path, uint64_t count, enum spk_compression compression)
{
    struct spk_reader *reader;
    struct spk_reader_info info;
    struct spk_record record;
    struct spk_error error;
    uint8_t data[2048];
    assert_int_equal(spk_reader_open(path, &reader, &error), SPK_OK);
    for (uint64_t i = 1; i <= count; i++) {
        struct spk_record wanted = made_record(i, data);
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
        check_same(&record, &wanted, 1);
    }
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_END);
    spk_reader_info(reader, &info);
    assert_int_equal(info.compression, compression);
    spk_reader_close(reader);
}

static void every_format_and_compression(void **unused)
{
    const char *names[] = { "a.pcap",       "a.pcap.gz",    "a.pcap.zst", "a.pcap.lz4",  "a.pcapng",    "a.PCAPNG.GZ",
                            "a.pcapng.zst", "a.pcapng.lz4", "a.dump",     "a.ntar.zstd", "a.pcap.gzip", "a" };
    const uint64_t counts[] = { 0, 1, 2, 5000 };
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        for (size_t k = 0; k < SPK_COUNT_OF(counts); k++) {
            struct spk_writer_options options = { .nanoseconds = true };
            spk_writer_options_from_name(names[i], &options);
            write_made(path_in(directory, names[i]), &options, counts[k]);
            read_made(path_in(directory, names[i]), counts[k], options.compression);
        }
    }
}

static void names_say_the_format(void **unused)
{
    struct spk_writer_options options = { .level = 3 };
    (void)unused;
    spk_writer_options_from_name("x/y.PcapNG.Zst", &options);
    assert_int_equal(options.format, SPK_FORMAT_PCAPNG);
    assert_int_equal(options.compression, SPK_COMPRESSION_ZSTD);
    assert_int_equal(options.level, 3);
    spk_writer_options_from_name("gz", &options);
    assert_int_equal(options.format, 0);
    assert_int_equal(options.compression, SPK_COMPRESSION_NONE);
    spk_writer_options_from_name("x.CAP.gz", &options);
    assert_int_equal(options.format, SPK_FORMAT_PCAP);
    assert_int_equal(options.compression, SPK_COMPRESSION_GZIP);
}

/* Several threads give what one reads; only zstd takes them, and not any number. */
static void several_threads(void **unused)
{
    struct spk_writer_options options = { .compression = SPK_COMPRESSION_ZSTD, .nanoseconds = true };
    struct spk_writer *writer;
    struct spk_error error;
    (void)unused;
    for (options.threads = 2; options.threads <= 3; options.threads++) {
        write_made(path_in(directory, "threads"), &options, 20000);
        read_made(path_in(directory, "threads"), 20000, SPK_COMPRESSION_ZSTD);
    }
    options.threads = 65;
    assert_int_equal(spk_writer_open(path_in(directory, "refused"), &options, &writer, &error), SPK_ERR_USAGE);
    options = (struct spk_writer_options){ .compression = SPK_COMPRESSION_GZIP, .threads = 2 };
    assert_int_equal(spk_writer_open(path_in(directory, "refused"), &options, &writer, &error), SPK_ERR_USAGE);
}

/* Every level of every compression; one beyond is refused before a file is made. */
static void every_level(void **unused)
{
    const int highest[] = { 0, 9, 22, 12 };
    struct spk_writer *writer;
    struct spk_error error;
    (void)unused;
    for (int kind = 1; kind <= 3; kind++) {
        struct spk_writer_options options = { .compression = (enum spk_compression)kind, .nanoseconds = true };
        for (options.level = 1; options.level <= highest[kind]; options.level++) {
            write_made(path_in(directory, "level"), &options, 300);
            read_made(path_in(directory, "level"), 300, options.compression);
        }
        assert_int_equal(spk_writer_open(path_in(directory, "refused"), &options, &writer, &error), SPK_ERR_USAGE);
        assert_int_equal(access(path_in(directory, "refused"), F_OK), -1);
    }
}

static void header_says_262144_and_nothing_is_cut(void **unused)
{
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t data[2048];
    struct spk_record record = made_record(1001, data);
    (void)unused;
    record.caplen = record.len = 1400;
    memset(data, 7, sizeof data);
    for (uint32_t snaplen = 0; snaplen <= 96; snaplen += 96) {
        struct spk_writer_options options = { .snaplen = snaplen };
        assert_int_equal(spk_writer_open(path_in(directory, "snap"), &options, &writer, &error), SPK_OK);
        assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
        assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
        struct bytes file = read_file(path_in(directory, "snap"));
        uint32_t said;
        memcpy(&said, file.at + 16, 4);
        assert_int_equal(said, snaplen > 0 ? snaplen : 262144);
        assert_int_equal(file.size, 24 + 16 + (snaplen > 0 ? snaplen : 1400));
        uint32_t lengths[2];
        memcpy(lengths, file.at + 32, 8);
        assert_int_equal(lengths[0], snaplen > 0 ? snaplen : 1400);
        assert_int_equal(lengths[1], 1400);
        free(file.at);
    }
}

/* What pcap cannot hold is refused, the writer goes on, and the file has the rest. */
static void what_pcap_cannot_hold(void **unused)
{
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t *data = calloc(1, 300000);
    struct spk_record good = made_record(5, data), bad = good;
    (void)unused;
    assert_int_equal(spk_writer_open(path_in(directory, "some"), NULL, &writer, &error), SPK_OK);
    assert_int_equal(spk_writer_write(writer, &good, &error), SPK_OK);
    bad.link = SPK_LINK_RAW;
    assert_int_equal(spk_writer_write(writer, &bad, &error), SPK_ERR_UNSUPPORTED);
    bad = good;
    bad.time_ns = -1;
    assert_int_equal(spk_writer_write(writer, &bad, &error), SPK_ERR_LIMIT);
    bad.time_ns = (int64_t)UINT32_MAX * SECOND + SECOND;
    assert_int_equal(spk_writer_write(writer, &bad, &error), SPK_ERR_LIMIT);
    bad.time_ns = 0;
    bad.caplen = bad.len = SPK_RECORD_MAX + 1;
    assert_int_equal(spk_writer_write(writer, &bad, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.who, path_in(directory, "some"));
    good.time_ns = (int64_t)UINT32_MAX * SECOND + SECOND - 1; /* the last that fits */
    assert_int_equal(spk_writer_write(writer, &good, &error), SPK_OK);
    struct spk_block block = { .bytes = data, .size = 12, .type = 99 };
    assert_int_equal(spk_writer_write_block(writer, &block, &error), SPK_ERR_USAGE);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    struct outcome out = read_path(path_in(directory, "some"), false);
    assert_int_equal(out.status, SPK_END);
    assert_int_equal(out.packets, 2);
    free(data);
}

/* Link types, an FCS, times before 1970 and none at all, comments: all kept in pcapng. */
static void what_pcapng_holds(void **unused)
{
    static const struct {
        uint16_t link;
        uint8_t fcs_len;
        int64_t time_ns;
        bool has_time;
    } kinds[] = {
        { 1, 0, 0, true },         { 1, 4, 5, true },         { 101, 0, 1, true },
        { 1, 0, -1, true },        { 1, 0, INT64_MIN, true }, { 1, 0, INT64_MAX, true },
        { 113, 2, -SECOND, true }, { 1, 0, 0, false },        { 65535, 0, SECOND, true },
    };
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG, .application = "a test" };
    struct spk_writer *writer;
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_error error;
    uint8_t data[2048], text[256];
    (void)unused;
    assert_int_equal(spk_writer_open(path_in(directory, "kinds"), &options, &writer, &error), SPK_OK);
    for (size_t i = 0; i < 4 * SPK_COUNT_OF(kinds); i++) {
        size_t used = 0, k = i % SPK_COUNT_OF(kinds);
        struct spk_record out = made_record(i, data);
        if (!kinds[k].has_time) {
            out.len = out.caplen;
        }
        out.link = kinds[k].link;
        out.fcs_len = kinds[k].fcs_len;
        out.time_ns = kinds[k].time_ns;
        out.has_time = kinds[k].has_time;
        if (out.has_time) {
            assert_true(spk_option_put(text, sizeof text, &used, SPK_OPTION_COMMENT, "comment", (uint16_t)(i % 8)));
            assert_true(spk_option_put(text, sizeof text, &used, SPK_OPTION_COMMENT, "more", 4));
            out.options = text;
            out.options_len = (uint32_t)used;
        }
        assert_int_equal(spk_writer_write(writer, &out, &error), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    assert_int_equal(spk_reader_open(path_in(directory, "kinds"), &reader, &error), SPK_OK);
    for (size_t i = 0; i < 4 * SPK_COUNT_OF(kinds); i++) {
        size_t k = i % SPK_COUNT_OF(kinds), at = 0, length;
        const char *comment;
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
        assert_int_equal(record.link, kinds[k].link);
        assert_int_equal(record.fcs_len, kinds[k].fcs_len);
        assert_true(record.has_time == kinds[k].has_time);
        if (!record.has_time) {
            continue;
        }
        assert_true(record.time_ns == kinds[k].time_ns);
        assert_true(spk_record_comment(&record, &at, &comment, &length));
        assert_int_equal(length, i % 8);
        assert_true(spk_record_comment(&record, &at, &comment, &length));
        assert_memory_equal(comment, "more", 4);
        assert_false(spk_record_comment(&record, &at, &comment, &length));
    }
    struct spk_reader_info info;
    spk_reader_info(reader, &info);
    assert_int_equal(info.sections, 1);
    assert_int_equal(info.interfaces, 6); /* one for each link type, FCS and side of 1970 */
    spk_reader_close(reader);
}

/* Everything of a pcapng through next_block and write_block. False: not a pcapng, or damaged. */
static bool copy_blocks(const char *from, const char *to, struct bytes *plain)
{
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_reader *reader;
    struct spk_reader_info info;
    struct spk_record record;
    struct spk_block block;
    struct spk_writer *writer;
    struct spk_error error;
    enum spk_status status;
    *plain = (struct bytes){ NULL, 0 };
    if (spk_reader_open(from, &reader, NULL) != SPK_OK) {
        return false;
    }
    spk_reader_info(reader, &info);
    assert_int_equal(spk_writer_open(to, &options, &writer, &error), SPK_OK);
    while (info.format == SPK_FORMAT_PCAPNG
           && (status = spk_reader_next_block(reader, &block, &record, &error)) == SPK_OK) {
        plain->at = realloc(plain->at, plain->size + block.size);
        memcpy(plain->at + plain->size, block.bytes, block.size);
        plain->size += block.size;
        assert_int_equal(spk_writer_write_block(writer, &block, &error), SPK_OK);
    }
    spk_reader_close(reader);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    return info.format == SPK_FORMAT_PCAPNG;
}

static void pcapng_copied_by_blocks_is_the_same(void **unused)
{
    struct file_list files = all_captures();
    size_t copied = 0, whole = 0;
    (void)unused;
    for (size_t i = 0; i < files.count; i++) {
        struct bytes blocks;
        if (copy_blocks(files.paths[i], path_in(directory, "copy"), &blocks)) {
            struct bytes copy = read_file(path_in(directory, "copy")), original = read_file(files.paths[i]);
            assert_int_equal(copy.size, blocks.size);
            assert_memory_equal(copy.at, blocks.at, copy.size);
            struct outcome out = read_path(files.paths[i], false);
            if (out.status == SPK_END && original.size > 4 && original.at[0] == 0x0a) {
                assert_int_equal(copy.size, original.size); /* not compressed and not damaged */
                assert_memory_equal(copy.at, original.at, copy.size);
                whole++;
            }
            copied++;
            free(copy.at);
            free(original.at);
        }
        free(blocks.at);
    }
    print_message("# %zu pcapng copied, %zu of them compared with the file itself\n", copied, whole);
    free_files(&files);
    assert_true(copied > 0);
}

/* One capture into another through records: the packets stay what they were. */
static bool copy_records(const char *from, const char *to, const struct spk_writer_options *options, uint64_t *refused)
{
    struct spk_reader *reader;
    struct spk_writer *writer;
    struct spk_record record;
    struct spk_error error;
    *refused = 0;
    if (spk_reader_open(from, &reader, NULL) != SPK_OK) {
        return false;
    }
    assert_int_equal(spk_writer_open(to, options, &writer, &error), SPK_OK);
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
        enum spk_status status = spk_writer_write(writer, &record, &error);
        if (status != SPK_OK) {
            assert_true(status == SPK_ERR_LIMIT || status == SPK_ERR_UNSUPPORTED);
            (*refused)++;
        }
    }
    spk_reader_close(reader);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    return true;
}

/* Compares two captures record by record; the second may lack a time's last digits. */
static void compare_records(const char *first, const char *second, int64_t unit, bool options_too)
{
    struct spk_reader *one, *two;
    struct spk_record a, b;
    enum spk_status left, right;
    assert_int_equal(spk_reader_open(first, &one, NULL), SPK_OK);
    assert_int_equal(spk_reader_open(second, &two, NULL), SPK_OK);
    for (;;) {
        left = spk_reader_next(one, &a, NULL);
        right = spk_reader_next(two, &b, NULL);
        if (left != SPK_OK || right != SPK_OK) {
            break;
        }
        assert_int_equal(a.caplen, b.caplen);
        assert_int_equal(a.len, b.len);
        assert_int_equal(a.link, b.link);
        assert_memory_equal(a.data, b.data, a.caplen);
        if (a.has_time) {
            assert_true(b.has_time);
            assert_true(b.time_ns == a.time_ns - a.time_ns % unit);
        }
        if (options_too) {
            struct spk_option p, q;
            size_t i = 0, k = 0;
            assert_int_equal(a.fcs_len, b.fcs_len);
            while (spk_option_next(a.options, a.options_len, a.swapped, &i, &p)) {
                assert_true(spk_option_next(b.options, b.options_len, b.swapped, &k, &q));
                assert_int_equal(p.code, q.code);
                assert_int_equal(p.length, q.length);
                if (p.code == 1 || a.swapped == b.swapped) {
                    assert_memory_equal(p.value, q.value, p.length);
                }
            }
            assert_false(spk_option_next(b.options, b.options_len, b.swapped, &k, &q));
        }
    }
    assert_int_equal(right, SPK_END);
    spk_reader_close(one);
    spk_reader_close(two);
}

static void corpus_through_records(void **unused)
{
    struct file_list files = all_captures();
    size_t copied = 0;
    uint64_t refused;
    (void)unused;
    for (size_t i = 0; i < files.count; i++) {
        struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG,
                                              .compression = (enum spk_compression)(i % 4) };
        if (copy_records(files.paths[i], path_in(directory, "records"), &options, &refused)) {
            assert_true(refused == 0);
            compare_records(files.paths[i], path_in(directory, "records"), 1, true);
            copied++;
        }
        options.format = SPK_FORMAT_PCAP;
        if (copy_records(files.paths[i], path_in(directory, "records"), &options, &refused) && refused == 0) {
            compare_records(files.paths[i], path_in(directory, "records"), 1000, false);
        }
    }
    print_message("# %zu captures\n", copied);
    free_files(&files);
    assert_true(copied > 0);
}

/* Options of a section in the other byte order, written in this one. */
static void options_of_the_other_byte_order(void **unused)
{
    static const uint8_t swapped_options[] = {
        0,    2,    0, 4, 1,   2,   3,   4,                 /* flags */
        0,    4,    0, 8, 1,   2,   3,   4, 5,   6,   7, 8, /* drop count */
        0,    1,    0, 3, 'a', 'b', 'c', 0,                 /* a comment */
        0x0b, 0xac, 0, 6, 1,   2,   3,   4, 'x', 'y', 0, 0, /* custom: a number and a text */
        0,    7,    0, 2, 9,   8,   0,   0,                 /* a verdict: bytes */
    };
    static const uint8_t little[] = {
        2,   0,   4,   0, 4,    3,    2, 1, 4, 0, 8, 0, 8,   7,   6, 5, 4, 3, 2, 1, 1, 0, 3, 0,
        'a', 'b', 'c', 0, 0xac, 0x0b, 6, 0, 4, 3, 2, 1, 'x', 'y', 0, 0, 7, 0, 2, 0, 9, 8, 0, 0,
    };
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_writer *writer;
    struct spk_reader *reader;
    struct spk_record record;
    const uint16_t one = 1;
    uint8_t data[2048];
    (void)unused;
    if (*(const uint8_t *)&one != 1) {
        skip(); /* the tables are made for a little-endian host */
    }
    record = made_record(3, data);
    record.options = swapped_options;
    record.options_len = sizeof swapped_options;
    record.swapped = true;
    assert_int_equal(spk_writer_open(path_in(directory, "order"), &options, &writer, NULL), SPK_OK);
    assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    assert_int_equal(spk_reader_open(path_in(directory, "order"), &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_int_equal(record.options_len, sizeof little);
    assert_memory_equal(record.options, little, sizeof little);
    spk_reader_close(reader);
}

/* A rewriter: bytes changed and shortened, all else of the pcapng as it was, a record added. */
static void edited_packets(void **unused)
{
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct file_list files = all_captures();
    struct spk_reader *reader;
    struct spk_writer *writer;
    struct spk_record record, again;
    struct spk_block block;
    struct spk_reader_info info;
    struct spk_error error;
    uint8_t data[2048] = { 0 };
    size_t edited = 0;
    (void)unused;
    for (size_t i = 0; i < files.count; i++) {
        uint64_t packets = 0;
        if (spk_reader_open(files.paths[i], &reader, NULL) != SPK_OK) {
            continue;
        }
        spk_reader_info(reader, &info);
        if (info.format != SPK_FORMAT_PCAPNG) {
            spk_reader_close(reader);
            continue;
        }
        assert_int_equal(spk_writer_open(path_in(directory, "edited"), &options, &writer, &error), SPK_OK);
        while (spk_reader_next_block(reader, &block, &record, &error) == SPK_OK) {
            if (!block.is_packet) {
                assert_int_equal(spk_writer_write_block(writer, &block, &error), SPK_OK);
                continue;
            }
            record.caplen /= 2;
            record.len = record.caplen;
            assert_int_equal(spk_writer_write_edited(writer, &block, &record, &error), SPK_OK);
            packets++;
        }
        spk_reader_close(reader);
        /* a record of one's own behind them, and then no block of the old section any more */
        record = made_record(1, data);
        assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
        block = (struct spk_block){ .bytes = data, .size = 12, .type = 99 };
        assert_int_equal(spk_writer_write_block(writer, &block, &error), SPK_ERR_USAGE);
        assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
        assert_int_equal(spk_reader_open(files.paths[i], &reader, NULL), SPK_OK);
        struct spk_reader *changed;
        assert_int_equal(spk_reader_open(path_in(directory, "edited"), &changed, NULL), SPK_OK);
        for (uint64_t n = 0; n < packets; n++) {
            assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
            assert_int_equal(spk_reader_next(changed, &again, NULL), SPK_OK);
            assert_int_equal(again.caplen, record.caplen / 2);
            assert_memory_equal(again.data, record.data, again.caplen);
            assert_true(again.time_ns == record.time_ns && again.has_time == record.has_time);
            assert_int_equal(again.interface, record.interface);
            assert_int_equal(again.options_len, record.options_len);
        }
        assert_int_equal(spk_reader_next(changed, &again, NULL), SPK_OK);
        record = made_record(1, data);
        check_same(&again, &record, 1);
        assert_int_equal(spk_reader_next(changed, &again, NULL), SPK_END);
        spk_reader_close(changed);
        spk_reader_close(reader);
        edited++;
    }
    free_files(&files);
    assert_true(edited > 0);
}

/* A pipe whose reader goes away: the same error, and what was taken is counted. */
static void broken_pipe(void **unused)
{
    int ends[2];
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t data[2048];
    enum spk_status status = SPK_OK;
    (void)unused;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(spk_writer_open_fd(ends[1], "pipe", NULL, &writer, &error), SPK_OK);
    struct spk_record record = made_record(1, data);
    assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    assert_int_equal(spk_writer_flush(writer, &error), SPK_OK);
    assert_true(spk_writer_safe(writer) == 1);
    close(ends[0]);
    for (int i = 0; i < 100000 && status == SPK_OK; i++) {
        status = spk_writer_write(writer, &record, &error);
    }
    assert_int_equal(status, SPK_ERR_IO);
    assert_int_equal(error.sys_errno, EPIPE);
    assert_string_equal(error.who, "pipe");
    uint64_t safe = 0;
    assert_int_equal(spk_writer_close(writer, &safe, &error), SPK_ERR_IO);
    assert_true(safe == 1);
    close(ends[1]);
}

/* From a descriptor's present offset: what stands before it stays, also on a full disk. */
static void behind_other_bytes(void **unused)
{
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t data[2048];
    (void)unused;
    int fd = open(path_in(directory, "behind"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, "before", 6), 6);
    assert_int_equal(spk_writer_open_fd(fd, "behind", NULL, &writer, &error), SPK_OK);
    struct spk_record record = made_record(1, data);
    assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    close(fd);
    struct bytes file = read_file(path_in(directory, "behind"));
    assert_memory_equal(file.at, "before", 6);
    struct outcome out = read_memory(file.at + 6, file.size - 6);
    assert_int_equal(out.status, SPK_END);
    assert_int_equal(out.packets, 1);
    free(file.at);
    assert_int_equal(spk_writer_open("/not/there/x.pcap", NULL, &writer, &error), SPK_ERR_IO);
    assert_null(writer);
    assert_int_equal(spk_writer_open(path_in(directory, "kuznetsov"),
                                     &(struct spk_writer_options){ .format = SPK_FORMAT_PCAP_MODIFIED }, &writer,
                                     &error),
                     SPK_ERR_USAGE);
    assert_int_equal(spk_writer_close(NULL, NULL, &error), SPK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_and_compression),
        cmocka_unit_test(names_say_the_format),
        cmocka_unit_test(every_level),
        cmocka_unit_test(several_threads),
        cmocka_unit_test(header_says_262144_and_nothing_is_cut),
        cmocka_unit_test(what_pcap_cannot_hold),
        cmocka_unit_test(what_pcapng_holds),
        cmocka_unit_test(pcapng_copied_by_blocks_is_the_same),
        cmocka_unit_test(corpus_through_records),
        cmocka_unit_test(options_of_the_other_byte_order),
        cmocka_unit_test(edited_packets),
        cmocka_unit_test(broken_pipe),
        cmocka_unit_test(behind_other_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
