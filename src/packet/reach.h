/* reach: the steps of a registry, some of which are the last that anybody wants. */
#ifndef PACKET_REACH_H
#define PACKET_REACH_H

#include <steelpkt/packet.h>

#include "packet/onward.h"
#include "wire/registry.h"

/* Link types from here on have no tree. */
enum { SPK_REACH_LINKS = 320 };

struct spk_reach {
    const struct spk_registry *registry;
    uint32_t raw;           /* the SPK_RAW protocol where it is wanted, else SPK_NOWHERE */
    struct spk_node *nodes; /* the trees of all link types, one behind the other */
    uint32_t node_count;
    uint16_t roots[SPK_REACH_LINKS]; /* a link type: its tree's root among nodes, from 1; 0: none */
    struct spk_step steps[];         /* a protocol each */
};

/*
 * As spk_reach_new for somebody who asks rows and nothing else: where the values of a header's rows say where it ends, and
 * nobody who follows is wanted, its layer has the fixed rows at its front for a header and all that is left for a region,
 * and is not told from one that is cut or malformed behind them. A walk of such a layer gives the very same rows.
 */
enum spk_status spk_reach_rows(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                               struct spk_error *error);

/* The root of the tree for a link type; NULL: it has none. */
static inline const struct spk_node *spk_reach_root(const struct spk_reach *reach, uint16_t link)
{
    return link < SPK_REACH_LINKS && reach->roots[link] != 0 ? &reach->nodes[reach->roots[link] - 1] : NULL;
}

#endif
