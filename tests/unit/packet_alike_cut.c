/*
 * Elements that end before their rows do, behind others that began alike: what had been read before then decides as well. Of
 * the bytes here, few would come by chance.
 */
#include "packet_elements.h"

/* Bytes up to and with a zero. */
static int32_t measure_string(const struct spk_place *place)
{
    uint32_t at = place->at;
    while (at < place->end && place->packet->data[at] != 0) {
        at++;
    }
    return at < place->end ? (int32_t)(at + 1 - place->at) : -1;
}

static bool get_string(const struct spk_place *place, struct spk_value *value)
{
    *value =
        (struct spk_value){ .kind = SPK_BYTES, .data = place->packet->data + place->at, .len = place->end - place->at };
    return true;
}

#define TRY_BYTES(rows_, bytes_) try_bytes(rows_, SPK_COUNT_OF(rows_), bytes_, sizeof(bytes_))

/* Queries every prefix of bytes that hold elements of the rows, behind one octet. */
static void try_bytes(const struct spk_row *rows, uint16_t row_count, const uint8_t *bytes, uint32_t len)
{
    static const struct spk_sit sits[] = { { "link", LINK }, { NULL, 0 } };
    const struct spk_group group = { .name = "OddElement", .rows = rows, .count = row_count };
    const struct spk_row header[] = {
        { OCTET("odd.n") },
        { .kind = SPK_GROUP, .many = SPK_FILL, .in = &group },
    };
    const struct spk_proto proto = {
        .name = "odd", .hdr = { .name = "Odd", SPK_ROWS(header) }, .extent = SPK_EXTENT_REST, .sits = sits
    };
    const struct spk_proto *const list[] = { &proto };
    struct spk_query *queries[FIELDS_MAX + 1];
    struct spk_registry *registry = NULL;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    const size_t count = make_queries(registry, queries);
    assert_true(check_prefixes(queries, count, bytes, len) > 0);
    for (size_t i = 0; i < count; i++) {
        spk_query_free(queries[i]);
    }
    spk_registry_free(registry);
}

static void a_run_until_a_number_breaks_off(void **state)
{
    static const struct spk_row inner[] = {
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 16, .many = SPK_UNTIL, .n = { 0 }, .doc = "Up to 0." },
        { OCTET("odd.inner") },
    };
    static const struct spk_group group = { .name = "OddRun", SPK_ROWS(inner) };
    static const struct spk_row rows[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    static const uint8_t bytes[] = { 9, 2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 0, 5, 2, 0, 1, 1 };
    (void)state;
    TRY_BYTES(rows, bytes);
}

/* An element's texts by a codec, of which there may be one, and an octet behind them. */
static void try_texts(const struct spk_codec *codec, const uint8_t *bytes, uint32_t len)
{
    const struct spk_row inner[] = {
        { OCTET("odd.m") },
        { .name = "odd.text",
          .kind = SPK_BYTES,
          .codec = codec,
          .many = SPK_FILL,
          .most = 1,
          .size = { 0, 1, 0 },
          .doc = "Up to a zero." },
        { OCTET("odd.inner") },
    };
    const struct spk_group group = { .name = "OddTexts", SPK_ROWS(inner) };
    const struct spk_row rows[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 2 } },
    };
    try_bytes(rows, SPK_COUNT_OF(rows), bytes, len);
}

static void more_texts_come_than_there_may_be(void **state)
{
    static const struct spk_codec string = {
        .measure = measure_string, .get = get_string, .spell = get_string, .put = put_nothing
    };
    static const uint8_t bytes[] = { 9, 2, 2, 0, 1, 7, 2, 2, 0, 1, 7, 2, 2, 1, 0, 7, 2, 2, 0, 1, 7 };
    (void)state;
    try_texts(&string, bytes, sizeof bytes);
}

static void more_names_come_than_there_may_be(void **state)
{
    static const struct spk_codec name = {
        .measure = measure_string, .get = get_string, .spell = get_string, .put = put_nothing, .pointed_at = true
    };
    static const uint8_t bytes[] = { 9, 4, 4, 5, 0, 8, 0, 3, 4, 4, 5, 0, 8, 0, 3,
                                     4, 4, 6, 0, 8, 0, 3, 4, 4, 6, 5, 8, 0, 3 };
    (void)state;
    try_texts(&name, bytes, sizeof bytes);
}

/* Not about ends, but of the same kind: the bytes of the number stand the other way round. */
static void a_view_shows_a_number_of_the_other_order(void **state)
{
    static const struct spk_row rows[] = {
        { .name = "odd.low", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .doc = "A number." },
        { .name = "odd.key", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(0), .doc = "The same." },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 1, .value = 0x100 } } },
        { OCTET("odd.other"), .when = { { SPK_GE, .row = 1, .value = 0x102 } } },
    };
    static const uint8_t bytes[] = { 9, 0, 1, 7, 0, 1, 7, 1, 0, 0, 1, 7, 2, 0, 3, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0 };
    (void)state;
    TRY_BYTES(rows, bytes);
}

/* The first four bits stand or fall with all that may share their bytes: of the last element too little is left. */
static void bits_share_bytes_with_rows_that_are_absent(void **state)
{
    static const struct spk_row rows[] = {
        { .name = "odd.a", .kind = SPK_UINT, .bits = 4, .doc = "A number." },
        { .name = "odd.b",
          .kind = SPK_UINT,
          .bits = 8,
          .when = { { SPK_EQ, .row = 0, .value = 1 } },
          .doc = "A number." },
        { .name = "odd.c", .kind = SPK_UINT, .bits = 12, .doc = "A number." },
    };
    static const uint8_t bytes[] = { 9, 0x21, 2, 0x21, 3, 0x21, 4, 0x21, 5 };
    (void)state;
    TRY_BYTES(rows, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_until_a_number_breaks_off),
        cmocka_unit_test(more_texts_come_than_there_may_be),
        cmocka_unit_test(more_names_come_than_there_may_be),
        cmocka_unit_test(a_view_shows_a_number_of_the_other_order),
        cmocka_unit_test(bits_share_bytes_with_rows_that_are_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
