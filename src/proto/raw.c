/*
 * Raw IP: LINKTYPE_RAW (https://www.tcpdump.org/linktypes.html): no header at all. The version in the packet's first four
 * bits says which IP it is. BSD systems write 12 or 14 where others write 101. The link types of one version only (228, 229)
 * need no layer of their own.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

const struct spk_proto spk_proto_raw = {
    .name = "raw", .pyclass = "Raw", .title = "Raw IP packet", .spec = "LINKTYPE_RAW",
    .hdr = { .name = "Raw" },
    .extent = SPK_EXTENT_ROWS,
    .next = SPK_NEXTS({ .space = "raw.nibble", .pick = SPK_PICK_NIBBLE }),
    .sits = SPK_SITS({ "link", 101 }, { "link", 12 }, { "link", 14 }),
};
