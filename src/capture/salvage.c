/*
 * salvage: reading on behind damage. Where a record or block cannot be taken, the next place is looked for that seems to
 * begin one, and what lies between is told as a gap.
 *
 * A pcapng block is known by its type and its two lengths. A pcap record has nothing to know it by but that its numbers
 * make sense and that others follow where it ends: three near in time to the last good one, or eight in a row.
 */
#include "capture/reader.h"

/* A place can be judged when so many bytes behind it are there, and longer records and blocks are not looked for. */
#define LOOK (1024u * 1024u)
#define BLOCK_SOUGHT_MAX (LOOK / 2)

#define CHAIN_NEAR 3u
#define CHAIN_FAR 8u
#define YEAR_S (366 * 86400)

#define NS_PER_S 1000000000

static bool makes_sense(const struct pcap_state *pcap, const uint8_t *header, bool swapped)
{
    uint32_t caplen = load32(header + 8, swapped);
    uint32_t len = load32(header + 12, swapped);
    return load32(header + 4, swapped) < pcap->per_second && len > 0 && len <= SPK_RECORD_MAX && caplen <= len;
}

static bool is_near(const struct spk_reader *reader, uint32_t seconds)
{
    int64_t apart = (int64_t)seconds - reader->salvage.last_s;
    return reader->salvage.has_last && apart <= YEAR_S && apart >= -YEAR_S;
}

/* Whether a pcap record seems to begin at p. whole: behind the have bytes comes nothing more. */
static bool seems_record(const struct spk_reader *reader, const uint8_t *p, size_t have, bool whole)
{
    const struct pcap_state *pcap = &reader->pcap;
    size_t at = 0;
    unsigned near = 0;
    for (unsigned good = 0; good < CHAIN_FAR; good++) {
        if (have - at < pcap->header_len) {
            return whole && near == good && (have == at ? good >= 1 : good >= 2);
        }
        if (!makes_sense(pcap, p + at, reader->swapped)) {
            return false;
        }
        near += is_near(reader, load32(p + at, reader->swapped)) || !reader->salvage.has_last;
        if (near == CHAIN_NEAR && reader->salvage.has_last) {
            return true;
        }
        at += pcap->header_len + (size_t)load32(p + at + 8, reader->swapped);
        if (at > have) {
            return whole && near == good + 1 && good >= 1;
        }
    }
    return true;
}

static bool is_known_type(uint32_t type)
{
    return type == SPK_BLOCK_SECTION || type == SPK_BLOCK_INTERFACE || type == SPK_BLOCK_PACKET_OBSOLETE
           || type == SPK_BLOCK_PACKET_SIMPLE || type == SPK_BLOCK_NAMES || type == SPK_BLOCK_STATISTICS
           || type == SPK_BLOCK_PACKET || type == SPK_BLOCK_SECRETS || type == SPK_BLOCK_CUSTOM
           || type == SPK_BLOCK_CUSTOM_NOCOPY;
}

/* The size of the block whose frame stands at p; 0: none does. */
static uint32_t frame_size(const uint8_t *p, size_t have, bool *swapped)
{
    uint32_t size;
    if (have < 12) {
        return 0;
    }
    if (load32(p, false) == SPK_BLOCK_SECTION) {
        *swapped = load32(p + 8, false) != SPK_BYTE_ORDER;
        if (load32(p + 8, *swapped) != SPK_BYTE_ORDER) {
            return 0;
        }
    }
    size = load32(p + 4, *swapped);
    if (size < 12 || size % 4 != 0 || size > BLOCK_SOUGHT_MAX || size > have) {
        return 0;
    }
    return load32(p + size - 4, *swapped) == size ? size : 0;
}

/* Whether a packet block can be one of this section. */
static bool fits(const struct spk_reader *reader, const uint8_t *p, uint32_t type, uint32_t size)
{
    bool swapped = reader->swapped;
    if (type == SPK_BLOCK_PACKET_SIMPLE) {
        return size >= 16 && reader->ng.count > 0;
    }
    if (type != SPK_BLOCK_PACKET && type != SPK_BLOCK_PACKET_OBSOLETE) {
        return true;
    }
    uint32_t index = type == SPK_BLOCK_PACKET ? load32(p + 8, swapped) : load16(p + 8, swapped);
    return size >= 32 && index < reader->ng.count && padded(load32(p + 20, swapped)) <= size - 32;
}

/* Whether a block seems to begin at p: one of a known type, or one behind which one of a known type stands. */
static bool seems_block(const struct spk_reader *reader, const uint8_t *p, size_t have)
{
    bool swapped = reader->swapped;
    uint32_t size = frame_size(p, have, &swapped);
    uint32_t type = size > 0 ? load32(p, swapped) : 0;
    if (size == 0) {
        return false;
    }
    if (is_known_type(type)) {
        return fits(reader, p, type, size);
    }
    return frame_size(p + size, have - size, &swapped) > 0 && is_known_type(load32(p + size, swapped));
}

