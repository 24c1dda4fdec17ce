/*
 * ICMPv6, Internet Control Message Protocol for IPv6: RFC 4443 (errors, echo), RFC 4861 (neighbour discovery; its options
 * in icmpv6_options.c), RFC 2710 and RFC 3810 (multicast listeners), RFC 4884 (length of the quoted packet), RFC 4286
 * (multicast routers), RFC 8335 (extended echo); what is about nodes in icmpv6_node.c.
 *
 *       0       7 8      15 16               31
 *      +---------+---------+-------------------+
 *      |  type   |  code   |     checksum      |
 *      +---------+---------+-------------------+
 *      |            body, by type ...          |
 *
 * Errors quote the beginning of a packet, and so does a redirect in its last option: that is the payload, and the key of
 * what follows is the type.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"
#include "proto/icmp_extension.h"
#include "proto/icmpv6_node.h"
#include "proto/icmpv6_options.h"

#define RESERVED_4                                                                                                   \
    {                                                                                                                \
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 32,                                \
        .doc = "Bytes without a meaning.",                                                                           \
    }
#define OPTIONS_FILL                                                                                                 \
    {                                                                                                                \
        .name = "icmpv6.option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_FILL, .in = &spk_icmpv6_option,      \
        .flags = SPK_OWN_NAME,                                                                                       \
        .doc = "Options of neighbour discovery.",                                                                    \
    }

/* ---- errors: RFC 4443 section 3; RFC 4884 section 4.2 took the first of the unused bytes for a length ---- */

enum { LENGTH, LOW };

/* The length is a column only where it is given. */
static const struct spk_row error_rows[] = {
    [LENGTH] = { .attr = "length", .kind = SPK_UINT, .bits = 8 },
    [LOW] = { .attr = "unused_low", .kind = SPK_PAD, .bits = 24 },
    {
        .name = "icmpv6.length", .attr = "words", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(LENGTH),
        .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in words of eight bytes; 0: to the end.",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 32, .view = SPK_SPAN(LENGTH),
        .when = { { SPK_EQ, LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved_3", .kind = SPK_BYTES, .bits = 24, .view = SPK_SPAN(LOW),
        .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
};
static const struct spk_group error = { .name = "ICMPv6Error", SPK_ROWS(error_rows) };

static const struct spk_row too_big_rows[] = {
    {
        .name = "icmpv6.mtu", .attr = "mtu", .kind = SPK_UINT, .bits = 32,
        .doc = "MTU of the next hop, in bytes.",
    },
};
static const struct spk_group too_big = { .name = "ICMPv6TooBig", SPK_ROWS(too_big_rows) };

static const struct spk_row problem_rows[] = {
    {
        .name = "icmpv6.pointer", .attr = "pointer", .kind = SPK_UINT, .bits = 32,
        .doc = "Byte of the quoted packet where the error is.",
    },
};
static const struct spk_group problem = { .name = "ICMPv6ParameterProblem", SPK_ROWS(problem_rows) };

static const struct spk_row echo_rows[] = {
    {
        .name = "icmpv6.echo.identifier", .attr = "identifier", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "icmpv6.echo.sequence_number", .attr = "sequence", .kind = SPK_UINT, .bits = 16,
        .doc = "Sequence number of the message.",
    },
};
static const struct spk_group echo = { .name = "ICMPv6Echo", SPK_ROWS(echo_rows) };

/* ---- extended echo: RFC 8335 sections 2 and 3 ---- */

static const struct spk_row probe_rows[] = {
    {
        .name = "icmpv6.echo.identifier", .attr = "identifier", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "icmpv6.ext.echo.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 8,
        .doc = "Sequence number of the message.",
    },
    {
        .name = "icmpv6.ext.echo.req.res", .attr = "reserved", .kind = SPK_UINT, .bits = 7, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.ext.echo.req.local", .attr = "local", .kind = SPK_BOOL, .bits = 1,
        .doc = "The interface asked for is on the node asked.",
    },
    {
        .name = "icmpv6.extension", .attr = "extension", .kind = SPK_GROUP, .in = &spk_icmp_extension,
        .flags = SPK_OWN_NAME, .when = { { .test = SPK_ROOM, .value = 4 } },
        .doc = "Extension structure: which interface is asked for.",
    },
};
static const struct spk_group probe = { .name = "ICMPv6Probe", SPK_ROWS(probe_rows) };

static const struct spk_row report_rows[] = {
    {
        .name = "icmpv6.echo.identifier", .attr = "identifier", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "icmpv6.ext.echo.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 8,
        .doc = "Sequence number of the message.",
    },
    {
        .name = "icmpv6.ext.echo.rsp.state", .attr = "state", .kind = SPK_UINT, .bits = 3,
        .doc = "State of a neighbour's entry.",
    },
    {
        .name = "icmpv6.ext.echo.rsp.res", .attr = "reserved", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.ext.echo.rsp.active", .attr = "active", .kind = SPK_BOOL, .bits = 1,
        .doc = "The interface is active.",
    },
    {
        .name = "icmpv6.ext.echo.rsp.ipv4", .attr = "has_ipv4", .kind = SPK_BOOL, .bits = 1,
        .doc = "IPv4 runs on the interface.",
    },
    {
        .name = "icmpv6.ext.echo.rsp.ipv6", .attr = "has_ipv6", .kind = SPK_BOOL, .bits = 1,
        .doc = "IPv6 runs on the interface.",
    },
};
static const struct spk_group report = { .name = "ICMPv6ProbeReply", SPK_ROWS(report_rows) };

/* ---- multicast listeners: RFC 2710 section 3, RFC 3810 section 5 ---- */

enum { MLD_CODE, MLD_DELAY, MLD_CODE_SHOWN };

/* RFC 3810 section 8.1: from 28 bytes on a query is of version 2; 24 of them stand here. */
static bool is_version_2(const struct spk_place *place)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];

    return layer->end - place->at >= 24;
}

static bool get_delay(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, MLD_CODE);
    return !is_version_2(place);
}

