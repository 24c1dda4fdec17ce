/*
 * level: the rows of one open group, appended in their order. Rows with a fixed place at the front hold their initial values
 * from the start. What lengths and counts would have to say is noted on the way.
 */
#include "packet/build.h"

#include "base/bytes.h"
#include "packet/write.h"

enum spk_status spk_build_remember(struct spk_build *b, struct spk_error error)
{
    if (b->error.code == SPK_OK) {
        b->error = error;
    }
    b->front = NULL;
    b->phase = SPK_BUILD_FAILED;
    return b->error.code;
}

enum spk_status spk_build_fail(struct spk_build *b, enum spk_status code, const char *who, const char *what)
{
    return spk_build_remember(b, (struct spk_error){ .code = code, .who = who, .what = what });
}

enum spk_status spk_build_no_memory(struct spk_build *b)
{
    return spk_build_fail(b, SPK_ERR_MEMORY, NULL, "out of memory");
}

enum spk_status spk_build_refuse(struct spk_build *b, const struct spk_row *row, const char *what)
{
    return spk_build_fail(b, SPK_ERR_USAGE, row->name != NULL ? row->name : row->attr, what);
}

__attribute__((noinline, cold)) bool spk_build_grow(struct spk_build *b, size_t more)
{
    size_t at = b->front != NULL ? (size_t)(b->front_bytes - b->bytes.data) : 0;
    bool grown = spk_buf_grow(&b->bytes, more);
    b->front_bytes = b->front != NULL ? b->bytes.data + at : NULL;
    return grown;
}

/* Appends width bits, zeroed. False: no memory. */
static bool append_bits(struct spk_build *b, uint32_t width, uint32_t *bit)
{
    *bit = spk_build_position(b);
    uint32_t more = width > b->spare ? (width - b->spare + 7) / 8 : 0;
    uint8_t *room = spk_build_room(b, more);
    if (room == NULL) {
        return false;
    }
    memset(room, 0, more);
    b->bytes.len += more;
    b->spare = b->spare + more * 8 - width;
    return true;
}

/* The number in a row of the level that is already there, for conditions and keys; 0 where it is absent. */
uint64_t spk_level_number(const struct spk_build *b, const struct spk_build_level *level, int index)
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
    uint32_t bit = spk_level_bit(level, index);
    if (bit == SPK_NOWHERE || (uint64_t)bit + width > (uint64_t)b->bytes.len * 8) {
        return 0; /* also where a span is wider than the row where it begins, and the rows behind are still to come */
    }
    uint64_t number = spk_load_bits(b->bytes.data, bit, width);
    return (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(number, width) : number;
}

bool spk_level_holds(const struct spk_build *b, const struct spk_build_level *level, const struct spk_row *row)
{
    for (int i = 0; i < 2; i++) {
        const struct spk_when *when = &row->when[i];
        bool known = when->test != SPK_ALWAYS && !spk_when_waits(row, when);
        if (known
            && (when->test == SPK_ABSENT
                    ? spk_level_bit(level, when->row) != SPK_NOWHERE
                    : !spk_test_holds(when->test, spk_level_number(b, level, when->row), when->mask, when->value))) {
            return false;
        }
    }
    return true;
}

static enum spk_status note_fixup(struct spk_build *b, struct spk_build_level *level, const struct spk_ref *ref,
                                  uint32_t number)
{
    const struct spk_row *row = level->group->rows[ref->row].row;
    uint32_t bit = spk_level_bit(level, ref->row);
    /* a row that repeats may stand there no times at all */
    if (bit == SPK_NOWHERE || row->bits == 0 || row->many != SPK_ONE || (int64_t)number < ref->add) {
        return SPK_OK;
    }
    struct spk_fixup fixup = {
        .bit = bit,
        .width = row->bits,
        .little = (row->flags & SPK_LITTLE) != 0,
        .number = (uint64_t)((int64_t)number - ref->add) / (uint64_t)ref->mul,
    };
    return spk_buf_put(&b->fixups, &fixup, sizeof fixup) ? SPK_OK : spk_build_no_memory(b);
}

/* The row is complete: pads its region to whole words, and notes what its size and count say. */
enum spk_status spk_level_close_row(struct spk_build *b, struct spk_build_level *level, int index)
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
    uint32_t bytes = (spk_build_position(b) - level->bits[index]) / 8;
    while (row->size.mul > 1 && ((int64_t)bytes - row->size.add) % row->size.mul != 0) {
        if (!append_bits(b, 8, &bit)) {
            return spk_build_no_memory(b);
        }
        bytes++;
    }
    return note_fixup(b, level, &row->size, bytes);
}

/* Bytes of a row that is not set: as many zeros as the initial value of its length says (ARP's six and four). */
static uint32_t initial_bytes(const struct spk_build_level *level, const struct spk_row *row)
{
    if (row->size.mul <= 0 || (row->kind != SPK_BYTES && row->kind != SPK_TEXT)) {
        return 0;
    }
    int64_t bytes = (int64_t)level->group->rows[row->size.row].row->init * row->size.mul + row->size.add;
    return bytes > 0 && bytes <= UINT8_MAX ? (uint32_t)bytes : 0;
}

const struct spk_cgroup *spk_level_child(const struct spk_build *b, const struct spk_build_level *level, int index)
{
    const struct spk_registry *registry = b->packet.registry;
    const struct spk_crow *crow = &level->group->rows[index];
    if (crow->row->kind == SPK_GROUP) {
        return registry->groups[crow->child];
    }
    uint64_t key = spk_level_number(b, level, crow->row->key);
    for (uint32_t i = 0; crow->row->cases[i].in != NULL; i++) {
        const struct spk_case *one = &crow->row->cases[i];
        if (key >= one->key && key <= (one->last > one->key ? one->last : one->key)) {
            return registry->groups[registry->cases[crow->child + i]];
        }
    }
    return NULL;
}

