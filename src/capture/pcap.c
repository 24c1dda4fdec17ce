/*
 * pcap: the classic capture file, as in draft-ietf-opsawg-pcap.
 *
 *   file header, 24 bytes          record header, 16 bytes (modified form: 24)
 *   0 magic: byte order, units     0 seconds, unsigned
 *   4 version major, minor         4 fraction of a second
 *   8 two unused words             8 caplen: bytes that follow
 *  16 snaplen                     12 len: bytes on the wire
 *  20 FCS bits and link type      16 modified form: interface, protocol, packet type
 */
#include "capture/reader.h"

#include <string.h>

#define FILE_HEADER_LEN 24u
#define RECORD_HEADER_LEN 16u
#define RECORD_HEADER_LEN_MODIFIED 24u

#define MAGIC_MICROSECONDS 0xa1b2c3d4u
#define MAGIC_NANOSECONDS 0xa1b23c4du
#define MAGIC_MODIFIED 0xa1b2cd34u
#define MAGIC_IXIA_HARDWARE 0x1c0001acu
#define MAGIC_IXIA_SOFTWARE 0x1c0001abu

#define NS_PER_S 1000000000

/* So many bytes ahead of a record the next ones are called for: far enough that they come in time. */
enum { AHEAD = 512 };

/* Before version 2.3 len stood before caplen; in 2.3 it depends on who wrote it. */
enum length_order { ORDER_NORMAL, ORDER_SWAPPED, ORDER_EITHER };

/* Link types whose records may be long: D-Bus, USB, and an Elektrobit one, as in libpcap. */
uint32_t spk_record_cap(uint16_t link)
{
    static const uint16_t large[] = { 186, 189, 220, 231, 249, 266, 279, 288 };
    for (size_t i = 0; i < SPK_COUNT_OF(large); i++) {
        if (large[i] == link) {
            return SPK_RECORD_MAX_LARGE;
        }
    }
    return SPK_RECORD_MAX;
}

/* An error at the window's pos, about the record after those delivered. */
static enum spk_status fail(const struct spk_reader *reader, struct spk_error *error, enum spk_status code,
                            const char *what, uint64_t need, uint64_t have)
{
    return spk_fail(error, (struct spk_error){ .code = code,
                                               .what = what,
                                               .need = need,
                                               .have = have,
                                               .at = spk_window_offset(&reader->window),
                                               .has_at = true,
                                               .packet = reader->packets + 1 });
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

enum spk_status spk_reader_skip_zeros(struct spk_reader *reader, size_t unit, uint64_t *zeros, struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    *zeros = 0;
    for (;;) {
        enum spk_status status = spk_window_need(window, unit, error);
        if (status < 0) {
            return status;
        }
        size_t have = spk_window_have(window);
        if (status == SPK_END) {
            if (!all_zero(window->pos, have)) {
                return SPK_OK;
            }
            *zeros += have;
            return SPK_END;
        }
        if (!all_zero(window->pos, unit)) {
            return SPK_OK;
        }
        window->pos += unit;
        *zeros += unit;
        if (*zeros >= SPK_ZEROS_MAX) {
            return SPK_END;
        }
    }
}

const char *spk_reader_zeros_text(uint64_t zeros)
{
    return zeros < SPK_ZEROS_MAX ? "zero-filled tail" : "zero-filled from here on, as far as was read";
}

/* One of the empty records that all-zero headers in mid-file stand for. */
static enum spk_status give_empty(struct spk_reader *reader, struct spk_record *record)
{
    struct pcap_state *pcap = &reader->pcap;
    *record = (struct spk_record){ .data = reader->window.pos,
                                   .offset = pcap->empty_offset,
                                   .link = pcap->link,
                                   .fcs_len = pcap->fcs_len,
                                   .has_time = true,
                                   .warnings = pcap->warnings };
    pcap->empty_offset += pcap->header_len;
    pcap->empty_records--;
    return SPK_OK;
}

/*
 * A record header of zeros is either an empty packet at the time 0 or, far more often, the tail of
 * a file whose writer crashed: then nothing but zeros follows, and no packet is made of them.
 */
static enum spk_status next_after_zeros(struct spk_reader *reader, struct spk_record *record, struct spk_error *error)
{
    struct pcap_state *pcap = &reader->pcap;
    uint64_t zeros = 0;
    uint64_t start = spk_window_offset(&reader->window);
    enum spk_status status = spk_reader_skip_zeros(reader, pcap->header_len, &zeros, error);
    if (status < 0) {
        return status;
    }
    if (status == SPK_END) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_CUT,
                                                   .what = spk_reader_zeros_text(zeros),
                                                   .have = zeros,
                                                   .at = start,
                                                   .has_at = true,
                                                   .packet = reader->packets + 1 });
    }
    pcap->empty_offset = start;
    if (zeros == 0) { /* modified form: an empty packet whose header says more than zeros */
        reader->window.pos += pcap->header_len;
        pcap->empty_records = 1;
    } else {
        pcap->empty_records = zeros / pcap->header_len;
    }
    return give_empty(reader, record);
}

