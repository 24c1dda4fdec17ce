/* cells: one decoded packet to one row of cells. Separate from whoever reads records and from whoever prints. */
#ifndef QUERY_CELLS_H
#define QUERY_CELLS_H

#include "base/buf.h"
#include "packet/walk_known.h"
#include "query/plan.h"

/* Values that are made, not pointed at, are kept here until the next packet. */
struct shelf {
    struct shelf *next;
    size_t size, used;
    uint8_t bytes[];
};

/* A value that a codec made of a place in a layer, and which cells keep; len 0: none. */
struct made_value {
    const struct spk_codec *codec;
    unsigned layer;
    uint32_t at, len; /* on the wire */
    struct spk_value value;
};

/* What one thread needs to fill cells: reused from packet to packet. */
struct cell_maker {
    const struct spk_query *query;
    struct spk_cell *cells;
    uint32_t *filled; /* the columns whose cells hold something, as they came */
    uint32_t filled_count;
    struct shelf *shelves; /* the first */
    struct shelf *shelf;   /* the one being filled */
    bool one;              /* a cell takes one value */
    bool failed;           /* no memory */
    struct spk_scratch scratch;
    struct spk_walk walk;
    struct spk_walk_known known;   /* the walk's */
    struct made_value made;        /* the last that others may be alike */
    struct spk_buf *members;       /* of an element that is being read: the values of each as JSON */
    struct spk_walk_level nowhere; /* what a view of the record stands on: no row is there */
};

enum spk_status spk_cells_begin(struct cell_maker *maker, const struct spk_query *query);
void spk_cells_end(struct cell_maker *maker);

/* Empties all cells. */
void spk_cells_clear(struct cell_maker *maker);

/* Fills the columns that come from the packet. False: no memory. */
bool spk_cells_fill(struct cell_maker *maker, const struct spk_packet *packet);

/*
 * Reads the fixed places of a header that is whole, and of those behind it that are so and of its protocol. Gives how many
 * headers that were. No memory: maker->failed.
 */
unsigned spk_cells_quick(struct cell_maker *maker, const struct spk_packet *packet, unsigned first);

/* Puts the value that the maker's walk stands on into the cells of a column and its twins. False: no memory. */
bool spk_cells_put(struct cell_maker *maker, uint32_t column);

/* Puts the values of the stretches that the maker's walk has taken. False: no memory. */
bool spk_cells_put_taken(struct cell_maker *maker);

/* Puts the values of the elements of known kinds that the maker's walk has passed over. False: no memory. */
bool spk_cells_put_known(struct cell_maker *maker);

/* A place behind the column's values; NULL: no memory (then maker->failed). */
struct spk_item *spk_cells_append(struct cell_maker *maker, uint32_t column);

/* Fills the column of a group with its elements. */
void spk_cells_fill_elements(struct cell_maker *maker, const struct spk_packet *packet,
                             const struct elements *elements);

/* Room for size bytes until the cells are cleared; NULL: no memory. */
uint8_t *spk_cells_keep(struct cell_maker *maker, size_t size);

/* Fills the scan's own column, wherever it was asked for. False: no memory. */
bool spk_cells_own(struct cell_maker *maker, enum own_column which, const struct spk_value *value);

#endif
