/*
 * onward: from one header to the next. Where decoding stands in a packet, and who follows by the keys: by the compiled
 * protocol (spk_onward_...), by its step (spk_step_...), by the tree of paths (spk_path_...). Decoding places layers by
 * these.
 */
#ifndef PACKET_ONWARD_H
#define PACKET_ONWARD_H

#include <steelpkt/packet.h>

#include "packet/path.h"
#include "wire/registry.h"

/* Where decoding stands. */
struct spk_onward {
    const struct spk_registry *registry;
    const struct spk_step *steps; /* a protocol: how its header is passed by a few loads */
    const uint8_t *data;
    uint32_t caplen;
    uint32_t raw; /* who takes what nobody else takes, or SPK_NOWHERE */
    uint32_t at;  /* first byte of the next header */
    uint32_t end; /* of the payload it lies in, on the wire */
};

/* Bytes of a frame check sequence at the end of a record's packet. */
static inline uint8_t spk_record_fcs(const struct spk_record *record)
{
    uint32_t len = record->len < record->caplen ? record->caplen : record->len;
    return record->link == SPK_LINK_ETHERNET && record->fcs_len <= len ? record->fcs_len : 0;
}

/* Where the captured bytes of a payload end that ends there on the wire. */
static inline uint32_t spk_captured_end(const struct spk_onward *on, uint32_t end)
{
    return end < on->caplen ? end : on->caplen;
}

/* Who follows the layer; SPK_NOWHERE: nobody known. Remembers which way was taken even when it leads to nobody. */
uint32_t spk_onward_find(const struct spk_onward *on, const struct spk_cproto *proto, struct spk_layer *layer);

/* Whether a protocol that comes next leads, by its keys, to one that is wanted. */
bool spk_onward_look_ahead(const struct spk_onward *on, uint32_t index);

/* Who follows by the key of the protocol's first next, or SPK_NOWHERE; *next as in a layer. */
static inline uint32_t spk_step_next(const struct spk_registry *registry, const struct spk_step *step,
                                     const uint8_t *header, uint8_t *next)
{
    if (spk_four_load(&step->gate, header) - step->gate_low > step->gate_span) {
        return SPK_NOWHERE;
    }
    *next = 1;
    uint32_t key = spk_four_load(&step->key, header);
    if ((step->flags & SPK_STEP_LOWER) == 0) {
        return spk_link_look(registry, step->space, key);
    }
    uint32_t other = spk_four_load(&step->other, header);
    uint32_t found = spk_link_look(registry, step->space, key < other ? key : other);
    return found != SPK_NOWHERE ? found : spk_link_look(registry, step->space, key < other ? other : key);
}

/* Cuts end at the length that the header at a place gives. False: that cannot be. */
static inline bool spk_step_len(const struct spk_step *step, const uint8_t *header, uint32_t hdr_len, uint32_t at,
                                uint32_t *end)
{
    uint32_t number = spk_four_load(&step->len, header);
    uint32_t len = number * step->len_mul + step->len_add;
    if (number - step->len_low > step->len_span) {
        return true;
    }
    *end = len < *end - at ? at + len : *end;
    return len >= hdr_len;
}

/*
 * Who follows a layer that a step has placed and that was moved behind, or SPK_NOWHERE. there is the end of what was
 * captured of its payload.
 */
static inline uint32_t spk_step_after(const struct spk_onward *on, const struct spk_step *step, struct spk_layer *layer,
                                      uint32_t there)
{
    uint32_t index = layer->proto;
    uint32_t follows = SPK_NOWHERE;
    if ((step->flags & SPK_STEP_NEXT) != 0) {
        follows = spk_step_next(on->registry, step, on->data + layer->at, &layer->next);
    }
    if (follows == SPK_NOWHERE && (step->flags & SPK_STEP_MORE) != 0) {
        follows = spk_onward_find(on, &on->registry->protos[index], layer);
    }
    if (on->at >= there || (step->flags & SPK_STEP_LAST) != 0) {
        return SPK_NOWHERE;
    }
    return follows != SPK_NOWHERE || index == on->raw ? follows : on->raw;
}

/* Whether a protocol takes no steps and is not wanted itself: then it is asked whether it leads on. */
static inline bool spk_step_asks(const struct spk_step *step)
{
    return step->need == SPK_NOWHERE && (step->flags & SPK_STEP_LEADS) != 0;
}

/* Whether nothing that is wanted is left where a walk down the tree of paths has ended. */
static inline bool spk_path_ends(const struct spk_onward *on, uint32_t next)
{
    if (next == SPK_NOWHERE) {
        return true;
    }
    const struct spk_step *step = &on->steps[next];
    return (step->flags & SPK_STEP_UNWANTED) != 0 || (spk_step_asks(step) && !spk_onward_look_ahead(on, next));
}

/* Where a walk down the tree of paths ended. */
struct spk_path_end {
    uint32_t next;  /* protocol of the header that is left to the steps, or SPK_NOWHERE: nobody follows */
    uint32_t count; /* headers passed */
};

/* Passes headers for as long as the tree has them where they stand, and places their layers. */
static inline __attribute__((always_inline)) struct spk_path_end spk_path_walk(struct spk_onward *on,
                                                                               const struct spk_node *root,
                                                                               struct spk_layer *layers)
{
    struct spk_path_end walked = { 0 };
    const uint8_t *data = on->data;
    const struct spk_node *node = root;
    uint32_t end = on->end;
    uint32_t there = spk_captured_end(on, end);
    while (there >= node->need && ((spk_path_load(data, node->own) ^ node->own_value) & node->own_mask) == 0) {
        const struct spk_step *step = node->step;
        uint32_t hdr_len = node->layer.hdr_len;
        uint32_t wide = end;
        if ((node->flags & SPK_PATH_HLEN) != 0) {
            hdr_len = spk_four_load(&step->hlen, data + node->layer.at) * step->hlen_mul + step->hlen_add;
            if (hdr_len - node->layer.hdr_len > there - node->need) {
                break;
            }
        } else if ((node->flags & SPK_PATH_REST) != 0) {
            hdr_len = there - node->layer.at;
        }
        if ((node->flags & SPK_PATH_LEN) != 0
            && !spk_step_len(step, data + node->layer.at, hdr_len, node->layer.at, &wide)) {
            break;
        }
        end = wide;
        there = spk_captured_end(on, end);
        struct spk_layer *layer = layers + walked.count++;
        *layer = node->layer;
        layer->hdr_len = hdr_len;
        layer->end = end;
        on->at = node->layer.at + hdr_len;
        const struct spk_node *child = root + node->child;
        const struct spk_node *last = child + node->children;
        uint64_t key = spk_path_load(data, node->key) & node->key_mask;
        while (child < last && child->value != key) {
            child++;
        }
        if (child == last || on->at >= there) {
            layer->next = 0;
            on->end = end;
            walked.next = spk_step_after(on, step, layer, there);
            child = spk_path_looked_up(root, node, walked.next);
            if (child == NULL) {
                return walked;
            }
        }
        node = child;
    }
    on->at = node->layer.at;
    on->end = end;
    walked.next = node->layer.proto;
    return walked;
}

#endif
