/* kept: on what it depends what there is to fix, so that it can be told whether it holds for another packet. */
#include "packet/kept.h"

#include "packet/checksum.h"
#include "packet/layer.h"

bool spk_kept_addresses_hold(struct spk_kept *kept)
{
    const struct spk_kept_address *behind = kept->addresses + kept->address_count;
    for (const struct spk_kept_address *address = kept->addresses; address < behind; address++) {
        struct spk_value value = { .kind = address->row->kind };
        if (address->row->view.get(&address->place, &value)) {
            return false; /* good or not: who asks again will tell */
        }
    }
    return true;
}

static bool is_alike(struct spk_kept *kept, const struct spk_packet *packet, unsigned flags)
{
    return kept->count != 0 && kept->count == packet->count && kept->flags == flags
           && memcmp(kept->layers, packet->layers, packet->count * sizeof packet->layers[0]) == 0
           && spk_kept_holds(kept, packet->data);
}

/* False: it cannot be kept. */
static bool keep_number(struct spk_kept *kept, const struct spk_packet *packet, unsigned layer,
                        const struct spk_cplace *place, uint64_t mask)
{
    uint32_t header = packet->layers[layer].at;
    if (place->load != 4) {
        return false;
    }
    struct spk_four_bits number = spk_four_bits_of(place, header, mask, spk_cplace_load(place, packet->data + header));
    for (uint32_t i = 0; i < kept->number_count; i++) {
        struct spk_four_bits *other = &kept->numbers[i];
        if (other->at == number.at) { /* mostly the same number, asked for twice */
            other->mask |= number.mask;
            other->bits |= number.bits;
            return true;
        }
    }
    kept->numbers[kept->number_count++] = number;
    return true;
}

static bool keep_condition(struct spk_kept *kept, const struct spk_packet *packet, unsigned layer,
                           const struct spk_cwhen *when)
{
    bool asks = when->test != SPK_ALWAYS && when->test != SPK_ROOM;
    return !asks || keep_number(kept, packet, layer, &when->place, when->mask);
}

/* Whether a header has no options, and says so by a number that can be kept. */
static bool is_alone(const struct spk_packet *packet, unsigned layer)
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, layer);
    const struct spk_layer *there = &packet->layers[layer];
    return proto->extent == SPK_EXTENT_REF && proto->hlen.place.load == 4
           && there->hdr_len * 8 == proto->hdr->fixed_bits
           && spk_cref_bytes(&proto->hlen, spk_cplace_load(&proto->hlen.place, packet->data + there->at))
                  == there->hdr_len;
}

/* By the length that a header tells it has options, and a route in one of them. False: it cannot be kept. */
static bool keep_address(struct spk_kept *kept, const struct spk_packet *packet, unsigned layer, int row)
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, layer);
    const struct spk_crow *crow = &proto->hdr->rows[row];
    if (row == 0 || crow->row->view.get == NULL) {
        return true;
    }
    if ((crow->row->flags & SPK_PLAIN_ALONE) == 0 || !is_alone(packet, layer)) {
        kept->addresses[kept->address_count++] =
            (struct spk_kept_address){ .row = crow->row,
                                       .place = spk_address_place(packet, layer, crow, &kept->scratch) };
    }
    return proto->extent != SPK_EXTENT_REF || keep_number(kept, packet, layer, &proto->hlen.place, UINT64_MAX);
}

/* What a layer tells those above it that have a pseudo header: who they are, and for whom. */
static bool keep_pseudo(struct spk_kept *kept, const struct spk_packet *packet, unsigned layer)
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, layer);
    return keep_address(kept, packet, layer, proto->proto->dst) && keep_address(kept, packet, layer, proto->proto->src)
           && (proto->number.bit == SPK_NOWHERE || keep_number(kept, packet, layer, &proto->number, UINT64_MAX));
}

/* False: what there is to fix in this packet holds for it alone. Apart, so that those alike do not pay for it. */
static __attribute__((noinline)) bool keep(struct spk_kept *kept, const struct spk_packet *packet, unsigned flags)
{
    bool pseudo = false;
    kept->number_count = 0;
    kept->address_count = 0;
    for (unsigned i = packet->count; i-- > 0;) {
        const struct spk_cproto *proto = spk_layer_cproto(packet, i);
        if (spk_layer_is_bare(&packet->layers[i]) || !keep_condition(kept, packet, i, &proto->piece)
            || (proto->sets_len && !keep_condition(kept, packet, i, &proto->len_when))
            || (pseudo && !keep_pseudo(kept, packet, i))) {
            return false;
        }
        pseudo = pseudo || proto->proto->covers >= SPK_COVERS_PSEUDO;
    }
    memcpy(kept->layers, packet->layers, packet->count * sizeof packet->layers[0]);
    kept->flags = flags;
    return spk_series_find(&kept->series, packet, flags) == packet->count;
}

bool spk_kept_fix(struct spk_kept *kept, const struct spk_packet *packet, uint8_t *data, unsigned flags)
{
    if (!is_alike(kept, packet, flags)) {
        kept->count = keep(kept, packet, flags) ? packet->count : 0;
        if (kept->count == 0) {
            spk_packet_fix(packet, data, flags);
            return false;
        }
    }
    spk_series_write(&kept->series, data);
    return true;
}
