/*
 * plan: which rows feed which column. A field all of whose rows have a fixed place in their header is read from there
 * (quick); any other field is left to the walk, which is told the rows it may not skip (want). Where a header is cut short,
 * all its fields are left to the walk, so that there is one law about what is still there.
 */
#include "query/plan.h"
#include "query/elements.h"
#include "query/filter.h"
#include "query/fixed.h"
#include "query/known_filter.h"
#include "query/lists.h"

#include "base/error.h"
#include "base/memory.h"
#include "packet/reach.h"

#include <stdlib.h>
#include <string.h>

struct planner {
    struct spk_query *query;
    struct placed *placed;
    uint32_t count, room;
    bool failed;
};

/* A quick read and where it belongs. */
struct placed {
    struct quick quick;
    uint32_t proto; /* SPK_NOWHERE: the record */
    uint32_t order; /* row id, and behind it a or b of an either-side name */
};

static void add(struct planner *p, uint32_t proto, uint32_t order, struct quick quick)
{
    if (p->count == p->room) {
        uint32_t room = p->room == 0 ? 32 : p->room * 2;
        struct placed *more = spk_realloc(p->placed, room * sizeof *more);
        if (more == NULL) {
            p->failed = true;
            return;
        }
        p->placed = more;
        p->room = room;
    }
    p->placed[p->count++] = (struct placed){ quick, proto, order };
}

static bool is_number(uint8_t kind)
{
    return kind == SPK_UINT || kind == SPK_PAD || kind == SPK_IP4;
}

/* How a row of width bits at bit is read; false: not without a walk. */
static bool quick_place(const struct spk_row *row, uint32_t bit, uint16_t width, struct quick *quick)
{
    if (bit == SPK_NOWHERE || width == 0) {
        return false;
    }
    const bool little = (row->flags & SPK_LITTLE) != 0;
    const struct spk_cplace place = spk_cplace_at(bit, width, little, (bit + width + 7) / 8);
    *quick = (struct quick){ .row = row, .bit = bit, .width = width, .little = little, .place = place };
    if (is_number(row->kind) && width <= 64) {
        quick->op = (row->flags & SPK_REST_IS_SHOWN) != 0 ? QUICK_LENGTH : QUICK_UINT;
        return true;
    }
    if (row->kind == SPK_BOOL && width <= 64) {
        quick->op = QUICK_BOOL;
        return true;
    }
    quick->op = QUICK_DATA;
    bool address = (row->kind == SPK_IP6 && width == 128) || (row->kind == SPK_MAC && width == 48);
    return address && bit % 8 == 0;
}

static bool has_condition(const struct spk_row *row)
{
    return row->when[0].test != SPK_ALWAYS || row->when[1].test != SPK_ALWAYS;
}

/* The place of a plain row that a view of the header points to. */
static bool shown_place(const struct spk_cgroup *header, int index, struct quick *quick)
{
    const struct spk_crow *crow = &header->rows[index];
    const struct spk_row *row = crow->row;
    bool plain = row->view.op == SPK_NOT_A_VIEW && row->many == SPK_ONE && row->codec == NULL && !has_condition(row);
    return plain && quick_place(row, crow->bit, row->bits, quick);
}

/* Whether the row is in every header: a plain row, or a part of one. */
static bool is_always_there(const struct spk_cgroup *header, int index)
{
    const struct spk_row *row = header->rows[index].row;
    const struct spk_row *shown = row->view.op == SPK_VIEW_SPAN ? header->rows[row->view.a].row : row;
    return shown->view.op == SPK_NOT_A_VIEW && !has_condition(row) && !has_condition(shown);
}

/* The conditions of a row at a header's front, where nothing breaks off. False: they need a walk. */
static bool quick_conditions(const struct spk_cproto *proto, const struct spk_crow *crow, struct quick *quick)
{
    const struct spk_cgroup *header = proto->hdr;
    bool quick_ones = !has_condition(crow->row) || crow < header->rows + header->lead;
    quick->when_count = 0;
    for (int i = 0; i < 2 && quick_ones; i++) {
        const struct spk_when *when = &crow->row->when[i];
        if (when->test != SPK_ALWAYS) {
            quick_ones = when->test != SPK_ROOM && spk_cwhen_of(proto, when, &quick->when[quick->when_count++])
                         && is_always_there(header, when->row);
        }
    }
    return quick_ones;
}

