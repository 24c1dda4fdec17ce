/* cells: quick reads from fixed places first, then one walk for what has none. */
#include "query/cells.h"

#include "base/memory.h"
#include "packet/walk.h"
#include "packet/walk_alike.h"
#include "query/cells_item.h"
#include "query/elements.h"
#include "query/quick.h"
#include "query/walked.h"

#include <string.h>

enum { FIRST_ROOM = 4, SHELF_SIZE = 65536, COPIES_MAX = 32 };

/* Of the column of a group that has the most. */
static uint32_t most_members(const struct spk_query *query)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < query->elements_count; i++) {
        most = query->elements[i].count > most ? query->elements[i].count : most;
    }
    return most;
}

enum spk_status spk_cells_begin(struct cell_maker *maker, const struct spk_query *query)
{
    maker->query = query;
    maker->one = query->options.occurrence == SPK_OCCURRENCE_FIRST || query->options.occurrence == SPK_OCCURRENCE_LAST;
    memset(maker->nowhere.bits, 0xff, sizeof maker->nowhere.bits);
    maker->cells = spk_alloc_zeroed(query->count, sizeof maker->cells[0]);
    maker->filled = spk_alloc_zeroed(query->count, sizeof maker->filled[0]);
    maker->members = spk_alloc_zeroed(most_members(query) + 1u, sizeof maker->members[0]);
    if (maker->cells == NULL || maker->filled == NULL || maker->members == NULL) {
        return SPK_ERR_MEMORY;
    }
    for (size_t i = 0; i < query->count; i++) {
        maker->cells[i].items = spk_alloc(FIRST_ROOM * sizeof maker->cells[i].items[0]);
        if (maker->cells[i].items == NULL) {
            return SPK_ERR_MEMORY;
        }
        maker->cells[i].room = FIRST_ROOM;
    }
    return SPK_OK;
}

void spk_cells_end(struct cell_maker *maker)
{
    for (size_t i = 0; maker->cells != NULL && i < maker->query->count; i++) {
        spk_free(maker->cells[i].items);
    }
    spk_free(maker->cells);
    spk_free(maker->filled);
    for (uint32_t m = 0; maker->members != NULL && m <= most_members(maker->query); m++) {
        spk_buf_free(&maker->members[m]);
    }
    spk_free(maker->members);
    while (maker->shelves != NULL) {
        struct shelf *next = maker->shelves->next;
        spk_free(maker->shelves);
        maker->shelves = next;
    }
}

void spk_cells_clear(struct cell_maker *maker)
{
    for (uint32_t i = 0; i < maker->filled_count; i++) {
        maker->cells[maker->filled[i]].count = 0;
    }
    maker->filled_count = 0;
    maker->made.len = 0;
    maker->shelf = maker->shelves;
    if (maker->shelf != NULL) {
        maker->shelf->used = 0;
    }
}

/* A shelf of a size behind the one that is full, in place of one that is too small for it. */
static struct shelf *add_shelf(struct cell_maker *maker, struct shelf *next, size_t size)
{
    struct shelf *made = spk_alloc(sizeof *made + size);
    if (made == NULL) {
        return NULL;
    }
    made->next = next != NULL ? next->next : NULL;
    made->size = size;
    spk_free(next);
    if (maker->shelf != NULL) {
        maker->shelf->next = made;
    } else {
        maker->shelves = made;
    }
    return made;
}

uint8_t *spk_cells_keep(struct cell_maker *maker, size_t size)
{
    struct shelf *shelf = maker->shelf;
    if (shelf == NULL || shelf->size - shelf->used < size) {
        struct shelf *next = shelf != NULL ? shelf->next : NULL;
        if (next == NULL || next->size < size) {
            next = add_shelf(maker, next, size > SHELF_SIZE ? size : SHELF_SIZE);
        }
        if (next == NULL) {
            return NULL;
        }
        next->used = 0;
        maker->shelf = next;
        shelf = next;
    }
    uint8_t *room = shelf->bytes + shelf->used;
    shelf->used += size;
    return room;
}

