/* file: what a reader reads from and a writer writes to: a path, a descriptor, or a Python file object. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

void core_file_let_go(struct core_file *file)
{
    file->let_go = PyEval_SaveThread();
}

void core_file_take_back(struct core_file *file)
{
    PyThreadState *thread = file->let_go;

    file->let_go = NULL;
    PyEval_RestoreThread(thread);
}

static int fail_os(const struct core_file *file, int number)
{
    PyObject *name = PyUnicode_DecodeFSDefault(core_file_name(file));

    errno = number;
    PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    Py_XDECREF(name);
    return -1;
}

/* ---- opening and closing ---- */

/* Whether reading or writing may wait for another program. */
static bool may_wait(int fd)
{
    struct stat stat;

    return fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode);
}

static int open_path(struct core_file *file, PyObject *path, bool for_writing)
{
    int flags = for_writing ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;

    if (!PyUnicode_FSConverter(path, &file->name))
        return -1;
    do {
        Py_BEGIN_ALLOW_THREADS;
        file->fd = open(core_file_name(file), flags | O_CLOEXEC, 0666);
        Py_END_ALLOW_THREADS;
    } while (file->fd < 0 && errno == EINTR && PyErr_CheckSignals() == 0);
    if (file->fd < 0)
        return PyErr_Occurred() ? -1 : fail_os(file, errno);
    file->owned = true;
    file->waits = may_wait(file->fd);
    return 0;
}

static int take_descriptor(struct core_file *file, PyObject *number)
{
    long fd = PyLong_AsLong(number);

    if (fd == -1 && PyErr_Occurred())
        return -1;
    file->name = PyBytes_FromFormat("descriptor %ld", fd);
    file->fd = (int)fd;
    file->waits = may_wait(file->fd);
    return file->name != NULL ? 0 : -1;
}

/* The name that errors say: the object's own, where it is text. */
static int name_object(struct core_file *file, PyObject *object)
{
    PyObject *name = PyObject_GetAttrString(object, "name");

    if (name == NULL || !PyUnicode_Check(name) || !PyUnicode_FSConverter(name, &file->name)) {
        PyErr_Clear();
        file->name = PyBytes_FromString("file object");
    }
    Py_XDECREF(name);
    return file->name != NULL ? 0 : -1;
}

static int take_object(struct core_file *file, PyObject *object, bool for_writing)
{
    const char *const names[] = { for_writing ? "write" : "readinto", for_writing ? NULL : "read" };

    for (size_t i = 0; i < 2 && file->method == NULL && names[i] != NULL; i++) {
        file->method = PyObject_GetAttrString(object, names[i]);
        file->by_read = i == 1;
        if (file->method == NULL && !PyErr_ExceptionMatches(PyExc_AttributeError))
            return -1;
        if (file->method == NULL)
            PyErr_Clear();
    }
    if (file->method == NULL) {
        PyErr_Format(PyExc_TypeError, "neither a path nor a file object: it has no method %s",
                     for_writing ? "write" : "read");
        return -1;
    }
    file->object = Py_NewRef(object);
    return name_object(file, object);
}

int core_file_open(struct core_file *file, struct core_state *state, PyObject *from, bool for_writing)
{
    *file = (struct core_file){ .state = state, .fd = -1 };
    if (PyUnicode_Check(from) || PyBytes_Check(from) || PyObject_HasAttrString(from, "__fspath__"))
        return open_path(file, from, for_writing);
    if (PyLong_Check(from))
        return take_descriptor(file, from);
    return take_object(file, from, for_writing);
}

int core_file_close(struct core_file *file, bool objects_too)
{
    int status = 0;

    if (file->owned && file->fd >= 0 && close(file->fd) != 0 && errno != EINTR)
        status = fail_os(file, errno);
    file->owned = false;
    file->fd = -1;
    if (objects_too && file->object != NULL) {
        PyObject *result = PyObject_CallMethod(file->object, "close", NULL);
        status = result != NULL ? status : -1;
        Py_XDECREF(result);
    }
    return status;
}

void core_file_clear(struct core_file *file)
{
    if (file->owned && file->fd >= 0)
        close(file->fd);
    file->owned = false;
    file->fd = -1;
    Py_CLEAR(file->object);
    Py_CLEAR(file->method);
    Py_CLEAR(file->name);
}

const char *core_file_name(const struct core_file *file)
{
    return file->name != NULL ? PyBytes_AsString(file->name) : "";
}

/* ---- reading ---- */

/* A slice of the wait for the descriptor, without the interpreter's lock. 1: it is ready, -1 with errno, -2: not yet. */
static int wait_slice(const struct core_file *file, short events)
{
    struct pollfd wanted = { .fd = file->fd, .events = events };
    int ready = file->waits ? poll(&wanted, 1, CORE_SLICE_MS) : 1;

    return ready == 0 ? -2 : ready;
}

