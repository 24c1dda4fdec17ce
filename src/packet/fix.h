/* fix: what there is to write into a packet and into all that are like it, found once. */
#ifndef PACKET_FIX_H
#define PACKET_FIX_H

#include <steelpkt/packet.h>

#include "base/csum.h"
#include "wire/row.h"

/* Four bytes of a packet, as they stand in memory: those bits of them that mask has are, or become, bits. */
struct spk_four_bits {
    uint32_t at, mask, bits;
};

/* The masked bits of a number at a place of the header that begins at a byte; the place is loaded as four bytes. */
static inline struct spk_four_bits spk_four_bits_of(const struct spk_cplace *place, uint32_t header, uint64_t mask,
                                                    uint64_t number)
{
    return (struct spk_four_bits){
        .at = header + place->byte,
        .mask = spk_native32((uint32_t)(mask & place->mask) << place->shift),
        .bits = spk_native32((uint32_t)(number & mask & place->mask) << place->shift),
    };
}

static inline bool spk_four_bits_are(const struct spk_four_bits *four, const uint8_t *data)
{
    uint32_t there;
    memcpy(&there, data + four->at, sizeof there);
    return (there & four->mask) == four->bits;
}

static inline void spk_four_bits_store(const struct spk_four_bits *four, uint8_t *data)
{
    uint32_t there;
    memcpy(&there, data + four->at, sizeof there);
    there = (there & ~four->mask) | four->bits;
    memcpy(data + four->at, &there, sizeof there);
}

/* A length at a place that four bytes do not hold. */
struct spk_odd_length {
    struct spk_cplace place;
    uint64_t number;
    uint32_t header;
};

struct spk_checksum_step {
    uint64_t numbers; /* the pseudo header's */
    uint32_t address_at[2],
        address_len[2];       /* and its addresses: those that do not stand right before what is covered */
    uint32_t from, len, csum; /* what is covered, with the others; where the checksum stands */
    uint8_t address_count;
    bool zero_is_none;
};

/* Lengths do not depend on checksums, so all of them go first; checksums keep their order, innermost first. */
struct spk_series {
    uint32_t length_count, odd_count, checksum_count;
    struct spk_four_bits lengths[2 * SPK_LAYERS_MAX];
    struct spk_checksum_step checksums[SPK_LAYERS_MAX];
    struct spk_odd_length odd[2 * SPK_LAYERS_MAX];
};

/*
 * Fills in what there is to fix. Gives packet->count, or the layer of a checksum for which an address is not that of a row:
 * then the series is of no use.
 */
unsigned spk_series_find(struct spk_series *series, const struct spk_packet *packet, unsigned flags);

/* The lengths at places that four bytes do not hold. */
void spk_series_write_odd(const struct spk_series *series, uint8_t *data);

/* The sum of a pseudo header some of whose addresses stand elsewhere. */
uint64_t spk_series_pseudo(const struct spk_checksum_step *step, const uint8_t *data);

/*
 * The checksum over so many bytes from some on, which belongs at place; pseudo is the pseudo header's sum. What stands there
 * is taken away from the sum, not from the bytes, which are then read as they were stored. 0: bytes that add up to no carry
 * at all, or are all zero: only their sum can tell.
 */
static inline uint16_t spk_checksum_of(const uint8_t *place, const uint8_t *from, uint32_t len, uint64_t pseudo)
{
    return spk_csum_native(spk_csum_without(spk_csum_add(pseudo, from, len), place));
}

/* Writes the checksum of those. */
void spk_checksum_write_whole(const struct spk_checksum_step *step, uint8_t *data);

static inline void spk_checksum_write(const struct spk_checksum_step *step, uint8_t *data)
{
    uint64_t pseudo = step->address_count == 0 ? step->numbers : spk_series_pseudo(step, data);
    uint16_t csum = spk_checksum_of(data + step->csum, data + step->from, step->len, pseudo);
    memcpy(data + step->csum, &csum, sizeof csum);
    if (csum == 0) {
        spk_checksum_write_whole(step, data);
    }
}

/* What spk_series_fix does; without a call for who has just asked whether the series is the right one. */
static inline void spk_series_write(const struct spk_series *series, uint8_t *data)
{
    const struct spk_four_bits *behind = series->lengths + series->length_count;
    for (const struct spk_four_bits *four = series->lengths; four < behind; four++) {
        spk_four_bits_store(four, data);
    }
    if (series->odd_count > 0) {
        spk_series_write_odd(series, data);
    }
    const struct spk_checksum_step *end = series->checksums + series->checksum_count;
    for (const struct spk_checksum_step *step = series->checksums; step < end; step++) {
        spk_checksum_write(step, data);
    }
}

/* Nothing to write to: cut short, or a protocol without a header (raw IP). */
static inline bool spk_layer_is_bare(const struct spk_layer *layer)
{
    return (layer->flags & SPK_LAYER_SHORT) != 0 || layer->hdr_len == 0;
}

#endif
