/*
 * Loopback: OpenBSD's loopback device, LINKTYPE_LOOP (https://www.tcpdump.org/linktypes.html): as null, but always
 * big-endian. Wireshark has one name for both.
 *
 *       0                                31
 *      +----------------------------------+
 *      |              family              |
 *      +----------------------------------+
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { FAMILY };

static const struct spk_row rows[] = {
    [FAMILY] = {
        .name = "null.family", .attr = "family", .kind = SPK_UINT, .bits = 32, .init = 2,
        .doc = "Address family of the payload: 2 is IPv4; 24, 28 and 30 are IPv6.",
    },
};

const struct spk_proto spk_proto_loopback = {
    .name = "loopback", .pyclass = "Loopback", .title = "OpenBSD loopback", .spec = "LINKTYPE_LOOP", .shows = "null",
    .hdr = { .name = "Loopback", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .next = SPK_NEXTS({ .space = "null.type", .keys = { FAMILY } }),
    .sits = SPK_SITS({ "link", 108 }),
};
