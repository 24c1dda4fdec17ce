/* ICMPv6 messages about nodes: renumbering, node information, mobility; groups for icmpv6.c. */
#ifndef SPK_PROTO_ICMPV6_NODE_H
#define SPK_PROTO_ICMPV6_NODE_H

#include <steelpkt/proto.h>

extern const struct spk_group spk_icmpv6_renumbering;       /* up to the parts that follow */
extern const struct spk_group spk_icmpv6_renumbering_part;  /* of a command */
extern const struct spk_group spk_icmpv6_renumbering_result;
extern const struct spk_group spk_icmpv6_node_information;  /* up to the subject or the answer */
extern const struct spk_group spk_icmpv6_node_query;        /* what the query is about: an address */
extern const struct spk_group spk_icmpv6_node_query_name;
extern const struct spk_group spk_icmpv6_node_query_ip4;
extern const struct spk_group spk_icmpv6_node_answer;
extern const struct spk_group spk_icmpv6_home_request;
extern const struct spk_group spk_icmpv6_home_reply;
extern const struct spk_group spk_icmpv6_prefix_request;
extern const struct spk_group spk_icmpv6_prefix_reply;
extern const struct spk_group spk_icmpv6_duplicate;         /* duplicate address request and confirmation */

#endif
