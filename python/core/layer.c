/* layer: the life of a packet object: made, filled from bytes or keywords, changed, freed. */
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
            return core_attr_get(self, (void *)attr);
        if (word == klass->state->words.payload && klass->has_payload)
            return Py_XNewRef(core_layer_payload(layer));
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

uint8_t *core_layer_own(struct core_layer *layer, uint32_t len)
{
    if ((layer->flags & CORE_OWN) != 0 && len == layer->hdr_len)
        return (uint8_t *)(uintptr_t)layer->hdr;
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
    memset(own + kept, 0, len - kept);
    layer->hdr = own;
    layer->hdr_len = len;
    layer->flags |= CORE_OWN;
    return own;
}

/* ---- keywords ---- */

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

/* Words made at run time are not interned. */
static const struct core_attr *attr_spelled(const struct core_class *klass, PyObject *word)
{
    for (size_t i = 0; i < klass->attr_count; i++) {
        if (PyUnicode_CompareWithASCIIString(word, klass->attrs[i].name) == 0)
            return &klass->attrs[i];
    }
    return NULL;
}

const struct core_attr *core_class_attr(const struct core_class *klass, PyObject *word)
{
    const struct core_attr *attr = core_class_word(klass, word);

    return attr != NULL ? attr : attr_spelled(klass, word);
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

static int refuse_keyword(const struct core_class *klass, PyObject *word)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    const char *text = PyUnicode_AsUTF8AndSize(word, NULL);

    for (size_t i = 0; text != NULL && i < klass->attr_count; i++) {
        size_t distance = core_word_distance(text, klass->attrs[i].name);
        if (klass->attrs[i].writable && distance < least) {
            least = distance;
            nearest = klass->attrs[i].name;
        }
    }
    if (text != NULL && nearest != NULL && least <= 3)
        PyErr_Format(PyExc_TypeError, "%s() has no keyword '%U'; did you mean '%s'?", klass->name, word, nearest);
    else if (text != NULL)
        PyErr_Format(PyExc_TypeError, "%s() has no keyword '%U'", klass->name, word);
    return -1;
}

int core_layer_keyword(struct core_layer *layer, PyObject *word, PyObject *value)
{
    const struct core_class *klass = layer->klass;
    const struct core_words *words = &klass->state->words;

    if (word == words->payload && klass->has_payload)
        return core_layer_set_payload(layer, value);
    const struct core_attr *attr = core_class_word(klass, word);
    if (attr != NULL && attr->plain)
        return core_attr_set_fixed(layer, attr, value);
    if (word == words->l7_ports)
        return core_layer_set_ports(layer, value);
    attr = attr != NULL ? attr : attr_spelled(klass, word);
    if (attr != NULL && attr->writable)
        return core_attr_set((PyObject *)layer, value, (void *)attr);
    if (klass->has_payload && PyUnicode_Compare(word, words->payload) == 0)
        return core_layer_set_payload(layer, value);
    if (PyUnicode_Compare(word, words->l7_ports) == 0)
        return core_layer_set_ports(layer, value);
    if (klass == klass->state->pkt || Py_TYPE((PyObject *)layer) != klass->type)
        return PyErr_Occurred() ? -1 : 0;
    return refuse_keyword(klass, word);
}

static int set_keywords(struct core_layer *layer, PyObject *kwargs)
{
    const struct core_words *words = &layer->klass->state->words;
    PyObject *word = NULL;
    PyObject *value = NULL;
    Py_ssize_t at = 0;

    while (PyDict_Next(kwargs, &at, &word, &value)) {
        /* the packet's bytes were taken; an element has none, and may call an attribute so */
        if (word == words->data && !layer->klass->element)
            continue;
        Py_INCREF(value);
        int done = core_layer_keyword(layer, word, value);
        Py_DECREF(value);
        if (done < 0)
            return -1;
    }
    return 0;
}

/* An element's attributes by their position. */
static int set_positions(struct core_layer *layer, PyObject *args)
{
    const struct core_class *klass = layer->klass;
    Py_ssize_t count = PyTuple_Size(args);
    size_t attr = 0;

    for (Py_ssize_t i = 0; i < count; i++, attr++) {
        while (attr < klass->attr_count && !klass->attrs[attr].writable)
            attr++;
        if (attr == klass->attr_count) {
            PyErr_Format(PyExc_TypeError, "%s() takes fewer than %zd arguments", klass->name, count);
            return -1;
        }
        if (core_attr_set((PyObject *)layer, PyTuple_GetItem(args, i), &klass->attrs[attr]) < 0)
            return -1;
    }
    return 0;
}

/* The packet's bytes among the arguments, borrowed; NULL: none. -1 with TypeError. */
static int find_data(struct core_layer *layer, PyObject *args, PyObject *kwargs, PyObject **data)
{
    const struct core_class *klass = layer->klass;
    Py_ssize_t count = PyTuple_Size(args);

    *data = NULL;
    if (klass->element)
        return set_positions(layer, args);
    if (count == 1)
        *data = PyTuple_GetItem(args, 0);
    else if (count == 0 && kwargs != NULL)
        *data = PyDict_GetItemWithError(kwargs, klass->state->words.data);
    if (count > 1 && Py_TYPE((PyObject *)layer) == klass->type && klass != klass->state->pkt) {
        PyErr_Format(PyExc_TypeError,
                     "%s() takes the packet's bytes as its only positional argument, but %zd were given", klass->name,
                     count);
        return -1;
    }
    return *data == NULL && PyErr_Occurred() ? -1 : 0;
}

int core_layer_from_data(struct core_layer *layer, PyObject *data)
{
    const struct core_class *klass = layer->klass;
    PyObject *source = core_bytes_of(data);

    if (source == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s() takes the packet's bytes, not %R", klass->name, Py_TYPE(data));
        return -1;
    }
    Py_ssize_t len = PyBytes_Size(source);
    int done = core_layer_decode(layer, source, (const uint8_t *)PyBytes_AsString(source), (uint32_t)len);
    if (done < 0 && !PyErr_Occurred())
        PyErr_Format(klass->state->packet_error, "%s: %zd bytes are too few for its header", klass->name, len);
    Py_DECREF(source);
    return done;
}

/* Back to what __new__ made. */
static void reset(struct core_layer *layer)
{
    make_blank(layer, layer->klass);
    layer->rest = NULL;
    layer->rest_len = layer->tail_len = 0;
    Py_CLEAR(layer->source);
    Py_CLEAR(layer->payload);
    Py_CLEAR(layer->store);
    Py_CLEAR(layer->l7_ports);
}

int core_layer_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct core_layer *layer = (struct core_layer *)self;
    PyObject *data = NULL;

    if (layer->source != NULL || layer->payload != NULL || layer->store != NULL || (layer->flags & CORE_BUILT) != 0)
        reset(layer);
    if (find_data(layer, args, kwargs, &data) < 0)
        return -1;
    bool derived = Py_TYPE((PyObject *)layer) != layer->klass->type;
    bool ignored = layer->klass == layer->klass->state->pkt || (derived && data != NULL && !PyObject_CheckBuffer(data));
    if (data != NULL && !ignored && core_layer_from_data(layer, data) < 0) {
        reset(layer);
        return -1;
    }
    if (kwargs != NULL && set_keywords(layer, kwargs) < 0)
        return -1;
    if (layer->klass->special->built != NULL && layer->klass->special->built(layer) < 0)
        return -1;
    layer->flags |= CORE_BUILT;
    return 0;
}
