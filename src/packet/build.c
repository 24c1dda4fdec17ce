/*
 * build: layers to bytes, outermost first. Lengths, counts and checksums are written only when spk_build_finish is asked to.
 */
#include "packet/build.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "packet/layer.h"

enum spk_status spk_build_new(const struct spk_registry *registry, struct spk_build **out)
{
    *out = spk_alloc_zeroed(1, sizeof **out);
    if (*out == NULL) {
        return SPK_ERR_MEMORY;
    }
    (*out)->packet.registry = registry;
    spk_build_reset(*out);
    return SPK_OK;
}

void spk_build_free(struct spk_build *build)
{
    if (build != NULL) {
        spk_buf_free(&build->bytes);
        spk_buf_free(&build->fixups);
        spk_buf_free(&build->places);
        spk_free(build->kept);
        spk_free(build);
    }
}

void spk_build_reset(struct spk_build *build)
{
    build->bytes.len = 0;
    build->fixups.len = 0;
    build->places.len = 0;
    build->spare = 0;
    build->depth = 0;
    build->closed = true;
    build->front = NULL;
    build->error.code = SPK_OK;
    build->packet.count = 0;
}

void spk_build_compress(struct spk_build *build, bool compress)
{
    build->compress = compress;
}

/* Whether the last layer's header lacks nothing: no group is open in it, and no row that is there without being set. */
static inline bool is_complete(const struct spk_build *b)
{
    return b->closed || (b->depth == 0 && spk_level_is_complete(&b->levels[0]));
}

/* Completes the open groups, the innermost first. */
static __attribute__((noinline)) enum spk_status leave_levels(struct spk_build *b)
{
    enum spk_status status = spk_level_leave(b);
    while (status == SPK_OK && b->depth > 0) {
        b->depth--;
        status = spk_level_leave(b);
    }
    return status;
}

static inline enum spk_status complete(struct spk_build *b)
{
    return is_complete(b) ? b->error.code : leave_levels(b);
}

/* Ends the header of the last layer, which is complete. */
static inline void end_header(struct spk_build *b)
{
    if (!b->closed) {
        struct spk_layer *layer = &b->packet.layers[b->packet.count - 1];
        layer->hdr_len = (uint32_t)b->bytes.len - layer->at;
        b->closed = true;
        b->front = NULL;
    }
}

static inline enum spk_status close_header(struct spk_build *b)
{
    enum spk_status status = complete(b);
    end_header(b);
    return status;
}

/* A layer at the builder's end, of a protocol's index, whose header is empty. There is room for it. */
static inline void open_layer(struct spk_build *b, uint32_t proto)
{
    b->packet.layers[b->packet.count++] = (struct spk_layer){ .proto = (uint16_t)proto, .at = (uint32_t)b->bytes.len };
    b->places.len = 0;
    b->depth = 0;
}

static enum spk_status refuse_layer(struct spk_build *b, const struct spk_proto *proto)
{
    return spk_build_fail(b, SPK_ERR_LIMIT, proto->name, "more than 32 layers");
}

/* The next layer is of a protocol, and nothing can go wrong with it: there is room for its header. */
static inline void add_layer(struct spk_build *b, const struct spk_cproto *proto)
{
    end_header(b);
    open_layer(b, proto->index);
    b->closed = false;
    spk_level_start(b, &b->levels[0], proto->hdr, false);
}

/* Whether the layer that comes next was of a protocol in the packet before, too. */
static inline bool was_same(const struct spk_build *b, const struct spk_proto *proto)
{
    const struct spk_cproto *last = b->packet.count < SPK_LAYERS_MAX ? b->protos[b->packet.count] : NULL;
    return last != NULL && last->proto == proto;
}

static const struct spk_cproto *compiled(const struct spk_build *b, const struct spk_proto *proto)
{
    const struct spk_registry *registry = b->packet.registry;
    if (was_same(b, proto)) {
        return b->protos[b->packet.count];
    }
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (registry->protos[i].proto == proto) {
            return &registry->protos[i];
        }
    }
    return NULL;
}

/* Apart, so that layers like those of the packet before do not pay for it. */
static __attribute__((noinline)) enum spk_status make_layer(struct spk_build *b, const struct spk_proto *proto)
{
    if (b->error.code != SPK_OK || complete(b) != SPK_OK) {
        return b->error.code;
    }
    if (proto == NULL) {
        return spk_build_fail(b, SPK_ERR_USAGE, NULL, "unknown protocol");
    }
    const struct spk_cproto *found = compiled(b, proto);
    if (found == NULL) {
        return spk_build_fail(b, SPK_ERR_USAGE, proto->name, "the protocol is not in the builder's registry");
    }
    if (b->packet.count == SPK_LAYERS_MAX) {
        return refuse_layer(b, proto);
    }
    if (spk_buf_room(&b->bytes, spk_level_room(found->hdr)) == NULL) {
        return spk_build_no_memory(b);
    }
    b->protos[b->packet.count] = found;
    add_layer(b, found);
    return SPK_OK;
}

