/*
 * filter: display filters inside. Text becomes tokens (filter_lex.c), tokens a tree (filter_parse.c), the tree is checked
 * and gets types and constants (filter_check.c, filter_literal.c), and becomes a program (filter_code.c), which is run over
 * the values of one packet (filter_run.c, filter_value.c). No part knows a protocol: names are looked up in the registry.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include <steelpkt/query.h>

#include "query/cells.h"

/* Kinds of values beside those of rows. */
enum {
    FILTER_PROTO = SPK_CHOICE + 1, /* a protocol: data and len are its header, u is how far its bytes go */
    FILTER_NET4,                   /* an IPv4 address of which only the first len bits count */
    FILTER_NET6
};

/* What a value is, as far as it is known before there is one. */
struct filter_type {
    uint8_t kind; /* enum spk_kind or FILTER_PROTO; SPK_DELTA for every time that is shown as seconds */
    uint8_t size; /* SPK_UINT, SPK_INT: bytes of the number */
    bool slice;   /* SPK_BYTES: part of another value, and comparable with all that can be sliced */
};

/* ---- words ---- */

enum filter_function {
    FUNCTION_LEN,
    FUNCTION_COUNT,
    FUNCTION_UPPER,
    FUNCTION_LOWER,
    FUNCTION_STRING,
    FUNCTION_MAX,
    FUNCTION_MIN,
    FUNCTION_ABS
};

enum filter_op {
    FILTER_EQ,
    FILTER_NE,
    FILTER_GT,
    FILTER_GE,
    FILTER_LT,
    FILTER_LE,
    FILTER_CONTAINS,
    FILTER_MATCHES,
    FILTER_ADD,
    FILTER_SUB,
    FILTER_MUL,
    FILTER_DIV,
    FILTER_MOD,
    FILTER_BITS,
    FILTER_NEG
};

/* Whether one pair of values must fulfil a test, or all pairs. */
enum filter_quantifier { FILTER_ANY, FILTER_ALL };

enum filter_token_kind {
    TOKEN_END,
    TOKEN_WORD,       /* a name or a literal */
    TOKEN_LITERAL,    /* certainly a literal */
    TOKEN_IDENTIFIER, /* certainly a name: it began with a point */
    TOKEN_STRING,
    TOKEN_CHAR,
    TOKEN_TEST,  /* op and quantifier say which */
    TOKEN_ARITH, /* op says which */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_ANY,
    TOKEN_ALL,
    TOKEN_LPAREN,
    TOKEN_RPAREN,
    TOKEN_LBRACE,
    TOKEN_RBRACE,
    TOKEN_LBRACKET,
    TOKEN_COMMA,
    TOKEN_DOTDOT,
    TOKEN_HASH
};

struct filter_token {
    uint8_t kind, op, quantifier;
    uint32_t at, len;    /* its place in the text */
    const uint8_t *data; /* WORD, LITERAL, IDENTIFIER: the text; STRING, CHAR: what it stands for */
    uint32_t size;
};

/* Part of a slice, or of a choice of layers: from first on (negative: from the end), count of them (UINT32_MAX: all). */
struct filter_range {
    int32_t first;
    uint32_t count;
};

/* Index and number of ranges; count 0: everything. */
struct filter_ranges {
    uint32_t first, count;
};

/* ---- the tree ---- */

#define FILTER_NOTHING UINT32_MAX

enum filter_node_kind {
    NODE_FIELD,
    NODE_PROTO,
    NODE_LITERAL,
    NODE_STRING,
    NODE_CHAR,
    NODE_SLICE,
    NODE_CALL,
    NODE_ARITH,
    NODE_NEG,
    NODE_RANGE, /* of a set */
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_TEST,
    NODE_IN,
    NODE_EXISTS
};

