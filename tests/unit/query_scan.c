/* Which records become rows, what runs on from one to the next, and which names are refused why. */
#include "query_small.h"

#define SECOND INT64_C(1000000000)

static const struct spk_query_options plain;

static void fill(struct feed *feed)
{
    for (int64_t i = 1; i <= 4; i++) {
        feed_add(feed, i * SECOND, "n", 1);
    }
}

static void a_window_includes_both_ends(void **state)
{
    struct feed feed = { 0 };
    char text[256];
    (void)state;
    fill(&feed);
    feed_add(&feed, -1, "n", 1);
    struct spk_query_options window = {
        .has_start = true, .start_ns = 2 * SECOND, .has_end = true, .end_ns = 3 * SECOND
    };
    assert_int_equal(ask("q.id", window, SPK_SINK_TSV, false, &feed, text, sizeof text), SPK_END);
    assert_string_equal(text, "2\n3\n");
    window.has_end = false;
    window.start_ns++;
    ask("q.id", window, SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "3\n4\n"); /* and not the fifth, which has no time */
}

static void limits_count_records_and_rows(void **state)
{
    struct feed feed = { .end = SPK_ERR_CUT };
    char text[256];
    (void)state;
    fill(&feed);
    const struct spk_query_options two_rows = { .row_max = 2, .has_start = true, .start_ns = 2 * SECOND };
    assert_int_equal(ask("q.id", two_rows, SPK_SINK_TSV, false, &feed, text, sizeof text), SPK_END);
    assert_string_equal(text, "2\n3\n");
    assert_int_equal(feed.at, 3);
    const struct spk_query_options two_read = { .read_max = 2, .has_start = true, .start_ns = 2 * SECOND };
    assert_int_equal(ask("q.id", two_read, SPK_SINK_TSV, false, &feed, text, sizeof text), SPK_END);
    assert_string_equal(text, "2\n");
    /* what lies behind the limit is not looked at, and so its damage is not seen; without the limit it is */
    const struct spk_query_options all_read = { .read_max = 4 };
    assert_int_equal(ask("q.id", all_read, SPK_SINK_TSV, false, &feed, text, sizeof text), SPK_END);
    assert_int_equal(ask("q.id", plain, SPK_SINK_TSV, false, &feed, text, sizeof text), SPK_ERR_CUT);
    assert_string_equal(text, "1\n2\n3\n4\n");
}

static bool keep_odd(const void *context, const struct spk_record *record)
{
    return record->number % 2 == *(const unsigned *)context;
}

static void a_filter_leaves_numbers_alone(void **state)
{
    struct feed feed = { 0 };
    char text[256];
    const unsigned odd = 1;
    (void)state;
    fill(&feed);
    const struct spk_query_options some = { .keep = keep_odd, .keep_context = &odd };
    ask("_number q.id", some, SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "1\t1\n3\t3\n");
}

static void sources_run_on(void **state)
{
    struct feed first = { 0 };
    struct feed second = { 0 };
    struct feed *feeds[] = { &first, &second };
    char text[256];
    (void)state;
    feed_add(&first, SECOND, "n", 1);
    feed_add(&first, 3 * SECOND, "n", 1);
    feed_add(&second, 7 * SECOND, "n", 1);
    assert_int_equal(ask_feeds("_file _number q.id _file", plain, SPK_SINK_TSV, false, feeds, 2, text, sizeof text),
                     SPK_END);
    assert_string_equal(text, "a\t1\t1\ta\na\t2\t2\ta\nb\t1\t1\tb\n");
    ask_feeds("frame.number frame.time_relative frame.time_delta frame.time_delta_displayed", plain, SPK_SINK_TSV,
              false, feeds, 2, text, sizeof text);
    assert_string_equal(text, "1\t0.000000000\t0.000000000\t0.000000000\n2\t2.000000000\t2.000000000\t2.000000000\n"
                              "3\t6.000000000\t4.000000000\t4.000000000\n");
    const struct spk_query_options late = { .has_start = true, .start_ns = 3 * SECOND };
    ask_feeds("frame.number frame.time_delta frame.time_delta_displayed", late, SPK_SINK_TSV, false, feeds, 2, text,
              sizeof text);
    assert_string_equal(text, "2\t2.000000000\t0.000000000\n3\t4.000000000\t4.000000000\n");
}

