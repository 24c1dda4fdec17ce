/* locate: which row of the open groups a field or a word means, the way there, and a value for it. */
#include "packet/build.h"

#include "packet/write.h"

enum { OUT_OF_PLACE = -1 };

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
        rank = 2 * rank + (!conditional || spk_level_holds(b, level, crow->row));
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
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
        enum spk_status status = spk_level_close_row(b, level, level->row);
        if (status != SPK_OK) {
            return status;
        }
        level->row++;
        level->open = false;
    }
    return spk_level_advance(b, level, index);
}

static enum spk_status enter_row(struct spk_build *b, int index, bool by_itself)
{
    struct spk_build_level *level = spk_build_top(b);
    const struct spk_row *row = level->group->rows[index].row;
    bool again = level->open && level->row == index && row->many != SPK_ONE;
    if (index < level->row || (level->row == index && level->open && !again)) {
        return spk_build_refuse(b, row, "a row that comes later has been set already");
    }
    if (!again && move_to(b, level, index) != SPK_OK) {
        return b->error.code;
    }
    if (!again && !spk_level_holds(b, level, row)) {
        return spk_build_refuse(b, row, "the field is not there with the values set before it");
    }
    const struct spk_cgroup *child = spk_level_child(b, level, index);
    if (child == NULL) {
        return spk_build_refuse(b, row, "the key set before it picks no group");
    }
    if (b->depth + 1 >= SPK_DEPTH_MAX) {
        return spk_build_fail(b, SPK_ERR_LIMIT, row->name, "groups are nested too deep");
    }
    if (!again) {
        level->bits[index] = spk_build_position(b);
        level->open = true;
    }
    level->elements++;
    b->depth++;
    return spk_level_begin(b, child, by_itself);
}

enum spk_status spk_build_leave_level(struct spk_build *b)
{
    enum spk_status status = spk_level_leave(b);
    b->depth--;
    spk_build_face(b);
    return status;
}

int spk_build_locate(struct spk_build *b, const struct spk_target *target)
{
    if (b->error.code != SPK_OK) {
        return OUT_OF_PLACE;
    }
    spk_build_spell(b);
    for (unsigned steps = 0; steps < 2 * SPK_DEPTH_MAX && !spk_build_is_closed(b); steps++) {
        struct spk_build_level *level = spk_build_top(b);
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
                const struct spk_cgroup *child = level->open ? NULL : spk_level_child(b, level, i);
                inside =
                    child != NULL && spk_level_holds(b, level, row) && reaches(b, child, target, 0) ? i : OUT_OF_PLACE;
            }
        }
        if (inside >= 0) {
            if (enter_row(b, inside, true) != SPK_OK) {
                return OUT_OF_PLACE;
            }
        } else if (level->by_itself) {
            if (spk_build_leave_level(b) != SPK_OK) {
                return OUT_OF_PLACE;
            }
        } else {
            break;
        }
    }
    spk_build_fail(b, SPK_ERR_USAGE, target->name,
                   spk_build_is_closed(b) ? "no layer is open" : "the open layer or group has no such field");
    return OUT_OF_PLACE;
}

/* Writes over a row that is there already. */
static enum spk_status poke(struct spk_build *b, struct spk_build_level *level, int index,
                            const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    const char *what = NULL;
    uint32_t bit = spk_level_bit(level, index);
    if (bit == SPK_NOWHERE) {
        return spk_build_refuse(b, row, "the field is not there with the values set before it");
    }
    if (!spk_row_fixed(row) || row->many != SPK_ONE) {
        return spk_build_refuse(b, row, "a row that comes later has been set already");
    }
    return spk_row_write(row, b->bytes.data, bit, row->bits, value, &what) == SPK_OK ? SPK_OK
                                                                                     : spk_build_refuse(b, row, what);
}

