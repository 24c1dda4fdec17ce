/* writer: packets into a capture file. */
#include "io.h"

#include <string.h>
#include <time.h>

struct writer {
    struct core_io io;
    struct core_file file;
    struct spk_writer *writer; /* NULL: closed */
    bool function;             /* bytes go through core_file_write */
    bool at_once;              /* each packet is handed over at once */
    bool nanoseconds;
    uint16_t link;
    uint64_t packets;
    uint64_t safe;
};

/* ---- opening and closing ---- */

static int take_number(PyObject *object, uint32_t most, const char *name, uint32_t *number)
{
    long long given = PyLong_AsLongLong(object);

    if (given == -1 && PyErr_Occurred())
        return -1;
    if (given < 0 || given > most) {
        PyErr_Format(PyExc_OverflowError, "%s is a number from 0 to %u", name, (unsigned)most);
        return -1;
    }
    *number = (uint32_t)given;
    return 0;
}

static int take_word(const char *word, const char *const *words, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] != NULL && strcmp(word, words[i]) == 0)
            return (int)i;
    }
    PyErr_Format(PyExc_ValueError, "no %s is called '%s'", what, word);
    return -1;
}

static int choose(struct spk_writer_options *options, const char *format, const char *compression)
{
    static const char *const formats[] = { [SPK_FORMAT_PCAP] = "pcap", [SPK_FORMAT_PCAPNG] = "pcapng" };
    static const char *const compressions[] = { [SPK_COMPRESSION_NONE] = "none",
                                                [SPK_COMPRESSION_GZIP] = "gzip",
                                                [SPK_COMPRESSION_ZSTD] = "zstd",
                                                [SPK_COMPRESSION_LZ4] = "lz4" };
    int chosen;

    if (format != NULL) {
        chosen = take_word(format, formats, SPK_COUNT_OF(formats), "format");
        if (chosen < 0)
            return -1;
        options->format = (enum spk_format)chosen;
    }
    if (compression != NULL) {
        chosen = take_word(compression, compressions, SPK_COUNT_OF(compressions), "compression");
        if (chosen < 0)
            return -1;
        options->compression = (enum spk_compression)chosen;
    }
    return 0;
}

/* Runs a call of the library that writes: others may run meanwhile, unless the bytes go through Python anyway. */
#define WHILE_OTHERS_RUN(self, call)                                                                                   \
    do {                                                                                                               \
        if (!(self)->function)                                                                                         \
            core_file_let_go(&(self)->file);                                                                           \
        call;                                                                                                          \
        if (!(self)->function)                                                                                         \
            core_file_take_back(&(self)->file);                                                                        \
    } while (0)

static int fail(struct writer *self, const struct spk_error *error)
{
    if (!PyErr_Occurred()) /* else the file object raised it */
        core_raise(self->io.state, error);
    return -1;
}

static int flush(struct writer *self)
{
    struct spk_error error;
    enum spk_status status;

    WHILE_OTHERS_RUN(self, status = spk_writer_flush(self->writer, &error));
    return status == SPK_OK ? 0 : fail(self, &error);
}

static int open_writer(struct writer *self, PyObject *to, const struct spk_writer_options *options)
{
    struct spk_error error;
    enum spk_status status;

    core_file_clear(&self->file);
    if (core_file_open(&self->file, self->io.state, to, true) < 0)
        return -1;
    const char *name = core_file_name(&self->file);
    self->function = self->file.object != NULL || self->file.waits;
    status = self->function
                 ? spk_writer_open_function(core_file_write, &self->file, name, options, &self->writer, &error)
                 : spk_writer_open_fd(self->file.fd, name, options, &self->writer, &error);
    if (status != SPK_OK) {
        core_file_close(&self->file, false);
        return fail(self, &error);
    }
    return self->at_once ? flush(self) : 0;
}

