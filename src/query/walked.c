/* walked: one walk of each layer that has rows without a fixed place, unless they are lists that need none. */
#include "query/walked.h"

#include "packet/stencil.h"
#include "packet/walk.h"
#include "packet/walk_alike.h"
#include "query/lists.h"

/* The column of the field that the walk stands on, if that is not read from a fixed place; SPK_NOWHERE. */
static uint32_t column_of(const struct spk_query *query, const struct spk_walk *walk)
{
    uint32_t column = walk->field != SPK_NOWHERE ? query->firsts[walk->field] : SPK_NOWHERE;
    return column != SPK_NOWHERE && !query->is_quick[column] ? column : SPK_NOWHERE;
}

/* Puts a value of a row into a column and its twins. */
static enum spk_status put_value(const struct cell_maker *maker, uint32_t column, const struct spk_row *from,
                                 const struct spk_value *value, struct column *columns, size_t row)
{
    enum spk_status status = SPK_OK;
    for (; column != SPK_NOWHERE && status == SPK_OK; column = maker->query->twins[column]) {
        status = spk_column_put(&columns[column], row, from, value);
    }
    return status;
}

/* The same of the value that the maker's walk stands on. */
static enum spk_status put_columns(struct cell_maker *maker, uint32_t column, struct column *columns, size_t row)
{
    const struct spk_walk *walk = &maker->walk;
    struct spk_value value;
    const bool there = spk_walk_plain(walk, &value) || spk_walk_value(walk, &maker->scratch, &value);
    return there ? put_value(maker, column, walk->row, &value, columns, row) : SPK_OK;
}

enum spk_status spk_walked_put(struct cell_maker *maker, struct column *columns, size_t row)
{
    uint32_t column = column_of(maker->query, &maker->walk);
    if (column == SPK_NOWHERE) {
        return SPK_OK;
    }
    if (columns != NULL) {
        return put_columns(maker, column, columns, row);
    }
    return spk_cells_put(maker, column) ? SPK_OK : SPK_ERR_MEMORY;
}

/* The value that a row's rule makes of its own bytes, in the element that begins at a byte. */
static bool make_alike(struct cell_maker *maker, const struct spk_stretch_value *value, uint32_t at,
                       struct spk_value *made)
{
    const uint32_t len = (value->bit % 8 + value->width + 7) / 8;
    return spk_walk_alike_value(&maker->walk, value->crow->row, at + value->bit / 8, len, &maker->scratch, made);
}

/* Puts a value of each element of a stretch into columns. */
static enum spk_status put_elements(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                    const struct spk_stretch_value *value, struct column *columns, size_t row)
{
    const uint32_t column = maker->query->firsts[value->crow->field];
    const uint8_t *at = maker->walk.packet->data + taken->at;
    struct spk_value made;
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < taken->elements && status == SPK_OK; i++) {
        bool there = true;
        if (value->crow->reading == SPK_READ_BY_ROW) {
            there = make_alike(maker, value, taken->at + i * taken->step, &made);
        } else {
            spk_stretch_read(value, at, &made);
        }
        status = there ? put_value(maker, column, value->crow->row, &made, columns, row) : SPK_OK;
        at += taken->step;
    }
    return status;
}

/* Puts what a codec makes of each element of a single row. */
static enum spk_status put_coded(struct cell_maker *maker, const struct spk_walk_taken *taken, struct column *columns,
                                 size_t row)
{
    const struct spk_crow *crow = taken->crow;
    const uint32_t column = maker->query->firsts[crow->field];
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < taken->elements && status == SPK_OK; i++) {
        struct spk_value made;
        if (spk_walk_coded(&maker->walk, taken, i * taken->step, &maker->scratch, &made)) {
            status = put_value(maker, column, crow->row, &made, columns, row);
        }
    }
    return status;
}

/* Puts what the function of a view says of elements behind one of which that was put. */
static enum spk_status put_again(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                 const struct spk_stretch_value *called, struct column *columns, size_t row)
{
    const struct spk_row *shown = called->crow->row;
    const uint32_t column = maker->query->firsts[called->crow->field];
    struct spk_walk_again again;
    enum spk_status status = SPK_OK;
    spk_walk_again_begin(&again, &maker->walk, taken, &maker->scratch);
    for (uint32_t i = 0; i < taken->elements && status == SPK_OK; i++) {
        struct spk_value value = { .kind = shown->kind };
        if (shown->view.get(&again.place, &value)
            && spk_value_suits(again.place.packet, shown, &maker->scratch, &value)) {
            status = put_value(maker, column, shown, &value, columns, row);
        }
        spk_walk_again_next(&again, taken->step);
    }
    return status;
}

