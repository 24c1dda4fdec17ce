/* filter_literal: what is typed to a value of the type that stands beside it. */
#include "query/filter.h"

#include "base/address.h"
#include "base/bytes.h"

#include <string.h>

/* The text of a literal, as a string; all that is read here is shorter than that. */
struct typed {
    char text[256];
    uint32_t len;
};

static bool take(const struct filter_node *node, struct typed *typed)
{
    if (node->size >= sizeof typed->text || memchr(node->data, '\0', node->size) != NULL) {
        return false;
    }
    memcpy(typed->text, node->data, node->size);
    typed->text[node->size] = '\0';
    typed->len = node->size;
    return true;
}

/* A word with a point may have been meant as a field's name. */
static bool wrong(struct filter_compiler *c, uint32_t node, const char *what)
{
    const struct filter_node *n = &c->nodes[node];
    struct typed typed;
    bool name = n->kind == NODE_LITERAL && take(n, &typed) && strchr(typed.text, '.') != NULL
                && ((typed.text[0] | 0x20) >= 'a' && (typed.text[0] | 0x20) <= 'z');
    return spk_filter_fail_hint(c, n->at, n->len, what,
                                name ? spk_field_nearest(c->filter->registry, typed.text) : NULL);
}

bool spk_filter_constant(struct filter_compiler *c, uint32_t node, struct filter_type type,
                         const struct spk_value *value)
{
    struct spk_filter *filter = c->filter;
    if (!spk_filter_room(c, &filter->constants, filter->constant_count, &filter->constant_room,
                         sizeof filter->constants[0])) {
        return false;
    }
    c->nodes[node].constant = true;
    c->nodes[node].type = type;
    c->nodes[node].index = filter->constant_count;
    filter->constants[filter->constant_count++] = (struct spk_item){ .value = *value, .layer = SPK_NO_LAYER };
    return true;
}

/* ---- numbers ---- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

/* Decimal, 0 octal, 0x hexadecimal, 0b binary. */
static bool read_number(const char *text, uint64_t *number)
{
    unsigned base = 10;
    if (text[0] == '0' && text[1] != '\0') {
        char mark = (char)(text[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        text += base == 8 ? 1 : 2;
    }
    *number = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)digit_of(*text);
        if (digit >= base || *number > (UINT64_MAX - digit) / base) {
            return false;
        }
        *number = *number * base + digit;
    }
    return true;
}

static bool same_letters(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char left = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) : *a;
        char right = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) : *b;
        if (left != right) {
            return false;
        }
    }
    return *a == *b;
}

static bool find_name(const struct spk_row *row, const char *text, uint64_t *number)
{
    for (const struct spk_enum *name = row != NULL ? row->names : NULL; name != NULL && name->name != NULL; name++) {
        if (same_letters(name->name, text)) {
            *number = name->value;
            return true;
        }
    }
    return false;
}

static uint64_t largest(struct filter_type type)
{
    uint64_t most = type.size >= 8 ? UINT64_MAX : (UINT64_C(1) << type.size * 8) - 1;
    return type.kind == SPK_INT ? most / 2 : most;
}

static bool read_number_or_name(struct filter_compiler *c, uint32_t node, struct filter_type type,
                                const struct spk_row *row)
{
    struct spk_value value = { .kind = type.kind };
    struct typed typed;
    bool plain = c->nodes[node].kind == NODE_LITERAL;
    if (!take(&c->nodes[node], &typed)) {
        return wrong(c, node, "not a number");
    }
    bool number = plain && read_number(typed.text, &value.u);
    if (number && value.u <= largest(type)) {
        return spk_filter_constant(c, node, type, &value);
    }
    if (find_name(row, typed.text, &value.u)) {
        return spk_filter_constant(c, node, type, &value);
    }
    return wrong(c, node,
                 number                              ? "larger than the field can be"
                 : row != NULL && row->names != NULL ? "neither a number nor the name of a value of this field"
                                                     : "not a number");
}

