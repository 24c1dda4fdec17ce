/*
 * IGMP, Internet Group Management Protocol: RFC 988 (version 0), RFC 1112 (version 1), RFC 2236 (version 2), RFC 3376
 * (version 3); multicast traceroute (draft-ietf-idmr-traceroute-ipm) on the same numbers.
 *
 *       0       7 8       15 16              31
 *      +---------+----------+-----------------+
 *      |  type   | max_resp |    checksum     |
 *      +---------+----------+-----------------+
 *      |                maddr                 |
 *      +---+-----+----------+-----------------+
 *      |s.r| qrv |   qqic   |     num_src     |  version 3, query
 *      +---+-----+----------+-----------------+
 *      |               saddr ...              |
 *
 *      +---------+----------+-----------------+
 *      |  0x22   | reserved |    checksum     |  version 3, report
 *      +---------+----------+-----------------+
 *      |      reserved      |  num_grp_recs   |
 *      +--------------------+-----------------+
 *      | record_type | aux_data_len | num_src |  a record, and then others
 *      +--------------------------------------+
 *      |                maddr                 |
 *      +--------------------------------------+
 *      |         saddr ..., aux_data ...      |
 *
 * RFC 3376 section 7.1: a query of 8 bytes is of version 1 when max_resp is 0, else of version 2; from 12 bytes on it is of
 * version 3.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"

enum {
    QUERY = 0x11, REPORT_V1 = 0x12, REPORT_V2 = 0x16, LEAVE = 0x17, TRACE_RESPONSE = 0x1e, TRACE = 0x1f,
    REPORT_V3 = 0x22
};

enum {
    VERSION, TYPE, SECOND, RESERVED_V1, RESERVED_V1_QUERY, RESERVED_V3, MAX_RESP, MAX_RESP_QUERY, EXPONENT, MANTISSA,
    MAX_HOPS, GROUP_TYPE, REPLY, CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, DATA, BODY, JOINED_GROUPS, JOINED_SOURCES
};

static const struct spk_layer *layer_of(const struct spk_place *place)
{
    return &place->packet->layers[place->layer];
}

/* Bytes of the message on the wire. */
static uint32_t length(const struct spk_place *place)
{
    return layer_of(place)->end - layer_of(place)->at;
}

static bool get_version(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = layer_of(place);
    const uint8_t *data = place->packet->data + layer->at;

    if (layer->hdr_len < 2)
        return false;
    value->kind = SPK_UINT;
    if (data[0] == QUERY) {
        value->u = length(place) >= 12 ? 3 : data[1] == 0 ? 1 : 2;
    } else if (data[0] == REPORT_V3) {
        value->u = 3;
    } else if (data[0] == REPORT_V2 || data[0] == LEAVE) {
        value->u = 2;
    } else if (data[0] == REPORT_V1) {
        value->u = 1;
    } else if (data[0] < 0x09 && data[0] > 0) {
        value->u = 0;
    } else {
        return false;
    }
    return true;
}

static bool is_v1_query(const struct spk_place *place)
{
    return length(place) < 12 && spk_place_uint(place, SECOND) == 0;
}

static bool get_reserved(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_BYTES;
    value->data = place->packet->data + place->at + 1;
    value->len = 1;
    return is_v1_query(place);
}

static bool has_exponent(const struct spk_place *place)
{
    return length(place) >= 12 && spk_place_uint(place, SECOND) >= 128;
}

/* RFC 3376 section 4.1.1: from 128 on a floating point number. */
static bool get_max_resp(const struct spk_place *place, struct spk_value *value)
{
    uint64_t code = spk_place_uint(place, SECOND);

    value->kind = SPK_UINT;
    value->u = has_exponent(place) ? ((code & 0x0f) | 0x10) << ((code >> 4 & 0x07) + 3) : code;
    return !is_v1_query(place);
}

static bool get_exponent(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, SECOND) >> 4 & 0x07;
    return has_exponent(place);
}