static int init_writer(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "file",      "format",   "compression", "level",         "nanoseconds",
                                         "link_type", "snap_len", "at_once",     "said_snap_len", NULL };
    struct writer *self = (struct writer *)object;
    struct spk_writer_options options = { 0 };
    PyObject *file;
    PyObject *link = Py_None;
    uint32_t link_number = SPK_LINK_ETHERNET;
    const char *format = NULL;
    const char *compression = NULL;
    int nanoseconds = 1;
    int at_once = 0;

    if (!core_parse(args, kwargs, "O|zzipOIpI:Writer", names, &file, &format, &compression, &options.level,
                    &nanoseconds, &link, &options.snaplen, &at_once, &options.said_snaplen))
        return -1;
    if (self->writer != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "it is open already");
        return -1;
    }
    if (link != Py_None && take_number(link, UINT16_MAX, "link_type", &link_number) < 0)
        return -1;
    if (PyUnicode_Check(file) || PyBytes_Check(file) || PyObject_HasAttrString(file, "__fspath__")) {
        PyObject *path = NULL;
        if (!PyUnicode_FSConverter(file, &path))
            return -1;
        spk_writer_options_from_name(PyBytes_AsString(path), &options);
        Py_DECREF(path);
    }
    if (choose(&options, format, compression) < 0)
        return -1;
    options.nanoseconds = nanoseconds != 0;
    options.has_link = link != Py_None;
    options.link = (uint16_t)link_number;
    self->packets = self->safe = 0;
    self->nanoseconds = options.nanoseconds || options.format == SPK_FORMAT_PCAPNG;
    self->link = options.link;
    self->at_once = at_once != 0;
    return open_writer(self, file, &options);
}

/* Closes what is open. The caller has the lock, or nobody else has the object. -1 with an exception. */
static int shut(struct writer *self, bool file_too)
{
    struct spk_writer *writer = self->writer;
    struct spk_error error;
    enum spk_status status;

    self->writer = NULL;
    if (writer == NULL)
        return core_file_close(&self->file, file_too);
    WHILE_OTHERS_RUN(self, status = spk_writer_close(writer, &self->safe, &error));
    if (status != SPK_OK) {
        PyObject *type, *value, *trace;
        fail(self, &error);
        PyErr_Fetch(&type, &value, &trace); /* the first failure is the one to tell */
        if (core_file_close(&self->file, file_too) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, trace);
        return -1;
    }
    return core_file_close(&self->file, file_too);
}

static int traverse_writer(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((struct writer *)object)->file.object);
    Py_VISIT(((struct writer *)object)->file.method);
    return 0;
}

/* What was not closed is written all the same; a failure then has nobody to go to but the interpreter's hook. */
static int clear_writer(PyObject *object)
{
    struct writer *self = (struct writer *)object;

    if (self->writer != NULL) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        if (shut(self, false) < 0)
            PyErr_WriteUnraisable(NULL);
        PyErr_Restore(type, value, trace);
    }
    core_file_clear(&self->file);
    return 0;
}

static void free_writer(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    clear_writer(object);
    core_io_free((struct core_io *)object);
}

/* ---- writing ---- */

/* Fills record from write's arguments. view, which the caller releases, is what the bytes are borrowed from. */
static int take_packet(struct writer *self, PyObject *args, PyObject *kwargs, Py_buffer *view,
                       struct spk_record *record)
{
    static const char *const names[] = { "packet", "time", "time_ns", "len", "link_type", NULL };
    PyObject *packet;
    PyObject *time = Py_None;
    PyObject *time_ns = Py_None;
    PyObject *len = Py_None;
    PyObject *link = Py_None;
    uint32_t number;

