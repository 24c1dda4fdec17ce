/* cooked: what the two Linux cooked headers (sll, sll2) have in common: an address field of eight bytes. */
#ifndef PROTO_COOKED_H
#define PROTO_COOKED_H

#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { SPK_COOKED_ADDRESS_LEN = 8 };

/* The address where it is neither a MAC nor an IPv4 address: as many of the eight bytes as len says. */
bool spk_cooked_other(const struct spk_place *place, int address, uint64_t len, struct spk_value *value);

/* What the address leaves of the eight bytes. */
bool spk_cooked_unused(const struct spk_place *place, int address, uint64_t len, struct spk_value *value);

#endif
