/*
 * core: the extension module steelpkt._core, as its files see each other. It is written against the stable ABI of Python
 * 3.11 and includes nothing of the library but <steelpkt.h>: what Python can do, a C program can.
 *
 * One file a group of classes. Each such file has one function core_add_NAME, called once when the module is made, which
 * adds its types to the module and keeps in struct core_state what the other files need.
 */
#ifndef STEELPKT_CORE_H
#define STEELPKT_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <steelpkt.h>

/* What one module object knows. Objects keep a pointer to it, for a class derived in Python does not lead to the module. */
struct core_state {
    const struct spk_registry *registry;
    PyObject *packet_error; /* PacketError: a packet that is no packet */
    PyTypeObject *record_type, *reader_type, *live_type;
    PyObject *array_type; /* array.array, once it was needed */
};

/* The state of a module object. */
struct core_state *core_state_of(PyObject *module);

/* ---- convert.c: values and errors ---- */

/*
 * A value as Python has it: int, bool, an address as str, bytes, text as str (octets that are no UTF-8 as surrogates),
 * times in nanoseconds as int, None for presence. A new reference, or NULL with an exception.
 */
PyObject *core_from_value(const struct spk_value *value);

/*
 * Sets the exception that an error of the library means: OSError where the operating system refused, MemoryError,
 * PacketError for damaged input, else ValueError. Gives NULL.
 */
void *core_raise(const struct core_state *state, const struct spk_error *error);

#endif
