/*
 * decode: bytes to layers. One loop: where does this header end, where does its payload end, who is next. It allocates
 * nothing and cannot fail; where it cannot go on it says why and leaves the rest as payload.
 */
#include <steelpkt/packet.h>

#include "packet/walk.h"
#include "wire/row.h"

/* Where decoding stands. */
struct state {
    struct spk_packet *packet;
    const struct spk_registry *registry;
    uint32_t at;        /* first byte of the next header */
    uint32_t end;       /* of the payload it lies in, on the wire */
    uint32_t again;     /* protocol of the last layer that may repeat, or SPK_NOWHERE */
    uint32_t again_at;  /* where it ended */
    uint32_t again_end; /* where the payload it lies in ends */
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
    if (!spk_cwhen_holds(&proto->len_when, header, 0)) {
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
static inline uint32_t find_next(const struct state *s, const struct spk_cproto *proto, struct spk_layer *layer)
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
            layer->next = (uint8_t)(i + 1);
        }
        uint32_t found = look(s, next, header, s->at);
        if (found != SPK_NOWHERE) {
            layer->next = (uint8_t)(i + 1);
            return found;
        }
    }
    return SPK_NOWHERE;
}

/* Places one layer and moves behind its header. Gives who follows, or SPK_NOWHERE. */
static inline uint32_t place(struct state *s, uint32_t index)
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
    if ((proto->flags & SPK_REPEATS) != 0) {
        s->again = index;
        s->again_at = layer->end;
        s->again_end = s->end;
    }
    s->end = layer->end;
    return find_next(s, proto, layer);
}

/* Where a message in a stream segment ended, the next one begins. Gives its protocol, or SPK_NOWHERE. */
static uint32_t repeat(struct state *s)
{
    uint32_t next = s->again;
    if (next != SPK_NOWHERE && s->again_at < captured_end(s->packet, s->again_end)) {
        s->at = s->again_at;
        s->end = s->again_end;
        s->again = SPK_NOWHERE;
        return next;
    }
    return SPK_NOWHERE;
}

static void run(struct state *s, uint32_t next)
{
    struct spk_packet *packet = s->packet;
    uint32_t raw = s->registry->raw_proto;
    while (next != SPK_NOWHERE) {
        if (packet->count == SPK_LAYERS_MAX) {
            stop(packet, SPK_STOP_TOO_DEEP, (uint16_t)next, s->at, 0, captured_end(packet, s->end) - s->at, NULL);
            return;
        }
        next = place(s, next);
        bool payload = s->at < captured_end(packet, s->end);
        if (!payload) {
            next = SPK_NOWHERE;
        } else if (next == SPK_NOWHERE && raw != SPK_NOWHERE && packet->stop.reason == SPK_STOP_NOT
                   && packet->layers[packet->count - 1].proto != raw) {
            next = raw;
        }
        if (next == SPK_NOWHERE && packet->stop.reason == SPK_STOP_NOT) {
            next = repeat(s);
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

static void run_link(const struct spk_registry *registry, uint16_t link, struct spk_packet *packet)
{
    struct state s = {
        .packet = packet, .registry = registry, .end = packet->len - packet->fcs_len, .again = SPK_NOWHERE
    };
    uint32_t first = spk_link_look(registry, registry->link_space, link);
    run(&s, first != SPK_NOWHERE ? first : registry->raw_proto);
}

void spk_decode(const struct spk_registry *registry, uint16_t link, const uint8_t *data, uint32_t caplen, uint32_t len,
                struct spk_packet *packet)
{
    begin(registry, data, caplen, len, packet);
    run_link(registry, link, packet);
}

void spk_decode_record(const struct spk_registry *registry, const struct spk_record *record, struct spk_packet *packet)
{
    begin(registry, record->data, record->caplen, record->len, packet);
    if (record->link == SPK_LINK_ETHERNET && record->fcs_len <= packet->len) {
        packet->fcs_len = record->fcs_len;
    }
    run_link(registry, record->link, packet);
}

void spk_decode_as(const struct spk_registry *registry, const struct spk_proto *proto, const uint8_t *data,
                   uint32_t caplen, uint32_t len, struct spk_packet *packet)
{
    begin(registry, data, caplen, len, packet);
    struct state s = { .packet = packet, .registry = registry, .end = packet->len, .again = SPK_NOWHERE };
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (registry->protos[i].proto == proto) {
            run(&s, i);
            return;
        }
    }
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
