/* pkt: what every packet class inherits from PKT: layers, fields, bytes, comparison. Texts are made in steelpkt/_text.py. */
#include "types.h"

static inline const struct core_state *state_in(PyObject *self)
{
    return ((struct core_layer *)self)->klass->state;
}

/* ---- layers ---- */

static PyObject *name_of(PyObject *object)
{
    struct core_layer *layer = (struct core_layer *)object;
    PyObject *own = core_layer_recall(layer, layer->klass->state->words.pkt_name);

    return own != NULL ? own : layer->klass->pkt_name;
}

static long type_of(PyObject *object)
{
    struct core_layer *layer = (struct core_layer *)object;
    PyObject *own = core_layer_recall(layer, layer->klass->state->words.pq_type);

    return own != NULL ? PyLong_AsLong(own) : layer->klass->pq_type;
}

/* What get_layer looks for: a name, or a number where name is NULL. */
struct wanted {
    PyObject *name;
    long type;
    Py_ssize_t instance, found;
};

static int matches(const struct wanted *wanted, PyObject *object)
{
    if (wanted->name == NULL)
        return type_of(object) == wanted->type;
    PyObject *name = name_of(object);
    if (name == wanted->name)
        return 1;
    int order = name != NULL && name != Py_None ? PyUnicode_Compare(name, wanted->name) : 1;
    return order == 0;
}

/* A class of the caller's may look for layers in its own way. */
static PyObject *ask_derived(PyObject *object, const struct wanted *wanted)
{
    const struct core_state *state = state_in(object);
    PyObject *word = wanted->name != NULL ? state->words.get_layer : state->words.get_layer_by_type;

    if (Py_TYPE(object) == ((struct core_layer *)object)->klass->type)
        return NULL;
    PyObject *method = PyObject_GetAttr((PyObject *)Py_TYPE(object), word);
    PyObject *own = PyObject_GetAttr((PyObject *)state->pkt->type, word);
    PyObject *found = NULL;
    if (method != NULL && own != NULL && method != own) {
        PyObject *what = wanted->name != NULL ? Py_NewRef(wanted->name) : PyLong_FromLong(wanted->type);
        if (what != NULL)
            found = PyObject_CallMethod(object, wanted->name != NULL ? "get_layer" : "get_layer_by_type", "Onn", what,
                                        wanted->instance, wanted->found);
        Py_XDECREF(what);
    }
    Py_XDECREF(method);
    Py_XDECREF(own);
    return found;
}

static PyObject *find_layer(PyObject *self, struct wanted wanted)
{
    struct core_chain chain;
    PyObject *found = NULL;

    core_chain_begin(&chain, self);
    while (chain.at != NULL) {
        found = chain.at != self ? ask_derived(chain.at, &wanted) : NULL;
        if (found == NULL && !PyErr_Occurred() && matches(&wanted, chain.at) && ++wanted.found == wanted.instance)
            found = Py_NewRef(chain.at);
        if (found != NULL || PyErr_Occurred())
            break;
        core_chain_step(&chain);
    }
    core_chain_end(&chain);
    return found != NULL || PyErr_Occurred() ? found : (PyObject *)core_layer_new(state_in(self)->null);
}

/* The arguments of both: what, instance=1, found=0. */
static int parse_wanted(const char *what, PyObject *const *args, Py_ssize_t count, PyObject *names, PyObject **object,
                        struct wanted *wanted)
{
    static const char *const words[] = { NULL, "instance", "found" };
    PyObject *given[3] = { NULL };
    Py_ssize_t named = names != NULL ? PyTuple_Size(names) : 0;

