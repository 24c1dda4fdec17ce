/*
 * section: what a pcapng section says beside its packets: its header, its interfaces, and the names,
 * statistics and secrets, which are only looked at so far that damage in them is told of.
 *
 *   section header                interface
 *   8 byte order, 0x1a2b3c4d      8 link type, reserved
 *  12 version major, minor       12 snaplen
 *  16 section length (advisory)  16 options
 *  24 options
 */
#include "base/memory.h"
#include "capture/reader.h"

#define OPTION_IF_TSRESOL 9u
#define OPTION_IF_FCSLEN 13u
#define OPTION_IF_TSOFFSET 14u

#define RESOLUTION_DEFAULT 6u
#define INTERFACES_MAX (1u << 20)              /* of one section */
#define OPTIONS_KEPT_MAX (16u * 1024u * 1024u) /* bytes of interface options of one section */

enum spk_status spk_section_check(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error)
{
    if (block->size < 28) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_DAMAGED,
                                                   .what = "section header too short",
                                                   .at = block->offset,
                                                   .has_at = true,
                                                   .need = 28,
                                                   .have = block->size });
    }
    reader->version_major = load16(block->bytes + 12, block->swapped);
    reader->version_minor = load16(block->bytes + 14, block->swapped);
    /* 1.2 is what some writers put for 1.0 (draft-ietf-opsawg-pcapng, "Section Header Block") */
    if (reader->version_major != 1 || (reader->version_minor != 0 && reader->version_minor != 2)) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                   .what = "unknown version of pcapng",
                                                   .at = block->offset,
                                                   .has_at = true,
                                                   .hint = "version 1.0 is read" });
    }
    return SPK_OK;
}

static void forget_interfaces(struct pcapng_state *ng)
{
    for (uint32_t i = 0; i < ng->count; i++) {
        spk_free(ng->interfaces[i].options);
    }
    ng->count = 0;
    ng->options_kept = 0;
    ng->large = false;
}

void spk_pcapng_close(struct spk_reader *reader)
{
    forget_interfaces(&reader->ng);
    spk_free(reader->ng.interfaces);
}

static void check_options(struct spk_reader *reader, const struct spk_block *block, enum spk_warning warning,
                          const char *what)
{
    const uint8_t *options;
    size_t size, at = 0;
    struct spk_option option;
    enum spk_option_step step;
    if (!spk_block_options(block, &options, &size)) {
        return;
    }
    do {
        step = spk_option_step(options, size, block->swapped, &at, &option);
    } while (step == SPK_OPTION_GIVEN);
    if (step == SPK_OPTION_BAD) {
        spk_reader_note(reader, warning, what, block->offset);
    }
}

void spk_section_begin(struct spk_reader *reader, const struct spk_block *block)
{
    struct pcapng_state *ng = &reader->ng;
    forget_interfaces(ng);
    ng->section = ng->sections;
    ng->sections++;
    check_options(reader, block, SPK_WARN_OPTIONS, "the section's options run past its block");
}

/* The time options of an interface: of each the first that is of the right length counts. */
struct interface_options {
    uint8_t resolution;
    int64_t offset_s;
    uint8_t fcs_len;
    bool has_resolution;
    bool has_offset;
};

static void take_resolution(struct spk_reader *reader, const struct spk_block *block, const struct spk_option *option,
                            struct interface_options *taken)
{
    if (option->length != 1) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_OPTION, "time resolution of a wrong length: ignored", block->offset);
    } else if (taken->has_resolution) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_OPTION, "second time resolution of an interface: ignored",
                        block->offset);
    } else {
        taken->resolution = option->value[0];
        taken->has_resolution = true;
    }
}

static void take_offset(struct spk_reader *reader, const struct spk_block *block, const struct spk_option *option,
                        struct interface_options *taken)
{
    if (option->length != 8) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_OPTION, "time offset of a wrong length: ignored", block->offset);
    } else if (taken->has_offset) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_OPTION, "second time offset of an interface: ignored",
                        block->offset);
    } else {
        uint64_t raw = load64(option->value, block->swapped);
        taken->offset_s = raw <= INT64_MAX ? (int64_t)raw : -(int64_t)(UINT64_MAX - raw) - 1;
        taken->has_offset = true;
    }
}

/* "Length of the Frame Check Sequence (in bits)", the draft says; writers put bytes there too. */
static uint8_t fcs_bytes(uint8_t value)
{
    return value >= 8 && value % 8 == 0 ? value / 8 : value;
}

static struct interface_options take_options(struct spk_reader *reader, const struct spk_block *block,
                                             const uint8_t *options, size_t size)
{
    struct interface_options taken = { .resolution = RESOLUTION_DEFAULT };
    struct spk_option option;
    enum spk_option_step step;
    size_t at = 0;
    while ((step = spk_option_step(options, size, block->swapped, &at, &option)) == SPK_OPTION_GIVEN) {
        if (option.code == OPTION_IF_TSRESOL) {
            take_resolution(reader, block, &option, &taken);
        } else if (option.code == OPTION_IF_TSOFFSET) {
            take_offset(reader, block, &option, &taken);
        } else if (option.code == OPTION_IF_FCSLEN && option.length == 1) {
            taken.fcs_len = fcs_bytes(option.value[0]);
        }
    }
    if (step == SPK_OPTION_BAD) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_OPTION,
                        "an interface's options run past its block: those before are used", block->offset);
    }
    return taken;
}

