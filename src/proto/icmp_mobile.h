/* Extensions of mobile IP behind a router advertisement, as a group for icmp.c. */
#ifndef SPK_PROTO_ICMP_MOBILE_H
#define SPK_PROTO_ICMP_MOBILE_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_icmp_mobile;

#endif
