/*
 * filter_check: what each part of the tree is, and whether it may stand where it stands. Literals become constants of the
 * type of what they stand beside, so a filter that compiles never fails for its types.
 */
#include "query/filter.h"

#include "base/error.h"

#include <string.h>

/* What a literal beside a value is read as. */
struct hint {
    struct filter_type type;
    const struct spk_row *row; /* whose names it may use, or NULL */
};

static bool check_value(struct filter_compiler *c, uint32_t node, const struct hint *hint);

static struct filter_node *at(struct filter_compiler *c, uint32_t node)
{
    return &c->nodes[node];
}

static bool wrong(struct filter_compiler *c, uint32_t node, const char *what)
{
    return spk_filter_fail(c, at(c, node)->at, at(c, node)->len, what);
}

static bool is_quoted(const struct filter_node *node)
{
    return node->kind == NODE_STRING || node->kind == NODE_CHAR;
}

static bool is_literal(const struct filter_node *node)
{
    return node->kind == NODE_LITERAL || is_quoted(node);
}

/* Whether there is no field in it. Depth is bounded by the parser. */
static bool is_constant(struct filter_compiler *c, uint32_t node)
{
    const struct filter_node *n = at(c, node);
    if (n->kind == NODE_NEG) {
        return is_constant(c, n->a);
    }
    return is_literal(n) || (n->kind == NODE_ARITH && is_constant(c, n->a) && is_constant(c, n->b));
}

/* A literal where a field is needed. */
static bool refuse_literal(struct filter_compiler *c, uint32_t node)
{
    const struct filter_node *n = at(c, node);
    char name[128];
    uint8_t first = n->size > 0 ? n->data[0] : 0;
    bool named = n->kind == NODE_LITERAL && n->size < sizeof name
                 && ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_');
    if (!named) {
        return wrong(c, node, "a field, a protocol or a function is needed here");
    }
    memcpy(name, n->data, n->size);
    name[n->size] = '\0';
    const char *known = spk_known_refusal(name);
    if (known != NULL) {
        return wrong(c, node, known);
    }
    return spk_filter_fail_hint(c, n->at, n->len, "unknown field", spk_field_nearest(c->filter->registry, name));
}

/* ---- types ---- */

static uint8_t number_size(const struct spk_row *row)
{
    if (row->bits == 0) {
        return 4;
    }
    uint8_t bytes = (uint8_t)((row->bits + 7) / 8);
    return bytes <= 4 ? bytes : 8;
}

static struct filter_type field_type(const struct spk_field *field)
{
    struct filter_type type = { .kind = field->kind };
    if (field->kind == SPK_UINT || field->kind == SPK_INT || field->kind == SPK_PAD) {
        type.kind = field->kind == SPK_PAD ? SPK_UINT : field->kind;
        type.size = number_size(field->row);
    } else if (field->kind == SPK_TIME && field->row->base != SPK_DATE) {
        type.kind = SPK_DELTA;
    }
    return type;
}

static bool is_octets(struct filter_type type)
{
    return type.kind == SPK_MAC || type.kind == SPK_BYTES || type.kind == SPK_TEXT || type.kind == FILTER_PROTO;
}

static bool can_be_sliced(struct filter_type type)
{
    return is_octets(type) || type.kind == SPK_IP4 || type.kind == SPK_IP6;
}

static bool is_number(struct filter_type type)
{
    return type.kind == SPK_UINT || type.kind == SPK_INT;
}

/* Whether a on the left may be compared with b on the right: a number also with a truth, as in Wireshark. */
static bool are_comparable(struct filter_type a, struct filter_type b)
{
    if (is_number(a)) {
        return is_number(b) || b.kind == SPK_BOOL;
    }
    if (a.kind == b.kind) {
        return a.kind != SPK_NONE;
    }
    if (a.slice || b.slice) {
        return can_be_sliced(a) && can_be_sliced(b);
    }
    return (a.kind == SPK_MAC && b.kind == SPK_BYTES) || (a.kind == SPK_BYTES && b.kind == SPK_MAC);
}

