/*
 * Rows in combinations that no protocol of the library has: whole bytes behind less than a byte, numbers that span rows,
 * lengths that repeat, addresses that functions give. They are read where they stand, or are not there; nothing is read or
 * written beside the packet (run under AddressSanitizer to see it).
 */
#include "support.h"

#include "base/bytes.h"
#include "base/csum.h"

#include <stdlib.h>
#include <string.h>

#include <steelpkt.h>

static const uint8_t message[] = { 1, 2, 0, 27, 0, 0, 0, 7, 0x0b, 0x92, 1, 0xff, 0xf4, 3 };

/* Every prefix of the bytes, decoded and built again, each in a block of its own size. */
static void read_prefixes(const struct spk_proto *proto, const uint8_t *bytes, uint32_t count)
{
    struct spk_registry *registry = NULL;
    assert_int_equal(spk_registry_new(NULL, &proto, 1, &registry, NULL), SPK_OK);
    for (uint32_t len = 0; len <= count; len++) {
        uint8_t *data = malloc(len > 0 ? len : 1);
        struct spk_packet packet;
        struct spk_walk walk;
        struct spk_build *build = NULL;
        const uint8_t *built = NULL;
        uint32_t built_len = 0;
        assert_non_null(data);
        memcpy(data, bytes, len);
        assert_int_equal(spk_build_new(registry, &build), SPK_OK);
        spk_decode_as(registry, proto, data, len, len, &packet);
        spk_walk_begin(&walk, &packet);
        for (enum spk_walk_event event; (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
            spk_build_event(build, &walk, event);
        }
        assert_int_equal(spk_build_finish(build, 0, &built, &built_len, NULL), SPK_OK);
        assert_int_equal(built_len, len);
        assert_true(len == 0 || memcmp(built, data, len) == 0);
        spk_build_free(build);
        free(data);
    }
    spk_registry_free(registry);
}

/* The record that context holds, which has no data from then on. */
static enum spk_status give_once(void *context, struct spk_record *record, struct spk_error *error)
{
    struct spk_record *only = context;
    (void)error;
    *record = *only;
    only->data = NULL;
    return record->data != NULL ? SPK_OK : SPK_END;
}

/* ---- rows that may begin within a byte ---- */

enum { FLAG, HALF, WORD };
static const struct spk_row uneven_rows[] = {
    [FLAG] = { .name = "uneven.flag", .kind = SPK_UINT, .bits = 8, .doc = "A number." },
    [HALF] = { .name = "uneven.half",
               .kind = SPK_UINT,
               .bits = 4,
               .when = { { SPK_EQ, .row = FLAG, .value = 1 } },
               .doc = "Half a byte, at times." },
    [WORD] = { .name = "uneven.word", .kind = SPK_BYTES, .bits = 16, .doc = "Two bytes." },
};
static const struct spk_proto uneven = { .name = "uneven", .hdr = { .name = "Uneven", SPK_ROWS(uneven_rows) } };

/* Bytes are not there where what stands before them ends within a byte; and they build as they were. */
static void whole_bytes_begin_at_a_byte_or_are_not_there(void **state)
{
    const struct spk_proto *list[] = { &uneven };
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    for (uint8_t flag = 0; flag < 2; flag++) {
        const uint8_t data[] = { flag, 0xab, 0xcd, 0xef };
        struct spk_packet packet;
        struct spk_walk walk;
        unsigned words = 0;
        spk_decode_as(registry, &uneven, data, sizeof data, sizeof data, &packet);
        spk_walk_begin(&walk, &packet);
        for (enum spk_walk_event event; (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
            words += event == SPK_EVENT_VALUE && walk.row == &uneven_rows[WORD];
        }
        assert_int_equal(words, 1 - flag);
        read_prefixes(&uneven, data, sizeof data);
    }
    spk_registry_free(registry);
}

static const struct spk_group uneven_element = { .name = "UnevenElement", .rows = uneven_rows, .count = HALF + 1 };
enum { ELEMENTS };
static const struct spk_row listed_rows[] = {
    [ELEMENTS] = { .name = "listed.element",
                   .kind = SPK_GROUP,
                   .in = &uneven_element,
                   .many = SPK_FILL,
                   .doc = "Elements that may end within a byte." },
};
static const struct spk_proto listed = { .name = "listed", .hdr = { .name = "Listed", SPK_ROWS(listed_rows) } };

/* Elements behind one that ends within a byte have no place to begin: the packet stops there, and its bits are kept. */
static void an_element_that_ends_within_a_byte_is_the_last(void **state)
{
    const struct spk_proto *list[] = { &listed };
    const uint8_t data[] = { 0, 0, 1, 0xab, 0, 0 };
    struct spk_registry *registry = NULL;
    struct spk_packet packet;
    struct spk_walk walk;
    unsigned elements = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    spk_decode_as(registry, &listed, data, sizeof data, sizeof data, &packet);
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event; (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
        elements += event == SPK_EVENT_ENTER;
    }
    assert_int_equal(elements, 3);
    assert_int_equal(walk.stop.reason, SPK_STOP_MALFORMED);
    assert_string_equal(walk.stop.row, "listed.element");
    read_prefixes(&listed, data, sizeof data);
    spk_registry_free(registry);
}

/* ---- a number that spans rows, some of which were not captured ---- */

enum { HIGH_HALF, LOW_HALF, BOTH, AS_LONG };
static const struct spk_row split_rows[] = {
    [HIGH_HALF] = { .name = "split.high", .kind = SPK_UINT, .bits = 8, .doc = "The upper half." },
    [LOW_HALF] = { .name = "split.low", .kind = SPK_UINT, .bits = 8, .doc = "The lower half." },
    [BOTH] = { .name = "split.both", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(HIGH_HALF), .doc = "Both." },
    [AS_LONG] = { .name = "split.rest", .kind = SPK_BYTES, .size = { BOTH, 1, 0 }, .doc = "So many bytes." },
};
static const struct spk_proto split = { .name = "split", .hdr = { .name = "Split", SPK_ROWS(split_rows) } };

static void a_number_is_not_read_beyond_what_was_captured(void **state)
{
    (void)state;
    read_prefixes(&split, message, sizeof message);
    for (size_t i = 0; i < 2; i++) {
        struct spk_row cut[SPK_COUNT_OF(split_rows)];
        struct spk_proto proto = split;
        memcpy(cut, split_rows, sizeof cut);
        cut[LOW_HALF].when[0] = (struct spk_when){ SPK_EQ, .row = HIGH_HALF, .value = 0xff }; /* not there */
        cut[BOTH].bits = i == 0 ? 16 : 64;
        proto.hdr.rows = cut;
        read_prefixes(&proto, message, sizeof message);
    }
}

enum { TIMES, BEHIND };
static const struct spk_row times_rows[] = {
    [TIMES] = { .name = "times.number",
                .kind = SPK_UINT,
                .bits = 64,
                .many = SPK_FILL,
                .doc = "Numbers, perhaps none." },
    [BEHIND] = { .name = "times.text", .kind = SPK_BYTES, .size = { TIMES, 1, 0 }, .doc = "So many bytes." },
};
static const struct spk_proto times = { .name = "times", .hdr = { .name = "Times", SPK_ROWS(times_rows) } };

/* A length that stands there no times at all is written nowhere. */
static void a_length_that_repeats_is_not_written(void **state)
{
    const struct spk_proto *list[] = { &times };
    struct spk_registry *registry = NULL;
    struct spk_build *build = NULL;
    const uint8_t *built = NULL;
    uint32_t len = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    assert_int_equal(spk_build_layer(build, &times), SPK_OK);
    assert_int_equal(spk_build_set(build, spk_field_find(registry, "times.text"),
                                   &(struct spk_value){ .kind = SPK_BYTES, .data = message, .len = 3 }),
                     SPK_OK);
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS, &built, &len, NULL), SPK_OK);
    assert_int_equal(len, 3);
    assert_memory_equal(built, message, 3);
    spk_build_free(build);
    spk_registry_free(registry);
}

