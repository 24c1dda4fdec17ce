/*
 * The hand-written decoder: Ethernet, VLAN, IPv4 and IPv6 with extension headers, TCP and UDP, by
 * constants and nothing else. It is what a C programmer would write who needs exactly these fields;
 * limit.c measures it over its own record walk, and peer_libpcap.c over libpcap's.
 */
#ifndef STEELPKT_BENCH_HAND_H
#define STEELPKT_BENCH_HAND_H

#include "bench.h"

/* With Ethernet, IPv6 and what follows they are the 32 layers after which steelpkt stops. */
enum { HAND_EXTENSIONS_MAX = 30 };

static inline uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t be32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint64_t be64(const uint8_t *p)
{
    return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static inline void hand_l4(const uint8_t *p, size_t n, uint32_t proto, struct bench_sums *s)
{
    if (proto == 6) {
        if (n < 20 || (p[12] >> 4) < 5 || n < (size_t)(p[12] >> 4) * 4) {
            return;
        }
        s->tcp++;
        s->flags += p[13];
    } else if (proto == 17) {
        if (n < 8) {
            return;
        }
        s->udp++;
    } else {
        return;
    }
    s->ports += be16(p) + 3 * be16(p + 2);
}

static inline void hand_ip4(const uint8_t *p, size_t n, struct bench_sums *s)
{
    size_t hlen, len;

    if (n < 20) {
        return;
    }
    hlen = (size_t)(p[0] & 15) * 4;
    if (hlen < 20 || hlen > n) {
        return;
    }
    len = be16(p + 2);
    if (len == 0) { /* left to the network card by segmentation offload: what is there */
        len = n;
    }
    if (len < hlen) {
        return;
    }
    s->ip4++;
    if (hlen == 20) {
        s->addresses += (uint64_t)be32(p + 12) + be32(p + 16);
    }
    if (be16(p + 6) & 0x1fff) {
        return;
    }
    hand_l4(p + hlen, (len < n ? len : n) - hlen, p[9], s);
}

static inline void hand_ip6(const uint8_t *p, size_t n, struct bench_sums *s)
{
    size_t len;
    uint32_t next;

    if (n < 40) {
        return;
    }
    s->ip6++;
    s->addresses += be64(p + 8) + be64(p + 16) + be64(p + 24) + be64(p + 32);
    next = p[6];
    len = be16(p + 4);
    p += 40;
    n -= 40;
    if (len != 0 && len < n) {
        n = len;
    }
    for (unsigned headers = 0; headers < HAND_EXTENSIONS_MAX; headers++) {
        size_t skip;

        switch (next) {
        case 0:
        case 43:
        case 60:
            if (n < 8) {
                return;
            }
            skip = (size_t)p[1] * 8 + 8;
            break;
        case 44:
            if (n < 8 || (be16(p + 2) & 0xfff8)) {
                return;
            }
            skip = 8;
            break;
        case 51:
            if (n < 8) {
                return;
            }
            skip = (size_t)p[1] * 4 + 8;
            break;
        default:
            hand_l4(p, n, next, s);
            return;
        }
        if (skip > n) {
            return;
        }
        next = p[0];
        p += skip;
        n -= skip;
    }
}

static inline void hand_decode(const uint8_t *p, size_t n, struct bench_sums *s)
{
    size_t at = 14;
    uint32_t type;

    if (n < at) {
        return;
    }
    type = be16(p + 12);
    while (type == 0x8100 || type == 0x88a8 || type == 0x9100) {
        if (n - at < 4) {
            return;
        }
        type = be16(p + at + 2);
        at += 4;
    }
    if (type == 0x0800) {
        hand_ip4(p + at, n - at, s);
    } else if (type == 0x86dd) {
        hand_ip6(p + at, n - at, s);
    }
}

#endif
