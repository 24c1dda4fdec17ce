/*
 * walk: one iterator over the rows of a packet, group by group with an explicit stack. It feeds columns, filters, the tree,
 * the builder and the strict check alike. Every region is walked to its end: what rows do not cover is reported as raw, so
 * the bytes of all events laid side by side are the packet.
 */
#include "packet/walk.h"

#include "packet/walk_alike.h"
#include "packet/walk_known.h"
#include "packet/walk_level.h"
#include "packet/walk_row.h"
#include "packet/walk_stretch.h"
#include "packet/walk_view.h"
#include "wire/hints.h"

enum phase { PHASE_LAYER, PHASE_HEADER, PHASE_ROWS, PHASE_TAIL, PHASE_RECORD, PHASE_END };

/* The first row that does not fit is what the walk stopped at. */
static __attribute__((cold, noinline)) void note_stop(struct spk_walk *walk, const struct spk_walk_level *level,
                                                      uint32_t need, uint32_t end)
{
    if (walk->stop.reason == SPK_STOP_NOT) {
        const struct spk_row *row = spk_walk_group(level)->rows[level->row].row;
        uint32_t at = level->pos / 8;
        uint32_t have = spk_walk_captured(walk, end) > at ? spk_walk_captured(walk, end) - at : 0;
        bool cut = end > at && end - at >= need && need > have;
        walk->stop = (struct spk_stop){
            .reason = cut ? SPK_STOP_TRUNCATED : SPK_STOP_MALFORMED,
            .proto = walk->packet->layers[walk->layer].proto,
            .at = at,
            .need = need,
            .have = have,
            .row = row->name,
        };
    }
}

/* Either-side names show the one that stands before what does not fit. */
static bool shows_either(const struct spk_row *row)
{
    return row->view.op == SPK_VIEW_EITHER && row->when[0].test == SPK_ALWAYS;
}

/* Nothing is there any more but those names: what is left of the region becomes raw. */
static __attribute__((cold, noinline)) void break_level(struct spk_walk_level *level)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    level->broken = 1;
    level->starts = 0;
    level->until = group->count;
    level->there = 0;
    for (uint16_t i = level->row; i < group->count; i++) {
        level->there |= (uint64_t)shows_either(group->rows[i].row) << i;
    }
}

/*
 * The first row that does not fit ends its group. That of elements that are alike ends as well: their numbers say so, and
 * where the end of all of them does, none follows. What a row that repeats has read before is no number.
 */
static __attribute__((cold, noinline)) void break_off(struct spk_walk *walk, struct spk_walk_level *level,
                                                      uint32_t need, uint32_t end)
{
    walk->element = level->repeating ? 0 : walk->element;
    note_stop(walk, level, need, end);
    break_level(level);
    level->bits[level->row++] = SPK_NOWHERE;
    level->repeating = false;
}

/* From a bit to a byte: a row that broke off may have left the rest of a byte. */
static enum spk_walk_event report_raw(struct spk_walk *walk, uint32_t from, uint32_t to)
{
    walk->index = 0;
    return spk_walk_report(walk, SPK_EVENT_RAW, NULL, from, to * 8 - from);
}

/* Moves level to the end of a region; true when there are bits to report as raw. */
static bool skip_to(struct spk_walk *walk, struct spk_walk_level *level, uint32_t end, uint32_t *from, uint32_t *to)
{
    *from = level->pos;
    *to = spk_walk_captured(walk, end);
    if (*to * 8 <= *from) {
        return false;
    }
    level->pos = *to * 8;
    return true;
}

/* The end of a region that the row itself opens in the one around it. */
static bool open_own_region(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                            uint32_t around, uint32_t *end)
{
    int64_t size = spk_walk_claimed(walk->packet, level, &row->size);
    uint32_t at = level->pos / 8;
    uint32_t need = size < 0 ? 0 : size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    if (size < 0 || around < at) {
        break_off(walk, level, need, around);
        return false;
    }
    if (size > (int64_t)(around - at)) {
        if ((row->flags & SPK_CUT_OFF) == 0) {
            break_off(walk, level, need, around);
            return false;
        }
        note_stop(walk, level, need, around);
        size = around - at;
    }
    *end = at + (uint32_t)size;
    return true;
}

