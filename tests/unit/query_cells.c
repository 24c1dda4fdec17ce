/*
 * Fields read from fixed places are the fields that a walk reads: for every field of every packet of every capture, and of
 * every packet cut short, the cells of a query are the occurrences of the field.
 */
#include "support.h"

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
            if (n >= cells->cells[i].count || !same_value(&value, &cells->cells[i].items[n].value)) {
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

static void cells_are_occurrences(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    size_t fields = spk_registry_field_count(registry);
    const char **names = calloc(fields, sizeof names[0]);
    const struct spk_query_options options = { .decode = true };
    struct tally tally = { 0 };
    (void)state;
    assert_non_null(names);
    for (size_t i = 0; i < fields; i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        if (field->kind != SPK_GROUP) {
            names[tally.count++] = field->name;
        }
    }
    assert_int_equal(spk_query_new(names, tally.count, &options, &tally.query, NULL), SPK_OK);
    for_each_capture(visit, &tally);
    printf("%lu packets and prefixes, %lu cells\n", tally.packets, tally.values);
    assert_true(tally.packets > 1000);
    spk_query_free(tally.query);
    free(names);
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
        cmocka_unit_test(room_for_long_values_does_not_pile_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
