/* walk_alike: values that are read later, and which elements are alike. */
#include "packet/walk_alike.h"

#include "packet/walk_known.h"

#include <string.h>

enum { VALUES_MAX = 32 };

bool spk_walk_give_later(struct spk_walk *walk, const struct spk_crow *crow, uint32_t bit, uint32_t width,
                         enum spk_walk_event *event)
{
    const bool number = crow->reading == SPK_READ_NUMBER || crow->reading == SPK_READ_BOOL;
    if (number && width - 1 >= 64) {
        walk->element = 0;
        *event = spk_walk_report(walk, SPK_EVENT_VALUE, crow, bit, width);
        return true;
    }
    walk->taken[walk->taken_count++] =
        (struct spk_walk_taken){ .crow = crow, .at = bit / 8, .elements = 1, .bit = bit % 8, .width = width };
    *event = SPK_EVENT_ENTER;
    return spk_walk_is_full(walk);
}

/*
 * Notes the number that a row of the level holds, or the bytes that its codec has read. False: it is none that stands in the
 * packet, or they are too many.
 */
static bool ask(struct spk_walk *walk, const struct spk_walk_level *level, int index)
{
    uint32_t width = 0;
    const int from = spk_walk_shown(spk_walk_group(level), index, &width);
    const struct spk_crow *asked = &spk_walk_group(level)->rows[from];
    const struct spk_row *shown = asked->row;
    if (shown->view.op != SPK_NOT_A_VIEW || walk->asked_count == SPK_WALK_ASKED_MAX) {
        return false;
    }
    if (asked->alike && level->bits[from] != SPK_NOWHERE) {
        width = spk_walk_row_end(level, from) - level->bits[from];
    }
    if (level->bits[from] != SPK_NOWHERE && width >= 1 && (width <= 64 || asked->alike)) {
        walk->asked[walk->asked_count++] = (struct spk_walk_asked){ .bit = level->bits[from], .width = width };
    }
    return true;
}

/* Notes the number that a row of the level holds, and which others decide the same there. False: as ask. */
static bool ask_range(struct spk_walk *walk, const struct spk_walk_level *level, int index)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    const uint32_t before = walk->asked_count;
    const bool noted = ask(walk, level, index);
    if (index == group->ranged && walk->asked_count > before) {
        struct spk_walk_asked *asked = &walk->asked[before];
        asked->from = spk_range_of(group, spk_walk_number(walk->packet, level, index), &asked->span);
    }
    return noted;
}

/* Whether more than numbers decided: what a codec read, or bytes behind a level that has ended. */
static bool more_decided(const struct spk_walk_level *level)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    bool more = false;
    for (uint64_t left = group->reads; !more && left != 0; left &= left - 1) {
        more = level->bits[__builtin_ctzll(left)] != SPK_NOWHERE;
    }
    for (uint64_t left = group->units; !more && left != 0; left &= left - 1) {
        const uint32_t bit = level->bits[__builtin_ctzll(left)];
        more = bit != SPK_NOWHERE && bit + group->rows[__builtin_ctzll(left)].unit > level->pos;
    }
    return more;
}

void spk_walk_alike_note(struct spk_walk *walk, const struct spk_walk_level *level)
{
    const struct spk_cgroup *group = spk_walk_group(level);
    const bool to_end = group->open && level->end == walk->levels[walk->element - 1].repeat_end;
    bool known = !to_end && !more_decided(level);
    for (uint64_t left = group->asked; known && left != 0; left &= left - 1) {
        known = ask_range(walk, level, __builtin_ctzll(left));
    }
    walk->element = known ? walk->element : 0;
}

/*
 * Whether each value that was taken of the element, which ends before a byte, is of another field, so that they may be put
 * field by field; and stands in it: a view may show more than its group has.
 */
static bool differs(const struct spk_walk *walk, uint32_t end)
{
    uint32_t fields[VALUES_MAX];
    uint32_t count = 0;
    for (uint32_t t = walk->element_taken; t < walk->taken_count; t++) {
        const struct spk_walk_taken *taken = &walk->taken[t];
        const struct spk_stretch *stretch = taken->stretch;
        const uint32_t values = stretch != NULL ? stretch->value_count : 1;
        if (stretch == NULL && taken->at * 8 + taken->bit + taken->width > end * 8) {
            return false;
        }
        for (uint32_t i = 0; i < values; i++) {
            const struct spk_crow *crow = stretch != NULL ? stretch->values[i].crow : taken->crow;
            for (uint32_t k = 0; k < count; k++) {
                if (fields[k] == crow->field) {
                    return false;
                }
            }
            if (taken->elements != 1 || count == VALUES_MAX) {
                return false;
            }
            fields[count++] = crow->field;
        }
    }
    return true;
}

