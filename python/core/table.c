/*
 * table: the constant tables of a protocol, made at run time from what Python says of it (steelpkt.rows says how). What they
 * mean is not looked at here: the library refuses what cannot be true when the protocol is registered.
 */
#include "table.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

/* All that a protocol's tables are made of, freed together. */
struct block {
    struct block *before;
    max_align_t bytes[];
};

struct core_table {
    struct core_table *before;
    struct block *blocks;
    struct spk_group *groups; /* the header is the last */
    size_t group_count;
    struct spk_proto proto;
    const struct spk_proto *protos[2];
    const char *owner, *member; /* whose member is being read: for errors */
};

/* Zeroed room for count elements; NULL with MemoryError. */
static void *take_room(struct core_table *table, size_t count, size_t size)
{
    struct block *block = PyMem_Calloc(1, sizeof *block + (count > 0 ? count : 1) * size);

    if (block == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    block->before = table->blocks;
    table->blocks = block;
    return block->bytes;
}

static int refuse(const struct core_table *table, const char *what)
{
    if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Format(PyExc_ValueError, "%s: %s %s", table->owner, table->member, what);
    return -1;
}

/* ---- one value ---- */

/* What a str says; NULL without an exception: it is none, or cannot be said in UTF-8. */
static const char *text_of(PyObject *object, Py_ssize_t *size)
{
    const char *text = object != NULL && PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, size) : NULL;

    if (text == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        PyErr_Clear();
    return text;
}

static int take_text(struct core_table *table, PyObject *object, const char **out)
{
    Py_ssize_t size = 0;
    const char *text = text_of(object, &size);

    if (object == Py_None)
        return 0;
    if (text == NULL || strlen(text) != (size_t)size)
        return refuse(table, "is no text");
    char *copy = take_room(table, (size_t)size + 1, 1);
    if (copy == NULL)
        return -1;
    memcpy(copy, text, (size_t)size);
    *out = copy;
    return 0;
}

/* A number of two's complement, or an unsigned one, of at most 64 bits. */
static int take_bits(const struct core_table *table, PyObject *object, uint64_t *out)
{
    bool number = object != NULL && PyLong_Check(object);

    *out = number ? PyLong_AsUnsignedLongLong(object) : 0;
    if (number && PyErr_Occurred()) {
        PyErr_Clear();
        *out = (uint64_t)PyLong_AsLongLong(object);
    }
    return number && !PyErr_Occurred() ? 0 : refuse(table, "is no number of 64 bits");
}

static int take_number(const struct core_table *table, PyObject *object, int64_t least, int64_t most, int64_t *out)
{
    bool number = object != NULL && PyLong_Check(object);

    *out = number ? PyLong_AsLongLong(object) : 0;
    return number && !PyErr_Occurred() && *out >= least && *out <= most ? 0 : refuse(table, "is out of its bounds");
}

/* The place of a word in a list that ends with NULL. */
static int take_word(const struct core_table *table, PyObject *object, const char *const *words, uint8_t *out)
{
    const char *text = text_of(object, NULL);

    for (uint8_t i = 0; text != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return 0;
        }
    }
    return refuse(table, "is no word for it");
}

/* Words of a tuple, as the bits of their places. */
static int take_flags(const struct core_table *table, PyObject *object, const char *const *words, uint16_t *out)
{
    if (!PyTuple_Check(object))
        return refuse(table, "is no tuple");
    for (Py_ssize_t i = 0; i < PyTuple_Size(object); i++) {
        uint8_t bit = 0;
        if (take_word(table, PyTuple_GetItem(object, i), words, &bit) < 0)
            return -1;
        *out = (uint16_t)(*out | 1U << bit);
    }
    return 0;
}

/* Numbers of a tuple, from an index on. */
static int take_numbers(const struct core_table *table, PyObject *object, Py_ssize_t from, int64_t *out, size_t count)
{
    if (!PyTuple_Check(object) || PyTuple_Size(object) != from + (Py_ssize_t)count)
        return refuse(table, "has another shape");
    for (size_t i = 0; i < count; i++) {
        if (take_number(table, PyTuple_GetItem(object, from + (Py_ssize_t)i), INT32_MIN, UINT32_MAX, &out[i]) < 0)
            return -1;
    }
    return 0;
}

