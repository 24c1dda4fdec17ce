/*
 * Options of neighbour discovery: RFC 4861 section 4.6 (addresses, prefix, redirected packet, MTU), RFC 6275 section 7
 * (mobility), RFC 3122 (address lists), RFC 3971 (nonce), RFC 4191 (routes), RFC 8106 (DNS), RFC 5175 (flags), RFC 6775
 * (registration, contexts), RFC 7400 (capabilities), RFC 8910 (captive portal), RFC 8781 (PREF64).
 *
 *      +----------------+----------------+------------
 *      |      type      |     length     |  body ...
 *      +----------------+----------------+------------
 *      length counts words of eight bytes, type and length included.
 */
#include "proto/icmpv6_options.h"

#include <steelpkt/packet.h>

#include <string.h>

#include "proto/dns_name.h"

enum {
    SOURCE_ADDRESS = 1, TARGET_ADDRESS, PREFIX, REDIRECTED, MTU, INTERVAL = 7, HOME_AGENT, SOURCE_LIST, TARGET_LIST,
    NONCE = 14, ROUTE = 24, DNS_SERVERS, FLAGS_EXPANSION, DNS_SEARCH = 31, REGISTRATION = 33, CONTEXT, BORDER_ROUTER,
    CAPABILITIES, CAPTIVE_PORTAL, PREF64
};

/* Reserved bytes are kept as padding; Wireshark shows only that they are there. */
#define SHOW_RESERVED(row_)                                                                                          \
    {                                                                                                                \
        .name = "icmpv6.opt.reserved", .attr = "has_reserved", .kind = SPK_NONE, .view = SPK_SPAN(row_),             \
        .doc = "There are bytes without a meaning.",                                                                 \
    }

/* ---- link-layer addresses: RFC 4861 section 4.6.1 ---- */

enum { LINK_LONG, LINK, LINK_KIND };

/* 48 bits, and more only where the option is longer than one word: RFC 4944 section 8. */
static const struct spk_row source_rows[] = {
    [LINK_LONG] = {
        .name = "icmpv6.opt.linkaddr_long", .attr = "linkaddr_long", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 7 } },
        .doc = "Link-layer address longer than six bytes, with its padding.",
    },
    [LINK] = {
        .name = "icmpv6.opt.linkaddr", .attr = "linkaddr", .kind = SPK_MAC, .bits = 48,
        .when = { { .test = SPK_ABSENT, .row = LINK_LONG } },
        .doc = "Link-layer address.",
    },
    [LINK_KIND] = {
        .name = "icmpv6.opt.src_linkaddr", .attr = "src_linkaddr", .kind = SPK_MAC, .bits = 48, .view = SPK_SPAN(LINK),
        .when = { { .test = SPK_ABSENT, .row = LINK_LONG } },
        .doc = "Link-layer address of the sender.",
    },
};
static const struct spk_group source = { .name = "NDOptionSource", SPK_ROWS(source_rows) };

static const struct spk_row target_rows[] = {
    [LINK_LONG] = {
        .name = "icmpv6.opt.linkaddr_long", .attr = "linkaddr_long", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 7 } },
        .doc = "Link-layer address longer than six bytes, with its padding.",
    },
    [LINK] = {
        .name = "icmpv6.opt.linkaddr", .attr = "linkaddr", .kind = SPK_MAC, .bits = 48,
        .when = { { .test = SPK_ABSENT, .row = LINK_LONG } },
        .doc = "Link-layer address.",
    },
    [LINK_KIND] = {
        .name = "icmpv6.opt.target_linkaddr", .attr = "target_linkaddr", .kind = SPK_MAC, .bits = 48,
        .view = SPK_SPAN(LINK), .when = { { .test = SPK_ABSENT, .row = LINK_LONG } },
        .doc = "Link-layer address of the target.",
    },
};
static const struct spk_group target = { .name = "NDOptionTarget", SPK_ROWS(target_rows) };

/* ---- prefixes: RFC 4861 section 4.6.2, RFC 4191 section 2.3, RFC 6775 section 4.2, RFC 8781 section 4 ---- */

/* An address of which only the first count bytes stand in the packet, at a row of the group. */
static bool give_prefix(const struct spk_place *place, int row, uint32_t count, struct spk_value *value)
{
    uint32_t at = spk_place_at(place, row);
    uint8_t *address = place->scratch->bytes;

    if (at == UINT32_MAX || at > place->end || place->end - at < count)
        return false;
    memset(address, 0, 16);
    memcpy(address, place->packet->data + at, count);
    value->kind = SPK_IP6;
    value->data = address;
    value->len = 16;
    return true;
}

