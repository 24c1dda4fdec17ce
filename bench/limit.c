/*
 * limit: what this machine can do at most. Hand-written minimal loops with no library between them
 * and the bytes.
 *
 *   limit walk FILE     read(2) into a large buffer, hop over the headers of a little-endian pcap
 *   limit l4 FILE       the same, and decode every packet to its TCP or UDP header
 *   limit craft COUNT   Ethernet/IPv4/UDP with lengths and checksums
 */
#include "hand.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* So large that system calls do not count, so small that it stays in a cache until it is read. */
enum { BUFFER = 1024 * 1024, RECORD = 16, FILE_HEADER = 24 };

struct walk {
    int fd;
    uint8_t *buffer;
    size_t at, end;
};

/* Moves what is left to the front, reads on until need bytes are there; false at the file's end. */
static int walk_fill(struct walk *w, size_t need)
{
    memmove(w->buffer, w->buffer + w->at, w->end - w->at);
    w->end -= w->at;
    w->at = 0;
    while (w->end < need) {
        ssize_t got = read(w->fd, w->buffer + w->end, BUFFER - w->end);

        if (got <= 0) {
            return 0;
        }
        w->end += (size_t)got;
    }
    return 1;
}

static inline uint32_t le32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

/* decode is a constant at each call, so each mode has its own loop. */
static inline int walk_file(struct walk *w, struct bench_sums *s, int decode)
{
    if (!walk_fill(w, FILE_HEADER) || le32(w->buffer) != 0xa1b2c3d4u) {
        fprintf(stderr, "limit: not a little-endian pcap with microseconds\n");
        return 2;
    }
    w->at = FILE_HEADER;
    for (;;) {
        uint32_t caplen;

        if (w->end - w->at < RECORD && !walk_fill(w, RECORD)) {
            return 0;
        }
        caplen = le32(w->buffer + w->at + 8);
        if (caplen > BUFFER - RECORD) {
            fprintf(stderr, "limit: a record of %" PRIu32 " bytes\n", caplen);
            return 2;
        }
        if (w->end - w->at < RECORD + caplen && !walk_fill(w, RECORD + caplen)) {
            return 0;
        }
        s->packets++;
        s->bytes += caplen;
        if (decode) {
            hand_decode(w->buffer + w->at + RECORD, caplen, s);
        }
        w->at += RECORD + caplen;
    }
}

static int run_file(const char *path, int decode)
{
    struct bench_sums s = { 0 };
    struct walk w = { .fd = open(path, O_RDONLY), .buffer = malloc(BUFFER) };
    struct bench_clock c;
    int failed;

    if (w.fd < 0 || w.buffer == NULL) {
        perror(path);
        return 2;
    }
    c = bench_start();
    failed = decode ? walk_file(&w, &s, 1) : walk_file(&w, &s, 0);
    c = bench_stop(c);
    close(w.fd);
    free(w.buffer);
    if (!failed) {
        bench_print(c, &s);
    }
    return failed;
}

static inline uint32_t fold(uint64_t sum)
{
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(uint32_t)sum & 0xffff;
}

static inline void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put32(uint8_t *p, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    memcpy(p, &v, sizeof v);
}

/* Every byte is written anew, as a constructor has to; sums come from the values. */
static inline void hand_craft(uint8_t *f, const struct craft_values *v)
{
    static const uint8_t macs[12] = { CRAFT_MAC_DST, CRAFT_MAC_SRC };
    const uint32_t udp_len = 8 + CRAFT_PAYLOAD, first = 0x45000000u | (20 + udp_len);
    const uint64_t pseudo = (uint64_t)CRAFT_SRC + v->dst;
    const uint32_t ports = (uint32_t)v->sport << 16 | CRAFT_DPORT;
    uint8_t *ip = f + 14, *udp = f + 34;
    uint64_t sum = pseudo + ports + 17 + 2 * udp_len;
    uint32_t csum;

    memcpy(f, macs, sizeof macs);
    put16(f + 12, 0x0800);
    put32(ip, first);
    put32(ip + 4, (uint32_t)v->id << 16);
    put32(ip + 8,
          CRAFT_TTL << 24 | 17u << 16 | fold(pseudo + first + ((uint32_t)v->id << 16) + (CRAFT_TTL << 24 | 17u << 16)));
    put32(ip + 12, CRAFT_SRC);
    put32(ip + 16, v->dst);
    put32(udp, ports);
    for (unsigned i = 0; i < 16; i += 4) {
        sum += be32(v->payload + i);
    }
    csum = fold(sum + be16(v->payload + 16));
    /* RFC 768: 0 would say "no checksum" */
    put32(udp + 4, udp_len << 16 | (csum != 0 ? csum : 0xffff));
    memcpy(udp + 8, v->payload, CRAFT_PAYLOAD);
}

/* In batches, so that adding up a frame does not wait for the stores that made it. */
static int run_craft(uint32_t count)
{
    enum { BATCH = 64 };
    static uint8_t frames[BATCH][64];
    struct craft_values v = { 0 };
    uint64_t sum = 0;
    struct bench_clock c = bench_start();

    for (uint32_t i = 0; i < count; i += BATCH) {
        uint32_t n = count - i < BATCH ? count - i : BATCH;

        for (uint32_t k = 0; k < n; k++) {
            craft_values_at(&v, i + k);
            hand_craft(frames[k], &v);
        }
        for (uint32_t k = 0; k < n; k++) {
            sum += craft_sum(frames[k]);
        }
    }
    c = bench_stop(c);
    craft_print(c, count, sum);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "walk") == 0) {
        return run_file(argv[2], 0);
    }
    if (argc == 3 && strcmp(argv[1], "l4") == 0) {
        return run_file(argv[2], 1);
    }
    if (argc == 3 && strcmp(argv[1], "craft") == 0) {
        return run_craft((uint32_t)strtoul(argv[2], NULL, 10));
    }
    fprintf(stderr, "usage: limit walk|l4 FILE\n       limit craft COUNT\n");
    return 1;
}
