/*
 * Any bytes as a packet of any link type, shown as a tree in every way and as JSON. The first three bytes pick the link
 * type, the width of the terminal, and a field to be marked and other options.
 */
#include <steelpkt.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t links[] = { SPK_LINK_ETHERNET, SPK_LINK_NULL, SPK_LINK_RAW, SPK_LINK_LINUX_SLL2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct spk_registry *registry = spk_registry_default();
    struct spk_out *out = NULL;
    struct spk_packet packet;
    if (size < 3 || spk_out_new(&out) != SPK_OK) {
        return 0;
    }
    uint32_t caplen = (uint32_t)(size - 3);
    const struct spk_field *marks[] = {
        spk_registry_field(registry, data[2] * spk_registry_field_count(registry) / 256),
        spk_field_find(registry, "dns.answers"),
    };
    struct spk_tree_options options = { .safe = true, .marks = marks, .mark_count = SPK_COUNT_OF(marks) };
    spk_decode(registry, links[data[0] % SPK_COUNT_OF(links)], data + 3, caplen, caplen, &packet);
    options.width = data[1];
    options.hex = (data[2] & 1) == 0;
    options.colour = (data[2] & 2) == 0;
    if (spk_tree_text(&packet, &options, out) != SPK_OK) {
        abort(); /* no memory, for a packet of this size */
    }
    spk_out_clear(out);
    struct spk_json json = { .out = out };
    spk_tree_json(&packet, &json);
    if (json.failed || json.depth != 0) {
        abort();
    }
    spk_out_free(out);
    return 0;
}
