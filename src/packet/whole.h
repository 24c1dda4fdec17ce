/*
 * whole: a path from the root to a header behind which nothing wanted follows, as one test. What each of its headers must
 * hold is put together into as few comparisons of eight bytes as cover it; only lengths are looked at one by one. Where the
 * last header's key is one byte, it says at once whether anybody follows who is wanted, and by which test he is told.
 */
#ifndef PACKET_WHOLE_H
#define PACKET_WHOLE_H

#include "packet/onward.h"
#include "packet/reach.h"

enum { SPK_WHOLE_WINDOWS = 6, SPK_WHOLE_LENS = 4, SPK_WHOLE_AVOIDS = 2 };

/* Where something ends, as a number in the packet says: number * mul + base, a byte of the packet, for those in a range. */
struct spk_whole_len {
    struct spk_four number; /* its byte is one of the packet's */
    uint32_t mul, base;
    uint32_t low, span;
};

struct spk_whole {
    struct {
        uint64_t mask, value; /* as the bytes stand in memory */
        uint16_t at;
    } windows[SPK_WHOLE_WINDOWS];
    struct spk_whole_len lens[SPK_WHOLE_LENS];
    struct spk_whole_len header; /* where the last header ends; any number counts */
    uint32_t need;               /* bytes that must be there */
    const struct spk_node *last;
    const struct spk_stencil *stencil;
    uint32_t avoids[SPK_WHOLE_AVOIDS]; /* values of the last header's keys behind which somebody wanted follows */
    uint8_t window_count, len_count, avoid_count;
    bool branches;
    uint8_t ways[256]; /* with branches: a value of the key each, as spk_whole_way has it */
};

/* Where a packet that fits goes on; else at the index of another whole among its set's, which is for what is left. */
enum { SPK_WHOLE_ENDS = 0, SPK_WHOLE_WALKS = UINT8_MAX };

/*
 * nodes: the path, count headers from the root on, the first of which another whole has tested, up to the last one's key.
 * False: its end cannot be told by one test.
 */
bool spk_whole_make(struct spk_whole *whole, const struct spk_reach *reach, const struct spk_node *const *nodes,
                    uint32_t count, uint32_t tested);

/* A node that follows the last header goes on at the index of a whole. */
void spk_whole_branch(struct spk_whole *whole, const struct spk_node *child, uint8_t index);

static inline uint32_t spk_whole_end(const struct spk_whole_len *len, uint32_t number)
{
    return number * len->mul + len->base;
}

/*
 * Whether a packet has those headers; *end is that of the payload they lie in, and then of the last one's: with
 * spk_whole_way it is that of a walk down the path.
 */
static inline bool spk_whole_fits(const struct spk_whole *whole, const uint8_t *data, uint32_t caplen, uint32_t *end)
{
    uint32_t need = whole->need;
    if (caplen < need) {
        return false;
    }
    for (uint8_t i = 0; i < whole->window_count; i++) {
        if (((spk_path_load(data, whole->windows[i].at) ^ whole->windows[i].value) & whole->windows[i].mask) != 0) {
            return false;
        }
    }
    /* a length that ends its header before that is over leaves less than what must be there of the last one */
    for (uint8_t i = 0; i < whole->len_count; i++) {
        const struct spk_whole_len *len = &whole->lens[i];
        uint32_t number = spk_four_load(&len->number, data);
        uint32_t told = spk_whole_end(len, number);
        *end = number - len->low <= len->span && told < *end ? told : *end;
    }
    uint32_t there = *end < caplen ? *end : caplen;
    uint32_t header_end = spk_whole_end(&whole->header, spk_four_load(&whole->header.number, data));
    return there >= need && header_end - need <= there - need;
}

static inline uint8_t spk_whole_way(const struct spk_whole *whole, const uint8_t *data)
{
    const struct spk_step *step = whole->last->step;
    const uint8_t *header = data + whole->last->layer.at;
    if (whole->branches) {
        return whole->ways[spk_four_load(&step->key, header)];
    }
    for (uint8_t i = 0; i < whole->avoid_count; i++) {
        if (spk_four_load(&step->key, header) == whole->avoids[i]
            || spk_four_load(&step->other, header) == whole->avoids[i]) {
            return SPK_WHOLE_WALKS;
        }
    }
    return SPK_WHOLE_ENDS;
}

#endif