enum { FIRST, SPAN, COUNTED };
static const struct spk_row span_rows[] = {
    [FIRST] = { .name = "span.first", .kind = SPK_UINT, .bits = 8, .doc = "A number." },
    [SPAN] = { .name = "span.wide",
               .kind = SPK_UINT,
               .bits = 64,
               .view = SPK_SPAN(FIRST),
               .doc = "With what follows." },
    [COUNTED] = { .name = "span.bytes",
                  .kind = SPK_UINT,
                  .bits = 8,
                  .many = SPK_COUNT,
                  .n = { SPAN, 1, 0 },
                  .doc = "So many." },
};
static const struct spk_proto span = { .name = "span", .hdr = { .name = "Span", SPK_ROWS(span_rows) } };

/* A count that ends beyond the packet is not written; one that would be wider than any number is refused. */
static void a_count_beyond_the_packet_is_not_written(void **state)
{
    struct spk_row wider[SPK_COUNT_OF(span_rows)];
    struct spk_proto changed = span;
    const struct spk_proto *list[] = { &span };
    struct spk_registry *registry = NULL;
    struct spk_build *build = NULL;
    struct spk_error error;
    const uint8_t *built = NULL;
    uint32_t len = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    assert_int_equal(spk_build_layer(build, &span), SPK_OK);
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS, &built, &len, NULL), SPK_OK);
    assert_int_equal(len, 1);
    spk_build_free(build);
    spk_registry_free(registry);
    memcpy(wider, span_rows, sizeof wider);
    wider[SPAN].bits = 65535;
    changed.hdr.rows = wider;
    list[0] = &changed;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "a number has 1 to 64 bits");
}

