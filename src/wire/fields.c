/* fields: every name that a row carries, once, with all the places where rows of that name stand. */
#include "base/buf.h"
#include "base/error.h"
#include "base/memory.h"
#include "wire/registry.h"

#include <string.h>

struct found {
    uint32_t field;
    const struct spk_cgroup *group; /* it is a row of */
    struct spk_site site;
};

struct indexer {
    struct spk_registry *registry;
    struct spk_error *error;
    uint32_t inherited;   /* fields of the protocols that were there before */
    struct spk_buf found; /* struct found */
};

static uint32_t hash(const char *text)
{
    uint32_t h = 2166136261u;
    for (; *text != '\0'; text++) {
        h = (h ^ (uint8_t)*text) * 16777619u;
    }
    return h;
}

uint32_t *spk_name_slot(const struct spk_registry *registry, const char *text)
{
    uint32_t slot = hash(text) & registry->name_mask;
    uint32_t *slots = registry->name_slots;
    while (slots[slot] != SPK_NOWHERE && strcmp(registry->names[slots[slot]].text, text) != 0) {
        slot = (slot + 1) & registry->name_mask;
    }
    return &slots[slot];
}

/* A name that is new, in its slot. */
static void add_name(struct spk_registry *registry, uint32_t *slot, const char *text, uint32_t field)
{
    *slot = registry->name_count;
    registry->names[registry->name_count++] = (struct spk_name){ text, field };
}

static uint8_t value_kind(const struct spk_row *row)
{
    /* what no case of a CHOICE takes are its own raw bytes */
    return row->kind == SPK_CHOICE ? SPK_BYTES : row->kind;
}

static bool is_list(const struct spk_row *row, bool repeated)
{
    return repeated || row->many != SPK_ONE || (row->flags & SPK_LIST) != 0 || row->view.op == SPK_VIEW_EITHER;
}

/* Another row of a field, or the same in another place. */
static enum spk_status add_row(struct indexer *x, uint32_t index, const struct spk_row *row, bool repeated)
{
    struct spk_field *known = &x->registry->fields[index].field;
    const char *wrong = index < x->inherited             ? "the name is another protocol's field"
                        : known->kind != value_kind(row) ? "two rows of one name differ in kind"
                                                         : NULL;
    if (wrong != NULL) {
        return spk_fail(x->error, (struct spk_error){ .code = SPK_ERR_USAGE, .who = row->name, .what = wrong });
    }
    known->list = known->list || is_list(row, repeated);
    return SPK_OK;
}

/* The field of a row, made when its name is new. A row of a group that was seen before is known already. */
static enum spk_status field_of(struct indexer *x, struct spk_crow *crow, const struct spk_proto *proto, bool repeated)
{
    struct spk_registry *registry = x->registry;
    const struct spk_row *row = crow->row;
    if (crow->field != SPK_NOWHERE) {
        return add_row(x, crow->field, row, repeated);
    }
    uint32_t *slot = spk_name_slot(registry, row->name);
    if (*slot != SPK_NOWHERE) {
        crow->field = registry->names[*slot].field;
        return add_row(x, crow->field, row, repeated);
    }
    crow->field = registry->field_count++;
    add_name(registry, slot, row->name, crow->field);
    registry->fields[crow->field].field = (struct spk_field){
        .name = row->name,
        .row = row,
        .proto = proto,
        .kind = value_kind(row),
        .list = is_list(row, repeated),
        .index = crow->field,
    };
    return SPK_OK;
}

static bool has_condition(const struct spk_row *row)
{
    return row->when[0].test != SPK_ALWAYS || row->when[1].test != SPK_ALWAYS;
}

static uint32_t direct_place(const struct spk_cgroup *group, const struct spk_crow *crow, bool top)
{
    const struct spk_row *row = crow->row;
    if (!top || has_condition(row) || row->many != SPK_ONE || row->codec != NULL) {
        return SPK_NOWHERE;
    }
    if (row->view.op == SPK_VIEW_SPAN) {
        const struct spk_row *shown = group->rows[row->view.a].row;
        bool fixed = !has_condition(shown) && shown->many == SPK_ONE && (row->bits > 0 || shown->bits > 0);
        return fixed ? crow->bit : SPK_NOWHERE;
    }
    return row->view.op == SPK_NOT_A_VIEW && row->bits > 0 ? crow->bit : SPK_NOWHERE;
}

