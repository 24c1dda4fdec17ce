/*
 * ARP and RARP, address resolution: RFC 826, RFC 903; RFC 5227 for probes and announcements.
 *
 *       0                              15 16                             31
 *      +---------------------------------+---------------------------------+
 *      |             hw.type             |           proto.type            |
 *      +----------------+----------------+---------------------------------+
 *      |    hw.size     |   proto.size   |             opcode              |
 *      +----------------+----------------+---------------------------------+
 *      |  sender hardware address: hw.size bytes
 *      |  sender protocol address: proto.size bytes
 *      |  target hardware address: hw.size bytes
 *      |  target protocol address: proto.size bytes
 *      +-------------------------------------------------------------------+
 *
 * The four addresses tile the rest of the message whatever their sizes are. The names that show them stand behind all four:
 * of a message that is cut none of them is shown.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include <string.h>

enum {
    HW_TYPE, PROTO_TYPE, HW_SIZE, PROTO_SIZE, OPCODE, SRC_HW, SRC_PROTO, DST_HW, DST_PROTO, SRC_MAC, SRC_MAC_802,
    SRC_OTHER, SRC_IP4, SRC_PROTO_OTHER, DST_MAC, DST_MAC_802, DST_OTHER, DST_IP4, DST_PROTO_OTHER, GRATUITOUS, PROBE,
    ANNOUNCEMENT
};

enum { OP_REQUEST = 1, OP_REPLY = 2, HW_ETHERNET = 1, HW_IEEE802 = 6, TYPE_IP4 = 0x0800 };

static const struct spk_enum opcodes[] = {
    { 1, "request" }, { 2, "reply" }, { 3, "reverse request" }, { 4, "reverse reply" }, { 5, "drarp request" },
    { 6, "drarp reply" }, { 7, "drarp error" }, { 8, "inverse request" }, { 9, "inverse reply" }, { 0, NULL },
};

static const struct spk_enum hardware[] = {
    { 1, "Ethernet" }, { 6, "IEEE 802" }, { 7, "ARCNET" }, { 15, "Frame Relay" }, { 16, "ATM" },
    { 32, "InfiniBand" }, { 0, NULL },
};

static const uint8_t *bytes_of(const struct spk_place *place, int row)
{
    return place->packet->data + spk_place_at(place, row);
}

static bool is_zero(const uint8_t *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Whether the sender asks for or tells its own address. */
static bool is_gratuitous(const struct spk_place *place)
{
    uint64_t opcode = spk_place_uint(place, OPCODE);
    return (opcode == OP_REQUEST || opcode == OP_REPLY) && spk_place_uint(place, PROTO_TYPE) == TYPE_IP4
           && spk_place_uint(place, PROTO_SIZE) == 4
           && memcmp(bytes_of(place, SRC_PROTO), bytes_of(place, DST_PROTO), 4) == 0;
}

static bool get_gratuitous(const struct spk_place *place, struct spk_value *value)
{
    value->u = 1;
    return is_gratuitous(place);
}

/* RFC 5227 section 2.1.1: a request whose sender has no address yet and that asks for nobody's hardware. */
static bool get_probe(const struct spk_place *place, struct spk_value *value)
{
    value->u = 1;
    return spk_place_uint(place, OPCODE) == OP_REQUEST && spk_place_uint(place, PROTO_TYPE) == TYPE_IP4
           && spk_place_uint(place, PROTO_SIZE) == 4 && is_zero(bytes_of(place, SRC_PROTO), 4)
           && is_zero(bytes_of(place, DST_HW), spk_place_uint(place, HW_SIZE)) && !is_gratuitous(place);
}

/* RFC 5227 section 2.3: a gratuitous request with no target hardware address. */
static bool get_announcement(const struct spk_place *place, struct spk_value *value)
{
    value->u = 1;
    return is_gratuitous(place) && spk_place_uint(place, OPCODE) == OP_REQUEST
           && is_zero(bytes_of(place, DST_HW), spk_place_uint(place, HW_SIZE));
}

