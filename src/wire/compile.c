/*
 * compile: constant rows to struct spk_crow, and protocols to plain bit positions. Everything that a table can have wrong
 * is refused here, so that decoding never has to ask.
 */
#include "base/error.h"
#include "base/memory.h"
#include "wire/check.h"
#include "wire/hints.h"
#include "wire/row.h"

#include <string.h>

struct compiler {
    struct spk_registry *registry;
    struct spk_error *error;
    uint32_t group_cap, case_cap;
};

static enum spk_status refuse(struct compiler *c, const char *who, const char *what)
{
    return spk_fail(c->error, (struct spk_error){ .code = SPK_ERR_USAGE, .who = who, .what = what });
}

static const char *row_name(const struct spk_group *group, const struct spk_row *row)
{
    return row->name != NULL ? row->name : group->name;
}

static bool is_view(const struct spk_row *row)
{
    return row->view.op != SPK_NOT_A_VIEW;
}

static bool is_conditional(const struct spk_row *row)
{
    return row->when[0].test != SPK_ALWAYS || row->when[1].test != SPK_ALWAYS;
}

/* Nested groups have no width of their own; everything else with bits has a fixed one. */
static bool is_fixed(const struct spk_row *row)
{
    return row->bits > 0 && row->many == SPK_ONE && row->kind != SPK_GROUP && row->kind != SPK_CHOICE;
}

static enum spk_status compile_group(struct compiler *c, const struct spk_group *group, unsigned depth,
                                     uint32_t *index);

static uint32_t known_group(const struct spk_registry *registry, const struct spk_group *group)
{
    for (uint32_t i = 0; i < registry->group_count; i++) {
        if (registry->groups[i]->group == group) {
            return i;
        }
    }
    return SPK_NOWHERE;
}

static enum spk_status add_group(struct compiler *c, struct spk_cgroup *group, uint32_t *index)
{
    struct spk_registry *registry = c->registry;
    if (registry->group_count == c->group_cap) {
        uint32_t cap = c->group_cap == 0 ? 64 : c->group_cap * 2;
        void *more = spk_realloc(registry->groups, cap * sizeof registry->groups[0]);
        if (more == NULL) {
            return spk_no_memory(c->error);
        }
        registry->groups = more;
        c->group_cap = cap;
    }
    *index = group->index = registry->group_count;
    registry->groups[registry->group_count++] = group;
    return SPK_OK;
}

static enum spk_status compile_cases(struct compiler *c, const struct spk_row *row, unsigned depth, uint32_t *first)
{
    struct spk_registry *registry = c->registry;
    uint32_t count = 0;
    while (row->cases[count].in != NULL) {
        count++;
    }
    if (registry->case_count + count > c->case_cap) {
        uint32_t cap = (c->case_cap + count) * 2;
        void *more = spk_realloc(registry->cases, cap * sizeof registry->cases[0]);
        if (more == NULL) {
            return spk_no_memory(c->error);
        }
        registry->cases = more;
        c->case_cap = cap;
    }
    *first = registry->case_count;
    registry->case_count += count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t group = 0;
        enum spk_status status = compile_group(c, row->cases[i].in, depth + 1, &group);
        if (status != SPK_OK) {
            return status;
        }
        registry->cases[*first + i] = group;
    }
    return SPK_OK;
}

