/*
 * filter_parse: tokens to a tree. What binds loosest comes first: or, and, not, one test, & (bits), + -, * / %, a sign. The
 * functions call each other no deeper than SPK_FILTER_DEPTH_MAX; chains of and, or and arithmetic are lists and loops.
 */
#include "query/filter.h"

#include <string.h>

/* Highest level of arithmetic, where operators bind tightest. */
enum { LEVEL_BITS, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_SIGN };

static bool parse_or(struct filter_compiler *c, uint32_t *node);
static bool parse_arith(struct filter_compiler *c, unsigned level, uint32_t *node);

/* Goes one level deeper, or says that it is too deep. */
static bool deeper(struct filter_compiler *c)
{
    if (c->depth == SPK_FILTER_DEPTH_MAX) {
        return spk_filter_fail(c, c->token.at, c->token.len, "nested too deeply");
    }
    c->depth++;
    return true;
}

static bool add_node(struct filter_compiler *c, struct filter_node made, uint32_t *node)
{
    if (!spk_filter_room(c, &c->nodes, c->node_count, &c->node_room, sizeof c->nodes[0])) {
        return false;
    }
    made.next = FILTER_NOTHING;
    *node = c->node_count++;
    c->nodes[*node] = made;
    return true;
}

/* A node over the text of two others. */
static bool add_pair(struct filter_compiler *c, struct filter_node made, uint32_t *node)
{
    const struct filter_node *a = &c->nodes[made.a];
    const struct filter_node *b = &c->nodes[made.b];
    made.at = a->at;
    made.len = b->at + b->len - a->at;
    return add_node(c, made, node);
}

static bool unexpected(struct filter_compiler *c)
{
    if (c->token.kind == TOKEN_END) {
        return spk_filter_fail(c, c->len, 0, "something is missing at the end");
    }
    return spk_filter_fail(c, c->token.at, c->token.len, "unexpected here");
}

static bool expect(struct filter_compiler *c, uint8_t kind)
{
    return c->token.kind == kind ? spk_filter_next(c) : unexpected(c);
}

/* ---- names and literals ---- */

/* A protocol or field, or else a literal. */
static bool resolve(struct filter_compiler *c, const struct filter_token *token, struct filter_node *made)
{
    const struct spk_registry *registry = c->filter->registry;
    char name[128];
    *made = (struct filter_node){
        .kind = NODE_LITERAL, .at = token->at, .len = token->len, .data = token->data, .size = token->size
    };
    if (token->kind != TOKEN_LITERAL && token->size < sizeof name) {
        memcpy(name, token->data, token->size);
        name[token->size] = '\0';
        const struct spk_proto *proto = spk_registry_find(registry, name);
        const struct spk_field *field = proto == NULL ? spk_field_find(registry, name) : NULL;
        for (uint32_t i = 0; proto != NULL && made->kind != NODE_PROTO; i++) {
            made->kind = spk_registry_proto(registry, i) == proto ? NODE_PROTO : NODE_LITERAL;
            made->index = i;
        }
        if (field != NULL) {
            made->kind = NODE_FIELD;
            made->field = field;
            made->row = field->row;
        }
    }
    if (token->kind == TOKEN_IDENTIFIER && made->kind == NODE_LITERAL) {
        return spk_filter_fail(c, token->at, token->len, "behind a point stands the name of a field or protocol");
    }
    return true;
}

/* Behind a '#': a number, or ranges in brackets. */
static bool parse_layers(struct filter_compiler *c, uint32_t node)
{
    struct spk_filter *filter = c->filter;
    const char *text = c->text + c->at;
    struct filter_ranges layers = { .first = filter->range_count };
    if (*text == '[') {
        c->at++;
        if (!spk_filter_read_ranges(c, &layers)) {
            return false;
        }
    } else {
        uint32_t n = (uint32_t)strspn(text, "0123456789");
        int32_t number = 0;
        for (uint32_t i = 0; i < n && number <= SPK_LAYERS_MAX; i++) {
            number = number * 10 + (text[i] - '0');
        }
        if (n == 0) {
            return spk_filter_fail(c, c->token.at, 1, "behind # stands the number of a layer, or several in brackets");
        }
        if (!spk_filter_room(c, &filter->ranges, filter->range_count, &filter->range_room, sizeof filter->ranges[0])) {
            return false;
        }
        filter->ranges[filter->range_count++] = (struct filter_range){ .first = number, .count = 1 };
        layers.count = 1;
        c->at += n;
    }
    c->nodes[node].layers = layers;
    c->nodes[node].len = c->at - c->nodes[node].at;
    return spk_filter_next(c);
}

