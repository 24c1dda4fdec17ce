/*
 * walk_known: the kinds of elements that a repeating row was found to have. Elements that are not as the one before them
 * (packet/walk_alike.h) are often as one further back: options of two types by turns. What decided on such an element, and
 * the values that were taken of it, are kept for as long as the row repeats; elements that hold the same numbers are passed
 * over by them, and whoever reads values reads those of all of them field by field.
 */
#ifndef PACKET_WALK_KNOWN_H
#define PACKET_WALK_KNOWN_H

#include "packet/walk_stretch.h"

enum { SPK_KINDS_MAX = 64, SPK_KIND_VALUES_MAX = 12, SPK_KNOWN_FIELDS_MAX = 40, SPK_KNOWN_MAX = 64 };
enum { SPK_KEPT_MAX = 2 * SPK_KINDS_MAX }; /* with so many more kinds than elements of them it is in vain */

/* What elements that hold the same numbers have in common; places are from an element's first byte. */
struct spk_walk_kind {
    struct spk_cplace asked[SPK_WALK_ASKED_MAX];
    uint64_t from[SPK_WALK_ASKED_MAX];
    uint32_t span[SPK_WALK_ASKED_MAX]; /* numbers up to so much more are as good */
    uint32_t asked_count, value_count;
    uint32_t bytes;
    uint32_t followers[2]; /* kinds that came behind it: the last, and another one before */
    struct spk_stretch_value values[SPK_KIND_VALUES_MAX]; /* all are read plainly */
    uint32_t at[SPK_KIND_VALUES_MAX];                     /* where the rows of each begin */
};

/* A field, and which value of each kind is of it, from 1; 0: none. */
struct spk_known_field {
    uint32_t field;
    uint64_t kinds; /* a bit for each that has one */
    uint8_t values[SPK_KINDS_MAX];
};

struct spk_walk_known {
    uint32_t first;            /* bit where the row that repeats began */
    uint32_t kind_count, next; /* the one that the next one takes the place of */
    uint32_t field_count;
    uint32_t last; /* the kind of the element before */
    uint32_t kept; /* so many more kinds were kept than elements of them passed over */
    struct spk_walk_kind kinds[SPK_KINDS_MAX];
    struct spk_known_field fields[SPK_KNOWN_FIELDS_MAX];
    uint32_t count; /* of the elements that were passed over and are to be read */
    uint64_t met;   /* a bit for each of their kinds */
    struct {
        uint32_t at;
        uint8_t kind;
    } elements[SPK_KNOWN_MAX];
};

/* Keeps the kind of an element of so many bytes that has ended, if all its values are read plainly. */
void spk_walk_known_keep(struct spk_walk *walk, const struct spk_walk_level *level, uint32_t start, uint32_t bytes);

/* Passes over elements of known kinds where the level stands. True: there are some. */
bool spk_walk_known_pass(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow);

/* Whether kinds are known of a row that repeats in the level. */
static inline bool spk_walk_knows(const struct spk_walk *walk, const struct spk_walk_level *level,
                                  const struct spk_crow *crow)
{
    const struct spk_walk_known *known = walk->known;
    return walk->known_row == crow && known->first == level->bits[level->row];
}

#endif
