/*
 * Routing header of IPv6: RFC 8200 section 4.4; type 0 RFC 2460 (deprecated by RFC 5095), type 2 RFC 6275 section 6.4,
 * type 3 RFC 6554, type 4 RFC 8754.
 *
 *       0       7 8      15 16     23 24     31
 *      +---------+---------+---------+---------+
 *      |   nxt   |   len   |  type   | segleft |
 *      +---------+---------+---------+---------+
 *      |            body, by type ...          |
 *      +---------------------------------------+
 *      len counts words of eight bytes, the first not included.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include <string.h>

#include "proto/ip_protos.h"

static const struct spk_row source_rows[] = {
    {
        .name = "ipv6.routing.src.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 32,
        .doc = "Four bytes without a meaning.",
    },
    {
        .name = "ipv6.routing.src.addr", .attr = "addrs", .kind = SPK_IP6, .bits = 128, .many = SPK_FILL,
        .doc = "Addresses to be visited.",
    },
};
static const struct spk_group source = { .name = "IPv6RoutingSource", SPK_ROWS(source_rows) };

static const struct spk_row home_rows[] = {
    {
        .name = "ipv6.routing.mipv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 32,
        .doc = "Four bytes without a meaning.",
    },
    {
        .name = "ipv6.routing.mipv6.home_address", .attr = "home", .kind = SPK_IP6, .bits = 128,
        .doc = "The mobile node's address at home.",
    },
};
static const struct spk_group home = { .name = "IPv6RoutingHome", SPK_ROWS(home_rows) };

/* RFC 6554 section 3: the addresses have as many bytes as the two lengths leave, so they stand here as one row. */
static const struct spk_row rpl_rows[] = {
    {
        .name = "ipv6.routing.rpl.cmprI", .attr = "cmpr_i", .kind = SPK_UINT, .bits = 4,
        .doc = "Bytes that all addresses but the last have in common with the destination, and leave out.",
    },
    {
        .name = "ipv6.routing.rpl.cmprE", .attr = "cmpr_e", .kind = SPK_UINT, .bits = 4,
        .doc = "Bytes that the last address has in common with the destination, and leaves out.",
    },
    {
        .name = "ipv6.routing.rpl.pad", .attr = "pad", .kind = SPK_UINT, .bits = 4,
        .doc = "Bytes of padding at the end.",
    },
    {
        .name = "ipv6.routing.rpl.reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 20,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "ipv6.routing.rpl.addresses", .attr = "addresses", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .doc = "All addresses, each without what it leaves out, and the padding.",
    },
};
static const struct spk_group rpl = { .name = "IPv6RoutingRPL", SPK_ROWS(rpl_rows) };

enum { LAST_ENTRY, FLAGS, TAG, SEGMENTS, TLVS };

static const struct spk_row segment_rows[] = {
    [LAST_ENTRY] = {
        .name = "ipv6.routing.srh.last_entry", .attr = "last_entry", .kind = SPK_UINT, .bits = 8,
        .doc = "Index of the last segment, from 0.",
    },
    [FLAGS] = {
        .name = "ipv6.routing.srh.flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Flags: none has a meaning so far.",
    },
    [TAG] = {
        .name = "ipv6.routing.srh.tag", .attr = "tag", .kind = SPK_BYTES, .bits = 16,
        .doc = "Marks packets of one class.",
    },
    [SEGMENTS] = {
        .name = "ipv6.routing.srh.addr", .attr = "segments", .kind = SPK_IP6, .bits = 128, .many = SPK_COUNT,
        .n = SPK_REF(LAST_ENTRY, 1, 1),
        .doc = "Segments, the last to be visited first.",
    },
    [TLVS] = {
        .name = "ipv6.routing.srh.tlvs", .attr = "tlvs", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .doc = "Type-length-value objects behind the segments, as bytes.",
    },
};
static const struct spk_group segments = { .name = "IPv6RoutingSegments", SPK_ROWS(segment_rows) };

static const struct spk_case bodies[] = {
    { .key = 0, .in = &source }, { .key = 2, .in = &home }, { .key = 3, .in = &rpl }, { .key = 4, .in = &segments },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { 0, "Source Route" }, { 1, "Nimrod" }, { 2, "Type 2 Routing" }, { 3, "RPL Source Route" },
    { 4, "Segment Routing" }, { 253, "Experiment 1" }, { 254, "Experiment 2" }, { 0, NULL },
};

