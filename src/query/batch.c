/*
 * batch: packets to columns. What stands at a fixed place of a whole header goes from there straight into its column; what
 * needs a walk goes there from the walk. A header that is cut short goes by way of cells, so that there is one law about
 * what is there.
 */
#include "query/batch.h"

#include "base/memory.h"
#include "packet/walk.h"
#include "query/arrow.h"
#include "query/elements.h"
#include "query/quick.h"
#include "query/quick_line.h"
#include "query/walked.h"

enum {
    ROWS = 16384, /* unless more are asked for: what they fill is still near when it is read */
    ROWS_MAX = 65536,
    ROWS_LEAST = 256,
    FIRST_ROWS = 1024,
    ROW_COSTS = 64,
    BYTES_MAX = 2 * 1024 * 1024,
    TEXT_MAX = 1024 * 1024
};
enum { GROUPS_MAX = 1024 * 1024 }; /* bytes of a table */

/* ---- shape ---- */

/* Bytes that a row takes in a column at least. */
static size_t row_bytes(const struct column_type *type)
{
    static const size_t bytes[] = { [STORE_BITS] = 1, [STORE_8] = 1,    [STORE_16] = 2,   [STORE_32] = 4,
                                    [STORE_64] = 8,   [STORE_TEXT] = 4, [STORE_BYTES] = 4 };
    return type->list ? 4 : bytes[type->store];
}

/* Rows of a batch whose columns are of fixed width and fill it. */
static size_t most_rows(const struct shape *shape)
{
    size_t bytes = 1;
    for (size_t i = 0; i < shape->query->count; i++) {
        bytes += row_bytes(&shape->types[i]);
    }
    size_t rows = 2 * BYTES_MAX / bytes;
    return rows < ROWS_LEAST ? ROWS_LEAST : rows < ROWS_MAX ? rows : ROWS_MAX;
}

/* The row whose values run on; NULL: the column has none such. */
static const struct spk_row *running_row(const struct spk_query *query, uint32_t column)
{
    for (uint32_t k = 0; k < query->record.count; k++) {
        const struct quick *quick = &query->quick[query->record.first + k];
        if (quick->column == column && (quick->row->flags & SPK_RUNS_ON) != 0) {
            return quick->row;
        }
    }
    return NULL;
}

bool spk_shape_begin(struct shape *shape, const struct spk_query *query, const struct spk_columns_options *options)
{
    *shape = (struct shape){ .query = query };
    shape->types = spk_alloc_zeroed(query->count, sizeof shape->types[0]);
    shape->owns = spk_alloc_zeroed(query->count, sizeof shape->owns[0]);
    shape->lates = spk_alloc_zeroed(query->count, sizeof shape->lates[0]);
    shape->is_late = spk_alloc_zeroed(query->count, sizeof shape->is_late[0]);
    shape->ways = spk_alloc_zeroed(query->quick_count, sizeof shape->ways[0]);
    shape->spare = spk_spare_new();
    shape->sizes = spk_alloc_zeroed(query->count + 1, sizeof shape->sizes[0]);
    if (shape->types == NULL || shape->owns == NULL || shape->lates == NULL || shape->is_late == NULL
        || shape->ways == NULL || shape->spare == NULL || shape->sizes == NULL) {
        return false;
    }
    const struct spk_row *own_number = spk_query_own_row(OWN_NUMBER);
    for (uint32_t i = 0; i < query->count; i++) {
        const struct spk_row *row = running_row(query, i);
        shape->types[i] = spk_column_type(query, i, options->dictionary);
        shape->is_late[i] = row != NULL || query->columns[i].row == own_number;
        if (shape->is_late[i]) {
            shape->lates[shape->late_count++] = (struct late){ i, row };
        }
        if (query->columns[i].field == NULL) {
            shape->owns[shape->own_count++] = i;
        }
    }
    for (uint32_t k = 0; k < query->quick_count; k++) {
        shape->ways[k] = spk_way_of(&query->quick[k], &shape->types[query->quick[k].column]);
    }
    if (!spk_straight_begin(&shape->straight, query, shape->types)) {
        return false;
    }
    size_t rows = options->batch_rows > 0 ? options->batch_rows : ROWS;
    size_t most = most_rows(shape);
    shape->rows_max = rows < most ? rows : most;
    return true;
}

void spk_shape_end(struct shape *shape)
{
    spk_free(shape->types);
    spk_free(shape->owns);
    spk_free(shape->lates);
    spk_free(shape->is_late);
    spk_free(shape->ways);
    spk_straight_end(&shape->straight);
    spk_spare_leave(shape->spare);
    spk_free(shape->sizes);
}

