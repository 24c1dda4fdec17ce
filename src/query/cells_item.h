/* cells_item: places for values in the cells of a maker. */
#ifndef QUERY_CELLS_ITEM_H
#define QUERY_CELLS_ITEM_H

#include "query/cells.h"

/* Makes room for so many values more. False: no memory. */
bool spk_cell_grow(struct spk_cell *cell, uint32_t more);

/* Room for so many values behind the column's; NULL: there is no memory (then maker->failed). */
static inline struct spk_item *spk_cell_room(struct cell_maker *maker, uint32_t column, uint32_t count)
{
    struct spk_cell *cell = &maker->cells[column];
    if (cell->room - cell->count < count && !spk_cell_grow(cell, count)) {
        maker->failed = true;
        return NULL;
    }
    return &cell->items[cell->count];
}

/* So many values stand there now. */
static inline void spk_cell_add(struct cell_maker *maker, uint32_t column, uint32_t count)
{
    struct spk_cell *cell = &maker->cells[column];
    const uint32_t before = cell->count;
    cell->count = before + count;
    if (before == 0) {
        maker->filled[maker->filled_count++] = column;
    }
}

/* So many places behind the column's values; NULL: there is no memory (then maker->failed). */
static inline struct spk_item *spk_cell_append(struct cell_maker *maker, uint32_t column, uint32_t count)
{
    struct spk_item *items = spk_cell_room(maker, column, count);
    if (items != NULL) {
        spk_cell_add(maker, column, count);
    }
    return items;
}

/* The place for the cell's next value; NULL: it takes none, or there is no memory (then maker->failed). */
static inline struct spk_item *spk_cell_next(struct cell_maker *maker, uint32_t column)
{
    const struct spk_cell *cell = maker->cells + column;
    if (maker->one && cell->count > 0) {
        return maker->query->options.occurrence == SPK_OCCURRENCE_LAST ? cell->items : NULL;
    }
    return spk_cell_append(maker, column, 1);
}

#endif