static bool is_index(int64_t number)
{
    return number >= INT16_MIN && number <= INT16_MAX;
}

/* (row, factor, constant) */
static int take_ref(const struct core_table *table, PyObject *object, struct spk_ref *out)
{
    int64_t n[3];

    if (take_numbers(table, object, 0, n, 3) < 0)
        return -1;
    if (!is_index(n[0]) || !is_index(n[1]) || n[2] > INT32_MAX)
        return refuse(table, "is out of its bounds");
    *out = (struct spk_ref){ .row = (int16_t)n[0], .mul = (int16_t)n[1], .add = (int32_t)n[2] };
    return 0;
}

/* (test, row, mask, value) */
static int take_when(const struct core_table *table, PyObject *object, struct spk_when *out)
{
    static const char *const tests[] = { "always", "eq", "ne", "ge", "le", "absent", "room", NULL };
    int64_t n[3];

    if (take_numbers(table, object, 1, n, 3) < 0 || take_word(table, PyTuple_GetItem(object, 0), tests, &out->test) < 0)
        return -1;
    if (!is_index(n[0]) || n[1] < 0 || n[2] < 0)
        return refuse(table, "is out of its bounds");
    out->row = (int16_t)n[0];
    out->mask = (uint32_t)n[1];
    out->value = (uint32_t)n[2];
    return 0;
}

/* Up to two of them. */
static int take_whens(const struct core_table *table, PyObject *object, struct spk_when out[2])
{
    if (!PyTuple_Check(object) || PyTuple_Size(object) > 2)
        return refuse(table, "has more than two conditions");
    for (Py_ssize_t i = 0; i < PyTuple_Size(object); i++) {
        if (take_when(table, PyTuple_GetItem(object, i), &out[i]) < 0)
            return -1;
    }
    return 0;
}

/* (kind of view, row, row, factor, constant) */
static int take_view(const struct core_table *table, PyObject *object, struct spk_view *out)
{
    static const char *const views[] = { "none", "span", "either", "scale", NULL };
    int64_t n[4];

    if (take_numbers(table, object, 1, n, 4) < 0 || take_word(table, PyTuple_GetItem(object, 0), views, &out->op) < 0)
        return -1;
    if (!is_index(n[0]) || !is_index(n[1]) || n[2] > INT32_MAX || n[3] > INT32_MAX)
        return refuse(table, "is out of its bounds");
    out->a = (int16_t)n[0];
    out->b = (int16_t)n[1];
    out->mul = (int32_t)n[2];
    out->add = (int32_t)n[3];
    return 0;
}

/* ---- lists ---- */

/* Makes an array of a tuple's items, each (of so many values) read by take, with an empty element behind them. */
static void *take_list(struct core_table *table, PyObject *object, Py_ssize_t values, size_t size,
                       int (*take)(struct core_table *table, PyObject *item, void *out))
{
    Py_ssize_t count = PyTuple_Check(object) ? PyTuple_Size(object) : -1;
    char *list = count >= 0 ? take_room(table, (size_t)count + 1, size) : NULL;

    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = PyTuple_GetItem(object, i);
        bool shaped = PyTuple_Check(item) && PyTuple_Size(item) == values;
        if (!shaped || take(table, item, list + (size_t)i * size) < 0)
            list = NULL;
    }
    if (list == NULL)
        refuse(table, "has another shape");
    return list;
}

/* (number, name) */
static int take_enum(struct core_table *table, PyObject *item, void *out)
{
    struct spk_enum *one = out;

    return take_bits(table, PyTuple_GetItem(item, 0), &one->value) == 0
                   && take_text(table, PyTuple_GetItem(item, 1), &one->name) == 0 && one->name != NULL
               ? 0
               : refuse(table, "has a name that is none");
}

static const struct spk_group *group_at(const struct core_table *table, PyObject *object)
{
    int64_t index = 0;

    /* only groups that are finished: a group cannot hold itself */
    if (take_number(table, object, 0, (int64_t)table->group_count - 1, &index) < 0)
        return NULL;
    return &table->groups[index];
}