/* Recursion is bounded: compile refused groups nested deeper than SPK_DEPTH_MAX. */
static enum spk_status visit(struct indexer *x, uint32_t proto, struct spk_cgroup *group, bool top, bool repeated)
{
    struct spk_registry *registry = x->registry;
    enum spk_status status = SPK_OK;
    for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
        struct spk_crow *crow = &group->rows[i];
        const struct spk_row *row = crow->row;
        if (row->name != NULL && (row->flags & SPK_TUTORIAL) == 0) {
            status = field_of(x, crow, registry->protos[proto].proto, repeated);
            if (status != SPK_OK) {
                return status;
            }
            struct found found = { .field = crow->field,
                                   .group = group,
                                   .site = { .proto = (uint16_t)proto,
                                             .row = crow->id,
                                             .bit = direct_place(group, crow, top),
                                             .crow = crow } };
            if (!spk_buf_put(&x->found, &found, sizeof found)) {
                return spk_no_memory(x->error);
            }
        }
        bool again = repeated || row->many != SPK_ONE;
        if (row->kind == SPK_GROUP && row->view.op == SPK_NOT_A_VIEW) {
            status = visit(x, proto, registry->groups[crow->child], false, again);
        } else if (row->kind == SPK_CHOICE && row->view.op == SPK_NOT_A_VIEW) {
            for (uint32_t k = 0; row->cases[k].in != NULL && status == SPK_OK; k++) {
                status = visit(x, proto, registry->groups[registry->cases[crow->child + k]], false, again);
            }
        }
    }
    return status;
}

static bool stands_in_front(const struct spk_cgroup *group, const struct spk_crow *crow)
{
    return crow >= group->rows && crow < group->rows + group->lead;
}

/* All rows of the field must lie on the very same bits of the first one's group (eth.type has three that do). */
static void find_quick(struct spk_cfield *field, const struct spk_cgroup *group)
{
    const struct spk_crow *crow = field->sites[0].crow;
    const struct spk_row *row = crow->row;
    bool same = stands_in_front(group, crow) && crow->bit != SPK_NOWHERE && row->bits > 0;
    for (uint32_t i = 0; i < field->site_count && same; i++) {
        const struct spk_crow *other = field->sites[i].crow;
        same = stands_in_front(group, other) && other->bit == crow->bit && other->row->bits == row->bits
               && other->row->view.op <= SPK_VIEW_SPAN && (other->row->flags & SPK_LITTLE) == 0;
    }
    bool number = row->kind == SPK_UINT || row->kind == SPK_BOOL || row->kind == SPK_IP4;
    bool bytes = (row->kind == SPK_MAC || row->kind == SPK_IP6) && crow->bit % 8 == 0;
    if (same && (number || bytes)) {
        uint32_t proto = field->sites[0].proto;
        for (uint32_t i = 0; i < field->site_count; i++) {
            const struct spk_site *site = &field->sites[i];
            proto = site->proto == proto && site->bit == crow->bit ? proto : SPK_NOWHERE;
        }
        field->quick = (struct spk_quick){
            .group = group,
            .proto = proto,
            .place = spk_cplace_at(crow->bit, row->bits, false, group->fixed_bits / 8),
            .bytes = number || group->begun == 0 ? 0 : row->bits / 8u,
            .byte = crow->bit / 8,
            .end = (crow->bit + row->bits + 7) / 8,
            .number = number,
            .truth = row->kind == SPK_BOOL,
        };
        bool four = number && group->begun > 0 && field->quick.place.load == 4;
        field->quick.bound = four ? (uint64_t)field->quick.place.mask + 1 : 0;
    } else {
        field->quick = (struct spk_quick){ .proto = SPK_NOWHERE };
    }
}

