/* arrow: the library's Arrow arrays as Python's values: int, bool, str, bytes, times in nanoseconds, lists, dicts, None. */
#include "query.h"

static bool is_set(const void *bits, int64_t at)
{
    return (((const uint8_t *)bits)[at / 8] >> (at % 8) & 1) != 0;
}

static bool is_null(const struct ArrowArray *array, int64_t at)
{
    return array->buffers[0] != NULL && !is_set(array->buffers[0], at);
}

static PyObject *from_number(char format, const void *data, int64_t at)
{
    switch (format) {
    case 'c':
        return PyLong_FromLong(((const int8_t *)data)[at]);
    case 'C':
        return PyLong_FromLong(((const uint8_t *)data)[at]);
    case 's':
        return PyLong_FromLong(((const int16_t *)data)[at]);
    case 'S':
        return PyLong_FromLong(((const uint16_t *)data)[at]);
    case 'i':
        return PyLong_FromLong(((const int32_t *)data)[at]);
    case 'I':
        return PyLong_FromUnsignedLong(((const uint32_t *)data)[at]);
    case 'L':
        return PyLong_FromUnsignedLongLong(((const uint64_t *)data)[at]);
    default: /* l, and times */
        return PyLong_FromLongLong(((const int64_t *)data)[at]);
    }
}

/* One value that is no list. */
static PyObject *from_value(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    if (is_null(array, at))
        return Py_NewRef(Py_None);
    if (schema->dictionary != NULL) {
        at = ((const int32_t *)array->buffers[1])[at];
        schema = schema->dictionary;
        array = array->dictionary;
    }
    const char format = schema->format[0];
    if (format == 'u' || format == 'z') {
        const int32_t *offsets = array->buffers[1];
        const char *text = (const char *)array->buffers[2] + offsets[at];
        Py_ssize_t len = offsets[at + 1] - offsets[at];
        return format == 'u' ? PyUnicode_DecodeUTF8(text, len, NULL) : PyBytes_FromStringAndSize(text, len);
    }
    return format == 'b' ? PyBool_FromLong(is_set(array->buffers[1], at)) : from_number(format, array->buffers[1], at);
}

static PyObject *from_any(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at);

static PyObject *from_list(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    const int32_t *ends = array->buffers[1];
    PyObject *list = PyList_New(ends[at + 1] - ends[at]);

    for (int32_t i = ends[at]; i < ends[at + 1] && list != NULL; i++) {
        PyObject *value = from_any(schema->children[0], array->children[0], i);
        if (value == NULL || PyList_SetItem(list, i - ends[at], value) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *from_struct(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    PyObject *members = PyDict_New();

    for (int64_t i = 0; i < array->n_children && members != NULL; i++) {
        PyObject *value = from_any(schema->children[i], array->children[i], at);
        if (value == NULL || PyDict_SetItemString(members, schema->children[i]->name, value) < 0)
            Py_CLEAR(members);
        Py_XDECREF(value);
    }
    return members;
}

/* One value. A list's are no lists, unless they are members of a struct. */
static PyObject *from_any(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    if (schema->format[0] != '+')
        return from_value(schema, array, at);
    return schema->format[1] == 'l' ? from_list(schema, array, at) : from_struct(schema, array, at);
}

static PyObject *from_row(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    PyObject *row = PyTuple_New((Py_ssize_t)array->n_children);

    for (int64_t i = 0; i < array->n_children && row != NULL; i++) {
        PyObject *value = from_any(schema->children[i], array->children[i], at);
        if (value == NULL || PyTuple_SetItem(row, (Py_ssize_t)i, value) < 0)
            Py_CLEAR(row);
    }
    return row;
}

PyObject *core_rows_of(const struct ArrowSchema *schema, const struct ArrowArray *array)
{
    PyObject *rows = PyList_New((Py_ssize_t)array->length);

    for (int64_t i = 0; i < array->length && rows != NULL; i++) {
        PyObject *row = from_row(schema, array, i);
        if (row == NULL || PyList_SetItem(rows, (Py_ssize_t)i, row) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}