/* How a row at the top of a header is read, whatever its conditions; as quick_site. */
static unsigned quick_row(const struct spk_cproto *proto, const struct spk_crow *crow, struct quick quick[2])
{
    const struct spk_row *row = crow->row;
    switch (row->view.op) {
    case SPK_NOT_A_VIEW:
        return row->bits > 0 && !has_condition(row) && quick_place(row, crow->bit, row->bits, &quick[0]);
    case SPK_VIEW_SPAN: {
        const struct spk_row *shown = proto->hdr->rows[row->view.a].row;
        const uint16_t width = row->bits > 0 ? row->bits : shown->bits;
        bool always = !has_condition(shown) && shown->many == SPK_ONE
                      && (!has_condition(row) || is_always_there(proto->hdr, row->view.a));
        bool whole = always && crow->bit != SPK_NOWHERE && crow->bit + width <= proto->min * 8;
        return whole && quick_place(row, crow->bit, width, &quick[0]);
    }
    case SPK_VIEW_EITHER: {
        bool both = shown_place(proto->hdr, row->view.a, &quick[0]) && shown_place(proto->hdr, row->view.b, &quick[1]);
        quick[0].row = row;
        quick[1].row = row;
        return both ? 2 : 0;
    }
    case SPK_VIEW_SCALE: {
        bool there =
            shown_place(proto->hdr, row->view.a, &quick[0]) && quick[0].op == QUICK_UINT && row->kind == SPK_UINT;
        quick[0].row = row;
        quick[0].op = QUICK_SCALE;
        return there ? 1 : 0;
    }
    default:
        return 0;
    }
}

/* Whether the site is read without a walk; up to two reads (an either-side name has two). */
static unsigned quick_site(const struct spk_registry *registry, const struct spk_site *site, struct quick quick[2])
{
    const struct spk_row *row = site->crow->row;
    const struct spk_cproto *proto = &registry->protos[site->proto];
    struct quick conditions = { 0 };
    bool top = site->crow >= proto->hdr->rows && site->crow < proto->hdr->rows + proto->hdr->count;
    if (!top || row->many != SPK_ONE || row->codec != NULL || !quick_conditions(proto, site->crow, &conditions)) {
        return 0;
    }
    if ((proto->flags & SPK_RECORD) != 0) {
        quick[0] = (struct quick){ .row = row, .op = QUICK_RECORD };
        return row->view.op == SPK_VIEW_CALL && conditions.when_count == 0 ? 1 : 0;
    }
    unsigned count = quick_row(proto, site->crow, quick);
    for (unsigned k = 0; k < count; k++) {
        quick[k].when_count = conditions.when_count;
        memcpy(quick[k].when, conditions.when, sizeof conditions.when);
    }
    return count;
}

static bool all_quick(const struct spk_registry *registry, const struct spk_cfield *field)
{
    struct quick quick[2];
    for (uint32_t i = 0; i < field->site_count; i++) {
        if (quick_site(registry, &field->sites[i], quick) == 0) {
            return false;
        }
    }
    return true;
}

static void add_quick(struct planner *p, const struct spk_cfield *field, uint32_t column)
{
    const struct spk_registry *registry = p->query->registry;
    struct quick quick[2];
    for (uint32_t i = 0; i < field->site_count; i++) {
        const struct spk_site *site = &field->sites[i];
        unsigned count = quick_site(registry, site, quick);
        bool record = (registry->protos[site->proto].flags & SPK_RECORD) != 0;
        for (unsigned k = 0; k < count; k++) {
            quick[k].column = column;
            add(p, record ? SPK_NOWHERE : site->proto, site->row * 2 + k, quick[k]);
        }
    }
}

static void add_walked(struct spk_query *query, const struct spk_cfield *field)
{
    for (uint32_t i = 0; i < field->site_count; i++) {
        query->want[field->sites[i].row] = 1;
        query->walks[field->sites[i].proto] = 1;
        query->has_walks = true;
        query->record_walks |= (query->registry->protos[field->sites[i].proto].flags & SPK_RECORD) != 0;
    }
}

/* Whether a row, or one of a group that stands in it, is wanted. Groups are nested as deeply as a registry allows. */
static bool holds_wanted(const struct spk_registry *registry, const struct spk_crow *crow, const uint8_t *want)
{
    const bool choice = crow->row->kind == SPK_CHOICE;
    bool found = want[crow->id] != 0;
    if (found || crow->row->view.op != SPK_NOT_A_VIEW || (crow->row->kind != SPK_GROUP && !choice)) {
        return found;
    }
    for (uint32_t k = 0; !found && (choice ? crow->row->cases[k].in != NULL : k == 0); k++) {
        const struct spk_cgroup *group = registry->groups[choice ? registry->cases[crow->child + k] : crow->child];
        for (uint16_t i = 0; !found && i < group->count; i++) {
            found = holds_wanted(registry, &group->rows[i], want);
        }
    }
    return found;
}

