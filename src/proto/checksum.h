/*
 * checksum: rows that say whether a layer's checksum is right. Wireshark checks those of ICMP, ICMPv6 and IGMP, and those of
 * IPv4, TCP and UDP only when it is told to: so X.checksum.status says here what it says unasked, and X.checksum_good,
 * a former name of Wireshark's, what is so.
 */
#ifndef SPK_PROTO_CHECKSUM_H
#define SPK_PROTO_CHECKSUM_H

#include <steelpkt/packet.h>

/* 0: bad, 1: good, 2: not all that it covers is there, 3: not computed. */
bool spk_checksum_status(const struct spk_place *place, struct spk_value *value);
/* 2, of a checksum that senders always compute. */
bool spk_checksum_unasked(const struct spk_place *place, struct spk_value *value);
/* Nothing where it cannot be known. */
bool spk_checksum_good(const struct spk_place *place, struct spk_value *value);

#define SPK_CHECKSUM_STATUS(name_, get_)                                                                             \
    {                                                                                                                \
        .name = name_, .attr = "checksum_status", .kind = SPK_UINT, .bits = 8, .view = SPK_CALL(get_),               \
        .names = spk_checksum_states,                                                                                \
        .doc = "Whether the checksum is right: 0 bad, 1 good, 2 not checked, 3 not computed by the sender.",         \
    }
#define SPK_CHECKSUM_GOOD(name_)                                                                                     \
    {                                                                                                                \
        .name = name_, .attr = "checksum_good", .kind = SPK_BOOL, .bits = 1, .view = SPK_CALL(spk_checksum_good),    \
        .flags = SPK_OWN_NAME,                                                                                       \
        .doc = "Whether the checksum is right; nothing where not all that it covers is there.",                      \
    }

extern const struct spk_enum spk_checksum_states[];

#endif
