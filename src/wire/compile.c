/*
 * compile: constant rows to struct spk_crow, and protocols to plain bit positions. Everything that a table can have wrong
 * is refused here, so that decoding never has to ask.
 */
#include "base/error.h"
#include "base/memory.h"
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

static enum spk_status no_memory(struct compiler *c)
{
    return spk_fail(c->error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
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

static bool points_back(int target, int from)
{
    return target >= 0 && target < from;
}

static const char *check_references(const struct spk_row *row, int index)
{
    if (row->size.mul != 0 && !points_back(row->size.row, index)) {
        return "its size refers to a row that does not stand before it";
    }
    if (row->many == SPK_COUNT && (row->n.mul == 0 || !points_back(row->n.row, index))) {
        return "its count refers to a row that does not stand before it";
    }
    for (int i = 0; i < 2; i++) {
        uint8_t test = row->when[i].test;
        if (test != SPK_ALWAYS && test != SPK_ROOM && !points_back(row->when[i].row, index)) {
            return "its condition refers to a row that does not stand before it";
        }
    }
    if (row->kind == SPK_CHOICE && !points_back(row->key, index)) {
        return "its key is not a row before it";
    }
    /* a SPAN may come before the row it shows, where that row's place is fixed: see place_views */
    if (row->view.op == SPK_VIEW_EITHER || row->view.op == SPK_VIEW_SCALE) {
        if (!points_back(row->view.a, index)) {
            return "it shows a row that does not stand before it";
        }
        if (row->view.op == SPK_VIEW_EITHER && !points_back(row->view.b, index)) {
            return "it shows a row that does not stand before it";
        }
    }
    return NULL;
}

static const char *check_row(const struct spk_row *row, int index)
{
    if (row->name != NULL && row->doc == NULL) {
        return "a named row needs a sentence (.doc)";
    }
    if (is_view(row)) {
        if (row->view.op == SPK_VIEW_CALL && row->view.get == NULL) {
            return "the view has no function";
        }
        return check_references(row, index);
    }
    if (row->kind == SPK_GROUP && row->in == NULL) {
        return "a GROUP row needs .in";
    }
    if (row->kind == SPK_CHOICE && row->cases == NULL) {
        return "a CHOICE row needs .cases";
    }
    bool number = row->kind == SPK_UINT || row->kind == SPK_INT || row->kind == SPK_PAD;
    if (number && (row->bits == 0 || row->bits > 64)) {
        return "a number has 1 to 64 bits";
    }
    if ((row->flags & SPK_LITTLE) != 0 && row->bits % 8 != 0) {
        return "a little-endian number has whole bytes";
    }
    return check_references(row, index);
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
            return no_memory(c);
        }
        registry->groups = more;
        c->group_cap = cap;
    }
    *index = registry->group_count;
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
            return no_memory(c);
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
    const char *wrong = check_row(row, index);
    if (wrong != NULL) {
        return refuse(c, row_name(group->group, row), wrong);
    }
    crow->row = row;
    crow->id = c->registry->row_count++;
    crow->field = SPK_NOWHERE;
    crow->bit = SPK_NOWHERE;
    crow->child = SPK_NOWHERE;
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

/* Gives SPAN views the places of the rows they show. One that comes before its row needs that row's place to be fixed. */
static enum spk_status place_views(struct compiler *c, struct spk_cgroup *group)
{
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        if (row->view.op != SPK_VIEW_SPAN) {
            continue;
        }
        int shown = row->view.a;
        if (shown < 0 || shown >= group->count || shown == i) {
            return refuse(c, row_name(group->group, row), "it shows a row that is not there");
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
        return no_memory(c);
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
            group->rows[i].unit += is_view(later) || !is_fixed(later) ? 0 : later->bits;
        }
        offset = (offset + row->bits) % 8;
    }
}