enum { NXT, LEN, LEN_OCT, TYPE, SEGLEFT, FINAL, BODY };

enum { SOURCE_ROUTE = 0, HOME = 2, RPL = 3, SEGMENT_ROUTE = 4, FRONT = 8 };

/* That of the IPv6 header below, the nearest layer with a source: 40 bytes, of which the last 16 are the destination. */
static const uint8_t *find_destination(const struct spk_place *place)
{
    for (unsigned below = place->layer; below-- > 0;) {
        const struct spk_layer *layer = &place->packet->layers[below];
        if (spk_layer_proto(place->packet, below)->src != 0)
            return layer->hdr_len == 40 ? place->packet->data + layer->at + 24 : NULL;
    }
    return NULL;
}

/*
 * RFC 8200 section 8.1: the last address of the route, while nodes are left to be visited: the last one in the header, in
 * segment routing the first (RFC 8754 section 2), of RPL's what it leaves out of the destination is that of the header
 * before (RFC 6554 section 3).
 */
static bool get_final(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];
    const uint8_t *header = place->packet->data + layer->at;
    uint32_t room = layer->hdr_len > FRONT ? layer->hdr_len - FRONT : 0;

    value->kind = SPK_IP6;
    value->len = 16;
    if ((layer->flags & SPK_LAYER_SHORT) != 0 || header[3] == 0)
        return false;
    if (header[2] == RPL) {
        uint32_t shared = header[4] & 0x0fU;
        uint32_t pad = header[5] >> 4;
        const uint8_t *destination = find_destination(place);

        if (destination == NULL || room < 16 - shared + pad)
            return false;
        value->data = memcpy(place->scratch->bytes, destination, 16);
        memcpy(place->scratch->bytes + shared, header + layer->hdr_len - pad - (16 - shared), 16 - shared);
        return true;
    }
    bool known = header[2] == SOURCE_ROUTE || header[2] == HOME || header[2] == SEGMENT_ROUTE;
    value->data = header[2] == SEGMENT_ROUTE ? header + FRONT : header + FRONT + (room - room % 16) - 16;
    return known && room >= 16;
}

static const struct spk_row rows[] = {
    [NXT] = {
        .name = "ipv6.routing.nxt", .kind = SPK_UINT, .bits = 8, .init = 59, .names = spk_ip_protos,
        .doc = "What follows, by IANA's protocol numbers.",
    },
    [LEN] = {
        .name = "ipv6.routing.len", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the header in words of eight bytes, the first not included.",
    },
    [LEN_OCT] = {
        .name = "ipv6.routing.len_oct", .kind = SPK_UINT, .bits = 16, .view = SPK_SCALE(LEN, 8, 8),
        .doc = "Length of the header in bytes.",
    },
    [TYPE] = {
        .name = "ipv6.routing.type", .kind = SPK_UINT, .bits = 8, .names = type_names,
        .doc = "Type of the route.",
    },
    [SEGLEFT] = {
        .name = "ipv6.routing.segleft", .kind = SPK_UINT, .bits = 8,
        .doc = "Nodes of the route still to be visited.",
    },
    [FINAL] = {
        .name = "ipv6.routing.final", .attr = "final", .kind = SPK_IP6, .flags = SPK_OWN_NAME, .bits = 128,
        .view = SPK_CALL(get_final),
        .doc = "Where the packet goes in the end, while nodes are left to be visited: checksums count with it.",
    },
    [BODY] = {
        .name = "ipv6.routing.unknown_data", .attr = "data", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LEN, 8, 4),
        .doc = "What a route of a type not known here says.",
    },
};

const struct spk_proto spk_proto_ipv6_routing = {
    .name = "ipv6.routing", .pyclass = "IPv6Routing", .title = "Routing Header for IPv6",
    .spec = "RFC 8200 section 4.4",
    .hdr = { .name = "IPv6Routing", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REF, .hlen = SPK_REF(LEN, 8, 8), .min = 8,
    .flags = SPK_WITH_PAYLOAD,
    .dst = FINAL,
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { NXT } }),
    .sits = SPK_SITS({ "ip.proto", 43 }),
};
