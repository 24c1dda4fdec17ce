/* walk_stretch: rows of a walk's level that are taken together (packet/stretch.h). */
#ifndef PACKET_WALK_STRETCH_H
#define PACKET_WALK_STRETCH_H

#include "packet/stretch.h"
#include "packet/walk.h"
#include "packet/walk_view.h"

static inline const struct spk_stretch_group *spk_walk_stretches_of(const struct spk_walk *walk,
                                                                    const struct spk_cgroup *group)
{
    const struct spk_stretches *all = walk->stretches;
    return all != NULL && all->groups[group->index].at != NULL ? &all->groups[group->index] : NULL;
}

/* From now on the level's rows are taken by stretches. */
static inline void spk_walk_give_stretches(struct spk_walk_level *level, const struct spk_stretch_group *of)
{
    level->stretches = of;
    level->starts = of->starts;
}

/* Notes a stretch from a byte on, so many times. True: whoever reads values has to read it now. */
static inline bool spk_walk_report_stretch(struct spk_walk *walk, const struct spk_stretch *stretch, uint32_t at,
                                           uint32_t elements)
{
    if (stretch->value_count == 0 || elements == 0) {
        return false;
    }
    struct spk_walk_taken *taken = &walk->taken[walk->taken_count++];
    taken->stretch = stretch; /* the others are those of single rows */
    taken->at = at;
    taken->elements = elements;
    taken->step = stretch->bytes;
    if (stretch->plain) {
        return spk_walk_is_full(walk);
    }
    taken->shift = 0;
    if (walk->element != 0) {
        taken->depth = (uint16_t)walk->depth;
        walk->called = walk->depth > walk->called ? walk->depth : walk->called;
        walk->element = stretch->again && !spk_walk_is_full(walk) ? walk->element : 0;
    }
    return true;
}

/* All that was taken is read. What was taken of an element that others may be like is kept. */
static inline void spk_walk_taken_done(struct spk_walk *walk)
{
    uint32_t kept = 0;
    if (walk->element != 0) {
        kept = walk->taken_count - walk->element_taken;
        memmove(walk->taken, walk->taken + walk->element_taken, kept * sizeof walk->taken[0]);
        walk->element_taken = 0;
    }
    walk->taken_count = kept;
    walk->taken_put = kept;
}

/* How a single row that was taken is read. */
static inline struct spk_stretch_value spk_walk_single(const struct spk_walk_taken *taken)
{
    const struct spk_crow *crow = taken->crow;
    struct spk_stretch_value value = {
        .crow = crow, .bit = taken->bit, .width = taken->width, .reading = crow->reading
    };
    if (value.reading == SPK_READ_NUMBER || value.reading == SPK_READ_BOOL || crow->shows != 0) {
        value.place = spk_cplace_at(taken->bit, (uint16_t)taken->width, false, (taken->bit + taken->width + 7) / 8);
    }
    return value;
}

/* Whether a single row that was taken is made by its codec, of its bytes alone. */
static inline bool spk_walk_is_coded(const struct spk_walk_taken *taken)
{
    const struct spk_crow *crow = taken->crow;
    return taken->stretch == NULL && crow->rest;
}

/* The value that the codec makes of it, or of an element so many bytes further on. False: it makes none. */
static inline bool spk_walk_coded(const struct spk_walk *walk, const struct spk_walk_taken *taken, uint32_t further,
                                  struct spk_scratch *scratch, struct spk_value *value)
{
    const struct spk_crow *crow = taken->crow;
    const uint32_t at = taken->at + further;
    const struct spk_place place = {
        .packet = walk->packet, .layer = walk->layer, .at = at, .end = at + taken->width / 8, .scratch = scratch
    };
    *value = (struct spk_value){ .kind = crow->row->kind };
    return crow->row->codec->get(&place, value) && spk_value_suits(walk->packet, crow->row, scratch, value);
}

/* Stands on a value of the stretch from a byte on, which the row's function reads. */
static inline void spk_walk_stand_on(struct spk_walk *walk, const struct spk_stretch_value *value, uint32_t at)
{
    const uint32_t bit = value->width > 0 ? at * 8 + value->bit : walk->levels[walk->depth].start * 8;
    spk_walk_report(walk, SPK_EVENT_VALUE, value->crow, bit, value->width);
}

