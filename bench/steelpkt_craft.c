/*
 * steelpkt through its public interface: Ethernet/IPv4/UDP with lengths and checksums.
 *
 *   steelpkt_craft build COUNT   every packet from nothing, by fields whose names are resolved once
 *   steelpkt_craft spots COUNT   the same, the values written by spots into the headers that are begun
 *   steelpkt_craft stamp COUNT   one packet is built, then what differs is written over and lengths and checksums are fixed
 */
#include "bench.h"

#include <stdlib.h>
#include <steelpkt.h>

enum { ETH_DST, ETH_SRC, ETH_TYPE, IP_ID, IP_TTL, IP_PROTO, IP_SRC, IP_DST, UDP_SRC, UDP_DST, FIELDS };

struct names {
    const struct spk_proto *eth, *ip, *udp;
    const struct spk_field *fields[FIELDS];
    struct spk_spot spots[FIELDS];
};

static const unsigned fixes = SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS;
static const uint8_t mac_dst[] = { CRAFT_MAC_DST }, mac_src[] = { CRAFT_MAC_SRC };

static int names_find(struct names *n, const struct spk_registry *registry)
{
    static const char *const wanted[FIELDS] = {
        [ETH_DST] = "eth.dst",     [ETH_SRC] = "eth.src",     [ETH_TYPE] = "eth.type", [IP_ID] = "ip.id",
        [IP_TTL] = "ip.ttl",       [IP_PROTO] = "ip.proto",   [IP_SRC] = "ip.src",     [IP_DST] = "ip.dst",
        [UDP_SRC] = "udp.srcport", [UDP_DST] = "udp.dstport",
    };

    n->eth = spk_registry_find(registry, "eth");
    n->ip = spk_registry_find(registry, "ip");
    n->udp = spk_registry_find(registry, "udp");
    for (size_t i = 0; i < FIELDS; i++) {
        n->fields[i] = spk_field_find(registry, wanted[i]);
        /* a type stands where a length may stand as well: it has no spot */
        if (n->fields[i] == NULL || (i != ETH_TYPE && !spk_field_spot(registry, n->fields[i], &n->spots[i]))) {
            fprintf(stderr, "steelpkt_craft: no field %s, or none at a fixed place\n", wanted[i]);
            return 2;
        }
    }
    return n->eth != NULL && n->ip != NULL && n->udp != NULL ? 0 : 2;
}

/* A failure is remembered by the builder, so only the end is asked. */
static enum spk_status craft(struct spk_build *build, const struct names *n, const struct craft_values *v,
                             const uint8_t **frame, uint32_t *len, struct spk_error *error)
{
    static const struct spk_value to = { .kind = SPK_MAC, .len = sizeof mac_dst, .data = mac_dst };
    static const struct spk_value from = { .kind = SPK_MAC, .len = sizeof mac_src, .data = mac_src };

    spk_build_reset(build);
    spk_build_layer(build, n->eth);
    spk_build_set(build, n->fields[ETH_DST], &to);
    spk_build_set(build, n->fields[ETH_SRC], &from);
    spk_build_set_uint(build, n->fields[ETH_TYPE], 0x0800);
    spk_build_layer(build, n->ip);
    spk_build_set_uint(build, n->fields[IP_ID], v->id);
    spk_build_set_uint(build, n->fields[IP_TTL], CRAFT_TTL);
    spk_build_set_uint(build, n->fields[IP_PROTO], 17);
    spk_build_set_uint(build, n->fields[IP_SRC], CRAFT_SRC);
    spk_build_set_uint(build, n->fields[IP_DST], v->dst);
    spk_build_layer(build, n->udp);
    spk_build_set_uint(build, n->fields[UDP_SRC], v->sport);
    spk_build_set_uint(build, n->fields[UDP_DST], CRAFT_DPORT);
    spk_build_raw(build, v->payload, CRAFT_PAYLOAD);
    return spk_build_finish(build, fixes, frame, len, error);
}