const struct fixed *spk_shape_fixed(const struct shape *shape)
{
    bool columns = shape->text == NULL && shape->groups == NULL;
    bool lines = shape->text != NULL && spk_quick_line_suits(shape->query, shape->text);
    return columns || lines ? shape->query->fixed : NULL;
}

/* ---- rows ---- */

void spk_batch_clear(struct batch *batch)
{
    for (size_t i = 0; batch->columns != NULL && i < batch->shape->query->count; i++) {
        spk_column_free(&batch->columns[i]);
    }
    spk_free(batch->columns);
    spk_buf_free(&batch->late);
    spk_sink_part_free(&batch->text);
    spk_sink_free(batch->sink);
    spk_free(batch->slots);
    spk_group_table_free(batch->groups);
    *batch = (struct batch){ .shape = batch->shape, .is_part = batch->is_part, .spare = batch->spare };
}

static size_t size_so_far(const struct shape *shape, size_t index)
{
    return atomic_load_explicit(&shape->sizes[index], memory_order_relaxed);
}

/* Keeps how large a batch became that is handed over. */
static void note_sizes(const struct batch *batch)
{
    const struct shape *shape = batch->shape;
    for (size_t i = 0; i <= shape->query->count && batch->columns != NULL; i++) {
        size_t size = i == 0 ? batch->rows : batch->columns[i - 1].bytes.cap;
        if (size > size_so_far(shape, i)) {
            atomic_store_explicit(&shape->sizes[i], size, memory_order_relaxed);
        }
    }
}

static bool make_columns(struct batch *batch)
{
    const struct shape *shape = batch->shape;
    struct spare *spare = batch->spare != NULL ? batch->spare : shape->spare;
    batch->columns = spk_alloc_zeroed(shape->query->count, sizeof batch->columns[0]);
    bool ok = batch->columns != NULL;
    for (size_t i = 0; ok && i < shape->query->count; i++) {
        struct spk_buf *bytes = &batch->columns[i].bytes;
        const size_t cap = size_so_far(shape, i + 1);
        batch->columns[i].type = shape->types[i];
        batch->columns[i].spare = spare;
        bytes->data = cap > 0 ? spk_spare_alloc(spare, cap) : NULL;
        bytes->cap = bytes->data != NULL ? cap : 0;
        ok = bytes->cap == cap;
    }
    return ok;
}

/* Room for rows more in every column, as far as a batch may have them. */
static bool make_room(struct batch *batch, size_t rows)
{
    const struct shape *shape = batch->shape;
    if (batch->rows + rows <= batch->room) {
        return true;
    }
    size_t room = batch->room > 0 ? batch->room * 2 : size_so_far(shape, 0);
    room = room < FIRST_ROWS ? FIRST_ROWS : room;
    room = room > shape->rows_max ? shape->rows_max : room;
    if (batch->columns == NULL && !make_columns(batch)) {
        return false;
    }
    for (size_t i = 0; i < shape->query->count; i++) {
        if (!spk_column_room(&batch->columns[i], room)) {
            return false;
        }
    }
    batch->room = room;
    return true;
}

void spk_batch_move(struct batch *from, struct batch *to)
{
    const struct batch old = *from;
    *to = old;
    to->sink = NULL;
    to->slots = NULL;
    *from = (struct batch){
        .shape = old.shape, .spare = old.spare, .is_part = old.is_part, .sink = old.sink, .slots = old.slots
    };
    note_sizes(&old);
}

/* Whether a column's value is left open here. */
static inline bool is_open(const struct batch *batch, uint32_t column)
{
    return batch->is_part && batch->shape->is_late[column];
}

static enum spk_status take_cell(struct batch *batch, uint32_t column, const struct spk_cell *cell)
{
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; !is_open(batch, column) && i < cell->count && status == SPK_OK; i++) {
        status = spk_column_put(&batch->columns[column], batch->rows, cell->items[i].row, &cell->items[i].value);
    }
    return status;
}

/* Puts the value that the walk stands on into its member's column. */
static enum spk_status put_member(struct spk_scan *scan, struct element_walk *walk, struct column *column,
                                  size_t element)
{
    struct spk_value value;
    if (!spk_walk_value(&walk->walk, &scan->maker.scratch, &value)) {
        return SPK_OK;
    }
    return spk_column_put(&column->members[walk->member], element, walk->walk.row, &value);
}

