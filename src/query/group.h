/*
 * group: rows of cells by the values of some columns, with what other columns come to in each: counts, sums, least and
 * greatest values, distinct ones. Two tables over parts of a capture can be joined.
 */
#ifndef QUERY_GROUP_H
#define QUERY_GROUP_H

#include "base/u128.h"
#include "query/key_set.h"
#include "query/plan.h"

/* What is asked for, the same for all tables of a pass. */
struct group_shape {
    const struct spk_query *query;
    size_t keys; /* the query's first columns */
    struct spk_aggregate *aggregates;
    size_t count;
    size_t memory; /* bytes that a table takes at most */
};

/* What an aggregate has come to in one group. */
struct total {
    uint64_t count;            /* values, or distinct values */
    struct spk_u128 sum;       /* signed */
    const struct spk_row *row; /* of the least or greatest value; NULL: there was none */
    struct spk_value value;    /* its data is owned */
    uint32_t room;             /* bytes that data has room for */
};

struct group_table {
    const struct group_shape *shape;
    struct key_set groups;
    struct spk_buf rows;     /* const struct spk_row *: of each key's values, in order */
    struct spk_buf row_ends; /* uint32_t: a group */
    struct spk_buf packets;  /* uint64_t: a group */
    struct spk_buf totals;   /* struct total: a group and an aggregate */
    struct key_set distinct; /* group (4 bytes), aggregate (4 bytes), value */
    struct spk_buf scratch;  /* a key being made */
    size_t data_size;        /* bytes of values' data */
    uint64_t left_out;       /* packets of groups, and values, that there was no memory for */
};

/* NULL: no memory. */
struct group_table *spk_group_table_new(const struct group_shape *shape);
void spk_group_table_free(struct group_table *table);

/* Counts a row. SPK_ERR_MEMORY. */
enum spk_status spk_group_table_row(struct group_table *table, const struct spk_cell *cells);

/* Makes the one group that there is without keys, also where no row comes. SPK_ERR_MEMORY. */
enum spk_status spk_group_table_one(struct group_table *table);

/* Adds what was counted behind it. SPK_ERR_MEMORY. */
enum spk_status spk_group_table_join(struct group_table *table, const struct group_table *more);

/* Bytes that it takes. */
size_t spk_group_table_size(const struct group_table *table);

/* How many packets the group has. */
static inline uint64_t *spk_group_packets(const struct group_table *table, uint32_t group)
{
    return (uint64_t *)(void *)table->packets.data + group;
}

static inline struct total *spk_group_total(const struct group_table *table, uint32_t group, size_t aggregate)
{
    struct total *totals = (struct total *)(void *)table->totals.data;
    return totals + (size_t)group * table->shape->count + aggregate;
}

/*
 * The next value of a key, and how many values the key's cell has: what spk_group_table_row packed. Begin with *at at the
 * group's key.
 */
uint32_t spk_group_key_count(const uint8_t **at);
void spk_group_key_value(const uint8_t **at, struct spk_value *value);

/* Below zero, zero or above as a is below b; numbers by size, bytes and text by their bytes. */
int spk_group_compare(const struct spk_value *a, const struct spk_value *b);

#endif