enum { PREFIX_LENGTH, PREFIX_FLAG, PREFIX_L };

static const struct spk_row prefix_rows[] = {
    [PREFIX_LENGTH] = {
        .name = "icmpv6.opt.prefix.length", .attr = "prefix_len", .kind = SPK_UINT, .bits = 8, .init = 64,
        .doc = "Bits of the prefix that count.",
    },
    [PREFIX_FLAG] = {
        .name = "icmpv6.opt.prefix.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(PREFIX_L),
        .doc = "The flags as one number.",
    },
    [PREFIX_L] = {
        .name = "icmpv6.opt.prefix.flag.l", .attr = "flag_l", .kind = SPK_BOOL, .bits = 1,
        .doc = "The prefix is on the link.",
    },
    {
        .name = "icmpv6.opt.prefix.flag.a", .attr = "flag_a", .kind = SPK_BOOL, .bits = 1,
        .doc = "Hosts may make addresses of the prefix.",
    },
    {
        .name = "icmpv6.opt.prefix.flag.r", .attr = "flag_r", .kind = SPK_BOOL, .bits = 1,
        .doc = "It is a router's whole address (RFC 6275).",
    },
    {
        .name = "icmpv6.opt.prefix.flag.reserved", .attr = "flag_reserved", .kind = SPK_UINT, .bits = 5,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.opt.prefix.valid_lifetime", .attr = "valid_lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the prefix is valid, in seconds.",
    },
    {
        .name = "icmpv6.opt.prefix.preferred_lifetime", .attr = "preferred_lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long addresses of it are preferred, in seconds.",
    },
    [8] = { .attr = "reserved", .kind = SPK_PAD, .bits = 32 },
    SHOW_RESERVED(8),
    {
        .name = "icmpv6.opt.prefix", .attr = "prefix", .kind = SPK_IP6, .bits = 128,
        .doc = "The prefix.",
    },
};
static const struct spk_group prefix = { .name = "NDOptionPrefix", SPK_ROWS(prefix_rows) };

enum {
    ROUTE_LENGTH, ROUTE_FLAG, ROUTE_RESERVED_HIGH, ROUTE_PREFERENCE, ROUTE_RESERVED_LOW, ROUTE_RESERVED, ROUTE_LIFETIME,
    ROUTE_PREFIX, ROUTE_HALF, ROUTE_HALF_SHOWN
};

static bool get_route_half(const struct spk_place *place, struct spk_value *value)
{
    return give_prefix(place, ROUTE_HALF, 8, value);
}

/* The bits on both sides of the preference, in their places. */
static bool get_route_reserved(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, ROUTE_RESERVED_HIGH) << 5 | spk_place_uint(place, ROUTE_RESERVED_LOW);
    return true;
}

/* RFC 4191 section 2.3: no prefix, half of it or the whole, by the option's length. */
static const struct spk_row route_rows[] = {
    [ROUTE_LENGTH] = {
        .name = "icmpv6.opt.prefix.length", .attr = "prefix_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits of the prefix that count.",
    },
    [ROUTE_FLAG] = {
        .name = "icmpv6.opt.route_info.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(ROUTE_RESERVED_HIGH),
        .doc = "The flags as one number.",
    },
    [ROUTE_RESERVED_HIGH] = { .attr = "reserved_high", .kind = SPK_UINT, .bits = 3 },
    [ROUTE_PREFERENCE] = {
        .name = "icmpv6.opt.route_info.flag.route_preference", .attr = "preference", .kind = SPK_UINT, .bits = 2,
        .doc = "0 medium, 1 high, 3 low.",
    },
    [ROUTE_RESERVED_LOW] = { .attr = "reserved_low", .kind = SPK_UINT, .bits = 3 },
    [ROUTE_RESERVED] = {
        .name = "icmpv6.opt.route_info.flag.reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 8,
        .view = SPK_CALL(get_route_reserved),
        .doc = "Bits without a meaning.",
    },
    [ROUTE_LIFETIME] = {
        .name = "icmpv6.opt.route_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the route is valid, in seconds.",
    },
    [ROUTE_PREFIX] = {
        .name = "icmpv6.opt.prefix", .attr = "prefix", .kind = SPK_IP6, .bits = 128,
        .when = { { .test = SPK_ROOM, .value = 16 } },
        .doc = "The prefix.",
    },
    [ROUTE_HALF] = {
        .attr = "prefix_half", .kind = SPK_BYTES, .bits = 64,
        .when = { { .test = SPK_ABSENT, .row = ROUTE_PREFIX }, { .test = SPK_ROOM, .value = 8 } },
    },
    [ROUTE_HALF_SHOWN] = {
        .name = "icmpv6.opt.prefix", .attr = "half_shown", .kind = SPK_IP6, .bits = 128,
        .view = SPK_CALL(get_route_half),
        .doc = "The prefix, filled up with zeros.",
    },
};
static const struct spk_group route = { .name = "NDOptionRoute", SPK_ROWS(route_rows) };

