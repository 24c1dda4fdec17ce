/*
 * batch: packets to columns. What stands at a fixed place of a whole header goes from there straight into its column; what
 * needs a walk, or a header that is cut short, goes by way of cells, so that there is one law about what is there.
 */
#include "query/batch.h"

#include "base/memory.h"
#include "query/arrow.h"
#include "query/quick.h"

enum { ROWS_MAX = 65536, FIRST_ROWS = 1024, ROW_COSTS = 64, BYTES_MAX = 4 * 1024 * 1024, LOOK_EVERY = 64 * 1024 };

bool spk_batch_begin(struct batch *batch, const struct spk_query *query, const struct spk_columns_options *options)
{
    batch->query = query;
    batch->rows_max = options != NULL && options->batch_rows > 0 ? options->batch_rows : ROWS_MAX;
    batch->columns = spk_alloc_zeroed(query->count, sizeof batch->columns[0]);
    batch->walked = spk_alloc_zeroed(query->count, sizeof batch->walked[0]);
    if (batch->columns == NULL || batch->walked == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < query->count; i++) {
        batch->columns[i].type = spk_column_type(query, i, options != NULL && options->dictionary);
        if (!query->is_quick[i]) {
            batch->walked[batch->walked_count++] = i;
        }
    }
    return true;
}

void spk_batch_end(struct batch *batch)
{
    for (size_t i = 0; batch->columns != NULL && i < batch->query->count; i++) {
        spk_column_free(&batch->columns[i]);
    }
    spk_free(batch->columns);
    spk_free(batch->walked);
    batch->columns = NULL;
    batch->walked = NULL;
}

/* Room for one row more in every column. */
static bool make_room(struct batch *batch)
{
    if (batch->rows < batch->room) {
        return true;
    }
    size_t room = batch->room > 0 ? batch->room * 2 : FIRST_ROWS;
    room = room > batch->rows_max ? batch->rows_max : room;
    for (size_t i = 0; i < batch->query->count; i++) {
        if (!spk_column_room(&batch->columns[i], room)) {
            return false;
        }
    }
    batch->room = room;
    return true;
}

static enum spk_status take_cell(struct batch *batch, uint32_t column, const struct spk_cell *cell)
{
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < cell->count && status == SPK_OK; i++) {
        status = spk_column_put(&batch->columns[column], batch->rows, cell->items[i].row, &cell->items[i].value);
    }
    return status;
}

/* The row by way of cells, whatever the columns are. */
static enum spk_status take_all_cells(struct batch *batch, struct spk_scan *scan)
{
    enum spk_status status = spk_scan_cells(scan) ? SPK_OK : SPK_ERR_MEMORY;
    for (uint32_t i = 0; i < batch->query->count && status == SPK_OK; i++) {
        status = take_cell(batch, i, &scan->maker.cells[i]);
    }
    return status;
}

static enum spk_status take_walked(struct batch *batch, struct spk_scan *scan)
{
    spk_cells_clear(&scan->maker);
    if (!spk_scan_own(scan) || (batch->query->decode && !spk_cells_walk(&scan->maker, &scan->packet))) {
        return SPK_ERR_MEMORY;
    }
    enum spk_status status = SPK_OK;
    for (uint32_t k = 0; k < batch->walked_count && status == SPK_OK; k++) {
        status = take_cell(batch, batch->walked[k], &scan->maker.cells[batch->walked[k]]);
    }
    return status;
}

static enum spk_status take_record(struct batch *batch, struct spk_scan *scan)
{
    const struct spk_query *query = batch->query;
    struct spk_place place = { .packet = &scan->packet,
                               .end = scan->packet.caplen,
                               .group = &scan->maker.nowhere,
                               .scratch = &scan->maker.scratch };
    enum spk_status status = SPK_OK;
    for (uint32_t k = 0; k < query->record.count && status == SPK_OK; k++) {
        const struct quick *quick = &query->quick[query->record.first + k];
        struct spk_value value = { .kind = quick->row->kind };
        if (quick->row->view.get(&place, &value)) {
            status = spk_column_put(&batch->columns[quick->column], batch->rows, quick->row, &value);
        }
    }
    return status;
}

static inline enum spk_status take_layer(struct batch *batch, const struct spk_packet *packet,
                                         const struct spk_layer *layer)
{
    const struct quick_range *range = &batch->query->layers[layer->proto];
    const struct quick *quick = batch->query->quick + range->first;
    enum spk_status status = SPK_OK;
    for (uint32_t k = 0; k < range->count && status == SPK_OK; k++) {
        struct spk_value value;
        spk_quick_read(&quick[k], packet, layer, &value);
        status = spk_column_put(&batch->columns[quick[k].column], batch->rows, quick[k].row, &value);
    }
    return status;
}

static bool is_whole(const struct spk_packet *packet)
{
    uint8_t flags = 0;
    for (unsigned i = 0; i < packet->count; i++) {
        flags |= packet->layers[i].flags;
    }
    return (flags & SPK_LAYER_SHORT) == 0;
}

static enum spk_status take_row(struct batch *batch, struct spk_scan *scan)
{
    const struct spk_query *query = batch->query;
    const struct spk_packet *packet = &scan->packet;
    if (query->decode && (query->options.tutorial || !is_whole(packet))) {
        return take_all_cells(batch, scan);
    }
    enum spk_status status = SPK_OK;
    if (query->record.count > 0) {
        status = take_record(batch, scan);
    }
    if (query->quick_count > query->record.count) {
        for (unsigned i = 0; i < packet->count && status == SPK_OK; i++) {
            status = take_layer(batch, packet, &packet->layers[i]);
        }
    }
    return status == SPK_OK && batch->walked_count > 0 ? take_walked(batch, scan) : status;
}

enum spk_status spk_batch_take(struct batch *batch, struct spk_scan *scan)
{
    enum spk_status status = make_room(batch) ? take_row(batch, scan) : SPK_ERR_MEMORY;
    if (status == SPK_OK) {
        batch->rows++;
        batch->taken += scan->record.caplen + ROW_COSTS;
        spk_scan_shown(scan);
    }
    return status;
}

bool spk_batch_is_full(struct batch *batch)
{
    size_t bytes = 0;
    if (batch->rows >= batch->rows_max) {
        return true;
    }
    if (batch->taken < LOOK_EVERY) { /* now and then is often enough */
        return false;
    }
    batch->taken = 0;
    for (size_t i = 0; i < batch->query->count; i++) {
        bytes += spk_column_bytes(&batch->columns[i]);
    }
    return bytes > BYTES_MAX;
}

bool spk_batch_give(struct batch *batch, struct ArrowArray *out)
{
    size_t rows = batch->rows;
    batch->rows = 0;
    batch->room = 0;
    return spk_arrow_array(batch->columns, batch->query->count, rows, out);
}
