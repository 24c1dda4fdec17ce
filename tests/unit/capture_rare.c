/*
 * What readers seldom meet: a source that fails at any byte, compressed captures in memory, frames of compression that are
 * none of ours, and blocks that no program writes.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_made.h"

/* ---- a source that fails ---- */

struct failing {
    const uint8_t *at;
    size_t left, piece;
};

static ptrdiff_t give(void *context, void *to, size_t size)
{
    struct failing *source = context;
    size_t n = source->left < source->piece ? source->left : source->piece;
    n = n < size ? n : size;
    memcpy(to, source->at, n);
    source->at += n;
    source->left -= n;
    return n > 0 ? (ptrdiff_t)n : -1;
}

/* Reads what is there before the source fails; gaps are passed over. */
static struct outcome read_failing(const struct bytes *file, size_t until, bool salvage, bool blocks)
{
    struct failing source = { .at = file->at, .left = until, .piece = 1 + until % 97 };
    const struct spk_reader_options options = {
        .read = give, .context = &source, .name = "source", .salvage = salvage
    };
    struct outcome out = { .status = SPK_OK };
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_block block;
    out.status = spk_reader_open_with(&options, &reader, &out.error);
    if (out.status != SPK_OK) {
        return out;
    }
    do {
        out.status = blocks ? spk_reader_next_block(reader, &block, &record, &out.error)
                            : spk_reader_next(reader, &record, &out.error);
        out.packets += out.status == SPK_OK && (!blocks || block.is_packet);
    } while (out.status == SPK_OK || out.status == SPK_GAP);
    spk_reader_close(reader);
    return out;
}

/* Whatever stands there, and wherever it fails: packets of the file, then the failure, or damage that came before it. */
static void fail_at_each(const char *path)
{
    struct bytes file = read_file(path);
    struct outcome whole = read_path(path, false);
    size_t step = 1 + file.size / 300;
    for (size_t until = 0; until < file.size; until += step) {
        struct outcome out = read_failing(&file, until, false, until % 2 == 0);
        if (out.status != SPK_ERR_IO && out.status != whole.status) {
            fail_msg("%s: fails at %zu: status %d", path, until, out.status);
        }
        assert_true(out.packets <= whole.packets);
        out = read_failing(&file, until, true, until % 2 == 0);
        assert_true(out.status < 0);
    }
    free(file.at);
}

static void sources_that_fail(void **state)
{
    char directory[256];
    char command[1024];
    char shipped[1024];
    struct file_list list = { NULL, 0 };
    (void)state;
    make_directory(directory, sizeof directory);
    snprintf(command, sizeof command, "python3 '%s/tests/hostile/captures.py' '%s'", source_root(), directory);
    assert_int_equal(system(command), 0);
    snprintf(shipped, sizeof shipped, "%s/tests/captures", source_root());
    list_files(directory, &list, 1);
    list_files(shipped, &list, 1);
    unsigned tried = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct stat about;
        if (stat(list.paths[i], &about) == 0 && S_ISREG(about.st_mode) && about.st_size < 20000) {
            fail_at_each(list.paths[i]);
            tried++;
        }
    }
    assert_true(tried > 100);
    free_files(&list);
    remove_directory(directory);
}

/* ---- compression ---- */

static bool ends_with(const char *path, const char *suffix)
{
    return strlen(path) > strlen(suffix) && strcmp(path + strlen(path) - strlen(suffix), suffix) == 0;
}

static void compressed_in_memory(void **state)
{
    char shipped[1024];
    struct file_list list = { NULL, 0 };
    unsigned tried = 0;
    (void)state;
    snprintf(shipped, sizeof shipped, "%s/tests/captures", source_root());
    list_files(shipped, &list, 1);
    for (size_t i = 0; i < list.count; i++) {
        const char *path = list.paths[i];
        if (!ends_with(path, ".gz") && !ends_with(path, ".zst") && !ends_with(path, ".lz4")) {
            continue;
        }
        struct outcome whole = read_path(path, false);
        struct bytes file = read_file(path);
        struct outcome out = read_memory(file.at, file.size);
        assert_true(out.status == SPK_END && out.sum == whole.sum && out.packets == whole.packets);
        for (size_t size = 0; size < file.size; size += 1 + file.size / 200) {
            out = read_memory(file.at, size);
            assert_true(out.status < 0 && out.packets <= whole.packets);
        }
        free(file.at);
        tried++;
    }
    assert_true(tried >= 3);
    free_files(&list);
}

static void refuse(const void *bytes, size_t size, enum spk_status status, const char *what)
{
    struct outcome out = read_memory(bytes, size);
    assert_int_equal(out.status, status);
    assert_string_equal(out.what, what);
}

