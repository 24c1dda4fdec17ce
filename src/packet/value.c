/* value: what the row that a walk stands on holds, and fields of a packet by name. */
#include "packet/walk.h"
#include "packet/walk_row.h"

#include "wire/row.h"

#include <string.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint64_t spk_walk_shown_number(const struct spk_packet *packet, const struct spk_walk_level *level, int index)
{
    uint32_t width = 0;
    const int from = spk_walk_shown(spk_walk_group(level), index, &width);
    const struct spk_row *row = spk_walk_group(level)->rows[index].row;
    const struct spk_row *shown = spk_walk_group(level)->rows[from].row;
    if (shown->view.op != SPK_NOT_A_VIEW || level->bits[from] == SPK_NOWHERE || shown->many != SPK_ONE
        || (row != shown && !spk_walk_holds(packet, level, row))) {
        return 0;
    }
    if ((uint64_t)level->bits[from] + width > (uint64_t)packet->caplen * 8) {
        return 0; /* a span is wider than the row where it begins, and the rows behind were not captured */
    }
    uint64_t number = spk_walk_load(packet, shown, level->bits[from], width);
    return row->view.op == SPK_VIEW_SCALE ? number * (uint64_t)(int64_t)row->view.mul + (uint64_t)(int64_t)row->view.add
                                          : number;
}

uint64_t spk_place_uint(const struct spk_place *place, int row)
{
    return spk_walk_number(place->packet, place->group, row);
}

uint32_t spk_place_at(const struct spk_place *place, int row)
{
    const struct spk_walk_level *level = place->group;
    return level->bits[row] == SPK_NOWHERE ? SPK_NOWHERE : level->bits[row] / 8;
}

/* A codec sees as far as its own value reaches, a view as far as the group around it. */
static struct spk_place place_of(const struct spk_walk *walk, struct spk_scratch *scratch)
{
    const struct spk_walk_level *level = &walk->levels[walk->depth];
    uint32_t end = walk->row->codec != NULL ? walk->at + walk->len : level->end;
    return (struct spk_place){
        .packet = walk->packet,
        .layer = walk->layer,
        .at = walk->at,
        .end = least(end, walk->packet->caplen),
        .group = level,
        .index = walk->index,
        .scratch = scratch,
    };
}

static bool lies_within(const uint8_t *data, uint32_t len, const uint8_t *whole, size_t size)
{
    uintptr_t from = (uintptr_t)data;
    uintptr_t begin = (uintptr_t)whole;
    return from >= begin && from - begin <= size && size - (from - begin) >= len;
}

bool spk_value_holds(const struct spk_packet *packet, const struct spk_row *row, const struct spk_scratch *scratch,
                     const struct spk_value *value)
{
    uint8_t kind = row->kind == SPK_GROUP || row->kind == SPK_CHOICE ? SPK_BYTES : row->kind;
    bool bytes = kind == SPK_IP6 || kind == SPK_MAC || kind == SPK_BYTES || kind == SPK_TEXT;
    uint32_t least_len = kind == SPK_IP6 ? 16 : kind == SPK_MAC ? 6 : 0;
    if (value->kind != kind || (bytes && value->len < least_len)) {
        return false;
    }
    return !bytes || value->len == 0 || lies_within(value->data, value->len, packet->data, packet->caplen)
           || (scratch != NULL && lies_within(value->data, value->len, scratch->bytes, sizeof scratch->bytes));
}

static void take_number(const struct spk_walk *walk, struct spk_value *value)
{
    const struct spk_row *row = walk->row;
    value->u = 0;
    if (walk->width >= 1 && walk->width <= 64) {
        value->u = spk_load_bits(walk->packet->data, walk->bit, walk->width);
        if ((row->flags & SPK_LITTLE) != 0) {
            value->u = spk_swap_bytes(value->u, walk->width);
        }
        if (row->kind == SPK_INT) {
            value->u = spk_sign_extend(value->u, walk->width);
        }
    }
    if (row->view.op == SPK_VIEW_SCALE) {
        value->u = value->u * (uint64_t)(int64_t)row->view.mul + (uint64_t)(int64_t)row->view.add;
    }
}

