/* lists: which headers are so, and reading them element by element. */
#include "query/lists.h"

#include "base/memory.h"
#include "packet/walk.h"
#include "packet/walk_level.h"
#include "packet/walk_view.h"
#include "query/walked.h"
#include "wire/row.h"

/* ---- which they are ---- */

/* Adds the rows of an element. False: they are of another kind. */
static bool add_rows(struct lists *lists, const struct spk_query *query, struct list *list, bool *full)
{
    const struct spk_cgroup *group = list->group;
    uint32_t bits = 0;
    uint32_t end = 0;
    list->first = (uint32_t)(lists->values.len / sizeof(struct list_value));
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_crow *crow = &group->rows[i];
        const struct spk_row *row = crow->row;
        bool wanted = query->want[crow->id] != 0;
        bool coded = i == 0 && row->codec != NULL && row->size.mul == 0 && row->many == SPK_ONE && !crow->whole
                     && row->kind != SPK_GROUP && row->kind != SPK_CHOICE;
        if (row->view.op != SPK_NOT_A_VIEW && !wanted) {
            continue;
        }
        if (row->view.op != SPK_NOT_A_VIEW || crow->conditional || (!coded && !crow->plain)) {
            return false;
        }
        list->coded = coded ? crow : list->coded;
        const uint32_t needs = coded ? 0 : bits + (crow->unit > row->bits ? crow->unit : row->bits);
        end = needs > end ? needs : end;
        const struct list_value value = { crow, bits, end };
        bits += coded ? 0 : row->bits;
        *full = *full && (!wanted || spk_buf_put(&lists->values, &value, sizeof value));
        list->count += wanted;
    }
    list->fixed = bits / 8;
    return bits % 8 == 0;
}

/* Adds a row behind a header's front. False: it is no such list. */
static bool add_list(struct lists *lists, const struct spk_query *query, const struct spk_cgroup *header,
                     const struct spk_crow *crow, bool *full)
{
    const struct spk_row *row = crow->row;
    if (row->kind != SPK_GROUP || row->many != SPK_COUNT || row->size.mul != 0 || row->most != 0 || crow->conditional
        || crow->whole || query->want[crow->id] != 0 || (row->flags & SPK_WHOLE_ELEMENT) != 0) {
        return false;
    }
    struct list list = { .number = { .place = header->rows[row->n.row].place, .mul = row->n.mul, .add = row->n.add },
                         .group = query->registry->groups[crow->child] };
    const struct spk_crow *count = &header->rows[row->n.row];
    bool known = count->plain && !count->conditional && count < header->rows + header->lead
                 && list.number.place.bit != SPK_NOWHERE && row->n.mul != 0;
    known = known && add_rows(lists, query, &list, full);
    *full = *full && (!known || spk_buf_put(&lists->lists, &list, sizeof list));
    return known;
}

/* The lists of a protocol that has rows to walk for, up to the last that is wanted. */
static bool add_proto(struct lists *lists, const struct spk_query *query, uint32_t proto)
{
    const struct spk_cproto *known = &query->registry->protos[proto];
    const struct spk_cgroup *header = known->hdr;
    struct quick_range *range = &lists->protos[proto];
    const size_t begun = lists->lists.len;
    bool fits = known->extent != SPK_EXTENT_REF && (known->flags & SPK_RECORD) == 0 && header->fixed_bits % 8 == 0;
    bool full = true;
    for (uint16_t i = 0; fits && full && i < query->ends[proto]; i++) {
        const struct spk_crow *crow = &header->rows[i];
        bool passed = i < header->lead || crow->row->view.op != SPK_NOT_A_VIEW;
        fits = passed ? query->want[crow->id] == 0 : add_list(lists, query, header, crow, &full);
    }
    if (!fits) {
        spk_buf_cut(&lists->lists, begun);
    }
    range->first = (uint32_t)(begun / sizeof(struct list));
    range->count = (uint32_t)((lists->lists.len - begun) / sizeof(struct list));
    return full;
}

bool spk_lists_begin(struct lists *lists, const struct spk_query *query)
{
    lists->protos = spk_alloc_zeroed(query->registry->proto_count, sizeof lists->protos[0]);
    bool full = lists->protos != NULL;
    for (uint32_t p = 0; full && p < query->registry->proto_count; p++) {
        full = query->walks[p] == 0 || add_proto(lists, query, p);
    }
    return full;
}

