/* csum: the internet checksum, RFC 1071. */
#ifndef BASE_CSUM_H
#define BASE_CSUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Adds len bytes to a running sum (start with 0). Pieces but the last must have an even length; an odd last byte counts
 * as followed by a zero.
 */
uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len);

/* The 16 bits that belong into the packet, as a number. */
uint16_t spk_csum_done(uint64_t sum);

#endif
