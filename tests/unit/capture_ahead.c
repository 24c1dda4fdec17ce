/*
 * Ahead: a compressed file that a thread of its own unpacks gives the records, the end and the error that it gives without
 * one, whole, cut and damaged; and a reader that is closed early leaves no thread behind.
 */
#include "faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "capture_support.h"

#include "capture/stream.h"

enum { PACKETS = 5000, PLACES = 25 }; /* a few times what is unpacked ahead */

static const char *const names[] = { "a.pcap.gz", "a.pcapng.zst", "a.pcap.lz4" };
static char directory[256];

static int set_up(void **unused)
{
    static uint8_t data[1500];
    (void)unused;
    make_directory(directory, sizeof directory);
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        struct spk_writer_options options = { .nanoseconds = true };
        struct spk_writer *writer = NULL;
        spk_writer_options_from_name(names[i], &options);
        assert_int_equal(spk_writer_open(path_in(directory, names[i]), &options, &writer, NULL), SPK_OK);
        for (uint64_t n = 1; n <= PACKETS; n++) {
            struct spk_record record = made_record(n, data);
            assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
        }
        assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

static unsigned thread_count(void)
{
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    while (readdir(tasks) != NULL) {
        count++;
    }
    closedir(tasks);
    return count;
}

/* Whether there are so many. One that was joined may be seen a moment longer, on an emulated machine for seconds. */
static bool threads_become(unsigned count)
{
    const struct timespec moment = { .tv_nsec = 1000000 };
    for (unsigned i = 0; i < 5000 && thread_count() != count; i++) {
        nanosleep(&moment, NULL);
    }
    return thread_count() == count;
}

static struct outcome read_it(const char *path, bool ahead)
{
    const struct spk_reader_options how = { .path = path, .ahead = ahead };
    struct spk_reader *reader;
    struct spk_error error = { .code = SPK_OK };
    enum spk_status status = spk_reader_open_with(&how, &reader, &error);
    if (status != SPK_OK) {
        return not_opened(status, &error);
    }
    struct outcome out = read_on(reader, false);
    spk_reader_close(reader);
    return out;
}

static struct outcome compare(const char *path)
{
    struct outcome one = read_it(path, false);
    struct outcome two = read_it(path, true);
    assert_int_equal(one.status, two.status);
    assert_int_equal(one.packets, two.packets);
    assert_int_equal(one.sum, two.sum);
    assert_int_equal(one.events, two.events);
    if (one.status < 0) {
        assert_string_equal(one.what, two.what);
        assert_int_equal(one.error.at, two.error.at);
        assert_int_equal(one.error.packet, two.error.packet);
        assert_int_equal(one.error.need, two.error.need);
        assert_int_equal(one.error.have, two.error.have);
    }
    return one;
}

static void whole_files_are_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        struct outcome out = compare(path_in(directory, names[i]));
        assert_int_equal(out.status, SPK_END);
        assert_int_equal(out.packets, PACKETS);
    }
}

static void errors_come_where_they_come_without(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        struct bytes whole = read_file(path_in(directory, names[i]));
        unsigned failed = 0;
        for (size_t k = 1; k < PLACES; k++) {
            size_t place = whole.size / PLACES * k;
            write_file(path_in(directory, "b"), whole.at, place);
            failed += compare(path_in(directory, "b")).status < 0;
            whole.at[place] ^= 0x55;
            write_file(path_in(directory, "b"), whole.at, whole.size);
            failed += compare(path_in(directory, "b")).status < 0;
            whole.at[place] ^= 0x55;
        }
        assert_true(failed >= PLACES);
        free(whole.at);
    }
}

/* All that was unpacked is given before the error, in whatever pieces it is taken. */
static void a_wrong_checksum_loses_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        struct bytes whole = read_file(path_in(directory, names[i]));
        whole.at[whole.size - 1] ^= 0x55;
        write_file(path_in(directory, "b"), whole.at, whole.size);
        struct outcome out = compare(path_in(directory, "b"));
        assert_int_equal(out.status, SPK_ERR_DAMAGED);
        assert_int_equal(out.packets, PACKETS);
        free(whole.at);
    }
}

/* After any number of records: while the other thread unpacks, while it waits for room, after its end. */
static void a_reader_closed_early_leaves_no_thread(void **state)
{
    const unsigned before = thread_count();
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        for (unsigned count = 0; count <= PACKETS; count = count * 3 + 1) {
            const struct spk_reader_options how = { .path = path_in(directory, names[i]), .ahead = true };
            struct spk_reader *reader = NULL;
            struct spk_record record;
            assert_int_equal(spk_reader_open_with(&how, &reader, NULL), SPK_OK);
            assert_true(thread_count() > before);
            for (unsigned n = 0; n < count; n++) {
                assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
            }
            spk_reader_close(reader);
        }
    }
    assert_true(threads_become(before));
}

/* What may wait, or is not a file, is unpacked by whoever reads it. */
static void only_files_have_a_thread(void **state)
{
    struct bytes whole = read_file(path_in(directory, names[0]));
    const unsigned before = thread_count();
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], whole.at, 4096), 4096);
    const struct spk_reader_options hows[] = {
        { .bytes = whole.at, .size = whole.size, .ahead = true },
        { .use_fd = true, .fd = ends[0], .ahead = true },
    };
    for (size_t i = 0; i < SPK_COUNT_OF(hows); i++) {
        struct spk_reader *reader = NULL;
        assert_int_equal(spk_reader_open_with(&hows[i], &reader, NULL), SPK_OK);
        assert_int_equal(thread_count(), before);
        spk_reader_close(reader);
    }
    close(ends[0]);
    close(ends[1]);
    free(whole.at);
}

/* Without memory for what is unpacked ahead it is read as it is; without any memory nothing is opened. */
static void memory_that_ends_loses_nothing(void **state)
{
    const unsigned before = thread_count();
    unsigned read = 0;
    (void)state;
    for (unsigned k = 1; k == 1 || fired; k++) {
        const struct spk_reader_options how = { .path = path_in(directory, names[0]), .ahead = true };
        struct spk_reader *reader = NULL;
        struct spk_error error = { .code = SPK_OK };
        fired = false;
        countdown = k;
        enum spk_status status = spk_reader_open_with(&how, &reader, &error);
        countdown = 0;
        if (status == SPK_OK) {
            assert_int_equal(read_on(reader, false).packets, PACKETS);
            read++;
        } else {
            assert_int_equal(error.code, SPK_ERR_MEMORY);
        }
        spk_reader_close(reader);
    }
    assert_true(read > 1);
    assert_true(threads_become(before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_are_the_same),       cmocka_unit_test(errors_come_where_they_come_without),
        cmocka_unit_test(a_wrong_checksum_loses_nothing), cmocka_unit_test(a_reader_closed_early_leaves_no_thread),
        cmocka_unit_test(only_files_have_a_thread),       cmocka_unit_test(memory_that_ends_loses_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
