/*
 * build: layers to bytes. Values are appended in the order of the rows; rows with a fixed place at a header's front hold
 * their initial values from the start and may be set in any order. What lengths and counts would have to say is noted on
 * the way and written only when spk_build_finish is asked to.
 */
#include "packet/build.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "packet/write.h"

enum { OUT_OF_PLACE = -1 };

static enum spk_status fail(struct spk_build *b, enum spk_status code, const char *who, const char *what)
{
    if (b->error.code == SPK_OK) {
        b->error = (struct spk_error){ .code = code, .who = who, .what = what };
    }
    return b->error.code;
}

static enum spk_status refuse(struct spk_build *b, const struct spk_row *row, const char *what)
{
    return fail(b, SPK_ERR_USAGE, row->name != NULL ? row->name : row->attr, what);
}

static struct spk_build_level *top(struct spk_build *b)
{
    return &b->levels[b->depth];
}

static uint32_t position(const struct spk_build *b)
{
    return (uint32_t)b->bytes.len * 8 - b->spare;
}

/* Appends width bits, zeroed. False: no memory. */
static bool append_bits(struct spk_build *b, uint32_t width, uint32_t *bit)
{
    *bit = position(b);
    uint32_t more = width > b->spare ? (width - b->spare + 7) / 8 : 0;
    uint8_t *room = spk_buf_room(&b->bytes, more);
    if (room == NULL) {
        return false;
    }
    memset(room, 0, more);
    b->bytes.len += more;
    b->spare = b->spare + more * 8 - width;
    return true;
}

static bool fixed(const struct spk_row *row)
{
    return row->bits > 0 && row->kind != SPK_GROUP && row->kind != SPK_CHOICE;
}

static uint32_t row_bit(const struct spk_build_level *level, int index)
{
    return index < level->lead ? level->start * 8 + level->group->rows[index].bit : level->bits[index];
}

