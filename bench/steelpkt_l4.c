/*
 * steelpkt through its public interface: records, and every packet's fields down to TCP or UDP.
 *
 *   steelpkt_l4 walk|l4 FILE
 */
#include "bench.h"

#include <steelpkt.h>

#include <stdlib.h>

/* What a layer is to this program; one entry a protocol of the registry. IP4_OPTIONS: an IP4 with a longer header. */
enum { OTHER, ETHERNET, TAG, IP4, IP6, EXTENSION, TCP, UDP, IP4_OPTIONS };

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

enum { IP_SRC, IP_DST, IP6_SRC, IP6_DST, TCP_SRC, TCP_DST, TCP_FLAGS, UDP_SRC, UDP_DST, WANTED };

static const char *const wanted[WANTED] = { "ip.src",      "ip.dst",    "ipv6.src",    "ipv6.dst",   "tcp.srcport",
                                            "tcp.dstport", "tcp.flags", "udp.srcport", "udp.dstport" };

/* What there is to take from a packet: its first IP header, and TCP or UDP right behind it and its extension headers. */
struct found {
    uint8_t ip, transport; /* role, or OTHER: none */
};

/* The same of packets of a stencil, and where these headers begin. */
struct kind {
    struct found found;
    uint16_t ip_at, transport_at;
};

/* Records that are taken together at most. */
enum { RUN = 64 };

struct work {
    const struct spk_registry *registry;
    uint8_t role[512]; /* by the protocol's index in the registry */
    struct spk_reach *reach;
    struct spk_spot spots[WANTED];
    struct spk_stencils *stencils;
    struct kind *kinds; /* by the stencil's index */
    struct bench_sums sums;
};

/* One layer more, from the outermost on. False: what is behind it does not count. */
static bool find_more(const struct work *w, const struct spk_layer *layer, struct found *found)
{
    uint8_t role = w->role[layer->proto];

    if (role == OTHER || (found->ip != OTHER && role < EXTENSION)) {
        return false;
    }
    if (role == IP4 || role == IP6) {
        found->ip = role == IP4 && layer->hdr_len > 20 ? IP4_OPTIONS : role; /* a stencil's is the least it has */
    } else if (role == TCP || role == UDP) {
        found->transport = role;
    }
    return found->transport == OTHER;
}

static bool find_kind(const struct work *w, const struct spk_stencil *stencil, struct found *found)
{
    return (stencil->outer == NULL || find_kind(w, stencil->outer, found)) && find_more(w, &stencil->layer, found);
}