/* A view of bits on a row whose length another row says (an address in ARP): the row is set to just those bytes. */
static enum spk_status set_sized(struct spk_build *b, struct spk_build_level *level, const struct spk_row *view,
                                 const struct spk_value *value)
{
    uint8_t bytes[8];
    struct spk_value given = { .kind = SPK_BYTES, .data = value->data, .len = value->len };
    bool number =
        value->kind == SPK_UINT || value->kind == SPK_INT || value->kind == SPK_IP4 || value->kind == SPK_BOOL;
    if (number && view->bits <= 64 && view->bits % 8 == 0) {
        spk_store_bits(bytes, 0, view->bits, value->u);
        given.data = bytes;
        given.len = view->bits / 8;
    }
    if (given.len * 8 != view->bits) {
        return spk_build_refuse(b, view, "the value has not the field's length");
    }
    return spk_build_set_row(b, level, view->view.a, &given);
}

/* All elements of a GROUP row at once, as bytes: options as they stand in the packet. */
static enum spk_status set_elements(struct spk_build *b, struct spk_build_level *level, int index,
                                    const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    if (value->kind != SPK_BYTES && value->kind != SPK_TEXT) {
        return spk_build_refuse(b, row, "the field takes bytes");
    }
    if (index < level->row || level->open) {
        return spk_build_refuse(b, row, "the row has been set already");
    }
    if (move_to(b, level, index) != SPK_OK) {
        return b->error.code;
    }
    if (!spk_level_holds(b, level, row)) {
        return spk_build_refuse(b, row, "the field is not there with the values set before it");
    }
    level->bits[index] = spk_build_position(b);
    level->elements = 0;
    if (!spk_build_put_bytes(b, value->data, value->len)) {
        return spk_build_no_memory(b);
    }
    level->row = (uint16_t)(index + 1);
    return spk_level_close_row(b, level, index);
}

/* SPAN views that lie on bits are set through them; SCALE views undo their factor. */
static enum spk_status set_view(struct spk_build *b, struct spk_build_level *level, int index,
                                const struct spk_value *value)
{
    const struct spk_row *row = level->group->rows[index].row;
    struct spk_value given = *value;
    const char *what = NULL;
    if (row->view.op == SPK_VIEW_SCALE) {
        if (!spk_row_unscale(row, value->u, &given.u)) {
            return spk_build_refuse(b, row, "the number is no multiple of the field's unit");
        }
        return spk_build_set_row(b, level, row->view.a, &given);
    }
    if (row->view.op != SPK_VIEW_SPAN) {
        return spk_build_refuse(b, row, "the field is computed and cannot be set");
    }
    if (row->bits == 0 && level->group->rows[row->view.a].row->kind == SPK_GROUP) {
        return set_elements(b, level, row->view.a, &given);
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
    uint32_t bit = spk_level_bit(level, row->view.a);
    if (bit == SPK_NOWHERE || bit + row->bits > spk_build_position(b)) {
        return spk_build_refuse(b, row, "the field is not there with the values set before it");
    }
    return spk_row_write(row, b->bytes.data, bit, row->bits, &given, &what) == SPK_OK ? SPK_OK
                                                                                      : spk_build_refuse(b, row, what);
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
        return spk_build_refuse(b, row,
                                row->kind == SPK_GROUP ? "a group is opened, not set" : "the row has been set already");
    }
    if (!again) {
        if (move_to(b, level, index) != SPK_OK) {
            return b->error.code;
        }
        if (!spk_level_holds(b, level, row)) {
            return spk_build_refuse(b, row, "the field is not there with the values set before it");
        }
        level->bits[index] = spk_build_position(b);
        level->elements = 0;
    }
    enum spk_status status = spk_build_put(b, row, value);
    level->elements++;
    if (row->many != SPK_ONE) {
        level->open = true;
    } else if (status == SPK_OK) {
        status = spk_level_close_row(b, level, index);
        level->row = (uint16_t)(index + 1);
    }
    return status;
}

enum spk_status spk_build_enter_target(struct spk_build *b, const struct spk_target *target)
{
    int index = spk_build_locate(b, target);
    if (index < 0) {
        return b->error.code;
    }
    if (spk_build_top(b)->group->rows[index].row->kind != SPK_GROUP) {
        return spk_build_fail(b, SPK_ERR_USAGE, target->name, "the field is no group");
    }
    return enter_row(b, index, false);
}