/* The brackets behind a value; each makes a slice of what stands before. */
static bool parse_slices(struct filter_compiler *c, uint32_t *node)
{
    for (unsigned count = 0; c->token.kind == TOKEN_LBRACKET; count++) {
        struct filter_node made = { .kind = NODE_SLICE, .a = *node, .at = c->nodes[*node].at };
        if (count == SPK_FILTER_DEPTH_MAX) {
            return spk_filter_fail(c, c->token.at, c->token.len, "nested too deeply");
        }
        if (!spk_filter_read_ranges(c, &made.ranges)) {
            return false;
        }
        made.len = c->at - made.at;
        if (!add_node(c, made, node) || !spk_filter_next(c)) {
            return false;
        }
    }
    return true;
}

/* The token is '(' behind a function's name. */
static bool parse_call(struct filter_compiler *c, const struct filter_token *name, uint32_t *node)
{
    struct filter_node made = { .kind = NODE_CALL, .at = name->at, .len = name->len, .a = FILTER_NOTHING };
    const struct spk_filter_function *function = spk_filter_function_find(name->data, name->size, &made.index);
    if (function == NULL) {
        return spk_filter_fail(c, name->at, name->len, "no such function");
    }
    if (!deeper(c) || !spk_filter_next(c)) {
        return false;
    }
    uint32_t last = FILTER_NOTHING;
    unsigned count = 0;
    while (c->token.kind != TOKEN_RPAREN) {
        uint32_t argument = 0;
        if ((count > 0 && !expect(c, TOKEN_COMMA)) || !parse_arith(c, LEVEL_BITS, &argument)) {
            return false;
        }
        *(last == FILTER_NOTHING ? &made.a : &c->nodes[last].next) = argument;
        last = argument;
        count++;
    }
    made.len = c->token.at + 1 - made.at;
    if (count < function->least || (function->most > 0 && count > function->most)) {
        return spk_filter_fail(c, made.at, made.len,
                               count < function->least ? "this function needs something in its parentheses"
                                                       : "this function takes one field");
    }
    c->depth--;
    return spk_filter_next(c) && add_node(c, made, node);
}

static bool parse_atom(struct filter_compiler *c, uint32_t *node)
{
    struct filter_token token = c->token;
    struct filter_node made = { .at = token.at, .len = token.len, .data = token.data, .size = token.size };
    switch (token.kind) {
    case TOKEN_WORD:
    case TOKEN_LITERAL:
    case TOKEN_IDENTIFIER:
        if (!spk_filter_next(c)) {
            return false;
        }
        if (token.kind == TOKEN_WORD && c->token.kind == TOKEN_LPAREN) {
            return parse_call(c, &token, node) && parse_slices(c, node);
        }
        if (!resolve(c, &token, &made) || !add_node(c, made, node)) {
            return false;
        }
        if (made.kind == NODE_LITERAL) {
            return true;
        }
        return (c->token.kind != TOKEN_HASH || parse_layers(c, *node)) && parse_slices(c, node);
    case TOKEN_STRING:
    case TOKEN_CHAR:
        made.kind = token.kind == TOKEN_STRING ? NODE_STRING : NODE_CHAR;
        return add_node(c, made, node) && spk_filter_next(c);
    default:
        return unexpected(c);
    }
}

/* ---- arithmetic ---- */

static unsigned level_of(uint8_t op)
{
    return op == FILTER_BITS ? LEVEL_BITS : op == FILTER_ADD || op == FILTER_SUB ? LEVEL_SUM : LEVEL_PRODUCT;
}