/* The elements of groups, whose columns are of structs. */
static enum spk_status take_elements(struct batch *batch, struct spk_scan *scan)
{
    const struct spk_query *query = batch->shape->query;
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < query->elements_count && status == SPK_OK; i++) {
        struct column *column = &batch->columns[query->elements[i].column];
        struct element_walk walk;
        size_t element = 0;
        enum element_event event = ELEMENT_BEGIN;
        spk_element_begin(&walk, &query->elements[i], &scan->packet);
        while (status == SPK_OK && (event = spk_element_next(&walk)) != ELEMENT_NONE) {
            if (event == ELEMENT_BEGIN) {
                status = spk_column_element(column, batch->rows, &element);
            } else if (event == ELEMENT_VALUE) {
                status = put_member(scan, &walk, column, element);
            }
        }
    }
    return status;
}

/* The row by way of cells, whatever the columns are. */
static enum spk_status take_all_cells(struct batch *batch, struct spk_scan *scan)
{
    enum spk_status status = spk_scan_cells(scan) ? SPK_OK : SPK_ERR_MEMORY;
    for (uint32_t i = 0; i < batch->shape->query->count && status == SPK_OK; i++) {
        bool is_struct = batch->shape->types[i].store == STORE_STRUCT;
        status = is_struct ? SPK_OK : take_cell(batch, i, &scan->maker.cells[i]);
    }
    return status;
}

/* The columns of the scan's own, which say nothing of the packet. */
static enum spk_status take_owns(struct batch *batch, struct spk_scan *scan)
{
    spk_cells_clear(&scan->maker);
    enum spk_status status = spk_scan_own(scan) ? SPK_OK : SPK_ERR_MEMORY;
    for (uint32_t k = 0; k < batch->shape->own_count && status == SPK_OK; k++) {
        status = take_cell(batch, batch->shape->owns[k], &scan->maker.cells[batch->shape->owns[k]]);
    }
    return status;
}

static enum spk_status take_record(struct batch *batch, struct spk_scan *scan)
{
    const struct spk_query *query = batch->shape->query;
    const struct spk_place place = spk_quick_place(&scan->packet, &scan->maker);
    enum spk_status status = SPK_OK;
    for (uint32_t k = query->record.first; k < query->record.first + query->record.count && status == SPK_OK; k++) {
        const struct quick *quick = &query->quick[k];
        struct column *column = &batch->columns[quick->column];
        struct spk_value value;
        if (is_open(batch, quick->column) || !spk_quick_record(quick, &place, &value)) {
            continue;
        }
        if (batch->shape->ways[k] != WAY_RECORD) {
            status = spk_column_put(column, batch->rows, quick->row, &value);
        } else if (spk_column_begins(column, batch->rows)) {
            ((uint64_t *)(void *)column->data)[batch->rows] = value.u;
        }
    }
    return status;
}

/* A quick read of a packet that was decoded. */
static inline enum spk_status take_quick(struct batch *batch, const struct spk_packet *packet,
                                         const struct spk_layer *layer, const struct quick *quick, uint8_t way)
{
    struct column *column = &batch->columns[quick->column];
    const uint8_t *at = packet->data + layer->at + quick->bit / 8;
    struct spk_value value = { .kind = SPK_IP4 };
    if (!spk_quick_holds(quick, packet->data + layer->at)) {
        return SPK_OK;
    }
    if (way == WAY_ANY) {
        spk_quick_read(quick, packet, layer, &value);
        return spk_column_put(column, batch->rows, quick->row, &value);
    }
    if (!spk_column_begins(column, batch->rows)) {
        return SPK_OK;
    }
    if (way != WAY_IP4 || quick->row->view.get == NULL) {
        return spk_straight_put(column, batch->rows, way, at);
    }
    value.u = spk_load32(at);
    spk_quick_instead(quick, packet, layer, &value);
    return spk_column_put_ip4(column, batch->rows, (uint32_t)value.u);
}

static inline enum spk_status take_layer(struct batch *batch, const struct spk_packet *packet,
                                         const struct spk_layer *layer)
{
    const struct spk_query *query = batch->shape->query;
    const struct quick_range *range = &query->layers[layer->proto];
    enum spk_status status = SPK_OK;
    for (uint32_t k = range->first; k < range->first + range->count && status == SPK_OK; k++) {
        status = take_quick(batch, packet, layer, &query->quick[k], batch->shape->ways[k]);
    }
    return status;
}