/* (first key, last key, group) */
static int take_case(struct core_table *table, PyObject *item, void *out)
{
    struct spk_case *one = out;
    int64_t first = 0;
    int64_t last = 0;

    if (take_number(table, PyTuple_GetItem(item, 0), 0, UINT32_MAX, &first) < 0
        || take_number(table, PyTuple_GetItem(item, 1), first, UINT32_MAX, &last) < 0)
        return -1;
    one->key = (uint32_t)first;
    one->last = (uint32_t)last;
    one->in = group_at(table, PyTuple_GetItem(item, 2));
    return one->in != NULL ? 0 : -1;
}

/* (space, key) */
static int take_sit(struct core_table *table, PyObject *item, void *out)
{
    struct spk_sit *sit = out;
    int64_t key = 0;

    if (take_text(table, PyTuple_GetItem(item, 0), &sit->space) < 0 || sit->space == NULL
        || take_number(table, PyTuple_GetItem(item, 1), 0, UINT32_MAX, &key) < 0)
        return -1;
    sit->key = (uint32_t)key;
    return 0;
}

/* (space, how to pick the key, row, row, conditions) */
static int take_next(struct core_table *table, PyObject *item, void *out)
{
    static const char *const picks[] = { "row", "lower", NULL };
    struct spk_next *next = out;

    if (take_text(table, PyTuple_GetItem(item, 0), &next->space) < 0 || next->space == NULL
        || take_word(table, PyTuple_GetItem(item, 1), picks, &next->pick) < 0
        || take_whens(table, PyTuple_GetItem(item, 4), next->when) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < 2; i++) {
        int64_t row = 0;
        if (take_number(table, PyTuple_GetItem(item, 2 + i), INT16_MIN, INT16_MAX, &row) < 0)
            return -1;
        next->keys[i] = (int16_t)row;
    }
    return 0;
}

/* ---- rows, groups, the protocol ---- */

/* The members of a struct that are read alike: by their name in Python's dictionary. */
enum how { TEXT, WORD, FLAGS, BYTE, SHORT, INDEX, REF };

struct member {
    const char *name;
    enum how how;
    size_t at;
    const char *const *words;
};

static int take_member(struct core_table *table, const struct member *member, PyObject *object, char *out)
{
    static const int64_t most[] = { [BYTE] = UINT8_MAX, [SHORT] = UINT16_MAX, [INDEX] = INT16_MAX };
    void *at = out + member->at;
    int64_t number = 0;

    switch (member->how) {
    case TEXT:
        return take_text(table, object, at);
    case WORD:
        return take_word(table, object, member->words, at);
    case FLAGS:
        return take_flags(table, object, member->words, at);
    case REF:
        return take_ref(table, object, at);
    default:
        break;
    }
    if (take_number(table, object, 0, most[member->how], &number) < 0)
        return -1;
    uint8_t byte = (uint8_t)number;
    uint16_t half = (uint16_t)number;
    memcpy(at, member->how == BYTE ? (void *)&byte : (void *)&half, member->how == BYTE ? sizeof byte : sizeof half);
    return 0;
}

/* A dictionary's value, borrowed, of which errors speak; NULL: there is none. */
static PyObject *find_member(struct core_table *table, PyObject *dict, const char *name)
{
    table->member = name;
    return PyDict_GetItemString(dict, name);
}

static int take_members(struct core_table *table, PyObject *dict, const struct member *members, void *out)
{
    for (const struct member *member = members; member->name != NULL; member++) {
        PyObject *object = find_member(table, dict, member->name);
        if (object != NULL && take_member(table, member, object, out) < 0)
            return -1;
    }
    return 0;
}

static const char *const kinds[] = { "pad",  "uint", "int",  "bool",  "ip4",   "ip6",    "mac", "bytes",
                                     "text", "none", "time", "delta", "group", "choice", NULL };
