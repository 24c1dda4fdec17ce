/* checksum: what the checksum of a layer covers; for computing it, for checking it, and for who talks to whom. */
#ifndef PACKET_CHECKSUM_H
#define PACKET_CHECKSUM_H

#include <steelpkt/packet.h>

#include "packet/walk.h"
#include "wire/registry.h"

struct spk_covered {
    uint32_t len;  /* bytes from the layer's first on */
    uint32_t csum; /* where the checksum stands, from the packet's first byte */
    /* of the pseudo header, where one counts: its numbers, and its addresses, in the packet or in computed */
    uint64_t numbers;
    struct {
        const uint8_t *data;
        uint32_t len;
    } addresses[2];
    uint8_t address_count;
    uint8_t computed[2][16]; /* an address each */
};

/* Where the view of an address row stands (crow->row->view.get), for a layer. */
struct spk_place spk_address_place(const struct spk_packet *packet, unsigned index, const struct spk_crow *crow,
                                   struct spk_scratch *scratch);

/* The address that the view computes there. False: the row's own counts, or there is none. */
static inline bool spk_address_computed(const struct spk_row *row, const struct spk_place *place,
                                        struct spk_value *value)
{
    *value = (struct spk_value){ .kind = row->kind };
    return row->view.get(place, value) && spk_value_holds(place->packet, row, place->scratch, value);
}

/* The sum of the pseudo header. */
uint64_t spk_pseudo_sum(const struct spk_covered *covered);

/* Only the pseudo header that a message at a layer's index would have, there or not: the layers below must be whole. */
void spk_pseudo_find(const struct spk_packet *packet, unsigned index, struct spk_covered *covered);

/* False: the layer has no checksum, or not all that it covers is there: the packet was cut, or is a fragment. */
bool spk_checksum_covers(const struct spk_packet *packet, unsigned index, struct spk_covered *covered);

#endif
