/* The options of the TCP header, as a group for tcp.c. */
#ifndef SPK_PROTO_TCP_OPTIONS_H
#define SPK_PROTO_TCP_OPTIONS_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_tcp_option;

extern const struct spk_group spk_riverbed_option; /* what follows kind and length in that option */
extern const struct spk_group spk_mptcp_option; /* what follows kind and length in multipath TCP's option */

#endif
