#include "base/csum.h"

/*
 * RFC 1071 section 2: the sum does not mind the order of bytes within the words (B), nor how many words are added at once
 * (C). So words are loaded as the machine has them, four bytes at a time, and the sum is turned round at the end.
 */
uint64_t spk_csum_add_many(uint64_t sum, const uint8_t *data, size_t len)
{
    for (; len >= 16; data += 16, len -= 16) {
        sum += (uint64_t)spk_csum_word(data) + spk_csum_word(data + 4) + spk_csum_word(data + 8)
               + spk_csum_word(data + 12);
    }
    return spk_csum_add(sum, data, len);
}

uint64_t spk_csum_add_number(uint64_t sum, uint32_t number)
{
    return sum + spk_native32(number);
}