static const char *const times[] = { "one", "count", "fill", "until", NULL };
static const char *const bases[] = { "dec", "hex", "date", NULL };
static const char *const row_flags[] = { "little", "zero_is_rest", "zero_is_none", NULL };

static const struct member row_members[] = {
    { "name", TEXT, offsetof(struct spk_row, name), NULL },
    { "also", TEXT, offsetof(struct spk_row, also), NULL },
    { "attr", TEXT, offsetof(struct spk_row, attr), NULL },
    { "doc", TEXT, offsetof(struct spk_row, doc), NULL },
    { "kind", WORD, offsetof(struct spk_row, kind), kinds },
    { "many", WORD, offsetof(struct spk_row, many), times },
    { "most", BYTE, offsetof(struct spk_row, most), NULL },
    { "base", WORD, offsetof(struct spk_row, base), bases },
    { "digits", BYTE, offsetof(struct spk_row, digits), NULL },
    { "flags", FLAGS, offsetof(struct spk_row, flags), row_flags },
    { "bits", SHORT, offsetof(struct spk_row, bits), NULL },
    { "size", REF, offsetof(struct spk_row, size), NULL },
    { "n", REF, offsetof(struct spk_row, n), NULL },
    { "key", INDEX, offsetof(struct spk_row, key), NULL },
    { NULL, TEXT, 0, NULL },
};

static int take_row(struct core_table *table, PyObject *dict, const char *group, struct spk_row *row)
{
    PyObject *object = PyDict_Check(dict) ? find_member(table, dict, "name") : NULL;
    const char *name = text_of(object, NULL);

    table->owner = name != NULL ? name : group; /* a name that is no text is refused by the member */
    if (!PyDict_Check(dict))
        return refuse(table, "holds a row that is no dict");
    if (take_members(table, dict, row_members, row) < 0)
        return -1;
    if ((object = find_member(table, dict, "when")) != NULL && take_whens(table, object, row->when) < 0)
        return -1;
    if ((object = find_member(table, dict, "view")) != NULL && take_view(table, object, &row->view) < 0)
        return -1;
    if ((object = find_member(table, dict, "in")) != NULL && (row->in = group_at(table, object)) == NULL)
        return -1;
    if ((object = find_member(table, dict, "init")) != NULL && take_bits(table, object, &row->init) < 0)
        return -1;
    if ((object = find_member(table, dict, "names")) != NULL
        && (row->names = take_list(table, object, 2, sizeof *row->names, take_enum)) == NULL)
        return -1;
    if ((object = find_member(table, dict, "cases")) != NULL
        && (row->cases = take_list(table, object, 3, sizeof *row->cases, take_case)) == NULL)
        return -1;
    return 0;
}

/* (name, rows) */
static int take_group(struct core_table *table, PyObject *object, struct spk_group *group)
{
    PyObject *rows = PyTuple_Check(object) && PyTuple_Size(object) == 2 ? PyTuple_GetItem(object, 1) : NULL;
    Py_ssize_t count = rows != NULL && PyTuple_Check(rows) ? PyTuple_Size(rows) : -1;

    table->member = "group";
    if (count < 0 || count > UINT16_MAX)
        return refuse(table, "has another shape");
    struct spk_row *made = take_room(table, (size_t)count, sizeof *made);
    if (made == NULL || take_text(table, PyTuple_GetItem(object, 0), &group->name) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (take_row(table, PyTuple_GetItem(rows, i), group->name != NULL ? group->name : "a group", &made[i]) < 0)
            return -1;
    }
    group->rows = made;
    group->count = (uint16_t)count;
    return 0;
}

static const char *const extents[] = { "rows", "ref", "rest", NULL };
static const char *const covers[] = { "nothing", "header", "all", "pseudo", NULL };
static const char *const proto_flags[] = { "quiet", "repeats", NULL };

