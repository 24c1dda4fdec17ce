/*
 * UDP, User Datagram Protocol: RFC 768; RFC 2675 section 4 for jumbograms.
 *
 *       0              15 16             31
 *      +-----------------+-----------------+
 *      |     srcport     |     dstport     |
 *      +-----------------+-----------------+
 *      |     length      |    checksum     |
 *      +-----------------+-----------------+
 *      |             payload ...
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"

enum { SRCPORT, DSTPORT, PORT, LENGTH, CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, PAYLOAD };

/* No sum is computed to say that nobody checked it; but a sender may leave it out. */
static bool get_status(const struct spk_place *place, struct spk_value *value)
{
    bool absent = spk_place_at(place, CHECKSUM) != UINT32_MAX && spk_place_uint(place, CHECKSUM) == 0;

    value->kind = SPK_UINT;
    value->u = absent ? SPK_CSUM_ABSENT : SPK_CSUM_UNVERIFIED;
    return true;
}

/* All that the layer below carries, even where length says less: what is behind the datagram is shown too. */
static bool get_payload(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_packet *packet = place->packet;
    const struct spk_layer *layer = &packet->layers[place->layer];
    uint32_t begin = layer->at + layer->hdr_len;
    uint32_t end = place->layer > 0 ? packet->layers[place->layer - 1].end : packet->len;

    if (end > packet->caplen)
        end = packet->caplen;

    /* a length of the header alone says that there is none, whatever stands behind it */
    if (begin >= end || (layer->flags & SPK_LAYER_SHORT) != 0 || spk_place_uint(place, LENGTH) == layer->hdr_len)
        return false;
    value->kind = SPK_BYTES;
    value->data = packet->data + begin;
    value->len = end - begin;
    return true;
}

static const struct spk_row rows[] = {
    [SRCPORT] = {
        .name = "udp.srcport", .attr = "sport", .kind = SPK_UINT, .bits = 16,
        .doc = "Source port; 0 when no reply is expected.",
    },
    [DSTPORT] = {
        .name = "udp.dstport", .attr = "dport", .kind = SPK_UINT, .bits = 16,
        .doc = "Destination port.",
    },
    [PORT] = {
        .name = "udp.port", .kind = SPK_UINT, .bits = 16, .view = SPK_EITHER(SRCPORT, DSTPORT),
        .doc = "Either port: the source port, then the destination port.",
    },
    /* RFC 2675 section 4: 0 when the datagram is too long for 16 bits. */
    [LENGTH] = {
        .name = "udp.length", .attr = "ulen", .kind = SPK_UINT, .bits = 16, .flags = SPK_ZERO_IS_REST,
        .doc = "Header and payload, in bytes; 0 in a jumbogram.",
    },
    /* RFC 768: 0 says "no checksum"; a sum that comes to 0 is sent as ffff. */
    [CHECKSUM] = {
        .name = "udp.checksum", .attr = "checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .flags = SPK_ZERO_IS_NONE,
        .doc = "Internet checksum over the pseudo header, the header and the payload; 0: none.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("udp.checksum.status", get_status),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("udp.checksum_good"),
    [PAYLOAD] = {
        .name = "udp.payload", .attr = "payload_bytes", .kind = SPK_BYTES, .view = SPK_CALL(get_payload),
        .doc = "The bytes after the header, as far as they were captured.",
    },
};

const struct spk_proto spk_proto_udp = {
    .name = "udp", .pyclass = "UDP", .title = "User Datagram Protocol", .spec = "RFC 768",
    .hdr = { .name = "UDP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(LENGTH, 1, 0),
    .csum = CHECKSUM, .covers = SPK_COVERS_PSEUDO,
    .next = SPK_NEXTS({ .space = "udp.port", .pick = SPK_PICK_LOWER, .keys = { SRCPORT, DSTPORT } }),
    .sits = SPK_SITS({ "ip.proto", 17 }),
};
