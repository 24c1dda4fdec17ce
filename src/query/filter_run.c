/*
 * filter_run: a program over one packet. Fields are read as columns are (query/cells.h); what is made on the way lives in
 * registers that keep their memory from packet to packet.
 */
#include "query/filter_run.h"

#include "base/memory.h"

enum spk_status spk_matcher_new(const struct spk_filter *filter, struct spk_matcher **out)
{
    *out = NULL;
    struct spk_matcher *matcher = spk_alloc_zeroed(1, sizeof *matcher);
    if (matcher == NULL) {
        return SPK_ERR_MEMORY;
    }
    matcher->filter = filter;
    matcher->made = spk_alloc_zeroed(filter->made_count + 1, sizeof matcher->made[0]);
    matcher->match = filter->regex_count > 0 ? spk_filter_match_new() : NULL;
    if (spk_cells_begin(&matcher->maker, filter->fields) != SPK_OK || matcher->made == NULL
        || (matcher->match == NULL && filter->regex_count > 0)) {
        spk_matcher_free(matcher);
        return SPK_ERR_MEMORY;
    }
    *out = matcher;
    return SPK_OK;
}

void spk_matcher_free(struct spk_matcher *matcher)
{
    if (matcher == NULL) {
        return;
    }
    for (uint32_t i = 0; matcher->made != NULL && i < matcher->filter->made_count; i++) {
        spk_free(matcher->made[i].items);
    }
    spk_free(matcher->made);
    spk_filter_match_free(matcher->match);
    spk_cells_end(&matcher->maker);
    spk_free(matcher);
}

/* ---- registers ---- */

struct filter_values spk_filter_values(const struct spk_matcher *matcher, uint32_t reg)
{
    const struct spk_filter *filter = matcher->filter;
    if (reg < filter->name_count) {
        const struct spk_cell *cell = &matcher->maker.cells[reg];
        return (struct filter_values){ cell->items, cell->count };
    }
    reg -= filter->name_count;
    if (reg < filter->constant_count) {
        return (struct filter_values){ &filter->constants[reg], 1 };
    }
    const struct filter_made *made = &matcher->made[reg - filter->constant_count];
    return (struct filter_values){ made->items, made->count };
}

struct filter_made *spk_filter_made(struct spk_matcher *matcher, uint32_t reg)
{
    return &matcher->made[reg - matcher->filter->name_count - matcher->filter->constant_count];
}

bool spk_filter_push(struct spk_matcher *matcher, struct filter_made *to, const struct spk_item *item)
{
    if (to->count == to->room) {
        uint32_t room = to->room == 0 ? 8 : to->room * 2;
        if (to->count == SPK_FILTER_VALUES_MAX) {
            matcher->failed = SPK_ERR_LIMIT;
            return false;
        }
        struct spk_item *items = spk_realloc(to->items, room * sizeof items[0]);
        if (items == NULL) {
            matcher->failed = SPK_ERR_MEMORY;
            return false;
        }
        to->items = items;
        to->room = room;
    }
    to->items[to->count++] = *item;
    return true;
}

uint8_t *spk_filter_room_for(struct spk_matcher *matcher, uint64_t size)
{
    if (size > SPK_FILTER_BYTES_MAX - matcher->kept) {
        matcher->failed = SPK_ERR_LIMIT;
        return NULL;
    }
    matcher->kept += size;
    uint8_t *room = spk_cells_keep(&matcher->maker, size > 0 ? (size_t)size : 1);
    if (room == NULL) {
        matcher->failed = SPK_ERR_MEMORY;
    }
    return room;
}

/* ---- layers ---- */

/*
 * Whether the layer is of the protocol, or of another that is named as it is (both versions of sll). A header that is cut
 * and shows nothing is not there.
 */