/* RFC 3810 section 5.1.3: from 32768 on a floating point number. */
static bool get_code(const struct spk_place *place, struct spk_value *value)
{
    uint64_t code = spk_place_uint(place, MLD_CODE);

    value->kind = SPK_UINT;
    value->u = code < 0x8000 ? code : ((code & 0x0fff) | 0x1000) << ((code >> 12 & 0x07) + 3);
    return is_version_2(place);
}

enum { MLD_FLAG_RESERVED, MLD_S, MLD_QRV, MLD_FLAG, MLD_QQI, MLD_COUNT, MLD_SOURCES };

static const struct spk_row listener_query_2_rows[] = {
    [MLD_FLAG_RESERVED] = {
        .name = "icmpv6.mld.flag.reserved", .attr = "flag_reserved", .kind = SPK_UINT, .bits = 4,
        .doc = "Bits without a meaning.",
    },
    [MLD_S] = {
        .name = "icmpv6.mld.flag.s", .attr = "s", .kind = SPK_BOOL, .bits = 1,
        .doc = "Routers shall not set back their timers.",
    },
    [MLD_QRV] = {
        .name = "icmpv6.mld.flag.qrv", .attr = "qrv", .kind = SPK_UINT, .bits = 3,
        .doc = "The querier's robustness variable.",
    },
    [MLD_FLAG] = {
        .name = "icmpv6.mld.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(MLD_FLAG_RESERVED),
        .doc = "Flag and robustness variable as one number.",
    },
    [MLD_QQI] = {
        .name = "icmpv6.mld.qqi", .attr = "qqic", .kind = SPK_UINT, .bits = 8,
        .doc = "The querier's query interval, in seconds.",
    },
    [MLD_COUNT] = {
        .name = "icmpv6.mld.nb_sources", .attr = "num_src", .kind = SPK_UINT, .bits = 16,
        .doc = "How many source addresses follow.",
    },
    [MLD_SOURCES] = {
        .name = "icmpv6.mld.source_address", .attr = "source_addresses", .kind = SPK_IP6, .bits = 128,
        .many = SPK_COUNT, .n = SPK_REF(MLD_COUNT, 1, 0),
        .doc = "Source address.",
    },
};
static const struct spk_group listener_query_2 = { .name = "ICMPv6ListenerQuery2", SPK_ROWS(listener_query_2_rows) };

