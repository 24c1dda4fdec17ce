/* reach: which protocols lead to one that is wanted. Said by the links: who opens a space, and who sits in it. */
#include "packet/reach.h"

#include "base/error.h"
#include "base/memory.h"

#include <string.h>

/* Whether a wanted protocol can stand somewhere behind one that sits in the space. */
static bool space_leads(const struct spk_registry *registry, uint16_t space, const bool *leads)
{
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(registry, space, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (leads[links[i] & UINT16_MAX]) {
            return true;
        }
    }
    return false;
}

/* What a reach is for: rows alone (spk_reach_rows), the packet's own headers alone (spk_reach_own). */
enum { FOR_ROWS = 1 << 0, FOR_OWN = 1 << 1 };

static bool next_leads(const struct spk_registry *registry, const struct spk_cproto *proto, unsigned use,
                       const bool *leads)
{
    if ((use & FOR_OWN) != 0 && (proto->flags & SPK_QUOTES) != 0) {
        return false;
    }
    for (uint8_t i = 0; i < proto->next_count; i++) {
        if (space_leads(registry, proto->next[i].space, leads)) {
            return true;
        }
    }
    return (proto->flags & SPK_HAS_TAIL) != 0 && space_leads(registry, proto->tail, leads);
}

/* Marks in leads those that are wanted and those that lead to them, until no more are found. */
static void find_leads(const struct spk_registry *registry, unsigned use, bool *leads)
{
    for (bool more = true; more;) {
        more = false;
        for (uint32_t p = 0; p < registry->proto_count; p++) {
            if (!leads[p] && next_leads(registry, &registry->protos[p], use, leads)) {
                leads[p] = true;
                more = true;
            }
        }
    }
}

/* Marks the steps behind which nobody is wanted, those of protocols that only lead on, and those that do not even lead. */
static void mark_steps(struct spk_reach *reach, unsigned use, const bool *wanted, const bool *leads)
{
    const struct spk_registry *registry = reach->registry;
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        struct spk_step *step = &reach->steps[p];
        if (!next_leads(registry, &registry->protos[p], use, leads)) {
            step->flags &= (uint16_t) ~(SPK_STEP_NEXT | SPK_STEP_MORE);
            step->flags |= SPK_STEP_LAST;
        }
        if (leads[p] && !wanted[p]) {
            step->flags |= SPK_STEP_LEADS;
        }
        if (!leads[p]) {
            step->flags |= SPK_STEP_UNWANTED;
            step->need = SPK_NOWHERE;
        }
    }
}

/* Whether the values of earlier rows alone say where a row ends and whether it is there, whatever the region is. */
static bool row_is_told(const struct spk_row *row)
{
    bool room = row->when[0].test == SPK_ROOM || row->when[1].test == SPK_ROOM;
    if (row->view.op != SPK_NOT_A_VIEW) {
        return !room && row->view.get == NULL;
    }
    bool sized = row->bits > 0 || row->size.mul != 0 || row->kind == SPK_GROUP || row->kind == SPK_NONE;
    return !room && sized && row->codec == NULL && row->many <= SPK_COUNT && row->kind != SPK_CHOICE
           && (row->flags & SPK_CUT_OFF) == 0;
}

static bool group_is_told(const struct spk_registry *registry, const struct spk_cgroup *group)
{
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_crow *crow = &group->rows[i];
        if (!row_is_told(crow->row)
            || (crow->row->kind == SPK_GROUP && !group_is_told(registry, registry->groups[crow->child]))) {
            return false;
        }
    }
    return true;
}

/* Spares the search for a header's end where that tells nothing: the layer is placed as its fixed front alone would be. */
static void spare_ends(struct spk_reach *reach)
{
    const struct spk_registry *registry = reach->registry;
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        const struct spk_cproto *proto = &registry->protos[p];
        struct spk_step *step = &reach->steps[p];
        bool told = proto->walk && proto->min <= UINT16_MAX && group_is_told(registry, proto->hdr)
                    && (proto->flags & (SPK_WHOLE | SPK_REPEATS | SPK_HAS_TAIL | SPK_NO_PAYLOAD)) == 0;
        if (told && (step->flags & (SPK_STEP_LAST | SPK_STEP_UNWANTED)) == SPK_STEP_LAST) {
            *step = (struct spk_step){ .need = proto->min, .min = (uint16_t)proto->min, .flags = SPK_STEP_LAST };
        }
    }
}