static enum spk_status compile_row(struct compiler *c, struct spk_cgroup *group, uint16_t index, unsigned depth)
{
    const struct spk_row *row = &group->group->rows[index];
    struct spk_crow *crow = &group->rows[index];
    const char *wrong = spk_check_row(row, index);
    wrong = wrong == NULL ? spk_check_in_group(group->group, index) : wrong;
    if (wrong != NULL) {
        return refuse(c, row_name(group->group, row), wrong);
    }
    crow->row = row;
    crow->whole = !spk_is_bits(row) && spk_may_begin_within(group->group, index);
    crow->id = c->registry->row_count++;
    crow->field = SPK_NOWHERE;
    crow->bit = SPK_NOWHERE;
    crow->child = SPK_NOWHERE;
    crow->plain = !is_view(row) && is_fixed(row) && row->codec == NULL && row->size.mul == 0 && !crow->whole;
    crow->conditional = is_conditional(row);
    if (is_view(row)) {
        return SPK_OK;
    }
    if (group->all_fixed) {
        crow->bit = group->fixed_bits;
        if (is_fixed(row) && !is_conditional(row)) {
            group->fixed_bits += row->bits;
        } else {
            group->all_fixed = false;
        }
    }
    if (row->kind == SPK_GROUP) {
        return compile_group(c, row->in, depth + 1, &crow->child);
    }
    if (row->kind == SPK_CHOICE) {
        return compile_cases(c, row, depth, &crow->child);
    }
    return SPK_OK;
}

/* Whether a row is so many bits: not several of them, or none, and no group, whose width its rows say. */
static bool has_bits(const struct spk_row *row, unsigned bits)
{
    return is_fixed(row) && row->bits == bits;
}

/* Whether a view of an address shows as many bits as such an address has. */
static bool shows_whole(const struct spk_group *group, const struct spk_row *view)
{
    unsigned bits = spk_kind_bits(view->kind);
    if (bits == 0 || view->view.op == SPK_VIEW_CALL) {
        return true;
    }
    if (view->view.op == SPK_VIEW_SPAN && view->bits > 0) {
        return view->bits == bits;
    }
    return has_bits(&group->rows[view->view.a], bits)
           && (view->view.op != SPK_VIEW_EITHER || has_bits(&group->rows[view->view.b], bits));
}

/* Gives SPAN views the places of the rows they show. One that comes before its row needs that row's place to be fixed. */
static enum spk_status place_views(struct compiler *c, struct spk_cgroup *group)
{
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        int shown = row->view.a;
        bool span = row->view.op == SPK_VIEW_SPAN;
        if (span && (shown < 0 || shown >= group->count || shown == i)) {
            return refuse(c, row_name(group->group, row), "it shows a row that is not there");
        }
        if (is_view(row) && !shows_whole(group->group, row)) {
            return refuse(c, row_name(group->group, row), "an address has all of its bits: 32, 48 or 128");
        }
        if (!span) {
            continue;
        }
        const struct spk_row *target = &group->group->rows[shown];
        if (shown > i
            && (group->rows[shown].bit == SPK_NOWHERE || is_view(target) || !is_fixed(target) || is_conditional(target)
                || row->bits == 0)) {
            return refuse(c, row_name(group->group, row), "it shows a later row whose place is not fixed");
        }
        group->rows[i].bit = group->rows[shown].bit;
    }
    return SPK_OK;
}

/* The fixed rows at the front, holding their initial values. */
static enum spk_status initial_bytes(struct compiler *c, struct spk_cgroup *group)
{
    group->init = spk_alloc_zeroed((group->fixed_bits + 7) / 8 / SPK_INIT_STEP + 1, SPK_INIT_STEP);
    if (group->init == NULL) {
        return spk_no_memory(c->error);
    }
    for (uint16_t i = 0; i < group->lead; i++) {
        const struct spk_row *row = group->rows[i].row;
        if (row->view.op != SPK_NOT_A_VIEW || row->init == 0 || row->bits > 64) {
            continue;
        }
        uint64_t number = (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(row->init, row->bits) : row->init;
        spk_store_bits(group->init, group->rows[i].bit, row->bits, number);
    }
    return SPK_OK;
}

/*
 * Rows of less than a byte stand or fall with those that share their bytes: of a number of sixteen bits in three rows, one
 * byte alone says nothing.
 */
static void measure_units(struct spk_cgroup *group)
{
    uint32_t offset = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        if (is_view(row)) {
            continue;
        }
        group->rows[i].unit = row->bits;
        /* of alternatives only one is there: which bytes they share is not known here */
        if (!is_fixed(row) || is_conditional(row)) {
            offset = 0;
            continue;
        }
        for (uint16_t j = (uint16_t)(i + 1); offset == 0 && j < group->count && group->rows[i].unit % 8 != 0; j++) {
            const struct spk_row *later = group->rows[j].row;
            const bool shares = !is_view(later) && is_fixed(later);
            group->rows[i].unit += shares ? later->bits : 0;
            group->units |= (uint64_t)(shares && is_conditional(later)) << i;
        }
        offset = (offset + row->bits) % 8;
    }
}

