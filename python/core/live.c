/* live: a network device as an iterator of packets, and as a place to send them to. */
#include "io.h"

struct live {
    struct core_io io;
    struct spk_live *live; /* NULL: closed */
    enum core_form form;
    PyObject *stop_event; /* has is_set(); NULL: none */
    long wait_ms;         /* a wait without a packet gives idle after so long; below 0: never */
    bool stopping;
    bool closes; /* itself, at the end */
    struct core_held held;
};

static int fail_closed(void)
{
    PyErr_SetString(PyExc_ValueError, "the device is closed");
    return -1;
}

/* ---- opening and closing ---- */

static int init_live(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "device",  "snap_len", "promiscuous", "bpf",    "wait_ms",
                                         "hold_ms", "buffer",   "form",        "closes", NULL };
    struct live *self = (struct live *)object;
    struct spk_live_options options = { .wait_ms = CORE_SLICE_MS };
    char message[SPK_BPF_MESSAGE];
    struct spk_error error;
    const char *form = "record";
    int promiscuous = 1;
    int closes = 0;
    int number;

    self->wait_ms = -1;
    if (!core_parse(args, kwargs, "s|IpzlIIsp:Live", names, &options.device, &options.snaplen, &promiscuous,
                    &options.filter, &self->wait_ms, &options.hold_ms, &options.buffer, &form, &closes))
        return -1;
    if (self->live != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "it is open already");
        return -1;
    }
    number = core_form_of(form);
    if (number < 0)
        return -1;
    self->form = (enum core_form)number;
    self->stopping = false;
    self->closes = closes != 0;
    options.promiscuous = promiscuous != 0;
    enum spk_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = spk_live_open(&options, message, &self->live, &error);
    Py_END_ALLOW_THREADS;
    if (status != SPK_OK) {
        core_raise(self->io.state, &error);
        return -1;
    }
    return 0;
}

static int traverse_live(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((struct live *)object)->stop_event);
    return 0;
}

static int clear_live(PyObject *object)
{
    struct live *self = (struct live *)object;

    Py_CLEAR(self->stop_event);
    return 0;
}

static void free_live(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    clear_live(object);
    spk_live_close(((struct live *)object)->live);
    core_io_free((struct core_io *)object);
}

/* ---- receiving ---- */

/* 1: told to stop, 0: not, -1 with an exception. */
static int is_stopped(struct live *self)
{
    return self->stopping || self->live == NULL ? 1 : core_is_set(self->stop_event);
}

/* As core_source's next, for at most wait_ms: 2: nothing came. The lock is held. */
static int wait_for_record(struct live *self, long wait_ms, struct spk_record *record)
{
    struct spk_error error;
    enum spk_status status;
    int stopped = is_stopped(self);

    if (stopped != 0)
        return stopped < 0 ? -1 : 0;
    if (self->held.is_there) {
        self->held.is_there = false;
        *record = self->held.record;
        return 1;
    }
    spk_live_set_wait(self->live, wait_ms > 0 ? (int32_t)wait_ms : -1);
    Py_BEGIN_ALLOW_THREADS;
    status = spk_live_next(self->live, record, &error);
    Py_END_ALLOW_THREADS;
    if (status < 0) {
        core_raise(self->io.state, &error);
        return -1;
    }
    if (status == SPK_IDLE)
        return PyErr_CheckSignals() < 0 ? -1 : 2;
    return status == SPK_OK;
}

static int next_record(PyObject *object, struct spk_record *record)
{
    return wait_for_record((struct live *)object, CORE_SLICE_MS, record);
}

/*
 * A wait goes on in slices. Between them it is asked whether to stop, and whoever else wants the lock gets it.
 */
static PyObject *next_packet(PyObject *object)
{
    struct live *self = (struct live *)object;
    long left = self->wait_ms;
    PyObject *packet = NULL;

    for (;;) {
        long slice = left >= 0 && left < CORE_SLICE_MS ? left : CORE_SLICE_MS;
        struct spk_record record;
        if (core_lock_take(&self->io.lock) < 0)
            return NULL;
        int got = wait_for_record(self, slice, &record);
        if (got == 1)
            packet = core_packet(self->io.state, self->form, &record);
        core_lock_release(&self->io.lock);
        if (got != 2)
            return packet != NULL || !self->closes ? packet : core_close_at_end(object);
        left -= left >= 0 ? slice : 0;
        if (left == 0)
            return self->form == CORE_HEADER ? Py_BuildValue("(iOO)", 0, Py_None, Py_None) : Py_NewRef(Py_None);
        core_lock_offer(&self->io.lock);
    }
}

