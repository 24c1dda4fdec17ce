/*
 * DNS, Domain Name System: RFC 1034 and RFC 1035, section 4; RFC 2136 (update), RFC 6891 (EDNS), RFC 3597 (unknown types).
 * Names are spelled by dns_name.c; the data of records stands in dns_records.c, dns_options.c, dns_security.c and
 * dns_service.c. mDNS (mdns.c) and LLMNR (llmnr.c) have the same messages; over TCP each has its length (dns_tcp.c).
 *
 *       0                             15
 *      +-------------------------------+
 *      |              id               |
 *      +--+-----------+--+--+--+--+----+
 *      |qr|  opcode   |aa|tc|rd|ra| z ad cd rcode
 *      +--+-----------+--+--+--+--+----+
 *      |     query_count  (QDCOUNT)    |   zones in an update
 *      +-------------------------------+
 *      |    answer_count  (ANCOUNT)    |   prerequisites
 *      +-------------------------------+
 *      |      auth_count  (NSCOUNT)    |   updates
 *      +-------------------------------+
 *      |        ad_count  (ARCOUNT)    |
 *      +-------------------------------+
 *      | queries, answers, authority, ad ...
 *
 *      A query:  query_name, query_type (16), query_class (16)
 *      A record: domain_name, res_type (16), res_class (16), res_ttl (32), res_len (16), res_data (res_len octets)
 *      Of an OPT record, res_class is the sender's payload size and res_ttl ext_rcode (8), edns0_version (8), z (16).
 */
#include "proto/dns_message.h"

#include <string.h>

#include "proto/dns_name.h"
#include "proto/dns_records.h"
#include "proto/dns_text.h"

enum { TYPE_SRV = 33, TYPE_OPT = 41, OPCODE_UPDATE = 5 };
enum { CLASS_BITS_MULTICAST = 0x7fff };

const struct spk_enum spk_dns_opcodes[] = {
    { 0, "QUERY" }, { 1, "IQUERY" }, { 2, "STATUS" }, { 4, "NOTIFY" }, { OPCODE_UPDATE, "UPDATE" }, { 6, "DSO" },
    { 0, NULL },
};

const struct spk_enum spk_dns_rcodes[] = {
    { 0, "NOERROR" }, { 1, "FORMERR" }, { 2, "SERVFAIL" }, { 3, "NXDOMAIN" }, { 4, "NOTIMP" }, { 5, "REFUSED" },
    { 6, "YXDOMAIN" }, { 7, "YXRRSET" }, { 8, "NXRRSET" }, { 9, "NOTAUTH" }, { 10, "NOTZONE" }, { 11, "DSOTYPENI" },
    { 0, NULL },
};