static bool is_of(const struct spk_matcher *matcher, uint32_t layer, uint32_t proto)
{
    const struct spk_layer *at = &matcher->packet->layers[layer];
    bool shown =
        (at->flags & SPK_LAYER_SHORT) == 0 || (matcher->filter->registry->protos[at->proto].flags & SPK_WHOLE) == 0;
    return shown && (at->proto == proto || matcher->filter->kin[at->proto] == proto);
}

/* Which of its protocol's layers it is, from 1, and how many there are. */
static void place_among(const struct spk_matcher *matcher, uint32_t layer, uint32_t *place, uint32_t *count)
{
    const struct spk_packet *packet = matcher->packet;
    *place = 1;
    *count = 1;
    if (layer >= packet->count) {
        return; /* of the record */
    }
    *count = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        *count += is_of(matcher, i, matcher->filter->kin[packet->layers[layer].proto]);
        *place = i == layer ? *count : *place;
    }
}

static bool is_chosen(const struct spk_matcher *matcher, const struct filter_ranges *chosen, uint32_t layer)
{
    uint32_t place = 0;
    uint32_t count = 0;
    if (chosen->count == 0) {
        return true;
    }
    place_among(matcher, layer, &place, &count);
    for (uint32_t i = 0; i < chosen->count; i++) {
        const struct filter_range *range = &matcher->filter->ranges[chosen->first + i];
        int64_t first = range->first < 0 ? (int64_t)count + 1 + range->first : range->first;
        if (place >= first && (range->count == UINT32_MAX || place < first + range->count)) {
            return true;
        }
    }
    return false;
}

static bool read_layers(struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values from = spk_filter_values(matcher, step->a);
    struct filter_made *to = spk_filter_made(matcher, step->to);
    to->count = 0;
    for (uint32_t i = 0; i < from.count; i++) {
        if (is_chosen(matcher, &step->ranges, from.items[i].layer) && !spk_filter_push(matcher, to, &from.items[i])) {
            return false;
        }
    }
    return to->count > 0;
}

static bool is_record(const struct spk_matcher *matcher, uint32_t proto)
{
    return (spk_registry_proto(matcher->filter->registry, proto)->flags & SPK_RECORD) != 0;
}

static bool has_layer(const struct spk_matcher *matcher, uint32_t proto)
{
    for (uint32_t i = 0; i < matcher->packet->count; i++) {
        if (is_of(matcher, i, proto)) {
            return true;
        }
    }
    return is_record(matcher, proto);
}

/* A protocol's bytes: its header (or with its payload), and for a search all that the layer holds. */
static bool read_proto(struct spk_matcher *matcher, const struct filter_step *step)
{
    const struct spk_packet *packet = matcher->packet;
    struct filter_made *to = spk_filter_made(matcher, step->to);
    to->count = 0;
    if (is_record(matcher, step->a)) {
        struct spk_item whole = { .layer = SPK_NO_LAYER };
        whole.value = (struct spk_value){
            .kind = FILTER_PROTO, .data = packet->data, .len = packet->caplen, .u = packet->caplen
        };
        return is_chosen(matcher, &step->ranges, SPK_NO_LAYER) && spk_filter_push(matcher, to, &whole);
    }
    for (uint32_t i = 0; i < packet->count; i++) {
        const struct spk_layer *layer = &packet->layers[i];
        if (!is_of(matcher, i, step->a) || !is_chosen(matcher, &step->ranges, i)) {
            continue;
        }
        uint32_t end = layer->end < packet->caplen ? layer->end : packet->caplen;
        uint32_t all = end > layer->at ? end - layer->at : 0;
        bool with_payload = (matcher->filter->registry->protos[layer->proto].flags & SPK_WITH_PAYLOAD) != 0;
        struct spk_item one = { .layer = i };
        one.value = (struct spk_value){
            .kind = FILTER_PROTO, .data = packet->data + layer->at, .len = with_payload ? all : layer->hdr_len, .u = all
        };
        if (!spk_filter_push(matcher, to, &one)) {
            return false;
        }
    }
    return to->count > 0;
}

/* ---- what is made ---- */

