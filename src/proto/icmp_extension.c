/*
 * Extension structure of ICMP messages: RFC 4884 section 7; its objects: RFC 4950 (MPLS label stack), RFC 5837
 * (interface information), RFC 8335 (interface identification).
 *
 *       0        3 4             15 16                            31
 *      +----------+---------------+--------------------------------+
 *      | version  |      res      |            checksum            |
 *      +----------+---------------+----------------+---------------+
 *      |         length           |     class      |     ctype     |  an object, and then others
 *      +--------------------------+----------------+---------------+
 *      |                     data ...                              |
 */
#include "proto/icmp_extension.h"

#include <steelpkt/packet.h>

#include "base/csum.h"
#include "proto/checksum.h"

enum { CLASS_MPLS = 1, CLASS_INFO, CLASS_IDENT };

static const struct spk_row label_rows[] = {
    {
        .name = "icmp.mpls.label", .attr = "label", .kind = SPK_UINT, .bits = 20,
        .doc = "Label of the stack that the packet had.",
    },
    {
        .name = "icmp.mpls.exp", .attr = "exp", .kind = SPK_UINT, .bits = 3,
        .doc = "Traffic class, formerly experimental bits.",
    },
    {
        .name = "icmp.mpls.s", .attr = "s", .kind = SPK_BOOL, .bits = 1,
        .doc = "Bottom of the stack.",
    },
    {
        .name = "icmp.mpls.ttl", .attr = "ttl", .kind = SPK_UINT, .bits = 8,
        .doc = "Time to live in the label.",
    },
};
static const struct spk_group label = { .name = "ICMPExtensionLabel", SPK_ROWS(label_rows) };

/* ---- addresses: RFC 5837 section 4.3, RFC 8335 section 2.1 ---- */

static const struct spk_row info_ip4_rows[] = {
    {
        .name = "icmp.int_info.ipv4", .attr = "ipv4", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of the interface.",
    },
};
static const struct spk_group info_ip4 = { .name = "ICMPInterfaceInfoIPv4", SPK_ROWS(info_ip4_rows) };

static const struct spk_row info_ip6_rows[] = {
    {
        .name = "icmp.int_info.ipv6", .attr = "ipv6", .kind = SPK_IP6, .bits = 128,
        .doc = "Address of the interface.",
    },
};
static const struct spk_group info_ip6 = { .name = "ICMPInterfaceInfoIPv6", SPK_ROWS(info_ip6_rows) };

static const struct spk_case info_addresses[] = {
    { .key = 1, .in = &info_ip4 }, { .key = 2, .in = &info_ip6 }, { .in = NULL },
};

enum { INFO_AFI, INFO_RESERVED, INFO_ADDRESS };

static const struct spk_row info_address_rows[] = {
    [INFO_AFI] = {
        .name = "icmp.int_info.afi", .attr = "afi", .kind = SPK_UINT, .bits = 16,
        .doc = "Address family: 1 IPv4, 2 IPv6.",
    },
    [INFO_RESERVED] = { .attr = "reserved", .kind = SPK_PAD, .bits = 16 },
    [INFO_ADDRESS] = {
        .name = "icmp.int_info.ipunknown", .attr = "address", .kind = SPK_CHOICE, .key = INFO_AFI,
        .cases = info_addresses,
        .doc = "Address of another family, up to the object's end.",
    },
};
static const struct spk_group info_address = { .name = "ICMPInterfaceInfoAddress", SPK_ROWS(info_address_rows) };

enum { NAME_LENGTH, NAME, NAME_SHOWN };

/* A name ends where its padding of zeros begins. */
static bool give_name(const struct spk_place *place, uint32_t at, struct spk_value *value)
{
    uint32_t len = 0;

    if (at == UINT32_MAX)
        return false;
    while (at + len < place->end && place->packet->data[at + len] != 0)
        len++;
    value->kind = SPK_TEXT;
    value->data = place->packet->data + at;
    value->len = len;
    return len > 0;
}

static bool get_info_name(const struct spk_place *place, struct spk_value *value)
{
    uint64_t len = spk_place_uint(place, NAME_LENGTH);
    struct spk_place inside = *place;

    if (len > 0 && place->at + len < place->end)
        inside.end = place->at + (uint32_t)len;
    return give_name(&inside, spk_place_at(place, NAME), value);
}