static bool get_mantissa(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, SECOND) & 0x0f;
    return has_exponent(place);
}

/* All but the type, where the type is not known. */
static bool get_data(const struct spk_place *place, struct spk_value *value)
{
    uint64_t type = spk_place_uint(place, TYPE);
    struct spk_value version;

    if (type == TRACE || type == TRACE_RESPONSE || place->end - place->at < 2 || get_version(place, &version))
        return false;
    value->kind = SPK_BYTES;
    value->data = place->packet->data + place->at + 1;
    value->len = place->end - place->at - 1;
    return true;
}

/* ---- the tutorial's joined addresses ---- */

static uint32_t put_address(const struct spk_place *place, uint32_t at, uint32_t len)
{
    uint8_t *text = place->scratch->bytes;

    if (len + 16 > sizeof place->scratch->bytes)
        return len;
    if (len > 0)
        text[len++] = ',';
    for (unsigned i = 0; i < 4; i++) {
        unsigned byte = place->packet->data[at + i];

        if (i > 0)
            text[len++] = '.';
        if (byte >= 100)
            text[len++] = (uint8_t)('0' + byte / 100);
        if (byte >= 10)
            text[len++] = (uint8_t)('0' + byte / 10 % 10);
        text[len++] = (uint8_t)('0' + byte % 10);
    }
    return len;
}

/* The groups of all records (offset 4 of each), or their sources (from 8 on), joined by commas. */
static bool join_records(const struct spk_place *place, bool sources, struct spk_value *value)
{
    const uint8_t *data = place->packet->data;
    uint32_t at = place->at + 8;
    uint32_t len = 0;

    while (at <= place->end && place->end - at >= 8) {
        uint32_t count = (uint32_t)data[at + 2] << 8 | data[at + 3];
        uint32_t aux = data[at + 1] * 4U;

        if (!sources)
            len = put_address(place, at + 4, len);
        at += 8;
        for (; count > 0 && place->end - at >= 4; count--, at += 4) {
            if (sources)
                len = put_address(place, at, len);
        }
        if (place->end - at < aux)
            break;
        at += aux;
    }
    value->kind = SPK_TEXT;
    value->data = place->scratch->bytes;
    value->len = len;
    return true;
}

static bool get_joined_groups(const struct spk_place *place, struct spk_value *value)
{
    return join_records(place, false, value);
}

static bool get_joined_sources(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len = 0;

    if (spk_place_uint(place, TYPE) == REPORT_V3)
        return join_records(place, true, value);
    if (length(place) < 12)
        return false;
    for (uint32_t at = place->at + 12; at <= place->end && place->end - at >= 4; at += 4)
        len = put_address(place, at, len);
    value->kind = SPK_TEXT;
    value->data = place->scratch->bytes;
    value->len = len;
    return true;
}

/* ---- query: RFC 3376 section 4.1 ---- */

enum { Q_RESERVED, Q_S, Q_QRV, Q_QQIC, Q_NUM_SRC, Q_SOURCES };

static const struct spk_row query_v3_rows[] = {
    [Q_RESERVED] = { .attr = "reserved", .kind = SPK_PAD, .bits = 4 },
    [Q_S] = {
        .name = "igmp.s", .attr = "s", .kind = SPK_BOOL, .bits = 1,
        .doc = "Routers shall not set back their timers.",
    },
    [Q_QRV] = {
        .name = "igmp.qrv", .attr = "qrv", .kind = SPK_UINT, .bits = 3,
        .doc = "The querier's robustness variable.",
    },
    [Q_QQIC] = {
        .name = "igmp.qqic", .attr = "qqic", .kind = SPK_UINT, .bits = 8,
        .doc = "The querier's query interval, coded as max_resp is, in seconds.",
    },
    [Q_NUM_SRC] = {
        .name = "igmp.num_src", .attr = "num_records", .kind = SPK_UINT, .bits = 16,
        .doc = "How many source addresses follow.",
    },
    [Q_SOURCES] = {
        .name = "igmp.saddr", .attr = "source_addresses", .kind = SPK_IP4, .bits = 32, .many = SPK_COUNT,
        .n = SPK_REF(Q_NUM_SRC, 1, 0),
        .doc = "Source address.",
    },
};
static const struct spk_group query_v3 = { .name = "IGMPQueryV3", SPK_ROWS(query_v3_rows) };

