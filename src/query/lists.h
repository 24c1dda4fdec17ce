/*
 * lists: of headers that are a front of fixed rows and lists behind it, whose elements are a value that a codec measures, or
 * none, and fixed rows: what is wanted of each element. It is read without a walk, and is what a walk gives.
 */
#ifndef QUERY_LISTS_H
#define QUERY_LISTS_H

#include "base/buf.h"
#include "query/cells.h"
#include "query/column.h"

/* A list of a header. */
struct list {
    struct spk_cref number; /* how many elements there are */
    const struct spk_cgroup *group;
    const struct spk_crow *coded; /* the first row of an element, where that has a codec; else NULL */
    uint32_t fixed;               /* bytes of the rows behind it */
    uint32_t first, count;        /* among the values */
};

/* A row that is wanted of each element. */
struct list_value {
    const struct spk_crow *crow;
    uint32_t bit; /* from the fixed rows' first */
    uint32_t end; /* bits from there that must be there for it, and all fixed rows before it, to be read */
};

struct lists {
    struct spk_buf lists;       /* struct list */
    struct spk_buf values;      /* struct list_value */
    struct quick_range *protos; /* a protocol: its part of lists; none: it is walked */
};

/* Those of a query's protocols, whose want and ends are known. False: no memory; spk_lists_end in any case. */
bool spk_lists_begin(struct lists *lists, const struct spk_query *query);
void spk_lists_end(struct lists *lists);

/*
 * Puts what is wanted of a layer, whose header is whole, into a row of columns, or where there are none into cells. *read
 * false: it has to be walked. SPK_ERR_MEMORY, SPK_ERR_LIMIT.
 */
enum spk_status spk_lists_take(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer,
                               struct column *columns, size_t row, bool *read);

#endif
