/* stencil: where spots stand in packets of the common kinds. */
#ifndef PACKET_STENCIL_H
#define PACKET_STENCIL_H

#include "packet/whole.h"

/* So many paths of a link type are tried as one test each, one after the other, and so many with those they go on at. */
enum { SPK_WHOLES_FIRST = 4, SPK_WHOLES = 10 };

struct spk_wholes {
    struct spk_whole wholes[SPK_WHOLES];
    uint32_t firsts, count;
};

struct spk_stencils {
    const struct spk_reach *reach;
    size_t spot_count;
    struct spk_stencil *stencils;    /* a node each */
    bool *holds;                     /* a node each: false: a spot may lie where the header's length varies */
    struct spk_wholes *wholes;       /* a tree each; the first is of link types that have none, and empty */
    uint16_t trees[SPK_REACH_LINKS]; /* a link type: its tree's wholes */
    uint16_t at[];                   /* spot_count for each node */
};

#endif