enum {
    CONTEXT_LENGTH, CONTEXT_FLAG, CONTEXT_RESERVED, CONTEXT_C, CONTEXT_ID, CONTEXT_PAD, CONTEXT_PAD_SHOWN,
    CONTEXT_LIFETIME, CONTEXT_PREFIX, CONTEXT_HALF, CONTEXT_HALF_SHOWN
};

static bool get_context_half(const struct spk_place *place, struct spk_value *value)
{
    return give_prefix(place, CONTEXT_HALF, 8, value);
}

static const struct spk_row context_rows[] = {
    [CONTEXT_LENGTH] = {
        .name = "icmpv6.opt.6co.context_length", .attr = "context_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits of the context's prefix that count (RFC 6775).",
    },
    [CONTEXT_FLAG] = {
        .name = "icmpv6.opt.6co.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(CONTEXT_RESERVED),
        .doc = "The flags as one number.",
    },
    [CONTEXT_RESERVED] = {
        .name = "icmpv6.opt.6co.flag.reserved", .attr = "flag_reserved", .kind = SPK_UINT, .bits = 3,
        .doc = "Bits without a meaning.",
    },
    [CONTEXT_C] = {
        .name = "icmpv6.opt.6co.flag.c", .attr = "flag_c", .kind = SPK_BOOL, .bits = 1,
        .doc = "The context may be used to compress.",
    },
    [CONTEXT_ID] = {
        .name = "icmpv6.opt.6co.flag.cid", .attr = "cid", .kind = SPK_UINT, .bits = 4,
        .doc = "Number of the context.",
    },
    [CONTEXT_PAD] = { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    [CONTEXT_PAD_SHOWN] = SHOW_RESERVED(CONTEXT_PAD),
    [CONTEXT_LIFETIME] = {
        .name = "icmpv6.opt.6co.valid_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the context is valid, in minutes.",
    },
    [CONTEXT_PREFIX] = {
        .name = "icmpv6.opt.6co.context_prefix", .attr = "prefix", .kind = SPK_IP6, .bits = 128,
        .when = { { .test = SPK_ROOM, .value = 16 } },
        .doc = "The context's prefix.",
    },
    [CONTEXT_HALF] = {
        .attr = "prefix_half", .kind = SPK_BYTES, .bits = 64,
        .when = { { .test = SPK_ABSENT, .row = CONTEXT_PREFIX }, { .test = SPK_ROOM, .value = 8 } },
    },
    [CONTEXT_HALF_SHOWN] = {
        .name = "icmpv6.opt.6co.context_prefix", .attr = "half_shown", .kind = SPK_IP6, .bits = 128,
        .view = SPK_CALL(get_context_half),
        .doc = "The context's prefix, filled up with zeros.",
    },
};
static const struct spk_group context = { .name = "NDOptionContext", SPK_ROWS(context_rows) };

enum { PREF64_LIFETIME, PREF64_CODE, PREF64_BYTES, PREF64_SHOWN };

static bool get_pref64(const struct spk_place *place, struct spk_value *value)
{
    return give_prefix(place, PREF64_BYTES, 12, value);
}

static const struct spk_row pref64_rows[] = {
    [PREF64_LIFETIME] = {
        .name = "icmpv6.opt.pref64.scaled_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 13,
        .doc = "How long the prefix is valid, in units of eight seconds (RFC 8781).",
    },
    [PREF64_CODE] = {
        .name = "icmpv6.opt.pref64.plc", .attr = "plc", .kind = SPK_UINT, .bits = 3, .base = SPK_HEX, .digits = 4,
        .doc = "Length of the prefix: 0 to 5 for 96, 64, 56, 48, 40, 32 bits.",
    },
    [PREF64_BYTES] = { .attr = "prefix", .kind = SPK_BYTES, .bits = 96 },
    [PREF64_SHOWN] = {
        .name = "icmpv6.opt.pref64.prefix", .attr = "prefix_shown", .kind = SPK_IP6, .bits = 128,
        .view = SPK_CALL(get_pref64), .when = { { SPK_LE, PREF64_CODE, 0, 5 } },
        .doc = "The prefix by which IPv4 addresses become IPv6 addresses.",
    },
};
static const struct spk_group pref64 = { .name = "NDOptionPREF64", SPK_ROWS(pref64_rows) };

/* ---- names: RFC 8106 section 5 ---- */

static const struct spk_row servers_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.rdnss.lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the servers may be used, in seconds.",
    },
    {
        .name = "icmpv6.opt.rdnss", .attr = "servers", .kind = SPK_IP6, .bits = 128, .many = SPK_FILL,
        .doc = "Name server.",
    },
};
static const struct spk_group servers = { .name = "NDOptionDNSServers", SPK_ROWS(servers_rows) };

