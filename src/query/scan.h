/* scan: the inside of a scan, for those that make something else of its packets than cells. */
#ifndef QUERY_SCAN_H
#define QUERY_SCAN_H

#include "query/cells.h"

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
    struct spk_matcher *matcher; /* NULL: every packet */
};

/*
 * Reads on to the next wanted record and decodes it as far as the columns need: scan->record, scan->packet (where the query
 * decodes) and scan->frame are filled in. Gives what spk_scan_next does. Whoever makes a row of it says so by
 * spk_scan_shown.
 */
enum spk_status spk_scan_take(struct spk_scan *scan, struct spk_error *error);
void spk_scan_shown(struct spk_scan *scan);

/* Fills all cells of scan->maker for that record; the scan's own columns alone. False: no memory. */
bool spk_scan_cells(struct spk_scan *scan);
bool spk_scan_own(struct spk_scan *scan);

#endif
