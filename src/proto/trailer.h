/*
 * trailer: what stands in a frame behind the payload: padding up to the least frame, bytes that a tap or a switch added, a
 * frame check sequence. No length says which is which; the rules are those by which Wireshark tells them apart.
 */
#ifndef PROTO_TRAILER_H
#define PROTO_TRAILER_H

#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

/* Views of the link layer's header. Each gives false where there is no such thing, or nothing of it was captured. */

/* Zeros that fill an Ethernet frame up to 60 bytes. */
bool spk_trailer_padding(const struct spk_place *place, struct spk_value *value);
/* The last four bytes of what is left over, in frames long enough to have a frame check sequence. */
bool spk_trailer_fcs(const struct spk_place *place, struct spk_value *value);
/* What is left over and neither padding nor frame check sequence, where the layer itself holds the payload. */
bool spk_trailer_bytes(const struct spk_place *place, struct spk_value *value);
/* The same for a tag or a cooked header, behind which no frame check sequence is looked for. */
bool spk_trailer_rest(const struct spk_place *place, struct spk_value *value);

#endif
