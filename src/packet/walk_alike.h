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

/* An element of a row that repeats in the level has ended: takes those behind it that are alike. */
void spk_walk_alike_take(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                         const struct spk_walk_level *element);

#endif
