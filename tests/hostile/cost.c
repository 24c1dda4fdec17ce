/*
 * What all columns of each packet of a capture cost: run by callgrind, it dumps the instructions of each. A packet is read
 * three times, of which the second counts: then whatever is made once has been made.
 *
 *     cost FILE
 */
#include <steelpkt.h>

#include <stdio.h>
#include <stdlib.h>

#include <valgrind/callgrind.h>

enum { NAMES_MAX = 8192, TIMES = 3 };

/* A record of the capture, again and again. */
struct again {
    struct spk_record record;
    unsigned left;
};

static enum spk_status next(void *context, struct spk_record *record, struct spk_error *error)
{
    struct again *again = context;
    (void)error;
    if (again->left == 0) {
        return SPK_END;
    }
    again->left--;
    *record = again->record;
    return SPK_OK;
}

static struct spk_query *everything(void)
{
    static const char *names[NAMES_MAX];
    const struct spk_registry *registry = spk_registry_default();
    struct spk_query *query = NULL;
    size_t count = 0;
    for (size_t i = 0; i < spk_registry_field_count(registry) && count < NAMES_MAX; i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        if (field->kind != SPK_GROUP) {
            names[count++] = field->name;
        }
    }
    return spk_query_new(names, count, NULL, &query, NULL) == SPK_OK ? query : NULL;
}

/* Whether each time the record gave a row. */
static bool count_record(struct spk_scan *scan, const struct spk_record *record)
{
    struct again again = { .record = *record, .left = TIMES };
    const struct spk_cells *cells;
    unsigned rows = 0;
    spk_scan_source(scan, "again", next, &again);
    rows += spk_scan_next(scan, &cells, NULL) == SPK_OK;
    CALLGRIND_ZERO_STATS;
    rows += spk_scan_next(scan, &cells, NULL) == SPK_OK;
    CALLGRIND_DUMP_STATS;
    while (spk_scan_next(scan, &cells, NULL) == SPK_OK) {
        rows++;
    }
    return rows == TIMES;
}

int main(int argc, char **argv)
{
    struct spk_query *query = everything();
    struct spk_reader *reader = NULL;
    struct spk_scan *scan = NULL;
    struct spk_record record;
    unsigned long rows = 0;
    if (argc != 2 || query == NULL || spk_scan_new(query, &scan, NULL) != SPK_OK
        || spk_reader_open(argv[1], &reader, NULL) != SPK_OK) {
        return 1;
    }
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
        rows += count_record(scan, &record);
    }
    printf("%lu\n", rows);
    spk_reader_close(reader);
    spk_scan_free(scan);
    spk_query_free(query);
    return 0;
}
