/*
 * cells_quick: what stands at fixed places of headers that are whole. Headers of one protocol that follow each other, as
 * tags and tunnels do, are read column by column.
 */
#include "query/cells_item.h"
#include "query/quick.h"

static inline void read_quick(struct cell_maker *maker, const struct quick *quick, const struct spk_packet *packet,
                              const struct spk_layer *layer)
{
    bool holds = spk_quick_holds(quick, packet->data + layer->at);
    struct spk_item *item = holds ? spk_cell_next(maker, quick->column) : NULL;
    if (item == NULL) {
        return;
    }
    item->row = quick->row;
    item->layer = (uint32_t)(layer - packet->layers);
    if (quick->simple) {
        item->value = (struct spk_value){ .kind = quick->row->kind,
                                          .u = spk_cplace_load_four(&quick->place, packet->data + layer->at) };
    } else {
        spk_quick_read(quick, packet, layer, &item->value);
    }
}

/* The header is whole: every fixed place is there. */
static __attribute__((noinline)) void fill_quick(struct cell_maker *maker, const struct quick *quick, uint32_t count,
                                                 const struct spk_packet *packet, const struct spk_layer *layer)
{
    for (const struct quick *end = quick + count; quick < end; quick++) {
        read_quick(maker, quick, packet, layer);
    }
}

/* A number that is no other row's column as well, of so many headers that follow each other. */
static inline void read_numbers(struct cell_maker *maker, const struct quick *quick, const struct spk_packet *packet,
                                const struct spk_layer *layer, uint32_t count)
{
    const bool scaled = quick->op == QUICK_SCALE;
    const uint64_t mul = scaled ? (uint64_t)(int64_t)quick->row->view.mul : 1;
    const uint64_t add = scaled ? (uint64_t)(int64_t)quick->row->view.add : 0;
    const struct spk_cplace place = quick->place;
    const struct spk_item made = { .row = quick->row, .value = { .kind = quick->row->kind } };
    const struct spk_layer *end = layer + count;
    struct spk_item *items = spk_cell_room(maker, quick->column, count);
    struct spk_item *item = items;
    for (; items != NULL && layer < end; layer++) {
        const uint8_t *header = packet->data + layer->at;
        if (quick->when_count == 0 || spk_quick_holds(quick, header)) {
            *item = made;
            item->layer = (uint32_t)(layer - packet->layers);
            const uint64_t bits =
                place.load == 4 ? spk_cplace_load_four(&place, header) : spk_cplace_load(&place, header);
            item++->value.u = bits * mul + add;
        }
    }
    if (item != items) {
        spk_cell_add(maker, quick->column, (uint32_t)(item - items));
    }
}

/* fill_quick of so many headers of one protocol that follow each other: column by column. */
static __attribute__((noinline)) void fill_quick_many(struct cell_maker *maker, const struct quick *quick,
                                                      uint32_t rows, const struct spk_packet *packet,
                                                      const struct spk_layer *layer, uint32_t count)
{
    const struct quick *end = quick + rows;
    for (; quick < end && !maker->failed; quick++) {
        if (quick->number && !quick->shared) {
            read_numbers(maker, quick, packet, layer, count);
            continue;
        }
        for (uint32_t i = 0; !quick->again && i < count; i++) {
            fill_quick(maker, quick, 1, packet, layer + i);
            for (const struct quick *other = quick + 1; quick->shared && other < end; other++) {
                if (other->column == quick->column) {
                    fill_quick(maker, other, 1, packet, layer + i);
                }
            }
        }
    }
}

unsigned spk_cells_quick(struct cell_maker *maker, const struct spk_packet *packet, unsigned first)
{
    const struct spk_query *query = maker->query;
    const struct spk_layer *layer = &packet->layers[first];
    const struct quick_range *range = &query->layers[layer->proto];
    const struct quick *quick = query->quick + range->first;
    unsigned count = 1;
    while (first + count < packet->count && layer[count].proto == layer->proto
           && (layer[count].flags & SPK_LAYER_SHORT) == 0 && !maker->one && !query->options.tutorial) {
        count++;
    }
    if (count > 1) {
        fill_quick_many(maker, quick, range->count, packet, layer, count);
    } else {
        fill_quick(maker, quick, range->count, packet, layer);
    }
    return count;
}
