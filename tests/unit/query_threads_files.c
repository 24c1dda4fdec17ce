/*
 * Several files, compressed or not, by several threads: the rows of one after those of the other, as by one thread, with the
 * same error in its place; and what is given up early ends at once.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <steelpkt.h>

#include "capture_support.h"

enum { PACKETS = 4000, PATHS_MAX = 4 };

static const char *const files[] = { "a.pcap", "b.pcap.gz", "c.pcapng.zst", "d.pcap.lz4" };
static const char *const columns[] = { "frame.number", "frame.time_delta", "frame.cap_len", "_file", "_number" };
static char directory[256];
static char paths[8][512];

static void write_one(const char *path, unsigned kind)
{
    uint8_t data[1500];
    struct spk_writer_options options = { .nanoseconds = true };
    struct spk_writer *writer = NULL;
    spk_writer_options_from_name(path, &options);
    assert_int_equal(spk_writer_open(path, &options, &writer, NULL), SPK_OK);
    for (uint64_t n = 1; n <= PACKETS; n++) {
        struct spk_record record = made_record(n + kind, data);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
}

/* paths: the four files, then each cut in its middle. */
static int set_up(void **unused)
{
    (void)unused;
    make_directory(directory, sizeof directory);
    for (unsigned i = 0; i < SPK_COUNT_OF(files); i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", directory, files[i]);
        snprintf(paths[i + 4], sizeof paths[i], "%s/cut-%s", directory, files[i]);
        write_one(paths[i], i);
        struct bytes whole = read_file(paths[i]);
        write_file(paths[i + 4], whole.at, whole.size / 2);
        free(whole.at);
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

struct answer {
    struct spk_out *text;
    enum spk_status status;
    char error[600]; /* its sentence */
    uint64_t read;
};

static bool stop_at(void *context, uint64_t read)
{
    const uint64_t *limit = context;
    return read < *limit;
}

static struct answer ask(const char *const *of, size_t count, const struct spk_query_options *options,
                         struct spk_pass_options how)
{
    const struct spk_sink_options form = { .format = SPK_SINK_TSV };
    struct answer answer = { .read = 0 };
    struct spk_query *query = NULL;
    struct spk_sink *sink = NULL;
    struct spk_lines *lines = NULL;
    struct spk_error error = { .code = SPK_OK };
    assert_int_equal(spk_query_new(columns, SPK_COUNT_OF(columns), options, &query, NULL), SPK_OK);
    assert_int_equal(spk_out_new(&answer.text), SPK_OK);
    assert_int_equal(spk_sink_new(query, &form, answer.text, &sink, NULL), SPK_OK);
    assert_int_equal(spk_lines_new(query, &how, of, count, sink, &lines, NULL), SPK_OK);
    while ((answer.status = spk_lines_next(lines, &error)) == SPK_OK) {
    }
    assert_int_equal(answer.status, error.code < 0 ? error.code : SPK_END);
    if (error.code < 0) {
        spk_error_text(&error, answer.error, sizeof answer.error);
    }
    assert_int_equal(spk_sink_flush(sink), SPK_OK);
    answer.read = spk_lines_counts(lines)->read;
    spk_lines_free(lines);
    spk_sink_free(sink);
    spk_query_free(query);
    return answer;
}

/* By one thread and by several. Gives the records read. */
static uint64_t compare(const unsigned *which, size_t count, const struct spk_query_options *options)
{
    const char *of[PATHS_MAX];
    for (size_t i = 0; i < count; i++) {
        of[i] = paths[which[i]];
    }
    struct answer one = ask(of, count, options, (struct spk_pass_options){ .threads = 1 });
    const uint64_t read = one.read;
    size_t len, other;
    const char *text = spk_out_data(one.text, &len);
    for (uint32_t threads = 2; threads < 6; threads++) {
        struct spk_pass_options how = { .threads = threads, .part_size = threads % 2 == 0 ? 100000 : 0 };
        struct answer many = ask(of, count, options, how);
        const char *same = spk_out_data(many.text, &other);
        assert_int_equal(len, other);
        assert_memory_equal(text, same, len);
        assert_int_equal(one.read, many.read);
        assert_int_equal(one.status, many.status);
        assert_string_equal(one.error, many.error);
        spk_out_free(many.text);
    }
    spk_out_free(one.text);
    return read;
}

static const struct spk_query_options every;

static void compressed_files_are_read_as_by_one(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 4; i++) {
        assert_int_equal(compare(&i, 1, &every), PACKETS);
    }
}

static void files_come_in_their_order(void **state)
{
    static const unsigned orders[][PATHS_MAX] = { { 0, 1, 2, 3 }, { 3, 1, 2, 0 }, { 2, 2, 1, 1 } };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(orders); i++) {
        assert_int_equal(compare(orders[i], PATHS_MAX, &every), PATHS_MAX * PACKETS);
    }
}

static void an_error_comes_behind_the_rows_before_it(void **state)
{
    (void)state;
    for (unsigned i = 4; i < 8; i++) {
        const unsigned alone[] = { i };
        const unsigned between[] = { 1, i, 2, 0 };
        const unsigned first[] = { i, 0, 3 };
        uint64_t read = compare(alone, 1, &every);
        assert_true(read > 0 && read < PACKETS);
        assert_int_equal(compare(between, 4, &every), PACKETS + read);
        assert_int_equal(compare(first, 3, &every), read);
    }
}

static void a_file_that_is_not_there_comes_in_its_turn(void **state)
{
    const char *const of[] = { paths[1], "/nowhere/at-all.pcap", paths[2] };
    (void)state;
    for (uint32_t threads = 1; threads < 5; threads++) {
        struct answer answer = ask(of, 3, &every, (struct spk_pass_options){ .threads = threads });
        assert_int_equal(answer.status, SPK_ERR_IO);
        assert_int_equal(answer.read, PACKETS);
        spk_out_free(answer.text);
    }
}

static void limits_and_stops_end_it_at_once(void **state)
{
    const struct spk_query_options few = { .read_max = PACKETS + 10 };
    const unsigned which[] = { 1, 2, 3 };
    const char *const of[] = { paths[1], paths[2], paths[3] };
    uint64_t limits[] = { 1, 6000 };
    (void)state;
    assert_int_equal(compare(which, 3, &few), PACKETS + 10);
    for (size_t i = 0; i < SPK_COUNT_OF(limits); i++) {
        for (uint32_t threads = 1; threads < 5; threads++) {
            struct spk_pass_options how = { .threads = threads, .tick = stop_at, .context = &limits[i] };
            struct answer answer = ask(of, 3, &every, how);
            assert_int_equal(answer.status, SPK_END);
            assert_true(answer.read < 3 * PACKETS);
            spk_out_free(answer.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressed_files_are_read_as_by_one),
        cmocka_unit_test(files_come_in_their_order),
        cmocka_unit_test(an_error_comes_behind_the_rows_before_it),
        cmocka_unit_test(a_file_that_is_not_there_comes_in_its_turn),
        cmocka_unit_test(limits_and_stops_end_it_at_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
