/* walk_level: a group of rows as a walk enters it: at its first row, or behind those at its front that nobody wants. */
#ifndef PACKET_WALK_LEVEL_H
#define PACKET_WALK_LEVEL_H

#include <steelpkt/packet.h>

#include "packet/walk_row.h"

#include <string.h>

static inline uint32_t spk_walk_captured(const struct spk_walk *walk, uint32_t end)
{
    return end < walk->packet->caplen ? end : walk->packet->caplen;
}

static inline bool spk_walk_wants(const struct spk_walk *walk, const struct spk_crow *crow)
{
    return walk->want == NULL || walk->want[crow->id] != 0;
}

/* Where rows of a layer's header may reach: as far as the header where its length is known, else as the payload. */
static inline uint32_t spk_walk_header_end(const struct spk_packet *packet, const struct spk_layer *layer)
{
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    if (proto->extent != SPK_EXTENT_REF) {
        return layer->end;
    }
    uint32_t end = layer->at + layer->hdr_len;
    if ((layer->flags & SPK_LAYER_SHORT) != 0 && layer->hdr_len >= proto->min) {
        /* cut: the regions that its rows open are those of the whole header */
        uint64_t number = spk_cplace_load(&proto->hlen.place, packet->data + layer->at);
        int64_t whole = layer->at + spk_cref_bytes(&proto->hlen, number);
        end = whole > end && whole <= layer->end ? (uint32_t)whole : end;
    }
    return end;
}

static inline void spk_walk_level_begin(struct spk_walk_level *level, const struct spk_cgroup *group, uint32_t at,
                                        uint32_t end, bool own)
{
    memset(level->bits, 0xff, group->count * sizeof level->bits[0]); /* SPK_NOWHERE, until a row is there */
    level->group = group;
    level->stretches = NULL;
    level->starts = 0;
    level->row = 0;
    level->rows = group->count;
    level->until = group->decider < group->count ? (uint16_t)(group->decider + 1) : group->count;
    level->there = UINT64_MAX;
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

/* Whether a row of the group's lead is wanted; their ids are consecutive, as no group stands among them. */
static inline bool spk_walk_wants_lead(const struct spk_walk *walk, const struct spk_cgroup *group)
{
    const uint8_t *want = group->lead > 0 ? walk->want + group->rows[0].id : walk->want;
    uint32_t i = 0;
    uint64_t any = 0;
    for (; i + sizeof any <= group->lead && any == 0; i += sizeof any) {
        memcpy(&any, want + i, sizeof any);
    }
    for (; i < group->lead && any == 0; i++) {
        any = want[i];
    }
    return any != 0;
}

/* Passes over the fixed rows at a group's front where no one wants them and all are there. */
static inline void spk_walk_skip_front(const struct spk_walk *walk, struct spk_walk_level *level)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    uint32_t end = spk_walk_captured(walk, level->end);
    if (walk->want == NULL || group->fixed_bits % 8 != 0 || end < level->start
        || end - level->start < group->fixed_bits / 8 || spk_walk_wants_lead(walk, group)) {
        return;
    }
    const uint32_t pos = level->pos;
    for (uint16_t i = 0; i < group->lead; i++) {
        uint32_t bit = group->leads[i];
        level->bits[i] = bit == SPK_NOWHERE ? SPK_NOWHERE : pos + bit;
    }
    level->row = group->lead;
    level->pos += group->fixed_bits;
}

#endif
