/* checksum: what the checksum of a layer covers; for computing it and for checking it. */
#ifndef PACKET_CHECKSUM_H
#define PACKET_CHECKSUM_H

#include <steelpkt/packet.h>

struct spk_covered {
    uint64_t sum;  /* of the pseudo header, where one counts */
    uint32_t len;  /* bytes from the layer's first on */
    uint32_t csum; /* where the checksum stands, from the packet's first byte */
};

/* False: the layer has no checksum, or not all that it covers is there: the packet was cut, or is a fragment. */
bool spk_checksum_covers(const struct spk_packet *packet, unsigned index, struct spk_covered *covered);

#endif
