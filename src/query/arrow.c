/*
 * arrow: columns as Arrow's structs. Whoever takes an array gives it back by its release function, which frees the buffers
 * that columns have made; children that were moved away have none any more.
 */
#include "query/arrow.h"
#include "base/memory.h"
#include "query/elements.h"
#include "query/plan.h"

#include <string.h>

/* ---- schemas ---- */

/* What a schema owns; the members it points to stand behind each other. */
struct schema_parts {
    char *name;
    struct ArrowSchema **children;
    struct ArrowSchema *members; /* children, or the dictionary */
};

static void release_schema(struct ArrowSchema *schema)
{
    struct schema_parts *parts = schema->private_data;
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i]->release != NULL) {
            schema->children[i]->release(schema->children[i]);
        }
    }
    if (schema->dictionary != NULL && schema->dictionary->release != NULL) {
        schema->dictionary->release(schema->dictionary);
    }
    spk_free(parts->name);
    spk_free((void *)parts->children);
    spk_free(parts->members);
    spk_free(parts);
    schema->release = NULL;
}

/* A schema with room for members, which the caller fills in: children if as_children, else the dictionary. */
static bool make_schema(struct ArrowSchema *schema, const char *format, const char *name, size_t members,
                        bool as_children)
{
    struct schema_parts *parts = spk_alloc_zeroed(1, sizeof *parts);
    memset(schema, 0, sizeof *schema);
    if (parts == NULL) {
        return false;
    }
    schema->private_data = parts;
    schema->release = release_schema;
    parts->name = spk_alloc(strlen(name) + 1);
    parts->members = spk_alloc_zeroed(members, sizeof parts->members[0]);
    parts->children = (struct ArrowSchema **)spk_alloc_zeroed(members, sizeof parts->children[0]);
    if (parts->name == NULL || parts->members == NULL || parts->children == NULL) {
        release_schema(schema);
        return false;
    }
    memcpy(parts->name, name, strlen(name) + 1);
    schema->format = format;
    schema->name = parts->name;
    schema->flags = ARROW_FLAG_NULLABLE;
    if (as_children) {
        for (size_t i = 0; i < members; i++) {
            parts->children[i] = &parts->members[i];
        }
        schema->children = parts->children;
        schema->n_children = (int64_t)members;
    } else if (members > 0) {
        schema->dictionary = parts->members;
    }
    return true;
}

static bool make_value_schema(struct ArrowSchema *schema, const struct column_type *type, const char *name)
{
    if (!type->dictionary) {
        return make_schema(schema, type->format, name, 0, false);
    }
    return make_schema(schema, "i", name, 1, false) && make_schema(schema->dictionary, type->format, "", 0, false);
}

/* What a schema's name becomes where dots and dashes mean something else. */
static void underscore(struct ArrowSchema *schema)
{
    for (char *at = ((struct schema_parts *)schema->private_data)->name; *at != '\0'; at++) {
        *at = *at == '.' || *at == '-' ? '_' : *at;
    }
}

static bool make_column_schema(struct ArrowSchema *schema, const struct column_type *type, const char *name,
                               bool underscores);

static bool make_struct_schema(struct ArrowSchema *schema, const struct column_type *type, bool underscores)
{
    const struct elements *elements = type->elements;
    bool ok = make_schema(schema, type->format, "item", elements->count, true);
    for (uint32_t i = 0; i < elements->count && ok; i++) {
        const struct column_type member = spk_member_type(type, i);
        ok = make_column_schema(schema->children[i], &member, elements->members[i].field->name, underscores);
    }
    return ok;
}

/* False: no memory; schema->release, where there is one, is still to be called. A struct's members are no structs. */
static bool make_column_schema(struct ArrowSchema *schema, const struct column_type *type, const char *name,
                               bool underscores)
{
    bool ok = type->list ? make_schema(schema, "+l", name, 1, true) : make_value_schema(schema, type, name);
    if (ok && underscores) {
        underscore(schema);
    }
    if (!ok || !type->list) {
        return ok;
    }
    return type->store == STORE_STRUCT ? make_struct_schema(schema->children[0], type, underscores)
                                       : make_value_schema(schema->children[0], type, "item");
}

bool spk_arrow_schema(const struct spk_query *query, const struct spk_columns_options *options, struct ArrowSchema *out)
{
    bool ok = make_schema(out, "+s", "", query->count, true);
    if (!ok) {
        return false;
    }
    out->flags = 0;
    for (size_t i = 0; i < query->count && ok; i++) {
        struct column_type type = spk_column_type(query, i, options->dictionary);
        ok = make_column_schema(out->children[i], &type, query->columns[i].name, options->underscores);
    }
    if (!ok) {
        out->release(out);
    }
    return ok;
}

/* ---- arrays ---- */

/* What an array owns. */
struct array_parts {
    const void *buffers[3];
    void *owned[3]; /* to be freed, and of so many bytes */
    size_t sizes[3];
    struct spare *spare; /* where they go; NULL */
    struct ArrowArray **children;
    struct ArrowArray *members;
};

static void release_array(struct ArrowArray *array)
{
    struct array_parts *parts = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i]->release != NULL) {
            array->children[i]->release(array->children[i]);
        }
    }
    if (array->dictionary != NULL && array->dictionary->release != NULL) {
        array->dictionary->release(array->dictionary);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(parts->owned); i++) {
        spk_spare_free(parts->spare, parts->owned[i], parts->sizes[i]);
    }
    spk_spare_leave(parts->spare);
    spk_free((void *)parts->children);
    spk_free(parts->members);
    spk_free(parts);
    array->release = NULL;
}

