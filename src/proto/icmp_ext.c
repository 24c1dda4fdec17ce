/*
 * Extensions behind the packet that an ICMP error quotes: RFC 4884 section 7. The rows are in icmp_extension.c, since other
 * messages hold the same structure as part of themselves.
 */
#include "proto/icmp_extension.h"

const struct spk_proto spk_proto_icmp_ext = {
    .name = "icmp_ext", .pyclass = "ICMPExtensions", .title = "Extensions of an ICMP Message", .spec = "RFC 4884",
    .hdr = { .name = "ICMPExtensions", SPK_ROWS(spk_icmp_extension_rows) },
    .extent = SPK_EXTENT_REST, .flags = SPK_QUIET,
    .csum = SPK_ICMP_EXTENSION_CHECKSUM, .covers = SPK_COVERS_ALL,
    .sits = SPK_SITS({ "icmp.tail", 0 }),
};