/* The number in a row of the level that is already there, for conditions and keys; 0 where it is absent. */
static uint64_t number_of(const struct spk_build *b, const struct spk_build_level *level, int index)
{
    const struct spk_row *row = level->group->rows[index].row;
    uint32_t width = row->bits;
    while (row->view.op == SPK_VIEW_SPAN) {
        index = row->view.a;
        row = level->group->rows[index].row;
        width = width > 0 ? width : row->bits;
    }
    if (row->view.op != SPK_NOT_A_VIEW || index >= level->row || width == 0 || width > 64) {
        return 0;
    }
    uint32_t bit = row_bit(level, index);
    if (bit == SPK_NOWHERE) {
        return 0;
    }
    uint64_t number = spk_load_bits(b->bytes.data, bit, width);
    return (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(number, width) : number;
}

/* Conditions on room, or on the row that holds the row's own length, cannot be known before the end: what is set is there. */
static bool is_open_question(const struct spk_row *row, const struct spk_when *when)
{
    return when->test == SPK_ROOM || (when->test != SPK_ALWAYS && row->size.mul != 0 && when->row == row->size.row);
}

static bool holds(const struct spk_build *b, const struct spk_build_level *level, const struct spk_row *row)
{
    for (int i = 0; i < 2; i++) {
        const struct spk_when *when = &row->when[i];
        bool known = when->test != SPK_ALWAYS && !is_open_question(row, when);
        if (known
            && (when->test == SPK_ABSENT
                    ? row_bit(level, when->row) != SPK_NOWHERE
                    : !spk_test_holds(when->test, number_of(b, level, when->row), when->mask, when->value))) {
            return false;
        }
    }
    return true;
}

static bool needs_room(const struct spk_row *row)
{
    return is_open_question(row, &row->when[0]) || is_open_question(row, &row->when[1]);
}

static enum spk_status note_fixup(struct spk_build *b, struct spk_build_level *level, const struct spk_ref *ref,
                                  uint32_t number)
{
    const struct spk_row *row = level->group->rows[ref->row].row;
    uint32_t bit = row_bit(level, ref->row);
    if (bit == SPK_NOWHERE || row->bits == 0 || (int64_t)number < ref->add) {
        return SPK_OK;
    }
    struct spk_fixup fixup = {
        .bit = bit,
        .width = row->bits,
        .little = (row->flags & SPK_LITTLE) != 0,
        .number = (uint64_t)((int64_t)number - ref->add) / (uint64_t)ref->mul,
    };
    return spk_buf_put(&b->fixups, &fixup, sizeof fixup) ? SPK_OK : fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
}

/* The row is complete: pads its region to whole words, and notes what its size and count say. */
static enum spk_status close_row(struct spk_build *b, struct spk_build_level *level, int index)
{
    const struct spk_row *row = level->group->rows[index].row;
    if (row->view.op != SPK_NOT_A_VIEW || index < level->lead || level->bits[index] == SPK_NOWHERE) {
        return SPK_OK;
    }
    if (row->many == SPK_COUNT && note_fixup(b, level, &row->n, level->elements) != SPK_OK) {
        return b->error.code;
    }
    level->elements = 0;
    if (row->size.mul == 0) {
        return SPK_OK;
    }
    uint32_t bit = 0;
    uint32_t bytes = (position(b) - level->bits[index]) / 8;
    while (row->size.mul > 1 && ((int64_t)bytes - row->size.add) % row->size.mul != 0) {
        if (!append_bits(b, 8, &bit)) {
            return fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
        }
        bytes++;
    }
    return note_fixup(b, level, &row->size, bytes);
}

static enum spk_status put_value(struct spk_build *b, const struct spk_row *row, const struct spk_value *value);

/* Bytes of a row that is not set: as many zeros as the initial value of its length says (ARP's six and four). */
static uint32_t initial_bytes(const struct spk_build_level *level, const struct spk_row *row)
{
    if (row->size.mul <= 0 || (row->kind != SPK_BYTES && row->kind != SPK_TEXT)) {
        return 0;
    }
    int64_t bytes = (int64_t)level->group->rows[row->size.row].row->init * row->size.mul + row->size.add;
    return bytes > 0 && bytes <= UINT8_MAX ? (uint32_t)bytes : 0;
}

/* Initial values for the rows before index; the level then stands there. */
static enum spk_status advance(struct spk_build *b, struct spk_build_level *level, int index)
{
    while (level->row < index) {
        const struct spk_row *row = level->group->rows[level->row].row;
        enum spk_status status = SPK_OK;
        level->bits[level->row] = SPK_NOWHERE;
        if (row->view.op == SPK_NOT_A_VIEW && holds(b, level, row) && !needs_room(row)) {
            level->bits[level->row] = position(b);
            struct spk_value initial = { .kind = SPK_UINT, .u = row->init };
            uint32_t bit = 0;
            if (row->many == SPK_ONE && fixed(row)) {
                if (row->bits <= 64) {
                    initial.kind = row->kind == SPK_IP4 ? SPK_IP4 : SPK_UINT;
                    bool number = row->kind != SPK_MAC && row->kind != SPK_BYTES && row->kind != SPK_TEXT;
                    status = number                            ? put_value(b, row, &initial)
                             : append_bits(b, row->bits, &bit) ? SPK_OK
                                                               : fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
                } else if (!append_bits(b, row->bits, &bit)) {
                    status = fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
                }
            } else if (row->many == SPK_ONE && row->codec != NULL) {
                initial = (struct spk_value){ .kind = SPK_TEXT, .data = (const uint8_t *)"" };
                status = put_value(b, row, &initial);
            } else if (row->many == SPK_ONE && !append_bits(b, initial_bytes(level, row) * 8, &bit)) {
                status = fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
            }
        }
        if (status == SPK_OK) {
            status = close_row(b, level, level->row);
        }
        if (status != SPK_OK) {
            return status;
        }
        level->row++;
    }
    return SPK_OK;
}

static enum spk_status put_coded(struct spk_build *b, const struct spk_row *row, const struct spk_value *value)
{
    uint32_t start = b->packet.count > 0 ? b->packet.layers[b->packet.count - 1].at : 0;
    uint32_t size = value->len + 16;
    uint8_t *room = spk_buf_room(&b->bytes, size);
    if (room == NULL) {
        return fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
    }
    struct spk_written before = {
        .message = b->bytes.data + start, .len = (uint32_t)b->bytes.len - start,
        .places = (const uint32_t *)(const void *)b->places.data,
        .count = (uint32_t)(b->places.len / sizeof(uint32_t)),
    };
    int32_t n = row->codec->put(value, b->compress ? &before : NULL, room, size);
    if (n < 0) {
        return refuse(b, row, "the text is no value of the field");
    }
    b->bytes.len += (uint32_t)n;
    bool remember = b->compress && row->codec->pointed_at;
    return !remember || spk_buf_put(&b->places, &before.len, sizeof before.len)
               ? SPK_OK : fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
}

/* Appends one value. */
static enum spk_status put_value(struct spk_build *b, const struct spk_row *row, const struct spk_value *value)
{
    uint32_t bit = 0;
    const char *what = NULL;
    if (row->codec != NULL) {
        return put_coded(b, row, value);
    }
    if (fixed(row)) {
        if (!append_bits(b, row->bits, &bit)) {
            return fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
        }
        return spk_row_write(row, b->bytes.data, bit, row->bits, value, &what) == SPK_OK ? SPK_OK
                                                                                         : refuse(b, row, what);
    }
    if (row->kind == SPK_NONE) {
        return SPK_OK;
    }
    if (value->kind != SPK_BYTES && value->kind != SPK_TEXT) {
        return refuse(b, row, "the field takes bytes or text");
    }
    return spk_buf_put(&b->bytes, value->data, value->len) ? SPK_OK : fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
}

static enum spk_status leave(struct spk_build *b)
{
    struct spk_build_level *level = top(b);
    enum spk_status status = SPK_OK;
    if (level->row == level->group->count) {
        return SPK_OK;
    }
    if (level->open) {
        status = close_row(b, level, level->row++);
        level->open = false;
    }
    return status == SPK_OK ? advance(b, level, level->group->count) : status;
}

static enum spk_status begin_level(struct spk_build *b, const struct spk_cgroup *group, bool by_itself)
{
    struct spk_build_level *level = top(b);
    uint32_t bytes = group->fixed_bits / 8;
    level->group = group;
    level->start = (uint32_t)b->bytes.len;
    level->lead = group->lead;
    level->row = group->lead;
    level->elements = 0;
    level->open = false;
    level->by_itself = by_itself;
    /* a front that ends within a byte is rare: its rows are then appended one by one */
    if (group->fixed_bits % 8 != 0 || b->spare != 0) {
        level->lead = 0;
        level->row = 0;
        return SPK_OK;
    }
    return spk_buf_put(&b->bytes, group->init, bytes) ? SPK_OK : fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
}

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
    build->error = (struct spk_error){ 0 };
    build->packet.count = 0;
}

