/* convert: the library's values and errors as Python's. */
#include "core.h"

#include <string.h>

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
    case SPK_INT:
    case SPK_TIME:
    case SPK_DELTA:
        return PyLong_FromLongLong((long long)value->u);
    case SPK_NONE:
        return Py_NewRef(Py_True);
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

/* A PacketError, which says where the damage is. */
static void set_packet_error(const struct core_state *state, const struct spk_error *error, const char *text)
{
    PyObject *damage = PyObject_CallFunction(state->packet_error, "s", text);
    int done = damage != NULL ? 0 : -1;

    if (done == 0 && error->has_at) {
        PyObject *at = PyLong_FromUnsignedLongLong(error->at);
        done = at != NULL ? PyObject_SetAttrString(damage, "offset", at) : -1;
        Py_XDECREF(at);
    }
    if (done == 0)
        PyErr_SetObject(state->packet_error, damage);
    Py_XDECREF(damage);
}

void *core_raise(const struct core_state *state, const struct spk_error *error)
{
    char text[512];

    spk_error_text(error, text, sizeof text);
    if (error->code == SPK_ERR_MEMORY) {
        PyErr_NoMemory();
    } else if (error->code == SPK_ERR_IO) {
        /* libpcap says what is wrong without a number */
        PyObject *arguments =
            error->sys_errno != 0 ? Py_BuildValue("is", error->sys_errno, text) : Py_BuildValue("(s)", text);
        if (arguments != NULL)
            PyErr_SetObject(PyExc_OSError, arguments);
        Py_XDECREF(arguments);
    } else if (error->code == SPK_ERR_DAMAGED || error->code == SPK_ERR_CUT) {
        set_packet_error(state, error, text);
    } else {
        PyErr_SetString(PyExc_ValueError, text);
    }
    return NULL;
}

/* ---- from Python ---- */

/* Numbers: what the width's C type cannot hold is an overflow, what only the field cannot hold is a wrong value. */
int core_to_number(PyObject *object, unsigned bits, const char *name, uint64_t *number)
{
    unsigned type_bits = bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64;
    PyObject *whole = NULL;

    if (PyLong_CheckExact(object) && bits < 63) {
        int over = 0;
        long long number_there = PyLong_AsLongLongAndOverflow(object, &over);
        if (over == 0 && number_there >= 0 && number_there >> bits == 0) {
            *number = (uint64_t)number_there;
            return 0;
        }
    }
    if (PyLong_CheckExact(object))
        whole = Py_NewRef(object);
    else if (PyFloat_Check(object))
        whole = PyNumber_Long(object);
    else
        whole = PyNumber_Index(object);
    if (whole == NULL)
        return -1;
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(whole, &overflow);
    uint64_t found = (uint64_t)value;
    if (overflow > 0 && type_bits == 64) {
        found = PyLong_AsUnsignedLongLong(whole);
        overflow = PyErr_Occurred() != NULL;
        PyErr_Clear();
        value = 0;
    }
    bool too_large = overflow != 0 || value < 0 || (type_bits < 64 && found >> type_bits != 0);
    if (too_large)
        PyErr_Format(PyExc_OverflowError, "%s has %u bits: %S does not fit", name, bits, whole);
    else if (bits < 64 && found >> bits != 0)
        PyErr_Format(PyExc_ValueError, "%s has %u bits: %S does not fit", name, bits, whole);
    else
        *number = found;
    Py_DECREF(whole);
    return too_large || (bits < 64 && found >> bits != 0) ? -1 : 0;
}

/* str, or ASCII bytes, as UTF-8 text that lives as long as the object. */
static const char *text_of(PyObject *object, const char *name, Py_ssize_t *len)
{
    char *bytes = NULL;

    if (PyUnicode_Check(object))
        return PyUnicode_AsUTF8AndSize(object, len);
    if (PyBytes_Check(object) && PyBytes_AsStringAndSize(object, &bytes, len) == 0)
        return bytes;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "%s takes text, not %R", name, Py_TYPE(object));
    return NULL;
}

