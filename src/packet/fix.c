/*
 * fix: lengths and checksums, computed from what the rows name and written into the packet's own bytes. Only ever on
 * request; what was wrong on purpose stays wrong otherwise.
 */
#include <steelpkt/packet.h>

#include "base/csum.h"
#include "base/error.h"
#include "base/memory.h"
#include "packet/checksum.h"
#include "packet/fix.h"
#include "packet/layer.h"
#include "packet/walk.h"

static uint32_t captured_end(const struct spk_packet *packet, const struct spk_layer *layer)
{
    return layer->end < packet->caplen ? layer->end : packet->caplen;
}

/* A length: its number, and the place of a header where that goes. */
struct length {
    const struct spk_cplace *place; /* NULL: there is nothing to write */
    uint64_t number;
};

/* What ref gives len back from; a length that its row cannot hold is left at what fits (as the wire would). */
static inline struct length length_of(const struct spk_cref *ref, uint32_t len)
{
    if (ref->mul == 0 || (int64_t)len < ref->add) {
        return (struct length){ .place = NULL };
    }
    uint64_t number = (uint64_t)((int64_t)len - ref->add);
    number = ref->shift != SPK_NO_SHIFT ? number >> ref->shift : number / (uint64_t)ref->mul;
    bool too_long = ref->place.width < 64 && number >> ref->place.width != 0;
    return (struct length){ &ref->place, too_long && ref->zero_is_rest ? 0 : number };
}

static inline struct length header_length(const struct spk_packet *packet, const struct spk_layer *layer)
{
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    bool said = proto->extent == SPK_EXTENT_REF;
    return said ? length_of(&proto->hlen, layer->hdr_len) : (struct length){ .place = NULL };
}

static inline struct length whole_length(const struct spk_packet *packet, const struct spk_layer *layer)
{
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    bool there = proto->len.place.bit + proto->len.place.width <= layer->hdr_len * 8;
    bool said = proto->sets_len && there && spk_cwhen_holds(&proto->len_when, packet->data + layer->at, 0);
    return said ? length_of(&proto->len, captured_end(packet, layer) - layer->at) : (struct length){ .place = NULL };
}

static inline void write_length(struct length length, uint8_t *header)
{
    if (length.place != NULL) {
        spk_cplace_store(length.place, header, length.number);
    }
}

static bool zero_is_none(const struct spk_packet *packet, const struct spk_layer *layer)
{
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    return (proto->hdr->rows[proto->proto->csum].row->flags & SPK_ZERO_IS_NONE) != 0;
}

static void write_whole(uint8_t *place, const uint8_t *from, uint32_t len, uint64_t pseudo, bool not_zero)
{
    spk_store16(place, 0);
    uint16_t csum = spk_csum_native(spk_csum_add(pseudo, from, len));
    csum = csum == 0 && not_zero ? UINT16_MAX : csum;
    memcpy(place, &csum, sizeof csum);
}

static void write_checksum(const struct spk_packet *packet, const struct spk_layer *layer,
                           const struct spk_covered *covered, uint8_t *data)
{
    uint8_t *place = data + covered->csum, *from = data + layer->at;
    uint64_t pseudo = spk_pseudo_sum(covered);
    uint16_t csum = spk_checksum_of(place, from, covered->len, pseudo);
    memcpy(place, &csum, sizeof csum);
    if (csum == 0) {
        write_whole(place, from, covered->len, pseudo, zero_is_none(packet, layer));
    }
}

/* A header that was cut short may be whole where its layer ends, if it is measured row by row, from its least bytes on. */
static void measure_again(struct spk_packet *packet, unsigned index)
{
    const struct spk_cproto *proto = spk_layer_cproto(packet, index);
    struct spk_layer *layer = &packet->layers[index];
    struct spk_stop why;
    uint32_t len = 0;
    if ((layer->flags & SPK_LAYER_SHORT) != 0 && proto->walk && layer->end - layer->at >= proto->min
        && spk_header_measure(packet, index, &len, &why)) {
        layer->hdr_len = len;
        layer->flags &= (uint8_t)~SPK_LAYER_SHORT;
    }
}

