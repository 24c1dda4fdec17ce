/*
 * Any bytes as the table of a protocol, as a plug-in brings it: references, sizes, counts, conditions, choices and groups
 * within each other, sensible or not. A registry refuses it with a reason, or its rows tile whatever is decoded with it,
 * and what is read builds the same bytes again.
 */
#include "support.h"

enum { GROUPS = 4, ROWS = 8, CASES = 3, LINK = 147 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The tables that the bytes become. */
struct tables {
    struct spk_row rows[GROUPS][ROWS];
    struct spk_group groups[GROUPS];
    struct spk_case cases[GROUPS][ROWS][CASES + 1];
    struct spk_next next[2];
    struct spk_sit sits[2];
    struct spk_proto proto;
};

struct bytes {
    const uint8_t *at;
    size_t left;
};

static uint8_t take(struct bytes *bytes)
{
    uint8_t byte = bytes->left > 0 ? *bytes->at : 0;
    bytes->at += bytes->left > 0;
    bytes->left -= bytes->left > 0;
    return byte;
}

static int32_t take_signed(struct bytes *bytes)
{
    uint8_t byte = take(bytes);
    return byte < 250 ? (int32_t)byte - 100 : byte % 2 == 0 ? INT32_MAX : INT32_MIN;
}

/* An index that mostly points at a row before the index-th. */
static int16_t take_row(struct bytes *bytes, unsigned index)
{
    uint8_t byte = take(bytes);
    return (int16_t)(byte < 240 && index > 0 ? byte % index : (unsigned)byte - 248u);
}

static struct spk_ref take_ref(struct bytes *bytes, unsigned index)
{
    static const int16_t factors[] = { 0, 0, 1, 1, 2, 4, 8, -1, 32767 };
    struct spk_ref ref = { .mul = factors[take(bytes) % SPK_COUNT_OF(factors)] };
    if (ref.mul != 0) {
        ref.row = take_row(bytes, index);
        ref.add = take_signed(bytes);
    }
    return ref;
}

static struct spk_when take_when(struct bytes *bytes, unsigned index)
{
    uint8_t test = take(bytes);
    if (test < 128) {
        return (struct spk_when){ .test = SPK_ALWAYS };
    }
    return (
        struct spk_when){ .test = test % 8, .row = take_row(bytes, index), .mask = take(bytes), .value = take(bytes) };
}

/* A codec: a byte that says how many follow. */
static int32_t measure(const struct spk_place *place)
{
    uint32_t left = place->end - place->at;
    const uint8_t *at = place->packet->data + place->at;
    return place->at < place->end && at[0] < left ? at[0] + 1 : -1;
}

static bool get(const struct spk_place *place, struct spk_value *value)
{
    int32_t len = measure(place);
    if (len < 0) {
        return false;
    }
    value->data = place->packet->data + place->at + 1;
    value->len = (uint32_t)len - 1;
    return true;
}

static int32_t put(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)before;
    if (text->len > 255 || text->len + 1 > size) {
        return -1;
    }
    out[0] = (uint8_t)text->len;
    memcpy(out + 1, text->len > 0 ? text->data : out, text->len);
    return (int32_t)text->len + 1;
}

static const struct spk_codec codec = { .measure = measure, .get = get, .spell = get, .put = put, .pointed_at = true };

static bool show(const struct spk_place *place, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = SPK_UINT, .u = spk_place_uint(place, 0) };
    return place->index % 2 == 0;
}

/* Of one row alone. */
static bool show_alone(const struct spk_place *place, struct spk_value *value)
{
    if (place->at >= place->end) {
        return false;
    }
    *value = (struct spk_value){ .kind = SPK_UINT, .u = place->packet->data[place->at] };
    return value->u % 2 == 0;
}

static void take_view(struct bytes *bytes, struct spk_row *row, unsigned index)
{
    row->view.op = take(bytes) % 6;
    row->view.a = take_row(bytes, index);
    row->view.b = take_row(bytes, index);
    row->view.mul = take_signed(bytes);
    row->view.add = take_signed(bytes);
    row->view.alone = row->view.op == SPK_VIEW_CALL && row->view.b % 2 != 0;
    row->view.get = row->view.op != SPK_VIEW_CALL ? NULL : row->view.alone ? show_alone : show;
}

static void take_cases(struct bytes *bytes, struct tables *tables, struct spk_case *cases)
{
    for (unsigned i = 0; i < CASES; i++) {
        uint8_t group = take(bytes);
        cases[i] = (struct spk_case){ .key = take(bytes), .in = group < 250 ? &tables->groups[group % GROUPS] : NULL };
        cases[i].last = take(bytes) % 2 == 0 ? 0 : cases[i].key + take(bytes);
    }
    cases[CASES] = (struct spk_case){ .in = NULL };
}

