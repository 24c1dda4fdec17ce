/* copy: packets to state and back, for copy and pickle. */
#include "types.h"

enum { KEPT_FLAGS = CORE_MELTED | CORE_REGISTRY | CORE_SHORT | CORE_UNKNOWN };

/* Of a list's element also whether it was edited; a header becomes borrowed. */
static int kept_flags(const struct core_layer *layer)
{
    return layer->klass->element ? KEPT_FLAGS | CORE_OWN : KEPT_FLAGS;
}

static PyObject *none_for(PyObject *object)
{
    return object != NULL ? object : Py_None;
}

/* (header, payload bytes, bytes behind, what follows, flags, payload, l7_ports, store, __dict__) */
PyObject *core_pkt_reduce(PyObject *self, PyObject *unused)
{
    struct core_layer *layer = (struct core_layer *)self;
    PyObject *own = NULL;
    int flags = layer->flags & kept_flags(layer);

    (void)unused;
    if (Py_TYPE(self) != layer->klass->type) {
        own = PyObject_GetAttrString(self, "__dict__");
        if (own == NULL)
            PyErr_Clear();
    }
    PyObject *state = Py_BuildValue("y#y#y#HiOOOO", layer->hdr, (Py_ssize_t)layer->hdr_len, layer->rest,
                                    layer->payload == NULL ? (Py_ssize_t)layer->rest_len : 0,
                                    layer->rest != NULL ? layer->rest + layer->rest_len : NULL,
                                    (Py_ssize_t)layer->tail_len, layer->next, flags, none_for(layer->payload),
                                    none_for(layer->l7_ports), none_for(layer->store), none_for(own));
    Py_XDECREF(own);
    PyObject *module = state != NULL ? PyImport_ImportModule("copyreg") : NULL;
    PyObject *make = module != NULL ? PyObject_GetAttrString(module, "__newobj__") : NULL;
    PyObject *reduced = make != NULL ? Py_BuildValue("O(O)O", make, Py_TYPE(self), state) : NULL;
    Py_XDECREF(make);
    Py_XDECREF(module);
    Py_XDECREF(state);
    return reduced;
}

static PyObject *part(PyObject *state, Py_ssize_t index)
{
    return PyTuple_GetItem(state, index);
}

/* No header is shorter: its fields are read without a further look. */
static uint32_t least_len(const struct core_class *klass)
{
    return klass->special->least > 0 ? klass->special->least : klass->fixed;
}

/* The three pieces of bytes, as one that the layer borrows from. */
static int set_bytes(struct core_layer *layer, PyObject *state)
{
    PyObject *whole = PyBytes_FromStringAndSize(NULL, 0);
    uint32_t lens[3] = { 0 };

    for (int i = 0; i < 3 && whole != NULL; i++) {
        PyObject *piece = part(state, i);
        if (piece == Py_None)
            continue;
        if (!PyBytes_Check(piece) || PyBytes_Size(piece) > INT32_MAX / 4) {
            PyErr_SetString(PyExc_TypeError, "not the state of a packet");
            Py_CLEAR(whole);
            continue;
        }
        lens[i] = (uint32_t)PyBytes_Size(piece);
        PyBytes_Concat(&whole, piece);
    }
    if (whole != NULL && lens[0] < least_len(layer->klass)) {
        PyErr_SetString(PyExc_TypeError, "not the state of a packet");
        Py_CLEAR(whole);
    }
    if (whole == NULL)
        return -1;
    core_replace(&layer->source, whole);
    layer->hdr = (const uint8_t *)PyBytes_AsString(whole);
    layer->rest = layer->hdr + lens[0];
    layer->hdr_len = lens[0];
    layer->rest_len = lens[1];
    layer->tail_len = lens[2];
    return 0;
}

PyObject *core_pkt_setstate(PyObject *self, PyObject *state)
{
    struct core_layer *layer = (struct core_layer *)self;
    long next = 0;
    long flags = 0;

    if (!PyTuple_Check(state) || PyTuple_Size(state) != 9) {
        PyErr_SetString(PyExc_TypeError, "not the state of a packet");
        return NULL;
    }
    PyObject *payload = part(state, 5);
    PyObject *ports = part(state, 6);
    PyObject *store = part(state, 7);
    PyObject *own = part(state, 8);
    next = PyLong_AsLong(part(state, 3));
    flags = PyErr_Occurred() ? 0 : PyLong_AsLong(part(state, 4));
    if (PyErr_Occurred())
        return NULL;
    bool good = (ports == Py_None || PyDict_Check(ports)) && (store == Py_None || PyDict_Check(store))
                && (own == Py_None || PyDict_Check(own))
                && (payload == Py_None || core_is_layer(layer->klass->state, payload));
    if (!good) {
        PyErr_SetString(PyExc_TypeError, "not the state of a packet");
        return NULL;
    }
    if (set_bytes(layer, state) < 0)
        return NULL;
    bool known = next >= 0 && (size_t)next < spk_registry_proto_count(layer->klass->state->registry)
                 && layer->klass->state->classes[next] != NULL;
    layer->next = known ? (uint16_t)next : CORE_NOBODY;
    layer->flags = (uint8_t)((flags & kept_flags(layer)) | CORE_BUILT);
    if (store == Py_None || layer->klass->shape != CORE_VARIED)
        layer->flags &= (uint8_t)~CORE_MELTED;
    Py_CLEAR(layer->payload);
    core_replace(&layer->l7_ports, ports == Py_None ? NULL : Py_NewRef(ports));
    Py_CLEAR(layer->store);
    if (store != Py_None && (layer->store = PyDict_Copy(store)) == NULL)
        return NULL;
    uint32_t rest_len = layer->rest_len;
    layer->rest_len = 0;
    if (payload != Py_None && core_layer_set_payload(layer, payload) < 0)
        return NULL;
    layer->rest_len = rest_len;
    if (own != Py_None) {
        PyObject *dict = PyObject_GetAttrString(self, "__dict__");
        int done = dict != NULL ? PyDict_Update(dict, own) : -1;
        Py_XDECREF(dict);
        if (done < 0)
            return NULL;
    }
    return Py_NewRef(Py_None);
}
