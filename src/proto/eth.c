/*
 * Ethernet: IEEE 802.3 section 3 (length form), DIX Ethernet II (EtherType form); RFC 894, RFC 1042.
 *
 *       0                             47 48                            95 96          111
 *      +--------------------------------+--------------------------------+---------------+
 *      |              dst               |              src               |  type or len  |
 *      +--------------------------------+--------------------------------+---------------+
 *      |  payload ...                          | padding | trailer |        fcs          |
 *      +---------------------------------------+---------+---------+---------------------+
 *
 *      first byte of an address, last bits: ... lg ig (locally administered; group)
 *
 * IEEE 802.3 section 3.2.6: up to 1500 the last two bytes are the length of the payload, which then begins with LLC; from
 * 1536 on they are an EtherType; in between nothing. Zero, which 802.3 gives no meaning, is taken for a type. Novell put IPX
 * behind the length without LLC, which its first two bytes tell.
 *
 * The capture seldom says whether it holds a frame check sequence; trailer.c says how what follows the payload is told.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"
#include "proto/trailer.h"

enum {
    DST, DST_OUI, DST_LG, DST_IG, SRC, SRC_OUI, SRC_LG, SRC_IG, ADDR, ADDR_OUI, DST_LG_TOO, SRC_LG_TOO, DST_IG_TOO,
    SRC_IG_TOO, LENTYPE, TYPE, TYPE_ZERO, LEN, INVALID, PADDING, TRAILER, FCS, FCS_STATUS, INNER_TYPE, VLAN_TPID, VLAN_PRI,
    VLAN_CFI, VLAN_ID
};

enum { TYPE_VLAN = 0x8100, AT_TYPE = 12, AT_TCI = 14, AT_INNER_TYPE = 16, TAGGED_LEN = 18 };

static const struct spk_enum types[] = {
    { 0x0800, "IPv4" }, { 0x0806, "ARP" }, { 0x8035, "RARP" }, { 0x8100, "802.1Q" }, { 0x86dd, "IPv6" },
    { 0x8847, "MPLS" }, { 0x8848, "MPLS multicast" }, { 0x8863, "PPPoE discovery" }, { 0x8864, "PPPoE session" },
    { 0x888e, "EAPOL" }, { 0x88a8, "802.1ad" }, { 0x88cc, "LLDP" }, { 0x9100, "QinQ" }, { 0, NULL },
};

static bool get_bit(const struct spk_place *place, int row, uint8_t mask, struct spk_value *value)
{
    uint32_t at = spk_place_at(place, row);
    if (at >= place->packet->caplen) {
        return false;
    }
    value->u = (place->packet->data[at] & mask) != 0;
    return true;
}

static bool get_dst_lg(const struct spk_place *place, struct spk_value *value)
{
    return get_bit(place, DST, 2, value);
}

static bool get_dst_ig(const struct spk_place *place, struct spk_value *value)
{
    return get_bit(place, DST, 1, value);
}

static bool get_src_lg(const struct spk_place *place, struct spk_value *value)
{
    return get_bit(place, SRC, 2, value);
}

static bool get_src_ig(const struct spk_place *place, struct spk_value *value)
{
    return get_bit(place, SRC, 1, value);
}

static uint16_t load16(const struct spk_place *place, uint32_t offset)
{
    const uint8_t *bytes = place->packet->data + place->at + offset;
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* The first tag, as the tutorial's Ethernet class takes it in: only 802.1Q, and only where all of it was captured. */
static bool is_tagged(const struct spk_place *place)
{
    return place->packet->caplen >= place->at + TAGGED_LEN && load16(place, AT_TYPE) == TYPE_VLAN;
}

static bool get_inner_type(const struct spk_place *place, struct spk_value *value)
{
    value->u = load16(place, is_tagged(place) ? AT_INNER_TYPE : AT_TYPE);
    return true;
}

static bool get_vlan_tpid(const struct spk_place *place, struct spk_value *value)
{
    value->u = is_tagged(place) ? TYPE_VLAN : 0;
    return true;
}

static bool get_vlan_pri(const struct spk_place *place, struct spk_value *value)
{
    value->u = is_tagged(place) ? load16(place, AT_TCI) >> 13 : 0;
    return true;
}

static bool get_vlan_cfi(const struct spk_place *place, struct spk_value *value)
{
    value->u = is_tagged(place) ? load16(place, AT_TCI) >> 12 & 1 : 0;
    return true;
}

