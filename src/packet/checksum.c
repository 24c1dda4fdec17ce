/*
 * checksum: what the checksum of a layer covers. The pseudo header has the addresses of the layers below: the source and
 * where the packet goes in the end, which a source route or a routing header knows better than the header before it.
 */
#include "packet/checksum.h"

#include "base/csum.h"
#include "packet/layer.h"
#include "packet/walk.h"

#include <string.h>

/* What the rows of the layers below say: a quoted packet's lie above the message that quotes it. */
static bool is_boundary(const struct spk_packet *packet, unsigned index)
{
    return (spk_layer_cproto(packet, index)->flags & SPK_QUOTES) != 0;
}

static void add_bytes(struct spk_covered *covered, const uint8_t *data, uint32_t len)
{
    covered->addresses[covered->address_count].data = data;
    covered->addresses[covered->address_count++].len = len;
}

struct spk_place spk_address_place(const struct spk_packet *packet, unsigned index, const struct spk_crow *crow,
                                   struct spk_scratch *scratch)
{
    return (struct spk_place){
        .packet = packet,
        .layer = index,
        .at = packet->layers[index].at + (crow->bit != SPK_NOWHERE ? crow->bit / 8 : 0),
        .end = packet->caplen,
        .scratch = scratch,
    };
}

/* Adds the address that a view computes at a row's place. False: it says that the row's own counts. */
static bool add_computed(const struct spk_packet *packet, unsigned index, const struct spk_crow *crow,
                         struct spk_covered *covered)
{
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_place place = spk_address_place(packet, index, crow, &scratch);
    if (!spk_address_computed(crow->row, &place, &value)) {
        return false;
    }
    uint8_t *room = covered->computed[covered->address_count];
    uint32_t len = sizeof covered->computed[0];
    if (crow->row->kind == SPK_IP4) {
        len = 4;
        spk_store32(room, (uint32_t)value.u);
    } else {
        len = value.len < len ? value.len : len;
        memcpy(room, value.data, len);
    }
    add_bytes(covered, room, len);
    return true;
}

/* Adds the address in a row of the layer, 4 or 16 bytes. False: the row says that there is none. */
static bool add_address(const struct spk_packet *packet, unsigned index, int row, struct spk_covered *covered)
{
    const struct spk_crow *crow = &spk_layer_cproto(packet, index)->hdr->rows[row];
    if (crow->row->view.get != NULL && add_computed(packet, index, crow, covered)) {
        return true;
    }
    if (crow->row->view.op == SPK_VIEW_CALL) {
        return false;
    }
    add_bytes(covered, packet->data + packet->layers[index].at + crow->bit / 8, crow->row->bits / 8);
    return true;
}

/*
 * Fills in the pseudo header of RFC 768 (IPv4) or RFC 8200 section 8.1 (IPv6). Where no addresses lie below, they and the
 * protocol number count as zero; where the message has no such header there (IPv6's over IPv4), all of it does.
 */
static void add_pseudo(const struct spk_packet *packet, unsigned index, uint8_t covers, struct spk_covered *covered)
{
    bool has_dst = false;
    covered->numbers = spk_csum_add_number(0, covered->len);
    for (unsigned below = index; below-- > 0 && !is_boundary(packet, below);) {
        const struct spk_proto *proto = spk_layer_cproto(packet, below)->proto;
        if (proto->src != 0 && covers == SPK_COVERS_PSEUDO6
            && spk_layer_cproto(packet, below)->hdr->rows[proto->src].row->kind != SPK_IP6) {
            covered->numbers = 0;
            covered->address_count = 0;
            return;
        }
        if (proto->dst != 0 && !has_dst) {
            has_dst = add_address(packet, below, proto->dst, covered);
        }
        if (proto->src != 0) {
            add_address(packet, below, proto->src, covered);
            covered->numbers = spk_csum_add_number(covered->numbers, spk_layer_number(packet, index - 1));
            return;
        }
    }
}

