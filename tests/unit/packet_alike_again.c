/*
 * What is taken of elements that are as one before them without being walked: what functions of views say of each
 * (packet/walk_alike.h), and the values of kinds of elements that come by turns (packet/walk_known.h).
 */
#include "faults.h"

#include "packet_elements.h"

#include "packet/walk_known.h"

/* ---- functions ---- */

/* All that a function is told: where it stands and ends, and what the rows before it hold, and where. */
static bool get_told(const struct spk_place *place, struct spk_value *value, int rows)
{
    *value = (struct spk_value){ .kind = SPK_UINT, .u = place->at * 131u + place->end * 17u + place->index };
    for (int i = 0; i < rows; i++) {
        value->u = value->u * 31 + spk_place_uint(place, i) * 7 + (uint32_t)(spk_place_at(place, i) + 1);
    }
    return value->u % 5 != 0;
}

static bool get_1(const struct spk_place *place, struct spk_value *value)
{
    return get_told(place, value, 1);
}

static bool get_2(const struct spk_place *place, struct spk_value *value)
{
    return get_told(place, value, 2);
}

static bool get_4(const struct spk_place *place, struct spk_value *value)
{
    return get_told(place, value, 4);
}

/* Bytes of its own. */
static bool get_text(const struct spk_place *place, struct spk_value *value)
{
    memset(place->scratch->bytes, (int)(spk_place_uint(place, 0) + 'a'), 3);
    *value = (struct spk_value){ .kind = SPK_TEXT, .data = place->scratch->bytes, .len = 3 };
    return place->at % 3 != 0;
}

#define CALL(name_, get_) OCTET(name_), .view = SPK_CALL(get_)

static void functions_are_told_of_each_element(void **state)
{
    static const struct spk_row plain[] = {
        { OCTET("odd.kind") },
        { CALL("odd.call", get_1) },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.more"), .when = { { SPK_EQ, .row = 0, .value = 2 } } },
    };
    static const struct spk_row behind[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.more"), .when = { { SPK_EQ, .row = 0, .value = 2 } } },
        { CALL("odd.call", get_2) },
        { CALL("odd.other", get_4), .when = { { SPK_GE, .row = 0, .value = 1 } } },
    };
    static const struct spk_row text[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { .name = "odd.text", .kind = SPK_TEXT, .view = SPK_CALL(get_text), .doc = "Three letters." },
    };
    static const struct spk_row twice[] = {
        { OCTET("odd.kind") },
        { CALL("odd.call", get_1) },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { CALL("odd.call", get_2) },
    };
    (void)state;
    TRY(plain);
    TRY(behind);
    TRY(text);
    TRY(twice);
}

/* Regions of an element's own go on with it, the one around all of them does not; and levels are used again. */
static void functions_are_told_of_groups_within(void **state)
{
    static const struct spk_row inner[] = {
        { OCTET("odd.inner") },
        { CALL("odd.call", get_1) },
    };
    static const struct spk_row inner_other[] = {
        { OCTET("odd.other") },
        { OCTET("odd.third") },
        { CALL("odd.call_other", get_2) },
    };
    static const struct spk_group group = { .name = "OddInner", SPK_ROWS(inner) };
    static const struct spk_group group_other = { .name = "OddOther", SPK_ROWS(inner_other) };
    static const struct spk_row nested[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group },
        { CALL("odd.last", get_1) },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 0 } },
        { CALL("odd.last", get_1) },
    };
    static const struct spk_row both[] = {
        { OCTET("odd.len") },
        { CALL("odd.first", get_1) },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
        { .kind = SPK_GROUP, .in = &group_other },
    };
    static const struct spk_row wrapped[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group_other, .size = { 0, 1, 2 } },
        { .kind = SPK_GROUP, .in = &group, .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    (void)state;
    TRY(nested);
    TRY(sized);
    TRY(both);
    TRY(wrapped);
}

/* ---- kinds by turns ---- */