void spk_build_compress(struct spk_build *build, bool compress)
{
    build->compress = compress;
}

/* Completes the header of the last layer: all open groups, then the rows not set. */
static enum spk_status close_header(struct spk_build *b)
{
    if (b->closed) {
        return b->error.code;
    }
    enum spk_status status = leave(b);
    while (status == SPK_OK && b->depth > 0) {
        b->depth--;
        status = leave(b);
    }
    struct spk_layer *layer = &b->packet.layers[b->packet.count - 1];
    layer->hdr_len = (uint32_t)b->bytes.len - layer->at;
    b->closed = true;
    return status;
}

static enum spk_status open_layer(struct spk_build *b, uint32_t proto)
{
    if (b->packet.count == SPK_LAYERS_MAX) {
        return fail(b, SPK_ERR_LIMIT, b->packet.registry->protos[proto].proto->name, "more than 32 layers");
    }
    b->packet.layers[b->packet.count++] = (struct spk_layer){ .proto = (uint16_t)proto, .at = (uint32_t)b->bytes.len };
    b->places.len = 0;
    b->depth = 0;
    return SPK_OK;
}

enum spk_status spk_build_layer(struct spk_build *build, const struct spk_proto *proto)
{
    const struct spk_registry *registry = build->packet.registry;
    if (build->error.code != SPK_OK || close_header(build) != SPK_OK) {
        return build->error.code;
    }
    if (proto == NULL) {
        return fail(build, SPK_ERR_USAGE, NULL, "unknown protocol");
    }
    uint32_t *last = &build->protos[build->packet.count % SPK_LAYERS_MAX];
    if (registry->protos[*last].proto != proto) {
        uint32_t found = 0;
        while (found < registry->proto_count && registry->protos[found].proto != proto) {
            found++;
        }
        if (found == registry->proto_count) {
            return fail(build, SPK_ERR_USAGE, proto->name, "the protocol is not in the builder's registry");
        }
        *last = found;
    }
    if (open_layer(build, *last) != SPK_OK) {
        return build->error.code;
    }
    build->closed = false;
    return begin_level(build, registry->protos[*last].hdr, false);
}

