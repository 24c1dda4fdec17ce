/*
 * Options of the IPv4 header: RFC 791 section 3.1 (end, no-operation, security, routes, stream identifier, timestamp),
 * RFC 1108 (security), RFC 2113 (router alert), RFC 1191's forerunner RFC 1063 (MTU), RFC 1393 (traceroute), RFC 1770
 * (selective directed broadcast), RFC 4782 (quick start) and the FIPS 188 security label known as CIPSO.
 *
 *      +---+-----+--------+----------------+------------
 *      |cop|class| number |     len        |  body ...
 *      +---+-----+--------+----------------+------------
 *      Types 0 and 1 are one byte: no len, no body.
 */
#include "proto/ip_options.h"

#include <steelpkt/packet.h>

enum {
    EOL = 0, NOP = 1, RECORD_ROUTE = 7, MTU_PROBE = 11, MTU_REPLY = 12, QUICK_START = 25, TIMESTAMP = 68,
    TRACEROUTE = 82, SECURITY = 130, LOOSE_ROUTE = 131, EXTENDED_SECURITY = 133, CIPSO = 134, STREAM = 136,
    STRICT_ROUTE = 137, ROUTER_ALERT = 148, SELECTIVE_BROADCAST = 149
};

/* ---- routes: RFC 791 section 3.1 ---- */

enum { POINTER, RECORDED, REMAINING };

static const struct spk_row recorded_rows[] = {
    [POINTER] = {
        .name = "ip.opt.ptr", .attr = "ptr", .kind = SPK_UINT, .bits = 8, .init = 4,
        .doc = "First byte not yet used, counted from 1 at the option's type.",
    },
    [RECORDED] = {
        .name = "ip.rec_rt", .also = "ip.rec_rt_host", .attr = "recorded", .kind = SPK_IP4, .bits = 32,
        .many = SPK_FILL, .size = SPK_REF(POINTER, 1, -4), .when = { { SPK_GE, POINTER, 0, 4 } },
        .doc = "Addresses that routers on the way have recorded.",
    },
    [REMAINING] = {
        .name = "ip.empty_rt", .also = "ip.empty_rt_host", .attr = "empty", .kind = SPK_IP4, .bits = 32,
        .many = SPK_FILL,
        .doc = "Room that is left for further addresses.",
    },
};
static const struct spk_group recorded = { .name = "IPOptionRecordRoute", SPK_ROWS(recorded_rows) };

enum { HOP_ADDRESS, HOP_NEXT };

/* The last address of a source route is where the packet goes in the end; the others are stations. */
static bool get_station(const struct spk_place *place, struct spk_value *value)
{
    if (place->end - place->at < 8)
        return false;
    value->kind = SPK_IP4;
    value->u = spk_place_uint(place, HOP_ADDRESS);
    return true;
}

static const struct spk_row hop_rows[] = {
    [HOP_ADDRESS] = {
        .name = "ip.route", .attr = "addr", .kind = SPK_IP4, .bits = 32, .flags = SPK_OWN_NAME,
        .doc = "Address still to be visited.",
    },
    [HOP_NEXT] = {
        .name = "ip.src_rt", .also = "ip.src_rt_host", .kind = SPK_IP4, .bits = 32, .view = SPK_CALL(get_station),
        .doc = "Address still to be visited before the last.",
    },
};
static const struct spk_group hop = { .name = "IPOptionHop", SPK_ROWS(hop_rows) };

static const struct spk_row source_rows[] = {
    [POINTER] = {
        .name = "ip.opt.ptr", .attr = "ptr", .kind = SPK_UINT, .bits = 8, .init = 4,
        .doc = "Byte of the next address to visit, counted from 1 at the option's type.",
    },
    [RECORDED] = {
        .name = "ip.rec_rt", .attr = "recorded", .kind = SPK_IP4, .bits = 32, .many = SPK_FILL,
        .size = SPK_REF(POINTER, 1, -4), .when = { { SPK_GE, POINTER, 0, 4 } },
        .doc = "Addresses that were visited.",
    },
    [REMAINING] = {
        .name = "ip.hop", .attr = "hops", .kind = SPK_GROUP, .many = SPK_FILL, .in = &hop, .flags = SPK_OWN_NAME,
        .doc = "Addresses still to be visited.",
    },
};
static const struct spk_group source = { .name = "IPOptionSourceRoute", SPK_ROWS(source_rows) };

