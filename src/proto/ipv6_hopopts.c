/*
 * Hop-by-Hop Options Header of IPv6: RFC 8200 section 4.3; its options in ipv6_options.c.
 *
 *       0       7 8      15 16             31
 *      +---------+---------+-----------------+
 *      |   nxt   |   len   |   options ...   |
 *      +---------+---------+-----------------+
 *      len counts words of eight bytes, the first not included.
 */
#include <steelpkt/proto.h>

#include "proto/ip_protos.h"
#include "proto/ipv6_options.h"

enum { NXT, LEN, LEN_OCT, OPTIONS };

static const struct spk_row rows[] = {
    [NXT] = {
        .name = "ipv6.hopopts.nxt", .kind = SPK_UINT, .bits = 8, .init = 59, .names = spk_ip_protos,
        .doc = "What follows, by IANA's protocol numbers.",
    },
    [LEN] = {
        .name = "ipv6.hopopts.len", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the header in words of eight bytes, the first not included.",
    },
    [LEN_OCT] = {
        .name = "ipv6.hopopts.len_oct", .kind = SPK_UINT, .bits = 16, .view = SPK_SCALE(LEN, 8, 8),
        .doc = "Length of the header in bytes.",
    },
    [OPTIONS] = {
        .name = "ipv6.hopopts.option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_FILL, .flags = SPK_OWN_NAME,
        .size = SPK_REF(LEN, 8, 6), .in = &spk_ipv6_option,
        .doc = "Options, up to the header's end.",
    },
};

const struct spk_proto spk_proto_ipv6_hopopts = {
    .name = "ipv6.hopopts", .pyclass = "IPv6HopByHop", .title = "IPv6 Hop-by-Hop Option",
    .spec = "RFC 8200 section 4.3",
    .hdr = { .name = "IPv6HopByHop", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REF, .hlen = SPK_REF(LEN, 8, 8), .min = 8,
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { NXT } }),
    .sits = SPK_SITS({ "ip.proto", 0 }),
};
