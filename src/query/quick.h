/* quick: a value from its fixed place in a header that is whole. */
#ifndef QUERY_QUICK_H
#define QUERY_QUICK_H

#include "base/bytes.h"
#include "packet/walk.h"
#include "query/plan.h"

static inline void spk_quick_read(const struct quick *quick, const struct spk_packet *packet,
                                  const struct spk_layer *layer, struct spk_value *value)
{
    const uint8_t *header = packet->data + layer->at;
    value->kind = quick->row->kind;
    if (quick->op == QUICK_DATA) {
        value->data = header + quick->bit / 8;
        value->len = quick->width / 8u;
        value->u = 0;
        return;
    }
    uint64_t number = spk_load_bits(header, quick->bit, quick->width);
    if (quick->little) {
        number = spk_swap_bytes(number, quick->width);
    }
    switch (quick->op) {
    case QUICK_BOOL:
        number = number != 0;
        break;
    case QUICK_LENGTH:
        number = number != 0 ? number : layer->end - layer->at;
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
    if (quick->row->view.get != NULL) {
        struct spk_place place = { .packet = packet,
                                   .layer = (unsigned)(layer - packet->layers),
                                   .at = layer->at + quick->bit / 8,
                                   .end = packet->caplen };
        struct spk_value instead = *value;
        if (quick->row->view.get(&place, &instead) && spk_value_holds(packet, quick->row, NULL, &instead)) {
            *value = instead;
        }
    }
}

#endif
