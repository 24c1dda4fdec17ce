/*
 * pcapng: the blocks of a pcapng file and the packets in them (draft-ietf-opsawg-pcapng).
 *
 *   every block                     packet (6)         obsolete packet (2)   simple packet (3)
 *   0 type                          8 interface        8 interface, drops    8 len
 *   4 length of the whole block    12 time, high      12 time, high         12 data
 *   8 body                         16 time, low       16 time, low
 *   length again                   20 caplen          20 caplen
 *                                  24 len             24 len
 *                                  28 data, options   28 data, options
 */
#include "capture/reader.h"

#define BLOCK_HEADER_LEN 12u /* what is looked at first: type, length, and a section's byte order */

#define OPTION_EPB_FLAGS 2u

#define EPB_LEN 32u  /* a packet block without data and options */
#define EPB_DATA 28u /* where its data begins */

/* Longest blocks: of those that are looked into, and of those with large records or unknown. */
#define BLOCK_MAX (16u * 1024u * 1024u)
#define BLOCK_MAX_LARGE (SPK_RECORD_MAX_LARGE + BLOCK_MAX)

static enum spk_status fail(const struct spk_reader *reader, struct spk_error *error, enum spk_status code,
                            const char *what, uint64_t at, uint64_t need, uint64_t have)
{
    return spk_fail(error, (struct spk_error){ .code = code,
                                               .what = what,
                                               .at = at,
                                               .has_at = true,
                                               .need = need,
                                               .have = have,
                                               .packet = reader->packets + 1 });
}

static bool is_packet_type(uint32_t type)
{
    return type == SPK_BLOCK_PACKET || type == SPK_BLOCK_PACKET_SIMPLE || type == SPK_BLOCK_PACKET_OBSOLETE;
}

static bool is_known_type(uint32_t type)
{
    return is_packet_type(type) || type == SPK_BLOCK_SECTION || type == SPK_BLOCK_INTERFACE || type == SPK_BLOCK_NAMES
           || type == SPK_BLOCK_STATISTICS || type == SPK_BLOCK_SECRETS;
}

uint32_t spk_pcapng_block_cap(const struct spk_reader *reader, uint32_t type)
{
    bool large = !is_known_type(type) || (is_packet_type(type) && reader->ng.large);
    return large ? BLOCK_MAX_LARGE : BLOCK_MAX;
}

/* A block length that cannot be: either a tail of zeros, as a crash leaves it, or damage. */
static enum spk_status bad_length(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error)
{
    uint64_t zeros = 0;
    if (block->type == 0 && block->size == 0 && reader->salvage.next != NULL) {
        return fail(reader, error, SPK_ERR_DAMAGED, "zeros where a block should begin", block->offset, 0, 0);
    }
    if (block->type == 0 && block->size == 0) {
        enum spk_status status = spk_reader_skip_zeros(reader, 4, &zeros, error);
        if (status < 0) {
            return status;
        }
        if (status == SPK_END) {
            return fail(reader, error, SPK_ERR_CUT, spk_reader_zeros_text(zeros), block->offset, 0, zeros);
        }
    }
    if (block->size < SPK_BLOCK_MIN) {
        return fail(reader, error, SPK_ERR_DAMAGED, "block length below 12", block->offset, SPK_BLOCK_MIN, block->size);
    }
    if (block->size % 4 != 0) {
        return fail(reader, error, SPK_ERR_DAMAGED, "block length not a multiple of 4", block->offset, 0, block->size);
    }
    return fail(reader, error, SPK_ERR_DAMAGED, "block longer than any may be", block->offset, block->size,
                spk_pcapng_block_cap(reader, block->type));
}

/* Fewer bytes are left than the smallest block has. */
static enum spk_status end_at_block(struct spk_reader *reader, struct spk_error *error)
{
    uint64_t at = spk_window_offset(&reader->window);
    uint64_t zeros = 0;
    size_t have = spk_window_have(&reader->window);
    if (have == 0) {
        return SPK_END;
    }
    if (spk_reader_skip_zeros(reader, SPK_BLOCK_MIN, &zeros, error) == SPK_END) {
        return fail(reader, error, SPK_ERR_CUT, "zero-filled tail", at, 0, zeros);
    }
    return fail(reader, error, SPK_ERR_CUT, "block header cut", at, SPK_BLOCK_MIN, have);
}

/* A block that nobody wants to see and that is longer than the buffer goes by in pieces. */
static enum spk_status skip_block(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    uint64_t start = block->offset;
    enum spk_status status = spk_window_skip(window, block->size - 4, error);
    if (status == SPK_OK) {
        status = spk_window_need(window, 4, error);
    }
    if (status != SPK_OK) {
        uint64_t have = spk_window_offset(window) + spk_window_have(window) - start;
        return status < 0 ? status : fail(reader, error, SPK_ERR_CUT, "block cut", start, block->size, have);
    }
    if (load32(window->pos, block->swapped) != block->size) {
        return fail(reader, error, SPK_ERR_DAMAGED, "the two lengths of a block differ", start, block->size,
                    load32(window->pos, block->swapped));
    }
    window->pos += 4;
    return SPK_OK;
}