/* ---- timestamp: RFC 791 section 3.1 ---- */

enum { TS_POINTER, TS_OVERFLOW, TS_FLAG, TS_PAIRS, TS_STAMPS };

static const struct spk_row pair_rows[] = {
    {
        .name = "ip.opt.time_stamp_addr", .attr = "addr", .kind = SPK_IP4, .bits = 32,
        .doc = "Who registered the time stamp that follows, or shall do so.",
    },
    {
        .name = "ip.opt.time_stamp", .attr = "stamp", .kind = SPK_UINT, .bits = 32,
        .doc = "Milliseconds since midnight UTC.",
    },
};
static const struct spk_group pair = { .name = "IPOptionTimestampPair", SPK_ROWS(pair_rows) };

static const struct spk_row timestamp_rows[] = {
    [TS_POINTER] = {
        .name = "ip.opt.ptr", .attr = "ptr", .kind = SPK_UINT, .bits = 8, .init = 5,
        .doc = "First byte not yet used, counted from 1 at the option's type.",
    },
    [TS_OVERFLOW] = {
        .name = "ip.opt.overflow", .attr = "overflow", .kind = SPK_UINT, .bits = 4,
        .doc = "Hosts that found no room for their time stamp.",
    },
    [TS_FLAG] = {
        .name = "ip.opt.flag", .attr = "flag", .kind = SPK_UINT, .bits = 4, .base = SPK_HEX,
        .doc = "0: time stamps only, 1: each after its host's address, 3: only the hosts named.",
    },
    [TS_PAIRS] = {
        .name = "ip.opt.time_stamp_pair", .attr = "pairs", .kind = SPK_GROUP, .many = SPK_FILL, .in = &pair,
        .flags = SPK_OWN_NAME, .when = { { SPK_EQ, TS_FLAG, 1, 1 } },
        .doc = "Addresses with their time stamps.",
    },
    [TS_STAMPS] = {
        .name = "ip.opt.time_stamp", .attr = "stamps", .kind = SPK_UINT, .bits = 32, .many = SPK_FILL,
        .when = { { SPK_EQ, TS_FLAG, 1, 0 } },
        .doc = "Milliseconds since midnight UTC.",
    },
};
static const struct spk_group timestamp = { .name = "IPOptionTimestamp", SPK_ROWS(timestamp_rows) };

/* ---- security: RFC 1108 sections 2 and 3 ---- */

enum { AUTH_FLAGS, AUTH_GENSER, AUTH_SIOP, AUTH_SCI, AUTH_NSA, AUTH_DOE, AUTH_UNASSIGNED, AUTH_MORE };

static const struct spk_row authority_rows[] = {
    [AUTH_FLAGS] = {
        .name = "ip.opt.sec_prot_auth_flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(AUTH_GENSER),
        .doc = "One byte of protection authority flags.",
    },
    [AUTH_GENSER] = {
        .name = "ip.opt.sec_prot_auth_genser", .attr = "genser", .kind = SPK_BOOL, .bits = 1,
        .doc = "GENSER: designated by the network's approving authority.",
    },
    [AUTH_SIOP] = {
        .name = "ip.opt.sec_prot_auth_siop_esi", .attr = "siop_esi", .kind = SPK_BOOL, .bits = 1,
        .doc = "SIOP-ESI: Joint Chiefs of Staff.",
    },
    [AUTH_SCI] = {
        .name = "ip.opt.sec_prot_auth_sci", .attr = "sci", .kind = SPK_BOOL, .bits = 1,
        .doc = "SCI: Director of Central Intelligence.",
    },
    [AUTH_NSA] = {
        .name = "ip.opt.sec_prot_auth_nsa", .attr = "nsa", .kind = SPK_BOOL, .bits = 1,
        .doc = "NSA: National Security Agency.",
    },
    [AUTH_DOE] = {
        .name = "ip.opt.sec_prot_auth_doe", .attr = "doe", .kind = SPK_BOOL, .bits = 1,
        .doc = "DOE: Department of Energy.",
    },
    [AUTH_UNASSIGNED] = {
        .name = "ip.opt.sec_prot_auth_unassigned", .attr = "unassigned", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX,
        .doc = "Two bits without a meaning.",
    },
    [AUTH_MORE] = {
        .name = "ip.opt.sec_prot_auth_fti", .attr = "fti", .kind = SPK_BOOL, .bits = 1,
        .doc = "Field termination indicator: another byte of flags follows.",
    },
};
static const struct spk_group authority = { .name = "IPOptionAuthority", SPK_ROWS(authority_rows) };

