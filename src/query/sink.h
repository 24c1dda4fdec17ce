/* sink: what the forms of text share. */
#ifndef QUERY_SINK_H
#define QUERY_SINK_H

#include "query/out.h"

/* What is left of a cell's text. */
struct span {
    const uint8_t *text;
    size_t len;
};

/* A table's held rows. */
struct table {
    struct spk_buf texts;   /* the cells' texts, one behind the other */
    struct spk_buf lengths; /* uint32_t: bytes of each cell's text */
    size_t *widths;         /* a column */
    size_t *least;          /* a column: narrower than this it reads badly */
    struct span *cells;     /* a column: of the row being put */
    size_t names;           /* columns of the longest name, where a row is a block with a field a line; else 0 */
    uint32_t rows;          /* held */
    bool running;           /* the widths are set, rows go straight out */
};

/*
 * Rows that were made of a part of a capture while what came before it was not known: cells that show values which run on
 * from record to record are left open.
 */
struct sink_part {
    struct spk_buf text;    /* whole rows; of a table the cells, one behind the other */
    struct spk_buf lengths; /* a table: uint32_t, bytes of each cell; of an open one 0 */
    struct spk_buf open;    /* else: uint32_t, where in text each open cell belongs */
    size_t at, cell;        /* while it is joined: bytes of text, and open or table cells, that are done */
};

struct spk_sink {
    const struct spk_query *query;
    struct spk_sink_options options;
    struct spk_buf *out;
    size_t count;         /* columns */
    struct spk_buf leads; /* what stands before each column's cell; not of a table */
    uint32_t *lead_ends;
    struct table table;
    struct sink_part *part; /* where a part's sink puts its rows; NULL: it is none */
    const bool *open;       /* a part's: a column, whether its cells are left open; NULL: none is */
};

/* A cell in one line: occurrences joined by commas, escapes as tshark's -T fields, and safe where that is asked for. */
bool spk_sink_put_line_cell(const struct spk_sink *sink, struct spk_buf *out, const struct spk_cell *cell);

/* A sink whose rows go into *part, which may be taken away and emptied between two rows. NULL: no memory. */
struct spk_sink *spk_sink_part_new(const struct spk_query *query, const struct spk_sink_options *options,
                                   const bool *open, struct sink_part *part);
void spk_sink_part_free(struct sink_part *part);

/*
 * A part's rows become rows of a sink: spk_sink_join_cell for each open cell in order, then spk_sink_join_end. False: no
 * memory.
 */
bool spk_sink_join_cell(struct spk_sink *sink, struct sink_part *part, uint32_t column, const struct spk_cell *cell);
bool spk_sink_join_end(struct spk_sink *sink, struct sink_part *part);

enum spk_status spk_table_begin(struct spk_sink *sink);
void spk_table_end(struct spk_sink *sink);
bool spk_table_row(struct spk_sink *sink, const struct spk_cells *cells);
/* Sets the widths from the rows held and puts them. */
bool spk_table_flush(struct spk_sink *sink);

/* spk_sink_join_cell and spk_sink_join_end of a table. */
bool spk_table_join_cell(struct spk_sink *sink, struct sink_part *part, uint32_t column, const struct spk_cell *cell);
bool spk_table_join_end(struct spk_sink *sink, struct sink_part *part);

#endif
