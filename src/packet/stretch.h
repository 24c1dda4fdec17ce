/*
 * stretch: rows of a group that stand at fixed places from the one where they begin, as long as the number that decides on
 * the group's rows is the same. A walk that was told what is wanted takes a stretch at once: it says which, where and how
 * many of them follow each other, and whoever reads values reads those of all of them.
 */
#ifndef PACKET_STRETCH_H
#define PACKET_STRETCH_H

#include <steelpkt/packet.h>

#include "base/buf.h"
#include "wire/hints.h"
#include "wire/row.h"

/* What a stretch is of. */
enum spk_stretch_kind {
    SPK_STRETCH_ROWS,  /* rows, one after the other */
    SPK_STRETCH_ITEMS, /* the row's own elements, which are so many bits each */
    SPK_STRETCH_CALLS  /* a view whose function makes several values, or none */
};

/* A row that is wanted. */
struct spk_stretch_value {
    const struct spk_crow *crow;
    struct spk_cplace place; /* of a number that is read plainly, from the stretch's first byte */
    uint32_t bit, width;     /* from there; width 0: a view that a function makes */
    uint8_t reading;         /* enum spk_reading */
};

/* A row with bytes, and where it begins from the stretch's first bit. */
struct spk_stretch_row {
    uint16_t row, bit;
};

struct spk_stretch {
    uint32_t bytes;
    const struct spk_stretch_value *values;
    const struct spk_stretch_row *rows;
    uint16_t value_count, row_count;
    uint16_t end; /* the group's row behind it, as far as rows may be there */
    uint8_t kind; /* enum spk_stretch_kind */
    bool plain;   /* all values are read plainly, or made of bytes of their own alone */
    bool again;   /* or made by functions of views, one each, which may be asked again of elements that are alike */
    bool decides; /* the row that decides on others is one of them */
    bool runs;    /* it is a whole element, plain, and no two values are of one field */
};

/* Those of a group. */
struct spk_stretch_group {
    const struct spk_cgroup *group;
    uint16_t *at;      /* a decision and a row each: what begins there, from 1; 0: none. NULL: nothing is wanted */
    uint64_t starts;   /* a bit a row: a stretch begins there for some decision, and is not of the row's elements */
    uint16_t *decider; /* a row: where the decider stands, in bits from a stretch's first; SPK_NO_BIT: not in it */
    struct spk_buf stretches, values, rows;
};

enum { SPK_NO_BIT = UINT16_MAX };

struct spk_stretches {
    struct spk_stretch_group *groups; /* of the registry */
    uint32_t count;
};

/* For walks that want the rows (a byte a row id). False: no memory; spk_stretches_end in any case. */
bool spk_stretches_begin(struct spk_stretches *stretches, const struct spk_registry *registry, const uint8_t *want);
void spk_stretches_end(struct spk_stretches *stretches);

/*
 * The stretch that begins with a row of the group at a byte, all of it before the end; NULL: there is none. decision: of a
 * row behind the decider, else changed to what was found.
 */
static inline const struct spk_stretch *spk_stretch_find(const struct spk_stretch_group *of, uint16_t row,
                                                         const uint8_t *data, uint32_t at, uint32_t end,
                                                         const struct spk_decision **decision)
{
    const struct spk_cgroup *group = of->group;
    const uint16_t bit = row <= group->decider ? of->decider[row] : (uint16_t)SPK_NO_BIT;
    uint32_t which = 0;
    if (bit != SPK_NO_BIT) {
        const uint16_t width = group->rows[group->decider].place.width;
        if (end < at || end - at < (bit + width + 7u) / 8) {
            return NULL;
        }
        *decision = spk_decision_of(group, spk_load_bits(data, at * 8 + bit, width));
    }
    which = row > group->decider || bit != SPK_NO_BIT ? (uint32_t)(*decision - group->decisions) : 0;
    const uint16_t index = of->at[which * group->count + row];
    if (index == 0) {
        return NULL;
    }
    const struct spk_stretch *stretch = (const struct spk_stretch *)(const void *)of->stretches.data + index - 1;
    return end >= at && end - at >= stretch->bytes ? stretch : NULL;
}

/* What changes from element to element of a value that is read plainly, of a stretch that begins at a byte. */
static inline void spk_stretch_reread(const struct spk_stretch_value *value, const uint8_t *at, struct spk_value *out)
{
    if (value->reading == SPK_READ_BYTES) {
        out->data = at + value->bit / 8;
    } else if (value->reading != SPK_READ_NOTHING) {
        const uint64_t number = spk_cplace_load(&value->place, at);
        out->u = value->reading == SPK_READ_BOOL ? number != 0 : number;
    }
}

/* The value itself. */
static inline __attribute__((always_inline)) void spk_stretch_read(const struct spk_stretch_value *value,
                                                                   const uint8_t *at, struct spk_value *out)
{
    *out = (struct spk_value){ .kind = spk_row_kind(value->crow->row) };
    if (value->reading == SPK_READ_BYTES) {
        out->len = (value->bit + value->width + 7) / 8 - value->bit / 8;
    }
    spk_stretch_reread(value, at, out);
}

#endif
