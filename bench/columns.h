/*
 * columns: the contract between the programs that fill columns: what they add up over frame.time_epoch, ip.src, ip.dst,
 * udp.srcport and udp.dstport, so that nobody wins by doing less. Sums are made in runs of their own, which are not timed.
 */
#ifndef STEELPKT_BENCH_COLUMNS_H
#define STEELPKT_BENCH_COLUMNS_H

#include "bench.h"

struct column_sums {
    uint64_t rows;
    uint64_t times;     /* nanoseconds */
    uint64_t addresses; /* texts that are there */
    uint64_t letters;   /* their bytes, each times its place in the text from 1 on */
    uint64_t ports;     /* values that are there */
    uint64_t numbers;   /* source + 3 * destination */
};

static inline void column_add_text(struct column_sums *s, const char *text, size_t len)
{
    s->addresses++;
    for (size_t i = 0; i < len; i++) {
        s->letters += (i + 1) * (uint8_t)text[i];
    }
}

/* One line of key=value pairs; first: nanoseconds until the first batch was there. */
static inline void column_print(struct bench_clock c, uint64_t first, uint64_t packets, const struct column_sums *s)
{
    printf("wall=%" PRIu64 " cpu=%" PRIu64 " first=%" PRIu64 " packets=%" PRIu64 " rows=%" PRIu64 " times=%" PRIu64
           " addresses=%" PRIu64 " letters=%" PRIu64 " ports=%" PRIu64 " numbers=%" PRIu64 "\n",
           c.wall, c.cpu, first, packets, s->rows, s->times, s->addresses, s->letters, s->ports, s->numbers);
}

static inline int column_bit(const uint8_t *bits, size_t at)
{
    return bits == NULL || (bits[at / 8] >> (at % 8) & 1) != 0;
}

#endif
