/*
 * fix: lengths and checksums, computed from what the rows name and written into the packet's own bytes. Only ever on
 * request; what was wrong on purpose stays wrong otherwise.
 */
#include <steelpkt/packet.h>

#include "base/csum.h"
#include "wire/row.h"

static uint32_t captured_end(const struct spk_packet *packet, const struct spk_layer *layer)
{
    return layer->end < packet->caplen ? layer->end : packet->caplen;
}

/* Writes len so that ref gives it back; a length that its row cannot hold is left at what fits (as the wire would). */
static inline void fix_ref(uint8_t *header, const struct spk_cref *ref, uint32_t len)
{
    if (ref->mul == 0 || (int64_t)len < ref->add) {
        return;
    }
    uint64_t number = (uint64_t)((int64_t)len - ref->add);
    number = ref->shift != SPK_NO_SHIFT ? number >> ref->shift : number / (uint64_t)ref->mul;
    bool too_long = ref->place.width < 64 && number >> ref->place.width != 0;
    spk_cplace_store(&ref->place, header, too_long && ref->zero_is_rest ? 0 : number);
}

static void fix_lengths(const struct spk_packet *packet, uint8_t *data, unsigned index)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    uint8_t *header = data + layer->at;
    if (proto->extent == SPK_EXTENT_REF) {
        fix_ref(header, &proto->hlen, layer->hdr_len);
    }
    if (proto->sets_len && spk_cwhen_holds(&proto->len_when, header, 0)) {
        fix_ref(header, &proto->len, captured_end(packet, layer) - layer->at);
    }
}

/* The nearest layer below with address rows; -1: none. */
static int addressed_layer(const struct spk_packet *packet, unsigned index)
{
    while (index-- > 0) {
        const struct spk_proto *proto = packet->registry->protos[packet->layers[index].proto].proto;
        if (proto->src != 0 || proto->dst != 0) {
            return (int)index;
        }
    }
    return -1;
}

/* The protocol number that a pseudo header takes: the key by which the layer before says who follows. */
static uint32_t protocol_number(const struct spk_packet *packet, unsigned index)
{
    const struct spk_layer *before = &packet->layers[index - 1];
    const struct spk_cproto *proto = &packet->registry->protos[before->proto];
    return proto->number.bit == SPK_NOWHERE ? 0 : (uint32_t)spk_cplace_load(&proto->number, packet->data + before->at);
}

/*
 * Sums the pseudo header of RFC 768 (IPv4) or RFC 8200 section 8.1 (IPv6). Where no addresses lie below, they and the
 * protocol number count as zero.
 */
static uint64_t pseudo_sum(const struct spk_packet *packet, unsigned index, uint8_t covers, uint32_t len)
{
    int below = addressed_layer(packet, index);
    if (below < 0) {
        return spk_csum_add_number(0, len);
    }
    const struct spk_layer *layer = &packet->layers[below];
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    const struct spk_crow *src = &proto->hdr->rows[proto->proto->src];
    const struct spk_crow *dst = &proto->hdr->rows[proto->proto->dst];
    if (covers == SPK_COVERS_PSEUDO6 && src->row->kind != SPK_IP6) {
        return 0;
    }
    const uint8_t *header = packet->data + layer->at;
    uint64_t sum = spk_csum_add(0, header + src->bit / 8, src->row->bits / 8);
    sum = spk_csum_add(sum, header + dst->bit / 8, dst->row->bits / 8);
    sum = spk_csum_add_number(sum, protocol_number(packet, index));
    return spk_csum_add_number(sum, len);
}

/* Where what a checksum covers ends: a length that is that of a quoted packet does not end the message. */
static uint32_t covered_end(const struct spk_packet *packet, unsigned index)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    bool quotes = proto->len.mul != 0 && !proto->sets_len;
    if (!quotes && (proto->flags & SPK_HAS_TAIL) == 0) {
        return layer->end;
    }
    return index > 0 ? packet->layers[index - 1].end : packet->len - packet->fcs_len;
}

static void fix_checksum(const struct spk_packet *packet, uint8_t *data, unsigned index)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    uint8_t covers = proto->proto->covers;
    uint32_t end = covered_end(packet, index);
    if (covers == SPK_COVERS_NOTHING || end > packet->caplen) {
        return;
    }
    const struct spk_crow *row = &proto->hdr->rows[proto->proto->csum];
    uint8_t *header = data + layer->at;
    uint8_t *place = header + row->bit / 8;
    uint32_t len = covers == SPK_COVERS_HEADER ? layer->hdr_len : end - layer->at;
    uint64_t pseudo = covers >= SPK_COVERS_PSEUDO ? pseudo_sum(packet, index, covers, len) : 0;
    /* without the checksum that stands there: taken away from the sum, not from the bytes, which are then read as stored */
    uint16_t csum = spk_csum_done(spk_csum_without(spk_csum_add(pseudo, header, len), spk_load16(place)));
    if (csum == 0) {
        /* bytes that add up to no carry at all, or are all zero: only a sum of them alone can tell */
        spk_store16(place, 0);
        csum = spk_csum_done(spk_csum_add(pseudo, header, len));
    }
    if (csum == 0 && (row->row->flags & SPK_ZERO_IS_NONE) != 0) {
        csum = 0xffff;
    }
    spk_store16(place, csum);
}

void spk_packet_fix(const struct spk_packet *packet, uint8_t *data, unsigned flags)
{
    for (unsigned i = packet->count; i-- > 0;) {
        /* nothing to write to: cut short, or a protocol without a header (raw IP) */
        if ((packet->layers[i].flags & SPK_LAYER_SHORT) != 0 || packet->layers[i].hdr_len == 0) {
            continue;
        }
        if ((flags & SPK_FIX_LENGTHS) != 0) {
            fix_lengths(packet, data, i);
        }
        if ((flags & SPK_FIX_CHECKSUMS) != 0) {
            fix_checksum(packet, data, i);
        }
    }
}
