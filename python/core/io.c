/* io: the lock of an object, and the packet in the forms that are asked for. */
#include "io.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

#define NS_PER_S 1000000000
#define PATIENCE 1024

int core_parse(PyObject *args, PyObject *kwargs, const char *format, const char *const *names, ...)
{
    va_list into;
    int parsed;

    va_start(into, names);
    parsed = PyArg_VaParseTupleAndKeywords(args, kwargs, format, (char **)names, into);
    va_end(into);
    return parsed;
}

/* ---- lock ---- */

int core_lock_make(struct core_lock *lock)
{
    lock->is_held = lock->is_rung = false;
    lock->bell = PyThread_allocate_lock();
    if (lock->bell != NULL) {
        PyThread_acquire_lock(lock->bell, WAIT_LOCK);
        return 0;
    }
    PyErr_NoMemory();
    return -1;
}

void core_lock_free(struct core_lock *lock)
{
    if (lock->bell != NULL)
        PyThread_free_lock(lock->bell);
    lock->bell = NULL;
}

/* Until nobody has it. Who rings may have it again before a waiting thread goes on, and rings again then. */
static int wait_for(struct core_lock *lock)
{
    int done = 0;

    lock->waiting++;
    while (lock->is_held && done == 0) {
        PyLockStatus status;
        Py_BEGIN_ALLOW_THREADS;
        status = PyThread_acquire_lock_timed(lock->bell, -1, 1);
        Py_END_ALLOW_THREADS;
        if (status == PY_LOCK_ACQUIRED)
            lock->is_rung = false;
        else
            done = PyErr_CheckSignals();
    }
    lock->waiting--;
    return done;
}

int core_lock_take(struct core_lock *lock)
{
    unsigned long self = PyThread_get_thread_ident();

    if (lock->is_held && lock->owner == self) {
        PyErr_SetString(PyExc_RuntimeError, "called from within one of its own calls");
        return -1;
    }
    if (lock->is_held && wait_for(lock) < 0)
        return -1;
    lock->is_held = true;
    lock->owner = self;
    return 0;
}

void core_lock_release(struct core_lock *lock)
{
    lock->is_held = false;
    if (lock->waiting > 0 && !lock->is_rung) {
        lock->is_rung = true;
        PyThread_release_lock(lock->bell);
    }
}

void core_lock_offer(struct core_lock *lock)
{
    if (lock->waiting > 0) {
        Py_BEGIN_ALLOW_THREADS;
        (void)poll(NULL, 0, 1);
        Py_END_ALLOW_THREADS;
    }
}

int core_be_patient(unsigned *count)
{
    if (++*count % PATIENCE != 0)
        return 0;
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    return PyErr_CheckSignals();
}

/* ---- what the objects begin with ---- */

PyObject *core_io_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct core_state *state = core_state_of_type(type);
    struct core_io *io = state != NULL ? core_object_new(type) : NULL;

    (void)args;
    (void)kwargs;
    if (io == NULL)
        return NULL;
    io->state = state;
    if (core_lock_make(&io->lock) < 0)
        Py_CLEAR(io);
    return (PyObject *)io;
}

void core_io_free(struct core_io *io)
{
    core_lock_free(&io->lock);
    core_object_free((PyObject *)io);
}

PyObject *core_io_enter(PyObject *object, PyObject *nothing)
{
    (void)nothing;
    return Py_NewRef(object);
}

PyObject *core_io_leave(PyObject *object, PyObject *args)
{
    (void)args;
    return PyObject_CallMethod(object, "close", NULL);
}

/* ---- time ---- */

double core_seconds(const struct spk_record *record)
{
    int64_t seconds = record->time_ns / NS_PER_S;
    int64_t rest = record->time_ns % NS_PER_S;

    return record->has_time ? (double)seconds + (double)rest / NS_PER_S : 0.0;
}

int core_nanoseconds(PyObject *object, int64_t unit, int64_t *ns)
{
    double seconds = PyFloat_AsDouble(object);
    double whole;
    double rest;

    if (seconds == -1.0 && PyErr_Occurred())
        return -1;
    rest = modf(seconds, &whole) * ((double)NS_PER_S / (double)unit);
    if (!(fabs(whole) < 9.2e9)) {
        PyErr_SetString(PyExc_ValueError, "a time beyond what 64 bits of nanoseconds hold");
        return -1;
    }
    *ns = (int64_t)whole * NS_PER_S + llround(rest) * unit;
    return 0;
}

/* ---- forms ---- */