struct filter_node {
    uint8_t kind, op, quantifier;
    bool constant; /* after the check: constants[constant_index] holds the value */
    struct filter_type type;
    uint32_t at, len;
    uint32_t a, b; /* operands; AND, OR, CALL: a is the first of a list; IN: b is */
    uint32_t next; /* in a list */
    const struct spk_field *field;
    const struct spk_row *row; /* the row whose names a literal beside it may use */
    uint32_t index;            /* PROTO: of the registry; CALL: function; constant */
    struct filter_ranges ranges, layers;
    const uint8_t *data;
    uint32_t size;
};

/* ---- the program ---- */

enum filter_code {
    CODE_EXISTS, /* a: cell. true: it has a value */
    CODE_EXISTS_PROTO,
    CODE_READ,       /* to: the values of cell a in the layers of ranges. true: there are some */
    CODE_READ_PROTO, /* to: the layers of protocol a in the layers of ranges. true: there are some */
    CODE_SLICE,      /* to: ranges of a */
    CODE_ARITH,      /* to: a op b */
    CODE_NEG,        /* to: -a */
    CODE_CALL,       /* to: function op of a, or with goes_on of a and what is there. true: it has a value */
    CODE_COMPARE,    /* a op b */
    CODE_CONTAINS,
    CODE_MATCHES, /* a, expression b */
    CODE_IN,      /* a is in the set of args: pairs of registers */
    CODE_NONZERO, /* any value of a is not 0 */
    CODE_NONEMPTY,
    CODE_NOT,
    CODE_JUMP_FALSE, /* to instruction to */
    CODE_JUMP_TRUE,
    CODE_END
};

/* One instruction. Registers: cells first, then constants, then what is made on the way. */
struct filter_step {
    uint8_t code, op, quantifier;
    bool wide;    /* arithmetic and comparison of 64 bits, not 32 */
    bool goes_on; /* CALL */
    uint8_t size; /* CALL: bytes of the number that a is */
    uint32_t to, a, b;
    struct filter_ranges ranges;
};

struct filter_regex;

struct spk_filter {
    const struct spk_registry *registry;
    char *text;
    uint8_t *arena; /* what constants point to */
    uint32_t arena_used, arena_size;
    struct filter_range *ranges;
    uint32_t range_count, range_room;
    struct spk_item *constants;
    uint32_t constant_count, constant_room;
    const char **names; /* the fields that are read, each once */
    uint32_t name_count, name_room;
    struct spk_query *fields; /* a column for each of them; NULL: none */
    struct filter_step *steps;
    uint32_t step_count, step_room;
    uint32_t *args;
    uint32_t arg_count, arg_room;
    struct filter_regex **regexes;
    uint32_t regex_count, regex_room;
    uint32_t made_count;     /* registers that are made on the way */
    bool *needs;             /* a protocol */
    uint32_t *kin;           /* a protocol: the one whose name it bears, mostly itself */
    struct spk_reach *reach; /* as far as the filter looks */
};

/* What compiling passes around. */
struct filter_compiler {
    struct spk_filter *filter;
    const char *text;
    uint32_t len;
    uint32_t at; /* of the next token */
    struct filter_token token;
    struct filter_node *nodes;
    uint32_t node_count, node_room;
    unsigned depth;
    struct spk_filter_fault *fault; /* never NULL */
    struct spk_error error;         /* code below zero: it failed */
};

/* Remembers the first failure: what is wrong with len bytes of the text. Gives false. */
bool spk_filter_fail(struct filter_compiler *c, uint32_t at, uint32_t len, const char *what);
/* The same, with a hint. */
bool spk_filter_fail_hint(struct filter_compiler *c, uint32_t at, uint32_t len, const char *what, const char *hint);
bool spk_filter_no_memory(struct filter_compiler *c);

/* Makes room for one more element of size bytes in a growing array; false: no memory (told). */
bool spk_filter_room(struct filter_compiler *c, void *array, uint32_t count, uint32_t *room, size_t size);

/* size bytes that live as long as the filter. Never fails: the arena is as large as a text can need. */
uint8_t *spk_filter_keep(struct filter_compiler *c, const void *bytes, uint32_t size);