    if (count > 3) {
        PyErr_Format(PyExc_TypeError, "at most 3 arguments, not %zd", count);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        given[i] = args[i];
    for (Py_ssize_t i = 0; i < named; i++) {
        PyObject *name = PyTuple_GetItem(names, i);
        int slot = 0;
        while (slot < 3 && PyUnicode_CompareWithASCIIString(name, slot == 0 ? what : words[slot]) != 0)
            slot++;
        if (slot == 3 || given[slot] != NULL) {
            PyErr_Format(PyExc_TypeError, "unexpected argument '%U'", name);
            return -1;
        }
        given[slot] = args[count + i];
    }
    if (given[0] == NULL) {
        PyErr_Format(PyExc_TypeError, "argument '%s' is missing", what);
        return -1;
    }
    *object = given[0];
    wanted->instance = given[1] != NULL ? PyLong_AsSsize_t(given[1]) : 1;
    wanted->found = given[2] != NULL && !PyErr_Occurred() ? PyLong_AsSsize_t(given[2]) : 0;
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *get_layer(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    struct wanted wanted = { .instance = 1 };
    PyObject *object = count == 1 ? args[0] : NULL;

    if ((count != 1 || names != NULL) && parse_wanted("name", args, count, names, &object, &wanted) < 0)
        return NULL;
    wanted.name = core_to_name(object, "a layer's name");
    if (wanted.name == NULL)
        return NULL;
    PyObject *found = find_layer(self, wanted);
    Py_DECREF(wanted.name);
    return found;
}

static PyObject *get_layer_by_type(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    struct wanted wanted = { .instance = 1 };
    PyObject *object = NULL;
    uint64_t type = 0;

    if (parse_wanted("pq_type", args, count, names, &object, &wanted) < 0
        || core_to_number(object, 16, "pq_type", &type) < 0)
        return NULL;
    wanted.type = (long)type;
    return find_layer(self, wanted);
}

/* ---- fields ---- */

/* NULL without an exception: no packet class, nor derived from one. */
static const struct core_class *class_of_type(PyTypeObject *type)
{
    const struct core_state *state = core_state_of_type(type);

    PyErr_Clear();
    return state != NULL ? core_class_of(state, type) : NULL;
}

static PyObject *query_info(PyObject *type, PyObject *unused)
{
    const struct core_class *klass = class_of_type((PyTypeObject *)type);

    (void)unused;
    return Py_BuildValue("HO", klass->pq_type, klass->query_fields);
}

static PyObject *default_ports(PyObject *type, PyObject *unused)
{
    const struct core_class *klass = class_of_type((PyTypeObject *)type);
    PyObject *ports = PyList_New(0);

    (void)unused;
    for (const uint16_t *port = klass->ports; ports != NULL && port != NULL && *port != 0; port++) {
        PyObject *number = PyLong_FromLong(*port);
        if (number == NULL || PyList_Append(ports, number) < 0)
            Py_CLEAR(ports);
        Py_XDECREF(number);
    }
    return ports;
}

/*
 * For each attribute its name, kind, bits, whether it can be set, its sentence, and of a list of groups what their class is
 * called, else None: for repr, stubs and tests.
 */
static PyObject *attributes(PyObject *type, PyObject *unused)
{
    static const char *const kinds[] = {
        [SPK_PAD] = "int",  [SPK_UINT] = "int",  [SPK_INT] = "int",     [SPK_BOOL] = "int",    [SPK_IP4] = "ip4",
        [SPK_IP6] = "ip6",  [SPK_MAC] = "mac",   [SPK_BYTES] = "bytes", [SPK_TEXT] = "text",   [SPK_NONE] = "none",
        [SPK_TIME] = "int", [SPK_DELTA] = "int", [SPK_GROUP] = "list",  [SPK_CHOICE] = "bytes"
    };
    const struct core_class *klass = class_of_type((PyTypeObject *)type);
    PyObject *all = PyList_New(0);

    (void)unused;
    for (size_t i = 0; all != NULL && i < klass->attr_count; i++) {
        const struct core_attr *attr = &klass->attrs[i];
        const char *kind = attr->kind != NULL ? attr->kind : kinds[attr->row->kind];
        bool list = attr->kind == NULL && attr->row->many != SPK_ONE && attr->row->kind != SPK_GROUP;
        bool groups = attr->row != NULL && attr->row->kind == SPK_GROUP;
        PyObject *entry =
            Py_BuildValue("(OsiOsz)", attr->word, list ? "values" : kind, (int)attr->width,
                          attr->writable ? Py_True : Py_False, attr->doc, groups ? attr->row->in->name : NULL);
        if (entry == NULL || PyList_Append(all, entry) < 0)
            Py_CLEAR(all);
        Py_XDECREF(entry);
    }
    return all;
}

PyObject *core_field_value(struct core_layer *layer, PyObject *name)
{
    const struct core_class *klass = layer->klass;
    PyObject *value = NULL;

    if (klass->special->field != NULL) {
        value = klass->special->field(layer, name);
        if (value != NULL || PyErr_Occurred())
            return value;
    }
    for (size_t i = 0; i < klass->field_count; i++) {
        const struct core_field *field = &klass->fields[i];
        if (field->name != name && PyUnicode_Compare(field->name, name) != 0)
            continue;
        value = core_attr_find(layer, field->attr, field->row);
        if (value != NULL || PyErr_Occurred())
            return value;
    }
    return NULL;
}

static PyObject *get_field_val(PyObject *self, PyObject *field)
{
    PyObject *name = core_to_name(field, "a field's name");
    PyObject *value = name != NULL ? core_field_value((struct core_layer *)self, name) : NULL;

    Py_XDECREF(name);
    return value == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : value;
}

/* ---- bytes ---- */

static PyObject *pkt2net(PyObject *self, PyObject *dictionary)
{
    struct core_options options;

    if (core_options_read(state_in(self), dictionary, &options) < 0)
        return NULL;
    return core_layer_bytes((struct core_layer *)self, &options);
}

/* What a class of the caller's has written for itself, where it has. */
static PyObject *bytes_of(PyObject *self)
{
    const struct core_state *state = state_in(self);

    if (Py_TYPE(self) == ((struct core_layer *)self)->klass->type)
        return core_layer_plain_bytes((struct core_layer *)self);
    PyObject *dictionary = PyDict_New();
    PyObject *bytes =
        dictionary != NULL ? PyObject_CallMethodObjArgs(self, state->words.pkt2net, dictionary, NULL) : NULL;
    Py_XDECREF(dictionary);
    return bytes;
}

static PyObject *to_bytes(PyObject *self, PyObject *unused)
{
    (void)unused;
    return bytes_of(self);
}

static PyObject *from_buffer(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    struct core_state *state = ((struct core_layer *)self)->klass->state;
    PyObject *data = NULL;

    if (count != 2 || !PyTuple_Check(args[0]) || !(PyDict_Check(args[1]) || args[1] == Py_None)) {
        PyErr_SetString(PyExc_TypeError, "from_buffer() takes the tuple and the dict of a constructor");
        return NULL;
    }
    if (PyTuple_Size(args[0]) == 1 && PyObject_CheckBuffer(PyTuple_GetItem(args[0], 0)))
        data = PyTuple_GetItem(args[0], 0);
    if (data == NULL && args[1] != Py_None) {
        data = PyDict_GetItemWithError(args[1], state->words.data);
        if (data == NULL && PyErr_Occurred())
            return NULL;
        data = data != NULL && PyObject_CheckBuffer(data) ? data : NULL;
    }
    PyObject *bytes = data != NULL ? core_bytes_of(data) : PyBytes_FromStringAndSize(NULL, 0);
    PyObject *array = bytes != NULL ? core_array(state, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes)) : NULL;
    Py_XDECREF(bytes);
    return array != NULL ? Py_BuildValue("iN", data != NULL, array) : NULL;
}

/* ---- what a packet is as a Python object ---- */

PyObject *core_pkt_compare(PyObject *self, PyObject *other, int op)
{
    const struct core_state *state = state_in(self);

    if ((op != Py_EQ && op != Py_NE) || !core_is_layer(state, other))
        return Py_NewRef(Py_NotImplemented);
    if (self == other)
        return PyBool_FromLong(op == Py_EQ);
    const struct core_layer *left = (const struct core_layer *)self;
    const struct core_layer *right = (const struct core_layer *)other;
    if (left->klass->element && left->klass == right->klass && left->store != NULL && right->store != NULL)
        return PyObject_RichCompare(left->store, right->store, op);
    PyObject *one = bytes_of(self);
    PyObject *two = one != NULL ? bytes_of(other) : NULL;
    PyObject *result = two != NULL ? PyObject_RichCompare(one, two, op) : NULL;
    Py_XDECREF(one);
    Py_XDECREF(two);
    return result;
}

Py_hash_t core_pkt_hash(PyObject *self)
{
    Py_hash_t hash = (Py_hash_t)((uintptr_t)self >> 4);

    return hash != -1 ? hash : -2;
}

PyObject *core_pkt_divide(PyObject *left, PyObject *right)
{
    const struct core_class *klass = class_of_type(Py_TYPE(left));

    if (klass == NULL || !(core_is_layer(klass->state, right) || PyObject_CheckBuffer(right)))
        return Py_NewRef(Py_NotImplemented);
    /* the innermost layer takes it, as in eth / ip / udp / payload */
    PyObject *last = Py_NewRef(left);
    struct core_chain chain;
    core_chain_begin(&chain, left);
    for (core_chain_step(&chain); chain.at != NULL; core_chain_step(&chain)) {
        const struct core_layer *layer = (const struct core_layer *)chain.at;
        bool empty = layer->klass == klass->state->pkt || (layer->klass == klass->state->null && layer->hdr_len == 0);
        if (empty && Py_TYPE(chain.at) == layer->klass->type)
            break;
        core_replace(&last, Py_NewRef(chain.at));
    }
    core_chain_end(&chain);
    int done = PyErr_Occurred() ? -1 : PyObject_SetAttr(last, klass->state->words.payload, right);
    Py_DECREF(last);
    return done == 0 ? Py_NewRef(left) : NULL;
}

/* Nothing that anybody put there: what stands where there is no payload. */
static bool is_nothing(PyObject *object)
{
    const struct core_layer *layer = (const struct core_layer *)object;
    const struct core_state *state = layer->klass->state;

    return Py_TYPE(object) == layer->klass->type && (layer->klass == state->null || layer->klass == state->pkt)
           && layer->hdr_len == 0 && layer->store == NULL;
}

PyObject *core_pkt_iter(PyObject *self)
{
    PyObject *layers = PyList_New(0);
    struct core_chain chain;

    core_chain_begin(&chain, self);
    while (layers != NULL && chain.at != NULL) {
        if ((chain.at == self || !is_nothing(chain.at)) && PyList_Append(layers, chain.at) < 0)
            Py_CLEAR(layers);
        core_chain_step(&chain);
    }
    core_chain_end(&chain);
    PyObject *iterator = layers != NULL && !PyErr_Occurred() ? PyObject_GetIter(layers) : NULL;
    Py_XDECREF(layers);
    return iterator;
}

static PyObject *text_call(PyObject *self, const char *function, PyObject *argument)
{
    PyObject *module = PyImport_ImportModule("steelpkt._text");
    PyObject *result = NULL;

    if (module != NULL && argument != NULL)
        result = PyObject_CallMethod(module, function, "OO", self, argument);
    else if (module != NULL)
        result = PyObject_CallMethod(module, function, "O", self);
    Py_XDECREF(module);
    return result;
}

PyObject *core_pkt_repr(PyObject *self)
{
    return text_call(self, "text", NULL);
}

static PyObject *show(PyObject *self, PyObject *unused)
{
    (void)unused;
    return text_call(self, "show", NULL);
}

static PyObject *hexdump(PyObject *self, PyObject *unused)
{
    (void)unused;
    return text_call(self, "hexdump", NULL);
}

/* ---- Wireshark's names: pkt['ip.src'] ---- */

/* All values of a field of the whole packet, as the library decodes it; or only the first. A new list. */
static PyObject *occurrences(PyObject *self, PyObject *name, bool first)
{
    const struct core_layer *layer = (const struct core_layer *)self;
    const struct core_state *state = layer->klass->state;
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, NULL) : NULL;