void spk_lists_end(struct lists *lists)
{
    spk_buf_free(&lists->lists);
    spk_buf_free(&lists->values);
    spk_free(lists->protos);
}

/* ---- reading ---- */

/* Where reading stands in a layer. */
struct reading {
    struct cell_maker *maker;
    struct column *columns; /* NULL: values become cells */
    size_t row;
    uint32_t at, end; /* next byte; the end of what was captured */
    bool broken;      /* something does not fit: nothing more is there */
};

static enum spk_status put(struct reading *r, const struct spk_crow *crow, uint32_t bit, uint32_t width)
{
    spk_walk_report(&r->maker->walk, SPK_EVENT_VALUE, crow, bit, width);
    return spk_walked_put(r->maker, r->columns, r->row);
}

/* The value that an element begins with. */
static enum spk_status take_coded(struct reading *r, const struct list *list, bool wanted)
{
    struct spk_walk_level *level = &r->maker->walk.levels[1];
    const struct spk_place place = {
        .packet = r->maker->walk.packet, .layer = r->maker->walk.layer, .at = r->at, .end = r->end, .group = level
    };
    level->start = r->at;
    level->pos = r->at * 8;
    level->bits[0] = level->pos;
    const int32_t bytes = list->coded->row->codec->measure(&place);
    if (bytes < 0 || (uint32_t)bytes > r->end - r->at) {
        r->broken = true;
        return SPK_OK;
    }
    r->at += (uint32_t)bytes;
    return wanted ? put(r, list->coded, level->pos, (uint32_t)bytes * 8) : SPK_OK;
}

static enum spk_status take_element(struct reading *r, const struct list *list, const struct list_value *values)
{
    const struct list_value *last = values + list->count;
    enum spk_status status = SPK_OK;
    if (list->coded != NULL) {
        bool wanted = values < last && values->crow == list->coded;
        status = take_coded(r, list, wanted);
        values += wanted;
    }
    if (r->broken || status != SPK_OK) {
        return status;
    }
    const uint32_t begin = r->at * 8;
    for (; values < last && status == SPK_OK && begin + values->end <= r->end * 8; values++) {
        status = put(r, values->crow, begin + values->bit, values->crow->row->bits);
    }
    r->broken = r->end - r->at < list->fixed;
    r->at += r->broken ? 0 : list->fixed;
    return status;
}

static enum spk_status take_list(struct reading *r, const struct list *list, const struct list_value *values,
                                 const uint8_t *header)
{
    struct spk_walk *walk = &r->maker->walk;
    const int64_t count = spk_cref_bytes(&list->number, spk_cplace_load(&list->number.place, header));
    enum spk_status status = SPK_OK;
    spk_walk_level_begin(&walk->levels[1], list->group, r->at, walk->packet->layers[walk->layer].end, false);
    walk->index = 0;
    for (int64_t i = 0; i < count && !r->broken && status == SPK_OK; i++) {
        const uint32_t before = r->at;
        status = take_element(r, list, values);
        if (r->at == before) { /* an element of no bytes is the last */
            break;
        }
    }
    return status;
}

enum spk_status spk_lists_take(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer,
                               struct column *columns, size_t row, bool *read)
{
    const struct spk_query *query = maker->query;
    const struct lists *lists = query->lists;
    const struct spk_layer *at = &packet->layers[layer];
    const struct quick_range *range = &lists->protos[at->proto];
    const uint32_t front = query->registry->protos[at->proto].hdr->fixed_bits / 8;
    enum spk_status status = SPK_OK;
    *read = range->count > 0 && at->end - at->at < SPK_LONG_LAYER; /* of others the walk counts what they become */
    if (!*read) {
        return SPK_OK;
    }
    const struct list *list = (const struct list *)(const void *)lists->lists.data + range->first;
    const struct list_value *values = (const struct list_value *)(const void *)lists->values.data;
    struct reading r = { .maker = maker,
                         .columns = columns,
                         .row = row,
                         .at = at->at + front,
                         .end = at->end < packet->caplen ? at->end : packet->caplen };
    maker->walk.packet = packet;
    maker->walk.layer = layer;
    maker->walk.depth = 1;
    r.broken = r.at > r.end;
    for (uint32_t i = 0; i < range->count && !r.broken && status == SPK_OK; i++) {
        status = take_list(&r, &list[i], values + list[i].first, packet->data + at->at);
    }
    return status;
}
