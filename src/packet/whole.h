/*
 * whole: a path from the root to a header behind which nothing wanted follows, as one test. What each of its headers must
 * hold is put together into as few comparisons of eight bytes as cover it; only lengths are looked at one by one.
 */
#ifndef PACKET_WHOLE_H
#define PACKET_WHOLE_H

#include "packet/onward.h"
#include "packet/reach.h"

enum { SPK_WHOLE_WINDOWS = 6, SPK_WHOLE_LENS = 4, SPK_WHOLE_AVOIDS = 2 };

/* A header that says how long it and its payload are. */
struct spk_whole_len {
    const struct spk_step *step;
    uint32_t at, hdr_len;
};

struct spk_whole {
    struct {
        uint64_t mask, value; /* as the bytes stand in memory */
        uint16_t at;
    } windows[SPK_WHOLE_WINDOWS];
    struct spk_whole_len lens[SPK_WHOLE_LENS];
    const struct spk_node *last;
    const struct spk_stencil *stencil;
    uint32_t avoids[SPK_WHOLE_AVOIDS]; /* values of the last header's keys behind which somebody wanted follows */
    uint8_t window_count, len_count, avoid_count;
};

/* nodes: the path, count headers from the root on. False: its end cannot be told by one test. */
bool spk_whole_make(struct spk_whole *whole, const struct spk_reach *reach, const struct spk_node *const *nodes,
                    uint32_t count);

/* Whether a packet is of that kind, that is, whether the walk down the path would end behind its last header. */
static inline bool spk_whole_fits(const struct spk_whole *whole, const uint8_t *data, uint32_t caplen, uint32_t end)
{
    const struct spk_node *last = whole->last;
    if (caplen < last->need) {
        return false;
    }
    for (uint8_t i = 0; i < whole->window_count; i++) {
        if (((spk_path_load(data, whole->windows[i].at) ^ whole->windows[i].value) & whole->windows[i].mask) != 0) {
            return false;
        }
    }
    for (uint8_t i = 0; i < whole->len_count; i++) {
        uint32_t at = whole->lens[i].at;
        if (end < at + whole->lens[i].hdr_len
            || !spk_step_len(whole->lens[i].step, data + at, whole->lens[i].hdr_len, at, &end)) {
            return false;
        }
    }
    uint32_t there = end < caplen ? end : caplen;
    if (there < last->need) {
        return false;
    }
    const struct spk_step *step = last->step;
    const uint8_t *header = data + last->layer.at;
    if ((last->flags & SPK_PATH_HLEN) != 0
        && spk_four_load(&step->hlen, header) * step->hlen_mul + step->hlen_add - step->min > there - last->need) {
        return false;
    }
    for (uint8_t i = 0; i < whole->avoid_count; i++) {
        if (spk_four_load(&step->key, header) == whole->avoids[i]
            || spk_four_load(&step->other, header) == whole->avoids[i]) {
            return false;
        }
    }
    return true;
}

#endif