static const struct member proto_members[] = {
    { "name", TEXT, offsetof(struct spk_proto, name), NULL },
    { "pyclass", TEXT, offsetof(struct spk_proto, pyclass), NULL },
    { "title", TEXT, offsetof(struct spk_proto, title), NULL },
    { "spec", TEXT, offsetof(struct spk_proto, spec), NULL },
    { "extent", WORD, offsetof(struct spk_proto, extent), extents },
    { "hlen", REF, offsetof(struct spk_proto, hlen), NULL },
    { "len", REF, offsetof(struct spk_proto, len), NULL },
    { "csum", INDEX, offsetof(struct spk_proto, csum), NULL },
    { "covers", WORD, offsetof(struct spk_proto, covers), covers },
    { "flags", FLAGS, offsetof(struct spk_proto, flags), proto_flags },
    { NULL, TEXT, 0, NULL },
};

static int take_proto(struct core_table *table, PyObject *dict)
{
    PyObject *object = find_member(table, dict, "name");
    const char *name = text_of(object, NULL);
    PyObject *groups = find_member(table, dict, "groups");
    Py_ssize_t count = groups != NULL && PyTuple_Check(groups) ? PyTuple_Size(groups) : 0;

    if (count == 0)
        return refuse(table, "is no tuple");
    table->groups = take_room(table, (size_t)count, sizeof *table->groups);
    for (Py_ssize_t i = 0; table->groups != NULL && i < count; i++) {
        if (take_group(table, PyTuple_GetItem(groups, i), &table->groups[i]) < 0)
            return -1;
        table->group_count++;
    }
    table->owner = name != NULL ? name : "a protocol";
    if (table->groups == NULL || take_members(table, dict, proto_members, &table->proto) < 0)
        return -1;
    table->proto.hdr = table->groups[count - 1];
    if ((object = find_member(table, dict, "sits")) != NULL
        && (table->proto.sits = take_list(table, object, 2, sizeof(struct spk_sit), take_sit)) == NULL)
        return -1;
    if ((object = find_member(table, dict, "next")) != NULL
        && (table->proto.next = take_list(table, object, 5, sizeof(struct spk_next), take_next)) == NULL)
        return -1;
    return 0;
}

static void free_table(struct core_table *table)
{
    while (table->blocks != NULL) {
        struct block *before = table->blocks->before;
        PyMem_Free(table->blocks);
        table->blocks = before;
    }
    PyMem_Free(table);
}

void core_free_tables(struct core_state *state)
{
    while (state->tables != NULL) {
        struct core_table *before = state->tables->before;
        free_table(state->tables);
        state->tables = before;
    }
}

/* ---- the classes ---- */

/* The class, and those of its groups by their place: (class, [class, ...]). NULL with an exception. */
static PyObject *make_classes(struct core_state *state, const struct core_table *table)
{
    PyObject *made = core_take_up(state);
    PyObject *elements = made != NULL ? PyList_New(0) : NULL;

    for (size_t i = 0; elements != NULL && i + 1 < table->group_count; i++) {
        const struct core_class *klass = core_element_class(state, &table->groups[i]);
        if (klass == NULL || PyList_Append(elements, (PyObject *)klass->type) < 0)
            Py_CLEAR(elements);
    }
    PyObject *both = elements != NULL ? PyTuple_Pack(2, PyList_GetItem(made, 0), elements) : NULL;
    Py_XDECREF(elements);
    Py_XDECREF(made);
    return both;
}

static PyObject *add_protocol(PyObject *module, PyObject *args)
{
    struct core_state *state = core_state_of(module);
    struct core_table *table = NULL;
    struct spk_error error;
    const char *origin;
    PyObject *dict;

    if (!PyArg_ParseTuple(args, "O!s:_add_protocol", &PyDict_Type, &dict, &origin))
        return NULL;
    table = PyMem_Calloc(1, sizeof *table);
    if (table == NULL)
        return PyErr_NoMemory();
    table->owner = "a protocol";
    if (take_proto(table, dict) < 0) {
        free_table(table);
        return NULL;
    }
    table->protos[0] = &table->proto;
    if (spk_plugins_add(state->plugins, origin, table->protos, &error) != SPK_OK) {
        core_raise(state, &error);
        free_table(table);
        return NULL;
    }
    table->before = state->tables;
    state->tables = table;
    return make_classes(state, table);
}

static PyMethodDef functions[] = {
    { "_add_protocol", add_protocol, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

int core_add_tables(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
