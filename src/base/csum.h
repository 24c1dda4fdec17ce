/* csum: the internet checksum, RFC 1071. */
#ifndef BASE_CSUM_H
#define BASE_CSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

/* Adds len bytes, of which there are many: see spk_csum_add. */
uint64_t spk_csum_add_many(uint64_t sum, const uint8_t *data, size_t len);

/* Fewer bytes than these, as headers and small packets have, are added without a call. */
enum { SPK_CSUM_MANY = 48 };

/* Loaded by itself, so that what was just stored by fours is had again at once. */
static inline uint32_t spk_csum_word(const uint8_t *data)
{
    uint32_t four;
    memcpy(&four, data, sizeof four);
    return four;
}

/*
 * Adds len bytes to a running sum (start with 0), which is kept in the machine's own order of bytes. Pieces but the last
 * must have an even length; an odd last byte counts as followed by a zero.
 */
static inline uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    /* one jump to the last of the words, which is added first: no loop */
    switch (len / 4) {
    default: /* SPK_CSUM_MANY */
        return spk_csum_add_many(sum, data, len);
    case 11:
        sum += spk_csum_word(data + 40); /* fallthrough */
    case 10:
        sum += spk_csum_word(data + 36); /* fallthrough */
    case 9:
        sum += spk_csum_word(data + 32); /* fallthrough */
    case 8:
        sum += spk_csum_word(data + 28); /* fallthrough */
    case 7:
        sum += spk_csum_word(data + 24); /* fallthrough */
    case 6:
        sum += spk_csum_word(data + 20); /* fallthrough */
    case 5:
        sum += spk_csum_word(data + 16); /* fallthrough */
    case 4:
        sum += spk_csum_word(data + 12); /* fallthrough */
    case 3:
        sum += spk_csum_word(data + 8); /* fallthrough */
    case 2:
        sum += spk_csum_word(data + 4); /* fallthrough */
    case 1:
        sum += spk_csum_word(data); /* fallthrough */
    case 0:
        break;
    }
    uint16_t half = 0;
    if ((len & 2) != 0) {
        memcpy(&half, data + len / 4 * 4, 2);
        sum += half;
    }
    if ((len & 1) != 0) {
        const uint8_t last[2] = { data[len - 1], 0 };
        memcpy(&half, last, 2);
        sum += half;
    }
    return sum;
}

/* Adds a number as the four bytes it would take in the packet. */
uint64_t spk_csum_add_number(uint64_t sum, uint32_t number);

/* Takes two bytes away that stood at an even place. Bytes that are all zero then count as a sum of 0xffff. */
static inline uint64_t spk_csum_without(uint64_t sum, const uint8_t *two)
{
    uint16_t half;
    memcpy(&half, two, sizeof half);
    return sum + (uint16_t)~half;
}

/* The 16 bits that belong into the packet, as they stand there in memory. */
static inline uint16_t spk_csum_native(uint64_t sum)
{
    /* the upper half of a number and its halves changed round: both added, with the carry that went out of the lower one */
    sum += sum << 32 | sum >> 32;
    uint32_t word = (uint32_t)(sum >> 32);
    word += word << 16 | word >> 16;
    return (uint16_t) ~(word >> 16);
}

/* The same as a number. */
static inline uint16_t spk_csum_done(uint64_t sum)
{
    uint8_t bytes[2];
    uint16_t half = spk_csum_native(sum);
    memcpy(bytes, &half, sizeof bytes);
    return spk_load16(bytes);
}

#endif
