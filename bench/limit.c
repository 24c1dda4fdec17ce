/*
 * limit: what this machine can do at most. Hand-written minimal loops with no library between them
 * and the bytes.
 *
 *   limit walk FILE     read(2) into a large buffer, hop over the headers of a little-endian pcap
 *   limit l4 FILE       the same, and decode every packet to its TCP or UDP header
 *   limit craft COUNT   Ethernet/IPv4/UDP with lengths and checksums
 */
#include "hand.h"
#include "walk.h"

/* decode is a constant at each call, so each mode has its own loop. */
static inline void walk_file(struct walk *w, struct bench_sums *s, int decode)
{
    const uint8_t *record;
    uint32_t caplen;

    while ((record = walk_next(w, &caplen)) != NULL) {
        s->packets++;
        s->bytes += caplen;
        if (decode) {
            hand_decode(record + WALK_RECORD, caplen, s);
        }
    }
}

static int run_file(const char *path, int decode)
{
    struct bench_sums s = { 0 };
    struct walk w;
    struct bench_clock c = bench_start();

    if (walk_open(&w, path) != 0) {
        return 2;
    }
    if (decode) {
        walk_file(&w, &s, 1);
    } else {
        walk_file(&w, &s, 0);
    }
    c = bench_stop(c);
    walk_close(&w);
    if (w.failed) {
        return 2;
    }
    bench_print(c, &s);
    return 0;
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
