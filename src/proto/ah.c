/*
 * AH, Authentication Header: RFC 4302 section 2. Its length counts words of four bytes, less two.
 *
 *       0              15 16             31
 *      +-------------+-----------+-----------------+
 *      | next_header |  length   |    reserved     |
 *      +-------------+-----------+-----------------+
 *      |                    spi                    |
 *      +-------------------------------------------+
 *      |                 sequence                  |
 *      +-------------------------------------------+
 *      |                   icv ...                 |
 *      +-------------------------------------------+
 */
#include <steelpkt/proto.h>

#include "proto/ip_protos.h"

enum { NEXT_HEADER, LENGTH, RESERVED, SPI, SEQUENCE, ICV };

static const struct spk_row rows[] = {
    [NEXT_HEADER] = {
        .name = "ah.next_header", .attr = "nxt", .kind = SPK_UINT, .bits = 8, .init = 59, .names = spk_ip_protos,
        .doc = "What follows, by IANA's protocol numbers.",
    },
    [LENGTH] = {
        .name = "ah.length", .attr = "len", .kind = SPK_UINT, .bits = 8, .init = 1,
        .doc = "Length of the header in words of four bytes, less two.",
    },
    [RESERVED] = {
        .name = "ah.reserved", .kind = SPK_BYTES, .bits = 16,
        .doc = "Two bytes without a meaning.",
    },
    [SPI] = {
        .name = "ah.spi", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .doc = "Security parameters index: names the association to the receiver.",
    },
    [SEQUENCE] = {
        .name = "ah.sequence", .kind = SPK_UINT, .bits = 32,
        .doc = "Counts the packets of the association.",
    },
    [ICV] = {
        .name = "ah.icv", .kind = SPK_BYTES, .size = SPK_REF(LENGTH, 4, -4),
        .doc = "Integrity check value.",
    },
};

const struct spk_proto spk_proto_ah = {
    .name = "ah", .pyclass = "AH", .title = "Authentication Header", .spec = "RFC 4302",
    .hdr = { .name = "AH", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REF, .hlen = SPK_REF(LENGTH, 4, 8), .min = 12,
    .flags = SPK_WITH_PAYLOAD,
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { NEXT_HEADER } }),
    .sits = SPK_SITS({ "ip.proto", 51 }),
};