static uint8_t height_of(const struct spk_registry *registry, const struct spk_cgroup *group)
{
    uint8_t height = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_crow *crow = &group->rows[i];
        if (is_view(crow->row) || (crow->row->kind != SPK_GROUP && crow->row->kind != SPK_CHOICE)) {
            continue;
        }
        bool choice = crow->row->kind == SPK_CHOICE;
        for (uint32_t k = 0; choice ? crow->row->cases[k].in != NULL : k == 0; k++) {
            uint32_t child = choice ? registry->cases[crow->child + k] : crow->child;
            uint8_t above = (uint8_t)(registry->groups[child]->height + 1);
            height = above > height ? above : height;
        }
    }
    return height;
}

/* A header may end within a byte, for the next begins at the one behind; within it rows stand side by side. */
static enum spk_status ends_whole(struct compiler *c, const struct spk_group *group, unsigned depth)
{
    bool whole = depth == 0 || spk_may_end_whole(group);
    return whole ? SPK_OK : refuse(c, group->name, "a group within another ends at a whole byte");
}

static enum spk_status compile_group(struct compiler *c, const struct spk_group *group, unsigned depth, uint32_t *index)
{
    *index = known_group(c->registry, group);
    const struct spk_cgroup *known = *index != SPK_NOWHERE ? c->registry->groups[*index] : NULL;
    if (known != NULL && known->height == SPK_OPEN) {
        return refuse(c, group->name, "the group holds itself");
    }
    if (depth + (known != NULL ? known->height : 0u) >= SPK_DEPTH_MAX) {
        return refuse(c, group->name, "groups are nested too deep");
    }
    if (known != NULL) {
        return ends_whole(c, group, depth);
    }
    const char *who = NULL;
    const char *wrong = spk_check_group(group, &who);
    if (wrong != NULL) {
        return refuse(c, who, wrong);
    }
    struct spk_cgroup *made = spk_alloc_zeroed(1, sizeof *made);
    struct spk_crow *rows = spk_alloc_zeroed(group->count, sizeof *rows);
    if (made == NULL || rows == NULL) {
        spk_free(made);
        spk_free(rows);
        return spk_no_memory(c->error);
    }
    *made = (struct spk_cgroup){
        .group = group, .rows = rows, .count = group->count, .height = SPK_OPEN, .all_fixed = true
    };
    enum spk_status status = add_group(c, made, index);
    if (status != SPK_OK) {
        spk_free(rows);
        spk_free(made);
        return status;
    }
    for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
        status = compile_row(c, made, i, depth);
        made->lead = (uint16_t)(made->all_fixed ? i + 1 : made->lead);
        made->tail = (uint16_t)(is_view(&group->rows[i]) || spk_row_waits(&group->rows[i]) ? made->tail : i + 1);
    }
    if (status == SPK_OK) {
        bool whole = made->fixed_bits % 8 == 0;
        made->begun = whole ? made->lead : 0;
        made->front = whole ? made->fixed_bits / 8 : 0;
        made->height = height_of(c->registry, made);
        status = place_views(c, made);
        measure_units(made);
        for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
            made->rows[i].place = spk_place_of(made, i);
        }
    }
    status = status == SPK_OK ? initial_bytes(c, made) : status;
    status = status == SPK_OK && !spk_hints_make(made) ? spk_no_memory(c->error) : status;
    return status == SPK_OK ? ends_whole(c, group, depth) : status;
}

