/*
 * Fields read from fixed places are the fields that a walk reads: for every field of every packet of every capture, and of
 * every packet cut short, the cells of a query are the occurrences of the field.
 */
#include "support.h"

#include "packet/walk.h"
#include "query/cells.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

enum { CUTS = 64 }; /* prefixes tried of each of the first packets */

struct tally {
    struct spk_query *query;
    size_t count;
    unsigned long packets, values;
};

/* The records of one packet and its prefixes. */
struct prefixes {
    struct spk_record record;
    uint32_t next, last;
};

static enum spk_status next_prefix(void *context, struct spk_record *record, struct spk_error *error)
{
    struct prefixes *prefixes = context;
    (void)error;
    if (prefixes->next > prefixes->last) {
        return SPK_END;
    }
    *record = prefixes->record;
    record->caplen = prefixes->next++;
    return SPK_OK;
}

static bool same_value(const struct spk_value *a, const struct spk_value *b)
{
    return a->kind == b->kind && a->u == b->u && a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Whether the value is said to be of the layer in which the walk found it, or of the record. */
static bool same_layer(const struct spk_item *item, const struct spk_occurrences *occurrences)
{
    bool of_record = (occurrences->field->proto->flags & SPK_RECORD) != 0;
    return item->layer == (of_record ? (uint32_t)SPK_NO_LAYER : occurrences->walk.layer);
}

static void check_row(const char *path, const struct tally *tally, const struct spk_cells *cells)
{
    for (size_t i = 0; i < tally->count; i++) {
        const struct spk_column *column = spk_query_column(tally->query, i);
        struct spk_occurrences occurrences;
        struct spk_scratch scratch;
        struct spk_value value;
        uint32_t n = 0;
        spk_occurrences_begin(&occurrences, cells->packet, column->field);
        while (spk_occurrences_next(&occurrences, &scratch, &value)) {
            if (n >= cells->cells[i].count || !same_value(&value, &cells->cells[i].items[n].value)
                || !same_layer(&cells->cells[i].items[n], &occurrences)) {
                fail_msg("%s: packet %llu, %u bytes: %s, occurrence %u", path,
                         (unsigned long long)cells->record->number, cells->record->caplen, column->name, n + 1);
            }
            n++;
        }
        if (n != cells->cells[i].count) {
            fail_msg("%s: packet %llu, %u bytes: %s: %u cells, %u occurrences", path,
                     (unsigned long long)cells->record->number, cells->record->caplen, column->name,
                     cells->cells[i].count, n);
        }
    }
}

/* The shipped captures are tried thoroughly; of a corpus beside the checkout, a few packets of each file. */
static bool shipped(const char *path)
{
    return strstr(path, "tests/captures/") != NULL;
}

static void check_record(const char *path, const struct spk_record *record, struct tally *tally)
{
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    bool cut = record->number <= (shipped(path) ? 12 : 1);
    struct prefixes prefixes = { *record, cut ? 0 : record->caplen, record->caplen };
    if (cut && record->caplen > CUTS * 2) {
        prefixes.last = CUTS * 2;
    }
    assert_int_equal(spk_scan_new(tally->query, &scan, NULL), SPK_OK);
    spk_scan_source(scan, path, next_prefix, &prefixes);
    while (spk_scan_next(scan, &cells, NULL) == SPK_OK) {
        check_row(path, tally, cells);
        tally->packets++;
        tally->values += tally->count;
    }
    spk_scan_free(scan);
}

static void visit(const char *path, void *context)
{
    struct spk_reader *reader = NULL;
    struct spk_record record;
    struct spk_error error;
    unsigned seen = 0;
    if (spk_reader_open(path, &reader, &error) != SPK_OK) {
        return;
    }
    while (seen++ < (shipped(path) ? 200U : 20U) && spk_reader_next(reader, &record, &error) == SPK_OK) {
        check_record(path, &record, context);
    }
    spk_reader_close(reader);
}

/* A query for every field. */
static struct spk_query *everything(uint8_t occurrence, size_t *count)
{
    const struct spk_registry *registry = spk_registry_default();
    size_t fields = spk_registry_field_count(registry);
    const char **names = calloc(fields, sizeof names[0]);
    const struct spk_query_options options = { .decode = true, .occurrence = occurrence };
    struct spk_query *query = NULL;
    assert_non_null(names);
    *count = 0;
    for (size_t i = 0; i < fields; i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        if (field->kind != SPK_GROUP) {
            names[(*count)++] = field->name;
        }
    }
    assert_int_equal(spk_query_new(names, *count, &options, &query, NULL), SPK_OK);
    free(names);
    return query;
}

static void cells_are_occurrences(void **state)
{
    struct tally tally = { 0 };
    (void)state;
    tally.query = everything(SPK_OCCURRENCE_AUTO, &tally.count);
    for_each_capture(visit, &tally);
    printf("%lu packets and prefixes, %lu cells\n", tally.packets, tally.values);
    assert_true(tally.packets > 1000);
    spk_query_free(tally.query);
}

/* ---- elements that are taken together (packet/stretch.h) ---- */

#define ETH "020000000002020000000001"
#define IP4                                                                                                            \
    ETH "0800"                                                                                                         \
        "4500000000000000"
#define IP6                                                                                                            \
    ETH "86dd"                                                                                                         \
        "60000000000000ff"                                                                                             \
        "20010db8000000000000000000000001"                                                                             \
        "20010db8000000000000000000000002"
#define UDP                                                                                                            \
    IP4 "40110000c0000201c0000202"                                                                                     \
        "0035003500000000"
#define MANY "00000000000000000000"

/* Runs of elements that are alike, cut off by others, by what is left of their region, and by the end of what is there. */
static const char *const followers[] = {
    IP6 "3b07" MANY MANY "0100" MANY MANY "05020000" MANY "0104"
        "00000000"
        "01",
    IP4 "40020000c0000201c0000202"
        "2200000000000004"
        "01000003e0000001c0000203c0000204c0000205"
        "01000000e0000002"
        "02010000e000000300000007"
        "01000000e0000004"
        "0000",
    IP4 "40060000c0000201c0000202"
        "040000500000000000000000f002000000000000" MANY MANY "051200000001000000020000000300000004"
        "0101",
    UDP "000084000000000100000000"
        "00002f00010000000000"
        "13"
        "00"
        "0004ffffffff"
        "010480000001"
        "0204ffffff00",
    UDP "000084000000000100000000"
        "00001000010000000000"
        "0c"
        "0000000000"
        "03616263"
        "000000",
    UDP "000001000003000000000000"
        "0000010001"
        "0000010001"
        "0161000001"
        "0001",
    /* names: the same bytes again, others of the same length, pointers to pointers, a name before what it points at */
    UDP "000001000009000000000000"
        "0161c03000010001"
        "0162000001"
        "0001"
        "c01400010001"
        "c01400010001"
        "c01b00010001"
        "0163c01400010001"
        "0163c01400010001"
        "0164c01400010001"
        "c0140001",
    /* elements on whose rows their own numbers decide: types, lengths and counts that are alike, then one of them is not */
    IP6 "3a00010400000000"
        "8600000000000000"
        "0000000000000000"
        "0101020000000001"
        "0101020000000002"
        "0101020000000003"
        "0201020000000005"
        "0501000000000500"
        "0101020000000006",
    IP6 "3a00010400000000"
        "8f00000000000003"
        "01000000" MANY "000000000001"
        "01000000" MANY "000000000002"
        "02000000" MANY "0000",
    IP4 "40020000c0000201c0000202"
        "2200000000000006"
        "01000001e0000001c0000203"
        "01000001e0000002c0000204"
        "01010000e000000300000001"
        "01010000e000000300000002"
        "01000000e0000004"
        "02000000e0000005",
    IP4 "40060000c0000201c0000202"
        "040000500000000000000000f002000000000000"
        "02040001"
        "02040002"
        "0101"
        "02040003"
        "0502"
        "0502"
        "ff03aa"
        "ff03bb"
        "ff04cccc"
        "0101"
        "0101010101010101"
        "0001",
    ETH "0800"
        "4a00000000000000"
        "40020000c0000201c0000202"
        "0101"
        "94040000"
        "94040194"
        "040002"
        "0101"
        "00"
        "94040003",
    ETH "8847"
        "00064040"
        "00065041"
        "00066142"
        "00064043"
        "4500001400000000401100007f0000017f000001",
    ETH "8847" MANY MANY MANY MANY MANY MANY "00000100",
    UDP "000001000000000000000001"
        "000029"
        "1000"
        "00000000"
        "0036"
        "00030000"
        "00030000"
        "00030001aa"
        "00030001bb"
        "0006000102"
        "0006000101"
        "000a00080102030405060708"
        "000a00080102030405060709"
        "ffff0000"
        "ffff",
    /* names that are alike: the root, pointers that are malformed until they lead back, more octets than a number has */
    UDP "00000100000b000000000000"
        "0000010001"
        "00001c0001"
        "00001c8001"
        "0000018001"
        "c02c00010001"
        "c02c00010002"
        "c02c00020003"
        "c02c00020003"
        "c02c0002",
    UDP "000001000005000000000000"
        "0b61626364652e666768696a0000010001"
        "0b61626364652e666768696a0000020001"
        "0b61626364652e666768696a0000020002"
        "0b61626364652e666768696b00"
        "0002",
    /* records that are alike but for what decides on nothing, then for their type, length and owner */
    UDP "000084000000000700000000"
        "0000010001000000000004c0000201"
        "0000018001000000010004c0000202"
        "0000010003000000020004c0000203"
        "000001000300000002"
        "0000"
        "000001000300000003"
        "0000",
    UDP "000084000001000700000000"
        "016e000005"
        "0001"
        "c00c0005000100000000"
        "0002"
        "c00c"
        "c00c0005000100000001"
        "0002"
        "c00c"
        "c00c0005000100000001"
        "0002"
        "c02f"
        "c00d0005000100000001"
        "0002"
        "c02f",
    IP4 "40110000c0000201c0000202"
        "14e914e900000000"
        "000084000002000500000000"
        "025f6900000100010000010001"
        "c00c0021000100000000000700000001000200"
        "c00c0021800100000000000700010001000200"
        "c00c00210001000000000007000100010002",
    UDP "000084000001000500000000"
        "035f692e0000018001"
        "c00c0021000100000000000700000001000200"
        "c00c0021800100000000000700010001000200"
        "c00c00210001000000000007000100010002",
    IP4 "40110000c0000201c0000202"
        "14e914e900000000"
        "000084000000000500000000"
        "0000290001000000000000"
        "0000298001000000000000"
        "0000018001000000000000"
        "0000010001000000010000"
        "00000180010000000000",
    UDP "000084000000000300000000"
        "016100"
        "0001000100000000000401020304"
        "016200"
        "0001000100000000000405060708"
        "026100"
        "0001000100000000000409080706",
};

static uint32_t bytes_of(const char *hex, uint8_t *bytes)
{
    uint32_t len = (uint32_t)strlen(hex) / 2;
    for (uint32_t i = 0; i < len; i++) {
        const char digits[] = { hex[2 * i], hex[2 * i + 1], '\0' };
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    const bool six = bytes[12] == 0x86;
    bytes[six ? 19 : 17] = (uint8_t)(len - (six ? 54 : 14));
    if (!six && bytes[23] == 17) {
        bytes[39] = (uint8_t)(len - 34);
    }
    return len;
}

/* A header ends where a walk of every row ends, which takes no elements together and is not told where rows end. */
static void check_ends(const struct spk_record *record)
{
    struct spk_packet packet;
    spk_decode(spk_registry_default(), record->link, record->data, record->caplen, record->len, &packet);
    for (unsigned i = 0; i < packet.count; i++) {
        struct spk_walk walk;
        const uint32_t end = packet.layers[i].at + packet.layers[i].hdr_len;
        const struct spk_cproto *proto = &packet.registry->protos[packet.layers[i].proto];
        packet.layers[i].hdr_len = proto->extent == SPK_EXTENT_ROWS ? 0 : packet.layers[i].hdr_len;
        spk_walk_layer(&walk, &packet, i, NULL);
        while (spk_walk_next(&walk) != SPK_EVENT_END) {
        }
        if ((packet.layers[i].flags & SPK_LAYER_SHORT) == 0) {
            assert_int_equal((walk.levels[0].pos + 7) / 8, end);
        }
    }
}

static void elements_that_follow_each_other_are_occurrences(void **state)
{
    struct tally tally = { 0 };
    (void)state;
    tally.query = everything(SPK_OCCURRENCE_AUTO, &tally.count);
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++) {
        uint8_t bytes[256];
        struct spk_record record = { .link = SPK_LINK_ETHERNET, .data = bytes, .number = 1 };
        record.len = record.caplen = bytes_of(followers[i], bytes);
        assert_true(record.len > 0 && record.len <= CUTS * 2);
        check_record("made", &record, &tally);
        for (record.caplen = 0; record.caplen <= record.len; record.caplen++) {
            check_ends(&record);
        }
    }
    assert_true(tally.packets > 1200);
    spk_query_free(tally.query);
}

static const struct spk_cells *cells_of(struct spk_scan *scan, struct prefixes *one)
{
    const struct spk_cells *cells = NULL;
    one->next = one->last;
    spk_scan_source(scan, "made", next_prefix, one);
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
    return cells;
}

/* ---- elements with a view that shows more than they have ---- */

enum { TYPE, PAIR, LOW, HIGH };
static const struct spk_row item_rows[] = {
    [TYPE] = { .name = "wide.type", .kind = SPK_UINT, .bits = 8, .doc = "Type." },
    [PAIR] = { .name = "wide.pair", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(TYPE), .doc = "And what follows." },
    [LOW] = { .name = "wide.low",
              .kind = SPK_BOOL,
              .bits = 8,
              .view = SPK_SPAN(TYPE),
              .when = { { SPK_LE, PAIR, 0, 0x100 } },
              .doc = "It is low." },
    [HIGH] = { .name = "wide.high",
               .kind = SPK_BOOL,
               .bits = 8,
               .view = SPK_SPAN(TYPE),
               .when = { { SPK_GE, PAIR, 0, 0x101 } },
               .doc = "It is high." },
};
static const struct spk_group item = { .name = "WideItem", SPK_ROWS(item_rows) };
static const struct spk_row wide_rows[] = {
    { .name = "wide.items", .kind = SPK_GROUP, .many = SPK_FILL, .in = &item, .doc = "All there are." },
};
static const struct spk_row until_rows[] = {
    { .name = "wide.last",
      .kind = SPK_GROUP,
      .many = SPK_UNTIL,
      .n = { PAIR, 0, 0 },
      .in = &item,
      .doc = "Up to one." },
};
static const struct spk_proto wides[] = {
    { .name = "wide", .hdr = { .name = "Wide", SPK_ROWS(wide_rows) }, .sits = SPK_SITS({ "link", 147 }) },
    { .name = "wide_until", .hdr = { .name = "WideUntil", SPK_ROWS(until_rows) }, .sits = SPK_SITS({ "link", 148 }) },
};

/* A query for fields of the bits gives what their rows do, of bytes in a block of their size. */
static void check_wide(const struct spk_registry *registry, unsigned fields, uint16_t link, uint8_t byte, uint32_t len)
{
    const struct spk_query_options options = { .registry = registry };
    const char *names[4];
    size_t count = 0;
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    uint8_t *data = malloc(len);
    assert_non_null(data);
    memset(data, byte, len);
    struct prefixes one = { { .data = data, .len = len, .number = 1, .link = link }, len, len };
    for (unsigned i = 0; i < 4; i++) {
        names[count] = item_rows[i].name;
        count += fields >> i & 1U;
    }
    assert_int_equal(spk_query_new(names, count, &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, NULL), SPK_OK);
    spk_scan_source(scan, "made", next_prefix, &one);
    assert_int_equal(spk_scan_next(scan, &cells, NULL), SPK_OK);
    struct spk_packet packet;
    struct spk_occurrences all;
    struct spk_scratch scratch;
    struct spk_value value;
    spk_decode(registry, link, data, len, len, &packet);
    for (size_t i = 0; i < count; i++) {
        uint32_t found = 0;
        spk_occurrences_begin(&all, &packet, spk_field_find(registry, names[i]));
        for (; spk_occurrences_next(&all, &scratch, &value); found++) {
            assert_true(found < cells->cells[i].count && same_value(&cells->cells[i].items[found].value, &value));
        }
        assert_int_equal(cells->cells[i].count, found);
    }
    spk_scan_free(scan);
    spk_query_free(query);
    free(data);
}

static void a_view_that_shows_more_than_an_element_reads_no_byte_behind_the_last(void **state)
{
    const struct spk_proto *list[] = { &wides[0], &wides[1] };
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 2, &registry, NULL), SPK_OK);
    for (uint32_t len = 1; len <= 9; len++) {
        for (unsigned fields = 1; fields < 16; fields++) {
            for (uint8_t byte = 0; byte <= 2; byte++) {
                check_wide(registry, fields, 147, byte, len);
                check_wide(registry, fields, 148, byte, len);
            }
        }
    }
    spk_registry_free(registry);
}