/* Behind which row of each header a walk may end. */
static void find_ends(struct spk_query *query)
{
    for (uint32_t p = 0; p < query->registry->proto_count; p++) {
        const struct spk_cgroup *header = query->registry->protos[p].hdr;
        for (uint16_t i = 0; query->walks[p] != 0 && i < header->count; i++) {
            if (holds_wanted(query->registry, &header->rows[i], query->want)) {
                query->ends[p] = (uint16_t)(i + 1);
            }
        }
    }
}

static uint32_t count_groups(const struct spk_query *query)
{
    uint32_t count = 0;
    for (size_t i = 0; i < query->count; i++) {
        count += query->columns[i].kind == SPK_GROUP;
    }
    return count;
}

static bool make_maps(struct spk_query *query)
{
    const struct spk_registry *registry = query->registry;
    query->elements = spk_alloc_zeroed(count_groups(query), sizeof query->elements[0]);
    query->want = spk_alloc_zeroed(registry->row_count, 1);
    query->every = spk_alloc_zeroed(registry->row_count, 1);
    query->walks = spk_alloc_zeroed(registry->proto_count, 1);
    query->ends = spk_alloc_zeroed(registry->proto_count, sizeof query->ends[0]);
    query->is_quick = spk_alloc_zeroed(query->count, sizeof query->is_quick[0]);
    query->firsts = spk_alloc_zeroed(registry->field_count, sizeof query->firsts[0]);
    if (query->want == NULL || query->every == NULL || query->walks == NULL || query->is_quick == NULL
        || query->firsts == NULL || query->ends == NULL || query->elements == NULL) {
        return false;
    }
    memset(query->firsts, 0xff, registry->field_count * sizeof query->firsts[0]);
    return true;
}

/* Of one header column after column, as those are read that make a line of them. */
static int by_place(const void *a, const void *b)
{
    const struct placed *left = a;
    const struct placed *right = b;
    if (left->proto != right->proto) {
        return left->proto < right->proto ? -1 : 1;
    }
    if (left->quick.column != right->quick.column) {
        return left->quick.column < right->quick.column ? -1 : 1;
    }
    return left->order < right->order ? -1 : left->order > right->order;
}

/* Says of a quick read, of which others of its protocol stand before it from the first on, how it may be read. */
static void note_how(struct quick *first, struct quick *quick)
{
    const bool number = quick->op == QUICK_UINT || quick->op == QUICK_SCALE;
    quick->number = (number || (quick->op == QUICK_BOOL && quick->width == 1)) && quick->row->view.get == NULL;
    quick->simple = quick->number && quick->op != QUICK_SCALE && quick->place.load == 4;
    for (; first < quick; first++) {
        if (first->column == quick->column) {
            first->shared = quick->shared = quick->again = true;
        }
    }
}

static enum spk_status spread(struct planner *p)
{
    struct spk_query *query = p->query;
    query->layers = spk_alloc_zeroed(query->registry->proto_count, sizeof query->layers[0]);
    query->quick = spk_alloc_zeroed(p->count, sizeof query->quick[0]);
    if (query->layers == NULL || query->quick == NULL) {
        return SPK_ERR_MEMORY;
    }
    if (p->count > 0) {
        qsort(p->placed, p->count, sizeof p->placed[0], by_place);
    }
    query->quick_count = p->count;
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t proto = p->placed[i].proto;
        struct quick_range *range = proto == SPK_NOWHERE ? &query->record : &query->layers[proto];
        range->first = range->count == 0 ? i : range->first;
        range->count++;
        query->quick[i] = p->placed[i].quick;
        note_how(&query->quick[range->first], &query->quick[i]);
    }
    return SPK_OK;
}

/* One column's rows. */
static void plan_column(struct planner *p, uint32_t column)
{
    struct spk_query *query = p->query;
    const struct spk_field *field = query->columns[column].field;
    if (field == NULL) {
        return;
    }
    query->decode = true;
    if (field->kind == SPK_GROUP) {
        p->failed |= spk_elements_make(&query->elements[query->elements_count++], query, column) != SPK_OK;
        return;
    }
    const struct spk_cfield *cfield = &query->registry->fields[field->index];
    for (uint32_t i = 0; i < cfield->site_count; i++) {
        query->every[cfield->sites[i].row] = 1;
        query->runs_on |= (cfield->sites[i].crow->row->flags & SPK_RUNS_ON) != 0;
    }
    if (query->firsts[field->index] == SPK_NOWHERE) {
        query->firsts[field->index] = column;
    }
    query->is_quick[column] = all_quick(query->registry, cfield);
    if (query->is_quick[column]) {
        add_quick(p, cfield, column);
    } else {
        add_walked(query, cfield);
    }
}

