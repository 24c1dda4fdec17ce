/*
 * Provider bridging: IEEE 802.1ad, now IEEE 802.1Q section 9.6: a service tag under EtherType 0x88a8. It looks like any
 * VLAN tag; what follows is an EtherType, never an 802.3 length.
 *
 *       0       2   3   4                              15 16                              31
 *      +-----------+---+---------------------------------+---------------------------------+
 *      | priority  |dei|               id                |              type               |
 *      +-----------+---+---------------------------------+---------------------------------+
 *
 * Wireshark calls the identifiers of two such tags in a row svid and cvid, and the one of a single tag id.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { PRIORITY, DEI, VID, TYPE, ID, SVID, CVID };
enum { TYPE_AD = 0x88a8 };

/* Which tag of its pair the layer is: 0, or 1 when an odd number of such tags stands directly before it. */
static unsigned place_in_pair(const struct spk_place *place)
{
    unsigned before = 0;
    while (before < place->layer
           && place->packet->layers[place->layer - before - 1].proto == place->packet->layers[place->layer].proto) {
        before++;
    }
    return before % 2;
}

static bool begins_pair(const struct spk_place *place)
{
    return place_in_pair(place) == 0 && spk_place_uint(place, TYPE) == TYPE_AD;
}

static bool get_id(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, VID);
    return place_in_pair(place) == 0 && !begins_pair(place);
}

static bool get_svid(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, VID);
    return begins_pair(place);
}

static bool get_cvid(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, VID);
    return place_in_pair(place) == 1;
}

static const struct spk_row rows[] = {
    [PRIORITY] = {
        .name = "ieee8021ad.priority", .attr = "priority_code", .kind = SPK_UINT, .bits = 3, .flags = SPK_LIST,
        .doc = "Priority code point, 0 to 7.",
    },
    [DEI] = {
        .name = "ieee8021ad.dei", .attr = "drop_eligible", .kind = SPK_UINT, .bits = 1, .flags = SPK_LIST,
        .doc = "Drop eligible indicator.",
    },
    [VID] = {
        .name = "ieee8021ad.vid", .attr = "vlan_id", .kind = SPK_UINT, .bits = 12, .flags = SPK_OWN_NAME | SPK_LIST,
        .doc = "VLAN of the service, whichever of the three names below it goes by.",
    },
    [TYPE] = {
        .name = "ieee8021ad.etype", .attr = "type", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0x8100,
        .flags = SPK_OWN_NAME | SPK_LIST,
        .doc = "EtherType: what follows the tag.",
    },
    [ID] = {
        .name = "ieee8021ad.id", .kind = SPK_UINT, .flags = SPK_LIST, .view = SPK_CALL(get_id),
        .doc = "VLAN of a service tag that stands alone.",
    },
    [SVID] = {
        .name = "ieee8021ad.svid", .kind = SPK_UINT, .flags = SPK_LIST, .view = SPK_CALL(get_svid),
        .doc = "VLAN of the outer of two service tags.",
    },
    [CVID] = {
        .name = "ieee8021ad.cvid", .kind = SPK_UINT, .flags = SPK_LIST, .view = SPK_CALL(get_cvid),
        .doc = "VLAN of the inner of two service tags.",
    },
};

const struct spk_proto spk_proto_ieee8021ad = {
    .name = "ieee8021ad", .pyclass = "ServiceVLAN", .title = "802.1ad Service Tag", .spec = "IEEE 802.1ad",
    .hdr = { .name = "ServiceVLAN", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_WHOLE,
    .next = SPK_NEXTS({ .space = "ethertype", .via = "ethertype", .keys = { TYPE } }),
    .sits = SPK_SITS({ "ethertype", 0x88a8 }),
};