static void take_one(struct bytes *bytes, struct tables *tables, unsigned group, unsigned index)
{
    static const char *const names[ROWS] = { "f.a", "f.b", NULL, "f.c", "f.d", NULL, "f.e", "f.g" };
    static const uint16_t widths[] = { 0, 1, 3, 4, 8, 16, 24, 32, 48, 64, 128, 65535 };
    struct spk_row *row = &tables->rows[group][index];
    uint8_t what = take(bytes);
    memset(row, 0, sizeof *row);
    row->name = names[(index + group) % ROWS];
    row->attr = row->name == NULL && what % 2 == 0 ? "pad" : NULL;
    row->doc = what < 252 ? "What it is." : NULL;
    row->kind = take(bytes) % (SPK_CHOICE + 2);
    row->bits = widths[take(bytes) % SPK_COUNT_OF(widths)];
    row->size = take_ref(bytes, index);
    row->flags = take(bytes) < 128 ? 0 : (uint16_t)(1u << take(bytes) % 12);
    row->base = take(bytes) % (SPK_DATE + 1);
    if (what % 4 == 1) {
        row->many = take(bytes) % (SPK_UNTIL + 2);
        row->n = take_ref(bytes, row->many == SPK_UNTIL ? ROWS : index);
        row->most = take(bytes) < 200 ? 0 : take(bytes);
    }
    if (what % 8 == 2) {
        row->when[0] = take_when(bytes, index);
        row->when[1] = take_when(bytes, index);
    }
    if (what % 8 == 3) {
        take_view(bytes, row, index);
    }
    if (what % 16 == 4 && (row->kind == SPK_BYTES || row->kind == SPK_TEXT)) {
        row->codec = &codec;
    }
    if (row->kind == SPK_GROUP) {
        uint8_t in = take(bytes);
        row->in = in < 250 ? &tables->groups[in % GROUPS] : NULL;
    }
    if (row->kind == SPK_CHOICE) {
        row->key = take_row(bytes, index);
        take_cases(bytes, tables, tables->cases[group][index]);
        row->cases = tables->cases[group][index];
    }
}

static void take_proto(struct bytes *bytes, struct tables *tables)
{
    static const char *const group_names[GROUPS] = { "F", "G", "H", "K" };
    struct spk_proto *proto = &tables->proto;
    for (unsigned g = 0; g < GROUPS; g++) {
        uint16_t count = take(bytes) % (ROWS + 1);
        for (unsigned i = 0; i < count; i++) {
            take_one(bytes, tables, g, i);
        }
        tables->groups[g] = (struct spk_group){ .name = group_names[g], .rows = tables->rows[g], .count = count };
    }
    unsigned count = tables->groups[0].count;
    tables->sits[0] = (struct spk_sit){ "link", LINK };
    tables->sits[1] = (struct spk_sit){ NULL, 0 };
    tables->next[0] = (struct spk_next){ .space = take(bytes) < 128 ? "link" : NULL, .pick = take(bytes) % 6 };
    tables->next[0].keys[0] = take_row(bytes, count);
    tables->next[0].keys[1] = take_row(bytes, count);
    tables->next[0].when[0] = take_when(bytes, count);
    tables->next[1] = (struct spk_next){ .space = NULL };
    *proto = (struct spk_proto){ .name = "f", .title = "Fuzz", .hdr = tables->groups[0] };
    proto->extent = take(bytes) % (SPK_EXTENT_REST + 2);
    proto->hlen = take_ref(bytes, count);
    proto->len = take_ref(bytes, count);
    proto->len_when = take_when(bytes, count);
    proto->piece = take_when(bytes, count);
    proto->covers = take(bytes) % (SPK_COVERS_PSEUDO6 + 2);
    proto->csum = take_row(bytes, count);
    proto->src = take(bytes) < 200 ? 0 : take_row(bytes, count);
    proto->dst = take(bytes) < 200 ? 0 : take_row(bytes, count);
    proto->min = take(bytes) < 200 ? 0 : take(bytes);
    proto->flags = take(bytes) < 128 ? 0 : (uint16_t)(1u << take(bytes) % 8);
    proto->next = tables->next;
    proto->sits = tables->sits;
}

static void use(const struct spk_registry *registry, const uint8_t *data, uint32_t len)
{
    struct spk_build *build = NULL;
    struct spk_packet packet;
    const uint8_t *built = NULL;
    uint32_t built_len = 0;
    if (spk_build_new(registry, &build) != SPK_OK) {
        return;
    }
    spk_decode(registry, LINK, data, len, len, &packet);
    read_and_build(&packet, build);
    spk_packet_check(&packet, NULL);
    spk_build_reset(build);
    spk_build_layer(build, spk_registry_find(registry, "f"));
    spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &built, &built_len, NULL);
    spk_build_free(build);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tables tables; /* too large for a stack; written anew each time */
    const struct spk_proto *protos[] = { &tables.proto };
    struct bytes bytes = { data, size };
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    take_proto(&bytes, &tables);
    if (spk_registry_new(NULL, protos, 1, &registry, &error) == SPK_OK) {
        uint32_t len = bytes.left < 600 ? (uint32_t)bytes.left : 600;
        uint8_t *packet = malloc(len); /* of exactly its size, so that a byte too far is seen */
        memcpy(packet, bytes.at, len);
        use(registry, packet, len);
        free(packet);
    } else {
        claim(error.what != NULL && registry == NULL); /* it is refused with a reason */
    }
    spk_registry_free(registry);
    return 0;
}