static bool make_array(struct ArrowArray *array, int64_t length, size_t members, bool as_children)
{
    struct array_parts *parts = spk_alloc_zeroed(1, sizeof *parts);
    memset(array, 0, sizeof *array);
    if (parts == NULL) {
        return false;
    }
    array->length = length;
    array->private_data = parts;
    array->release = release_array;
    array->buffers = parts->buffers;
    parts->members = spk_alloc_zeroed(members, sizeof parts->members[0]);
    parts->children = (struct ArrowArray **)spk_alloc_zeroed(members, sizeof parts->children[0]);
    if (parts->members == NULL || parts->children == NULL) {
        release_array(array);
        return false;
    }
    if (as_children) {
        for (size_t i = 0; i < members; i++) {
            parts->children[i] = &parts->members[i];
        }
        array->children = parts->children;
        array->n_children = (int64_t)members;
    } else if (members > 0) {
        array->dictionary = parts->members;
    }
    return true;
}

/* The array takes a buffer, which is now its own. An empty one is still somewhere. */
static void give_buffer(struct ArrowArray *array, size_t index, void *block, size_t size)
{
    static const uint64_t nothing;
    struct array_parts *parts = array->private_data;
    parts->buffers[index] = block != NULL ? block : &nothing;
    parts->owned[index] = block;
    parts->sizes[index] = size;
    array->n_buffers = (int64_t)index + 1;
}

static void give_bytes(struct ArrowArray *array, size_t index, struct spk_buf *buf)
{
    give_buffer(array, index, buf->data, buf->cap);
    *buf = (struct spk_buf){ 0 };
}

/* What the array holds of the column goes where the column's blocks go. */
static void share_spare(const struct column *column, struct ArrowArray *array)
{
    struct array_parts *parts = array->private_data;
    parts->spare = spk_spare_join(column->spare);
}

static bool give_dictionary(struct column *column, struct ArrowArray *array)
{
    struct dictionary *dictionary = column->dictionary != NULL ? column->dictionary : spk_dictionary_new();
    column->dictionary = dictionary;
    /* a last value whose text did not fit has a key, and no text */
    if (dictionary == NULL || !make_array(array, (int64_t)(dictionary->offsets.len / sizeof(int32_t)) - 1, 0, false)) {
        return false;
    }
    give_bytes(array, 1, &dictionary->offsets);
    give_bytes(array, 2, &dictionary->texts);
    return true;
}

static int64_t count_nulls(const uint8_t *valid, size_t rows)
{
    size_t there = 0;
    uint64_t bits;
    for (size_t i = 0; i < (rows + 7) / 8; i += sizeof bits) { /* bits behind the last row are zero */
        size_t left = (rows + 7) / 8 - i;
        bits = 0;
        memcpy(&bits, valid + i, left < sizeof bits ? left : sizeof bits);
        bits -= bits >> 1 & 0x5555555555555555u; /* pairs of bits, then four, then bytes, each with its count */
        bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
        bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
        there += (bits * 0x0101010101010101u) >> 56;
    }
    return (int64_t)(rows - there);
}

static bool give_values(struct column *column, struct ArrowArray *array, size_t length)
{
    if (!make_array(array, (int64_t)length, column->type.dictionary ? 1 : 0, false)) {
        return false;
    }
    share_spare(column, array);
    array->null_count = column->valid != NULL ? count_nulls(column->valid, length) : 0;
    if (array->null_count > 0) {
        give_buffer(array, 0, column->valid, (column->room + 7) / 8);
        column->valid = NULL;
    }
    give_buffer(array, 1, column->data, spk_column_size(column));
    column->data = NULL;
    if (column->type.dictionary) {
        return give_dictionary(column, array->dictionary);
    }
    if (column->type.store >= STORE_TEXT) {
        give_bytes(array, 2, &column->bytes);
    }
    return true;
}

static bool give_struct(struct column *columns, size_t count, size_t rows, struct ArrowArray *array);

static bool give_column(struct column *column, struct ArrowArray *array, size_t rows)
{
    if (!column->type.list) {
        return give_values(column, array, rows);
    }
    size_t length = column->count;
    if (!make_array(array, (int64_t)rows, 1, true)) {
        return false;
    }
    share_spare(column, array);
    give_buffer(array, 1, column->ends, (column->row_room + 1) * sizeof column->ends[0]);
    column->ends = NULL;
    if (column->type.store == STORE_STRUCT) {
        return give_struct(column->members, column->type.elements->count, length, array->children[0]);
    }
    return give_values(column, array->children[0], length);
}

/* Columns as an array of structs, which is to be released also where this fails half-way. */
static bool give_struct(struct column *columns, size_t count, size_t rows, struct ArrowArray *array)
{
    bool ok = make_array(array, (int64_t)rows, count, true);
    if (ok) {
        array->n_buffers = 1; /* the validity of the rows themselves: all are there */
    }
    for (size_t i = 0; i < count && ok; i++) {
        ok = give_column(&columns[i], array->children[i], rows);
    }
    return ok;
}

bool spk_arrow_array(struct column *columns, size_t count, size_t rows, struct ArrowArray *out)
{
    for (size_t i = 0; i < count; i++) {
        spk_column_end(&columns[i], rows);
    }
    bool ok = give_struct(columns, count, rows, out);
    for (size_t i = 0; i < count; i++) {
        spk_column_free(&columns[i]);
    }
    if (!ok && out->release != NULL) {
        out->release(out);
    }
    return ok;
}
