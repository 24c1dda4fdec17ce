/* Cells as tsv, csv, JSON and tables: every byte of it. */
#include "query_small.h"

static const struct spk_query_options plain;

static void tsv_is_tsharks(void **state)
{
    struct feed feed = { 0 };
    char text[512];
    (void)state;
    feed_add(&feed, 0, "a\tb\nc\rd\be\ff\vg", 13);
    feed_add(&feed, 0, "q\"x\\y,z", 7);
    feed_add(&feed, 0, "\xc3\xa9\xff", 3);
    feed_add(&feed, 0, "", 0);
    ask("q.id q.name q.flag q.address q.name_len q.either q.twice q.mac q.item", plain, SPK_SINK_TSV, true, &feed, text,
        sizeof text);
    assert_string_equal(text, "q.id\tq.name\tq.flag\tq.address\tq.name_len\tq.either\tq.twice\tq.mac\tq.item\n"
                              "1\ta\\tb\\nc\\rd\\be\\ff\vg\t1\t192.0.2.1\t0x0d\t1,1\t3\t\t\n"
                              "2\tq\"x\\y,z\t0\t192.0.2.2\t0x07\t2,2\t5\t\t\n"
                              "3\t\xc3\xa9\xef\xbf\xbd\t1\t192.0.2.3\t0x03\t3,3\t7\t\t\n"
                              "4\t\t0\t192.0.2.4\t0x00\t4,4\t9\t\t\n");
}

static void csv_is_rfc_4180(void **state)
{
    struct feed feed = { 0 };
    char text[512];
    (void)state;
    feed_add(&feed, 0, "a\nb", 3);
    feed_add(&feed, 0, "q\"x\"", 4);
    feed_add(&feed, 0, "p,q", 3);
    feed_add(&feed, 0, "plain", 5);
    feed_add(&feed, 0, "\"", 1);
    ask("q.id q.name q.either", plain, SPK_SINK_CSV, true, &feed, text, sizeof text);
    assert_string_equal(text, "q.id,q.name,q.either\r\n1,\"a\nb\",\"1,1\"\r\n2,\"q\"\"x\"\"\",\"2,2\"\r\n"
                              "3,\"p,q\",\"3,3\"\r\n4,plain,\"4,4\"\r\n5,\"\"\"\",\"5,5\"\r\n");
}

static void json_is_typed(void **state)
{
    struct feed feed = { 0 };
    char text[512];
    const char *names = "q.id q.flag q.address q.name q.either q.item q.name_len q.mac";
    (void)state;
    feed_add(&feed, 0, "a\n\"\xff\x1b", 5);
    ask(names, plain, SPK_SINK_JSON, true, &feed, text, sizeof text);
    assert_string_equal(text,
                        "{\"q.id\":1,\"q.flag\":true,\"q.address\":\"192.0.2.1\",\"q.name\":\"a\\n\\\""
                        "\xef\xbf\xbd\\u001b\",\"q.either\":[1,1],\"q.item\":[],\"q.name_len\":5,\"q.mac\":null}\n");
    const struct spk_query_options all = { .occurrence = SPK_OCCURRENCE_ALL };
    ask("q.id q.either q.mac", all, SPK_SINK_JSON, true, &feed, text, sizeof text);
    assert_string_equal(text, "{\"q.id\":[1],\"q.either\":[1,1],\"q.mac\":[]}\n");
    const struct spk_query_options first = { .occurrence = SPK_OCCURRENCE_FIRST };
    ask("q.id q.either q.mac", first, SPK_SINK_JSON, true, &feed, text, sizeof text);
    assert_string_equal(text, "{\"q.id\":1,\"q.either\":1,\"q.mac\":null}\n");
}

static void which_occurrence_is_chosen(void **state)
{
    struct feed feed = { 0 };
    char text[128];
    (void)state;
    feed_add(&feed, 0, "", 0);
    memcpy(feed.bytes[0] + 8, "\x11\x22\x33", 3);
    feed.records[0].caplen = feed.records[0].len = 11;
    ask("q.item q.id", plain, SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "17,34,51\t1\n");
    const struct spk_query_options first = { .occurrence = SPK_OCCURRENCE_FIRST };
    ask("q.item q.id", first, SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "17\t1\n");
    const struct spk_query_options last = { .occurrence = SPK_OCCURRENCE_LAST };
    ask("q.item q.id", last, SPK_SINK_TSV, false, &feed, text, sizeof text);
    assert_string_equal(text, "51\t1\n");
}

