/*
 * checksum: what the checksum of a layer covers. The pseudo header has the addresses of the layers below: the source and
 * where the packet goes in the end, which a source route or a routing header knows better than the header before it.
 */
#include "packet/checksum.h"

#include "base/csum.h"
#include "packet/walk.h"
#include "wire/row.h"

#include <string.h>

static const struct spk_cproto *proto_of(const struct spk_packet *packet, unsigned index)
{
    return &packet->registry->protos[packet->layers[index].proto];
}

/* What the rows of the layers below say: a quoted packet's lie above the message that quotes it. */
static bool is_boundary(const struct spk_packet *packet, unsigned index)
{
    return (proto_of(packet, index)->flags & SPK_QUOTES) != 0;
}

/* Adds the address in a row of the layer, 4 or 16 bytes. False: the row says that there is none. */
static bool add_address(const struct spk_packet *packet, unsigned index, int row, uint64_t *sum)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_crow *crow = &proto_of(packet, index)->hdr->rows[row];
    struct spk_scratch scratch;
    struct spk_value value = { .kind = crow->row->kind };
    uint32_t at = layer->at + (crow->bit != SPK_NOWHERE ? crow->bit / 8 : 0);
    struct spk_place place = { .packet = packet, .layer = index, .at = at, .end = packet->caplen, .scratch = &scratch };
    if (crow->row->view.get != NULL && crow->row->view.get(&place, &value)
        && spk_value_holds(packet, crow->row, &scratch, &value)) {
        uint8_t bytes[4];
        spk_store32(bytes, (uint32_t)value.u);
        bool four = crow->row->kind == SPK_IP4;
        *sum = spk_csum_add(*sum, four ? bytes : value.data, four ? 4 : value.len);
        return true;
    }
    if (crow->row->view.op == SPK_VIEW_CALL) {
        return false;
    }
    *sum = spk_csum_add(*sum, packet->data + at, crow->row->bits / 8);
    return true;
}

/* The protocol number that a pseudo header takes: the key by which the layer before says who follows. */
static uint32_t protocol_number(const struct spk_packet *packet, unsigned index)
{
    const struct spk_cproto *proto = proto_of(packet, index - 1);
    const uint8_t *header = packet->data + packet->layers[index - 1].at;
    return proto->number.bit == SPK_NOWHERE ? 0 : (uint32_t)spk_cplace_load(&proto->number, header);
}

/*
 * Sums the pseudo header of RFC 768 (IPv4) or RFC 8200 section 8.1 (IPv6). Where no addresses lie below, they and the
 * protocol number count as zero.
 */
static uint64_t pseudo_sum(const struct spk_packet *packet, unsigned index, uint8_t covers, uint32_t len)
{
    uint64_t sum = spk_csum_add_number(0, len);
    bool has_dst = false;
    for (unsigned below = index; below-- > 0 && !is_boundary(packet, below);) {
        const struct spk_cproto *proto = proto_of(packet, below);
        if (proto->proto->src != 0 && covers == SPK_COVERS_PSEUDO6
            && proto->hdr->rows[proto->proto->src].row->kind != SPK_IP6) {
            return 0;
        }
        if (proto->proto->dst != 0 && !has_dst) {
            has_dst = add_address(packet, below, proto->proto->dst, &sum);
        }
        if (proto->proto->src != 0) {
            add_address(packet, below, proto->proto->src, &sum);
            return spk_csum_add_number(sum, protocol_number(packet, index));
        }
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
static bool is_piece(const struct spk_packet *packet, unsigned index)
{
    while (index-- > 0 && !is_boundary(packet, index)) {
        const struct spk_cwhen *piece = &proto_of(packet, index)->piece;
        if (piece->test != SPK_ALWAYS && spk_cwhen_holds(piece, packet->data + packet->layers[index].at, 0)) {
            return true;
        }
    }
    return false;
}

/* Whether the layer's checksum itself was captured, and where it stands. */
static bool has_checksum(const struct spk_packet *packet, unsigned index, uint32_t *at)
{
    const struct spk_layer *layer = &packet->layers[index];
    const struct spk_cproto *proto = proto_of(packet, index);
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
    const struct spk_cproto *proto = proto_of(packet, index);
    uint8_t covers = proto->proto->covers;
    if (!has_checksum(packet, index, &covered->csum)) {
        return false;
    }
    covered->sum = 0;
    covered->len = layer->hdr_len;
    if (covers == SPK_COVERS_HEADER) {
        return (layer->flags & SPK_LAYER_SHORT) == 0;
    }
    uint32_t end = covered_end(packet, index);
    if (end > packet->caplen || is_piece(packet, index)) {
        return false;
    }
    covered->len = end - layer->at;
    if (covers >= SPK_COVERS_PSEUDO) {
        covered->sum = pseudo_sum(packet, index, covers, covered->len);
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
    const struct spk_cproto *proto = proto_of(packet, layer);
    bool zero_is_none = (proto->hdr->rows[proto->proto->csum].row->flags & SPK_ZERO_IS_NONE) != 0;
    if (zero_is_none && spk_load16(packet->data + covered.csum) == 0) {
        return SPK_CSUM_ABSENT;
    }
    if (!spk_checksum_covers(packet, layer, &covered)
        || (proto->proto->covers != SPK_COVERS_HEADER && is_quoted(packet, layer))) {
        return SPK_CSUM_UNVERIFIED;
    }
    const uint8_t *header = packet->data + packet->layers[layer].at;
    return spk_csum_done(spk_csum_add(covered.sum, header, covered.len)) == 0 ? SPK_CSUM_GOOD : SPK_CSUM_BAD;
}
