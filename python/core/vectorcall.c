/*
 * vectorcall: calls of the packet classes reach core_layer_call with their arguments as they stand, where else the
 * interpreter makes a tuple and a dictionary for each call (PEP 590).
 *
 * The stable ABI has a slot for it from Python 3.14 on. In 3.11 to 3.13 a type has the field and no slot leads to it, so
 * this file alone looks into a type: it takes the field's place from the headers of one of these versions, which all lay it
 * out alike, as each of them does for good. A build with other headers leaves classes in these versions as they are:
 * slower, and the same in all else.
 */
#undef Py_LIMITED_API
#include "types.h"

enum { SLOT = 82, FIRST_WITH_SLOT = 0x030e0000 };

static PyObject *call(PyObject *type, PyObject *const *values, size_t count, PyObject *names)
{
    return core_layer_call(type, values, PyVectorcall_NARGS(count), names);
}

PyType_Slot core_vectorcall_slot(void)
{
    return Py_Version >= FIRST_WITH_SLOT ? (PyType_Slot){ SLOT, (void *)call } : (PyType_Slot){ 0, NULL };
}

void core_vectorcall_put(PyTypeObject *type)
{
#if PY_VERSION_HEX < 0x030e0000
    if (Py_Version < FIRST_WITH_SLOT)
        type->tp_vectorcall = call;
#else
    (void)type;
#endif
}