/* Four numbers up to 255 with dots between them, and nothing else. */
static bool parse_ip4(const char *text, Py_ssize_t len, uint64_t *address)
{
    uint32_t found = 0;
    Py_ssize_t at = 0;

    for (int part = 0; part < 4; part++) {
        unsigned number = 0;
        Py_ssize_t begin = at;
        while (at < len && at - begin < 3 && text[at] >= '0' && text[at] <= '9')
            number = number * 10 + (unsigned)(text[at++] - '0');
        if (at == begin || number > 255 || (at - begin > 1 && text[begin] == '0'))
            return false;
        found = found << 8 | number;
        if (part < 3 && (at == len || text[at++] != '.'))
            return false;
    }
    *address = found;
    return at == len;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six hexadecimal numbers with colons between them. -1 with an exception; a number above 0xff is an overflow. */
static int parse_mac(const char *text, Py_ssize_t len, uint8_t mac[6])
{
    Py_ssize_t at = 0;

    for (int part = 0; part < 6; part++) {
        unsigned number = 0;
        Py_ssize_t begin = at;
        while (at < len && at - begin < 4 && hex_digit(text[at]) >= 0)
            number = number << 4 | (unsigned)hex_digit(text[at++]);
        bool closed = part < 5 ? at < len && text[at++] == ':' : at == len;
        if (!closed || at == begin || (part < 5 && at == begin + 1)) {
            PyErr_SetString(PyExc_ValueError, "a MAC address is six hexadecimal numbers with colons between them");
            return -1;
        }
        if (number > 0xff) {
            PyErr_SetString(PyExc_OverflowError, "a part of a MAC address is at most ff");
            return -1;
        }
        mac[part] = (uint8_t)number;
    }
    return 0;
}

static int to_address(const struct spk_row *row, const char *name, PyObject *object, struct core_keep *keep,
                      struct spk_value *value)
{
    Py_ssize_t len = 0;
    const char *text = text_of(object, name, &len);

    if (text == NULL)
        return -1;
    if (row->kind == SPK_MAC) {
        value->data = keep->bytes;
        value->len = 6;
        return parse_mac(text, len, keep->bytes);
    }
    if (row->kind == SPK_IP4) {
        if (parse_ip4(text, len, &value->u))
            return 0;
    } else {
        struct spk_scratch scratch;
        struct spk_value parsed;
        bool whole = len < 64 && memchr(text, 0, (size_t)len) == NULL;
        if (whole && spk_value_parse(row, text, &scratch, &parsed, NULL) == SPK_OK && parsed.len == 16) {
            memcpy(keep->bytes, parsed.data, 16);
            value->data = keep->bytes;
            value->len = 16;
            return 0;
        }
    }
    PyErr_Format(PyExc_ValueError, "%s: %R is no %s address", name, object, row->kind == SPK_IP4 ? "IPv4" : "IPv6");
    return -1;
}

static int to_octets(const char *name, PyObject *object, struct core_keep *keep, struct spk_value *value)
{
    if (PyObject_GetBuffer(object, &keep->buffer, PyBUF_SIMPLE) < 0) {
        keep->buffer.obj = NULL;
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s takes bytes, not %R", name, Py_TYPE(object));
        return -1;
    }
    if (keep->buffer.len > INT32_MAX) {
        PyErr_Format(PyExc_ValueError, "%s has less than 2 GiB", name);
        return -1;
    }
    value->data = keep->buffer.buf != NULL ? keep->buffer.buf : (const uint8_t *)"";
    value->len = (uint32_t)keep->buffer.len;
    return 0;
}

/* Text with surrogates for octets that are no UTF-8: back to those octets. */
static int to_text(const char *name, PyObject *object, struct core_keep *keep, struct spk_value *value)
{
    char *text = NULL;
    Py_ssize_t len = 0;

    if (PyBytes_Check(object))
        keep->object = Py_NewRef(object);
    else if (PyUnicode_Check(object))
        keep->object = PyUnicode_AsEncodedString(object, "utf-8", "surrogateescape");
    else
        PyErr_Format(PyExc_TypeError, "%s takes text, not %R", name, Py_TYPE(object));
    if (keep->object == NULL || PyBytes_AsStringAndSize(keep->object, &text, &len) < 0)
        return -1;
    if (len > INT32_MAX) {
        PyErr_Format(PyExc_ValueError, "%s has less than 2 GiB", name);
        return -1;
    }
    value->data = (const uint8_t *)text;
    value->len = (uint32_t)len;
    return 0;
}

int core_to_value(const struct spk_row *row, PyObject *object, struct core_keep *keep, struct spk_value *value)
{
    const char *name = row->name != NULL ? row->name : row->attr != NULL ? row->attr : "the field";
    int done = 0;

    keep->object = NULL;
    keep->buffer.obj = NULL;
    *value = (struct spk_value){ .kind = row->kind };
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_BOOL:
        done = core_to_number(object, row->bits > 0 ? row->bits : 64, name, &value->u);
        break;
    case SPK_INT: {
        long long number = PyLong_AsLongLong(object);
        bool fits = row->bits == 0 || row->bits >= 64
                    || (number >= -(1LL << (row->bits - 1)) && number < 1LL << (row->bits - 1));
        value->u = (uint64_t)number;
        done = number == -1 && PyErr_Occurred() ? -1 : 0;
        if (done == 0 && !fits) {
            PyErr_Format(PyExc_OverflowError, "%s has %u bits: %lld does not fit", name, row->bits, number);
            done = -1;
        }
        break;
    }
    case SPK_IP4:
    case SPK_IP6:
    case SPK_MAC:
        done = to_address(row, name, object, keep, value);
        break;
    case SPK_TEXT:
        done = to_text(name, object, keep, value);
        break;
    case SPK_BYTES:
    case SPK_CHOICE:
        value->kind = SPK_BYTES;
        done = to_octets(name, object, keep, value);
        break;
    default:
        PyErr_Format(PyExc_TypeError, "%s cannot be set", name);
        done = -1;
    }
    if (done < 0)
        core_keep_done(keep);
    return done;
}

