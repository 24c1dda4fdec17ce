/*
 * fix: lengths and checksums, computed from what the rows name and written into the packet's own bytes. Only ever on
 * request; what was wrong on purpose stays wrong otherwise.
 */
#include <steelpkt/packet.h>

#include "base/csum.h"
#include "base/error.h"
#include "base/memory.h"
#include "packet/checksum.h"
#include "wire/row.h"

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

/* Computes a checksum over len bytes of a header and what stands behind it; pseudo is the pseudo header's sum. */
static inline void write_checksum(uint8_t *place, const uint8_t *header, uint32_t len, uint64_t pseudo,
                                  bool zero_is_none)
{
    /* without the checksum that stands there: taken away from the sum, not from the bytes, which are then read as stored */
    uint64_t sum = spk_csum_add(pseudo, header, len);
    uint16_t csum = spk_csum_done(spk_csum_without(sum, spk_load16(place)));
    if (csum == 0) {
        /* bytes that add up to no carry at all, or are all zero: only a sum of them alone can tell */
        spk_store16(place, 0);
        csum = spk_csum_done(spk_csum_add(pseudo, header, len));
    }
    spk_store16(place, csum == 0 && zero_is_none ? 0xffff : csum);
}

static bool zero_is_none(const struct spk_packet *packet, const struct spk_layer *layer)
{
    const struct spk_cproto *proto = &packet->registry->protos[layer->proto];
    return (proto->hdr->rows[proto->proto->csum].row->flags & SPK_ZERO_IS_NONE) != 0;
}

/* Nothing to write to: cut short, or a protocol without a header (raw IP). */
static bool is_bare(const struct spk_layer *layer)
{
    return (layer->flags & SPK_LAYER_SHORT) != 0 || layer->hdr_len == 0;
}

void spk_packet_fix(const struct spk_packet *packet, uint8_t *data, unsigned flags)
{
    for (unsigned i = packet->count; i-- > 0;) {
        const struct spk_layer *layer = &packet->layers[i];
        struct spk_covered covered;
        if (is_bare(layer)) {
            continue;
        }
        if ((flags & SPK_FIX_LENGTHS) != 0) {
            write_length(header_length(packet, layer), data + layer->at);
            write_length(whole_length(packet, layer), data + layer->at);
        }
        if ((flags & SPK_FIX_CHECKSUMS) != 0 && spk_checksum_covers(packet, i, &covered)) {
            write_checksum(data + covered.csum, data + layer->at, covered.len, spk_pseudo_sum(&covered),
                           zero_is_none(packet, layer));
        }
    }
}

/* ---- many alike ---- */

struct length_step {
    struct spk_cplace place;
    uint64_t number;
    uint32_t header;
};

struct checksum_step {
    uint64_t numbers;                       /* the pseudo header's */
    uint32_t address_at[2], address_len[2]; /* and its addresses */
    uint32_t header, len, csum;
    uint8_t address_count;
    bool zero_is_none;
};

/* Lengths do not depend on checksums, so all of them go first; checksums keep their order, innermost first. */
struct spk_series {
    struct length_step lengths[2 * SPK_LAYERS_MAX];
    struct checksum_step checksums[SPK_LAYERS_MAX];
    uint32_t length_count, checksum_count;
};

static void add_length(struct spk_series *series, struct length length, uint32_t header)
{
    if (length.place != NULL) {
        series->lengths[series->length_count++] =
            (struct length_step){ .place = *length.place, .number = length.number, .header = header };
    }
}

/* False: an address is not read from the packet's bytes. */
static bool add_checksum(struct spk_series *series, const struct spk_packet *packet, const struct spk_layer *layer,
                         const struct spk_covered *covered)
{
    struct checksum_step *step = &series->checksums[series->checksum_count++];
    *step = (struct checksum_step){ .numbers = covered->numbers,
                                    .header = layer->at,
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
    return true;
}

enum spk_status spk_series_new(const struct spk_packet *packet, unsigned flags, struct spk_series **out,
                               struct spk_error *error)
{
    struct spk_series *series = spk_alloc_zeroed(1, sizeof *series);
    *out = NULL;
    if (series == NULL) {
        return spk_no_memory(error);
    }
    for (unsigned i = packet->count; i-- > 0;) {
        const struct spk_layer *layer = &packet->layers[i];
        struct spk_covered covered;
        if (is_bare(layer)) {
            continue;
        }
        if ((flags & SPK_FIX_LENGTHS) != 0) {
            add_length(series, header_length(packet, layer), layer->at);
            add_length(series, whole_length(packet, layer), layer->at);
        }
        if ((flags & SPK_FIX_CHECKSUMS) != 0 && spk_checksum_covers(packet, i, &covered)
            && !add_checksum(series, packet, layer, &covered)) {
            spk_series_free(series);
            return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                       .who = spk_layer_proto(packet, i)->name,
                                                       .what = "an address is not that of the header below" });
        }
    }
    *out = series;
    return SPK_OK;
}

void spk_series_fix(const struct spk_series *series, uint8_t *data)
{
    for (uint32_t i = 0; i < series->length_count; i++) {
        const struct length_step *step = &series->lengths[i];
        spk_cplace_store(&step->place, data + step->header, step->number);
    }
    for (uint32_t i = 0; i < series->checksum_count; i++) {
        const struct checksum_step *step = &series->checksums[i];
        uint64_t pseudo = step->numbers;
        for (uint8_t k = 0; k < step->address_count; k++) {
            pseudo = spk_csum_add(pseudo, data + step->address_at[k], step->address_len[k]);
        }
        write_checksum(data + step->csum, data + step->header, step->len, pseudo, step->zero_is_none);
    }
}

void spk_series_free(struct spk_series *series)
{
    spk_free(series);
}