/* Whether what a display filter looked at is enough for the columns as well. */
static bool filter_reaches(const struct spk_query *query, const bool *wanted)
{
    const struct spk_filter *filter = query->options.filter;
    for (uint32_t p = 0; filter != NULL && p < query->registry->proto_count; p++) {
        if (wanted[p] && !spk_filter_needs(filter)[p]) {
            return false;
        }
    }
    return filter != NULL;
}

/* Gives up kinds that do not say what the filter asks. */
static void drop_unfiltered(struct fixed **fixed)
{
    if (*fixed != NULL && (*fixed)->filter == NULL) {
        spk_fixed_free(*fixed);
        *fixed = NULL;
    }
}

/* Packets of which kinds are kept without being decoded, for whoever decodes those that are. */
static bool plan_sieve(struct spk_query *query, const struct spk_filter *filter)
{
    bool ok = spk_fixed_new(filter->fields, filter->reach, &query->sieve)
              && (query->sieve == NULL || spk_known_filter_new(filter, query->sieve, &query->sieve->filter));
    drop_unfiltered(&query->sieve);
    return ok;
}

/* Packets of which kinds are kept, and read, without being decoded. */
static enum spk_status plan_kinds(struct spk_query *query, bool *wanted, struct spk_error *error)
{
    const struct spk_filter *filter = query->options.filter;
    if (filter == NULL) {
        return spk_fixed_new(query, query->reach, &query->fixed) ? SPK_OK : spk_no_memory(error);
    }
    if (!spk_known_filter_suits(filter)) {
        return SPK_OK;
    }
    for (uint32_t p = 0; p < query->registry->proto_count; p++) {
        wanted[p] = wanted[p] || spk_filter_needs(filter)[p];
    }
    enum spk_status status = spk_reach_new(query->registry, wanted, &query->both, error);
    bool ok = status == SPK_OK && spk_fixed_new(query, query->both, &query->fixed)
              && (query->fixed == NULL || spk_fixed_filter(query->fixed, filter)) && plan_sieve(query, filter);
    drop_unfiltered(&query->fixed);
    return status != SPK_OK || ok ? status : spk_no_memory(error);
}

/* Whoever looks at the packets themselves gets them whole. */
static enum spk_status plan_reach(struct spk_query *query, struct spk_error *error)
{
    if (query->options.decode || !query->decode) {
        return SPK_OK;
    }
    bool *wanted = spk_alloc_zeroed(query->registry->proto_count, sizeof wanted[0]);
    if (wanted == NULL) {
        return spk_no_memory(error);
    }
    for (size_t i = 0; i < query->count; i++) {
        if (query->columns[i].field != NULL) {
            spk_field_wants(query->registry, query->columns[i].field, wanted);
        }
    }
    enum spk_status status = spk_reach_rows(query->registry, wanted, &query->reach, error);
    query->filter_reaches = filter_reaches(query, wanted);
    status = status == SPK_OK ? plan_kinds(query, wanted, error) : status;
    spk_free(wanted);
    return status;
}

/* False: no memory. */
static bool plan_lists(struct spk_query *query)
{
    query->lists = query->has_walks ? spk_alloc_zeroed(1, sizeof *query->lists) : NULL;
    return !query->has_walks || (query->lists != NULL && spk_lists_begin(query->lists, query));
}

enum spk_status spk_plan_rows(struct spk_query *query, struct spk_error *error)
{
    struct planner p = { .query = query };
    p.failed = !make_maps(query) || (query->options.tutorial && !spk_plan_stand_ins(query));
    for (uint32_t i = 0; i < query->count && !p.failed; i++) {
        plan_column(&p, i);
    }
    enum spk_status status = p.failed ? SPK_ERR_MEMORY : spread(&p);
    spk_free(p.placed);
    if (status == SPK_OK) {
        find_ends(query);
        bool ok = !query->has_walks || spk_stretches_begin(&query->stretches, query->registry, query->want);
        status = ok && plan_lists(query) ? SPK_OK : SPK_ERR_MEMORY;
    }
    return status == SPK_OK ? plan_reach(query, error) : spk_no_memory(error);
}