void core_keep_done(struct core_keep *keep)
{
    Py_CLEAR(keep->object);
    if (keep->buffer.obj != NULL)
        PyBuffer_Release(&keep->buffer);
    keep->buffer.obj = NULL;
}

PyObject *core_bytes_of(PyObject *object)
{
    Py_buffer buffer;
    PyObject *bytes = NULL;

    if (PyBytes_CheckExact(object) && PyBytes_Size(object) <= INT32_MAX)
        return Py_NewRef(object);
    if (PyObject_GetBuffer(object, &buffer, PyBUF_SIMPLE) < 0)
        return NULL;
    if (buffer.len > INT32_MAX)
        PyErr_SetString(PyExc_ValueError, "a packet has less than 2 GiB");
    else
        bytes = PyBytes_FromStringAndSize(buffer.buf, buffer.len);
    PyBuffer_Release(&buffer);
    return bytes;
}

int core_put_number(PyObject *dict, const char *name, uint64_t number)
{
    PyObject *value = PyLong_FromUnsignedLongLong(number);
    int done = value != NULL ? PyDict_SetItemString(dict, name, value) : -1;

    Py_XDECREF(value);
    return done;
}

PyObject *core_to_name(PyObject *object, const char *what)
{
    if (PyUnicode_Check(object))
        return Py_NewRef(object);
    if (PyBytes_Check(object))
        return PyUnicode_FromEncodedObject(object, "ascii", "strict");
    PyErr_Format(PyExc_TypeError, "%s is a str, not %R", what, Py_TYPE(object));
    return NULL;
}

/* Levenshtein's distance; words of more than 63 letters count as far away. */
size_t core_word_distance(const char *a, const char *b)
{
    size_t row[64];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);

    if (a_len > 63 || b_len > 63)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = corner + (a[i - 1] != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] : row[j - 1];
            corner = row[j];
            row[j] = change < least + 1 ? change : least + 1;
        }
    }
    return row[b_len];
}
