/* sink: rows of cells to text. */
#include "query/sink.h"

#include "base/error.h"
#include "base/memory.h"
#include "query/json.h"
#include "query/plan.h"
#include "wire/text.h"

#include <string.h>

/* tshark's -T fields writes these bytes as a backslash and a letter; backslashes and all others stay as they are. */
static char line_escape(uint8_t byte)
{
    switch (byte) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

static size_t count_escapes(const uint8_t *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += line_escape(text[i]) != 0;
    }
    return count;
}

/* Rewrites what out holds from start on, backwards and in place. */
static bool escape_line(struct spk_buf *out, size_t start)
{
    size_t len = out->len - start;
    size_t more = len > 0 ? count_escapes(out->data + start, len) : 0;
    if (more == 0) {
        return true;
    }
    if (spk_buf_room(out, more) == NULL) {
        return false;
    }
    uint8_t *to = out->data + out->len + more;
    for (size_t i = out->len; i-- > start;) {
        char letter = line_escape(out->data[i]);
        if (letter != 0) {
            *--to = (uint8_t)letter;
            *--to = '\\';
        } else {
            *--to = out->data[i];
        }
    }
    out->len += more;
    return true;
}

static bool make_safe(struct spk_buf *out, size_t start)
{
    if (out->len == start || spk_text_is_safe(out->data + start, out->len - start)) {
        return true;
    }
    struct spk_buf copy = { 0 };
    bool ok = spk_buf_put(&copy, out->data + start, out->len - start);
    out->len = start;
    ok = ok && spk_buf_put_safe(out, copy.data, copy.len);
    spk_buf_free(&copy);
    return ok;
}

bool spk_sink_put_line_cell(const struct spk_sink *sink, struct spk_buf *out, const struct spk_cell *cell)
{
    for (uint32_t i = 0; i < cell->count; i++) {
        const struct spk_item *item = &cell->items[i];
        if (i > 0 && !spk_buf_put_byte(out, (uint8_t)sink->options.joiner)) {
            return false;
        }
        size_t start = out->len;
        if (!spk_text_put(out, item->row, &item->value)) {
            return false;
        }
        if (item->value.kind == SPK_TEXT
            && (!escape_line(out, start) || (sink->options.safe && !make_safe(out, start)))) {
            return false;
        }
    }
    return true;
}

/* As tshark quotes: not what is empty, and quotes inside stay as they are. */
static bool put_quoted(const struct spk_sink *sink, const struct spk_cell *cell)
{
    uint8_t quote = (uint8_t)sink->options.quote;
    return spk_buf_put_byte(sink->out, quote) && spk_sink_put_line_cell(sink, sink->out, cell)
           && spk_buf_put_byte(sink->out, quote);
}

static bool put_tsv_cell(const struct spk_sink *sink, const struct spk_cell *cell)
{
    bool quoted = sink->options.quote != 0 && cell->count > 0;
    return quoted ? put_quoted(sink, cell) : spk_sink_put_line_cell(sink, sink->out, cell);
}

/* RFC 4180 section 2, rules 5 to 7: quotes around what holds a comma, a quote or a line break; quotes doubled. */
static bool quote_csv(struct spk_buf *out, size_t start)
{
    bool needed = false;
    size_t quotes = 0;
    for (size_t i = start; i < out->len; i++) {
        uint8_t byte = out->data[i];
        quotes += byte == '"';
        needed |= byte == ',' || byte == '"' || byte == '\r' || byte == '\n';
    }
    if (!needed) {
        return true;
    }
    size_t more = quotes + 2;
    if (spk_buf_room(out, more) == NULL) {
        return false;
    }
    uint8_t *to = out->data + out->len + more;
    *--to = '"';
    for (size_t i = out->len; i-- > start;) {
        *--to = out->data[i];
        if (out->data[i] == '"') {
            *--to = '"';
        }
    }
    *--to = '"';
    out->len += more;
    return true;
}

/*
 * Whether a spreadsheet may take the text for a formula: its first visible character is = + - or @, also as a full-width
 * form (U+FF1D, U+FF0B, U+FF0D, U+FF20).
 */
static bool is_formula(const uint8_t *text, size_t len)
{
    size_t at = 0;
    while (at < len && (text[at] <= ' ' || text[at] == 0x7f)) {
        at++;
    }
    if (at == len) {
        return false;
    }
    bool wide = len - at >= 3 && text[at] == 0xef && text[at + 1] == 0xbc;
    return wide ? strchr("\x9d\x8b\x8d\xa0", text[at + 2]) != NULL : strchr("=+-@", text[at]) != NULL;
}

