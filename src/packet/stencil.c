/* stencil: for each node of the trees of paths, where every spot stands in packets that end with its header. */
#include "packet/stencil.h"

#include "base/error.h"
#include "base/memory.h"

#include <string.h>

/* What the node adds to what is outside of it. */
static void fill(struct spk_stencils *set, const struct spk_spot *spots, uint32_t index,
                 const struct spk_stencil *outer)
{
    const struct spk_node *node = &set->reach->nodes[index];
    uint16_t *at = &set->at[index * set->spot_count];
    set->stencils[index] =
        (struct spk_stencil){ .at = at, .outer = outer, .layer = node->layer, .index = (uint16_t)index };
    set->holds[index] = node->need != SPK_NOWHERE;
    for (size_t i = 0; i < set->spot_count; i++) {
        const struct spk_spot *spot = &spots[i];
        at[i] = outer != NULL ? outer->at[i] : SPK_NOT_THERE;
        if (at[i] == SPK_NOT_THERE && spot->proto == node->layer.proto && set->holds[index]) {
            bool whole = node->layer.hdr_len >= spot->end;
            at[i] = whole ? (uint16_t)node->layer.at : SPK_NOT_THERE;
            set->holds[index] = whole || (node->flags & (SPK_PATH_HLEN | SPK_PATH_REST)) == 0;
        }
    }
}

/* A tree, outer headers first: a node's children stand behind it. */
static void fill_tree(struct spk_stencils *set, const struct spk_spot *spots, uint32_t root)
{
    const struct spk_node *nodes = &set->reach->nodes[root];
    fill(set, spots, root, NULL);
    for (uint32_t i = 0, known = 1; i < known; i++) {
        const struct spk_stencil *stencil = &set->stencils[root + i];
        for (uint32_t child = nodes[i].child; child < (uint32_t)nodes[i].child + nodes[i].children; child++) {
            fill(set, spots, root + child, stencil);
            known++;
        }
    }
}

static bool has_room(const struct spk_stencils *set)
{
    return set->stencils != NULL && set->holds != NULL;
}

enum spk_status spk_stencils_new(const struct spk_reach *reach, const struct spk_spot *spots, size_t count,
                                 struct spk_stencils **out, struct spk_error *error)
{
    size_t nodes = reach->node_count;
    struct spk_stencils *set = spk_alloc_zeroed(1, sizeof *set + nodes * count * sizeof set->at[0]);
    if (set != NULL) {
        *set = (struct spk_stencils){ .reach = reach, .spot_count = count };
        set->stencils = spk_alloc_zeroed(nodes, sizeof set->stencils[0]);
        set->holds = spk_alloc_zeroed(nodes, sizeof set->holds[0]);
    }
    bool made = set != NULL && has_room(set);
    for (uint32_t link = 0; made && link < SPK_REACH_LINKS; link++) {
        set->roots[link] = &spk_head_untold;
        if (reach->roots[link] != 0) {
            uint32_t root = reach->roots[link] - 1u;
            fill_tree(set, spots, root);
            set->roots[link] = spk_kinds_add(&set->kinds, reach, root, set->stencils);
            made = set->roots[link] != NULL;
        }
    }
    if (!made) {
        spk_stencils_free(set);
        *out = NULL;
        return spk_no_memory(error);
    }
    *out = set;
    return SPK_OK;
}

void spk_stencils_free(struct spk_stencils *set)
{
    if (set != NULL) {
        spk_free(set->stencils);
        spk_free(set->holds);
        spk_kinds_free(&set->kinds);
        spk_free(set);
    }
}

size_t spk_stencils_count(const struct spk_stencils *set)
{
    return set->reach->node_count;
}

const struct spk_stencil *spk_stencils_get(const struct spk_stencils *set, size_t index)
{
    return index < set->reach->node_count ? &set->stencils[index] : NULL;
}

void spk_stencils_leave_out(struct spk_stencils *set, size_t index)
{
    set->holds[index] = false;
}
