/*
 * steelpkt through its public interface: records, and every packet's fields down to TCP or UDP.
 *
 *   steelpkt_l4 walk|l4 FILE
 */
#include "bench.h"

#include <steelpkt.h>

/* What a layer is to this program; one entry a protocol of the registry. */
enum { OTHER, ETHERNET, TAG, IP4, IP6, EXTENSION, TCP, UDP };

static const struct {
    const char *name;
    uint8_t role;
} roles[] = {
    { "eth", ETHERNET },
    { "vlan", TAG },
    { "ieee8021ad", TAG },
    { "ip", IP4 },
    { "ipv6", IP6 },
    { "ipv6.hopopts", EXTENSION },
    { "ipv6.dstopts", EXTENSION },
    { "ipv6.routing", EXTENSION },
    { "ipv6.fraghdr", EXTENSION },
    { "ah", EXTENSION },
    { "tcp", TCP },
    { "udp", UDP },
};

struct work {
    const struct spk_registry *registry;
    uint8_t role[512]; /* by the protocol's index in the registry */
    struct spk_reach *reach;
    struct spk_spot ip_src, ip_dst, ip6_src, ip6_dst;
    struct spk_spot tcp_src, tcp_dst, tcp_flags, udp_src, udp_dst;
    struct bench_sums sums;
};

static int work_prepare(struct work *w)
{
    const struct {
        const char *name;
        struct spk_spot *spot;
    } wanted[] = {
        { "ip.src", &w->ip_src },       { "ip.dst", &w->ip_dst },       { "ipv6.src", &w->ip6_src },
        { "ipv6.dst", &w->ip6_dst },    { "tcp.srcport", &w->tcp_src }, { "tcp.dstport", &w->tcp_dst },
        { "tcp.flags", &w->tcp_flags }, { "udp.srcport", &w->udp_src }, { "udp.dstport", &w->udp_dst },
    };

    bool protos[SPK_COUNT_OF(w->role)] = { false };

    w->registry = spk_registry_default();
    for (size_t i = 0; i < SPK_COUNT_OF(wanted); i++) {
        const struct spk_field *field = spk_field_find(w->registry, wanted[i].name);

        if (field == NULL || !spk_field_spot(w->registry, field, wanted[i].spot)) {
            fprintf(stderr, "steelpkt_l4: no field %s\n", wanted[i].name);
            return 2;
        }
        spk_field_wants(w->registry, field, protos);
    }
    if (spk_reach_new(w->registry, protos, &w->reach, NULL) != SPK_OK) {
        return 2;
    }
    for (size_t i = 0; i < spk_registry_proto_count(w->registry) && i < sizeof w->role; i++) {
        const char *name = spk_registry_proto(w->registry, i)->name;

        for (size_t k = 0; k < SPK_COUNT_OF(roles); k++) {
            if (strcmp(name, roles[k].name) == 0) {
                w->role[i] = roles[k].role;
            }
        }
    }
    return 0;
}

static inline uint64_t halves(const uint8_t *header, const struct spk_spot *spot)
{
    uint64_t half[2];

    memcpy(half, header + spot->byte, sizeof half);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(half[0]) + __builtin_bswap64(half[1]);
#else
    return half[0] + half[1];
#endif
}

/* The first IP header, and TCP or UDP right behind it and its extension headers. */
static inline void take(struct work *w, const struct spk_packet *packet)
{
    struct bench_sums *s = &w->sums;
    bool inside = false;

    for (unsigned i = 0; i < packet->count; i++) {
        uint8_t role = w->role[packet->layers[i].proto];
        const uint8_t *header;

        if (role == OTHER || (inside && role < EXTENSION)) {
            return;
        }
        if (role == IP4 && (header = spk_spot_header(packet, i, &w->ip_dst)) != NULL) {
            s->ip4++;
            inside = true;
            if (packet->layers[i].hdr_len == 20) {
                s->addresses += (uint64_t)spk_spot_load(&w->ip_src, header) + spk_spot_load(&w->ip_dst, header);
            }
        } else if (role == IP6 && (header = spk_spot_header(packet, i, &w->ip6_dst)) != NULL) {
            s->ip6++;
            inside = true;
            s->addresses += halves(header, &w->ip6_src) + halves(header, &w->ip6_dst);
        } else if (role == TCP && (header = spk_spot_header(packet, i, &w->tcp_flags)) != NULL) {
            s->tcp++;
            s->ports += spk_spot_load(&w->tcp_src, header) + 3 * spk_spot_load(&w->tcp_dst, header);
            s->flags += spk_spot_load(&w->tcp_flags, header) & 0xff;
            return;
        } else if (role == UDP && (header = spk_spot_header(packet, i, &w->udp_dst)) != NULL) {
            s->udp++;
            s->ports += spk_spot_load(&w->udp_src, header) + 3 * spk_spot_load(&w->udp_dst, header);
            return;
        }
    }
}

int main(int argc, char **argv)
{
    static struct work w;
    static struct spk_packet packet;
    struct spk_error error;
    struct spk_record record;
    struct spk_reader *reader;
    enum spk_status status;
    struct bench_clock c;
    bool decode;

    if (argc != 3 || (strcmp(argv[1], "walk") != 0 && strcmp(argv[1], "l4") != 0)) {
        fprintf(stderr, "usage: steelpkt_l4 walk|l4 FILE\n");
        return 1;
    }
    decode = strcmp(argv[1], "l4") == 0;
    if (work_prepare(&w) != 0) {
        return 2;
    }
    c = bench_start();
    status = spk_reader_open(argv[2], &reader, &error);
    while (status == SPK_OK && (status = spk_reader_next(reader, &record, &error)) == SPK_OK) {
        w.sums.packets++;
        w.sums.bytes += record.caplen;
        if (decode) {
            spk_decode_reach(w.reach, &record, &packet);
            take(&w, &packet);
        }
    }
    if (status != SPK_END) {
        char text[512];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "steelpkt_l4: %s\n", text);
        return 2;
    }
    spk_reader_close(reader);
    spk_reach_free(w.reach);
    c = bench_stop(c);
    bench_print(c, &w.sums);
    return 0;
}