/* RFC 5837 section 4.3: the length counts itself. */
static const struct spk_row info_name_rows[] = {
    [NAME_LENGTH] = {
        .name = "icmp.int_info.name_length", .attr = "name_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bytes of the name, this length included.",
    },
    [NAME] = { .attr = "name_bytes", .kind = SPK_BYTES, .size = SPK_REF(NAME_LENGTH, 1, -1) },
    [NAME_SHOWN] = {
        .name = "icmp.int_info.name", .attr = "if_name", .kind = SPK_TEXT, .view = SPK_CALL(get_info_name),
        .doc = "Name of the interface.",
    },
};
static const struct spk_group info_name = { .name = "ICMPInterfaceInfoName", SPK_ROWS(info_name_rows) };

static bool get_ident_name(const struct spk_place *place, struct spk_value *value)
{
    return give_name(place, place->at, value);
}

static const struct spk_row ident_name_rows[] = {
    { .attr = "name_bytes", .kind = SPK_BYTES },
    {
        .name = "icmp.int_ident.name", .attr = "if_name", .kind = SPK_TEXT, .view = SPK_CALL(get_ident_name),
        .doc = "Name of the interface, without its padding of zeros.",
    },
};
static const struct spk_group ident_name = { .name = "ICMPInterfaceName", SPK_ROWS(ident_name_rows) };

static const struct spk_row ident_index_rows[] = {
    {
        .name = "icmp.int_ident.index", .attr = "if_index", .kind = SPK_UINT, .bits = 32,
        .doc = "Index of the interface.",
    },
};
static const struct spk_group ident_index = { .name = "ICMPInterfaceIndex", SPK_ROWS(ident_index_rows) };

static const struct spk_row ident_ip4_rows[] = {
    {
        .name = "icmp.int_ident.ipv4", .attr = "ipv4", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of the interface.",
    },
};
static const struct spk_group ident_ip4 = { .name = "ICMPInterfaceIPv4", SPK_ROWS(ident_ip4_rows) };

static const struct spk_row ident_ip6_rows[] = {
    {
        .name = "icmp.int_ident.ipv6", .attr = "ipv6", .kind = SPK_IP6, .bits = 128,
        .doc = "Address of the interface.",
    },
};
static const struct spk_group ident_ip6 = { .name = "ICMPInterfaceIPv6", SPK_ROWS(ident_ip6_rows) };

static const struct spk_case ident_addresses[] = {
    { .key = 1, .in = &ident_ip4 }, { .key = 2, .in = &ident_ip6 }, { .in = NULL },
};

enum { IDENT_AFI, IDENT_LENGTH, IDENT_RESERVED, IDENT_ADDRESS };

static const struct spk_row ident_address_rows[] = {
    [IDENT_AFI] = {
        .name = "icmp.int_ident.afi", .attr = "afi", .kind = SPK_UINT, .bits = 16,
        .doc = "Address family: 1 IPv4, 2 IPv6, others by IANA's numbers.",
    },
    [IDENT_LENGTH] = {
        .name = "icmp.int_ident.addr_length", .attr = "addr_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bytes of the address, its padding not counted.",
    },
    [IDENT_RESERVED] = {
        .name = "icmp.int_ident.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 8,
        .doc = "A byte without a meaning.",
    },
    [IDENT_ADDRESS] = {
        .name = "icmp.int_ident.address", .attr = "address", .kind = SPK_CHOICE, .key = IDENT_AFI,
        .cases = ident_addresses,
        .doc = "Address of another family, with its padding.",
    },
};
static const struct spk_group ident_address = { .name = "ICMPInterfaceAddress", SPK_ROWS(ident_address_rows) };

static const struct spk_case idents[] = {
    { .key = 1, .in = &ident_name }, { .key = 2, .in = &ident_index }, { .key = 3, .in = &ident_address },
    { .in = NULL },
};

/* ---- the object ---- */

enum {
    CLASS, CTYPE, ROLE, RESERVED, HAS_INDEX, HAS_ADDRESS, HAS_NAME, HAS_MTU, SHOW_ROLE, SHOW_RESERVED,
    SHOW_INDEX, SHOW_ADDRESS, SHOW_NAME, SHOW_MTU, LABELS, INDEX, ADDRESS, INFO_NAME, MTU, IDENT, DATA_0, DATA
};

