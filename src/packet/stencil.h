/* stencil: where spots stand in packets of the common kinds. */
#ifndef PACKET_STENCIL_H
#define PACKET_STENCIL_H

#include "packet/kind.h"

struct spk_stencils {
    const struct spk_reach *reach;
    size_t spot_count;
    struct spk_stencil *stencils; /* a node each */
    bool *holds;                  /* a node each: false: a spot may lie where the header's length varies */
    struct spk_kinds kinds;
    const struct spk_head *roots[SPK_REACH_LINKS]; /* a link type: the head of its tree's root */
    uint16_t at[];                                 /* spot_count for each node */
};

/*
 * The layers of a record that fits the stencil of an index, as spk_decode_reach places them.
 */
void spk_stencil_place(const struct spk_stencils *set, uint32_t index, const struct spk_record *record,
                       struct spk_packet *packet);

#endif