/* What the function of a view is told, of a level of the walk. */
static inline struct spk_place spk_walk_call_place(const struct spk_walk *walk, const struct spk_walk_level *level,
                                                   struct spk_scratch *scratch)
{
    return (struct spk_place){ .packet = walk->packet,
                               .layer = walk->layer,
                               .at = level->start,
                               .end = spk_walk_captured(walk, level->end),
                               .group = level,
                               .scratch = scratch };
}

/* How many elements of so many bytes more a row may have in the room. */
static inline uint32_t spk_walk_elements_left(const struct spk_walk_level *level, const struct spk_row *row,
                                              uint32_t room, uint32_t bytes)
{
    const uint32_t count = row->most > 0 && row->most < level->count ? row->most : level->count;
    const uint32_t left = count - level->index;
    return left < room / bytes ? left : room / bytes;
}

/* Takes so many elements from where the level stands. True: there is something wanted in them. */
static inline bool spk_walk_pass_elements(struct spk_walk *walk, struct spk_walk_level *level,
                                          const struct spk_stretch *stretch, uint32_t count)
{
    const uint32_t at = level->pos / 8;
    level->index += count;
    level->pos += count * stretch->bytes * 8;
    return spk_walk_report_stretch(walk, stretch, at, count);
}

/* Of elements of so many bytes each, how many hold a number at the place, or else do not. */
static inline uint32_t spk_walk_count_alike(const struct spk_cplace *place, const uint8_t *at, uint32_t bytes,
                                            uint32_t most, uint64_t number, bool alike)
{
    const struct spk_cplace one = *place;
    uint32_t count = 0;
    while (one.load == 1 && count < most && (spk_cplace_load_one(&one, at) == number) == alike) {
        at += bytes;
        count++;
    }
    while (one.load != 1 && count < most && (spk_cplace_load(place, at) == number) == alike) {
        at += bytes;
        count++;
    }
    return count;
}

/* Where a number of a row stands in the stretch, in bits; SPK_NO_BIT: it is none of its plain numbers. */
static inline uint32_t spk_walk_bit_in(const struct spk_stretch_group *of, const struct spk_stretch *stretch, int row)
{
    uint32_t bit = SPK_NO_BIT;
    const struct spk_row *shown = of->group->rows[row].row;
    for (uint16_t i = 0; i < stretch->row_count && shown->bits <= 64 && (shown->flags & SPK_LITTLE) == 0; i++) {
        bit = stretch->rows[i].row == row ? stretch->rows[i].bit : bit;
    }
    return bit;
}

/*
 * Takes elements of a group that are each the same stretch and nothing else, as the first is, which ends before the end:
 * only their values have to be known of them, and where a row's repetition ends, which a number at a bit says then
 * (SPK_NO_BIT: none does). True: there is something wanted in them.
 */
static inline bool spk_walk_take_run(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                                     const struct spk_stretch_group *of, const struct spk_stretch *stretch,
                                     uint32_t end, uint32_t until)
{
    const uint8_t *at = walk->packet->data + level->pos / 8;
    uint32_t count = spk_walk_elements_left(level, row, end - level->pos / 8, stretch->bytes);
    walk->element = 0; /* how many there are is decided here */
    if (of->decider[0] != SPK_NO_BIT && count > 1) {
        const uint16_t width = of->group->rows[of->group->decider].place.width;
        const struct spk_cplace place = spk_cplace_at(of->decider[0], width, false, stretch->bytes);
        count = spk_walk_count_alike(&place, at, stretch->bytes, count, spk_cplace_load(&place, at), true);
    }
    if (until != SPK_NO_BIT) {
        const uint32_t most = count;
        const uint64_t last = (uint64_t)(int64_t)row->n.add;
        const struct spk_cplace place =
            spk_cplace_at(until, of->group->rows[row->n.row].row->bits, false, stretch->bytes);
        count = spk_walk_count_alike(&place, at, stretch->bytes, most, last, false);
        level->count = count < most ? level->index + ++count : level->count;
    }
    return spk_walk_pass_elements(walk, level, stretch, count);
}