struct spk_cplace spk_place_of(const struct spk_cgroup *group, int row)
{
    const struct spk_crow *crow = &group->rows[row];
    const struct spk_row *shown = crow->row;
    uint16_t width = shown->bits;
    if (shown->view.op == SPK_VIEW_SPAN && width == 0) {
        shown = group->rows[shown->view.a].row;
        width = shown->bits;
    }
    bool readable = width >= 1 && width <= 64 && shown->many == SPK_ONE;
    bool little = (shown->flags & SPK_LITTLE) != 0;
    return spk_cplace_at(readable ? crow->bit : SPK_NOWHERE, width, little, group->fixed_bits / 8);
}

/* Whether every header has the place. */
static bool always_there(const struct spk_cproto *proto, const struct spk_cplace *place)
{
    return place->bit != SPK_NOWHERE && place->bit + place->width <= proto->min * 8;
}

static enum spk_status compile_ref(struct compiler *c, const struct spk_cproto *proto, const struct spk_ref *ref,
                                   struct spk_cref *out)
{
    *out = (struct spk_cref){ 0 };
    if (ref->mul == 0) {
        return SPK_OK;
    }
    if (ref->row < 0 || ref->row >= proto->hdr->count) {
        return refuse(c, proto->proto->name, "a length refers to a row that is not there");
    }
    out->place = spk_place_of(proto->hdr, ref->row);
    const struct spk_row *row = proto->hdr->rows[ref->row].row;
    if (out->place.bit == SPK_NOWHERE) {
        return refuse(c, proto->proto->name, "a length row needs a fixed place in the header");
    }
    out->mul = ref->mul;
    out->add = ref->add;
    out->shift = SPK_NO_SHIFT;
    for (uint8_t shift = 0; shift < 15; shift++) {
        out->shift = ref->mul == 1 << shift ? shift : out->shift;
    }
    out->zero_is_rest = (row->flags & SPK_ZERO_IS_REST) != 0;
    out->name = row->name;
    return SPK_OK;
}

/* Whether the condition compares a row of the header. */
static bool asks_for_row(const struct spk_cproto *proto, const struct spk_when *when)
{
    return when->test <= SPK_LE && when->row >= 0 && when->row < proto->hdr->count;
}

bool spk_cwhen_of(const struct spk_cproto *proto, const struct spk_when *when, struct spk_cwhen *out)
{
    *out = (struct spk_cwhen){ .test = when->test, .mask = when->mask != 0 ? when->mask : UINT64_MAX };
    out->low = when->test == SPK_LE ? 0 : when->value;
    out->span = when->test == SPK_LE ? when->value : 0;
    out->outside = when->test == SPK_NE;
    if (when->test == SPK_GE || when->test == SPK_ROOM) {
        out->span = UINT64_MAX - when->value;
    }
    if (when->test == SPK_ALWAYS || when->test == SPK_ROOM) {
        return true;
    }
    if (!asks_for_row(proto, when)) {
        return false;
    }
    out->place = spk_place_of(proto->hdr, when->row);
    return always_there(proto, &out->place);
}

static enum spk_status compile_when(struct compiler *c, const struct spk_cproto *proto, const struct spk_when *when,
                                    struct spk_cwhen *out)
{
    if (spk_cwhen_of(proto, when, out)) {
        return SPK_OK;
    }
    return refuse(c, proto->proto->name,
                  asks_for_row(proto, when) ? "a condition on what follows needs a row with a fixed place"
                                            : "a condition on what follows needs a row of the header");
}

