/*
 * filter_code: the checked tree to a program. Each test first reads its fields and ends, false, at the first that is not
 * there; jumps go forward only, so a program ends after as many steps as it has.
 */
#include "query/filter.h"

#include "base/memory.h"

#include <string.h>

static bool operand(struct filter_compiler *c, uint32_t node, bool gated, uint32_t *reg);

static const struct filter_node *at(const struct filter_compiler *c, uint32_t node)
{
    return &c->nodes[node];
}

static bool emit(struct filter_compiler *c, struct filter_step step)
{
    struct spk_filter *filter = c->filter;
    if (!spk_filter_room(c, &filter->steps, filter->step_count, &filter->step_room, sizeof filter->steps[0])) {
        return false;
    }
    filter->steps[filter->step_count++] = step;
    return true;
}

static bool add_arg(struct filter_compiler *c, uint32_t reg)
{
    struct spk_filter *filter = c->filter;
    if (!spk_filter_room(c, &filter->args, filter->arg_count, &filter->arg_room, sizeof filter->args[0])) {
        return false;
    }
    filter->args[filter->arg_count++] = reg;
    return true;
}

/* Registers: cells, constants, and what is made. */
static uint32_t new_register(struct filter_compiler *c)
{
    struct spk_filter *filter = c->filter;
    return filter->name_count + filter->constant_count + filter->made_count++;
}

/* Ends the test, false, where the step before gave false; patched by close_gates. */
static bool gate(struct filter_compiler *c, bool gated)
{
    return !gated || emit(c, (struct filter_step){ .code = CODE_JUMP_FALSE, .to = FILTER_NOTHING });
}

static void close_gates(struct filter_compiler *c, uint32_t first)
{
    struct spk_filter *filter = c->filter;
    for (uint32_t i = first; i < filter->step_count; i++) {
        if (filter->steps[i].code == CODE_JUMP_FALSE && filter->steps[i].to == FILTER_NOTHING) {
            filter->steps[i].to = filter->step_count;
        }
    }
}

static bool is_wide(const struct filter_compiler *c, uint32_t a, uint32_t b)
{
    return at(c, a)->type.size > 4 || at(c, b)->type.size > 4;
}

/* ---- operands ---- */

static bool encode_field(struct filter_compiler *c, uint32_t node, bool gated, uint32_t *reg)
{
    const struct filter_node *n = at(c, node);
    struct filter_step step = { .a = n->index, .ranges = n->layers };
    if (n->kind == NODE_FIELD && n->layers.count == 0) {
        *reg = n->index;
        step.code = CODE_EXISTS;
        return !gated || (emit(c, step) && gate(c, gated));
    }
    step.code = n->kind == NODE_FIELD ? CODE_READ : CODE_READ_PROTO;
    *reg = step.to = new_register(c);
    return emit(c, step) && gate(c, gated);
}

/* A step an argument; each but the first goes on with what those before it gave. */
static bool encode_call(struct filter_compiler *c, uint32_t node, bool gated, uint32_t *reg)
{
    struct filter_step step = { .code = CODE_CALL, .op = (uint8_t)at(c, node)->index };
    step.wide = at(c, node)->type.size > 4;
    *reg = step.to = new_register(c);
    for (uint32_t argument = at(c, node)->a; argument != FILTER_NOTHING; argument = at(c, argument)->next) {
        step.size = at(c, argument)->type.size;
        if (!operand(c, argument, false, &step.a) || !emit(c, step)) {
            return false;
        }
        step.goes_on = true;
    }
    return gate(c, gated);
}

static bool encode_arith(struct filter_compiler *c, uint32_t node, bool gated, uint32_t *reg)
{
    const struct filter_node *n = at(c, node);
    struct filter_step step = { .code = CODE_ARITH, .op = n->op };
    uint32_t a = n->a;
    uint32_t b = n->kind == NODE_NEG ? a : n->b;
    if (n->kind == NODE_NEG) {
        step.code = CODE_NEG;
        step.op = FILTER_NEG;
    }
    step.wide = is_wide(c, a, b);
    if (!operand(c, a, gated, &step.a) || (b != a && !operand(c, b, gated, &step.b))) {
        return false;
    }
    *reg = step.to = new_register(c);
    return emit(c, step);
}

/* Depth is bounded by the parser. */
static bool operand(struct filter_compiler *c, uint32_t node, bool gated, uint32_t *reg)
{
    const struct filter_node *n = at(c, node);
    if (n->constant) {
        *reg = c->filter->name_count + n->index;
        return true;
    }
    switch (n->kind) {
    case NODE_FIELD:
    case NODE_PROTO:
        return encode_field(c, node, gated, reg);
    case NODE_CALL:
        return encode_call(c, node, gated, reg);
    case NODE_SLICE: {
        struct filter_step step = { .code = CODE_SLICE, .ranges = n->ranges };
        if (!operand(c, n->a, gated, &step.a)) {
            return false;
        }
        *reg = step.to = new_register(c);
        return emit(c, step);
    }
    default:
        return encode_arith(c, node, gated, reg);
    }
}

