/*
 * Salvage: of a damaged capture every record comes that the damage left whole, each damage is one gap that says where it
 * begins and how long it is, and a capture without damage is read as ever.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <sys/mman.h>

enum { COUNT = 30, ROOM = 64 * 1024 };

/* A capture of COUNT packets in memory, and where each of them stands. */
struct made {
    uint8_t bytes[ROOM];
    size_t size;
    size_t at[COUNT + 1];
    uint64_t sums[COUNT]; /* of the packets' bytes and times */
};

struct seen {
    uint64_t packets, gaps, skipped;
    uint64_t sums[2 * COUNT];
    struct spk_error gap; /* the last */
    struct spk_record last;
    enum spk_status end;
};

static uint64_t sum_of(const struct spk_record *record)
{
    uint64_t facts[] = { record->caplen, record->len, (uint64_t)record->time_ns, record->link };
    return digest(digest(1, facts, sizeof facts), record->data, record->caplen);
}

static void make(struct made *made, enum spk_format format)
{
    const struct spk_writer_options options = { .format = format, .nanoseconds = true };
    struct spk_writer *writer = NULL;
    struct spk_reader *reader = NULL;
    struct spk_record record;
    uint8_t data[2048];
    int fd = memfd_create("salvage", 0);
    assert_int_equal(spk_writer_open_fd(fd, "memory", &options, &writer, NULL), SPK_OK);
    for (uint64_t i = 1; i <= COUNT; i++) {
        record = made_record(i, data);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    made->size = (size_t)pread(fd, made->bytes, ROOM, 0);
    assert_true(made->size < ROOM - 4096);
    close(fd);
    assert_int_equal(spk_reader_open_memory(made->bytes, made->size, "memory", &reader, NULL), SPK_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        made->at[i] = (size_t)record.offset;
        made->sums[i] = sum_of(&record);
    }
    made->at[COUNT] = made->size;
    spk_reader_close(reader);
}

static struct seen read_one_way(const struct spk_reader_options *how, bool blocks)
{
    struct seen seen = { .end = SPK_OK };
    struct spk_reader *reader = NULL;
    struct spk_error error = { .code = SPK_OK };
    uint64_t last = 0;
    assert_int_equal(spk_reader_open_with(how, &reader, &error), SPK_OK);
    for (;;) {
        struct spk_record record;
        struct spk_block block = { .is_packet = true };
        enum spk_status status =
            blocks ? spk_reader_next_block(reader, &block, &record, &error) : spk_reader_next(reader, &record, &error);
        if (status == SPK_GAP) {
            assert_true(error.code == SPK_GAP && error.what != NULL && error.at >= last);
            last = error.at + error.skipped;
            seen.gap = error;
            seen.gaps++;
            seen.skipped += error.skipped;
        } else if (status != SPK_OK) {
            assert_int_equal(spk_reader_next(reader, &record, &error), status);
            seen.end = status;
            break;
        } else if (block.is_packet) {
            assert_int_equal(record.number, seen.packets + 1);
            seen.sums[seen.packets % SPK_COUNT_OF(seen.sums)] = sum_of(&record);
            seen.last = record;
            seen.packets++;
        }
    }
    struct spk_reader_info info;
    spk_reader_info(reader, &info);
    assert_true(info.gaps == seen.gaps && info.skipped == seen.skipped);
    spk_reader_close(reader);
    return seen;
}

/* The same record by record and block by block, from memory and from a file. */
static struct seen read_all(const uint8_t *bytes, size_t size)
{
    struct seen first = { .end = SPK_OK };
    int fd = memfd_create("salvage", 0);
    assert_int_equal(write(fd, bytes, size), size);
    for (int way = 0; way < 4; way++) {
        struct spk_reader_options how = { .bytes = bytes, .size = size, .name = "memory", .salvage = true };
        if (way >= 2) {
            how = (struct spk_reader_options){ .use_fd = true, .fd = fd, .name = "file", .salvage = true };
            lseek(fd, 0, SEEK_SET);
        }
        struct seen seen = read_one_way(&how, way % 2 == 1);
        first = way == 0 ? seen : first;
        assert_true(seen.packets == first.packets && seen.gaps == first.gaps && seen.skipped == first.skipped);
        assert_memory_equal(seen.sums, first.sums, sizeof first.sums);
    }
    close(fd);
    return first;
}

/* All packets but those from `from` to before `to`, with one gap of these bytes. */
static void expect(const struct made *made, const struct seen *seen, size_t from, size_t to, uint64_t at,
                   uint64_t skipped)
{
    assert_int_equal(seen->end, SPK_END);
    assert_int_equal(seen->gaps, 1);
    assert_int_equal(seen->gap.at, at);
    assert_int_equal(seen->gap.skipped, skipped);
    assert_int_equal(seen->packets, COUNT - (to - from));
    for (size_t i = 0, k = 0; i < COUNT; i++) {
        if (i < from || i >= to) {
            assert_true(seen->sums[k] == made->sums[i]);
            k++;
        }
    }
}

/* Bytes put over a record's beginning, at an offset in it. */
struct damage {
    size_t at, length;
    uint8_t bytes[16];
};

static void each_record(enum spk_format format, const struct damage *damages, size_t count)
{
    static struct made made;
    make(&made, format);
    for (size_t d = 0; d < count; d++) {
        for (size_t i = 0; i < COUNT; i++) {
            uint8_t kept[16];
            uint8_t *to = made.bytes + made.at[i] + damages[d].at;
            memcpy(kept, to, damages[d].length);
            memcpy(to, damages[d].bytes, damages[d].length);
            struct seen seen = read_all(made.bytes, made.size);
            expect(&made, &seen, i, i + 1, made.at[i], made.at[i + 1] - made.at[i]);
            memcpy(to, kept, damages[d].length);
        }
    }
}

static void a_bad_record_of_a_pcap_costs_itself(void **unused)
{
    static const struct damage damages[] = {
        { 8, 4, { 0xff, 0xff, 0xff, 0xff } },
        { 8, 4, { 0xff, 0xff, 0xff, 0x7f } },
        { 0, 16, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
        { 0, 16, { 0 } },
    };
    (void)unused;
    each_record(SPK_FORMAT_PCAP, damages, SPK_COUNT_OF(damages));
}

static void a_bad_block_of_a_pcapng_costs_itself(void **unused)
{
    static const struct damage damages[] = {
        { 4, 4, { 0, 0, 0, 0 } },        { 4, 4, { 8, 0, 0, 0 } },
        { 4, 4, { 13, 0, 0, 0 } },       { 4, 4, { 0xfc, 0xff, 0xff, 0xff } },
        { 4, 4, { 0x40, 0, 0, 1 } },     { 8, 4, { 7, 0, 0, 0 } },
        { 20, 4, { 0xff, 0xff, 0, 0 } }, { 0, 12, { 0 } },
    };
    (void)unused;
    each_record(SPK_FORMAT_PCAPNG, damages, SPK_COUNT_OF(damages));
}

/* Bytes that belong to nothing, between two packets: nothing but they are lost. */
static void what_was_put_in_between_is_skipped(void **unused)
{
    static const enum spk_format formats[] = { SPK_FORMAT_PCAP, SPK_FORMAT_PCAPNG };
    static const size_t lengths[] = { 1, 3, 4, 16, 40, 1001, 4096 };
    static struct made made;
    static uint8_t bytes[2 * ROOM];
    (void)unused;
    for (size_t f = 0; f < SPK_COUNT_OF(formats); f++) {
        make(&made, formats[f]);
        for (size_t n = 0; n < 2 * SPK_COUNT_OF(lengths); n++) {
            size_t length = lengths[n / 2];
            size_t i = (n * 5 + 3) % COUNT;
            memcpy(bytes, made.bytes, made.at[i]);
            memset(bytes + made.at[i], n % 2 == 0 ? 0xff : 0, length);
            memcpy(bytes + made.at[i] + length, made.bytes + made.at[i], made.size - made.at[i]);
            if (n % 2 == 1 && length < 16) { /* too few zeros to be no part of what follows */
                continue;
            }
            struct seen seen = read_all(bytes, made.size + length);
            expect(&made, &seen, 0, 0, made.at[i], length);
        }
    }
}

/* Cut anywhere: the packets before are there, and what is left of the one that the cut is in. */
static void a_cut_leaves_what_is_there(void **unused)
{
    static const enum spk_format formats[] = { SPK_FORMAT_PCAP, SPK_FORMAT_PCAPNG };
    static struct made made;
    (void)unused;
    for (size_t f = 0; f < SPK_COUNT_OF(formats); f++) {
        size_t head = formats[f] == SPK_FORMAT_PCAP ? 16 : 28;
        make(&made, formats[f]);
        for (size_t size = made.at[20] + 1; size < made.at[22]; size += 7) {
            size_t whole = size < made.at[21] ? 20 : 21;
            size_t left = size - made.at[whole];
            struct seen seen = read_all(made.bytes, size);
            bool kept = left > head;
            assert_int_equal(seen.end, SPK_END);
            assert_int_equal(seen.packets, whole + kept);
            assert_int_equal(seen.gaps, left > 0);
            assert_int_equal(seen.skipped, kept ? 0 : left);
            if (kept) {
                assert_true((seen.last.warnings & SPK_WARN_CUT) != 0);
                assert_true(seen.last.caplen <= left - head && seen.last.caplen + 4 > left - head);
            }
        }
    }
}

/* Behind damage a section and its interfaces are found again; a packet of an interface that was lost is no packet. */
static void a_lost_interface_is_told(void **unused)
{
    static struct made made;
    (void)unused;
    make(&made, SPK_FORMAT_PCAPNG);
    made.bytes[made.at[0] - 28] = 0xff; /* the interface's length */
    struct seen seen = read_all(made.bytes, made.size);
    assert_true(seen.end == SPK_END && seen.gaps == 1 && seen.packets == 0);
    assert_int_equal(seen.gap.at + seen.gap.skipped, made.size);
}

static void without_damage_nothing_changes(void **unused)
{
    struct file_list list = all_captures();
    (void)unused;
    assert_true(list.count > 10);
    for (size_t i = 0; i < list.count; i++) {
        struct spk_reader *reader = NULL;
        struct outcome plain = read_path(list.paths[i], false);
        if (plain.status != SPK_END
            || spk_reader_open_with(&(struct spk_reader_options){ .path = list.paths[i], .salvage = true }, &reader,
                                    NULL)
                   != SPK_OK) {
            continue;
        }
        struct outcome salvaged = read_on(reader, false);
        if (salvaged.status != SPK_END || salvaged.sum != plain.sum || salvaged.packets != plain.packets) {
            fail_msg("%s: %d", list.paths[i], (int)salvaged.status);
        }
        spk_reader_close(reader);
    }
    free_files(&list);
}

/* The hostile captures: at least as many packets as without, and an end. */
static void hostile_captures_end(void **unused)
{
    static const struct {
        const char *name;
        uint64_t packets, gaps;
        uint32_t warnings;
    } cases[] = {
        { "p04", 3, 1, 0 }, { "p05", 4, 1, SPK_WARN_CUT },
        { "p06", 3, 1, 0 }, { "p07", 3, 1, 0 },
        { "p18", 3, 1, 0 }, { "p21", 3, 1, 0 },
        { "n03", 3, 1, 0 }, { "n04", 4, 1, 0 },
        { "n08", 3, 1, 0 }, { "n09", 3, 1, 0 },
        { "n28", 3, 1, 0 }, { "n27", 4, 1, SPK_WARN_CUT },
        { "n22", 6, 0, 0 }, { "n34", 6, 0, 0 },
    };
    char directory[256], command[1024];
    (void)unused;
    make_directory(directory, sizeof directory);
    snprintf(command, sizeof command, "python3 '%s/tests/hostile/captures.py' '%s'", source_root(), directory);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < SPK_COUNT_OF(cases); i++) {
        snprintf(command, sizeof command, "%s/%s", directory, cases[i].name);
        struct seen seen = read_one_way(&(struct spk_reader_options){ .path = command, .salvage = true }, false);
        if (seen.end != SPK_END || seen.packets != cases[i].packets || seen.gaps != cases[i].gaps) {
            fail_msg("%s: %u packets, %u gaps", cases[i].name, (unsigned)seen.packets, (unsigned)seen.gaps);
        }
        assert_int_equal(seen.last.warnings & cases[i].warnings, cases[i].warnings);
    }
    remove_directory(directory);
}

/* Damage under the format cannot be passed over: what came before it is given, and the error is one. */
static void damaged_compression_ends_it(void **unused)
{
    struct bytes packed;
    char path[512];
    struct spk_reader *reader = NULL;
    (void)unused;
    snprintf(path, sizeof path, "%s/tests/captures/icmp-errors.pcap.gz", source_root());
    packed = read_file(path);
    assert_int_equal(spk_reader_open_with(
                         &(struct spk_reader_options){
                             .bytes = packed.at, .size = packed.size - 100, .name = "cut", .salvage = true },
                         &reader, NULL),
                     SPK_OK);
    struct outcome out = read_on(reader, false);
    assert_int_equal(out.status, SPK_ERR_CUT);
    assert_string_equal(out.what, "compressed data cut");
    spk_reader_close(reader);
    free(packed.at);
}

static void a_link_type_is_told(void **unused)
{
    static const enum spk_format formats[] = { SPK_FORMAT_PCAP, SPK_FORMAT_PCAPNG };
    static struct made made;
    (void)unused;
    for (size_t f = 0; f < SPK_COUNT_OF(formats); f++) {
        struct spk_reader *reader = NULL;
        struct spk_interface interface;
        struct spk_record record;
        make(&made, formats[f]);
        const struct spk_reader_options how = {
            .bytes = made.bytes, .size = made.size, .name = "memory", .has_link = true, .link = SPK_LINK_RAW
        };
        assert_int_equal(spk_reader_open_with(&how, &reader, NULL), SPK_OK);
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        assert_true(spk_reader_interface(reader, 0, &interface));
        assert_true(record.link == SPK_LINK_RAW && interface.link == SPK_LINK_RAW);
        spk_reader_close(reader);
    }
}

static void link_types_have_names(void **unused)
{
    static const struct {
        const char *name;
        uint16_t link;
    } names[] = {
        { "EN10MB", 1 },
        { "ethernet", 1 },
        { "LINKTYPE_ETHERNET", 1 },
        { "DLT_RAW", 101 },
        { "raw", 101 },
        { "linktype_linux_sll2", 276 },
        { "IEEE802_11_RADIO", 127 },
        { "null", 0 },
    };
    uint16_t link;
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        assert_true(spk_link_type_find(names[i].name, &link));
        assert_int_equal(link, names[i].link);
    }
    assert_false(spk_link_type_find("", &link));
    assert_false(spk_link_type_find("no such", &link));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_record_of_a_pcap_costs_itself),
        cmocka_unit_test(a_bad_block_of_a_pcapng_costs_itself),
        cmocka_unit_test(what_was_put_in_between_is_skipped),
        cmocka_unit_test(a_cut_leaves_what_is_there),
        cmocka_unit_test(a_lost_interface_is_told),
        cmocka_unit_test(without_damage_nothing_changes),
        cmocka_unit_test(hostile_captures_end),
        cmocka_unit_test(damaged_compression_ends_it),
        cmocka_unit_test(a_link_type_is_told),
        cmocka_unit_test(link_types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