static enum spk_status compile_next(struct compiler *c, const struct spk_cproto *proto, const struct spk_next *next,
                                    struct spk_cnext *out)
{
    enum spk_status status = SPK_OK;
    out->space = spk_space_index(c->registry, next->space);
    out->pick = next->pick;
    for (int i = 0; i < 2 && status == SPK_OK; i++) {
        if (next->when[i].test != SPK_ALWAYS) {
            status = compile_when(c, proto, &next->when[i], &out->when[out->when_count++]);
        }
    }
    if (next->pick == SPK_PICK_KEY) {
        out->key = (uint16_t)next->keys[0];
        return status;
    }
    int keys = next->pick == SPK_PICK_ROW ? 1 : next->pick == SPK_PICK_LOWER ? 2 : 0;
    for (int k = 0; k < keys && status == SPK_OK; k++) {
        int row = next->keys[k];
        if (row < 0 || row >= proto->hdr->count) {
            return refuse(c, proto->proto->name, "the key of what follows is no row of the header");
        }
        out->keys[k] = spk_place_of(proto->hdr, row);
        if (!always_there(proto, &out->keys[k])) {
            return refuse(c, proto->proto->name, "the key of what follows needs a fixed place in the header");
        }
        const struct spk_row *key = proto->hdr->rows[row].row;
        for (int i = 0; i < 2 && k == 0 && status == SPK_OK; i++) {
            if (key->when[i].test != SPK_ALWAYS) {
                status = compile_when(c, proto, &key->when[i], &out->when[out->when_count++]);
            }
        }
    }
    return status;
}

/* What was told otherwise of one of two ports counts before either: it is asked for in the same way, but first. */
static void lay_over(const struct spk_registry *registry, struct spk_cproto *proto)
{
    struct spk_cnext *next = &proto->next[proto->next_count];
    if (next->pick == SPK_PICK_LOWER && registry->over[next->space] != 0) {
        next[1] = next[0];
        next[0].space = registry->over[next->space];
        proto->next_count++;
    }
    proto->next_count++;
}

static enum spk_status compile_nexts(struct compiler *c, struct spk_cproto *proto)
{
    uint8_t count = 0;
    while (proto->proto->next != NULL && count < 16 && proto->proto->next[count].space != NULL) {
        count++;
    }
    proto->next = spk_alloc_zeroed(count * 2u, sizeof *proto->next);
    if (proto->next == NULL) {
        return spk_no_memory(c->error);
    }
    proto->number.bit = SPK_NOWHERE;
    enum spk_status status = SPK_OK;
    for (uint8_t i = 0; i < count && status == SPK_OK; i++) {
        struct spk_cnext *next = &proto->next[proto->next_count];
        next->number = (uint8_t)(i + 1);
        status = compile_next(c, proto, &proto->proto->next[i], next);
        if (next->pick == SPK_PICK_ROW && proto->number.bit == SPK_NOWHERE) {
            proto->number = next->keys[0];
        }
        lay_over(c->registry, proto);
    }
    return status;
}

/* Whether every header has the row, as whole bytes of it. */
static bool whole_bytes(const struct spk_cproto *proto, int row)
{
    if (row < 0 || row >= proto->hdr->count) {
        return false;
    }
    const struct spk_crow *crow = &proto->hdr->rows[row];
    return crow->bit != SPK_NOWHERE && crow->bit % 8 == 0 && crow->row->bits % 8 == 0
           && crow->bit + crow->row->bits <= proto->min * 8 && crow->row->many == SPK_ONE;
}

/* Whether an address for a pseudo header can be read from the row; 0: none is. */
static bool gives_address(const struct spk_cproto *proto, int row)
{
    const struct spk_view *view = row > 0 && row < proto->hdr->count ? &proto->hdr->rows[row].row->view : NULL;
    bool computed = view != NULL && view->op == SPK_VIEW_CALL && !view->alone;
    return row == 0 || computed || whole_bytes(proto, row);
}

