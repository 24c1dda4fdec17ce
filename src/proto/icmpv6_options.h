/* The options of neighbour discovery, as groups for icmpv6.c. */
#ifndef SPK_PROTO_ICMPV6_OPTIONS_H
#define SPK_PROTO_ICMPV6_OPTIONS_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_icmpv6_option;

/* The same in a redirect: option 4 ends the list before the packet that it holds, which is the payload. */
extern const struct spk_group spk_icmpv6_redirect_option;

enum { SPK_ICMPV6_OPTION_TYPE = 1 }; /* row of the option's type, in both */

#endif