static int work_prepare(struct work *w)
{
    bool protos[SPK_COUNT_OF(w->role)] = { false };

    w->registry = spk_registry_default();
    for (size_t i = 0; i < WANTED; i++) {
        const struct spk_field *field = spk_field_find(w->registry, wanted[i]);

        if (field == NULL || !spk_field_spot(w->registry, field, &w->spots[i])) {
            fprintf(stderr, "steelpkt_l4: no field %s\n", wanted[i]);
            return 2;
        }
        spk_field_wants(w->registry, field, protos);
    }
    if (spk_reach_own(w->registry, protos, &w->reach, NULL) != SPK_OK
        || spk_stencils_new(w->reach, w->spots, WANTED, &w->stencils, NULL) != SPK_OK) {
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
    w->kinds = calloc(spk_stencils_count(w->stencils), sizeof *w->kinds);
    for (size_t i = 0; w->kinds != NULL && i < spk_stencils_count(w->stencils); i++) {
        const struct spk_stencil *stencil = spk_stencils_get(w->stencils, i);
        struct kind *kind = &w->kinds[i];

        find_kind(w, stencil, &kind->found);
        kind->ip_at = stencil->at[kind->found.ip == IP4 ? IP_DST : IP6_DST];
        kind->transport_at = stencil->at[kind->found.transport == TCP ? TCP_DST : UDP_DST];
    }
    return w->kinds != NULL ? 0 : 2;
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

static inline uint32_t load(const struct work *w, unsigned spot, const uint8_t *header)
{
    return spk_spot_load(&w->spots[spot], header);
}

static inline void take_ip(struct work *w, uint8_t role, const uint8_t *header)
{
    struct bench_sums *s = &w->sums;

    if (role == IP4) {
        s->ip4++;
        s->addresses += (uint64_t)load(w, IP_SRC, header) + load(w, IP_DST, header);
    } else if (role == IP6) {
        s->ip6++;
        s->addresses += halves(header, &w->spots[IP6_SRC]) + halves(header, &w->spots[IP6_DST]);
    } else if (role == IP4_OPTIONS) {
        s->ip4++;
    }
}

static inline void take_transport(struct work *w, uint8_t role, const uint8_t *header)
{
    struct bench_sums *s = &w->sums;

    if (role == TCP) {
        s->tcp++;
        s->ports += load(w, TCP_SRC, header) + 3 * load(w, TCP_DST, header);
        s->flags += load(w, TCP_FLAGS, header) & 0xff;
    } else if (role == UDP) {
        s->udp++;
        s->ports += load(w, UDP_SRC, header) + 3 * load(w, UDP_DST, header);
    }
}

/* A packet that was decoded. */
static void take_layers(struct work *w, const struct spk_packet *packet)
{
    struct found found = { OTHER, OTHER };
    bool more = true;

    for (unsigned i = 0; more && i < packet->count; i++) {
        const struct spk_layer *layer = &packet->layers[i];
        const uint8_t *header = packet->data + layer->at;
        uint8_t role = w->role[layer->proto];
        const struct found before = found;

        more = find_more(w, layer, &found);
        if (found.ip != before.ip && spk_spot_header(packet, i, &w->spots[role == IP4 ? IP_DST : IP6_DST]) != NULL) {
            take_ip(w, found.ip, header);
        } else if (found.transport != before.transport
                   && spk_spot_header(packet, i, &w->spots[role == TCP ? TCP_FLAGS : UDP_DST]) != NULL) {
            take_transport(w, role, header);
        }
    }
}

static inline void take_kind(struct work *w, const struct spk_record *record, const struct kind *kind)
{
    w->sums.bytes += record->caplen;
    take_ip(w, kind->found.ip, record->data + kind->ip_at);
    take_transport(w, kind->found.transport, record->data + kind->transport_at);
}

/* Records one after the other: those of known kinds at once, the others layer by layer. */
static void take_run(struct work *w, const struct spk_record *records, size_t count, struct spk_packet *packet)
{
    uint16_t indexes[RUN];
    size_t told;

    for (size_t at = 0; at < count; at += told) {
        told = spk_decode_stencils(w->stencils, records + at, count - at, indexes, packet);
        for (size_t i = 0; i < told; i++) {
            take_kind(w, &records[at + i], &w->kinds[indexes[i]]);
        }
        if (at + told < count) {
            w->sums.bytes += packet->caplen;
            take_layers(w, packet);
            told++;
        }
    }
}

/* Reads as many records as can be had without reading further, or one. Gives how many; 0: status says why. */
static size_t read_run(struct spk_reader *reader, struct spk_record *records, enum spk_status *status,
                       struct spk_error *error)
{
    size_t count = spk_reader_more(reader, records, RUN);

    if (count == 0) {
        *status = spk_reader_next(reader, records, error);
        count = *status == SPK_OK;
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct work w;
    static struct spk_packet packet;
    struct spk_error error;
    struct spk_record records[RUN];
    struct spk_reader *reader;
    enum spk_status status;
    struct bench_clock c;
    size_t count;
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
    while (status == SPK_OK && (count = read_run(reader, records, &status, &error)) > 0) {
        w.sums.packets += count;
        if (decode) {
            take_run(&w, records, count, &packet);
        } else {
            for (size_t i = 0; i < count; i++) {
                w.sums.bytes += records[i].caplen;
            }
        }
    }
    if (status != SPK_END) {
        char text[512];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "steelpkt_l4: %s\n", text);
        return 2;
    }
    spk_reader_close(reader);
    spk_stencils_free(w.stencils);
    spk_reach_free(w.reach);
    free(w.kinds);
    c = bench_stop(c);
    bench_print(c, &w.sums);
    return 0;
}
