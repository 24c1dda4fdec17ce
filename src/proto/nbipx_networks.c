/*
 * What stands before NetBIOS over IPX in a packet that routers pass on into every network: the eight networks that it has
 * been in, so that it comes to none of them twice (Novell IPX, packet type 20).
 *
 *      +----------------------------------------------------------+
 *      |             passed: eight networks of 32 bits            |
 *      +----------------------------------------------------------+
 */
#include <steelpkt/proto.h>

enum { NETWORKS };

static const struct spk_row rows[] = {
    [NETWORKS] = {
        .name = "nbipx.passed", .attr = "passed", .kind = SPK_BYTES, .bits = 256, .flags = SPK_OWN_NAME,
        .doc = "The eight networks, of 32 bits each, that the packet has passed; 0: none yet.",
    },
};

const struct spk_proto spk_proto_nbipx_networks = {
    .name = "nbipx.networks", .pyclass = "NBIPXNetworks", .title = "NetBIOS over IPX, Networks Passed", .spec = "Novell IPX",
    .hdr = { .name = "NBIPXNetworks", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_QUIET,
    .next = SPK_NEXTS({ .space = "ipx.socket", .pick = SPK_PICK_KEY, .keys = { 0x0455 } }),
    .sits = SPK_SITS({ "ipx.networks", 0x0455 }),
};
