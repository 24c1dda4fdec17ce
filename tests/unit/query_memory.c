/*
 * Queries when memory runs out or a call on a file fails: at every single one it is said, rows before it were good, and
 * nothing leaks.
 */
#include "faults.h"

#include "query_read.h"
#include "query_small.h"

static char capture[1024], other[1024];

static const char *const names[] = { "frame.number", "_file",       "ip.src",  "dns.qry.name", "dns.a",
                                     "dns.queries",  "udp.payload", "ip.addr", "frame.time" };

static enum spk_status query_of(const struct spk_filter *filter, uint8_t occurrence, struct spk_query **query)
{
    const struct spk_query_options options = { .occurrence = occurrence, .filter = filter };
    struct spk_error error;
    enum spk_status status = spk_query_new(names, SPK_COUNT_OF(names), &options, query, &error);
    assert_true(status == SPK_OK || *query == NULL);
    return status;
}

/* What follows is asked of this query, which is made without any fault. */
static struct spk_query *query;

static enum spk_status queries(void)
{
    struct spk_filter *filter = NULL;
    struct spk_query *made = NULL;
    struct spk_filter_fault fault;
    struct spk_error error;
    enum spk_status status =
        spk_filter_new(NULL, "dns and (ip.len > 40 or udp.port in {53, 5353})", &filter, &fault, &error);
    if (status == SPK_OK) {
        assert_non_null(spk_filter_text(filter));
        assert_non_null(spk_filter_needs(filter));
        status = query_of(filter, SPK_OCCURRENCE_ALL, &made);
    }
    if (status == SPK_OK) {
        assert_true(spk_query_runs_on(made));
        assert_int_equal(spk_query_column_count(made), SPK_COUNT_OF(names));
        assert_string_equal(spk_query_column(made, 0)->name, names[0]);
    }
    spk_query_free(made);
    spk_filter_free(filter);
    return status;
}

/* ---- rows as text ---- */

