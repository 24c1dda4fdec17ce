/* What a reader tells beside the packets: blocks, their options, interfaces, the file as a whole, events. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

static char directory[256];

static int set_up(void **unused)
{
    char command[1024];
    (void)unused;
    make_directory(directory, sizeof directory);
    snprintf(command, sizeof command, "python3 '%s/tests/hostile/captures.py' '%s'", source_root(), directory);
    return system(command) != 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

/* The blocks of each of the two sections of n60_everything, and how many options each has. */
static const struct {
    uint32_t type;
    size_t options;
} blocks[] = {
    { SPK_BLOCK_SECTION, 2 }, { SPK_BLOCK_INTERFACE, 3 }, { SPK_BLOCK_INTERFACE, 1 }, { SPK_BLOCK_NAMES, 1 },
    { SPK_BLOCK_SECRETS, 1 }, { SPK_BLOCK_PACKET, 2 },    { SPK_BLOCK_PACKET, 0 },    { SPK_BLOCK_STATISTICS, 1 },
    { SPK_BLOCK_CUSTOM, 0 },  { 0x12345678, 0 },
};

static size_t count_options(const struct spk_block *block)
{
    const uint8_t *options;
    size_t size, at = 0, count = 0;
    struct spk_option option;
    if (!spk_block_options(block, &options, &size)) {
        return 0;
    }
    while (spk_option_next(options, size, block->swapped, &at, &option)) {
        assert_true(option.value >= block->bytes && option.value + option.length <= block->bytes + block->size);
        count++;
    }
    return count;
}

static void every_block_in_order(void **unused)
{
    struct spk_reader *reader;
    struct spk_block block;
    struct spk_record record;
    uint64_t end = 0;
    bool swapped[2];
    (void)unused;
    assert_int_equal(spk_reader_open(path_in(directory, "n60_everything"), &reader, NULL), SPK_OK);
    for (uint32_t section = 0; section < 2; section++) {
        for (size_t i = 0; i < SPK_COUNT_OF(blocks); i++) {
            assert_int_equal(spk_reader_next_block(reader, &block, &record, NULL), SPK_OK);
            assert_int_equal(block.type, blocks[i].type);
            assert_int_equal(block.section, section);
            assert_true(block.offset == end);
            assert_true(block.is_packet == (block.type == SPK_BLOCK_PACKET));
            assert_int_equal(count_options(&block), blocks[i].options);
            end += block.size;
            swapped[section] = block.swapped;
        }
    }
    assert_true(swapped[0] != swapped[1]);
    assert_int_equal(spk_reader_next_block(reader, &block, &record, NULL), SPK_END);
    spk_reader_close(reader);
}

static void interfaces_of_each_section(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_interface interface;
    struct spk_reader_info info;
    (void)unused;
    assert_int_equal(spk_reader_open(path_in(directory, "n60_everything"), &reader, NULL), SPK_OK);
    for (uint32_t section = 0; section < 2; section++) {
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        assert_int_equal(record.section, section);
        assert_int_equal(record.interface, 0);
        assert_true(record.time_ns == 1700000005000000000); /* the interface's offset is in it */
        assert_true(spk_reader_interface(reader, 0, &interface));
        assert_int_equal(interface.link, 1);
        assert_int_equal(interface.snaplen, 96);
        assert_int_equal(interface.resolution, 9);
        assert_int_equal(interface.offset_s, 5);
        assert_int_equal(interface.name_len, 4);
        assert_memory_equal(interface.name, "eth0", 4);
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        assert_int_equal(record.interface, 1);
        assert_int_equal(record.link, 101);
        assert_true(record.time_ns == 7000);
        assert_true(spk_reader_interface(reader, 1, &interface));
        assert_memory_equal(interface.name, "tun0", 4);
        assert_int_equal(interface.resolution, 6);
        assert_false(spk_reader_interface(reader, 2, &interface));
    }
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    spk_reader_info(reader, &info);
    assert_int_equal(info.format, SPK_FORMAT_PCAPNG);
    assert_int_equal(info.compression, SPK_COMPRESSION_NONE);
    assert_int_equal(info.sections, 2);
    assert_int_equal(info.interfaces, 2);
    assert_int_equal(info.interfaces_total, 4);
    assert_int_equal(info.packets, 4);
    assert_int_equal(info.version_major, 1);
    assert_false(info.big_endian);
    assert_int_equal(info.events, 0);
    spk_reader_close(reader);
}

