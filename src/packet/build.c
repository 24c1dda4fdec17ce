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
    for (unsigned i = 0; i <= SPK_LAYERS_MAX; i++) {
        (*out)->starts[i].at = SIZE_MAX;
    }
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
    build->phase = SPK_BUILD_CLOSED;
    build->front = NULL;
    build->error.code = SPK_OK;
    build->packet.count = 0;
    build->next = build->starts;
}

void spk_build_compress(struct spk_build *build, bool compress)
{
    build->compress = compress;
}

/* Completes the open groups, the innermost first. */
static enum spk_status leave_levels(struct spk_build *b)
{
    enum spk_status status = spk_level_leave(b);
    while (status == SPK_OK && b->depth > 0) {
        b->depth--;
        status = spk_level_leave(b);
    }
    return status;
}

/* The last layer's header, of which more was set than it was begun with, ends here. */
static void end_rows(struct spk_build *b)
{
    unsigned last = b->packet.count - 1u;
    struct spk_layer *layer = &b->packet.layers[last];
    uint32_t hdr_len = (uint32_t)b->bytes.len - layer->at;
    if (hdr_len != layer->hdr_len) {
        layer->hdr_len = hdr_len;
        b->starts[last].at = SIZE_MAX;
        b->same = false;
    }
    b->places.len = 0;
}

/* Completes the last layer's header, and ends it. Apart, so that headers that lack nothing do not pay for it. */
static __attribute__((noinline, cold)) enum spk_status close_rows(struct spk_build *b)
{
    if (b->error.code != SPK_OK) {
        return b->error.code;
    }
    spk_build_spell(b);
    if (b->phase == SPK_BUILD_ROWS) {
        if (leave_levels(b) != SPK_OK) {
            return b->error.code;
        }
        end_rows(b);
        b->phase = b->spare == 0 ? SPK_BUILD_CLOSED : SPK_BUILD_UNEVEN;
        b->front = NULL;
    }
    return SPK_OK;
}

/* Whether nothing has to be asked before a layer or bytes follow. */
static inline bool is_free(const struct spk_build *b)
{
    return b->phase <= SPK_BUILD_BEGUN;
}

static inline enum spk_status close_header(struct spk_build *b)
{
    if (!is_free(b)) {
        return close_rows(b);
    }
    b->phase = SPK_BUILD_CLOSED;
    b->front = NULL;
    return SPK_OK;
}

/* A layer at the builder's end, of a protocol's index. There is room for it. */
static void open_layer(struct spk_build *b, uint32_t proto, uint32_t hdr_len)
{
    b->next++->at = SIZE_MAX;
    b->packet.layers[b->packet.count++] =
        (struct spk_layer){ .proto = (uint16_t)proto, .at = (uint32_t)b->bytes.len, .hdr_len = hdr_len };
    b->same = false;
    b->places.len = 0;
    b->depth = 0;
}

static enum spk_status refuse_layer(struct spk_build *b, const struct spk_proto *proto)
{
    return spk_build_fail(b, SPK_ERR_LIMIT, proto->name, "more than 32 layers");
}

static const struct spk_cproto *compiled(const struct spk_build *b, const struct spk_proto *proto)
{
    const struct spk_registry *registry = b->packet.registry;
    if (b->next->proto == proto) {
        return b->next->compiled;
    }
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (registry->protos[i].proto == proto) {
            return &registry->protos[i];
        }
    }
    return NULL;
}

/* The next layer's header begins; there is room for it. */
static enum spk_status start_layer(struct spk_build *b, const struct spk_cproto *proto)
{
    const struct spk_cgroup *group = proto->hdr;
    struct spk_build_start *start = b->next;
    bool complete = group->begun >= group->tail && proto->extent != SPK_EXTENT_REST;
    size_t at = b->bytes.len;
    open_layer(b, proto->index, group->front);
    *start = (struct spk_build_start){ .proto = proto->proto,
                                       .group = group,
                                       .compiled = proto,
                                       .at = at,
                                       .phase = complete ? SPK_BUILD_BEGUN : SPK_BUILD_LACKING };
    if (b->spare != 0) {
        b->phase = SPK_BUILD_ROWS;
        return spk_level_begin(b, group, false);
    }
    spk_front_put(b, group);
    b->phase = start->phase;
    return SPK_OK;
}