/* Grows the tree for packets that begin with a protocol. Gives its root among the nodes, from 1; 0: no memory. */
static uint16_t grow_path(struct spk_reach *reach, uint32_t proto)
{
    struct spk_node *nodes = spk_realloc(reach->nodes, (reach->node_count + SPK_PATH_NODES) * sizeof nodes[0]);
    if (nodes == NULL) {
        return 0;
    }
    uint16_t root = (uint16_t)(reach->node_count + 1);
    reach->nodes = nodes;
    reach->node_count += spk_path_grow(nodes + reach->node_count, reach->registry, reach->steps, proto);
    return root;
}

/* A tree for each link type; those that begin alike have one together. False: no memory. */
static bool grow_paths(struct spk_reach *reach)
{
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(reach->registry, reach->registry->link_space, &count);
    for (uint32_t i = 0; i < count && (uint32_t)(links[i] >> 16) < SPK_REACH_LINKS; i++) {
        uint16_t *root = &reach->roots[(uint32_t)(links[i] >> 16)];
        for (uint32_t k = 0; k < i; k++) {
            bool alike = (links[i] & UINT16_MAX) == (links[k] & UINT16_MAX);
            *root = alike ? reach->roots[(uint32_t)(links[k] >> 16)] : *root;
        }
        if (*root == 0 && (*root = grow_path(reach, (uint32_t)(links[i] & UINT16_MAX))) == 0) {
            return false;
        }
    }
    return true;
}

static enum spk_status make(const struct spk_registry *registry, const bool *wanted, unsigned use,
                            struct spk_reach **out, struct spk_error *error)
{
    size_t count = registry->proto_count;
    struct spk_reach *reach = spk_alloc_zeroed(1, sizeof *reach + count * sizeof reach->steps[0]);
    bool *leads = spk_alloc(count * sizeof leads[0]);
    bool made = reach != NULL && leads != NULL;
    if (made) {
        bool all = registry->raw_proto != SPK_NOWHERE && wanted[registry->raw_proto];
        reach->registry = registry;
        reach->raw = all ? registry->raw_proto : SPK_NOWHERE;
        memcpy(reach->steps, registry->steps, count * sizeof reach->steps[0]);
        memcpy(leads, wanted, count * sizeof leads[0]);
        find_leads(registry, use, leads);
        if (!all) {
            mark_steps(reach, use, wanted, leads);
        }
        if ((use & FOR_ROWS) != 0) {
            spare_ends(reach);
        }
        made = grow_paths(reach);
    }
    spk_free(leads);
    if (!made) {
        spk_reach_free(reach);
        reach = NULL;
    }
    *out = reach;
    return made ? SPK_OK : spk_no_memory(error);
}

enum spk_status spk_reach_new(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                              struct spk_error *error)
{
    return make(registry, wanted, 0, out, error);
}

enum spk_status spk_reach_own(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                              struct spk_error *error)
{
    return make(registry, wanted, FOR_OWN, out, error);
}

enum spk_status spk_reach_rows(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                               struct spk_error *error)
{
    return make(registry, wanted, FOR_ROWS, out, error);
}

void spk_reach_free(struct spk_reach *reach)
{
    if (reach != NULL) {
        spk_free(reach->nodes);
        spk_free(reach);
    }
}

void spk_field_wants(const struct spk_registry *registry, const struct spk_field *field, bool *wanted)
{
    const struct spk_cfield *known = &registry->fields[field->index];
    for (uint32_t i = 0; i < known->site_count; i++) {
        wanted[known->sites[i].proto] = true;
        for (uint32_t p = 0; (known->sites[i].crow->row->flags & SPK_NEEDS_ALL) != 0 && p < registry->proto_count;
             p++) {
            wanted[p] = true;
        }
    }
}
