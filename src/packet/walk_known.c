/* walk_known: keeping kinds of elements, and telling which of them an element is. */
#include "packet/walk_known.h"

#include <string.h>

/* Adds a value of a kind. False: there are too many. */
static bool add_value(struct spk_walk_known *known, uint32_t kind, const struct spk_stretch_value *value, uint32_t at)
{
    struct spk_walk_kind *made = &known->kinds[kind];
    uint32_t f = 0;
    while (f < known->field_count && known->fields[f].field != value->crow->field) {
        f++;
    }
    if (f == SPK_KNOWN_FIELDS_MAX || made->value_count == SPK_KIND_VALUES_MAX) {
        return false;
    }
    if (f == known->field_count) {
        known->fields[known->field_count++] = (struct spk_known_field){ .field = value->crow->field };
    }
    made->values[made->value_count] = *value;
    made->at[made->value_count] = at;
    known->fields[f].values[kind] = (uint8_t)++made->value_count;
    known->fields[f].kinds |= UINT64_C(1) << kind;
    return true;
}

/* Adds the values that were taken of an element from a byte on. */
static bool add_values(struct spk_walk_known *known, uint32_t kind, const struct spk_walk *walk, uint32_t start)
{
    bool room = true;
    for (uint32_t t = walk->element_taken; t < walk->taken_count && room; t++) {
        const struct spk_walk_taken *taken = &walk->taken[t];
        const struct spk_stretch *stretch = taken->stretch;
        if (stretch == NULL) {
            const struct spk_stretch_value single = spk_walk_single(taken);
            room = add_value(known, kind, &single, taken->at - start);
        }
        for (uint16_t i = 0; stretch != NULL && i < stretch->value_count && room; i++) {
            room = add_value(known, kind, &stretch->values[i], taken->at - start);
        }
    }
    return room;
}

/* Whether all values that were taken at once are read plainly. */
static bool is_plain(const struct spk_walk_taken *taken)
{
    const struct spk_stretch *stretch = taken->stretch;
    bool plain = stretch != NULL || spk_walk_single(taken).reading != SPK_READ_BY_ROW;
    for (uint16_t i = 0; stretch != NULL && i < stretch->value_count; i++) {
        plain = plain && stretch->values[i].reading != SPK_READ_BY_ROW;
    }
    return plain;
}

/*
 * Whether numbers that stand in it are all that decided on an element of so many bytes, its values are read plainly, and no
 * name in it counts for what the layer may become (SPK_MADE_MAX).
 */
static bool suits(const struct spk_walk *walk, uint32_t start, uint32_t bytes)
{
    bool within = walk->made == walk->element_made;
    for (uint32_t i = 0; i < walk->asked_count; i++) {
        const struct spk_walk_asked *asked = &walk->asked[i];
        within = within && asked->width <= 64 && asked->bit - start * 8 + asked->width <= bytes * 8;
    }
    for (uint32_t t = walk->element_taken; t < walk->taken_count; t++) {
        within = within && is_plain(&walk->taken[t]);
    }
    return within;
}

static void forget_kind(struct spk_walk_known *known, uint32_t kind)
{
    known->kinds[kind].value_count = 0;
    for (uint32_t f = 0; f < known->field_count; f++) {
        known->fields[f].values[kind] = 0;
        known->fields[f].kinds &= ~(UINT64_C(1) << kind);
    }
}

/* The kind that is made next, which nothing is known of. */
static uint32_t next_kind(struct spk_walk_known *known)
{
    const uint32_t kind = known->next;
    known->next = (kind + 1) % SPK_KINDS_MAX;
    known->kind_count += kind == known->kind_count;
    forget_kind(known, kind);
    return kind;
}

static void forget(struct spk_walk *walk)
{
    struct spk_walk_known *known = walk->known;
    walk->known_row = NULL;
    known->kind_count = 0;
    known->field_count = 0;
    known->next = 0;
    known->last = 0;
}

