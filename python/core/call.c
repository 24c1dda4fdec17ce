/*
 * call: a packet class is called: the packet's bytes, its keywords, an element's attributes by their position.
 *
 * A class's own vectorcall is given the arguments as they stand. Whatever is odd about them, words that are not known
 * among them, is left to tp_new and tp_init, as the interpreter would call them.
 */
#include "types.h"

/* ---- keywords ---- */

/* Words made at run time are not interned. NULL with an exception where the word is no str. */
static const struct core_attr *attr_spelled(const struct core_class *klass, PyObject *word)
{
    for (size_t i = 0; i < klass->word_slots && PyErr_Occurred() == NULL; i++) {
        if (klass->by_word[i] != NULL && PyUnicode_Compare(word, klass->by_word[i]->word) == 0)
            return klass->by_word[i];
    }
    return NULL;
}

static void refuse_keyword(const struct core_class *klass, PyObject *word)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    const char *text = PyUnicode_AsUTF8AndSize(word, NULL);

    for (size_t i = 0; text != NULL && i < klass->attr_count; i++) {
        size_t distance = core_word_distance(text, klass->attrs[i].name);
        if (klass->attrs[i].writable && distance < least) {
            least = distance;
            nearest = klass->attrs[i].name;
        }
    }
    if (text != NULL && nearest != NULL && least <= 3)
        PyErr_Format(PyExc_TypeError, "%s() has no keyword '%U'; did you mean '%s'?", klass->name, word, nearest);
    else if (text != NULL)
        PyErr_Format(PyExc_TypeError, "%s() has no keyword '%U'", klass->name, word);
}

/* Sets one keyword. -1 with an exception. */
static int set_keyword(struct core_layer *layer, PyObject *word, PyObject *value)
{
    const struct core_class *klass = layer->klass;
    const struct core_attr *attr = core_class_word(klass, word);

    if (attr == NULL)
        attr = attr_spelled(klass, word);
    if (attr != NULL && attr->writable)
        return attr->write(layer, attr, value);
    bool derived = klass == klass->state->pkt || Py_TYPE((PyObject *)layer) != klass->type;
    if (PyErr_Occurred() == NULL && !derived)
        refuse_keyword(klass, word);
    return PyErr_Occurred() == NULL ? 0 : -1;
}

/* Whether a keyword is the packet's bytes; an element has none, and may call an attribute so. */
static bool is_data(const struct core_class *klass, PyObject *word)
{
    PyObject *data = klass->state->words.data;

    return !klass->element && (word == data || (PyUnicode_Check(word) && PyUnicode_Compare(word, data) == 0));
}

static int set_keywords(struct core_layer *layer, PyObject *kwargs)
{
    PyObject *word = NULL;
    PyObject *value = NULL;
    Py_ssize_t at = 0;

    while (PyDict_Next(kwargs, &at, &word, &value)) {
        if (is_data(layer->klass, word)) /* they were taken */
            continue;
        Py_INCREF(value);
        int done = set_keyword(layer, word, value);
        Py_DECREF(value);
        if (done < 0)
            return -1;
    }
    return 0;
}

/* ---- positions ---- */

/* An element's attributes by their position. */
static int set_positions(struct core_layer *layer, PyObject *args)
{
    const struct core_class *klass = layer->klass;
    Py_ssize_t count = PyTuple_Size(args);
    size_t attr = 0;

    for (Py_ssize_t i = 0; i < count; i++, attr++) {
        while (attr < klass->attr_count && !klass->attrs[attr].writable)
            attr++;
        if (attr == klass->attr_count) {
            PyErr_Format(PyExc_TypeError, "%s() takes fewer than %zd arguments", klass->name, count);
            return -1;
        }
        if (klass->attrs[attr].write(layer, &klass->attrs[attr], PyTuple_GetItem(args, i)) < 0)
            return -1;
    }
    return 0;
}

/* The packet's bytes among the arguments, borrowed; NULL: none. -1 with TypeError. */
static int find_data(struct core_layer *layer, PyObject *args, PyObject *kwargs, PyObject **data)
{
    const struct core_class *klass = layer->klass;
    Py_ssize_t count = PyTuple_Size(args);

    *data = NULL;
    if (klass->element)
        return set_positions(layer, args);
    if (count == 1)
        *data = PyTuple_GetItem(args, 0);
    else if (count == 0 && kwargs != NULL)
        *data = PyDict_GetItemWithError(kwargs, klass->state->words.data);
    if (count > 1 && Py_TYPE((PyObject *)layer) == klass->type && klass != klass->state->pkt) {
        PyErr_Format(PyExc_TypeError,
                     "%s() takes the packet's bytes as its only positional argument, but %zd were given", klass->name,
                     count);
        return -1;
    }
    return *data == NULL && PyErr_Occurred() ? -1 : 0;
}

/* Takes a packet from an object of the caller's. -1 with an exception. */
static int from_data(struct core_layer *layer, PyObject *data)
{
    const struct core_class *klass = layer->klass;
    PyObject *source = core_bytes_of(data);

    if (source == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s() takes the packet's bytes, not %R", klass->name, Py_TYPE(data));
        return -1;
    }
    Py_ssize_t len = PyBytes_Size(source);
    int done = core_layer_decode(layer, source, (const uint8_t *)PyBytes_AsString(source), (uint32_t)len);
    if (done < 0 && !PyErr_Occurred())
        PyErr_Format(klass->state->packet_error, "%s: %zd bytes are too few for its header", klass->name, len);
    Py_DECREF(source);
    return done;
}