static bool parse_sign(struct filter_compiler *c, uint32_t *node)
{
    struct filter_token sign = c->token;
    if (sign.kind == TOKEN_LBRACE) {
        bool ok = deeper(c) && spk_filter_next(c) && parse_arith(c, LEVEL_BITS, node) && expect(c, TOKEN_RBRACE);
        c->depth -= ok;
        return ok;
    }
    if (sign.kind != TOKEN_ARITH || (sign.op != FILTER_ADD && sign.op != FILTER_SUB)) {
        return parse_atom(c, node);
    }
    if (!spk_filter_next(c) || !parse_atom(c, node)) {
        return false;
    }
    if (sign.op == FILTER_ADD) {
        return true;
    }
    const struct filter_node *of = &c->nodes[*node];
    struct filter_node made = { .kind = NODE_NEG, .a = *node, .at = sign.at, .len = of->at + of->len - sign.at };
    return add_node(c, made, node);
}

static bool parse_arith(struct filter_compiler *c, unsigned level, uint32_t *node)
{
    if (level == LEVEL_SIGN) {
        return parse_sign(c, node);
    }
    if (!parse_arith(c, level + 1, node)) {
        return false;
    }
    for (unsigned count = 0; c->token.kind == TOKEN_ARITH && level_of(c->token.op) == level; count++) {
        struct filter_node made = { .kind = NODE_ARITH, .op = c->token.op, .a = *node };
        if (count == SPK_FILTER_DEPTH_MAX) {
            return spk_filter_fail(c, c->token.at, c->token.len, "nested too deeply");
        }
        if (!spk_filter_next(c) || !parse_arith(c, level + 1, &made.b) || !add_pair(c, made, node)) {
            return false;
        }
    }
    return true;
}

/* ---- tests ---- */

/* One element of a set: a value, or two with .. between. */
static bool parse_element(struct filter_compiler *c, uint32_t *node)
{
    struct filter_node range = { .kind = NODE_RANGE };
    if (c->token.kind == TOKEN_LBRACE) {
        return unexpected(c);
    }
    if (!parse_sign(c, node)) {
        return false;
    }
    if (c->token.kind != TOKEN_DOTDOT) {
        return true;
    }
    range.a = *node;
    return spk_filter_next(c) && c->token.kind != TOKEN_LBRACE ? parse_sign(c, &range.b) && add_pair(c, range, node)
                                                               : unexpected(c);
}

/* The token is the '{' of a set. */
static bool parse_set(struct filter_compiler *c, struct filter_node test, uint32_t *node)
{
    uint32_t last = FILTER_NOTHING;
    test.kind = NODE_IN;
    test.b = FILTER_NOTHING;
    test.at = c->nodes[test.a].at;
    if (!expect(c, TOKEN_LBRACE)) {
        return false;
    }
    for (;;) {
        uint32_t element = 0;
        if (!parse_element(c, &element)) {
            return false;
        }
        *(last == FILTER_NOTHING ? &test.b : &c->nodes[last].next) = element;
        last = element;
        if (c->token.kind != TOKEN_COMMA) {
            break;
        }
        if (!spk_filter_next(c)) {
            return false;
        }
    }
    test.len = c->token.at + c->token.len - test.at;
    return expect(c, TOKEN_RBRACE) && add_node(c, test, node);
}

/* a < b < c says a < b and b < c. */
static bool parse_chain(struct filter_compiler *c, struct filter_node test, uint32_t *node)
{
    uint32_t first = FILTER_NOTHING;
    uint32_t last = FILTER_NOTHING;
    while (c->token.kind == TOKEN_TEST && c->token.op < FILTER_CONTAINS) {
        uint32_t made = 0;
        test.kind = NODE_TEST;
        test.op = c->token.op;
        bool chosen = test.index != 0; /* by any or all in front */
        struct filter_node now = test;
        now.quantifier = chosen ? test.quantifier : c->token.quantifier;
        if (!spk_filter_next(c) || !parse_arith(c, LEVEL_BITS, &now.b) || !add_pair(c, now, &made)) {
            return false;
        }
        *(last == FILTER_NOTHING ? &first : &c->nodes[last].next) = made;
        last = made;
        test.a = now.b;
    }
    *node = first;
    if (first != last) {
        struct filter_node all = { .kind = NODE_AND, .a = first, .at = c->nodes[first].at };
        all.len = c->nodes[last].at + c->nodes[last].len - all.at;
        return add_node(c, all, node);
    }
    return true;
}

