/*
 * lists: the lists of a header that is not taken apart yet. They are made all at once, when one is touched first, and beside
 * them stays what they held: the header's bytes count as long as that is what they hold.
 */
#include "layer.h"

#define BEFORE "lists before"

/* The list that an element or a layer has of an attribute, borrowed; NULL: none was ever there. */
static PyObject *list_of(const struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *list = attr->row != NULL && core_row_is_list(attr->row) ? core_layer_recall(layer, attr->word) : NULL;

    return list != NULL && PyList_Check(list) ? list : NULL;
}

static PyObject *freeze_lists(const struct core_layer *layer, unsigned depth);

/* One item of a list: itself, or for an element (itself, what its lists hold). */
static PyObject *freeze_item(const struct core_state *state, PyObject *item, unsigned depth)
{
    if (!core_is_layer(state, item))
        return Py_NewRef(item);
    PyObject *inner = freeze_lists((struct core_layer *)item, depth + 1);
    PyObject *pair = inner != NULL ? PyTuple_Pack(2, item, inner) : NULL;

    Py_XDECREF(inner);
    return pair;
}

static PyObject *freeze_list(const struct core_state *state, PyObject *list, unsigned depth)
{
    Py_ssize_t count = list != NULL ? PyList_Size(list) : 0;
    PyObject *frozen = PyTuple_New(count);

    for (Py_ssize_t i = 0; frozen != NULL && i < count; i++) {
        PyObject *item = freeze_item(state, PyList_GetItem(list, i), depth);
        if (item == NULL || PyTuple_SetItem(frozen, i, item) < 0)
            Py_CLEAR(frozen);
    }
    return frozen;
}

/* What the lists of a layer, or of an element that was just read, hold: a tuple for each, in the order of its attributes. */
static PyObject *freeze_lists(const struct core_layer *layer, unsigned depth)
{
    const struct core_class *klass = layer->klass;
    PyObject *frozen = PyTuple_New((Py_ssize_t)klass->attr_count);

    /* elements nest as rows do: at most so deep */
    for (size_t i = 0; frozen != NULL && i < klass->attr_count; i++) {
        PyObject *list = depth < SPK_DEPTH_MAX ? list_of(layer, &klass->attrs[i]) : NULL;
        PyObject *one = freeze_list(klass->state, list, depth);
        if (one == NULL || PyTuple_SetItem(frozen, (Py_ssize_t)i, one) < 0)
            Py_CLEAR(frozen);
    }
    return frozen;
}

static int are_same(const struct core_layer *layer, PyObject *frozen, unsigned depth);

/* 1, 0, or -1 with an exception. */
static int is_same_item(const struct core_state *state, PyObject *item, PyObject *frozen, unsigned depth)
{
    if (!core_is_layer(state, item))
        return PyObject_RichCompareBool(item, frozen, Py_EQ);
    if (!PyTuple_Check(frozen) || PyTuple_Size(frozen) != 2 || PyTuple_GetItem(frozen, 0) != item)
        return 0;
    const struct core_layer *element = (const struct core_layer *)item;
    return (element->flags & CORE_OWN) != 0 ? 0 : are_same(element, PyTuple_GetItem(frozen, 1), depth + 1);
}

static int is_same_list(const struct core_state *state, PyObject *list, PyObject *frozen, unsigned depth)
{
    Py_ssize_t count = PyTuple_Check(frozen) ? PyTuple_Size(frozen) : -1;
    int same = PyList_Size(list) == count;

    for (Py_ssize_t i = 0; same == 1 && i < count; i++) {
        /* comparing may call what changes the list */
        PyObject *item = PyList_GetItem(list, i);
        if (item == NULL) {
            PyErr_Clear();
            return 0;
        }
        Py_INCREF(item);
        same = is_same_item(state, item, PyTuple_GetItem(frozen, i), depth);
        Py_DECREF(item);
    }
    return same;
}

static int are_same(const struct core_layer *layer, PyObject *frozen, unsigned depth)
{
    const struct core_class *klass = layer->klass;
    bool whole = PyTuple_Check(frozen) && PyTuple_Size(frozen) == (Py_ssize_t)klass->attr_count;
    int same = whole && depth < SPK_DEPTH_MAX;

    for (size_t i = 0; same == 1 && i < klass->attr_count; i++) {
        PyObject *list = list_of(layer, &klass->attrs[i]);
        if (list != NULL) {
            Py_INCREF(list);
            same = is_same_list(klass->state, list, PyTuple_GetItem(frozen, (Py_ssize_t)i), depth);
            Py_DECREF(list);
        }
    }
    return PyErr_Occurred() ? -1 : same;
}

