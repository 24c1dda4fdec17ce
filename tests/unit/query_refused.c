/* Queries, groups, times and texts that are not what they should be: what is refused, in which words, and what is shown. */
#include "support.h"

#include <steelpkt.h>

#include <string.h>

static void queries(void **state)
{
    static const char *many[UINT16_MAX + 1];
    static const char *const group[] = { "dns.queries" };
    static const char *const one[] = { "ip.src" };
    const struct spk_query_options decode = { .decode = true };
    const struct spk_query_options tutorial = { .tutorial = true };
    struct spk_query *query = NULL;
    struct spk_error error = { 0 };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(many); i++) {
        many[i] = "ip.src";
    }
    assert_int_equal(spk_query_new(one, 0, NULL, &query, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "no field was asked for");
    assert_int_equal(spk_query_new(one, 0, &tutorial, &query, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "no field was asked for");
    assert_int_equal(spk_query_new(many, SPK_COUNT_OF(many), NULL, &query, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.what, "too many fields");
    assert_int_equal(spk_query_new(group, 1, &tutorial, &query, &error), SPK_ERR_USAGE);
    assert_string_equal(error.who, "dns.queries");
    assert_string_equal(error.what, "this is a group of fields: ask for its members");
    assert_null(query);
    assert_int_equal(spk_query_new(one, 0, &decode, &query, &error), SPK_OK); /* for the packets alone */
    assert_int_equal(spk_query_column_count(query), 0);
    assert_null(spk_query_column(query, 0));
    spk_query_free(query);
}

static void groups(void **state)
{
    static const char *const names[] = { "ip.src", "frame.len", "dns.qry.name" };
    static const char *const with_group[] = { "ip.src", "dns.queries" };
    const struct spk_aggregate sum = { SPK_AGGREGATE_SUM, 1 }, name = { SPK_AGGREGATE_SUM, 2 },
                               beyond = { SPK_AGGREGATE_MAX, 3 }, none = { SPK_AGGREGATE_DISTINCT + 1, 0 },
                               count = { SPK_AGGREGATE_COUNT, 99 };
    const struct {
        struct spk_groups_options options;
        const char *what; /* NULL: it is good */
    } list[] = {
        { { .keys = 4 }, "groups need columns to group by, or aggregates" },
        { { .keys = 0 }, "groups need columns to group by, or aggregates" },
        { { .keys = 1, .aggregates = &beyond, .count = 1 }, "no such aggregate" },
        { { .keys = 1, .aggregates = &none, .count = 1 }, "no such aggregate" },
        { { .keys = 1, .aggregates = &name, .count = 1 }, "its values cannot be summed, they are no numbers" },
        { { .keys = 1, .aggregates = &sum, .count = 1 }, NULL },
        { { .keys = 0, .aggregates = &count, .count = 1 }, NULL }, /* counts rows, of no column */
        { { .keys = 3 }, NULL },
    };
    struct spk_query *query = NULL;
    struct spk_groups *made = NULL;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), NULL, &query, NULL), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        error = (struct spk_error){ 0 };
        enum spk_status status = spk_groups_new(query, &list[i].options, &made, &error);
        if (list[i].what != NULL) {
            assert_int_equal(status, SPK_ERR_USAGE);
            assert_string_equal(error.what, list[i].what);
        } else {
            assert_int_equal(status, SPK_OK);
            spk_groups_free(made);
        }
    }
    spk_query_free(query);
    assert_int_equal(spk_query_new(with_group, SPK_COUNT_OF(with_group), NULL, &query, NULL), SPK_OK);
    assert_int_equal(spk_groups_new(query, &(struct spk_groups_options){ .keys = 1 }, &made, &error), SPK_ERR_USAGE);
    assert_string_equal(error.who, "dns.queries");
    assert_string_equal(error.what, "this is a group of fields: ask for its members");
    spk_query_free(query);
}

static void times(void **state)
{
    static const char *const bad[] = {
        "0000-01-01",
        "17-01-01",
        "2017-1-01",
        "2017-01-1",
        "2017-01:01",
        "2017-01-01x12:00",
        "2017-01-01T1:00",
        "2017-01-01T12:0",
        "2017-01-01T12:00:0",
        "2017-01-01T24:01",
        "2017-01-01T24:00:00.5",
        "2017-01-01T24:00:00.0000000001",
        "2017-01-01T12:00+00:60",
        "2017-01-01T12:00+24",
        "2017-01-01T12:00+0",
        "2017-01-01T12:00x",
        "2017-01-01T12:00Zx",
    };
    int64_t ns = 0;
    struct spk_error error = { 0 };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(bad); i++) {
        if (spk_time_parse(bad[i], false, &ns, &error) != SPK_ERR_USAGE) {
            fail_msg("%s: %lld", bad[i], (long long)ns);
        }
        assert_string_equal(error.what, "not a time");
        assert_string_equal(error.who, bad[i]);
    }
    assert_int_equal(spk_time_parse("1970-01-02 00:00z", false, &ns, &error), SPK_OK);
    assert_true(ns == INT64_C(86400000000000));
}

/* Text for terminals: characters stay, controls and what is no UTF-8 (RFC 3629) do not. */
static void safe_text(void **state)
{
    static const struct {
        const char *text;
        bool stays;
    } list[] = {
        { "caf\xc3\xa9", true },
        { "\xe2\x82\xac", true },
        { "\xed\x9f\xbf", true },
        { "\xee\x80\x80", true },
        { "\xf0\x9f\x98\x80", true },
        { "\xf4\x8f\xbf\xbf", true },
        { "\x80", false },
        { "\xc1\xbf", false },
        { "\xc3", false },
        { "\xc3(", false },
        { "\xe0\x9f\xbf", false }, /* longer than it need be */
        { "\xe2\x82", false },
        { "\xe2(\xac", false },
        { "\xe2\x82(", false },
        { "\xed\xa0\x80", false }, /* a half of a pair of UTF-16 */
        { "\xf0\x8f\xbf\xbf", false },
        { "\xf0\x9f\x98", false },
        { "\xf4\x90\x80\x80", false },
        { "\xf5\x80\x80\x80", false },
        { "\x1b[2J", false },
        { "\xc2\x9b", false },
        { "\x7f", false },
    };
    struct spk_out *out = NULL;
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        size_t size = strlen(list[i].text);
        size_t len = 0;
        spk_out_clear(out);
        assert_int_equal(spk_out_put_safe(out, list[i].text, size), SPK_OK);
        const char *made = spk_out_data(out, &len);
        bool same = len == size && memcmp(made, list[i].text, size) == 0;
        if (same != list[i].stays) {
            fail_msg("%zu: %.*s", i, (int)len, made);
        }
        for (size_t k = 0; !list[i].stays && k < len; k++) {
            assert_true(made[k] >= 0x20 && made[k] < 0x7f);
        }
    }
    spk_out_free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries),
        cmocka_unit_test(groups),
        cmocka_unit_test(times),
        cmocka_unit_test(safe_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
