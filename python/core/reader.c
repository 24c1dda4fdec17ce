/* reader: a capture file as an iterator. */
#include "io.h"

#include <string.h>

struct reader {
    struct core_io io;
    struct core_file file;
    struct spk_reader *reader; /* NULL: closed */
    struct core_filter *filter;
    enum core_form form;
    bool compressed; /* unpacking is worth letting others run */
    bool closes;     /* itself, at the end */
    bool cut_is_end; /* a capture cut short ends with a warning, not with an exception */
    bool warned;
    struct core_held held;
    unsigned rejected; /* records that did not pass, so far */
};

/* ---- opening and closing ---- */

static int open_reader(struct reader *self, PyObject *from)
{
    struct spk_reader_options options = { .read = core_file_read, .context = &self->file };
    struct spk_reader_info info;
    struct spk_error error;

    core_file_clear(&self->file);
    if (core_file_open(&self->file, self->io.state, from, false) < 0)
        return -1;
    options.name = core_file_name(&self->file);
    core_file_let_go(&self->file);
    enum spk_status status = spk_reader_open_with(&options, &self->reader, &error);
    core_file_take_back(&self->file);
    if (status != SPK_OK) {
        if (!PyErr_Occurred()) /* else reading raised it */
            core_raise(self->io.state, &error);
        core_file_close(&self->file, false);
        return -1;
    }
    spk_reader_info(self->reader, &info);
    self->compressed = info.compression != SPK_COMPRESSION_NONE;
    return 0;
}

/* The link type to compile a filter for first: that of the first interface, where it is known yet. */
static uint16_t first_link(const struct reader *self)
{
    struct spk_interface interface;

    return spk_reader_interface(self->reader, 0, &interface) ? interface.link : (uint16_t)SPK_LINK_ETHERNET;
}

static int set_filter(struct reader *self, const char *expression)
{
    struct core_filter *filter = core_filter_new(self->io.state, expression, first_link(self));

    if (filter == NULL)
        return -1;
    core_filter_free(self->filter);
    self->filter = filter;
    return 0;
}

static int init_reader(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "file", "form", "bpf", "cut_is_end", "closes", NULL };
    struct reader *self = (struct reader *)object;
    PyObject *file;
    const char *form = "record";
    const char *bpf = NULL;
    int cut_is_end = 0;
    int closes = 0;
    int number;

    if (!core_parse(args, kwargs, "O|szpp:Reader", names, &file, &form, &bpf, &cut_is_end, &closes))
        return -1;
    if (self->reader != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "it is open already");
        return -1;
    }
    number = core_form_of(form);
    if (number < 0)
        return -1;
    self->form = (enum core_form)number;
    self->cut_is_end = cut_is_end != 0;
    self->closes = closes != 0;
    if (open_reader(self, file) < 0)
        return -1;
    return bpf != NULL ? set_filter(self, bpf) : 0;
}

/* The caller has the lock, or nobody else has the object. */
static void shut(struct reader *self)
{
    spk_reader_close(self->reader);
    self->reader = NULL;
    self->held.is_there = false;
    core_filter_free(self->filter);
    self->filter = NULL;
}

static int traverse_reader(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((struct reader *)object)->file.object);
    Py_VISIT(((struct reader *)object)->file.method);
    return 0;
}

/* A reader in a ring with its file object: from now on it is as if closed. */
static int clear_reader(PyObject *object)
{
    struct reader *self = (struct reader *)object;

    shut(self);
    core_file_clear(&self->file);
    return 0;
}

static void free_reader(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    clear_reader(object);
    core_io_free((struct core_io *)object);
}

/* ---- reading ---- */

/* A cut tail where that is the end: said once, as a warning. */
static int warn_of_cut(struct reader *self, const struct spk_error *error)
{
    char text[512];

    if (self->warned)
        return 0;
    self->warned = true;
    spk_error_text(error, text, sizeof text);
    return PyErr_WarnEx(PyExc_RuntimeWarning, text, 1);
}

static enum spk_status read_next(struct reader *self, struct spk_record *record, struct spk_error *error)
{
    enum spk_status status;