__attribute__((cold, noinline)) bool spk_cell_grow(struct spk_cell *cell, uint32_t more)
{
    uint32_t room = cell->room * 2;
    while (room - cell->count < more) {
        room *= 2;
    }
    struct spk_item *items = spk_realloc(cell->items, room * sizeof items[0]);
    if (items == NULL) {
        return false;
    }
    cell->items = items;
    cell->room = room;
    return true;
}

struct spk_item *spk_cells_append(struct cell_maker *maker, uint32_t column)
{
    return spk_cell_append(maker, column, 1);
}

/* Gives a value's bytes a place of their own. */
static __attribute__((noinline)) bool keep_bytes(struct cell_maker *maker, struct spk_value *value)
{
    uint8_t *kept = spk_cells_keep(maker, value->len);
    if (kept == NULL) {
        maker->failed = true;
        return false;
    }
    memcpy(kept, value->data, value->len);
    value->data = kept;
    return true;
}

/* A value whose bytes stand in the scratch gets bytes of its own. */
static inline bool settle(struct cell_maker *maker, struct spk_value *value)
{
    uintptr_t from = (uintptr_t)value->data - (uintptr_t)maker->scratch.bytes;
    return value->data == NULL || from >= sizeof maker->scratch.bytes || keep_bytes(maker, value);
}

static void fill_record(struct cell_maker *maker, const struct spk_packet *packet)
{
    const struct spk_query *query = maker->query;
    const struct spk_place place = spk_quick_place(packet, maker);
    for (uint32_t k = 0; k < query->record.count; k++) {
        const struct quick *quick = &query->quick[query->record.first + k];
        struct spk_value value;
        if (!spk_quick_record(quick, &place, &value)) {
            continue;
        }
        struct spk_item *item = settle(maker, &value) ? spk_cell_next(maker, quick->column) : NULL;
        if (item != NULL) {
            item->row = quick->row;
            item->value = value;
            item->layer = SPK_NO_LAYER;
        }
    }
}

static inline void put_value(struct cell_maker *maker, uint32_t column, const struct spk_row *row,
                             const struct spk_value *value)
{
    do {
        struct spk_item *item = spk_cell_next(maker, column);
        if (item != NULL) {
            item->row = row;
            item->value = *value;
            item->layer = maker->walk.layer;
        }
        column = maker->query->twins[column];
    } while (column != SPK_NOWHERE);
}

/* Whether the last value was made of so many bytes there, or of the same bytes before, which are the same value. */
static inline bool is_made(const struct cell_maker *maker, const struct spk_row *row, uint32_t at, uint32_t len)
{
    const struct made_value *made = &maker->made;
    const uint8_t *data = maker->walk.packet->data;
    return made->len == len && made->len > 0 && made->codec->get == row->codec->get && made->value.kind == row->kind
           && made->layer == maker->walk.layer && made->at <= at
           && (made->at == at || memcmp(data + made->at, data + at, made->len) == 0);
}

/* The value that a row's rule makes of so many bytes and of nothing else, to be kept. False: there is none. */
static __attribute__((noinline)) bool make_alike(struct cell_maker *maker, const struct spk_row *row, uint32_t at,
                                                 uint32_t len, struct spk_value *value)
{
    const bool coded = row->view.op != SPK_VIEW_CALL;
    if (coded && is_made(maker, row, at, len)) {
        *value = maker->made.value;
        return true;
    }
    if (!spk_walk_alike_value(&maker->walk, row, at, len, &maker->scratch, value) || !settle(maker, value)) {
        return false;
    }
    if (coded) {
        maker->made = (struct made_value){ row->codec, maker->walk.layer, at, len, *value };
    }
    return true;
}

/* The value that a row's own rule makes where the walk stands, to be kept. False: there is none. */
static bool make_value(struct cell_maker *maker, struct spk_value *value)
{
    const struct spk_walk *walk = &maker->walk;
    const struct spk_codec *codec = walk->row->codec;
    if (codec != NULL && codec->pointed_at && walk->row->view.op != SPK_VIEW_CALL) {
        return make_alike(maker, walk->row, walk->at, walk->len, value);
    }
    return spk_walk_value(walk, &maker->scratch, value) && settle(maker, value);
}