static bool read_bool(struct filter_compiler *c, uint32_t node, struct filter_type type, const struct spk_row *row)
{
    /* what Wireshark shows for a bit that has no names of its own */
    static const struct spk_enum usual[] = { { 1, "Set" }, { 0, "Not set" }, { 0, NULL } };
    static const struct spk_row unnamed = { .names = usual };
    struct spk_value value = { .kind = SPK_BOOL };
    struct typed typed;
    bool plain = c->nodes[node].kind == NODE_LITERAL;
    if (!take(&c->nodes[node], &typed)) {
        return wrong(c, node, "neither true nor false");
    }
    bool good = plain && read_number(typed.text, &value.u);
    if (plain && (strcmp(typed.text, "True") == 0 || strcmp(typed.text, "TRUE") == 0)) {
        good = true;
        value.u = 1;
    } else if (plain && (strcmp(typed.text, "False") == 0 || strcmp(typed.text, "FALSE") == 0)) {
        good = true;
        value.u = 0;
    }
    good = good || find_name(row != NULL && row->names != NULL ? row : &unnamed, typed.text, &value.u);
    value.u = value.u != 0;
    return good ? spk_filter_constant(c, node, type, &value)
                : wrong(c, node, "neither true nor false: write True, False, or a number");
}

/* ---- addresses and bytes ---- */

/* Cuts off the number behind a '/'; false: there is one and it is none, or beyond most. */
static bool take_prefix(struct typed *typed, uint32_t most, uint64_t *prefix)
{
    char *slash = strchr(typed->text, '/');
    *prefix = most;
    if (slash == NULL) {
        return true;
    }
    *slash = '\0';
    *prefix = 0;
    for (const char *digit = slash + 1; *digit != '\0'; digit++) {
        *prefix = *prefix * 10 + (uint64_t)(*digit - '0');
    }
    return *prefix <= most;
}

static bool read_address(struct filter_compiler *c, uint32_t node, struct filter_type type)
{
    struct spk_value value = { .kind = type.kind };
    struct typed typed;
    uint8_t bytes[16];
    uint32_t ip4 = 0;
    uint64_t prefix = 0;
    bool four = type.kind == SPK_IP4;
    const char *what = four ? "not an IPv4 address: four numbers, 192.0.2.1, and a prefix if you like, 192.0.2.0/24"
                            : "not an IPv6 address: 2001:db8::1, and a prefix if you like, 2001:db8::/32";
    if (c->nodes[node].kind != NODE_LITERAL || !take(&c->nodes[node], &typed)) {
        return wrong(c, node, what);
    }
    if (!take_prefix(&typed, four ? 32 : 128, &prefix)) {
        return wrong(c, node, "a prefix has at most 32 bits of an IPv4 address, 128 of an IPv6 address");
    }
    if (four ? !spk_ip4_parse(typed.text, &ip4) : !spk_ip6_parse(typed.text, bytes)) {
        return wrong(c, node, what);
    }
    bool whole = prefix == (four ? 32 : 128);
    value.kind = whole ? type.kind : four ? FILTER_NET4 : FILTER_NET6;
    value.len = whole ? (four ? 0 : sizeof bytes) : (uint32_t)prefix;
    value.u = ip4;
    value.data = four ? NULL : spk_filter_keep(c, bytes, sizeof bytes);
    return spk_filter_constant(c, node, type, &value);
}

/* Pairs of digits, and single ones before a separator or the end; 0xNN is one byte. UINT32_MAX: not bytes. */
static uint32_t read_bytes(const uint8_t *text, uint32_t len, uint8_t *to)
{
    uint32_t size = 0;
    uint32_t i = 0;
    if (len == 4 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        i = 2;
    }
    while (i < len) {
        unsigned first = (unsigned)digit_of((char)text[i]);
        unsigned second = i + 1 < len ? (unsigned)digit_of((char)text[i + 1]) : 99;
        if (first > 15) {
            return UINT32_MAX;
        }
        to[size++] = (uint8_t)(second <= 15 ? first << 4 | second : first);
        i += second <= 15 ? 2 : 1;
        if (i < len && (text[i] == ':' || text[i] == '-' || text[i] == '.')) {
            i++;
            if (i == len) {
                return UINT32_MAX;
            }
        }
    }
    return size > 0 ? size : UINT32_MAX;
}

