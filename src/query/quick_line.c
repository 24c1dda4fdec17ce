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

/* A packet of a known kind. */
static bool fill_known(const struct spk_sink *sink, struct slot *slots, const struct spk_scan *scan)
{
    const struct fixed_read *read = &scan->fixed->reads[scan->kind->first];
    const struct fixed_read *end = read + scan->kind->count;
    bool ok = true;
    for (; read < end && ok; read++) {
        struct spk_value value;
        spk_quick_load(read->quick, scan->packet.data + read->at, &value);
        ok = put_value(sink, &slots[read->quick->column], read->quick->row, &value);
    }
    return ok;
}

/* False: the packet is none for a quick line. */
static bool fill(const struct spk_sink *sink, struct slot *slots, struct spk_scan *scan)
{
    const struct spk_query *query = sink->query;
    const struct spk_packet *packet = &scan->packet;
    bool ok = query->record.count == 0 || put_record(sink, slots, scan);
    if (scan->kind != NULL) {
        return ok && fill_known(sink, slots, scan);
    }
    for (unsigned i = 0; i < packet->count && ok; i++) {
        const struct spk_layer *layer = &packet->layers[i];
        const struct quick_range *range = &query->layers[layer->proto];
        const struct quick *quick = query->quick + range->first;
        ok = (layer->flags & SPK_LAYER_SHORT) == 0;
        for (uint32_t k = 0; k < range->count && ok; k++, quick++) {
            struct spk_value value;
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

enum spk_status spk_quick_line(struct spk_sink *sink, struct slot *slots, struct spk_scan *scan, bool *made)
{
    for (size_t i = 0; i < sink->count; i++) {
        slots[i].len = 0;
    }
    *made = fill(sink, slots, scan);
    return !*made || put_line(sink, slots) ? SPK_OK : SPK_ERR_MEMORY;
}
