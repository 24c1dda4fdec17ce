#include "query/group.h"

#include "base/memory.h"
#include "wire/row.h"

#include <string.h>

/* ---- values as keys ---- */

static bool is_data(uint8_t kind)
{
    return kind == SPK_IP6 || kind == SPK_MAC || kind == SPK_TEXT || kind == SPK_BYTES;
}

/* A value as bytes: equal ones are equal whatever row shows them. */
static bool pack_value(struct spk_buf *key, const struct spk_value *value)
{
    if (!spk_buf_put_byte(key, value->kind)) {
        return false;
    }
    if (is_data(value->kind)) {
        uint32_t len = spk_value_len(value);
        return spk_buf_put(key, &len, sizeof len) && spk_buf_put(key, value->data, len);
    }
    return spk_buf_put(key, &value->u, sizeof value->u);
}

uint32_t spk_group_key_count(const uint8_t **at)
{
    uint32_t count;
    memcpy(&count, *at, sizeof count);
    *at += sizeof count;
    return count;
}

void spk_group_key_value(const uint8_t **at, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = *(*at)++ };
    if (is_data(value->kind)) {
        value->len = spk_group_key_count(at);
        value->data = *at;
        *at += value->len;
    } else {
        memcpy(&value->u, *at, sizeof value->u);
        *at += sizeof value->u;
    }
}

/* How many of the cell's values count: all where the column is a list, else the first. */
static uint32_t count_of(const struct group_table *table, size_t column, const struct spk_cell *cell)
{
    const struct spk_query *query = table->shape->query;
    bool first = query->options.occurrence == SPK_OCCURRENCE_AUTO && !query->columns[column].list;
    return first && cell->count > 1 ? 1 : cell->count;
}

int spk_group_compare(const struct spk_value *a, const struct spk_value *b)
{
    if (is_data(a->kind)) {
        uint32_t left = spk_value_len(a);
        uint32_t right = spk_value_len(b);
        uint32_t both = left < right ? left : right;
        int order = both > 0 ? memcmp(a->data, b->data, both) : 0;
        return order != 0 ? order : (left > right) - (left < right);
    }
    bool is_signed = a->kind == SPK_INT || a->kind == SPK_DELTA || a->kind == SPK_TIME;
    uint64_t flip = is_signed ? UINT64_C(1) << 63 : 0; /* then the order is that of unsigned numbers */
    return ((a->u ^ flip) > (b->u ^ flip)) - ((a->u ^ flip) < (b->u ^ flip));
}

/* ---- tables ---- */

struct group_table *spk_group_table_new(const struct group_shape *shape)
{
    struct group_table *table = spk_alloc_zeroed(1, sizeof *table);
    if (table != NULL) {
        table->shape = shape;
        spk_key_set_begin(&table->groups);
        spk_key_set_begin(&table->distinct);
    }
    return table;
}

void spk_group_table_free(struct group_table *table)
{
    if (table == NULL) {
        return;
    }
    struct total *totals = (struct total *)(void *)table->totals.data;
    for (size_t i = 0; i < table->totals.len / sizeof *totals; i++) {
        spk_free((void *)totals[i].value.data);
    }
    spk_key_set_end(&table->groups);
    spk_key_set_end(&table->distinct);
    spk_buf_free(&table->rows);
    spk_buf_free(&table->row_ends);
    spk_buf_free(&table->packets);
    spk_buf_free(&table->totals);
    spk_buf_free(&table->scratch);
    spk_free(table);
}

size_t spk_group_table_size(const struct group_table *table)
{
    return spk_key_set_size(&table->groups) + spk_key_set_size(&table->distinct) + table->rows.cap + table->row_ends.cap
           + table->packets.cap + table->totals.cap + table->data_size;
}

/* Whether something new may be taken in: what grows doubles. */
static bool has_room(const struct group_table *table)
{
    return spk_group_table_size(table) < table->shape->memory / 2;
}

static bool add_zeros(struct spk_buf *buf, size_t size)
{
    uint8_t *room = spk_buf_room(buf, size);
    if (room == NULL) {
        return false;
    }
    memset(room, 0, size);
    buf->len += size;
    return true;
}

/* The rows that show the values of a new group's key. */
static bool add_rows(struct group_table *table, const struct spk_cell *cells)
{
    for (size_t i = 0; i < table->shape->keys; i++) {
        for (uint32_t k = 0; k < count_of(table, i, &cells[i]); k++) {
            if (!spk_buf_put(&table->rows, (const void *)&cells[i].items[k].row, sizeof(const struct spk_row *))) {
                return false;
            }
        }
    }
    return true;
}