/* A length that says 0 and means what is left, as it is shown. */
static void show_rest(const struct spk_walk *walk, struct spk_value *value)
{
    if (value->u == 0 && (walk->row->flags & SPK_REST_IS_SHOWN) != 0) {
        const struct spk_layer *layer = &walk->packet->layers[walk->layer];
        value->u = layer->end - layer->at;
    }
}

/* What is shown instead of a number, where the row has something to say of it. */
static void show_instead(const struct spk_walk *walk, struct spk_value *value)
{
    if (walk->row->view.get != NULL) {
        const struct spk_packet *packet = walk->packet;
        struct spk_place place = { .packet = packet, .layer = walk->layer, .at = walk->at, .end = packet->caplen };
        struct spk_value instead = *value;
        if (walk->row->view.get(&place, &instead) && spk_value_holds(packet, walk->row, NULL, &instead)) {
            *value = instead;
        }
    }
}

bool spk_walk_alike_value(const struct spk_walk *walk, const struct spk_row *row, uint32_t at, uint32_t len,
                          struct spk_scratch *scratch, struct spk_value *value)
{
    const bool call = row->view.op == SPK_VIEW_CALL;
    struct spk_place place = spk_walk_alone_place(walk, at, scratch);
    place.end = call ? place.end : at + len;
    *value = (struct spk_value){ .kind = row->kind };
    return (call ? row->view.get(&place, value) : row->codec->get(&place, value))
           && spk_value_suits(walk->packet, row, scratch, value);
}

bool spk_walk_value(const struct spk_walk *walk, struct spk_scratch *scratch, struct spk_value *value)
{
    const struct spk_row *row = walk->row;
    *value = (struct spk_value){ .kind = row->kind };
    if (row->view.alone || (row->view.op != SPK_VIEW_CALL && row->codec != NULL && row->codec->pointed_at)) {
        return spk_walk_alike_value(walk, row, walk->at, walk->len, scratch, value);
    }
    if (row->view.op == SPK_VIEW_CALL) {
        struct spk_place place = place_of(walk, scratch);
        return row->view.get(&place, value) && spk_value_suits(walk->packet, row, scratch, value);
    }
    if (row->codec != NULL) {
        struct spk_place place = place_of(walk, scratch);
        return row->codec->get(&place, value) && spk_value_holds(walk->packet, row, scratch, value);
    }
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_INT:
    case SPK_BOOL:
    case SPK_IP4:
        take_number(walk, value);
        value->u = row->kind == SPK_BOOL ? value->u != 0 : value->u;
        show_rest(walk, value);
        show_instead(walk, value);
        return true;
    case SPK_NONE:
        return true;
    case SPK_CHOICE:
    case SPK_GROUP:
        value->kind = SPK_BYTES;
        break;
    default:
        break;
    }
    value->data = walk->packet->data + walk->at;
    value->len = walk->len;
    return true;
}

bool spk_walk_spelling(const struct spk_walk *walk, struct spk_scratch *scratch, struct spk_value *value)
{
    if (walk->row->codec != NULL) {
        *value = (struct spk_value){ .kind = walk->row->kind };
        struct spk_place place = place_of(walk, scratch);
        return walk->row->codec->spell(&place, value) && spk_value_holds(walk->packet, walk->row, scratch, value);
    }
    bool differs = (walk->row->flags & SPK_REST_IS_SHOWN) != 0 || walk->row->view.get != NULL
                   || walk->row->kind == SPK_BOOL; /* of several bits, perhaps */
    if (differs && walk->row->view.op == SPK_NOT_A_VIEW && walk->row->kind <= SPK_IP4) {
        *value = (struct spk_value){ .kind = walk->row->kind };
        take_number(walk, value);
        return true;
    }
    return spk_walk_value(walk, scratch, value);
}

static const struct spk_cfield *sites_of(const struct spk_packet *packet, const struct spk_field *field)
{
    return &packet->registry->fields[field->index];
}

/* Whether a layer's protocol has rows of the field at all. */
static bool layer_has(const struct spk_packet *packet, unsigned layer, const struct spk_cfield *field)
{
    for (uint32_t i = 0; i < field->site_count; i++) {
        if (field->sites[i].proto == packet->layers[layer].proto) {
            return true;
        }
    }
    return false;
}

