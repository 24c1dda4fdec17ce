/* walk_stretch: rows of a walk's level that are taken together (packet/stretch.h). */
#ifndef PACKET_WALK_STRETCH_H
#define PACKET_WALK_STRETCH_H

#include "packet/stretch.h"
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
    walk->taken[walk->taken_count++] = (struct spk_walk_taken){ .stretch = stretch, .at = at, .elements = elements };
    return !stretch->plain || walk->taken_count == SPK_WALK_TAKEN_MAX;
}

/* Stands on a value of the stretch from a byte on, which the row's function reads. */
static inline void spk_walk_stand_on(struct spk_walk *walk, const struct spk_stretch_value *value, uint32_t at)
{
    const uint32_t bit = value->width > 0 ? at * 8 + value->bit : walk->levels[walk->depth].start * 8;
    spk_walk_report(walk, SPK_EVENT_VALUE, value->crow, bit, value->width);
}

/* What the function of a view is told, of the level that the walk is in. */
static inline struct spk_place spk_walk_call_place(const struct spk_walk *walk, struct spk_scratch *scratch)
{
    const struct spk_walk_level *level = &walk->levels[walk->depth];
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

/*
 * Takes elements of a group that are each the same stretch and nothing else, as the first is, which ends before the end:
 * only their values have to be known of them. True: there is something wanted in them.
 */
static inline bool spk_walk_take_run(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                                     const struct spk_stretch_group *of, const struct spk_stretch *stretch,
                                     uint32_t end)
{
    const uint8_t *data = walk->packet->data;
    const uint32_t begin = level->pos / 8;
    uint32_t count = spk_walk_elements_left(level, row, end - begin, stretch->bytes);
    if (of->decider[0] != SPK_NO_BIT) {
        const uint32_t most = count;
        const uint32_t width = of->group->rows[of->group->decider].place.width;
        const uint32_t bit = begin * 8 + of->decider[0];
        const uint64_t number = spk_load_bits(data, bit, width);
        for (count = 1; count < most; count++) {
            if (spk_load_bits(data, bit + count * stretch->bytes * 8, width) != number) {
                break;
            }
        }
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
static inline bool spk_walk_pass_stretch(struct spk_walk *walk, struct spk_walk_level *level,
                                         const struct spk_stretch *stretch, const struct spk_decision *decision)
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
    if (stretch != NULL && stretch->runs && level->repeating && row->many != SPK_UNTIL) {
        return spk_walk_take_run(walk, level, row, of, stretch, have);
    }
    struct spk_walk_level *inner = &walk->levels[++walk->depth];
    spk_walk_level_begin(inner, of->group, at, end, row->size.mul != 0 && !level->repeating);
    spk_walk_give_stretches(inner, of);
    bool first = stretch != NULL && stretch->kind != SPK_STRETCH_ITEMS;
    return first && spk_walk_pass_stretch(walk, inner, stretch, decision);
}

#endif
