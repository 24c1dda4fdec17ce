/* elements: which members a group's elements have, and one walk of each layer that has elements. */
#include "query/elements.h"

#include "base/memory.h"
#include "packet/walk.h"

/* ---- members ---- */

/* Where in the group a row was found. */
struct path {
    const struct spk_crow *choice; /* the outermost, or NULL */
    uint32_t site, choice_case;
    bool repeated;
};

/* Whether of two rows of a group one is there only where the other is not. */
static bool excludes(const struct spk_row *a, const struct spk_row *b)
{
    for (int i = 0; i < 4; i++) {
        const struct spk_when *one = &a->when[i / 2];
        const struct spk_when *other = &b->when[i % 2];
        bool opposite =
            (one->test == SPK_EQ && other->test == SPK_NE) || (one->test == SPK_NE && other->test == SPK_EQ);
        if (opposite && one->row == other->row && one->mask == other->mask && one->value == other->value) {
            return true;
        }
    }
    return false;
}

static void set_place(struct member *member, const struct spk_crow *crow, const struct path *path)
{
    member->crow = crow;
    member->site = path->site;
    member->choice = path->choice;
    member->choice_case = path->choice_case;
}

static enum spk_status add_member(struct elements *elements, const struct spk_registry *registry,
                                  const struct spk_crow *crow, const struct path *path)
{
    uint32_t place = elements->places[crow->field];
    bool list = path->repeated || crow->row->many != SPK_ONE;
    if (place != SPK_NOWHERE) { /* an element stands at one site, and of a choice's cases there is but one */
        struct member *member = &elements->members[place];
        bool cases = member->choice != NULL && member->choice == path->choice;
        bool other = member->site != path->site || (cases && member->choice_case != path->choice_case);
        member->type.list |= list || !(other || excludes(member->crow->row, crow->row));
        set_place(member, crow, path);
        return SPK_OK;
    }
    struct member *more = spk_realloc(elements->members, (elements->count + 1) * sizeof more[0]);
    if (more == NULL) {
        return SPK_ERR_MEMORY;
    }
    elements->members = more;
    elements->places[crow->field] = elements->count;
    const struct spk_field *field = &registry->fields[crow->field].field;
    struct member *member = &more[elements->count++];
    *member = (struct member){ .field = field, .type = spk_field_type(registry, field) };
    member->type.list = list;
    set_place(member, crow, path);
    return SPK_OK;
}

/* Recursion is bounded: groups are nested no deeper than SPK_DEPTH_MAX. */
static enum spk_status add_group(struct elements *elements, const struct spk_registry *registry,
                                 const struct spk_cgroup *group, struct path path)
{
    enum spk_status status = SPK_OK;
    for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
        const struct spk_crow *crow = &group->rows[i];
        const struct spk_row *row = crow->row;
        bool view = row->view.op != SPK_NOT_A_VIEW;
        struct path within = path;
        within.repeated |= row->many != SPK_ONE;
        if (row->kind == SPK_GROUP && !view) {
            status = add_group(elements, registry, registry->groups[crow->child], within);
        } else if (row->kind == SPK_CHOICE && !view) {
            within.choice = path.choice != NULL ? path.choice : crow;
            for (uint32_t k = 0; row->cases[k].in != NULL && status == SPK_OK; k++) {
                within.choice_case = path.choice != NULL ? path.choice_case : k;
                status = add_group(elements, registry, registry->groups[registry->cases[crow->child + k]], within);
            }
        }
        /* a choice is a value, too: the octets where no case fits */
        if (status == SPK_OK && crow->field != SPK_NOWHERE && row->kind != SPK_GROUP) {
            status = add_member(elements, registry, crow, &path);
        }
    }
    return status;
}

/* Whether another site before has the same row: a group that several protocols share. */
static bool was_site(const struct spk_cfield *group, uint32_t site)
{
    for (uint32_t i = 0; i < site; i++) {
        if (group->sites[i].crow == group->sites[site].crow) {
            return true;
        }
    }
    return false;
}

enum spk_status spk_elements_make(struct elements *elements, const struct spk_query *query, uint32_t column)
{
    const struct spk_registry *registry = query->registry;
    const struct spk_cfield *group = &registry->fields[query->columns[column].field->index];
    *elements = (struct elements){ .column = column, .group = group };
    elements->places = spk_alloc(registry->field_count * sizeof elements->places[0]);
    elements->protos = spk_alloc_zeroed(registry->proto_count, 1);
    if (elements->places == NULL || elements->protos == NULL) {
        return SPK_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < registry->field_count; i++) {
        elements->places[i] = SPK_NOWHERE;
    }
    enum spk_status status = SPK_OK;
    for (uint32_t i = 0; i < group->site_count && status == SPK_OK; i++) {
        elements->protos[group->sites[i].proto] = 1;
        if (!was_site(group, i)) {
            const struct path path = { .site = i };
            status = add_group(elements, registry, registry->groups[group->sites[i].crow->child], path);
        }
    }
    return status;
}

void spk_elements_free(struct elements *elements)
{
    spk_free(elements->members);
    spk_free(elements->places);
    spk_free(elements->protos);
}

/* ---- reading ---- */

void spk_element_begin(struct element_walk *walk, const struct elements *elements, const struct spk_packet *packet)
{
    walk->elements = elements;
    walk->packet = packet;
    walk->layer = 0;
    walk->depth = 0;
    walk->walking = false;
}

static bool is_element(const struct element_walk *walk)
{
    const struct spk_cfield *group = walk->elements->group;
    for (uint32_t i = 0; i < group->site_count; i++) {
        if (group->sites[i].crow->row == walk->walk.row) {
            return true;
        }
    }
    return false;
}

/* Begins the walk of the next layer that has elements. False: there is none. */
static bool next_layer(struct element_walk *walk)
{
    const struct spk_packet *packet = walk->packet;
    while (walk->layer < packet->count && walk->elements->protos[packet->layers[walk->layer].proto] == 0) {
        walk->layer++;
    }
    walk->walking = walk->layer < packet->count;
    if (walk->walking) {
        spk_walk_layer(&walk->walk, packet, walk->layer++, NULL);
    }
    return walk->walking;
}

/* What an event of the walk is for whoever reads elements; ELEMENT_NONE: nothing. */
static enum element_event take(struct element_walk *walk, enum spk_walk_event event)
{
    switch (event) {
    case SPK_EVENT_ENTER:
        if (walk->depth > 0 || is_element(walk)) {
            return ++walk->depth == 1 ? ELEMENT_BEGIN : ELEMENT_NONE;
        }
        return ELEMENT_NONE;
    case SPK_EVENT_LEAVE:
        return walk->depth > 0 && --walk->depth == 0 ? ELEMENT_END : ELEMENT_NONE;
    case SPK_EVENT_VALUE:
        walk->member =
            walk->depth > 0 && walk->walk.field != SPK_NOWHERE ? walk->elements->places[walk->walk.field] : SPK_NOWHERE;
        return walk->member != SPK_NOWHERE ? ELEMENT_VALUE : ELEMENT_NONE;
    default:
        return ELEMENT_NONE;
    }
}

enum element_event spk_element_next(struct element_walk *walk)
{
    while (walk->walking || next_layer(walk)) {
        enum spk_walk_event event = spk_walk_next(&walk->walk);
        if (event == SPK_EVENT_END) {
            walk->walking = false;
            continue;
        }
        enum element_event made = take(walk, event);
        if (made != ELEMENT_NONE) {
            return made;
        }
    }
    return ELEMENT_NONE;
}