/* The walk of the next layer from walk->layer on that may hold the field; false: none left. */
static bool enter_layer(struct spk_occurrences *o, unsigned from)
{
    const struct spk_packet *packet = o->walk.packet;
    for (unsigned layer = from; layer < packet->count; layer++) {
        if (layer_has(packet, layer, sites_of(packet, o->field))) {
            spk_walk_layer(&o->walk, packet, layer, NULL);
            return true;
        }
    }
    return false;
}

/* frame.* stands on no layer: its rows are walked over an empty one. */
static bool is_record_field(const struct spk_packet *packet, const struct spk_field *field)
{
    return (packet->registry->protos[sites_of(packet, field)->sites[0].proto].flags & SPK_RECORD) != 0;
}

void spk_occurrences_begin(struct spk_occurrences *occurrences, const struct spk_packet *packet,
                           const struct spk_field *field)
{
    occurrences->field = field;
    occurrences->walk.packet = packet;
    if (is_record_field(packet, field)) {
        spk_walk_record(&occurrences->walk, packet, sites_of(packet, field)->sites[0].proto);
        return;
    }
    if (!enter_layer(occurrences, 0)) {
        spk_walk_none(&occurrences->walk, packet);
    }
}

bool spk_occurrences_next(struct spk_occurrences *occurrences, struct spk_scratch *scratch, struct spk_value *value)
{
    struct spk_walk *walk = &occurrences->walk;
    for (;;) {
        enum spk_walk_event event = spk_walk_next(walk);
        if (event == SPK_EVENT_END) {
            if (is_record_field(walk->packet, occurrences->field) || !enter_layer(occurrences, walk->last_layer)) {
                spk_walk_none(walk, walk->packet);
                return false;
            }
        } else if (event == SPK_EVENT_VALUE && walk->field == occurrences->field->index
                   && spk_walk_value(walk, scratch, value)) {
            return true;
        }
    }
}

/* The occurrence at a fixed place of the layer's header, without a walk. */
static bool direct(const struct spk_packet *packet, const struct spk_field *field, struct spk_walk *found)
{
    const struct spk_cfield *known = sites_of(packet, field);
    for (unsigned layer = 0; layer < packet->count; layer++) {
        for (uint32_t i = 0; i < known->site_count; i++) {
            const struct spk_site *site = &known->sites[i];
            if (site->proto != packet->layers[layer].proto) {
                continue;
            }
            uint32_t width = site->crow->row->bits;
            uint32_t bit = packet->layers[layer].at * 8 + site->bit;
            if (site->bit == SPK_NOWHERE || width == 0 || bit + width > packet->caplen * 8
                || (packet->layers[layer].flags & SPK_LAYER_SHORT) != 0) {
                return false;
            }
            found->packet = packet;
            found->layer = layer;
            found->row = site->crow->row;
            found->reading = site->crow->reading;
            found->bit = bit;
            found->width = width;
            found->at = bit / 8;
            found->len = (bit + width + 7) / 8 - bit / 8;
            return true;
        }
    }
    return false;
}

/*
 * A field that one protocol has at one fixed place, as most that are asked for: the header's first byte, and *none where no
 * layer is of that protocol. NULL without *none: rows have to be asked.
 */
static inline const uint8_t *at_hand(const struct spk_packet *packet, const struct spk_quick *quick, bool *none)
{
    const struct spk_layer *layer = packet->layers;
    const struct spk_layer *end = layer + packet->count;
    for (; layer < end; layer++) {
        if (layer->proto == quick->proto) {
            bool whole = (layer->flags & SPK_LAYER_SHORT) == 0 && layer->hdr_len >= quick->end;
            return whole ? packet->data + layer->at : NULL;
        }
    }
    *none = quick->proto != SPK_NOWHERE;
    return NULL;
}

/* Apart, so that fields at hand do not pay for the walk's room on the stack. */
static __attribute__((noinline)) bool ask_rows(const struct spk_packet *packet, const struct spk_field *field,
                                               struct spk_scratch *scratch, struct spk_value *value)
{
    struct spk_occurrences occurrences;
    if (direct(packet, field, &occurrences.walk)) {
        return spk_walk_value(&occurrences.walk, scratch, value);
    }
    spk_occurrences_begin(&occurrences, packet, field);
    return spk_occurrences_next(&occurrences, scratch, value);
}

