/*
 * flow: which conversation a packet belongs to. All of it follows from rows: the layer that has a source, those behind it
 * that only lead on to the message (extension headers), and the ports by which that message says who is next.
 */
#include "base/hash.h"
#include "packet/checksum.h"
#include "packet/layer.h"

#include <string.h>

enum { ADDRESS_MAX = 16, PORT_BITS = 16, ENDPOINT_MAX = ADDRESS_MAX + PORT_BITS / 8 };

/* SipHash-2-4, as it was published; that for tables has fewer rounds. */
enum { ROUNDS_A_WORD = 2, ROUNDS_AT_END = 4 };

static bool is_short(const struct spk_packet *packet, unsigned index)
{
    return (packet->layers[index].flags & SPK_LAYER_SHORT) != 0;
}

/* The outermost layer that has a source, or count: there is none, or not all of its header was captured. */
static unsigned find_addresses(const struct spk_packet *packet)
{
    unsigned index = 0;
    while (index < packet->count && spk_layer_cproto(packet, index)->proto->src == 0) {
        index++;
    }
    return index < packet->count && !is_short(packet, index) ? index : packet->count;
}

/* Whether a layer opens the very space in which it sits itself, and so leads on to what the addresses are for. */
static bool leads_on(const struct spk_packet *packet, unsigned index)
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, index);
    const struct spk_proto *before = spk_layer_cproto(packet, index - 1)->proto;
    uint8_t by = packet->layers[index - 1].next;
    if (by == 0 || is_short(packet, index) || proto->proto->src != 0 || proto->number.bit == SPK_NOWHERE) {
        return false;
    }
    for (uint8_t i = 0; i < proto->next_count; i++) {
        if (strcmp(packet->registry->spaces[proto->next[i].space], before->next[by - 1].space) == 0) {
            return true;
        }
    }
    return false;
}

/* The ports of a message, as far as its header was captured; else they stay 0. */
static void find_ports(const struct spk_packet *packet, unsigned index, uint32_t ports[2])
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, index);
    const struct spk_layer *layer = &packet->layers[index];
    for (uint8_t i = 0; i < proto->next_count; i++) {
        const struct spk_cplace *keys = proto->next[i].keys;
        for (unsigned k = 0; k < 2 && proto->next[i].pick == SPK_PICK_LOWER; k++) {
            if (keys[k].width == PORT_BITS && (keys[k].bit + PORT_BITS + 7) / 8 <= layer->hdr_len) {
                ports[k] = (uint32_t)spk_load_bits(packet->data + layer->at, keys[k].bit, PORT_BITS);
            }
        }
    }
}

/* The address, then the port in the order of the network. Gives the bytes. */
static size_t put_endpoint(uint8_t *to, const uint8_t *address, uint32_t len, uint32_t port)
{
    memcpy(to, address, len);
    spk_store16(to + len, (uint16_t)port);
    return len + sizeof(uint16_t);
}

bool spk_flow_hash(const struct spk_packet *packet, uint64_t *hash)
{
    static const struct spk_hash_key no_key;
    uint8_t ends[2][ENDPOINT_MAX], bytes[2 * ENDPOINT_MAX + 1];
    uint32_t ports[2] = { 0, 0 };
    struct spk_covered pseudo;
    unsigned last = find_addresses(packet);
    if (last == packet->count) {
        return false;
    }
    while (!spk_layer_is_piece(packet, last) && last + 1 < packet->count && leads_on(packet, last + 1)) {
        last++;
    }
    if (!spk_layer_is_piece(packet, last) && last + 1 < packet->count) {
        find_ports(packet, last + 1, ports);
    }
    spk_pseudo_find(packet, last + 1, &pseudo);
    if (pseudo.address_count < 2 || pseudo.addresses[0].len != pseudo.addresses[1].len
        || pseudo.addresses[0].len > ADDRESS_MAX) {
        return false;
    }
    /* where the packet goes stands before where it comes from there */
    size_t len = put_endpoint(ends[0], pseudo.addresses[1].data, pseudo.addresses[1].len, ports[0]);
    put_endpoint(ends[1], pseudo.addresses[0].data, pseudo.addresses[0].len, ports[1]);
    unsigned lower = memcmp(ends[0], ends[1], len) > 0;
    memcpy(bytes, ends[lower], len);
    memcpy(bytes + len, ends[!lower], len);
    bytes[2 * len] = (uint8_t)spk_layer_number(packet, last);
    *hash = spk_hash_rounds(no_key, bytes, 2 * len + 1, ROUNDS_A_WORD, ROUNDS_AT_END);
    return true;
}