    if (text == NULL) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "a field's name is a str, not %R", Py_TYPE(name));
        return NULL;
    }
    const struct spk_field *field = spk_field_find(state->registry, text);
    if (field == NULL) {
        const char *nearest = spk_field_nearest(state->registry, text);
        PyErr_Format(PyExc_KeyError, nearest != NULL ? "unknown field '%s'; did you mean '%s'?" : "unknown field '%s'",
                     text, nearest);
        return NULL;
    }
    PyObject *bytes = bytes_of(self);
    PyObject *values = bytes != NULL && PyBytes_Check(bytes) ? PyList_New(0) : NULL;
    if (values != NULL && layer->klass->proto != NULL) {
        struct spk_packet packet;
        struct spk_occurrences at;
        struct spk_scratch scratch;
        struct spk_value value;
        uint32_t len = (uint32_t)PyBytes_Size(bytes);
        spk_decode_as(state->registry, layer->klass->proto, (const uint8_t *)PyBytes_AsString(bytes), len, len,
                      &packet);
        spk_occurrences_begin(&at, &packet, field);
        while (values != NULL && spk_occurrences_next(&at, &scratch, &value)) {
            PyObject *item = core_from_value(&value);
            if (item == NULL || PyList_Append(values, item) < 0)
                Py_CLEAR(values);
            Py_XDECREF(item);
            if (first)
                break;
        }
    }
    Py_XDECREF(bytes);
    return values;
}

