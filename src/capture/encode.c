/* encode: records and blocks as the bytes of a pcap or pcapng file. */
#define _POSIX_C_SOURCE 200809L
#include "capture/writer.h"

#include "base/memory.h"
#include "capture/reader.h"

#define NS_PER_S 1000000000

#define PCAP_FILE_HEADER_LEN 24u
#define PCAP_RECORD_HEADER_LEN 16u
#define EPB_LEN 32u /* without data and options */

#define OPTION_SHB_USERAPPL 4u
#define OPTION_IF_TSRESOL 9u
#define OPTION_IF_FCSLEN 13u
#define OPTION_IF_TSOFFSET 14u
#define APPLICATION_MAX 1024u
#define OPTIONS_MAX (8u * 1024u * 1024u) /* of one record: readers have their limits for blocks */

/* Seconds to add to the unsigned times of an interface for packets from before 1970. */
#define EARLY_OFFSET_S (-9223372037)

static uint32_t snaplen_of(const struct spk_writer *writer, uint16_t link)
{
    if (writer->options.snaplen > 0) {
        return writer->options.snaplen;
    }
    return writer->options.said_snaplen > 0 ? writer->options.said_snaplen : spk_record_cap(link);
}

static enum spk_status refuse(const struct spk_writer *writer, struct spk_error *error, enum spk_status code,
                              const char *what, const char *hint)
{
    return spk_fail(error,
                    (struct spk_error){
                        .code = code, .who = writer->name, .what = what, .hint = hint, .packet = writer->packets + 1 });
}

static enum spk_status begin_pcap(struct spk_writer *writer, uint16_t link, uint8_t fcs_len, struct spk_error *error)
{
    uint8_t *p = spk_writer_reserve(writer, PCAP_FILE_HEADER_LEN, error);
    if (p == NULL) {
        return error->code;
    }
    uint32_t field = link;
    if (fcs_len > 0 && fcs_len % 2 == 0) { /* counted in 16-bit words */
        field |= 0x04000000u | (uint32_t)(fcs_len / 2) << 28;
    }
    store32(p, writer->options.nanoseconds ? 0xa1b23c4du : 0xa1b2c3d4u, false);
    store16(p + 4, 2, false);
    store16(p + 6, 4, false);
    memset(p + 8, 0, 8);
    store32(p + 16, snaplen_of(writer, link), false);
    store32(p + 20, field, false);
    spk_writer_commit(writer, PCAP_FILE_HEADER_LEN, false);
    writer->link = link;
    return SPK_OK;
}

static void store64(uint8_t *p, uint64_t value, bool swapped)
{
    bool high_first = host_is_big_endian() != swapped;
    store32(p, (uint32_t)(high_first ? value >> 32 : value), swapped);
    store32(p + 4, (uint32_t)(high_first ? value : value >> 32), swapped);
}

static void store_option(uint8_t *p, uint16_t code, uint16_t length, bool swapped)
{
    store16(p, code, swapped);
    store16(p + 2, length, swapped);
    memset(p + 4, 0, (size_t)padded(length));
}

static enum spk_status begin_section(struct spk_writer *writer, struct spk_error *error)
{
    const char *name = writer->options.application;
    uint32_t name_len = (uint32_t)strnlen(name, APPLICATION_MAX);
    uint32_t size = 28 + 4 + (uint32_t)padded(name_len) + 4;
    uint8_t *p = spk_writer_reserve(writer, size, error);
    if (p == NULL) {
        return error->code;
    }
    store32(p, SPK_BLOCK_SECTION, false);
    store32(p + 4, size, false);
    store32(p + 8, 0x1a2b3c4du, false);
    store16(p + 12, 1, false);
    store16(p + 14, 0, false);
    memset(p + 16, 0xff, 8); /* section length: not said */
    store_option(p + 24, OPTION_SHB_USERAPPL, (uint16_t)name_len, false);
    memcpy(p + 28, name, name_len);
    store_option(p + size - 8, 0, 0, false);
    store32(p + size - 4, size, false);
    spk_writer_commit(writer, size, false);
    writer->swapped = false;
    writer->own_section = true;
    writer->own_count = 0;
    return SPK_OK;
}