    if (!core_parse(args, kwargs, "O|OOOO:write", names, &packet, &time, &time_ns, &len, &link))
        return -1;
    *record = (struct spk_record){ .link = self->link };
    bool is_record = core_record_of(self->io.state, packet, record);
    if (PyObject_GetBuffer(packet, view, PyBUF_SIMPLE) < 0)
        return -1;
    if ((size_t)view->len > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "longer than a packet may be");
        return -1;
    }
    record->data = view->buf;
    record->caplen = (uint32_t)view->len;
    record->len = is_record ? record->len : record->caplen;
    if (time != Py_None) {
        if (core_nanoseconds(time, self->nanoseconds ? 1 : 1000, &record->time_ns) < 0)
            return -1;
        record->has_time = true;
    }
    if (time_ns != Py_None) {
        record->time_ns = PyLong_AsLongLong(time_ns);
        if (record->time_ns == -1 && PyErr_Occurred())
            return -1;
        record->has_time = true;
    }
    if (len != Py_None) {
        if (take_number(len, UINT32_MAX, "len", &record->len) < 0)
            return -1;
    }
    if (link != Py_None) {
        if (take_number(link, UINT16_MAX, "link_type", &number) < 0)
            return -1;
        record->link = (uint16_t)number;
    }
    return 0;
}

static int write_record(struct writer *self, const struct spk_record *record)
{
    struct spk_error error;
    enum spk_status status;

    if (self->writer == NULL) {
        PyErr_SetString(PyExc_ValueError, "the writer is closed");
        return -1;
    }
    WHILE_OTHERS_RUN(self, status = spk_writer_write(self->writer, record, &error));
    if (status != SPK_OK)
        return fail(self, &error);
    self->packets++;
    return self->at_once ? flush(self) : 0;
}

static PyObject *write_packet(PyObject *object, PyObject *args, PyObject *kwargs)
{
    struct writer *self = (struct writer *)object;
    struct spk_record record;
    Py_buffer view = { 0 };
    int status = take_packet(self, args, kwargs, &view, &record);

    if (status == 0)
        status = core_lock_take(&self->io.lock);
    if (status == 0) {
        status = write_record(self, &record);
        core_lock_release(&self->io.lock);
    }
    if (view.obj != NULL)
        PyBuffer_Release(&view);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

/* The packet and the time among the arguments of writepkt; -1 with an exception. */
static int take_two(PyObject *const *args, Py_ssize_t count, PyObject *keywords, PyObject **packet, PyObject **time)
{
    Py_ssize_t named = keywords != NULL ? PyTuple_Size(keywords) : 0;

    *packet = count > 0 ? args[0] : NULL;
    *time = count > 1 ? args[1] : NULL;
    for (Py_ssize_t i = 0; i < named; i++) {
        PyObject *keyword = PyTuple_GetItem(keywords, i);
        if (*packet == NULL && PyUnicode_CompareWithASCIIString(keyword, "pkt") == 0)
            *packet = args[count + i];
        else if (*time == NULL && PyUnicode_CompareWithASCIIString(keyword, "ts") == 0)
            *time = args[count + i];
    }
    if (count + named == 2 && *packet != NULL && *time != NULL)
        return 0;
    PyErr_SetString(PyExc_TypeError, "writepkt(pkt, ts) takes a packet and its time");
    return -1;
}

/* Now, in the writer's units: what writepkt takes a time of 0 for. */
static int64_t now(const struct writer *self)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + (self->nanoseconds ? now.tv_nsec : now.tv_nsec / 1000 * 1000);
}

