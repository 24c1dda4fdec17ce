/*
 * walk_alike: elements of a group that are as the one before them. Which rows an element has, and where, its own numbers
 * decide: types, lengths, counts; and names, whose bytes say how long they are. A walk by stretches notes which of them were
 * asked; elements behind it that hold the same numbers and names there have the same rows, and are taken with it at once, as
 * far as all it gave is read later.
 */
#ifndef PACKET_WALK_ALIKE_H
#define PACKET_WALK_ALIKE_H

#include "packet/walk_stretch.h"

/* A group of the element ends: notes what was asked of it. Where more than that decides on it, no other is alike. */
void spk_walk_alike_note(struct spk_walk *walk, const struct spk_walk_level *level);

/* Of so many elements of so many bytes each, how many from the first on hold the number there that the first holds. */
uint32_t spk_walk_alike_count(const struct spk_cplace *place, const uint8_t *first, uint32_t bytes, uint32_t count);

/*
 * An element of a row that repeats in the level has ended: takes those behind it that are alike. True: what functions of
 * views say of those has to be read now.
 */
bool spk_walk_alike_take(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                         const struct spk_walk_level *element);

/* What functions of views are told of rows that were taken behind others which were read (taken->shift). */
struct spk_walk_again {
    struct spk_place place;
    struct spk_walk_level level; /* as the one of the rows before them was when they were read, but so many bytes on */
    uint64_t there;              /* a bit for each of its rows that was there */
    bool moves;                  /* its region's end as well */
};

/* The first time; and the next, so many bytes further on. */
void spk_walk_again_begin(struct spk_walk_again *again, const struct spk_walk *walk, const struct spk_walk_taken *taken,
                          struct spk_scratch *scratch);
static inline void spk_walk_again_next(struct spk_walk_again *again, uint32_t bytes)
{
    for (uint64_t left = again->there; left != 0; left &= left - 1) {
        again->level.bits[__builtin_ctzll(left)] += bytes * 8;
    }
    again->level.start += bytes;
    again->level.pos += bytes * 8;
    again->place.at += bytes;
    if (again->moves) {
        again->level.end += bytes;
        again->level.repeat_end += bytes;
        again->place.end += bytes; /* elements that are taken so were captured */
    }
}

#endif