static bool can_calculate(uint8_t op, struct filter_type type)
{
    switch (op) {
    case FILTER_ADD:
    case FILTER_SUB:
    case FILTER_NEG:
        return is_number(type) || type.kind == SPK_DELTA;
    case FILTER_BITS:
        return is_number(type) || type.kind == SPK_IP4 || type.kind == SPK_IP6 || type.kind == SPK_MAC
               || type.kind == SPK_BYTES;
    default:
        return is_number(type);
    }
}

/* ---- values ---- */

/* The number of the field among those that are read. */
static bool read_field(struct filter_compiler *c, uint32_t node)
{
    struct spk_filter *filter = c->filter;
    const char *name = at(c, node)->field->name;
    uint32_t index = 0;
    while (index < filter->name_count && strcmp(filter->names[index], name) != 0) {
        index++;
    }
    if (index == filter->name_count) {
        if (!spk_filter_room(c, &filter->names, filter->name_count, &filter->name_room, sizeof filter->names[0])) {
            return false;
        }
        filter->names[filter->name_count++] = name;
    }
    at(c, node)->index = index;
    return true;
}

static bool check_slice(struct filter_compiler *c, uint32_t node)
{
    uint32_t of = at(c, node)->a;
    if (!check_value(c, of, NULL)) {
        return false;
    }
    if (!can_be_sliced(at(c, of)->type)) {
        return wrong(c, of, "not a sequence of bytes, and cannot be sliced");
    }
    at(c, node)->type = (struct filter_type){ .kind = SPK_BYTES, .slice = true };
    return true;
}

static bool check_negative(struct filter_compiler *c, uint32_t node, const struct hint *hint)
{
    uint32_t of = at(c, node)->a;
    if (is_literal(at(c, of))) {
        return hint != NULL ? spk_filter_negative(c, node, hint->type) : refuse_literal(c, of);
    }
    if (!check_value(c, of, hint)) {
        return false;
    }
    if (!can_calculate(FILTER_NEG, at(c, of)->type)) {
        return wrong(c, of, "not a number, and has no negative");
    }
    at(c, node)->type = at(c, of)->type;
    return true;
}

/* Both sides are known: the result is as well. */
static bool fold(struct filter_compiler *c, uint32_t node)
{
    const struct filter_node *n = at(c, node);
    const struct spk_item *constants = c->filter->constants;
    struct spk_value result;
    if (n->type.kind == SPK_MAC || n->type.kind == SPK_BYTES || n->type.kind == SPK_IP6) {
        return true; /* calculated for each packet: nobody writes this */
    }
    if (!spk_filter_arith(n->op, n->type.size > 4, &constants[at(c, n->a)->index].value,
                          &constants[at(c, n->b)->index].value, NULL, &result)) {
        return wrong(c, node, "this has no result");
    }
    return spk_filter_constant(c, node, n->type, &result);
}

/* As Wireshark has it, an address that is compared with a part of bytes is not calculated with it. */
static bool is_address(struct filter_type type)
{
    return (type.kind == SPK_IP4 || type.kind == SPK_IP6) && !type.slice;
}

/* Types that calculate with each other: those that compare, both or neither of them IP addresses. */
static bool may_calculate(uint8_t op, struct filter_type a, struct filter_type b)
{
    return are_comparable(a, b) && can_calculate(op, b) && is_address(a) == is_address(b);
}

static bool check_arith(struct filter_compiler *c, uint32_t node, const struct hint *hint)
{
    uint32_t a = at(c, node)->a;
    uint32_t b = at(c, node)->b;
    if (is_quoted(at(c, a)) || is_quoted(at(c, b))) {
        return wrong(c, is_quoted(at(c, a)) ? a : b, "not something to calculate with");
    }
    if (hint == NULL && is_constant(c, a)) {
        return wrong(c, a, "a calculation begins with a field or a function here");
    }
    if (!check_value(c, a, hint)) {
        return false;
    }
    struct hint beside = { .type = at(c, a)->type };
    if (!can_calculate(at(c, node)->op, beside.type)) {
        return wrong(c, a, "this cannot be calculated with");
    }
    if (!check_value(c, b, &beside)) {
        return false;
    }
    if (!may_calculate(at(c, node)->op, beside.type, at(c, b)->type)) {
        return wrong(c, node, "these two cannot be calculated with each other");
    }
    at(c, node)->type = beside.type;
    return !at(c, a)->constant || !at(c, b)->constant || fold(c, node);
}