/* The rows of the capture, and the packets too as trees and JSON. */
static enum spk_status rows_of(struct spk_scan *scan, struct spk_sink *sink, struct spk_out *out)
{
    const struct spk_tree_options tree = { .hex = true, .width = 60 };
    struct spk_json json = { .out = out };
    struct spk_reader *reader = NULL;
    const struct spk_cells *cells = NULL;
    enum spk_status status = spk_reader_open(capture, &reader, &said);
    if (status != SPK_OK) {
        return status;
    }
    spk_scan_source(scan, "capture", next_record, reader);
    while (status == SPK_OK && (status = spk_scan_next(scan, &cells, &said)) == SPK_OK) {
        status = spk_sink_row(sink, cells);
        status = status == SPK_OK ? spk_tree_text(cells->packet, &tree, out) : status;
        if (status == SPK_OK) {
            spk_tree_json(cells->packet, &json);
            status = json.failed ? SPK_ERR_MEMORY : SPK_OK;
        }
    }
    assert_true(status != SPK_END || spk_scan_counts(scan)->rows > 0);
    assert_false(spk_scan_done(scan));
    spk_reader_close(reader);
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status text_in(const struct spk_sink_options *options)
{
    struct spk_out *out = NULL;
    struct spk_scan *scan = NULL;
    struct spk_sink *sink = NULL;
    enum spk_status status = spk_out_new(&out);
    status = status == SPK_OK ? spk_scan_new(query, &scan, &said) : status;
    status = status == SPK_OK ? spk_sink_new(query, options, out, &sink, &said) : status;
    status = status == SPK_OK ? rows_of(scan, sink, out) : status;
    status = status == SPK_OK ? spk_sink_flush(sink) : status;
    deliver_text(out);
    spk_sink_free(sink);
    spk_scan_free(scan);
    spk_out_free(out);
    return status;
}

static enum spk_status text_tsv(void)
{
    return text_in(&(struct spk_sink_options){ .format = SPK_SINK_TSV, .header = true, .quote = '"' });
}

static enum spk_status text_csv(void)
{
    return text_in(&(struct spk_sink_options){ .format = SPK_SINK_CSV, .header = true, .plain_text = true });
}

static enum spk_status text_json(void)
{
    return text_in(&(struct spk_sink_options){ .format = SPK_SINK_JSON });
}

static enum spk_status text_table(void)
{
    return text_in(&(struct spk_sink_options){ .format = SPK_SINK_TABLE, .header = true, .safe = true });
}

static enum spk_status text_narrow_table(void)
{
    return text_in(&(struct spk_sink_options){ .format = SPK_SINK_TABLE, .header = true, .colour = true, .width = 70 });
}

/* ---- passes ---- */

/* What one thread gives; others give the same. It was given wholly. */
static void check_alone(uint32_t threads)
{
    static uint8_t alone[1 << 16];
    static size_t len;
    if (threads == 1) {
        len = undisturbed.at;
        assert_true(len <= sizeof alone);
        memcpy(alone, undisturbed.bytes, len);
    }
    assert_true(undisturbed.at > 0);
    assert_int_equal(undisturbed.at, len);
    assert_memory_equal(undisturbed.bytes, alone, len);
}

static enum spk_status lines_by(uint32_t threads)
{
    const struct spk_sink_options how = { .format = SPK_SINK_TSV };
    const struct spk_pass_options options = { .threads = threads, .part_size = 4096, .bpf = "udp" };
    const char *const paths[] = { capture, other };
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    struct spk_lines *lines = NULL;
    enum spk_status status = spk_out_new(&out);
    status = status == SPK_OK ? spk_sink_new(query, &how, out, &sink, &said) : status;
    status = status == SPK_OK ? spk_lines_new(query, &options, paths, 2, sink, &lines, &said) : status;
    while (status == SPK_OK) {
        size_t len = 0;
        status = spk_lines_next(lines, &said);
        const char *text = spk_out_data(out, &len);
        assert_true(len == 0 || text[len - 1] == '\n'); /* whole lines, whatever fails */
        deliver(text, len);
        spk_out_clear(out);
    }
    if (status == SPK_END) {
        assert_true(spk_lines_counts(lines)->rows > 10 && spk_lines_bytes(lines) > 1000);
        check_alone(threads);
    }
    spk_lines_free(lines);
    spk_sink_free(sink);
    spk_out_free(out);
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status lines_alone(void)
{
    return lines_by(1);
}

static enum spk_status lines_of_many(void)
{
    return lines_by(3);
}

static enum spk_status columns_of(uint32_t threads)
{
    const struct spk_columns_options options = { .threads = threads, .batch_rows = 3, .dictionary = true };
    const char *const paths[] = { capture, other };
    struct ArrowSchema schema = { .release = NULL };
    struct ArrowArrayStream stream = { .release = NULL };
    struct ArrowArray batch = { .release = NULL };
    int code = 0;
    enum spk_status status = spk_columns_schema(query, &options, &schema, &said);
    if (status == SPK_OK) {
        assert_string_equal(schema.children[0]->format, "L"); /* the packets' numbers */
        schema.release(&schema);
        status = spk_columns_open(query, &options, paths, 2, &stream, &said);
    }
    if (status != SPK_OK) {
        return status;
    }
    while ((code = stream.get_next(&stream, &batch)) == 0 && batch.release != NULL) {
        const struct ArrowArray *numbers = batch.children[0];
        assert_int_equal(numbers->offset, 0);
        deliver(numbers->buffers[1], (size_t)batch.length * sizeof(uint64_t));
        batch.release(&batch);
    }
    said = *spk_columns_error(&stream);
    status = said.code;
    assert_true((code != 0) == (status != SPK_OK));
    assert_true(status != SPK_OK || spk_columns_counts(&stream)->rows > 10);
    stream.release(&stream);
    return status;
}

static enum spk_status columns_alone(void)
{
    return columns_of(1);
}

static enum spk_status columns_of_many(void)
{
    return columns_of(3);
}

/* ---- groups ---- */

static enum spk_status count_groups(struct spk_groups *groups)
{
    const struct spk_pass_options options = { .threads = 1 };
    const struct spk_columns_options columns = { .batch_rows = 0 };
    const char *const paths[] = { capture, other };
    struct spk_scan_counts counts;
    struct ArrowArray array = { .release = NULL };
    const struct spk_cells *cells;
    char message[SPK_GROUPS_MESSAGE];
    enum spk_status status = spk_groups_read(groups, &options, paths, 2, &counts, message, &said);
    if (status == SPK_ERR_IO && strstr(said.what, strerror(fault_number)) != NULL) {
        said.sys_errno = fault_number; /* which the sentence says */
    }
    while (status == SPK_OK && (status = spk_groups_next(groups, &cells)) == SPK_OK) {
        deliver(&cells->number, sizeof cells->number);
    }
    if (status == SPK_END) {
        (void)spk_groups_bytes(groups);
        assert_int_equal(spk_groups_left_out(groups), 0);
        assert_int_equal(spk_groups_wide(groups), 0);
        assert_int_equal(spk_query_column_count(spk_groups_query(groups)), 4);
        status = spk_groups_array(groups, &columns, &array, &said);
    }
    if (array.release != NULL) {
        array.release(&array);
    }
    return status;
}

/* And once more of rows that a scan gives. */
static enum spk_status add_rows(struct spk_groups *groups, const struct spk_query *of)
{
    struct spk_scan *scan = NULL;
    struct spk_reader *reader = NULL;
    const struct spk_cells *cells;
    enum spk_status status = spk_scan_new(of, &scan, &said);
    status = status == SPK_OK ? spk_reader_open(capture, &reader, &said) : status;
    if (status == SPK_OK) {
        spk_scan_source(scan, "capture", next_record, reader);
    }
    while (status == SPK_OK && (status = spk_scan_next(scan, &cells, &said)) == SPK_OK) {
        status = spk_groups_row(groups, cells);
    }
    spk_reader_close(reader);
    spk_scan_free(scan);
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status groups(void)
{
    static const char *const keys[] = { "ip.src", "dns.qry.name", "frame.len" };
    const struct spk_aggregate aggregates[] = { { SPK_AGGREGATE_SUM, 2 }, { SPK_AGGREGATE_DISTINCT, 2 } };
    const struct spk_groups_options options = { .keys = 2, .aggregates = aggregates, .count = 2, .top = 3 };
    struct spk_query *of = NULL;
    struct spk_groups *made = NULL;
    enum spk_status status = spk_query_new(keys, SPK_COUNT_OF(keys), NULL, &of, &said);
    status = status == SPK_OK ? spk_groups_new(of, &options, &made, &said) : status;
    status = status == SPK_OK ? add_rows(made, of) : status;
    status = status == SPK_OK ? count_groups(made) : status;
    spk_groups_free(made);
    spk_query_free(of);
    return status;
}

/* ---- text made by hand ---- */

static enum spk_status by_hand(void)
{
    static const uint8_t address[4] = { 192, 0, 2, 1 };
    const struct spk_value value = { .kind = SPK_IP4, .u = 0xc0000201, .data = address, .len = 4 };
    const struct spk_row *row = spk_field_find(spk_registry_default(), "ip.src")->row;
    struct spk_out *out = NULL;
    enum spk_status status = spk_out_new(&out);
    for (unsigned i = 0; i < 300 && status == SPK_OK; i++) {
        struct spk_json json = { .out = out };
        spk_json_object(&json);
        spk_json_name(&json, "a");
        spk_json_list(&json);
        spk_json_uint(&json, 7);
        spk_json_bool(&json, true);
        spk_json_null(&json);
        spk_json_text(&json, "text\xff");
        spk_json_bytes(&json, "\x1b[2J", 4);
        spk_json_value(&json, row, &value);
        spk_json_end(&json);
        spk_json_end(&json);
        status = json.failed ? SPK_ERR_MEMORY : spk_out_put(out, "\n", 1);
        status = status == SPK_OK ? spk_out_put_safe(out, "\x1b]0;t\x07", 6) : status;
        status = status == SPK_OK ? spk_out_put_value(out, row, &value) : status;
    }
    spk_out_free(out);
    return status;
}

static enum spk_status matches(void)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    struct spk_error error;
    static const uint8_t bytes[60] = { [12] = 8, [14] = 0x45, [17] = 46, [23] = 17 };
    bool keeps = false;
    enum spk_status status = spk_filter_new(NULL, "ip.addr == 0.0.0.0 and udp[0:2] == 00:00 and max(udp.port, 7) == 7",
                                            &filter, NULL, &error);
    spk_decode(spk_registry_default(), 1, bytes, sizeof bytes, sizeof bytes, &packet);
    status = status == SPK_OK ? spk_matcher_new(filter, &matcher) : status;
    status = status == SPK_OK ? spk_matcher_match(matcher, &packet, &keeps) : status;
    assert_true(status != SPK_OK || keeps);
    spk_matcher_free(matcher);
    spk_filter_free(filter);
    return status;
}

static void test_queries(void **state)
{
    (void)state;
    under_each_fault(queries, 20, 0);
    under_each_fault(matches, 10, 0);
}

static void test_text(void **state)
{
    (void)state;
    under_each_fault(text_tsv, 10, 0);
    under_each_fault(text_csv, 10, 0);
    under_each_fault(text_json, 10, 0);
    under_each_fault(text_table, 10, 0);
    under_each_fault(text_narrow_table, 10, 0);
    under_each_fault(by_hand, 3, 0);
}

static void test_passes(void **state)
{
    (void)state;
    under_each_fault(lines_alone, 10, 0);
    under_each_fault(lines_of_many, 10, 0);
    under_each_fault(columns_alone, 10, 0);
    under_each_fault(columns_of_many, 10, 0);
}

static void test_groups(void **state)
{
    (void)state;
    under_each_fault(groups, 20, 0);
}

/* Those that only look something up. */
static void test_words(void **state)
{
    int64_t ns = 0;
    struct spk_error error;
    (void)state;
    countdown = 1;
    assert_non_null(spk_filter_word(0));
    assert_non_null(spk_filter_function(0));
    assert_non_null(spk_query_own_row(0));
    assert_int_equal(spk_time_parse("2017-05-03T18:01:18.39Z", false, &ns, &error), SPK_OK);
    assert_false(fired);
    countdown = 0;
}

static int set_up(void **state)
{
    const char *source = getenv("STEELPKT_SOURCE");
    (void)state;
    snprintf(capture, sizeof capture, "%s/tests/captures/dns.pcap", source);
    snprintf(other, sizeof other, "%s/tests/captures/dns-udp.pcapng", source);
    return query_of(NULL, SPK_OCCURRENCE_AUTO, &query) == SPK_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    spk_query_free(query);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries), cmocka_unit_test(test_text),  cmocka_unit_test(test_passes),
        cmocka_unit_test(test_groups),  cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
