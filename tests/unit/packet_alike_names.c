/*
 * Elements with names, whose own bytes say how long they are, and with views of one row alone (packet/walk_alike.h): those
 * behind the first that have the same bytes there are taken with it, though it may have none of the values that they have.
 */
#include "packet_elements.h"

/* ---- names ---- */

enum { POINTER = 3, LONG = 11 };

/* How long a name is that begins with a byte: a pointer and its place in the layer, one byte, or more than a number has. */
static uint32_t len_of(uint8_t first)
{
    return first == POINTER ? 2 : first == 2 ? LONG : 1;
}

static int32_t measure_name(const struct spk_place *place)
{
    const uint32_t left = place->end - place->at;
    const uint32_t len = left > 0 ? len_of(place->packet->data[place->at]) : 1;
    return len <= left ? (int32_t)len : -1;
}

/* Where the name's bytes are. A pointer has to lead to some before itself that are no pointer. False: malformed. */
static bool follow(const struct spk_place *place, uint32_t *at)
{
    const uint8_t *data = place->packet->data;
    *at = place->at;
    if (data[*at] == POINTER) {
        *at = place->packet->layers[place->layer].at + data[place->at + 1];
    }
    return *at <= place->at && data[*at] != POINTER && *at + len_of(data[*at]) <= place->end;
}

static bool get_name(const struct spk_place *place, struct spk_value *value)
{
    uint32_t at = 0;
    if (!follow(place, &at)) {
        return false;
    }
    *value = (struct spk_value){ .kind = SPK_BYTES, .len = len_of(place->packet->data[at]) };
    memcpy(place->scratch->bytes, place->packet->data + at, value->len);
    value->data = place->scratch->bytes;
    return true;
}

/* Much for a byte that is high. */
static int32_t made(const struct spk_place *place)
{
    uint32_t at = 0;
    return follow(place, &at) ? 1 + place->packet->data[at] * 64 : -1;
}

static const struct spk_codec name_codec = {
    .measure = measure_name, .get = get_name, .spell = get_name, .put = put_nothing, .pointed_at = true, .made = made
};

/* What the name leads to, as a number. */
static bool get_first(const struct spk_place *place, struct spk_value *value)
{
    uint32_t at = 0;
    if (!follow(place, &at)) {
        return false;
    }
    *value = (struct spk_value){ .kind = SPK_UINT, .u = place->packet->data[at] };
    return true;
}

/* A number if it is even. */
static bool get_half(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t octet = place->packet->data[place->at];
    *value = (struct spk_value){ .kind = SPK_UINT, .u = octet / 2 };
    return octet % 2 == 0;
}

#define NAME .name = "odd.name", .kind = SPK_BYTES, .codec = &name_codec, .doc = "A name."
#define TRY_LONG(rows_)                                                                                                \
    do {                                                                                                               \
        for (uint16_t period = 11; period <= 13; period++) {                                                           \
            const struct element element = { .group = { .name = "OddName", SPK_ROWS(rows_) },                          \
                                             .period = period,                                                         \
                                             .bytes = 44 };                                                            \
            try_element(&element);                                                                                     \
        }                                                                                                              \
        TRY(rows_);                                                                                                    \
    } while (0)