static void frames_of_others(void **state)
{
    const uint8_t dictionary[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 4, 0x21, 0, 0, 'a', 'b', 'c', 'd' };
    const uint8_t skippable[] = { 0x50, 0x2a, 0x4d, 0x18, 100, 0, 0, 0, 1, 2, 3 };
    (void)state;
    refuse(dictionary, sizeof dictionary, SPK_ERR_UNSUPPORTED, "zstd data that needs a dictionary");
    refuse(skippable, sizeof skippable, SPK_ERR_CUT, "skippable frame cut");
    refuse(skippable, 6, SPK_ERR_CUT, "skippable frame cut");
}

/* ---- blocks ---- */

static void packets_that_are_too_long(void **state)
{
    struct file file = begin(0, NULL, 0);
    (void)state;
    put(&file, SPK_BLOCK_PACKET_SIMPLE, 4);
    put(&file, 12, 4);
    put(&file, 12, 4);
    assert_string_equal(end(&file).what, "simple packet block too short");
    file = begin(0, NULL, 0);
    put_simple(&file, SPK_RECORD_MAX + 4, SPK_RECORD_MAX + 4);
    assert_string_equal(end(&file).what, "record longer than any may be");
    file = begin(0, NULL, 0);
    put_packet(&file, SPK_RECORD_MAX + 4);
    assert_string_equal(end(&file).what, "record longer than any may be");
    file = begin(16, NULL, 0);
    put_packet(&file, 20);
    struct outcome out = end(&file);
    assert_int_equal(out.packets, 1);
    assert_int_equal(out.warnings, SPK_WARN_OVER_SNAPLEN);
}

static void interfaces_with_odd_options(void **state)
{
    /* time offsets: of four bytes, of eight, and a second one of eight; then more than the block holds */
    static const uint8_t offsets[] = { 14, 0, 4, 0, 1,  2, 3, 4, 14, 0, 8, 0, 1, 0, 0, 0,
                                       0,  0, 0, 0, 14, 0, 8, 0, 2,  0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t past[] = { 1, 0, 99, 0 };
    static uint8_t large[4 + 65532];
    struct file file = begin(0, offsets, sizeof offsets);
    (void)state;
    put_packet(&file, 4);
    struct outcome out = end(&file);
    assert_int_equal(out.events, 2);
    assert_int_equal(out.warnings, SPK_WARN_INTERFACE_OPTION);
    file = begin(0, past, sizeof past);
    assert_true(end(&file).events > 0);
    large[0] = 1; /* a comment */
    large[2] = 0xfc;
    large[3] = 0xff;
    file = begin(0, NULL, 0);
    for (unsigned i = 0; i < 260; i++) {
        put_interface(&file, 0, large, sizeof large);
    }
    out = end(&file);
    assert_true(out.status == SPK_END && (out.warnings & SPK_WARN_INTERFACE_TEXT) != 0);
}

static void more_interfaces_than_there_may_be(void **state)
{
    enum { MOST = 1 << 20 };
    struct file file = begin(0, NULL, 0);
    (void)state;
    for (unsigned i = 0; i < MOST; i++) {
        put_interface(&file, 0, NULL, 0);
    }
    struct outcome out = end(&file);
    assert_int_equal(out.status, SPK_ERR_LIMIT);
    assert_string_equal(out.what, "more interfaces than a section may have");
}

/* Behind damage a simple packet is found, and a section of the other byte order. */
static void found_behind_damage(void **state)
{
    struct file file = begin(0, NULL, 0);
    uint64_t packets = 0;
    unsigned gaps = 0;
    (void)state;
    put_packet(&file, 8);
    for (unsigned i = 0; i < 2; i++) {
        memset(file.at + file.len, 0xaa, 40);
        file.len += 40;
        put_simple(&file, 8, 8);
        put_packet(&file, 8);
        memset(file.at + file.len, 0xaa, 40);
        file.len += 40;
        file.big = !file.big;
        put_section(&file);
        put_interface(&file, 0, NULL, 0);
        put_packet(&file, 8);
    }
    const struct spk_reader_options options = {
        .bytes = file.at, .size = file.len, .name = "damaged", .salvage = true
    };
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_error error;
    enum spk_status status;
    assert_int_equal(spk_reader_open_with(&options, &reader, &error), SPK_OK);
    while ((status = spk_reader_next(reader, &record, &error)) == SPK_OK || status == SPK_GAP) {
        packets += status == SPK_OK;
        gaps += status == SPK_GAP;
    }
    assert_int_equal(packets, 7);
    assert_int_equal(gaps, 4);
    spk_reader_close(reader);
    free(file.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_that_fail),
        cmocka_unit_test(compressed_in_memory),
        cmocka_unit_test(frames_of_others),
        cmocka_unit_test(packets_that_are_too_long),
        cmocka_unit_test(interfaces_with_odd_options),
        cmocka_unit_test(more_interfaces_than_there_may_be),
        cmocka_unit_test(found_behind_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