/* A header that could not be begun is NULL, and the builder remembers why. */
static enum spk_status craft_by_spots(struct spk_build *build, const struct names *n, const struct craft_values *v,
                                      const uint8_t **frame, uint32_t *len, struct spk_error *error)
{
    const struct spk_spot *spots = n->spots;
    uint8_t *eth, *ip, *udp;

    spk_build_reset(build);
    if ((eth = spk_build_header(build, n->eth)) != NULL) {
        memcpy(eth + spots[ETH_DST].byte, mac_dst, sizeof mac_dst);
        memcpy(eth + spots[ETH_SRC].byte, mac_src, sizeof mac_src);
    }
    spk_build_set_uint(build, n->fields[ETH_TYPE], 0x0800);
    if ((ip = spk_build_header(build, n->ip)) != NULL) {
        spk_spot_store(&spots[IP_ID], ip, v->id);
        spk_spot_store(&spots[IP_TTL], ip, CRAFT_TTL);
        spk_spot_store(&spots[IP_PROTO], ip, 17);
        spk_spot_store(&spots[IP_SRC], ip, CRAFT_SRC);
        spk_spot_store(&spots[IP_DST], ip, v->dst);
    }
    if ((udp = spk_build_header(build, n->udp)) != NULL) {
        spk_spot_store(&spots[UDP_SRC], udp, v->sport);
        spk_spot_store(&spots[UDP_DST], udp, CRAFT_DPORT);
    }
    spk_build_raw(build, v->payload, CRAFT_PAYLOAD);
    return spk_build_finish(build, fixes, frame, len, error);
}

/* A packet whose copies differ in a few places. */
struct stamp {
    uint8_t *ip, *udp, *payload;
    struct spk_series *series;
    struct spk_packet packet;
    uint8_t bytes[CRAFT_FRAME];
};

static int stamp_prepare(struct stamp *s, struct spk_build *build, const struct names *n)
{
    struct craft_values v = { 0 };
    struct spk_error error;
    const uint8_t *frame;
    uint32_t len;

    if (craft(build, n, &v, &frame, &len, &error) != SPK_OK || len != CRAFT_FRAME) {
        return 2;
    }
    memcpy(s->bytes, frame, len);
    spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, s->bytes, len, len, &s->packet);
    if (s->packet.count < 3 || spk_series_new(&s->packet, fixes, &s->series, &error) != SPK_OK) {
        return 2;
    }
    s->ip = s->bytes + s->packet.layers[1].at;
    s->udp = s->bytes + s->packet.layers[2].at;
    s->payload = s->udp + s->packet.layers[2].hdr_len;
    return 0;
}

static inline void stamp(struct stamp *s, const struct spk_spot *spots, const struct craft_values *v)
{
    spk_spot_store(&spots[IP_ID], s->ip, v->id);
    spk_spot_store(&spots[IP_DST], s->ip, v->dst);
    spk_spot_store(&spots[UDP_SRC], s->udp, v->sport);
    memcpy(s->payload, v->payload, CRAFT_PAYLOAD);
    spk_series_fix(s->series, s->bytes);
}

int main(int argc, char **argv)
{
    const char *mode = argc == 3 ? argv[1] : "";
    uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    bool stamps = strcmp(mode, "stamp") == 0, by_spots = strcmp(mode, "spots") == 0;
    static struct stamp series;
    struct craft_values v = { 0 };
    struct spk_error error;
    struct spk_build *build;
    struct names n;
    struct bench_clock c;
    uint64_t sum = 0;

    if (count == 0 || (!stamps && !by_spots && strcmp(mode, "build") != 0)) {
        fprintf(stderr, "usage: steelpkt_craft build|spots|stamp COUNT\n");
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
        enum spk_status status = SPK_OK;

        craft_values_at(&v, i);
        if (stamps) {
            stamp(&series, n.spots, &v);
        } else {
            status = by_spots ? craft_by_spots(build, &n, &v, &frame, &len, &error)
                              : craft(build, &n, &v, &frame, &len, &error);
        }
        if (status != SPK_OK || len != CRAFT_FRAME) {
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