static const struct spk_row content_rows[] = {
    [CLASS] = {
        .name = "icmp.ext.class", .attr = "class_", .kind = SPK_UINT, .bits = 8,
        .doc = "1: MPLS label stack, 2: interface information, 3: interface identification.",
    },
    [CTYPE] = {
        .name = "icmp.ext.ctype", .attr = "ctype", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(ROLE),
        .doc = "Type within the class.",
    },
    [ROLE] = { .attr = "role", .kind = SPK_UINT, .bits = 2 },
    [RESERVED] = { .attr = "ctype_reserved", .kind = SPK_UINT, .bits = 2 },
    [HAS_INDEX] = { .attr = "has_index", .kind = SPK_BOOL, .bits = 1 },
    [HAS_ADDRESS] = { .attr = "has_address", .kind = SPK_BOOL, .bits = 1 },
    [HAS_NAME] = { .attr = "has_name", .kind = SPK_BOOL, .bits = 1 },
    [HAS_MTU] = { .attr = "has_mtu", .kind = SPK_BOOL, .bits = 1 },
    [SHOW_ROLE] = {
        .name = "icmp.int_info.role", .attr = "info_role", .kind = SPK_UINT, .bits = 2, .view = SPK_SPAN(ROLE),
        .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "0: the packet came by it, 2: it would have left by it, 3: the next hop.",
    },
    [SHOW_RESERVED] = {
        .name = "icmp.int_info.reserved", .attr = "info_reserved", .kind = SPK_UINT, .bits = 2,
        .view = SPK_SPAN(RESERVED), .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "Bits without a meaning.",
    },
    [SHOW_INDEX] = {
        .name = "icmp.int_info.ifindex", .attr = "info_index", .kind = SPK_BOOL, .bits = 1,
        .view = SPK_SPAN(HAS_INDEX), .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "The interface's index follows.",
    },
    [SHOW_ADDRESS] = {
        .name = "icmp.int_info.ipaddr", .attr = "info_ipaddr", .kind = SPK_BOOL, .bits = 1,
        .view = SPK_SPAN(HAS_ADDRESS), .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "The interface's address follows.",
    },
    [SHOW_NAME] = {
        .name = "icmp.int_info.name_present", .attr = "info_name", .kind = SPK_BOOL, .bits = 1,
        .view = SPK_SPAN(HAS_NAME), .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "The interface's name follows.",
    },
    [SHOW_MTU] = {
        .name = "icmp.int_info.mtu_present", .attr = "info_mtu", .kind = SPK_BOOL, .bits = 1,
        .view = SPK_SPAN(HAS_MTU), .when = { { SPK_EQ, CLASS, 0, CLASS_INFO } },
        .doc = "The interface's MTU follows.",
    },
    [LABELS] = {
        .name = "icmp.mpls.stack", .attr = "labels", .kind = SPK_GROUP, .many = SPK_FILL, .in = &label,
        .flags = SPK_OWN_NAME, .when = { { SPK_EQ, CLASS, 0, CLASS_MPLS } },
        .doc = "The label stack that the packet had.",
    },
    [INDEX] = {
        .name = "icmp.int_info.index", .attr = "info_if_index", .kind = SPK_UINT, .bits = 32,
        .when = { { SPK_EQ, CLASS, 0, CLASS_INFO }, { SPK_EQ, HAS_INDEX, 0, 1 } },
        .doc = "Index of the interface.",
    },
    [ADDRESS] = {
        .kind = SPK_GROUP, .in = &info_address,
        .when = { { SPK_EQ, CLASS, 0, CLASS_INFO }, { SPK_EQ, HAS_ADDRESS, 0, 1 } },
    },
    [INFO_NAME] = {
        .kind = SPK_GROUP, .in = &info_name,
        .when = { { SPK_EQ, CLASS, 0, CLASS_INFO }, { SPK_EQ, HAS_NAME, 0, 1 } },
    },
    [MTU] = {
        .name = "icmp.int_info.mtu", .attr = "if_mtu", .kind = SPK_UINT, .bits = 32,
        .when = { { SPK_EQ, CLASS, 0, CLASS_INFO }, { SPK_EQ, HAS_MTU, 0, 1 } },
        .doc = "MTU of the interface, in bytes.",
    },
    [IDENT] = {
        .kind = SPK_CHOICE, .key = CTYPE, .cases = idents, .when = { { SPK_EQ, CLASS, 0, CLASS_IDENT } },
    },
    [DATA_0] = {
        .name = "icmp.ext.data", .attr = "data_0", .kind = SPK_BYTES, .when = { { SPK_EQ, CLASS, 0, 0 } },
        .doc = "What an object of a class not known here says.",
    },
    [DATA] = {
        .name = "icmp.ext.data", .attr = "data", .kind = SPK_BYTES, .when = { { SPK_GE, CLASS, 0, CLASS_IDENT + 1 } },
        .doc = "What an object of a class not known here says.",
    },
};
static const struct spk_group content = { .name = "ICMPExtensionContent", SPK_ROWS(content_rows) };

