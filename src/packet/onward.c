/* onward: who follows, by the compiled protocol. */
#include "packet/onward.h"

#include "wire/row.h"

/* Who sits at a key that is more than a row, or none of the header's. */
static uint32_t look_otherwise(const struct spk_onward *on, const struct spk_cnext *next, const uint8_t *header)
{
    const struct spk_registry *registry = on->registry;
    if (next->pick == SPK_PICK_LOWER) {
        uint32_t a = (uint32_t)spk_cplace_load(&next->keys[0], header);
        uint32_t b = (uint32_t)spk_cplace_load(&next->keys[1], header);
        uint32_t proto = spk_link_look(registry, next->space, a < b ? a : b);
        return proto != SPK_NOWHERE ? proto : spk_link_look(registry, next->space, a < b ? b : a);
    }
    uint32_t there = spk_captured_end(on, on->end);
    if (next->pick == SPK_PICK_NIBBLE) {
        return on->at < there ? spk_link_look(registry, next->space, on->data[on->at] >> 4u) : SPK_NOWHERE;
    }
    if (next->pick == SPK_PICK_HEAD) {
        bool held = on->at < there && there - on->at >= 2;
        return held ? spk_link_look(registry, next->space, spk_load16(on->data + on->at)) : SPK_NOWHERE;
    }
    return spk_link_look(registry, next->space, next->key);
}

/* Who sits at the key that a header gives, or SPK_NOWHERE. */
static inline uint32_t look(const struct spk_onward *on, const struct spk_cnext *next, const uint8_t *header)
{
    return next->pick == SPK_PICK_ROW
               ? spk_link_look(on->registry, next->space, (uint32_t)spk_cplace_load(&next->keys[0], header))
               : look_otherwise(on, next, header);
}

uint32_t spk_onward_find(const struct spk_onward *on, const struct spk_cproto *proto, struct spk_layer *layer)
{
    const uint8_t *header = on->data + layer->at;
    for (uint8_t i = 0; i < proto->next_count; i++) {
        const struct spk_cnext *next = &proto->next[i];
        bool holds = true;
        for (uint8_t w = 0; w < next->when_count && holds; w++) {
            holds = spk_cwhen_holds(&next->when[w], header, layer->end - layer->at - layer->hdr_len);
        }
        if (!holds) {
            continue;
        }
        if (layer->next == 0) {
            layer->next = next->number;
        }
        uint32_t found = look(on, next, header);
        if (found != SPK_NOWHERE) {
            layer->next = next->number;
            return found;
        }
    }
    return SPK_NOWHERE;
}

/* Whether the protocol is wanted, or leads to one that is. */
static bool is_wanted(const struct spk_onward *on, uint32_t index)
{
    return index != SPK_NOWHERE && (on->steps[index].flags & SPK_STEP_UNWANTED) == 0;
}

bool spk_onward_look_ahead(const struct spk_onward *on, uint32_t index)
{
    const struct spk_cproto *proto = &on->registry->protos[index];
    if (spk_captured_end(on, on->end) - on->at < proto->min) {
        return true;
    }
    if ((proto->flags & SPK_HAS_TAIL) != 0 && is_wanted(on, spk_link_look(on->registry, proto->tail, 0))) {
        return true;
    }
    for (uint8_t i = 0; i < proto->next_count; i++) {
        const struct spk_cnext *next = &proto->next[i];
        bool keyed = next->pick == SPK_PICK_ROW || next->pick == SPK_PICK_KEY;
        if (!keyed || is_wanted(on, look(on, next, on->data + on->at))) {
            return true;
        }
    }
    return false;
}