/* An apostrophe before what out holds from start on. */
static bool mark_as_text(struct spk_buf *out, size_t start)
{
    if (spk_buf_room(out, 1) == NULL) {
        return false;
    }
    memmove(out->data + start + 1, out->data + start, out->len - start);
    out->data[start] = '\'';
    out->len++;
    return true;
}

/* Occurrences joined by commas, bytes as they are: the quotes hold everything together. */
static bool put_csv_cell(const struct spk_sink *sink, const struct spk_cell *cell)
{
    struct spk_buf *out = sink->out;
    size_t start = out->len;
    bool ok = true;
    for (uint32_t i = 0; i < cell->count && ok; i++) {
        const struct spk_item *item = &cell->items[i];
        ok = (i == 0 || spk_buf_put_byte(out, ',')) && spk_text_put(out, item->row, &item->value);
    }
    bool text = out->len > start && cell->items[0].value.kind == SPK_TEXT; /* a negative number is none */
    if (ok && sink->options.plain_text && text && is_formula(out->data + start, out->len - start)) {
        ok = mark_as_text(out, start);
    }
    return ok && (!sink->options.safe || make_safe(out, start)) && quote_csv(out, start);
}

/* A list where the query wants all, or where the field repeats by its nature; of a group always. */
static bool is_json_list(const struct spk_query *query, size_t column)
{
    if (query->columns[column].kind == SPK_GROUP) {
        return true;
    }
    switch (query->options.occurrence) {
    case SPK_OCCURRENCE_AUTO:
        return query->columns[column].list;
    case SPK_OCCURRENCE_ALL:
        return true;
    default:
        return false;
    }
}

static bool put_json_cell(struct spk_buf *out, const struct spk_cell *cell, bool list)
{
    if (!list) {
        return cell->count > 0 ? spk_json_put_value(out, cell->items[0].row, &cell->items[0].value)
                               : spk_buf_put_text(out, "null");
    }
    bool ok = spk_buf_put_byte(out, '[');
    for (uint32_t i = 0; i < cell->count && ok; i++) {
        const struct spk_item *item = &cell->items[i];
        ok = (i == 0 || spk_buf_put_byte(out, ','))
             && (item->row->kind == SPK_GROUP ? spk_buf_put(out, item->value.data, item->value.len)
                                              : spk_json_put_value(out, item->row, &item->value));
    }
    return ok && spk_buf_put_byte(out, ']');
}

/* ---- rows ---- */

static bool put_cell(const struct spk_sink *sink, size_t column, const struct spk_cell *cell)
{
    switch (sink->options.format) {
    case SPK_SINK_CSV:
        return put_csv_cell(sink, cell);
    case SPK_SINK_JSON:
        return put_json_cell(sink->out, cell, is_json_list(sink->query, column));
    default:
        return put_tsv_cell(sink, cell);
    }
}

static const char *row_end(const struct spk_sink *sink)
{
    static const char *const ends[] = { [SPK_SINK_TSV] = "\n", [SPK_SINK_CSV] = "\r\n", [SPK_SINK_JSON] = "}\n" };
    return ends[sink->options.format];
}

/* What stands before a column's cell: a separator, or in JSON its name. */
static bool put_lead(struct spk_sink *sink, size_t column)
{
    const char *name = sink->query->columns[column].name;
    switch (sink->options.format) {
    case SPK_SINK_JSON:
        return spk_buf_put_byte(&sink->leads, column == 0 ? '{' : ',')
               && spk_json_put_string(&sink->leads, (const uint8_t *)name, strlen(name))
               && spk_buf_put_byte(&sink->leads, ':');
    case SPK_SINK_CSV:
        return column == 0 || spk_buf_put_byte(&sink->leads, ',');
    default:
        return column == 0 || spk_buf_put_byte(&sink->leads, (uint8_t)sink->options.separator);
    }
}

static bool make_leads(struct spk_sink *sink)
{
    sink->lead_ends = spk_alloc_zeroed(sink->count, sizeof sink->lead_ends[0]);
    bool ok = sink->lead_ends != NULL && spk_buf_room(&sink->leads, 1) != NULL;
    for (size_t i = 0; i < sink->count && ok; i++) {
        ok = put_lead(sink, i);
        sink->lead_ends[i] = (uint32_t)sink->leads.len;
    }
    return ok;
}

/* The row's text; of a part's open cells only where they belong. */
static bool put_row(struct spk_sink *sink, const struct spk_cells *cells)
{
    uint32_t from = 0;
    bool ok = true;
    for (size_t i = 0; i < cells->count && ok; i++) {
        ok = spk_buf_put(sink->out, sink->leads.data + from, sink->lead_ends[i] - from);
        from = sink->lead_ends[i];
        if (ok && sink->open != NULL && sink->open[i]) {
            uint32_t at = (uint32_t)sink->out->len;
            ok = spk_buf_put(&sink->part->open, &at, sizeof at);
        } else {
            ok = ok && put_cell(sink, i, &cells->cells[i]);
        }
    }
    return ok && spk_buf_put_text(sink->out, row_end(sink));
}

