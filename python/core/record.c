/* record: a packet as a capture holds it, with bytes of its own. */
#include "io.h"

struct record {
    PyObject_HEAD
    struct core_state *state;
    PyObject *data;    /* bytes */
    PyObject *options; /* bytes; NULL: none */
    struct spk_record record;
};

PyObject *core_record_new(struct core_state *state, const struct spk_record *from)
{
    struct record *self = PyObject_New(struct record, state->record_type);

    if (self == NULL)
        return NULL;
    self->state = state;
    self->record = *from;
    self->options = NULL;
    self->data = PyBytes_FromStringAndSize((const char *)from->data, (Py_ssize_t)from->caplen);
    if (self->data != NULL && from->options_len > 0)
        self->options = PyBytes_FromStringAndSize((const char *)from->options, (Py_ssize_t)from->options_len);
    if (self->data == NULL || (self->options == NULL && from->options_len > 0)) {
        Py_DECREF(self);
        return NULL;
    }
    self->record.data = (const uint8_t *)PyBytes_AsString(self->data);
    self->record.options = self->options != NULL ? (const uint8_t *)PyBytes_AsString(self->options) : NULL;
    return (PyObject *)self;
}

bool core_record_of(struct core_state *state, PyObject *object, struct spk_record *record)
{
    if (Py_TYPE(object) != state->record_type)
        return false;
    *record = ((struct record *)object)->record;
    return true;
}

static void free_record(PyObject *object)
{
    struct record *self = (struct record *)object;
    PyTypeObject *type = Py_TYPE(object);

    Py_XDECREF(self->data);
    Py_XDECREF(self->options);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* ---- attributes ---- */

static const struct spk_record *of(PyObject *self)
{
    return &((struct record *)self)->record;
}

static PyObject *get_time_ns(PyObject *self, void *closure)
{
    (void)closure;
    return of(self)->has_time ? PyLong_FromLongLong(of(self)->time_ns) : Py_NewRef(Py_None);
}

static PyObject *get_time(PyObject *self, void *closure)
{
    (void)closure;
    return of(self)->has_time ? PyFloat_FromDouble(core_seconds(of(self))) : Py_NewRef(Py_None);
}

static PyObject *get_caplen(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLong(of(self)->caplen);
}

static PyObject *get_len(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLong(of(self)->len);
}

static PyObject *get_link_type(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(of(self)->link);
}

static PyObject *get_interface(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLong(of(self)->interface);
}

static PyObject *get_section(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLong(of(self)->section);
}

static PyObject *get_number(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(of(self)->number);
}

static PyObject *get_offset(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(of(self)->offset);
}

static PyObject *get_data(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(((struct record *)self)->data);
}

static PyObject *get_comments(PyObject *self, void *closure)
{
    PyObject *list = PyList_New(0);
    const char *text;
    size_t length;
    size_t at = 0;

    (void)closure;
    while (list != NULL && spk_record_comment(of(self), &at, &text, &length)) {
        PyObject *comment = PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "replace");
        if (comment == NULL || PyList_Append(list, comment) < 0)
            Py_CLEAR(list);
        Py_XDECREF(comment);
    }
    return list;
}

static PyGetSetDef attributes[] = {
    { "time_ns", get_time_ns, NULL, "Nanoseconds since 1970-01-01 UTC (int); None: the capture says no time.", NULL },
    { "time", get_time, NULL, "Seconds since 1970-01-01 UTC (float, exact to about 0.2 us); None: no time.", NULL },
    { "data", get_data, NULL, "The captured bytes.", NULL },
    { "caplen", get_caplen, NULL, "How many bytes were captured.", NULL },
    { "len", get_len, NULL, "How many bytes the packet had on the wire.", NULL },
    { "link_type", get_link_type, NULL, "The link type, as tcpdump.org numbers them; 1 is Ethernet.", NULL },
    { "interface", get_interface, NULL, "pcapng: the interface's index within its section, from 0; pcap: 0.", NULL },
    { "section", get_section, NULL, "pcapng: the section, from 0; pcap: 0.", NULL },
    { "number", get_number, NULL, "The packet's number in its source, from 1.", NULL },
    { "offset", get_offset, NULL, "Where the record starts, in bytes of the uncompressed file.", NULL },
    { "comments", get_comments, NULL, "pcapng: the packet's comments, a list of str.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

/* ---- methods ---- */

static PyObject *decode(PyObject *self, PyObject *nothing)
{
    struct record *record = (struct record *)self;

    (void)nothing;
    return core_decode(record->state, record->data, record->record.link);
}

static PyMethodDef methods[] = {
    { "decode", decode, METH_NOARGS,
      "decode()\n--\n\nThe packet, decoded by its link type: steelpkt.decode(data, link_type)." },
    { NULL, NULL, 0, NULL },
};

static PyObject *show(PyObject *self)
{
    const struct spk_record *record = of(self);

    return PyUnicode_FromFormat("<steelpkt.Record %llu: %u of %u bytes, link type %u>",
                                (unsigned long long)record->number, record->caplen, record->len,
                                (unsigned)record->link);
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, self, (void *)(uintptr_t)of(self)->data, (Py_ssize_t)of(self)->caplen, 1, flags);
}

static const char doc[] =
    "A packet as a capture holds it. Owns its bytes; bytes(record) and memoryview(record) give them.";

static PyType_Slot slots[] = {
    { Py_tp_doc, (void *)doc },
    { Py_tp_dealloc, (void *)free_record },
    { Py_tp_getset, attributes },
    { Py_tp_methods, methods },
    { Py_tp_repr, (void *)show },
    { Py_bf_getbuffer, (void *)get_buffer },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt.Record",
    .basicsize = sizeof(struct record),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int core_add_record(PyObject *module, struct core_state *state)
{
    state->record_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->record_type != NULL ? PyModule_AddObjectRef(module, "Record", (PyObject *)state->record_type) : -1;
}
