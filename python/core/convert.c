/* convert: the library's values and errors as Python's. */
#include "core.h"

/* Addresses are printed by the library's own rules: those of a row of the kind. */
static PyObject *from_address(const struct spk_value *value)
{
    const struct spk_row row = { .kind = value->kind };
    char text[64];
    size_t len = spk_value_text(&row, value, text, sizeof text);

    return PyUnicode_FromStringAndSize(text, (Py_ssize_t)(len < sizeof text ? len : sizeof text - 1));
}

PyObject *core_from_value(const struct spk_value *value)
{
    switch (value->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return PyLong_FromUnsignedLongLong(value->u);
    case SPK_BOOL:
        return PyBool_FromLong(value->u != 0);
    case SPK_TIME:
    case SPK_DELTA:
        return PyLong_FromLongLong((long long)value->u);
    case SPK_IP4:
    case SPK_IP6:
    case SPK_MAC:
        return from_address(value);
    case SPK_TEXT:
        return PyUnicode_DecodeUTF8((const char *)value->data, (Py_ssize_t)value->len, "surrogateescape");
    case SPK_BYTES:
        return PyBytes_FromStringAndSize((const char *)value->data, (Py_ssize_t)value->len);
    default:
        return Py_NewRef(Py_None);
    }
}

void *core_raise(const struct core_state *state, const struct spk_error *error)
{
    char text[512];

    spk_error_text(error, text, sizeof text);
    if (error->code == SPK_ERR_MEMORY) {
        PyErr_NoMemory();
    } else if (error->code == SPK_ERR_IO) {
        PyObject *arguments = Py_BuildValue("is", error->sys_errno, text);
        if (arguments != NULL)
            PyErr_SetObject(PyExc_OSError, arguments);
        Py_XDECREF(arguments);
    } else if (error->code == SPK_ERR_DAMAGED || error->code == SPK_ERR_CUT) {
        PyErr_SetString(state->packet_error, text);
    } else {
        PyErr_SetString(PyExc_ValueError, text);
    }
    return NULL;
}
