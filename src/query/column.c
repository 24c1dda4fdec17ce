/* column: values into buffers. */
#include "query/column.h"

#include "base/address.h"
#include "base/memory.h"
#include "query/dictionary.h"
#include "query/elements.h"
#include "wire/text.h"

#include <string.h>

enum { FIRST_VALUES = 256 };

/* Bytes that count values take in data. */
static size_t size_of(const struct column_type *type, size_t count)
{
    switch (type->store) {
    case STORE_BITS:
        return (count + 7) / 8;
    case STORE_8:
        return count;
    case STORE_16:
        return count * 2;
    case STORE_64:
        return count * 8;
    default: /* offsets, of which there is one more; indices */
        return (count + 1) * 4;
    }
}

size_t spk_column_size(const struct column *column)
{
    return size_of(&column->type, column->room);
}

static uint32_t member_count(const struct column *column)
{
    return column->members != NULL ? column->type.elements->count : 0;
}

/* One level of recursion: no member of a struct is one itself. */
void spk_column_free(struct column *column)
{
    for (uint32_t i = 0; i < member_count(column); i++) {
        spk_column_free(&column->members[i]);
    }
    spk_free(column->members);
    spk_free(column->data);
    spk_free(column->valid);
    spk_free(column->ends);
    spk_buf_free(&column->bytes);
    spk_dictionary_free(column->dictionary);
    column->data = NULL;
    column->valid = NULL;
    column->ends = NULL;
    column->dictionary = NULL;
    column->members = NULL;
    column->room = column->count = column->row_room = column->row = 0;
}

/* Makes a block larger; what is new in it is zero. */
static bool grow(struct spare *spare, void **block, size_t old, size_t size)
{
    uint8_t *more = *block == NULL ? spk_spare_alloc_zeroed(spare, size) : spk_realloc(*block, size);
    if (more == NULL) {
        return false;
    }
    if (*block != NULL) {
        memset(more + old, 0, size - old);
    }
    *block = more;
    return true;
}

/* Room for elements in every member. */
static bool grow_members(struct column *column, size_t room)
{
    const uint32_t count = column->type.elements->count;
    if (column->members == NULL && (column->members = spk_alloc_zeroed(count, sizeof column->members[0])) == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        column->members[i].type = spk_member_type(&column->type, i);
        column->members[i].spare = column->spare;
        if (!spk_column_room(&column->members[i], room)) {
            return false;
        }
    }
    column->room = room;
    return true;
}

static bool grow_values(struct column *column, size_t room)
{
    if (column->type.store == STORE_STRUCT) {
        return grow_members(column, room);
    }
    size_t old = column->data != NULL ? size_of(&column->type, column->room) : 0;
    if (!grow(column->spare, (void **)&column->data, old, size_of(&column->type, room))) {
        return false;
    }
    if (!column->type.list
        && !grow(column->spare, (void **)&column->valid, column->valid != NULL ? (column->room + 7) / 8 : 0,
                 (room + 7) / 8)) {
        return false;
    }
    column->room = room;
    return true;
}

bool spk_column_room(struct column *column, size_t rows)
{
    if (!column->type.list) {
        return column->room >= rows || grow_values(column, rows);
    }
    if (column->row_room >= rows && column->ends != NULL) {
        return true;
    }
    size_t old = column->ends != NULL ? (column->row_room + 1) * sizeof column->ends[0] : 0;
    if (!grow(column->spare, (void **)&column->ends, old, (rows + 1) * sizeof column->ends[0])) {
        return false;
    }
    column->row_room = rows;
    return column->room > 0 || grow_values(column, FIRST_VALUES);
}

static enum spk_status put_bytes(struct column *column, size_t at, const struct spk_row *shown,
                                 const struct spk_value *value)
{
    if (at < column->count) { /* the value of this very row again */
        column->count = at;
        column->bytes.len = (size_t)((const int32_t *)(const void *)column->data)[at];
    }
    spk_column_fill(column, at);
    if (column->type.store == STORE_TEXT ? !spk_text_put(&column->bytes, shown, value)
                                         : !spk_buf_put(&column->bytes, value->data, value->len)) {
        return SPK_ERR_MEMORY;
    }
    return spk_column_close(column);
}