/* ---- filter_lex.c ---- */

/* Reads the next token into c->token. */
bool spk_filter_next(struct filter_compiler *c);
/* Behind a '[': reads the ranges and the ']'. */
bool spk_filter_read_ranges(struct filter_compiler *c, struct filter_ranges *ranges);

/* ---- filter_parse.c ---- */

/* The whole text as a tree; *root is its node. */
bool spk_filter_parse(struct filter_compiler *c, uint32_t *root);

/* ---- filter_check.c ---- */

bool spk_filter_check(struct filter_compiler *c, uint32_t root);

/* ---- filter_literal.c ---- */

/* The value of a literal, string or character for a type. row's names may be used; NULL: none. */
bool spk_filter_literal(struct filter_compiler *c, uint32_t node, struct filter_type type, const struct spk_row *row);
/* -literal as a constant of the type. */
bool spk_filter_negative(struct filter_compiler *c, uint32_t node, struct filter_type type);
bool spk_filter_constant(struct filter_compiler *c, uint32_t node, struct filter_type type,
                         const struct spk_value *value);

/* ---- filter_time.c ---- */

/* A date as tshark takes it, into nanoseconds since 1970 UTC. */
bool spk_filter_date(const char *text, size_t len, int64_t *ns);
/* Seconds with at most nine digits behind the point. */
bool spk_filter_seconds(const char *text, size_t len, int64_t *ns);

/* ---- filter_code.c ---- */

bool spk_filter_encode(struct filter_compiler *c, uint32_t root);

/* ---- filter_words.c ---- */

/* A word with a meaning of its own, and what token it makes. */
struct filter_word {
    struct spk_filter_word shown;
    uint8_t kind, op, quantifier;
};
/* The longest sign that text begins with; NULL: none. */
const struct filter_word *spk_filter_sign_find(const char *text);
/* NULL: a word without a meaning of its own. */
const struct filter_word *spk_filter_word_find(const char *text, uint32_t len);
/* NULL: there is no such function. */
const struct spk_filter_function *spk_filter_function_find(const uint8_t *name, uint32_t len, uint32_t *index);

/* ---- filter_regex.c ---- */

/* NULL: told why. */
struct filter_regex *spk_filter_regex_new(struct filter_compiler *c, uint32_t node);
void spk_filter_regex_free(struct filter_regex *regex);
/* What a matcher needs to match; NULL: no memory. */
struct filter_match;
struct filter_match *spk_filter_match_new(void);
void spk_filter_match_free(struct filter_match *match);
bool spk_filter_regex_match(const struct filter_regex *regex, struct filter_match *match, const uint8_t *bytes,
                            uint32_t len);

/* ---- filter_value.c ---- */

/* Octets of a value that has any: addresses, bytes, text, protocols. room holds those of an IPv4 address. */
const uint8_t *spk_filter_octets(const struct spk_value *value, uint8_t room[4], uint32_t *len);
/* The same, and for a protocol all that follows its header too. */
const uint8_t *spk_filter_all_octets(const struct spk_value *value, uint8_t room[4], uint32_t *len);
bool spk_filter_compare(uint8_t op, bool wide, const struct spk_value *a, const struct spk_value *b);
bool spk_filter_contains(const struct spk_value *a, const struct spk_value *b);
bool spk_filter_is_zero(const struct spk_value *value);
/* a op b; for bytes, room takes the result and has as many bytes as the shorter. False: there is none. */
bool spk_filter_arith(uint8_t op, bool wide, const struct spk_value *a, const struct spk_value *b, uint8_t *room,
                      struct spk_value *result);
/* Of octets, those the ranges name, up to the first that is not there; room has spk_filter_slice_size of them. */
uint32_t spk_filter_slice(const struct filter_range *ranges, uint32_t count, const uint8_t *bytes, uint32_t len,
                          uint8_t *room);
uint64_t spk_filter_slice_size(const struct filter_range *ranges, uint32_t count, uint32_t len);

#endif
