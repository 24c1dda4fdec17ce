/* ip4ph: Ip4Ph, the pseudo header that TCP's and UDP's checksums cover (RFC 768), to be given one's own. */
#include "types.h"

struct ip4ph {
    PyObject_HEAD
    PyObject *src, *dst; /* bytes */
    uint16_t payload_len;
    uint8_t reserved, proto;
};

enum { SRC, DST, RESERVED, PROTO, PAYLOAD_LEN };

static PyObject *get(PyObject *self, void *closure)
{
    const struct ip4ph *pseudo = (const struct ip4ph *)self;

    switch ((intptr_t)closure) {
    case SRC:
        return Py_NewRef(pseudo->src);
    case DST:
        return Py_NewRef(pseudo->dst);
    case RESERVED:
        return PyLong_FromLong(pseudo->reserved);
    case PROTO:
        return PyLong_FromLong(pseudo->proto);
    default:
        return PyLong_FromLong(pseudo->payload_len);
    }
}

static int set(PyObject *self, PyObject *value, void *closure)
{
    struct ip4ph *pseudo = (struct ip4ph *)self;
    intptr_t what = (intptr_t)closure;
    uint64_t number = 0;

    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "cannot be deleted");
        return -1;
    }
    if (what == SRC || what == DST) {
        if (!PyBytes_Check(value) || PyBytes_Size(value) != 4) {
            PyErr_SetString(PyBytes_Check(value) ? PyExc_ValueError : PyExc_TypeError, "an address is 4 bytes");
            return -1;
        }
        if (what == SRC)
            core_replace(&pseudo->src, Py_NewRef(value));
        else
            core_replace(&pseudo->dst, Py_NewRef(value));
        return 0;
    }
    if (core_to_number(value, what == PAYLOAD_LEN ? 16 : 8, what == PROTO ? "proto" : "the number", &number) < 0)
        return -1;
    if (what == RESERVED)
        pseudo->reserved = (uint8_t)number;
    else if (what == PROTO)
        pseudo->proto = (uint8_t)number;
    else
        pseudo->payload_len = (uint16_t)number;
    return 0;
}

static PyGetSetDef getset[] = {
    { "src", get, set, "Source address, 4 bytes.", (void *)(intptr_t)SRC },
    { "dst", get, set, "Destination address, 4 bytes.", (void *)(intptr_t)DST },
    { "reserved", get, set, "The byte before the protocol number. 0 to 255.", (void *)(intptr_t)RESERVED },
    { "proto", get, set, "Protocol number. 0 to 255.", (void *)(intptr_t)PROTO },
    { "payload_len", get, set, "Length; the segment's own is what counts. 0 to 65535.", (void *)(intptr_t)PAYLOAD_LEN },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyObject *new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct ip4ph *pseudo = (struct ip4ph *)PyType_GenericAlloc(type, 0);

    (void)args;
    (void)kwargs;
    if (pseudo != NULL) {
        pseudo->src = PyBytes_FromStringAndSize("\0\0\0\0", 4);
        pseudo->dst = Py_XNewRef(pseudo->src);
        if (pseudo->src == NULL)
            Py_CLEAR(pseudo);
    }
    return (PyObject *)pseudo;
}

static int init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_Size(args) > 0) {
        PyErr_SetString(PyExc_TypeError, "Ip4Ph() takes keywords only");
        return -1;
    }
    for (PyGetSetDef *field = getset; kwargs != NULL && field->name != NULL; field++) {
        PyObject *value = PyDict_GetItemString(kwargs, field->name);
        if (value != NULL && set(self, value, field->closure) < 0)
            return -1;
    }
    return 0;
}

static void dealloc(PyObject *self)
{
    struct ip4ph *pseudo = (struct ip4ph *)self;

    Py_XDECREF(pseudo->src);
    Py_XDECREF(pseudo->dst);
    core_object_free(self);
}

static PyObject *repr(PyObject *self)
{
    const struct ip4ph *pseudo = (const struct ip4ph *)self;

    return PyUnicode_FromFormat("Ip4Ph(src=%R, dst=%R, reserved=%u, proto=%u, payload_len=%u)", pseudo->src,
                                pseudo->dst, pseudo->reserved, pseudo->proto, pseudo->payload_len);
}

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"Ip4Ph(*, src=bytes(4), dst=bytes(4), reserved=0, proto=0, payload_len=0)\n--\n\n"
                         "IPv4's pseudo header, for pkt2net({'ipv4_pheader': ...}): checksums that are wrong on "
                         "purpose. RFC 768." },
    { Py_tp_new, (void *)new },
    { Py_tp_init, (void *)init },
    { Py_tp_dealloc, (void *)dealloc },
    { Py_tp_getset, getset },
    { Py_tp_repr, (void *)repr },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt.Ip4Ph",
    .basicsize = sizeof(struct ip4ph),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

int core_add_ip4ph(PyObject *module, struct core_state *state)
{
    state->ip4ph = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->ip4ph != NULL ? PyModule_AddObjectRef(module, "Ip4Ph", (PyObject *)state->ip4ph) : -1;
}

static const struct core_attr *ip_attr(const struct core_state *state, const char *name)
{
    return core_class_attr_named(state->ip, name);
}

PyObject *core_ip4ph_of(struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    PyObject *pseudo = PyObject_CallNoArgs((PyObject *)state->ip4ph);
    struct ip4ph *made = (struct ip4ph *)pseudo;

    if (pseudo == NULL)
        return NULL;
    core_replace(&made->src, PyBytes_FromStringAndSize((const char *)layer->hdr + ip_attr(state, "src")->byte, 4));
    core_replace(&made->dst, PyBytes_FromStringAndSize((const char *)layer->hdr + ip_attr(state, "dst")->byte, 4));
    made->proto = (uint8_t)core_attr_load(layer, ip_attr(state, "proto"));
    if (made->src == NULL || made->dst == NULL)
        Py_CLEAR(pseudo);
    return pseudo;
}

/* The library sums what lies below a segment: here that is an IP header with the caller's addresses. */
int core_ip4ph_fix(PyObject *object, const struct core_state *state, uint16_t proto, uint32_t hdr_len, uint8_t *segment,
                   uint32_t len)
{
    const struct ip4ph *pseudo = (const struct ip4ph *)object;
    uint32_t below = state->ip->init_len;
    uint8_t *bytes = PyMem_Malloc(below + len);
    struct spk_packet packet = {
        .registry = state->registry, .data = bytes, .caplen = below + len, .len = below + len, .count = 2
    };

    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(bytes, state->ip->init, below);
    memcpy(bytes + below, segment, len);
    memcpy(bytes + ip_attr(state, "src")->byte, PyBytes_AsString(pseudo->src), 4);
    memcpy(bytes + ip_attr(state, "dst")->byte, PyBytes_AsString(pseudo->dst), 4);
    core_attr_store(bytes, ip_attr(state, "proto"), pseudo->proto);
    packet.layers[0] =
        (struct spk_layer){ .proto = state->ip->index, .flags = SPK_LAYER_SHORT, .hdr_len = below, .end = below + len };
    packet.layers[1] = (struct spk_layer){ .proto = proto, .at = below, .hdr_len = hdr_len, .end = below + len };
    spk_packet_fix(&packet, bytes, SPK_FIX_CHECKSUMS);
    memcpy(segment, bytes + below, hdr_len);
    PyMem_Free(bytes);
    return 0;
}