static inline enum spk_status begin_layer(struct spk_build *b, const struct spk_proto *proto)
{
    if (b->error.code != SPK_OK || !was_same(b, proto) || !is_complete(b)
        || !spk_buf_has_room(&b->bytes, spk_level_room(b->protos[b->packet.count]->hdr))) {
        return make_layer(b, proto);
    }
    add_layer(b, b->protos[b->packet.count]);
    return SPK_OK;
}

enum spk_status spk_build_layer(struct spk_build *build, const struct spk_proto *proto)
{
    return begin_layer(build, proto);
}

uint8_t *spk_build_header(struct spk_build *build, const struct spk_proto *proto)
{
    bool begun = begin_layer(build, proto) == SPK_OK && build->levels[0].lead > 0;
    return begun ? build->bytes.data + build->front_at : NULL;
}

/*
 * Whether the field stands at its fixed place already, in the open group; else the rows have to be asked. Most of what
 * crafting a packet cost was spent on asking them. True as well of a field that stands at no such place while no group is
 * open, but then it has neither numbers nor bytes to be written so.
 */
static inline bool is_at_hand(const struct spk_build *b, const struct spk_quick *quick)
{
    return quick->group == b->front;
}

static inline uint8_t *front_of(const struct spk_build *b)
{
    return b->bytes.data + b->front_at;
}

static const struct spk_quick *quick_of(const struct spk_field *field)
{
    return &((const struct spk_cfield *)(const void *)field)->quick;
}

/* Apart, so that fields at hand do not pay for it. */
static __attribute__((noinline)) enum spk_status set_by_rows(struct spk_build *build, const struct spk_field *field,
                                                             const struct spk_value *value)
{
    struct spk_target target = { .field = field->index, .name = field->name };
    int index = spk_build_locate(build, &target);
    return index < 0 ? build->error.code : spk_build_set_row(build, spk_build_top(build), index, value);
}

static __attribute__((noinline)) enum spk_status set_number(struct spk_build *build, const struct spk_field *field,
                                                            uint64_t number)
{
    struct spk_value value = { .kind = SPK_UINT, .u = number };
    return spk_build_set(build, field, &value);
}