static enum spk_status compile_group(struct compiler *c, const struct spk_group *group, unsigned depth, uint32_t *index)
{
    *index = known_group(c->registry, group);
    if (*index != SPK_NOWHERE) {
        return SPK_OK;
    }
    if (depth >= SPK_DEPTH_MAX) {
        return refuse(c, group->name, "groups are nested too deep");
    }
    if (group->count > SPK_ROWS_MAX) {
        return refuse(c, group->name, "a group has too many rows");
    }
    struct spk_cgroup *made = spk_alloc_zeroed(1, sizeof *made);
    struct spk_crow *rows = spk_alloc_zeroed(group->count, sizeof *rows);
    if (made == NULL || rows == NULL) {
        spk_free(made);
        spk_free(rows);
        return no_memory(c);
    }
    *made = (struct spk_cgroup){ .group = group, .rows = rows, .count = group->count, .all_fixed = true };
    enum spk_status status = add_group(c, made, index);
    if (status != SPK_OK) {
        spk_free(rows);
        spk_free(made);
        return status;
    }
    for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
        status = compile_row(c, made, i, depth);
        made->lead = (uint16_t)(made->all_fixed ? i + 1 : made->lead);
        made->tail = (uint16_t)(is_view(&group->rows[i]) ? made->tail : i + 1);
    }
    if (status == SPK_OK) {
        status = place_views(c, made);
        measure_units(made);
        for (uint16_t i = 0; i < group->count && status == SPK_OK; i++) {
            made->rows[i].place = spk_place_of(made, i);
        }
    }
    return status == SPK_OK ? initial_bytes(c, made) : status;
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

static enum spk_status compile_when(struct compiler *c, const struct spk_cproto *proto, const struct spk_when *when,
                                    struct spk_cwhen *out)
{
    *out = (struct spk_cwhen){ .test = when->test, .mask = when->mask != 0 ? when->mask : UINT64_MAX };
    out->low = when->test == SPK_LE ? 0 : when->value;
    out->span = when->test == SPK_LE ? when->value : 0;
    out->outside = when->test == SPK_NE;
    if (when->test == SPK_GE || when->test == SPK_ROOM) {
        out->span = UINT64_MAX - when->value;
    }
    if (when->test == SPK_ALWAYS || when->test == SPK_ROOM) {
        return SPK_OK;
    }
    if (when->test == SPK_ABSENT || when->row < 0 || when->row >= proto->hdr->count) {
        return refuse(c, proto->proto->name, "a condition on what follows needs a row of the header");
    }
    out->place = spk_place_of(proto->hdr, when->row);
    if (out->place.bit == SPK_NOWHERE) {
        return refuse(c, proto->proto->name, "a condition on what follows needs a row with a fixed place");
    }
    return SPK_OK;
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
        if (out->keys[k].bit == SPK_NOWHERE) {
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
        return no_memory(c);
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

static enum spk_status compile_proto(struct compiler *c, struct spk_cproto *out)
{
    const struct spk_proto *proto = out->proto;
    uint32_t group = 0;
    enum spk_status status = compile_group(c, &proto->hdr, 0, &group);
    if (status != SPK_OK) {
        return status;
    }
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
    if (status == SPK_OK && proto->extent == SPK_EXTENT_REF && out->hlen.mul == 0) {
        status = refuse(c, proto->name, "the header's length refers to no row");
    }
    if (status == SPK_OK && proto->covers != SPK_COVERS_NOTHING
        && (proto->csum < 0 || proto->csum >= out->hdr->count || spk_place_of(out->hdr, proto->csum).width != 16
            || spk_place_of(out->hdr, proto->csum).bit % 8 != 0)) {
        status = refuse(c, proto->name, "the checksum needs a row of 16 bits at a fixed place");
    }
    return status == SPK_OK ? compile_nexts(c, out) : status;
}

enum spk_status spk_registry_compile(struct spk_registry *registry, struct spk_error *error)
{
    struct compiler c = { .registry = registry, .error = error };
    enum spk_status status = spk_links_reserve(registry, error);
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        for (uint32_t other = 0; other < p && status == SPK_OK; other++) {
            const char *name = registry->protos[p].proto->name;
            if (strcmp(registry->protos[other].proto->name, name) == 0) {
                status = refuse(&c, name, "the protocol is registered twice, or its name is another's");
            }
        }
        if (status == SPK_OK) {
            status = compile_proto(&c, &registry->protos[p]);
        }
    }
    if (status == SPK_OK) {
        registry->nothing = spk_alloc_zeroed(registry->row_count, 1);
        registry->steps = spk_alloc_zeroed(registry->proto_count, sizeof registry->steps[0]);
        status = registry->nothing != NULL && registry->steps != NULL ? spk_links_make(registry, error) : no_memory(&c);
    }
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        registry->steps[p] = spk_step_of(&registry->protos[p]);
    }
    return status;
}