    if (!self->compressed)
        return spk_reader_next(self->reader, record, error);
    core_file_let_go(&self->file);
    status = spk_reader_next(self->reader, record, error);
    core_file_take_back(&self->file);
    return status;
}

/* 1: a record; 0: the end; -1 with an exception. The lock is held. */
static int next_record(PyObject *object, struct spk_record *record)
{
    struct reader *self = (struct reader *)object;
    struct spk_error error;

    if (self->held.is_there) {
        self->held.is_there = false;
        *record = self->held.record;
        return 1;
    }
    while (self->reader != NULL) {
        enum spk_status status = read_next(self, record, &error);
        if (status == SPK_END)
            return 0;
        if (status < 0) {
            if (PyErr_Occurred())
                return -1;
            if (status == SPK_ERR_CUT && self->cut_is_end)
                return warn_of_cut(self, &error);
            core_raise(self->io.state, &error);
            return -1;
        }
        int match = self->filter != NULL ? core_filter_match(self->filter, record) : 1;
        if (match != 0)
            return match;
        if (core_be_patient(&self->rejected) < 0)
            return -1;
    }
    return 0;
}

static PyObject *next_packet(PyObject *object)
{
    struct reader *self = (struct reader *)object;
    struct spk_record record;
    PyObject *packet = NULL;

    if (core_lock_take(&self->io.lock) < 0)
        return NULL;
    if (next_record(object, &record) == 1)
        packet = core_packet(self->io.state, self->form, &record);
    core_lock_release(&self->io.lock);
    return packet != NULL || !self->closes ? packet : core_close_at_end(object);
}

/* ---- methods ---- */

/* With the lock: the library may be reading in another thread. -1 with an exception: closed, for one. */
static int take_open(struct reader *self)
{
    if (core_lock_take(&self->io.lock) < 0)
        return -1;
    if (self->reader != NULL)
        return 0;
    core_lock_release(&self->io.lock);
    PyErr_SetString(PyExc_ValueError, "the reader is closed");
    return -1;
}

