/*
 * VLAN tag: IEEE 802.1Q section 9.6. Each tag of a stack is a layer of its own; the EtherType before it says that it is
 * there (0x8100, or 0x9100 as switches used before 802.1ad).
 *
 *       0       2   3   4                              15 16                              31
 *      +-----------+---+---------------------------------+---------------------------------+
 *      | priority  |dei|               id                |          etype or len           |
 *      +-----------+---+---------------------------------+---------------------------------+
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/trailer.h"

enum { PRIORITY, DEI, ID, LENTYPE, ETYPE, LEN, TRAILER };

static const struct spk_row rows[] = {
    [PRIORITY] = {
        .name = "vlan.priority", .attr = "priority_code", .kind = SPK_UINT, .bits = 3, .flags = SPK_LIST,
        .doc = "Priority code point, 0 to 7 (IEEE 802.1Q section 6.9.3).",
    },
    [DEI] = {
        .name = "vlan.dei", .attr = "drop_eligible", .kind = SPK_BOOL, .bits = 1, .flags = SPK_LIST,
        .doc = "Drop eligible indicator; before 2011 the canonical format indicator.",
    },
    [ID] = {
        .name = "vlan.id", .attr = "vlan_id", .kind = SPK_UINT, .bits = 12, .flags = SPK_LIST,
        .doc = "VLAN, 1 to 4094; 0: the tag says only the priority.",
    },
    [LENTYPE] = {
        .name = "vlan.lentype", .attr = "type", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .init = 0x0800,
        .flags = SPK_OWN_NAME | SPK_LIST,
        .doc = "EtherType from 1501 on, length of the payload up to 1500: the bytes as they stand.",
    },
    [ETYPE] = {
        .name = "vlan.etype", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .flags = SPK_LIST,
        .view = SPK_SPAN(LENTYPE), .when = { { SPK_GE, LENTYPE, 0, 1501 } },
        .doc = "EtherType: what follows the tag.",
    },
    [LEN] = {
        .name = "vlan.len", .kind = SPK_UINT, .bits = 16, .flags = SPK_LIST, .view = SPK_SPAN(LENTYPE),
        .when = { { SPK_LE, LENTYPE, 0, 1500 } },
        .doc = "Length of the payload in bytes, in the 802.3 form.",
    },
    [TRAILER] = {
        .name = "vlan.trailer", .kind = SPK_BYTES, .flags = SPK_LIST | SPK_NEEDS_ALL, .view = SPK_CALL(spk_trailer_rest),
        .doc = "Bytes behind the payload of a tagged frame that are no padding.",
    },
};

const struct spk_proto spk_proto_vlan = {
    .name = "vlan", .pyclass = "VLAN", .title = "802.1Q Virtual LAN", .spec = "IEEE 802.1Q",
    .hdr = { .name = "VLAN", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(LENTYPE, 1, 4), .len_when = { SPK_LE, LENTYPE, 0, 1500 },
    .next = SPK_NEXTS(
        { .space = "ethertype", .via = "ethertype", .keys = { LENTYPE }, .when = { { SPK_GE, LENTYPE, 0, 1501 } } },
        { .space = "eth.head", .pick = SPK_PICK_HEAD, .when = { { SPK_LE, LENTYPE, 0, 1500 } } },
        { .space = "eth.len", .pick = SPK_PICK_KEY, .when = { { SPK_LE, LENTYPE, 0, 1500 } } }),
    .sits = SPK_SITS({ "ethertype", 0x8100 }, { "ethertype", 0x9100 }),
};