/* Whoever asks for one field has a walk of its own, which passes over what else decides on where elements end. */
static void elements_are_followed_for_any_field_alone(void **state)
{
    struct tally all = { 0 };
    struct spk_scan *scan = NULL;
    (void)state;
    all.query = everything(SPK_OCCURRENCE_AUTO, &all.count);
    assert_int_equal(spk_scan_new(all.query, &scan, NULL), SPK_OK);
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++) {
        uint8_t bytes[256];
        struct prefixes one = { .record = { .link = SPK_LINK_ETHERNET, .data = bytes } };
        one.last = one.record.len = one.record.caplen = bytes_of(followers[i], bytes);
        const struct spk_cells *cells = cells_of(scan, &one);
        for (size_t c = 0; c < all.count; c++) {
            const char *name = spk_query_column(all.query, c)->name;
            const struct spk_query_options options = { .decode = true };
            struct tally alone = { .count = 1 };
            if (cells->cells[c].count > 1) {
                assert_int_equal(spk_query_new(&name, 1, &options, &alone.query, NULL), SPK_OK);
                check_record("made", &one.record, &alone);
                spk_query_free(alone.query);
            }
        }
    }
    spk_scan_free(scan);
    spk_query_free(all.query);
}

/* Of values that are taken together a cell keeps the one that it keeps of values that come one by one. */
static void a_cell_for_one_value_takes_the_first_or_the_last(void **state)
{
    static const uint8_t occurrences[] = { SPK_OCCURRENCE_ALL, SPK_OCCURRENCE_FIRST, SPK_OCCURRENCE_LAST };
    struct spk_query *query[3];
    struct spk_scan *scan[3];
    size_t count = 0;
    unsigned long several = 0;
    (void)state;
    for (int k = 0; k < 3; k++) {
        query[k] = everything(occurrences[k], &count);
        assert_int_equal(spk_scan_new(query[k], &scan[k], NULL), SPK_OK);
    }
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++) {
        uint8_t bytes[256];
        struct prefixes one = { .record = { .link = SPK_LINK_ETHERNET, .data = bytes } };
        one.last = one.record.len = bytes_of(followers[i], bytes);
        const struct spk_cell *all = cells_of(scan[0], &one)->cells;
        const struct spk_cell *first = cells_of(scan[1], &one)->cells;
        const struct spk_cell *last = cells_of(scan[2], &one)->cells;
        for (size_t c = 0; c < count; c++) {
            const uint32_t n = all[c].count;
            assert_int_equal(first[c].count, n > 0);
            assert_int_equal(last[c].count, n > 0);
            assert_true(n == 0 || same_value(&all[c].items[0].value, &first[c].items[0].value));
            assert_true(n == 0 || same_value(&all[c].items[n - 1].value, &last[c].items[0].value));
            several += n > 2;
        }
    }
    assert_true(several > 20);
    for (int k = 0; k < 3; k++) {
        spk_scan_free(scan[k]);
        spk_query_free(query[k]);
    }
}

