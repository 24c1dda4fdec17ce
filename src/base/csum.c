#include "base/csum.h"

#include "base/bytes.h"

uint64_t spk_csum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    /* One's complement addition does not mind how many words are added at once (RFC 1071 section 2, "parallel"). */
    while (len >= 8) {
        sum += spk_load32(data);
        sum += spk_load32(data + 4);
        data += 8;
        len -= 8;
    }
    while (len >= 2) {
        sum += spk_load16(data);
        data += 2;
        len -= 2;
    }
    if (len == 1) {
        sum += (uint64_t)*data << 8;
    }
    return sum;
}

uint16_t spk_csum_done(uint64_t sum)
{
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}