static const struct spk_row security_rows[] = {
    {
        .name = "ip.opt.sec_cl", .attr = "level", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Classification level: 3d top secret, 5a secret, 96 confidential, ab unclassified.",
    },
    {
        .name = "ip.opt.sec_authority", .attr = "authorities", .kind = SPK_GROUP, .many = SPK_UNTIL,
        .n = SPK_REF(AUTH_MORE, 1, 0), .in = &authority, .flags = SPK_OWN_NAME,
        .doc = "Protection authority flags, one byte each, up to one that ends the field.",
    },
};
static const struct spk_group security = { .name = "IPOptionSecurity", SPK_ROWS(security_rows) };

static const struct spk_row extended_rows[] = {
    {
        .name = "ip.opt.ext_sec_add_sec_info_format_code", .attr = "format", .kind = SPK_UINT, .bits = 8,
        .base = SPK_HEX,
        .doc = "What the additional information's format is.",
    },
    {
        .name = "ip.opt.ext_sec_add_sec_info", .attr = "info", .kind = SPK_BYTES,
        .doc = "Additional security information.",
    },
};
static const struct spk_group extended = { .name = "IPOptionExtendedSecurity", SPK_ROWS(extended_rows) };

/* ---- CIPSO: FIPS 188 ---- */

enum { TAG_TYPE, TAG_LEN, TAG_ALIGN, TAG_LEVEL, TAG_CATEGORIES, TAG_SHOWN, TAG_DATA };