/* An element is of a kind: it followed the one before. */
static inline void note_kind(struct spk_walk_known *known, uint32_t kind)
{
    uint32_t *followers = known->kinds[known->last].followers;
    if (kind != followers[0]) {
        followers[1] = followers[0];
        followers[0] = kind;
    }
    known->last = kind;
}

void spk_walk_known_keep(struct spk_walk *walk, const struct spk_walk_level *level, uint32_t start, uint32_t bytes)
{
    struct spk_walk_known *known = walk->known;
    const struct spk_crow *crow = &spk_walk_group(level)->rows[level->row];
    if (known->kept == SPK_KEPT_MAX || !suits(walk, start, bytes)) {
        return;
    }
    known->kept++;
    if (!spk_walk_knows(walk, level, crow)) {
        forget(walk); /* they were another row's */
        walk->known_row = crow;
        known->first = level->bits[level->row];
    }
    const uint32_t made = next_kind(known);
    struct spk_walk_kind *kind = &known->kinds[made];
    note_kind(known, made);
    kind->bytes = bytes;
    kind->followers[0] = made;
    kind->followers[1] = made;
    kind->asked_count = walk->asked_count;
    for (uint32_t i = 0; i < walk->asked_count; i++) {
        const struct spk_walk_asked *asked = &walk->asked[i];
        const struct spk_cplace place = spk_cplace_at(asked->bit - start * 8, (uint16_t)asked->width, false, bytes);
        kind->asked[i] = place;
        kind->span[i] = asked->span;
        kind->from[i] = asked->span > 0 ? asked->from : spk_cplace_load(&place, walk->packet->data + start);
    }
    if (!add_values(known, made, walk, start)) {
        forget_kind(known, made);
        kind->bytes = UINT32_MAX; /* nothing is of it */
        known->next = made;
    }
}

/* Whether an element of which so many bytes are left is of the kind. */
static inline bool is_kind(const struct spk_walk_kind *kind, const uint8_t *data, uint32_t left)
{
    if (kind->bytes > left) {
        return false;
    }
    uint32_t i = 0;
    while (i < kind->asked_count && spk_cplace_load(&kind->asked[i], data) - kind->from[i] <= kind->span[i]) {
        i++;
    }
    return i == kind->asked_count;
}

/*
 * The kind of an element of which so many bytes are left; kind_count: none that is known. Mostly it follows the one before
 * as it did then.
 */
static inline uint32_t find_kind(const struct spk_walk_known *known, const uint8_t *data, uint32_t left)
{
    const uint32_t *followers = known->kinds[known->last].followers;
    for (uint32_t i = 0; i < 2; i++) {
        if (is_kind(&known->kinds[followers[i]], data, left)) {
            return followers[i];
        }
    }
    uint32_t k = 0;
    while (k < known->kind_count && !is_kind(&known->kinds[k], data, left)) {
        k++;
    }
    return k;
}

bool spk_walk_known_pass(struct spk_walk *walk, struct spk_walk_level *level, const struct spk_crow *crow)
{
    struct spk_walk_known *known = walk->known;
    const uint32_t end = spk_walk_captured(walk, level->repeat_end);
    const uint32_t left = spk_walk_elements_left(level, crow->row, UINT32_MAX, 1);
    uint32_t at = level->pos / 8;
    uint32_t count = 0;
    known->met = 0;
    while (count < SPK_KNOWN_MAX && count < left && at < end) {
        const uint32_t k = find_kind(known, walk->packet->data + at, end - at);
        if (k == known->kind_count) {
            break;
        }
        note_kind(known, k);
        known->met |= UINT64_C(1) << k;
        known->elements[count].at = at;
        known->elements[count++].kind = (uint8_t)k;
        at += known->kinds[k].bytes;
    }
    known->count = count;
    known->kept -= count < known->kept ? count : known->kept;
    level->index += count;
    level->pos = at * 8;
    return count > 0;
}
