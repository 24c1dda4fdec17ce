/* ip_protos: names of IANA's protocol numbers, for the fields of IPv4, IPv6 and what stands above it that hold one. */
#ifndef PROTO_IP_PROTOS_H
#define PROTO_IP_PROTOS_H

#include <steelpkt/proto.h>

extern const struct spk_enum spk_ip_protos[];

#endif
