/* layer: the life of a packet object: made, filled from bytes, changed, freed. */
#include "types.h"

#include <stddef.h>

/*
 * Packet objects come and go: a few freed ones are kept. Only those of the module's own types are, which all have one size;
 * the state is asked of the type, for a class may be gone before its last packet.
 */
static struct core_layer *allocate(const struct core_class *klass)
{
    struct core_state *state = klass->state;

    if (state->spare_count == 0)
        return (struct core_layer *)PyType_GenericAlloc(klass->type, 0);
    struct core_layer *layer = state->spare[--state->spare_count];
    memset(&layer->klass, 0, offsetof(struct core_layer, room) - offsetof(struct core_layer, klass));
    PyObject_Init((PyObject *)layer, klass->type);
    PyObject_GC_Track((PyObject *)layer);
    return layer;
}

static bool is_own_type(PyTypeObject *type)
{
    return PyType_GetSlot(type, Py_tp_dealloc) == (void *)core_layer_dealloc;
}

static void release(struct core_layer *layer, PyTypeObject *type)
{
    struct core_state *state = NULL;

    if (is_own_type(type) && PyErr_Occurred() == NULL) {
        state = PyType_GetModuleState(type);
        if (state == NULL) /* the type is being taken down: it has no module any more */
            PyErr_Clear();
    }
    if (state != NULL && !state->going && state->spare_count < CORE_SPARE)
        state->spare[state->spare_count++] = layer;
    else
        PyObject_GC_Del(layer);
}

void core_layer_free_spare(struct core_state *state)
{
    state->going = true;
    while (state->spare_count > 0)
        PyObject_GC_Del(state->spare[--state->spare_count]);
}

/* As __new__ makes it. */
static inline void make_blank(struct core_layer *layer, const struct core_class *klass)
{
    layer->klass = klass;
    layer->hdr = klass->init;
    layer->hdr_len = klass->init_len;
    layer->next = CORE_NOBODY;
    layer->flags = CORE_UNKNOWN;
}

struct core_layer *core_layer_new(const struct core_class *klass)
{
    struct core_layer *layer = allocate(klass);

    if (layer != NULL)
        make_blank(layer, klass);
    return layer;
}

void core_layer_reset(struct core_layer *layer)
{
    make_blank(layer, layer->klass);
    layer->rest = NULL;
    layer->rest_len = layer->tail_len = 0;
    Py_CLEAR(layer->source);
    Py_CLEAR(layer->payload);
    Py_CLEAR(layer->store);
    Py_CLEAR(layer->l7_ports);
}

/* ---- classes by their types ---- */

static inline size_t slot_of(const struct core_state *state, const PyTypeObject *type)
{
    return ((uintptr_t)type >> 5) * 0x9e3779b1U >> 3 & (state->type_slots - 1);
}

static inline const struct core_class *find_class(const struct core_state *state, const PyTypeObject *type)
{
    for (size_t slot = slot_of(state, type); state->by_type[slot] != NULL;
         slot = (slot + 1) & (state->type_slots - 1)) {
        if (state->by_type[slot]->type == type)
            return state->by_type[slot];
    }
    return NULL;
}

static void put_class(struct core_state *state, struct core_class *klass)
{
    size_t slot = slot_of(state, klass->type);

    while (state->by_type[slot] != NULL)
        slot = (slot + 1) & (state->type_slots - 1);
    state->by_type[slot] = klass;
}

/* Room for so many classes in the table, which is then at most half full. */
static int grow_table(struct core_state *state, size_t count)
{
    struct core_class **old = state->by_type;
    size_t old_slots = state->type_slots;

    if (count * 2 <= old_slots)
        return 0;
    size_t slots = old_slots > 0 ? old_slots * 2 : 512;
    struct core_class **table = PyMem_Calloc(slots, sizeof *table);
    if (table == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    state->by_type = table;
    state->type_slots = slots;
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i] != NULL)
            put_class(state, old[i]);
    }
    PyMem_Free(old);
    return 0;
}

int core_class_register(struct core_state *state, struct core_class *klass)
{
    if (grow_table(state, state->class_count + 1) < 0)
        return -1;
    put_class(state, klass);
    return 0;
}

const struct core_class *core_class_of(const struct core_state *state, PyTypeObject *type)
{
    const struct core_class *klass = find_class(state, type);

    while (klass == NULL && type != NULL) {
        type = PyType_GetSlot(type, Py_tp_base);
        klass = type != NULL ? find_class(state, type) : NULL;
    }
    return klass;
}

bool core_is_layer(const struct core_state *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    return find_class(state, type) != NULL || PyType_IsSubtype(type, state->pkt->type);
}

PyObject *core_layer_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    const struct core_state *state = core_state_of_type(type);
    const struct core_class *klass = state != NULL ? core_class_of(state, type) : NULL;
    struct core_layer *layer = NULL;

    (void)args;
    (void)kwargs;
    if (klass != NULL)
        layer = type == klass->type ? allocate(klass) : (struct core_layer *)PyType_GenericAlloc(type, 0);
    if (layer != NULL)
        make_blank(layer, klass);
    return (PyObject *)layer;
}

/* Told by the type alone: at the interpreter's end the module's state may be gone before the last packet. */
static bool is_link(PyObject *object)
{
    return is_own_type(Py_TYPE(object));
}

/* A chain of payloads is freed link by link, however long it is: not by recursion. */
static void free_chain(struct core_layer *first)
{
    PyObject *next = first->payload;

    first->payload = NULL;
    while (next != NULL && Py_REFCNT(next) == 1 && is_link(next)) {
        PyObject *link = next;
        next = ((struct core_layer *)link)->payload;
        ((struct core_layer *)link)->payload = NULL;
        Py_DECREF(link);
    }
    Py_XDECREF(next);
}