enum spk_status spk_encode_begin(struct spk_writer *writer, uint16_t link, uint8_t fcs_len, struct spk_error *error)
{
    bool pcapng = writer->options.format == SPK_FORMAT_PCAPNG;
    if (writer->begun && (writer->own_section || !pcapng)) {
        return SPK_OK;
    }
    enum spk_status status =
        pcapng ? begin_section(writer, error)
               : begin_pcap(writer, writer->options.has_link ? writer->options.link : link, fcs_len, error);
    writer->begun = status == SPK_OK;
    return status;
}

/* The bytes of a record that are written: all, unless a snap length was asked for. */
static enum spk_status take_caplen(const struct spk_writer *writer, const struct spk_record *record, uint32_t *caplen,
                                   struct spk_error *error)
{
    *caplen = record->caplen;
    if (writer->options.snaplen > 0 && *caplen > writer->options.snaplen) {
        *caplen = writer->options.snaplen;
    }
    if (*caplen > spk_record_cap(record->link)) {
        return refuse(writer, error, SPK_ERR_LIMIT, "packet longer than a record may be", NULL);
    }
    return SPK_OK;
}

static int64_t seconds_of(int64_t time_ns)
{
    return time_ns / NS_PER_S - (time_ns % NS_PER_S < 0);
}

enum spk_status spk_encode_pcap(struct spk_writer *writer, const struct spk_record *record, struct spk_error *error)
{
    uint32_t caplen;
    int64_t time_ns = record->has_time ? record->time_ns : 0;
    int64_t seconds = seconds_of(time_ns);
    enum spk_status status = take_caplen(writer, record, &caplen, error);
    if (status != SPK_OK) {
        return status;
    }
    if (seconds < 0 || seconds > UINT32_MAX) {
        return refuse(writer, error, SPK_ERR_LIMIT, "a time that pcap cannot hold", "pcapng can");
    }
    uint16_t link = writer->begun ? writer->link : writer->options.has_link ? writer->options.link : record->link;
    if (record->link != link) {
        return refuse(writer, error, SPK_ERR_UNSUPPORTED,
                      "a pcap file holds one link type, and this packet has another", "write pcapng");
    }
    status = spk_encode_begin(writer, record->link, record->fcs_len, error);
    if (status != SPK_OK) {
        return status;
    }
    uint8_t *p = spk_writer_reserve(writer, PCAP_RECORD_HEADER_LEN + (size_t)caplen, error);
    if (p == NULL) {
        return error->code;
    }
    uint32_t fraction = (uint32_t)(time_ns - seconds * NS_PER_S);
    store32(p, (uint32_t)seconds, false);
    store32(p + 4, writer->options.nanoseconds ? fraction : fraction / 1000, false);
    store32(p + 8, caplen, false);
    store32(p + 12, record->len, false);
    if (caplen > 0) {
        memcpy(p + PCAP_RECORD_HEADER_LEN, record->data, caplen);
    }
    spk_writer_commit(writer, PCAP_RECORD_HEADER_LEN + (size_t)caplen, true);
    return SPK_OK;
}

/* In bytes, as Wireshark reads it; in bits, as the draft says, where bytes would be taken for bits. */
static uint8_t stored_fcs_len(uint8_t fcs_len)
{
    return fcs_len >= 8 && fcs_len % 8 == 0 ? (uint8_t)(fcs_len * 8) : fcs_len;
}

