/* The options of IPv6's hop-by-hop and destination headers, as a group for both. */
#ifndef SPK_PROTO_IPV6_OPTIONS_H
#define SPK_PROTO_IPV6_OPTIONS_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_ipv6_option;

#endif