static const struct spk_row query_rows[] = {
    {
        .name = "igmp.maddr", .attr = "group_address", .kind = SPK_IP4, .bits = 32,
        .doc = "Multicast group; 0.0.0.0 in a general query.",
    },
    { .attr = "version_3", .kind = SPK_GROUP, .in = &query_v3, .when = { { .test = SPK_ROOM, .value = 4 } } },
};
static const struct spk_group query = { .name = "IGMPQuery", SPK_ROWS(query_rows) };

static const struct spk_row group_rows[] = {
    {
        .name = "igmp.maddr", .attr = "group_address", .kind = SPK_IP4, .bits = 32,
        .doc = "Multicast group.",
    },
};
static const struct spk_group group = { .name = "IGMPGroup", SPK_ROWS(group_rows) };

/* ---- report of version 3: RFC 3376 section 4.2 ---- */

static const struct spk_enum record_names[] = {
    { 1, "Mode Is Include" }, { 2, "Mode Is Exclude" }, { 3, "Change To Include Mode" },
    { 4, "Change To Exclude Mode" }, { 5, "Allow New Sources" }, { 6, "Block Old Sources" }, { 0, NULL },
};

enum { R_TYPE, R_AUX_LEN, R_NUM_SRC, R_GROUP, R_SOURCES, R_AUX };

/* RFC 3376 section 4.2.6: the auxiliary data's length counts words of four bytes. */
static const struct spk_row record_rows[] = {
    [R_TYPE] = {
        .name = "igmp.record_type", .also = "igmpv3grouprecord.type", .attr = "type", .kind = SPK_UINT, .bits = 8,
        .names = record_names,
        .doc = "What the record says of the group's sources.",
    },
    [R_AUX_LEN] = {
        .name = "igmp.aux_data_len", .also = "igmpv3grouprecord.aux_data_len", .attr = "aux_data_len",
        .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the auxiliary data in words of four bytes.",
    },
    [R_NUM_SRC] = {
        .name = "igmp.num_src", .attr = "num_src", .kind = SPK_UINT, .bits = 16,
        .doc = "How many source addresses follow.",
    },
    [R_GROUP] = {
        .name = "igmp.maddr", .attr = "group_address", .kind = SPK_IP4, .bits = 32,
        .doc = "Multicast group.",
    },
    [R_SOURCES] = {
        .name = "igmp.saddr", .attr = "source_addresses", .kind = SPK_IP4, .bits = 32, .many = SPK_COUNT,
        .n = SPK_REF(R_NUM_SRC, 1, 0),
        .doc = "Source address.",
    },
    [R_AUX] = {
        .name = "igmp.aux_data", .also = "igmpv3grouprecord.aux_data", .attr = "aux_data", .kind = SPK_BYTES,
        .size = SPK_REF(R_AUX_LEN, 4, 0), .when = { { SPK_NE, R_AUX_LEN, 0, 0 } },
        .doc = "Auxiliary data: none is defined.",
    },
};
static const struct spk_group record = { .name = "IGMPGroupRecord", SPK_ROWS(record_rows) };

enum { V3_RESERVED, V3_COUNT, V3_RECORDS };