static unsigned rank_of(const struct spk_crow *crow, const struct spk_target *target)
{
    return target->word == NULL ? crow->field == target->field : spk_row_rank(crow->row, target->word);
}

static bool has_row(const struct spk_cgroup *group, const struct spk_target *target)
{
    for (int i = 0; i < group->count; i++) {
        if (rank_of(&group->rows[i], target) > 0) {
            return true;
        }
    }
    return false;
}

/* Rows of one name may exclude each other by their conditions: the one that is there now goes before the others. */
static int find_row(const struct spk_build *b, const struct spk_build_level *level, const struct spk_target *target)
{
    const struct spk_cgroup *group = level->group;
    int best = OUT_OF_PLACE;
    unsigned best_rank = 0;
    for (int i = 0; i < group->count; i++) {
        const struct spk_crow *crow = &group->rows[i];
        unsigned rank = rank_of(crow, target);
        if (rank == 0) {
            continue;
        }
        bool conditional = crow->row->when[0].test != SPK_ALWAYS;
        if (target->word == NULL && !conditional) {
            return i;
        }
        rank = 2 * rank + (!conditional || holds(b, level, crow->row));
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

static const struct spk_cgroup *child_of(const struct spk_build *b, const struct spk_build_level *level, int index)
{
    const struct spk_registry *registry = b->packet.registry;
    const struct spk_crow *crow = &level->group->rows[index];
    if (crow->row->kind == SPK_GROUP) {
        return registry->groups[crow->child];
    }
    uint64_t key = number_of(b, level, crow->row->key);
    for (uint32_t i = 0; crow->row->cases[i].in != NULL; i++) {
        const struct spk_case *one = &crow->row->cases[i];
        if (key >= one->key && key <= (one->last > one->key ? one->last : one->key)) {
            return registry->groups[registry->cases[crow->child + i]];
        }
    }
    return NULL;
}

/* Whether the row is reached from the group through CHOICEs and single GROUPs. Bounded by SPK_DEPTH_MAX. */
static bool reaches(const struct spk_build *b, const struct spk_cgroup *group, const struct spk_target *target,
                    int depth)
{
    const struct spk_registry *registry = b->packet.registry;
    if (has_row(group, target)) {
        return true;
    }
    for (int i = 0; i < group->count && depth < SPK_DEPTH_MAX; i++) {
        const struct spk_crow *crow = &group->rows[i];
        if (crow->row->many != SPK_ONE || crow->row->view.op != SPK_NOT_A_VIEW) {
            continue;
        }
        if (crow->row->kind == SPK_GROUP && reaches(b, registry->groups[crow->child], target, depth + 1)) {
            return true;
        }
        for (uint32_t k = 0; crow->row->kind == SPK_CHOICE && crow->row->cases[k].in != NULL; k++) {
            if (reaches(b, registry->groups[registry->cases[crow->child + k]], target, depth + 1)) {
                return true;
            }
        }
    }
    return false;
}

/* Moves the level to a row: completes the one it stands on, fills in those between. */
static enum spk_status move_to(struct spk_build *b, struct spk_build_level *level, int index)
{
    if (level->open && level->row < index) {
        enum spk_status status = close_row(b, level, level->row);
        if (status != SPK_OK) {
            return status;
        }
        level->row++;
        level->open = false;
    }
    return advance(b, level, index);
}

static enum spk_status enter_row(struct spk_build *b, int index, bool by_itself)
{
    struct spk_build_level *level = top(b);
    const struct spk_row *row = level->group->rows[index].row;
    bool again = level->open && level->row == index && row->many != SPK_ONE;
    if (index < level->row || (level->row == index && level->open && !again)) {
        return refuse(b, row, "a row that comes later has been set already");
    }
    if (!again && move_to(b, level, index) != SPK_OK) {
        return b->error.code;
    }
    if (!again && !holds(b, level, row)) {
        return refuse(b, row, "the field is not there with the values set before it");
    }
    const struct spk_cgroup *child = child_of(b, level, index);
    if (child == NULL) {
        return refuse(b, row, "the key set before it picks no group");
    }
    if (b->depth + 1 >= SPK_DEPTH_MAX) {
        return fail(b, SPK_ERR_LIMIT, row->name, "groups are nested too deep");
    }
    if (!again) {
        level->bits[index] = position(b);
        level->open = true;
    }
    level->elements++;
    b->depth++;
    return begin_level(b, child, by_itself);
}

static enum spk_status leave_level(struct spk_build *b)
{
    enum spk_status status = leave(b);
    b->depth--;
    return status;
}

int spk_build_locate(struct spk_build *b, const struct spk_target *target)
{
    if (b->error.code != SPK_OK) {
        return OUT_OF_PLACE;
    }
    for (unsigned steps = 0; steps < 2 * SPK_DEPTH_MAX && !b->closed; steps++) {
        struct spk_build_level *level = top(b);
        int index = find_row(b, level, target);
        if (index >= 0) {
            return index;
        }
        int inside = OUT_OF_PLACE;
        for (int i = level->row; i < level->group->count && inside < 0; i++) {
            const struct spk_row *row = level->group->rows[i].row;
            bool single = row->many == SPK_ONE && (row->kind == SPK_GROUP || row->kind == SPK_CHOICE);
            if (single && row->view.op == SPK_NOT_A_VIEW) {
                if (move_to(b, level, i) != SPK_OK) {
                    return OUT_OF_PLACE;
                }
                const struct spk_cgroup *child = level->open ? NULL : child_of(b, level, i);
                inside = child != NULL && holds(b, level, row) && reaches(b, child, target, 0) ? i : OUT_OF_PLACE;
            }
        }
        if (inside >= 0) {
            if (enter_row(b, inside, true) != SPK_OK) {
                return OUT_OF_PLACE;
            }
        } else if (level->by_itself) {
            if (leave_level(b) != SPK_OK) {
                return OUT_OF_PLACE;
            }
        } else {
            break;
        }
    }
    fail(b, SPK_ERR_USAGE, target->name, b->closed ? "no layer is open" : "the open layer or group has no such field");
    return OUT_OF_PLACE;
}

/* Writes over a row that is there already. */
static enum spk_status poke(struct spk_build *b, struct spk_build_level *level, int index,
                            const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    const char *what = NULL;
    uint32_t bit = row_bit(level, index);
    if (bit == SPK_NOWHERE) {
        return refuse(b, row, "the field is not there with the values set before it");
    }
    if (!fixed(row) || row->many != SPK_ONE) {
        return refuse(b, row, "a row that comes later has been set already");
    }
    return spk_row_write(row, b->bytes.data, bit, row->bits, value, &what) == SPK_OK ? SPK_OK : refuse(b, row, what);
}

/* A view of bits on a row whose length another row says (an address in ARP): the row is set to just those bytes. */
static enum spk_status set_sized(struct spk_build *b, struct spk_build_level *level, const struct spk_row *view,
                                 const struct spk_value *value)
{
    uint8_t bytes[8];
    struct spk_value given = { .kind = SPK_BYTES, .data = value->data, .len = value->len };
    bool number = value->kind == SPK_UINT || value->kind == SPK_IP4 || value->kind == SPK_BOOL;
    if (number && view->bits <= 64 && view->bits % 8 == 0) {
        spk_store_bits(bytes, 0, view->bits, value->u);
        given.data = bytes;
        given.len = view->bits / 8;
    }
    if (given.len * 8 != view->bits) {
        return refuse(b, view, "the value has not the field's length");
    }
    return spk_build_set_row(b, level, view->view.a, &given);
}

/* SPAN views that lie on bits are set through them; SCALE views undo their factor. */
static enum spk_status set_view(struct spk_build *b, struct spk_build_level *level, int index,
                                const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    struct spk_value given = *value;
    const char *what = NULL;
    if (row->view.op == SPK_VIEW_SCALE) {
        int64_t number = (int64_t)value->u - row->view.add;
        if (row->view.mul == 0 || number < 0 || number % row->view.mul != 0) {
            return refuse(b, row, "the number is no multiple of the field's unit");
        }
        given.u = (uint64_t)(number / row->view.mul);
        return spk_build_set_row(b, level, row->view.a, &given);
    }
    if (row->view.op != SPK_VIEW_SPAN) {
        return refuse(b, row, "the field is computed and cannot be set");
    }
    if (row->bits == 0) {
        return spk_build_set_row(b, level, row->view.a, &given);
    }
    if (level->group->rows[row->view.a].row->bits == 0) {
        return set_sized(b, level, row, &given);
    }
    int end = row->view.a;
    for (uint32_t covered = 0; covered < row->bits && end < level->group->count; end++) {
        covered += level->group->rows[end].row->view.op == SPK_NOT_A_VIEW ? level->group->rows[end].row->bits : 0;
    }
    if (end > level->row && move_to(b, level, end) != SPK_OK) {
        return b->error.code;
    }
    uint32_t bit = row_bit(level, row->view.a);
    return spk_row_write(row, b->bytes.data, bit, row->bits, &given, &what) == SPK_OK ? SPK_OK : refuse(b, row, what);
}

enum spk_status spk_build_set_row(struct spk_build *b, struct spk_build_level *level, int index,
                                  const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    if (row->view.op != SPK_NOT_A_VIEW) {
        return set_view(b, level, index, value);
    }
    bool again = level->open && level->row == index && row->many != SPK_ONE;
    if (index < level->row) {
        return poke(b, level, index, value);
    }
    if (row->kind == SPK_GROUP || (level->row == index && level->open && !again)) {
        return refuse(b, row, row->kind == SPK_GROUP ? "a group is opened, not set" : "the row has been set already");
    }
    if (!again) {
        if (move_to(b, level, index) != SPK_OK) {
            return b->error.code;
        }
        if (!holds(b, level, row)) {
            return refuse(b, row, "the field is not there with the values set before it");
        }
        level->bits[index] = position(b);
        level->elements = 0;
    }
    enum spk_status status = put_value(b, row, value);
    level->elements++;
    if (row->many != SPK_ONE) {
        level->open = true;
    } else if (status == SPK_OK) {
        status = close_row(b, level, index);
        level->row = (uint16_t)(index + 1);
    }
    return status;
}

/*
 * The bits of a field that stands at its fixed place in the open group already; NULL: it does not,
 * and the rows have to be asked. Most of what crafting a packet cost was spent on asking them.
 */
static inline const struct spk_quick *at_hand(const struct spk_build *b, const struct spk_field *field, uint32_t *bit)
{
    const struct spk_build_level *level = &b->levels[b->depth];
    const struct spk_quick *quick = &b->packet.registry->fields[field->index].quick;
    if (b->closed || b->error.code != SPK_OK || level->group != quick->group || level->lead == 0) {
        return NULL;
    }
    *bit = level->start * 8 + quick->bit;
    return quick;
}

enum spk_status spk_build_set(struct spk_build *build, const struct spk_field *field, const struct spk_value *value)
{
    if (field == NULL) {
        return fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    uint32_t bit = 0;
    const struct spk_quick *quick = at_hand(build, field, &bit);
    if (quick != NULL && !quick->number && value->len * 8 == quick->width) {
        memcpy(build->bytes.data + bit / 8, value->data, value->len);
        return SPK_OK;
    }
    struct spk_target target = { .field = field->index, .name = field->name };
    int index = spk_build_locate(build, &target);
    return index < 0 ? build->error.code : spk_build_set_row(build, top(build), index, value);
}

enum spk_status spk_build_set_uint(struct spk_build *build, const struct spk_field *field, uint64_t number)
{
    uint32_t bit = 0;
    const struct spk_quick *quick = field != NULL ? at_hand(build, field, &bit) : NULL;
    if (quick != NULL && quick->number && (quick->width == 64 || number >> quick->width == 0)) {
        spk_store_bits(build->bytes.data, bit, quick->width, number);
        return SPK_OK;
    }
    struct spk_value value = { .kind = SPK_UINT, .u = number };
    return spk_build_set(build, field, &value);
}

enum spk_status spk_build_set_text(struct spk_build *build, const struct spk_field *field, const char *text)
{
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_error error = { 0 };
    if (field == NULL) {
        return fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    if (spk_value_parse(field->row, text, &scratch, &value, &error) != SPK_OK) {
        return fail(build, error.code, error.who, error.what);
    }
    return spk_build_set(build, field, &value);
}

enum spk_status spk_build_enter_target(struct spk_build *b, const struct spk_target *target)
{
    int index = spk_build_locate(b, target);
    if (index < 0) {
        return b->error.code;
    }
    if (top(b)->group->rows[index].row->kind != SPK_GROUP) {
        return fail(b, SPK_ERR_USAGE, target->name, "the field is no group");
    }
    return enter_row(b, index, false);
}

enum spk_status spk_build_enter(struct spk_build *build, const struct spk_field *field)
{
    if (field == NULL) {
        return fail(build, SPK_ERR_USAGE, NULL, "unknown field");
    }
    struct spk_target target = { .field = field->index, .name = field->name };
    return spk_build_enter_target(build, &target);
}

enum spk_status spk_build_leave(struct spk_build *build)
{
    enum spk_status status = build->error.code;
    while (status == SPK_OK && build->depth > 0 && top(build)->by_itself) {
        status = leave_level(build);
    }
    if (status != SPK_OK) {
        return status;
    }
    if (build->closed || build->depth == 0) {
        return fail(build, SPK_ERR_USAGE, NULL, "no group is open");
    }
    return leave_level(build);
}

enum spk_status spk_build_raw(struct spk_build *build, const uint8_t *data, size_t len)
{
    if (build->error.code != SPK_OK) {
        return build->error.code;
    }
    bool payload = !build->closed && build->depth == 0
                   && build->packet.registry->protos[build->packet.layers[build->packet.count - 1].proto].extent
                          != SPK_EXTENT_REST;
    if (payload && close_header(build) != SPK_OK) {
        return build->error.code;
    }
    return spk_buf_put(&build->bytes, data, len) ? SPK_OK : fail(build, SPK_ERR_MEMORY, NULL, "out of memory");
}

static void apply_fixups(struct spk_build *b)
{
    size_t count = b->fixups.len / sizeof(struct spk_fixup);
    for (size_t i = 0; i < count; i++) {
        struct spk_fixup fixup;
        memcpy(&fixup, b->fixups.data + i * sizeof fixup, sizeof fixup);
        uint64_t number = fixup.little ? spk_swap_bytes(fixup.number, fixup.width) : fixup.number;
        spk_store_bits(b->bytes.data, fixup.bit, fixup.width, number);
    }
}

enum spk_status spk_build_finish(struct spk_build *build, unsigned flags, const uint8_t **data, uint32_t *len,
                                 struct spk_error *error)
{
    if (build->error.code == SPK_OK) {
        close_header(build);
    }
    if (build->error.code != SPK_OK) {
        return spk_fail(error, build->error);
    }
    if (spk_buf_room(&build->bytes, 1) == NULL) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
    }
    struct spk_packet *packet = &build->packet;
    packet->data = build->bytes.data;
    packet->caplen = packet->len = (uint32_t)build->bytes.len;
    for (unsigned i = 0; i < packet->count; i++) {
        packet->layers[i].end = packet->len;
    }
    if ((flags & SPK_FIX_LENGTHS) != 0) {
        apply_fixups(build);
    }
    spk_packet_fix(packet, build->bytes.data, flags);
    *data = build->bytes.data;
    *len = packet->len;
    return SPK_OK;
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
        return open_layer(build, walk->packet->layers[walk->layer].proto);
    }
    if (event == SPK_EVENT_RAW) {
        value = (struct spk_value){ .kind = SPK_BYTES, .data = walk->packet->data + walk->at, .len = walk->len };
        return spk_buf_put(&build->bytes, value.data, value.len) ? SPK_OK
                                                                 : fail(build, SPK_ERR_MEMORY, NULL, "out of memory");
    }
    if (event != SPK_EVENT_VALUE || walk->row->view.op != SPK_NOT_A_VIEW) {
        return SPK_OK;
    }
    if (!spk_walk_spelling(walk, &scratch, &value)) {
        return refuse(build, walk->row, "the value on the wire cannot be spelled");
    }
    return put_value(build, walk->row, &value);
}
