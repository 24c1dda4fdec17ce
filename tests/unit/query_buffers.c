/*
 * Text, columns and groups when memory runs out at any byte that is put anywhere: it is said, never left out in silence,
 * and nothing leaks.
 */
#include "short_buffers.h"

#include "capture_support.h"
#include "packet_made.h"
#include "query_read.h"

#include <string.h>

static char directory[256], capture[512];

static const char *const names[] = {
    "frame.number",       "frame.time",  "_file",   "ip.src",  "dns.qry.name",        "dns.txt",
    "dns.flags.response", "udp.payload", "ip.addr", "eth.src", "frame.time_relative", "dns.a"
};

static struct spk_query *query;

/* ---- rows as text ---- */

static enum spk_status rows_of(struct spk_scan *scan, struct spk_sink *sink)
{
    struct spk_reader *reader = NULL;
    const struct spk_cells *cells = NULL;
    struct spk_error error;
    enum spk_status status = spk_reader_open(capture, &reader, &error);
    if (status != SPK_OK) {
        return status;
    }
    spk_scan_source(scan, "a \x1b file, \"quoted\"", next_record, reader);
    while (status == SPK_OK && (status = spk_scan_next(scan, &cells, &error)) == SPK_OK) {
        status = spk_sink_row(sink, cells);
    }
    spk_reader_close(reader);
    return status == SPK_END ? spk_sink_flush(sink) : status;
}

static struct spk_sink_options how;

static enum spk_status text(void)
{
    struct spk_out *out = NULL;
    struct spk_scan *scan = NULL;
    struct spk_sink *sink = NULL;
    struct spk_error error;
    enum spk_status status = spk_out_new(&out);
    status = status == SPK_OK ? spk_scan_new(query, &scan, &error) : status;
    status = status == SPK_OK ? spk_sink_new(query, &how, out, &sink, &error) : status;
    status = status == SPK_OK ? rows_of(scan, sink) : status;
    deliver_text(out); /* with a failure the beginning of the whole one, up to some byte */
    spk_sink_free(sink);
    spk_scan_free(scan);
    spk_out_free(out);
    return status;
}

static void each_form_of_text(void **state)
{
    static const struct spk_sink_options forms[] = {
        { .format = SPK_SINK_TSV, .header = true },
        { .format = SPK_SINK_TSV, .header = true, .quote = '"', .separator = ';', .joiner = '|', .safe = true },
        { .format = SPK_SINK_CSV, .header = true, .plain_text = true },
        { .format = SPK_SINK_CSV, .safe = true },
        { .format = SPK_SINK_JSON },
        { .format = SPK_SINK_TABLE, .header = true, .safe = true },
        { .format = SPK_SINK_TABLE, .header = true, .colour = true },
        { .format = SPK_SINK_TABLE, .header = true, .colour = true, .width = 120 },
        { .format = SPK_SINK_TABLE, .header = true, .colour = true, .width = 40 },
        { .format = SPK_SINK_TABLE, .width = 24 },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(forms); i++) {
        how = forms[i];
        without_each_allocation(text, 50);
        assert_true(undisturbed.size > 100);
    }
}

/* ---- trees ---- */

static struct spk_tree_options tree;
static uint8_t packet_bytes[512];
static struct spk_packet packet;

static enum spk_status tree_text(void)
{
    struct spk_out *out = NULL;
    enum spk_status status = spk_out_new(&out);
    status = status == SPK_OK ? spk_tree_text(&packet, &tree, out) : status;
    deliver_text(out); /* all or nothing */
    spk_out_free(out);
    return status;
}

static enum spk_status tree_json(void)
{
    struct spk_out *out = NULL;
    enum spk_status status = spk_out_new(&out);
    if (status == SPK_OK) {
        struct spk_json json = { .out = out };
        spk_tree_json(&packet, &json);
        status = json.failed ? SPK_ERR_MEMORY : SPK_OK;
    }
    deliver_text(out);
    spk_out_free(out);
    return status;
}

static void each_line_of_a_tree(void **state)
{
    const struct spk_field *marks[] = { spk_field_find(spk_registry_default(), "dns.qry.name"),
                                        spk_field_find(spk_registry_default(), "ip.src") };
    const struct spk_tree_options forms[] = {
        { .safe = true },
        { .hex = true, .width = 50 },
        { .hex = true, .colour = true, .marks = marks, .mark_count = SPK_COUNT_OF(marks) },
        { .colour = true, .width = 40, .marks = marks, .mark_count = 1 },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(forms); i++) {
        tree = forms[i];
        without_each_allocation(tree_text, 50);
    }
    without_each_allocation(tree_json, 50);
}

/* ---- passes and columns ---- */