static const struct spk_row report_rows[] = {
    [V3_RESERVED] = {
        .name = "igmp.reserved", .attr = "reserved2", .kind = SPK_BYTES, .bits = 16,
        .doc = "Bytes without a meaning.",
    },
    [V3_COUNT] = {
        .name = "igmp.num_grp_recs", .attr = "num_records", .kind = SPK_UINT, .bits = 16,
        .doc = "How many group records follow.",
    },
    [V3_RECORDS] = {
        .name = "igmp.record", .attr = "group_records", .kind = SPK_GROUP, .many = SPK_COUNT,
        .n = SPK_REF(V3_COUNT, 1, 0), .in = &record, .flags = SPK_OWN_NAME,
        .doc = "Group records.",
    },
};
static const struct spk_group report = { .name = "IGMPReport", SPK_ROWS(report_rows) };

/* ---- version 0: RFC 988 appendix I ---- */

static const struct spk_row v0_rows[] = {
    {
        .name = "igmp.identifier", .attr = "identifier", .kind = SPK_UINT, .bits = 32,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "igmp.maddr", .attr = "group_address", .kind = SPK_IP4, .bits = 32,
        .doc = "Multicast group.",
    },
    {
        .name = "igmp.access_key", .attr = "access_key", .kind = SPK_BYTES, .bits = 64,
        .doc = "Key of a private group.",
    },
};
static const struct spk_group v0 = { .name = "IGMPv0", SPK_ROWS(v0_rows) };

/* ---- multicast traceroute ---- */

static const struct spk_row hop_rows[] = {
    {
        .name = "igmp.mtrace.q_arrival", .attr = "arrival", .kind = SPK_UINT, .bits = 32,
        .doc = "When the query came: the middle 32 bits of an NTP time.",
    },
    {
        .name = "igmp.mtrace.q_inaddr", .attr = "in_addr", .kind = SPK_IP4, .bits = 32,
        .doc = "Interface on which packets of source and group are expected.",
    },
    {
        .name = "igmp.mtrace.q_outaddr", .attr = "out_addr", .kind = SPK_IP4, .bits = 32,
        .doc = "Interface by which they leave.",
    },
    {
        .name = "igmp.mtrace.q_prevrtr", .attr = "previous", .kind = SPK_IP4, .bits = 32,
        .doc = "Router from which they are expected.",
    },
    {
        .name = "igmp.mtrace.q_inpkt", .attr = "in_packets", .kind = SPK_UINT, .bits = 32,
        .doc = "Multicast packets that came in by the first interface.",
    },
    {
        .name = "igmp.mtrace.q_outpkt", .attr = "out_packets", .kind = SPK_UINT, .bits = 32,
        .doc = "Multicast packets that left by the second interface.",
    },
    {
        .name = "igmp.mtrace.q_total", .attr = "total", .kind = SPK_UINT, .bits = 32,
        .doc = "Packets of this source to this group.",
    },
    {
        .name = "igmp.mtrace.q_rtg_proto", .attr = "routing", .kind = SPK_UINT, .bits = 8,
        .doc = "Routing protocol in use.",
    },
    {
        .name = "igmp.mtrace.q_fwd_ttl", .attr = "fwd_ttl", .kind = SPK_UINT, .bits = 8,
        .doc = "Time to live that a packet needs to be forwarded.",
    },
    {
        .name = "igmp.mtrace.q_mbz", .attr = "mbz", .kind = SPK_UINT, .bits = 1, .base = SPK_HEX,
        .doc = "A bit that is 0.",
    },
    {
        .name = "igmp.mtrace.q_s", .attr = "s", .kind = SPK_UINT, .bits = 1, .base = SPK_HEX,
        .doc = "The count of packets is for the source's network.",
    },
    {
        .name = "igmp.mtrace.q_src_mask", .attr = "src_mask", .kind = SPK_UINT, .bits = 6, .base = SPK_HEX,
        .doc = "Bits of the source's network mask; 3f: none, the group's state was used.",
    },
    {
        .name = "igmp.mtrace.q_fwd_code", .attr = "fwd_code", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "0: no error, else why the trace ends here.",
    },
};
static const struct spk_group hop = { .name = "IGMPTraceHop", SPK_ROWS(hop_rows) };

