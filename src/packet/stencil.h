/* stencil: where spots stand in packets of the common kinds. */
#ifndef PACKET_STENCIL_H
#define PACKET_STENCIL_H

#include "packet/kind.h"

struct spk_stencils {
    const struct spk_reach *reach;
    size_t spot_count;
    struct spk_stencil *stencils; /* a node each */
    bool *holds;                  /* a node each; false: packets that end there have none */
    struct spk_kinds kinds;
    const struct spk_head *roots[SPK_REACH_LINKS]; /* a link type: the head of its tree's root */
    uint16_t at[];                                 /* spot_count for each node */
};

/* The layers of a record that fits the stencil of an index, as spk_decode_reach places them. */
void spk_stencil_place(const struct spk_stencils *set, uint32_t index, const struct spk_record *record,
                       struct spk_packet *packet);

/*
 * Of records that follow each other, the indexes of their stencils, as many as come before the first that has none; that one
 * was decoded into packet. As spk_decode_stencil for each.
 */
size_t spk_stencils_run(const struct spk_stencils *set, const struct spk_record *records, size_t count,
                        uint16_t *indexes, struct spk_packet *packet);

/* From now on packets that had this stencil have none. */
void spk_stencils_leave_out(struct spk_stencils *set, size_t index);

#endif
