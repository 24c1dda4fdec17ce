/* walk: what the rooms of the library need of a walk beyond its public face. */
#ifndef PACKET_WALK_H
#define PACKET_WALK_H

#include <steelpkt/packet.h>

#include "base/bytes.h"
#include "wire/registry.h"
#include "wire/row.h"

/* A layer so short cannot make too much of itself: a value of two bytes becomes 255 at most, and stands in six. */
enum { SPK_LONG_LAYER = 6 * (SPK_MADE_MAX / 255) };

/*
 * Walks one layer only, and reports only values of rows whose byte in want (indexed by row id) is set; NULL: all values.
 * No gaps, no groups.
 */
void spk_walk_layer(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer, const uint8_t *want);

/* The same over the views of a SPK_RECORD protocol (frame.*), which stand on no layer. */
void spk_walk_record(struct spk_walk *walk, const struct spk_packet *packet, uint32_t proto);

struct spk_stretches;
struct spk_walk_known;

/*
 * spk_walk_layer of so many rows of the header, by the stretches made for want: with each event come walk->taken, the
 * stretches that were there before it, and whoever reads them says so (spk_walk_taken_done). SPK_EVENT_ENTER says nothing
 * else. Behind them come the elements that known, room that only the walk changes, then holds; whoever reads those sets
 * their number to 0. Values beside them come as above.
 */
void spk_walk_stretches(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer, const uint8_t *want,
                        const struct spk_stretches *stretches, uint16_t rows, struct spk_walk_known *known);

/*
 * The same of a header that is whole, where those rows are one stretch: it is taken, and the walk has nothing more to say.
 * False: they have to be walked.
 */
bool spk_walk_header(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer,
                     const struct spk_stretches *stretches, uint16_t rows);

/*
 * Whether what a function of a row said can be used: of the row's kind, its bytes in the packet or in the scratch (which may
 * be NULL). Whoever wrote the function promised it; what breaks the promise is treated as malformed.
 */
bool spk_value_holds(const struct spk_packet *packet, const struct spk_row *row, const struct spk_scratch *scratch,
                     const struct spk_value *value);

/* What the function of a view of one row alone is told: where that row is. */
static inline struct spk_place spk_walk_alone_place(const struct spk_walk *walk, uint32_t at,
                                                    struct spk_scratch *scratch)
{
    const uint32_t end = walk->packet->layers[walk->layer].end;
    return (struct spk_place){ .packet = walk->packet,
                               .layer = walk->layer,
                               .at = at,
                               .end = end < walk->packet->caplen ? end : walk->packet->caplen,
                               .scratch = scratch };
}

/*
 * What a row's rule makes of so many bytes at a place, of which it is asked and of nothing else (pointed_at of spk_codec,
 * alone of spk_view). False: there is no value.
 */
bool spk_walk_alike_value(const struct spk_walk *walk, const struct spk_row *row, uint32_t at, uint32_t len,
                          struct spk_scratch *scratch, struct spk_value *value);

/* The same of a number without a call. */
static inline bool spk_value_suits(const struct spk_packet *packet, const struct spk_row *row,
                                   const struct spk_scratch *scratch, const struct spk_value *value)
{
    bool number = value->kind == row->kind && row->kind <= SPK_IP4;
    return number || spk_value_holds(packet, row, scratch, value);
}

/*
 * The value of the row that the walk stands on, where it is nothing but its bits or bytes in the packet. False:
 * spk_walk_value has to be asked.
 */
static inline bool spk_walk_plain(const struct spk_walk *walk, struct spk_value *value)
{
    if (walk->reading == SPK_READ_BY_ROW) {
        return false;
    }
    const uint8_t *data = walk->packet->data;
    *value = (struct spk_value){ .kind = spk_row_kind(walk->row) };
    if (walk->reading == SPK_READ_BYTES) {
        value->data = data + walk->at;
        value->len = walk->len;
        return true;
    }
    if (walk->reading == SPK_READ_NOTHING) {
        return true;
    }
    if (walk->width - 1 >= 64) {
        return false;
    }
    uint64_t number = spk_load_bits(data, walk->bit, walk->width);
    value->u = walk->reading == SPK_READ_BOOL ? number != 0 : number;
    return true;
}

/* A walk that has ended. */
void spk_walk_none(struct spk_walk *walk, const struct spk_packet *packet);

/*
 * Finds where the header of the last placed layer ends. False: malformed or cut, *why says how; *hdr_len is then as far as
 * the rows reached.
 */
bool spk_header_measure(const struct spk_packet *packet, unsigned layer, uint32_t *hdr_len, struct spk_stop *why);

/* The same by walking the rows: what spk_header_measure has to agree with. */
bool spk_header_walk(const struct spk_packet *packet, unsigned layer, uint32_t *hdr_len, struct spk_stop *why);

#endif