/* The end of the row's region in bytes; false: it leaves the region around it, and the level is broken. */
static inline bool open_region(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                               uint32_t *end)
{
    *end = level->repeating ? level->repeat_end : level->end;
    return row->size.mul == 0 || level->repeating || open_own_region(walk, level, row, *end, end);
}

static const struct spk_cgroup *picked_case(const struct spk_walk *walk, const struct spk_walk_level *level,
                                            const struct spk_crow *crow)
{
    const struct spk_registry *registry = walk->packet->registry;
    uint64_t key = spk_walk_number(walk->packet, level, crow->row->key);
    for (uint32_t i = 0; crow->row->cases[i].in != NULL; i++) {
        const struct spk_case *one = &crow->row->cases[i];
        uint32_t last = one->last > one->key ? one->last : one->key;
        if (key >= one->key && key <= last) {
            return registry->groups[registry->cases[crow->child + i]];
        }
    }
    return NULL;
}

/* Enters a nested group. The event is for the row of the level below. */
static enum spk_walk_event push(struct spk_walk *walk, const struct spk_crow *crow, const struct spk_cgroup *group,
                                uint32_t end, bool own)
{
    struct spk_walk_level *level = &walk->levels[walk->depth];
    walk->index = level->index;
    spk_walk_report(walk, SPK_EVENT_ENTER, crow, level->pos, 0);
    spk_walk_level_begin(&walk->levels[++walk->depth], group, level->pos / 8, end, own);
    spk_walk_skip_front(walk, &walk->levels[walk->depth]);
    walk->in = group->group;
    if (level->repeating && walk->want != NULL && !spk_walk_group(&walk->levels[walk->depth])->reads) {
        spk_walk_alike_begin(walk);
    } else {
        spk_walk_alike_enter(walk);
    }
    return SPK_EVENT_ENTER;
}

/* Whether what the values of the layer become stays within bounds, this one included; else the level is broken. */
static bool count_made(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_place *place, uint32_t end)
{
    const struct spk_layer *layer = &walk->packet->layers[walk->layer];
    if (layer->end - layer->at < SPK_LONG_LAYER) {
        return true;
    }
    const struct spk_row *row = spk_walk_group(level)->rows[level->row].row;
    const int32_t made = row->codec->made(place);
    walk->element = made < 0 ? 0 : walk->element; /* the same bytes further on may be a value */
    walk->made += made > 0 ? (uint32_t)made : 0;
    if (walk->made <= SPK_MADE_MAX) {
        return true;
    }
    bool first = walk->stop.reason == SPK_STOP_NOT;
    walk->element = 0;
    break_off(walk, level, 0, end);
    walk->stop.reason = first ? SPK_STOP_TOO_MUCH : walk->stop.reason;
    return false;
}

/* The width in bits of a row that is no group; false: it does not fit, and the level is broken. */
static bool measure(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow, uint32_t end,
                    uint32_t *width)
{
    const struct spk_row *row = crow->row;
    uint32_t need = 0;
    uint32_t have = spk_walk_captured(walk, end) * 8;
    have = have > level->pos ? have - level->pos : 0;
    if (row->codec != NULL) {
        struct spk_place place = { .packet = walk->packet,
                                   .layer = walk->layer,
                                   .at = level->pos / 8,
                                   .end = spk_walk_captured(walk, end),
                                   .group = level };
        int32_t bytes = row->codec->measure(&place);
        if (bytes < 0 || (uint32_t)bytes > have / 8) {
            walk->element = 0; /* its bytes say so */
            break_off(walk, level, have / 8 + 1, end);
            return false;
        }
        *width = (uint32_t)bytes * 8;
        return row->codec->made == NULL || count_made(walk, level, &place, end);
    }
    if (row->kind == SPK_NONE && row->bits == 0 && row->size.mul == 0) {
        *width = 0; /* it only says that something is there */
        return true;
    }
    if (row->bits > 0 && row->kind != SPK_CHOICE) {
        *width = row->bits;
        need = crow->unit;
    } else if (row->size.mul != 0 && !level->repeating) {
        *width = end * 8 - level->pos;
    } else {
        *width = have;
        if (end > walk->packet->caplen && walk->stop.reason == SPK_STOP_NOT) {
            walk->stop = (struct spk_stop){ .reason = SPK_STOP_TRUNCATED,
                                            .at = level->pos / 8,
                                            .proto = walk->packet->layers[walk->layer].proto,
                                            .need = end - level->pos / 8,
                                            .have = have / 8,
                                            .row = row->name };
        }
    }
    need = need > *width ? need : *width;
    if (need > have) {
        break_off(walk, level, (need + 7) / 8, end);
        return false;
    }
    return true;
}