static const struct spk_row listener_query_rows[] = {
    [MLD_CODE] = { .attr = "max_resp", .kind = SPK_UINT, .bits = 16 },
    [MLD_DELAY] = {
        .name = "icmpv6.mld.maximum_response_delay", .attr = "max_resp_delay", .kind = SPK_UINT, .bits = 16,
        .view = SPK_CALL(get_delay),
        .doc = "Longest time to answer, in milliseconds (version 1).",
    },
    [MLD_CODE_SHOWN] = {
        .name = "icmpv6.mld.maximum_response_code", .attr = "max_resp_code", .kind = SPK_UINT, .bits = 32,
        .view = SPK_CALL(get_code),
        .doc = "Longest time to answer, in milliseconds (version 2).",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 16,
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmpv6.mld.multicast_address", .attr = "group_address", .kind = SPK_IP6, .bits = 128,
        .doc = "Multicast group; :: in a general query.",
    },
    { .attr = "version_2", .kind = SPK_GROUP, .in = &listener_query_2, .when = { { .test = SPK_ROOM, .value = 4 } } },
};
static const struct spk_group listener_query = { .name = "ICMPv6ListenerQuery", SPK_ROWS(listener_query_rows) };

static const struct spk_row listener_rows[] = {
    {
        .name = "icmpv6.mld.maximum_response_delay", .attr = "max_resp", .kind = SPK_UINT, .bits = 16,
        .doc = "Nothing, in a report.",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 16,
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmpv6.mld.multicast_address", .attr = "group_address", .kind = SPK_IP6, .bits = 128,
        .doc = "Multicast group.",
    },
};
static const struct spk_group listener = { .name = "ICMPv6Listener", SPK_ROWS(listener_rows) };

enum { MAR_PRESENT, MAR_TYPE, MAR_AUX, MAR_COUNT, MAR_GROUP, MAR_SOURCES, MAR_DATA };

static const struct spk_row record_rows[] = {
    [MAR_PRESENT] = {
        .name = "icmpv6.mldr.mar", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(MAR_TYPE),
        .doc = "There is a record.",
    },
    [MAR_TYPE] = {
        .name = "icmpv6.mldr.mar.record_type", .attr = "type", .kind = SPK_UINT, .bits = 8,
        .doc = "What the record says of the group's sources, as in IGMP.",
    },
    [MAR_AUX] = {
        .name = "icmpv6.mldr.mar.aux_data_len", .attr = "aux_data_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the auxiliary data in words of four bytes.",
    },
    [MAR_COUNT] = {
        .name = "icmpv6.mldr.mar.nb_sources", .attr = "num_src", .kind = SPK_UINT, .bits = 16,
        .doc = "How many source addresses follow.",
    },
    [MAR_GROUP] = {
        .name = "icmpv6.mldr.mar.multicast_address", .attr = "group_address", .kind = SPK_IP6, .bits = 128,
        .doc = "Multicast group.",
    },
    [MAR_SOURCES] = {
        .name = "icmpv6.mldr.mar.source_address", .attr = "source_addresses", .kind = SPK_IP6, .bits = 128,
        .many = SPK_COUNT, .n = SPK_REF(MAR_COUNT, 1, 0),
        .doc = "Source address.",
    },
    [MAR_DATA] = {
        .name = "icmpv6.mldr.mar.auxiliary_data", .attr = "aux_data", .kind = SPK_BYTES, .size = SPK_REF(MAR_AUX, 4, 0),
        .when = { { SPK_NE, MAR_AUX, 0, 0 } },
        .doc = "Auxiliary data: none is defined.",
    },
};
static const struct spk_group record = { .name = "ICMPv6ListenerRecord", SPK_ROWS(record_rows) };

