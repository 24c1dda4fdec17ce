/* walk_view: the views of a walk's level, which have no bytes of their own. True: an event was made. */
#ifndef PACKET_WALK_VIEW_H
#define PACKET_WALK_VIEW_H

#include <steelpkt/packet.h>

#include "packet/walk_level.h"
#include "packet/walk_row.h"

/* Whether what was taken together has to be read now. An element of which it is a part has no others like it then. */
static inline bool spk_walk_is_full(struct spk_walk *walk)
{
    if (walk->taken_count < SPK_WALK_TAKEN_MAX) {
        return false;
    }
    walk->element = 0;
    return true;
}

/* What the walk stands on from now on. */
static inline enum spk_walk_event spk_walk_report(struct spk_walk *walk, enum spk_walk_event event,
                                                  const struct spk_crow *crow, uint32_t bit, uint32_t width)
{
    walk->row = crow != NULL ? crow->row : NULL;
    walk->field = crow != NULL ? crow->field : SPK_NOWHERE;
    walk->reading = crow != NULL ? crow->reading : SPK_READ_BY_ROW;
    walk->bit = bit;
    walk->width = width;
    walk->at = bit / 8;
    walk->len = (bit + width + 7) / 8 - bit / 8;
    return event;
}

/* Notes a value of so many bits for whoever reads it later, if it can be read then. True: an event was made. */
bool spk_walk_give_later(struct spk_walk *walk, const struct spk_crow *crow, uint32_t bit, uint32_t width,
                         enum spk_walk_event *event);

/* A value of so many bits. True: an event was made; else it is read later, with the rows that are taken together. */
static inline bool spk_walk_give(struct spk_walk *walk, const struct spk_crow *crow, uint32_t bit, uint32_t width,
                                 enum spk_walk_event *event)
{
    const bool later = crow->reading != SPK_READ_BY_ROW || crow->rest || (crow->alike && width > 0);
    if (later && walk->stretches != NULL) {
        return spk_walk_give_later(walk, crow, bit, width, event);
    }
    walk->element = 0;
    *event = spk_walk_report(walk, SPK_EVENT_VALUE, crow, bit, width);
    return true;
}

/* A view that shows a place. */
static inline bool spk_walk_show_place(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                                       int shown, enum spk_walk_event *event)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    const struct spk_row *row = crow->row;
    int from = shown;
    uint32_t narrow = row->view.op == SPK_VIEW_EITHER ? 0 : row->bits;
    while (group->rows[from].row->view.op == SPK_VIEW_SPAN) {
        narrow = narrow > 0 ? narrow : group->rows[from].row->bits;
        if (!spk_walk_holds(walk->packet, level, group->rows[from].row)) {
            return false;
        }
        from = group->rows[from].row->view.a;
    }
    /* a SPAN before its row: compile has made sure that the place is fixed */
    bool later = from > level->row;
    uint32_t bit = later ? level->start * 8 + group->rows[from].bit : level->bits[from];
    if (bit == SPK_NOWHERE) {
        return false;
    }
    bool part = later || (row->view.op != SPK_VIEW_SCALE && narrow > 0);
    uint32_t width = part ? narrow : spk_walk_row_end(level, from) - bit;
    if (bit + width > spk_walk_captured(walk, level->end) * 8) {
        return false;
    }
    walk->index = level->index;
    return spk_walk_give(walk, crow, bit, width, event);
}

/* A view of so many bits from where a row begins: what spk_walk_show_place does, for most views there are. */
static inline bool spk_walk_show_bits(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                                      enum spk_walk_event *event)
{
    int shown = crow->row->view.a;
    uint32_t bit = shown > level->row ? level->start * 8 + crow->bit : level->bits[shown];
    level->row++;
    if (bit == SPK_NOWHERE || bit + crow->shows > spk_walk_captured(walk, level->end) * 8) {
        return false;
    }
    walk->index = level->index;
    return spk_walk_give(walk, crow, bit, crow->shows, event);
}

/* A value that a function makes of one row alone, where that is there. The view itself has no bytes. */
static inline bool spk_walk_take_alone(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                                       enum spk_walk_event *event)
{
    const int shown = crow->row->view.a;
    const uint32_t bit = level->bits[shown];
    level->row++;
    walk->index = 0;
    if (bit == SPK_NOWHERE) {
        return false;
    }
    const uint32_t width = walk->stretches != NULL ? spk_walk_row_end(level, shown) - bit : 0;
    return spk_walk_give(walk, crow, bit, width, event);
}

/* A value that a function makes, or several. */
static inline bool spk_walk_take_call(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                                      enum spk_walk_event *event)
{
    const struct spk_row *row = crow->row;
    if (level->index == 0) {
        int64_t count = row->many == SPK_COUNT ? spk_walk_claimed(walk->packet, level, &row->n) : 1;
        level->count = count < 0 ? 0 : count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    }
    walk->index = level->index;
    bool there = level->index < level->count;
    if (++level->index >= level->count) {
        level->index = 0;
        level->row++;
    }
    walk->element = 0;
    *event = spk_walk_report(walk, SPK_EVENT_VALUE, crow, level->start * 8, 0);
    return there;
}

static inline bool spk_walk_take_view(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow,
                                      enum spk_walk_event *event)
{
    const struct spk_row *row = crow->row;
    if (!spk_walk_wants(walk, crow) || (crow->asks && !spk_walk_holds(walk->packet, level, row))) {
        level->row++;
        return false;
    }
    if (row->view.alone) {
        return spk_walk_take_alone(walk, level, crow, event);
    }
    if (crow->shows != 0) {
        return spk_walk_show_bits(walk, level, crow, event);
    }
    if (row->view.op == SPK_VIEW_EITHER) {
        int shown = walk->second == 0 ? row->view.a : row->view.b;
        walk->second = walk->second == 0;
        bool made = spk_walk_show_place(walk, level, crow, shown, event);
        level->row = (uint16_t)(level->row + (walk->second == 0));
        return made;
    }
    if (row->view.op == SPK_VIEW_CALL) {
        return spk_walk_take_call(walk, level, crow, event);
    }
    bool made = spk_walk_show_place(walk, level, crow, row->view.a, event);
    level->row++;
    return made;
}

#endif
