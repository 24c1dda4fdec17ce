/* walk_row: what the rows of a walk's level hold, where they end, and whether they are there. */
#ifndef PACKET_WALK_ROW_H
#define PACKET_WALK_ROW_H

#include <steelpkt/packet.h>

#include "wire/row.h"

static inline const struct spk_cgroup *spk_walk_group(const struct spk_walk_level *level)
{
    return level->group;
}

/* The row that a SPAN or SCALE view shows in the end (any other: itself), and in *width how many bits of it count. */
static inline int spk_walk_shown(const struct spk_cgroup *group, int index, uint32_t *width)
{
    const struct spk_row *row = group->rows[index].row;
    const struct spk_row *shown = row;
    while (shown->view.op == SPK_VIEW_SPAN || shown->view.op == SPK_VIEW_SCALE) {
        index = shown->view.a;
        shown = group->rows[index].row;
    }
    *width = row->view.op == SPK_VIEW_SPAN && row->bits > 0 ? row->bits : shown->bits;
    return index;
}

/* Where row a ends: where the next row that has bytes begins, or where the walk stands. */
static inline uint32_t spk_walk_row_end(const struct spk_walk_level *level, int row)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    for (int next = row + 1; next < level->row; next++) {
        if (group->rows[next].row->view.op == SPK_NOT_A_VIEW && level->bits[next] != SPK_NOWHERE) {
            return level->bits[next];
        }
    }
    return level->pos;
}

static inline uint64_t spk_walk_load(const struct spk_packet *packet, const struct spk_row *row, uint32_t bit,
                                     uint32_t width)
{
    if (width == 0 || width > 64) {
        return 0;
    }
    uint64_t number = spk_load_bits(packet->data, bit, width);
    return (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(number, width) : number;
}

static inline bool spk_walk_holds(const struct spk_packet *packet, const struct spk_walk_level *level,
                                  const struct spk_row *row);

/* What a view counts as: what it shows. 0: a function makes it, or it is not there. */
uint64_t spk_walk_shown_number(const struct spk_packet *packet, const struct spk_walk_level *level, int index);

/* The number that a row of the level holds; 0 where it is not there. A SPAN or SCALE view counts as what it shows. */
static inline uint64_t spk_walk_number(const struct spk_packet *packet, const struct spk_walk_level *level, int index)
{
    const struct spk_crow *crow = &spk_walk_group(level)->rows[index];
    if (crow->plain) {
        uint32_t bit = level->bits[index];
        return bit == SPK_NOWHERE ? 0 : spk_walk_load(packet, crow->row, bit, crow->row->bits);
    }
    return spk_walk_shown_number(packet, level, index);
}

static inline bool spk_walk_is_there(const struct spk_packet *packet, const struct spk_walk_level *level, int index)
{
    const struct spk_row *row = spk_walk_group(level)->rows[index].row;
    if (row->view.op == SPK_NOT_A_VIEW) {
        return level->bits[index] != SPK_NOWHERE;
    }
    return spk_walk_holds(packet, level, row);
}

/* Whether both conditions of a row hold where the level stands. References point backwards, so this ends. */
static inline bool spk_walk_holds(const struct spk_packet *packet, const struct spk_walk_level *level,
                                  const struct spk_row *row)
{
    for (int i = 0; i < 2; i++) {
        const struct spk_when *when = &row->when[i];
        uint32_t region = level->repeating ? level->repeat_end : level->end;
        bool holds = true;
        switch (when->test) {
        case SPK_ALWAYS:
            break;
        case SPK_ROOM:
            holds = region >= level->pos / 8 && region - level->pos / 8 >= when->value;
            break;
        case SPK_ABSENT:
            holds = !spk_walk_is_there(packet, level, when->row);
            break;
        default:
            holds = spk_test_holds(when->test, spk_walk_number(packet, level, when->row), when->mask, when->value);
            break;
        }
        if (!holds) {
            return false;
        }
    }
    return true;
}

/* Wide enough for any size a row may claim: negative and overflowing ones are refused by the caller. */
static inline int64_t spk_walk_claimed(const struct spk_packet *packet, const struct spk_walk_level *level,
                                       const struct spk_ref *ref)
{
    uint64_t number = spk_walk_number(packet, level, ref->row);
    if (number > UINT32_MAX) {
        number = UINT32_MAX;
    }
    return (int64_t)number * ref->mul + ref->add;
}

#endif
