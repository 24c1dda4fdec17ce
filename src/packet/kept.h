/*
 * kept: what there is to fix in a packet, kept for the next. Whoever builds many packets mostly builds many that are alike:
 * the same headers at the same places, as long as those before. Which lengths and checksums they have, where, and over
 * which bytes, is then the same too.
 */
#ifndef PACKET_KEPT_H
#define PACKET_KEPT_H

#include "packet/fix.h"

/* An address that a view might have computed, and did not. */
struct spk_kept_address {
    const struct spk_row *row;
    struct spk_place place;
};

struct spk_kept {
    uint32_t count; /* of the layers; 0: nothing is kept */
    unsigned flags;
    uint32_t number_count, address_count;
    struct spk_layer layers[SPK_LAYERS_MAX];
    struct spk_four_bits numbers[3 * SPK_LAYERS_MAX]; /* that decided on something, or count in a pseudo header */
    struct spk_kept_address addresses[2 * SPK_LAYERS_MAX];
    struct spk_scratch scratch; /* of the addresses' places */
    struct spk_value value;     /* and theirs */
    struct spk_series series;
};

/*
 * Does what spk_packet_fix does, but finds out only what is not as it was for the packet before. All are in one struct, and
 * their layers end where they do.
 */
void spk_kept_fix(struct spk_kept *kept, const struct spk_packet *packet, uint8_t *data, unsigned flags);

#endif