static void the_same_names_are_taken_together(void **state)
{
    static const struct spk_row name[] = {
        { NAME },
    };
    static const struct spk_row shown[] = {
        { NAME },
        { OCTET("odd.kind") },
        { .name = "odd.shown", .kind = SPK_BYTES, .codec = &name_codec, .view = SPK_SPAN(0), .doc = "The same." },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 1 } } },
    };
    static const struct spk_row behind[] = {
        { OCTET("odd.kind") },
        { NAME },
        { OCTET("odd.last"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    static const struct spk_row two[] = {
        { NAME },
        { OCTET("odd.kind") },
        { .name = "odd.other", .kind = SPK_BYTES, .codec = &name_codec, .doc = "Another." },
    };
    (void)state;
    TRY_LONG(name);
    TRY_LONG(shown);
    TRY_LONG(behind);
    TRY_LONG(two);
}

static void names_within_groups_are_asked(void **state)
{
    static const struct spk_row inner[] = {
        { NAME },
        { OCTET("odd.inner") },
    };
    static const struct spk_group group = { .name = "OddInner", SPK_ROWS(inner) };
    static const struct spk_row nested[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group },
        { OCTET("odd.last") },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    static const struct spk_row many[] = {
        { OCTET("odd.count") },
        { NAME, .many = SPK_COUNT, .n = { 0, 1, 0 } },
    };
    static const struct spk_row region[] = {
        { OCTET("odd.len") },
        { NAME, .size = { 0, 1, 0 } },
    };
    (void)state;
    TRY_LONG(nested);
    TRY_LONG(sized);
    TRY_LONG(many);
    TRY_LONG(region);
}

/* ---- views of one row alone ---- */

static void views_of_one_row_alone_are_asked_once_for_the_same_bytes(void **state)
{
    static const struct spk_row of_name[] = {
        { NAME },
        { OCTET("odd.first"), .view = SPK_CALL_OF(0, get_first) },
        { OCTET("odd.kind") },
        { OCTET("odd.half"), .view = SPK_CALL_OF(2, get_half) },
    };
    static const struct spk_row of_number[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.number") },
        { OCTET("odd.half"), .view = SPK_CALL_OF(2, get_half) },
        { OCTET("odd.perhaps"), .view = SPK_CALL_OF(1, get_half), .when = { { SPK_GE, .row = 2, .value = 1 } } },
    };
    static const struct spk_row together[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.half"), .view = SPK_CALL_OF(0, get_half) },
    };
    static const struct spk_row of_bytes[] = {
        { OCTET("odd.len") },
        { .name = "odd.bytes", .kind = SPK_BYTES, .size = { 0, 1, 1 }, .doc = "So many." },
        { OCTET("odd.half"), .view = SPK_CALL_OF(1, get_half) },
    };
    static const struct spk_row of_many[] = {
        { .name = "odd.wide", .kind = SPK_BYTES, .bits = 72, .doc = "Nine." },
        { OCTET("odd.half"), .view = SPK_CALL_OF(0, get_half) },
    };
    const struct element wide = {
        .group = { .name = "OddWide", SPK_ROWS(of_many) }, .period = 9, .bytes = 44, .differs = 10
    };
    (void)state;
    TRY_LONG(of_name);
    TRY_LONG(of_number);
    TRY_LONG(together);
    TRY_LONG(of_bytes);
    TRY_LONG(of_many);
    try_element(&wide);
}

/* ---- what names become ---- */

/*
 * A layer so long that what its names become is counted: pointers that are malformed before what they point at, and runs of
 * some that become little or much, so that the last that may be is one of a run.
 */
static void names_taken_together_become_no_more_than_one_by_one(void **state)
{
    enum { LEN = SPK_LONG_LAYER + 300, TARGETS = 249, HIGH = 64 };
    static const struct spk_row rows[] = {
        { NAME },
        { OCTET("odd.kind") },
    };
    static const struct spk_group group = { .name = "OddName", SPK_ROWS(rows) };
    static const struct spk_row header[] = {
        { .name = "odd.n", .kind = SPK_UINT, .bits = 8, .doc = "Any." },
        { .kind = SPK_GROUP, .many = SPK_FILL, .in = &group },
    };
    static const struct spk_sit sits[] = { { "link", LINK }, { NULL, 0 } };
    static const struct spk_proto proto = {
        .name = "odd", .hdr = { .name = "Odd", SPK_ROWS(header) }, .extent = SPK_EXTENT_REST, .sits = sits
    };
    static const struct spk_proto *const list[] = { &proto };
    static uint8_t bytes[LEN];
    struct spk_query *queries[FIELDS_MAX + 1];
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    const size_t count = make_queries(registry, queries);
    for (uint32_t run = 1; run <= 4096; run *= 2) {
        for (uint32_t i = 1; i + 3 <= LEN; i += 3) {
            const uint32_t nth = i / 3 / run;
            bytes[i] = POINTER;
            bytes[i + 1] = (uint8_t)(TARGETS + (nth + 1) % 3 * 3);
            bytes[i + 2] = (uint8_t)nth;
        }
        bytes[TARGETS] = POINTER; /* they are where some have their kind */
        bytes[TARGETS + 3] = HIGH - 1;
        bytes[TARGETS + 6] = (uint8_t)run % HIGH;
        struct prefixes whole = { .bytes = bytes, .len = LEN, .next = 2 * LEN };
        for (size_t q = 0; q < count; q++) {
            struct prefixes one = whole;
            struct spk_scan *scan = NULL;
            const struct spk_cells *cells = NULL;
            assert_int_equal(spk_scan_new(queries[q], &scan, NULL), SPK_OK);
            spk_scan_source(scan, "made", next_prefix, &one);
            assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
            check_cells(queries[q], cells, &one);
            check_header_end(cells->packet, &one);
            spk_scan_free(scan);
            free(one.block);
        }
    }
    for (size_t q = 0; q < count; q++) {
        spk_query_free(queries[q]);
    }
    spk_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_names_are_taken_together),
        cmocka_unit_test(names_within_groups_are_asked),
        cmocka_unit_test(views_of_one_row_alone_are_asked_once_for_the_same_bytes),
        cmocka_unit_test(names_taken_together_become_no_more_than_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
