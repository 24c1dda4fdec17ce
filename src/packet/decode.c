/*
 * decode: bytes to layers. One loop: where does this header end, where does its payload end, who is next. It allocates
 * nothing and cannot fail; where it cannot go on it says why and leaves the rest as payload.
 */
#include <steelpkt/packet.h>

#include "packet/onward.h"
#include "packet/reach.h"
#include "packet/stencil.h"
#include "packet/walk.h"
#include "wire/row.h"

/* Where decoding stands, and the packet whose layers it places. */
struct state {
    struct spk_onward on;
    struct spk_packet *packet;
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

/* Too few bytes for a header: the capture's fault where the wire had them, else the packet's. */
static void stop_short(struct state *s, uint16_t proto, uint32_t need, const char *row)
{
    uint32_t have = spk_captured_end(&s->on, s->on.end) - s->on.at;
    bool cut = s->on.end - s->on.at >= need;
    stop(s->packet, cut ? SPK_STOP_TRUNCATED : SPK_STOP_MALFORMED, proto, s->on.at, need, have, row);
}

static uint64_t load(const struct spk_cref *ref, const uint8_t *header)
{
    return spk_cplace_load(&ref->place, header);
}

/* Gives the header's length in bytes; false: it cannot be, and the layer is cut short. */
static inline bool header_len(struct state *s, const struct spk_cproto *proto, uint16_t index, struct spk_layer *layer)
{
    uint32_t have = spk_captured_end(&s->on, s->on.end) - s->on.at;
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
        int64_t len = spk_cref_bytes(&proto->hlen, load(&proto->hlen, s->packet->data + s->on.at));
        if (len < proto->min) {
            stop(s->packet, SPK_STOP_MALFORMED, index, s->on.at, proto->min, len < 0 ? 0 : (uint32_t)len,
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
    int64_t len = spk_cref_bytes(&proto->len, number);
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
        const struct spk_step *step = &s->on.steps[index];
        const uint8_t *header = packet->data + s->on.at;
        uint32_t there = spk_captured_end(&s->on, s->on.end);
        uint32_t have = there - s->on.at;
        uint32_t hdr_len = step->min;
        uint32_t end = s->on.end;
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
        if ((step->flags & SPK_STEP_LEN) != 0 && !spk_step_len(step, header, hdr_len, s->on.at, &end)) {
            break;
        }
        *layer = (struct spk_layer){ .proto = (uint16_t)index, .at = s->on.at, .hdr_len = hdr_len, .end = end };
        s->on.at += hdr_len;
        s->on.end = end;
        index = spk_step_after(&s->on, step, layer++, spk_captured_end(&s->on, end));
    }
    packet->count = (uint16_t)(layer - packet->layers);
    return index;
}

/* What comes behind the layer's payload: another of the same, or what the protocol says. */
static void find_again(struct state *s, const struct spk_cproto *proto, uint32_t index, struct spk_layer *layer)
{
    uint32_t at = layer->end;
    if ((proto->flags & SPK_HAS_TAIL) != 0) {
        at = proto->proto->tail_at(s->packet, s->packet->count - 1u, s->on.end);
        if (at == 0 || at < s->on.at || at > s->on.end) {
            return;
        }
        index = spk_link_look(s->on.registry, proto->tail, 0);
        s->tail = index != SPK_NOWHERE;
        layer->end = s->tail && at < layer->end ? at : layer->end;
    }
    s->again = index;
    s->again_at = at;
    s->again_end = s->on.end;
}

/* Places one layer and moves behind its header. Gives who follows, or SPK_NOWHERE. */
static __attribute__((noinline)) uint32_t place(struct state *s, uint32_t index)
{
    struct spk_packet *packet = s->packet;
    const struct spk_cproto *proto = &s->on.registry->protos[index];
    struct spk_layer *layer = &packet->layers[packet->count++];
    *layer = (struct spk_layer){ .proto = (uint16_t)index, .at = s->on.at, .end = s->on.end };
    if (!header_len(s, proto, (uint16_t)index, layer)) {
        layer->flags = SPK_LAYER_SHORT;
        s->on.at += layer->hdr_len;
        return SPK_NOWHERE;
    }
    s->on.at += layer->hdr_len;
    if ((proto->flags & SPK_NO_PAYLOAD) != 0) {
        layer->end = s->on.at;
    }
    if (!payload_end(s, proto, (uint16_t)index, layer)) {
        layer->flags = SPK_LAYER_SHORT;
        return SPK_NOWHERE;
    }
    if ((proto->flags & (SPK_REPEATS | SPK_HAS_TAIL)) != 0 && !s->tail) {
        find_again(s, proto, index, layer);
    }
    s->on.end = layer->end;
    return spk_onward_find(&s->on, proto, layer);
}

/* Where a message in a stream segment ended, the next one begins. Gives its protocol, or SPK_NOWHERE. */
static inline uint32_t repeat(struct state *s)
{
    uint32_t next = s->again;
    if (next == SPK_NOWHERE || (s->packet->stop.reason != SPK_STOP_NOT && !s->tail)
        || s->again_at >= spk_captured_end(&s->on, s->again_end)) {
        return SPK_NOWHERE;
    }
    s->on.at = s->again_at;
    s->on.end = s->again_end;
    s->again = SPK_NOWHERE;
    s->tail = false;
    return next;
}

/* From a protocol on. leads: it takes no steps, and it is known already that it leads on. */
static inline void run(struct state *s, uint32_t next, bool leads)
{
    struct spk_packet *packet = s->packet;
    while ((next = step_over(s, next)) != SPK_NOWHERE || (next = repeat(s)) != SPK_NOWHERE) {
        uint16_t flags = s->on.steps[next].flags;
        bool raw = next == s->on.raw;
        if (packet->count == SPK_LAYERS_MAX) {
            stop(packet, SPK_STOP_TOO_DEEP, (uint16_t)next, s->on.at, 0, spk_captured_end(&s->on, s->on.end) - s->on.at,
                 NULL);
            return;
        }
        if ((flags & SPK_STEP_UNWANTED) != 0
            || ((flags & SPK_STEP_LEADS) != 0 && !leads && !spk_onward_look_ahead(&s->on, next))) {
            next = SPK_NOWHERE;
            continue;
        }
        leads = false;
        next = place(s, next);
        if (s->on.at >= spk_captured_end(&s->on, s->on.end) || (flags & SPK_STEP_LAST) != 0) {
            next = SPK_NOWHERE;
        } else if (next == SPK_NOWHERE && packet->stop.reason == SPK_STOP_NOT && !raw) {
            next = s->on.raw;
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
        .on = { .registry = packet->registry,
                .steps = steps,
                .data = packet->data,
                .caplen = packet->caplen,
                .raw = raw,
                .end = packet->len - packet->fcs_len },
        .packet = packet,
        .again = SPK_NOWHERE,
    };
}

static inline void run_link(struct spk_packet *packet, const struct spk_step *steps, uint32_t raw, uint16_t link)
{
    struct state s = state_of(packet, steps, raw);
    const struct spk_registry *registry = packet->registry;
    uint32_t first = spk_link_look(registry, registry->link_space, link);
    run(&s, first != SPK_NOWHERE ? first : registry->raw_proto, false);
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
    packet->fcs_len = spk_record_fcs(record);
}

void spk_decode_record(const struct spk_registry *registry, const struct spk_record *record, struct spk_packet *packet)
{
    begin_record(registry, record, packet);
    run_link(packet, registry->steps, registry->raw_proto, record->link);
}

void spk_decode_reach(const struct spk_reach *reach, const struct spk_record *record, struct spk_packet *packet)
{
    const struct spk_node *root = spk_reach_root(reach, record->link);
    begin_record(reach->registry, record, packet);
    if (root == NULL) {
        run_link(packet, reach->steps, reach->raw, record->link);
        return;
    }
    struct state s = state_of(packet, reach->steps, reach->raw);
    struct spk_path_end walked = spk_path_walk(&s.on, root, packet->layers);
    packet->count = (uint16_t)walked.count;
    if (!spk_path_ends(&s.on, walked.next)) {
        run(&s, walked.next, spk_step_asks(&reach->steps[walked.next]));
    }
}

/* The head that packets of a link type begin with, which is made for the first of them. */
static inline const struct spk_head *head_of(const struct spk_stencils *set, uint16_t link)
{
    if (link >= SPK_REACH_LINKS) {
        return &spk_head_untold;
    }
    const struct spk_head *root = atomic_load_explicit(&set->roots[link], memory_order_acquire);
    return root != &spk_head_unmade ? root : spk_stencils_make_root(set, link);
}

/* Where what was captured ends, a frame check sequence not counted. */
static inline uint32_t captured_end(const struct spk_record *record)
{
    uint32_t len = record->len < record->caplen ? record->caplen : record->len;
    uint32_t end = len - spk_record_fcs(record);
    return end < record->caplen ? end : record->caplen;
}

const struct spk_stencil *spk_decode_stencil(const struct spk_stencils *set, const struct spk_record *record,
                                             struct spk_packet *packet)
{
    const struct spk_stencil *stencil = spk_kind_find(head_of(set, record->link), record->data, captured_end(record));
    if (stencil == NULL) {
        spk_decode_reach(set->reach, record, packet);
    }
    return stencil;
}

size_t spk_decode_stencils(const struct spk_stencils *set, const struct spk_record *records, size_t count,
                           uint16_t *indexes, struct spk_packet *packet)
{
    const struct spk_head *root = NULL;
    const struct spk_record *record = records;
    uint32_t link = SPK_NOWHERE;
    for (; record < records + count; record++) {
        uint32_t there = record->caplen;
        if (((record->link ^ link) | record->fcs_len) != 0) { /* one test for most records of a run */
            link = record->link;
            root = head_of(set, record->link);
            there = captured_end(record);
        }
        const struct spk_stencil *stencil = spk_kind_find(root, record->data, there);
        if (stencil == NULL) {
            break;
        }
        *indexes++ = stencil->index;
    }
    if (record < records + count && packet != NULL) {
        spk_decode_reach(set->reach, record, packet);
    }
    return (size_t)(record - records);
}

void spk_stencil_place(const struct spk_stencils *set, uint32_t index, const struct spk_record *record,
                       struct spk_packet *packet)
{
    const struct spk_reach *reach = set->reach;
    const struct spk_node *path[SPK_LAYERS_MAX] = { NULL };
    begin_record(reach->registry, record, packet);
    struct spk_onward on = state_of(packet, reach->steps, reach->raw).on;
    unsigned left = packet->count = reach->nodes[index].depth;
    for (const struct spk_stencil *outer = &set->stencils[index]; outer != NULL; outer = outer->outer) {
        path[--left] = &reach->nodes[outer->index];
    }
    for (unsigned i = 0; i < packet->count; i++) {
        const struct spk_step *step = path[i]->step;
        struct spk_layer *layer = &packet->layers[i];
        *layer = path[i]->layer;
        if ((path[i]->flags & SPK_PATH_HLEN) != 0) {
            layer->hdr_len = spk_four_load(&step->hlen, on.data + layer->at) * step->hlen_mul + step->hlen_add;
        } else if ((path[i]->flags & SPK_PATH_REST) != 0) {
            layer->hdr_len = spk_captured_end(&on, on.end) - layer->at;
        }
        if ((path[i]->flags & SPK_PATH_LEN) != 0) {
            spk_step_len(step, on.data + layer->at, layer->hdr_len, layer->at, &on.end);
        }
        layer->end = on.end;
        on.at = layer->at + layer->hdr_len;
    }
    struct spk_layer *last = &packet->layers[packet->count - 1];
    last->next = 0;
    spk_step_after(&on, path[packet->count - 1]->step, last, spk_captured_end(&on, on.end));
}

void spk_decode_as(const struct spk_registry *registry, const struct spk_proto *proto, const uint8_t *data,
                   uint32_t caplen, uint32_t len, struct spk_packet *packet)
{
    begin(registry, data, caplen, len, packet);
    struct state s = state_of(packet, registry->steps, registry->raw_proto);
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (registry->protos[i].proto == proto) {
            run(&s, i, false);
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
    bool nobody = next == SPK_NOWHERE || next == registry->raw_proto || s.on.at >= spk_captured_end(&s.on, s.on.end);
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