void core_layer_dealloc(PyObject *self)
{
    struct core_layer *layer = (struct core_layer *)self;
    PyTypeObject *type = Py_TYPE(self);

    PyObject_GC_UnTrack(self);
    if (layer->payload != NULL)
        free_chain(layer);
    Py_XDECREF(layer->source);
    Py_XDECREF(layer->l7_ports);
    Py_XDECREF(layer->store);
    if (layer->heap != NULL)
        PyMem_Free(layer->heap);
    release(layer, type);
    Py_DECREF(type);
}

int core_layer_traverse(PyObject *self, visitproc visit, void *arg)
{
    struct core_layer *layer = (struct core_layer *)self;

    Py_VISIT(Py_TYPE(self));
    Py_VISIT(layer->payload);
    Py_VISIT(layer->l7_ports);
    Py_VISIT(layer->store);
    return 0;
}

int core_layer_clear(PyObject *self)
{
    struct core_layer *layer = (struct core_layer *)self;

    Py_CLEAR(layer->payload);
    Py_CLEAR(layer->l7_ports);
    Py_CLEAR(layer->store);
    return 0;
}

/*
 * Attributes of the core's own classes are found by their word, which is a third of the steps that asking the type takes; a
 * derived class is asked as any.
 */
PyObject *core_layer_get(PyObject *self, PyObject *word)
{
    struct core_layer *layer = (struct core_layer *)self;
    const struct core_class *klass = layer->klass;

    if (Py_TYPE(self) == klass->type && klass->settled) {
        const struct core_attr *attr = core_class_word(klass, word);
        if (attr != NULL)
            return attr->read(layer, attr);
    }
    return PyObject_GenericGetAttr(self, word);
}

/* ---- bytes ---- */

int core_layer_decode(struct core_layer *layer, PyObject *source, const uint8_t *data, uint32_t len)
{
    const struct core_class *klass = layer->klass;
    struct spk_layer place = { 0 };
    int done = 0;

    layer->source = Py_XNewRef(source);
    layer->hdr = data;
    layer->flags &= (uint8_t) ~(CORE_OWN | CORE_MELTED | CORE_UNKNOWN);
    if (klass->special->decode != NULL) {
        done = klass->special->decode(layer, data, len);
    } else {
        int next = spk_decode_layer(klass->state->registry, klass->index, data, len, len, &place);
        layer->next = next < 0 ? CORE_NOBODY : (uint16_t)next;
        layer->hdr_len = place.hdr_len;
        layer->rest = data + place.hdr_len;
        layer->rest_len = place.end - place.hdr_len;
        layer->tail_len = len - place.end;
        layer->flags |= (place.flags & SPK_LAYER_SHORT) != 0 ? CORE_SHORT : 0;
        done = place.hdr_len < klass->fixed ? -1 : 0;
    }
    return done;
}

uint8_t *core_layer_own_anew(struct core_layer *layer, uint32_t len)
{
    bool in_heap = layer->heap != NULL && layer->hdr == layer->heap;
    uint32_t kept = layer->hdr_len < len ? layer->hdr_len : len;
    uint8_t *own = in_heap ? layer->heap : layer->room;

    if (in_heap || len > CORE_ROOM) {
        /* what stands there of an earlier header is not this one's */
        own = PyMem_Realloc(layer->heap, len > 0 ? len : 1);
        if (own == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        layer->heap = own;
    }
    if (!in_heap)
        memmove(own, layer->hdr, kept);
    if (len > kept)
        memset(own + kept, 0, len - kept);
    layer->hdr = own;
    layer->hdr_len = len;
    layer->flags |= CORE_OWN;
    return own;
}

/* ---- what the bytes do not hold ---- */

int core_layer_remember(struct core_layer *layer, PyObject *word, PyObject *value)
{
    if (layer->store == NULL)
        layer->store = PyDict_New();
    return layer->store != NULL ? PyDict_SetItem(layer->store, word, value) : -1;
}

PyObject *core_layer_recall(const struct core_layer *layer, PyObject *word)
{
    return layer->store != NULL ? PyDict_GetItemWithError(layer->store, word) : NULL;
}

PyObject *core_layer_value(const struct core_layer *layer, const char *name)
{
    return layer->store != NULL ? PyDict_GetItemString(layer->store, name) : NULL;
}

struct core_attr *core_class_attr_named(const struct core_class *klass, const char *name)
{
    for (size_t i = 0; i < klass->attr_count; i++) {
        if (strcmp(klass->attrs[i].name, name) == 0)
            return &klass->attrs[i];
    }
    return NULL;
}

PyObject *core_layer_ports(struct core_layer *layer)
{
    if (layer->l7_ports == NULL)
        layer->l7_ports = PyDict_New();
    return layer->l7_ports;
}

int core_layer_set_ports(struct core_layer *layer, PyObject *ports)
{
    PyObject *key = NULL;
    PyObject *type = NULL;
    Py_ssize_t at = 0;

    if (ports != Py_None && !PyDict_Check(ports)) {
        PyErr_Format(PyExc_TypeError, "l7_ports is a dict of ports to packet classes, not %R", Py_TYPE(ports));
        return -1;
    }
    while (ports != Py_None && PyDict_Next(ports, &at, &key, &type)) {
        if (!PyType_Check(type) || core_class_of(layer->klass->state, (PyTypeObject *)type) == NULL) {
            PyErr_Format(PyExc_TypeError, "l7_ports: %R is no packet class", type);
            return -1;
        }
    }
    core_replace(&layer->l7_ports, ports == Py_None ? NULL : Py_NewRef(ports));
    return 0;
}