/*
 * Some programs wrote the modified form's magic number and then ordinary 16-byte record headers.
 * Told before the first record is delivered: what follows it makes sense only at 16 bytes.
 */
static bool has_short_headers(struct spk_reader *reader, struct spk_error *error, enum spk_status *status)
{
    struct spk_window *window = &reader->window;
    bool sense[2] = { false, false };
    *status = SPK_OK;
    if (spk_window_have(window) < 16) {
        return false;
    }
    uint32_t caplen = load32(window->pos + 8, reader->swapped);
    if (caplen > reader->pcap.cap) {
        return false;
    }
    *status = spk_window_need(window, 24 + (size_t)caplen + 16, error);
    if (*status < 0) {
        return false;
    }
    *status = SPK_OK;
    for (size_t i = 0; i < 2; i++) {
        size_t next = (i == 0 ? 24u : 16u) + (size_t)caplen;
        size_t have = spk_window_have(window);
        if (have < next + 16) {
            sense[i] = have == next;
            continue;
        }
        const uint8_t *header = window->pos + next;
        sense[i] = load32(header + 4, reader->swapped) < reader->pcap.per_second
                   && load32(header + 8, reader->swapped) <= reader->pcap.cap
                   && load32(header + 8, reader->swapped) <= load32(header + 12, reader->swapped);
    }
    return sense[1] && !sense[0];
}

/* The window has less than a record header: the end of the file, or a cut. */
static enum spk_status end_at_header(struct spk_reader *reader, struct spk_error *error)
{
    size_t have = spk_window_have(&reader->window);
    if (have == 0) {
        return SPK_END;
    }
    if (all_zero(reader->window.pos, have)) {
        return fail(reader, error, SPK_ERR_CUT, "zero-filled tail", 0, have);
    }
    return fail(reader, error, SPK_ERR_CUT, "record header cut", reader->pcap.header_len, have);
}

static void put_lengths_right(const struct pcap_state *pcap, uint32_t *caplen, uint32_t *len)
{
    if (pcap->order == ORDER_SWAPPED || (pcap->order == ORDER_EITHER && *caplen > *len)) {
        uint32_t keep = *caplen;
        *caplen = *len;
        *len = keep;
    }
}

/* What is odd about a record, and its time carried where the fraction is a second or more. */
static void warn(const struct pcap_state *pcap, struct spk_record *record, uint32_t fraction)
{
    if (record->caplen > record->len) {
        record->warnings |= SPK_WARN_CAPLEN_OVER_LEN;
    }
    if (record->caplen > pcap->limit) {
        record->warnings |= SPK_WARN_OVER_SNAPLEN;
    }
    if (fraction >= pcap->per_second) {
        record->warnings |= SPK_WARN_TIME_FRACTION;
    }
}