/* ---- functions ---- */

static bool check_extreme(struct filter_compiler *c, uint32_t node)
{
    struct hint first = { 0 };
    for (uint32_t argument = at(c, node)->a; argument != FILTER_NOTHING; argument = at(c, argument)->next) {
        bool is_first = argument == at(c, node)->a;
        if (is_quoted(at(c, argument))) {
            return wrong(c, argument, "a field is needed here");
        }
        if (is_first && is_constant(c, argument)) {
            return wrong(c, argument, "a field comes first here");
        }
        if (!check_value(c, argument, is_first ? NULL : &first)) {
            return false;
        }
        struct filter_type type = at(c, argument)->type;
        if (is_first) {
            first.type = type;
        } else if (type.kind != first.type.kind || type.size != first.type.size) {
            return wrong(c, argument, "of another type than what stands before it");
        }
    }
    at(c, node)->type = first.type;
    return true;
}

static bool check_call(struct filter_compiler *c, uint32_t node)
{
    uint32_t function = at(c, node)->index;
    uint32_t argument = at(c, node)->a;
    if (function == FUNCTION_MAX || function == FUNCTION_MIN) {
        return check_extreme(c, node);
    }
    bool field = at(c, argument)->kind == NODE_FIELD || at(c, argument)->kind == NODE_PROTO;
    if (function == FUNCTION_ABS ? is_constant(c, argument) : !field) {
        return is_literal(at(c, argument)) ? refuse_literal(c, argument) : wrong(c, argument, "a field is needed here");
    }
    if (!check_value(c, argument, NULL)) {
        return false;
    }
    struct filter_type type = at(c, argument)->type;
    switch (function) {
    case FUNCTION_LEN:
    case FUNCTION_COUNT:
        at(c, node)->type = (struct filter_type){ .kind = SPK_UINT, .size = 4 };
        return true;
    case FUNCTION_UPPER:
    case FUNCTION_LOWER:
        at(c, node)->type = type;
        return type.kind == SPK_TEXT || wrong(c, argument, "only text has upper and lower case");
    case FUNCTION_STRING:
        at(c, node)->type = (struct filter_type){ .kind = SPK_TEXT };
        return is_number(type) || type.kind == SPK_IP4 || type.kind == SPK_IP6 || type.kind == SPK_MAC
               || wrong(c, argument, "only numbers and addresses can be made text");
    default:
        at(c, node)->type = type;
        return is_number(type) || type.kind == SPK_DELTA || type.kind == SPK_BOOL || wrong(c, argument, "not a number");
    }
}

static bool check_value(struct filter_compiler *c, uint32_t node, const struct hint *hint)
{
    struct filter_node *n = at(c, node);
    if (n->constant) {
        return true;
    }
    switch (n->kind) {
    case NODE_FIELD:
        n->type = field_type(n->field);
        if (n->field->kind == SPK_GROUP) {
            return wrong(c, node, "this is a group of fields: ask for its members");
        }
        return read_field(c, node);
    case NODE_PROTO:
        n->type = (struct filter_type){ .kind = FILTER_PROTO };
        return true;
    case NODE_SLICE:
        return check_slice(c, node);
    case NODE_CALL:
        return check_call(c, node);
    case NODE_NEG:
        return check_negative(c, node, hint);
    case NODE_ARITH:
        return check_arith(c, node, hint);
    default:
        return hint != NULL ? spk_filter_literal(c, node, hint->type, hint->row) : refuse_literal(c, node);
    }
}

/* ---- tests ---- */

