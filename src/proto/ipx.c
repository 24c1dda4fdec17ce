/*
 * IPX, Internetwork Packet Exchange: Novell's, after XNS. Where it stands right behind an 802.3 length, without LLC, its
 * checksum, which is always ffff, tells it from LLC. What IPX carries stays bytes.
 *
 *       0              15 16             31
 *      +-----------------+-----------------+
 *      |    checksum     |       len       |
 *      +--------+--------+-----------------+
 *      |  hops  |  type  |
 *      +--------+--------+-----------------+-----------------+-----------------+-----------------+
 *      |              dst.net              |                     dst.node                        |
 *      +-----------------+-----------------+-----------------------------------------------------+
 *      |   dst.socket    |
 *      +-----------------+-----------------+-----------------+-----------------+-----------------+
 *      |              src.net              |                     src.node                        |
 *      +-----------------+-----------------+-----------------------------------------------------+
 *      |   src.socket    |  payload ...
 *      +-----------------+
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

/* A payload of 50 bytes, or of this packet type, begins with the networks that it has passed: not taken apart. */
enum { PROPAGATED = 0x14, WITH_NETWORKS = 30 + 50 };

enum {
    CHECKSUM, LEN, HOPS, TYPE, DST_NET, DST_NODE, DST_SOCKET, SRC_NET, SRC_NODE, SRC_SOCKET, NET, NODE, SOCKET
};

static const struct spk_row rows[] = {
    [CHECKSUM] = {
        .name = "ipx.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0xffff,
        .doc = "0xffff: there is none.",
    },
    [LEN] = {
        .name = "ipx.len", .kind = SPK_UINT, .bits = 16, .init = 30,
        .doc = "Header and payload, in bytes.",
    },
    [HOPS] = {
        .name = "ipx.hops", .kind = SPK_UINT, .bits = 8,
        .doc = "Routers that the packet has passed.",
    },
    [TYPE] = {
        .name = "ipx.packet_type", .attr = "type", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Protocol of the payload: 1 RIP, 4 PEP or SAP, 5 SPX, 17 NCP, 20 NetBIOS.",
    },
    [DST_NET] = {
        .name = "ipx.dst.net", .attr = "dst_net", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .doc = "Network of the destination; 0: this one.",
    },
    [DST_NODE] = {
        .name = "ipx.dst.node", .attr = "dst_node", .kind = SPK_MAC, .bits = 48,
        .doc = "Hardware address of the destination.",
    },
    [DST_SOCKET] = {
        .name = "ipx.dst.socket", .attr = "dst_socket", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Socket of the destination.",
    },
    [SRC_NET] = {
        .name = "ipx.src.net", .attr = "src_net", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .doc = "Network of the source; 0: this one.",
    },
    [SRC_NODE] = {
        .name = "ipx.src.node", .attr = "src_node", .kind = SPK_MAC, .bits = 48,
        .doc = "Hardware address of the source.",
    },
    [SRC_SOCKET] = {
        .name = "ipx.src.socket", .attr = "src_socket", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Socket of the source.",
    },
    [NET] = {
        .name = "ipx.net", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX, .view = SPK_EITHER(DST_NET, SRC_NET),
        .doc = "Either network: the destination's, then the source's.",
    },
    [NODE] = {
        .name = "ipx.node", .kind = SPK_MAC, .bits = 48, .view = SPK_EITHER(DST_NODE, SRC_NODE),
        .doc = "Either hardware address: the destination's, then the source's.",
    },
    [SOCKET] = {
        .name = "ipx.socket", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_EITHER(DST_SOCKET, SRC_SOCKET),
        .doc = "Either socket: the destination's, then the source's.",
    },
};

const struct spk_proto spk_proto_ipx = {
    .name = "ipx", .pyclass = "IPX", .title = "Internetwork Packet Exchange", .spec = "Novell IPX",
    .hdr = { .name = "IPX", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_WHOLE,
    .len = SPK_REF(LEN, 1, 0),
    .next = SPK_NEXTS(
        { .space = "ipx.networks", .keys = { DST_SOCKET }, .when = { { SPK_EQ, TYPE, 0, PROPAGATED } } },
        { .space = "ipx.networks", .keys = { DST_SOCKET }, .when = { { SPK_EQ, LEN, 0, WITH_NETWORKS } } },
        { .space = "ipx.socket", .keys = { DST_SOCKET },
          .when = { { SPK_NE, TYPE, 0, PROPAGATED }, { SPK_NE, LEN, 0, WITH_NETWORKS } } }),
    .sits = SPK_SITS({ "eth.head", 0xffff }, { "llc.dsap", 0xe0 }, { "ethertype", 0x8137 }, { "sll.ltype", 1 }),
};