static __attribute__((noinline)) bool ask_number(const struct spk_packet *packet, const struct spk_field *field,
                                                 uint64_t *number)
{
    struct spk_scratch scratch;
    struct spk_value value;
    bool is_number =
        field->kind == SPK_UINT || field->kind == SPK_INT || field->kind == SPK_BOOL || field->kind == SPK_IP4;
    if (!is_number || !ask_rows(packet, field, &scratch, &value)) {
        return false;
    }
    *number = value.u;
    return true;
}

bool spk_field_spot(const struct spk_registry *registry, const struct spk_field *field, struct spk_spot *spot)
{
    const struct spk_quick *quick = &registry->fields[field->index].quick;
    bool fits = quick->proto != SPK_NOWHERE && quick->end <= UINT16_MAX
                && (!quick->number || (quick->place.load == 4 && (!quick->truth || quick->place.width == 1)));
    if (fits) {
        *spot = (struct spk_spot){
            .proto = (uint16_t)quick->proto,
            .byte = (uint16_t)(quick->number ? quick->place.byte : quick->byte),
            .end = (uint16_t)quick->end,
            .shift = quick->place.shift,
            .number = quick->number,
            .mask = quick->place.mask,
        };
    }
    return fits;
}

bool spk_packet_value(const struct spk_packet *packet, const struct spk_field *field, struct spk_scratch *scratch,
                      struct spk_value *value)
{
    const struct spk_quick *quick = &sites_of(packet, field)->quick;
    bool none = false;
    const uint8_t *header = at_hand(packet, quick, &none);
    if (none) {
        return false;
    }
    if (header != NULL && !quick->number) {
        *value =
            (struct spk_value){ .kind = field->kind, .data = header + quick->byte, .len = quick->place.width / 8u };
        return true;
    }
    return ask_rows(packet, field, scratch, value);
}

bool spk_packet_text(const struct spk_packet *packet, const struct spk_field *field, char *text, size_t size)
{
    struct spk_occurrences occurrences;
    struct spk_walk *walk = &occurrences.walk;
    struct spk_scratch scratch;
    struct spk_value value;
    bool there = direct(packet, field, walk) && spk_walk_value(walk, &scratch, &value);
    if (!there) {
        spk_occurrences_begin(&occurrences, packet, field);
        there = spk_occurrences_next(&occurrences, &scratch, &value);
    }
    if (there) {
        /* the row found and not the field's first: rows of one name may be shown differently */
        spk_value_text(walk->row, &value, text, size);
    } else if (size > 0) {
        text[0] = '\0';
    }
    return there;
}

bool spk_packet_uint(const struct spk_packet *packet, const struct spk_field *field, uint64_t *number)
{
    const struct spk_quick *quick = &sites_of(packet, field)->quick;
    bool none = false;
    const uint8_t *header = at_hand(packet, quick, &none);
    if (header != NULL && quick->number) {
        uint64_t there = spk_cplace_load(&quick->place, header);
        *number = quick->truth ? there != 0 : there;
        return true;
    }
    return !none && ask_number(packet, field, number);
}

bool spk_packet_check(const struct spk_packet *packet, struct spk_stop *why)
{
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_stop stop = packet->stop;
    spk_walk_begin(&walk, packet);
    while (stop.reason == SPK_STOP_NOT) {
        enum spk_walk_event event = spk_walk_next(&walk);
        if (walk.stop.reason != SPK_STOP_NOT) {
            stop = walk.stop;
        } else if (event == SPK_EVENT_END) {
            break;
        } else if (event == SPK_EVENT_VALUE && walk.row->codec != NULL && !spk_walk_value(&walk, &scratch, &value)) {
            stop = (struct spk_stop){ .reason = SPK_STOP_MALFORMED,
                                      .proto = packet->layers[walk.layer].proto,
                                      .at = walk.at,
                                      .have = walk.len,
                                      .row = walk.row->name };
        }
    }
    if (why != NULL) {
        *why = stop;
    }
    return stop.reason == SPK_STOP_NOT;
}
