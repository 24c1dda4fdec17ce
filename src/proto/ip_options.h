/* The options of the IPv4 header, as a group for ip.c. */
#ifndef SPK_PROTO_IP_OPTIONS_H
#define SPK_PROTO_IP_OPTIONS_H

#include <steelpkt/proto.h>

enum { SPK_IP_OPTION_TYPE = 3 }; /* row of the option's type: 0 ends the list */

extern const struct spk_group spk_ip_option;

#endif