int core_rows_clean(struct core_layer *layer)
{
    if ((layer->flags & CORE_MELTED) != 0)
        return 0;
    PyObject *before = core_layer_value(layer, BEFORE);
    if (before == NULL) /* none was touched */
        return 1;
    Py_INCREF(before);
    int same = are_same(layer, before, 0);
    Py_DECREF(before);
    return same;
}

/* Every list that is in the bytes, and an empty one for each that is not. */
static int make_lists(struct core_layer *layer)
{
    const struct core_class *klass = layer->klass;
    PyObject *values = core_rows_take_apart(layer);
    int done = values != NULL ? 0 : -1;

    for (size_t i = 0; done == 0 && i < klass->attr_count; i++) {
        const struct core_attr *attr = &klass->attrs[i];
        if (attr->row == NULL || !core_row_is_list(attr->row))
            continue;
        PyObject *list = Py_XNewRef(PyDict_GetItemWithError(values, attr->word));
        if (list == NULL && !PyErr_Occurred())
            list = PyList_New(0);
        done = list != NULL ? core_layer_remember(layer, attr->word, list) : -1;
        Py_XDECREF(list);
    }
    Py_XDECREF(values);
    return done;
}

PyObject *core_list_find(struct core_layer *layer, const struct core_attr *attr)
{
    if (make_lists(layer) < 0)
        return NULL;
    PyObject *before = freeze_lists(layer, 0);
    int done = before != NULL ? PyDict_SetItemString(layer->store, BEFORE, before) : -1;

    Py_XDECREF(before);
    return done == 0 ? Py_XNewRef(core_layer_recall(layer, attr->word)) : NULL;
}

/* ---- a list that shows bytes ---- */

/* The one list behind the fixed front, where it was touched; NULL: none. */
static const struct core_attr *touched_list(const struct core_layer *layer)
{
    const struct core_class *klass = layer->klass;

    if (klass->shape != CORE_ENDED || klass->tail == NULL || layer->store == NULL)
        return NULL;
    for (size_t i = 0; i < klass->attr_count; i++) {
        if (list_of(layer, &klass->attrs[i]) != NULL)
            return &klass->attrs[i];
    }
    return NULL;
}

/* Bytes in the place of those behind the fixed front, unless they are the same. */
static int put_tail(struct core_layer *layer, const struct core_bytes *made)
{
    const struct core_attr *tail = layer->klass->tail;
    uint32_t fixed = layer->klass->fixed;

    if (layer->hdr_len == fixed + made->len && memcmp(layer->hdr + fixed, made->data, made->len) == 0)
        return 0;
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)made->data, (Py_ssize_t)made->len);
    int done = bytes == NULL       ? -1
               : tail->set != NULL ? tail->set(layer, tail, bytes)
                                   : core_attr_set_tail(layer, tail, bytes);
    Py_XDECREF(bytes);
    return done;
}

int core_list_settle(struct core_layer *layer, bool lengths)
{
    const struct core_attr *attr = touched_list(layer);
    int clean = attr != NULL ? core_rows_clean(layer) : 1;
    PyObject *list = clean == 0 ? Py_XNewRef(list_of(layer, attr)) : NULL;
    struct core_bytes made;

    if (list == NULL)
        return clean < 0 ? -1 : 0;
    core_bytes_begin(&made);
    int done = core_list_build(layer, attr->row, list, lengths, &made) == 0 ? put_tail(layer, &made) : -1;
    core_bytes_free(&made);
    Py_DECREF(list);
    return done;
}

int core_list_forget(struct core_layer *layer)
{
    const struct core_attr *attr = touched_list(layer);

    if (attr == NULL)
        return 0;
    bool frozen = core_layer_value(layer, BEFORE) != NULL; /* in a state made by hand it may be missing */
    int done = PyDict_DelItem(layer->store, attr->word);
    return done == 0 && frozen ? PyDict_DelItemString(layer->store, BEFORE) : done;
}