static bool put_header(struct spk_sink *sink)
{
    uint32_t from = 0;
    for (size_t i = 0; i < sink->count; from = sink->lead_ends[i++]) {
        if (!spk_buf_put(sink->out, sink->leads.data + from, sink->lead_ends[i] - from)
            || !spk_buf_put_text(sink->out, sink->query->columns[i].name)) {
            return false;
        }
    }
    return spk_buf_put_text(sink->out, row_end(sink));
}

/* ---- beginning and ending ---- */

static bool begin(struct spk_sink *sink)
{
    if (sink->options.format == SPK_SINK_TABLE) {
        return spk_table_begin(sink) == SPK_OK;
    }
    bool header = sink->options.header && sink->options.format != SPK_SINK_JSON && sink->part == NULL;
    return make_leads(sink) && (!header || put_header(sink));
}

static struct spk_sink *make(const struct spk_query *query, const struct spk_sink_options *options, struct spk_buf *out,
                             struct sink_part *part)
{
    struct spk_sink *sink = spk_alloc_zeroed(1, sizeof *sink);
    if (sink == NULL) {
        return NULL;
    }
    sink->query = query;
    sink->count = query->count;
    sink->out = out;
    sink->part = part;
    sink->options = options != NULL ? *options : (struct spk_sink_options){ 0 };
    sink->options.separator = sink->options.separator != 0 ? sink->options.separator : '\t';
    sink->options.joiner = sink->options.joiner != 0 ? sink->options.joiner : ',';
    if (!begin(sink)) {
        spk_sink_free(sink);
        return NULL;
    }
    return sink;
}

enum spk_status spk_sink_new(const struct spk_query *query, const struct spk_sink_options *options, struct spk_out *out,
                             struct spk_sink **made, struct spk_error *error)
{
    *made = make(query, options, &out->buf, NULL);
    return *made != NULL ? SPK_OK : spk_no_memory(error);
}

void spk_sink_free(struct spk_sink *sink)
{
    if (sink != NULL) {
        spk_table_end(sink);
        spk_buf_free(&sink->leads);
        spk_free(sink->lead_ends);
        spk_free(sink);
    }
}

enum spk_status spk_sink_row(struct spk_sink *sink, const struct spk_cells *cells)
{
    const size_t out = sink->out->len;
    const size_t texts = sink->table.texts.len;
    const size_t lengths = sink->table.lengths.len;
    bool table = sink->options.format == SPK_SINK_TABLE;
    if (table ? spk_table_row(sink, cells) : put_row(sink, cells)) {
        return SPK_OK;
    }
    spk_buf_cut(sink->out, out); /* there are only whole rows */
    spk_buf_cut(&sink->table.texts, texts);
    spk_buf_cut(&sink->table.lengths, lengths);
    return SPK_ERR_MEMORY;
}

enum spk_status spk_sink_flush(struct spk_sink *sink)
{
    bool ok = sink->options.format != SPK_SINK_TABLE || spk_table_flush(sink);
    return ok ? SPK_OK : SPK_ERR_MEMORY;
}

/* ---- parts ---- */

struct spk_sink *spk_sink_part_new(const struct spk_query *query, const struct spk_sink_options *options,
                                   const bool *open, struct sink_part *part)
{
    struct spk_sink *sink = make(query, options, &part->text, part);
    if (sink != NULL) {
        sink->open = open;
    }
    return sink;
}

void spk_sink_part_free(struct sink_part *part)
{
    spk_buf_free(&part->text);
    spk_buf_free(&part->lengths);
    spk_buf_free(&part->open);
    *part = (struct sink_part){ .at = 0 };
}

bool spk_sink_join_cell(struct spk_sink *sink, struct sink_part *part, uint32_t column, const struct spk_cell *cell)
{
    if (sink->options.format == SPK_SINK_TABLE) {
        return spk_table_join_cell(sink, part, column, cell);
    }
    uint32_t to;
    memcpy(&to, part->open.data + part->cell++ * sizeof to, sizeof to);
    size_t from = part->at;
    part->at = to;
    return spk_buf_put(sink->out, part->text.data + from, to - from) && put_cell(sink, column, cell);
}

bool spk_sink_join_end(struct spk_sink *sink, struct sink_part *part)
{
    if (sink->options.format == SPK_SINK_TABLE) {
        return spk_table_join_end(sink, part);
    }
    return spk_buf_put(sink->out, part->text.data + part->at, part->text.len - part->at);
}