bool spk_cells_put(struct cell_maker *maker, uint32_t column)
{
    const struct spk_walk *walk = &maker->walk;
    struct spk_value value;
    if (spk_walk_plain(walk, &value) || make_value(maker, &value)) {
        put_value(maker, column, walk->row, &value);
    }
    return !maker->failed;
}

/* Fills the items behind the first with copies of it: twice as many each time, up to what is copied in one go. */
static inline void copy_first(struct spk_item *items, uint32_t count)
{
    uint32_t more = 0;
    for (uint32_t done = 1; done < count; done += more) {
        more = done < COPIES_MAX ? done : COPIES_MAX;
        more = count - done < more ? count - done : more;
        memcpy(items + done, items, more * sizeof items[0]);
    }
}

/* The numbers of the elements behind the first: a loop for each way in which most are loaded. */
static inline void reload(struct spk_item *items, uint32_t count, const struct spk_stretch_value *value,
                          const uint8_t *at, uint32_t step)
{
    const struct spk_cplace place = value->place;
    const bool number = value->reading == SPK_READ_NUMBER || value->width == 1;
    if (number && place.load == 4) {
        for (uint32_t i = 1; i < count; i++) {
            at += step;
            items[i].value.u = spk_cplace_load_four(&place, at);
        }
    } else if (number && place.load == 1) {
        for (uint32_t i = 1; i < count; i++) {
            at += step;
            items[i].value.u = spk_cplace_load_one(&place, at);
        }
    } else {
        for (uint32_t i = 1; i < count; i++) {
            at += step;
            spk_stretch_reread(value, at, &items[i].value);
        }
    }
}

/* The values of elements that follow each other, from the first's: what changes from one to the next is read. */
static __attribute__((noinline)) void repeat_value(struct spk_item *items, uint32_t count,
                                                   const struct spk_stretch_value *value, const uint8_t *at,
                                                   uint32_t step)
{
    const uint8_t *data = items->value.data;
    copy_first(items, count);
    if (value->reading == SPK_READ_BYTES) {
        for (uint32_t i = 1; i < count; i++) {
            data += step;
            items[i].value.data = data;
        }
    } else if (value->reading != SPK_READ_NOTHING) {
        reload(items, count, value, at, step);
    }
}

/* Puts a value of each element of a stretch, which is read plainly, into the cells of a column and its twins. */
static inline __attribute__((always_inline)) void put_elements(struct cell_maker *maker,
                                                               const struct spk_walk_taken *taken,
                                                               const struct spk_stretch_value *value)
{
    const uint8_t *at = maker->walk.packet->data + taken->at;
    uint32_t column = maker->query->firsts[value->crow->field];
    do {
        struct spk_item *items = spk_cell_append(maker, column, taken->elements);
        if (items != NULL) {
            items->row = value->crow->row;
            items->layer = maker->walk.layer;
            spk_stretch_read(value, at, &items->value);
            if (taken->elements > 1) {
                repeat_value(items, taken->elements, value, at, taken->step);
            }
        }
        column = maker->query->twins[column];
    } while (column != SPK_NOWHERE);
}

/* The same where a cell takes one value. */
static __attribute__((noinline)) void put_one(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                              const struct spk_stretch_value *value)
{
    const bool last = maker->query->options.occurrence == SPK_OCCURRENCE_LAST;
    const uint32_t at = taken->at + (last ? (taken->elements - 1) * taken->step : 0);
    struct spk_value made;
    spk_stretch_read(value, maker->walk.packet->data + at, &made);
    put_value(maker, maker->query->firsts[value->crow->field], value->crow->row, &made);
}

enum { NUMBERS = 64 };

/* Puts the numbers that a view's function makes, many in one call, into the cells of a column and its twins. */
static __attribute__((noinline)) void put_numbers(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                                  const struct spk_row *row, uint32_t column)
{
    const struct spk_walk *walk = &maker->walk;
    struct spk_place place = spk_walk_call_place(walk, &walk->levels[walk->depth], &maker->scratch);
    struct spk_item made = { .row = row, .value = { .kind = row->kind }, .layer = maker->walk.layer };
    for (uint32_t left = taken->elements; left > 0 && !maker->failed; place.index += NUMBERS) {
        uint64_t numbers[NUMBERS];
        const uint32_t asked = left < NUMBERS ? left : NUMBERS;
        const uint32_t count = row->view.numbers(&place, asked, numbers);
        left -= asked;
        for (uint32_t to = column; count > 0 && to != SPK_NOWHERE; to = maker->query->twins[to]) {
            struct spk_item *items = spk_cell_append(maker, to, count);
            for (uint32_t i = 0; items != NULL && i < count; i++) {
                made.value.u = numbers[i];
                items[i] = made;
            }
        }
    }
}