/* After a slice that moved no byte: whether to go on. -1 with an exception. */
static int go_on(const struct core_file *file, ptrdiff_t result, int number)
{
    if (result == -1 && number != EINTR && number != EAGAIN)
        return fail_os(file, number);
    if (PyErr_CheckSignals() < 0)
        return -1;
    if (file->closing) {
        PyErr_SetString(PyExc_ValueError, "closed by another thread");
        return -1;
    }
    return 0;
}

/* The interpreter's lock is held when this begins and when it ends; so below. */
static ptrdiff_t read_descriptor(const struct core_file *file, void *to, size_t size)
{
    for (;;) {
        ptrdiff_t got;
        int number;
        Py_BEGIN_ALLOW_THREADS;
        got = wait_slice(file, POLLIN);
        got = got == 1 ? read(file->fd, to, size) : got;
        number = errno;
        Py_END_ALLOW_THREADS;
        if (got >= 0)
            return got;
        if (go_on(file, got, number) < 0)
            return -1;
    }
}

/* Copies what read() gave, which may be less than asked for, but not more. */
static ptrdiff_t take_bytes(PyObject *given, void *to, size_t size)
{
    Py_buffer view;
    ptrdiff_t got = -1;

    if (given == Py_None)
        return 0; /* a non-blocking file that has nothing */
    if (PyObject_GetBuffer(given, &view, PyBUF_SIMPLE) < 0)
        return -1;
    if ((size_t)view.len > size) {
        PyErr_SetString(PyExc_ValueError, "the file object's read gave more than was asked for");
    } else {
        memcpy(to, view.buf, (size_t)view.len);
        got = view.len;
    }
    PyBuffer_Release(&view);
    return got;
}

/* Whoever kept the view of our buffer must not write there later. Keeps an exception that there is. */
static int release_view(PyObject *view)
{
    int done = core_call_at_end(view, "release");

    Py_DECREF(view);
    return done;
}

static ptrdiff_t read_object(const struct core_file *file, void *to, size_t size)
{
    PyObject *view = NULL;
    PyObject *given;
    ptrdiff_t got = -1;

    if (file->by_read) {
        given = PyObject_CallFunction(file->method, "n", (Py_ssize_t)size);
        got = given != NULL ? take_bytes(given, to, size) : -1;
        Py_XDECREF(given);
        return got;
    }
    view = PyMemoryView_FromMemory(to, (Py_ssize_t)size, PyBUF_WRITE);
    given = view != NULL ? PyObject_CallFunctionObjArgs(file->method, view, NULL) : NULL;
    if (given == Py_None) {
        got = 0;
    } else if (given != NULL) {
        got = PyLong_AsSsize_t(given);
        if (got > (ptrdiff_t)size) {
            PyErr_SetString(PyExc_ValueError, "the file object's readinto gave more than was asked for");
            got = -1;
        }
    }
    Py_XDECREF(given);
    return view != NULL && release_view(view) < 0 ? -1 : got;
}

ptrdiff_t core_file_read(void *context, void *to, size_t size)
{
    struct core_file *file = context;
    bool outside = file->let_go != NULL;
    ptrdiff_t got;

    if (outside)
        core_file_take_back(file);
    got = file->object != NULL ? read_object(file, to, size) : read_descriptor(file, to, size);
    if (outside)
        core_file_let_go(file);
    return got;
}

/* ---- writing ---- */

static ptrdiff_t write_object(const struct core_file *file, const void *from, size_t size)
{
    PyObject *bytes = PyBytes_FromStringAndSize(from, (Py_ssize_t)size);
    PyObject *said = bytes != NULL ? PyObject_CallFunctionObjArgs(file->method, bytes, NULL) : NULL;
    ptrdiff_t taken = -1;

    if (said == Py_None) { /* so say objects that are no raw files: all of it */
        taken = (ptrdiff_t)size;
    } else if (said != NULL) {
        taken = PyLong_AsSsize_t(said);
    }
    Py_XDECREF(said);
    Py_XDECREF(bytes);
    return taken;
}

static ptrdiff_t write_descriptor(const struct core_file *file, const void *from, size_t size)
{
    for (;;) {
        ptrdiff_t taken;
        int number;
        Py_BEGIN_ALLOW_THREADS;
        taken = wait_slice(file, POLLOUT);
        taken = taken == 1 ? write(file->fd, from, size) : taken;
        number = errno;
        Py_END_ALLOW_THREADS;
        if (taken >= 0)
            return taken;
        if (go_on(file, taken, number) < 0)
            return -1;
    }
}

ptrdiff_t core_file_write(void *context, const void *from, size_t size)
{
    struct core_file *file = context;
    bool outside = file->let_go != NULL;
    ptrdiff_t taken;

    if (outside)
        core_file_take_back(file);
    taken = file->object != NULL ? write_object(file, from, size) : write_descriptor(file, from, size);
    if (outside)
        core_file_let_go(file);
    return taken;
}