static bool is_whole(const struct spk_packet *packet)
{
    for (unsigned i = 0; i < packet->count; i++) {
        if ((packet->layers[i].flags & SPK_LAYER_SHORT) != 0) {
            return false;
        }
    }
    return true;
}

/* What packets of known kinds have. */
static enum spk_status fill_run(struct batch *batch, struct spk_scan *scan, const struct run *run)
{
    const struct shape *shape = batch->shape;
    enum spk_status status = spk_straight_packets(&shape->straight, batch->columns, batch->rows, run);
    return status == SPK_OK && shape->query->has_walks ? spk_walked_run(&scan->maker, run, batch->columns, batch->rows)
                                                       : status;
}

static enum spk_status take_row(struct batch *batch, struct spk_scan *scan)
{
    const struct spk_query *query = batch->shape->query;
    const struct spk_packet *packet = &scan->packet;
    if (scan->kind == NULL && query->decode && (query->options.tutorial || !is_whole(packet))) {
        return take_all_cells(batch, scan);
    }
    enum spk_status status = SPK_OK;
    if (query->record.count > 0) {
        status = take_record(batch, scan);
    }
    if (scan->kind != NULL && status == SPK_OK) {
        struct run run = { .records = &scan->record, .count = 1 };
        run.kinds[0] = (uint16_t)(scan->kind - query->fixed->kinds);
        return fill_run(batch, scan, &run);
    }
    if (query->quick_count > query->record.count) {
        for (unsigned i = 0; i < packet->count && status == SPK_OK; i++) {
            status = take_layer(batch, packet, &packet->layers[i]);
        }
    }
    if (query->has_walks && status == SPK_OK) {
        status = spk_walked_take(&scan->maker, packet, batch->columns, batch->rows);
    }
    return status == SPK_OK && batch->shape->own_count > 0 ? take_owns(batch, scan) : status;
}

bool spk_shape_fills_runs(const struct shape *shape)
{
    return shape->text == NULL && shape->groups == NULL && shape->straight.wholly;
}

size_t spk_batch_room(const struct batch *batch)
{
    return batch->shape->text != NULL ? RUN_MAX : batch->shape->rows_max - batch->rows;
}

enum spk_status spk_batch_take_run(struct batch *batch, struct spk_scan *scan, const struct run *run)
{
    if (!make_room(batch, run->count)) {
        return SPK_ERR_MEMORY;
    }
    spk_straight_members(&batch->shape->straight, batch->columns, batch->rows, run);
    enum spk_status status = fill_run(batch, scan, run);
    const struct spk_record *last = &run->records[run->count - 1];
    batch->rows += run->count;
    batch->taken += last->offset - run->records->offset + last->caplen + run->count * ROW_COSTS;
    return status;
}

/* Keeps what the open values of the row will be made of. */
static bool keep_late(struct batch *batch, const struct spk_scan *scan)
{
    const struct late_row row = { .time_ns = scan->frame.time_ns,
                                  .previous_ns = scan->frame.previous_ns,
                                  .number = scan->counts.read,
                                  .has_time = scan->frame.has_time };
    return !batch->is_part || batch->shape->late_count == 0 || spk_buf_put(&batch->late, &row, sizeof row);
}

static bool make_sink(struct batch *batch)
{
    const struct shape *shape = batch->shape;
    const bool *open = batch->is_part && shape->late_count > 0 ? shape->is_late : NULL;
    batch->sink = spk_sink_part_new(shape->query, shape->text, open, &batch->text);
    if (batch->sink != NULL && spk_quick_line_suits(shape->query, shape->text)) {
        batch->slots = spk_alloc_zeroed(shape->query->count, sizeof batch->slots[0]);
        return batch->slots != NULL;
    }
    return batch->sink != NULL;
}

static enum spk_status take_text(struct batch *batch, struct spk_scan *scan)
{
    bool made = false;
    if (batch->sink == NULL && !make_sink(batch)) {
        return SPK_ERR_MEMORY;
    }
    if (batch->slots != NULL) {
        enum spk_status status = spk_quick_line(batch->sink, batch->slots, scan, &made);
        if (made) {
            return status;
        }
    }
    return spk_scan_cells(scan) ? spk_sink_row(batch->sink, &scan->cells) : SPK_ERR_MEMORY;
}

static enum spk_status take_group(struct batch *batch, struct spk_scan *scan)
{
    if (batch->groups == NULL) {
        batch->groups = spk_group_table_new(batch->shape->groups);
    }
    bool ready = batch->groups != NULL && spk_scan_cells(scan);
    return ready ? spk_group_table_row(batch->groups, scan->maker.cells) : SPK_ERR_MEMORY;
}