int core_call_at_end(PyObject *object, const char *method)
{
    PyObject *type, *value, *trace, *result;

    PyErr_Fetch(&type, &value, &trace);
    result = PyObject_CallMethod(object, method, NULL);
    Py_XDECREF(result);
    if (type != NULL)
        PyErr_Restore(type, value, trace);
    return result != NULL && type == NULL ? 0 : -1;
}

PyObject *core_close_at_end(PyObject *object)
{
    (void)core_call_at_end(object, "close");
    return NULL;
}

int core_is_set(PyObject *event)
{
    PyObject *answer = event != NULL ? PyObject_CallMethod(event, "is_set", NULL) : NULL;
    int set = answer != NULL ? PyObject_IsTrue(answer) : event != NULL ? -1 : 0;

    Py_XDECREF(answer);
    return set;
}

int core_form_of(const char *word)
{
    static const char *const words[] = {
        [CORE_RECORD] = "record", [CORE_ARRAY] = "array", [CORE_BYTES] = "bytes", [CORE_HEADER] = "header"
    };
    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) == 0)
            return (int)i;
    }
    PyErr_Format(PyExc_ValueError, "no form of a packet: '%s'", word);
    return -1;
}

/* The seconds and microseconds of a time; what is finer is cut off, towards the past. */
static void split_time(const struct spk_record *record, long long *seconds, long *microseconds)
{
    int64_t ns = record->has_time ? record->time_ns : 0;
    int64_t whole = ns / NS_PER_S - (ns % NS_PER_S < 0);

    *seconds = whole;
    *microseconds = (long)((ns - whole * NS_PER_S) / 1000);
}

static PyObject *with_header(const struct spk_record *record)
{
    long long seconds;
    long microseconds;

    split_time(record, &seconds, &microseconds);
    return Py_BuildValue("(d{s{sLsl}sIsI}y#)", (double)seconds + (double)microseconds / 1e6, "ts", "tv_sec", seconds,
                         "tv_usec", microseconds, "caplen", record->caplen, "len", record->len,
                         (const char *)record->data, (Py_ssize_t)record->caplen);
}

static PyObject *call_array(const void *data, size_t size)
{
    PyObject *module = PyImport_ImportModule("array");
    PyObject *array =
        module != NULL ? PyObject_CallMethod(module, "array", "sy#", "B", (const char *)data, (Py_ssize_t)size) : NULL;

    Py_XDECREF(module);
    return array;
}

static int set_up_desk(struct core_state *state)
{
    char *zeros = PyMem_Calloc(CORE_DESK, 1);

    if (zeros == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    state->array_desk = call_array(zeros, CORE_DESK);
    PyMem_Free(zeros);
    if (state->array_desk != NULL && PyObject_GetBuffer(state->array_desk, &state->desk, PyBUF_WRITABLE) == 0)
        return 0;
    Py_CLEAR(state->array_desk);
    return -1;
}

/* Cut from a long array that is kept: a third of the steps that calling the type takes. */
PyObject *core_array(struct core_state *state, const void *data, size_t size)
{
    PyObject *array;

    if (size > CORE_DESK || state->desk_taken)
        return call_array(data, size);
    if (state->array_desk == NULL && set_up_desk(state) < 0)
        return NULL;
    state->desk_taken = true; /* cutting may begin a collection, whose finalizers come here again */
    if (size > 0)
        memcpy(state->desk.buf, data, size);
    array = PySequence_GetSlice(state->array_desk, 0, (Py_ssize_t)size);
    state->desk_taken = false;
    return array;
}

static PyObject *with_link(struct core_state *state, bool array, const struct spk_record *record)
{
    PyObject *time = PyFloat_FromDouble(core_seconds(record));
    PyObject *link = PyLong_FromLong(record->link);
    PyObject *data = array ? core_array(state, record->data, record->caplen)
                           : PyBytes_FromStringAndSize((const char *)record->data, (Py_ssize_t)record->caplen);
    bool whole = time != NULL && link != NULL && data != NULL;
    PyObject *tuple = whole ? PyTuple_Pack(3, time, data, link) : NULL;

    Py_XDECREF(time);
    Py_XDECREF(link);
    Py_XDECREF(data);
    return tuple;
}

PyObject *core_packet(struct core_state *state, enum core_form form, const struct spk_record *record)
{
    switch (form) {
    case CORE_ARRAY:
    case CORE_BYTES:
        return with_link(state, form == CORE_ARRAY, record);
    case CORE_HEADER:
        return with_header(record);
    default:
        return core_record_new(state, record);
    }
}