/* Names are padded with zeros, each of which is the root's name: those are not shown. */
static bool get_domain(const struct spk_place *place, struct spk_value *value)
{
    return place->packet->data[place->at] != 0 && spk_dns_name_whole.get(place, value);
}

static const struct spk_row domain_rows[] = {
    { .attr = "name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole },
    {
        .name = "icmpv6.opt.dnssl", .attr = "domain", .kind = SPK_TEXT, .view = SPK_CALL(get_domain),
        .doc = "Domain to be searched.",
    },
};
static const struct spk_group domain = { .name = "NDOptionDomain", SPK_ROWS(domain_rows) };

static const struct spk_row search_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.dnssl.lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the domains may be used, in seconds.",
    },
    {
        .name = "icmpv6.opt.dnssl.list", .attr = "domains", .kind = SPK_GROUP, .many = SPK_FILL, .in = &domain,
        .flags = SPK_OWN_NAME,
        .doc = "Domains to be searched.",
    },
};
static const struct spk_group search = { .name = "NDOptionDNSSearch", SPK_ROWS(search_rows) };

/* ---- short ones ---- */

static const struct spk_row mtu_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.mtu", .attr = "mtu", .kind = SPK_UINT, .bits = 32, .init = 1500,
        .doc = "MTU of the link, in bytes.",
    },
};
static const struct spk_group mtu = { .name = "NDOptionMTU", SPK_ROWS(mtu_rows) };

static const struct spk_row interval_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.advertisement_interval", .attr = "interval", .kind = SPK_UINT, .bits = 32,
        .doc = "Longest time between two advertisements, in milliseconds (RFC 6275).",
    },
};
static const struct spk_group interval = { .name = "NDOptionInterval", SPK_ROWS(interval_rows) };

static const struct spk_row agent_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.home_agent_preference", .attr = "preference", .kind = SPK_UINT, .bits = 16,
        .doc = "Preference of the home agent; higher is better (RFC 6275).",
    },
    {
        .name = "icmpv6.opt.home_agent_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the router is a home agent, in seconds.",
    },
};
static const struct spk_group agent = { .name = "NDOptionHomeAgent", SPK_ROWS(agent_rows) };

static const struct spk_row list_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 48 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.ipv6_address", .attr = "addrs", .kind = SPK_IP6, .bits = 128, .many = SPK_FILL,
        .doc = "Address of the node's interface (RFC 3122).",
    },
};
static const struct spk_group list = { .name = "NDOptionAddressList", SPK_ROWS(list_rows) };

static const struct spk_row nonce_rows[] = {
    {
        .name = "icmpv6.opt.nonce", .attr = "nonce", .kind = SPK_BYTES,
        .doc = "Random value that an answer repeats (RFC 3971).",
    },
};
static const struct spk_group nonce = { .name = "NDOptionNonce", SPK_ROWS(nonce_rows) };