static const struct spk_row listener_report_rows[] = {
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 16,
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmpv6.mldr.nb_mcast_records", .attr = "num_records", .kind = SPK_UINT, .bits = 16,
        .doc = "How many records follow.",
    },
    {
        .name = "icmpv6.mldr.record", .attr = "group_records", .kind = SPK_GROUP, .many = SPK_COUNT,
        .n = SPK_REF(1, 1, 0), .in = &record, .flags = SPK_OWN_NAME,
        .doc = "Records of multicast groups.",
    },
};
static const struct spk_group listener_report = { .name = "ICMPv6ListenerReport", SPK_ROWS(listener_report_rows) };

static const struct spk_row mra_rows[] = {
    {
        .name = "icmpv6.mcast_ra.query_interval", .attr = "query_interval", .kind = SPK_UINT, .bits = 16,
        .doc = "Time between two queries, in seconds (RFC 4286).",
    },
    {
        .name = "icmpv6.mcast_ra.robustness_variable", .attr = "robustness", .kind = SPK_UINT, .bits = 16,
        .doc = "Robustness variable.",
    },
};
static const struct spk_group mra = { .name = "ICMPv6MulticastRouter", SPK_ROWS(mra_rows) };

/* ---- neighbour discovery: RFC 4861 section 4 ---- */

static const struct spk_row solicitation_rows[] = { RESERVED_4, OPTIONS_FILL };
static const struct spk_group solicitation = { .name = "NDRouterSolicitation", SPK_ROWS(solicitation_rows) };

static const struct spk_row inverse_rows[] = { RESERVED_4, OPTIONS_FILL };
static const struct spk_group inverse = { .name = "NDInverse", SPK_ROWS(inverse_rows) }; /* RFC 3122 */

static const struct spk_row advertisement_rows[] = {
    {
        .name = "icmpv6.nd.ra.cur_hop_limit", .attr = "hop_limit", .kind = SPK_UINT, .bits = 8,
        .doc = "Hop limit that hosts shall use; 0: not said.",
    },
    {
        .name = "icmpv6.nd.ra.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(2),
        .doc = "The flags as one number.",
    },
    {
        .name = "icmpv6.nd.ra.flag.m", .attr = "flag_m", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses come by DHCPv6.",
    },
    {
        .name = "icmpv6.nd.ra.flag.o", .attr = "flag_o", .kind = SPK_BOOL, .bits = 1,
        .doc = "Other settings come by DHCPv6.",
    },
    {
        .name = "icmpv6.nd.ra.flag.h", .attr = "flag_h", .kind = SPK_BOOL, .bits = 1,
        .doc = "The router is a home agent (RFC 6275).",
    },
    {
        .name = "icmpv6.nd.ra.flag.prf", .attr = "preference", .kind = SPK_UINT, .bits = 2,
        .doc = "Preference of the router: 0 medium, 1 high, 3 low (RFC 4191).",
    },
    {
        .name = "icmpv6.nd.ra.flag.p", .attr = "flag_p", .kind = SPK_BOOL, .bits = 1,
        .doc = "The advertisement is passed on by a proxy (RFC 4389).",
    },
    {
        .name = "icmpv6.nd.ra.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 2,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.nd.ra.router_lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long it is a default router, in seconds; 0: it is none.",
    },
    {
        .name = "icmpv6.nd.ra.reachable_time", .attr = "reachable_time", .kind = SPK_UINT, .bits = 32,
        .doc = "How long a neighbour counts as reachable, in milliseconds; 0: not said.",
    },
    {
        .name = "icmpv6.nd.ra.retrans_timer", .attr = "retrans_timer", .kind = SPK_UINT, .bits = 32,
        .doc = "Time between two solicitations, in milliseconds; 0: not said.",
    },
    OPTIONS_FILL,
};
static const struct spk_group advertisement = { .name = "NDRouterAdvertisement", SPK_ROWS(advertisement_rows) };

