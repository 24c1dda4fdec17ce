/*
 * u128: the little 128-bit arithmetic that time stamps need, as two 64-bit halves, since not every
 * target has __int128. Sums wrap, so that two's complement works for signed values too.
 */
#ifndef BASE_U128_H
#define BASE_U128_H

#include <stdbool.h>
#include <stdint.h>

struct spk_u128 {
    uint64_t hi;
    uint64_t lo;
};

/* The whole product of two 64-bit numbers. */
struct spk_u128 spk_u128_product(uint64_t a, uint64_t b);

struct spk_u128 spk_u128_sum(struct spk_u128 a, struct spk_u128 b);

struct spk_u128 spk_u128_difference(struct spk_u128 a, struct spk_u128 b);

/* a shifted right by bits (0 to 127), zeros coming in. */
struct spk_u128 spk_u128_shifted_right(struct spk_u128 a, unsigned bits);

/* Whether a, taken as a signed number, fits 64 signed bits; if so, *out is it. */
bool spk_u128_to_i64(struct spk_u128 a, int64_t *out);

#endif