static uint32_t put_decimal(uint8_t *text, uint32_t len, unsigned number)
{
    uint8_t digits[10];
    uint32_t count = 0;

    if (len > 0)
        text[len++] = ',';
    do {
        digits[count++] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        text[len++] = digits[--count];
    return len;
}

/* Tag 1 has a bit a category, tag 2 two bytes a category. A tag has at most 36 bytes: the text fits. */
static bool get_categories(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *data = place->packet->data;
    uint32_t at = spk_place_at(place, TAG_CATEGORIES);
    uint32_t end = place->at + (uint32_t)spk_place_uint(place, TAG_LEN);
    uint8_t *text = place->scratch->bytes;
    uint32_t len = 0;

    if (at == UINT32_MAX || end > place->end || end - place->at > 40)
        return false;
    if (spk_place_uint(place, TAG_TYPE) == 1) {
        for (uint32_t bit = 0; bit < (end - at) * 8; bit++) {
            if ((data[at + bit / 8] & (0x80U >> bit % 8)) != 0)
                len = put_decimal(text, len, bit);
        }
    } else {
        for (; at + 2 <= end; at += 2)
            len = put_decimal(text, len, (unsigned)data[at] << 8 | data[at + 1]);
    }
    value->kind = SPK_TEXT;
    value->data = text;
    value->len = len;
    return len > 0;
}

static const struct spk_row tag_rows[] = {
    [TAG_TYPE] = {
        .name = "ip.cipso.tag_type", .attr = "type", .kind = SPK_UINT, .bits = 8,
        .doc = "1: categories as bits, 2: as numbers, 5: as ranges.",
    },
    [TAG_LEN] = {
        .name = "ip.cipso.tag_len", .attr = "len", .kind = SPK_UINT, .bits = 8, .flags = SPK_OWN_NAME,
        .doc = "Bytes of the tag, its type and length included.",
    },
    [TAG_ALIGN] = { .attr = "align", .kind = SPK_PAD, .bits = 8, .when = { { SPK_LE, TAG_TYPE, 0, 2 } } },
    [TAG_LEVEL] = {
        .name = "ip.cipso.sensitivity_level", .attr = "level", .kind = SPK_UINT, .bits = 8,
        .when = { { SPK_LE, TAG_TYPE, 0, 2 } },
        .doc = "Sensitivity of the packet.",
    },
    [TAG_CATEGORIES] = {
        .name = "ip.cipso.category_bytes", .attr = "categories", .kind = SPK_BYTES, .size = SPK_REF(TAG_LEN, 1, -4),
        .flags = SPK_OWN_NAME, .when = { { SPK_LE, TAG_TYPE, 0, 2 } },
        .doc = "The categories as they stand in the packet.",
    },
    [TAG_SHOWN] = {
        .name = "ip.cipso.categories", .attr = "category_list", .kind = SPK_TEXT, .view = SPK_CALL(get_categories),
        .when = { { SPK_LE, TAG_TYPE, 0, 2 } },
        .doc = "The categories' numbers, separated by commas.",
    },
    [TAG_DATA] = {
        .name = "ip.cipso.tag_data", .attr = "data", .kind = SPK_BYTES, .size = SPK_REF(TAG_LEN, 1, -2),
        .when = { { SPK_GE, TAG_TYPE, 0, 3 } },
        .doc = "What a tag of another type says.",
    },
};
static const struct spk_group tag = { .name = "IPOptionCIPSOTag", SPK_ROWS(tag_rows) };

static const struct spk_row cipso_rows[] = {
    {
        .name = "ip.cipso.doi", .attr = "doi", .kind = SPK_UINT, .bits = 32,
        .doc = "Domain of interpretation: who gives the numbers their meaning.",
    },
    {
        .name = "ip.cipso.tag", .attr = "tags", .kind = SPK_GROUP, .many = SPK_FILL, .in = &tag,
        .flags = SPK_OWN_NAME,
        .doc = "Tags of the label.",
    },
};
static const struct spk_group cipso = { .name = "IPOptionCIPSO", SPK_ROWS(cipso_rows) };

/* ---- short ones ---- */

static const struct spk_row alert_rows[] = {
    {
        .name = "ip.opt.ra", .attr = "alert", .kind = SPK_UINT, .bits = 16,
        .doc = "0: every router shall look into the packet (RFC 2113).",
    },
};
static const struct spk_group alert = { .name = "IPOptionRouterAlert", SPK_ROWS(alert_rows) };

static const struct spk_row stream_rows[] = {
    {
        .name = "ip.opt.sid", .attr = "stream", .kind = SPK_UINT, .bits = 16,
        .doc = "SATNET's stream identifier.",
    },
};
static const struct spk_group stream = { .name = "IPOptionStream", SPK_ROWS(stream_rows) };

static const struct spk_row mtu_rows[] = {
    {
        .name = "ip.opt.mtu", .attr = "mtu", .kind = SPK_UINT, .bits = 16,
        .doc = "Smallest MTU on the way so far, in bytes (RFC 1063).",
    },
};
static const struct spk_group mtu = { .name = "IPOptionMTU", SPK_ROWS(mtu_rows) };

static const struct spk_row traceroute_rows[] = {
    {
        .name = "ip.opt.id_number", .attr = "id_number", .kind = SPK_UINT, .bits = 16,
        .doc = "Identifies the traceroute (RFC 1393).",
    },
    {
        .name = "ip.opt.ohc", .attr = "ohc", .kind = SPK_UINT, .bits = 16,
        .doc = "Routers passed on the way out.",
    },
    {
        .name = "ip.opt.rhc", .attr = "rhc", .kind = SPK_UINT, .bits = 16,
        .doc = "Routers passed on the way back; ffff on the way out.",
    },
    {
        .name = "ip.opt.originator", .attr = "originator", .kind = SPK_IP4, .bits = 32,
        .doc = "Whom the routers shall answer.",
    },
};
static const struct spk_group traceroute = { .name = "IPOptionTraceroute", SPK_ROWS(traceroute_rows) };

static const struct spk_row broadcast_rows[] = {
    {
        .name = "ip.opt.addr", .attr = "addrs", .kind = SPK_IP4, .bits = 32, .many = SPK_FILL,
        .doc = "Networks in which the packet shall be broadcast (RFC 1770).",
    },
};
static const struct spk_group broadcast = { .name = "IPOptionBroadcast", SPK_ROWS(broadcast_rows) };

/* ---- quick start: RFC 4782 section 3 ---- */

enum { QS_FUNC, QS_RATE, QS_TTL, QS_TTL_DIFF, QS_UNUSED, QS_NONCE, QS_RESERVED };

/* RFC 4782 section 3.1: the difference between the packet's TTL and the one in the option, modulo 256. */
static bool get_ttl_diff(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];
    unsigned ttl = place->packet->data[layer->at + 8];

    value->kind = SPK_UINT;
    value->u = (ttl - (unsigned)spk_place_uint(place, QS_TTL)) & 0xffU;
    return true;
}

