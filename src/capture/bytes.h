/* bytes: numbers of a capture file, which stand in the byte order of whoever wrote it. */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t swap16(uint16_t v)
{
    return (uint16_t)(v << 8 | v >> 8);
}

static inline uint32_t swap32(uint32_t v)
{
    return v << 24 | (v << 8 & 0xff0000u) | (v >> 8 & 0xff00u) | v >> 24;
}

/* The number at p, in the host's byte order, or swapped. */
static inline uint16_t load16(const uint8_t *p, bool swapped)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? swap16(v) : v;
}

static inline uint32_t load32(const uint8_t *p, bool swapped)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? swap32(v) : v;
}

static inline uint64_t load64(const uint8_t *p, bool swapped)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? (uint64_t)swap32((uint32_t)v) << 32 | swap32((uint32_t)(v >> 32)) : v;
}

static inline void store16(uint8_t *p, uint16_t v, bool swapped)
{
    v = swapped ? swap16(v) : v;
    memcpy(p, &v, sizeof v);
}

static inline void store32(uint8_t *p, uint32_t v, bool swapped)
{
    v = swapped ? swap32(v) : v;
    memcpy(p, &v, sizeof v);
}

static inline bool host_is_big_endian(void)
{
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* What a length takes up when it is padded to 4 bytes. */
static inline uint64_t padded(uint64_t length)
{
    return (length + 3) & ~(uint64_t)3;
}

#endif
