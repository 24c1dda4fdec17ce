/*
 * MPLS label stack: RFC 3032 section 2.1; RFC 5462 for exp, now called traffic class. The stack is one layer: entries up to
 * and with the one whose bottom bit is set.
 *
 *       0                                       19 20 22  23  24            31
 *      +------------------------------------------+-----+---+----------------+
 *      |                  label                   | exp |bot|      ttl       |
 *      +------------------------------------------+-----+---+----------------+
 *
 * Nothing says what follows. RFC 4928 section 3: IP is known by its version in the first four bits.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { LABEL, EXP, BOTTOM, TTL };
enum {
    LABELS, TOP_LABEL, TOP_TC, TOP_BIT, TOP_TTL, BOTTOM_LABEL, BOTTOM_TC, BOTTOM_BIT, BOTTOM_TTL
};
enum { ENTRY_LEN = 4 };

/*
 * The tutorial's names for the first entry whose bottom bit is as wanted: "top" is the first that is not the bottom, so a
 * stack of one label has no top.
 */
static bool find_entry(const struct spk_place *place, unsigned bottom, uint32_t *entry)
{
    const uint8_t *data = place->packet->data;
    for (uint32_t at = place->at; at + ENTRY_LEN <= place->end; at += ENTRY_LEN) {
        unsigned bit = data[at + 2] & 1;
        if (bit == bottom) {
            *entry = (uint32_t)data[at] << 24 | (uint32_t)data[at + 1] << 16 | (uint32_t)data[at + 2] << 8
                     | data[at + 3];
            return true;
        }
        if (bit == 1) {
            break;
        }
    }
    return false;
}

static bool get_part(const struct spk_place *place, unsigned bottom, unsigned shift, uint32_t mask,
                     struct spk_value *value)
{
    uint32_t entry = 0;
    bool found = find_entry(place, bottom, &entry);
    value->u = entry >> shift & mask;
    return found;
}

static bool get_top_label(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 0, 12, 0xfffff, value);
}

static bool get_top_tc(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 0, 9, 7, value);
}

static bool get_top_bit(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 0, 8, 1, value);
}

static bool get_top_ttl(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 0, 0, 0xff, value);
}

static bool get_bottom_label(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 1, 12, 0xfffff, value);
}

static bool get_bottom_tc(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 1, 9, 7, value);
}

static bool get_bottom_bit(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 1, 8, 1, value);
}

static bool get_bottom_ttl(const struct spk_place *place, struct spk_value *value)
{
    return get_part(place, 1, 0, 0xff, value);
}

static const struct spk_row entry[] = {
    [LABEL] = {
        .name = "mpls.label", .kind = SPK_UINT, .bits = 20,
        .doc = "Label; 0 to 15 have meanings of their own (RFC 3032, RFC 7274).",
    },
    [EXP] = {
        .name = "mpls.exp", .attr = "tc", .kind = SPK_UINT, .bits = 3,
        .doc = "Traffic class, formerly experimental bits.",
    },
    [BOTTOM] = {
        .name = "mpls.bottom", .attr = "s", .kind = SPK_UINT, .bits = 1, .init = 1,
        .doc = "1 in the last entry of the stack.",
    },
    [TTL] = {
        .name = "mpls.ttl", .kind = SPK_UINT, .bits = 8,
        .doc = "Time to live: hops that are left.",
    },
};

static const struct spk_group label = { .name = "MPLSLabel", SPK_ROWS(entry) };

static const struct spk_row rows[] = {
    [LABELS] = {
        .name = "mpls.labels", .attr = "labels", .kind = SPK_GROUP, .many = SPK_UNTIL, .most = SPK_LAYERS_MAX,
        .n = SPK_REF(BOTTOM, 1, 1),
        .in = &label, .flags = SPK_OWN_NAME | SPK_WHOLE_ELEMENT,
        .doc = "The entries of the stack, outermost first.",
    },
    [TOP_LABEL] = {
        .name = "mpls.top.label", .attr = "top_label", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_top_label),
        .doc = "Label of the first entry that is not the last.",
    },
    [TOP_TC] = {
        .name = "mpls.top.tc", .attr = "top_tc", .kind = SPK_UINT, .flags = SPK_OWN_NAME, .view = SPK_CALL(get_top_tc),
        .doc = "Traffic class of the first entry that is not the last.",
    },
    [TOP_BIT] = {
        .name = "mpls.top.stack_bit", .attr = "top_s", .kind = SPK_UINT,
        .flags = SPK_OWN_NAME, .view = SPK_CALL(get_top_bit),
        .doc = "Bottom bit of the first entry that is not the last: 0.",
    },
    [TOP_TTL] = {
        .name = "mpls.top.ttl", .attr = "top_ttl", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_top_ttl),
        .doc = "Time to live of the first entry that is not the last.",
    },
    [BOTTOM_LABEL] = {
        .name = "mpls.bottom.label", .attr = "bottom_label", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_bottom_label),
        .doc = "Label of the last entry.",
    },
    [BOTTOM_TC] = {
        .name = "mpls.bottom.tc", .attr = "bottom_tc", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_bottom_tc),
        .doc = "Traffic class of the last entry.",
    },
    [BOTTOM_BIT] = {
        .name = "mpls.bottom.stack_bit", .also = "mpls.bottom.stack_", .attr = "bottom_s", .kind = SPK_UINT,
        .flags = SPK_OWN_NAME, .view = SPK_CALL(get_bottom_bit),
        .doc = "Bottom bit of the last entry: 1.",
    },
    [BOTTOM_TTL] = {
        .name = "mpls.bottom.ttl", .attr = "bottom_ttl", .kind = SPK_UINT, .flags = SPK_OWN_NAME,
        .view = SPK_CALL(get_bottom_ttl),
        .doc = "Time to live of the last entry.",
    },
};

const struct spk_proto spk_proto_mpls = {
    .name = "mpls", .pyclass = "MPLS", .title = "MultiProtocol Label Switching", .spec = "RFC 3032",
    .hdr = { .name = "MPLS", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .min = ENTRY_LEN,
    .next = SPK_NEXTS({ .space = "mpls.payload", .pick = SPK_PICK_NIBBLE }),
    .sits = SPK_SITS({ "ethertype", 0x8847 }, { "ethertype", 0x8848 }, { "ip.proto", 137 }, { "udp.port", 6635 }),
};
