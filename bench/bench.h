/*
 * bench: what every measured program shares: the clock, the sums that prove the work was done, one
 * line of output.
 *
 * The sums are the contract between the programs. Each walks the same capture and adds up what it read out of every
 * packet, so that nobody wins by doing less; bench/run compares them. What is read: Ethernet, then VLAN tags (8100,
 * 88a8, 9100), then IPv4 or IPv6 with its extension headers, then TCP or UDP. A header counts when all of it is captured
 * and its lengths can be; an IP header only directly above Ethernet or a tag, which say that it is one (no tunnels); TCP
 * and UDP only inside a first fragment and inside what the IP header says is its own. Addresses of an IPv4 header with
 * options are left out: under a source route opinions differ on what the destination is.
 */
#ifndef STEELPKT_BENCH_H
#define STEELPKT_BENCH_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct bench_sums {
    uint64_t packets;
    uint64_t bytes;     /* captured; 0 from a program that cannot tell */
    uint64_t ip4, ip6;  /* headers */
    uint64_t tcp, udp;  /* headers */
    uint64_t addresses; /* IPv4 without options as 32-bit numbers, IPv6 as two 64-bit halves */
    uint64_t ports;     /* source + 3 * destination */
    uint64_t flags;     /* the eight TCP flags */
};

struct bench_clock {
    uint64_t wall, cpu;
};

static inline uint64_t bench_now(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline struct bench_clock bench_start(void)
{
    struct bench_clock c = { bench_now(CLOCK_MONOTONIC), bench_now(CLOCK_PROCESS_CPUTIME_ID) };

    return c;
}

static inline struct bench_clock bench_stop(struct bench_clock start)
{
    struct bench_clock c = { bench_now(CLOCK_MONOTONIC) - start.wall, bench_now(CLOCK_PROCESS_CPUTIME_ID) - start.cpu };

    return c;
}

/* One line of key=value pairs; bench/run reads it. */
static inline void bench_print(struct bench_clock c, const struct bench_sums *s)
{
    printf("wall=%" PRIu64 " cpu=%" PRIu64 " packets=%" PRIu64 " bytes=%" PRIu64 " ip4=%" PRIu64 " ip6=%" PRIu64
           " tcp=%" PRIu64 " udp=%" PRIu64 " addresses=%" PRIu64 " ports=%" PRIu64 " flags=%" PRIu64 "\n",
           c.wall, c.cpu, s->packets, s->bytes, s->ip4, s->ip6, s->tcp, s->udp, s->addresses, s->ports, s->flags);
}

/*
 * The crafted packet, the same in every program: Ethernet/IPv4/UDP around 18 bytes, 60 bytes in
 * all. Packet number i differs from its neighbours in the IP identification, the destination
 * address, the source port and the first four payload bytes.
 */
enum { CRAFT_PAYLOAD = 18, CRAFT_FRAME = 60 };

struct craft_values {
    uint16_t id, sport;
    uint32_t dst;
    uint8_t payload[CRAFT_PAYLOAD];
};

#define CRAFT_SRC 0x0a000001u /* 10.0.0.1 */
#define CRAFT_DPORT 9999u
#define CRAFT_TTL 64u
#define CRAFT_MAC_DST 2, 0, 0, 0, 0, 2
#define CRAFT_MAC_SRC 2, 0, 0, 0, 0, 1

static inline void craft_values_at(struct craft_values *v, uint32_t i)
{
    v->id = (uint16_t)i;
    v->sport = (uint16_t)(1024u + (i & 0x7fffu));
    v->dst = 0x0a010000u | (i >> 3 & 0xffffu);
    memcpy(v->payload, &i, sizeof i);
}

/* Added up over all frames: every byte counts, and in which word it stands. */
static inline uint64_t craft_sum(const uint8_t *frame)
{
    uint64_t w[7], sum = 0;
    uint32_t last;

    memcpy(w, frame, sizeof w);
    memcpy(&last, frame + 56, sizeof last);
    for (unsigned k = 0; k < 7; k++) {
        sum += w[k] << k | w[k] >> (64 - k - 1);
    }
    return sum + last;
}

static inline void craft_print(struct bench_clock c, uint64_t packets, uint64_t sum)
{
    printf("wall=%" PRIu64 " cpu=%" PRIu64 " packets=%" PRIu64 " sum=%" PRIu64 "\n", c.wall, c.cpu, packets, sum);
}

#endif
