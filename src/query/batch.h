/* batch: the columns of a query while rows are added to them, and what they become: one Arrow array. */
#ifndef QUERY_BATCH_H
#define QUERY_BATCH_H

#include "query/column.h"
#include "query/scan.h"

struct batch {
    const struct spk_query *query;
    struct column *columns;
    uint32_t *walked; /* columns that come by way of cells */
    uint32_t walked_count;
    size_t rows, room;
    size_t rows_max;
    size_t taken; /* bytes of packets since the columns' size was looked at */
};

/* Zeroed before. False: no memory; spk_batch_end in any case. */
bool spk_batch_begin(struct batch *batch, const struct spk_query *query, const struct spk_columns_options *options);
void spk_batch_end(struct batch *batch);

/* Adds the packet that the scan has taken as a row. SPK_ERR_MEMORY, SPK_ERR_LIMIT. */
enum spk_status spk_batch_take(struct batch *batch, struct spk_scan *scan);

/* Whether it is as large as a batch should be. */
bool spk_batch_is_full(struct batch *batch);

/* Hands the rows over as an array of structs; the batch is then empty, and used again. False: no memory. */
bool spk_batch_give(struct batch *batch, struct ArrowArray *out);

#endif
