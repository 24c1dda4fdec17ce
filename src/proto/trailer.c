/*
 * The network layer's own length (ip.len, ipv6.plen, the end of an ARP message, an 802.3 length) says where the payload
 * ends. IEEE 802.3 section 3.2.7: a frame without its check sequence has at least 60 bytes, so zeros up to there are
 * padding. Whether a check sequence was captured nobody says: it is assumed where the frame has at least 64 bytes and four
 * are left over.
 */
#include "proto/trailer.h"

#include <string.h>

enum { LEAST_FRAME = 60, LEAST_FRAME_WITH_FCS = 64, FCS_LEN = 4 };

struct trailer {
    unsigned owner;   /* layer whose payload ends early */
    uint32_t begin;   /* first byte left over, before padding is taken off */
    uint32_t padding; /* bytes of padding at begin */
    uint32_t end;     /* on the wire */
};

/* Layers whose payload an EtherType names: the frame itself, and each tag. They own what is left over. */
static bool names_ethertype(const struct spk_packet *packet, unsigned layer)
{
    const struct spk_proto *proto = spk_layer_proto(packet, layer);
    for (const struct spk_next *next = proto->next; next != NULL && next->space != NULL; next++) {
        if (next->via != NULL && strcmp(next->via, "ethertype") == 0) {
            return true;
        }
    }
    return false;
}

/* Layers that have no length and let the payload's count for theirs: those above, and label stacks. */
static bool has_open_end(const struct spk_packet *packet, unsigned layer)
{
    const struct spk_next *next = spk_layer_proto(packet, layer)->next;
    return names_ethertype(packet, layer) || (next != NULL && next->pick == SPK_PICK_NIBBLE);
}

static uint32_t frame_end(const struct spk_packet *packet, unsigned layer)
{
    return layer == 0 ? packet->len - packet->fcs_len : packet->layers[layer - 1].end;
}

/* False: what might be padding was not captured, so nobody knows. */
static bool count_padding(const struct spk_packet *packet, uint32_t begin, uint32_t left, uint32_t *padding)
{
    *padding = 0;
    if (packet->len < LEAST_FRAME || packet->len - left >= LEAST_FRAME) {
        return true;
    }
    uint32_t missing = LEAST_FRAME - (packet->len - left);
    uint32_t most = missing < left ? missing : left;
    for (uint32_t i = 0; i < most; i++) {
        if (begin + i >= packet->caplen) {
            return false;
        }
        if (packet->data[begin + i] != 0) {
            return true;
        }
    }
    *padding = most;
    return true;
}

/* Whether no layer from one on ends before the frame does: most packets have nothing left over. */
static bool all_reach(const struct spk_packet *packet, unsigned layer, uint32_t end)
{
    while (layer < packet->count && packet->layers[layer].end >= end) {
        layer++;
    }
    return layer == packet->count;
}

/* What the frame of the layer has left over; false: nothing. */
static bool find(const struct spk_packet *packet, unsigned layer, struct trailer *trailer)
{
    uint32_t end = frame_end(packet, layer);
    unsigned at = layer;
    if (all_reach(packet, layer, end)) {
        return false;
    }
    while (packet->layers[at].end == end && at + 1 < packet->count && has_open_end(packet, at)) {
        at++;
    }
    if (packet->layers[at].end >= end) {
        return false;
    }
    /* A tag's own 802.3 length makes the tag the owner, a guest's length the layer that holds the guest. */
    trailer->owner = at;
    while (trailer->owner > layer && !names_ethertype(packet, trailer->owner)) {
        trailer->owner--;
    }
    trailer->begin = packet->layers[at].end;
    trailer->end = end;
    /* A check sequence known to be there counts for the frame's length, and for what is left over only without tags. */
    uint32_t left = end - trailer->begin + (layer == 0 && trailer->owner == layer ? packet->fcs_len : 0);
    return count_padding(packet, trailer->begin, left, &trailer->padding);
}

/* As much of it as was captured. */
static bool give(const struct spk_packet *packet, uint32_t begin, uint32_t end, struct spk_value *value)
{
    end = end < packet->caplen ? end : packet->caplen;
    if (begin >= end) {
        return false;
    }
    value->kind = SPK_BYTES;
    value->data = packet->data + begin;
    value->len = end - begin;
    return true;
}

/* Whether what is left over seems to end with a check sequence that nobody told of. */
static bool has_fcs(const struct spk_packet *packet, unsigned layer, const struct trailer *trailer)
{
    return trailer->owner == layer && (layer > 0 || packet->fcs_len == 0)
           && trailer->end - packet->layers[layer].at >= LEAST_FRAME_WITH_FCS
           && trailer->end - trailer->begin - trailer->padding >= FCS_LEN;
}

bool spk_trailer_padding(const struct spk_place *place, struct spk_value *value)
{
    struct trailer trailer;
    return find(place->packet, place->layer, &trailer)
           && give(place->packet, trailer.begin, trailer.begin + trailer.padding, value);
}

bool spk_trailer_fcs(const struct spk_place *place, struct spk_value *value)
{
    struct trailer trailer;
    const struct spk_packet *packet = place->packet;
    uint32_t end = packet->len;
    bool known = place->layer == 0 && packet->fcs_len == FCS_LEN;
    if (!known) {
        if (!find(packet, place->layer, &trailer) || !has_fcs(packet, place->layer, &trailer)) {
            return false;
        }
        end = trailer.end;
    }
    if (end > packet->caplen) {
        return false;
    }
    value->u = 0;
    for (uint32_t i = end - FCS_LEN; i < end; i++) {
        value->u = value->u << 8 | packet->data[i];
    }
    return true;
}

bool spk_trailer_bytes(const struct spk_place *place, struct spk_value *value)
{
    struct trailer trailer;
    const struct spk_packet *packet = place->packet;
    if (!find(packet, place->layer, &trailer) || trailer.owner != place->layer) {
        return false;
    }
    uint32_t end = has_fcs(packet, place->layer, &trailer) ? trailer.end - FCS_LEN : trailer.end;
    return give(packet, trailer.begin + trailer.padding, end, value);
}

bool spk_trailer_rest(const struct spk_place *place, struct spk_value *value)
{
    struct trailer trailer;
    return find(place->packet, place->layer, &trailer) && trailer.owner == place->layer
           && give(place->packet, trailer.begin + trailer.padding, trailer.end, value);
}