/*
 * Where a capture cut the packet short and lengths are asked for, they say what was captured, and the layers they bound end
 * there: so do the checksums. Gives the packet as its lengths will have it.
 */
static const struct spk_packet *as_lengths_will_say(const struct spk_packet *packet, unsigned flags,
                                                    struct spk_packet *room)
{
    if ((flags & SPK_FIX_LENGTHS) == 0 || packet->caplen >= packet->len) {
        return packet;
    }
    bool bounded = false;
    *room = *packet;
    for (unsigned i = 0; i < packet->count; i++) {
        struct spk_layer *layer = &room->layers[i];
        if (bounded) {
            layer->end = captured_end(packet, layer);
            measure_again(room, i);
        } else if (!spk_layer_is_bare(layer) && whole_length(packet, layer).place != NULL) {
            layer->end = captured_end(packet, layer);
            bounded = true;
        }
    }
    return room;
}

void spk_packet_fix(const struct spk_packet *packet, uint8_t *data, unsigned flags)
{
    struct spk_packet room;
    packet = as_lengths_will_say(packet, flags, &room);
    /* all lengths first: by what stands in a header its checksum, or that of a layer inside, may cover other addresses */
    for (unsigned i = 0; i < packet->count && (flags & SPK_FIX_LENGTHS) != 0; i++) {
        const struct spk_layer *layer = &packet->layers[i];
        if (!spk_layer_is_bare(layer)) {
            write_length(header_length(packet, layer), data + layer->at);
            write_length(whole_length(packet, layer), data + layer->at);
        }
    }
    for (unsigned i = packet->count; i-- > 0 && (flags & SPK_FIX_CHECKSUMS) != 0;) {
        const struct spk_layer *layer = &packet->layers[i];
        struct spk_covered covered;
        if (!spk_layer_is_bare(layer) && spk_checksum_covers(packet, i, &covered)) {
            write_checksum(packet, layer, &covered, data);
        }
    }
}

/* ---- many alike ---- */

static void add_length(struct spk_series *series, struct length length, uint32_t header)
{
    if (length.place == NULL) {
        return;
    }
    if (length.place->load == 4) {
        struct spk_four_bits four = spk_four_bits_of(length.place, header, UINT64_MAX, length.number);
        struct spk_four_bits *last = &series->lengths[series->length_count];
        if (series->length_count > 0 && last[-1].at == four.at) { /* two lengths may stand in one word */
            last[-1].bits = (last[-1].bits & ~four.mask) | four.bits;
            last[-1].mask |= four.mask;
        } else {
            *last = four;
            series->length_count++;
        }
    } else {
        series->odd[series->odd_count++] =
            (struct spk_odd_length){ .place = *length.place, .number = length.number, .header = header };
    }
}

/* Adds up in one go what stands side by side: mostly the source, the destination behind it, then what is covered. */
static void join_addresses(struct spk_checksum_step *step)
{
    uint32_t *at = step->address_at, *len = step->address_len;
    /* the destination is found first */
    if (step->address_count == 2 && len[1] % 2 == 0 && at[1] + len[1] == at[0]) {
        at[0] = at[1];
        len[0] += len[1];
        step->address_count = 1;
    }
    if (step->address_count == 1 && len[0] % 2 == 0 && at[0] + len[0] == step->from) {
        step->from = at[0];
        step->len += len[0];
        step->address_count = 0;
    }
}

/* Whether the address in a row is another, or may be, once its header tells the length that it has. */
static bool depends_on_length(const struct spk_packet *packet, unsigned index, int row)
{
    const struct spk_layer *layer = &packet->layers[index];
    if (row == 0 || spk_layer_is_bare(layer) || spk_layer_cproto(packet, index)->hdr->rows[row].row->view.get == NULL) {
        return false;
    }
    const struct length length = header_length(packet, layer);
    return length.place != NULL && spk_cplace_load(length.place, packet->data + layer->at) != length.number;
}