/* Apart, so that layers like those of the packet before do not pay for it. */
static __attribute__((noinline, cold)) enum spk_status make_layer(struct spk_build *b, const struct spk_proto *proto)
{
    if (close_header(b) != SPK_OK) {
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
    if (spk_build_room(b, spk_level_room(found->hdr)) == NULL) {
        return spk_build_no_memory(b);
    }
    return start_layer(b, found);
}

/* Begins the layer where it was begun in the packet before, if it is the same. */
static inline bool begin_again(struct spk_build *b, const struct spk_proto *proto)
{
    const struct spk_build_start *start = b->next;
    if (start->proto != proto || start->at != b->bytes.len || !is_free(b)) {
        return false;
    }
    b->next++;
    b->packet.count++;
    b->phase = start->phase;
    spk_front_put(b, start->group);
    return true;
}

enum spk_status spk_build_layer(struct spk_build *build, const struct spk_proto *proto)
{
    return begin_again(build, proto) ? SPK_OK : make_layer(build, proto);
}

uint8_t *spk_build_header(struct spk_build *build, const struct spk_proto *proto)
{
    bool begun = begin_again(build, proto) || make_layer(build, proto) == SPK_OK;
    return begun && build->front != NULL && build->front->begun > 0 ? build->front_bytes : NULL;
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

static const struct spk_quick *quick_of(const struct spk_field *field)
{
    return &((const struct spk_cfield *)(const void *)field)->quick;
}

/* Apart, so that fields at hand do not pay for it. */
static __attribute__((noinline, cold)) enum spk_status set_by_rows(struct spk_build *build,
                                                                   const struct spk_field *field,
                                                                   const struct spk_value *value)
{
    struct spk_target target = { .field = field->index, .name = field->name };
    int index = spk_build_locate(build, &target);
    return index < 0 ? build->error.code : spk_build_set_row(build, spk_build_top(build), index, value);
}

static __attribute__((noinline, cold)) enum spk_status set_number(struct spk_build *build,
                                                                  const struct spk_field *field, uint64_t number)
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
    if (!is_at_hand(build, quick) || value->len != quick->bytes || quick->bytes == 0) {
        return set_by_rows(build, field, value);
    }
    uint8_t *at = build->front_bytes + quick->byte;
    if (quick->bytes == 6) {
        memcpy(at, value->data, 6); /* a MAC address; without a call */
    } else {
        memcpy(at, value->data, quick->bytes);
    }
    return SPK_OK;
}

enum spk_status spk_build_set_uint(struct spk_build *build, const struct spk_field *field, uint64_t number)
{
    if (field != NULL && is_at_hand(build, quick_of(field)) && number < quick_of(field)->bound) {
        spk_cplace_store_four(&quick_of(field)->place, build->front_bytes, (uint32_t)number);
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
    if (spk_build_is_closed(build) || build->depth == 0) {
        return spk_build_fail(build, SPK_ERR_USAGE, NULL, "no group is open");
    }
    return spk_build_leave_level(build);
}

/* Bytes that are no header's end the last one; those of a protocol that is all header belong to it. */
static inline bool begins_payload(const struct spk_build *b)
{
    return !spk_build_is_closed(b) && b->depth == 0
           && spk_layer_cproto(&b->packet, b->packet.count - 1u)->extent != SPK_EXTENT_REST;
}

/* Apart, so that bytes behind a header that lacks nothing do not pay for it. */
static __attribute__((noinline, cold)) enum spk_status put_bytes(struct spk_build *b, const uint8_t *data, size_t len)
{
    if (b->error.code != SPK_OK || (begins_payload(b) && close_header(b) != SPK_OK)) {
        return b->error.code;
    }
    return spk_build_put_bytes(b, data, len) ? SPK_OK : spk_build_no_memory(b);
}

enum spk_status spk_build_raw(struct spk_build *build, const uint8_t *data, size_t len)
{
    if (!is_free(build) || len == 0 || !spk_buf_has_room(&build->bytes, len)) {
        return put_bytes(build, data, len);
    }
    uint8_t *room = build->bytes.data + build->bytes.len;
    build->phase = SPK_BUILD_CLOSED;
    build->front = NULL;
    build->bytes.len += len;
    memcpy(room, data, len);
    return SPK_OK;
}

static __attribute__((noinline, cold)) void apply_fixups(struct spk_build *b)
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

/* Apart, so that packets like the one before do not pay for it. False: no memory. */
static __attribute__((noinline, cold)) bool fix(struct spk_build *b, unsigned flags)
{
    struct spk_packet *packet = &b->packet;
    if (spk_build_room(b, 1) == NULL) { /* a packet without a byte has a first one all the same */
        return false;
    }
    packet->data = b->bytes.data;
    packet->caplen = packet->len = (uint32_t)b->bytes.len;
    for (unsigned i = 0; i < packet->count; i++) {
        packet->layers[i].end = packet->len;
    }
    b->same = false;
    if (flags == 0) {
        return true;
    }
    if (b->kept == NULL) {
        b->kept = spk_alloc_zeroed(1, sizeof *b->kept);
    }
    if (b->kept != NULL) {
        b->same = spk_kept_fix(b->kept, packet, b->bytes.data, flags);
    } else { /* no memory to keep anything in */
        spk_packet_fix(packet, b->bytes.data, flags);
    }
    return true;
}

/* Apart, so that those who fail not do not pay for it. */
static __attribute__((noinline, cold)) enum spk_status say_failure(const struct spk_build *b, struct spk_error *error)
{
    return spk_fail(error, b->error);
}

/* Fixes the packet as the one before was fixed, if it is as long and what is kept holds for it. */
static inline bool fix_again(struct spk_build *b, unsigned flags)
{
    if (!b->same || b->packet.len != b->bytes.len) {
        return false;
    }
    b->packet.data = b->bytes.data;
    return spk_kept_again(b->kept, &b->packet, b->bytes.data, flags);
}

enum spk_status spk_build_finish(struct spk_build *build, unsigned flags, const uint8_t **data, uint32_t *len,
                                 struct spk_error *error)
{
    if (close_header(build) != SPK_OK) {
        return say_failure(build, error);
    }
    if (build->fixups.len > 0 && (flags & SPK_FIX_LENGTHS) != 0) {
        apply_fixups(build);
    }
    if (!fix_again(build, flags) && !fix(build, flags)) {
        return spk_no_memory(error);
    }
    *data = build->bytes.data;
    *len = build->packet.len;
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
    return spk_build_put_bytes(build, data + from, walk->len - from) ? SPK_OK : spk_build_no_memory(build);
}

enum spk_status spk_build_event(struct spk_build *build, const struct spk_walk *walk, enum spk_walk_event event)
{
    struct spk_scratch scratch;
    struct spk_value value;
    if (build->error.code != SPK_OK) {
        return build->error.code;
    }
    if (event == SPK_EVENT_LAYER) {
        build->phase = SPK_BUILD_UNEVEN;
        build->front = NULL;
        if (build->packet.count == SPK_LAYERS_MAX) {
            return refuse_layer(build, spk_layer_proto(walk->packet, walk->layer));
        }
        open_layer(build, walk->packet->layers[walk->layer].proto, 0);
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