/* The parts of one value: where they stand if it is one part, else put together. False: no memory, or too many bytes. */
static bool slice_one(struct spk_matcher *matcher, const struct filter_step *step, const struct spk_value *value,
                      struct spk_value *slice)
{
    const struct filter_range *ranges = &matcher->filter->ranges[step->ranges.first];
    uint8_t address[4];
    uint32_t len = 0;
    const uint8_t *bytes = spk_filter_octets(value, address, &len);
    uint64_t size = spk_filter_slice_size(ranges, step->ranges.count, len);
    *slice = (struct spk_value){ .kind = SPK_BYTES };
    if (size == 0) {
        return true;
    }
    if (step->ranges.count == 1 && bytes != address) {
        slice->data = bytes + (ranges->first < 0 ? (int64_t)len + ranges->first : ranges->first);
        slice->len = (uint32_t)size;
        return true;
    }
    uint8_t *kept = spk_filter_room_for(matcher, size);
    if (kept != NULL) {
        slice->data = kept;
        slice->len = spk_filter_slice(ranges, step->ranges.count, bytes, len, kept);
    }
    return kept != NULL;
}

static void make_slices(struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values from = spk_filter_values(matcher, step->a);
    struct filter_made *to = spk_filter_made(matcher, step->to);
    to->count = 0;
    for (uint32_t i = 0; i < from.count; i++) {
        struct spk_item item = { .layer = from.items[i].layer };
        if (!slice_one(matcher, step, &from.items[i].value, &item.value) || !spk_filter_push(matcher, to, &item)) {
            return;
        }
    }
}

static bool make_one(struct spk_matcher *matcher, const struct filter_step *step, const struct spk_value *a,
                     const struct spk_value *b)
{
    struct spk_item item = { .layer = SPK_NO_LAYER };
    uint8_t room[4];
    uint32_t len = 0;
    spk_filter_octets(a, room, &len);
    bool bytes = step->op == FILTER_BITS && a->data != NULL;
    uint8_t *kept = bytes ? spk_filter_room_for(matcher, len) : NULL;
    if (bytes && kept == NULL) {
        return false;
    }
    /* what has no result (a division by zero, a sum beyond its width) leaves none */
    return !spk_filter_arith(step->op, step->wide, a, b, kept, &item.value)
           || spk_filter_push(matcher, spk_filter_made(matcher, step->to), &item);
}

/* Every value of one side with every one of the other. */
static void calculate(struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values a = spk_filter_values(matcher, step->a);
    struct filter_values b = step->code == CODE_NEG ? a : spk_filter_values(matcher, step->b);
    spk_filter_made(matcher, step->to)->count = 0;
    for (uint32_t i = 0; i < a.count; i++) {
        uint32_t count = step->code == CODE_NEG ? 1 : b.count;
        for (uint32_t k = 0; k < count; k++) {
            if (!make_one(matcher, step, &a.items[i].value, &b.items[k].value)) {
                return;
            }
        }
    }
}

/* ---- tests ---- */

static bool is_pair(const struct spk_matcher *matcher, const struct filter_step *step, const struct spk_value *a,
                    const struct spk_value *b)
{
    uint8_t room[4];
    uint32_t len = 0;
    if (step->code == CODE_COMPARE) {
        return spk_filter_compare(step->op, step->wide, a, b);
    }
    if (step->code == CODE_CONTAINS) {
        return spk_filter_contains(a, b);
    }
    const uint8_t *bytes = spk_filter_all_octets(a, room, &len);
    return spk_filter_regex_match(matcher->filter->regexes[step->b], matcher->match, bytes, len);
}

/* Whether any pair, or all pairs, fulfil the test; of none, all do. */
static bool test_pairs(const struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values a = spk_filter_values(matcher, step->a);
    struct filter_values b =
        step->code == CODE_MATCHES ? (struct filter_values){ a.items, 1 } : spk_filter_values(matcher, step->b);
    bool all = step->quantifier == FILTER_ALL;
    for (uint32_t i = 0; i < a.count; i++) {
        for (uint32_t k = 0; k < b.count; k++) {
            if (is_pair(matcher, step, &a.items[i].value, &b.items[k].value) != all) {
                return !all;
            }
        }
    }
    return all;
}

