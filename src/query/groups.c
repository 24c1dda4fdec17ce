/* groups: aggregates of a query's rows, whoever reads them, and the answer as rows of a query of its own. */
#include "base/error.h"
#include "base/memory.h"
#include "query/arrow.h"
#include "query/group.h"
#include "query/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

/* A group and the value it is sorted by. */
struct place {
    struct spk_value value;
    uint32_t group;
    bool has_value;
};

struct spk_groups {
    struct group_shape shape;
    struct group_table *table;
    const struct pass *pass; /* that is being read; NULL */
    uint64_t top;
    struct spk_query answer; /* its columns are the keys and the aggregates; no scan runs it */
    struct spk_row *rows;    /* of counts and sums */
    char *names;
    struct place *order; /* NULL: the answer was not begun */
    size_t count, at;    /* groups of the answer, and those given */
    struct spk_cell *cells;
    struct spk_cells row;
    uint64_t wide; /* sums beyond 64 bits that were met */
};

static const char *const op_names[] = { [SPK_AGGREGATE_COUNT] = "count",
                                        [SPK_AGGREGATE_SUM] = "sum",
                                        [SPK_AGGREGATE_MIN] = "min",
                                        [SPK_AGGREGATE_MAX] = "max",
                                        [SPK_AGGREGATE_DISTINCT] = "distinct" };

/* ---- the answer's columns ---- */

static size_t name_size(const struct spk_groups *groups, size_t aggregate)
{
    const struct spk_aggregate *of = &groups->shape.aggregates[aggregate];
    size_t field = of->op == SPK_AGGREGATE_COUNT ? 0 : strlen(groups->shape.query->columns[of->column].name) + 2;
    return strlen(op_names[of->op]) + field + 1;
}

/* What a sum of such values is; SPK_PAD: they cannot be summed. */
static uint8_t sum_kind(uint8_t kind)
{
    switch (kind) {
    case SPK_UINT:
    case SPK_BOOL:
        return SPK_UINT;
    case SPK_INT:
    case SPK_DELTA:
        return kind;
    default:
        return SPK_PAD;
    }
}

static void make_column(struct spk_groups *groups, size_t aggregate, char *name)
{
    const struct spk_aggregate *of = &groups->shape.aggregates[aggregate];
    struct spk_column *column = &groups->answer.columns[groups->shape.keys + aggregate];
    struct spk_row *row = &groups->rows[aggregate];
    size_t size = name_size(groups, aggregate);
    *row = (struct spk_row){ .name = name, .kind = SPK_UINT, .bits = 64, .flags = SPK_OWN_NAME };
    if (of->op == SPK_AGGREGATE_COUNT) {
        memcpy(name, op_names[of->op], size);
    } else {
        snprintf(name, size, "%s(%s)", op_names[of->op], groups->shape.query->columns[of->column].name);
    }
    *column = (struct spk_column){ .row = row };
    if (of->op == SPK_AGGREGATE_SUM) {
        row->kind = sum_kind(groups->shape.query->columns[of->column].kind);
    } else if (of->op == SPK_AGGREGATE_MIN || of->op == SPK_AGGREGATE_MAX) {
        *column = groups->shape.query->columns[of->column];
        row->kind = column->kind;
    }
    column->name = name;
    column->kind = row->kind;
    column->list = false;
}

static bool make_answer(struct spk_groups *groups)
{
    const struct group_shape *shape = &groups->shape;
    const struct spk_query *query = shape->query;
    struct spk_query *answer = &groups->answer;
    size_t bytes = 1;
    for (size_t i = 0; i < shape->count; i++) {
        bytes += name_size(groups, i);
    }
    answer->registry = query->registry;
    answer->count = shape->keys + shape->count;
    answer->columns = spk_alloc_zeroed(answer->count, sizeof answer->columns[0]);
    groups->rows = spk_alloc_zeroed(shape->count, sizeof groups->rows[0]);
    groups->cells = spk_alloc_zeroed(answer->count, sizeof groups->cells[0]);
    groups->names = spk_alloc(bytes);
    if (answer->columns == NULL || groups->rows == NULL || groups->cells == NULL || groups->names == NULL) {
        return false;
    }
    for (size_t i = 0; i < shape->keys; i++) {
        uint8_t occurrence = query->options.occurrence;
        answer->columns[i] = query->columns[i];
        answer->columns[i].list =
            occurrence == SPK_OCCURRENCE_ALL || (occurrence == SPK_OCCURRENCE_AUTO && query->columns[i].list);
    }
    char *name = groups->names;
    for (size_t i = 0; i < shape->count; i++) {
        make_column(groups, i, name);
        name += name_size(groups, i);
    }
    groups->row = (struct spk_cells){ .cells = groups->cells, .count = answer->count };
    return true;
}

