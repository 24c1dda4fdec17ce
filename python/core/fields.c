/* fields: the names that there are, for those who offer every field as a column. */
#include "io.h"

static int append_name(PyObject *names, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    int added = text != NULL ? PyList_Append(names, text) : -1;

    Py_XDECREF(text);
    return added;
}

/* Names of fields in the registry's order: of those of groups, or of the others. NULL: an exception is set. */
static PyObject *names_of(PyObject *module, bool groups)
{
    const struct spk_registry *registry = core_state_of(module)->registry;
    PyObject *names = PyList_New(0);

    for (size_t i = 0; i < spk_registry_field_count(registry) && names != NULL; i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        if ((field->kind == SPK_GROUP) == groups && append_name(names, field->row->name) < 0)
            Py_CLEAR(names);
    }
    return names;
}

static PyObject *list_names(PyObject *module, PyObject *nothing)
{
    PyObject *names = names_of(module, false);

    (void)nothing;
    for (size_t i = 0; spk_query_own_row(i) != NULL && names != NULL; i++) {
        if (append_name(names, spk_query_own_row(i)->name) < 0)
            Py_CLEAR(names);
    }
    return names;
}

static PyObject *list_groups(PyObject *module, PyObject *nothing)
{
    (void)nothing;
    return names_of(module, true);
}

static PyMethodDef functions[] = {
    { "_fields", list_names, METH_NOARGS, "The names of all fields, and of the columns that only a query has." },
    { "_groups", list_groups, METH_NOARGS, "The names of groups, whose columns are lists of structs." },
    { NULL, NULL, 0, NULL },
};

int core_add_fields(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
