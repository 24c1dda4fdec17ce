/*
 * SNAP, subnetwork access protocol: IEEE 802 section 10.3, RFC 1042. Follows an LLC header with both service access points
 * 0xaa; Wireshark counts it to LLC, so its fields are llc.* and it has no word of its own in frame.protocols.
 *
 *       0                                23 24                      39
 *      +-----------------------------------+--------------------------+
 *      |                oui                |        type or pid       |
 *      +-----------------------------------+--------------------------+
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum {
    OUI, PROTOCOL_ID, TYPE, TYPE_CISCO, CISCO_PID, NORTEL_PID, APPLE_PID, WLCCP_PID, PID
};
enum {
    OUI_ETHERTYPE = 0x000000, OUI_CISCO = 0x00000c, OUI_NORTEL = 0x000081, OUI_CISCO_ETHERTYPE = 0x0000f8,
    OUI_CISCO_WIRELESS = 0x004096, OUI_APPLE = 0x080007
};

static bool get_pid(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, PROTOCOL_ID);
    switch (spk_place_uint(place, OUI)) {
    case OUI_ETHERTYPE:
    case OUI_CISCO:
    case OUI_NORTEL:
    case OUI_CISCO_ETHERTYPE:
    case OUI_CISCO_WIRELESS:
    case OUI_APPLE:
        return false;
    default:
        return true;
    }
}

static const struct spk_row rows[] = {
    [OUI] = {
        .name = "llc.oui", .kind = SPK_UINT, .bits = 24,
        .doc = "Organization that says what the next two bytes mean; 0: they are an EtherType.",
    },
    [PROTOCOL_ID] = {
        .name = "llc.protocol", .attr = "type", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0x0800,
        .flags = SPK_OWN_NAME,
        .doc = "EtherType or the organization's number, whichever of the names below it goes by.",
    },
    [TYPE] = {
        .name = "llc.type", .attr = "ethertype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(PROTOCOL_ID), .when = { { SPK_EQ, OUI, 0, OUI_ETHERTYPE } },
        .doc = "EtherType: the protocol of the payload.",
    },
    [TYPE_CISCO] = {
        .name = "llc.type", .attr = "ethertype_f8", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(PROTOCOL_ID), .when = { { SPK_EQ, OUI, 0, OUI_CISCO_ETHERTYPE } },
        .doc = "EtherType: the protocol of the payload.",
    },
    [CISCO_PID] = {
        .name = "llc.cisco_pid", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL_ID),
        .when = { { SPK_EQ, OUI, 0, OUI_CISCO } },
        .doc = "Protocol by Cisco's numbers: 0x2000 CDP, 0x2003 VTP, 0x010b PVST+.",
    },
    [NORTEL_PID] = {
        .name = "llc.nortel_pid", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL_ID),
        .when = { { SPK_EQ, OUI, 0, OUI_NORTEL } },
        .doc = "Protocol by Nortel's numbers.",
    },
    [APPLE_PID] = {
        .name = "llc.apple_atalk_pid", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(PROTOCOL_ID), .when = { { SPK_EQ, OUI, 0, OUI_APPLE } },
        .doc = "Protocol by Apple's numbers: 0x809b AppleTalk.",
    },
    [WLCCP_PID] = {
        .name = "llc.wlccp_pid", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .view = SPK_SPAN(PROTOCOL_ID),
        .when = { { SPK_EQ, OUI, 0, OUI_CISCO_WIRELESS } },
        .doc = "Protocol by the numbers of Cisco's wireless products.",
    },
    [PID] = {
        .name = "llc.pid", .kind = SPK_UINT, .base = SPK_HEX, .digits = 4, .view = SPK_CALL(get_pid),
        .doc = "Protocol by the numbers of an organization not named here.",
    },
};

const struct spk_proto spk_proto_snap = {
    .name = "snap", .pyclass = "SNAP", .title = "Subnetwork Access Protocol", .spec = "IEEE 802",
    .hdr = { .name = "SNAP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_QUIET | SPK_WHOLE,
    .next = SPK_NEXTS(
        { .space = "ethertype", .keys = { PROTOCOL_ID }, .when = { { SPK_EQ, OUI, 0, OUI_ETHERTYPE } } },
        { .space = "ethertype", .keys = { PROTOCOL_ID }, .when = { { SPK_EQ, OUI, 0, OUI_CISCO_ETHERTYPE } } }),
    .sits = SPK_SITS({ "llc.snap", 0xaaaa }),
};