/* Whether the element that ended, or the value just read, is the last of an UNTIL row. */
static bool last_element(const struct spk_row *row, uint64_t number)
{
    return row->many == SPK_UNTIL && number == (uint64_t)(int64_t)row->n.add;
}

static bool more_elements(const struct spk_walk *walk, const struct spk_walk_level *level, const struct spk_row *row)
{
    if (row->many == SPK_COUNT) {
        return level->index < level->count;
    }
    return level->index < level->count && level->pos / 8 < level->repeat_end && level->pos / 8 < walk->packet->caplen;
}

/* One row of so many bits and nothing else: what take_scalar does, for most rows there are. */
static bool take_plain(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                       enum spk_walk_event *event)
{
    uint32_t width = crow->row->bits;
    uint32_t need = crow->unit > width ? crow->unit : width;
    uint32_t have = spk_walk_captured(walk, level->end) * 8;
    uint32_t bit = level->pos;
    level->bits[level->row] = bit;
    if (have < bit || have - bit < need) {
        break_off(walk, level, (need + 7) / 8, level->end);
        return false;
    }
    level->pos = bit + width;
    level->row++;
    walk->index = level->index;
    return spk_walk_wants(walk, crow) && spk_walk_give(walk, crow, bit, width, event);
}

/* One scalar, or one element of a repeating scalar. */
static bool take_scalar(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow, uint32_t end,
                        enum spk_walk_event *event)
{
    uint32_t width = 0;
    uint32_t bit = level->pos;
    const struct spk_row *row = crow->row;
    if (!measure(walk, level, crow, end, &width)) {
        return false;
    }
    level->pos += width;
    walk->index = level->index;
    if (level->repeating) {
        level->index++;
        if (width == 0) {
            level->count = level->index;
        }
        if (width <= 64 && last_element(row, spk_walk_load(walk->packet, row, bit, width))) {
            level->count = level->index;
        }
    } else {
        level->row++;
    }
    bool empty = width == 0 && row->kind != SPK_NONE && row->size.mul == 0 && row->codec == NULL;
    return !empty && spk_walk_wants(walk, crow) && spk_walk_give(walk, crow, bit, width, event);
}

/* Begins the row's repetition: how many, and up to where. False: it does not fit, and the level is broken. */
static bool begin_repeat(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row)
{
    uint32_t end = 0;
    if (!open_region(walk, level, row, &end)) {
        return false;
    }
    int64_t count = UINT32_MAX;
    if (row->many == SPK_COUNT) {
        count = spk_walk_claimed(walk->packet, level, &row->n);
        count = count < 0 ? 0 : count < UINT32_MAX ? count : UINT32_MAX;
    }
    level->index = 0;
    level->count = (uint32_t)count;
    level->repeat_end = end;
    level->repeating = true;
    return true;
}

/* After the last element: what is left of the row's own region is raw. */
static bool end_repeat(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                       enum spk_walk_event *event)
{
    uint32_t from = 0;
    uint32_t to = 0;
    bool raw = row->size.mul != 0 && skip_to(walk, level, level->repeat_end, &from, &to);
    bool cut =
        level->repeat_end > walk->packet->caplen && level->pos / 8 >= walk->packet->caplen && row->many != SPK_COUNT;
    if (cut && walk->stop.reason == SPK_STOP_NOT) {
        walk->stop = (struct spk_stop){ .reason = SPK_STOP_TRUNCATED,
                                        .at = level->pos / 8,
                                        .proto = walk->packet->layers[walk->layer].proto,
                                        .need = level->repeat_end - level->pos / 8,
                                        .row = row->name };
    }
    level->repeating = false;
    level->repeat_end = level->end;
    level->index = 0;
    level->row++;
    if (raw && walk->want == NULL) {
        *event = report_raw(walk, from, to);
        return true;
    }
    return false;
}

/* An element of fixed rows that must be whole, and is not: the level is broken. */
static bool cut_element(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                        const struct spk_cgroup *group, uint32_t end)
{
    uint32_t need = (group->fixed_bits + 7) / 8;
    uint32_t at = level->pos / 8;
    if ((row->flags & SPK_WHOLE_ELEMENT) == 0 || spk_walk_captured(walk, end) >= at + need) {
        return false;
    }
    break_off(walk, level, need, end);
    return true;
}