static inline bool is_called(const struct spk_stretch_value *value)
{
    return value->reading == SPK_READ_BY_ROW && value->width == 0;
}

/* Puts the value that the function of a view makes of a place. */
static inline void put_call(struct cell_maker *maker, const struct spk_place *place,
                            const struct spk_stretch_value *called)
{
    const struct spk_row *row = called->crow->row;
    struct spk_value value = { .kind = row->kind };
    if (row->view.get(place, &value) && spk_value_suits(place->packet, row, &maker->scratch, &value)
        && settle(maker, &value)) {
        put_value(maker, maker->query->firsts[called->crow->field], row, &value);
    }
}

/* put_called of elements behind one whose values were put. */
static __attribute__((noinline)) uint32_t put_called_again(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                                           const struct spk_stretch_value *called, uint32_t count)
{
    struct spk_walk_again again;
    uint32_t done = 0;
    while (done < count && is_called(&called[done])) {
        done++;
    }
    spk_walk_again_begin(&again, &maker->walk, taken, &maker->scratch);
    for (uint32_t i = 0; i < taken->elements && !maker->failed; i++) {
        for (uint32_t k = 0; k < done; k++) {
            put_call(maker, &again.place, &called[k]);
        }
        spk_walk_again_next(&again, taken->step);
    }
    return done;
}

/* Puts the values that functions of views make, as many of the values as are such from the first on. Gives their number. */
static __attribute__((noinline)) uint32_t put_called(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                                     const struct spk_stretch_value *called, uint32_t count)
{
    const struct spk_walk *walk = &maker->walk;
    struct spk_place place = spk_walk_call_place(walk, &walk->levels[walk->depth], &maker->scratch);
    uint32_t done = 0;
    for (; done < count && is_called(&called[done]); done++) {
        const struct spk_row *row = called[done].crow->row;
        if (row->view.numbers != NULL && !maker->one) {
            put_numbers(maker, taken, row, maker->query->firsts[called[done].crow->field]);
            continue;
        }
        for (place.index = 0; place.index < taken->elements && !maker->failed; place.index++) {
            put_call(maker, &place, &called[done]);
        }
    }
    return done;
}

/* Puts a value of so many elements into the cells of a column and its twins. */
static inline void put_copies(struct cell_maker *maker, uint32_t column, const struct spk_row *row,
                              const struct spk_value *value, uint32_t count)
{
    if (maker->one || count == 1) {
        put_value(maker, column, row, value);
        return;
    }
    for (; column != SPK_NOWHERE; column = maker->query->twins[column]) {
        struct spk_item *items = spk_cell_append(maker, column, count);
        if (items != NULL) {
            *items = (struct spk_item){ .row = row, .value = *value, .layer = maker->walk.layer };
            copy_first(items, count);
        }
    }
}

/*
 * Of elements that have the same bytes at a place, which a codec has read, the first in which they are a value: so they are
 * in all behind it. Their number: they are in none.
 */
static uint32_t first_made(struct cell_maker *maker, const struct spk_row *row, uint32_t at, uint32_t len,
                           const struct spk_walk_taken *taken, struct spk_value *value)
{
    uint32_t none = 0;
    uint32_t some = taken->elements - 1;
    if (make_alike(maker, row, at, len, value)) {
        return 0;
    }
    if (some == 0 || !make_alike(maker, row, at + some * taken->step, len, value)) {
        return taken->elements;
    }
    while (some - none > 1) {
        const uint32_t middle = none + (some - none) / 2;
        const bool there = make_alike(maker, row, at + middle * taken->step, len, value);
        none = there ? none : middle;
        some = there ? middle : some;
    }
    return make_alike(maker, row, at + some * taken->step, len, value) ? some : taken->elements;
}

