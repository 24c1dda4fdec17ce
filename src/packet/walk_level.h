/* walk_level: a group of rows as a walk enters it: at its first row, or behind those at its front that nobody wants. */
#ifndef PACKET_WALK_LEVEL_H
#define PACKET_WALK_LEVEL_H

#include <steelpkt/packet.h>

#include "packet/walk_row.h"

static inline uint32_t spk_walk_captured(const struct spk_walk *walk, uint32_t end)
{
    return end < walk->packet->caplen ? end : walk->packet->caplen;
}

static inline bool spk_walk_wants(const struct spk_walk *walk, const struct spk_crow *crow)
{
    return walk->want == NULL || walk->want[crow->id] != 0;
}

static inline void spk_walk_level_begin(struct spk_walk_level *level, const struct spk_cgroup *group, uint32_t at,
                                        uint32_t end, bool own)
{
    level->group = group;
    level->row = 0;
    level->broken = 0;
    level->index = 0;
    level->count = 0;
    level->start = at;
    level->pos = at * 8;
    level->end = end;
    level->repeat_end = end;
    level->own = own;
    level->repeating = false;
}

/* Passes over the fixed rows at a group's front where no one wants them and all are there. */
static inline void spk_walk_skip_front(const struct spk_walk *walk, struct spk_walk_level *level)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    uint32_t end = spk_walk_captured(walk, level->end);
    if (walk->want == NULL || group->fixed_bits % 8 != 0 || end < level->start
        || end - level->start < group->fixed_bits / 8) {
        return;
    }
    for (uint16_t i = 0; i < group->lead; i++) {
        if (walk->want[group->rows[i].id] != 0) {
            return;
        }
    }
    for (uint16_t i = 0; i < group->lead; i++) {
        const struct spk_crow *crow = &group->rows[i];
        level->bits[i] = crow->plain ? level->pos + crow->bit : SPK_NOWHERE;
    }
    level->row = group->lead;
    level->pos += group->fixed_bits;
}

#endif