/* A row with bytes. True: an event was made. */
static bool take_row(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                     enum spk_walk_event *event)
{
    const struct spk_row *row = crow->row;
    uint32_t end = 0;
    if (crow->whole && level->pos % 8 != 0) {
        break_off(walk, level, 0, level->end); /* rows that depend on values were there, and others were not */
        return false;
    }
    if (row->many != SPK_ONE && !level->repeating) {
        level->bits[level->row] = level->pos;
        if (!begin_repeat(walk, level, row)) {
            return false;
        }
    }
    if (level->repeating && !more_elements(walk, level, row)) {
        return end_repeat(walk, level, row, event);
    }
    if (level->repeating && row->most > 0 && level->index == row->most) {
        bool first = walk->stop.reason == SPK_STOP_NOT;
        break_off(walk, level, 0, level->repeat_end);
        walk->stop.reason = first ? SPK_STOP_TOO_DEEP : walk->stop.reason;
        return false;
    }
    if (!level->repeating) {
        level->bits[level->row] = level->pos;
    } else if (spk_walk_knows(walk, level, crow) && spk_walk_known_pass(walk, level, crow)) {
        *event = SPK_EVENT_ENTER;
        return true;
    }
    if (!open_region(walk, level, row, &end)) {
        return false;
    }
    if (row->kind == SPK_GROUP || row->kind == SPK_CHOICE) {
        const struct spk_cgroup *group =
            row->kind == SPK_GROUP ? walk->packet->registry->groups[crow->child] : picked_case(walk, level, crow);
        if (group != NULL && cut_element(walk, level, row, group, end)) {
            return false;
        }
        const struct spk_stretch_group *of = group != NULL ? spk_walk_stretches_of(walk, group) : NULL;
        if (of != NULL) {
            *event = SPK_EVENT_ENTER;
            return spk_walk_enter_stretches(walk, level, crow, of, end);
        }
        if (group != NULL) {
            *event = push(walk, crow, group, end, row->size.mul != 0 && !level->repeating);
            return walk->want == NULL;
        }
    }
    if (level->repeating && level->stretches != NULL) {
        bool taken = false;
        bool made = spk_walk_take_items(walk, level, row, end, &taken);
        if (taken) {
            *event = SPK_EVENT_ENTER;
            return made;
        }
    }
    return take_scalar(walk, level, crow, end, event);
}

/* The innermost group has ended. True: an event was made. */
static bool finish_group(struct spk_walk *walk, struct spk_walk_level *level, enum spk_walk_event *event)
{
    uint32_t from = 0;
    uint32_t to = 0;
    if (walk->element != 0) {
        spk_walk_alike_note(walk, level);
    }
    if (level->own && skip_to(walk, level, level->end, &from, &to)) {
        if (walk->want == NULL) {
            *event = report_raw(walk, from, to);
            return true;
        }
    }
    struct spk_walk_level *parent = &walk->levels[--walk->depth];
    const struct spk_crow *crow = &spk_walk_group(parent)->rows[parent->row];
    if (level->pos % 8 != 0 && !level->broken) {
        /* rows that depend on values were there, and others were not: what is behind has no place to begin */
        note_stop(walk, parent, 0, level->end);
        level->broken = 1;
    }
    bool stuck = parent->repeating && level->pos == parent->pos;
    bool taken = false;
    parent->pos = level->pos;
    walk->index = parent->index;
    walk->in = spk_walk_group(level)->group;
    if (parent->repeating) {
        parent->index++;
        if (stuck || (level->broken && !level->own)
            || last_element(
                crow->row, crow->row->many == SPK_UNTIL ? spk_walk_number(walk->packet, level, crow->row->n.row) : 0)) {
            parent->count = parent->index;
        }
        if (walk->element == walk->depth + 1) {
            taken = spk_walk_alike_take(walk, parent, crow->row, level);
            walk->element = 0;
        }
    } else {
        parent->row++;
    }
    bool spreads = level->broken && !level->own && !(parent->repeating && crow->row->size.mul != 0);
    if (spreads) {
        break_level(parent);
        parent->row = (uint16_t)(parent->row + (parent->repeating ? 1 : 0));
        parent->repeating = false;
    }
    if (walk->want != NULL) {
        *event = SPK_EVENT_ENTER;
        return taken;
    }
    *event = spk_walk_report(walk, SPK_EVENT_LEAVE, crow, level->start * 8, level->pos - level->start * 8);
    return true;
}