static enum spk_status check(const struct spk_query *query, const struct spk_groups_options *options,
                             struct spk_error *error)
{
    struct spk_error failed = { .code = SPK_ERR_USAGE };
    if (options->keys > query->count || options->keys + options->count == 0) {
        failed.what = "groups need columns to group by, or aggregates";
        return spk_fail(error, failed);
    }
    for (size_t i = 0; i < query->count; i++) {
        if (query->columns[i].kind == SPK_GROUP) {
            failed.who = query->columns[i].name;
            failed.what = "this is a group of fields: ask for its members";
            return spk_fail(error, failed);
        }
    }
    for (size_t i = 0; i < options->count; i++) {
        const struct spk_aggregate *of = &options->aggregates[i];
        if (of->op > SPK_AGGREGATE_DISTINCT || (of->op != SPK_AGGREGATE_COUNT && of->column >= query->count)) {
            failed.what = "no such aggregate";
            return spk_fail(error, failed);
        }
        if (of->op == SPK_AGGREGATE_SUM && sum_kind(query->columns[of->column].kind) == SPK_PAD) {
            failed.who = query->columns[of->column].name;
            failed.what = "its values cannot be summed, they are no numbers";
            return spk_fail(error, failed);
        }
    }
    return SPK_OK;
}

enum spk_status spk_groups_new(const struct spk_query *query, const struct spk_groups_options *options,
                               struct spk_groups **out, struct spk_error *error)
{
    *out = NULL;
    enum spk_status status = check(query, options, error);
    if (status != SPK_OK) {
        return status;
    }
    struct spk_groups *groups = spk_alloc_zeroed(1, sizeof *groups);
    if (groups == NULL) {
        return spk_no_memory(error);
    }
    struct group_shape *shape = &groups->shape;
    *shape = (struct group_shape){ .query = query, .keys = options->keys, .count = options->count };
    shape->memory = options->memory > 0 ? options->memory : MEMORY;
    shape->aggregates = spk_alloc_zeroed(options->count, sizeof shape->aggregates[0]);
    groups->top = options->top;
    groups->table = spk_group_table_new(shape);
    if (shape->aggregates != NULL && options->count > 0) {
        memcpy(shape->aggregates, options->aggregates, options->count * sizeof shape->aggregates[0]);
    }
    if (shape->aggregates == NULL || groups->table == NULL || !make_answer(groups)
        || (shape->keys == 0 && spk_group_table_one(groups->table) != SPK_OK)) {
        spk_groups_free(groups);
        return spk_no_memory(error);
    }
    *out = groups;
    return SPK_OK;
}

void spk_groups_free(struct spk_groups *groups)
{
    if (groups == NULL) {
        return;
    }
    for (size_t i = 0; groups->cells != NULL && i < groups->answer.count; i++) {
        spk_free(groups->cells[i].items);
    }
    spk_group_table_free(groups->table);
    spk_free(groups->shape.aggregates);
    spk_free(groups->answer.columns);
    spk_free(groups->rows);
    spk_free(groups->names);
    spk_free(groups->order);
    spk_free(groups->cells);
    spk_free(groups);
}

/* ---- counting ---- */

enum spk_status spk_groups_row(struct spk_groups *groups, const struct spk_cells *cells)
{
    return spk_group_table_row(groups->table, cells->cells);
}

