/*
 * decode: bytes to layers. One loop: where does this header end, where does its payload end, who is next. It allocates
 * nothing and cannot fail; where it cannot go on it says why and leaves the rest as payload.
 */
#include <steelpkt/packet.h>

#include "packet/reach.h"
#include "packet/walk.h"
#include "wire/row.h"

/* Where decoding stands. */
struct state {
    struct spk_packet *packet;
    const struct spk_registry *registry;
    const struct spk_step *steps; /* a protocol: how its header is passed by a few loads */
    uint32_t raw;                 /* who takes what nobody else takes, or SPK_NOWHERE */
    uint32_t at;                  /* first byte of the next header */
    uint32_t end;                 /* of the payload it lies in, on the wire */
    uint32_t again;     /* protocol that comes when a payload has ended (the same once more, a tail), or SPK_NOWHERE */
    uint32_t again_at;  /* where */
    uint32_t again_end; /* where the payload it lies in ends */
    bool tail;          /* it is a tail, which does not care how the payload ended */
};

static void stop(struct spk_packet *packet, uint8_t reason, uint16_t proto, uint32_t at, uint32_t need, uint32_t have,
                 const char *row)
{
    if (packet->stop.reason == SPK_STOP_NOT) {
        packet->stop =
            (struct spk_stop){ .reason = reason, .proto = proto, .at = at, .need = need, .have = have, .row = row };
    }
}

static uint32_t captured_end(const struct spk_packet *packet, uint32_t end)
{
    return end < packet->caplen ? end : packet->caplen;
}

/* Too few bytes for a header: the capture's fault where the wire had them, else the packet's. */
static void stop_short(struct state *s, uint16_t proto, uint32_t need, const char *row)
{
    uint32_t have = captured_end(s->packet, s->end) - s->at;
    bool cut = s->end - s->at >= need;
    stop(s->packet, cut ? SPK_STOP_TRUNCATED : SPK_STOP_MALFORMED, proto, s->at, need, have, row);
}

static uint64_t load(const struct spk_cref *ref, const uint8_t *header)
{
    return spk_cplace_load(&ref->place, header);
}

/* Gives the header's length in bytes; false: it cannot be, and the layer is cut short. */
static inline bool header_len(struct state *s, const struct spk_cproto *proto, uint16_t index, struct spk_layer *layer)
{
    uint32_t have = captured_end(s->packet, s->end) - s->at;
    layer->hdr_len = have < proto->min ? have : proto->min;
    if (have < proto->min) {
        stop_short(s, index, proto->min, NULL);
        return false;
    }
    if (proto->extent == SPK_EXTENT_REST) {
        layer->hdr_len = have;
        return true;
    }
    if (proto->extent == SPK_EXTENT_REF) {
        int64_t len = (int64_t)load(&proto->hlen, s->packet->data + s->at) * proto->hlen.mul + proto->hlen.add;
        if (len < proto->min) {
            stop(s->packet, SPK_STOP_MALFORMED, index, s->at, proto->min, len < 0 ? 0 : (uint32_t)len,
                 proto->hlen.name);
            return false;
        }
        if (len > have) {
            layer->hdr_len = have;
            stop_short(s, index, (uint32_t)(len < UINT32_MAX ? len : UINT32_MAX), proto->hlen.name);
            return false;
        }
        layer->hdr_len = (uint32_t)len;
        return true;
    }
    if (proto->walk) {
        struct spk_stop why;
        bool whole = spk_header_measure(s->packet, s->packet->count - 1u, &layer->hdr_len, &why);
        if (!whole) {
            stop(s->packet, why.reason, index, why.at, why.need, why.have, why.row);
        }
        return whole;
    }
    return true;
}

/* Cuts the payload at the length the header gives. False: the length cannot be. */
static inline bool payload_end(struct state *s, const struct spk_cproto *proto, uint16_t index, struct spk_layer *layer)
{
    const uint8_t *header = s->packet->data + layer->at;
    if (proto->len.mul == 0) {
        return true;
    }
    bool there = proto->len.place.bit + proto->len.place.width <= layer->hdr_len * 8;
    if (!there || !spk_cwhen_holds(&proto->len_when, header, 0)) {
        return true;
    }
    uint64_t number = load(&proto->len, header);
    if (number == 0 && proto->len.zero_is_rest) {
        return true;
    }
    int64_t len = (int64_t)number * proto->len.mul + proto->len.add;
    if (len < layer->hdr_len) {
        stop(s->packet, SPK_STOP_MALFORMED, index, layer->at, layer->hdr_len, len < 0 ? 0 : (uint32_t)len,
             proto->len.name);
        return false;
    }
    if (len < layer->end - layer->at) {
        layer->end = layer->at + (uint32_t)len;
    }
    return true;
}