enum { LENGTH, CONTENT };

/* RFC 4884 section 8: the length counts all of the object, so nothing of it leaves that region. */
static const struct spk_row object_rows[] = {
    [LENGTH] = {
        .name = "icmp.ext.length", .attr = "len", .kind = SPK_UINT, .bits = 16, .init = 4,
        .doc = "Bytes of the object, these four included.",
    },
    [CONTENT] = { .kind = SPK_GROUP, .in = &content, .size = SPK_REF(LENGTH, 1, -2), .flags = SPK_CUT_OFF },
};
static const struct spk_group object = { .name = "ICMPExtensionObject", SPK_ROWS(object_rows) };

enum { PRESENT, VERSION, RES, CHECKSUM = SPK_ICMP_EXTENSION_CHECKSUM, STATUS, OBJECTS };

/* The structure reaches to the end of the region around it. */
static bool get_status(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_packet *packet = place->packet;

    value->kind = SPK_UINT;
    value->u = SPK_CSUM_UNVERIFIED;
    if (packet->layers[place->layer].end <= packet->caplen)
        value->u = spk_csum_done(spk_csum_add(0, packet->data + place->at, place->end - place->at)) == 0;
    return true;
}

const struct spk_row spk_icmp_extension_rows[SPK_ICMP_EXTENSION_ROWS] = {
    [PRESENT] = {
        .name = "icmp.ext", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(VERSION),
        .doc = "There is an extension structure.",
    },
    [VERSION] = {
        .name = "icmp.ext.version", .attr = "ext_version", .kind = SPK_UINT, .bits = 4, .init = 2,
        .doc = "Version of the extension structure: 2.",
    },
    [RES] = {
        .name = "icmp.ext.res", .attr = "ext_res", .kind = SPK_UINT, .bits = 12, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    [CHECKSUM] = {
        .name = "icmp.ext.checksum", .attr = "ext_checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the extension structure; 0: none.",
    },
    [STATUS] = SPK_CHECKSUM_STATUS("icmp.ext.checksum.status", get_status),
    [OBJECTS] = {
        .name = "icmp.ext.object", .attr = "objects", .kind = SPK_GROUP, .many = SPK_FILL, .in = &object,
        .flags = SPK_OWN_NAME,
        .doc = "Objects of the extension structure.",
    },
};

const struct spk_group spk_icmp_extension = { .name = "ICMPExtension", SPK_ROWS(spk_icmp_extension_rows) };

enum { LEAST_QUOTED = 128, HEADER = 4, SUPPORTED = 2 };

/*
 * RFC 4884 section 5.5: senders older than the length quote 128 bytes, and what follows is a structure where version and
 * checksum say so.
 */
uint32_t spk_icmp_extension_at(const struct spk_packet *packet, uint32_t quoted, uint32_t len, uint32_t end)
{
    uint32_t at = quoted + (len > 0 ? len : LEAST_QUOTED);

    if (at > end || end - at < HEADER)
        return 0;
    if (len > 0)
        return at;
    const uint8_t *data = packet->data + at;
    bool good = end <= packet->caplen && data[0] >> 4 == SUPPORTED && (data[2] | data[3]) != 0
                && spk_csum_done(spk_csum_add(0, data, end - at)) == 0;
    return good ? at : 0;
}