static const struct spk_row neighbour_query_rows[] = {
    RESERVED_4,
    {
        .name = "icmpv6.nd.ns.target_address", .attr = "target", .kind = SPK_IP6, .bits = 128,
        .doc = "Address whose link-layer address is asked for.",
    },
    OPTIONS_FILL,
};
static const struct spk_group neighbour_query = { .name = "NDNeighborSolicitation", SPK_ROWS(neighbour_query_rows) };

static const struct spk_row neighbour_rows[] = {
    {
        .name = "icmpv6.nd.na.flag", .attr = "flags", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .view = SPK_SPAN(1),
        .doc = "The flags as one number.",
    },
    {
        .name = "icmpv6.nd.na.flag.r", .attr = "flag_r", .kind = SPK_BOOL, .bits = 1,
        .doc = "The sender is a router.",
    },
    {
        .name = "icmpv6.nd.na.flag.s", .attr = "flag_s", .kind = SPK_BOOL, .bits = 1,
        .doc = "It answers a solicitation.",
    },
    {
        .name = "icmpv6.nd.na.flag.o", .attr = "flag_o", .kind = SPK_BOOL, .bits = 1,
        .doc = "What was known before shall be overridden.",
    },
    {
        .name = "icmpv6.nd.na.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 29,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.nd.na.target_address", .attr = "target", .kind = SPK_IP6, .bits = 128,
        .doc = "Address of which the link-layer address is told.",
    },
    OPTIONS_FILL,
};
static const struct spk_group neighbour = { .name = "NDNeighborAdvertisement", SPK_ROWS(neighbour_rows) };

static const struct spk_row redirect_rows[] = {
    RESERVED_4,
    {
        .name = "icmpv6.nd.rd.target_address", .attr = "target", .kind = SPK_IP6, .bits = 128,
        .doc = "Better first hop.",
    },
    {
        .name = "icmpv6.rd.na.destination_address", .attr = "destination", .kind = SPK_IP6, .bits = 128,
        .doc = "Destination that is to be reached by it.",
    },
    {
        .name = "icmpv6.redirect_option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_UNTIL,
        .n = SPK_REF(SPK_ICMPV6_OPTION_TYPE, 1, 4), .in = &spk_icmpv6_redirect_option, .flags = SPK_OWN_NAME,
        .doc = "Options of neighbour discovery, up to the one that holds the packet concerned.",
    },
};
static const struct spk_group redirect = { .name = "NDRedirect", SPK_ROWS(redirect_rows) };

/* ---- the message ---- */

enum {
    UNREACHABLE = 1, TOO_BIG, TIME_EXCEEDED, PROBLEM, ECHO_REQUEST = 128, ECHO_REPLY, LISTENER_QUERY, LISTENER_REPORT,
    LISTENER_DONE, ROUTER_SOLICITATION, ROUTER_ADVERTISEMENT, NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT, REDIRECT,
    RENUMBERING, NODE_QUERY, NODE_REPLY, INVERSE_SOLICITATION, INVERSE_ADVERTISEMENT, LISTENER_REPORT_V2, HOME_REQUEST,
    HOME_REPLY, PREFIX_REQUEST, PREFIX_REPLY, MULTICAST_ROUTER = 151, DUPLICATE_REQUEST = 157, DUPLICATE_CONFIRMATION,
    PROBE = 160, PROBE_REPLY
};