/* What all records of the file have in common. */
static inline struct spk_record blank_of(const struct pcap_state *pcap)
{
    return (struct spk_record){
        .link = pcap->link, .fcs_len = pcap->fcs_len, .has_time = true, .warnings = pcap->warnings
    };
}

static inline int64_t time_of(const struct pcap_state *pcap, uint32_t seconds, uint32_t fraction)
{
    return (int64_t)seconds * NS_PER_S + (int64_t)fraction * pcap->factor;
}

/* The record whose header is at p, all of it in the window. */
static inline void fill(const struct spk_reader *reader, struct spk_record *record, const uint8_t *p, uint32_t seconds,
                        uint32_t fraction, uint32_t caplen, uint32_t len)
{
    *record = blank_of(&reader->pcap);
    record->data = p + reader->pcap.header_len;
    record->caplen = caplen;
    record->len = len;
    record->time_ns = time_of(&reader->pcap, seconds, fraction);
    record->offset = spk_window_offset(&reader->window);
}

static enum spk_status next(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                            struct spk_error *error)
{
    struct pcap_state *pcap = &reader->pcap;
    struct spk_window *window = &reader->window;
    const uint32_t header_len = pcap->header_len;
    enum spk_status status;
    if (block != NULL) {
        memset(block, 0, sizeof *block);
        block->is_packet = true;
    }
    if (pcap->empty_records > 0) {
        return give_empty(reader, record);
    }
    status = spk_window_need(window, header_len, error);
    if (status != SPK_OK) {
        return status == SPK_END ? end_at_header(reader, error) : status;
    }
    const uint8_t *p = window->pos;
    uint32_t seconds = load32(p, reader->swapped);
    uint32_t fraction = load32(p + 4, reader->swapped);
    uint32_t caplen = load32(p + 8, reader->swapped);
    uint32_t len = load32(p + 12, reader->swapped);
    if ((seconds | fraction | caplen | len) == 0) {
        return reader->salvage.next != NULL
                   ? fail(reader, error, SPK_ERR_DAMAGED, "zeros where a record should begin", 0, 0)
                   : next_after_zeros(reader, record, error);
    }
    put_lengths_right(pcap, &caplen, &len);
    if (caplen > pcap->cap) {
        return fail(reader, error, SPK_ERR_DAMAGED, "record longer than any may be", caplen, pcap->cap);
    }
    if (spk_window_have(window) < header_len + (size_t)caplen) {
        status = spk_window_fill(window, header_len + (size_t)caplen, error);
        if (status != SPK_OK) {
            return status < 0 ? status
                              : fail(reader, error, SPK_ERR_CUT, "record data cut", caplen,
                                     spk_window_have(window) - header_len);
        }
        p = window->pos;
    }
    fill(reader, record, p, seconds, fraction, caplen, len);
    if (caplen > len || caplen > pcap->limit || fraction >= pcap->per_second) {
        warn(pcap, record, fraction);
    }
    window->pos = p + header_len + caplen;
    return SPK_OK;
}

/* A record's header, in this machine's byte order. */
struct header {
    uint32_t seconds, fraction, caplen, len;
};

/*
 * Takes the header at p, from where on so much is in the window. Whether the quick way is open: the record has nothing odd
 * about it, holds bytes, and all of it is there. All else goes the way above, which would give the same.
 */
static inline bool take_header(const struct pcap_state *pcap, const uint8_t *p, size_t have, struct header *header)
{
    if (have < RECORD_HEADER_LEN || pcap->empty_records > 0) {
        return false;
    }
    header->seconds = load32(p, false);
    header->fraction = load32(p + 4, false);
    header->caplen = load32(p + 8, false);
    header->len = load32(p + 12, false);
    return header->caplen <= pcap->plain_limit && header->caplen - 1 < header->len
           && header->fraction < pcap->per_second && have - RECORD_HEADER_LEN >= header->caplen;
}