static PyObject *all(PyObject *self, PyObject *name)
{
    return occurrences(self, name, false);
}

PyObject *core_pkt_item(PyObject *self, PyObject *name)
{
    PyObject *values = occurrences(self, name, true);
    PyObject *value = NULL;

    if (values != NULL && PyList_Size(values) > 0)
        value = Py_NewRef(PyList_GetItem(values, 0));
    else if (values != NULL)
        PyErr_SetObject(PyExc_KeyError, name);
    Py_XDECREF(values);
    return value;
}

/* A field's name, or a layer. */
int core_pkt_contains(PyObject *self, PyObject *item)
{
    if (PyUnicode_Check(item)) {
        PyObject *values = occurrences(self, item, true);
        int there = values != NULL ? PyList_Size(values) > 0 : -1;
        if (values == NULL && PyErr_ExceptionMatches(PyExc_KeyError)) {
            PyErr_Clear();
            there = 0;
        }
        Py_XDECREF(values);
        return there;
    }
    struct core_chain chain;
    core_chain_begin(&chain, self);
    while (chain.at != NULL && chain.at != item)
        core_chain_step(&chain);
    int there = chain.at != NULL;
    core_chain_end(&chain);
    return PyErr_Occurred() ? -1 : there;
}

/* ---- attributes that all have ---- */