/* ANY and ALL are the tutorial's names for 0 and 255, which the registry of RFC 6895 calls "reserved" and "ANY". */
const struct spk_enum spk_dns_types[] = {
    { 0, "ANY" }, { 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 10, "NULL" }, { 11, "WKS" }, { 12, "PTR" },
    { 13, "HINFO" }, { 15, "MX" }, { 16, "TXT" }, { 17, "RP" }, { 18, "AFSDB" }, { 24, "SIG" }, { 25, "KEY" },
    { 27, "GPOS" }, { 28, "AAAA" }, { 29, "LOC" }, { 31, "EID" }, { TYPE_SRV, "SRV" }, { 35, "NAPTR" }, { 36, "KX" },
    { 37, "CERT" }, { 39, "DNAME" }, { TYPE_OPT, "OPT" }, { 42, "APL" }, { 43, "DS" }, { 44, "SSHFP" },
    { 45, "IPSECKEY" }, { 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" }, { 49, "DHCID" }, { 50, "NSEC3" },
    { 51, "NSEC3PARAM" }, { 52, "TLSA" }, { 55, "HIP" }, { 59, "CDS" }, { 60, "CDNSKEY" }, { 64, "SVCB" },
    { 65, "HTTPS" }, { 99, "SPF" }, { 249, "TKEY" }, { 250, "TSIG" }, { 251, "IXFR" }, { 252, "AXFR" },
    { 255, "ALL" }, { 256, "URI" }, { 257, "CAA" }, { 65535, "RESERVED" }, { 0, NULL },
};

const struct spk_enum spk_dns_classes[] = {
    { 1, "IN" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" }, { 0, NULL },
};

/* mDNS gives the top bit of a class another meaning: RFC 6762, sections 10.2 and 18.12. */
static bool is_multicast(const struct spk_place *place)
{
    return spk_layer_proto(place->packet, place->layer) == &spk_proto_mdns;
}

/* A class, of which the view is; in mDNS without the top bit. */
static bool get_class(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *class = place->packet->data + place->at;

    value->kind = SPK_UINT;
    value->u = (uint64_t)class[0] << 8U | class[1];
    if (is_multicast(place))
        value->u &= CLASS_BITS_MULTICAST;
    return true;
}

static bool get_top_bit(const struct spk_place *place, struct spk_value *value)
{
    if (!is_multicast(place))
        return false;
    value->kind = SPK_BOOL;
    value->u = place->packet->data[place->at] >> 7U;
    return true;
}

/* ---- a query ---- */

enum { QUERY_NAME, NAME_LEN, LABELS, QUERY_TYPE, QUERY_CLASS, CLASS_SHOWN, UNICAST };

/* The root counts as <Root>. Wireshark counts neither octets nor labels of a name of one octet. */
static bool get_name_len(const struct spk_place *place, struct spk_value *value)
{
    static const char root[] = "<Root>";
    int32_t len = spk_dns_name_len(place, place->at);

    value->kind = SPK_UINT;
    value->u = len == 0 ? sizeof root - 1 : len == 1 ? 0 : (uint64_t)(uint32_t)len;
    return len >= 0;
}

/* Dots among octets, eight at once: the highest bit of each of eight is set where it is one. */
static uint32_t count_dots(const uint8_t *raw, uint32_t len)
{
    const uint64_t one = UINT64_C(0x0101010101010101);
    const uint64_t low = 0x7f * one;
    uint32_t count = 0;
    uint32_t i = 0;

    for (; len - i >= 8; i += 8) {
        uint64_t octets = 0;
        memcpy(&octets, raw + i, sizeof octets);
        octets ^= '.' * one;
        count += (uint32_t)((~(((octets & low) + low) | octets | low) >> 7U) * one >> 56U);
    }
    for (; i < len; i++)
        count += raw[i] == '.';
    return count;
}

/* One more than the dots of that text, a dot within a label too. */
static bool get_labels(const struct spk_place *place, struct spk_value *value)
{
    uint8_t raw[SPK_DNS_NAME_MAX];
    int32_t len = spk_dns_name_read(place, place->at, raw);

    value->kind = SPK_UINT;
    value->u = len == 1 ? 0 : 1 + (len > 1 ? count_dots(raw, (uint32_t)len) : 0);
    return len >= 0;
}

static const struct spk_row query_rows[] = {
    [QUERY_NAME] = {
        .name = "dns.qry.name", .attr = "query_name", .kind = SPK_TEXT, .codec = &spk_dns_name_query,
        .doc = "The name asked for.",
    },
    [NAME_LEN] = {
        .name = "dns.qry.name.len", .kind = SPK_UINT, .bits = 16, .view = SPK_CALL_OF(QUERY_NAME, get_name_len),
        .doc = "Octets of the name's text.",
    },
    [LABELS] = {
        .name = "dns.count.labels", .kind = SPK_UINT, .bits = 16, .view = SPK_CALL_OF(QUERY_NAME, get_labels),
        .doc = "Labels of the name asked for.",
    },
    [QUERY_TYPE] = {
        .name = "dns.qry.type", .attr = "query_type", .kind = SPK_UINT, .bits = 16, .init = 1, .names = spk_dns_types,
        .doc = "Type of record asked for.",
    },
    [QUERY_CLASS] = {
        .name = "dns.question.class", .attr = "query_class", .kind = SPK_UINT, .bits = 16, .init = 1,
        .flags = SPK_OWN_NAME, .names = spk_dns_classes, .doc = "The class asked for, all sixteen bits.",
    },
    [CLASS_SHOWN] = {
        .name = "dns.qry.class", .attr = "class_shown", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_CALL_OF(QUERY_CLASS, get_class), .names = spk_dns_classes,
        .doc = "The class asked for; in mDNS the lower fifteen bits.",
    },
    [UNICAST] = {
        .name = "dns.qry.qu", .kind = SPK_BOOL, .bits = 1, .view = SPK_CALL_OF(QUERY_CLASS, get_top_bit),
        .doc = "mDNS: whoever asks would like the answer by unicast.",
    },
};
const struct spk_group spk_dns_query = { .name = "DNSQuery", SPK_ROWS(query_rows) };

/* ---- a record ---- */

enum {
    NAME, TYPE, RESP_NAME, SERVICE, PROTO, SERVICE_DOMAIN, CLASS, RESP_CLASS, CACHE_FLUSH, PAYLOAD_SIZE,
    PAYLOAD_SIZE_MULTICAST, TTL, EXT_RCODE, VERSION, DNSSEC_OK, Z_RESERVED, Z, TTL_PLAIN, TTL_OPT, LEN, DATA
};

/* Wireshark shows the size in decimal, but in mDNS, where it has fifteen bits, in hexadecimal. */
static bool get_payload_size(const struct spk_place *place, struct spk_value *value)
{
    return !is_multicast(place) && get_class(place, value);
}

static bool get_payload_size_multicast(const struct spk_place *place, struct spk_value *value)
{
    return is_multicast(place) && get_class(place, value);
}

/* RFC 2782: an SRV record's owner is "_service._proto.domain". Part 0 and 1 are one label each, part 2 is the rest. */
static bool get_service_part(const struct spk_place *place, unsigned part, struct spk_value *value)
{
    static const uint8_t root[] = "<Root>";
    uint8_t raw[SPK_DNS_NAME_MAX];
    const uint8_t *from = raw;
    int32_t len = spk_dns_name_read(place, place->at, raw);

    if (len == 0 && part == 0) {
        spk_dns_show(place, root, sizeof root - 1, value);
        return true;
    }
    if (len <= 0)
        return false;
    uint32_t left = (uint32_t)len;
    for (unsigned i = 0; i < part; i++) {
        const uint8_t *dot = memchr(from, '.', left);
        if (dot == NULL)
            return false;
        left -= (uint32_t)(dot - from) + 1;
        from = dot + 1;
    }
    const uint8_t *dot = part < 2 ? memchr(from, '.', left) : NULL;
    spk_dns_show(place, from, dot != NULL ? (uint32_t)(dot - from) : left, value);
    return true;
}

static bool get_service(const struct spk_place *place, struct spk_value *value)
{
    return get_service_part(place, 0, value);
}

static bool get_proto(const struct spk_place *place, struct spk_value *value)
{
    return get_service_part(place, 1, value);
}

static bool get_service_domain(const struct spk_place *place, struct spk_value *value)
{
    return get_service_part(place, 2, value);
}

#define IF_SRV .when = { { .test = SPK_EQ, .row = TYPE, .value = TYPE_SRV } }
#define IF_NOT_SRV .when = { { .test = SPK_NE, .row = TYPE, .value = TYPE_SRV } }
#define IF_OPT .when = { { .test = SPK_EQ, .row = TYPE, .value = TYPE_OPT } }
#define IF_NOT_OPT .when = { { .test = SPK_NE, .row = TYPE, .value = TYPE_OPT } }

static const struct spk_row record_rows[] = {
    [NAME] = {
        .name = "dns.record.name", .attr = "domain_name", .kind = SPK_TEXT, .codec = &spk_dns_name_owner,
        .flags = SPK_OWN_NAME, .doc = "The record's owner.",
    },
    [TYPE] = {
        .name = "dns.resp.type", .attr = "res_type", .kind = SPK_UINT, .bits = 16, .init = 1, .names = spk_dns_types,
        .doc = "Type of the record; also each type that an NSEC or NSEC3 record lists.",
    },
    [RESP_NAME] = {
        .name = "dns.resp.name", .attr = "resp_name", .kind = SPK_TEXT, .codec = &spk_dns_name,
        .view = SPK_SPAN(NAME), IF_NOT_SRV, .doc = "The record's owner; an SRV record's is shown as dns.srv.* instead.",
    },
    [SERVICE] = {
        .name = "dns.srv.service", .kind = SPK_TEXT, .view = SPK_CALL_OF(NAME, get_service), IF_SRV,
        .doc = "First label of an SRV record's owner: the service.",
    },
    [PROTO] = {
        .name = "dns.srv.proto", .kind = SPK_TEXT, .view = SPK_CALL_OF(NAME, get_proto), IF_SRV,
        .doc = "Second label of an SRV record's owner: the transport.",
    },
    [SERVICE_DOMAIN] = {
        .name = "dns.srv.name", .attr = "srv_name", .kind = SPK_TEXT, .view = SPK_CALL_OF(NAME, get_service_domain), IF_SRV,
        .doc = "The rest of an SRV record's owner: the domain.",
    },
    [CLASS] = {
        .name = "dns.record.class", .attr = "res_class", .kind = SPK_UINT, .bits = 16, .init = 1,
        .flags = SPK_OWN_NAME, .names = spk_dns_classes,
        .doc = "The record's class, all sixteen bits; of an OPT record the sender's payload size.",
    },
    [RESP_CLASS] = {
        .name = "dns.resp.class", .attr = "class_shown", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_CALL_OF(CLASS, get_class), IF_NOT_OPT, .names = spk_dns_classes,
        .doc = "The record's class; in mDNS the lower fifteen bits.",
    },
    [CACHE_FLUSH] = {
        .name = "dns.resp.cache_flush", .kind = SPK_BOOL, .bits = 1, .view = SPK_CALL_OF(CLASS, get_top_bit),
        .doc = "mDNS: the record takes the place of all others of its name, type and class.",
    },
    [PAYLOAD_SIZE] = {
        .name = "dns.rr.udp_payload_size", .kind = SPK_UINT, .bits = 16,
        .view = SPK_CALL_OF(CLASS, get_payload_size), IF_OPT,
        .doc = "OPT: the longest UDP payload that the sender takes.",
    },
    [PAYLOAD_SIZE_MULTICAST] = {
        .name = "dns.rr.udp_payload_size", .attr = "udp_payload_size_multicast", .kind = SPK_UINT, .bits = 16,
        .base = SPK_HEX, .view = SPK_CALL_OF(CLASS, get_payload_size_multicast), IF_OPT,
        .doc = "OPT in mDNS: the same, in fifteen bits.",
    },
    [TTL] = {
        .name = "dns.resp.ttl", .kind = SPK_UINT, .bits = 32, IF_NOT_OPT,
        .doc = "Time to live, in seconds; RFC 1035, section 3.2.1.",
    },
    [EXT_RCODE] = {
        .name = "dns.resp.ext_rcode", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, IF_OPT,
        .doc = "OPT: the upper eight bits of a response code of twelve.",
    },
    [VERSION] = {
        .name = "dns.resp.edns0_version", .kind = SPK_UINT, .bits = 8, IF_OPT, .doc = "OPT: version of EDNS; 0.",
    },
    [DNSSEC_OK] = {
        .name = "dns.resp.z.do", .kind = SPK_BOOL, .bits = 1, IF_OPT,
        .doc = "OPT: whoever asks understands DNSSEC (RFC 3225).",
    },
    [Z_RESERVED] = {
        .name = "dns.resp.z.reserved", .kind = SPK_UINT, .bits = 15, .base = SPK_HEX, .digits = 4, IF_OPT,
        .doc = "OPT: flags that have no meaning yet.",
    },
    [Z] = {
        .name = "dns.resp.z", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(DNSSEC_OK), IF_OPT,
        .doc = "OPT: all sixteen flags.",
    },
    [TTL_PLAIN] = {
        .name = "dns.record.ttl", .attr = "res_ttl", .kind = SPK_UINT, .bits = 32, .flags = SPK_OWN_NAME,
        .view = SPK_SPAN(TTL), IF_NOT_OPT, .doc = "Time to live, in seconds; of an OPT record its code, version and flags.",
    },
    [TTL_OPT] = {
        .name = "dns.record.ttl", .attr = "res_ttl", .kind = SPK_UINT, .bits = 32, .flags = SPK_OWN_NAME,
        .view = SPK_SPAN(EXT_RCODE), IF_OPT, .doc = "OPT: code, version and flags as one number.",
    },
    [LEN] = {
        .name = "dns.resp.len", .also = "dns.res_len", .attr = "res_len", .kind = SPK_UINT, .bits = 16,
        .doc = "Octets of the record's data.",
    },
    /* RFC 2136, sections 2.4 and 2.5: the records of an update may have no data whatever their type is. */
    [DATA] = {
        .name = "dns.data", .attr = "res_data", .kind = SPK_CHOICE, .key = TYPE, .cases = spk_dns_data,
        .size = SPK_REF(LEN, 1, 0), .when = { { .test = SPK_GE, .row = LEN, .value = 1 } },
        .doc = "The record's data, taken apart by its type; octets where the type is not known.",
    },
};
const struct spk_group spk_dns_record = { .name = "DNSResource", SPK_ROWS(record_rows) };

/* ---- the message ---- */

static bool get_extraneous_length(const struct spk_place *place, struct spk_value *value)
{
    uint32_t from = spk_place_at(place, SPK_DNS_EXTRANEOUS);

    value->kind = SPK_UINT;
    value->u = from < place->end ? place->end - from : 0;
    return from < place->end;
}

#define IF_RESPONSE .when = { { .test = SPK_EQ, .row = SPK_DNS_QR, .value = 1 } }
#define IF_UPDATE .when = { { .test = SPK_EQ, .row = SPK_DNS_OPCODE, .value = OPCODE_UPDATE } }
#define IF_NOT_UPDATE .when = { { .test = SPK_NE, .row = SPK_DNS_OPCODE, .value = OPCODE_UPDATE } }

const struct spk_row spk_dns_rows[SPK_DNS_ROWS] = {
    [SPK_DNS_ID] = {
        .name = "dns.id", .also = "dns.ident", .attr = "ident", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Number by which an answer is matched to its query.",
    },
    [SPK_DNS_QR] = {
        .name = "dns.flags.response", .also = "dns.query_resp", .attr = "query_resp", .kind = SPK_BOOL, .bits = 1,
        .doc = "0: a query, 1: a response.",
    },
    [SPK_DNS_FLAGS] = {
        .name = "dns.flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(SPK_DNS_QR),
        .doc = "All flags and codes as one number.",
    },
    [SPK_DNS_OPCODE] = {
        .name = "dns.flags.opcode", .also = "dns.op_code", .attr = "op_code", .kind = SPK_UINT, .bits = 4,
        .names = spk_dns_opcodes, .doc = "Kind of query.",
    },
    [SPK_DNS_AA] = {
        .name = "dns.authoritative", .kind = SPK_BOOL, .bits = 1, .flags = SPK_OWN_NAME,
        .doc = "The answer comes from a server of the zone; in queries too.",
    },
    [SPK_DNS_TC] = {
        .name = "dns.flags.truncated", .also = "dns.truncated", .kind = SPK_BOOL, .bits = 1,
        .doc = "The message was cut to the transport's limit.",
    },
    [SPK_DNS_RD] = {
        .name = "dns.flags.recdesired", .also = "dns.recursion_requested", .attr = "recursion_requested",
        .kind = SPK_BOOL, .bits = 1, .doc = "Whoever asks wants the server to ask others.",
    },
    [SPK_DNS_RA] = {
        .name = "dns.recursion_available", .kind = SPK_BOOL, .bits = 1, .flags = SPK_OWN_NAME,
        .doc = "The server is willing to ask others; in queries too.",
    },
    [SPK_DNS_Z] = {
        .name = "dns.flags.z", .attr = "z", .kind = SPK_BOOL, .bits = 1, .doc = "Reserved; 0.",
    },
    [SPK_DNS_AD] = {
        .name = "dns.authentic_data", .kind = SPK_BOOL, .bits = 1, .flags = SPK_OWN_NAME,
        .doc = "The server has checked the answer's signatures (RFC 4035, section 3.2.3); in queries too.",
    },
    [SPK_DNS_CD] = {
        .name = "dns.flags.checkdisable", .also = "dns.check_disabled", .attr = "check_disabled", .kind = SPK_BOOL,
        .bits = 1, .doc = "Whoever asks takes unchecked answers.",
    },
    [SPK_DNS_RCODE] = {
        .name = "dns.resp_code", .kind = SPK_UINT, .bits = 4, .flags = SPK_OWN_NAME, .names = spk_dns_rcodes,
        .doc = "How the query went; in queries too.",
    },
    [SPK_DNS_AUTHORITATIVE] = {
        .name = "dns.flags.authoritative", .attr = "flag_authoritative", .kind = SPK_BOOL,
        .view = SPK_SPAN(SPK_DNS_AA), IF_RESPONSE, .doc = "The answer comes from a server of the zone.",
    },
    [SPK_DNS_RECAVAIL] = {
        .name = "dns.flags.recavail", .kind = SPK_BOOL, .view = SPK_SPAN(SPK_DNS_RA), IF_RESPONSE,
        .doc = "The server is willing to ask others.",
    },
    [SPK_DNS_AUTHENTICATED] = {
        .name = "dns.flags.authenticated", .kind = SPK_BOOL, .view = SPK_SPAN(SPK_DNS_AD), IF_RESPONSE,
        .doc = "The server has checked the answer's signatures.",
    },
    /* RFC 6840, section 5.7: a query may set it to ask for the answer's. */
    [SPK_DNS_AUTHENTICATED_QUERY] = {
        .name = "dns.flags.authenticated", .kind = SPK_BOOL, .view = SPK_SPAN(SPK_DNS_AD),
        .when = { { .test = SPK_EQ, .row = SPK_DNS_QR, .value = 0 }, { .test = SPK_EQ, .row = SPK_DNS_AD, .value = 1 } },
        .doc = "In a query: whoever asks understands the flag.",
    },
    [SPK_DNS_REPLY_CODE] = {
        .name = "dns.flags.rcode", .kind = SPK_UINT, .bits = 4, .view = SPK_SPAN(SPK_DNS_RCODE), IF_RESPONSE,
        .names = spk_dns_rcodes, .doc = "How the query went.",
    },
    [SPK_DNS_QDCOUNT] = {
        .name = "dns.query_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Queries, whatever the opcode.",
    },
    [SPK_DNS_COUNT_QUERIES] = {
        .name = "dns.count.queries", .attr = "count_queries", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_QDCOUNT),
        IF_NOT_UPDATE, .doc = "Queries.",
    },
    [SPK_DNS_COUNT_ZONES] = {
        .name = "dns.count.zones", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_QDCOUNT), IF_UPDATE,
        .doc = "Update: zones; 1.",
    },
    [SPK_DNS_ANCOUNT] = {
        .name = "dns.answer_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Answers, whatever the opcode.",
    },
    [SPK_DNS_COUNT_ANSWERS] = {
        .name = "dns.count.answers", .attr = "count_answers", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_ANCOUNT),
        IF_NOT_UPDATE, .doc = "Answers.",
    },
    [SPK_DNS_COUNT_PREREQUISITES] = {
        .name = "dns.count.prerequisites", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_ANCOUNT), IF_UPDATE,
        .doc = "Update: what has to hold before.",
    },
    [SPK_DNS_NSCOUNT] = {
        .name = "dns.auth_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Records of the authority section, whatever the opcode.",
    },
    [SPK_DNS_COUNT_AUTHORITY] = {
        .name = "dns.count.auth_rr", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_NSCOUNT), IF_NOT_UPDATE,
        .doc = "Records of the authority section.",
    },
    [SPK_DNS_COUNT_UPDATES] = {
        .name = "dns.count.updates", .kind = SPK_UINT, .view = SPK_SPAN(SPK_DNS_NSCOUNT), IF_UPDATE,
        .doc = "Update: what is to change.",
    },
    [SPK_DNS_ARCOUNT] = {
        .name = "dns.count.add_rr", .also = "dns.ad_count", .attr = "ad_count", .kind = SPK_UINT, .bits = 16,
        .doc = "Additional records.",
    },
    [SPK_DNS_QUERIES] = {
        .name = "dns.queries", .attr = "queries", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(SPK_DNS_QDCOUNT, 1, 0), .in = &spk_dns_query, .doc = "What is asked for.",
    },
    [SPK_DNS_ANSWERS] = {
        .name = "dns.answers", .attr = "answers", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(SPK_DNS_ANCOUNT, 1, 0), .in = &spk_dns_record, .doc = "Records that answer the query.",
    },
    [SPK_DNS_AUTHORITY] = {
        .name = "dns.authority", .attr = "authority", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(SPK_DNS_NSCOUNT, 1, 0), .in = &spk_dns_record, .doc = "Records of who is responsible.",
    },
    [SPK_DNS_ADDITIONAL] = {
        .name = "dns.additional", .also = "dns.ad", .attr = "ad", .kind = SPK_GROUP, .many = SPK_COUNT,
        .flags = SPK_OWN_NAME, .n = SPK_REF(SPK_DNS_ARCOUNT, 1, 0), .in = &spk_dns_record,
        .doc = "Records that help with the others, and OPT.",
    },
    [SPK_DNS_EXTRANEOUS] = {
        .name = "dns.extraneous.data", .attr = "extraneous", .kind = SPK_BYTES,
        .when = { { .test = SPK_ROOM, .value = 1 } }, .doc = "Octets behind the last record.",
    },
    [SPK_DNS_EXTRANEOUS_LENGTH] = {
        .name = "dns.extraneous.length", .kind = SPK_UINT, .bits = 32, .view = SPK_CALL(get_extraneous_length),
        .doc = "How many they are.",
    },
};

const struct spk_proto spk_proto_dns = {
    .name = "dns", .pyclass = "DNS", .title = "Domain Name System", .spec = "RFC 1035",
    .hdr = { .name = "DNS", .rows = spk_dns_rows, .count = SPK_DNS_ROWS },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 53 }, { "dns.message", 0 }),
};
