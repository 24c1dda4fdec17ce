/*
 * arp: asks the network which MAC address an IPv4 address has, and waits two seconds for the answer. Needs root
 * (CAP_NET_RAW).
 *
 *     arp INTERFACE SRC_MAC SRC_IP TARGET_IP
 */
#define _GNU_SOURCE /* clock_gettime, poll */
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <steelpkt.h>
#include <sys/socket.h>

enum { WAIT_MS = 2000, FRAME_MAX = 65536 };

/* [fields] */
/* Names are looked up once; from then on a field is a pointer. */
struct fields {
    const struct spk_field *opcode, *src_mac, *src_ip, *dst_mac, *dst_ip;
};

static struct fields find_fields(const struct spk_registry *registry)
{
    return (struct fields){
        .opcode = spk_field_find(registry, "arp.opcode"),
        .src_mac = spk_field_find(registry, "arp.src.hw_mac"),
        .src_ip = spk_field_find(registry, "arp.src.proto_ipv4"),
        .dst_mac = spk_field_find(registry, "arp.dst.hw_mac"),
        .dst_ip = spk_field_find(registry, "arp.dst.proto_ipv4"),
    };
}
/* [end] */

/* [request] */
static enum spk_status build_request(struct spk_build *build, const struct fields *fields, char **args,
                                     const uint8_t **data, uint32_t *len, struct spk_error *error)
{
    const struct spk_registry *registry = spk_registry_default();
    const char *my_mac = args[2], *my_ip = args[3], *target_ip = args[4];

    spk_build_layer(build, spk_registry_find(registry, "eth"));
    spk_build_set_text(build, spk_field_find(registry, "eth.dst"), "ff:ff:ff:ff:ff:ff");
    spk_build_set_text(build, spk_field_find(registry, "eth.src"), my_mac);
    spk_build_set_uint(build, spk_field_find(registry, "eth.type"), ETHERTYPE_ARP);

    /* What is not set is as a request wants it: opcode 1, addresses of six and four bytes, target MAC all zero. */
    spk_build_layer(build, spk_registry_find(registry, "arp"));
    spk_build_set_text(build, fields->src_mac, my_mac);
    spk_build_set_text(build, fields->src_ip, my_ip);
    spk_build_set_text(build, fields->dst_ip, target_ip);

    return spk_build_finish(build, 0, data, len, error);
}
/* [end] */

/* [answer] */
/* Whether a field of one packet holds what another field of another packet holds. */
static bool same(const struct spk_packet *a, const struct spk_field *field_a, const struct spk_packet *b,
                 const struct spk_field *field_b)
{
    struct spk_scratch scratch_a, scratch_b;
    struct spk_value x, y;

    return spk_packet_value(a, field_a, &scratch_a, &x) && spk_packet_value(b, field_b, &scratch_b, &y) && x.u == y.u
           && x.len == y.len && (x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
}

/* An answer to our request comes from whom we asked, and is meant for us. */
static bool is_answer(const struct spk_packet *frame, const struct spk_packet *request, const struct fields *fields)
{
    uint64_t opcode;

    if (!spk_packet_uint(frame, fields->opcode, &opcode) || opcode != 2) {
        return false;
    }
    return same(frame, fields->src_ip, request, fields->dst_ip) && same(frame, fields->dst_ip, request, fields->src_ip)
           && same(frame, fields->dst_mac, request, fields->src_mac);
}

static void print_answer(const struct spk_packet *frame, const struct fields *fields)
{
    char ip[32], mac[32];

    spk_packet_text(frame, fields->src_ip, ip, sizeof ip);
    spk_packet_text(frame, fields->src_mac, mac, sizeof mac);
    printf("The MAC address for %s is %s\n", ip, mac);
}
/* [end] */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* [wait] */
static bool wait_for_answer(int fd, const struct spk_packet *request, const struct fields *fields)
{
    static uint8_t bytes[FRAME_MAX];
    int64_t until = now_ms() + WAIT_MS;
    int64_t left;

    while ((left = until - now_ms()) > 0) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        struct spk_packet frame;
        ssize_t got;

        if (poll(&ready, 1, (int)left) <= 0) {
            continue;
        }
        got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0) {
            perror("recv");
            return false;
        }
        spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, bytes, (uint32_t)got, (uint32_t)got, &frame);
        if (is_answer(&frame, request, fields)) {
            print_answer(&frame, fields);
            return true;
        }
    }
    fprintf(stderr, "arp: no reply within two seconds\n");
    return false;
}
/* [end] */

/* [socket] */
static int open_interface(const char *name)
{
    struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP) };
    int fd;

    at.sll_ifindex = (int)if_nametoindex(name);
    fd = socket(AF_PACKET, SOCK_RAW, 0); /* nothing is heard until it is bound */
    if (at.sll_ifindex == 0 || fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        perror(name);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}
/* [end] */

static bool ask(char **args, struct spk_build *build, struct spk_error *error)
{
    const struct fields fields = find_fields(spk_registry_default());
    struct spk_packet request;
    const uint8_t *data;
    uint32_t len;
    bool found = false;
    int fd;

    if (build_request(build, &fields, args, &data, &len, error) != SPK_OK) {
        char text[256];

        spk_error_text(error, text, sizeof text);
        fprintf(stderr, "arp: %s\n", text);
        return false;
    }
    fd = open_interface(args[1]);
    if (fd < 0) {
        return false;
    }
    spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, data, len, len, &request);
    if (send(fd, data, len, 0) == (ssize_t)len) {
        found = wait_for_answer(fd, &request, &fields);
    } else {
        perror("send");
    }
    close(fd);
    return found;
}

int main(int argc, char **argv)
{
    struct spk_build *build;
    struct spk_error error;
    bool found;

    if (argc != 5) {
        fprintf(stderr, "usage: arp INTERFACE SRC_MAC SRC_IP TARGET_IP\n");
        return 1;
    }
    if (spk_build_new(spk_registry_default(), &build) != SPK_OK) {
        fprintf(stderr, "arp: out of memory\n");
        return 1;
    }
    found = ask(argv, build, &error);
    spk_build_free(build);
    return found ? 0 : 1;
}