static const struct spk_row quick_rows[] = {
    [QS_FUNC] = {
        .name = "ip.opt.qs_func", .attr = "func", .kind = SPK_UINT, .bits = 4,
        .doc = "0: a request, 8: a report of the rate that was approved.",
    },
    [QS_RATE] = {
        .name = "ip.opt.qs_rate", .attr = "rate", .kind = SPK_UINT, .bits = 4,
        .doc = "Rate wanted or approved: 40 kbit/s times two to this power, 0: none.",
    },
    [QS_TTL] = {
        .name = "ip.opt.qs_ttl", .attr = "ttl", .kind = SPK_UINT, .bits = 8, .when = { { SPK_EQ, QS_FUNC, 0, 0 } },
        .doc = "Counted down by every router that approves.",
    },
    [QS_TTL_DIFF] = {
        .name = "ip.opt.qs_ttl_diff", .kind = SPK_UINT, .bits = 8, .view = SPK_CALL(get_ttl_diff),
        .when = { { SPK_EQ, QS_FUNC, 0, 0 } },
        .doc = "The packet's time to live less the option's, modulo 256.",
    },
    [QS_UNUSED] = {
        .name = "ip.opt.qs_unused", .attr = "unused", .kind = SPK_UINT, .bits = 8,
        .when = { { SPK_NE, QS_FUNC, 0, 0 } },
        .doc = "Nothing, in a report.",
    },
    [QS_NONCE] = {
        .name = "ip.opt.qs_nonce", .attr = "nonce", .kind = SPK_UINT, .bits = 30, .base = SPK_HEX,
        .doc = "Random number by which the sender sees that no router lied.",
    },
    [QS_RESERVED] = {
        .name = "ip.opt.qs_reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX, .digits = 8,
        .doc = "Two bits without a meaning.",
    },
};
static const struct spk_group quick = { .name = "IPOptionQuickStart", SPK_ROWS(quick_rows) };

/* ---- the option itself ---- */

static const struct spk_case bodies[] = {
    { .key = RECORD_ROUTE, .in = &recorded },
    { .key = MTU_PROBE, .last = MTU_REPLY, .in = &mtu },
    { .key = QUICK_START, .in = &quick },
    { .key = TIMESTAMP, .in = &timestamp },
    { .key = TRACEROUTE, .in = &traceroute },
    { .key = SECURITY, .in = &security },
    { .key = LOOSE_ROUTE, .in = &source },
    { .key = EXTENDED_SECURITY, .in = &extended },
    { .key = CIPSO, .in = &cipso },
    { .key = STREAM, .in = &stream },
    { .key = STRICT_ROUTE, .in = &source },
    { .key = ROUTER_ALERT, .in = &alert },
    { .key = SELECTIVE_BROADCAST, .in = &broadcast },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { EOL, "EOL" }, { NOP, "NOP" }, { RECORD_ROUTE, "RR" }, { MTU_PROBE, "MTU-Probe" }, { MTU_REPLY, "MTU-Reply" },
    { QUICK_START, "QS" }, { TIMESTAMP, "TS" }, { TRACEROUTE, "TR" }, { SECURITY, "SEC" }, { LOOSE_ROUTE, "LSR" },
    { EXTENDED_SECURITY, "E-SEC" }, { CIPSO, "CIPSO" }, { STREAM, "SID" }, { STRICT_ROUTE, "SSR" },
    { ROUTER_ALERT, "RTRALT" }, { SELECTIVE_BROADCAST, "SDB" }, { 0, NULL },
};

enum {
    COPY, CLASS, NUMBER, TYPE, LEN, BODY, SHOW_EOL, SHOW_NOP, SHOW_RR, SHOW_PROBE, SHOW_REPLY, SHOW_QS, SHOW_TS,
    SHOW_TR, SHOW_SEC, SHOW_LSR, SHOW_ESEC, SHOW_CIPSO, SHOW_SID, SHOW_SSR, SHOW_RA, SHOW_SDB
};

_Static_assert((int)TYPE == (int)SPK_IP_OPTION_TYPE, "ip.c ends the list at this row");

/* The whole option, type and length included. */
static bool get_whole(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len = spk_place_uint(place, TYPE) <= NOP ? 1 : (uint32_t)spk_place_uint(place, LEN);

    if (place->at > place->end || len > place->end - place->at)
        return false;
    value->kind = SPK_BYTES;
    value->data = place->packet->data + place->at;
    value->len = len;
    return true;
}