/* The head of a section block: its byte order, which holds from its own length on. */
static enum spk_status take_byte_order(struct spk_reader *reader, struct spk_block *block, struct spk_error *error)
{
    uint32_t order = load32(reader->window.pos + 8, false);
    if (order != SPK_BYTE_ORDER && swap32(order) != SPK_BYTE_ORDER) {
        return fail(reader, error, SPK_ERR_DAMAGED, "bad byte-order magic in a section header", block->offset, 0, 0);
    }
    block->swapped = order != SPK_BYTE_ORDER;
    return SPK_OK;
}

/*
 * Takes one whole block off the window, its frame checked. Where whole is false, a block of a type
 * that is not looked into may come without its bytes.
 */
static enum spk_status take_block(struct spk_reader *reader, bool whole, struct spk_block *block,
                                  struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    enum spk_status status = spk_window_need(window, BLOCK_HEADER_LEN, error);
    if (status != SPK_OK) {
        return status == SPK_END ? end_at_block(reader, error) : status;
    }
    block->bytes = NULL;
    block->type = load32(window->pos, reader->swapped);
    block->offset = spk_window_offset(window);
    block->section = reader->ng.section;
    block->swapped = reader->swapped;
    block->is_packet = false;
    if (block->type == SPK_BLOCK_SECTION) {
        status = take_byte_order(reader, block, error);
        if (status != SPK_OK) {
            return status;
        }
    }
    block->size = load32(window->pos + 4, block->swapped);
    if (block->size < SPK_BLOCK_MIN || block->size % 4 != 0
        || block->size > spk_pcapng_block_cap(reader, block->type)) {
        return bad_length(reader, block, error);
    }
    if (!whole && block->size > window->size && window->stream != NULL && !is_known_type(block->type)) {
        return skip_block(reader, block, error);
    }
    status = spk_window_need(window, block->size, error);
    if (status != SPK_OK) {
        return status < 0
                   ? status
                   : fail(reader, error, SPK_ERR_CUT, "block cut", block->offset, block->size, spk_window_have(window));
    }
    uint32_t again = load32(window->pos + block->size - 4, block->swapped);
    if (again != block->size) {
        return fail(reader, error, SPK_ERR_DAMAGED, "the two lengths of a block differ", block->offset, block->size,
                    again);
    }
    block->bytes = window->pos;
    window->pos += block->size;
    return SPK_OK;
}

/* The options behind a packet: dropped with a warning where they run past the block. */
static void take_record_options(struct spk_record *record, const uint8_t *options, size_t size)
{
    struct spk_option option;
    enum spk_option_step step;
    size_t at = 0;
    uint8_t fcs_len = record->fcs_len;
    while ((step = spk_option_step(options, size, record->swapped, &at, &option)) == SPK_OPTION_GIVEN) {
        if (option.code == OPTION_EPB_FLAGS && option.length == 4) {
            uint8_t stated = load32(option.value, record->swapped) >> 5 & 0xfu;
            fcs_len = stated > 0 ? stated : fcs_len;
        }
    }
    if (step == SPK_OPTION_BAD) {
        record->warnings |= SPK_WARN_OPTIONS;
        return;
    }
    record->fcs_len = fcs_len;
    record->options = at > 0 ? options : NULL;
    record->options_len = (uint32_t)at;
}

static enum spk_status find_interface(const struct spk_reader *reader, const struct spk_block *block, uint32_t index,
                                      const struct interface **out, struct spk_error *error)
{
    if (index < reader->ng.count) {
        *out = &reader->ng.interfaces[index];
        return SPK_OK;
    }
    return fail(reader, error, SPK_ERR_DAMAGED,
                reader->ng.count == 0 ? "packet before any interface" : "packet of an interface that is not there",
                block->offset, reader->ng.count == 0 ? 0 : (uint64_t)index + 1, reader->ng.count);
}

/* What records of all three kinds have from their interface and block. */
static inline void begin_record(const struct spk_reader *reader, const struct interface *interface, uint32_t index,
                                uint64_t offset, struct spk_record *record)
{
    record->offset = offset;
    record->interface = index;
    record->section = reader->ng.section;
    record->has_section = true;
    record->link = interface->link;
    record->fcs_len = interface->fcs_len;
    record->warnings = interface->warnings;
    record->options = NULL;
    record->options_len = 0;
    record->swapped = reader->swapped;
}

