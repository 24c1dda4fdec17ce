/*
 * column: one field's values, packet after packet, in the buffers that Arrow's arrays are made of. A column knows how its
 * values are stored, and nothing of where they come from.
 */
#ifndef QUERY_COLUMN_H
#define QUERY_COLUMN_H

#include <steelpkt/query.h>

#include "base/address.h"
#include "base/buf.h"
#include "query/key_set.h"
#include "query/spare.h"

/* How values are stored. */
enum store { STORE_BITS, STORE_8, STORE_16, STORE_32, STORE_64, STORE_TEXT, STORE_BYTES, STORE_STRUCT };

struct elements;

struct column_type {
    const char *format;              /* Arrow's word for one value */
    uint8_t store;                   /* enum store */
    bool list;                       /* a row holds a list of them */
    bool last;                       /* of several the last counts, not the first; no list */
    bool dictionary;                 /* STORE_TEXT: as indices; STORE_STRUCT: the texts of its members */
    const struct elements *elements; /* STORE_STRUCT, always a list: its members */
};

/* What a column of the query becomes. */
struct column_type spk_column_type(const struct spk_query *query, size_t column, bool dictionary);

/* What a field's values are, one by one. */
struct column_type spk_field_type(const struct spk_registry *registry, const struct spk_field *field);

/* What a member of a STORE_STRUCT type becomes. */
struct column_type spk_member_type(const struct column_type *type, uint32_t member);

/* Distinct texts and the values they were made of. */
struct dictionary {
    struct key_set keys; /* the values as they were read */
    struct spk_buf texts;
    struct spk_buf offsets; /* int32_t, one more than keys */
};

/*
 * Numbers, bits or text offsets stand at data by index; rows without a value are zero there, and in valid a bit a row says
 * which have one. Elements of lists all have one.
 */
struct column {
    struct column_type type;
    struct spare *spare;  /* where blocks come from and go to; NULL: nowhere in particular */
    uint8_t *data;        /* STORE_TEXT and STORE_BYTES: int32_t offsets into bytes, unless there is a dictionary */
    uint8_t *valid;       /* lists: NULL */
    int32_t *ends;        /* lists: where each row begins, and one more; else NULL */
    struct spk_buf bytes; /* of text and bytes */
    struct dictionary *dictionary;
    struct column
        *members; /* STORE_STRUCT: a column each, whose rows are the elements; they have no data of their own */
    size_t room;  /* values that data has room for; without a list these are rows */
    size_t count; /* values so far; rows behind it have none */
    size_t row_room;
    size_t row; /* lists: rows whose beginning is known */
};

/* Gives back what the column holds. */
void spk_column_free(struct column *column);

/* Bytes that data takes. */
size_t spk_column_size(const struct column *column);

/* Room for rows, so that the calls below need not ask for it. False: no memory. */
bool spk_column_room(struct column *column, size_t rows);

/*
 * Puts a value into a row, which is the last one or behind it. What the column's type does not want (a second value) is
 * left out. SPK_ERR_MEMORY; SPK_ERR_LIMIT: more bytes than an array may have.
 */
enum spk_status spk_column_put(struct column *column, size_t row, const struct spk_row *shown,
                               const struct spk_value *value);

/*
 * Begins an element of a STORE_STRUCT column in a row, which is the last one or behind it: *element is its row in members.
 * SPK_ERR_MEMORY; SPK_ERR_LIMIT: more elements than an array may have.
 */
enum spk_status spk_column_element(struct column *column, size_t row, size_t *element);

/* Offsets of values up to and with the one at index `at`: those left out are empty. */
static inline void spk_column_fill(struct column *column, size_t at)
{
    int32_t *offsets = (int32_t *)(void *)column->data;
    while (column->count < at) {
        offsets[++column->count] = (int32_t)column->bytes.len;
    }
}

/* The bytes put behind are the value of this index. */
static inline enum spk_status spk_column_close(struct column *column)
{
    if (column->bytes.len > INT32_MAX) {
        return SPK_ERR_LIMIT;
    }
    ((int32_t *)(void *)column->data)[++column->count] = (int32_t)column->bytes.len;
    return SPK_OK;
}

/* As spk_column_put for an IPv4 address in a column of plain text, which is no list; the row has no value yet. */
static inline enum spk_status spk_column_put_ip4(struct column *column, size_t row, uint32_t address)
{
    char *room = (char *)spk_buf_room(&column->bytes, SPK_IP4_TEXT + 1);
    if (room == NULL) {
        return SPK_ERR_MEMORY;
    }
    spk_column_fill(column, row);
    column->bytes.len += spk_ip4_text(address, room);
    return spk_column_close(column);
}

/* Whether a row of a column that holds first values has none yet; from now on it has one. */
static inline bool spk_column_begins(struct column *column, size_t row)
{
    uint8_t bit = (uint8_t)(1u << (row % 8));
    bool begins = (column->valid[row / 8] & bit) == 0;
    column->valid[row / 8] |= bit;
    return begins;
}

/* Says that there are so many rows: those that got no value have none. */
void spk_column_end(struct column *column, size_t rows);

/* Bytes that values of varying length take so far. */
size_t spk_column_bytes(const struct column *column);

#endif
