/* The extension structure of ICMP messages (RFC 4884), as a group for icmp.c and icmpv6.c. */
#ifndef SPK_PROTO_ICMP_EXTENSION_H
#define SPK_PROTO_ICMP_EXTENSION_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_icmp_extension;

#endif
