/*
 * SLL, the header of Linux's "any" device, version 1: LINKTYPE_LINUX_SLL, pcap's pcap-linktype(7) and
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html.
 *
 *       0              15 16             31 32             47
 *      +-----------------+-----------------+-----------------+
 *      |     pkttype     |     hatype      |      halen      |
 *      +-----------------+-----------------+-----------------+-----------------+
 *      |  address: halen bytes, the rest of eight unused                       |
 *      +-----------------+-----------------------------------------------------+
 *      | etype or ltype  |
 *      +-----------------+
 *
 * The last two bytes are an EtherType from 1536 on, else one of Linux's numbers for frames that have none.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/cooked.h"
#include "proto/trailer.h"

enum {
    PKTTYPE, HATYPE, HALEN, ADDRESS, SRC_ETH, SRC_IP4, SRC_OTHER, UNUSED, PROTOCOL, ETYPE, GRETYPE, LTYPE, PADDING, TRAILER
};
enum { HATYPE_GRE = 778 };

static const struct spk_enum directions[] = {
    { 0, "to us" }, { 1, "broadcast" }, { 2, "multicast" }, { 3, "to another host" }, { 4, "from us" }, { 0, NULL },
};

static bool get_other(const struct spk_place *place, struct spk_value *value)
{
    return spk_cooked_other(place, ADDRESS, spk_place_uint(place, HALEN), value);
}

static bool get_unused(const struct spk_place *place, struct spk_value *value)
{
    return spk_cooked_unused(place, ADDRESS, spk_place_uint(place, HALEN), value);
}

static const struct spk_row rows[] = {
    [PKTTYPE] = {
        .name = "sll.pkttype", .kind = SPK_UINT, .bits = 16, .names = directions,
        .doc = "Which way the packet went: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us.",
    },
    [HATYPE] = {
        .name = "sll.hatype", .kind = SPK_UINT, .bits = 16, .init = 1,
        .doc = "Kind of device, by Linux's ARPHRD_ numbers; 1 is Ethernet.",
    },
    [HALEN] = {
        .name = "sll.halen", .kind = SPK_UINT, .bits = 16, .init = 6,
        .doc = "Bytes of the address that count.",
    },
    [ADDRESS] = {
        .name = "sll.address", .kind = SPK_BYTES, .bits = 64, .flags = SPK_OWN_NAME,
        .doc = "The eight bytes that hold the sender's address.",
    },
    [SRC_ETH] = {
        .name = "sll.src.eth", .attr = "src_mac", .kind = SPK_MAC, .bits = 48, .view = SPK_SPAN(ADDRESS),
        .when = { { SPK_EQ, HALEN, 0, 6 } },
        .doc = "Address of the sender, of six bytes.",
    },
    [SRC_IP4] = {
        .name = "sll.src.ipv4", .attr = "src_ip", .kind = SPK_IP4, .bits = 32, .view = SPK_SPAN(ADDRESS),
        .when = { { SPK_EQ, HALEN, 0, 4 } },
        .doc = "Address of the sender, of four bytes.",
    },
    [SRC_OTHER] = {
        .name = "sll.src.other", .kind = SPK_BYTES, .view = SPK_CALL(get_other),
        .doc = "Address of the sender, of another length; its first eight bytes where it is longer.",
    },
    [UNUSED] = {
        .name = "sll.unused", .kind = SPK_BYTES, .view = SPK_CALL(get_unused),
        .doc = "What the address leaves of its eight bytes.",
    },
    [PROTOCOL] = {
        .name = "sll.protocol", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0x0800, .flags = SPK_OWN_NAME,
        .doc = "Protocol of the payload, whichever of the names below it goes by.",
    },
    [ETYPE] = {
        .name = "sll.etype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL),
        .when = { { SPK_GE, PROTOCOL, 0, 0x600 }, { SPK_NE, HATYPE, 0, HATYPE_GRE } },
        .doc = "EtherType: the protocol of the payload.",
    },
    [GRETYPE] = {
        .name = "sll.gretype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL),
        .when = { { SPK_EQ, HATYPE, 0, HATYPE_GRE } },
        .doc = "Protocol of the payload of a GRE device.",
    },
    [LTYPE] = {
        .name = "sll.ltype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL),
        .when = { { SPK_LE, PROTOCOL, 0, 0x5ff }, { SPK_NE, HATYPE, 0, HATYPE_GRE } },
        .doc = "Linux's number for a payload without EtherType: 1 raw 802.3, 3 Ethernet, 4 LLC, 0xc CAN.",
    },
    [PADDING] = {
        .name = "eth.padding", .kind = SPK_BYTES, .flags = SPK_NEEDS_ALL, .view = SPK_CALL(spk_trailer_padding),
        .doc = "Zeros behind the payload that fill the frame up to 60 bytes.",
    },
    [TRAILER] = {
        .name = "sll.trailer", .kind = SPK_BYTES, .flags = SPK_NEEDS_ALL, .view = SPK_CALL(spk_trailer_rest),
        .doc = "Bytes behind the payload.",
    },
};

const struct spk_proto spk_proto_sll = {
    .name = "sll", .pyclass = "SLL", .title = "Linux cooked-mode capture, version 1", .spec = "LINKTYPE_LINUX_SLL",
    .hdr = { .name = "SLL", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .next = SPK_NEXTS(
        { .space = "ethertype", .keys = { PROTOCOL }, .when = { { SPK_EQ, HATYPE, 0, HATYPE_GRE } } },
        { .space = "ethertype", .via = "ethertype", .keys = { PROTOCOL }, .when = { { SPK_GE, PROTOCOL, 0, 0x600 } } },
        { .space = "sll.ltype", .keys = { PROTOCOL }, .when = { { SPK_LE, PROTOCOL, 0, 0x5ff } } }),
    .sits = SPK_SITS({ "link", 113 }),
};
