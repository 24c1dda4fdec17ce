/*
 * IPv6, Internet Protocol version 6: RFC 8200; RFC 2675 for payload_length 0 in jumbograms. The extension headers are
 * protocols of their own on the same keys as ip.proto: ipv6_hopopts.c, ipv6_dstopts.c, ipv6_routing.c, ipv6_fraghdr.c, ah.c.
 *
 *       0      3 4            9  11 12                          31
 *      +--------+--------------+---+------------------------------+
 *      |version |     dscp     |ecn|             flow             |
 *      +--------+--------------+---+---+--------------+-----------+
 *      |             plen              |     nxt      |   hlim    |
 *      +-------------------------------+--------------+-----------+
 *      |                       src (16 bytes)                     |
 *      +----------------------------------------------------------+
 *      |                       dst (16 bytes)                     |
 *      +----------------------------------------------------------+
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/ip_protos.h"

#include <string.h>

enum {
    VERSION, IP_VERSION, TCLASS, DSCP, ECN, FLOW, PLEN, NXT, HLIM, SRC, DST, ADDR, SRC_MAC, DST_MAC, EITHER_SRC_MAC,
    EITHER_DST_MAC, SRC_6TO4, DST_6TO4, EITHER_SRC_6TO4, EITHER_DST_6TO4, SRC_SLA, DST_SLA, EITHER_SRC_SLA,
    EITHER_DST_SLA, SRC_TEREDO, DST_TEREDO, EITHER_SRC_TEREDO, EITHER_DST_TEREDO, SRC_PORT, DST_PORT, EITHER_SRC_PORT,
    EITHER_DST_PORT, SRC_CLIENT, DST_CLIENT, EITHER_SRC_CLIENT, EITHER_DST_CLIENT, SRC_ISATAP, DST_ISATAP,
    EITHER_SRC_ISATAP, EITHER_DST_ISATAP
};

enum { SRC_AT = 8, DST_AT = 24 };

static const uint8_t *address_at(const struct spk_place *place, unsigned at)
{
    return place->packet->data + place->at + at;
}

static uint32_t number(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* RFC 4291 appendix A: a MAC with ff:fe in its middle and the bit for "locally administered" turned. */
static bool get_mac(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    uint8_t *mac = place->scratch->bytes;

    if (address[11] != 0xff || address[12] != 0xfe || (address[8] & 0x02) == 0)
        return false;
    memcpy(mac, address + 8, 3);
    memcpy(mac + 3, address + 13, 3);
    mac[0] ^= 0x02;
    value->kind = SPK_MAC;
    value->data = mac;
    value->len = 6;
    return true;
}

/* RFC 3056 section 2: 2002::/16, the gateway's IPv4 address, the site's subnet. */
static bool is_6to4(const uint8_t *address)
{
    return address[0] == 0x20 && address[1] == 0x02;
}

/* RFC 4380 section 4: 2001::/32, the server's IPv4 address, flags, the client's port and address, both inverted. */
static bool is_teredo(const uint8_t *address)
{
    return number(address) == 0x20010000;
}

/* RFC 5214 section 6.1: the interface identifier is 0000:5efe or 0200:5efe and the IPv4 address. */
static bool is_isatap(const uint8_t *address)
{
    return (number(address + 8) & 0xfdffffffU) == 0x00005efe;
}

static bool give(struct spk_value *value, uint8_t kind, uint64_t u)
{
    value->kind = kind;
    value->u = u;
    return true;
}

static bool get_gateway(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_6to4(address) && give(value, SPK_IP4, number(address + 2));
}

static bool get_subnet(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_6to4(address) && give(value, SPK_UINT, number(address + 6) >> 16);
}

static bool get_server(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_teredo(address) && give(value, SPK_IP4, number(address + 4));
}

static bool get_port(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_teredo(address) && give(value, SPK_UINT, ~number(address + 8) & 0xffffU);
}

static bool get_client(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_teredo(address) && give(value, SPK_IP4, ~number(address + 12) & 0xffffffffU);
}

static bool get_isatap(const struct spk_place *place, unsigned at, struct spk_value *value)
{
    const uint8_t *address = address_at(place, at);
    return is_isatap(address) && give(value, SPK_IP4, number(address + 12));
}

/* One function for the source and one for the destination, of what an address has inside. */
#define BOTH(what_)                                                                                                  \
    static bool get_src_##what_(const struct spk_place *place, struct spk_value *value)                              \
    {                                                                                                                \
        return get_##what_(place, SRC_AT, value);                                                                    \
    }                                                                                                                \
    static bool get_dst_##what_(const struct spk_place *place, struct spk_value *value)                              \
    {                                                                                                                \
        return get_##what_(place, DST_AT, value);                                                                    \
    }