/* Each packet makes a value a little longer than any before: what is kept is room for the longest, not for all. */
static void room_for_long_values_does_not_pile_up(void **state)
{
    const char *const names[] = { "frame.len" };
    struct spk_query *query = NULL;
    struct cell_maker maker = { .failed = false };
    size_t kept = 0;
    (void)state;
    assert_int_equal(spk_query_new(names, 1, NULL, &query, NULL), SPK_OK);
    assert_int_equal(spk_cells_begin(&maker, query), SPK_OK);
    for (size_t size = 1; size < 40; size++) {
        spk_cells_clear(&maker);
        memset(spk_cells_keep(&maker, 10), 1, 10);
        memset(spk_cells_keep(&maker, 65536 + size), 2, 65536 + size);
        memset(spk_cells_keep(&maker, 100), 3, 100);
    }
    for (const struct shelf *shelf = maker.shelves; shelf != NULL; shelf = shelf->next) {
        kept += shelf->size;
    }
    assert_true(kept < 4 * 65536);
    spk_cells_end(&maker);
    spk_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_occurrences),
        cmocka_unit_test(elements_that_follow_each_other_are_occurrences),
        cmocka_unit_test(elements_are_followed_for_any_field_alone),
        cmocka_unit_test(a_view_that_shows_more_than_an_element_reads_no_byte_behind_the_last),
        cmocka_unit_test(a_cell_for_one_value_takes_the_first_or_the_last),
        cmocka_unit_test(room_for_long_values_does_not_pile_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