static void a_pcap_as_a_whole(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_block block;
    struct spk_interface interface;
    struct spk_reader_info info;
    (void)unused;
    assert_int_equal(spk_reader_open(path_in(directory, "p32_big_nano"), &reader, NULL), SPK_OK);
    spk_reader_info(reader, &info);
    assert_int_equal(info.format, SPK_FORMAT_PCAP);
    assert_true(info.big_endian);
    assert_int_equal(info.version_minor, 4);
    assert_int_equal(info.interfaces, 1);
    assert_true(spk_reader_interface(reader, 0, &interface));
    assert_int_equal(interface.resolution, 9);
    assert_int_equal(interface.snaplen, 262144);
    assert_false(spk_reader_interface(reader, 1, &interface));
    assert_int_equal(spk_reader_next_block(reader, &block, &record, NULL), SPK_OK);
    assert_true(block.is_packet && block.bytes == NULL);
    assert_int_equal(record.number, 1);
    assert_int_equal(record.offset, 24);
    assert_false(record.has_section);
    spk_reader_close(reader);
    assert_int_equal(spk_reader_open(path_in(directory, "p31_modified"), &reader, NULL), SPK_OK);
    spk_reader_info(reader, &info);
    assert_int_equal(info.format, SPK_FORMAT_PCAP_MODIFIED);
    spk_reader_close(reader);
    assert_int_equal(spk_reader_open(path_in(directory, "z04"), &reader, NULL), SPK_OK);
    spk_reader_info(reader, &info);
    assert_int_equal(info.compression, SPK_COMPRESSION_GZIP);
    spk_reader_close(reader);
}

/* Events say what and where; only the last ones are kept, and all are counted. */
static void events(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_reader_info info;
    struct spk_event seen[20];
    (void)unused;
    assert_int_equal(spk_reader_open(path_in(directory, "n32"), &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_int_equal(spk_reader_events(reader, seen, SPK_COUNT_OF(seen)), 1);
    assert_int_equal(seen[0].warning, SPK_WARN_STATISTICS);
    assert_int_equal(seen[0].at, 48); /* behind section and interface */
    assert_int_equal(seen[0].packets, 0);
    assert_non_null(strstr(seen[0].what, "not there"));
    spk_reader_close(reader);

    /* twenty statistics of interface 9 behind one another: the last sixteen are kept */
    struct bytes one = read_file(path_in(directory, "n32"));
    uint8_t many[48 + 20 * 24];
    memcpy(many, one.at, 48);
    for (size_t i = 0; i < 20; i++) {
        memcpy(many + 48 + i * 24, one.at + 48, 24);
    }
    assert_int_equal(spk_reader_open_memory(many, sizeof many, "many", &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    spk_reader_info(reader, &info);
    assert_int_equal(info.events, 20);
    assert_int_equal(spk_reader_events(reader, seen, SPK_COUNT_OF(seen)), 16);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(seen[i].at, 48 + (i + 4) * 24);
    }
    assert_int_equal(spk_reader_events(reader, seen, 2), 2);
    assert_int_equal(seen[1].at, 48 + 19 * 24);
    spk_reader_close(reader);
    free(one.at);
}

/* Options given by hand: what cannot be walked ends the walk, within its bytes. */
static void options_by_hand(void **unused)
{
    uint8_t room[16];
    size_t used = 0, at = 0;
    struct spk_option option;
    const uint8_t past[] = { 1, 0, 4, 0, 'a', 'b' };
    (void)unused;
    assert_true(spk_option_put(room, sizeof room, &used, 1, "abc", 3));
    assert_true(spk_option_put(room, sizeof room, &used, 2, NULL, 0));
    assert_int_equal(used, 12);
    assert_false(spk_option_put(room, sizeof room, &used, 3, "x", 1)); /* would need 8 */
    assert_int_equal(used, 12);
    assert_true(spk_option_next(room, used, false, &at, &option));
    assert_int_equal(option.length, 3);
    assert_memory_equal(option.value, "abc", 3);
    assert_true(spk_option_next(room, used, false, &at, &option));
    assert_int_equal(option.code, 2);
    assert_false(spk_option_next(room, used, false, &at, &option));
    at = 0;
    assert_false(spk_option_next(past, sizeof past, false, &at, &option));
    assert_false(spk_option_next(NULL, 0, false, &at, &option));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_in_order), cmocka_unit_test(interfaces_of_each_section),
        cmocka_unit_test(a_pcap_as_a_whole),    cmocka_unit_test(events),
        cmocka_unit_test(options_by_hand),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
