/* quick: a value from its fixed place in a header that is whole. */
#ifndef QUERY_QUICK_H
#define QUERY_QUICK_H

#include "base/bytes.h"
#include "packet/walk.h"
#include "query/cells.h"
#include "wire/row.h"

/* Whether the row is there in a header that is whole. */
static inline bool spk_quick_holds(const struct quick *quick, const uint8_t *header)
{
    bool holds = true;
    for (uint8_t i = 0; i < quick->when_count && holds; i++) {
        holds = spk_cwhen_holds(&quick->when[i], header, 0);
    }
    return holds;
}

/* A row's own function may know better what stands there. */
static inline void spk_quick_instead(const struct quick *quick, const struct spk_packet *packet,
                                     const struct spk_layer *layer, struct spk_value *value)
{
    const struct spk_place place = { .packet = packet,
                                     .layer = (unsigned)(layer - packet->layers),
                                     .at = layer->at + quick->bit / 8,
                                     .end = packet->caplen };
    struct spk_value instead = *value;
    if (quick->row->view.get(&place, &instead) && spk_value_holds(packet, quick->row, NULL, &instead)) {
        *value = instead;
    }
}

/* What stands at the place, where neither the layer nor the row's own function has a say (struct fixed_read). */
static inline void spk_quick_load(const struct quick *quick, const uint8_t *header, struct spk_value *value)
{
    value->kind = quick->row->kind;
    if (quick->op == QUICK_DATA) {
        value->data = header + quick->bit / 8;
        value->len = quick->width / 8u;
        value->u = 0;
        return;
    }
    uint64_t number = spk_cplace_load(&quick->place, header);
    switch (quick->op) {
    case QUICK_BOOL:
        number = number != 0;
        break;
    case QUICK_SCALE:
        number = number * (uint64_t)(int64_t)quick->row->view.mul + (uint64_t)(int64_t)quick->row->view.add;
        break;
    default:
        break;
    }
    value->u = number;
    value->data = NULL;
    value->len = 0;
}

static inline void spk_quick_read(const struct quick *quick, const struct spk_packet *packet,
                                  const struct spk_layer *layer, struct spk_value *value)
{
    spk_quick_load(quick, packet->data + layer->at, value);
    if (quick->op == QUICK_LENGTH && value->u == 0) {
        value->u = layer->end - layer->at;
    }
    if (quick->row->view.get != NULL) {
        spk_quick_instead(quick, packet, layer, value);
    }
}

/* Kinds that are a number and nothing else: whatever it is, it holds. */
static inline bool spk_is_number(uint8_t kind)
{
    return kind == SPK_UINT || kind == SPK_TIME || kind == SPK_DELTA || kind == SPK_INT || kind == SPK_BOOL;
}

/* What a view of the record stands on. */
static inline struct spk_place spk_quick_place(const struct spk_packet *packet, struct cell_maker *maker)
{
    return (struct spk_place){
        .packet = packet, .end = packet->caplen, .group = &maker->nowhere, .scratch = &maker->scratch
    };
}

/* A value that the record has. False: it has none. */
static inline bool spk_quick_record(const struct quick *quick, const struct spk_place *place, struct spk_value *value)
{
    const struct spk_row *row = quick->row;
    *value = (struct spk_value){ .kind = row->kind };
    return row->view.get(place, value)
           && (spk_is_number(row->kind) ? value->kind == row->kind
                                        : spk_value_holds(place->packet, row, place->scratch, value));
}

#endif
