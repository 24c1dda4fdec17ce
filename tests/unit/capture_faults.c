/*
 * Faults: the k-th allocation fails, the k-th read or write fails, is short or is interrupted, for
 * every k. What was good comes out, what went wrong is said, nothing is leaked.
 *
 * The library's allocation functions, read and write are this file's own.
 */
#undef _FORTIFY_SOURCE /* which makes read an inline function of the C library's */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "capture_support.h"

#include <errno.h>
#include <sys/syscall.h>

enum fault { FAULT_NONE, FAULT_ALLOCATION, FAULT_ERROR, FAULT_SHORT, FAULT_INTERRUPTED };

static enum fault armed;
static unsigned countdown; /* 1: the next call of that kind */
static bool fired;

static bool fires(bool right_kind)
{
    if (!right_kind || countdown == 0 || --countdown > 0) {
        return false;
    }
    fired = true;
    return true;
}

static void arm(enum fault fault, unsigned k)
{
    armed = fault;
    countdown = k;
    fired = false;
}

void *spk_alloc(size_t size)
{
    return fires(armed == FAULT_ALLOCATION) ? NULL : malloc(size > 0 ? size : 1);
}

void *spk_alloc_zeroed(size_t count, size_t size)
{
    return fires(armed == FAULT_ALLOCATION) ? NULL : calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *spk_realloc(void *block, size_t size)
{
    return fires(armed == FAULT_ALLOCATION) ? NULL : realloc(block, size > 0 ? size : 1);
}

void spk_free(void *block)
{
    free(block);
}

/* What a call on size bytes is to do instead: -1 with errno, or with fewer bytes. */
static bool disturb(size_t *size)
{
    if (!fires(armed >= FAULT_ERROR)) {
        return false;
    }
    if (armed == FAULT_SHORT) {
        *size = *size > 3 ? *size / 3 : *size;
        return false;
    }
    errno = armed == FAULT_INTERRUPTED ? EINTR : EIO;
    return true;
}

ssize_t read(int fd, void *to, size_t size)
{
    return disturb(&size) ? -1 : syscall(SYS_read, fd, to, size);
}

ssize_t write(int fd, const void *from, size_t size)
{
    return disturb(&size) ? -1 : syscall(SYS_write, fd, from, size);
}

static char directory[256];

static const char *const names[] = { "f.pcap", "f.pcapng", "f.pcap.gz", "f.pcapng.zst", "f.pcap.lz4" };

/* Some packets, one of them larger than any buffer begins with. */
static enum spk_status write_some(const char *path, uint64_t *safe, struct spk_error *error)
{
    static uint8_t data[700000];
    struct spk_writer_options options = { .nanoseconds = true };
    struct spk_writer *writer;
    spk_writer_options_from_name(path, &options);
    *safe = 0;
    enum spk_status status = spk_writer_open(path, &options, &writer, error);
    if (status != SPK_OK) {
        return status;
    }
    for (uint32_t i = 0; i < 40 && status == SPK_OK; i++) {
        uint32_t size = i == 20 ? sizeof data : i * 997 + 1;
        for (uint32_t k = 0; k < size; k++) {
            data[k] = (uint8_t)((k * 2654435761u) >> (i % 24));
        }
        struct spk_record record = {
            .data = data, .caplen = size, .len = size, .time_ns = i, .has_time = true, .link = 231
        }; /* D-Bus, whose records may be large */
        status = spk_writer_write(writer, &record, error);
    }
    struct spk_error second;
    enum spk_status closed = spk_writer_close(writer, safe, &second);
    if (status == SPK_OK && closed != SPK_OK) {
        *error = second;
        status = closed;
    }
    return status;
}

static int set_up(void **unused)
{
    uint64_t safe;
    struct spk_error error;
    (void)unused;
    make_directory(directory, sizeof directory);
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        if (write_some(path_in(directory, names[i]), &safe, &error) != SPK_OK || safe != 40) {
            return 1;
        }
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

static void reading(void **unused)
{
    const enum fault faults[] = { FAULT_ALLOCATION, FAULT_ERROR, FAULT_SHORT, FAULT_INTERRUPTED };
    const enum spk_status expected[] = { SPK_ERR_MEMORY, SPK_ERR_IO, SPK_END, SPK_END };
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        struct outcome whole = read_path(path_in(directory, names[i]), false);
        assert_int_equal(whole.packets, 40);
        for (size_t f = 0; f < SPK_COUNT_OF(faults); f++) {
            unsigned k = 0;
            do {
                arm(faults[f], ++k);
                struct outcome out = read_path(path_in(directory, names[i]), k % 2 == 0);
                bool hit = fired;
                arm(FAULT_NONE, 0);
                fired = hit;
                if (!fired) {
                    assert_true(out.sum == whole.sum && out.status == SPK_END);
                } else if (expected[f] == SPK_END) {
                    assert_true(out.sum == whole.sum);
                    assert_int_equal(out.status, SPK_END);
                } else {
                    assert_int_equal(out.status, expected[f]);
                    assert_true(out.packets < 40 || expected[f] == SPK_ERR_IO);
                    assert_string_equal(out.error.who, path_in(directory, names[i]));
                    assert_int_equal(out.error.sys_errno, expected[f] == SPK_ERR_IO ? EIO : 0);
                }
            } while (fired);
            assert_true(k > 2);
        }
    }
}

static void writing(void **unused)
{
    const enum fault faults[] = { FAULT_ALLOCATION, FAULT_ERROR, FAULT_SHORT, FAULT_INTERRUPTED };
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        for (size_t f = 0; f < SPK_COUNT_OF(faults); f++) {
            unsigned k = 0;
            bool hit;
            do {
                char path[512];
                uint64_t safe = 0;
                struct spk_error error = { .code = SPK_OK };
                snprintf(path, sizeof path, "%s", path_in(directory, names[i]));
                unlink(path);
                arm(faults[f], ++k);
                enum spk_status status = write_some(path, &safe, &error);
                hit = fired;
                arm(FAULT_NONE, 0);
                if (!hit || faults[f] >= FAULT_SHORT) {
                    assert_int_equal(status, SPK_OK);
                    assert_true(safe == 40);
                } else {
                    assert_int_equal(status, faults[f] == FAULT_ERROR ? SPK_ERR_IO : SPK_ERR_MEMORY);
                    assert_string_equal(error.who, path);
                }
                struct bytes file = read_file(path);
                if (file.size > 0) { /* what is in the file is whole, and as much as was said */
                    struct outcome out = read_path(path, false);
                    assert_int_equal(out.status, SPK_END);
                    assert_true(out.packets == safe);
                } else {
                    assert_true(safe == 0);
                }
                free(file.at);
            } while (hit);
            assert_true(k > 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
        cmocka_unit_test(writing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
