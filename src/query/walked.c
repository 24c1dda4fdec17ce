/* walked: one walk of each layer that has rows without a fixed place, unless they are lists that need none. */
#include "query/walked.h"

#include "packet/stencil.h"
#include "packet/walk.h"
#include "query/lists.h"

/* The column of the field that the walk stands on, if that is not read from a fixed place; SPK_NOWHERE. */
static uint32_t column_of(const struct spk_query *query, const struct spk_walk *walk)
{
    uint32_t column = walk->field != SPK_NOWHERE ? query->firsts[walk->field] : SPK_NOWHERE;
    return column != SPK_NOWHERE && !query->is_quick[column] ? column : SPK_NOWHERE;
}

enum spk_status spk_walked_put(struct cell_maker *maker, struct column *columns, size_t row)
{
    const struct spk_walk *walk = &maker->walk;
    uint32_t column = column_of(maker->query, walk);
    struct spk_value value;
    enum spk_status status = SPK_OK;
    if (column == SPK_NOWHERE) {
        return SPK_OK;
    }
    if (columns == NULL) {
        return spk_cells_put(maker, column) ? SPK_OK : SPK_ERR_MEMORY;
    }
    if (!spk_walk_plain(walk, &value) && !spk_walk_value(walk, &maker->scratch, &value)) {
        return SPK_OK;
    }
    for (; column != SPK_NOWHERE && status == SPK_OK; column = maker->query->twins[column]) {
        status = spk_column_put(&columns[column], row, walk->row, &value);
    }
    return status;
}

static enum spk_status take_walk(struct cell_maker *maker, struct column *columns, size_t row)
{
    enum spk_status status = SPK_OK;
    enum spk_walk_event event;
    while (status == SPK_OK && (event = spk_walk_next(&maker->walk)) != SPK_EVENT_END) {
        status = event == SPK_EVENT_VALUE ? spk_walked_put(maker, columns, row) : SPK_OK;
    }
    return status;
}

enum spk_status spk_walked_layer(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer,
                                 struct column *columns, size_t row)
{
    const struct spk_query *query = maker->query;
    const uint16_t proto = packet->layers[layer].proto;
    bool read = query->walks[proto] == 0;
    enum spk_status status = SPK_OK;
    if (!read) {
        status = spk_lists_take(maker, packet, layer, columns, row, &read);
    }
    if (!read) {
        spk_walk_layer(&maker->walk, packet, layer, query->want);
        maker->walk.rows = query->ends[proto];
        status = take_walk(maker, columns, row);
    }
    return status;
}

enum spk_status spk_walked_record(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                  size_t row)
{
    const struct spk_query *query = maker->query;
    const struct spk_registry *registry = query->registry;
    enum spk_status status = SPK_OK;
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        if (query->walks[p] != 0 && (registry->protos[p].flags & SPK_RECORD) != 0) {
            spk_walk_record(&maker->walk, packet, p);
            status = take_walk(maker, columns, row);
        }
    }
    return status;
}

static enum spk_status take_layers(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                   size_t row)
{
    enum spk_status status = SPK_OK;
    for (unsigned i = 0; i < packet->count && status == SPK_OK; i++) {
        status = spk_walked_layer(maker, packet, i, columns, row);
    }
    return status;
}

enum spk_status spk_walked_take(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                size_t row)
{
    bool records = maker->query->record_walks;
    enum spk_status status = records ? spk_walked_record(maker, packet, columns, row) : SPK_OK;
    return status == SPK_OK ? take_layers(maker, packet, columns, row) : status;
}

/* What rows of layers may ask of a record: what does not run on from one to the next. */
static struct spk_frame frame_of(const struct spk_record *record)
{
    return (struct spk_frame){ .time_ns = record->has_time ? record->time_ns : 0,
                               .has_time = record->has_time,
                               .link = record->link,
                               .interface = record->interface,
                               .section = record->section,
                               .has_section = record->has_section };
}

enum spk_status spk_walked_run(struct cell_maker *maker, const struct run *run, struct column *columns, size_t row)
{
    const struct fixed *fixed = maker->query->fixed;
    struct spk_packet packet;
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < run->count && status == SPK_OK; i++) {
        if (fixed->kinds[run->kinds[i]].walks) {
            const struct spk_frame frame = frame_of(&run->records[i]);
            spk_stencil_place(fixed->stencils, run->kinds[i], &run->records[i], &packet);
            packet.frame = &frame;
            status = take_layers(maker, &packet, columns, row + i);
        }
    }
    return status;
}