/* The row that decides on others has been passed: those that its number leaves out are passed over. */
static __attribute__((noinline)) void decide(const struct spk_walk *walk, struct spk_walk_level *level,
                                             const struct spk_cgroup *group)
{
    const struct spk_decision *decision = spk_decision_of(group, spk_walk_number(walk->packet, level, group->decider));
    level->until = group->count;
    level->decision = decision;
    level->there = decision->rows;
}

/* On to a row that may be there. */
static void pass_absent(struct spk_walk_level *level, const struct spk_cgroup *group)
{
    const uint64_t behind = level->there & ~((UINT64_C(2) << level->row) - 1);
    const uint16_t next = (uint16_t)(behind != 0 ? __builtin_ctzll(behind) : 64);
    level->row = next < group->count ? next : group->count;
}

/* Rows of the layer, up to the next event; false: the header has ended. */
static bool next_row(struct spk_walk *walk, enum spk_walk_event *event)
{
    for (;;) {
        struct spk_walk_level *level = &walk->levels[walk->depth];
        const struct spk_cgroup *group = spk_walk_group(level);
        if (level->row >= level->rows) {
            if (walk->depth == 0) {
                return false;
            }
            if (finish_group(walk, level, event)) {
                return true;
            }
            continue;
        }
        if (level->row >= level->until) {
            decide(walk, level, group);
        }
        const struct spk_crow *crow = &group->rows[level->row];
        if ((level->there >> level->row & 1) == 0) {
            pass_absent(level, group);
            continue;
        }
        if ((level->starts >> level->row & 1) != 0) {
            bool taken = false;
            if (spk_walk_take_stretch(walk, level, &taken)) {
                *event = SPK_EVENT_ENTER;
                return true;
            }
            if (taken) {
                continue;
            }
        }
        if (crow->plain && !crow->asks) {
            if (take_plain(walk, level, crow, event)) {
                return true;
            }
            continue;
        }
        if (crow->row->view.op != SPK_NOT_A_VIEW) {
            if (spk_walk_take_view(walk, level, crow, event)) {
                return true;
            }
            continue;
        }
        if (crow->asks && !level->repeating && !spk_walk_holds(walk->packet, level, crow->row)) {
            level->row++;
            continue;
        }
        if (crow->plain ? take_plain(walk, level, crow, event) : take_row(walk, level, crow, event)) {
            return true;
        }
    }
}

static void begin_layer(struct spk_walk *walk)
{
    const struct spk_layer *layer = &walk->packet->layers[walk->layer];
    const struct spk_cproto *proto = &walk->packet->registry->protos[layer->proto];
    walk->depth = 0;
    walk->made = 0;
    walk->second = 0;
    walk->in = NULL;
    spk_walk_level_begin(&walk->levels[0], proto->hdr, layer->at, spk_walk_header_end(walk->packet, layer), true);
    spk_walk_skip_front(walk, &walk->levels[0]);
    if ((layer->flags & SPK_LAYER_SHORT) != 0 && (proto->flags & SPK_WHOLE) != 0) {
        walk->levels[0].row = proto->hdr->count;
    }
}

static void begin_walk(struct spk_walk *walk, const struct spk_packet *packet)
{
    walk->packet = packet;
    walk->stop = (struct spk_stop){ 0 };
    walk->want = NULL;
    walk->stretches = NULL;
    walk->known = NULL;
    walk->known_row = NULL;
    walk->taken_count = 0;
    walk->taken_put = 0;
    walk->element = 0;
    walk->covered = 0;
    walk->row = NULL;
    walk->in = NULL;
    walk->index = 0;
    walk->depth = 0;
    walk->layer = 0;
}

void spk_walk_begin(struct spk_walk *walk, const struct spk_packet *packet)
{
    begin_walk(walk, packet);
    walk->last_layer = packet->count;
    walk->phase = packet->count > 0 ? PHASE_LAYER : PHASE_TAIL;
}

