/*
 * fixed: where the quick reads of a query stand in packets of the common kinds (packet.h: stencils). Such a packet is told
 * by a few comparisons and read from bytes known beforehand; any other is decoded.
 */
#ifndef QUERY_FIXED_H
#define QUERY_FIXED_H

#include "packet/stencil.h"
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
    bool walks;            /* it has layers that are walked for some columns */
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
/* Which of these packets a filter that suits kinds keeps: fixed->filter; NULL: they do not say. False: no memory. */
bool spk_fixed_filter(struct fixed *fixed, const struct spk_filter *filter);
void spk_fixed_free(struct fixed *fixed);

/*
 * The kind of a record; what packet holds then is not said. NULL: it was decoded into packet as far as the reach.
 */
static inline const struct fixed_kind *spk_fixed_find(const struct fixed *fixed, const struct spk_record *record,
                                                      struct spk_packet *packet)
{
    const struct spk_stencil *stencil = spk_decode_stencil(fixed->stencils, record, packet);
    return stencil != NULL ? &fixed->kinds[stencil->index] : NULL;
}

/* A packet of a known kind, for views of the record, which look at nothing else. */
static inline void spk_fixed_describe(const struct spk_record *record, struct spk_packet *packet)
{
    packet->data = record->data;
    packet->caplen = record->caplen;
    packet->len = record->len < record->caplen ? record->caplen : record->len;
    packet->count = 0;
}

#endif
