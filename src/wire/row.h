/* row: reading what a compiled row, reference or condition means, straight from a header's bytes. */
#ifndef WIRE_ROW_H
#define WIRE_ROW_H

#include "base/bytes.h"
#include "wire/registry.h"

/* Of what kind a row's value is: of a group that nothing takes apart, bytes. */
static inline uint8_t spk_row_kind(const struct spk_row *row)
{
    return row->kind < SPK_GROUP ? row->kind : (uint8_t)SPK_BYTES;
}

/* Bytes at value->data, of a kind that has some. */
static inline uint32_t spk_value_len(const struct spk_value *value)
{
    return value->kind == SPK_IP6 ? 16 : value->kind == SPK_MAC ? 6 : value->len;
}

/* A place that is loaded as one byte, or as four. */
static inline uint32_t spk_cplace_load_one(const struct spk_cplace *place, const uint8_t *header)
{
    return (uint32_t)header[place->byte] >> place->shift & place->mask;
}

static inline uint32_t spk_cplace_load_four(const struct spk_cplace *place, const uint8_t *header)
{
    return spk_load32(header + place->byte) >> place->shift & place->mask;
}

/* header points at the group's first byte; the place lies within the bytes that are there. */
static inline uint64_t spk_cplace_load(const struct spk_cplace *place, const uint8_t *header)
{
    const uint8_t *at = header + place->byte;
    if (place->load == 4) {
        return spk_cplace_load_four(place, header);
    }
    if (place->load == 1) {
        return spk_cplace_load_one(place, header);
    }
    if (place->load == 2) {
        return (uint32_t)spk_load16(at) >> place->shift & place->mask;
    }
    uint64_t number = spk_load_bits(header, place->bit, place->width);
    return place->little ? spk_swap_bytes(number, place->width) : number;
}

/* The reverse, for a place that is loaded as four bytes: number has no more bits than the place, other bits stay. */
static inline void spk_cplace_store_four(const struct spk_cplace *place, uint8_t *header, uint32_t number)
{
    uint32_t bits = spk_native32(number << place->shift);
    uint8_t *at = header + place->byte;
    uint32_t four;
    memcpy(&four, at, sizeof four);
    four = (four & place->others) | bits;
    memcpy(at, &four, sizeof four);
}

/* The same for any place: its bits become the low bits of number. */
static inline void spk_cplace_store(const struct spk_cplace *place, uint8_t *header, uint64_t number)
{
    if (place->load == 4) {
        spk_cplace_store_four(place, header, (uint32_t)number & place->mask);
        return;
    }
    spk_store_bits(header, place->bit, place->width, place->little ? spk_swap_bytes(number, place->width) : number);
}

static inline bool spk_test_holds(uint8_t test, uint64_t number, uint32_t mask, uint32_t value)
{
    uint64_t masked = mask != 0 ? number & mask : number;
    switch (test) {
    case SPK_EQ:
        return masked == value;
    case SPK_NE:
        return masked != value;
    case SPK_GE:
        return masked >= value;
    case SPK_LE:
        return masked <= value;
    default:
        return true;
    }
}

/*
 * Conditions on room, or on the row that holds the row's own length, cannot be known before the end of a header that is
 * built: what is set is there.
 */
static inline bool spk_when_waits(const struct spk_row *row, const struct spk_when *when)
{
    return when->test == SPK_ROOM || (when->test != SPK_ALWAYS && row->size.mul != 0 && when->row == row->size.row);
}

static inline bool spk_row_waits(const struct spk_row *row)
{
    return spk_when_waits(row, &row->when[0]) || spk_when_waits(row, &row->when[1]);
}

/* What a length's row says, in bytes. No packet is as long as the numbers of wide rows: those are all one. */
static inline int64_t spk_cref_bytes(const struct spk_cref *ref, uint64_t number)
{
    return (int64_t)(number < UINT32_MAX ? number : UINT32_MAX) * ref->mul + ref->add;
}

/* room: bytes from the header's end on (or in the region), for SPK_ROOM. */
static inline bool spk_cwhen_holds(const struct spk_cwhen *when, const uint8_t *header, uint32_t room)
{
    uint64_t number = room;
    if (when->test == SPK_ALWAYS) {
        return true;
    }
    if (when->test != SPK_ROOM) {
        number = spk_cplace_load(&when->place, header) & when->mask;
    }
    return (number - when->low <= when->span) != when->outside;
}

#endif
