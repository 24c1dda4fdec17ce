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

struct spk_sink {
    const struct spk_query *query;
    struct spk_sink_options options;
    struct spk_buf *out;
    size_t count;        /* columns */
    struct spk_buf keys; /* JSON: "name": of each column, with the comma before it */
    uint32_t *key_ends;
    struct table table;
};

/* A cell in one line: occurrences joined by commas, escapes as tshark's -T fields, and safe where that is asked for. */
bool spk_sink_put_line_cell(const struct spk_sink *sink, struct spk_buf *out, const struct spk_cell *cell);

enum spk_status spk_table_begin(struct spk_sink *sink);
void spk_table_end(struct spk_sink *sink);
bool spk_table_row(struct spk_sink *sink, const struct spk_cells *cells);
/* Sets the widths from the rows held and puts them. */
bool spk_table_flush(struct spk_sink *sink);

#endif