static enum spk_status put_index(struct column *column, size_t at, const struct spk_row *shown,
                                 const struct spk_value *value)
{
    if (column->dictionary == NULL && (column->dictionary = spk_dictionary_new()) == NULL) {
        return SPK_ERR_MEMORY;
    }
    return spk_dictionary_look(column->dictionary, shown, value, (int32_t *)(void *)column->data + at);
}

static inline enum spk_status put_at(struct column *column, size_t at, const struct spk_row *shown,
                                     const struct spk_value *value)
{
    switch (column->type.store) {
    case STORE_8:
        column->data[at] = (uint8_t)value->u;
        return SPK_OK;
    case STORE_16:
        ((uint16_t *)(void *)column->data)[at] = (uint16_t)value->u;
        return SPK_OK;
    case STORE_32:
        ((uint32_t *)(void *)column->data)[at] = (uint32_t)value->u;
        return SPK_OK;
    case STORE_64:
        ((uint64_t *)(void *)column->data)[at] = value->u;
        return SPK_OK;
    case STORE_BITS: {
        bool yes = value->u != 0 || value->kind == SPK_NONE;
        column->data[at / 8] = (uint8_t)((column->data[at / 8] & ~(1u << (at % 8))) | (unsigned)yes << (at % 8));
        return SPK_OK;
    }
    default:
        return column->type.dictionary ? put_index(column, at, shown, value) : put_bytes(column, at, shown, value);
    }
}

static bool counts_itself(const struct column_type *type)
{
    return (type->store == STORE_TEXT || type->store == STORE_BYTES) && !type->dictionary;
}

/* Rows up to and with this one begin where the values are now. */
static void begin_rows(struct column *column, size_t rows)
{
    while (column->row < rows) {
        column->ends[column->row++] = (int32_t)column->count;
    }
}

/* Room for one element more in a row. */
static enum spk_status begin_element(struct column *column, size_t row)
{
    begin_rows(column, row + 1);
    if (column->count == column->room && !grow_values(column, column->room * 2)) {
        return SPK_ERR_MEMORY;
    }
    return column->count < INT32_MAX ? SPK_OK : SPK_ERR_LIMIT;
}

static enum spk_status put_element(struct column *column, size_t row, const struct spk_row *shown,
                                   const struct spk_value *value)
{
    enum spk_status status = begin_element(column, row);
    status = status == SPK_OK ? put_at(column, column->count, shown, value) : status;
    column->count += status == SPK_OK && !counts_itself(&column->type);
    return status;
}

enum spk_status spk_column_element(struct column *column, size_t row, size_t *element)
{
    enum spk_status status = begin_element(column, row);
    *element = column->count;
    column->count += status == SPK_OK;
    return status;
}

enum spk_status spk_column_put(struct column *column, size_t row, const struct spk_row *shown,
                               const struct spk_value *value)
{
    if (column->type.list) {
        return put_element(column, row, shown, value);
    }
    if (!spk_column_begins(column, row) && !column->type.last) {
        return SPK_OK;
    }
    return put_at(column, row, shown, value);
}

void spk_column_end(struct column *column, size_t rows)
{
    for (uint32_t i = 0; i < member_count(column); i++) {
        spk_column_end(&column->members[i], column->count);
    }
    if (column->type.list) {
        begin_rows(column, rows);
        column->ends[rows] = (int32_t)column->count;
    } else if (counts_itself(&column->type)) {
        spk_column_fill(column, rows);
    }
}

size_t spk_column_bytes(const struct column *column)
{
    size_t bytes = column->bytes.len + (column->type.list ? column->count * 8 : 0);
    for (uint32_t i = 0; i < member_count(column); i++) {
        bytes += column->count * 8 + spk_column_bytes(&column->members[i]);
    }
    return bytes;
}