static enum spk_status next_plain(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                  struct spk_error *error)
{
    struct header header;
    const uint8_t *p = reader->window.pos;
    if (block != NULL || !take_header(&reader->pcap, p, spk_window_have(&reader->window), &header)) {
        return next(reader, block, record, error);
    }
    fill(reader, record, p, header.seconds, header.fraction, header.caplen, header.len);
    reader->window.pos = record->data + record->caplen;
    return SPK_OK;
}

/*
 * As many of them as there are. Where the next record begins is known only when this one was loaded: so what comes some
 * records later is called for, be it beyond the window: nothing is read there.
 */
static inline size_t take_plain(struct spk_reader *reader, struct spk_record *records, size_t room)
{
    /* copies: for all the compiler knows a record that is written might lie among these */
    const struct pcap_state pcap = reader->pcap;
    const struct spk_record blank = blank_of(&pcap);
    const uint8_t *const end = reader->window.end;
    const uint64_t offset_of_0 = reader->window.start_offset - (uintptr_t)reader->window.start;
    const uint8_t *p = reader->window.pos;
    uint64_t number = reader->packets;
    struct spk_record *record = records;
    struct header header;
    for (; record < records + room && take_header(&pcap, p, (size_t)(end - p), &header); record++) {
        __builtin_prefetch((const void *)((uintptr_t)p + AHEAD));
        *record = blank;
        record->data = p + RECORD_HEADER_LEN;
        record->caplen = header.caplen;
        record->len = header.len;
        record->time_ns = time_of(&pcap, header.seconds, header.fraction);
        record->number = ++number;
        record->offset = offset_of_0 + (uintptr_t)p;
        p = record->data + header.caplen;
    }
    reader->window.pos = p;
    reader->packets = number;
    reader->warnings |= record > records ? pcap.warnings : 0;
    return (size_t)(record - records);
}

size_t spk_pcap_more(struct spk_reader *reader, struct spk_record *records, size_t room)
{
    return reader->next == next_plain ? take_plain(reader, records, room) : 0;
}

/* The first record of a modified file is looked at before it is delivered. */
static enum spk_status next_of_modified(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                        struct spk_error *error)
{
    enum spk_status status = spk_window_need(&reader->window, reader->pcap.header_len, error);
    if (status < 0) {
        return status;
    }
    bool short_headers = has_short_headers(reader, error, &status);
    if (status != SPK_OK) {
        return status;
    }
    if (short_headers) {
        return fail(reader, error, SPK_ERR_DAMAGED, "modified pcap whose records lack their 24-byte headers", 0, 0);
    }
    if (reader->salvage.next != NULL) {
        reader->salvage.next = next;
    } else {
        reader->next = next;
    }
    return next(reader, block, record, error);
}

bool spk_pcap_cut_record(struct spk_reader *reader, struct spk_record *record)
{
    const struct pcap_state *pcap = &reader->pcap;
    const uint8_t *p = reader->window.pos;
    size_t have = spk_window_have(&reader->window);
    if (have <= pcap->header_len) {
        return false;
    }
    uint32_t fraction = load32(p + 4, reader->swapped);
    uint32_t caplen = load32(p + 8, reader->swapped);
    uint32_t len = load32(p + 12, reader->swapped);
    put_lengths_right(pcap, &caplen, &len);
    if (fraction >= pcap->per_second || caplen > len || caplen <= have - pcap->header_len) {
        return false;
    }
    fill(reader, record, p, load32(p, reader->swapped), fraction, (uint32_t)(have - pcap->header_len), len);
    record->warnings |= SPK_WARN_CUT;
    return true;
}

bool spk_pcap_is_plain(const struct spk_reader *reader)
{
    return reader->pcap.order == ORDER_NORMAL && reader->pcap.header_len == RECORD_HEADER_LEN;
}

spk_reader_next_fn *spk_pcap_next(const struct spk_reader *reader)
{
    return !reader->swapped && spk_pcap_is_plain(reader) ? next_plain : next;
}