/* Elements that are some bytes long each, as their first says, in all orders that bytes come in. */
static void try_turns(const struct spk_row *rows, uint16_t count)
{
    for (uint16_t period = 3; period < 21; period += 6) {
        const struct element element = { .group = { .name = "OddTurns", .rows = rows, .count = count },
                                         .period = period,
                                         .bytes = period == 9 ? 159 : 70 };
        try_element(&element);
    }
}

#define TRY_TURNS(rows_) try_turns(rows_, SPK_COUNT_OF(rows_))

static void elements_come_by_turns(void **state)
{
    static const struct spk_row told[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.more"), .when = { { SPK_GE, .row = 0, .value = 2 } } },
        { .name = "odd.wide",
          .kind = SPK_UINT,
          .bits = 16,
          .when = { { SPK_EQ, .row = 0, .value = 3 } },
          .doc = "Two." },
    };
    static const struct spk_row again[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { .name = "odd.bytes",
          .kind = SPK_BYTES,
          .bits = 16,
          .when = { { SPK_EQ, .row = 0, .value = 2 } },
          .doc = "Two." },
        { OCTET("odd.flag"), .when = { { SPK_EQ, .row = 0, .value = 3 } } },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 3, .value = 1 } } },
    };
    static const struct spk_row inner[] = {
        { OCTET("odd.inner") },
        { .name = "odd.rest", .kind = SPK_BYTES, .doc = "What is left." },
    };
    static const struct spk_group group = { .name = "OddRest", SPK_ROWS(inner) };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    static const struct spk_row called[] = {
        { OCTET("odd.kind") },
        { CALL("odd.call", get_1), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 0, .value = 2 } } },
    };
    (void)state;
    TRY_TURNS(told);
    TRY_TURNS(again);
    TRY_TURNS(sized);
    TRY_TURNS(called);
}

/* What decides stands behind the element, or is another row's that repeats, in another place and with other kinds. */
static void elements_are_known_of_one_row(void **state)
{
    static const struct spk_row wide[] = {
        { OCTET("odd.kind") },
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 24, .view = SPK_SPAN(0), .doc = "And what follows." },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 0x010101 } } },
    };
    static const struct spk_row small[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    static const struct spk_row large[] = {
        { OCTET("odd.type") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 2 } } },
        { OCTET("odd.more"), .when = { { SPK_GE, .row = 0, .value = 1 } } },
    };
    static const struct spk_group group_small = { .name = "OddSmall", SPK_ROWS(small) };
    static const struct spk_group group_large = { .name = "OddLarge", SPK_ROWS(large) };
    static const struct spk_case cases[] = { { .key = 1, .in = &group_small },
                                             { .key = 2, .last = 3, .in = &group_large },
                                             { .in = NULL } };
    static const struct spk_row within[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group_small, .many = SPK_FILL, .size = { 0, 2, 3 } },
        { .kind = SPK_GROUP, .in = &group_large, .many = SPK_COUNT, .n = { 0, 1, 2 } },
    };
    static const struct spk_row picked[] = {
        { OCTET("odd.which") },
        { .kind = SPK_CHOICE, .key = 0, .cases = cases, .many = SPK_COUNT, .n = { 0, 2, 3 } },
    };
    (void)state;
    TRY_TURNS(wide);
    TRY_TURNS(within);
    TRY_TURNS(picked);
}

/* An octet of which some bits say whether another is there: 128 kinds, of which half are kept. */
static void more_kinds_come_than_are_kept(void **state)
{
    const struct spk_row rows[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 0, .mask = 127, .value = 80 } } },
    };
    (void)state;
    for (uint16_t period = 40; period <= 190; period = (uint16_t)(period + 50)) {
        const struct element element = { .group = { .name = "OddKinds", .rows = rows, .count = SPK_COUNT_OF(rows) },
                                         .octets = 127,
                                         .period = period,
                                         .bytes = (uint16_t)(2 * period + 10) };
        try_element(&element);
    }
}

