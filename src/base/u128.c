#include "base/u128.h"

struct spk_u128 spk_u128_product(uint64_t a, uint64_t b)
{
    uint64_t a_hi = a >> 32, a_lo = a & 0xffffffffu;
    uint64_t b_hi = b >> 32, b_lo = b & 0xffffffffu;
    uint64_t low = a_lo * b_lo;
    uint64_t middle = a_hi * b_lo + (low >> 32); /* at most (2^32-1)^2 + 2^32-1: no overflow */
    uint64_t middle2 = a_lo * b_hi + (middle & 0xffffffffu);
    return (struct spk_u128){
        .hi = a_hi * b_hi + (middle >> 32) + (middle2 >> 32),
        .lo = middle2 << 32 | (low & 0xffffffffu),
    };
}

struct spk_u128 spk_u128_sum(struct spk_u128 a, struct spk_u128 b)
{
    uint64_t lo = a.lo + b.lo;
    return (struct spk_u128){ .hi = a.hi + b.hi + (lo < a.lo), .lo = lo };
}

struct spk_u128 spk_u128_difference(struct spk_u128 a, struct spk_u128 b)
{
    return (struct spk_u128){ .hi = a.hi - b.hi - (a.lo < b.lo), .lo = a.lo - b.lo };
}

struct spk_u128 spk_u128_shifted_right(struct spk_u128 a, unsigned bits)
{
    if (bits == 0) {
        return a;
    }
    if (bits >= 64) {
        return (struct spk_u128){ .hi = 0, .lo = a.hi >> (bits - 64) };
    }
    return (struct spk_u128){ .hi = a.hi >> bits, .lo = a.lo >> bits | a.hi << (64 - bits) };
}

bool spk_u128_to_i64(struct spk_u128 a, int64_t *out)
{
    if (a.hi == 0 && a.lo <= INT64_MAX) {
        *out = (int64_t)a.lo;
        return true;
    }
    if (a.hi == UINT64_MAX && a.lo > INT64_MAX) {
        *out = -(int64_t)(UINT64_MAX - a.lo) - 1; /* without the implementation's say in a cast */
        return true;
    }
    return false;
}
