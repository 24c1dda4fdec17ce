/*
 * table: columns aligned for the eye. The first rows are held back until their widths are known.
 *
 * Where a width is given (a terminal's), columns give way until a row fits: the widest first, and only as far as they
 * break well: an address or a number never does. A cell longer than its column goes on in the lines below. Where that is
 * not enough, each row becomes a block with a field a line.
 */
#include "query/sink.h"

#include "base/memory.h"
#include "query/plan.h"

#include <string.h>

enum {
    WIDTH_MAX = 64,   /* without a given width: a longer cell runs over, nothing is ever cut */
    TEXT_WIDE = 24,   /* text may be broken anywhere, but not into pieces narrower than this */
    TEXT_NARROW = 12, /* or, where there is no other way, than this */
    LINES_MAX = 8,    /* of a cell; what is longer ends in dots */
    DOTS = 3,
    GAP = 2, /* between columns */
    HELD_MAX = 4 * 1024 * 1024
};

/* Behind these a value breaks well, behind those a name. */
#define TEXT_BREAKS ", "
#define NAME_BREAKS "._"

#define BOLD "\x1b[1m"
#define PLAIN "\x1b[0m"

/* Numbers stand to the right. */
static bool is_right(const struct spk_sink *sink, size_t column)
{
    const struct spk_column *of = &sink->query->columns[column];
    return (of->kind == SPK_UINT || of->kind == SPK_INT) && of->row->base == SPK_DEC && !of->list;
}

/* ---- widths ---- */

/* Columns of the longest piece between the characters behind which the text may be broken. */
static size_t longest_piece(const uint8_t *text, size_t len, const char *breaks)
{
    size_t longest = 0;
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && (text[end] == '\0' || strchr(breaks, text[end]) == NULL)) {
            end++;
        }
        end += end < len;
        size_t columns = spk_utf8_columns(text + at, end - at);
        longest = columns > longest ? columns : longest;
        at = end;
    }
    return longest;
}

static void widen(struct spk_sink *sink, size_t column, const uint8_t *text, size_t len)
{
    struct table *table = &sink->table;
    size_t columns = spk_utf8_columns(text, len);
    if (sink->options.width == 0) {
        columns = columns < WIDTH_MAX ? columns : WIDTH_MAX;
    } else {
        size_t piece = longest_piece(text, len, TEXT_BREAKS);
        table->least[column] = piece > table->least[column] ? piece : table->least[column];
    }
    table->widths[column] = columns > table->widths[column] ? columns : table->widths[column];
}

/* The column's width where none is to be wider than cap, nor text narrower than so much. */
static size_t capped(const struct spk_sink *sink, size_t column, size_t cap, size_t text)
{
    uint8_t kind = sink->query->columns[column].kind;
    size_t width = sink->table.widths[column];
    size_t least = sink->table.least[column];
    least = (kind == SPK_TEXT || kind == SPK_BYTES) && least > text ? text : least;
    least = cap > least ? cap : least;
    return width < least ? width : least;
}

static size_t sum_capped(const struct spk_sink *sink, size_t cap, size_t text)
{
    size_t sum = (sink->count - 1) * GAP;
    for (size_t i = 0; i < sink->count; i++) {
        sum += capped(sink, i, cap, text);
    }
    return sum;
}

/* Narrows the widest columns until a row fits. False: it does not. */
static bool narrow(struct spk_sink *sink, size_t text)
{
    struct table *table = &sink->table;
    size_t room = sink->options.width;
    size_t cap = room;
    while (cap > 0 && sum_capped(sink, cap, text) > room) {
        cap--;
    }
    size_t sum = sum_capped(sink, cap, text);
    if (sum > room) {
        return false;
    }
    for (size_t i = 0; i < sink->count; i++) {
        size_t width = capped(sink, i, cap, text);
        bool more = sum < room && width == cap && table->widths[i] > width;
        table->widths[i] = width + more;
        sum += more;
    }
    for (size_t i = 0; i < sink->count && sink->options.header; i++) {
        size_t name = strlen(sink->query->columns[i].name);
        size_t more = name > table->widths[i] && name - table->widths[i] <= room - sum ? name - table->widths[i] : 0;
        table->widths[i] += more;
        sum += more;
    }
    if (!is_right(sink, sink->count - 1)) {
        table->widths[sink->count - 1] += room - sum; /* nothing stands behind it */
    }
    return true;
}

/* The widths are final from here on. */
static void settle(struct spk_sink *sink)
{
    sink->table.running = true;
    if (sink->options.width == 0 || narrow(sink, TEXT_WIDE) || narrow(sink, TEXT_NARROW)) {
        return;
    }
    for (size_t i = 0; i < sink->count; i++) {
        size_t name = strlen(sink->query->columns[i].name);
        sink->table.names = name > sink->table.names ? name : sink->table.names;
    }
}

