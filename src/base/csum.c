#include "base/csum.h"

#include "base/bytes.h"

#include <string.h>

/*
 * RFC 1071 section 2: the sum does not mind the order of bytes within the words (B), nor how many words are added at once
 * (C). So words are loaded as the machine has them, four bytes at a time, and the sum is turned round at the end.
 */
uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    uint32_t words[4];
    for (; len >= sizeof words; data += sizeof words, len -= sizeof words) {
        memcpy(words, data, sizeof words);
        sum += (uint64_t)words[0] + words[1] + words[2] + words[3];
    }
    for (; len >= 4; data += 4, len -= 4) {
        memcpy(words, data, 4);
        sum += words[0];
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
    uint8_t bytes[4];
    uint32_t word;
    spk_store32(bytes, number);
    memcpy(&word, bytes, sizeof word);
    return sum + word;
}

uint64_t spk_csum_without(uint64_t sum, uint16_t number)
{
    uint8_t bytes[2];
    uint16_t half;
    spk_store16(bytes, (uint16_t)~number);
    memcpy(&half, bytes, sizeof half);
    return sum + half;
}

uint16_t spk_csum_done(uint64_t sum)
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
