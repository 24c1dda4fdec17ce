#include "query/quick_line.h"

#include "query/quick.h"
#include "wire/text.h"

enum { PIECE = 16 };

static bool is_short(uint8_t kind)
{
    return kind != SPK_TEXT && kind != SPK_BYTES;
}

/* Whether its text has a comma (a date), so that a CSV file has it within quotes. */
static bool has_comma(const struct spk_query *query, size_t column)
{
    for (uint32_t i = 0; i < query->quick_count; i++) {
        const struct spk_row *row = query->quick[i].row;
        if (query->quick[i].column == column && row->kind == SPK_TIME && row->base == SPK_DATE) {
            return true;
        }
    }
    return false;
}

bool spk_quick_line_suits(const struct spk_query *query, const struct spk_sink_options *options)
{
    bool csv = options->format == SPK_SINK_CSV;
    bool form = csv || (options->format == SPK_SINK_TSV && options->quote == 0);
    for (size_t i = 0; form && i < query->count; i++) {
        form = query->is_quick[i] && is_short(query->columns[i].kind) && !(csv && has_comma(query, i));
    }
    return form && !query->options.tutorial && query->count > 0;
}

/* False: the cell holds more than a slot, or has to be quoted. */
static inline bool put_value(const struct spk_sink *sink, struct slot *slot, const struct spk_row *row,
                             const struct spk_value *value)
{
    if (slot->len > 0) {
        switch (sink->query->options.occurrence) {
        case SPK_OCCURRENCE_FIRST:
            return true;
        case SPK_OCCURRENCE_LAST:
            slot->len = 0;
            break;
        default:
            if (sink->options.format == SPK_SINK_CSV || slot->len >= SPK_SHORT_TEXT) {
                return false;
            }
            slot->text[slot->len++] = sink->options.joiner;
            break;
        }
    }
    slot->len = (uint8_t)(slot->len + spk_text_short(slot->text + slot->len, row, value));
    return true;
}

static bool is_open(const struct spk_sink *sink, size_t column)
{
    return sink->open != NULL && sink->open[column];
}

static bool put_record(const struct spk_sink *sink, struct slot *slots, struct spk_scan *scan)
{
    const struct spk_query *query = sink->query;
    const struct quick *quick = query->quick + query->record.first;
    const struct spk_place place = spk_quick_place(&scan->packet, &scan->maker);
    bool ok = true;
    for (uint32_t k = 0; k < query->record.count && ok; k++, quick++) {
        struct spk_value value;
        if (!is_open(sink, quick->column) && spk_quick_record(quick, &place, &value)) {
            ok = put_value(sink, &slots[quick->column], quick->row, &value);
        }
    }
    return ok;
}

/* False: the packet is none for a quick line. */
static bool fill(const struct spk_sink *sink, struct slot *slots, struct spk_scan *scan)
{
    const struct spk_query *query = sink->query;
    const struct spk_packet *packet = &scan->packet;
    bool ok = query->record.count == 0 || put_record(sink, slots, scan);
    for (unsigned i = 0; i < packet->count && ok; i++) {
        const struct spk_layer *layer = &packet->layers[i];
        const struct quick_range *range = &query->layers[layer->proto];
        const struct quick *quick = query->quick + range->first;
        ok = (layer->flags & SPK_LAYER_SHORT) == 0;
        for (uint32_t k = 0; k < range->count && ok; k++, quick++) {
            struct spk_value value;
            if (!spk_quick_holds(quick, packet->data + layer->at)) {
                continue;
            }
            spk_quick_read(quick, packet, layer, &value);
            ok = put_value(sink, &slots[quick->column], quick->row, &value);
        }
    }
    return ok;
}

/* The slots as a line, with its open cells noted. */
static bool put_line(struct spk_sink *sink, const struct slot *slots)
{
    uint8_t separator = sink->options.format == SPK_SINK_CSV ? (uint8_t)',' : (uint8_t)sink->options.separator;
    uint8_t *to = spk_buf_room(sink->out, sink->count * (sizeof slots[0] + 1) + 2);
    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < sink->count; i++) {
        if (i > 0) {
            *to++ = separator;
        }
        if (is_open(sink, i)) {
            uint32_t at = (uint32_t)(to - sink->out->data);
            if (!spk_buf_put(&sink->part->open, &at, sizeof at)) {
                return false;
            }
        }
        for (size_t done = 0; done < slots[i].len; done += PIECE) { /* whole pieces are copied more quickly */
            memcpy(to + done, slots[i].text + done, PIECE);
        }
        to += slots[i].len;
    }
    if (sink->options.format == SPK_SINK_CSV) {
        *to++ = '\r';
    }
    *to++ = '\n';
    sink->out->len = (size_t)(to - sink->out->data);
    return true;
}

