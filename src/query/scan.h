/* scan: the inside of a scan, for those that make something else of its packets than cells. */
#ifndef QUERY_SCAN_H
#define QUERY_SCAN_H

#include "query/cells.h"
#include "query/fixed.h"

struct spk_scan {
    const struct spk_query *query;
    const char *name;
    const struct spk_bpf_set *bpf; /* of whoever runs the scan, beside the query's keep; NULL: every record */
    spk_next_fn next;
    void *context;
    struct spk_scan_counts counts;
    struct spk_frame frame;
    struct spk_record record;
    struct spk_packet packet;
    struct spk_cells cells;
    struct cell_maker maker;
    struct spk_matcher *matcher;   /* NULL: every packet */
    const struct fixed *fixed;     /* of whoever runs the scan, if he takes packets of known kinds as such; else NULL */
    const struct fixed_kind *kind; /* of the record, which was not decoded then; NULL: it was */
};

/*
 * Reads on to the next wanted record and decodes it as far as the columns need: scan->record, scan->packet (where the query
 * decodes) and scan->frame are filled in. Gives what spk_scan_next does. Whoever makes a row of it says so by
 * spk_scan_shown.
 */
enum spk_status spk_scan_take(struct spk_scan *scan, struct spk_error *error);
void spk_scan_shown(struct spk_scan *scan);

/* What tells of packets of known kinds whether they are kept; NULL: nothing does. */
static inline const struct fixed *spk_scan_sieve(const struct spk_scan *scan)
{
    return scan->fixed != NULL ? scan->fixed : scan->query->sieve;
}

/* Whether all that a scan asks of records and packets before they become rows is what its sieve says. */
bool spk_scan_takes_all(const struct spk_scan *scan);
/* Records of known kinds, one at least, behind the first that the scan has seen: they are counted. */
void spk_scan_count(struct spk_scan *scan, const struct spk_record *records, size_t count);
/* So many records have become rows, the last of which had that time. */
void spk_scan_ran(struct spk_scan *scan, size_t rows, const struct spk_record *last);
/* The same of one that becomes a row, if it is kept, by itself. */
void spk_scan_know(struct spk_scan *scan, const struct spk_record *record, const struct fixed_kind *kind, bool kept);
/* A record of no known kind, which was decoded into scan->packet: as spk_scan_take has it, if it is kept. */
enum spk_status spk_scan_met(struct spk_scan *scan, const struct spk_record *record, bool *kept,
                             struct spk_error *error);

/* Fills all cells of scan->maker for that record; the scan's own columns alone. False: no memory. */
bool spk_scan_cells(struct spk_scan *scan);
bool spk_scan_own(struct spk_scan *scan);

#endif