static PyObject *get_pkt_name(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(name_of(self));
}

static int set_pkt_name(PyObject *self, PyObject *value, void *closure)
{
    PyObject *name = value == Py_None ? Py_NewRef(value) : value != NULL ? core_to_name(value, "pkt_name") : NULL;
    int done = name != NULL ? core_layer_remember((struct core_layer *)self, state_in(self)->words.pkt_name, name) : -1;

    (void)closure;
    if (value == NULL)
        PyErr_SetString(PyExc_AttributeError, "pkt_name cannot be deleted");
    Py_XDECREF(name);
    return done;
}

static PyObject *get_pq_type(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(type_of(self));
}

static int set_pq_type(PyObject *self, PyObject *value, void *closure)
{
    uint64_t number = 0;

    (void)closure;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "pq_type cannot be deleted");
        return -1;
    }
    if (core_to_number(value, 16, "pq_type", &number) < 0)
        return -1;
    PyObject *clean = PyLong_FromUnsignedLongLong(number);
    int done =
        clean != NULL ? core_layer_remember((struct core_layer *)self, state_in(self)->words.pq_type, clean) : -1;
    Py_XDECREF(clean);
    return done;
}

static PyObject *get_query_fields(PyObject *self, void *closure)
{
    struct core_layer *layer = (struct core_layer *)self;
    PyObject *own = core_layer_recall(layer, layer->klass->state->words.query_fields);

    (void)closure;
    return Py_NewRef(own != NULL ? own : layer->klass->query_fields);
}

static int set_query_fields(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (value == NULL || !(PyTuple_Check(value) || value == Py_None)) {
        PyErr_SetString(PyExc_TypeError, "query_fields is a tuple of str");
        return -1;
    }
    return core_layer_remember((struct core_layer *)self, state_in(self)->words.query_fields, value);
}

static PyObject *get_l7_ports(PyObject *self, void *closure)
{
    (void)closure;
    return Py_XNewRef(core_layer_ports((struct core_layer *)self));
}

static int set_l7_ports(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return core_layer_set_ports((struct core_layer *)self, value != NULL ? value : Py_None);
}

