/* step: which compiled protocols can be placed by a few loads, and which loads those are. */
#include "wire/step.h"

#include "wire/registry.h"

/* Lengths that a step computes are below this, so that sums of 32 bits hold them. */
enum { LEN_MAX = 1 << 24 };

/* False: the place is not read as four bytes of the min that are there. */
static bool four_of(const struct spk_cproto *proto, const struct spk_cplace *at, struct spk_four *four)
{
    struct spk_cplace place = spk_cplace_at(at->bit, at->width, at->little, proto->min);
    *four = (struct spk_four){ .byte = place.byte, .shift = place.shift, .mask = place.mask };
    return place.load == 4;
}

/* A length is row * mul + add, which is never below 0 and no large number. */
static bool length_of(const struct spk_cproto *proto, const struct spk_cref *ref, struct spk_four *four, uint8_t *mul,
                      uint32_t *add)
{
    *mul = (uint8_t)ref->mul;
    *add = (uint32_t)ref->add;
    return four_of(proto, &ref->place, four) && ref->mul > 0 && ref->mul <= 8 && ref->add >= 0 && ref->add < LEN_MAX
           && four->mask < LEN_MAX;
}

/* A range of 32 bits. False: the condition is of another kind. */
static bool range_of(const struct spk_cproto *proto, const struct spk_cwhen *when, struct spk_four *four, uint32_t *low,
                     uint32_t *span)
{
    if (when->test == SPK_ALWAYS || when->test == SPK_ROOM || when->outside || !four_of(proto, &when->place, four)) {
        return false;
    }
    four->mask &= (uint32_t)when->mask;
    *low = (uint32_t)when->low;
    *span = when->span < UINT32_MAX - *low ? (uint32_t)when->span : UINT32_MAX - *low;
    return true;
}

static bool add_length(const struct spk_cproto *proto, struct spk_step *step)
{
    struct spk_four asked;
    if (proto->len.mul == 0) {
        return true;
    }
    step->flags |= SPK_STEP_LEN;
    step->len_span = UINT32_MAX;
    if (!length_of(proto, &proto->len, &step->len, &step->len_mul, &step->len_add)) {
        return false;
    }
    if (proto->len_when.test != SPK_ALWAYS
        && (!range_of(proto, &proto->len_when, &asked, &step->len_low, &step->len_span)
            || !spk_four_same(&asked, &step->len))) {
        return false;
    }
    if (proto->len.zero_is_rest && step->len_low == 0) {
        step->len_low = 1;
        step->len_span -= step->len_span > 0;
    }
    return true;
}

/* Only the first of those who may follow; what it does not find, the protocol itself looks for. */
static bool add_next(const struct spk_cproto *proto, struct spk_step *step)
{
    if (proto->next_count == 0) {
        return true;
    }
    const struct spk_cnext *next = &proto->next[0];
    bool lower = next->pick == SPK_PICK_LOWER;
    if ((next->pick != SPK_PICK_ROW && !lower) || next->when_count > 1 || !four_of(proto, &next->keys[0], &step->key)
        || (lower && !four_of(proto, &next->keys[1], &step->other))) {
        return false;
    }
    step->flags |=
        (uint16_t)(SPK_STEP_NEXT | (lower ? SPK_STEP_LOWER : 0) | (proto->next_count > 1 ? SPK_STEP_MORE : 0));
    step->space = next->space;
    step->gate = step->key;
    step->gate_span = UINT32_MAX;
    return next->when_count == 0 || range_of(proto, &next->when[0], &step->gate, &step->gate_low, &step->gate_span);
}

struct spk_step spk_step_of(const struct spk_cproto *proto)
{
    struct spk_step step = { .need = proto->min, .min = (uint16_t)proto->min };
    bool plain =
        !proto->walk && (proto->flags & (SPK_REPEATS | SPK_HAS_TAIL | SPK_NO_PAYLOAD)) == 0 && proto->min <= UINT16_MAX;
    if (proto->extent == SPK_EXTENT_REST) {
        step.flags |= SPK_STEP_REST;
    } else if (proto->extent == SPK_EXTENT_REF) {
        step.flags |= SPK_STEP_HLEN;
        plain = plain && length_of(proto, &proto->hlen, &step.hlen, &step.hlen_mul, &step.hlen_add);
    }
    if (!plain || !add_length(proto, &step) || !add_next(proto, &step)) {
        return (struct spk_step){ .need = UINT32_MAX };
    }
    return step;
}
