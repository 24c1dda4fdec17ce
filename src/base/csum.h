/* csum: the internet checksum, RFC 1071. */
#ifndef BASE_CSUM_H
#define BASE_CSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

/*
 * Adds len bytes to a running sum (start with 0), which is kept in the machine's own order of bytes. Pieces but the last
 * must have an even length; an odd last byte counts as followed by a zero.
 */
uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len);

/* Adds a number as the four bytes it would take in the packet. */
uint64_t spk_csum_add_number(uint64_t sum, uint32_t number);

/* Takes a number of 16 bits away that stood at an even place. Bytes that are all zero then count as a sum of 0xffff. */
static inline uint64_t spk_csum_without(uint64_t sum, uint16_t number)
{
    uint8_t bytes[2];
    uint16_t half;
    spk_store16(bytes, (uint16_t)~number);
    memcpy(&half, bytes, sizeof half);
    return sum + half;
}

/* The 16 bits that belong into the packet, as a number. */
static inline uint16_t spk_csum_done(uint64_t sum)
{
    uint8_t bytes[2];
    uint16_t half;
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    half = (uint16_t)((sum & 0xffff) + (sum >> 16));
    memcpy(bytes, &half, sizeof bytes);
    return (uint16_t)~spk_load16(bytes);
}

#endif