static bool check_search(struct filter_compiler *c, uint32_t node)
{
    const struct filter_node *test = at(c, node);
    uint32_t a = test->a;
    uint32_t b = test->b;
    struct hint beside = { .type = at(c, a)->type };
    if (!is_octets(beside.type)) {
        return wrong(c, a, "neither bytes nor text, which is needed here");
    }
    if (test->op == FILTER_MATCHES) {
        return at(c, b)->kind == NODE_STRING || wrong(c, b, "matches needs a regular expression in double quotes");
    }
    if (beside.type.kind == SPK_MAC && is_literal(at(c, b))) {
        beside.type.kind = SPK_BYTES;
        if (at(c, b)->kind != NODE_LITERAL) {
            return wrong(c, b, "an address is compared with bytes, 00:0c:29");
        }
    }
    if (!check_value(c, b, &beside)) {
        return false;
    }
    return are_comparable(at(c, a)->type, at(c, b)->type) || is_literal(at(c, b))
           || wrong(c, node, "these two are not of comparable types");
}

static bool check_test(struct filter_compiler *c, uint32_t node)
{
    uint32_t a = at(c, node)->a;
    uint32_t b = at(c, node)->b;
    if (is_literal(at(c, a))) {
        return refuse_literal(c, a);
    }
    if (!check_value(c, a, NULL)) {
        return false;
    }
    if (at(c, a)->type.kind == SPK_NONE) {
        return wrong(c, a, "this field has no value: it is there or not");
    }
    if (at(c, node)->op >= FILTER_CONTAINS) {
        return check_search(c, node);
    }
    struct hint beside = { .type = at(c, a)->type, .row = at(c, a)->row };
    return check_value(c, b, &beside)
           && (are_comparable(beside.type, at(c, b)->type) || wrong(c, node, "these two are not of comparable types"));
}

static bool check_element(struct filter_compiler *c, uint32_t node, const struct hint *beside)
{
    const struct filter_node *element = at(c, node);
    if (element->kind == NODE_RANGE) {
        uint32_t b = element->b;
        return check_element(c, element->a, beside) && check_element(c, b, beside);
    }
    return check_value(c, node, beside)
           && (are_comparable(beside->type, at(c, node)->type)
               || wrong(c, node, "not of the type of what is in the set"));
}

static bool check_in(struct filter_compiler *c, uint32_t node)
{
    uint32_t a = at(c, node)->a;
    if (at(c, a)->kind != NODE_FIELD && at(c, a)->kind != NODE_PROTO) {
        return is_literal(at(c, a)) ? refuse_literal(c, a) : wrong(c, a, "only a field can be in a set");
    }
    if (!check_value(c, a, NULL)) {
        return false;
    }
    struct hint beside = { .type = at(c, a)->type, .row = at(c, a)->row };
    for (uint32_t element = at(c, node)->b; element != FILTER_NOTHING; element = at(c, element)->next) {
        if (!check_element(c, element, &beside)) {
            return false;
        }
    }
    return true;
}

static bool check_exists(struct filter_compiler *c, uint32_t node)
{
    uint32_t a = at(c, node)->a;
    if (at(c, a)->kind == NODE_CALL) {
        return wrong(c, a, "a function gives a value, which has to be compared with something");
    }
    if (is_constant(c, a)) {
        return is_literal(at(c, a)) ? refuse_literal(c, a) : wrong(c, a, "there is no field in this");
    }
    return check_value(c, a, NULL);
}

/* Depth is bounded by the parser. */
bool spk_filter_check(struct filter_compiler *c, uint32_t root)
{
    switch (at(c, root)->kind) {
    case NODE_AND:
    case NODE_OR:
        for (uint32_t node = at(c, root)->a; node != FILTER_NOTHING; node = at(c, node)->next) {
            if (!spk_filter_check(c, node)) {
                return false;
            }
        }
        return true;
    case NODE_NOT:
        return spk_filter_check(c, at(c, root)->a);
    case NODE_TEST:
        return check_test(c, root);
    case NODE_IN:
        return check_in(c, root);
    default:
        return check_exists(c, root);
    }
}