/* More values of one, and more fields of all of them. */
static void kinds_have_more_values_than_are_kept(void **state)
{
    enum { MANY = 4 * SPK_KIND_VALUES_MAX, EACH = SPK_KIND_VALUES_MAX - 4 };
    static char names[MANY + 1][8];
    struct spk_row rows[MANY + 1];
    (void)state;
    rows[0] = (struct spk_row){ OCTET("odd.kind") };
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "odd.%u", i);
        rows[i + 1] =
            (struct spk_row){ OCTET(names[i]), .when = { { SPK_EQ, .row = 0, .mask = 3, .value = i / EACH % 4 } } };
    }
    for (uint16_t count = 9; count <= MANY + 1; count += 20) {
        const struct element element = { .group = { .name = "OddKinds", .rows = rows, .count = count },
                                         .period = count,
                                         .bytes = 2 * MANY };
        try_element(&element);
    }
}

/* Two packets, each in a block of its own size. */
static enum spk_status next_of_two(void *context, struct spk_record *record, struct spk_error *error)
{
    struct prefixes *prefixes = context;
    (void)error;
    if (prefixes->next == 2) {
        return SPK_END;
    }
    prefixes->len = prefixes->next == 0 ? prefixes->len : 1;
    free(prefixes->block);
    prefixes->block = malloc(prefixes->len);
    assert_non_null(prefixes->block);
    memcpy(prefixes->block, prefixes->bytes, prefixes->len);
    *record = (struct spk_record){
        .data = prefixes->block, .caplen = prefixes->len, .len = prefixes->len, .number = ++prefixes->next, .link = LINK
    };
    return SPK_OK;
}

/* Elements that were passed over are forgotten with a packet for whose values memory ended. */
static void memory_ends_where_kinds_are_known(void **state)
{
    static const struct spk_row rows[] = {
        { OCTET("odd.len") },
        { .name = "odd.bytes", .kind = SPK_BYTES, .size = { 0, 1, 0 }, .doc = "So many." },
    };
    static const struct spk_group group = { .name = "OddTurns", SPK_ROWS(rows) };
    static const struct spk_row header[] = {
        { OCTET("odd.n") },
        { .kind = SPK_GROUP, .in = &group, .many = SPK_FILL },
    };
    static const struct spk_sit sits[] = { { "link", LINK }, { NULL, 0 } };
    static const struct spk_proto proto = {
        .name = "odd", .hdr = { .name = "Odd", SPK_ROWS(header) }, .extent = SPK_EXTENT_REST, .sits = sits
    };
    static const struct spk_proto *const list[] = { &proto };
    static const uint8_t bytes[] = { 9, 1, 7, 1, 7, 1, 7, 1, 7, 2, 8, 9, 1, 7, 2, 8, 9, 1, 7, 1, 7, 2, 8, 9 };
    struct spk_query *queries[FIELDS_MAX + 1];
    struct spk_registry *registry = NULL;
    unsigned failed = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    const size_t count = make_queries(registry, queries);
    fired = true;
    for (unsigned nth = 1; fired; nth++) {
        struct prefixes prefixes = { .bytes = bytes, .len = sizeof bytes };
        struct spk_scan *scan = NULL;
        const struct spk_cells *cells = NULL;
        assert_int_equal(spk_scan_new(queries[0], &scan, NULL), SPK_OK);
        spk_scan_source(scan, "made", next_of_two, &prefixes);
        fired = false;
        countdown = nth;
        const enum spk_status status = spk_scan_next(scan, &cells, NULL);
        countdown = 0;
        assert_int_equal(status, fired ? SPK_ERR_MEMORY : SPK_OK);
        failed += fired;
        assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
        check_cells(queries[0], cells, &prefixes);
        spk_scan_free(scan);
        free(prefixes.block);
    }
    assert_true(failed > 1);
    for (size_t i = 0; i < count; i++) {
        spk_query_free(queries[i]);
    }
    spk_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_told_of_each_element),
        cmocka_unit_test(functions_are_told_of_groups_within),
        cmocka_unit_test(elements_come_by_turns),
        cmocka_unit_test(elements_are_known_of_one_row),
        cmocka_unit_test(more_kinds_come_than_are_kept),
        cmocka_unit_test(kinds_have_more_values_than_are_kept),
        cmocka_unit_test(memory_ends_where_kinds_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
