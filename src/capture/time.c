/* time: what an interface's time stamps are in nanoseconds, exactly, or not at all. */
#include "base/u128.h"
#include "capture/reader.h"

#define NS_PER_S 1000000000u

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

struct time_scale spk_time_scale(uint8_t resolution, int64_t offset_s)
{
    struct time_scale scale = { .resolution = resolution, .offset_s = offset_s };
    unsigned exponent = resolution & 0x7fu;
    if ((resolution & 0x80u) != 0) {
        scale.kind = exponent <= 63 ? TIME_BINARY : TIME_REFUSED;
        scale.shift = (uint8_t)exponent;
    } else if (exponent <= 9) {
        scale.kind = TIME_MULTIPLY;
        scale.factor = power_of_ten(9 - exponent);
        scale.limit = INT64_MAX / scale.factor;
        scale.plain = offset_s == 0;
    } else if (exponent <= 19) {
        scale.kind = TIME_DIVIDE;
        scale.factor = power_of_ten(exponent - 9);
    } else {
        scale.kind = TIME_REFUSED;
    }
    return scale;
}

bool spk_time_scaled(const struct time_scale *scale, uint64_t ts, int64_t *ns)
{
    struct spk_u128 sum = { 0, 0 };
    switch ((enum time_kind)scale->kind) {
    case TIME_MULTIPLY:
        sum = spk_u128_product(ts, scale->factor);
        break;
    case TIME_DIVIDE:
        sum.lo = ts / scale->factor;
        break;
    case TIME_BINARY:
        sum = spk_u128_shifted_right(spk_u128_product(ts, NS_PER_S), scale->shift);
        break;
    case TIME_REFUSED:
        return false;
    }
    if (scale->offset_s >= 0) {
        sum = spk_u128_sum(sum, spk_u128_product((uint64_t)scale->offset_s, NS_PER_S));
    } else {
        uint64_t size = (uint64_t) - (scale->offset_s + 1) + 1; /* INT64_MIN too */
        sum = spk_u128_difference(sum, spk_u128_product(size, NS_PER_S));
    }
    return spk_u128_to_i64(sum, ns);
}
