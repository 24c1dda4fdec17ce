/* table: columns aligned for the eye. The first rows are held back until their widths are known. */
#include "query/sink.h"

#include "base/memory.h"
#include "query/plan.h"

#include <string.h>

enum {
    WIDTH_MAX = 64, /* a longer cell runs over: nothing is ever cut */
    HELD_MAX = 4 * 1024 * 1024
};

/* Numbers stand to the right. */
static bool is_right(const struct spk_sink *sink, size_t column)
{
    const struct spk_column *of = &sink->query->columns[column];
    return (of->kind == SPK_UINT || of->kind == SPK_INT) && of->row->base == SPK_DEC && !of->list;
}

static bool put_spaces(struct spk_buf *out, size_t count)
{
    uint8_t *room = spk_buf_room(out, count);
    if (room == NULL) {
        return false;
    }
    memset(room, ' ', count);
    out->len += count;
    return true;
}

static bool put_padded(struct spk_sink *sink, size_t column, const uint8_t *text, size_t len)
{
    size_t columns = spk_utf8_columns(text, len);
    size_t width = sink->table.widths[column];
    size_t pad = columns < width ? width - columns : 0;
    bool right = is_right(sink, column);
    bool last = column + 1 == sink->count;
    return (column == 0 || put_spaces(sink->out, 2)) && (!right || put_spaces(sink->out, pad))
           && spk_buf_put(sink->out, text, len) && (right || last || put_spaces(sink->out, pad));
}

static void widen(struct table *table, size_t column, const uint8_t *text, size_t len)
{
    size_t columns = spk_utf8_columns(text, len);
    columns = columns < WIDTH_MAX ? columns : WIDTH_MAX;
    if (columns > table->widths[column]) {
        table->widths[column] = columns;
    }
}

enum spk_status spk_table_begin(struct spk_sink *sink)
{
    sink->table.widths = spk_alloc_zeroed(sink->count, sizeof sink->table.widths[0]);
    if (sink->table.widths == NULL) {
        return SPK_ERR_MEMORY;
    }
    for (size_t i = 0; i < sink->count && sink->options.header; i++) {
        const char *name = sink->query->columns[i].name;
        widen(&sink->table, i, (const uint8_t *)name, strlen(name));
    }
    return SPK_OK;
}

void spk_table_end(struct spk_sink *sink)
{
    spk_free(sink->table.widths);
    spk_buf_free(&sink->table.texts);
    spk_buf_free(&sink->table.lengths);
}

/* Appends the row to the texts held. */
static bool hold(struct spk_sink *sink, const struct spk_cells *cells)
{
    struct table *table = &sink->table;
    for (size_t i = 0; i < sink->count; i++) {
        size_t start = table->texts.len;
        if (!spk_sink_put_line_cell(sink, &table->texts, &cells->cells[i])) {
            return false;
        }
        uint32_t len = (uint32_t)(table->texts.len - start);
        if (!spk_buf_put(&table->lengths, &len, sizeof len)) {
            return false;
        }
        if (!table->running && len > 0) {
            widen(table, i, table->texts.data + start, len);
        }
    }
    table->rows++;
    return true;
}

/* Puts the rows held, aligned, and forgets them. */
static bool release(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    const uint8_t *text = table->texts.data;
    const uint8_t *length = table->lengths.data;
    bool ok = true;
    for (uint32_t row = 0; row < table->rows && ok; row++) {
        for (size_t i = 0; i < sink->count && ok; i++) {
            uint32_t len = 0;
            memcpy(&len, length, sizeof len);
            ok = put_padded(sink, i, len > 0 ? text : (const uint8_t *)"", len);
            text = len > 0 ? text + len : text;
            length += sizeof len;
        }
        ok = ok && spk_buf_put_byte(sink->out, '\n');
    }
    table->rows = 0;
    table->texts.len = 0;
    table->lengths.len = 0;
    return ok;
}

static bool put_header(struct spk_sink *sink)
{
    bool ok = true;
    for (size_t i = 0; i < sink->count && ok; i++) {
        const char *name = sink->query->columns[i].name;
        ok = put_padded(sink, i, (const uint8_t *)name, strlen(name));
    }
    return ok && spk_buf_put_byte(sink->out, '\n');
}

bool spk_table_flush(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    if (!table->running) {
        table->running = true;
        if (sink->options.header && !put_header(sink)) {
            return false;
        }
    }
    return release(sink);
}

bool spk_table_row(struct spk_sink *sink, const struct spk_cells *cells)
{
    struct table *table = &sink->table;
    if (!hold(sink, cells)) {
        return false;
    }
    bool enough = table->running || table->rows >= SPK_TABLE_ROWS || table->texts.len >= HELD_MAX;
    return !enough || spk_table_flush(sink);
}