static const struct spk_case bodies[] = {
    { .key = UNREACHABLE, .in = &error }, { .key = TOO_BIG, .in = &too_big }, { .key = TIME_EXCEEDED, .in = &error },
    { .key = PROBLEM, .in = &problem }, { .key = ECHO_REQUEST, .last = ECHO_REPLY, .in = &echo },
    { .key = LISTENER_QUERY, .in = &listener_query },
    { .key = LISTENER_REPORT, .last = LISTENER_DONE, .in = &listener },
    { .key = ROUTER_SOLICITATION, .in = &solicitation }, { .key = ROUTER_ADVERTISEMENT, .in = &advertisement },
    { .key = NEIGHBOUR_SOLICITATION, .in = &neighbour_query }, { .key = NEIGHBOUR_ADVERTISEMENT, .in = &neighbour },
    { .key = REDIRECT, .in = &redirect }, { .key = RENUMBERING, .in = &spk_icmpv6_renumbering },
    { .key = NODE_QUERY, .last = NODE_REPLY, .in = &spk_icmpv6_node_information },
    { .key = INVERSE_SOLICITATION, .last = INVERSE_ADVERTISEMENT, .in = &inverse },
    { .key = LISTENER_REPORT_V2, .in = &listener_report }, { .key = HOME_REQUEST, .in = &spk_icmpv6_home_request },
    { .key = HOME_REPLY, .in = &spk_icmpv6_home_reply }, { .key = PREFIX_REQUEST, .in = &spk_icmpv6_prefix_request },
    { .key = PREFIX_REPLY, .in = &spk_icmpv6_prefix_reply }, { .key = MULTICAST_ROUTER, .in = &mra },
    { .key = DUPLICATE_REQUEST, .last = DUPLICATE_CONFIRMATION, .in = &spk_icmpv6_duplicate },
    { .key = PROBE, .in = &probe }, { .key = PROBE_REPLY, .in = &report },
    { .in = NULL },
};

static const struct spk_case subjects[] = {
    { .key = 0, .in = &spk_icmpv6_node_query }, { .key = 1, .in = &spk_icmpv6_node_query_name },
    { .key = 2, .in = &spk_icmpv6_node_query_ip4 },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { UNREACHABLE, "Destination Unreachable" }, { TOO_BIG, "Packet Too Big" }, { TIME_EXCEEDED, "Time Exceeded" },
    { PROBLEM, "Parameter Problem" }, { ECHO_REQUEST, "Echo (ping) request" }, { ECHO_REPLY, "Echo (ping) reply" },
    { LISTENER_QUERY, "Multicast Listener Query" }, { LISTENER_REPORT, "Multicast Listener Report" },
    { LISTENER_DONE, "Multicast Listener Done" }, { ROUTER_SOLICITATION, "Router Solicitation" },
    { ROUTER_ADVERTISEMENT, "Router Advertisement" }, { NEIGHBOUR_SOLICITATION, "Neighbor Solicitation" },
    { NEIGHBOUR_ADVERTISEMENT, "Neighbor Advertisement" }, { REDIRECT, "Redirect" },
    { RENUMBERING, "Router Renumbering" }, { NODE_QUERY, "Node Information Query" },
    { NODE_REPLY, "Node Information Reply" },
    { INVERSE_SOLICITATION, "Inverse Neighbor Discovery Solicitation Message" },
    { INVERSE_ADVERTISEMENT, "Inverse Neighbor Discovery Advertisement Message" },
    { LISTENER_REPORT_V2, "Multicast Listener Report Message v2" },
    { HOME_REQUEST, "Home Agent Address Discovery Request Message" },
    { HOME_REPLY, "Home Agent Address Discovery Reply Message" }, { PREFIX_REQUEST, "Mobile Prefix Solicitation" },
    { PREFIX_REPLY, "Mobile Prefix Advertisement" }, { MULTICAST_ROUTER, "Multicast Router Advertisement" },
    { DUPLICATE_REQUEST, "Duplicate Address Request" }, { DUPLICATE_CONFIRMATION, "Duplicate Address Confirmation" },
    { PROBE, "Extended Echo request" }, { PROBE_REPLY, "Extended Echo reply" }, { 0, NULL },
};

enum { TYPE, CODE, CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, BODY, PARTS, RESULTS, SUBJECT, ANSWERS, REST, QUOTED };

