/*
 * LLMNR, Link-Local Multicast Name Resolution: RFC 4795. Messages are those of DNS (dns.c) but for the flags.
 *
 *       0                             15
 *      +-------------------------------+
 *      |              id               |
 *      +--+-----------+--+--+--+-------+
 *      |qr|  opcode   | c|tc| t| z  rcode     section 2.1.1
 *      +--+-----------+--+--+--+-------+
 *      | four counts, then queries, answers, authority, ad as in dns.c
 */
#include "proto/dns_message.h"

enum {
    ID, QR, FLAGS, OPCODE, CONFLICT, TRUNCATED, TENTATIVE, Z, RCODE, REPLY_CODE, QDCOUNT, COUNT_QUERIES, COUNT_ZONES,
    ANCOUNT, COUNT_ANSWERS, COUNT_PREREQUISITES, NSCOUNT, COUNT_AUTHORITY, COUNT_UPDATES, ARCOUNT, QUERIES, ANSWERS,
    AUTHORITY, ADDITIONAL, EXTRANEOUS, EXTRANEOUS_LENGTH
};
enum { OPCODE_UPDATE = 5 };

static bool get_extraneous_length(const struct spk_place *place, struct spk_value *value)
{
    uint32_t from = spk_place_at(place, EXTRANEOUS);

    value->kind = SPK_UINT;
    value->u = from < place->end ? place->end - from : 0;
    return from < place->end;
}

#define IF_UPDATE .when = { { .test = SPK_EQ, .row = OPCODE, .value = OPCODE_UPDATE } }
#define IF_NOT_UPDATE .when = { { .test = SPK_NE, .row = OPCODE, .value = OPCODE_UPDATE } }

static const struct spk_row rows[] = {
    [ID] = {
        .name = "dns.id", .attr = "ident", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Number by which an answer is matched to its query.",
    },
    [QR] = {
        .name = "dns.flags.response", .attr = "query_resp", .kind = SPK_BOOL, .bits = 1,
        .doc = "0: a query, 1: a response.",
    },
    [FLAGS] = {
        .name = "dns.flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(QR),
        .doc = "All flags and codes as one number.",
    },
    [OPCODE] = {
        .name = "dns.flags.opcode", .attr = "op_code", .kind = SPK_UINT, .bits = 4, .names = spk_dns_opcodes,
        .doc = "Kind of query; 0.",
    },
    [CONFLICT] = {
        .name = "dns.flags.conflict", .kind = SPK_BOOL, .bits = 1,
        .doc = "Query: several hosts answered; response: the name is not the sender's alone.",
    },
    [TRUNCATED] = {
        .name = "dns.flags.truncated", .kind = SPK_BOOL, .bits = 1,
        .doc = "The message was cut to the transport's limit.",
    },
    [TENTATIVE] = {
        .name = "dns.flags.tentative", .kind = SPK_BOOL, .bits = 1,
        .doc = "The sender is still finding out whether the name is its own.",
    },
    [Z] = { .attr = "z", .kind = SPK_PAD, .bits = 4 },
    [RCODE] = {
        .name = "dns.resp_code", .kind = SPK_UINT, .bits = 4, .flags = SPK_OWN_NAME, .names = spk_dns_rcodes,
        .doc = "How the query went; in queries too.",
    },
    [REPLY_CODE] = {
        .name = "dns.flags.rcode", .kind = SPK_UINT, .bits = 4, .view = SPK_SPAN(RCODE),
        .when = { { .test = SPK_EQ, .row = QR, .value = 1 } }, .names = spk_dns_rcodes, .doc = "How the query went.",
    },
    [QDCOUNT] = {
        .name = "dns.query_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Queries, whatever the opcode.",
    },
    [COUNT_QUERIES] = {
        .name = "dns.count.queries", .attr = "count_queries", .kind = SPK_UINT, .view = SPK_SPAN(QDCOUNT),
        IF_NOT_UPDATE, .doc = "Queries; 1.",
    },
    [COUNT_ZONES] = {
        .name = "dns.count.zones", .kind = SPK_UINT, .view = SPK_SPAN(QDCOUNT), IF_UPDATE, .doc = "Update: zones.",
    },
    [ANCOUNT] = {
        .name = "dns.answer_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Answers, whatever the opcode.",
    },
    [COUNT_ANSWERS] = {
        .name = "dns.count.answers", .attr = "count_answers", .kind = SPK_UINT, .view = SPK_SPAN(ANCOUNT),
        IF_NOT_UPDATE, .doc = "Answers.",
    },
    [COUNT_PREREQUISITES] = {
        .name = "dns.count.prerequisites", .kind = SPK_UINT, .view = SPK_SPAN(ANCOUNT), IF_UPDATE,
        .doc = "Update: what has to hold before.",
    },
    [NSCOUNT] = {
        .name = "dns.auth_count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Records of the authority section, whatever the opcode.",
    },
    [COUNT_AUTHORITY] = {
        .name = "dns.count.auth_rr", .kind = SPK_UINT, .view = SPK_SPAN(NSCOUNT), IF_NOT_UPDATE,
        .doc = "Records of the authority section.",
    },
    [COUNT_UPDATES] = {
        .name = "dns.count.updates", .kind = SPK_UINT, .view = SPK_SPAN(NSCOUNT), IF_UPDATE,
        .doc = "Update: what is to change.",
    },
    [ARCOUNT] = {
        .name = "dns.count.add_rr", .attr = "ad_count", .kind = SPK_UINT, .bits = 16, .doc = "Additional records.",
    },
    [QUERIES] = {
        .name = "dns.queries", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(QDCOUNT, 1, 0), .in = &spk_dns_query, .doc = "What is asked for.",
    },
    [ANSWERS] = {
        .name = "dns.answers", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(ANCOUNT, 1, 0), .in = &spk_dns_record, .doc = "Records that answer the query.",
    },
    [AUTHORITY] = {
        .name = "dns.authority", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(NSCOUNT, 1, 0), .in = &spk_dns_record, .doc = "Records of who is responsible.",
    },
    [ADDITIONAL] = {
        .name = "dns.additional", .attr = "ad", .kind = SPK_GROUP, .many = SPK_COUNT, .flags = SPK_OWN_NAME,
        .n = SPK_REF(ARCOUNT, 1, 0), .in = &spk_dns_record, .doc = "Records that help with the others.",
    },
    [EXTRANEOUS] = {
        .name = "dns.extraneous.data", .attr = "extraneous", .kind = SPK_BYTES,
        .when = { { .test = SPK_ROOM, .value = 1 } }, .doc = "Octets behind the last record.",
    },
    [EXTRANEOUS_LENGTH] = {
        .name = "dns.extraneous.length", .kind = SPK_UINT, .bits = 32, .view = SPK_CALL(get_extraneous_length),
        .doc = "How many they are.",
    },
};

const struct spk_proto spk_proto_llmnr = {
    .name = "llmnr", .pyclass = "LLMNR", .title = "Link-local Multicast Name Resolution", .spec = "RFC 4795",
    .hdr = { .name = "LLMNR", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 5355 }),
};