/* A group that nobody entered holds its initial values too, unless it has a size of its own: that is then empty. */
static enum spk_status fill_group(struct spk_build *b, struct spk_build_level *level)
{
    const struct spk_row *row = level->group->rows[level->row].row;
    const struct spk_cgroup *child = row->size.mul == 0 ? spk_level_child(b, level, level->row) : NULL;
    if (child == NULL || b->depth + 1 >= SPK_DEPTH_MAX) {
        return SPK_OK;
    }
    b->depth++;
    enum spk_status status = spk_level_begin(b, child, true);
    if (status == SPK_OK) {
        status = spk_level_advance(b, spk_build_top(b), child->count);
    }
    b->depth--;
    spk_build_face(b);
    return status;
}

static enum spk_status append_zeros(struct spk_build *b, uint32_t bits)
{
    uint32_t bit = 0;
    return append_bits(b, bits, &bit) ? SPK_OK : spk_build_no_memory(b);
}

/* The initial value of the row on which the level stands. */
static enum spk_status fill_row(struct spk_build *b, struct spk_build_level *level)
{
    const struct spk_row *row = level->group->rows[level->row].row;
    struct spk_value initial = { .kind = SPK_UINT, .u = row->init };
    if (row->many != SPK_ONE) {
        return SPK_OK;
    }
    if (row->kind == SPK_GROUP || row->kind == SPK_CHOICE) {
        return fill_group(b, level);
    }
    if (spk_row_fixed(row)) {
        bool number = row->bits <= 64 && row->kind != SPK_MAC && row->kind != SPK_BYTES && row->kind != SPK_TEXT;
        initial.kind = row->kind == SPK_IP4 || row->kind == SPK_INT ? row->kind : SPK_UINT;
        return number ? spk_build_put(b, row, &initial) : append_zeros(b, row->bits);
    }
    if (row->codec != NULL) {
        initial = (struct spk_value){ .kind = SPK_TEXT, .data = (const uint8_t *)"" };
        return spk_build_put(b, row, &initial);
    }
    return append_zeros(b, initial_bytes(level, row) * 8);
}

/* Initial values for the rows before index; the level then stands there. */
enum spk_status spk_level_advance(struct spk_build *b, struct spk_build_level *level, int index)
{
    while (level->row < index) {
        const struct spk_row *row = level->group->rows[level->row].row;
        enum spk_status status = SPK_OK;
        level->bits[level->row] = SPK_NOWHERE;
        if (row->view.op == SPK_NOT_A_VIEW && spk_level_holds(b, level, row) && !spk_row_waits(row)) {
            level->bits[level->row] = spk_build_position(b);
            status = fill_row(b, level);
        }
        if (status == SPK_OK) {
            status = spk_level_close_row(b, level, level->row);
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
    uint8_t *room = spk_build_room(b, size);
    if (room == NULL) {
        return spk_build_no_memory(b);
    }
    struct spk_written before = {
        .message = b->bytes.data + start,
        .len = (uint32_t)b->bytes.len - start,
        .places = (const uint32_t *)(const void *)b->places.data,
        .count = (uint32_t)(b->places.len / sizeof(uint32_t)),
    };
    int32_t n = row->codec->put(value, b->compress ? &before : NULL, room, size);
    if (n < 0 || (uint32_t)n > size) {
        return spk_build_refuse(b, row, "the text is no value of the field");
    }
    b->bytes.len += (uint32_t)n;
    bool remember = b->compress && row->codec->pointed_at;
    return !remember || spk_buf_put(&b->places, &before.len, sizeof before.len) ? SPK_OK : spk_build_no_memory(b);
}

/* Appends one value. */
enum spk_status spk_build_put(struct spk_build *b, const struct spk_row *row, const struct spk_value *value)
{
    uint32_t bit = 0;
    const char *what = NULL;
    if (row->codec != NULL) {
        return put_coded(b, row, value);
    }
    if (spk_row_fixed(row)) {
        if (!append_bits(b, row->bits, &bit)) {
            return spk_build_no_memory(b);
        }
        return spk_row_write(row, b->bytes.data, bit, row->bits, value, &what) == SPK_OK
                   ? SPK_OK
                   : spk_build_refuse(b, row, what);
    }
    if (row->kind == SPK_NONE) {
        return SPK_OK;
    }
    if (value->kind != SPK_BYTES && value->kind != SPK_TEXT) {
        return spk_build_refuse(b, row, "the field takes bytes or text");
    }
    return spk_build_put_bytes(b, value->data, value->len) ? SPK_OK : spk_build_no_memory(b);
}

enum spk_status spk_level_leave(struct spk_build *b)
{
    struct spk_build_level *level = spk_build_top(b);
    enum spk_status status = SPK_OK;
    if (spk_level_is_complete(level)) {
        return SPK_OK;
    }
    if (level->open) {
        status = spk_level_close_row(b, level, level->row++);
        level->open = false;
    }
    return status == SPK_OK ? spk_level_advance(b, level, level->group->tail) : status;
}

enum spk_status spk_level_begin(struct spk_build *b, const struct spk_cgroup *group, bool by_itself)
{
    if (spk_build_room(b, spk_level_room(group)) == NULL) {
        return spk_build_no_memory(b);
    }
    bool uneven = b->spare != 0; /* rare: the rows are then appended one by one */
    spk_level_set(spk_build_top(b), group, (uint32_t)b->bytes.len, uneven ? 0 : group->begun, by_itself);
    if (uneven) {
        b->front = NULL;
    } else {
        spk_front_put(b, group);
    }
    return SPK_OK;
}
