/*
 * fixed: where the quick reads of a query stand in packets of the common kinds (packet.h: stencils). Such a packet is told
 * by a few comparisons and read from bytes known beforehand; any other is decoded.
 */
#ifndef QUERY_FIXED_H
#define QUERY_FIXED_H

#include "query/plan.h"

/* A read of a column, of the layer that begins at a byte of the packet. */
struct fixed_read {
    const struct quick *quick;
    uint32_t at;
};

/* What a kind of packet has, column after column, and of each outer layers first. */
struct fixed_kind {
    uint32_t first, count; /* among the reads */
    bool known;            /* else packets of this kind are decoded */
};

struct fixed {
    const struct spk_reach *reach;
    struct known_filter *filter; /* which packets of these kinds are kept; NULL: every one */
    struct spk_stencils *stencils;
    struct fixed_kind *kinds; /* a stencil each */
    struct fixed_read *reads;
    uint32_t kind_count, count, room;
};

/*
 * For the quick reads of a query, decoded as far as reach. *out NULL: there is no kind of packet that is known. False: no
 * memory.
 */
bool spk_fixed_new(const struct spk_query *query, const struct spk_reach *reach, struct fixed **out);
/* Which of these packets a filter keeps: fixed->filter, or NULL where it does more than kinds say. False: no memory. */
bool spk_fixed_filter(struct fixed *fixed, const struct spk_filter *filter);
void spk_fixed_free(struct fixed *fixed);

/*
 * The kind of a record; then packet has what a record's views look at, and no layers. NULL: it was decoded into packet as
 * far as the reach.
 */
const struct fixed_kind *spk_fixed_find(const struct fixed *fixed, const struct spk_record *record,
                                        struct spk_packet *packet);

#endif