static inline uint32_t look(const struct state *s, const struct spk_cnext *next, const uint8_t *header, uint32_t at)
{
    const struct spk_registry *registry = s->registry;
    if (next->pick == SPK_PICK_ROW) {
        return spk_link_look(registry, next->space, (uint32_t)spk_cplace_load(&next->keys[0], header));
    }
    if (next->pick == SPK_PICK_LOWER) {
        uint32_t a = (uint32_t)spk_cplace_load(&next->keys[0], header);
        uint32_t b = (uint32_t)spk_cplace_load(&next->keys[1], header);
        uint32_t proto = spk_link_look(registry, next->space, a < b ? a : b);
        return proto != SPK_NOWHERE ? proto : spk_link_look(registry, next->space, a < b ? b : a);
    }
    if (next->pick == SPK_PICK_NIBBLE) {
        bool there = at < captured_end(s->packet, s->end);
        return there ? spk_link_look(registry, next->space, s->packet->data[at] >> 4u) : SPK_NOWHERE;
    }
    if (next->pick == SPK_PICK_HEAD) {
        bool there = at < captured_end(s->packet, s->end) && captured_end(s->packet, s->end) - at >= 2;
        return there ? spk_link_look(registry, next->space, spk_load16(s->packet->data + at)) : SPK_NOWHERE;
    }
    return spk_link_look(registry, next->space, next->key);
}

/* Who follows the layer; SPK_NOWHERE: nobody known. Remembers which way was taken even when it leads to nobody. */
static __attribute__((noinline)) uint32_t find_next(const struct state *s, const struct spk_cproto *proto,
                                                    struct spk_layer *layer)
{
    const uint8_t *header = s->packet->data + layer->at;
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
        uint32_t found = look(s, next, header, s->at);
        if (found != SPK_NOWHERE) {
            layer->next = next->number;
            return found;
        }
    }
    return SPK_NOWHERE;
}