static const struct spk_row rows[] = {
    [TYPE] = {
        .name = "icmpv6.type", .kind = SPK_UINT, .bits = 8, .init = ECHO_REQUEST, .names = type_names,
        .doc = "Type of the message; below 128 it is an error.",
    },
    [CODE] = {
        .name = "icmpv6.code", .kind = SPK_UINT, .bits = 8,
        .doc = "What kind of message of that type.",
    },
    [CHECKSUM] = {
        .name = "icmpv6.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the pseudo header and the whole message.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("icmpv6.checksum.status", spk_checksum_status),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("icmpv6.checksum_good"),
    [BODY] = {
        .name = "icmpv6.data", .attr = "body", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .doc = "What is of a type not known here.",
    },
    [PARTS] = {
        .name = "icmpv6.rr.part", .attr = "parts", .kind = SPK_GROUP, .many = SPK_FILL, .flags = SPK_OWN_NAME,
        .in = &spk_icmpv6_renumbering_part,
        .when = { { SPK_EQ, TYPE, 0, RENUMBERING }, { SPK_EQ, CODE, 0, 0 } },
        .doc = "Operations on prefixes.",
    },
    [RESULTS] = {
        .name = "icmpv6.rr.result", .attr = "results", .kind = SPK_GROUP, .many = SPK_FILL, .flags = SPK_OWN_NAME,
        .in = &spk_icmpv6_renumbering_result,
        .when = { { SPK_EQ, TYPE, 0, RENUMBERING }, { SPK_EQ, CODE, 0, 1 } },
        .doc = "What became of the operations.",
    },
    [SUBJECT] = {
        .kind = SPK_CHOICE, .attr = "subject_of_query", .key = CODE, .cases = subjects,
        .when = { { SPK_EQ, TYPE, 0, NODE_QUERY }, { .test = SPK_ROOM, .value = 1 } },
    },
    [ANSWERS] = {
        .name = "icmpv6.ni.answer", .attr = "answers", .kind = SPK_GROUP, .many = SPK_FILL, .flags = SPK_OWN_NAME,
        .in = &spk_icmpv6_node_answer, .when = { { SPK_EQ, TYPE, 0, NODE_REPLY } },
        .doc = "Addresses of the node.",
    },
    /* Messages of multicast listeners and others have no payload: what is behind them is theirs. */
    [REST] = {
        .name = "icmpv6.rest", .attr = "rest", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { SPK_GE, TYPE, 0, LISTENER_QUERY }, { SPK_NE, TYPE, 0, REDIRECT } },
        .doc = "What stands behind the message's own fields.",
    },
    [QUOTED] = {
        .attr = "quoted_words", .kind = SPK_UINT, .bits = 8, .flags = SPK_ZERO_IS_REST | SPK_ONLY_READ,
        .view = SPK_SPAN(BODY),
        .when = { { SPK_EQ, TYPE, 0xfd, UNREACHABLE } },
    },
};

/* Wireshark reads the extension structure of an extended echo as ICMP's. */
static const char *name_extension(const struct spk_packet *packet, unsigned layer, unsigned nth)
{
    const struct spk_layer *place = &packet->layers[layer];

    return nth == 0 && place->hdr_len > 8 && packet->data[place->at] == PROBE ? "icmp" : NULL;
}

/*
 * RFC 4884 section 4.2: destination unreachable (1) and time exceeded (3) have the quoted packet's length in words in
 * byte 4. The two types differ in one bit.
 */
const struct spk_proto spk_proto_icmpv6 = {
    .name = "icmpv6", .pyclass = "ICMPv6", .title = "Internet Control Message Protocol v6", .spec = "RFC 4443",
    .holds = name_extension,
    .hdr = { .name = "ICMPv6", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .min = 4,
    .len = SPK_REF(QUOTED, 8, 8), .len_when = { SPK_EQ, TYPE, 0xfd, UNREACHABLE },
    .csum = CHECKSUM, .covers = SPK_COVERS_PSEUDO6,
    .flags = SPK_QUOTES | SPK_WITH_PAYLOAD,
    .next = SPK_NEXTS({ .space = "icmpv6.type", .keys = { TYPE } }),
    .sits = SPK_SITS({ "ip.proto", 58 }),
};