BOTH(mac)
BOTH(gateway)
BOTH(subnet)
BOTH(server)
BOTH(port)
BOTH(client)
BOTH(isatap)

/* A view of what an address has inside: SRC_ and DST_ under their own names, EITHER_ under the common one. */
#define INSIDE(name_, attr_, kind_, bits_, get_, doc_)                                                               \
    { .name = name_, .attr = attr_, .kind = kind_, .bits = bits_, .view = SPK_CALL(get_), .doc = doc_ }

static const struct spk_row rows[] = {
    [VERSION] = {
        .name = "ipv6.version", .kind = SPK_UINT, .bits = 4, .init = 6,
        .doc = "Version of the Internet Protocol: 6.",
    },
    [IP_VERSION] = {
        .name = "ip.version", .attr = "ip_version", .kind = SPK_UINT, .bits = 4, .view = SPK_SPAN(VERSION),
        .doc = "Version of the Internet Protocol: 4 or 6.",
    },
    [TCLASS] = {
        .name = "ipv6.tclass", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .digits = 8, .view = SPK_SPAN(DSCP),
        .doc = "Traffic class: dscp and ecn in one byte.",
    },
    [DSCP] = {
        .name = "ipv6.tclass.dscp", .kind = SPK_UINT, .bits = 6,
        .doc = "Differentiated services code point.",
    },
    [ECN] = {
        .name = "ipv6.tclass.ecn", .kind = SPK_UINT, .bits = 2,
        .doc = "Explicit congestion notification.",
    },
    [FLOW] = {
        .name = "ipv6.flow", .kind = SPK_UINT, .bits = 20, .base = SPK_HEX, .digits = 6,
        .doc = "Flow label.",
    },
    /* RFC 2675 section 3: 0 in a jumbogram; also where the host's card was to cut the packet into segments. */
    [PLEN] = {
        .name = "ipv6.plen", .kind = SPK_UINT, .bits = 16, .flags = SPK_ZERO_IS_REST,
        .doc = "Payload behind this header, extension headers included, in bytes; 0 in a jumbogram.",
    },
    [NXT] = {
        .name = "ipv6.nxt", .kind = SPK_UINT, .bits = 8, .init = 59, .names = spk_ip_protos,
        .doc = "What follows, by IANA's protocol numbers; 59: nothing.",
    },
    [HLIM] = {
        .name = "ipv6.hlim", .kind = SPK_UINT, .bits = 8, .init = 64,
        .doc = "Hop limit: hops that are left.",
    },
    [SRC] = {
        .name = "ipv6.src", .also = "ipv6.src_host", .kind = SPK_IP6, .bits = 128,
        .doc = "Source address.",
    },
    [DST] = {
        .name = "ipv6.dst", .also = "ipv6.dst_host", .kind = SPK_IP6, .bits = 128,
        .doc = "Destination address.",
    },
    [ADDR] = {
        .name = "ipv6.addr", .also = "ipv6.host", .kind = SPK_IP6, .bits = 128, .view = SPK_EITHER(SRC, DST),
        .doc = "Either address: the source, then the destination.",
    },
    [SRC_MAC] = INSIDE("ipv6.src_slaac_mac", "src_mac", SPK_MAC, 48, get_src_mac,
                       "MAC address from which the source made its address."),
    [DST_MAC] = INSIDE("ipv6.dst_slaac_mac", "dst_mac", SPK_MAC, 48, get_dst_mac,
                       "MAC address from which the destination made its address."),
    [EITHER_SRC_MAC] = INSIDE("ipv6.slaac_mac", "macs", SPK_MAC, 48, get_src_mac, "MAC address in either address."),
    [EITHER_DST_MAC] = INSIDE("ipv6.slaac_mac", "macs", SPK_MAC, 48, get_dst_mac, "MAC address in either address."),
    [SRC_6TO4] = INSIDE("ipv6.src_6to4_gw_ipv4", "src_6to4", SPK_IP4, 32, get_src_gateway,
                        "The source's 6to4 gateway."),
    [DST_6TO4] = INSIDE("ipv6.dst_6to4_gw_ipv4", "dst_6to4", SPK_IP4, 32, get_dst_gateway,
                        "The destination's 6to4 gateway."),
    [EITHER_SRC_6TO4] = INSIDE("ipv6.6to4_gw_ipv4", "gw_6to4", SPK_IP4, 32, get_src_gateway, "Either 6to4 gateway."),
    [EITHER_DST_6TO4] = INSIDE("ipv6.6to4_gw_ipv4", "gw_6to4", SPK_IP4, 32, get_dst_gateway, "Either 6to4 gateway."),
    [SRC_SLA] = INSIDE("ipv6.src_6to4_sla_id", "src_sla", SPK_UINT, 16, get_src_subnet,
                       "The source's subnet behind its 6to4 gateway."),
    [DST_SLA] = INSIDE("ipv6.dst_6to4_sla_id", "dst_sla", SPK_UINT, 16, get_dst_subnet,
                       "The destination's subnet behind its 6to4 gateway."),
    [EITHER_SRC_SLA] = INSIDE("ipv6.6to4_sla_id", "sla", SPK_UINT, 16, get_src_subnet,
                              "Either subnet behind a 6to4 gateway."),
    [EITHER_DST_SLA] = INSIDE("ipv6.6to4_sla_id", "sla", SPK_UINT, 16, get_dst_subnet,
                              "Either subnet behind a 6to4 gateway."),
    [SRC_TEREDO] = INSIDE("ipv6.src_ts_ipv4", "src_teredo", SPK_IP4, 32, get_src_server,
                          "The source's Teredo server."),
    [DST_TEREDO] = INSIDE("ipv6.dst_ts_ipv4", "dst_teredo", SPK_IP4, 32, get_dst_server,
                          "The destination's Teredo server."),
    [EITHER_SRC_TEREDO] = INSIDE("ipv6.ts_ipv4", "teredo", SPK_IP4, 32, get_src_server, "Either Teredo server."),
    [EITHER_DST_TEREDO] = INSIDE("ipv6.ts_ipv4", "teredo", SPK_IP4, 32, get_dst_server, "Either Teredo server."),
    [SRC_PORT] = INSIDE("ipv6.src_tc_port", "src_teredo_port", SPK_UINT, 16, get_src_port,
                        "The source's Teredo port."),
    [DST_PORT] = INSIDE("ipv6.dst_tc_port", "dst_teredo_port", SPK_UINT, 16, get_dst_port,
                        "The destination's Teredo port."),
    [EITHER_SRC_PORT] = INSIDE("ipv6.tc_port", "teredo_port", SPK_UINT, 16, get_src_port, "Either Teredo port."),
    [EITHER_DST_PORT] = INSIDE("ipv6.tc_port", "teredo_port", SPK_UINT, 16, get_dst_port, "Either Teredo port."),
    [SRC_CLIENT] = INSIDE("ipv6.src_tc_ipv4", "src_teredo_client", SPK_IP4, 32, get_src_client,
                          "The source's address outside, as its Teredo server sees it."),
    [DST_CLIENT] = INSIDE("ipv6.dst_tc_ipv4", "dst_teredo_client", SPK_IP4, 32, get_dst_client,
                          "The destination's address outside, as its Teredo server sees it."),
    [EITHER_SRC_CLIENT] = INSIDE("ipv6.tc_ipv4", "teredo_client", SPK_IP4, 32, get_src_client,
                                 "Either Teredo client's address outside."),
    [EITHER_DST_CLIENT] = INSIDE("ipv6.tc_ipv4", "teredo_client", SPK_IP4, 32, get_dst_client,
                                 "Either Teredo client's address outside."),
    [SRC_ISATAP] = INSIDE("ipv6.src_isatap_ipv4", "src_isatap", SPK_IP4, 32, get_src_isatap,
                          "IPv4 address in the source's ISATAP address."),
    [DST_ISATAP] = INSIDE("ipv6.dst_isatap_ipv4", "dst_isatap", SPK_IP4, 32, get_dst_isatap,
                          "IPv4 address in the destination's ISATAP address."),
    [EITHER_SRC_ISATAP] = INSIDE("ipv6.isatap_ipv4", "isatap", SPK_IP4, 32, get_src_isatap,
                                 "IPv4 address in either ISATAP address."),
    [EITHER_DST_ISATAP] = INSIDE("ipv6.isatap_ipv4", "isatap", SPK_IP4, 32, get_dst_isatap,
                                 "IPv4 address in either ISATAP address."),
};

const struct spk_proto spk_proto_ipv6 = {
    .name = "ipv6", .pyclass = "IPv6", .title = "Internet Protocol Version 6", .spec = "RFC 8200",
    .hdr = { .name = "IPv6", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(PLEN, 1, 40),
    .src = SRC, .dst = DST,
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { NXT } }),
    .sits = SPK_SITS({ "ethertype", 0x86dd }, { "ip.proto", 41 }, { "link", 229 }, { "raw.nibble", 6 },
                     { "mpls.payload", 6 }, { "null.type", 10 }, { "null.type", 24 }, { "null.type", 28 },
                     { "null.type", 30 }, { "icmpv6.type", 1 }, { "icmpv6.type", 2 }, { "icmpv6.type", 3 },
                     { "icmpv6.type", 4 }, { "icmpv6.type", 137 }),
};