static enum spk_status lines_by(uint32_t threads)
{
    const struct spk_pass_options options = { .threads = threads, .part_size = 4096 };
    const char *const paths[] = { capture };
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    struct spk_lines *lines = NULL;
    struct spk_error error;
    enum spk_status status = spk_out_new(&out);
    status = status == SPK_OK ? spk_sink_new(query, &how, out, &sink, &error) : status;
    status = status == SPK_OK ? spk_lines_new(query, &options, paths, 1, sink, &lines, &error) : status;
    while (status == SPK_OK) {
        status = spk_lines_next(lines, &error);
        deliver_text(out);
        spk_out_clear(out);
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

static enum spk_status lines_of_two(void)
{
    return lines_by(2);
}

static enum spk_status columns(void)
{
    const struct spk_columns_options options = { .threads = 1, .batch_rows = 2, .dictionary = true };
    const char *const paths[] = { capture };
    struct ArrowArrayStream stream = { .release = NULL };
    struct ArrowArray batch = { .release = NULL };
    struct spk_error error;
    int code = 0;
    enum spk_status status = spk_columns_open(query, &options, paths, 1, &stream, &error);
    if (status != SPK_OK) {
        return status;
    }
    while ((code = stream.get_next(&stream, &batch)) == 0 && batch.release != NULL) {
        deliver(batch.children[0]->buffers[1], (size_t)batch.length * sizeof(uint32_t)); /* the packets' numbers */
        batch.release(&batch);
    }
    status = spk_columns_error(&stream)->code;
    assert_true((code != 0) == (status != SPK_OK));
    stream.release(&stream);
    return status;
}

static enum spk_status groups(void)
{
    static const char *const keys[] = { "ip.src", "dns.qry.name", "frame.len" };
    const struct spk_aggregate aggregates[] = { { SPK_AGGREGATE_SUM, 2 }, { SPK_AGGREGATE_DISTINCT, 1 } };
    const struct spk_groups_options options = { .keys = 2, .aggregates = aggregates, .count = 2, .top = 3 };
    const struct spk_pass_options pass = { .threads = 1 };
    const char *const paths[] = { capture };
    struct spk_query *of = NULL;
    struct spk_groups *made = NULL;
    const struct spk_cells *cells;
    struct spk_scan_counts counts;
    char message[SPK_GROUPS_MESSAGE];
    struct spk_error error;
    enum spk_status status = spk_query_new(keys, SPK_COUNT_OF(keys), NULL, &of, &error);
    status = status == SPK_OK ? spk_groups_new(of, &options, &made, &error) : status;
    status = status == SPK_OK ? spk_groups_read(made, &pass, paths, 1, &counts, message, &error) : status;
    while (status == SPK_OK && (status = spk_groups_next(made, &cells)) == SPK_OK) {
        deliver(&cells->number, sizeof cells->number);
    }
    spk_groups_free(made);
    spk_query_free(of);
    return status == SPK_END ? SPK_OK : status;
}

static void each_value_of_a_pass(void **state)
{
    static const uint8_t formats[] = { SPK_SINK_TSV, SPK_SINK_CSV, SPK_SINK_JSON, SPK_SINK_TABLE };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(formats); i++) {
        how = (struct spk_sink_options){ .format = formats[i], .header = true };
        without_each_allocation(lines_alone, 30);
        without_each_allocation(lines_of_two, 30);
    }
    without_each_allocation(columns, 30);
    without_each_allocation(groups, 30);
}

/* ---- */

/* Three packets: a question, its answer with a text, and one that is cut. */
static int set_up(void **state)
{
    static const char *const lines[] = {
        "eth / ip(src=192.0.2.1, dst=192.0.2.2, proto=17) / udp(sport=5353, dport=53) / "
        "dns(queries=[(query_name=a.example.com, query_type=16)])",
        "eth / ip(src=192.0.2.2, dst=192.0.2.1, proto=17) / udp(sport=53, dport=5353) / "
        "dns(query_resp=1, queries=[(query_name=a.example.com, query_type=16)], "
        "answers=[(domain_name=a.example.com, res_type=1, a=192.0.2.3), "
        "(domain_name=b.example.com, res_type=1, a=192.0.2.4)])",
    };
    const struct spk_query_options options = { .occurrence = SPK_OCCURRENCE_ALL };
    struct spk_build *build = NULL;
    struct spk_writer *writer = NULL;
    struct spk_record record = { .has_time = true, .link = SPK_LINK_ETHERNET };
    struct spk_error error = { 0 };
    (void)state;
    make_directory(directory, sizeof directory);
    snprintf(capture, sizeof capture, "%s/three.pcap", directory);
    assert_int_equal(spk_build_new(spk_registry_default(), &build), SPK_OK);
    assert_int_equal(spk_writer_open(capture, NULL, &writer, NULL), SPK_OK);
    for (size_t i = 0; i < 3; i++) {
        if (i < SPK_COUNT_OF(lines)) {
            record.data = line_bytes(build, lines[i], SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &record.len);
        }
        record.caplen = i == 2 ? record.len - 9 : record.len;
        record.time_ns = (int64_t)i * SECOND;
        assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    }
    assert_true(record.len <= sizeof packet_bytes);
    memcpy(packet_bytes, record.data, record.caplen);
    spk_decode(spk_registry_default(), record.link, packet_bytes, record.caplen, record.len, &packet);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    spk_build_free(build);
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), &options, &query, &error), SPK_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    spk_query_free(query);
    remove_directory(directory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_of_text),
        cmocka_unit_test(each_line_of_a_tree),
        cmocka_unit_test(each_value_of_a_pass),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