/* Who follows by the key of the protocol's first next, or SPK_NOWHERE; *next as in a layer. */
static inline uint32_t step_next(const struct spk_registry *registry, const struct spk_step *step,
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
static inline bool step_len(const struct spk_step *step, const uint8_t *header, uint32_t hdr_len, uint32_t at,
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
 * Who follows a layer that a step has placed and s has moved behind, or SPK_NOWHERE. there is the end of what was captured
 * of its payload.
 */
static inline uint32_t after_step(struct state *s, const struct spk_step *step, const uint8_t *header,
                                  struct spk_layer *layer, uint32_t there)
{
    uint32_t index = layer->proto;
    uint32_t follows = SPK_NOWHERE;
    if ((step->flags & SPK_STEP_NEXT) != 0) {
        follows = step_next(s->registry, step, header, &layer->next);
    }
    if (follows == SPK_NOWHERE && (step->flags & SPK_STEP_MORE) != 0) {
        follows = find_next(s, &s->registry->protos[index], layer);
    }
    if (s->at >= there || (step->flags & SPK_STEP_LAST) != 0) {
        return SPK_NOWHERE;
    }
    return follows != SPK_NOWHERE || index == s->raw ? follows : s->raw;
}

/*
 * What place does, layer after layer, for as long as a few loads do it: index is the protocol of the first. Gives the
 * protocol of the layer that place has to look at, because it is of another kind or something about its header is odd; or
 * SPK_NOWHERE: nobody follows.
 */
static __attribute__((noinline)) uint32_t step_over(struct state *s, uint32_t index)
{
    struct spk_packet *packet = s->packet;
    struct spk_layer *layer = &packet->layers[packet->count];
    while (index != SPK_NOWHERE && layer < packet->layers + SPK_LAYERS_MAX) {
        const struct spk_step *step = &s->steps[index];
        const uint8_t *header = packet->data + s->at;
        uint32_t there = captured_end(packet, s->end);
        uint32_t have = there - s->at;
        uint32_t hdr_len = step->min;
        uint32_t end = s->end;
        if (have < step->need) {
            break;
        }
        if ((step->flags & SPK_STEP_HLEN) != 0) {
            hdr_len = spk_four_load(&step->hlen, header) * step->hlen_mul + step->hlen_add;
        } else if ((step->flags & SPK_STEP_REST) != 0) {
            hdr_len = have;
        }
        if (hdr_len - step->min > have - step->min) {
            break;
        }
        if ((step->flags & SPK_STEP_LEN) != 0 && !step_len(step, header, hdr_len, s->at, &end)) {
            break;
        }
        *layer = (struct spk_layer){ .proto = (uint16_t)index, .at = s->at, .hdr_len = hdr_len, .end = end };
        s->at += hdr_len;
        s->end = end;
        index = after_step(s, step, header, layer++, captured_end(packet, end));
    }
    packet->count = (uint16_t)(layer - packet->layers);
    return index;
}

/*
 * What step_over does, for as long as the tree has the headers where they stand. Gives the protocol of the first that is
 * left to the steps, or SPK_NOWHERE: nobody follows.
 */
static inline uint32_t follow_path(struct state *s, const struct spk_node *root)
{
    struct spk_packet *packet = s->packet;
    const struct spk_step *steps = s->steps;
    const uint8_t *data = packet->data;
    struct spk_layer *layer = packet->layers;
    const struct spk_node *node = root;
    uint32_t caplen = packet->caplen;
    uint32_t end = s->end;
    uint32_t there = end < caplen ? end : caplen;
    while (there >= node->need && ((spk_path_load(data, node->own) ^ node->own_value) & node->own_mask) == 0) {
        const struct spk_step *step = &steps[node->layer.proto];
        const uint8_t *header = data + node->layer.at;
        uint32_t hdr_len = node->layer.hdr_len;
        uint32_t wide = end;
        if ((node->flags & SPK_PATH_HLEN) != 0) {
            hdr_len = spk_four_load(&step->hlen, header) * step->hlen_mul + step->hlen_add;
            if (hdr_len - node->layer.hdr_len > there - node->need) {
                break;
            }
        }
        if ((node->flags & SPK_PATH_LEN) != 0 && !step_len(step, header, hdr_len, node->layer.at, &wide)) {
            break;
        }
        end = wide;
        there = end < caplen ? end : caplen;
        *layer = node->layer;
        layer->hdr_len = hdr_len;
        layer->end = end;
        const struct spk_node *child = root + node->child;
        const struct spk_node *last = child + node->children;
        uint64_t key = spk_path_load(data, node->key) & node->key_mask;
        while (child < last && child->value != key) {
            child++;
        }
        if (child == last || node->layer.at + hdr_len >= there) {
            s->at = node->layer.at + hdr_len;
            s->end = end;
            packet->count = (uint16_t)(layer + 1 - packet->layers);
            return after_step(s, step, header, layer, there);
        }
        layer++->next = 1;
        node = child;
    }
    s->at = node->layer.at;
    s->end = end;
    packet->count = (uint16_t)(layer - packet->layers);
    return node->layer.proto;
}

/* What comes behind the layer's payload: another of the same, or what the protocol says. */
static void find_again(struct state *s, const struct spk_cproto *proto, uint32_t index, struct spk_layer *layer)
{
    uint32_t at = layer->end;
    if ((proto->flags & SPK_HAS_TAIL) != 0) {
        at = proto->proto->tail_at(s->packet, s->packet->count - 1u, s->end);
        if (at == 0 || at < s->at || at > s->end) {
            return;
        }
        index = spk_link_look(s->registry, proto->tail, 0);
        s->tail = index != SPK_NOWHERE;
        layer->end = s->tail && at < layer->end ? at : layer->end;
    }
    s->again = index;
    s->again_at = at;
    s->again_end = s->end;
}

/* Places one layer and moves behind its header. Gives who follows, or SPK_NOWHERE. */
static __attribute__((noinline)) uint32_t place(struct state *s, uint32_t index)
{
    struct spk_packet *packet = s->packet;
    const struct spk_cproto *proto = &s->registry->protos[index];
    struct spk_layer *layer = &packet->layers[packet->count++];
    *layer = (struct spk_layer){ .proto = (uint16_t)index, .at = s->at, .end = s->end };
    if (!header_len(s, proto, (uint16_t)index, layer)) {
        layer->flags = SPK_LAYER_SHORT;
        s->at += layer->hdr_len;
        return SPK_NOWHERE;
    }
    s->at += layer->hdr_len;
    if ((proto->flags & SPK_NO_PAYLOAD) != 0) {
        layer->end = s->at;
    }
    if (!payload_end(s, proto, (uint16_t)index, layer)) {
        layer->flags = SPK_LAYER_SHORT;
        return SPK_NOWHERE;
    }
    if ((proto->flags & (SPK_REPEATS | SPK_HAS_TAIL)) != 0 && !s->tail) {
        find_again(s, proto, index, layer);
    }
    s->end = layer->end;
    return find_next(s, proto, layer);
}

/* Where a message in a stream segment ended, the next one begins. Gives its protocol, or SPK_NOWHERE. */
static inline uint32_t repeat(struct state *s)
{
    uint32_t next = s->again;
    if (next == SPK_NOWHERE || (s->packet->stop.reason != SPK_STOP_NOT && !s->tail)
        || s->again_at >= captured_end(s->packet, s->again_end)) {
        return SPK_NOWHERE;
    }
    s->at = s->again_at;
    s->end = s->again_end;
    s->again = SPK_NOWHERE;
    s->tail = false;
    return next;
}

/* Whether the protocol is wanted, or leads to one that is. */
static bool is_wanted(const struct state *s, uint32_t index)
{
    return index != SPK_NOWHERE && (s->steps[index].flags & SPK_STEP_UNWANTED) == 0;
}

/*
 * Whether a protocol that is not wanted itself leads, by its keys, to one that is: else there is no need to measure its
 * header.
 */
static bool leads_on(const struct state *s, uint32_t index)
{
    const struct spk_cproto *proto = &s->registry->protos[index];
    const uint8_t *header = s->packet->data + s->at;
    if (captured_end(s->packet, s->end) - s->at < proto->min) {
        return true;
    }
    if ((proto->flags & SPK_HAS_TAIL) != 0 && is_wanted(s, spk_link_look(s->registry, proto->tail, 0))) {
        return true;
    }
    for (uint8_t i = 0; i < proto->next_count; i++) {
        const struct spk_cnext *next = &proto->next[i];
        bool keyed = next->pick == SPK_PICK_ROW || next->pick == SPK_PICK_KEY;
        if (!keyed || is_wanted(s, look(s, next, header, s->at))) {
            return true;
        }
    }
    return false;
}

static inline void run(struct state *s, uint32_t next)
{
    struct spk_packet *packet = s->packet;
    while ((next = step_over(s, next)) != SPK_NOWHERE || (next = repeat(s)) != SPK_NOWHERE) {
        uint16_t flags = s->steps[next].flags;
        bool raw = next == s->raw;
        if (packet->count == SPK_LAYERS_MAX) {
            stop(packet, SPK_STOP_TOO_DEEP, (uint16_t)next, s->at, 0, captured_end(packet, s->end) - s->at, NULL);
            return;
        }
        if ((flags & SPK_STEP_UNWANTED) != 0 || ((flags & SPK_STEP_LEADS) != 0 && !leads_on(s, next))) {
            next = SPK_NOWHERE;
            continue;
        }
        next = place(s, next);
        if (s->at >= captured_end(packet, s->end) || (flags & SPK_STEP_LAST) != 0) {
            next = SPK_NOWHERE;
        } else if (next == SPK_NOWHERE && packet->stop.reason == SPK_STOP_NOT && !raw) {
            next = s->raw;
        }
    }
}

static void begin(const struct spk_registry *registry, const uint8_t *data, uint32_t caplen, uint32_t len,
                  struct spk_packet *packet)
{
    packet->registry = registry;
    packet->data = data;
    packet->caplen = caplen;
    packet->len = len < caplen ? caplen : len;
    packet->frame = NULL;
    packet->count = 0;
    packet->fcs_len = 0;
    packet->stop = (struct spk_stop){ 0 };
}

static inline struct state state_of(struct spk_packet *packet, const struct spk_step *steps, uint32_t raw)
{
    return (struct state){
        .packet = packet,
        .registry = packet->registry,
        .steps = steps,
        .raw = raw,
        .end = packet->len - packet->fcs_len,
        .again = SPK_NOWHERE,
    };
}

static inline void run_link(struct spk_packet *packet, const struct spk_step *steps, uint32_t raw, uint16_t link)
{
    struct state s = state_of(packet, steps, raw);
    uint32_t first = spk_link_look(s.registry, s.registry->link_space, link);
    run(&s, first != SPK_NOWHERE ? first : s.registry->raw_proto);
}

void spk_decode(const struct spk_registry *registry, uint16_t link, const uint8_t *data, uint32_t caplen, uint32_t len,
                struct spk_packet *packet)
{
    begin(registry, data, caplen, len, packet);
    run_link(packet, registry->steps, registry->raw_proto, link);
}

static void begin_record(const struct spk_registry *registry, const struct spk_record *record,
                         struct spk_packet *packet)
{
    begin(registry, record->data, record->caplen, record->len, packet);
    if (record->link == SPK_LINK_ETHERNET && record->fcs_len <= packet->len) {
        packet->fcs_len = record->fcs_len;
    }
}

void spk_decode_record(const struct spk_registry *registry, const struct spk_record *record, struct spk_packet *packet)
{
    begin_record(registry, record, packet);
    run_link(packet, registry->steps, registry->raw_proto, record->link);
}

void spk_decode_reach(const struct spk_reach *reach, const struct spk_record *record, struct spk_packet *packet)
{
    begin_record(reach->registry, record, packet);
    struct state s = state_of(packet, reach->steps, reach->raw);
    uint32_t next = SPK_NOWHERE;
    if (record->link < SPK_REACH_LINKS && reach->roots[record->link] != 0) {
        next = follow_path(&s, &reach->nodes[reach->roots[record->link] - 1]);
        next = next != SPK_NOWHERE && (reach->steps[next].flags & SPK_STEP_UNWANTED) != 0 ? SPK_NOWHERE : next;
    } else {
        uint32_t first = spk_link_look(s.registry, s.registry->link_space, record->link);
        next = first != SPK_NOWHERE ? first : s.registry->raw_proto;
    }
    if (next != SPK_NOWHERE) {
        run(&s, next);
    }
}

void spk_decode_as(const struct spk_registry *registry, const struct spk_proto *proto, const uint8_t *data,
                   uint32_t caplen, uint32_t len, struct spk_packet *packet)
{
    begin(registry, data, caplen, len, packet);
    struct state s = state_of(packet, registry->steps, registry->raw_proto);
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (registry->protos[i].proto == proto) {
            run(&s, i);
            return;
        }
    }
}

int spk_decode_layer(const struct spk_registry *registry, uint16_t proto, const uint8_t *data, uint32_t caplen,
                     uint32_t len, struct spk_layer *layer)
{
    struct spk_packet packet;
    begin(registry, data, caplen, len, &packet);
    struct state s = state_of(&packet, registry->steps, registry->raw_proto);
    /* room for one: what a few loads do for all layers they do for the first */
    packet.count = SPK_LAYERS_MAX - 1;
    uint32_t next = step_over(&s, proto);
    bool placed = packet.count == SPK_LAYERS_MAX;
    if (!placed) {
        packet.count = 0;
        next = place(&s, proto);
    }
    *layer = placed ? packet.layers[SPK_LAYERS_MAX - 1] : packet.layers[0];
    bool nobody = next == SPK_NOWHERE || next == registry->raw_proto || s.at >= captured_end(&packet, s.end);
    return nobody ? -1 : (int)next;
}

const struct spk_proto *spk_layer_proto(const struct spk_packet *packet, unsigned layer)
{
    return layer < packet->count ? packet->registry->protos[packet->layers[layer].proto].proto : NULL;
}

int spk_layer_find(const struct spk_packet *packet, const struct spk_proto *proto, unsigned nth)
{
    for (unsigned i = 0; i < packet->count; i++) {
        if (packet->registry->protos[packet->layers[i].proto].proto == proto && nth-- == 0) {
            return (int)i;
        }
    }
    return -1;
}