static inline void take_time(const struct interface *interface, uint64_t ts, struct spk_record *record)
{
    if (interface->scale.plain && ts <= interface->scale.limit) {
        record->time_ns = (int64_t)(ts * interface->scale.factor);
        record->has_time = true;
    } else {
        record->time_ns = 0;
        record->has_time = spk_time_scaled(&interface->scale, ts, &record->time_ns);
        record->warnings |= record->has_time ? 0 : SPK_WARN_TIME_RANGE;
    }
}

bool spk_pcapng_cut_record(struct spk_reader *reader, struct spk_record *record)
{
    const uint8_t *p = reader->window.pos;
    const bool swapped = reader->swapped;
    size_t have = spk_window_have(&reader->window);
    if (have <= EPB_DATA || load32(p, swapped) != SPK_BLOCK_PACKET || load32(p + 8, swapped) >= reader->ng.count) {
        return false;
    }
    const struct interface *interface = &reader->ng.interfaces[load32(p + 8, swapped)];
    uint32_t caplen = load32(p + 20, swapped);
    if (caplen > interface->cap || padded(caplen) + EPB_LEN > load32(p + 4, swapped)) {
        return false;
    }
    begin_record(reader, interface, load32(p + 8, swapped), spk_window_offset(&reader->window), record);
    record->data = p + EPB_DATA;
    record->caplen = caplen < have - EPB_DATA ? caplen : (uint32_t)(have - EPB_DATA);
    record->len = load32(p + 24, swapped);
    record->warnings |= SPK_WARN_CUT;
    take_time(interface, (uint64_t)load32(p + 12, swapped) << 32 | load32(p + 16, swapped), record);
    return true;
}

/* An enhanced packet block, or an obsolete one, which differ only in their first word. */
static enum spk_status take_packet(const struct spk_reader *reader, const struct spk_block *block,
                                   struct spk_record *record, struct spk_error *error)
{
    const uint8_t *p = block->bytes;
    const bool swapped = block->swapped;
    const struct interface *interface = NULL;
    if (block->size < EPB_LEN) {
        return fail(reader, error, SPK_ERR_DAMAGED, "packet block too short", block->offset, EPB_LEN, block->size);
    }
    uint32_t index = block->type == SPK_BLOCK_PACKET ? load32(p + 8, swapped) : load16(p + 8, swapped);
    enum spk_status status = find_interface(reader, block, index, &interface, error);
    if (interface == NULL) {
        return status;
    }
    uint64_t ts = (uint64_t)load32(p + 12, swapped) << 32 | load32(p + 16, swapped);
    uint32_t caplen = load32(p + 20, swapped);
    uint32_t room = block->size - EPB_LEN;
    if (caplen > interface->cap) {
        return fail(reader, error, SPK_ERR_DAMAGED, "record longer than any may be", block->offset, caplen,
                    interface->cap);
    }
    if (padded(caplen) > room) {
        return fail(reader, error, SPK_ERR_DAMAGED, "packet longer than its block", block->offset, caplen, room);
    }
    begin_record(reader, interface, index, block->offset, record);
    record->data = p + 28;
    record->caplen = caplen;
    record->len = load32(p + 24, swapped);
    take_time(interface, ts, record);
    if (caplen > record->len) {
        record->warnings |= SPK_WARN_CAPLEN_OVER_LEN;
    }
    if (caplen > interface->snaplen && interface->snaplen > 0) {
        record->warnings |= SPK_WARN_OVER_SNAPLEN;
    }
    uint32_t taken = (uint32_t)padded(caplen);
    if (room > taken) {
        take_record_options(record, p + 28 + taken, room - taken);
    }
    return SPK_OK;
}

/*
 * A simple packet block does not say how much was captured: all of the packet, or as much as the
 * snap length of interface 0 lets through. Where the block holds more than that, it is all there.
 */
static enum spk_status take_simple_packet(const struct spk_reader *reader, const struct spk_block *block,
                                          struct spk_record *record, struct spk_error *error)
{
    const struct interface *interface = NULL;
    enum spk_status status = find_interface(reader, block, 0, &interface, error);
    if (interface == NULL) {
        return status;
    }
    if (block->size < 16) {
        return fail(reader, error, SPK_ERR_DAMAGED, "simple packet block too short", block->offset, 16, block->size);
    }
    uint32_t room = block->size - 16;
    uint32_t len = load32(block->bytes + 8, block->swapped);
    uint32_t snaplen = interface->snaplen;
    uint32_t caplen = snaplen > 0 && snaplen < len ? snaplen : len;
    if (padded(caplen) != room && padded(len) == room) {
        caplen = len;
    }
    if (padded(caplen) > room) {
        return fail(reader, error, SPK_ERR_DAMAGED, "packet longer than its block", block->offset, caplen, room);
    }
    if (caplen > interface->cap) {
        return fail(reader, error, SPK_ERR_DAMAGED, "record longer than any may be", block->offset, caplen,
                    interface->cap);
    }
    begin_record(reader, interface, 0, block->offset, record);
    record->data = block->bytes + 12;
    record->caplen = caplen;
    record->len = len;
    record->time_ns = 0;
    record->has_time = false;
    return SPK_OK;
}

