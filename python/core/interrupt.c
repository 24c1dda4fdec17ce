/*
 * interrupt: Ctrl-C while threads of somebody else's read. Python raises KeyboardInterrupt in the main thread alone; an
 * engine that reads a stream with threads of its own may wait there for a thread that is in the middle of a long capture.
 * So that this one can end, SIGINTs are counted for as long as such a stream is open, in front of Python's own handler.
 *
 * What a signal's handler tells it can only tell to the process: hence the variables of this file.
 */
#define _POSIX_C_SOURCE 200809L
#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>

static atomic_uint count;
static unsigned watchers;         /* under the interpreter's lock */
static struct sigaction previous; /* Python's */

static void note(int number)
{
    atomic_fetch_add(&count, 1);
    previous.sa_handler(number);
}

void core_interrupts_watch(void)
{
    struct sigaction is;

    if (watchers++ > 0 || sigaction(SIGINT, NULL, &is) != 0)
        return;
    bool handled = (is.sa_flags & SA_SIGINFO) == 0 && is.sa_handler != SIG_DFL && is.sa_handler != SIG_IGN;
    if (handled && is.sa_handler != note) {
        previous = is;
        is.sa_handler = note;
        sigaction(SIGINT, &is, NULL);
    }
}

void core_interrupts_leave(void)
{
    struct sigaction is;

    if (--watchers == 0 && sigaction(SIGINT, NULL, &is) == 0 && (is.sa_flags & SA_SIGINFO) == 0
        && is.sa_handler == note)
        sigaction(SIGINT, &previous, NULL);
}

unsigned core_interrupts(void)
{
    return atomic_load(&count);
}

/* Whether threading knows the thread that asks only as one that somebody else made. */
static bool in_foreign_thread(void)
{
    PyObject *threading = PyImport_ImportModule("threading");
    PyObject *thread = threading != NULL ? PyObject_CallMethod(threading, "current_thread", NULL) : NULL;
    PyObject *foreign = threading != NULL ? PyObject_GetAttrString(threading, "_DummyThread") : NULL;
    bool is = thread != NULL && foreign != NULL && PyObject_IsInstance(thread, foreign) == 1;

    Py_XDECREF(threading);
    Py_XDECREF(thread);
    Py_XDECREF(foreign);
    PyErr_Clear();
    return is;
}

/* Whether a SIGINT raises KeyboardInterrupt, and is nobody else's affair. */
static bool ends_all(void)
{
    PyObject *signals = PyImport_ImportModule("signal");
    PyObject *handler = signals != NULL ? PyObject_CallMethod(signals, "getsignal", "i", SIGINT) : NULL;
    PyObject *usual = signals != NULL ? PyObject_GetAttrString(signals, "default_int_handler") : NULL;
    bool raises = handler != NULL && handler == usual;

    Py_XDECREF(signals);
    Py_XDECREF(handler);
    Py_XDECREF(usual);
    PyErr_Clear();
    return raises;
}

bool core_interrupts_end_this(void)
{
    return in_foreign_thread() && ends_all();
}