static bool parse_search(struct filter_compiler *c, struct filter_node test, uint32_t *node)
{
    test.kind = NODE_TEST;
    test.op = c->token.op;
    return spk_filter_next(c) && parse_arith(c, LEVEL_BITS, &test.b) && add_pair(c, test, node);
}

static bool parse_test(struct filter_compiler *c, uint32_t *node)
{
    struct filter_node test = { 0 };
    if (c->token.kind == TOKEN_ANY || c->token.kind == TOKEN_ALL) {
        test.index = 1;
        test.quantifier = c->token.kind == TOKEN_ALL ? FILTER_ALL : FILTER_ANY;
        if (!spk_filter_next(c)) {
            return false;
        }
    }
    if (!parse_arith(c, LEVEL_BITS, &test.a)) {
        return false;
    }
    if (c->token.kind == TOKEN_TEST) {
        return c->token.op < FILTER_CONTAINS ? parse_chain(c, test, node) : parse_search(c, test, node);
    }
    if (c->token.kind == TOKEN_IN) {
        return spk_filter_next(c) && parse_set(c, test, node);
    }
    if (c->token.kind == TOKEN_NOT) {
        if (!spk_filter_next(c)) {
            return false;
        }
        if (c->token.kind != TOKEN_IN || !spk_filter_next(c) || !parse_set(c, test, node)) {
            return c->error.code < 0 ? false : unexpected(c);
        }
        struct filter_node not = { .kind = NODE_NOT, .a = *node, .at = c->nodes[*node].at, .len = c->nodes[*node].len };
        return add_node(c, not, node);
    }
    if (test.index != 0) {
        return unexpected(c);
    }
    struct filter_node exists = { .kind = NODE_EXISTS, .a = test.a };
    exists.at = c->nodes[test.a].at;
    exists.len = c->nodes[test.a].len;
    return add_node(c, exists, node);
}

static bool parse_not(struct filter_compiler *c, uint32_t *node)
{
    struct filter_token token = c->token;
    if (token.kind == TOKEN_NOT) {
        if (!deeper(c) || !spk_filter_next(c) || !parse_not(c, node)) {
            return false;
        }
        c->depth--;
        struct filter_node not = { .kind = NODE_NOT, .a = *node, .at = token.at };
        not .len = c->nodes[*node].at + c->nodes[*node].len - not .at;
        return add_node(c, not, node);
    }
    if (token.kind == TOKEN_LPAREN) {
        bool ok = deeper(c) && spk_filter_next(c) && parse_or(c, node) && expect(c, TOKEN_RPAREN);
        c->depth -= ok;
        return ok;
    }
    return parse_test(c, node);
}

/* Operands with and, or with or, between them. */
static bool parse_list(struct filter_compiler *c, uint8_t sign, uint8_t kind,
                       bool (*parse)(struct filter_compiler *, uint32_t *), uint32_t *node)
{
    if (!parse(c, node) || c->token.kind != sign) {
        return c->error.code == SPK_OK;
    }
    struct filter_node list = { .kind = kind, .a = *node, .at = c->nodes[*node].at };
    uint32_t last = *node;
    while (c->token.kind == sign) {
        uint32_t operand = 0;
        if (!spk_filter_next(c) || !parse(c, &operand)) {
            return false;
        }
        c->nodes[last].next = operand;
        last = operand;
    }
    list.len = c->nodes[last].at + c->nodes[last].len - list.at;
    return add_node(c, list, node);
}

static bool parse_and(struct filter_compiler *c, uint32_t *node)
{
    return parse_list(c, TOKEN_AND, NODE_AND, parse_not, node);
}

static bool parse_or(struct filter_compiler *c, uint32_t *node)
{
    return parse_list(c, TOKEN_OR, NODE_OR, parse_and, node);
}

bool spk_filter_parse(struct filter_compiler *c, uint32_t *root)
{
    *root = FILTER_NOTHING;
    if (!spk_filter_next(c)) {
        return false;
    }
    if (c->token.kind == TOKEN_END) {
        return true; /* an empty filter keeps everything */
    }
    return parse_or(c, root) && (c->token.kind == TOKEN_END || unexpected(c));
}