uint32_t spk_walk_alike_count(const struct spk_cplace *place, const uint8_t *first, uint32_t bytes, uint32_t count)
{
    return spk_walk_count_alike(place, first, bytes, count, spk_cplace_load(place, first), true);
}

/* Of elements of so many bytes each, how many hold the same bytes at a place as the first. */
static uint32_t count_same(const uint8_t *first, const uint8_t *at, uint32_t len, uint32_t bytes, uint32_t most)
{
    uint32_t count = 0;
    while (count < most && memcmp(first, at, len) == 0) {
        at += bytes;
        count++;
    }
    return count;
}

/* Of elements of so many bytes each, how many hold a number there that is at least the one, and at most so much more. */
static uint32_t count_within(const struct spk_cplace *place, const uint8_t *at, uint32_t bytes, uint32_t most,
                             uint32_t from, uint32_t span)
{
    uint32_t count = 0;
    while (count < most && spk_cplace_load(place, at) - from <= span) {
        at += bytes;
        count++;
    }
    return count;
}

/* Elements that may be like one: so many from a byte on, of so many bytes each. */
struct others {
    const uint8_t *data;
    uint32_t start, bytes; /* of the one */
    uint32_t at, most;
};

/* How many of them hold what the one holds at a place of it. */
static uint32_t count_asked(const struct others *others, const struct spk_walk_asked *asked)
{
    const uint32_t bit = asked->bit - others->start * 8;
    const uint8_t *at = others->data + others->at;
    if (asked->width > 64) {
        return count_same(others->data + asked->bit / 8, at + bit / 8, asked->width / 8, others->bytes, others->most);
    }
    const uint64_t number = spk_load_bits(others->data, asked->bit, asked->width);
    const struct spk_cplace place = spk_cplace_at(bit, (uint16_t)asked->width, false, others->bytes);
    if (asked->span > 0) {
        return count_within(&place, at, others->bytes, others->most, asked->from, asked->span);
    }
    return spk_walk_count_alike(&place, at, others->bytes, others->most, number, true);
}

enum { WINDOW = 8 };

/* So many bytes of an element at once, of which those bits count that were asked for. */
struct window {
    uint32_t at;
    uint8_t mask[WINDOW];
};

/* The window that has bytes of an element, if need be a new one. */
static struct window *window_of(struct window *windows, uint32_t *count, uint32_t from, uint32_t to, uint32_t bytes)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (from >= windows[i].at && to <= windows[i].at + WINDOW) {
            return &windows[i];
        }
    }
    windows[*count] = (struct window){ .at = from + WINDOW <= bytes ? from : bytes - WINDOW };
    return &windows[(*count)++];
}

/* How many of them have the bits of a window that the one has. */
static uint32_t count_window(const struct others *others, const struct window *window)
{
    const uint8_t *at = others->data + others->at + window->at;
    uint64_t first, mask, other;
    uint32_t count = 0;
    memcpy(&first, others->data + others->start + window->at, sizeof first);
    memcpy(&mask, window->mask, sizeof mask);
    for (; count < others->most; count++, at += others->bytes) {
        memcpy(&other, at, sizeof other);
        if (((other ^ first) & mask) != 0) {
            break;
        }
    }
    return count;
}

/* How many of them hold all that the one was asked for. Of many, numbers that stand together are looked at together. */
static uint32_t count_alike(const struct spk_walk *walk, struct others others)
{
    struct window windows[SPK_WALK_ASKED_MAX];
    const bool many = others.most >= WINDOW && others.bytes >= WINDOW;
    uint32_t count = 0;
    for (uint32_t i = 0; i < walk->asked_count && others.most > 0; i++) {
        const struct spk_walk_asked *asked = &walk->asked[i];
        const uint32_t bit = asked->bit - others.start * 8;
        const uint32_t from = bit / 8;
        const uint32_t to = (bit + asked->width + 7) / 8;
        if (to > others.bytes) {
            return 0;
        }
        if (many && asked->span == 0 && to - from <= WINDOW) {
            struct window *window = window_of(windows, &count, from, to, others.bytes);
            spk_store_bits(window->mask, bit - window->at * 8, asked->width, UINT64_MAX);
        } else {
            others.most = count_asked(&others, asked);
        }
    }
    for (uint32_t i = 0; i < count && others.most > 0; i++) {
        others.most = count_window(&others, &windows[i]);
    }
    return others.most;
}

