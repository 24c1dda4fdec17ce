/* cells_known: values of the elements of known kinds that a walk has passed over (packet/walk_known.h). */
#include "query/cells_item.h"

/* Reads a value of one of the elements into its place. */
static inline void read_value(const struct cell_maker *maker, uint32_t element, uint32_t v, struct spk_item *item)
{
    const struct spk_walk_known *known = &maker->known;
    const struct spk_walk_kind *kind = &known->kinds[known->elements[element].kind];
    const struct spk_stretch_value *value = &kind->values[v];
    item->row = value->crow->row;
    item->layer = maker->walk.layer;
    spk_stretch_read(value, maker->walk.packet->data + known->elements[element].at + kind->at[v], &item->value);
}

/* Puts what they hold of a field into the cells of a column. */
static void put_field(struct cell_maker *maker, const struct spk_known_field *field, uint32_t column)
{
    const struct spk_walk_known *known = &maker->known;
    struct spk_item *items = spk_cell_room(maker, column, known->count);
    struct spk_item *item = items;
    for (uint32_t e = 0; items != NULL && e < known->count; e++) {
        const uint32_t v = field->values[known->elements[e].kind];
        if (v > 0) {
            read_value(maker, e, v - 1, item++);
        }
    }
    if (item != items) {
        spk_cell_add(maker, column, (uint32_t)(item - items));
    }
}

/* Puts those of one of them where a cell takes one value. */
static void put_one(struct cell_maker *maker, uint32_t element)
{
    const struct spk_walk_known *known = &maker->known;
    const struct spk_walk_kind *kind = &known->kinds[known->elements[element].kind];
    for (uint32_t v = 0; v < kind->value_count; v++) {
        uint32_t column = maker->query->firsts[kind->values[v].crow->field];
        for (; column != SPK_NOWHERE; column = maker->query->twins[column]) {
            struct spk_item *item = spk_cell_next(maker, column);
            if (item != NULL) {
                read_value(maker, element, v, item);
            }
        }
    }
}

bool spk_cells_put_known(struct cell_maker *maker)
{
    struct spk_walk_known *known = &maker->known;
    for (uint32_t e = 0; maker->one && e < known->count; e++) {
        put_one(maker, e);
    }
    for (uint32_t f = 0; !maker->one && f < known->field_count; f++) {
        uint32_t column = maker->query->firsts[known->fields[f].field];
        const bool met = (known->fields[f].kinds & known->met) != 0;
        for (; met && column != SPK_NOWHERE; column = maker->query->twins[column]) {
            put_field(maker, &known->fields[f], column);
        }
    }
    known->count = 0;
    return !maker->failed;
}