static const struct spk_row trace_rows[] = {
    {
        .name = "igmp.maddr", .attr = "group_address", .kind = SPK_IP4, .bits = 32,
        .doc = "Multicast group.",
    },
    {
        .name = "igmp.mtrace.saddr", .attr = "source", .kind = SPK_IP4, .bits = 32,
        .doc = "Source of the multicast.",
    },
    {
        .name = "igmp.mtrace.raddr", .attr = "receiver", .kind = SPK_IP4, .bits = 32,
        .doc = "Receiver of the multicast.",
    },
    {
        .name = "igmp.mtrace.rspaddr", .attr = "response_addr", .kind = SPK_IP4, .bits = 32,
        .doc = "Where the response shall go.",
    },
    {
        .name = "igmp.mtrace.resp_ttl", .attr = "response_ttl", .kind = SPK_UINT, .bits = 8,
        .doc = "Time to live of the response.",
    },
    {
        .name = "igmp.mtrace.q_id", .attr = "query_id", .kind = SPK_UINT, .bits = 24,
        .doc = "Number of the trace.",
    },
    {
        .name = "igmp.mtrace.hop", .attr = "hops", .kind = SPK_GROUP, .many = SPK_FILL, .in = &hop,
        .flags = SPK_OWN_NAME,
        .doc = "What each router on the way has added.",
    },
};
static const struct spk_group trace = { .name = "IGMPTrace", SPK_ROWS(trace_rows) };

/* ---- the message ---- */

static const struct spk_case bodies[] = {
    { .key = 1, .last = 8, .in = &v0 }, { .key = QUERY, .in = &query }, { .key = REPORT_V1, .in = &group },
    { .key = REPORT_V2, .last = LEAVE, .in = &group }, { .key = TRACE_RESPONSE, .last = TRACE, .in = &trace },
    { .key = REPORT_V3, .in = &report },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { QUERY, "Membership Query" }, { REPORT_V1, "IGMPv1 Membership Report" }, { 0x13, "DVMRP Protocol" },
    { 0x14, "PIM Version 1" }, { REPORT_V2, "Membership Report" }, { LEAVE, "Leave Group" },
    { TRACE_RESPONSE, "Traceroute Response" }, { TRACE, "Traceroute Query or Request" },
    { REPORT_V3, "Membership Report" }, { 0, NULL },
};