/* The same from another table's group. */
static bool copy_rows(struct group_table *table, const struct group_table *more, uint32_t group)
{
    const uint32_t *ends = (const uint32_t *)(const void *)more->row_ends.data;
    const size_t size = sizeof(const struct spk_row *);
    uint32_t start = group > 0 ? ends[group - 1] : 0;
    uint32_t count = ends[group] - start;
    return count == 0 || spk_buf_put(&table->rows, more->rows.data + start * size, count * size);
}

/* ---- totals ---- */

/* Takes a value for the least or greatest so far. */
static enum spk_status take_extreme(struct group_table *table, struct total *total, const struct spk_row *row,
                                    const struct spk_value *value)
{
    uint8_t *data = (uint8_t *)total->value.data;
    uint32_t len = is_data(value->kind) ? spk_value_len(value) : 0;
    if (len > total->room) {
        uint8_t *more = spk_realloc(data, len);
        if (more == NULL) {
            return SPK_ERR_MEMORY;
        }
        table->data_size += len - total->room;
        total->room = len;
        data = more;
    }
    if (len > 0) {
        memcpy(data, value->data, len);
    }
    total->row = row;
    total->value = *value;
    total->value.data = data;
    total->value.len = len;
    return SPK_OK;
}

static enum spk_status take_distinct(struct group_table *table, uint32_t group, uint32_t aggregate,
                                     const struct spk_value *value)
{
    struct spk_buf *key = &table->scratch;
    key->len = 0;
    if (!spk_buf_put(key, &group, sizeof group) || !spk_buf_put(key, &aggregate, sizeof aggregate)
        || !pack_value(key, value)) {
        return SPK_ERR_MEMORY;
    }
    if (spk_key_set_find(&table->distinct, key->data, key->len) != SPK_NO_KEY) {
        return SPK_OK;
    }
    if (!has_room(table)) {
        table->left_out++;
        return SPK_OK;
    }
    uint32_t index;
    enum spk_status status = spk_key_set_look(&table->distinct, key->data, key->len, &index);
    spk_group_total(table, group, aggregate)->count += status == SPK_OK;
    return status;
}

static enum spk_status take_value(struct group_table *table, uint32_t group, uint32_t aggregate,
                                  const struct spk_item *item)
{
    struct total *total = spk_group_total(table, group, aggregate);
    uint8_t op = table->shape->aggregates[aggregate].op;
    if (op == SPK_AGGREGATE_DISTINCT) {
        return take_distinct(table, group, aggregate, &item->value);
    }
    if (op == SPK_AGGREGATE_SUM) {
        bool negative = (item->value.kind == SPK_INT || item->value.kind == SPK_DELTA) && item->value.u >> 63 != 0;
        const struct spk_u128 more = { .hi = negative ? UINT64_MAX : 0, .lo = item->value.u };
        total->sum = spk_u128_sum(total->sum, more);
        total->count++;
        return SPK_OK;
    }
    int order = total->row != NULL ? spk_group_compare(&item->value, &total->value) : 0;
    bool better = total->row == NULL || (op == SPK_AGGREGATE_MIN ? order < 0 : order > 0);
    return better ? take_extreme(table, total, item->row, &item->value) : SPK_OK;
}

static enum spk_status take_totals(struct group_table *table, uint32_t group, const struct spk_cell *cells)
{
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < table->shape->count && status == SPK_OK; i++) {
        const struct spk_aggregate *aggregate = &table->shape->aggregates[i];
        const struct spk_cell *cell = &cells[aggregate->column];
        bool values = aggregate->op != SPK_AGGREGATE_COUNT;
        for (uint32_t k = 0; values && k < count_of(table, aggregate->column, cell) && status == SPK_OK; k++) {
            status = take_value(table, group, i, &cell->items[k]);
        }
    }
    return status;
}

/* ---- rows ---- */

static bool pack_key(struct group_table *table, const struct spk_cell *cells)
{
    struct spk_buf *key = &table->scratch;
    bool ok = true;
    key->len = 0;
    for (size_t i = 0; cells != NULL && i < table->shape->keys && ok; i++) {
        uint32_t count = count_of(table, i, &cells[i]);
        ok = spk_buf_put(key, &count, sizeof count);
        for (uint32_t k = 0; k < count && ok; k++) {
            ok = pack_value(key, &cells[i].items[k].value);
        }
    }
    return ok && spk_buf_room(key, 1) != NULL; /* no keys at all are still somewhere */
}

/* Adds the group of the key in scratch, its rows being behind those of the last group. */
static enum spk_status end_group(struct group_table *table, uint32_t *group)
{
    uint32_t end = (uint32_t)(table->rows.len / sizeof(const struct spk_row *));
    if (!spk_buf_put(&table->row_ends, &end, sizeof end) || !add_zeros(&table->packets, sizeof(uint64_t))
        || !add_zeros(&table->totals, table->shape->count * sizeof(struct total))) {
        return SPK_ERR_MEMORY;
    }
    return spk_key_set_look(&table->groups, table->scratch.data, table->scratch.len, group);
}