/* The same of those that count in a layer's checksum. */
static bool depend_on_lengths(const struct spk_packet *packet, unsigned index)
{
    bool found = false;
    while (index-- > 0 && !found) {
        const struct spk_proto *proto = spk_layer_cproto(packet, index)->proto;
        found = depends_on_length(packet, index, proto->dst) || depends_on_length(packet, index, proto->src);
    }
    return found;
}

/* False: an address is not read from the packet's bytes. */
static bool add_checksum(struct spk_series *series, const struct spk_packet *packet, const struct spk_layer *layer,
                         const struct spk_covered *covered)
{
    struct spk_checksum_step *step = &series->checksums[series->checksum_count++];
    *step = (struct spk_checksum_step){ .numbers = covered->numbers,
                                        .from = layer->at,
                                        .len = covered->len,
                                        .csum = covered->csum,
                                        .address_count = covered->address_count,
                                        .zero_is_none = zero_is_none(packet, layer) };
    for (uint8_t i = 0; i < covered->address_count; i++) {
        if (covered->addresses[i].data == covered->computed[i]) {
            return false;
        }
        step->address_at[i] = (uint32_t)(covered->addresses[i].data - packet->data);
        step->address_len[i] = covered->addresses[i].len;
    }
    join_addresses(step);
    return true;
}

unsigned spk_series_find(struct spk_series *series, const struct spk_packet *packet, unsigned flags)
{
    series->length_count = 0;
    series->odd_count = 0;
    series->checksum_count = 0;
    struct spk_packet room;
    packet = as_lengths_will_say(packet, flags, &room);
    for (unsigned i = packet->count; i-- > 0;) {
        const struct spk_layer *layer = &packet->layers[i];
        struct spk_covered covered;
        if (spk_layer_is_bare(layer)) {
            continue;
        }
        if ((flags & SPK_FIX_LENGTHS) != 0) {
            add_length(series, header_length(packet, layer), layer->at);
            add_length(series, whole_length(packet, layer), layer->at);
        }
        if ((flags & SPK_FIX_CHECKSUMS) == 0 || !spk_checksum_covers(packet, i, &covered)) {
            continue;
        }
        const bool moved = (flags & SPK_FIX_LENGTHS) != 0 && covered.address_count > 0 && depend_on_lengths(packet, i);
        if (moved || !add_checksum(series, packet, layer, &covered)) {
            return i;
        }
    }
    return packet->count;
}

enum spk_status spk_series_new(const struct spk_packet *packet, unsigned flags, struct spk_series **out,
                               struct spk_error *error)
{
    struct spk_series *series = spk_alloc_zeroed(1, sizeof *series);
    *out = series;
    if (series == NULL) {
        return spk_no_memory(error);
    }
    unsigned layer = spk_series_find(series, packet, flags);
    if (layer == packet->count) {
        return SPK_OK;
    }
    spk_series_free(series);
    *out = NULL;
    return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                               .who = spk_layer_proto(packet, layer)->name,
                                               .what = "an address is not that of the header below" });
}

__attribute__((noinline, cold)) uint64_t spk_series_pseudo(const struct spk_checksum_step *step, const uint8_t *data)
{
    uint64_t sum = step->numbers;
    for (uint8_t i = 0; i < step->address_count; i++) {
        sum = spk_csum_add(sum, data + step->address_at[i], step->address_len[i]);
    }
    return sum;
}

__attribute__((noinline, cold)) void spk_checksum_write_whole(const struct spk_checksum_step *step, uint8_t *data)
{
    write_whole(data + step->csum, data + step->from, step->len, spk_series_pseudo(step, data), step->zero_is_none);
}

void spk_series_write_odd(const struct spk_series *series, uint8_t *data)
{
    for (uint32_t i = 0; i < series->odd_count; i++) {
        const struct spk_odd_length *odd = &series->odd[i];
        spk_cplace_store(&odd->place, data + odd->header, odd->number);
    }
}

void spk_series_fix(const struct spk_series *series, uint8_t *data)
{
    spk_series_write(series, data);
}

void spk_series_free(struct spk_series *series)
{
    spk_free(series);
}