/* Of this layer and all above it. */
static PyObject *get_errors(PyObject *self, void *closure)
{
    const struct core_state *state = state_in(self);
    PyObject *errors = PyList_New(0);
    struct core_chain chain;

    (void)closure;
    core_chain_begin(&chain, self);
    while (errors != NULL && chain.at != NULL) {
        /* the payload is made first: that is when its class may raise */
        PyObject *at = Py_NewRef(chain.at);
        core_chain_step(&chain);
        PyObject *own = core_layer_recall((struct core_layer *)at, state->words.errors);
        Py_ssize_t end = PyList_Size(errors);
        if (own != NULL && PyList_SetSlice(errors, end, end, own) < 0)
            Py_CLEAR(errors);
        Py_DECREF(at);
    }
    core_chain_end(&chain);
    if (PyErr_Occurred())
        Py_CLEAR(errors);
    return errors;
}

static PyObject *get_query_field_map(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return Py_NewRef(Py_None);
}

PyGetSetDef core_pkt_getset[] = {
    { "pkt_name", get_pkt_name, set_pkt_name, "Name of the layer, for get_layer().", NULL },
    { "pq_type", get_pq_type, set_pq_type, "Number of the layer's kind, 0 to 65535, for get_layer_by_type().", NULL },
    { "query_fields", get_query_fields, set_query_fields, "Names of the fields that get_field_val() knows.", NULL },
    { "query_field_map", get_query_field_map, NULL, "None: kept for scripts that look at it.", NULL },
    { "l7_ports", get_l7_ports, set_l7_ports,
      "Ports and the classes that decode what TCP and UDP carry to them: the destination's, else the source's, else "
      "0's.",
      NULL },
    { "errors", get_errors, NULL, "Exceptions that the caller's own classes raised while they decoded.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyMethodDef core_pkt_methods[] = {
    { "query_info", query_info, METH_NOARGS | METH_CLASS,
      "query_info()\n--\n\nThe class's pq_type and the tuple of its field names." },
    { "default_ports", default_ports, METH_NOARGS | METH_CLASS,
      "default_ports()\n--\n\nThe ports at which the class is found, for l7_ports." },
    { "_attributes", attributes, METH_NOARGS | METH_CLASS, NULL },
    { "get_field_val", get_field_val, METH_O,
      "get_field_val(field)\n--\n\nThe value of a field of query_info() in this layer, or None." },
    { "pkt2net", pkt2net, METH_O,
      "pkt2net(options)\n--\n\nThe packet's bytes in network order. options is a dict; what it has true is done:\n\n"
      "csum: compute and store the checksums; update: lengths and counts;\n"
      "udp_csum: UDP's checksum, whatever csum says; ipv4_pheader: an Ip4Ph to compute them with;\n"
      "compress: DNS names (done unless 0); pad: fill an Ethernet frame to 60 bytes;\n"
      "eth_crc: that, and the frame check sequence behind." },
    { "from_buffer", (PyCFunction)(void (*)(void))from_buffer, METH_FASTCALL,
      "from_buffer(args, kwargs)\n--\n\nWhether a constructor got bytes, 1 or 0, and those as array('B')." },
    { "get_layer", (PyCFunction)(void (*)(void))get_layer, METH_FASTCALL | METH_KEYWORDS,
      "get_layer(name, instance=1, found=0)\n--\n\nThe layer of that pkt_name, this one first; an empty NullPkt if "
      "there "
      "is none." },
    { "get_layer_by_type", (PyCFunction)(void (*)(void))get_layer_by_type, METH_FASTCALL | METH_KEYWORDS,
      "get_layer_by_type(pq_type, instance=1, found=0)\n--\n\nThe layer of that pq_type, this one first; an empty "
      "NullPkt "
      "if there is none." },
    { "all", all, METH_O, "all(field)\n--\n\nEvery value of a field, by Wireshark's name, outermost first." },
    { "show", show, METH_NOARGS, "show()\n--\n\nPrints the layers and their attributes." },
    { "hexdump", hexdump, METH_NOARGS, "hexdump()\n--\n\nPrints the bytes." },
    { "__bytes__", to_bytes, METH_NOARGS, "The packet's bytes, with nothing corrected." },
    { "__reduce__", core_pkt_reduce, METH_NOARGS, NULL },
    { "__setstate__", core_pkt_setstate, METH_O, NULL },
    { NULL, NULL, 0, NULL },
};