enum spk_status spk_table_begin(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    table->widths = spk_alloc_zeroed(sink->count, sizeof table->widths[0]);
    table->least = spk_alloc_zeroed(sink->count, sizeof table->least[0]);
    table->cells = spk_alloc_zeroed(sink->count, sizeof table->cells[0]);
    if (table->widths == NULL || table->least == NULL || table->cells == NULL) {
        return SPK_ERR_MEMORY;
    }
    for (size_t i = 0; i < sink->count && sink->options.header; i++) {
        const char *name = sink->query->columns[i].name;
        size_t len = strlen(name);
        /* a name rather takes two lines than room from the values */
        table->widths[i] = sink->options.width == 0 ? len : longest_piece((const uint8_t *)name, len, NAME_BREAKS);
        table->least[i] = table->widths[i];
    }
    return SPK_OK;
}

void spk_table_end(struct spk_sink *sink)
{
    spk_free(sink->table.widths);
    spk_free(sink->table.least);
    spk_free(sink->table.cells);
    spk_buf_free(&sink->table.texts);
    spk_buf_free(&sink->table.lengths);
}

/* ---- rows ---- */

/* The text that was put behind start is a cell's. */
static bool end_cell(struct spk_sink *sink, size_t column, size_t start)
{
    struct table *table = &sink->table;
    uint32_t len = (uint32_t)(table->texts.len - start);
    if (!spk_buf_put(&table->lengths, &len, sizeof len)) {
        return false;
    }
    if (!table->running && len > 0) {
        widen(sink, column, table->texts.data + start, len);
    }
    return true;
}

/* A part's row: its cells' texts and lengths. */
static bool put_part_row(struct spk_sink *sink, const struct spk_cells *cells)
{
    struct sink_part *part = sink->part;
    bool ok = true;
    for (size_t i = 0; i < sink->count && ok; i++) {
        size_t start = part->text.len;
        ok = (sink->open != NULL && sink->open[i]) || spk_sink_put_line_cell(sink, &part->text, &cells->cells[i]);
        uint32_t len = (uint32_t)(part->text.len - start);
        ok = ok && spk_buf_put(&part->lengths, &len, sizeof len);
    }
    return ok;
}

/* What of a cell goes into one line. */
struct piece {
    size_t bytes, columns;
    size_t blank; /* 1: the last of the bytes is a blank at which the line is broken, and is not shown */
    bool dots;    /* behind it, for what is left out */
};

static struct piece take(struct span *cell, size_t columns, bool last)
{
    struct piece piece = { .bytes = spk_utf8_fold(cell->text, cell->len, columns) };
    piece.dots = last && piece.bytes < cell->len && columns > DOTS;
    if (piece.dots) {
        piece.bytes = spk_utf8_cut(cell->text, cell->len, columns - DOTS);
    } else if (last) {
        piece.bytes = cell->len; /* no room even for dots: let it run over */
    }
    piece.blank = piece.bytes > 0 && piece.bytes < cell->len && cell->text[piece.bytes - 1] == ' ';
    piece.columns = spk_utf8_columns(cell->text, piece.bytes - piece.blank) + (piece.dots ? DOTS : 0);
    return piece;
}

static bool put_piece(struct spk_buf *out, struct span *cell, const struct piece *piece)
{
    bool ok =
        spk_buf_put(out, cell->text, piece->bytes - piece->blank) && (!piece->dots || spk_buf_put(out, "...", DOTS));
    cell->text += piece->bytes;
    cell->len = piece->dots ? 0 : cell->len - piece->bytes;
    return ok;
}

/* One line of a row: a piece of every cell. Spaces are put only when something follows. Sets *more. */
static bool put_line(struct spk_sink *sink, bool last, bool *more)
{
    struct table *table = &sink->table;
    size_t spaces = 0;
    bool ok = true;
    *more = false;
    for (size_t i = 0; i < sink->count && ok; i++) {
        size_t width = table->widths[i];
        struct piece piece = take(&table->cells[i], sink->options.width > 0 ? width : SIZE_MAX, last);
        size_t pad = piece.columns < width ? width - piece.columns : 0;
        bool right = is_right(sink, i);
        if (piece.columns > 0) {
            ok = spk_buf_put_spaces(sink->out, spaces + (right ? pad : 0))
                 && put_piece(sink->out, &table->cells[i], &piece);
            spaces = right ? 0 : pad;
        } else {
            spaces += width;
        }
        spaces += GAP;
        *more |= table->cells[i].len > 0;
    }
    return ok && spk_buf_put_byte(sink->out, '\n');
}

/* The row whose texts are in table->cells, as lines of columns. */
static bool put_columns(struct spk_sink *sink)
{
    bool more = true;
    bool ok = true;
    for (unsigned line = 1; more && ok; line++) {
        ok = put_line(sink, line == LINES_MAX, &more);
    }
    return ok;
}