/* ---- methods ---- */

static PyObject *stop_live(PyObject *object, PyObject *nothing)
{
    struct live *self = (struct live *)object;

    (void)nothing;
    self->stopping = true;
    if (self->live != NULL)
        spk_live_stop(self->live);
    return Py_NewRef(Py_None);
}

static PyObject *close_live(PyObject *object, PyObject *nothing)
{
    struct live *self = (struct live *)object;
    struct spk_live *live;

    Py_XDECREF(stop_live(object, nothing));
    if (core_lock_take(&self->io.lock) < 0)
        return NULL;
    live = self->live;
    self->live = NULL;
    self->held.is_there = false;
    if (live != NULL) {
        Py_BEGIN_ALLOW_THREADS;
        spk_live_close(live);
        Py_END_ALLOW_THREADS;
    }
    core_lock_release(&self->io.lock);
    return Py_NewRef(Py_None);
}

static PyObject *send_packet(PyObject *object, PyObject *packet)
{
    struct live *self = (struct live *)object;
    enum spk_status status = SPK_ERR_USAGE;
    struct spk_error error;
    Py_buffer view;
    Py_ssize_t sent;

    if (PyObject_GetBuffer(packet, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    sent = view.len;
    if (core_lock_take(&self->io.lock) < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    if (self->live == NULL) {
        fail_closed();
    } else {
        Py_BEGIN_ALLOW_THREADS;
        status = spk_live_send(self->live, view.buf, (size_t)view.len, &error);
        Py_END_ALLOW_THREADS;
        if (status != SPK_OK)
            core_raise(self->io.state, &error);
    }
    core_lock_release(&self->io.lock);
    PyBuffer_Release(&view);
    return status == SPK_OK ? PyLong_FromSsize_t(sent) : NULL;
}

static PyObject *filter_live(PyObject *object, PyObject *args)
{
    struct live *self = (struct live *)object;
    enum spk_status status = SPK_ERR_USAGE;
    struct spk_error error;
    const char *expression;

    if (!PyArg_ParseTuple(args, "s:filter", &expression) || core_lock_take(&self->io.lock) < 0)
        return NULL;
    if (self->live == NULL) {
        fail_closed();
    } else {
        status = spk_live_filter(self->live, expression, &error);
        if (status != SPK_OK)
            core_raise(self->io.state, &error);
    }
    core_lock_release(&self->io.lock);
    return status == SPK_OK ? Py_NewRef(Py_None) : NULL;
}

static PyObject *count_live(PyObject *object, PyObject *nothing)
{
    struct live *self = (struct live *)object;
    struct spk_live_counts counts;
    struct spk_error error;
    PyObject *all = NULL;

    (void)nothing;
    if (core_lock_take(&self->io.lock) < 0)
        return NULL;
    if (self->live == NULL) {
        fail_closed();
    } else if (spk_live_counts(self->live, &counts, &error) != SPK_OK) {
        core_raise(self->io.state, &error);
    } else {
        all = Py_BuildValue("{sKsKsKsK}", "delivered", (unsigned long long)counts.delivered, "received",
                            (unsigned long long)counts.received, "dropped", (unsigned long long)counts.dropped,
                            "dropped_by_interface", (unsigned long long)counts.dropped_by_interface);
    }
    core_lock_release(&self->io.lock);
    return all;
}

static PyMethodDef methods[] = {
    { "send", send_packet, METH_O,
      "send(packet)\n--\n\nSends bytes, headers and all, as they are; gives how many there were. OSError: they were "
      "not sent." },
    { "stop", stop_live, METH_NOARGS, "stop()\n--\n\nEnds the iteration, in whatever thread it waits. For good." },
    { "filter", filter_live, METH_VARARGS,
      "filter(expression)\n--\n\nTakes only packets that pass, in libpcap's language. ValueError: a bad one; the old "
      "one stays." },
    { "counts", count_live, METH_NOARGS,
      "counts()\n--\n\nWhat became of the packets, a dict: delivered (given here), received (by the system, after the "
      "filter),\n"
      "dropped (of those: there was no room), dropped_by_interface." },
    { "close", close_live, METH_NOARGS, "close()\n--\n\nStops, and gives the device back." },
    { "__enter__", core_io_enter, METH_NOARGS, NULL },
    { "__exit__", core_io_leave, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

/* ---- attributes ---- */

static PyObject *get_closed(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(((struct live *)object)->live == NULL);
}

/* What is said does not change while it is open. */
static bool get_info(PyObject *object, struct spk_live_info *info)
{
    struct live *self = (struct live *)object;

    if (self->live == NULL)
        return fail_closed() == 0;
    spk_live_info(self->live, info);
    return true;
}

static PyObject *get_link_type(PyObject *object, void *closure)
{
    struct spk_live_info info;

    (void)closure;
    return get_info(object, &info) ? PyLong_FromLong(info.link) : NULL;
}

static PyObject *get_snap_len(PyObject *object, void *closure)
{
    struct spk_live_info info;

    (void)closure;
    return get_info(object, &info) ? PyLong_FromUnsignedLong(info.snaplen) : NULL;
}

static PyObject *get_wait_ms(PyObject *object, void *closure)
{
    (void)closure;
    return PyLong_FromLong(((struct live *)object)->wait_ms);
}

static int set_wait_ms(PyObject *object, PyObject *value, void *closure)
{
    long wait_ms = value != NULL ? PyLong_AsLong(value) : -1;

    (void)closure;
    if (wait_ms == -1 && PyErr_Occurred())
        return -1;
    ((struct live *)object)->wait_ms = wait_ms;
    return 0;
}

static PyObject *get_stop_event(PyObject *object, void *closure)
{
    struct live *self = (struct live *)object;

    (void)closure;
    return Py_NewRef(self->stop_event != NULL ? self->stop_event : Py_None);
}

static int set_stop_event(PyObject *object, PyObject *value, void *closure)
{
    struct live *self = (struct live *)object;
    PyObject *old = self->stop_event;

    (void)closure;
    self->stop_event = value == Py_None || value == NULL ? NULL : Py_NewRef(value);
    Py_XDECREF(old);
    return 0;
}

static PyGetSetDef attributes[] = {
    { "closed", get_closed, NULL, "Whether it was closed.", NULL },
    { "link_type", get_link_type, NULL, "The link type of its packets; 1 is Ethernet.", NULL },
    { "snap_len", get_snap_len, NULL, "How many bytes of each packet are kept.", NULL },
    { "wait_ms", get_wait_ms, set_wait_ms,
      "After so many milliseconds without a packet the iteration gives None; below 0: it waits on.", NULL },
    { "stop_event", get_stop_event, set_stop_event, "An object whose is_set() ends the iteration; None: there is none.",
      NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static const char doc[] =
    "Live(device, snap_len=0, promiscuous=True, bpf=None, wait_ms=-1, hold_ms=0, buffer=0, form='record', "
    "closes=False)\n--\n\n"
    "The packets of a network device, as they come; send() puts packets on it. Needs root (CAP_NET_RAW).\n"
    "snap_len: bytes kept of each packet; 0: all. hold_ms: packets may be gathered so long; 0: a millisecond.\n"
    "buffer: bytes in which the system keeps what was not taken yet; 0: its own choice.";

static PyType_Slot slots[] = {
    { Py_tp_doc, (void *)doc },
    { Py_tp_new, (void *)core_io_new },
    { Py_tp_init, (void *)init_live },
    { Py_tp_dealloc, (void *)free_live },
    { Py_tp_traverse, (void *)traverse_live },
    { Py_tp_clear, (void *)clear_live },
    { Py_tp_iter, (void *)PyObject_SelfIter },
    { Py_tp_iternext, (void *)next_packet },
    { Py_tp_methods, methods },
    { Py_tp_getset, attributes },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt.Live",
    .basicsize = sizeof(struct live),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

bool core_live_source(struct core_state *state, PyObject *object, struct core_source *source)
{
    if (!PyObject_TypeCheck(object, state->live_type))
        return false;
    *source = (struct core_source){ .lock = &((struct live *)object)->io.lock,
                                    .next = next_record,
                                    .held = &((struct live *)object)->held };
    return true;
}

int core_add_live(PyObject *module, struct core_state *state)
{
    state->live_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->live_type != NULL ? PyModule_AddObjectRef(module, "Live", (PyObject *)state->live_type) : -1;
}
