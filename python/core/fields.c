/* fields: the names that there are, for those who offer every field as a column. */
#include "io.h"

static int append_name(PyObject *names, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    int added = text != NULL ? PyList_Append(names, text) : -1;

    Py_XDECREF(text);
    return added;
}

/* Of every field that can be a column, in the registry's order, then the columns that only a query has. */
static PyObject *list_names(PyObject *module, PyObject *nothing)
{
    const struct spk_registry *registry = core_state_of(module)->registry;
    PyObject *names = PyList_New(0);
    int added = names != NULL ? 0 : -1;

    (void)nothing;
    for (size_t i = 0; i < spk_registry_field_count(registry) && added == 0; i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        if (field->kind != SPK_GROUP)
            added = append_name(names, field->row->name);
    }
    for (size_t i = 0; spk_query_own_row(i) != NULL && added == 0; i++)
        added = append_name(names, spk_query_own_row(i)->name);
    if (added < 0)
        Py_CLEAR(names);
    return names;
}

static PyMethodDef functions[] = {
    { "_fields", list_names, METH_NOARGS, "The names of all fields that can be columns." },
    { NULL, NULL, 0, NULL },
};

int core_add_fields(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