static void a_record_without_a_time_counts_as_of_1970(void **state)
{
    struct feed feed = { 0 };
    char text[256];
    (void)state;
    feed_add(&feed, -1, "n", 1);
    feed_add(&feed, 5 * SECOND, "n", 1);
    feed_add(&feed, -1, "n", 1);
    feed_add(&feed, 7 * SECOND, "n", 1);
    ask("frame.number frame.time_epoch frame.time_relative frame.time_delta frame.time_delta_displayed", plain,
        SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "1\t\t\t\t\n2\t5.000000000\t5.000000000\t5.000000000\t5.000000000\n3\t\t\t\t\n"
                              "4\t7.000000000\t7.000000000\t7.000000000\t7.000000000\n");
}

static void counts_are_told(void **state)
{
    struct feed feed = { 0 };
    const char *names[] = { "q.id" };
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    const struct spk_query_options options = { .registry = small_registry(), .row_max = 2 };
    (void)state;
    fill(&feed);
    feed.records[0].warnings = SPK_WARN_OVER_SNAPLEN | SPK_WARN_CAPLEN_OVER_LEN;
    feed.records[1].warnings = SPK_WARN_OVER_SNAPLEN;
    assert_int_equal(spk_query_new(names, 1, &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, NULL), SPK_OK);
    spk_scan_source(scan, "x", feed_next, &feed);
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
    assert_false(spk_scan_done(scan));
    assert_int_equal(cells->number, 1);
    assert_int_equal(cells->cells[0].count, 1);
    assert_int_equal(cells->cells[0].items[0].value.u, 1);
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
    assert_true(spk_scan_done(scan));
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_END);
    assert_int_equal(spk_scan_counts(scan)->read, 2);
    assert_int_equal(spk_scan_counts(scan)->rows, 2);
    assert_int_equal(spk_scan_counts(scan)->warnings[0], 1);
    assert_int_equal(spk_scan_counts(scan)->warnings[1], 2);
    spk_scan_free(scan);
    spk_query_free(query);
}

static void refuse(const char *name, const char *part, const char *hint)
{
    const char *names[] = { "q.id", name };
    const struct spk_query_options options = { .registry = small_registry() };
    struct spk_query *query = NULL;
    struct spk_error error = { 0 };
    assert_int_equal(spk_query_new(names, 2, &options, &query, &error), SPK_ERR_USAGE);
    assert_null(query);
    assert_string_equal(error.who, name);
    if (strstr(error.what, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.what, part);
    }
    if (hint == NULL) {
        assert_null(error.hint);
    } else {
        assert_string_equal(error.hint, hint);
    }
}

static void names_are_refused_with_the_reason(void **state)
{
    (void)state;
    refuse("q.adress", "unknown field", "q.address");
    refuse("tcp.stream", "conversations", NULL);
    refuse("tcp.analysis.retransmission", "conversations", NULL);
    refuse("udp.stream", "conversations", NULL);
    refuse("dns.time", "conversations", NULL);
    refuse("tcp.time_delta", "conversations", NULL);
    refuse("tcp.reassembled.length", "reassembled", NULL);
    refuse("_ws.col.Info", "packet list", NULL);
    refuse("udp", "protocol", NULL);
    struct spk_query *query = NULL;
    assert_int_equal(spk_query_new(NULL, 0, NULL, &query, NULL), SPK_ERR_USAGE);
}

static void further_names_give_the_same_field(void **state)
{
    struct feed feed = { 0 };
    char text[256];
    (void)state;
    feed_add(&feed, 0, "n", 1);
    ask("q.ident q.id q.ident", plain, SPK_SINK_TSV, true, &feed, text, sizeof text);
    assert_string_equal(text, "q.ident\tq.id\tq.ident\n1\t1\t1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_includes_both_ends),
        cmocka_unit_test(limits_count_records_and_rows),
        cmocka_unit_test(a_filter_leaves_numbers_alone),
        cmocka_unit_test(sources_run_on),
        cmocka_unit_test(a_record_without_a_time_counts_as_of_1970),
        cmocka_unit_test(counts_are_told),
        cmocka_unit_test(names_are_refused_with_the_reason),
        cmocka_unit_test(further_names_give_the_same_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