static bool put_name(struct spk_sink *sink, const char *name)
{
    bool colour = sink->options.colour;
    return (!colour || spk_buf_put_text(sink->out, BOLD)) && spk_buf_put_text(sink->out, name)
           && (!colour || spk_buf_put_text(sink->out, PLAIN));
}

/* The same as a block: a line a field, its name first. */
static bool put_block(struct spk_sink *sink)
{
    size_t indent = sink->table.names + GAP;
    size_t room = sink->options.width > indent + TEXT_NARROW ? sink->options.width - indent : TEXT_NARROW;
    bool ok = true;
    for (size_t i = 0; i < sink->count && ok; i++) {
        const char *name = sink->query->columns[i].name;
        struct span *cell = &sink->table.cells[i];
        size_t spaces = indent - strlen(name);
        ok = put_name(sink, name);
        for (unsigned line = 1; cell->len > 0 && ok; line++, spaces = indent) {
            struct piece piece = take(cell, room, line == LINES_MAX);
            ok = (line == 1 || spk_buf_put_byte(sink->out, '\n')) && spk_buf_put_spaces(sink->out, spaces)
                 && put_piece(sink->out, cell, &piece);
        }
        ok = ok && spk_buf_put_byte(sink->out, '\n');
    }
    return ok && spk_buf_put_byte(sink->out, '\n');
}

/* Puts the rows held, aligned, and forgets them. */
static bool release(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    const uint8_t *text = table->texts.data;
    const uint8_t *length = table->lengths.data;
    bool ok = true;
    for (uint32_t row = 0; row < table->rows && ok; row++) {
        for (size_t i = 0; i < sink->count; i++, length += sizeof(uint32_t)) {
            uint32_t len = 0;
            memcpy(&len, length, sizeof len);
            table->cells[i] = (struct span){ len > 0 ? text : (const uint8_t *)"", len };
            text = len > 0 ? text + len : text;
        }
        ok = table->names > 0 ? put_block(sink) : put_columns(sink);
    }
    table->rows = 0;
    table->texts.len = 0;
    table->lengths.len = 0;
    return ok;
}

static bool put_header(struct spk_sink *sink)
{
    bool colour = sink->options.colour;
    for (size_t i = 0; i < sink->count; i++) {
        const char *name = sink->query->columns[i].name;
        sink->table.cells[i] = (struct span){ (const uint8_t *)name, strlen(name) };
    }
    return (!colour || spk_buf_put_text(sink->out, BOLD)) && put_columns(sink)
           && (!colour || spk_buf_put_text(sink->out, PLAIN));
}

bool spk_table_flush(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    if (!table->running) {
        settle(sink);
        if (sink->options.header && table->names == 0 && !put_header(sink)) {
            return false;
        }
    }
    return release(sink);
}

/* A row is whole. */
static bool end_row(struct spk_sink *sink)
{
    struct table *table = &sink->table;
    table->rows++;
    bool enough = table->running || table->rows >= SPK_TABLE_ROWS || table->texts.len >= HELD_MAX;
    return !enough || spk_table_flush(sink);
}

bool spk_table_row(struct spk_sink *sink, const struct spk_cells *cells)
{
    bool ok = true;
    if (sink->part != NULL) {
        return put_part_row(sink, cells);
    }
    for (size_t i = 0; i < sink->count && ok; i++) {
        size_t start = sink->table.texts.len;
        ok = spk_sink_put_line_cell(sink, &sink->table.texts, &cells->cells[i]) && end_cell(sink, i, start);
    }
    return ok && end_row(sink);
}

/* Takes the part's next cell. */
static bool take_cell(struct spk_sink *sink, struct sink_part *part)
{
    uint32_t len;
    size_t start = sink->table.texts.len;
    memcpy(&len, part->lengths.data + part->cell * sizeof len, sizeof len);
    const uint8_t *text = part->text.data + part->at;
    size_t column = part->cell++ % sink->count;
    part->at += len;
    bool ok = (len == 0 || spk_buf_put(&sink->table.texts, text, len)) && end_cell(sink, column, start);
    return ok && (column + 1 < sink->count || end_row(sink));
}

bool spk_table_join_cell(struct spk_sink *sink, struct sink_part *part, uint32_t column, const struct spk_cell *cell)
{
    bool ok = true;
    while (ok && part->cell % sink->count != column) {
        ok = take_cell(sink, part);
    }
    part->cell++;
    size_t start = sink->table.texts.len;
    ok = ok && spk_sink_put_line_cell(sink, &sink->table.texts, cell) && end_cell(sink, column, start);
    return ok && (column + 1 < sink->count || end_row(sink));
}

bool spk_table_join_end(struct spk_sink *sink, struct sink_part *part)
{
    bool ok = true;
    while (ok && part->cell < part->lengths.len / sizeof(uint32_t)) {
        ok = take_cell(sink, part);
    }
    return ok;
}