void spk_walk_layer(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer, const uint8_t *want)
{
    begin_walk(walk, packet);
    walk->want = want;
    walk->layer = layer;
    walk->last_layer = layer + 1;
    begin_layer(walk);
    walk->phase = PHASE_ROWS;
}

void spk_walk_stretches(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer, const uint8_t *want,
                        const struct spk_stretches *stretches, uint16_t rows, struct spk_walk_known *known)
{
    spk_walk_layer(walk, packet, layer, want);
    walk->levels[0].rows = rows;
    walk->stretches = stretches;
    walk->known = known;
    known->kept = 0;
    const struct spk_stretch_group *of = spk_walk_stretches_of(walk, spk_walk_group(&walk->levels[0]));
    if (of != NULL) {
        spk_walk_give_stretches(&walk->levels[0], of);
    }
}

void spk_walk_record(struct spk_walk *walk, const struct spk_packet *packet, uint32_t proto)
{
    begin_walk(walk, packet);
    walk->last_layer = 0;
    walk->second = 0;
    spk_walk_level_begin(&walk->levels[0], packet->registry->protos[proto].hdr, 0, 0, true);
    walk->phase = PHASE_RECORD;
}

void spk_walk_none(struct spk_walk *walk, const struct spk_packet *packet)
{
    begin_walk(walk, packet);
    walk->phase = PHASE_END;
}

/* The header's rows have ended: its uncovered bytes, then the next layer. */
static bool end_header(struct spk_walk *walk, enum spk_walk_event *event)
{
    const struct spk_layer *layer = &walk->packet->layers[walk->layer];
    uint32_t from = 0;
    uint32_t to = 0;
    bool raw = skip_to(walk, &walk->levels[0], layer->at + layer->hdr_len, &from, &to) && walk->want == NULL;
    walk->covered = (walk->levels[0].pos + 7) / 8;
    const bool more = walk->layer + 1 < walk->last_layer;
    const bool tail = walk->last_layer == walk->packet->count && walk->want == NULL;
    walk->phase = more ? PHASE_LAYER : tail ? PHASE_TAIL : PHASE_END;
    walk->layer += walk->want == NULL; /* else it is the only one, and what was taken of it is still to be put */
    if (raw) {
        *event = report_raw(walk, from, to);
    }
    return raw;
}

enum spk_walk_event spk_walk_next(struct spk_walk *walk)
{
    enum spk_walk_event event = SPK_EVENT_END;
    for (;;) {
        const struct spk_packet *packet = walk->packet;
        switch (walk->phase) {
        case PHASE_LAYER:
            walk->phase = PHASE_HEADER;
            if (walk->covered < packet->layers[walk->layer].at) {
                uint32_t from = walk->covered;
                walk->covered = packet->layers[walk->layer].at;
                return report_raw(walk, from * 8, walk->covered);
            }
            break;
        case PHASE_HEADER:
            walk->phase = PHASE_ROWS;
            begin_layer(walk);
            walk->index = 0;
            return spk_walk_report(walk, SPK_EVENT_LAYER, NULL, packet->layers[walk->layer].at * 8,
                                   packet->layers[walk->layer].hdr_len * 8);
        case PHASE_ROWS:
            if (next_row(walk, &event) || end_header(walk, &event)) {
                return event;
            }
            break;
        case PHASE_RECORD:
            if (next_row(walk, &event)) {
                return event;
            }
            walk->phase = PHASE_END;
            break;
        case PHASE_TAIL:
            walk->phase = PHASE_END;
            if (walk->covered < packet->caplen) {
                walk->layer = packet->count > 0 ? packet->count - 1u : 0;
                return report_raw(walk, walk->covered * 8, packet->caplen);
            }
            break;
        default:
            return SPK_EVENT_END;
        }
    }
}

bool spk_header_walk(const struct spk_packet *packet, unsigned layer, uint32_t *hdr_len, struct spk_stop *why)
{
    struct spk_walk walk;
    enum spk_walk_event event = SPK_EVENT_END;
    begin_walk(&walk, packet);
    walk.layer = layer;
    walk.last_layer = layer + 1;
    walk.want = packet->registry->nothing;
    begin_layer(&walk);
    while (next_row(&walk, &event)) {
    }
    *hdr_len = (walk.levels[0].pos + 7) / 8 - packet->layers[layer].at;
    *why = walk.stop;
    return walk.stop.reason == SPK_STOP_NOT;
}
