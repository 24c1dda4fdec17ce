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
            set->holds[index] = whole || (node->flags & SPK_PATH_HLEN) == 0;
        }
    }
}

/* Makes a whole of the path that ends with a node, whose first headers another has tested. False: it cannot be one. */
static bool make_whole(struct spk_whole *whole, const struct spk_stencils *set, const struct spk_stencil *last,
                       uint32_t tested)
{
    const struct spk_node *path[SPK_LAYERS_MAX];
    const uint32_t count = set->reach->nodes[last->index].depth;
    uint32_t left = count;
    for (const struct spk_stencil *stencil = last; stencil != NULL; stencil = stencil->outer) {
        path[--left] = &set->reach->nodes[stencil->index];
    }
    bool made = set->holds[last->index] && spk_whole_make(whole, set->reach, path, count, tested);
    whole->stencil = last;
    return made;
}

/* Those that are told by the key of a whole's last header, and end there. */
static void add_branches(const struct spk_stencils *set, struct spk_wholes *wholes, struct spk_whole *whole,
                         uint32_t root)
{
    const struct spk_node *last = whole->last;
    for (uint32_t child = last->child; child < (uint32_t)last->child + last->children; child++) {
        const struct spk_stencil *stencil = &set->stencils[root + child];
        struct spk_whole *made = &wholes->wholes[wholes->count];
        if (wholes->count < SPK_WHOLES && set->reach->nodes[root + child].children == 0
            && make_whole(made, set, stencil, last->depth)) {
            spk_whole_branch(whole, &set->reach->nodes[root + child], (uint8_t)wholes->count++);
        }
    }
}

/* Whether the path that ends with the stencil goes on from one of the wholes. */
static bool goes_on(const struct spk_wholes *wholes, const struct spk_stencil *stencil)
{
    for (uint32_t i = 0; i < wholes->count; i++) {
        for (const struct spk_stencil *outer = stencil->outer; outer != NULL; outer = outer->outer) {
            if (wholes->wholes[i].stencil == outer) {
                return true;
            }
        }
    }
    return false;
}

/* A tree, outer headers first: a node's children stand behind it. */
static void fill_tree(struct spk_stencils *set, const struct spk_spot *spots, uint32_t root, struct spk_wholes *wholes)
{
    const struct spk_node *nodes = &set->reach->nodes[root];
    fill(set, spots, root, NULL);
    for (uint32_t i = 0, known = 1; i < known; i++) {
        const struct spk_stencil *stencil = &set->stencils[root + i];
        for (uint32_t child = nodes[i].child; child < (uint32_t)nodes[i].child + nodes[i].children; child++) {
            fill(set, spots, root + child, stencil);
            known++;
        }
        if (wholes->count < SPK_WHOLES_FIRST && !goes_on(wholes, stencil)) {
            wholes->count += make_whole(&wholes->wholes[wholes->count], set, stencil, 0);
        }
    }
    wholes->firsts = wholes->count;
    for (uint32_t i = 0; i < wholes->firsts; i++) {
        add_branches(set, wholes, &wholes->wholes[i], root);
    }
}

static bool has_room(const struct spk_stencils *set)
{
    return set->stencils != NULL && set->holds != NULL && set->wholes != NULL;
}

enum spk_status spk_stencils_new(const struct spk_reach *reach, const struct spk_spot *spots, size_t count,
                                 struct spk_stencils **out, struct spk_error *error)
{
    size_t nodes = reach->node_count;
    struct spk_stencils *set = spk_alloc_zeroed(1, sizeof *set + nodes * count * sizeof set->at[0]);
    uint32_t trees = 0;
    for (uint32_t link = 0; link < SPK_REACH_LINKS; link++) {
        trees += reach->roots[link] != 0;
    }
    if (set != NULL) {
        *set = (struct spk_stencils){ .reach = reach, .spot_count = count };
        set->stencils = spk_alloc_zeroed(nodes, sizeof set->stencils[0]);
        set->holds = spk_alloc_zeroed(nodes, sizeof set->holds[0]);
        set->wholes = spk_alloc_zeroed(trees + 1, sizeof set->wholes[0]);
    }
    if (set == NULL || !has_room(set)) {
        spk_stencils_free(set);
        *out = NULL;
        return spk_no_memory(error);
    }
    for (uint32_t link = 0, tree = 0; link < SPK_REACH_LINKS; link++) {
        if (reach->roots[link] != 0) {
            set->trees[link] = (uint16_t)++tree;
            fill_tree(set, spots, reach->roots[link] - 1u, &set->wholes[tree]);
        }
    }
    *out = set;
    return SPK_OK;
}

void spk_stencils_free(struct spk_stencils *set)
{
    if (set != NULL) {
        spk_free(set->stencils);
        spk_free(set->holds);
        spk_free(set->wholes);
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
