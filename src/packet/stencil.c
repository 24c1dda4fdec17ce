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

/* Who comes second gives his own back. */
const struct spk_head *spk_stencils_make_root(const struct spk_stencils *set, uint16_t link)
{
    struct spk_kinds kinds = { NULL };
    const struct spk_head *first = &spk_head_unmade;
    const struct spk_head *root =
        spk_kinds_add(&kinds, set->reach, set->reach->roots[link] - 1u, set->stencils, set->holds);
    root = root != NULL ? root : &spk_head_untold;
    if (atomic_compare_exchange_strong(&set->own->roots[link], &first, root)) {
        set->own->kinds[link] = kinds;
        return root;
    }
    spk_kinds_free(&kinds);
    return first;
}

enum spk_status spk_stencils_new(const struct spk_reach *reach, const struct spk_spot *spots, size_t count,
                                 struct spk_stencils **out, struct spk_error *error)
{
    size_t nodes = reach->node_count;
    struct spk_stencils *set = spk_alloc_zeroed(1, sizeof *set + nodes * count * sizeof set->at[0]);
    if (set != NULL) {
        set->reach = reach;
        set->spot_count = count;
        set->own = set;
        set->stencils = spk_alloc_zeroed(nodes, sizeof set->stencils[0]);
        set->holds = spk_alloc_zeroed(nodes, sizeof set->holds[0]);
    }
    bool made = set != NULL && has_room(set);
    for (uint32_t link = 0; made && link < SPK_REACH_LINKS; link++) {
        bool has_tree = reach->roots[link] != 0;
        atomic_init(&set->roots[link], has_tree ? &spk_head_unmade : &spk_head_untold);
        if (has_tree && set->stencils[reach->roots[link] - 1u].at == NULL) { /* link types share trees */
            fill_tree(set, spots, reach->roots[link] - 1u);
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
        for (uint32_t link = 0; link < SPK_REACH_LINKS; link++) {
            spk_kinds_free(&set->kinds[link]);
        }
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
