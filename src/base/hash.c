#define _DEFAULT_SOURCE
#include "base/hash.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

struct spk_hash_key spk_hash_key_new(void)
{
    struct spk_hash_key key;
    if (getentropy(&key, sizeof key) != 0) { /* a system without: what differs from run to run */
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        key.k0 = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
        key.k1 = (uint64_t)(uintptr_t)&key ^ (uint64_t)getpid() << 40;
    }
    return key;
}

static inline uint64_t turn(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void round_once(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = turn(v[1], 13) ^ v[0];
    v[3] = turn(v[3], 16) ^ v[2];
    v[0] = turn(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = turn(v[1], 17) ^ v[2];
    v[3] = turn(v[3], 21) ^ v[0];
    v[2] = turn(v[2], 32);
}

static inline void mix(uint64_t v[4], uint64_t word, unsigned rounds)
{
    v[3] ^= word;
    for (unsigned i = 0; i < rounds; i++) {
        round_once(v);
    }
    v[0] ^= word;
}

/* Up to eight bytes, the first one lowest, on every machine. */
static inline uint64_t load(const uint8_t *at, size_t count)
{
    uint64_t word = 0;
    for (size_t i = count; i-- > 0;) {
        word = word << 8 | at[i];
    }
    return word;
}

uint64_t spk_hash_rounds(struct spk_hash_key key, const void *bytes, size_t count, unsigned a_word, unsigned at_end)
{
    const uint8_t *at = bytes;
    uint64_t v[4] = { key.k0 ^ UINT64_C(0x736f6d6570736575), key.k1 ^ UINT64_C(0x646f72616e646f6d),
                      key.k0 ^ UINT64_C(0x6c7967656e657261), key.k1 ^ UINT64_C(0x7465646279746573) };
    size_t left = count;
    for (; left >= 8; left -= 8, at += 8) {
        mix(v, load(at, 8), a_word);
    }
    mix(v, (uint64_t)count << 56 | load(at, left), a_word);
    v[2] ^= 0xff;
    for (unsigned i = 0; i < at_end; i++) {
        round_once(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
