/* splits: where captures can be cut, for those that read one in parts, and the part that one of them asks for. */
#include "io.h"
#include "query.h"

/* Of the places that tell of interfaces those that a part must know: not behind its beginning. */
static PyObject *list_tells(const struct spk_splits *splits, uint64_t begin)
{
    size_t count = 0;

    while (count < splits->tell_count && splits->tells[count] <= begin)
        count++;
    PyObject *tells = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; i < count && tells != NULL; i++) {
        PyObject *at = PyLong_FromUnsignedLongLong(splits->tells[i]);
        if (at == NULL || PyTuple_SetItem(tells, (Py_ssize_t)i, at) < 0)
            Py_CLEAR(tells);
    }
    return tells;
}

static PyObject *list_parts(const struct spk_splits *splits)
{
    PyObject *list = PyList_New((Py_ssize_t)splits->count);

    for (size_t i = 0; i < splits->count && list != NULL; i++) {
        uint64_t end = i + 1 < splits->count ? splits->begins[i + 1] : splits->size;
        PyObject *part = Py_BuildValue("KKN", (unsigned long long)splits->begins[i], (unsigned long long)end,
                                       list_tells(splits, splits->begins[i]));
        if (part == NULL || PyList_SetItem(list, (Py_ssize_t)i, part) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* The exception that is set gets what was found before the damage. */
static void add_partial(const struct spk_splits *splits)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *partial = list_parts(splits);
    if (partial == NULL || PyObject_SetAttrString(value, "partial", partial) < 0)
        PyErr_Clear();
    Py_XDECREF(partial);
    PyErr_Restore(type, value, traceback);
}

static PyObject *find_splits(PyObject *module, PyObject *args)
{
    PyObject *path;
    unsigned long long size;
    struct spk_splits splits;
    struct spk_error error;
    enum spk_status status;

    if (!PyArg_ParseTuple(args, "O&K:_splits", PyUnicode_FSConverter, &path, &size))
        return NULL;
    const char *name = PyBytes_AsString(path);
    Py_BEGIN_ALLOW_THREADS;
    status = spk_splits_find(name, size, &splits, &error);
    Py_END_ALLOW_THREADS;
    PyObject *list = status == SPK_OK ? list_parts(&splits) : core_raise(core_state_of(module), &error);
    if (list == NULL && splits.count > 0)
        add_partial(&splits);
    spk_splits_free(&splits);
    Py_DECREF(path);
    return list;
}

int core_take_part(PyObject *from, struct core_part *to)
{
    unsigned long long begin, end;
    PyObject *tells;

    if (from == Py_None)
        return 0;
    if (!PyTuple_Check(from)) {
        PyErr_SetString(PyExc_TypeError, "a part is (begin, end, tells)");
        return -1;
    }
    if (!PyArg_ParseTuple(from, "KKO!;a part is (begin, end, tells)", &begin, &end, &PyTuple_Type, &tells))
        return -1;
    Py_ssize_t count = PyTuple_Size(tells);
    to->tells = PyMem_Calloc((size_t)count + 1, sizeof to->tells[0]);
    if (to->tells == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        to->tells[i] = PyLong_AsUnsignedLongLong(PyTuple_GetItem(tells, i));
    to->part = (struct spk_part){ .begin = begin, .end = end, .tells = to->tells, .tell_count = (size_t)count };
    to->asked = true;
    return PyErr_Occurred() ? -1 : 0;
}

static PyMethodDef functions[] = {
    { "_splits", find_splits, METH_VARARGS, "The parts of a capture, of about so many bytes each." },
    { NULL, NULL, 0, NULL },
};

int core_add_splits(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
