/*
 * batch: what a pass makes of packets: the columns of a query, which become one Arrow array, or the text of rows, or groups.
 * Rows are added to it by whoever reads, and it is handed over when it is large enough.
 */
#ifndef QUERY_BATCH_H
#define QUERY_BATCH_H

#include "query/column.h"
#include "query/group.h"
#include "query/scan.h"
#include "query/sink.h"
#include "query/straight.h"

#include <stdatomic.h>

/* A column whose values run on from record to record. */
struct late {
    uint32_t column;
    const struct spk_row *row; /* NULL: the packet's number in its file */
};

/* What all batches of a query have in common. */
struct shape {
    const struct spk_query *query;
    const struct spk_sink_options *text; /* rows become text */
    const struct group_shape *groups;    /* or groups; both NULL: columns */
    struct column_type *types;
    uint32_t *owns; /* columns of the scan's own, which come by way of cells */
    uint32_t own_count;
    struct late *lates;
    uint32_t late_count;
    bool *is_late; /* a column */
    uint8_t *ways; /* a quick read of the query: enum way */
    struct straight straight;
    struct spare *spare;  /* blocks of batches that were given and released, where no thread of a crew made them */
    atomic_size_t *sizes; /* how large batches became so far: rows, then a column's text each; the next begin so */
    size_t rows_max;
};

/* For columns; shape->text or shape->groups may be set then. False: no memory; spk_shape_end in any case. */
bool spk_shape_begin(struct shape *shape, const struct spk_query *query, const struct spk_columns_options *options);
void spk_shape_end(struct shape *shape);

/* The kinds of packets that batches take without decoding them; NULL: they want every packet decoded. */
const struct fixed *spk_shape_fixed(const struct shape *shape);

/* What a row's late values are made of: the frame's running values as far as they are known. */
struct late_row {
    int64_t time_ns, previous_ns;
    uint64_t number; /* among the records of its part, from 1 */
    bool has_time;
};

/* Bytes of records between two looks at the size of what they became. */
enum { BATCH_LOOK_EVERY = 64 * 1024 };

struct batch {
    const struct shape *shape;
    struct spare *spare;    /* where blocks come from and go to; NULL: the shape's */
    struct column *columns; /* NULL: nothing was added yet, or rows become something else */
    size_t rows, room;
    size_t taken;               /* bytes of records since the columns' size was looked at */
    bool is_part;               /* of a capture whose beginning others read: values that run on are left open ... */
    struct spk_buf late;        /* ... and a struct late_row for each row says what they come from */
    struct sink_part text;      /* the rows, where they become text */
    struct slot *slots;         /* of quick lines, where those can be made; else NULL */
    struct spk_sink *sink;      /* makes it; NULL: not yet, or the batch was moved */
    struct group_table *groups; /* the rows, where they are grouped; NULL: none yet */
};

/* Gives back what the batch holds; it is empty then, and ready. */
void spk_batch_clear(struct batch *batch);

/* What was made goes to *to, which held nothing; *from is empty, and ready. */
void spk_batch_move(struct batch *from, struct batch *to);

/* Adds the packet that the scan has taken as a row. SPK_ERR_MEMORY, SPK_ERR_LIMIT. */
enum spk_status spk_batch_take(struct batch *batch, struct spk_scan *scan);

/* Whether packets of the kinds that spk_shape_fixed tells fill columns as runs: no running value is asked for. */
bool spk_shape_fills_runs(const struct shape *shape);
/* Rows that may be added without asking whether it is full. */
size_t spk_batch_room(const struct batch *batch);
enum spk_status spk_batch_take_run(struct batch *batch, struct spk_scan *scan, const struct run *run);

/* Whether it is as large as a batch should be; whether whoever waits for rows wants these by now, many or few. */
bool spk_batch_looks_full(struct batch *batch);
static inline bool spk_batch_is_full(struct batch *batch)
{
    const struct shape *shape = batch->shape;
    bool columns = shape->text == NULL && shape->groups == NULL;
    return (!columns || batch->rows >= shape->rows_max || batch->taken >= BATCH_LOOK_EVERY)
           && spk_batch_looks_full(batch);
}
bool spk_batch_is_due(struct batch *batch);

/* What came before a part of a capture. */
struct before {
    struct spk_frame frame; /* of the record before; first, previous and displayed hold */
    uint64_t read;          /* records of all sources */
    uint64_t in_source;     /* records of this one */
};

/*
 * Fills in what was left open; text goes to the sink up to the last cell that was. The frame's displayed time runs on.
 * False: no memory.
 */
bool spk_batch_join(struct batch *batch, struct before *before, struct spk_sink *sink);

/* Hands the rows over as an array of structs; the batch is then empty, and ready. False: no memory. */
bool spk_batch_give(struct batch *batch, struct ArrowArray *out);

#endif