/* Puts what a function makes of the number of each element, once for all that follow and have the same. */
static void put_told(struct cell_maker *maker, const struct spk_walk_taken *taken,
                     const struct spk_stretch_value *value)
{
    const struct spk_row *row = value->crow->row;
    const uint8_t *at = maker->walk.packet->data + taken->at;
    struct spk_place place = spk_walk_alone_place(&maker->walk, taken->at + value->bit / 8, &maker->scratch);
    uint32_t count = 0;
    for (uint32_t left = taken->elements; left > 0 && !maker->failed; left -= count) {
        struct spk_value made = { .kind = row->kind };
        count = left > 1 ? spk_walk_alike_count(&value->place, at, taken->step, left) : 1;
        if (row->view.get(&place, &made) && spk_value_suits(place.packet, row, &maker->scratch, &made)
            && settle(maker, &made)) {
            put_copies(maker, maker->query->firsts[value->crow->field], row, &made, count);
        }
        at += count * taken->step;
        place.at += count * taken->step;
    }
}

/* Puts what a rule makes of each element's own bytes and of nothing else. */
static __attribute__((noinline)) void put_alike(struct cell_maker *maker, const struct spk_walk_taken *taken,
                                                const struct spk_stretch_value *value)
{
    const struct spk_row *row = value->crow->row;
    struct spk_value made;
    if (value->crow->shows != 0) {
        put_told(maker, taken, value);
        return;
    }
    const uint32_t first = first_made(maker, row, taken->at + value->bit / 8, value->width / 8, taken, &made);
    if (first < taken->elements) {
        put_copies(maker, maker->query->firsts[value->crow->field], row, &made, taken->elements - first);
    }
}

/* Puts values of what was taken. */
static inline void put_values(struct cell_maker *maker, const struct spk_walk_taken *taken,
                              const struct spk_stretch_value *values, uint32_t count)
{
    for (uint32_t i = 0; i < count && !maker->failed;) {
        const struct spk_stretch_value *value = &values[i];
        if (is_called(value)) {
            i += taken->shift > 0 ? put_called_again(maker, taken, value, count - i)
                                  : put_called(maker, taken, value, count - i);
            continue;
        }
        if (value->reading == SPK_READ_BY_ROW && value->crow->alike) {
            put_alike(maker, taken, value);
        } else if (value->reading == SPK_READ_BY_ROW) {
            spk_walk_stand_on(&maker->walk, value, taken->at);
            spk_cells_put(maker, maker->query->firsts[value->crow->field]);
        } else if (maker->one) {
            put_one(maker, taken, value);
        } else {
            put_elements(maker, taken, value);
        }
        i++;
    }
}

/* Of elements from one on, how many have the same bytes in a row that was taken. */
static uint32_t count_same(const struct spk_walk *walk, const struct spk_walk_taken *taken, uint32_t from)
{
    const uint8_t *first = walk->packet->data + taken->at + from * taken->step;
    const uint32_t len = taken->width / 8;
    const uint32_t left = taken->elements - from;
    uint32_t same = len > 0 ? 1 : left;
    while (same < left && memcmp(first, first + same * taken->step, len) == 0) {
        same++;
    }
    return same;
}

/* Puts what a codec makes of each element of a single row: once where they have the same bytes. */
static __attribute__((noinline)) void put_coded(struct cell_maker *maker, const struct spk_walk_taken *taken)
{
    const struct spk_crow *crow = taken->crow;
    for (uint32_t i = 0, same = 0; i < taken->elements && !maker->failed; i += same) {
        struct spk_value made;
        same = count_same(&maker->walk, taken, i);
        if (spk_walk_coded(&maker->walk, taken, i * taken->step, &maker->scratch, &made) && settle(maker, &made)) {
            put_copies(maker, maker->query->firsts[crow->field], crow->row, &made, same);
        }
    }
}

/* The same of a single row. */
static __attribute__((noinline)) void put_single(struct cell_maker *maker, const struct spk_walk_taken *taken)
{
    const struct spk_stretch_value value = spk_walk_single(taken);
    if (value.reading == SPK_READ_BY_ROW) {
        put_alike(maker, taken, &value);
    } else if (maker->one) {
        put_one(maker, taken, &value);
    } else {
        put_elements(maker, taken, &value);
    }
}

