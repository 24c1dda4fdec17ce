/* payload: the objects of further layers: made when first touched, replaced, followed from one to the next. */
#include "layer.h"

static const struct core_class *class_at(const struct core_state *state, uint16_t index)
{
    /* a protocol whose class could not be made has none */
    return index != CORE_NOBODY && state->classes[index] != NULL ? state->classes[index] : state->null;
}

struct core_layer *core_layer_above(struct core_layer *below, const struct core_class *klass, const uint8_t *data,
                                    uint32_t len)
{
    struct core_layer *layer = core_layer_new(klass);

    if (layer == NULL)
        return NULL;
    layer->depth = (uint8_t)(below->depth + 1);
    layer->flags |= below->flags & (CORE_REGISTRY | CORE_QUOTED);
    if (below->klass->special->opaque)
        layer->flags |= CORE_QUOTED;
    layer->l7_ports = Py_XNewRef(below->l7_ports);
    if (core_layer_decode(layer, below->source, data, len) == 0)
        return layer;
    Py_DECREF((PyObject *)layer);
    return PyErr_Occurred() ? NULL : core_layer_above(below, klass->state->null, data, len);
}

/*
 * A layer that was built says who follows by the header that it has now. Its length, which need not be true yet, does not
 * count: only the front of the payload is looked at.
 */
static uint16_t look_up(struct core_layer *layer)
{
    const struct core_options options = { 0 };
    struct core_layer *again = NULL;
    struct core_bytes bytes;
    uint16_t next = CORE_NOBODY;
    uint32_t front = layer->rest_len < 4 ? layer->rest_len : 4;

    core_bytes_begin(&bytes);
    if (layer->klass->proto != NULL && core_header_bytes(layer, &options, &bytes) == 0
        && core_bytes_add(&bytes, layer->rest, front) != NULL)
        again = core_layer_new(layer->klass);
    if (again != NULL) {
        again->flags |= layer->flags & CORE_REGISTRY;
        if (core_layer_decode(again, NULL, bytes.data, (uint32_t)bytes.len) == 0)
            next = again->next;
        Py_DECREF((PyObject *)again);
    }
    /* a header that cannot be made has nobody above it; making bytes of it says why */
    PyErr_Clear();
    core_bytes_free(&bytes);
    return next;
}

/* Bytes that a layer of a known class takes; what that class leaves over is this layer's tail. */
static PyObject *decode_as(struct core_layer *layer, const struct core_class *klass)
{
    struct core_layer *above = core_layer_above(layer, klass, layer->rest, layer->rest_len);

    if (above != NULL) {
        layer->rest_len -= above->tail_len;
        layer->tail_len += above->tail_len;
        above->tail_len = 0;
    }
    return (PyObject *)above;
}

/* What stands for a payload where there is none. */
static PyObject *no_payload(const struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    bool raw = layer->klass->special->above != NULL || layer->klass->special->opaque;

    return (PyObject *)core_layer_new(raw ? state->null : state->pkt);
}

PyObject *core_layer_payload(struct core_layer *layer)
{
    const struct core_special *special = layer->klass->special;

    if (layer->payload != NULL)
        return layer->payload;
    if (layer->rest_len == 0) {
        layer->payload = no_payload(layer);
        return layer->payload;
    }
    PyObject *made = NULL;
    /* a class of the caller's may do away with all that leads here */
    Py_INCREF((PyObject *)layer);
    if (layer->depth >= CORE_DEPTH_MAX || (layer->flags & CORE_SHORT) != 0) {
        made = decode_as(layer, layer->klass->state->null);
    } else if (special->above != NULL && (special->entry || (layer->flags & CORE_REGISTRY) == 0)) {
        made = special->above(layer);
    } else {
        if ((layer->flags & CORE_UNKNOWN) != 0) {
            layer->next = look_up(layer);
            layer->flags &= (uint8_t)~CORE_UNKNOWN;
        }
        made = decode_as(layer, class_at(layer->klass->state, layer->next));
    }
    /* or have looked at this layer meanwhile */
    bool done = made != NULL;
    if (layer->payload == NULL)
        layer->payload = made;
    else
        Py_XDECREF(made);
    PyObject *payload = done ? layer->payload : NULL;
    Py_DECREF((PyObject *)layer);
    return payload;
}

