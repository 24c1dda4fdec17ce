/*
 * Lines: every field of every capture, in every form and with every choice of occurrences, read by several threads in parts
 * as small as they come, is byte for byte what one thread makes of row after row.
 */
#include "query_read.h"
#include "support.h"

#include "query/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct text {
    struct spk_out *out;
    struct spk_sink *sink;
    uint64_t rows;
    struct spk_error error;
};

static struct text begin(const struct spk_query *query, uint8_t format)
{
    const struct spk_sink_options options = { .format = format, .header = true, .safe = true };
    struct text text = { .rows = 0 };
    assert_int_equal(spk_out_new(&text.out), SPK_OK);
    assert_int_equal(spk_sink_new(query, &options, text.out, &text.sink, NULL), SPK_OK);
    return text;
}

static void end(struct text *text)
{
    spk_sink_free(text->sink);
    spk_out_free(text->out);
}

/* The reference: one thread, one record after the other, one row of cells at a time. */
static struct text row_by_row(const struct spk_query *query, const char *path, uint8_t format)
{
    struct text text = begin(query, format);
    struct spk_reader *reader = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells;
    assert_int_equal(spk_scan_new(query, &scan, NULL), SPK_OK);
    if (spk_reader_open(path, &reader, &text.error) == SPK_OK) {
        spk_scan_source(scan, path, next_record, reader);
        while (spk_scan_next(scan, &cells, &text.error) == SPK_OK) {
            assert_int_equal(spk_sink_row(text.sink, cells), SPK_OK);
            text.rows++;
        }
    }
    assert_int_equal(spk_sink_flush(text.sink), SPK_OK);
    spk_scan_free(scan);
    spk_reader_close(reader);
    return text;
}

static struct text in_parts(const struct spk_query *query, const char *path, uint8_t format, uint32_t threads)
{
    const struct spk_pass_options options = { .threads = threads, .part_size = 600 };
    struct text text = begin(query, format);
    struct spk_lines *lines = NULL;
    assert_int_equal(spk_lines_new(query, &options, &path, 1, text.sink, &lines, NULL), SPK_OK);
    while (spk_lines_next(lines, &text.error) == SPK_OK) {
    }
    assert_int_equal(spk_sink_flush(text.sink), SPK_OK);
    text.rows = spk_lines_counts(lines)->rows;
    spk_lines_free(lines);
    return text;
}

static void assert_same(struct text *one, struct text *other, const char *path)
{
    size_t left_len;
    size_t right_len;
    const char *left = spk_out_data(one->out, &left_len);
    const char *right = spk_out_data(other->out, &right_len);
    size_t same = 0;
    while (same < left_len && same < right_len && left[same] == right[same]) {
        same++;
    }
    if (left_len != right_len || same < left_len) {
        fail_msg("%s: different from byte %zu on: %.60s, but %.60s", path, same, left + same, right + same);
    }
    assert_int_equal(one->rows, other->rows);
    assert_int_equal(one->error.code, other->error.code);
    assert_int_equal(one->error.at, other->error.at);
    assert_int_equal(one->error.packet, other->error.packet);
    end(other);
}

static struct spk_query *query_of_everything(uint8_t occurrence)
{
    const struct spk_query_options options = { .occurrence = occurrence };
    const struct spk_registry *registry = spk_registry_default();
    const char *names[4096] = { "_number", "_file" };
    struct spk_query *query = NULL;
    size_t count = 2;
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        names[count++] = spk_registry_field(registry, i)->name;
    }
    assert_int_equal(spk_query_new(names, count, &options, &query, NULL), SPK_OK);
    return query;
}

struct visit {
    const struct spk_query *query;
    uint8_t format;
    uint64_t rows;
};

/* Larger captures would take minutes: every field of them is asked four times over, and they hold little that is new. */
enum { LARGEST = 128 * 1024 };

static void compare(const char *path, void *context)
{
    struct visit *visit = context;
    struct stat is;
    if (stat(path, &is) != 0 || is.st_size > LARGEST) {
        return;
    }
    struct text one = row_by_row(visit->query, path, visit->format);
    struct text many = in_parts(visit->query, path, visit->format, 3);
    visit->rows += one.rows;
    assert_same(&one, &many, path);
    if (visit->format == SPK_SINK_TSV) {
        struct text alone = in_parts(visit->query, path, visit->format, 1);
        assert_same(&one, &alone, path);
    }
    end(&one);
}

static void every_field_of_every_capture_in_every_form(void **state)
{
    static const uint8_t occurrences[] = { [SPK_SINK_TSV] = SPK_OCCURRENCE_ALL,
                                           [SPK_SINK_CSV] = SPK_OCCURRENCE_LAST,
                                           [SPK_SINK_JSON] = SPK_OCCURRENCE_AUTO,
                                           [SPK_SINK_TABLE] = SPK_OCCURRENCE_FIRST };
    (void)state;
    for (uint8_t format = SPK_SINK_TSV; format <= SPK_SINK_TABLE; format++) {
        struct spk_query *query = query_of_everything(occurrences[format]);
        struct visit visit = { .query = query, .format = format };
        for_each_capture(compare, &visit);
        assert_true(visit.rows > 300);
        spk_query_free(query);
    }
}