/* ---- tests ---- */

static bool encode_compare(struct filter_compiler *c, uint32_t node)
{
    struct spk_filter *filter = c->filter;
    const struct filter_node *n = at(c, node);
    struct filter_step step = { .code = CODE_COMPARE, .op = n->op, .quantifier = n->quantifier };
    if (!operand(c, n->a, true, &step.a)) {
        return false;
    }
    if (n->op == FILTER_MATCHES) {
        if (!spk_filter_room(c, &filter->regexes, filter->regex_count, &filter->regex_room,
                             sizeof filter->regexes[0])) {
            return false;
        }
        filter->regexes[filter->regex_count] = spk_filter_regex_new(c, n->b);
        if (filter->regexes[filter->regex_count] == NULL) {
            return false;
        }
        step.code = CODE_MATCHES;
        step.b = filter->regex_count++;
        return emit(c, step);
    }
    step.wide = is_wide(c, n->a, n->b);
    step.code = n->op == FILTER_CONTAINS ? CODE_CONTAINS : CODE_COMPARE;
    return operand(c, n->b, true, &step.b) && emit(c, step);
}

/* A set is pairs of registers: from and to. An element that is not there is no reason to end. */
static bool encode_in(struct filter_compiler *c, uint32_t node)
{
    const struct filter_node *n = at(c, node);
    struct filter_step step = { .code = CODE_IN, .quantifier = n->quantifier };
    step.ranges.first = c->filter->arg_count;
    if (!operand(c, n->a, true, &step.a)) {
        return false;
    }
    for (uint32_t element = n->b; element != FILTER_NOTHING; element = at(c, element)->next) {
        bool range = at(c, element)->kind == NODE_RANGE;
        uint32_t from = 0;
        uint32_t to = 0;
        if (!operand(c, range ? at(c, element)->a : element, false, &from)) {
            return false;
        }
        to = from;
        if ((range && !operand(c, at(c, element)->b, false, &to)) || !add_arg(c, from) || !add_arg(c, to)) {
            return false;
        }
        uint32_t end = range ? at(c, element)->b : element;
        step.wide = step.wide || is_wide(c, range ? at(c, element)->a : element, n->a) || is_wide(c, end, end);
        step.ranges.count++;
    }
    return emit(c, step);
}

static bool encode_exists(struct filter_compiler *c, uint32_t node)
{
    uint32_t a = at(c, node)->a;
    const struct filter_node *n = at(c, a);
    struct filter_step step = { .code = CODE_EXISTS, .a = n->index };
    if (n->layers.count == 0 && (n->kind == NODE_FIELD || n->kind == NODE_PROTO)) {
        step.code = n->kind == NODE_FIELD ? CODE_EXISTS : CODE_EXISTS_PROTO;
        return emit(c, step);
    }
    if (!operand(c, a, true, &step.a)) {
        return false;
    }
    step.code = n->kind == NODE_ARITH || n->kind == NODE_NEG ? CODE_NONZERO : CODE_NONEMPTY;
    return n->kind == NODE_FIELD || n->kind == NODE_PROTO || emit(c, step);
}

static bool encode_test(struct filter_compiler *c, uint32_t node)
{
    uint32_t first = c->filter->step_count;
    uint8_t kind = at(c, node)->kind;
    bool good = kind == NODE_TEST ? encode_compare(c, node)
                : kind == NODE_IN ? encode_in(c, node)
                                  : encode_exists(c, node);
    close_gates(c, first);
    return good;
}

static bool encode(struct filter_compiler *c, uint32_t node);

/* The first operand that decides ends the list. */
static bool encode_list(struct filter_compiler *c, uint32_t node, uint8_t jump)
{
    struct spk_filter *filter = c->filter;
    uint32_t last = FILTER_NOTHING; /* the jumps of this list, each pointing to the one before until the end is known */
    for (uint32_t operand = at(c, node)->a; operand != FILTER_NOTHING; operand = at(c, operand)->next) {
        if (!encode(c, operand)) {
            return false;
        }
        if (at(c, operand)->next != FILTER_NOTHING) {
            if (!emit(c, (struct filter_step){ .code = jump, .to = 0, .a = last })) {
                return false;
            }
            last = filter->step_count - 1;
        }
    }
    while (last != FILTER_NOTHING) {
        uint32_t before = filter->steps[last].a;
        filter->steps[last].to = filter->step_count;
        last = before;
    }
    return true;
}

/* Depth is bounded by the parser. */
static bool encode(struct filter_compiler *c, uint32_t node)
{
    switch (at(c, node)->kind) {
    case NODE_AND:
        return encode_list(c, node, CODE_JUMP_FALSE);
    case NODE_OR:
        return encode_list(c, node, CODE_JUMP_TRUE);
    case NODE_NOT:
        return encode(c, at(c, node)->a) && emit(c, (struct filter_step){ .code = CODE_NOT });
    default:
        return encode_test(c, node);
    }
}

bool spk_filter_encode(struct filter_compiler *c, uint32_t root)
{
    return encode(c, root) && emit(c, (struct filter_step){ .code = CODE_END });
}