static enum spk_status begin_section(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error)
{
    enum spk_status status = spk_section_check(reader, block, error);
    if (status == SPK_OK) {
        reader->swapped = block->swapped;
        spk_section_begin(reader, block);
    }
    return status;
}

/* What a block means, its frame once checked. */
static enum spk_status take_meaning(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                    struct spk_error *error)
{
    enum spk_status status;
    switch (block->type) {
    case SPK_BLOCK_PACKET:
    case SPK_BLOCK_PACKET_OBSOLETE:
        block->is_packet = true;
        return take_packet(reader, block, record, error);
    case SPK_BLOCK_PACKET_SIMPLE:
        block->is_packet = true;
        return take_simple_packet(reader, block, record, error);
    case SPK_BLOCK_SECTION:
        status = begin_section(reader, block, error);
        block->section = reader->ng.section;
        return status;
    case SPK_BLOCK_INTERFACE:
        return spk_section_interface(reader, block, error);
    default:
        spk_section_side_block(reader, block);
        return SPK_OK;
    }
}

/*
 * The quick way for a packet block in this machine's byte order that is in the window, without options and without
 * anything odd. False: nothing was taken, and the way below, which would give the same, is to be gone.
 */
static bool take_plain_packet(struct spk_reader *reader, struct spk_record *record)
{
    const uint8_t *p = reader->window.pos;
    size_t have = spk_window_have(&reader->window);
    if (have < EPB_LEN || reader->swapped || load32(p, false) != SPK_BLOCK_PACKET) {
        return false;
    }
    uint32_t size = load32(p + 4, false);
    uint32_t index = load32(p + 8, false);
    uint32_t caplen = load32(p + 20, false);
    uint32_t len = load32(p + 24, false);
    if (size < EPB_LEN || size > have || index >= reader->ng.count || caplen > len || padded(caplen) != size - EPB_LEN
        || load32(p + size - 4, false) != size) {
        return false;
    }
    const struct interface *interface = &reader->ng.interfaces[index];
    uint64_t ts = (uint64_t)load32(p + 12, false) << 32 | load32(p + 16, false);
    if (caplen > interface->plain_limit || !interface->scale.plain || ts > interface->scale.limit) {
        return false;
    }
    record->data = p + 28;
    record->caplen = caplen;
    record->len = len;
    record->time_ns = (int64_t)(ts * interface->scale.factor);
    record->has_time = true;
    begin_record(reader, interface, index, spk_window_offset(&reader->window), record);
    reader->window.pos = p + size;
    return true;
}

size_t spk_pcapng_more(struct spk_reader *reader, struct spk_record *records, size_t room)
{
    size_t count = 0;
    while (reader->next == spk_pcapng_next && count < room && take_plain_packet(reader, &records[count])) {
        records[count].number = ++reader->packets;
        reader->warnings |= records[count++].warnings;
    }
    return count;
}

enum spk_status spk_pcapng_next(struct spk_reader *reader, struct spk_block *wanted, struct spk_record *record,
                                struct spk_error *error)
{
    if (wanted == NULL && take_plain_packet(reader, record)) {
        return SPK_OK;
    }
    for (;;) {
        struct spk_block block = { .bytes = NULL };
        enum spk_status status = take_block(reader, wanted != NULL, &block, error);
        if (status != SPK_OK) {
            return status;
        }
        if (block.bytes == NULL) {
            continue;
        }
        status = take_meaning(reader, &block, record, error);
        if (status != SPK_OK) {
            return status;
        }
        if (wanted != NULL) {
            *wanted = block;
            return SPK_OK;
        }
        if (block.is_packet) {
            return SPK_OK;
        }
    }
}

enum spk_status spk_pcapng_open(struct spk_reader *reader, struct spk_error *error)
{
    struct spk_block block;
    reader->format = SPK_FORMAT_PCAPNG;
    reader->next = spk_pcapng_next;
    enum spk_status status = take_block(reader, true, &block, error);
    if (status == SPK_OK) {
        status = spk_section_check(reader, &block, error);
    }
    if (status != SPK_OK) {
        if (error != NULL) {
            error->packet = 0;
        }
        return status;
    }
    reader->window.pos = block.bytes; /* looked at, not taken: it is the first block to give */
    reader->swapped = block.swapped;
    reader->big_endian = block.swapped != host_is_big_endian();
    return SPK_OK;
}