/* Whether any value of a register stands in that order to a value. */
static bool stands(const struct spk_matcher *matcher, const struct filter_step *step, uint8_t op, uint32_t reg,
                   const struct spk_value *value)
{
    struct filter_values some = spk_filter_values(matcher, reg);
    for (uint32_t i = 0; i < some.count; i++) {
        if (spk_filter_compare(op, step->wide, value, &some.items[i].value)) {
            return true;
        }
    }
    return false;
}

static bool is_in(const struct spk_matcher *matcher, const struct filter_step *step, const struct spk_value *value)
{
    const uint32_t *set = &matcher->filter->args[step->ranges.first];
    for (uint32_t i = 0; i < step->ranges.count; i++) {
        uint32_t from = set[2 * i];
        uint32_t to = set[2 * i + 1];
        if (from == to ? stands(matcher, step, FILTER_EQ, from, value)
                       : stands(matcher, step, FILTER_GE, from, value) && stands(matcher, step, FILTER_LE, to, value)) {
            return true;
        }
    }
    return false;
}

static bool test_set(const struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values a = spk_filter_values(matcher, step->a);
    bool all = step->quantifier == FILTER_ALL;
    for (uint32_t i = 0; i < a.count; i++) {
        if (is_in(matcher, step, &a.items[i].value) != all) {
            return !all;
        }
    }
    return all;
}

static bool has_content(const struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values a = spk_filter_values(matcher, step->a);
    for (uint32_t i = 0; i < a.count; i++) {
        if (step->code == CODE_NONEMPTY ? a.items[i].value.len > 0 : !spk_filter_is_zero(&a.items[i].value)) {
            return true;
        }
    }
    return false;
}

/* ---- all ---- */

/* The truth after a step that is no jump. */
static bool step_on(struct spk_matcher *matcher, const struct filter_step *step, bool truth)
{
    switch (step->code) {
    case CODE_EXISTS:
        return matcher->maker.cells[step->a].count > 0;
    case CODE_EXISTS_PROTO:
        return has_layer(matcher, step->a);
    case CODE_READ:
        return read_layers(matcher, step);
    case CODE_READ_PROTO:
        return read_proto(matcher, step);
    case CODE_SLICE:
        make_slices(matcher, step);
        return truth;
    case CODE_ARITH:
    case CODE_NEG:
        calculate(matcher, step);
        return truth;
    case CODE_CALL:
        return spk_filter_call(matcher, step);
    case CODE_COMPARE:
    case CODE_CONTAINS:
    case CODE_MATCHES:
        return test_pairs(matcher, step);
    case CODE_IN:
        return test_set(matcher, step);
    case CODE_NOT:
        return !truth;
    default:
        return has_content(matcher, step);
    }
}

enum spk_status spk_matcher_match(struct spk_matcher *matcher, const struct spk_packet *packet, bool *matches)
{
    const struct filter_step *steps = matcher->filter->steps;
    bool truth = true;
    *matches = false;
    matcher->packet = packet;
    matcher->failed = SPK_OK;
    matcher->kept = 0;
    spk_cells_clear(&matcher->maker);
    if (!spk_cells_fill(&matcher->maker, packet)) {
        return SPK_ERR_MEMORY;
    }
    for (uint32_t at = 0; steps[at].code != CODE_END && matcher->failed == SPK_OK;) {
        const struct filter_step *step = &steps[at++];
        if (step->code == CODE_JUMP_FALSE || step->code == CODE_JUMP_TRUE) {
            at = truth == (step->code == CODE_JUMP_TRUE) ? step->to : at;
        } else {
            truth = step_on(matcher, step, truth);
        }
    }
    *matches = truth && matcher->failed == SPK_OK;
    return matcher->failed;
}