static bool make_room(struct pcapng_state *ng)
{
    if (ng->count < ng->room) {
        return true;
    }
    uint32_t room = ng->room > 0 ? ng->room * 2 : 4;
    struct interface *more = spk_realloc(ng->interfaces, room * sizeof *more);
    if (more == NULL) {
        return false;
    }
    ng->interfaces = more;
    ng->room = room;
    return true;
}

/* Keeps the interface's options for spk_reader_interface, as long as they are not too many. */
static bool keep_options(struct spk_reader *reader, struct interface *interface, const struct spk_block *block,
                         const uint8_t *options, size_t size)
{
    struct pcapng_state *ng = &reader->ng;
    if (size == 0) {
        return true;
    }
    if (size > OPTIONS_KEPT_MAX - ng->options_kept) {
        spk_reader_note(reader, SPK_WARN_INTERFACE_TEXT, "too many interface options in a section: not kept",
                        block->offset);
        return true;
    }
    interface->options = spk_alloc(size);
    if (interface->options == NULL) {
        return false;
    }
    memcpy(interface->options, options, size);
    interface->options_len = (uint32_t)size;
    ng->options_kept += size;
    return true;
}

enum spk_status spk_section_interface(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error)
{
    struct pcapng_state *ng = &reader->ng;
    const uint8_t *options = NULL;
    size_t size = 0;
    if (block->size < 20) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_DAMAGED,
                                                   .what = "interface block too short",
                                                   .at = block->offset,
                                                   .has_at = true,
                                                   .need = 20,
                                                   .have = block->size });
    }
    if (ng->count == INTERFACES_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT,
                                                   .what = "more interfaces than a section may have",
                                                   .at = block->offset,
                                                   .has_at = true,
                                                   .need = INTERFACES_MAX + 1u,
                                                   .have = INTERFACES_MAX });
    }
    spk_block_options(block, &options, &size);
    struct interface_options taken = take_options(reader, block, options, size);
    struct interface made = {
        .scale = spk_time_scale(taken.resolution, taken.offset_s),
        .link = reader->has_link ? reader->link : load16(block->bytes + 8, block->swapped),
        .snaplen = load32(block->bytes + 12, block->swapped),
        .fcs_len = taken.fcs_len,
    };
    made.cap = spk_record_cap(made.link);
    made.plain_limit = made.snaplen > 0 && made.snaplen < made.cap ? made.snaplen : made.cap;
    if (made.link > SPK_LINK_LAST) {
        made.warnings |= SPK_WARN_LINK_UNKNOWN;
    }
    if (!make_room(ng) || !keep_options(reader, &made, block, options, size)) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory for an interface" });
    }
    ng->large = ng->large || made.cap > SPK_RECORD_MAX;
    ng->interfaces[ng->count++] = made;
    ng->total++;
    return SPK_OK;
}

/* Whether the names of a name resolution block stand within it and end as they should. */
static bool names_are_whole(const struct spk_block *block)
{
    size_t at = 8, end = block->size - 4;
    while (end - at >= 4) {
        uint16_t type = load16(block->bytes + at, block->swapped);
        size_t length = load16(block->bytes + at + 2, block->swapped);
        size_t address = type == 1 ? 4 : type == 2 ? 16 : 0;
        at += 4;
        if (type == 0) {
            return true;
        }
        if (padded(length) > end - at) {
            return false;
        }
        if (address > 0 && (length <= address || block->bytes[at + length - 1] != 0)) {
            return false;
        }
        at += (size_t)padded(length);
    }
    return true;
}

void spk_section_side_block(struct spk_reader *reader, const struct spk_block *block)
{
    switch (block->type) {
    case SPK_BLOCK_NAMES:
        if (!names_are_whole(block)) {
            spk_reader_note(reader, SPK_WARN_NAMES, "damaged name resolution block: skipped", block->offset);
            return;
        }
        check_options(reader, block, SPK_WARN_NAMES, "the options of a name resolution block run past it");
        return;
    case SPK_BLOCK_STATISTICS:
        if (block->size < 24) {
            spk_reader_note(reader, SPK_WARN_STATISTICS, "statistics block too short: skipped", block->offset);
        } else if (load32(block->bytes + 8, block->swapped) >= reader->ng.count) {
            spk_reader_note(reader, SPK_WARN_STATISTICS, "statistics of an interface that is not there: skipped",
                            block->offset);
        } else {
            check_options(reader, block, SPK_WARN_STATISTICS, "the options of a statistics block run past it");
        }
        return;
    case SPK_BLOCK_SECRETS:
        if (block->size < 20 || padded(load32(block->bytes + 12, block->swapped)) > block->size - 20) {
            spk_reader_note(reader, SPK_WARN_SECRETS, "secrets block whose length lies: skipped", block->offset);
        }
        return;
    default:
        return;
    }
}
