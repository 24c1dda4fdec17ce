/*
 * craft: builds a bare Ethernet header, then a whole Ethernet/IPv4/UDP packet, and prints their bytes.
 *
 *     craft
 */
#include <stdio.h>
#include <steelpkt.h>

static void print_bytes(const uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        printf("%02x", (unsigned)data[i]);
    }
    printf("\n");
}

static void complain(const struct spk_error *error)
{
    char text[256];

    spk_error_text(error, text, sizeof text);
    fprintf(stderr, "craft: %s\n", text);
}

/* [ethernet] */
static bool craft_ethernet(struct spk_build *build, struct spk_error *error)
{
    const struct spk_registry *registry = spk_registry_default();
    const uint8_t *data;
    uint32_t len;

    spk_build_reset(build);
    spk_build_layer(build, spk_registry_find(registry, "eth"));
    spk_build_set_text(build, spk_field_find(registry, "eth.src"), "00:00:00:00:00:00");
    spk_build_set_text(build, spk_field_find(registry, "eth.dst"), "ff:ff:ff:ff:ff:ff");
    spk_build_set_uint(build, spk_field_find(registry, "eth.type"), 0x0800);
    if (spk_build_finish(build, 0, &data, &len, error) != SPK_OK) {
        return false;
    }
    print_bytes(data, len);
    return true;
}
/* [end] */

/* [udp] */
static bool craft_udp(struct spk_build *build, struct spk_error *error)
{
    static const char line[] = "eth(dst=ff:ff:ff:ff:ff:ff, src=00:00:00:00:00:00) / "
                               "ip(src=192.168.100.1, dst=192.168.100.2, proto=17) / "
                               "udp(srcport=45678, dstport=1025) / \"Our Test UDP Packet\"";
    const uint8_t *data;
    uint32_t len;

    spk_build_reset(build);
    if (spk_build_line(build, line, error) != SPK_OK
        || spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, error) != SPK_OK) {
        return false;
    }
    print_bytes(data, len);
    return true;
}
/* [end] */

/* [layers] */
static bool print_layers(struct spk_build *build, struct spk_error *error)
{
    const struct spk_registry *registry = spk_registry_default();
    struct spk_packet packet;
    const uint8_t *data;
    uint32_t len;

    /* What was built before is still there; asked for no fixing, finish only hands it out. */
    if (spk_build_finish(build, 0, &data, &len, error) != SPK_OK) {
        return false;
    }
    spk_decode(registry, SPK_LINK_ETHERNET, data, len, len, &packet);
    for (unsigned i = 0; i < packet.count; i++) {
        const struct spk_layer *layer = &packet.layers[i];

        printf("%-5s header at %2u, %2u bytes\n", spk_layer_proto(&packet, i)->name, (unsigned)layer->at,
               (unsigned)layer->hdr_len);
    }
    return true;
}
/* [end] */

int main(void)
{
    struct spk_build *build;
    struct spk_error error = { .code = SPK_ERR_MEMORY, .what = "out of memory" };
    bool done;

    if (spk_build_new(spk_registry_default(), &build) != SPK_OK) {
        complain(&error);
        return 1;
    }
    done = craft_ethernet(build, &error) && craft_udp(build, &error) && print_layers(build, &error);
    if (!done) {
        complain(&error);
    }
    spk_build_free(build);
    return done ? 0 : 1;
}
