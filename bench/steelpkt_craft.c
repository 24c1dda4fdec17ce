/*
 * steelpkt through its public interface: Ethernet/IPv4/UDP with lengths and checksums.
 *
 *   steelpkt_craft build COUNT   every packet from nothing, by names resolved once
 *   steelpkt_craft stamp COUNT   one packet is built, then what differs is written over and lengths and checksums are fixed
 */
#include "bench.h"

#include <stdlib.h>
#include <steelpkt.h>

struct names {
    const struct spk_proto *eth, *ip, *udp;
    const struct spk_field *eth_dst, *eth_src, *eth_type;
    const struct spk_field *ip_id, *ip_ttl, *ip_proto, *ip_src, *ip_dst;
    const struct spk_field *udp_src, *udp_dst;
};

static int names_find(struct names *n, const struct spk_registry *registry)
{
    const struct {
        const char *name;
        const struct spk_field **field;
    } wanted[] = {
        { "eth.dst", &n->eth_dst },     { "eth.src", &n->eth_src }, { "eth.type", &n->eth_type },
        { "ip.id", &n->ip_id },         { "ip.ttl", &n->ip_ttl },   { "ip.proto", &n->ip_proto },
        { "ip.src", &n->ip_src },       { "ip.dst", &n->ip_dst },   { "udp.srcport", &n->udp_src },
        { "udp.dstport", &n->udp_dst },
    };

    n->eth = spk_registry_find(registry, "eth");
    n->ip = spk_registry_find(registry, "ip");
    n->udp = spk_registry_find(registry, "udp");
    for (size_t i = 0; i < SPK_COUNT_OF(wanted); i++) {
        *wanted[i].field = spk_field_find(registry, wanted[i].name);
        if (*wanted[i].field == NULL) {
            fprintf(stderr, "steelpkt_craft: no field %s\n", wanted[i].name);
            return 2;
        }
    }
    return n->eth != NULL && n->ip != NULL && n->udp != NULL ? 0 : 2;
}

/* A failure is remembered by the builder, so only the end is asked. */
static enum spk_status craft(struct spk_build *build, const struct names *n, const struct craft_values *v,
                             const uint8_t **frame, uint32_t *len, struct spk_error *error)
{
    static const uint8_t mac_dst[] = { CRAFT_MAC_DST }, mac_src[] = { CRAFT_MAC_SRC };
    const struct spk_value to = { .kind = SPK_MAC, .len = sizeof mac_dst, .data = mac_dst };
    const struct spk_value from = { .kind = SPK_MAC, .len = sizeof mac_src, .data = mac_src };

    spk_build_reset(build);
    spk_build_layer(build, n->eth);
    spk_build_set(build, n->eth_dst, &to);
    spk_build_set(build, n->eth_src, &from);
    spk_build_set_uint(build, n->eth_type, 0x0800);
    spk_build_layer(build, n->ip);
    spk_build_set_uint(build, n->ip_id, v->id);
    spk_build_set_uint(build, n->ip_ttl, CRAFT_TTL);
    spk_build_set_uint(build, n->ip_proto, 17);
    spk_build_set_uint(build, n->ip_src, CRAFT_SRC);
    spk_build_set_uint(build, n->ip_dst, v->dst);
    spk_build_layer(build, n->udp);
    spk_build_set_uint(build, n->udp_src, v->sport);
    spk_build_set_uint(build, n->udp_dst, CRAFT_DPORT);
    spk_build_raw(build, v->payload, CRAFT_PAYLOAD);
    return spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, frame, len, error);
}

/* Where the packets of a series differ. */
struct stamp {
    struct spk_spot id, dst, port;
    uint8_t *ip, *udp, *payload;
    struct spk_series *series;
    struct spk_packet packet;
    uint8_t bytes[CRAFT_FRAME];
};

static int stamp_prepare(struct stamp *s, struct spk_build *build, const struct names *n)
{
    const struct spk_registry *registry = spk_registry_default();
    struct craft_values v = { 0 };
    struct spk_error error;
    const uint8_t *frame;
    uint32_t len;

    if (craft(build, n, &v, &frame, &len, &error) != SPK_OK || len != CRAFT_FRAME) {
        return 2;
    }
    memcpy(s->bytes, frame, len);
    spk_decode(registry, SPK_LINK_ETHERNET, s->bytes, len, len, &s->packet);
    if (s->packet.count < 3 || !spk_field_spot(registry, n->ip_id, &s->id)
        || !spk_field_spot(registry, n->ip_dst, &s->dst) || !spk_field_spot(registry, n->udp_src, &s->port)
        || spk_series_new(&s->packet, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &s->series, &error) != SPK_OK) {
        return 2;
    }
    s->ip = s->bytes + s->packet.layers[1].at;
    s->udp = s->bytes + s->packet.layers[2].at;
    s->payload = s->udp + s->packet.layers[2].hdr_len;
    return 0;
}

static inline void stamp(struct stamp *s, const struct craft_values *v)
{
    spk_spot_store(&s->id, s->ip, v->id);
    spk_spot_store(&s->dst, s->ip, v->dst);
    spk_spot_store(&s->port, s->udp, v->sport);
    memcpy(s->payload, v->payload, CRAFT_PAYLOAD);
    spk_series_fix(s->series, s->bytes);
}

int main(int argc, char **argv)
{
    uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    bool stamps = argc == 3 && strcmp(argv[1], "stamp") == 0;
    static struct stamp series;
    struct craft_values v = { 0 };
    struct spk_error error;
    struct spk_build *build;
    struct names n;
    struct bench_clock c;
    uint64_t sum = 0;

    if (count == 0 || (!stamps && strcmp(argv[1], "build") != 0)) {
        fprintf(stderr, "usage: steelpkt_craft build|stamp COUNT\n");
        return 1;
    }
    if (names_find(&n, spk_registry_default()) != 0 || spk_build_new(spk_registry_default(), &build) != SPK_OK
        || stamp_prepare(&series, build, &n) != 0) {
        return 2;
    }
    c = bench_start();
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *frame = series.bytes;
        uint32_t len = CRAFT_FRAME;

        craft_values_at(&v, i);
        if (stamps) {
            stamp(&series, &v);
        } else if (craft(build, &n, &v, &frame, &len, &error) != SPK_OK || len != CRAFT_FRAME) {
            fprintf(stderr, "steelpkt_craft: packet %" PRIu32 " could not be built as meant\n", i);
            return 2;
        }
        sum += craft_sum(frame);
    }
    c = bench_stop(c);
    spk_build_free(build);
    spk_series_free(series.series);
    craft_print(c, count, sum);
    return 0;
}