static void tables_align(void **state)
{
    struct feed feed = { 0 };
    char text[512];
    (void)state;
    feed_add(&feed, 0, "n", 1);
    feed_add(&feed, 0, "\xe6\x97\xa5\xe6\x9c\xac", 6);
    ask("q.name q.id q.address", plain, SPK_SINK_TABLE, true, &feed, text, sizeof text);
    assert_string_equal(text, "q.name  q.id  q.address\nn          1  192.0.2.1\n"
                              "\xe6\x97\xa5\xe6\x9c\xac       2  192.0.2.2\n");
    ask("q.address q.name", plain, SPK_SINK_TABLE, false, &feed, text, sizeof text);
    assert_string_equal(text, "192.0.2.1  n\n192.0.2.2  \xe6\x97\xa5\xe6\x9c\xac\n");
}

/* More rows than set the widths: the later ones run over, and none is cut or lost. */
static void tables_go_on_behind_the_first_rows(void **state)
{
    const char *names[] = { "q.name", "q.id" };
    const struct spk_query_options options = { .registry = small_registry() };
    const struct spk_sink_options table = { .format = SPK_SINK_TABLE };
    struct spk_query *query = NULL;
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    size_t len = 0;
    (void)state;
    assert_int_equal(spk_query_new(names, 2, &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_sink_new(query, &table, out, &sink, NULL), SPK_OK);
    for (unsigned i = 1; i <= SPK_TABLE_ROWS + 1; i++) {
        struct spk_item items[] = {
            { .row = &small_rows[NAME],
              .value = { .kind = SPK_TEXT, .data = (const uint8_t *)"longer", .len = i > SPK_TABLE_ROWS ? 6 : 2 } },
            { .row = &small_rows[ID], .value = { .kind = SPK_UINT, .u = 7 } },
        };
        const struct spk_cell cells[] = { { &items[0], 1, 1 }, { &items[1], 1, 1 } };
        assert_int_equal(spk_sink_row(sink, &(struct spk_cells){ .cells = cells, .count = 2 }), SPK_OK);
        spk_out_data(out, &len);
        assert_int_equal(len > 0, i >= SPK_TABLE_ROWS); /* held back until the widths are known */
    }
    const char *text = spk_out_data(out, &len);
    assert_int_equal(len, SPK_TABLE_ROWS * strlen("lo  7\n") + strlen("longer  7\n"));
    assert_memory_equal(text, "lo  7\nlo  7\n", 12);
    assert_memory_equal(text + len - 10, "longer  7\n", 10);
    spk_sink_free(sink);
    spk_out_free(out);
    spk_query_free(query);
}

static void terminals_are_kept_safe(void **state)
{
    struct spk_out *out = NULL;
    size_t len = 0;
    static const char given[] = "a\x1b[31m\x07\xc2\x9b\xff\xe6\x97\xa5\x7f\n";
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_out_put_safe(out, given, sizeof given - 1), SPK_OK);
    const char *text = spk_out_data(out, &len);
    static const char expected[] = "a\\x1b[31m\\x07\\xc2\\x9b\\xff\xe6\x97\xa5\\x7f\\x0a";
    assert_int_equal(len, sizeof expected - 1);
    assert_memory_equal(text, expected, len);
    spk_out_free(out);
}

static void json_writer_nests(void **state)
{
    struct spk_out *out = NULL;
    size_t len = 0;
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    struct spk_json json = { .out = out };
    spk_json_object(&json);
    spk_json_name(&json, "a");
    spk_json_list(&json);
    spk_json_uint(&json, UINT64_MAX);
    spk_json_list(&json);
    spk_json_end(&json);
    spk_json_null(&json);
    spk_json_end(&json);
    spk_json_name(&json, "b");
    spk_json_object(&json);
    spk_json_end(&json);
    spk_json_name(&json, "c");
    spk_json_bool(&json, false);
    spk_json_end(&json);
    const char *text = spk_out_data(out, &len);
    assert_false(json.failed);
    assert_int_equal(json.depth, 0);
    static const char expected[] = "{\"a\":[18446744073709551615,[],null],\"b\":{},\"c\":false}";
    assert_int_equal(len, sizeof expected - 1);
    assert_memory_equal(text, expected, len);
    for (int i = 0; i < 65; i++) {
        spk_json_list(&json);
    }
    assert_true(json.failed);
    spk_out_free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tsv_is_tsharks),
        cmocka_unit_test(csv_is_rfc_4180),
        cmocka_unit_test(json_is_typed),
        cmocka_unit_test(which_occurrence_is_chosen),
        cmocka_unit_test(tables_align),
        cmocka_unit_test(tables_go_on_behind_the_first_rows),
        cmocka_unit_test(terminals_are_kept_safe),
        cmocka_unit_test(json_writer_nests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