static enum spk_status read_all(struct spk_groups *groups, struct pass *pass)
{
    const struct spk_columns_options plain = { 0 };
    enum spk_status status = spk_pass_begin(pass, &plain);
    while (status == SPK_OK && !pass->stopped) {
        struct batch batch = { .shape = &pass->shape };
        status = spk_pass_next(pass, &batch);
        if (batch.groups != NULL && spk_group_table_join(groups->table, batch.groups) != SPK_OK) {
            status = spk_no_memory(&pass->error);
        }
        spk_batch_clear(&batch);
    }
    return status == SPK_END || pass->stopped ? SPK_OK : status;
}

enum spk_status spk_groups_read(struct spk_groups *groups, const struct spk_pass_options *options,
                                const char *const *paths, size_t path_count, struct spk_scan_counts *counts,
                                char *message, struct spk_error *error)
{
    struct pass *pass = spk_pass_new(groups->shape.query, options, paths, path_count);
    if (pass == NULL) {
        return spk_no_memory(error);
    }
    struct group_shape part = groups->shape;
    part.memory = SIZE_MAX; /* a part's table is handed over long before */
    pass->groups = &part;
    groups->pass = pass;
    enum spk_status status = read_all(groups, pass);
    groups->pass = NULL;
    if (counts != NULL) {
        *counts = *spk_pass_counts(pass);
    }
    if (status < 0) {
        spk_error_text(&pass->error, message, SPK_GROUPS_MESSAGE);
        spk_fail(error, (struct spk_error){ .code = status, .what = message, .sys_errno = 0 });
    }
    spk_pass_free(pass);
    return status;
}

uint64_t spk_groups_bytes(const struct spk_groups *groups)
{
    return groups->pass != NULL ? spk_pass_bytes(groups->pass) : 0;
}

uint64_t spk_groups_left_out(const struct spk_groups *groups)
{
    return groups->table->left_out;
}

/* ---- the answer ---- */

const struct spk_query *spk_groups_query(const struct spk_groups *groups)
{
    return &groups->answer;
}

/* What an aggregate of a group is. False: nothing, because there was no value, or its sum is beyond 64 bits. */
static bool result(struct spk_groups *groups, uint32_t group, size_t aggregate, struct spk_item *item)
{
    const struct total *total = spk_group_total(groups->table, group, aggregate);
    const struct spk_row *row = &groups->rows[aggregate];
    uint8_t op = groups->shape.aggregates[aggregate].op;
    *item = (struct spk_item){ .row = row, .value = { .kind = row->kind, .u = total->count }, .layer = SPK_NO_LAYER };
    if (op == SPK_AGGREGATE_COUNT) {
        item->value.u = *spk_group_packets(groups->table, group);
        return true;
    }
    if (op == SPK_AGGREGATE_MIN || op == SPK_AGGREGATE_MAX) {
        item->row = total->row;
        item->value = total->value;
        return total->row != NULL;
    }
    if (op == SPK_AGGREGATE_SUM) {
        int64_t number;
        bool fits = row->kind == SPK_UINT ? total->sum.hi == 0 : spk_u128_to_i64(total->sum, &number);
        item->value.u = total->sum.lo;
        groups->wide += !fits;
        return fits && total->count > 0;
    }
    return true;
}

/* The largest first; those without a value last; else as they came. */
static int by_value(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->has_value != right->has_value) {
        return left->has_value ? -1 : 1;
    }
    int order = left->has_value ? spk_group_compare(&right->value, &left->value) : 0;
    return order != 0 ? order : left->group < right->group ? -1 : 1;
}

static bool begin_answer(struct spk_groups *groups)
{
    groups->count = groups->table->groups.count;
    groups->order = spk_alloc_zeroed(groups->count, sizeof groups->order[0]);
    if (groups->order == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < groups->count; i++) {
        struct spk_item item = { .row = NULL };
        groups->order[i].has_value = groups->top > 0 && groups->shape.count > 0 && result(groups, i, 0, &item);
        groups->order[i].value = item.value;
        groups->order[i].group = i;
    }
    if (groups->top > 0 && groups->count > 0) {
        qsort(groups->order, groups->count, sizeof groups->order[0], by_value);
        groups->count = groups->top < groups->count ? (size_t)groups->top : groups->count;
    }
    groups->wide = 0; /* counted as the answer is given */
    return true;
}