void spk_pseudo_find(const struct spk_packet *packet, unsigned index, struct spk_covered *covered)
{
    *covered = (struct spk_covered){ .len = 0 };
    add_pseudo(packet, index, SPK_COVERS_PSEUDO, covered);
}

uint64_t spk_pseudo_sum(const struct spk_covered *covered)
{
    uint64_t sum = covered->numbers;
    for (uint8_t i = 0; i < covered->address_count; i++) {
        sum = spk_csum_add(sum, covered->addresses[i].data, covered->addresses[i].len);
    }
    return sum;
}

/* Where what a checksum covers ends: a length that is that of a quoted packet does not end the message. */
static uint32_t covered_end(const struct spk_packet *packet, unsigned index)
{
    if (!is_boundary(packet, index)) {
        return packet->layers[index].end;
    }
    return index > 0 ? packet->layers[index - 1].end : packet->len - packet->fcs_len;
}

/* Whether a layer below holds only a piece of what stands in it. */
static bool is_in_piece(const struct spk_packet *packet, unsigned index)
{
    while (index-- > 0 && !is_boundary(packet, index)) {
        if (spk_layer_is_piece(packet, index)) {
            return true;
        }
    }
    return false;
}

/* Whether the layer's checksum itself was captured, and where it stands. */
static bool has_checksum(const struct spk_packet *packet, unsigned index, uint32_t *at)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = spk_layer_cproto(packet, index);
    if (proto->proto->covers == SPK_COVERS_NOTHING) {
        return false;
    }
    uint32_t offset = proto->hdr->rows[proto->proto->csum].bit / 8;
    *at = layer->at + offset;
    return layer->hdr_len >= offset + 2;
}

bool spk_checksum_covers(const struct spk_packet *packet, unsigned index, struct spk_covered *covered)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = spk_layer_cproto(packet, index);
    uint8_t covers = proto->proto->covers;
    if (!has_checksum(packet, index, &covered->csum)) {
        return false;
    }
    covered->numbers = 0;
    covered->address_count = 0;
    covered->len = layer->hdr_len;
    if (covers == SPK_COVERS_HEADER) {
        return (layer->flags & SPK_LAYER_SHORT) == 0;
    }
    uint32_t end = covered_end(packet, index);
    if (end > packet->caplen || is_in_piece(packet, index)) {
        return false;
    }
    covered->len = end - layer->at;
    if (covers >= SPK_COVERS_PSEUDO) {
        add_pseudo(packet, index, covers, covered);
    }
    return true;
}

/* Of what an error message quotes, nobody knows whether it is all there. */
static bool is_quoted(const struct spk_packet *packet, unsigned index)
{
    while (index-- > 0) {
        if (is_boundary(packet, index)) {
            return true;
        }
    }
    return false;
}

enum spk_csum_state spk_layer_checksum(const struct spk_packet *packet, unsigned layer)
{
    struct spk_covered covered;
    if (layer >= packet->count || !has_checksum(packet, layer, &covered.csum)) {
        return SPK_CSUM_UNVERIFIED;
    }
    const struct spk_cproto *proto = spk_layer_cproto(packet, layer);
    bool zero_is_none = (proto->hdr->rows[proto->proto->csum].row->flags & SPK_ZERO_IS_NONE) != 0;
    if (zero_is_none && spk_load16(packet->data + covered.csum) == 0) {
        return SPK_CSUM_ABSENT;
    }
    if (!spk_checksum_covers(packet, layer, &covered)
        || (proto->proto->covers != SPK_COVERS_HEADER && is_quoted(packet, layer))) {
        return SPK_CSUM_UNVERIFIED;
    }
    const uint8_t *header = packet->data + packet->layers[layer].at;
    return spk_csum_done(spk_csum_add(spk_pseudo_sum(&covered), header, covered.len)) == 0 ? SPK_CSUM_GOOD
                                                                                           : SPK_CSUM_BAD;
}
