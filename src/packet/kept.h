/*
 * kept: what there is to fix in a packet, kept for the next. Whoever builds many packets mostly builds many that are alike:
 * the same headers at the same places, as long as those before. Which lengths and checksums they have, where, and over
 * which bytes, is then the same too.
 */
#ifndef PACKET_KEPT_H
#define PACKET_KEPT_H

#include "packet/checksum.h"
#include "packet/fix.h"

/* An address that a view might have computed, and did not. None where there are no options, and it then says nothing. */
struct spk_kept_address {
    const struct spk_row *row;
    struct spk_place place;
};

struct spk_kept {
    uint32_t count; /* of the layers; 0: nothing is kept */
    unsigned flags;
    uint32_t number_count, address_count;
    struct spk_layer layers[SPK_LAYERS_MAX];
    struct spk_four_bits numbers[4 * SPK_LAYERS_MAX]; /* that decided on something, or count in a pseudo header */
    struct spk_kept_address addresses[2 * SPK_LAYERS_MAX];
    struct spk_scratch scratch; /* of the addresses' places */
    struct spk_series series;
};

/* Whether no view has an address to give, as none had in the packet before. */
bool spk_kept_addresses_hold(struct spk_kept *kept);

/* Whether that is so, and the numbers are what they were in the packet before, whose layers these are. */
static inline bool spk_kept_holds(struct spk_kept *kept, const uint8_t *data)
{
    if (kept->address_count > 0 && !spk_kept_addresses_hold(kept)) {
        return false;
    }
    const struct spk_four_bits *behind = kept->numbers + kept->number_count;
    for (const struct spk_four_bits *number = kept->numbers; number < behind; number++) {
        if (!spk_four_bits_are(number, data)) {
            return false;
        }
    }
    return true;
}

/*
 * Does what spk_packet_fix does, but finds out only what is not as it was for the packet before. All are in one struct, and
 * their layers end where they do. Gives whether it is kept for the next.
 */
bool spk_kept_fix(struct spk_kept *kept, const struct spk_packet *packet, uint8_t *data, unsigned flags);

/*
 * The same for one that is as long as the packet before and whose layers are that packet's, if they are as many. False:
 * nothing was done.
 */
static inline bool spk_kept_again(struct spk_kept *kept, const struct spk_packet *packet, uint8_t *data, unsigned flags)
{
    if (kept->count != packet->count || kept->flags != flags || !spk_kept_holds(kept, data)) {
        return false;
    }
    spk_series_write(&kept->series, data);
    return true;
}

#endif
