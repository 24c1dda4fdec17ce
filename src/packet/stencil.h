/* stencil: where spots stand in packets of the common kinds. */
#ifndef PACKET_STENCIL_H
#define PACKET_STENCIL_H

#include "packet/kind.h"

#include <stdatomic.h>

struct spk_stencils {
    const struct spk_reach *reach;
    size_t spot_count;
    struct spk_stencil *stencils; /* a node each */
    bool *holds;                  /* a node each; false: packets that end there have none */
    /* A link type: the head of its tree's root, made when the first packet of it is met: most captures have one. */
    _Atomic(const struct spk_head *) roots[SPK_REACH_LINKS];
    struct spk_kinds kinds[SPK_REACH_LINKS];
    struct spk_stencils *own; /* the set itself, to change these */
    uint16_t at[];            /* spot_count for each node */
};

/*
 * Makes the heads of a link type, whose root is spk_head_unmade; any number of threads may. Gives the root. Without memory
 * it is one that no packet has, so that each is decoded.
 */
const struct spk_head *spk_stencils_make_root(const struct spk_stencils *set, uint16_t link);

/* The layers of a record that fits the stencil of an index, as spk_decode_reach places them. */
void spk_stencil_place(const struct spk_stencils *set, uint32_t index, const struct spk_record *record,
                       struct spk_packet *packet);

/* Packets that would have this stencil have none. To be said before the first packet of any link type. */
void spk_stencils_leave_out(struct spk_stencils *set, size_t index);

#endif
