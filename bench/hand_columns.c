/*
 * hand_columns: the five columns by a hand-written loop: batches of 65,536 rows with validity bitmaps, offsets and text, as
 * Arrow has them. It knows Ethernet, VLAN tags, IPv4 and UDP, and IPv6 as far as to find UDP.
 *
 *   hand_columns check|time FILE
 */
#include "columns.h"
#include "hand.h"
#include "walk.h"

enum { ROWS = 65536, TEXT = 15 };

struct texts {
    uint8_t valid[ROWS / 8];
    int32_t offsets[ROWS + 1];
    char data[ROWS * TEXT];
};

struct ports {
    uint8_t valid[ROWS / 8];
    uint16_t values[ROWS];
};

struct batch {
    size_t rows;
    int64_t times[ROWS];
    struct texts src, dst;
    struct ports sport, dport;
};

/* The numbers of an address as text, with the dot behind. */
struct octet {
    char text[4];
    uint8_t len;
};

static struct octet octets[256];

static void make_octets(void)
{
    for (unsigned i = 0; i < 256; i++) {
        char text[8];

        octets[i].len = (uint8_t)snprintf(text, sizeof text, "%u.", i);
        memcpy(octets[i].text, text, sizeof octets[i].text);
    }
}

static inline void set(uint8_t *bits, size_t at)
{
    bits[at / 8] |= (uint8_t)(1u << (at % 8));
}

/* Room for four more bytes than are used: each number is stored as four. */
static inline void put_address(struct texts *t, size_t row, const uint8_t *p)
{
    char *begin = t->data + t->offsets[row], *to = begin;

    for (unsigned i = 0; i < 4; i++) {
        memcpy(to, octets[p[i]].text, 4);
        to += octets[p[i]].len;
    }
    set(t->valid, row);
    t->offsets[row + 1] = t->offsets[row] + (int32_t)(to - begin - 1);
}

static inline void put_ports(struct batch *b, const uint8_t *udp)
{
    b->sport.values[b->rows] = (uint16_t)be16(udp);
    b->dport.values[b->rows] = (uint16_t)be16(udp + 2);
    set(b->sport.valid, b->rows);
    set(b->dport.valid, b->rows);
}

static inline void fill_ip4(struct batch *b, const uint8_t *p, size_t n)
{
    size_t hlen, len;

    if (n < 20) {
        return;
    }
    put_address(&b->src, b->rows, p + 12);
    put_address(&b->dst, b->rows, p + 16);
    hlen = (size_t)(p[0] & 15) * 4;
    len = be16(p + 2);
    len = len != 0 && len < n ? len : n;
    if (p[9] == 17 && hlen >= 20 && len >= hlen + 8 && (be16(p + 6) & 0x1fff) == 0) {
        put_ports(b, p + hlen);
    }
}

static inline void fill_row(struct batch *b, const uint8_t *record, uint32_t caplen)
{
    const uint8_t *p = record + WALK_RECORD;
    size_t at = 14, row = b->rows;
    uint32_t type;

    b->times[row] = le32(record) * INT64_C(1000000000) + le32(record + 4) * INT64_C(1000);
    b->src.offsets[row + 1] = b->src.offsets[row];
    b->dst.offsets[row + 1] = b->dst.offsets[row];
    b->sport.values[row] = b->dport.values[row] = 0;
    if (caplen >= at) {
        type = be16(p + 12);
        while ((type == 0x8100 || type == 0x88a8) && caplen - at >= 4) {
            type = be16(p + at + 2);
            at += 4;
        }
        if (type == 0x0800) {
            fill_ip4(b, p + at, caplen - at);
        } else if (type == 0x86dd && caplen - at >= 48 && p[at + 6] == 17) {
            put_ports(b, p + at + 40);
        }
    }
    b->rows++;
}

static void clear(struct batch *b)
{
    b->rows = 0;
    memset(b->src.valid, 0, sizeof b->src.valid);
    memset(b->dst.valid, 0, sizeof b->dst.valid);
    memset(b->sport.valid, 0, sizeof b->sport.valid);
    memset(b->dport.valid, 0, sizeof b->dport.valid);
}

static void add_texts(struct column_sums *s, const struct texts *t, size_t row)
{
    if (column_bit(t->valid, row)) {
        column_add_text(s, t->data + t->offsets[row], (size_t)(t->offsets[row + 1] - t->offsets[row]));
    }
}

static void add(struct column_sums *s, const struct batch *b)
{
    for (size_t i = 0; i < b->rows; i++) {
        s->times += (uint64_t)b->times[i];
        add_texts(s, &b->src, i);
        add_texts(s, &b->dst, i);
        if (column_bit(b->sport.valid, i)) {
            s->ports += 2;
            s->numbers += b->sport.values[i] + 3u * b->dport.values[i];
        }
    }
}

/* A batch is taken by whoever reads it: what is in it must be in memory. */
static inline void take(struct batch *b)
{
    __asm__ volatile("" : : "r"(b) : "memory");
}

int main(int argc, char **argv)
{
    struct batch *b = calloc(1, sizeof *b);
    struct column_sums s = { 0 };
    struct bench_clock c;
    struct walk w;
    uint64_t packets = 0;
    const uint8_t *record;
    uint32_t caplen;

    if (argc != 3 || b == NULL || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "time") != 0)) {
        fprintf(stderr, "usage: hand_columns check|time FILE\n");
        return 1;
    }
    make_octets();
    c = bench_start();
    if (walk_open(&w, argv[2]) != 0) {
        return 2;
    }
    while ((record = walk_next(&w, &caplen)) != NULL) {
        fill_row(b, record, caplen);
        packets++;
        if (b->rows == ROWS) {
            take(b);
            if (argv[1][0] == 'c') {
                add(&s, b);
            }
            s.rows += b->rows;
            clear(b);
        }
    }
    take(b);
    if (argv[1][0] == 'c') {
        add(&s, b);
    }
    s.rows += b->rows;
    c = bench_stop(c);
    column_print(c, 0, packets, &s);
    walk_close(&w);
    free(b);
    return w.failed ? 2 : 0;
}