static bool get_vlan_id(const struct spk_place *place, struct spk_value *value)
{
    value->u = is_tagged(place) ? load16(place, AT_TCI) & 0xfff : 0;
    return true;
}

static bool get_fcs_status(const struct spk_place *place, struct spk_value *value)
{
    bool there = spk_trailer_fcs(place, value);

    value->u = SPK_CSUM_UNVERIFIED;
    return there;
}

static const struct spk_row rows[] = {
    [DST] = {
        .name = "eth.dst", .attr = "dst_mac", .kind = SPK_MAC, .bits = 48,
        .doc = "Destination address.",
    },
    [DST_OUI] = {
        .name = "eth.dst.oui", .attr = "dst_oui", .kind = SPK_UINT, .bits = 24, .view = SPK_SPAN(DST),
        .doc = "First three bytes of the destination address: the vendor's number.",
    },
    [DST_LG] = {
        .name = "eth.dst.lg", .attr = "dst_lg", .kind = SPK_BOOL, .view = SPK_CALL(get_dst_lg),
        .doc = "The destination address is locally administered.",
    },
    [DST_IG] = {
        .name = "eth.dst.ig", .attr = "dst_ig", .kind = SPK_BOOL, .view = SPK_CALL(get_dst_ig),
        .doc = "The destination address is a group's: multicast or broadcast.",
    },
    [SRC] = {
        .name = "eth.src", .attr = "src_mac", .kind = SPK_MAC, .bits = 48,
        .doc = "Source address.",
    },
    [SRC_OUI] = {
        .name = "eth.src.oui", .attr = "src_oui", .kind = SPK_UINT, .bits = 24, .view = SPK_SPAN(SRC),
        .doc = "First three bytes of the source address: the vendor's number.",
    },
    [SRC_LG] = {
        .name = "eth.src.lg", .attr = "src_lg", .kind = SPK_BOOL, .view = SPK_CALL(get_src_lg),
        .doc = "The source address is locally administered.",
    },
    [SRC_IG] = {
        .name = "eth.src.ig", .attr = "src_ig", .kind = SPK_BOOL, .view = SPK_CALL(get_src_ig),
        .doc = "The source address has the group bit, which IEEE 802.3 section 3.2.3 forbids.",
    },
    [ADDR] = {
        .name = "eth.addr", .kind = SPK_MAC, .bits = 48, .view = SPK_EITHER(DST, SRC),
        .doc = "Either address: the destination, then the source.",
    },
    [ADDR_OUI] = {
        .name = "eth.addr.oui", .attr = "addr_oui", .kind = SPK_UINT, .bits = 24,
        .view = SPK_EITHER(DST_OUI, SRC_OUI),
        .doc = "First three bytes of either address: the destination's, then the source's.",
    },
    /* Two rows of one name: computed values have no SPK_EITHER. */
    [DST_LG_TOO] = {
        .name = "eth.lg", .kind = SPK_BOOL, .flags = SPK_LIST, .view = SPK_CALL(get_dst_lg),
        .doc = "Either address is locally administered: the destination's bit, then the source's.",
    },
    [SRC_LG_TOO] = {
        .name = "eth.lg", .kind = SPK_BOOL, .flags = SPK_LIST, .view = SPK_CALL(get_src_lg),
        .doc = "Either address is locally administered: the destination's bit, then the source's.",
    },
    [DST_IG_TOO] = {
        .name = "eth.ig", .kind = SPK_BOOL, .flags = SPK_LIST, .view = SPK_CALL(get_dst_ig),
        .doc = "Either address is a group's: the destination's bit, then the source's.",
    },
    [SRC_IG_TOO] = {
        .name = "eth.ig", .kind = SPK_BOOL, .flags = SPK_LIST, .view = SPK_CALL(get_src_ig),
        .doc = "Either address is a group's: the destination's bit, then the source's.",
    },
    [LENTYPE] = {
        .name = "eth.lentype", .attr = "type", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0x0800,
        .flags = SPK_OWN_NAME | SPK_ZERO_IS_REST, .names = types,
        .doc = "EtherType from 1536 on, length of the payload up to 1500: the bytes as they stand.",
    },
    [TYPE] = {
        .name = "eth.type", .attr = "ethertype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(LENTYPE), .when = { { SPK_GE, LENTYPE, 0, 0x600 } }, .names = types,
        .doc = "EtherType: the protocol of the payload; of the outermost tag where there is one.",
    },
    [TYPE_ZERO] = {
        .name = "eth.type", .attr = "ethertype_zero", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(LENTYPE), .when = { { SPK_EQ, LENTYPE, 0, 0 } }, .names = types,
        .doc = "EtherType: the protocol of the payload; zero counts as a type.",
    },
    [LEN] = {
        .name = "eth.len", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(LENTYPE),
        .when = { { SPK_GE, LENTYPE, 0, 1 }, { SPK_LE, LENTYPE, 0, 1500 } },
        .doc = "Length of the payload in bytes, in the 802.3 form.",
    },
    [INVALID] = {
        .name = "eth.invalid_lentype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(LENTYPE),
        .when = { { SPK_GE, LENTYPE, 0, 1501 }, { SPK_LE, LENTYPE, 0, 1535 } },
        .doc = "What is neither a length nor an EtherType: 1501 to 1535.",
    },
    [PADDING] = {
        .name = "eth.padding", .kind = SPK_BYTES, .flags = SPK_NEEDS_ALL, .view = SPK_CALL(spk_trailer_padding),
        .doc = "Zeros behind the payload that fill the frame up to 60 bytes.",
    },
    [TRAILER] = {
        .name = "eth.trailer", .kind = SPK_BYTES, .flags = SPK_NEEDS_ALL, .view = SPK_CALL(spk_trailer_bytes),
        .doc = "Bytes behind the payload that are neither padding nor frame check sequence.",
    },
    [FCS] = {
        .name = "eth.fcs", .kind = SPK_UINT, .base = SPK_HEX, .digits = 8, .flags = SPK_NEEDS_ALL,
        .view = SPK_CALL(spk_trailer_fcs),
        .doc = "Frame check sequence as the frame seems to have it: the last four bytes, most significant first.",
    },
    [FCS_STATUS] = {
        .name = "eth.fcs.status", .attr = "fcs_status", .kind = SPK_UINT, .bits = 8, .flags = SPK_NEEDS_ALL,
        .view = SPK_CALL(get_fcs_status), .names = spk_checksum_states,
        .doc = "2: not checked, since nobody says for sure that those bytes are a frame check sequence.",
    },
    [INNER_TYPE] = {
        .name = "eth.type", .attr = "inner_type", .kind = SPK_UINT, .base = SPK_HEX, .digits = 4,
        .flags = SPK_TUTORIAL, .view = SPK_CALL(get_inner_type),
        .doc = "EtherType; behind a first 802.1Q tag the one that the tag holds.",
    },
    [VLAN_TPID] = {
        .name = "eth.vlan.tpid", .attr = "tpid", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_vlan_tpid),
        .doc = "0x8100 when the frame has an 802.1Q tag, else 0.",
    },
    [VLAN_PRI] = {
        .name = "eth.vlan.pri", .attr = "priority_code", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_vlan_pri),
        .doc = "Priority in the first 802.1Q tag, 0 without a tag.",
    },
    [VLAN_CFI] = {
        .name = "eth.vlan.cfi", .attr = "drop_eligible", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_vlan_cfi),
        .doc = "Drop eligible indicator (formerly canonical format) in the first 802.1Q tag, 0 without a tag.",
    },
    [VLAN_ID] = {
        .name = "eth.vlan.id", .attr = "vlan_id", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_vlan_id),
        .doc = "VLAN in the first 802.1Q tag, 0 without a tag.",
    },
};