/* Takes elements of so many bytes each that are there as a whole. True: some are wanted; *taken: there were some. */
static inline bool spk_walk_take_items(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                                       uint32_t end, bool *taken)
{
    const struct spk_decision *decision = level->decision;
    const uint32_t at = level->pos / 8;
    const uint32_t have = spk_walk_captured(walk, end);
    const struct spk_stretch *stretch = NULL;
    if (level->pos % 8 == 0) {
        stretch = spk_stretch_find(level->stretches, level->row, walk->packet->data, at, have, &decision);
    }
    *taken = stretch != NULL && stretch->kind == SPK_STRETCH_ITEMS;
    if (!*taken) {
        return false;
    }
    const uint32_t count = spk_walk_elements_left(level, row, have - at, stretch->bytes);
    return spk_walk_pass_elements(walk, level, stretch, count);
}

/* Takes the rows of a stretch that begins where the level stands. True: there is something wanted in it. */
static inline __attribute__((always_inline)) bool spk_walk_pass_stretch(struct spk_walk *walk,
                                                                        struct spk_walk_level *level,
                                                                        const struct spk_stretch *stretch,
                                                                        const struct spk_decision *decision)
{
    const struct spk_stretch_group *of = level->stretches;
    const struct spk_row *row = of->group->rows[level->row].row;
    const uint32_t bit = level->pos;
    for (uint16_t i = 0; i < stretch->row_count; i++) {
        level->bits[stretch->rows[i].row] = bit + stretch->rows[i].bit;
    }
    if (stretch->decides) {
        level->decision = decision;
        level->there = decision->rows;
        level->until = of->group->count;
    }
    level->pos += stretch->bytes * 8;
    level->row = stretch->end;
    const bool calls = stretch->kind == SPK_STRETCH_CALLS;
    const int64_t count = calls ? spk_walk_claimed(walk->packet, level, &row->n) : 1;
    const uint32_t elements = count < 0 ? 0 : count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    return spk_walk_report_stretch(walk, stretch, bit / 8, elements);
}

/* The same for the stretch that is there, if one is. *taken: one was. */
static inline bool spk_walk_take_stretch(struct spk_walk *walk, struct spk_walk_level *level, bool *taken)
{
    const struct spk_decision *decision = level->decision;
    const struct spk_stretch *stretch = NULL;
    if (level->pos % 8 == 0) {
        stretch = spk_stretch_find(level->stretches, level->row, walk->packet->data, level->pos / 8,
                                   spk_walk_captured(walk, level->end), &decision);
    }
    *taken = stretch != NULL;
    return stretch != NULL && spk_walk_pass_stretch(walk, level, stretch, decision);
}

/* Begins an element of which others behind it may be like it (packet/walk_alike.h). */
static inline void spk_walk_alike_begin(struct spk_walk *walk)
{
    walk->element = walk->depth;
    walk->element_taken = walk->taken_count;
    walk->element_made = walk->made;
    walk->asked_count = 0;
    walk->called = 0;
}

/* Begins a group within an element: a level of which functions were told is no more, and they cannot be asked again. */
static inline void spk_walk_alike_enter(struct spk_walk *walk)
{
    walk->element = walk->depth > walk->called ? walk->element : 0;
}

/* Enters a nested group whose rows are taken by stretches. True: there is something wanted in the first. */
static inline bool spk_walk_enter_stretches(struct spk_walk *walk, struct spk_walk_level *level,
                                            const struct spk_crow *crow, const struct spk_stretch_group *of,
                                            uint32_t end)
{
    const struct spk_row *row = crow->row;
    const struct spk_decision *decision = NULL;
    const uint32_t at = level->pos / 8;
    const uint32_t have = spk_walk_captured(walk, end);
    const struct spk_stretch *stretch = spk_stretch_find(of, 0, walk->packet->data, at, have, &decision);
    if (stretch != NULL && stretch->runs && level->repeating) {
        const bool counted = row->many != SPK_UNTIL;
        const uint32_t until = counted ? SPK_NO_BIT : spk_walk_bit_in(of, stretch, row->n.row);
        if (counted || until != SPK_NO_BIT) {
            return spk_walk_take_run(walk, level, row, of, stretch, have, until);
        }
    }
    struct spk_walk_level *inner = &walk->levels[++walk->depth];
    spk_walk_level_begin(inner, of->group, at, end, row->size.mul != 0 && !level->repeating);
    spk_walk_give_stretches(inner, of);
    if (level->repeating && !of->group->reads) {
        spk_walk_alike_begin(walk);
    } else {
        spk_walk_alike_enter(walk);
    }
    bool first = stretch != NULL && stretch->kind != SPK_STRETCH_ITEMS;
    return first && spk_walk_pass_stretch(walk, inner, stretch, decision);
}

#endif