bool spk_cells_put_taken(struct cell_maker *maker)
{
    for (uint32_t t = maker->walk.taken_put; t < maker->walk.taken_count; t++) {
        const struct spk_walk_taken *taken = &maker->walk.taken[t];
        const struct spk_stretch *stretch = taken->stretch;
        if (stretch != NULL) {
            put_values(maker, taken, stretch->values, stretch->value_count);
        } else if (spk_walk_is_coded(taken)) {
            put_coded(maker, taken);
        } else {
            put_single(maker, taken);
        }
    }
    spk_walk_taken_done(&maker->walk);
    return !maker->failed;
}

/* Takes all that a column asks for of a header that is cut short, also what has a fixed place in a whole one. */
static void walk_short(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer)
{
    const struct spk_query *query = maker->query;
    struct spk_walk *walk = &maker->walk;
    enum spk_walk_event event;
    spk_walk_layer(walk, packet, layer, query->every);
    while ((event = spk_walk_next(walk)) != SPK_EVENT_END) {
        bool named = event == SPK_EVENT_VALUE && walk->field != SPK_NOWHERE;
        uint32_t column = named ? query->firsts[walk->field] : SPK_NOWHERE;
        if (column != SPK_NOWHERE) {
            spk_cells_put(maker, column);
        }
    }
}

/*
 * Takes the values that stand in for others first: a cell takes one value, so what the others of their name have to say of
 * this layer comes too late.
 */
static void take_stand_ins(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer)
{
    const struct spk_query *query = maker->query;
    struct spk_walk *walk = &maker->walk;
    enum spk_walk_event event;
    spk_walk_layer(walk, packet, layer, query->stand_in_rows);
    while ((event = spk_walk_next(walk)) != SPK_EVENT_END) {
        uint32_t column = SPK_NOWHERE;
        for (uint32_t i = 0; event == SPK_EVENT_VALUE && i < query->stand_in_count && column == SPK_NOWHERE; i++) {
            column = query->stand_ins[i].row == walk->row ? query->stand_ins[i].column : SPK_NOWHERE;
        }
        if (column != SPK_NOWHERE) {
            spk_cells_put(maker, column);
        }
    }
}

/* Whether what follows the layer is a packet that it quotes, which a query for the tutorial's values leaves alone. */
static bool ends_with(const struct spk_query *query, const struct spk_layer *layer)
{
    return query->options.tutorial && (query->registry->protos[layer->proto].flags & SPK_QUOTES) != 0;
}

bool spk_cells_fill(struct cell_maker *maker, const struct spk_packet *packet)
{
    const struct spk_query *query = maker->query;
    unsigned filled = 0;
    maker->failed = false;
    if (query->record.count > 0) {
        fill_record(maker, packet);
    }
    if (query->record_walks) {
        spk_walked_record(maker, packet, NULL, 0);
    }
    for (unsigned i = 0; i < packet->count && (i == 0 || !ends_with(query, &packet->layers[i - 1])); i++) {
        const struct spk_layer *layer = &packet->layers[i];
        if (query->stand_in_count > 0 && query->stand_in_walks[layer->proto] != 0) {
            take_stand_ins(maker, packet, i);
        }
        if ((layer->flags & SPK_LAYER_SHORT) != 0) {
            walk_short(maker, packet, i);
            continue;
        }
        if (i >= filled) {
            filled = i + spk_cells_quick(maker, packet, i);
        }
        spk_walked_layer(maker, packet, i, NULL, 0);
    }
    for (uint32_t i = 0; i < query->elements_count && !maker->failed; i++) {
        spk_cells_fill_elements(maker, packet, &query->elements[i]);
    }
    return !maker->failed;
}

bool spk_cells_own(struct cell_maker *maker, enum own_column which, const struct spk_value *value)
{
    maker->failed = false;
    for (uint32_t column = maker->query->own[which]; column != SPK_NOWHERE; column = maker->query->twins[column]) {
        struct spk_item *item = spk_cell_next(maker, column);
        if (item != NULL) {
            item->row = maker->query->columns[column].row;
            item->value = *value;
            item->layer = SPK_NO_LAYER;
        }
    }
    return !maker->failed;
}