/* Puts what a row's own rule makes, which may be several values. */
static enum spk_status put_by_row(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                  const struct spk_stretch_value *value, struct column *columns, size_t row)
{
    struct spk_walk *walk = &maker->walk;
    enum spk_status status = SPK_OK;
    spk_walk_stand_on(walk, value, taken->at);
    for (walk->index = 0; walk->index < taken->elements && status == SPK_OK; walk->index++) {
        status = spk_walked_put(maker, columns, row);
    }
    return status;
}

/* Puts values of what was taken. */
static enum spk_status put_values(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                  const struct spk_stretch_value *values, uint32_t count, struct column *columns,
                                  size_t row)
{
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < count && status == SPK_OK; i++) {
        const bool by_row = values[i].reading == SPK_READ_BY_ROW && !values[i].crow->alike;
        if (!by_row) {
            status = put_elements(maker, taken, &values[i], columns, row);
        } else if (taken->shift > 0) {
            status = put_again(maker, taken, &values[i], columns, row);
        } else {
            status = put_by_row(maker, taken, &values[i], columns, row);
        }
    }
    return status;
}

/* Puts what is wanted of the rows that the maker's walk has taken. */
static enum spk_status put_taken(struct cell_maker *maker, struct column *columns, size_t row)
{
    struct spk_walk *walk = &maker->walk;
    enum spk_status status = SPK_OK;
    if (columns == NULL) {
        return spk_cells_put_taken(maker) ? SPK_OK : SPK_ERR_MEMORY;
    }
    for (uint32_t t = walk->taken_put; t < walk->taken_count && status == SPK_OK; t++) {
        const struct spk_walk_taken *taken = &walk->taken[t];
        const struct spk_stretch *stretch = taken->stretch;
        if (stretch != NULL) {
            status = put_values(maker, taken, stretch->values, stretch->value_count, columns, row);
        } else if (spk_walk_is_coded(taken)) {
            status = put_coded(maker, taken, columns, row);
        } else {
            const struct spk_stretch_value single = spk_walk_single(taken);
            status = put_values(maker, taken, &single, 1, columns, row);
        }
    }
    spk_walk_taken_done(walk);
    return status;
}

/* Puts the values of elements of known kinds. */
static enum spk_status put_known(struct cell_maker *maker, struct column *columns, size_t row)
{
    struct spk_walk_known *known = &maker->known;
    enum spk_status status = SPK_OK;
    if (columns == NULL) {
        return spk_cells_put_known(maker) ? SPK_OK : SPK_ERR_MEMORY;
    }
    for (uint32_t e = 0; e < known->count && status == SPK_OK; e++) {
        const struct spk_walk_kind *kind = &known->kinds[known->elements[e].kind];
        for (uint32_t v = 0; v < kind->value_count && status == SPK_OK; v++) {
            const struct spk_walk_taken taken = { .at = known->elements[e].at + kind->at[v], .elements = 1 };
            status = put_elements(maker, &taken, &kind->values[v], columns, row);
        }
    }
    known->count = 0;
    return status;
}

static enum spk_status take_walk(struct cell_maker *maker, struct column *columns, size_t row)
{
    enum spk_status status = SPK_OK;
    enum spk_walk_event event;
    maker->known.count = 0; /* a walk that memory ended may have left some */
    do {
        event = spk_walk_next(&maker->walk);
        status = maker->walk.taken_count > 0 ? put_taken(maker, columns, row) : SPK_OK;
        status = status == SPK_OK && maker->known.count > 0 ? put_known(maker, columns, row) : status;
        if (event == SPK_EVENT_VALUE && status == SPK_OK) {
            status = spk_walked_put(maker, columns, row);
        }
    } while (event != SPK_EVENT_END && status == SPK_OK);
    return status;
}

enum spk_status spk_walked_layer(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer,
                                 struct column *columns, size_t row)
{
    const struct spk_query *query = maker->query;
    const uint16_t proto = packet->layers[layer].proto;
    bool read = query->walks[proto] == 0;
    enum spk_status status = SPK_OK;
    if (!read && query->lists->protos[proto].count > 0) {
        status = spk_lists_take(maker, packet, layer, columns, row, &read);
    }
    if (read) {
        return status;
    }
    if (!spk_walk_header(&maker->walk, packet, layer, &query->stretches, query->ends[proto])) {
        spk_walk_stretches(&maker->walk, packet, layer, query->want, &query->stretches, query->ends[proto],
                           &maker->known);
    }
    return take_walk(maker, columns, row);
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
