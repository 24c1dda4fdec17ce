/* decode: the function steelpkt.decode: layers as the library finds them, whatever the tutorial's classes would do. */
#include "layer.h"

PyObject *core_decode(struct core_state *state, PyObject *data, uint16_t link)
{
    const struct spk_proto *proto = spk_registry_at(state->registry, "link", link);
    PyObject *source = core_bytes_of(data);
    struct core_layer *layer = source != NULL ? core_layer_new(core_class_of_proto(state, proto)) : NULL;

    for (int tries = 0; layer != NULL && tries < 2; tries++) {
        layer->flags |= CORE_REGISTRY;
        if (core_layer_decode(layer, source, (const uint8_t *)PyBytes_AsString(source), (uint32_t)PyBytes_Size(source))
            == 0)
            break;
        /* too few for the link type's header */
        Py_DECREF((PyObject *)layer);
        layer = PyErr_Occurred() ? NULL : core_layer_new(state->null);
    }
    Py_XDECREF(source);
    return (PyObject *)layer;
}

static PyObject *decode(PyObject *module, PyObject *args, PyObject *kwargs)
{
    char data_word[] = "data";
    char link_word[] = "link_type";
    char *words[] = { data_word, link_word, NULL };
    PyObject *data = NULL;
    unsigned short link = SPK_LINK_ETHERNET;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|H", words, &data, &link))
        return NULL;
    return core_decode(core_state_of(module), data, link);
}

static PyMethodDef functions[] = {
    { "decode", (PyCFunction)(void (*)(void))decode, METH_VARARGS | METH_KEYWORDS,
      "decode(data, link_type=1)\n--\n\nA packet from bytes, by the capture's link type (1: Ethernet). Each tag is a "
      "layer, "
      "and ports say what TCP and UDP carry. What cannot be decoded is a NullPkt." },
    { "_element", core_element_named, METH_O, NULL },
    { NULL, NULL, 0, NULL },
};

int core_add_decode(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