/* ---- packets of known kinds, without slots: their values come column by column ---- */

/* A value behind what the cell has. Gives its end; NULL: the cell would have to be quoted. */
static inline uint8_t *add_value(const struct spk_sink *sink, uint8_t *cell, uint8_t *to, const struct spk_row *row,
                                 const struct spk_value *value)
{
    if (to != cell) {
        switch (sink->query->options.occurrence) {
        case SPK_OCCURRENCE_FIRST:
            return to;
        case SPK_OCCURRENCE_LAST:
            to = cell;
            break;
        default:
            if (sink->options.format == SPK_SINK_CSV) {
                return NULL;
            }
            *to++ = (uint8_t)sink->options.joiner;
            break;
        }
    }
    return to + spk_text_short((char *)to, row, value);
}

/* What the record has there, if it has it. */
static inline uint8_t *add_record(const struct spk_sink *sink, uint8_t *cell, uint8_t *to, const struct quick *quick,
                                  const struct spk_place *place)
{
    struct spk_value value;
    return spk_quick_record(quick, place, &value) ? add_value(sink, cell, to, quick->row, &value) : to;
}

/* What stands in the packet there, if the row is there. */
static inline uint8_t *add_read(const struct spk_sink *sink, uint8_t *cell, uint8_t *to, const struct fixed_read *read,
                                const uint8_t *header)
{
    struct spk_value value;
    if (!spk_quick_holds(read->quick, header)) {
        return to;
    }
    spk_quick_load(read->quick, header, &value);
    return add_value(sink, cell, to, read->quick->row, &value);
}

/* A cell that is left open. False: no memory. */
static bool note_open(const struct spk_sink *sink, const uint8_t *to)
{
    uint32_t at = (uint32_t)(to - sink->out->data);
    return spk_buf_put(&sink->part->open, &at, sizeof at);
}

/* The line's cells at to, for which both kinds of reads stand column after column. Gives its end; NULL: it has to be made
   of cells. */
static uint8_t *put_cells(const struct spk_sink *sink, struct spk_scan *scan, uint8_t *to)
{
    const struct quick *quick = sink->query->quick + sink->query->record.first;
    const struct quick *quick_end = quick + sink->query->record.count;
    const struct fixed_read *read = &scan->fixed->reads[scan->kind->first];
    const struct fixed_read *read_end = read + scan->kind->count;
    const struct spk_place place = spk_quick_place(&scan->packet, &scan->maker);
    const uint8_t *data = scan->packet.data;
    const uint8_t separator = sink->options.format == SPK_SINK_CSV ? (uint8_t)',' : (uint8_t)sink->options.separator;
    const uint32_t count = (uint32_t)sink->count;
    for (uint32_t i = 0; i < count && to != NULL; i++) {
        if (i > 0) {
            *to++ = separator;
        }
        const bool open = is_open(sink, i);
        if (open && !note_open(sink, to)) {
            return NULL;
        }
        uint8_t *const cell = to;
        for (; quick < quick_end && quick->column == i && to != NULL; quick++) {
            to = open ? to : add_record(sink, cell, to, quick, &place);
        }
        for (; read < read_end && read->quick->column == i && to != NULL; read++) {
            to = open ? to : add_read(sink, cell, to, read, data + read->at);
        }
    }
    return to;
}

/* False: the line has to be made of cells. */
static bool put_known(struct spk_sink *sink, struct spk_scan *scan)
{
    const size_t values = scan->kind->count + sink->query->record.count;
    const size_t opened = sink->part->open.len;
    uint8_t *to = spk_buf_room(sink->out, values * (SPK_SHORT_TEXT + 1) + sink->count + 2);
    to = to != NULL ? put_cells(sink, scan, to) : NULL;
    if (to == NULL) {
        spk_buf_cut(&sink->part->open, opened);
        return false;
    }
    if (sink->options.format == SPK_SINK_CSV) {
        *to++ = '\r';
    }
    *to++ = '\n';
    sink->out->len = (size_t)(to - sink->out->data);
    return true;
}

enum spk_status spk_quick_line(struct spk_sink *sink, struct slot *slots, struct spk_scan *scan, bool *made)
{
    if (scan->kind != NULL) {
        *made = put_known(sink, scan);
        return SPK_OK;
    }
    for (size_t i = 0; i < sink->count; i++) {
        slots[i].len = 0;
    }
    *made = fill(sink, slots, scan);
    return !*made || put_line(sink, slots) ? SPK_OK : SPK_ERR_MEMORY;
}
