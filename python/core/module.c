/* module: steelpkt._core itself: multi-phase initialisation, the state of a module object, and what it is made of. */
#include "io.h"
#include "layer.h"
#include "table.h"
#include "types.h"

static struct PyModuleDef definition;

struct core_state *core_state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

/* A class derived in Python leads to no module, but its bases do; other modules' types have states of their own. */
struct core_state *core_state_of_type(PyTypeObject *type)
{
    for (PyTypeObject *at = type; at != NULL; at = PyType_GetSlot(at, Py_tp_base)) {
        PyObject *module = PyType_GetModule(at);
        if (module != NULL && PyModule_GetDef(module) == &definition)
            return PyModule_GetState(module);
        PyErr_Clear();
    }
    PyErr_Format(PyExc_TypeError, "%R is not derived from a type of steelpkt's", type);
    return NULL;
}

void *core_object_new(PyTypeObject *type)
{
    return ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
}

void core_object_free(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

/* PacketError is a ValueError, and what scripts written for the struct module's errors expect too. */
static int add_errors(PyObject *module, struct core_state *state)
{
    PyObject *structs = PyImport_ImportModule("struct");
    PyObject *struct_error = structs != NULL ? PyObject_GetAttrString(structs, "error") : NULL;
    PyObject *bases = struct_error != NULL ? PyTuple_Pack(2, PyExc_ValueError, struct_error) : NULL;

    PyObject *plain = bases != NULL ? Py_BuildValue("{sO}", "offset", Py_None) : NULL;

    if (plain != NULL) {
        state->packet_error =
            PyErr_NewExceptionWithDoc("steelpkt.PacketError",
                                      "The bytes are no packet of the class, or too few for its header; or a capture "
                                      "is damaged: offset is the byte\n"
                                      "of the file at which that shows. It is None where no file is at fault.",
                                      bases, plain);
    }
    Py_XDECREF(plain);
    Py_XDECREF(bases);
    Py_XDECREF(struct_error);
    Py_XDECREF(structs);
    return state->packet_error != NULL ? PyModule_AddObjectRef(module, "PacketError", state->packet_error) : -1;
}

static int add_words(struct core_words *words)
{
    static const char *const texts[] = { CORE_WORDS };
    PyObject **word = &words->data;

    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        word[i] = PyUnicode_InternFromString(texts[i]);
        if (word[i] == NULL)
            return -1;
    }
    return 0;
}

static int exec_module(PyObject *module)
{
    struct core_state *state = core_state_of(module);

    state->registry = spk_registry_default();
    if (state->registry == NULL || spk_plugins_new(state->registry, &state->plugins) != SPK_OK) {
        PyErr_NoMemory();
        return -1;
    }
    if (PyModule_AddStringConstant(module, "__version__", spk_version()) < 0)
        return -1;
    if (add_words(&state->words) < 0 || add_errors(module, state) < 0 || core_add_ip4ph(module, state) < 0
        || core_add_classes(module, state) < 0 || core_add_decode(module) < 0)
        return -1;
    if (core_add_record(module, state) < 0 || core_add_reader(module, state) < 0 || core_add_writer(module, state) < 0
        || core_add_live(module, state) < 0 || core_add_devices(module) < 0 || core_add_scan(module) < 0
        || core_add_tutorial(module) < 0 || core_add_query(module, state) < 0 || core_add_splits(module) < 0
        || core_add_fields(module) < 0 || core_add_tables(module) < 0 || core_add_command(module) < 0)
        return -1;
    return core_add_plugins(module);
}

static int traverse_module(PyObject *module, visitproc visit, void *arg)
{
    struct core_state *state = core_state_of(module);

    Py_VISIT(state->packet_error);
    Py_VISIT(state->record_type);
    Py_VISIT(state->reader_type);
    Py_VISIT(state->live_type);
    Py_VISIT(state->pass_type);
    Py_VISIT(state->array_desk);
    Py_VISIT(state->ip4ph);
    Py_VISIT(state->pkt2net);
    for (size_t i = 0; i < state->class_count; i++) {
        if (state->classes[i] != NULL)
            Py_VISIT(state->classes[i]->type);
    }
    return 0;
}

static int clear_module(PyObject *module)
{
    struct core_state *state = core_state_of(module);

    core_layer_free_spare(state); /* to free an object, its type is asked: before the types go */
    Py_CLEAR(state->packet_error);
    Py_CLEAR(state->record_type);
    Py_CLEAR(state->reader_type);
    Py_CLEAR(state->live_type);
    Py_CLEAR(state->pass_type);
    if (state->desk.obj != NULL)
        PyBuffer_Release(&state->desk);
    Py_CLEAR(state->array_desk);
    Py_CLEAR(state->ip4ph);
    Py_CLEAR(state->pkt2net);
    for (size_t i = 0; i < state->class_count; i++) {
        if (state->classes[i] != NULL)
            Py_CLEAR(state->classes[i]->type);
    }
    return 0;
}

/* Objects keep their class, classes the module: when it goes, there are none left. */
static void free_module(void *module)
{
    struct core_state *state = core_state_of(module);
    PyObject **word = &state->words.data;

    clear_module(module);
    for (size_t i = 0; i < SPK_COUNT_OF(state->texts); i++)
        Py_CLEAR(state->texts[i].text);
    for (size_t i = 0; i < SPK_COUNT_OF(state->parsed); i++)
        Py_CLEAR(state->parsed[i].text);
    for (size_t i = 0; i < sizeof state->words / sizeof *word; i++)
        Py_CLEAR(word[i]);
    core_free_classes(state);
    spk_plugins_free(state->plugins);
    core_free_tables(state);
}

static PyModuleDef_Slot slots[] = { { Py_mod_exec, (void *)exec_module }, { 0, NULL } };

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "steelpkt._core",
    .m_doc = "The C core of steelpkt; use it through the package steelpkt.",
    .m_size = sizeof(struct core_state),
    .m_slots = slots,
    .m_traverse = traverse_module,
    .m_clear = clear_module,
    .m_free = free_module,
};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