/* Adds an interface to the section: times from before 1970 on where need be. */
static enum spk_status add_interface(struct spk_writer *writer, const struct own_interface *wanted,
                                     struct spk_error *error)
{
    bool swapped = writer->swapped;
    uint32_t size = 20 + 8 + (wanted->fcs_len > 0 ? 8u : 0u) + (wanted->early ? 12u : 0u) + 4;
    struct own_interface *own = spk_realloc(writer->own, (writer->own_count + 1) * sizeof *own);
    if (own == NULL) {
        return refuse(writer, error, SPK_ERR_MEMORY, "no memory for an interface", NULL);
    }
    writer->own = own;
    uint8_t *p = spk_writer_reserve(writer, size, error);
    if (p == NULL) {
        return error->code;
    }
    uint8_t *option = p + 16;
    store32(p, SPK_BLOCK_INTERFACE, swapped);
    store32(p + 4, size, swapped);
    store16(p + 8, wanted->link, swapped);
    store16(p + 10, 0, swapped);
    store32(p + 12, snaplen_of(writer, wanted->link), swapped);
    store_option(option, OPTION_IF_TSRESOL, 1, swapped);
    option[4] = wanted->coarse ? 6 : 9;
    option += 8;
    if (wanted->fcs_len > 0) {
        store_option(option, OPTION_IF_FCSLEN, 1, swapped);
        option[4] = stored_fcs_len(wanted->fcs_len);
        option += 8;
    }
    if (wanted->early) {
        store_option(option, OPTION_IF_TSOFFSET, 8, swapped);
        store64(option + 4, (uint64_t)EARLY_OFFSET_S, swapped);
        option += 12;
    }
    store_option(option, 0, 0, swapped);
    store32(p + size - 4, size, swapped);
    spk_writer_commit(writer, size, false);
    own[writer->own_count] = *wanted;
    writer->own_count++;
    return SPK_OK;
}

/* Whether the record's time can be counted in microseconds, where that was asked for. */
static bool is_coarse(const struct spk_writer *writer, const struct spk_record *record)
{
    return writer->options.microseconds && (!record->has_time || record->time_ns % 1000 == 0);
}

static enum spk_status find_interface(struct spk_writer *writer, const struct spk_record *record, uint32_t *index,
                                      struct spk_error *error)
{
    struct own_interface wanted = { .link = record->link,
                                    .fcs_len = record->fcs_len,
                                    .early = record->has_time && record->time_ns < 0,
                                    .coarse = is_coarse(writer, record) };
    for (uint32_t i = 0; i < writer->own_count; i++) {
        const struct own_interface *own = &writer->own[i];
        if (own->link == wanted.link && own->fcs_len == wanted.fcs_len && own->early == wanted.early
            && own->coarse == wanted.coarse) {
            *index = i;
            return SPK_OK;
        }
    }
    *index = writer->own_count;
    return add_interface(writer, &wanted, error);
}

/* How many bytes at the front of an option's value are a number, in the section's byte order. */
static size_t number_length(const struct spk_option *option)
{
    switch (option->code) {
    case 2: /* epb_flags */
    case 6: /* epb_queue */
        return option->length == 4 ? 4 : 0;
    case 4: /* epb_dropcount */
    case 5: /* epb_packetid */
        return option->length == 8 ? 8 : 0;
    case 2988: /* custom options begin with an enterprise number */
    case 2989:
    case 19372:
    case 19373:
        return option->length >= 4 ? 4 : 0;
    default:
        return 0;
    }
}

/* Copies a record's options into a section of this byte order. Gives the bytes that they take. */
static size_t copy_options(uint8_t *to, const struct spk_record *record, bool swapped)
{
    struct spk_option option;
    size_t at = 0, used = 0;
    while (spk_option_next(record->options, record->options_len, record->swapped, &at, &option)) {
        size_t number = number_length(&option);
        uint8_t *p = to + used;
        store_option(p, option.code, option.length, swapped);
        if (option.length > 0) {
            memcpy(p + 4, option.value, option.length);
        }
        for (size_t i = 0; i < number && swapped != record->swapped; i++) {
            p[4 + i] = option.value[number - 1 - i];
        }
        used += 4 + (size_t)padded(option.length);
    }
    return used;
}

/* A packet without a time keeps having none where a simple block can say all there is to it. */
static bool fits_simple_block(const struct spk_writer *writer, const struct spk_record *record, uint32_t index,
                              uint32_t caplen)
{
    return !record->has_time && index == 0 && record->options_len == 0 && caplen == record->len
           && caplen <= snaplen_of(writer, record->link);
}