static const struct spk_row expansion_rows[] = {
    {
        .name = "icmpv6.opt.efo", .attr = "flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(1),
        .doc = "The first sixteen flags as one number (RFC 5175).",
    },
    {
        .name = "icmpv6.opt.efo.m", .attr = "flag_m", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses come by DHCPv6.",
    },
    {
        .name = "icmpv6.opt.efo.o", .attr = "flag_o", .kind = SPK_BOOL, .bits = 1,
        .doc = "Other settings come by DHCPv6.",
    },
    {
        .name = "icmpv6.opt.efo.h", .attr = "flag_h", .kind = SPK_BOOL, .bits = 1,
        .doc = "The router is a home agent.",
    },
    {
        .name = "icmpv6.opt.efo.prf", .attr = "preference", .kind = SPK_UINT, .bits = 2,
        .doc = "Preference of the router: 0 medium, 1 high, 3 low.",
    },
    {
        .name = "icmpv6.opt.efo.p", .attr = "flag_p", .kind = SPK_BOOL, .bits = 1,
        .doc = "The advertisement is passed on by a proxy.",
    },
    {
        .name = "icmpv6.opt.efo.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 10,
        .doc = "Bits without a meaning.",
    },
    { .attr = "reserved", .kind = SPK_PAD, .bits = 32 },
};
static const struct spk_group expansion = { .name = "NDOptionFlags", SPK_ROWS(expansion_rows) };

static const struct spk_row registration_rows[] = {
    {
        .name = "icmpv6.opt.aro.status", .attr = "status", .kind = SPK_UINT, .bits = 8,
        .doc = "0: registered, 1: the address is a duplicate, 2: no room (RFC 6775).",
    },
    { .attr = "reserved", .kind = SPK_PAD, .bits = 24 },
    SHOW_RESERVED(1),
    {
        .name = "icmpv6.opt.aro.registration_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the registration is valid, in minutes.",
    },
    {
        .name = "icmpv6.opt.aro.eui64_bytes", .attr = "eui64", .kind = SPK_BYTES, .bits = 64, .flags = SPK_OWN_NAME,
        .doc = "Identifier of the interface, which no other has.",
    },
};
static const struct spk_group registration = { .name = "NDOptionRegistration", SPK_ROWS(registration_rows) };

static const struct spk_row border_rows[] = {
    {
        .name = "icmpv6.opt.abro.version_low", .attr = "version_low", .kind = SPK_UINT, .bits = 16,
        .doc = "Low half of the information's version (RFC 6775).",
    },
    {
        .name = "icmpv6.opt.abro.version_high", .attr = "version_high", .kind = SPK_UINT, .bits = 16,
        .doc = "High half of the information's version.",
    },
    {
        .name = "icmpv6.opt.abro.valid_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the information is valid, in minutes.",
    },
    {
        .name = "icmpv6.opt.abro.6lbr_address", .attr = "border_router", .kind = SPK_IP6, .bits = 128,
        .doc = "Border router from which the information is.",
    },
};
static const struct spk_group border = { .name = "NDOptionBorderRouter", SPK_ROWS(border_rows) };

/* RFC 7400 section 3.4. */
static const struct spk_row capability_rows[] = {
    {
        .name = "icmpv6.opt.6cio.unassigned1", .attr = "unassigned1", .kind = SPK_UINT, .bits = 15, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.opt.6cio.flag_g", .attr = "flag_g", .kind = SPK_UINT, .bits = 1, .base = SPK_HEX, .digits = 4,
        .doc = "The sender understands generic header compression.",
    },
    {
        .name = "icmpv6.opt.6cio.unassigned2", .attr = "unassigned2", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
};
static const struct spk_group capability = { .name = "NDOptionCapabilities", SPK_ROWS(capability_rows) };

/* RFC 8910 section 2.3: the URI is padded with zeros. */
static bool get_portal(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len = place->end - place->at;

    while (len > 0 && place->packet->data[place->at + len - 1] == 0)
        len--;
    value->kind = SPK_TEXT;
    value->data = place->packet->data + place->at;
    value->len = len;
    return len > 0;
}

static const struct spk_row portal_rows[] = {
    { .attr = "uri", .kind = SPK_BYTES },
    {
        .name = "icmpv6.opt.captive_portal", .attr = "portal", .kind = SPK_TEXT, .view = SPK_CALL(get_portal),
        .doc = "Where the portal's interface is, a URI.",
    },
};
static const struct spk_group portal = { .name = "NDOptionPortal", SPK_ROWS(portal_rows) };

static const struct spk_row redirected_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 48 },
    SHOW_RESERVED(0),
    {
        .name = "icmpv6.opt.redirected_packet", .attr = "has_packet", .kind = SPK_NONE, .view = SPK_SPAN(0),
        .doc = "The beginning of the packet concerned follows.",
    },
};
static const struct spk_group redirected = { .name = "NDOptionRedirected", SPK_ROWS(redirected_rows) };