static PyObject *close_reader(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "file_too", NULL };
    struct reader *self = (struct reader *)object;
    int file_too = 0;
    int status;

    if (!core_parse(args, kwargs, "|p:close", names, &file_too))
        return NULL;
    self->file.closing = true;
    if (core_lock_take(&self->io.lock) < 0)
        return NULL;
    shut(self);
    status = core_file_close(&self->file, file_too != 0);
    core_lock_release(&self->io.lock);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *filter_reader(PyObject *object, PyObject *args)
{
    struct reader *self = (struct reader *)object;
    const char *expression;

    if (!PyArg_ParseTuple(args, "s:filter", &expression) || take_open(self) < 0)
        return NULL;
    int status = set_filter(self, expression);
    core_lock_release(&self->io.lock);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef methods[] = {
    { "close", (PyCFunction)(void (*)(void))close_reader, METH_VARARGS | METH_KEYWORDS,
      "close(file_too=False)\n--\n\nEnds reading. A file object or descriptor that was given stays open, unless "
      "file_too." },
    { "filter", filter_reader, METH_VARARGS,
      "filter(expression)\n--\n\nFrom now on gives only packets that pass, in libpcap's language. ValueError: a bad "
      "one." },
    { "__enter__", core_io_enter, METH_NOARGS, NULL },
    { "__exit__", core_io_leave, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

/* ---- attributes ---- */

static PyObject *get_closed(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(((struct reader *)object)->reader == NULL);
}

static PyObject *get_name(PyObject *object, void *closure)
{
    (void)closure;
    return PyUnicode_DecodeFSDefault(core_file_name(&((struct reader *)object)->file));
}

static bool get_info(PyObject *object, struct spk_reader_info *info)
{
    struct reader *self = (struct reader *)object;

    if (take_open(self) < 0)
        return false;
    spk_reader_info(self->reader, info);
    core_lock_release(&self->io.lock);
    return true;
}

static PyObject *get_format(PyObject *object, void *closure)
{
    struct spk_reader_info info;

    (void)closure;
    return get_info(object, &info) ? PyUnicode_FromString(info.format == SPK_FORMAT_PCAPNG ? "pcapng" : "pcap") : NULL;
}

static PyObject *get_compression(PyObject *object, void *closure)
{
    static const char *const words[] = {
        [SPK_COMPRESSION_GZIP] = "gzip", [SPK_COMPRESSION_ZSTD] = "zstd", [SPK_COMPRESSION_LZ4] = "lz4"
    };
    struct spk_reader_info info;

    (void)closure;
    if (!get_info(object, &info))
        return NULL;
    return info.compression != SPK_COMPRESSION_NONE ? PyUnicode_FromString(words[info.compression])
                                                    : Py_NewRef(Py_None);
}

static PyObject *get_packets(PyObject *object, void *closure)
{
    struct spk_reader_info info;

    (void)closure;
    return get_info(object, &info) ? PyLong_FromUnsignedLongLong(info.packets) : NULL;
}

static PyObject *get_interfaces(PyObject *object, void *closure)
{
    struct reader *self = (struct reader *)object;
    struct spk_interface found;
    PyObject *list = NULL;

    (void)closure;
    if (take_open(self) < 0)
        return NULL;
    list = PyList_New(0);
    for (uint32_t i = 0; list != NULL && spk_reader_interface(self->reader, i, &found); i++) {
        PyObject *name = found.name != NULL ? PyUnicode_DecodeUTF8(found.name, (Py_ssize_t)found.name_len, "replace")
                                            : Py_NewRef(Py_None);
        PyObject *one = name != NULL ? Py_BuildValue("{sisIsN}", "link_type", (int)found.link, "snap_len",
                                                     found.snaplen, "name", name)
                                     : NULL;
        if (one == NULL || PyList_Append(list, one) < 0)
            Py_CLEAR(list);
        Py_XDECREF(one);
    }
    core_lock_release(&self->io.lock);
    return list;
}

static PyGetSetDef attributes[] = {
    { "closed", get_closed, NULL, "Whether it was closed.", NULL },
    { "name", get_name, NULL, "What is read: a path, or what the file object calls itself.", NULL },
    { "format", get_format, NULL, "'pcap' or 'pcapng'.", NULL },
    { "compression", get_compression, NULL, "'gzip', 'zstd', 'lz4' or None.", NULL },
    { "packets", get_packets, NULL, "How many packets were read so far.", NULL },
    { "interfaces", get_interfaces, NULL,
      "What is known so far of the present section's interfaces: a list of dicts with link_type, snap_len and name.",
      NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static const char doc[] =
    "Reader(file, form='record', bpf=None, cut_is_end=False, closes=False)\n--\n\n"
    "The packets of a capture, in order. file: a path, a descriptor, or a file object opened in binary; pcap and\n"
    "pcapng, plain or in gzip, zstd or lz4. Damage raises PacketError once everything before it was given.";

static PyType_Slot slots[] = {
    { Py_tp_doc, (void *)doc },
    { Py_tp_new, (void *)core_io_new },
    { Py_tp_init, (void *)init_reader },
    { Py_tp_dealloc, (void *)free_reader },
    { Py_tp_traverse, (void *)traverse_reader },
    { Py_tp_clear, (void *)clear_reader },
    { Py_tp_iter, (void *)PyObject_SelfIter },
    { Py_tp_iternext, (void *)next_packet },
    { Py_tp_methods, methods },
    { Py_tp_getset, attributes },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt.Reader",
    .basicsize = sizeof(struct reader),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_reader(PyObject *module, struct core_state *state)
{
    state->reader_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->reader_type != NULL ? PyModule_AddObjectRef(module, "Reader", (PyObject *)state->reader_type) : -1;
}

bool core_reader_source(struct core_state *state, PyObject *object, struct core_source *source)
{
    if (!PyObject_TypeCheck(object, state->reader_type))
        return false;
    *source = (struct core_source){ .lock = &((struct reader *)object)->io.lock,
                                    .next = next_record,
                                    .held = &((struct reader *)object)->held };
    return true;
}