const struct spk_proto spk_proto_eth = {
    .name = "eth", .pyclass = "Ethernet", .title = "Ethernet", .spec = "IEEE 802.3",
    .hdr = { .name = "Ethernet", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(LENTYPE, 1, 14), .len_when = { SPK_LE, LENTYPE, 0, 1500 },
    .flags = SPK_WHOLE,
    .next = SPK_NEXTS(
        { .space = "ethertype", .via = "ethertype", .keys = { LENTYPE }, .when = { { SPK_GE, LENTYPE, 0, 0x600 } } },
        { .space = "ethertype", .via = "ethertype", .keys = { LENTYPE }, .when = { { SPK_EQ, LENTYPE, 0, 0 } } },
        { .space = "eth.head", .pick = SPK_PICK_HEAD,
          .when = { { SPK_GE, LENTYPE, 0, 1 }, { SPK_LE, LENTYPE, 0, 1500 } } },
        { .space = "eth.len", .pick = SPK_PICK_KEY,
          .when = { { SPK_GE, LENTYPE, 0, 1 }, { SPK_LE, LENTYPE, 0, 1500 } } }),
    .sits = SPK_SITS({ "link", 1 }, { "sll.ltype", 3 }, { "ip.proto", 143 }), /* 143: RFC 8986 section 10.1 */
};