static enum spk_status compile_proto(struct compiler *c, struct spk_cproto *out)
{
    const struct spk_proto *proto = out->proto;
    uint32_t group = 0;
    const char *wrong = spk_check_proto(proto);
    if (wrong != NULL) {
        return refuse(c, proto->name, wrong);
    }
    enum spk_status status = compile_group(c, &proto->hdr, 0, &group);
    if (status != SPK_OK) {
        return status;
    }
    out->index = (uint16_t)(out - c->registry->protos);
    out->hdr = c->registry->groups[group];
    out->extent = proto->extent;
    out->flags = proto->flags;
    if (proto->tail_at != NULL && proto->tail == NULL) {
        return refuse(c, proto->name, "a tail needs the space where it is looked for");
    }
    if (proto->tail_at != NULL) {
        out->flags |= SPK_HAS_TAIL;
        out->tail = spk_space_index(c->registry, proto->tail);
    }
    out->min = (out->hdr->fixed_bits + 7) / 8;
    if (proto->min > out->min) {
        out->min = proto->min;
    }
    out->walk = proto->extent == SPK_EXTENT_ROWS && !out->hdr->all_fixed;
    status = compile_ref(c, out, &proto->hlen, &out->hlen);
    if (status == SPK_OK) {
        status = compile_ref(c, out, &proto->len, &out->len);
    }
    if (status == SPK_OK) {
        out->sets_len = proto->len.mul != 0 && (proto->hdr.rows[proto->len.row].flags & SPK_ONLY_READ) == 0;
        status = compile_when(c, out, &proto->len_when, &out->len_when);
    }
    if (status == SPK_OK) {
        status = compile_when(c, out, &proto->piece, &out->piece);
    }
    if (status == SPK_OK && proto->extent == SPK_EXTENT_REF
        && (out->hlen.mul == 0 || !always_there(out, &out->hlen.place))) {
        status = refuse(c, proto->name, "the header's length refers to no row that is always there");
    }
    if (status == SPK_OK && proto->covers != SPK_COVERS_NOTHING
        && (!whole_bytes(out, proto->csum) || out->hdr->rows[proto->csum].row->bits != 16)) {
        status = refuse(c, proto->name, "the checksum needs a row of 16 bits at a fixed place");
    }
    if (status == SPK_OK && (!gives_address(out, proto->src) || !gives_address(out, proto->dst))) {
        status = refuse(c, proto->name, "an address needs whole bytes at a fixed place");
    }
    return status == SPK_OK ? compile_nexts(c, out) : status;
}

static enum spk_status keep_apart(struct compiler *c, const struct spk_proto *old, const struct spk_proto *added)
{
    if (strcmp(old->name, added->name) == 0) {
        return refuse(c, added->name, "the protocol is registered twice, or its name is another's");
    }
    if (old->pyclass != NULL && added->pyclass != NULL && strcmp(old->pyclass, added->pyclass) == 0) {
        return refuse(c, added->pyclass, "the class is another protocol's");
    }
    return SPK_OK;
}

enum spk_status spk_registry_compile(struct spk_registry *registry, struct spk_error *error)
{
    struct compiler c = { .registry = registry, .error = error };
    enum spk_status status = spk_links_reserve(registry, error);
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        status = compile_proto(&c, &registry->protos[p]);
        for (uint32_t other = 0; other < p && status == SPK_OK; other++) {
            status = keep_apart(&c, registry->protos[other].proto, registry->protos[p].proto);
        }
    }
    if (status == SPK_OK) {
        registry->nothing = spk_alloc_zeroed(registry->row_count, 1);
        registry->steps = spk_alloc_zeroed(registry->proto_count, sizeof registry->steps[0]);
        status = registry->nothing != NULL && registry->steps != NULL ? spk_links_make(registry, error)
                                                                      : spk_no_memory(error);
    }
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        registry->steps[p] = spk_step_of(&registry->protos[p]);
    }
    return status;
}