static PyObject *writepkt(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *keywords)
{
    struct writer *self = (struct writer *)object;
    struct spk_record record = { .link = self->link, .has_time = true };
    PyObject *packet, *time;
    Py_buffer view;
    int status;

    if (take_two(args, count, keywords, &packet, &time) < 0
        || core_nanoseconds(time, self->nanoseconds ? 1 : 1000, &record.time_ns) < 0
        || PyObject_GetBuffer(packet, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    record.time_ns = record.time_ns != 0 ? record.time_ns : now(self);
    record.data = view.buf;
    record.caplen = record.len = view.len < UINT32_MAX ? (uint32_t)view.len : UINT32_MAX;
    status = core_lock_take(&self->io.lock);
    if (status == 0) {
        status = write_record(self, &record);
        core_lock_release(&self->io.lock);
    }
    PyBuffer_Release(&view);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *flush_writer(PyObject *object, PyObject *nothing)
{
    struct writer *self = (struct writer *)object;
    int status = -1;

    (void)nothing;
    if (core_lock_take(&self->io.lock) < 0)
        return NULL;
    if (self->writer == NULL) {
        PyErr_SetString(PyExc_ValueError, "the writer is closed");
    } else {
        status = flush(self);
    }
    core_lock_release(&self->io.lock);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *close_writer(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "file_too", NULL };
    struct writer *self = (struct writer *)object;
    int file_too = 0;
    int status;

    if (!core_parse(args, kwargs, "|p:close", names, &file_too) || core_lock_take(&self->io.lock) < 0)
        return NULL;
    status = shut(self, file_too != 0);
    core_lock_release(&self->io.lock);
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef methods[] = {
    { "write", (PyCFunction)(void (*)(void))write_packet, METH_VARARGS | METH_KEYWORDS,
      "write(packet, time=None, time_ns=None, len=None, link_type=None)\n--\n\n"
      "Writes a Record, or bytes with what is said of them: time in seconds since 1970 UTC or time_ns in nanoseconds, "
      "len\n"
      "the length on the wire. What the format cannot hold is a ValueError, and the writer can still be used." },
    { "writepkt", (PyCFunction)(void (*)(void))writepkt, METH_FASTCALL | METH_KEYWORDS,
      "writepkt(pkt, ts)\n--\n\nThe tutorial's: writes bytes that were captured at ts, in seconds since 1970 UTC; 0: "
      "now." },
    { "flush", flush_writer, METH_NOARGS, "flush()\n--\n\nHands what was written so far to the operating system." },
    { "close", (PyCFunction)(void (*)(void))close_writer, METH_VARARGS | METH_KEYWORDS,
      "close(file_too=False)\n--\n\n"
      "Writes what is left and closes; only then was everything written. OSError says how many packets the file "
      "holds." },
    { "__enter__", core_io_enter, METH_NOARGS, NULL },
    { "__exit__", core_io_leave, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static PyObject *get_closed(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(((struct writer *)object)->writer == NULL);
}

static PyObject *get_packets(PyObject *object, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(((struct writer *)object)->packets);
}

static PyObject *get_safe(PyObject *object, void *closure)
{
    struct writer *self = (struct writer *)object;

    (void)closure;
    return PyLong_FromUnsignedLongLong(self->writer != NULL ? spk_writer_safe(self->writer) : self->safe);
}

static PyGetSetDef attributes[] = {
    { "closed", get_closed, NULL, "Whether it was closed.", NULL },
    { "packets", get_packets, NULL, "How many packets were taken.", NULL },
    { "safe", get_safe, NULL,
      "How many of them the file is known to hold, whole; after close all, or those before a failure.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static const char doc[] =
    "Writer(file, format=None, compression=None, level=0, nanoseconds=True, link_type=None, snap_len=0, at_once=False,"
    " said_snap_len=0)\n--\n\n"
    "A capture that is written. file: a path, whose suffixes say format ('pcap', 'pcapng') and compression\n"
    "('gzip', 'zstd', 'lz4') where they are not given; a descriptor; or a file object. link_type: every packet's\n"
    "in a pcap (else the first one's is). snap_len: cuts longer packets; 0: none is cut, and the\n"
    "file says said_snap_len, or 262144.";

static PyType_Slot slots[] = {
    { Py_tp_doc, (void *)doc },
    { Py_tp_new, (void *)core_io_new },
    { Py_tp_init, (void *)init_writer },
    { Py_tp_dealloc, (void *)free_writer },
    { Py_tp_traverse, (void *)traverse_writer },
    { Py_tp_clear, (void *)clear_writer },
    { Py_tp_methods, methods },
    { Py_tp_getset, attributes },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt.Writer",
    .basicsize = sizeof(struct writer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_writer(PyObject *module, struct core_state *state)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int status = type != NULL ? PyModule_AddObjectRef(module, "Writer", type) : -1;

    (void)state;
    Py_XDECREF(type);
    return status;
}
