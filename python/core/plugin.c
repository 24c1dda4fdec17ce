/* plugin: protocols that came at run time, which become classes like all others. */
#include "core.h"

#include <stdlib.h>

PyObject *core_take_up(struct core_state *state)
{
    size_t known = spk_registry_proto_count(state->registry);
    const struct spk_registry *registry = spk_plugins_registry(state->plugins);

    if (core_check_new_classes(state, registry, known) < 0) {
        spk_plugins_take_back(state->plugins, state->registry);
        return NULL;
    }
    state->registry = registry;
    return core_add_new_classes(state, known);
}

static PyObject *load_plugin(PyObject *module, PyObject *arg)
{
    struct core_state *state = core_state_of(module);
    struct spk_error error;
    PyObject *path = NULL;

    if (!PyUnicode_FSConverter(arg, &path))
        return NULL;
    enum spk_status status = spk_plugins_load(state->plugins, PyBytes_AsString(path), &error);
    PyObject *made = status == SPK_OK ? core_take_up(state) : core_raise(state, &error);
    Py_DECREF(path);
    return made;
}

/* The file that a class's protocol came from, or None. */
static PyObject *origin_of(PyObject *module, PyObject *arg)
{
    struct core_state *state = core_state_of(module);
    const char *name = PyUnicode_AsUTF8AndSize(arg, NULL);
    const struct spk_proto *proto = name != NULL ? spk_registry_find(state->registry, name) : NULL;
    const char *origin = proto != NULL ? spk_plugins_origin(state->plugins, proto) : NULL;

    if (name == NULL)
        return NULL;
    return origin != NULL ? PyUnicode_DecodeFSDefault(origin) : Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    { "_load_plugin", load_plugin, METH_O, NULL },
    { "_origin", origin_of, METH_O, NULL },
    { NULL, NULL, 0, NULL },
};

int core_add_plugins(PyObject *module)
{
    struct core_state *state = core_state_of(module);
    const char *list = getenv("STEELPKT_PLUGIN_PATH");
    struct spk_error error;

    if (PyModule_AddFunctions(module, functions) < 0)
        return -1;
    if (list == NULL)
        return 0;
    if (spk_plugins_load_path(state->plugins, list, &error) != SPK_OK) {
        core_raise(state, &error);
        return -1;
    }
    PyObject *made = core_take_up(state);
    Py_XDECREF(made);
    return made != NULL ? 0 : -1;
}
