/*
 * measure: where a header ends that no single length tells. Most such headers are a front of fixed rows and a few that their
 * values decide on, lists of a counted length among them; those are added up here row by row. What nests further is left to
 * the walk, which is the law: a test holds the two together on every packet.
 */
#include "packet/walk.h"

#include "wire/hints.h"
#include "wire/row.h"

#include <string.h>

struct sum {
    const struct spk_registry *registry;
    const struct spk_cgroup *group;
    const uint8_t *header;
    uint32_t bits;             /* so far */
    uint32_t limit;            /* bits that were captured of the region */
    bool cut;                  /* and there are more on the wire */
    uint64_t there;            /* rows behind the front that are, a bit each */
    uint32_t at[SPK_ROWS_MAX]; /* where each of these begins */
};

/* The number in an earlier row behind the front. */
static bool number_behind(const struct sum *s, int index, uint64_t *number)
{
    const struct spk_row *row = s->group->rows[index].row;
    bool known =
        (s->there >> index & 1) != 0 && row->many == SPK_ONE && row->codec == NULL && row->bits > 0 && row->bits <= 64;
    if (known) {
        *number = spk_load_bits(s->header, s->at[index], row->bits);
        *number = (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(*number, row->bits) : *number;
    }
    return known;
}

/* The number in an earlier row; false: it has none at a known place, or it was not captured. */
static inline bool number_at(const struct sum *s, int index, uint64_t *number)
{
    const struct spk_cplace *place = &s->group->rows[index].place;
    if (place->bit != SPK_NOWHERE && place->bit + place->width <= s->limit) {
        *number = spk_cplace_load(place, s->header);
        return true;
    }
    return number_behind(s, index, number);
}

/* Whether the row is there. False in *known: that has to be walked. */
static bool is_there(const struct sum *s, const struct spk_row *row, bool *known)
{
    bool holds = true;
    for (int i = 0; i < 2 && *known && holds; i++) {
        const struct spk_when *when = &row->when[i];
        uint64_t number = 0;
        if (when->test == SPK_ALWAYS) {
            continue;
        }
        const struct spk_row *asked = when->test == SPK_ROOM ? NULL : s->group->rows[when->row].row;
        *known = asked != NULL && when->test != SPK_ABSENT && asked->when[0].test == SPK_ALWAYS
                 && number_at(s, when->row, &number);
        holds = *known && spk_test_holds(when->test, number, when->mask, when->value);
    }
    return holds;
}

static const struct spk_cgroup *chosen(const struct sum *s, const struct spk_crow *crow, uint64_t key)
{
    for (uint32_t i = 0; crow->row->cases[i].in != NULL; i++) {
        const struct spk_case *one = &crow->row->cases[i];
        if (key >= one->key && key <= (one->last > one->key ? one->last : one->key)) {
            return s->registry->groups[s->registry->cases[crow->child + i]];
        }
    }
    return NULL;
}

/*
 * Adds a nested group of fixed rows, which may end in a row that fills the region: then so does the header, whatever its
 * elements say (spk_packet_check asks them). False: it has to be walked.
 */
static bool add_group(struct sum *s, const struct spk_cgroup *child)
{
    s->bits += child->fixed_bits;
    if (child->all_fixed || s->bits > s->limit) {
        return s->bits <= s->limit;
    }
    for (uint16_t i = child->lead; i < child->count; i++) {
        const struct spk_row *row = child->rows[i].row;
        if (row->view.op != SPK_NOT_A_VIEW) {
            continue;
        }
        bool fills = row->many == SPK_FILL && row->size.mul == 0 && row->when[0].test == SPK_ALWAYS;
        if (fills) {
            s->bits = s->limit;
        }
        return fills;
    }
    return false;
}

/* Adds a list of so many numbers, or groups of fixed rows, as an earlier row says. False: it has to be walked. */
static bool add_list(struct sum *s, const struct spk_crow *crow)
{
    const struct spk_row *row = crow->row;
    const struct spk_cgroup *child = row->kind == SPK_GROUP ? s->registry->groups[crow->child] : NULL;
    uint32_t bits = child != NULL && child->all_fixed ? child->fixed_bits : row->bits;
    uint64_t number = 0;
    if (row->many != SPK_COUNT || bits == 0 || bits % 8 != 0 || row->kind == SPK_CHOICE || row->codec != NULL
        || row->size.mul != 0 || row->most != 0 || row->n.mul < 0 || row->n.add < 0
        || !number_at(s, row->n.row, &number) || number > UINT16_MAX) {
        return false;
    }
    uint64_t sum = s->bits + (number * (uint64_t)row->n.mul + (uint64_t)row->n.add) * bits;
    s->bits = sum <= s->limit ? (uint32_t)sum : s->bits;
    return sum <= s->limit;
}

/*
 * Adds groups of fixed rows up to the one that says that it is the last. False: it has to be walked, as where a capture ends
 * with that one: what the region has behind it is missing.
 */
static bool add_until(struct sum *s, const struct spk_crow *crow)
{
    const struct spk_row *row = crow->row;
    const struct spk_cgroup *child = row->kind == SPK_GROUP ? s->registry->groups[crow->child] : NULL;
    if (child == NULL || !child->all_fixed || child->fixed_bits % 8 != 0 || s->bits % 8 != 0 || row->size.mul != 0) {
        return false;
    }
    const struct spk_crow *last = &child->rows[row->n.row];
    const struct spk_cplace *place = &last->place;
    const uint32_t most = row->most > 0 ? row->most : UINT32_MAX;
    bool ended = false;
    for (uint32_t i = 0; last->plain && place->bit != SPK_NOWHERE && i < most && !ended; i++) {
        if (child->fixed_bits == 0 || s->bits + child->fixed_bits > s->limit) {
            return false;
        }
        ended = spk_cplace_load(place, s->header + s->bits / 8) == (uint64_t)(int64_t)row->n.add;
        s->bits += child->fixed_bits;
    }
    return ended && (s->bits < s->limit || !s->cut);
}

/* Adds one row. False: it has to be walked. */
static bool add_row(struct sum *s, const struct spk_crow *crow)
{
    const struct spk_row *row = crow->row;
    uint64_t number = 0;
    if (row->many != SPK_ONE) {
        return row->many == SPK_UNTIL ? add_until(s, crow) : add_list(s, crow);
    }
    if (row->codec != NULL) {
        return false;
    }
    const struct spk_cgroup *child = NULL;
    if (row->kind == SPK_GROUP) {
        child = s->registry->groups[crow->child];
    } else if (row->kind == SPK_CHOICE) {
        child = number_at(s, row->key, &number) ? chosen(s, crow, number) : NULL;
    }
    if (row->kind == SPK_GROUP || row->kind == SPK_CHOICE) {
        return child != NULL && row->size.mul == 0 && add_group(s, child);
    }
    if (row->bits > 0) {
        s->bits += row->bits;
    } else if (row->size.mul == 0) {
        s->bits = row->kind == SPK_NONE ? s->bits : s->limit; /* what is left */
    } else {
        if (row->size.mul < 0 || row->size.add < 0 || s->bits % 8 != 0 || !number_at(s, row->size.row, &number)
            || number > UINT16_MAX) {
            return false;
        }
        s->bits += ((uint32_t)number * (uint32_t)row->size.mul + (uint32_t)row->size.add) * 8;
    }
    return s->bits <= s->limit;
}

/* The rows behind the front that have to be asked: those that a type leaves, where one number decides on most of them. */
static uint64_t rows_left(const struct sum *s)
{
    const struct spk_cgroup *group = s->group;
    uint64_t number = 0;
    bool decided = group->decider < group->lead && number_at(s, group->decider, &number);
    return decided ? group->laid & spk_decided_rows(group, number) : group->laid;
}

bool spk_header_measure(const struct spk_packet *packet, unsigned layer, uint32_t *hdr_len, struct spk_stop *why)
{
    const struct spk_layer *at = &packet->layers[layer];
    uint32_t end = at->end < packet->caplen ? at->end : packet->caplen;
    struct sum s; /* at is not cleared: a place counts once its row is there */
    s.registry = packet->registry;
    s.group = packet->registry->protos[at->proto].hdr;
    s.header = packet->data + at->at;
    s.limit = (end - at->at) * 8;
    s.cut = end < at->end;
    s.bits = s.group->fixed_bits;
    s.there = 0;
    for (uint64_t left = rows_left(&s); left != 0; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const struct spk_crow *crow = &s.group->rows[i];
        bool known = true;
        bool there = is_there(&s, crow->row, &known);
        s.at[i] = s.bits;
        s.there |= (uint64_t)there << i;
        if (!known || (there && !add_row(&s, crow))) {
            return spk_header_walk(packet, layer, hdr_len, why);
        }
    }
    *hdr_len = (s.bits + 7) / 8;
    return true;
}
