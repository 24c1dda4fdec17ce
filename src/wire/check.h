/* check: what a table can have wrong in itself. Each gives NULL, or the sentence that refuses it. */
#ifndef WIRE_CHECK_H
#define WIRE_CHECK_H

#include <steelpkt/proto.h>

/* Bits that values of a kind have, where they are addresses; else 0. */
unsigned spk_kind_bits(uint8_t kind);

/* Whether a row may begin within a byte: numbers may, of big-endian order and a width of their own. */
bool spk_is_bits(const struct spk_row *row);

/* One row, which is the index-th of its group. */
const char *spk_check_row(const struct spk_row *row, int index);

/*
 * The same row beside those before it, which were good: numbers are asked for numbers, and what must begin at a whole byte
 * can.
 */
const char *spk_check_in_group(const struct spk_group *group, int index);

/* Whether rows before it that depend on values, or repeat, may let a row begin within a byte. */
bool spk_may_begin_within(const struct spk_group *group, int index);

/* Whether a group may end at a whole byte, where what stands behind it begins; one that never does can be in no other. */
bool spk_may_end_whole(const struct spk_group *group);

/* Bytes that the rows of fixed width of a group have at most. */
enum { SPK_FIXED_MAX = 65535 };

/* A group but for its rows one by one. *who: the row or group that is refused. */
const char *spk_check_group(const struct spk_group *group, const char **who);

/* A protocol but for its rows. */
const char *spk_check_proto(const struct spk_proto *proto);

#endif
