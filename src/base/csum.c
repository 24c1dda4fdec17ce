#include "base/csum.h"

/* Loaded by itself, so that what was just stored by fours is had again at once. */
static inline uint32_t word(const uint8_t *data)
{
    uint32_t four;
    memcpy(&four, data, sizeof four);
    return four;
}

/*
 * RFC 1071 section 2: the sum does not mind the order of bytes within the words (B), nor how many words are added at once
 * (C). So words are loaded as the machine has them, four bytes at a time, and the sum is turned round at the end.
 */
uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    for (; len >= 16; data += 16, len -= 16) {
        sum += (uint64_t)word(data) + word(data + 4) + word(data + 8) + word(data + 12);
    }
    for (; len >= 4; data += 4, len -= 4) {
        sum += word(data);
    }
    if (len >= 2) {
        uint16_t half;
        memcpy(&half, data, 2);
        sum += half;
    }
    if (len % 2 != 0) {
        const uint8_t last[2] = { data[len - 1], 0 };
        uint16_t half;
        memcpy(&half, last, 2);
        sum += half;
    }
    return sum;
}

uint64_t spk_csum_add_number(uint64_t sum, uint32_t number)
{
    return sum + spk_native32(number);
}