/* One field alone: its line is made without a row of cells, where it suits. Gives false where it never does. */
static bool compare_alone(const char *name, uint8_t format, uint8_t occurrence, const char *path)
{
    const struct spk_query_options options = { .occurrence = occurrence };
    struct spk_query *query = NULL;
    assert_int_equal(spk_query_new(&name, 1, &options, &query, NULL), SPK_OK);
    bool is_quick = query->is_quick[0];
    if (is_quick) {
        struct text one = row_by_row(query, path, format);
        struct text alone = in_parts(query, path, format, 1);
        assert_same(&one, &alone, name);
        end(&one);
    }
    spk_query_free(query);
    return is_quick;
}

static void every_field_that_is_read_without_a_walk_alone(void **state)
{
    static const char *const captures[] = { "dns-udp.pcapng", "tcp.pcap" };
    static const uint8_t formats[] = { SPK_SINK_TSV, SPK_SINK_CSV };
    static const uint8_t occurrences[] = { SPK_OCCURRENCE_ALL, SPK_OCCURRENCE_FIRST, SPK_OCCURRENCE_LAST };
    const struct spk_registry *registry = spk_registry_default();
    unsigned compared = 0;
    (void)state;
    for (size_t i = 0; i < spk_registry_field_count(registry) * SPK_COUNT_OF(captures); i++) {
        const struct spk_field *field = spk_registry_field(registry, i / SPK_COUNT_OF(captures));
        char path[1024];
        snprintf(path, sizeof path, "%s/tests/captures/%s", getenv("STEELPKT_SOURCE"),
                 captures[i % SPK_COUNT_OF(captures)]);
        for (size_t k = 0; field->kind != SPK_GROUP && k < SPK_COUNT_OF(formats) * SPK_COUNT_OF(occurrences); k++) {
            compared += compare_alone(field->name, formats[k % SPK_COUNT_OF(formats)],
                                      occurrences[k / SPK_COUNT_OF(formats)], path);
        }
    }
    assert_true(compared > 1000);
}

static bool is_even(const void *context, const struct spk_record *record)
{
    (void)context;
    return record->caplen % 2 == 0;
}

/* Rows that a pass over dns.pcap gives with both, either or none of the filters that are asked before decoding. */
static uint64_t kept(spk_keep_fn keep, const char *bpf, uint32_t threads)
{
    const char *const names[] = { "frame.number" };
    const struct spk_query_options options = { .keep = keep };
    const struct spk_columns_options columns = { .bpf = bpf, .threads = threads, .part_size = 600 };
    char path[1024];
    const char *const paths[] = { path };
    struct spk_query *query = NULL;
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    snprintf(path, sizeof path, "%s/tests/captures/dns.pcap", getenv("STEELPKT_SOURCE"));
    assert_int_equal(spk_query_new(names, 1, &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_columns_open(query, &columns, paths, 1, &stream, NULL), SPK_OK);
    while (stream.get_next(&stream, &array) == 0 && array.release != NULL) {
        array.release(&array);
    }
    uint64_t rows = spk_columns_counts(&stream)->rows;
    stream.release(&stream);
    spk_query_free(query);
    return rows;
}

static void a_filter_of_the_pass_stands_beside_the_query_s_keep(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        uint64_t all = kept(NULL, NULL, threads);
        uint64_t even = kept(is_even, NULL, threads);
        uint64_t short_ones = kept(NULL, "less 90", threads);
        uint64_t both = kept(is_even, "less 90", threads);
        uint64_t neither = all - even - short_ones + both;
        assert_true(both > 0 && both < even && both < short_ones && neither < all);
        assert_int_equal(kept(is_even, "greater 0", threads), even);
    }
}

/* Where a filter fails is counted over all files, as frame.number is. */
static void a_filter_that_fails_names_the_packet_of_all_files(void **state)
{
    const char *const names[] = { "frame.number" };
    char too_much[400] = "udp.srcport == 53 && udp.port";
    (void)state;
    for (unsigned i = 0; i < 17; i++) {
        strcat(too_much, " + udp.port");
    }
    strcat(too_much, " == 1");
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        struct spk_query_options options = { .row_max = 0 };
        const struct spk_columns_options columns = { .threads = threads, .part_size = 600 };
        char tcp[1024];
        char dns[1024];
        const char *const paths[] = { tcp, dns };
        struct spk_query *query = NULL;
        struct spk_filter *filter = NULL;
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        snprintf(tcp, sizeof tcp, "%s/tests/captures/tcp.pcap", getenv("STEELPKT_SOURCE"));
        snprintf(dns, sizeof dns, "%s/tests/captures/dns.pcap", getenv("STEELPKT_SOURCE"));
        assert_int_equal(spk_filter_new(NULL, too_much, &filter, NULL, NULL), SPK_OK);
        options.filter = filter;
        assert_int_equal(spk_query_new(names, 1, &options, &query, NULL), SPK_OK);
        assert_int_equal(spk_columns_open(query, &columns, paths, 2, &stream, NULL), SPK_OK);
        while (stream.get_next(&stream, &array) == 0 && array.release != NULL) {
            array.release(&array);
        }
        assert_int_equal(spk_columns_error(&stream)->code, SPK_ERR_LIMIT);
        assert_int_equal(spk_columns_error(&stream)->packet, 96); /* the second of 6 behind 94 */
        stream.release(&stream);
        spk_query_free(query);
        spk_filter_free(filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_every_capture_in_every_form),
        cmocka_unit_test(every_field_that_is_read_without_a_walk_alone),
        cmocka_unit_test(a_filter_of_the_pass_stands_beside_the_query_s_keep),
        cmocka_unit_test(a_filter_that_fails_names_the_packet_of_all_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