static const struct spk_row rows[] = {
    [VERSION] = {
        .name = "igmp.version", .kind = SPK_UINT, .bits = 8, .view = SPK_CALL(get_version),
        .doc = "Version of the protocol, as type and length tell it: 0 to 3.",
    },
    [TYPE] = {
        .name = "igmp.type", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .init = QUERY, .names = type_names,
        .doc = "Type of the message.",
    },
    [SECOND] = { .attr = "max_resp", .kind = SPK_UINT, .bits = 8 },
    [RESERVED_V1] = {
        .name = "igmp.reserved", .attr = "reserved1", .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0, REPORT_V1 } },
        .doc = "A byte without a meaning.",
    },
    [RESERVED_V1_QUERY] = {
        .name = "igmp.reserved", .attr = "reserved1_query", .kind = SPK_BYTES, .view = SPK_CALL(get_reserved),
        .when = { { SPK_EQ, TYPE, 0, QUERY } },
        .doc = "A byte without a meaning, in version 1.",
    },
    [RESERVED_V3] = {
        .name = "igmp.reserved", .attr = "reserved1_report", .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0, REPORT_V3 } },
        .doc = "A byte without a meaning.",
    },
    [MAX_RESP] = {
        .name = "igmp.max_resp", .attr = "max_resp_v2", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0xfe, REPORT_V2 } }, /* and LEAVE */
        .doc = "Longest time to answer, in tenths of a second.",
    },
    [MAX_RESP_QUERY] = {
        .name = "igmp.max_resp", .attr = "max_resp_query", .kind = SPK_UINT, .bits = 16,
        .view = SPK_CALL(get_max_resp), .when = { { SPK_EQ, TYPE, 0, QUERY } },
        .doc = "Longest time to answer, in tenths of a second.",
    },
    [EXPONENT] = {
        .name = "igmp.max_resp.exp", .attr = "max_resp_exp", .kind = SPK_UINT, .bits = 3, .base = SPK_HEX,
        .view = SPK_CALL(get_exponent), .when = { { SPK_EQ, TYPE, 0, QUERY } },
        .doc = "Exponent of a time to answer from 128 on.",
    },
    [MANTISSA] = {
        .name = "igmp.max_resp.mant", .attr = "max_resp_mant", .kind = SPK_UINT, .bits = 4, .base = SPK_HEX,
        .view = SPK_CALL(get_mantissa), .when = { { SPK_EQ, TYPE, 0, QUERY } },
        .doc = "Mantissa of a time to answer from 128 on.",
    },
    [MAX_HOPS] = {
        .name = "igmp.mtrace.max_hops", .attr = "max_hops", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0xfe, TRACE_RESPONSE } }, /* and TRACE */
        .doc = "How many routers the trace shall pass.",
    },
    [GROUP_TYPE] = {
        .name = "igmp.group_type", .attr = "group_type", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0, 1 } },
        .doc = "0: a public group is created, 1: a private one.",
    },
    [REPLY] = {
        .name = "igmp.reply", .attr = "reply", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(SECOND),
        .when = { { SPK_EQ, TYPE, 0xf9, 0 }, { SPK_GE, TYPE, 0, 2 } }, /* 2, 4 and 6 */
        .doc = "0: granted, 1 to 3: denied, 4 and more: to be tried again.",
    },
    [CHECKSUM] = {
        .name = "igmp.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the whole message.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("igmp.checksum.status", spk_checksum_status),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("igmp.checksum_good"),
    [DATA] = {
        .name = "igmp.data", .attr = "data", .kind = SPK_BYTES, .view = SPK_CALL(get_data),
        .doc = "All bytes behind a type that is not known here.",
    },
    [BODY] = { .kind = SPK_CHOICE, .attr = "body", .key = TYPE, .cases = bodies },
    [JOINED_GROUPS] = {
        .name = "igmp.maddr", .attr = "joined_groups", .kind = SPK_TEXT, .flags = SPK_TUTORIAL,
        .view = SPK_CALL(get_joined_groups), .when = { { SPK_EQ, TYPE, 0, REPORT_V3 } },
        .doc = "The groups of all records, joined by commas.",
    },
    [JOINED_SOURCES] = {
        .name = "igmp.saddr", .attr = "joined_sources", .kind = SPK_TEXT, .flags = SPK_TUTORIAL,
        .view = SPK_CALL(get_joined_sources), .when = { { SPK_EQ, TYPE, 0xcc, 0x00 } }, /* 0x11 and 0x22, among others */
        .doc = "All source addresses, joined by commas.",
    },
};

/* Wireshark names IGMP twice, for each version has a dissector of its own; not so types that it does not know. */
static const char *name_version(const struct spk_packet *packet, unsigned layer, unsigned nth)
{
    const struct spk_layer *place = &packet->layers[layer];
    uint8_t type = place->hdr_len > 0 ? packet->data[place->at] : 0;

    if (nth > 0)
        return NULL;
    for (size_t i = 0; i + 1 < SPK_COUNT_OF(bodies); i++) {
        uint32_t last = bodies[i].last > 0 ? bodies[i].last : bodies[i].key;
        if (type >= bodies[i].key && type <= last)
            return "igmp";
    }
    return NULL;
}

const struct spk_proto spk_proto_igmp = {
    .name = "igmp", .pyclass = "IGMP", .title = "Internet Group Management Protocol", .spec = "RFC 3376",
    .holds = name_version,
    .hdr = { .name = "IGMP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST, .min = 4,
    .csum = CHECKSUM, .covers = SPK_COVERS_ALL,
    .sits = SPK_SITS({ "ip.proto", 2 }),
};