/* How many of so many elements may become as much as the last did. */
static uint32_t may_be_made(const struct spk_walk *walk, uint32_t count)
{
    const uint32_t each = walk->made - walk->element_made;
    const uint32_t most = each > 0 ? (SPK_MADE_MAX - walk->made) / each : count;
    return count < most ? count : most;
}

/* Takes so many more of what was taken of an element of so many bytes, which ends before one. True: some was read. */
static bool take_more(struct spk_walk *walk, uint32_t count, uint32_t bytes, uint32_t end)
{
    const bool read = walk->taken_put > walk->element_taken;
    for (uint32_t t = walk->element_taken; t < walk->taken_count; t++) {
        struct spk_walk_taken *taken = &walk->taken[t];
        const bool put = t < walk->taken_put;
        const struct spk_stretch *stretch = taken->stretch;
        if (stretch != NULL && !stretch->plain) {
            taken->shift = bytes;
            taken->moves = walk->levels[taken->depth].end <= end; /* else it is the one around all of them */
        }
        taken->at += put ? bytes : 0;
        taken->elements = put ? count : count + 1;
        taken->step = bytes;
    }
    walk->taken_put = read ? walk->element_taken : walk->taken_put;
    return read;
}

bool spk_walk_alike_take(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_row *row,
                         const struct spk_walk_level *element)
{
    const uint32_t start = element->start;
    const uint32_t at = level->pos / 8;
    if (row->many == SPK_UNTIL && !ask(walk, element, row->n.row)) {
        return false; /* it says which element is the last */
    }
    const uint32_t end = spk_walk_captured(walk, level->repeat_end);
    const uint32_t bytes = at - start;
    const bool some = bytes > 0 && level->pos % 8 == 0 && at < end;
    const uint32_t left = some ? may_be_made(walk, spk_walk_elements_left(level, row, end - at, bytes)) : 0;
    struct others others = { walk->packet->data, start, bytes, at, left > 0 };
    uint32_t count = count_alike(walk, others);
    const bool keeps = walk->known != NULL && count < left;
    if (left == 0 || (count == 0 && !keeps) || !differs(walk, at)) {
        return false;
    }
    /* three times as many again each time: so many are looked at in vain at most */
    for (uint32_t tried = count, found = count; found == tried && found > 0 && count < left; count += found) {
        tried = count < (left - count) / 3 ? count * 3 : left - count;
        others.at = at + count * bytes;
        others.most = tried;
        found = count_alike(walk, others);
    }
    if (keeps && count < left) {
        spk_walk_known_keep(walk, level, start, bytes);
    }
    if (count == 0) {
        return false;
    }
    walk->made += count * (walk->made - walk->element_made);
    level->index += count;
    level->pos += count * bytes * 8;
    return take_more(walk, count, bytes, at);
}

void spk_walk_again_begin(struct spk_walk_again *again, const struct spk_walk *walk, const struct spk_walk_taken *taken,
                          struct spk_scratch *scratch)
{
    const struct spk_stretch *stretch = taken->stretch;
    const struct spk_walk_level *level = &walk->levels[taken->depth];
    again->level = *level;
    again->there = 0;
    for (uint16_t i = 0; i < spk_walk_group(level)->count; i++) {
        const bool there = i < stretch->end && level->bits[i] != SPK_NOWHERE;
        again->level.bits[i] = there ? level->bits[i] : SPK_NOWHERE; /* it was not yet, when the function was asked */
        again->there |= (uint64_t)there << i;
    }
    again->level.row = stretch->end;
    again->level.pos = (taken->at - taken->shift + stretch->bytes) * 8;
    again->moves = taken->moves;
    again->place = spk_walk_call_place(walk, level, scratch);
    again->place.group = &again->level;
    spk_walk_again_next(again, taken->shift);
}
