/*
 * Fragment header of IPv6: RFC 8200 section 4.5.
 *
 *       0                15 16                  28  30 31
 *      +--------+----------------+------------------+---+---+
 *      |  nxt   | reserved_octet |      offset      |res| m |
 *      +--------+----------------+------------------+---+---+
 *      |                        ident                       |
 *      +----------------------------------------------------+
 */
#include <steelpkt/proto.h>

#include "proto/ip_protos.h"

enum { NXT, RESERVED_OCTET, FRAG_WORD, OFFSET, RESERVED_BITS, MORE, IDENT };

static const struct spk_row rows[] = {
    [NXT] = {
        .name = "ipv6.fraghdr.nxt", .kind = SPK_UINT, .bits = 8, .init = 59, .names = spk_ip_protos,
        .doc = "What the fragmented part begins with, by IANA's protocol numbers.",
    },
    [RESERVED_OCTET] = {
        .name = "ipv6.fraghdr.reserved_octet", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "A byte without a meaning.",
    },
    [FRAG_WORD] = { .attr = "frag_word", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(OFFSET) },
    [OFFSET] = {
        .name = "ipv6.fraghdr.offset", .kind = SPK_UINT, .bits = 13,
        .doc = "Where this fragment belongs, in units of eight bytes.",
    },
    [RESERVED_BITS] = {
        .name = "ipv6.fraghdr.reserved_bits", .kind = SPK_UINT, .bits = 2,
        .doc = "Two bits without a meaning.",
    },
    [MORE] = {
        .name = "ipv6.fraghdr.more", .kind = SPK_BOOL, .bits = 1,
        .doc = "More fragments follow.",
    },
    [IDENT] = {
        .name = "ipv6.fraghdr.ident", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .doc = "Identification: the same in all fragments of a packet.",
    },
};

const struct spk_proto spk_proto_ipv6_fraghdr = {
    .name = "ipv6.fraghdr", .pyclass = "IPv6Fragment", .title = "Fragment Header for IPv6",
    .spec = "RFC 8200 section 4.5",
    .hdr = { .name = "IPv6Fragment", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .piece = { SPK_NE, FRAG_WORD, 0xfff9, 0 },
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { NXT }, .when = { { SPK_EQ, OFFSET, 0, 0 } } }),
    .sits = SPK_SITS({ "ip.proto", 44 }),
};