static enum spk_status take_packet(struct batch *batch, struct spk_scan *scan)
{
    if (!keep_late(batch, scan)) {
        return SPK_ERR_MEMORY;
    }
    if (batch->shape->text != NULL) {
        return take_text(batch, scan);
    }
    if (batch->shape->groups != NULL) {
        return take_group(batch, scan);
    }
    enum spk_status status = make_room(batch, 1) ? take_row(batch, scan) : SPK_ERR_MEMORY;
    return status == SPK_OK && batch->shape->query->elements_count > 0 ? take_elements(batch, scan) : status;
}

enum spk_status spk_batch_take(struct batch *batch, struct spk_scan *scan)
{
    const size_t late = batch->late.len;
    const struct sink_part text = batch->text;
    enum spk_status status = take_packet(batch, scan);
    if (status == SPK_OK) {
        batch->rows++;
        batch->taken += scan->record.caplen + ROW_COSTS;
        spk_scan_shown(scan);
    } else { /* the rows before it are whole, and stay */
        batch->late.len = late;
        batch->text.text.len = text.text.len;
        batch->text.lengths.len = text.lengths.len;
        batch->text.open.len = text.open.len;
    }
    return status;
}

bool spk_batch_looks_full(struct batch *batch)
{
    size_t bytes = 0;
    if (batch->shape->text != NULL) {
        return batch->text.text.len >= TEXT_MAX;
    }
    if (batch->shape->groups != NULL) {
        return batch->groups != NULL && spk_group_table_size(batch->groups) >= GROUPS_MAX;
    }
    batch->taken = 0;
    for (size_t i = 0; i < batch->shape->query->count && batch->rows < batch->shape->rows_max; i++) {
        bytes += spk_column_bytes(&batch->columns[i]);
    }
    return batch->rows >= batch->shape->rows_max || bytes > BYTES_MAX;
}

bool spk_batch_is_due(struct batch *batch)
{
    return batch->shape->text != NULL ? batch->rows > 0 : spk_batch_is_full(batch);
}

/* ---- what was left open ---- */

static enum spk_status fill_in(struct batch *batch, size_t row, const struct late *late,
                               const struct spk_packet *packet, uint64_t in_source, struct spk_sink *sink)
{
    const struct spk_row *shown = late->row != NULL ? late->row : spk_query_own_row(OWN_NUMBER);
    struct spk_item item = { .row = shown, .value = { .kind = shown->kind, .u = in_source }, .layer = SPK_NO_LAYER };
    const struct spk_place place = { .packet = packet };
    bool there = late->row == NULL || late->row->view.get(&place, &item.value);
    if (sink != NULL) {
        const struct spk_cell cell = { .items = &item, .count = there ? 1 : 0 };
        return spk_sink_join_cell(sink, &batch->text, late->column, &cell) ? SPK_OK : SPK_ERR_MEMORY;
    }
    return there ? spk_column_put(&batch->columns[late->column], row, shown, &item.value) : SPK_OK;
}

bool spk_batch_join(struct batch *batch, struct before *before, struct spk_sink *sink)
{
    const struct late_row *rows = (const struct late_row *)(const void *)batch->late.data;
    struct spk_frame frame = before->frame;
    const struct spk_packet packet = { .registry = batch->shape->query->registry, .frame = &frame };
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < batch->late.len / sizeof *rows && status == SPK_OK; i++) {
        frame.number = before->read + rows[i].number;
        frame.time_ns = rows[i].time_ns;
        frame.has_time = rows[i].has_time;
        frame.has_previous = frame.number > 1;
        frame.previous_ns = rows[i].number > 1 ? rows[i].previous_ns : before->frame.time_ns;
        for (uint32_t k = 0; k < batch->shape->late_count && status == SPK_OK; k++) {
            status = fill_in(batch, i, &batch->shape->lates[k], &packet, before->in_source + rows[i].number, sink);
        }
        frame.displayed_ns = rows[i].time_ns;
        frame.has_displayed = true;
    }
    before->frame.displayed_ns = frame.displayed_ns;
    before->frame.has_displayed = frame.has_displayed;
    return status == SPK_OK;
}

bool spk_batch_give(struct batch *batch, struct ArrowArray *out)
{
    bool given = spk_arrow_array(batch->columns, batch->shape->query->count, batch->rows, out);
    spk_batch_clear(batch);
    return given;
}
