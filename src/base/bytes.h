/* bytes: numbers in and out of bytes, at any bit. The one place that turns wire bytes into numbers. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t spk_load16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t spk_load32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static inline void spk_store16(uint8_t *at, uint16_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static inline void spk_store32(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 24);
    at[1] = (uint8_t)(number >> 16);
    at[2] = (uint8_t)(number >> 8);
    at[3] = (uint8_t)number;
}

/* The number that memory holds where the four bytes of another stand as a packet has them. */
static inline uint32_t spk_native32(uint32_t number)
{
    uint8_t bytes[4];
    uint32_t native;
    spk_store32(bytes, number);
    memcpy(&native, bytes, sizeof native);
    return native;
}

/* width bits (1 to 64) from bit on, most significant first. The caller has made sure that they are there. */
static inline uint64_t spk_load_bits(const uint8_t *data, uint32_t bit, uint32_t width)
{
    const uint8_t *at = data + bit / 8;
    uint32_t first = bit % 8;
    if (first == 0) {
        switch (width) {
        case 8:
            return at[0];
        case 16:
            return spk_load16(at);
        case 32:
            return spk_load32(at);
        default:
            break;
        }
    }
    uint64_t number = at[0] & (0xffu >> first);
    uint32_t have = 8 - first;
    while (have < width) {
        at++;
        if (width - have >= 8) {
            number = number << 8 | *at;
            have += 8;
        } else {
            uint32_t rest = width - have;
            return number << rest | (uint64_t)(*at >> (8 - rest));
        }
    }
    return number >> (have - width);
}

/* The reverse: puts the low width bits of number there; other bits stay. */
static inline void spk_store_bits(uint8_t *data, uint32_t bit, uint32_t width, uint64_t number)
{
    if (bit % 8 == 0 && width == 16) {
        spk_store16(data + bit / 8, (uint16_t)number);
        return;
    }
    if (bit % 8 == 0 && width == 32) {
        spk_store32(data + bit / 8, (uint32_t)number);
        return;
    }
    while (width > 0) {
        uint8_t *at = data + bit / 8;
        uint32_t first = bit % 8;
        uint32_t here = 8 - first < width ? 8 - first : width;
        uint32_t shift = 8 - first - here;
        uint8_t mask = (uint8_t)((0xffu >> (8 - here)) << shift);
        uint8_t bits = (uint8_t)((number >> (width - here)) << shift);
        *at = (uint8_t)((*at & ~mask) | (bits & mask));
        bit += here;
        width -= here;
    }
}

/* The low width bits (1 to 64) of number as a signed number: an int64_t's bits. */
static inline uint64_t spk_sign_extend(uint64_t number, uint32_t width)
{
    uint64_t sign = UINT64_C(1) << (width - 1);
    uint64_t low = number & (sign | (sign - 1));
    return (low ^ sign) - sign;
}

/* The number whose bytes stand in the other order: width a multiple of 8, up to 64 bits. */
static inline uint64_t spk_swap_bytes(uint64_t number, uint32_t width)
{
    uint64_t swapped = 0;
    for (uint32_t done = 0; done < width; done += 8) {
        swapped = swapped << 8 | (number >> done & 0xff);
    }
    return swapped;
}

#endif
