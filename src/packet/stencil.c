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

/* Adds the path that ends with a node to those that are tried as one test, if there is room and it can be one. */
static void add_whole(struct spk_stencils *set, struct spk_wholes *wholes, const struct spk_stencil *last)
{
    const struct spk_node *path[SPK_LAYERS_MAX];
    uint32_t count = set->reach->nodes[last->index].depth;
    if (wholes->count == SPK_WHOLES || !set->holds[last->index]) {
        return;
    }
    uint32_t left = count;
    for (const struct spk_stencil *stencil = last; stencil != NULL; stencil = stencil->outer) {
        path[--left] = &set->reach->nodes[stencil->index];
    }
    if (spk_whole_make(&wholes->wholes[wholes->count], set->reach, path, count)) {
        wholes->wholes[wholes->count++].stencil = last;
    }
}

/* A tree, outer headers first: a node's children stand behind it. */
static void fill_tree(struct spk_stencils *set, const struct spk_spot *spots, uint32_t root, struct spk_wholes *wholes)
{
    const struct spk_node *nodes = &set->reach->nodes[root];
    fill(set, spots, root, NULL);
    for (uint32_t i = 0, known = 1; i < known; i++) {
        for (uint32_t child = nodes[i].child; child < (uint32_t)nodes[i].child + nodes[i].children; child++) {
            fill(set, spots, root + child, &set->stencils[root + i]);
            known++;
        }
        add_whole(set, wholes, &set->stencils[root + i]);
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
