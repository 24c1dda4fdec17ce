#include "base/csum.h"

#include "base/bytes.h"

#include <string.h>

/* The 16 bits of a number, its halves added with carry around. */
static uint64_t fold(uint64_t sum)
{
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

/*
 * RFC 1071 section 2: the sum does not mind the order of bytes within the words (B), nor how many words are added at once
 * (C). So the words are loaded as the machine has them, four bytes at a time, and the sum is turned round at the end.
 */
uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    static const uint16_t one = 1;
    uint8_t first = 0;
    uint64_t native = 0;
    uint32_t words[4];
    memcpy(&first, &one, 1);
    for (; len >= sizeof words; data += sizeof words, len -= sizeof words) {
        memcpy(words, data, sizeof words);
        native += (uint64_t)words[0] + words[1] + words[2] + words[3];
    }
    for (; len >= 4; data += 4, len -= 4) {
        memcpy(words, data, 4);
        native += words[0];
    }
    native = fold(native);
    sum += first == 1 ? (native & 0xff) << 8 | native >> 8 : native;
    if (len >= 2) {
        sum += spk_load16(data);
        data += 2;
        len -= 2;
    }
    return len == 1 ? sum + ((uint64_t)*data << 8) : sum;
}

uint16_t spk_csum_done(uint64_t sum)
{
    return (uint16_t)~fold(sum);
}