enum { NARROW, WIDE };
static const struct spk_row wide_rows[] = {
    [NARROW] = { .name = "wide.narrow", .kind = SPK_UINT, .bits = 8, .doc = "The header." },
    [WIDE] = { .name = "wide.all", .kind = SPK_UINT, .bits = 64, .view = SPK_SPAN(NARROW), .doc = "And what follows." },
};
static const struct spk_proto wide = { .name = "wide",
                                       .hdr = { .name = "Wide", SPK_ROWS(wide_rows) },
                                       .sits = SPK_SITS({ "link", 147 }) };

/* As many cells as the one record of these bytes has of a field. */
static uint32_t cells_of(const struct spk_registry *registry, const char *name, const uint8_t *data, uint32_t len)
{
    const struct spk_query_options options = { .registry = registry };
    struct spk_record record = { .data = data, .caplen = len, .len = len, .number = 1, .link = 147 };
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    assert_int_equal(spk_query_new(&name, 1, &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, NULL), SPK_OK);
    spk_scan_source(scan, "memory", give_once, &record);
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
    uint32_t count = cells->cells[0].count;
    spk_scan_free(scan);
    spk_query_free(query);
    return count;
}

static void a_column_that_spans_rows_is_there_when_all_of_it_is(void **state)
{
    const struct spk_proto *list[] = { &wide };
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    for (uint32_t len = 1; len <= 9; len++) {
        uint8_t *data = calloc(len, 1);
        assert_non_null(data);
        assert_int_equal(cells_of(registry, "wide.narrow", data, len), 1);
        assert_int_equal(cells_of(registry, "wide.all", data, len), len >= 8);
        free(data);
    }
    spk_registry_free(registry);
}

/* ---- addresses of a pseudo header that a function gives ---- */

static bool one_more(const struct spk_place *place, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = SPK_IP4, .u = spk_load32(place->packet->data + place->at) + 1u };
    return true;
}

enum { WHO, FROM, TO };
static const struct spk_row road_rows[] = {
    [WHO] = { .name = "road.proto", .kind = SPK_UINT, .bits = 8, .doc = "Who follows." },
    [FROM] = { .name = "road.src", .kind = SPK_IP4, .bits = 32, .view = { .get = one_more }, .doc = "From." },
    [TO] = { .name = "road.dst", .kind = SPK_IP4, .bits = 32, .view = { .get = one_more }, .doc = "To." },
};
static const struct spk_proto road = {
    .name = "road",
    .hdr = { .name = "Road", SPK_ROWS(road_rows) },
    .src = FROM,
    .dst = TO,
    .next = SPK_NEXTS({ "ip.proto", .keys = { WHO } }),
    .sits = SPK_SITS({ "link", 301 }),
};

static void a_checksum_covers_both_addresses_that_functions_give(void **state)
{
    static const uint8_t zeros[] = { 17, 10, 0, 0, 0, 20, 0, 0, 0, 0, 1, 0, 2, 0, 10, 0, 0, 'a', 'b' };
    static const uint8_t pseudo[] = { 10, 0, 0, 1, 20, 0, 0, 1, 0, 17, 0, 10 };
    const struct spk_proto *list[] = { &road };
    struct spk_registry *registry = NULL;
    struct spk_packet packet;
    struct spk_series *series = NULL;
    uint8_t data[sizeof zeros];
    (void)state;
    memcpy(data, zeros, sizeof data);
    assert_int_equal(spk_registry_new(spk_registry_default(), list, 1, &registry, NULL), SPK_OK);
    spk_decode(registry, 301, data, sizeof data, sizeof data, &packet);
    assert_string_equal(spk_layer_proto(&packet, 1)->name, "udp");
    spk_packet_fix(&packet, data, SPK_FIX_CHECKSUMS);
    uint16_t csum = spk_csum_done(spk_csum_add(spk_csum_add(0, pseudo, sizeof pseudo), zeros + 9, sizeof zeros - 9));
    assert_int_equal(spk_load16(data + 15), csum);
    assert_int_equal(spk_layer_checksum(&packet, 1), SPK_CSUM_GOOD);
    assert_int_equal(spk_series_new(&packet, SPK_FIX_CHECKSUMS, &series, NULL), SPK_ERR_USAGE);
    spk_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_bytes_begin_at_a_byte_or_are_not_there),
        cmocka_unit_test(an_element_that_ends_within_a_byte_is_the_last),
        cmocka_unit_test(a_number_is_not_read_beyond_what_was_captured),
        cmocka_unit_test(a_count_beyond_the_packet_is_not_written),
        cmocka_unit_test(a_length_that_repeats_is_not_written),
        cmocka_unit_test(a_column_that_spans_rows_is_there_when_all_of_it_is),
        cmocka_unit_test(a_checksum_covers_both_addresses_that_functions_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
