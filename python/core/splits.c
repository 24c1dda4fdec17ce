/* splits: where captures can be cut, for those that read one in parts. */
#include "io.h"

static PyObject *list_parts(const struct spk_splits *splits)
{
    PyObject *list = PyList_New((Py_ssize_t)splits->count);

    for (size_t i = 0; i < splits->count && list != NULL; i++) {
        uint64_t end = i + 1 < splits->count ? splits->begins[i + 1] : splits->size;
        PyObject *part = Py_BuildValue("KK", (unsigned long long)splits->begins[i], (unsigned long long)end);
        if (part == NULL || PyList_SetItem(list, (Py_ssize_t)i, part) < 0)
            Py_CLEAR(list);
    }
    return list;
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
    spk_splits_free(&splits);
    Py_DECREF(path);
    return list;
}

static PyMethodDef functions[] = {
    { "_splits", find_splits, METH_VARARGS, "The parts of a capture, of about so many bytes each." },
    { NULL, NULL, 0, NULL },
};

int core_add_splits(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
