/*
 * straight: values that go from their bytes, or from the record, straight into their column's buffer: column by column for a
 * run of packets of known kinds (fixed.h).
 */
#ifndef QUERY_STRAIGHT_H
#define QUERY_STRAIGHT_H

#include "base/bytes.h"
#include "query/column.h"
#include "query/fixed.h"

/* How. WAY_ANY: by a struct spk_value, as any value goes; WAY_EACH: all that a packet has, one after the other. */
enum way { WAY_ANY, WAY_8, WAY_16, WAY_32, WAY_IP4, WAY_RECORD, WAY_EACH };

/* The way of a quick read into a column of a type. */
uint8_t spk_way_of(const struct quick *quick, const struct column_type *type);

/* Where packets of a kind have a value. */
struct straight_place {
    uint16_t at;    /* its first byte in the packet; 0 where there is none */
    uint16_t there; /* all ones: it is there; else 0 */
};

/* A column that packets fill. */
struct straight_column {
    uint32_t column;
    uint8_t way;
    const struct fixed_read **reads; /* a kind each: what is read; NULL: nothing is */
    struct straight_place *places;   /* a kind each, too. WAY_EACH: at is how many reads */
};

/* A column that a part of the record fills. */
struct straight_member {
    uint32_t column;
    uint8_t shows; /* enum spk_shows */
};

struct straight {
    struct straight_column *columns;
    struct straight_member *members;
    uint32_t column_count, member_count;
    bool wholly; /* all columns can be filled so */
};

/* types: a column each. False: no memory; spk_straight_end in any case. */
bool spk_straight_begin(struct straight *straight, const struct spk_query *query, const struct column_type *types);
void spk_straight_end(struct straight *straight);

/* Records one after the other, of known kinds. */
enum { RUN_MAX = 64 };
struct run {
    struct spk_record *records;
    uint16_t kinds[RUN_MAX]; /* indexes */
    size_t count;
};

/* Fills count rows of columns that have room for them, with none yet from row on. SPK_ERR_MEMORY, SPK_ERR_LIMIT. */
enum spk_status spk_straight_packets(const struct straight *straight, struct column *columns, size_t row,
                                     const struct run *run);
void spk_straight_members(const struct straight *straight, struct column *columns, size_t row, const struct run *run);

/* The bytes of a value into a row that has none yet, and is marked as having one; by a way of bytes. */
static inline enum spk_status spk_straight_put(struct column *column, size_t row, uint8_t way, const uint8_t *at)
{
    switch (way) {
    case WAY_8:
        column->data[row] = *at;
        return SPK_OK;
    case WAY_16:
        ((uint16_t *)(void *)column->data)[row] = spk_load16(at);
        return SPK_OK;
    case WAY_32:
        ((uint32_t *)(void *)column->data)[row] = spk_load32(at);
        return SPK_OK;
    default:
        return spk_column_put_ip4(column, row, spk_load32(at));
    }
}

#endif
