/* fixed: the reads of each kind of packet. */
#include "query/fixed.h"

#include "base/memory.h"
#include "packet/reach.h"
#include "packet/stencil.h"
#include "query/filter.h"
#include "query/known_filter.h"

enum { FIRST_ROOM = 64 };

/* Whether every column is read so, or walked in layers, and those of the record look at nothing else. */
static bool suits(const struct spk_query *query)
{
    for (uint32_t k = 0; k < query->record.count; k++) {
        if ((query->quick[query->record.first + k].row->flags & SPK_NEEDS_ALL) != 0) {
            return false;
        }
    }
    for (size_t i = 0; i < query->count; i++) {
        const struct spk_field *field = query->columns[i].field;
        if (!query->is_quick[i] && (field == NULL || field->kind == SPK_GROUP)) {
            return false;
        }
    }
    return !query->options.tutorial && !query->record_walks;
}

/* Whether the header is as long as its fixed rows in every packet that has the node on its path. */
static bool is_shortest(const struct spk_reach *reach, const struct spk_node *node)
{
    const struct spk_cproto *proto = &reach->registry->protos[node->layer.proto];
    bool known = (node->step->flags & SPK_STEP_HLEN) != 0 && (node->flags & SPK_PATH_HLEN) == 0;
    return known && node->layer.hdr_len * 8 == proto->hdr->fixed_bits;
}

/* Whether a value is what stands at its place in such a layer, whatever else the packet says. */
static bool stands_there(const struct quick *quick, const struct spk_reach *reach, const struct spk_node *node)
{
    bool plain =
        quick->row->view.get == NULL || ((quick->row->flags & SPK_PLAIN_ALONE) != 0 && is_shortest(reach, node));
    return plain && quick->op != QUICK_LENGTH && quick->bit + quick->width <= node->layer.hdr_len * 8;
}

/* Room for one read more. */
static bool make_room(struct fixed *fixed)
{
    if (fixed->count == fixed->room) {
        uint32_t room = fixed->room == 0 ? FIRST_ROOM : fixed->room * 2;
        struct fixed_read *reads = spk_realloc(fixed->reads, room * sizeof *reads);
        if (reads == NULL) {
            return false;
        }
        fixed->reads = reads;
        fixed->room = room;
    }
    return true;
}

/* Moves a read behind those of its column and the columns before it. */
static void place_last(struct fixed_read *reads, uint32_t last)
{
    struct fixed_read read = reads[last];
    for (; last > 0 && reads[last - 1].quick->column > read.quick->column; last--) {
        reads[last] = reads[last - 1];
    }
    reads[last] = read;
}

/* Packets of kinds that are not known are decoded. */
static void leave_out(struct fixed *fixed)
{
    for (uint32_t i = 0; i < fixed->kind_count; i++) {
        if (!fixed->kinds[i].known) {
            spk_stencils_leave_out(fixed->stencils, i);
        }
    }
}

/* The reads of the stencil's layers. False: no memory. */
static bool add_kind(struct fixed *fixed, const struct spk_query *query, const struct spk_stencil *last)
{
    const struct spk_node *layers[SPK_LAYERS_MAX] = { NULL };
    struct fixed_kind *kind = &fixed->kinds[last->index];
    unsigned depth = 0;
    for (const struct spk_stencil *layer = last; layer != NULL; layer = layer->outer) {
        layers[depth++] = &fixed->reach->nodes[layer->index];
    }
    *kind = (struct fixed_kind){ .first = fixed->count, .known = true };
    while (depth-- > 0) {
        const struct spk_node *node = layers[depth];
        const struct quick_range *range = &query->layers[node->layer.proto];
        kind->walks = kind->walks || query->walks[node->layer.proto] != 0;
        kind->known = kind->known && (node->need != SPK_NOWHERE || (!kind->walks && range->count == 0));
        for (uint32_t k = range->first; k < range->first + range->count; k++) {
            const struct quick *quick = &query->quick[k];
            kind->known = kind->known && stands_there(quick, fixed->reach, node);
            fixed->reads[fixed->count++] = (struct fixed_read){ quick, node->layer.at };
            place_last(&fixed->reads[kind->first], fixed->count - kind->first - 1);
            if (!make_room(fixed)) {
                return false;
            }
        }
    }
    kind->count = fixed->count - kind->first;
    return true;
}

bool spk_fixed_new(const struct spk_query *query, const struct spk_reach *reach, struct fixed **out)
{
    bool known = false;
    *out = NULL;
    if (reach == NULL || !suits(query)) {
        return true;
    }
    struct fixed *fixed = spk_alloc_zeroed(1, sizeof *fixed);
    bool ok = fixed != NULL && spk_stencils_new(reach, NULL, 0, &fixed->stencils, NULL) == SPK_OK;
    if (ok) {
        fixed->reach = reach;
        fixed->kind_count = (uint32_t)spk_stencils_count(fixed->stencils);
        fixed->kinds = spk_alloc_zeroed(fixed->kind_count, sizeof fixed->kinds[0]);
        ok = fixed->kinds != NULL && make_room(fixed);
    }
    for (uint32_t i = 0; ok && i < fixed->kind_count; i++) {
        ok = add_kind(fixed, query, spk_stencils_get(fixed->stencils, i));
        known = known || fixed->kinds[i].known;
    }
    if (!ok || !known) {
        spk_fixed_free(fixed);
        return ok;
    }
    leave_out(fixed);
    *out = fixed;
    return true;
}

bool spk_fixed_filter(struct fixed *fixed, const struct spk_filter *filter)
{
    struct fixed *fields = NULL;
    bool ok = spk_fixed_new(filter->fields, fixed->reach, &fields);
    if (fields != NULL) {
        ok = spk_known_filter_new(filter, fields, &fixed->filter);
        for (uint32_t i = 0; i < fixed->kind_count; i++) {
            fixed->kinds[i].known = fixed->kinds[i].known && fields->kinds[i].known;
        }
        leave_out(fixed);
    }
    spk_fixed_free(fields);
    return ok;
}

void spk_fixed_free(struct fixed *fixed)
{
    if (fixed != NULL) {
        spk_known_filter_free(fixed->filter);
        spk_stencils_free(fixed->stencils);
        spk_free(fixed->kinds);
        spk_free(fixed->reads);
        spk_free(fixed);
    }
}
