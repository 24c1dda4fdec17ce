/*
 * Any bytes as a packet of any link type, or as the message of any protocol: decoding ends, the rows tile the bytes, every
 * value can be read and shown, and what is read builds the same bytes again. The first two bytes pick the link type (or,
 * behind the last, the protocol by its number in the registry) and how much longer the wire was.
 */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t links[] = {
    SPK_LINK_ETHERNET, SPK_LINK_NULL, SPK_LINK_RAW,        SPK_LINK_LOOP, SPK_LINK_LINUX_SLL,
    SPK_LINK_IPV4,     SPK_LINK_IPV6, SPK_LINK_LINUX_SLL2, 16383,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const struct spk_registry *registry = spk_registry_default();
    size_t pick = data[0] % (SPK_COUNT_OF(links) + spk_registry_proto_count(registry));
    uint32_t caplen = (uint32_t)(size - 2);
    struct spk_packet packet;
    struct spk_build *build = NULL;
    if (spk_build_new(registry, &build) != SPK_OK) {
        return 0;
    }
    if (pick < SPK_COUNT_OF(links)) {
        spk_decode(registry, links[pick], data + 2, caplen, caplen + data[1], &packet);
    } else {
        const struct spk_proto *proto = spk_registry_proto(registry, pick - SPK_COUNT_OF(links));
        spk_decode_as(registry, proto, data + 2, caplen, caplen + data[1], &packet);
    }
    read_and_build(&packet, build);
    spk_packet_check(&packet, NULL);
    spk_build_free(build);
    return 0;
}