enum spk_status spk_build_set(struct spk_build *build, const struct spk_field *field, const struct spk_value *value)
{
    if (field == NULL) {
        return spk_build_fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    const struct spk_quick *quick = quick_of(field);
    if (is_at_hand(build, quick) && quick->bytes != 0 && value->len == quick->bytes) {
        uint8_t *at = front_of(build) + quick->place.bit / 8;
        if (quick->bytes == 6) {
            memcpy(at, value->data, 6); /* a MAC address; without a call */
        } else {
            memcpy(at, value->data, quick->bytes);
        }
        return SPK_OK;
    }
    return set_by_rows(build, field, value);
}

enum spk_status spk_build_set_uint(struct spk_build *build, const struct spk_field *field, uint64_t number)
{
    if (field != NULL && is_at_hand(build, quick_of(field)) && number < quick_of(field)->bound) {
        spk_cplace_store_four(&quick_of(field)->place, front_of(build), (uint32_t)number);
        return SPK_OK;
    }
    return set_number(build, field, number);
}

enum spk_status spk_build_set_text(struct spk_build *build, const struct spk_field *field, const char *text)
{
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_error error = { 0 };
    if (field == NULL) {
        return spk_build_fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    if (spk_value_parse(field->row, text, &scratch, &value, &error) != SPK_OK) {
        return spk_build_fail(build, error.code, error.who, error.what);
    }
    return spk_build_set(build, field, &value);
}

enum spk_status spk_build_set_attr(struct spk_build *build, const char *attr, const struct spk_value *value)
{
    struct spk_target target = { .word = attr, .name = attr };
    int index = spk_build_locate(build, &target);
    return index < 0 ? build->error.code : spk_build_set_row(build, spk_build_top(build), index, value);
}

enum spk_status spk_build_enter(struct spk_build *build, const struct spk_field *field)
{
    if (field == NULL) {
        return spk_build_fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    struct spk_target target = { .field = field->index, .name = field->name };
    return spk_build_enter_target(build, &target);
}

enum spk_status spk_build_leave(struct spk_build *build)
{
    enum spk_status status = build->error.code;
    while (status == SPK_OK && build->depth > 0 && spk_build_top(build)->by_itself) {
        status = spk_build_leave_level(build);
    }
    if (status != SPK_OK) {
        return status;
    }
    if (build->closed || build->depth == 0) {
        return spk_build_fail(build, SPK_ERR_USAGE, NULL, "no group is open");
    }
    return spk_build_leave_level(build);
}

/* Bytes that are no header's end the last one; those of a protocol that is all header belong to it. */
static inline bool begins_payload(const struct spk_build *b)
{
    return !b->closed && b->depth == 0 && spk_layer_cproto(&b->packet, b->packet.count - 1u)->extent != SPK_EXTENT_REST;
}

enum spk_status spk_build_raw(struct spk_build *build, const uint8_t *data, size_t len)
{
    if (build->error.code != SPK_OK || (begins_payload(build) && close_header(build) != SPK_OK)) {
        return build->error.code;
    }
    return spk_buf_put(&build->bytes, data, len) ? SPK_OK : spk_build_no_memory(build);
}

static __attribute__((noinline)) void apply_fixups(struct spk_build *b)
{
    size_t count = b->fixups.len / sizeof(struct spk_fixup);
    for (size_t i = 0; i < count; i++) {
        struct spk_fixup fixup;
        memcpy(&fixup, b->fixups.data + i * sizeof fixup, sizeof fixup);
        uint64_t number = fixup.little ? spk_swap_bytes(fixup.number, fixup.width) : fixup.number;
        bool there = (uint64_t)fixup.bit + fixup.width <= (uint64_t)b->bytes.len * 8;
        if (there) { /* a span may be wider than that */
            spk_store_bits(b->bytes.data, fixup.bit, fixup.width, number);
        }
    }
}

static void fix(struct spk_build *b, unsigned flags)
{
    if ((flags & SPK_FIX_LENGTHS) != 0 && b->fixups.len > 0) {
        apply_fixups(b);
    }
    if (b->kept == NULL) {
        b->kept = spk_alloc_zeroed(1, sizeof *b->kept);
    }
    if (b->kept != NULL) {
        spk_kept_fix(b->kept, &b->packet, b->bytes.data, flags);
    } else { /* no memory to keep anything in */
        spk_packet_fix(&b->packet, b->bytes.data, flags);
    }
}

enum spk_status spk_build_finish(struct spk_build *build, unsigned flags, const uint8_t **data, uint32_t *len,
                                 struct spk_error *error)
{
    if (build->error.code != SPK_OK || close_header(build) != SPK_OK) {
        return spk_fail(error, build->error);
    }
    if (spk_buf_room(&build->bytes, 1) == NULL) {
        return spk_no_memory(error);
    }
    struct spk_packet *packet = &build->packet;
    packet->data = build->bytes.data;
    packet->caplen = packet->len = (uint32_t)build->bytes.len;
    for (unsigned i = 0; i < packet->count; i++) {
        packet->layers[i].end = packet->len;
    }
    if (flags != 0) {
        fix(build, flags);
    }
    *data = build->bytes.data;
    *len = packet->len;
    return SPK_OK;
}

/* Bytes that no row covers, and before them what was left of a byte. */
static enum spk_status put_raw(struct spk_build *build, const struct spk_walk *walk)
{
    const uint8_t *data = walk->packet->data + walk->at;
    uint32_t bits = walk->bit % 8 == 0 ? 0 : 8 - walk->bit % 8;
    if (bits > 0) {
        const struct spk_row rest = { .kind = SPK_PAD, .bits = (uint16_t)bits };
        const struct spk_value value = { .kind = SPK_PAD, .u = data[0] & ((1U << bits) - 1) };
        if (spk_build_put(build, &rest, &value) != SPK_OK) {
            return build->error.code;
        }
    }
    uint32_t from = bits > 0;
    return spk_buf_put(&build->bytes, data + from, walk->len - from) ? SPK_OK : spk_build_no_memory(build);
}

enum spk_status spk_build_event(struct spk_build *build, const struct spk_walk *walk, enum spk_walk_event event)
{
    struct spk_scratch scratch;
    struct spk_value value;
    if (build->error.code != SPK_OK) {
        return build->error.code;
    }
    if (event == SPK_EVENT_LAYER) {
        build->closed = true;
        build->front = NULL;
        if (build->packet.count == SPK_LAYERS_MAX) {
            return refuse_layer(build, spk_layer_proto(walk->packet, walk->layer));
        }
        open_layer(build, walk->packet->layers[walk->layer].proto);
        return SPK_OK;
    }
    if (event == SPK_EVENT_RAW) {
        return put_raw(build, walk);
    }
    if (event != SPK_EVENT_VALUE || walk->row->view.op != SPK_NOT_A_VIEW) {
        return SPK_OK;
    }
    if (!spk_walk_spelling(walk, &scratch, &value)) {
        return spk_build_refuse(build, walk->row, "the value on the wire cannot be spelled");
    }
    return spk_build_put(build, walk->row, &value);
}