/* ---- the option itself ---- */

static const struct spk_case bodies[] = {
    { .key = SOURCE_ADDRESS, .in = &source }, { .key = TARGET_ADDRESS, .in = &target }, { .key = PREFIX, .in = &prefix },
    { .key = REDIRECTED, .in = &redirected }, { .key = MTU, .in = &mtu }, { .key = INTERVAL, .in = &interval },
    { .key = HOME_AGENT, .in = &agent }, { .key = SOURCE_LIST, .last = TARGET_LIST, .in = &list },
    { .key = NONCE, .in = &nonce }, { .key = ROUTE, .in = &route }, { .key = DNS_SERVERS, .in = &servers },
    { .key = FLAGS_EXPANSION, .in = &expansion }, { .key = DNS_SEARCH, .in = &search },
    { .key = REGISTRATION, .in = &registration }, { .key = CONTEXT, .in = &context },
    { .key = BORDER_ROUTER, .in = &border }, { .key = CAPABILITIES, .in = &capability },
    { .key = CAPTIVE_PORTAL, .in = &portal }, { .key = PREF64, .in = &pref64 },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { SOURCE_ADDRESS, "Source link-layer address" }, { TARGET_ADDRESS, "Target link-layer address" },
    { PREFIX, "Prefix information" }, { REDIRECTED, "Redirected header" }, { MTU, "MTU" },
    { INTERVAL, "Advertisement Interval" }, { HOME_AGENT, "Home Agent Information" },
    { SOURCE_LIST, "Source Address List" }, { TARGET_LIST, "Target Address List" }, { NONCE, "Nonce" },
    { ROUTE, "Route Information" }, { DNS_SERVERS, "Recursive DNS Server" },
    { FLAGS_EXPANSION, "RA Flags Extension" }, { DNS_SEARCH, "DNS Search List Option" },
    { REGISTRATION, "Address Registration Option" }, { CONTEXT, "6LoWPAN Context Option" },
    { BORDER_ROUTER, "Authoritative Border Router" }, { CAPABILITIES, "6LoWPAN Capability Indication Option" },
    { CAPTIVE_PORTAL, "DHCP Captive-Portal" }, { PREF64, "PREF64 Option" }, { 0, NULL },
};

enum { PRESENT, TYPE, LENGTH, BODY };

_Static_assert((int)TYPE == (int)SPK_ICMPV6_OPTION_TYPE, "icmpv6.c ends the list at this row");

#define HEAD_ROWS                                                                                                    \
    [PRESENT] = {                                                                                                    \
        .name = "icmpv6.opt", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(TYPE),                 \
        .doc = "There is an option.",                                                                                \
    },                                                                                                               \
    [TYPE] = {                                                                                                       \
        .name = "icmpv6.opt.type", .attr = "type", .kind = SPK_UINT, .bits = 8, .names = type_names,                 \
        .doc = "Type of the option.",                                                                                \
    },                                                                                                               \
    [LENGTH] = {                                                                                                     \
        .name = "icmpv6.opt.length", .attr = "len", .kind = SPK_UINT, .bits = 8, .init = 1,                          \
        .doc = "Length of the option in words of eight bytes, type and length included.",                            \
    }

static const struct spk_row rows[] = {
    HEAD_ROWS,
    [BODY] = {
        .name = "icmpv6.data", .attr = "data", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LENGTH, 8, -2),
        .doc = "What is of a type not known here.",
    },
};

const struct spk_group spk_icmpv6_option = { .name = "NDOption", SPK_ROWS(rows) };

enum { REDIRECT_HEAD = BODY + 1 };

static const struct spk_row redirect_rows[] = {
    HEAD_ROWS,
    [BODY] = {
        .name = "icmpv6.data", .attr = "data", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LENGTH, 8, -2), .when = { { SPK_NE, TYPE, 0, REDIRECTED } },
        .doc = "What is of a type not known here.",
    },
    [REDIRECT_HEAD] = { .kind = SPK_GROUP, .in = &redirected, .when = { { SPK_EQ, TYPE, 0, REDIRECTED } } },
};

const struct spk_group spk_icmpv6_redirect_option = { .name = "NDRedirectOption", SPK_ROWS(redirect_rows) };