/* An address that is no MAC: of another length, or on another kind of network. */
static bool get_other(const struct spk_place *place, int row, struct spk_value *value)
{
    uint64_t size = spk_place_uint(place, HW_SIZE);
    uint64_t type = spk_place_uint(place, HW_TYPE);
    value->data = bytes_of(place, row);
    value->len = (uint32_t)size;
    return size > 0 && (size != 6 || (type != HW_ETHERNET && type != HW_IEEE802));
}

static bool get_src_other(const struct spk_place *place, struct spk_value *value)
{
    return get_other(place, SRC_HW, value);
}

static bool get_dst_other(const struct spk_place *place, struct spk_value *value)
{
    return get_other(place, DST_HW, value);
}

static const struct spk_row rows[] = {
    [HW_TYPE] = {
        .name = "arp.hw.type", .attr = "hardware_type", .kind = SPK_UINT, .bits = 16, .init = HW_ETHERNET,
        .names = hardware,
        .doc = "Kind of network, by IANA's hardware types.",
    },
    [PROTO_TYPE] = {
        .name = "arp.proto.type", .attr = "proto_type", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .init = TYPE_IP4,
        .doc = "Protocol of the addresses asked for, as an EtherType.",
    },
    [HW_SIZE] = {
        .name = "arp.hw.size", .attr = "hardware_len", .kind = SPK_UINT, .bits = 8, .init = 6,
        .doc = "Bytes in a hardware address.",
    },
    [PROTO_SIZE] = {
        .name = "arp.proto.size", .attr = "proto_len", .kind = SPK_UINT, .bits = 8, .init = 4,
        .doc = "Bytes in a protocol address.",
    },
    [OPCODE] = {
        .name = "arp.opcode", .attr = "operation", .kind = SPK_UINT, .bits = 16, .init = OP_REQUEST, .names = opcodes,
        .doc = "What the message does: 1 request, 2 reply, 3 and 4 the same for RARP.",
    },
    [SRC_HW] = {
        .name = "arp.src.hw_bytes", .attr = "sender_hw_bytes", .kind = SPK_BYTES, .size = SPK_REF(HW_SIZE, 1, 0),
        .flags = SPK_OWN_NAME,
        .doc = "Hardware address of the sender, as bytes, of any size.",
    },
    [SRC_PROTO] = {
        .name = "arp.src.proto_bytes", .attr = "sender_proto_bytes", .kind = SPK_BYTES,
        .size = SPK_REF(PROTO_SIZE, 1, 0), .flags = SPK_OWN_NAME,
        .doc = "Protocol address of the sender, as bytes, of any size.",
    },
    [DST_HW] = {
        .name = "arp.dst.hw_bytes", .attr = "target_hw_bytes", .kind = SPK_BYTES, .size = SPK_REF(HW_SIZE, 1, 0),
        .flags = SPK_OWN_NAME,
        .doc = "Hardware address of the target, as bytes, of any size; zeros in a request.",
    },
    [DST_PROTO] = {
        .name = "arp.dst.proto_bytes", .attr = "target_proto_bytes", .kind = SPK_BYTES,
        .size = SPK_REF(PROTO_SIZE, 1, 0), .flags = SPK_OWN_NAME,
        .doc = "Protocol address of the target, as bytes, of any size.",
    },
    [SRC_MAC] = {
        .name = "arp.src.hw_mac", .attr = "sender_hw_addr", .kind = SPK_MAC, .bits = 48, .view = SPK_SPAN(SRC_HW),
        .when = { { SPK_EQ, HW_SIZE, 0, 6 }, { SPK_EQ, HW_TYPE, 0, HW_ETHERNET } },
        .doc = "Hardware address of the sender, on Ethernet.",
    },
    /* IEEE 802 networks have Ethernet's addresses: RFC 1042. */
    [SRC_MAC_802] = {
        .name = "arp.src.hw_mac", .attr = "sender_hw_addr_802", .kind = SPK_MAC, .bits = 48,
        .view = SPK_SPAN(SRC_HW), .when = { { SPK_EQ, HW_SIZE, 0, 6 }, { SPK_EQ, HW_TYPE, 0, HW_IEEE802 } },
        .doc = "Hardware address of the sender, on Ethernet.",
    },
    [SRC_OTHER] = {
        .name = "arp.src.hw", .attr = "sender_hw", .kind = SPK_BYTES, .view = SPK_CALL(get_src_other),
        .doc = "Hardware address of the sender, on networks other than Ethernet.",
    },
    [SRC_IP4] = {
        .name = "arp.src.proto_ipv4", .attr = "sender_proto_addr", .kind = SPK_IP4, .bits = 32,
        .view = SPK_SPAN(SRC_PROTO),
        .when = { { SPK_EQ, PROTO_TYPE, 0, TYPE_IP4 }, { SPK_EQ, PROTO_SIZE, 0, 4 } },
        .doc = "IPv4 address of the sender.",
    },
    [SRC_PROTO_OTHER] = {
        .name = "arp.src.proto", .attr = "sender_proto", .kind = SPK_BYTES, .view = SPK_SPAN(SRC_PROTO),
        .when = { { SPK_ABSENT, SRC_IP4, 0, 0 }, { SPK_NE, PROTO_SIZE, 0, 0 } },
        .doc = "Protocol address of the sender that is not IPv4.",
    },
    [DST_MAC] = {
        .name = "arp.dst.hw_mac", .attr = "target_hw_addr", .kind = SPK_MAC, .bits = 48, .view = SPK_SPAN(DST_HW),
        .when = { { SPK_EQ, HW_SIZE, 0, 6 }, { SPK_EQ, HW_TYPE, 0, HW_ETHERNET } },
        .doc = "Hardware address of the target, on Ethernet; zeros in a request.",
    },
    [DST_MAC_802] = {
        .name = "arp.dst.hw_mac", .attr = "target_hw_addr_802", .kind = SPK_MAC, .bits = 48,
        .view = SPK_SPAN(DST_HW), .when = { { SPK_EQ, HW_SIZE, 0, 6 }, { SPK_EQ, HW_TYPE, 0, HW_IEEE802 } },
        .doc = "Hardware address of the target, on Ethernet; zeros in a request.",
    },
    [DST_OTHER] = {
        .name = "arp.dst.hw", .attr = "target_hw", .kind = SPK_BYTES, .view = SPK_CALL(get_dst_other),
        .doc = "Hardware address of the target, on networks other than Ethernet.",
    },
    [DST_IP4] = {
        .name = "arp.dst.proto_ipv4", .attr = "target_proto_addr", .kind = SPK_IP4, .bits = 32,
        .view = SPK_SPAN(DST_PROTO),
        .when = { { SPK_EQ, PROTO_TYPE, 0, TYPE_IP4 }, { SPK_EQ, PROTO_SIZE, 0, 4 } },
        .doc = "IPv4 address of the target.",
    },
    [DST_PROTO_OTHER] = {
        .name = "arp.dst.proto", .attr = "target_proto", .kind = SPK_BYTES, .view = SPK_SPAN(DST_PROTO),
        .when = { { SPK_ABSENT, DST_IP4, 0, 0 }, { SPK_NE, PROTO_SIZE, 0, 0 } },
        .doc = "Protocol address of the target that is not IPv4.",
    },
    [GRATUITOUS] = {
        .name = "arp.isgratuitous", .kind = SPK_BOOL, .view = SPK_CALL(get_gratuitous),
        .doc = "There when the sender's and the target's IPv4 address are the same.",
    },
    [PROBE] = {
        .name = "arp.isprobe", .kind = SPK_BOOL, .view = SPK_CALL(get_probe),
        .doc = "There when the sender looks whether an address is free (RFC 5227).",
    },
    [ANNOUNCEMENT] = {
        .name = "arp.isannouncement", .kind = SPK_BOOL, .view = SPK_CALL(get_announcement),
        .doc = "There when the sender claims an address (RFC 5227).",
    },
};

const struct spk_proto spk_proto_arp = {
    .name = "arp", .pyclass = "ARP", .title = "Address Resolution Protocol", .spec = "RFC 826",
    .hdr = { .name = "ARP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .flags = SPK_NO_PAYLOAD,
    .sits = SPK_SITS({ "ethertype", 0x0806 }, { "ethertype", 0x8035 }),
};
