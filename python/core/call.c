/*
 * call: a packet class is called: the packet's bytes, its keywords, an element's attributes by their position.
 */
#include "types.h"

/* ---- keywords ---- */

/* Words made at run time are not interned. */
static const struct core_attr *attr_spelled(const struct core_class *klass, PyObject *word)
{
    for (size_t i = 0; i < klass->attr_count; i++) {
        if (PyUnicode_CompareWithASCIIString(word, klass->attrs[i].name) == 0)
            return &klass->attrs[i];
    }
    return NULL;
}

static int refuse_keyword(const struct core_class *klass, PyObject *word)
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
    return -1;
}

/* Sets one keyword. -1 with an exception. */
static int set_keyword(struct core_layer *layer, PyObject *word, PyObject *value)
{
    const struct core_class *klass = layer->klass;
    const struct core_words *words = &klass->state->words;

    if (word == words->payload && klass->has_payload)
        return core_layer_set_payload(layer, value);
    const struct core_attr *attr = core_class_word(klass, word);
    if (attr != NULL && attr->plain)
        return core_attr_set_fixed(layer, attr, value);
    if (word == words->l7_ports)
        return core_layer_set_ports(layer, value);
    attr = attr != NULL ? attr : attr_spelled(klass, word);
    if (attr != NULL && attr->writable)
        return core_attr_set((PyObject *)layer, value, (void *)attr);
    if (klass->has_payload && PyUnicode_Compare(word, words->payload) == 0)
        return core_layer_set_payload(layer, value);
    if (PyUnicode_Compare(word, words->l7_ports) == 0)
        return core_layer_set_ports(layer, value);
    if (klass == klass->state->pkt || Py_TYPE((PyObject *)layer) != klass->type)
        return PyErr_Occurred() ? -1 : 0;
    return refuse_keyword(klass, word);
}

static int set_keywords(struct core_layer *layer, PyObject *kwargs)
{
    const struct core_words *words = &layer->klass->state->words;
    PyObject *word = NULL;
    PyObject *value = NULL;
    Py_ssize_t at = 0;

    while (PyDict_Next(kwargs, &at, &word, &value)) {
        /* the packet's bytes were taken; an element has none, and may call an attribute so */
        if (word == words->data && !layer->klass->element)
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
        if (core_attr_set((PyObject *)layer, PyTuple_GetItem(args, i), &klass->attrs[attr]) < 0)
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
