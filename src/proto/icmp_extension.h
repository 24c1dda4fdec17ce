/*
 * The extension structure of ICMP messages (RFC 4884): as a group for icmp.c and icmpv6.c, as rows for icmp_ext.c, and where
 * it stands behind a quoted packet.
 */
#ifndef SPK_PROTO_ICMP_EXTENSION_H
#define SPK_PROTO_ICMP_EXTENSION_H

#include <steelpkt/proto.h>

enum { SPK_ICMP_EXTENSION_CHECKSUM = 3, SPK_ICMP_EXTENSION_ROWS = 6 };
extern const struct spk_row spk_icmp_extension_rows[SPK_ICMP_EXTENSION_ROWS];
extern const struct spk_group spk_icmp_extension;

/*
 * Where the structure stands behind a quoted packet that begins at quoted and has len bytes; len 0: not said. end: of the
 * message. 0: nowhere.
 */
uint32_t spk_icmp_extension_at(const struct spk_packet *packet, uint32_t quoted, uint32_t len, uint32_t end);

#endif