static bool read_octets(struct filter_compiler *c, uint32_t node, struct filter_type type)
{
    const struct filter_node *typed = &c->nodes[node];
    struct spk_value value = { .kind = SPK_BYTES, .data = typed->data, .len = typed->size };
    if (typed->kind == NODE_LITERAL) {
        uint8_t *to = c->filter->arena + c->filter->arena_used;
        value.len = read_bytes(typed->data, typed->size, to);
        if (value.len == UINT32_MAX) {
            return wrong(c, node, "not bytes: hexadecimal digits, 00:0c:29, or a text in double quotes");
        }
        value.data = spk_filter_keep(c, to, value.len);
    }
    if (type.kind == SPK_MAC && (typed->kind != NODE_LITERAL || value.len != 6)) {
        return wrong(c, node, "not an Ethernet address: six bytes, 00:0c:29:4f:8e:35");
    }
    return spk_filter_constant(c, node, type, &value);
}

/* ---- times ---- */

static bool read_time(struct filter_compiler *c, uint32_t node, struct filter_type type)
{
    struct spk_value value = { .kind = type.kind };
    const struct filter_node *typed = &c->nodes[node];
    int64_t ns = 0;
    bool date = type.kind == SPK_TIME;
    bool good = typed->kind == NODE_LITERAL || (date && typed->kind == NODE_STRING);
    good = good && (date ? spk_filter_date : spk_filter_seconds)((const char *)typed->data, typed->size, &ns);
    value.u = (uint64_t)ns;
    return good ? spk_filter_constant(c, node, type, &value)
                : wrong(
                    c, node,
                    date ? "not a date: \"2020-07-04 12:34:56.5\", \"2020-07-04T12:34:56Z\" or \"Jul 4, 2020 12:34:56\""
                         : "not a number of seconds: 1.5");
}

/* ---- all ---- */

bool spk_filter_literal(struct filter_compiler *c, uint32_t node, struct filter_type type, const struct spk_row *row)
{
    const struct filter_node *typed = &c->nodes[node];
    struct spk_value value = { .kind = type.kind };
    bool number = type.kind == SPK_UINT || type.kind == SPK_INT;
    if (typed->kind == NODE_CHAR && (number || type.kind == SPK_BOOL)) {
        value.u = type.kind == SPK_BOOL ? typed->data[0] != 0 : typed->data[0];
        return spk_filter_constant(c, node, type, &value);
    }
    switch (type.kind) {
    case SPK_UINT:
    case SPK_INT:
        return read_number_or_name(c, node, type, row);
    case SPK_BOOL:
        return read_bool(c, node, type, row);
    case SPK_IP4:
    case SPK_IP6:
        return read_address(c, node, type);
    case SPK_TIME:
    case SPK_DELTA:
        return read_time(c, node, type);
    case SPK_TEXT:
        value.data = typed->data;
        value.len = typed->size;
        return spk_filter_constant(c, node, type, &value);
    default:
        return read_octets(c, node, type);
    }
}

bool spk_filter_negative(struct filter_compiler *c, uint32_t node, struct filter_type type)
{
    uint32_t of = c->nodes[node].a;
    bool number = type.kind == SPK_UINT || type.kind == SPK_INT;
    if ((!number && type.kind != SPK_DELTA) || c->nodes[of].kind != NODE_LITERAL) {
        return wrong(c, node, "not a number, and has no negative");
    }
    if (!spk_filter_literal(c, of, type, NULL)) {
        return false;
    }
    struct spk_value value = c->filter->constants[c->nodes[of].index].value;
    value.u = 0 - value.u;
    value.kind = number ? SPK_INT : value.kind;
    return spk_filter_constant(c, node, type, &value);
}
