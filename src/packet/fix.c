/*
 * fix: lengths and checksums, computed from what the rows name and written into the packet's own bytes. Only ever on
 * request; what was wrong on purpose stays wrong otherwise.
 */
#include <steelpkt/packet.h>

#include "base/csum.h"
#include "packet/checksum.h"
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
    bool there = proto->len.place.bit + proto->len.place.width <= layer->hdr_len * 8;
    if (proto->sets_len && there && spk_cwhen_holds(&proto->len_when, header, 0)) {
        fix_ref(header, &proto->len, captured_end(packet, layer) - layer->at);
    }
}

static void fix_checksum(const struct spk_packet *packet, uint8_t *data, unsigned index)
{
    struct spk_covered covered;
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    if (!spk_checksum_covers(packet, index, &covered)) {
        return;
    }
    const struct spk_row *row = proto->hdr->rows[proto->proto->csum].row;
    const uint8_t *header = data + layer->at;
    uint8_t *place = data + covered.csum;
    /* without the checksum that stands there: taken away from the sum, not from the bytes, which are then read as stored */
    uint64_t sum = spk_csum_add(covered.sum, header, covered.len);
    uint16_t csum = spk_csum_done(spk_csum_without(sum, spk_load16(place)));
    if (csum == 0) {
        /* bytes that add up to no carry at all, or are all zero: only a sum of them alone can tell */
        spk_store16(place, 0);
        csum = spk_csum_done(spk_csum_add(covered.sum, header, covered.len));
    }
    if (csum == 0 && (row->flags & SPK_ZERO_IS_NONE) != 0) {
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