PyObject *core_payload_of_class(struct core_layer *layer, const struct core_class *klass)
{
    return decode_as(layer, klass);
}

/* What an object has as its payload, where that is a layer: a new reference, or NULL. */
static PyObject *layer_above(const struct core_state *state, PyObject *object)
{
    struct core_layer *layer = (struct core_layer *)object;
    PyObject *payload = NULL;

    if (layer->klass->special->opaque)
        return NULL;
    if (layer->klass->has_payload) {
        payload = Py_XNewRef(core_layer_payload(layer));
    } else if (Py_TYPE(object) != layer->klass->type) {
        /* a class of the caller's: what it calls its payload */
        payload = PyObject_GetAttr(object, state->words.payload);
        if (payload == NULL && PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Clear();
    }
    if (payload != NULL && !core_is_layer(state, payload))
        Py_CLEAR(payload);
    return payload;
}

void core_chain_begin(struct core_chain *chain, PyObject *first)
{
    chain->state = ((struct core_layer *)first)->klass->state;
    chain->at = Py_NewRef(first);
    chain->steps = 0;
}

void core_chain_step(struct core_chain *chain)
{
    PyObject *at = chain->at;

    chain->at = ++chain->steps < CORE_CHAIN_MAX ? layer_above(chain->state, at) : NULL;
    Py_DECREF(at);
}

void core_chain_end(struct core_chain *chain)
{
    Py_CLEAR(chain->at);
}

/* Whether a layer is reached from an object: a packet must not hold itself. Payloads not made yet cannot lead there. */
static int reaches(PyObject *object, const struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    unsigned foreign = 0;
    int found = 0;

    Py_INCREF(object);
    while (object != NULL && found == 0) {
        struct core_layer *at = (struct core_layer *)object;
        bool ours = at->klass->has_payload || at->klass->special->opaque;
        PyObject *next = NULL;
        found = at == layer;
        if (ours && at->payload != NULL && core_is_layer(state, at->payload))
            next = Py_NewRef(at->payload);
        else if (!ours && ++foreign < CORE_CHAIN_MAX)
            next = layer_above(state, object);
        Py_DECREF(object);
        object = next;
    }
    Py_XDECREF(object);
    return PyErr_Occurred() ? -1 : found;
}

int core_layer_set_payload(struct core_layer *layer, PyObject *payload)
{
    const struct core_state *state = layer->klass->state;

    if (payload == Py_None || core_is_layer(state, payload)) {
        /* a layer with one reference, the caller's, is no payload of anybody's; but that may be the payload's as well */
        bool alone = Py_REFCNT((PyObject *)layer) == 1 && payload != (PyObject *)layer;
        int cycle = payload == Py_None || alone ? 0 : reaches(payload, layer);
        if (cycle > 0)
            PyErr_SetString(PyExc_ValueError, "a packet cannot be its own payload");
        if (cycle != 0)
            return -1;
        /* what lies behind the old payload stays behind the new one */
        if (layer->payload == NULL && layer->rest_len > 0 && core_layer_payload(layer) == NULL)
            return -1;
        core_replace(&layer->payload, Py_NewRef(payload));
        return 0;
    }
    PyObject *bytes = core_bytes_of(payload);
    if (bytes == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s.payload takes a packet, bytes or None, not %R", layer->klass->name,
                         Py_TYPE(payload));
        return -1;
    }
    int done = core_layer_own(layer, layer->hdr_len) != NULL ? 0 : -1;
    if (done == 0 && layer->tail_len > 0) {
        PyObject *trailer = PyBytes_FromStringAndSize((const char *)layer->rest + layer->rest_len, layer->tail_len);
        done = trailer != NULL ? core_layer_remember(layer, state->words.trailer, trailer) : -1;
        Py_XDECREF(trailer);
    }
    if (done == 0) {
        Py_CLEAR(layer->payload);
        core_replace(&layer->source, Py_NewRef(bytes));
        layer->rest = (const uint8_t *)PyBytes_AsString(bytes);
        layer->rest_len = (uint32_t)PyBytes_Size(bytes);
        layer->tail_len = 0;
        layer->flags = (uint8_t)((layer->flags | CORE_UNKNOWN) & ~CORE_SHORT);
    }
    Py_DECREF(bytes);
    return done;
}
