/*
 * send: builds an Ethernet/IPv4/UDP packet and sends it on a network interface, as it is. Needs root (CAP_NET_RAW).
 *
 *     send INTERFACE SRC_MAC DST_MAC SRC_IP DST_IP
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <steelpkt.h>
#include <sys/socket.h>

/* [build] */
struct addresses {
    const char *src_mac, *dst_mac, *src_ip, *dst_ip;
};

/* A builder remembers its first failure, so it is enough to ask at the end. */
static enum spk_status build_packet(struct spk_build *build, const struct addresses *addresses, const uint8_t **data,
                                    uint32_t *len, struct spk_error *error)
{
    static const char payload[] = "Our Test UDP Packet";
    const struct spk_registry *registry = spk_registry_default();

    spk_build_layer(build, spk_registry_find(registry, "eth"));
    spk_build_set_text(build, spk_field_find(registry, "eth.dst"), addresses->dst_mac);
    spk_build_set_text(build, spk_field_find(registry, "eth.src"), addresses->src_mac);

    spk_build_layer(build, spk_registry_find(registry, "ip"));
    spk_build_set_text(build, spk_field_find(registry, "ip.src"), addresses->src_ip);
    spk_build_set_text(build, spk_field_find(registry, "ip.dst"), addresses->dst_ip);
    spk_build_set_text(build, spk_field_find(registry, "ip.proto"), "UDP");

    spk_build_layer(build, spk_registry_find(registry, "udp"));
    spk_build_set_uint(build, spk_field_find(registry, "udp.srcport"), 45678);
    spk_build_set_uint(build, spk_field_find(registry, "udp.dstport"), 1025);
    spk_build_raw(build, (const uint8_t *)payload, strlen(payload));

    return spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, data, len, error);
}
/* [end] */

/* [send] */
static bool send_packet(const char *interface, const uint8_t *data, uint32_t len)
{
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface) };
    ssize_t sent;
    int fd;

    if (to.sll_ifindex == 0) {
        perror(interface);
        return false;
    }
    fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) {
        perror("socket");
        return false;
    }
    sent = sendto(fd, data, len, 0, (const struct sockaddr *)&to, sizeof to);
    if (sent < 0) {
        perror("sendto");
    }
    close(fd);
    return sent == (ssize_t)len;
}
/* [end] */

int main(int argc, char **argv)
{
    struct spk_build *build;
    struct spk_error error;
    const uint8_t *data;
    uint32_t len;
    bool sent;

    if (argc != 6) {
        fprintf(stderr, "usage: send INTERFACE SRC_MAC DST_MAC SRC_IP DST_IP\n");
        return 1;
    }
    if (spk_build_new(spk_registry_default(), &build) != SPK_OK) {
        fprintf(stderr, "send: out of memory\n");
        return 1;
    }
    if (build_packet(build, &(struct addresses){ argv[2], argv[3], argv[4], argv[5] }, &data, &len, &error) != SPK_OK) {
        char text[256];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "send: %s\n", text);
        spk_build_free(build);
        return 1;
    }
    sent = send_packet(argv[1], data, len);
    if (sent) {
        printf("All %u bytes sent.\n", (unsigned)len);
    }
    spk_build_free(build);
    return sent ? 0 : 1;
}