/* ---- the call ---- */

int core_layer_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct core_layer *layer = (struct core_layer *)self;
    PyObject *data = NULL;

    if (layer->source != NULL || layer->payload != NULL || layer->store != NULL || (layer->flags & CORE_BUILT) != 0)
        core_layer_reset(layer);
    if (find_data(layer, args, kwargs, &data) < 0)
        return -1;
    bool derived = Py_TYPE((PyObject *)layer) != layer->klass->type;
    bool ignored = layer->klass == layer->klass->state->pkt || (derived && data != NULL && !PyObject_CheckBuffer(data));
    if (data != NULL && !ignored && from_data(layer, data) < 0) {
        core_layer_reset(layer);
        return -1;
    }
    if (kwargs != NULL && set_keywords(layer, kwargs) < 0)
        return -1;
    if (layer->klass->special->built != NULL && layer->klass->special->built(layer) < 0)
        return -1;
    layer->flags |= CORE_BUILT;
    return 0;
}

/* ---- the same without tuple and dictionary ---- */

/* The arguments of a call as they stand: positions, then what the names name. */
struct arguments {
    PyObject *const *values;
    Py_ssize_t count, named;
    PyObject *names; /* tuple, or NULL */
};

enum { KEYWORDS_MAX = 32 };

/* What each keyword sets; NULL: the packet's bytes, which are *data. False: not all of it is plain. */
static bool resolve(const struct core_class *klass, const struct arguments *given, const struct core_attr **attrs,
                    PyObject **data)
{
    const PyObject *data_word = klass->element ? NULL : klass->state->words.data;

    *data = given->count == 1 ? given->values[0] : NULL;
    if (given->count > (klass->element ? 0 : 1) || given->named > KEYWORDS_MAX)
        return false;
    for (Py_ssize_t i = 0; i < given->named; i++) {
        PyObject *word = PyTuple_GetItem(given->names, i);
        attrs[i] = core_class_word(klass, word);
        if (word == data_word) {
            attrs[i] = NULL;
            *data = *data != NULL ? *data : given->values[given->count + i];
        } else if (attrs[i] == NULL || !attrs[i]->writable) {
            return false;
        }
    }
    return true;
}

static int set_attrs(struct core_layer *layer, const struct core_attr *const *attrs, PyObject *const *values,
                     Py_ssize_t count)
{
    int done = 0;

    for (Py_ssize_t i = 0; i < count && done == 0; i++) {
        if (attrs[i] != NULL)
            done = attrs[i]->write(layer, attrs[i], values[i]);
    }
    return done;
}

/* A packet of arguments that are plain. NULL with an exception, or without one: they are not. */
static PyObject *make_plainly(const struct core_class *klass, const struct arguments *given)
{
    const struct core_attr *attrs[KEYWORDS_MAX];
    PyObject *data = NULL;

    if (klass == klass->state->pkt || !resolve(klass, given, attrs, &data))
        return NULL;
    struct core_layer *layer = core_layer_new(klass);
    if (layer == NULL)
        return NULL;
    if ((data == NULL || from_data(layer, data) == 0)
        && set_attrs(layer, attrs, given->values + given->count, given->named) == 0
        && (klass->special->built == NULL || klass->special->built(layer) == 0)) {
        layer->flags |= CORE_BUILT;
        return (PyObject *)layer;
    }
    Py_DECREF((PyObject *)layer);
    return NULL;
}

/* With a tuple and a dictionary, as the interpreter calls any type. */
static __attribute__((noinline)) PyObject *make_by_type(PyObject *type, const struct arguments *given)
{
    PyObject *args = PyTuple_New(given->count);
    PyObject *kwargs = given->named > 0 ? PyDict_New() : NULL;
    bool done = args != NULL && (kwargs != NULL || given->named == 0);

    for (Py_ssize_t i = 0; i < given->count && done; i++)
        done = PyTuple_SetItem(args, i, Py_NewRef(given->values[i])) == 0;
    for (Py_ssize_t i = 0; i < given->named && done; i++)
        done = PyDict_SetItem(kwargs, PyTuple_GetItem(given->names, i), given->values[given->count + i]) == 0;
    ternaryfunc call = PyType_GetSlot(Py_TYPE(type), Py_tp_call);
    PyObject *made = done ? call(type, args, kwargs) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    return made;
}

/* Whether a class is called as it was made: whoever gave it another __new__ or __init__ is heeded. */
static bool is_as_made(PyTypeObject *type)
{
    return PyType_GetSlot(type, Py_tp_init) == (void *)core_layer_init
           && PyType_GetSlot(type, Py_tp_new) == (void *)core_layer_type_new;
}

PyObject *core_layer_call(PyObject *type, PyObject *const *values, Py_ssize_t count, PyObject *names)
{
    const struct arguments given = { values, count, names != NULL ? PyTuple_Size(names) : 0, names };
    const struct core_state *state =
        is_as_made((PyTypeObject *)type) ? PyType_GetModuleState((PyTypeObject *)type) : NULL;
    const struct core_class *klass = state != NULL ? core_class_of(state, (PyTypeObject *)type) : NULL;
    PyObject *made = NULL;

    if (klass != NULL)
        made = make_plainly(klass, &given);
    else
        PyErr_Clear(); /* a type that is being taken down has no module */
    return made != NULL || PyErr_Occurred() != NULL ? made : make_by_type(type, &given);
}
