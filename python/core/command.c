/* command: the command within Python, which knows the protocols that Python brought. */
#include "core.h"
#include "run.h"

/* Its words, the first of them its name; borrowed from a list of bytes. NULL with an exception. */
static char **take_words(PyObject *list, int *count)
{
    Py_ssize_t size = PyList_Size(list);
    char **words = size >= 0 && size < INT_MAX ? PyMem_Calloc((size_t)size + 1, sizeof *words) : NULL;

    for (Py_ssize_t i = 0; words != NULL && i < size; i++) {
        words[i] = PyBytes_AsString(PyList_GetItem(list, i));
        if (words[i] == NULL) {
            PyMem_Free((void *)words);
            return NULL;
        }
    }
    if (words == NULL && !PyErr_Occurred())
        PyErr_NoMemory();
    *count = (int)size;
    return words;
}

static PyObject *run_command(PyObject *module, PyObject *list)
{
    struct core_state *state = core_state_of(module);
    int count = 0;
    char **words = take_words(list, &count);
    int code = 0;

    if (words == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS code = spk_cli_run(count, words, state->plugins);
    Py_END_ALLOW_THREADS PyMem_Free((void *)words);
    return PyLong_FromLong(code);
}

static PyMethodDef functions[] = {
    { "_command", run_command, METH_O, NULL },
    { NULL, NULL, 0, NULL },
};

int core_add_command(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