static enum spk_status spread_sites(struct indexer *x)
{
    struct spk_registry *registry = x->registry;
    const struct found *found = (const struct found *)(const void *)x->found.data;
    size_t count = x->found.len / sizeof *found;
    for (size_t i = 0; i < count; i++) {
        registry->fields[found[i].field].site_count++;
    }
    struct spk_site *sites = registry->sites = spk_alloc(count * sizeof sites[0]);
    if (sites == NULL) {
        return spk_no_memory(x->error);
    }
    for (uint32_t f = 0; f < registry->field_count; f++) {
        struct spk_cfield *field = &registry->fields[f];
        field->sites = sites;
        sites += field->site_count;
        field->site_count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        struct spk_cfield *field = &registry->fields[found[i].field];
        field->quick.group = field->site_count == 0 ? found[i].group : field->quick.group;
        field->sites[field->site_count++] = found[i].site;
    }
    for (uint32_t f = 0; f < registry->field_count; f++) {
        find_quick(&registry->fields[f], registry->fields[f].quick.group);
    }
    return SPK_OK;
}

/* Adds the blank-separated names of a row; texts holds copies. */
static enum spk_status add_names(struct indexer *x, const char *also, uint32_t field, char **texts)
{
    struct spk_registry *registry = x->registry;
    while (also != NULL && *also != '\0') {
        size_t n = strcspn(also, " ");
        if (n > 0) {
            memcpy(*texts, also, n);
            (*texts)[n] = '\0';
            uint32_t *slot = spk_name_slot(registry, *texts);
            if (*slot != SPK_NOWHERE) {
                return spk_fail(x->error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                              .who = registry->names[*slot].text,
                                                              .what = "the name is used for two fields" });
            }
            add_name(registry, slot, *texts, field);
            *texts += n + 1;
        }
        also += n + strspn(also + n, " ");
    }
    return SPK_OK;
}

/* The first row of a field with further names speaks for all of them. */
static const char *further_names(const struct spk_cfield *field)
{
    for (uint32_t i = 0; i < field->site_count; i++) {
        if (field->sites[i].crow->row->also != NULL) {
            return field->sites[i].crow->row->also;
        }
    }
    return NULL;
}

/* The fields' further names. */
static enum spk_status add_further_names(struct indexer *x)
{
    enum spk_status status = SPK_OK;
    char *texts = x->registry->texts;
    for (uint32_t f = 0; f < x->registry->field_count && status == SPK_OK; f++) {
        status = add_names(x, further_names(&x->registry->fields[f]), f, &texts);
    }
    return status;
}

/* Room for every field and name that the rows can have. */
static enum spk_status reserve(struct indexer *x)
{
    struct spk_registry *registry = x->registry;
    size_t names = registry->row_count;
    size_t bytes = 0;
    for (uint32_t g = 0; g < registry->group_count; g++) {
        for (uint16_t i = 0; i < registry->groups[g]->count; i++) {
            const char *also = registry->groups[g]->rows[i].row->also;
            size_t len = also != NULL ? strlen(also) : 0;
            bytes += also != NULL ? len + 2 : 0;
            names += also != NULL ? len / 2 + 1 : 0;
        }
    }
    size_t size = 64;
    while (size < names * 2) {
        size *= 2;
    }
    registry->fields = spk_alloc_zeroed(registry->row_count, sizeof registry->fields[0]);
    registry->names = spk_alloc_zeroed(names, sizeof registry->names[0]);
    registry->texts = spk_alloc(bytes);
    registry->name_slots = spk_alloc(size * sizeof registry->name_slots[0]);
    if (registry->fields == NULL || registry->names == NULL || registry->texts == NULL
        || registry->name_slots == NULL) {
        return spk_no_memory(x->error);
    }
    memset(registry->name_slots, 0xff, size * sizeof registry->name_slots[0]);
    registry->name_mask = (uint32_t)(size - 1);
    return SPK_OK;
}

enum spk_status spk_registry_index(struct spk_registry *registry, struct spk_error *error)
{
    struct indexer x = { .registry = registry, .error = error };
    enum spk_status status = reserve(&x);
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        x.inherited = p == registry->inherited_count ? registry->field_count : x.inherited;
        for (uint32_t g = 0; g < registry->group_count; g++) {
            if (registry->groups[g] == registry->protos[p].hdr) {
                status = visit(&x, p, registry->groups[g], true, false);
            }
        }
    }
    if (status == SPK_OK) {
        status = spread_sites(&x);
    }
    if (status == SPK_OK) {
        status = add_further_names(&x);
    }
    spk_buf_free(&x.found);
    return status;
}