/* A view of the whole option for one type; the list below says which options have a name of their own. */
#define WHOLE(name_, attr_, type_, doc_)                                                                             \
    {                                                                                                                \
        .name = name_, .attr = attr_, .kind = SPK_BYTES, .view = SPK_CALL(get_whole),                                \
        .when = { { SPK_EQ, TYPE, 0, type_ } }, .doc = doc_,                                                         \
    }

/* The same of a kind that is one byte. */
#define WHOLE_BYTE(name_, attr_, type_, doc_)                                                                        \
    {                                                                                                                \
        .name = name_, .attr = attr_, .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(COPY),                          \
        .when = { { SPK_EQ, TYPE, 0, type_ } }, .doc = doc_,                                                         \
    }

static const struct spk_row rows[] = {
    [COPY] = {
        .name = "ip.opt.type.copy", .attr = "copy", .kind = SPK_BOOL, .bits = 1,
        .doc = "The option stands in every fragment.",
    },
    [CLASS] = {
        .name = "ip.opt.type.class", .attr = "class_", .kind = SPK_UINT, .bits = 2,
        .doc = "0: control, 2: debugging and measurement.",
    },
    [NUMBER] = {
        .name = "ip.opt.type.number", .attr = "number", .kind = SPK_UINT, .bits = 5,
        .doc = "Number of the option within its class.",
    },
    [TYPE] = {
        .name = "ip.opt.type", .attr = "type", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(COPY),
        .names = type_names,
        .doc = "Copy bit, class and number as one number.",
    },
    [LEN] = {
        .name = "ip.opt.len", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_GE, TYPE, 0, 2 } },
        .doc = "Bytes of the option, its type and length included.",
    },
    [BODY] = {
        .name = "ip.opt.data", .attr = "data", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LEN, 1, -2), .flags = SPK_OWN_NAME, .when = { { SPK_GE, TYPE, 0, 2 } },
        .doc = "What an option of a type not known here says.",
    },
    [SHOW_EOL] = WHOLE_BYTE("ip.options.eol", "eol", EOL, "End of options, as bytes."),
    [SHOW_NOP] = WHOLE_BYTE("ip.options.nop", "nop", NOP, "No operation, as bytes."),
    [SHOW_RR] = WHOLE("ip.options.record_route", "record_route", RECORD_ROUTE, "Record route option, as bytes."),
    [SHOW_PROBE] = WHOLE("ip.options.mtu_probe", "mtu_probe", MTU_PROBE, "MTU probe option, as bytes."),
    [SHOW_REPLY] = WHOLE("ip.options.mtu_reply", "mtu_reply", MTU_REPLY, "MTU reply option, as bytes."),
    [SHOW_QS] = WHOLE("ip.options.qs", "qs", QUICK_START, "Quick start option, as bytes."),
    [SHOW_TS] = WHOLE("ip.options.timestamp", "timestamp", TIMESTAMP, "Timestamp option, as bytes."),
    [SHOW_TR] = WHOLE("ip.options.traceroute", "traceroute", TRACEROUTE, "Traceroute option, as bytes."),
    [SHOW_SEC] = WHOLE("ip.options.security", "security", SECURITY, "Security option, as bytes."),
    [SHOW_LSR] = WHOLE("ip.options.route", "loose_route", LOOSE_ROUTE, "Loose source route option, as bytes."),
    [SHOW_ESEC] = WHOLE("ip.options.ext_security", "ext_security", EXTENDED_SECURITY,
                        "Extended security option, as bytes."),
    [SHOW_CIPSO] = WHOLE("ip.options.cipso", "cipso", CIPSO, "Commercial security option, as bytes."),
    [SHOW_SID] = WHOLE("ip.options.sid", "stream_id", STREAM, "Stream identifier option, as bytes."),
    [SHOW_SSR] = WHOLE("ip.options.source_route", "strict_route", STRICT_ROUTE,
                       "Strict source route option, as bytes."),
    [SHOW_RA] = WHOLE("ip.options.routeralert", "router_alert", ROUTER_ALERT, "Router alert option, as bytes."),
    [SHOW_SDB] = WHOLE("ip.options.sdb", "sdb", SELECTIVE_BROADCAST,
                       "Selective directed broadcast option, as bytes."),
};

const struct spk_group spk_ip_option = { .name = "IPOption", SPK_ROWS(rows) };