bool spk_pcap_magic(const uint8_t *bytes)
{
    static const uint32_t known[] = { MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAGIC_MODIFIED, MAGIC_IXIA_HARDWARE,
                                      MAGIC_IXIA_SOFTWARE };
    uint32_t magic = load32(bytes, false);
    for (size_t i = 0; i < SPK_COUNT_OF(known); i++) {
        if (magic == known[i] || swap32(magic) == known[i]) {
            return true;
        }
    }
    return false;
}

/* The link type field: F bit and a count of 16-bit words of FCS above the type itself. */
static void take_link(struct spk_reader *reader, uint32_t field)
{
    struct pcap_state *pcap = &reader->pcap;
    pcap->link = reader->has_link ? reader->link : (uint16_t)(field & 0xffffu);
    if ((field & 0x04000000u) != 0) {
        pcap->fcs_len = (uint8_t)((field >> 28) * 2);
    }
    if (pcap->link > SPK_LINK_LAST) {
        pcap->warnings |= SPK_WARN_LINK_UNKNOWN;
    }
    pcap->cap = spk_record_cap(pcap->link);
}

static enum spk_status take_version(struct spk_reader *reader, struct spk_error *error)
{
    const uint8_t *p = reader->window.pos;
    reader->version_major = load16(p + 4, reader->swapped);
    reader->version_minor = load16(p + 6, reader->swapped);
    if (reader->version_major != 2 || reader->version_minor > 4) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                   .what = "unknown version of pcap",
                                                   .at = 4,
                                                   .has_at = true,
                                                   .hint = "versions 2.0 to 2.4 are read" });
    }
    reader->pcap.order = reader->version_minor < 3    ? ORDER_SWAPPED
                         : reader->version_minor == 3 ? ORDER_EITHER
                                                      : ORDER_NORMAL;
    return SPK_OK;
}

enum spk_status spk_pcap_open(struct spk_reader *reader, struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    struct pcap_state *pcap = &reader->pcap;
    uint32_t magic = load32(window->pos, false);
    reader->swapped = magic != MAGIC_MICROSECONDS && magic != MAGIC_NANOSECONDS && magic != MAGIC_MODIFIED
                      && magic != MAGIC_IXIA_HARDWARE && magic != MAGIC_IXIA_SOFTWARE;
    reader->big_endian = reader->swapped != host_is_big_endian();
    magic = reader->swapped ? swap32(magic) : magic;
    if (magic == MAGIC_IXIA_HARDWARE || magic == MAGIC_IXIA_SOFTWARE) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                   .what = "IXIA's variant of pcap is not supported" });
    }
    enum spk_status status = spk_window_need(window, FILE_HEADER_LEN, error);
    if (status != SPK_OK) {
        return status < 0 ? status
                          : spk_fail(error, (struct spk_error){ .code = SPK_ERR_CUT,
                                                                .what = "file header cut",
                                                                .has_at = true,
                                                                .need = FILE_HEADER_LEN,
                                                                .have = spk_window_have(window) });
    }
    status = take_version(reader, error);
    if (status != SPK_OK) {
        return status;
    }
    reader->format = magic == MAGIC_MODIFIED ? SPK_FORMAT_PCAP_MODIFIED : SPK_FORMAT_PCAP;
    pcap->header_len = magic == MAGIC_MODIFIED ? RECORD_HEADER_LEN_MODIFIED : RECORD_HEADER_LEN;
    reader->next = magic == MAGIC_MODIFIED ? next_of_modified : spk_pcap_next(reader);
    pcap->factor = magic == MAGIC_NANOSECONDS ? 1 : 1000;
    pcap->per_second = NS_PER_S / pcap->factor;
    pcap->snaplen = load32(window->pos + 16, reader->swapped);
    pcap->limit = pcap->snaplen > 0 ? pcap->snaplen : UINT32_MAX;
    take_link(reader, load32(window->pos + 20, reader->swapped));
    pcap->plain_limit = pcap->limit < pcap->cap ? pcap->limit : pcap->cap;
    window->pos += FILE_HEADER_LEN;
    return SPK_OK;
}