static enum spk_status simple_packet(struct spk_writer *writer, const struct spk_record *record,
                                     struct spk_error *error)
{
    uint32_t room = (uint32_t)padded(record->caplen);
    uint8_t *p = spk_writer_reserve(writer, 16 + (size_t)room, error);
    if (p == NULL) {
        return error->code;
    }
    store32(p, SPK_BLOCK_PACKET_SIMPLE, writer->swapped);
    store32(p + 4, 16 + room, writer->swapped);
    store32(p + 8, record->len, writer->swapped);
    memset(p + 12 + room - (room > 0 ? 4 : 0), 0, 4);
    if (record->caplen > 0) {
        memcpy(p + 12, record->data, record->caplen);
    }
    store32(p + 12 + room, 16 + room, writer->swapped);
    spk_writer_commit(writer, 16 + (size_t)room, true);
    return SPK_OK;
}

enum spk_status spk_encode_pcapng(struct spk_writer *writer, const struct spk_record *record, struct spk_error *error)
{
    uint32_t caplen, index;
    enum spk_status status = take_caplen(writer, record, &caplen, error);
    if (status == SPK_OK && record->options_len > OPTIONS_MAX) {
        status = refuse(writer, error, SPK_ERR_LIMIT, "more options than a record may have", NULL);
    }
    if (status == SPK_OK) {
        status = spk_encode_begin(writer, record->link, record->fcs_len, error);
    }
    if (status == SPK_OK) {
        status = find_interface(writer, record, &index, error);
    }
    if (status != SPK_OK) {
        return status;
    }
    if (fits_simple_block(writer, record, index, caplen)) {
        return simple_packet(writer, record, error);
    }
    bool swapped = writer->swapped;
    uint32_t room = (uint32_t)padded(caplen);
    /* options may be unpadded at their end; what they take is known only when they are copied */
    size_t most = EPB_LEN + (size_t)room + (size_t)padded(record->options_len) + 4;
    uint8_t *p = spk_writer_reserve(writer, most, error);
    if (p == NULL) {
        return error->code;
    }
    uint64_t ts = record->has_time ? (uint64_t)record->time_ns : 0;
    if (record->has_time && record->time_ns < 0) {
        ts -= (uint64_t)EARLY_OFFSET_S * NS_PER_S;
    }
    ts = is_coarse(writer, record) ? ts / 1000 : ts;
    store32(p, SPK_BLOCK_PACKET, swapped);
    store32(p + 8, index, swapped);
    store32(p + 12, (uint32_t)(ts >> 32), swapped);
    store32(p + 16, (uint32_t)ts, swapped);
    store32(p + 20, caplen, swapped);
    store32(p + 24, record->len, swapped);
    if (caplen > 0) {
        memset(p + 28 + room - 4, 0, 4);
        memcpy(p + 28, record->data, caplen);
    }
    size_t used = 28 + (size_t)room;
    size_t options = copy_options(p + used, record, swapped);
    used += options;
    if (options > 0) {
        store_option(p + used, 0, 0, swapped);
        used += 4;
    }
    used += 4;
    store32(p + 4, (uint32_t)used, swapped);
    store32(p + used - 4, (uint32_t)used, swapped);
    spk_writer_commit(writer, used, true);
    return SPK_OK;
}

static bool is_packet_type(uint32_t type)
{
    return type == SPK_BLOCK_PACKET || type == SPK_BLOCK_PACKET_SIMPLE || type == SPK_BLOCK_PACKET_OBSOLETE;
}

/* What can be asked of a block before it goes into the present section. */
static enum spk_status check_block(const struct spk_writer *writer, const struct spk_block *block,
                                   struct spk_error *error)
{
    if (writer->options.format != SPK_FORMAT_PCAPNG) {
        return refuse(writer, error, SPK_ERR_USAGE, "blocks can be written to pcapng only", NULL);
    }
    if (block->bytes == NULL || block->size < 12 || block->size % 4 != 0) {
        return refuse(writer, error, SPK_ERR_USAGE, "not a block", NULL);
    }
    if (block->type != SPK_BLOCK_SECTION
        && (!writer->begun || writer->own_section || block->swapped != writer->swapped)) {
        return refuse(writer, error, SPK_ERR_USAGE, "a block without its section's header", NULL);
    }
    return SPK_OK;
}