/*
 * The group of the key in scratch, which may be new: then its rows are those of the cells, or of another table's group.
 * SPK_NO_KEY: there is no room for a new one. A failure leaves the table as it was.
 */
static enum spk_status find_group(struct group_table *table, const struct spk_cell *cells,
                                  const struct group_table *more, uint32_t from, uint32_t *group)
{
    *group = spk_key_set_find(&table->groups, table->scratch.data, table->scratch.len);
    if (*group != SPK_NO_KEY || !has_room(table)) {
        return SPK_OK;
    }
    size_t rows = table->rows.len;
    size_t ends = table->row_ends.len;
    size_t packets = table->packets.len;
    size_t totals = table->totals.len;
    bool added = more != NULL ? copy_rows(table, more, from) : add_rows(table, cells);
    if (!added || end_group(table, group) != SPK_OK) {
        table->rows.len = rows;
        table->row_ends.len = ends;
        table->packets.len = packets;
        table->totals.len = totals;
        return SPK_ERR_MEMORY;
    }
    return SPK_OK;
}

enum spk_status spk_group_table_row(struct group_table *table, const struct spk_cell *cells)
{
    uint32_t group;
    if (!pack_key(table, cells) || find_group(table, cells, NULL, 0, &group) != SPK_OK) {
        return SPK_ERR_MEMORY;
    }
    if (group == SPK_NO_KEY) {
        table->left_out++;
        return SPK_OK;
    }
    ++*spk_group_packets(table, group);
    return take_totals(table, group, cells);
}

enum spk_status spk_group_table_one(struct group_table *table)
{
    uint32_t group;
    return pack_key(table, NULL) ? find_group(table, NULL, NULL, 0, &group) : SPK_ERR_MEMORY;
}

/* ---- joining ---- */

static enum spk_status join_total(struct group_table *table, struct total *total, const struct total *more, uint8_t op)
{
    if (op == SPK_AGGREGATE_MIN || op == SPK_AGGREGATE_MAX) {
        int order = total->row != NULL && more->row != NULL ? spk_group_compare(&more->value, &total->value) : 0;
        bool better = more->row != NULL && (total->row == NULL || (op == SPK_AGGREGATE_MIN ? order < 0 : order > 0));
        return better ? take_extreme(table, total, more->row, &more->value) : SPK_OK;
    }
    if (op != SPK_AGGREGATE_DISTINCT) { /* those are counted one by one */
        total->count += more->count;
        total->sum = spk_u128_sum(total->sum, more->sum);
    }
    return SPK_OK;
}

static enum spk_status join_group(struct group_table *table, const struct group_table *more, uint32_t from,
                                  uint32_t *to)
{
    size_t len;
    const uint8_t *key = spk_key_set_at(&more->groups, from, &len);
    table->scratch.len = 0;
    if (!spk_buf_put(&table->scratch, key, len) || find_group(table, NULL, more, from, to) != SPK_OK) {
        return SPK_ERR_MEMORY;
    }
    if (*to == SPK_NO_KEY) {
        table->left_out += *spk_group_packets(more, from);
        return SPK_OK;
    }
    *spk_group_packets(table, *to) += *spk_group_packets(more, from);
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < table->shape->count && status == SPK_OK; i++) {
        status = join_total(table, spk_group_total(table, *to, i), spk_group_total(more, from, i),
                            table->shape->aggregates[i].op);
    }
    return status;
}

static enum spk_status join_distinct(struct group_table *table, const struct group_table *more, const uint32_t *groups)
{
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < more->distinct.count && status == SPK_OK; i++) {
        size_t len;
        uint32_t where[2];
        struct spk_value value;
        const uint8_t *key = spk_key_set_at(&more->distinct, i, &len);
        memcpy(where, key, sizeof where);
        key += sizeof where;
        spk_group_key_value(&key, &value);
        if (groups[where[0]] != SPK_NO_KEY) {
            status = take_distinct(table, groups[where[0]], where[1], &value);
        }
    }
    return status;
}

enum spk_status spk_group_table_join(struct group_table *table, const struct group_table *more)
{
    uint32_t *groups = spk_alloc_zeroed(more->groups.count, sizeof groups[0]);
    enum spk_status status = groups != NULL ? SPK_OK : SPK_ERR_MEMORY;
    for (uint32_t i = 0; i < more->groups.count && status == SPK_OK; i++) {
        status = join_group(table, more, i, &groups[i]);
    }
    status = status == SPK_OK ? join_distinct(table, more, groups) : status;
    spk_free(groups);
    table->left_out += more->left_out;
    return status;
}