static bool seems(const struct spk_reader *reader, const uint8_t *p, size_t have, bool whole)
{
    return reader->format == SPK_FORMAT_PCAPNG ? seems_block(reader, p, have) : seems_record(reader, p, have, whole);
}

/*
 * Moves on to where something seems to begin, behind what began at the offset from. SPK_END: nothing does up to the end,
 * and as much as the window then holds is still there.
 */
static enum spk_status find_next(struct spk_reader *reader, uint64_t from, struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    /* where only the meaning of a block was wrong, its frame was taken, and another may follow right behind it */
    size_t i = spk_window_offset(window) > from ? 0 : 1;
    for (;;) {
        enum spk_status status = SPK_OK;
        if (spk_window_have(window) < i + LOOK) {
            status = spk_window_fill(window, i + 2 * (size_t)LOOK, error);
        }
        size_t have = spk_window_have(window);
        size_t end = status == SPK_OK ? have - LOOK + 1 : have;
        for (; i < end; i++) {
            if (seems(reader, window->pos + i, have - i, status == SPK_END)) {
                window->pos += i;
                return SPK_OK;
            }
        }
        if (status != SPK_OK) {
            return status;
        }
        window->pos += i;
        i = 0;
    }
}

/* Tells of a gap from start to end, of which why was the first that was wrong. */
static enum spk_status tell(struct spk_reader *reader, const struct spk_error *why, uint64_t start, uint64_t end,
                            struct spk_error *error)
{
    reader->salvage.gaps++;
    reader->salvage.skipped += end - start;
    *error = *why;
    error->code = SPK_GAP;
    error->at = start;
    error->has_at = true;
    error->skipped = end - start;
    return SPK_GAP;
}

/* Keeps what is there of a packet that the input ends in. */
static bool keep_cut(struct spk_reader *reader, uint64_t at)
{
    struct salvage_state *self = &reader->salvage;
    if (spk_window_offset(&reader->window) != at) {
        return false;
    }
    self->block = (struct spk_block){ .offset = at, .is_packet = true };
    return reader->format == SPK_FORMAT_PCAPNG ? spk_pcapng_cut_record(reader, &self->record)
                                               : spk_pcap_cut_record(reader, &self->record);
}

static bool is_final(enum spk_status status)
{
    return status == SPK_ERR_IO || status == SPK_ERR_MEMORY;
}

/* Takes one record or block into the state, or tells of a gap, behind which it may hold one already. */
static enum spk_status take(struct spk_reader *reader, struct spk_error *error)
{
    struct salvage_state *self = &reader->salvage;
    struct spk_error why = { .code = SPK_OK };
    uint64_t start = 0;
    for (;;) {
        struct spk_error failed = { .code = SPK_OK };
        uint64_t at = spk_window_offset(&reader->window);
        enum spk_status status = self->next(reader, &self->block, &self->record, &failed);
        if (status >= 0 && why.code == SPK_OK) {
            return status;
        }
        if (status >= 0) {
            self->holds = status == SPK_OK;
            return tell(reader, &why, start, at, error);
        }
        if (why.code == SPK_OK) {
            why = failed;
            start = at;
        }
        if (!is_final(status)) {
            status = find_next(reader, at, &failed);
        }
        if (status < 0) { /* what is under the format is damaged: nothing can be known of what comes */
            *error = failed;
            return status;
        }
        if (status == SPK_END) {
            self->holds = why.code == SPK_ERR_CUT && start == at && keep_cut(reader, at);
            reader->window.pos = reader->window.end;
            why.hint = self->holds ? "what is there of it is given" : NULL;
            return tell(reader, &why, start, self->holds ? start : spk_window_offset(&reader->window), error);
        }
    }
}

static enum spk_status next(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                            struct spk_error *error)
{
    struct salvage_state *self = &reader->salvage;
    for (;;) {
        if (!self->holds) {
            enum spk_status status = take(reader, error);
            if (status != SPK_OK) {
                return status;
            }
        }
        self->holds = false;
        if (self->block.is_packet) {
            *record = self->record;
            self->last_s = record->has_time ? record->time_ns / NS_PER_S : self->last_s;
            self->has_last = self->has_last || record->has_time;
        }
        if (block != NULL) {
            *block = self->block;
        }
        if (block != NULL || self->block.is_packet) {
            return SPK_OK;
        }
    }
}

void spk_salvage_begin(struct spk_reader *reader)
{
    reader->salvage.next = reader->next;
    reader->next = next;
}
