/*
 * hash: SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) under a key that is drawn anew, so
 * that nobody who writes packets can choose values that all fall into one slot of a table.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct spk_hash_key {
    uint64_t k0, k1;
};

/* A key from the system's random numbers. */
struct spk_hash_key spk_hash_key_new(void);

/* With so many rounds a word and at the end: 1 and 3 for tables. */
uint64_t spk_hash_rounds(struct spk_hash_key key, const void *bytes, size_t count, unsigned a_word, unsigned at_end);

static inline uint64_t spk_hash(struct spk_hash_key key, const void *bytes, size_t count)
{
    return spk_hash_rounds(key, bytes, count, 1, 3);
}

#endif