enum spk_status spk_encode_block(struct spk_writer *writer, const struct spk_block *block, struct spk_error *error)
{
    enum spk_status status = check_block(writer, block, error);
    if (status != SPK_OK) {
        return status;
    }
    uint8_t *p = spk_writer_reserve(writer, block->size, error);
    if (p == NULL) {
        return error->code;
    }
    memcpy(p, block->bytes, block->size);
    spk_writer_commit(writer, block->size, is_packet_type(block->type));
    if (block->type == SPK_BLOCK_SECTION) {
        writer->begun = true;
        writer->swapped = block->swapped;
        writer->own_section = false;
    }
    return SPK_OK;
}

static enum spk_status edited_simple(struct spk_writer *writer, const struct spk_block *block,
                                     const struct spk_record *record, struct spk_error *error)
{
    uint32_t len = load32(block->bytes + 8, block->swapped);
    uint32_t room = (uint32_t)padded(record->caplen);
    if (record->caplen != record->len && (record->len != len || room != block->size - 16)) {
        return refuse(writer, error, SPK_ERR_UNSUPPORTED,
                      "a simple packet block cannot say how much of a packet it holds", NULL);
    }
    return simple_packet(writer, record, error);
}

enum spk_status spk_encode_edited(struct spk_writer *writer, const struct spk_block *block,
                                  const struct spk_record *record, struct spk_error *error)
{
    enum spk_status status = check_block(writer, block, error);
    if (status != SPK_OK) {
        return status;
    }
    if (!is_packet_type(block->type) || block->size < 16) {
        return refuse(writer, error, SPK_ERR_USAGE, "not a packet block", NULL);
    }
    if (record->caplen > spk_record_cap(record->link)) {
        return refuse(writer, error, SPK_ERR_LIMIT, "packet longer than a record may be", NULL);
    }
    if (block->type == SPK_BLOCK_PACKET_SIMPLE) {
        return edited_simple(writer, block, record, error);
    }
    bool swapped = block->swapped;
    uint64_t data_end = block->size < EPB_LEN ? UINT64_MAX : 28 + padded(load32(block->bytes + 20, swapped));
    if (data_end > block->size - 4) {
        return refuse(writer, error, SPK_ERR_USAGE, "a packet block whose lengths lie", NULL);
    }
    uint32_t options = block->size - 4 - (uint32_t)data_end;
    uint32_t room = (uint32_t)padded(record->caplen);
    uint32_t size = EPB_LEN + room + options;
    uint8_t *p = spk_writer_reserve(writer, size, error);
    if (p == NULL) {
        return error->code;
    }
    memcpy(p, block->bytes, 28);
    store32(p + 4, size, swapped);
    store32(p + 20, record->caplen, swapped);
    store32(p + 24, record->len, swapped);
    if (record->caplen > 0) {
        memset(p + 28 + room - 4, 0, 4);
        memcpy(p + 28, record->data, record->caplen);
    }
    memcpy(p + 28 + room, block->bytes + data_end, options);
    store32(p + size - 4, size, swapped);
    spk_writer_commit(writer, size, true);
    return SPK_OK;
}

size_t spk_encode_unit(const struct spk_writer *writer, size_t at, bool first, bool *swapped, bool *is_packet)
{
    const uint8_t *p = writer->buffer + at;
    *is_packet = false;
    if (writer->options.format == SPK_FORMAT_PCAPNG) {
        uint32_t type = load32(p, *swapped);
        if (type == SPK_BLOCK_SECTION) {
            *swapped = load32(p + 8, false) != 0x1a2b3c4du;
        }
        *is_packet = is_packet_type(type);
        return load32(p + 4, *swapped);
    }
    if (first) {
        return PCAP_FILE_HEADER_LEN;
    }
    *is_packet = true;
    return PCAP_RECORD_HEADER_LEN + (size_t)load32(p + 8, false);
}