static bool room_for(struct spk_cell *cell, uint32_t count)
{
    if (cell->room < count) {
        struct spk_item *items = spk_realloc(cell->items, count * sizeof items[0]);
        if (items == NULL) {
            return false;
        }
        cell->items = items;
        cell->room = count;
    }
    return true;
}

/* The keys' cells, unpacked. */
static bool fill_keys(struct spk_groups *groups, uint32_t group)
{
    const struct group_table *table = groups->table;
    const uint32_t *ends = (const uint32_t *)(const void *)table->row_ends.data;
    const struct spk_row *const *rows = (const struct spk_row *const *)(const void *)table->rows.data;
    uint32_t row = group > 0 ? ends[group - 1] : 0;
    size_t len;
    const uint8_t *at = spk_key_set_at(&table->groups, group, &len);
    for (size_t i = 0; i < groups->shape.keys; i++) {
        struct spk_cell *cell = &groups->cells[i];
        uint32_t count = spk_group_key_count(&at);
        if (!room_for(cell, count)) {
            return false;
        }
        for (uint32_t k = 0; k < count; k++) {
            cell->items[k] = (struct spk_item){ .row = rows[row + k], .layer = SPK_NO_LAYER };
            spk_group_key_value(&at, &cell->items[k].value);
        }
        cell->count = count;
        row += count;
    }
    return true;
}

enum spk_status spk_groups_next(struct spk_groups *groups, const struct spk_cells **cells)
{
    *cells = NULL;
    if (groups->order == NULL && !begin_answer(groups)) {
        return SPK_ERR_MEMORY;
    }
    if (groups->at == groups->count) {
        return SPK_END;
    }
    uint32_t group = groups->order[groups->at].group;
    if (!fill_keys(groups, group)) {
        return SPK_ERR_MEMORY;
    }
    for (size_t i = 0; i < groups->shape.count; i++) {
        struct spk_cell *cell = &groups->cells[groups->shape.keys + i];
        if (!room_for(cell, 1)) {
            return SPK_ERR_MEMORY;
        }
        cell->count = result(groups, group, i, &cell->items[0]) ? 1 : 0;
    }
    groups->row.number = ++groups->at;
    *cells = &groups->row;
    return SPK_OK;
}

uint64_t spk_groups_wide(const struct spk_groups *groups)
{
    return groups->wide;
}

static enum spk_status put_row(const struct spk_groups *groups, struct column *columns, size_t row)
{
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < groups->answer.count && status == SPK_OK; i++) {
        const struct spk_cell *cell = &groups->cells[i];
        for (uint32_t k = 0; k < cell->count && status == SPK_OK; k++) {
            status = spk_column_put(&columns[i], row, cell->items[k].row, &cell->items[k].value);
        }
    }
    return status;
}

enum spk_status spk_groups_array(struct spk_groups *groups, const struct spk_columns_options *options,
                                 struct ArrowArray *out, struct spk_error *error)
{
    struct column *columns = spk_alloc_zeroed(groups->answer.count, sizeof columns[0]);
    bool begun = groups->order != NULL || begin_answer(groups);
    enum spk_status status = columns != NULL && begun ? SPK_OK : SPK_ERR_MEMORY;
    size_t room = groups->count - groups->at + 1;
    const struct spk_cells *cells;
    size_t rows = 0;
    for (size_t i = 0; i < groups->answer.count && status == SPK_OK; i++) {
        columns[i].type = spk_column_type(&groups->answer, i, options != NULL && options->dictionary);
        status = spk_column_room(&columns[i], room) ? SPK_OK : SPK_ERR_MEMORY;
    }
    while (status == SPK_OK && (status = spk_groups_next(groups, &cells)) == SPK_OK) {
        status = put_row(groups, columns, rows++);
    }
    bool made = status == SPK_END && spk_arrow_array(columns, groups->answer.count, rows, out);
    for (size_t i = 0; columns != NULL && i < groups->answer.count; i++) {
        spk_column_free(&columns[i]);
    }
    spk_free(columns);
    if (status == SPK_ERR_LIMIT) {
        return spk_fail(error, (struct spk_error){ .code = status, .what = "the groups are too long for one array" });
    }
    return made ? SPK_OK : spk_no_memory(error);
}
