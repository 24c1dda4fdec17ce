/* icmp: ICMP, whose payload goes by the names hdr_pkt and echo_data. */
#include "types.h"

enum { ECHO_REPLY = 0, ECHO_REQUEST = 8 };

static unsigned type_of(struct core_layer *layer)
{
    PyObject *value = PyObject_GetAttrString((PyObject *)layer, "type");
    long type = value != NULL ? PyLong_AsLong(value) : 0;

    Py_XDECREF(value);
    return (unsigned)type;
}

static bool quotes(unsigned type)
{
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static bool echoes(unsigned type)
{
    return type == ECHO_REPLY || type == ECHO_REQUEST;
}

static PyObject *get_hdr_pkt(struct core_layer *layer, const struct core_attr *attr)
{
    bool there = layer->payload != NULL || (layer->rest_len > 0 && quotes(type_of(layer)));

    (void)attr;
    if (!there && layer->rest_len > 0)
        return (PyObject *)core_layer_new(layer->klass->state->null);
    return Py_XNewRef(core_layer_payload(layer));
}

static int set_hdr_pkt(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    (void)attr;
    return core_layer_set_payload(layer, value);
}

static PyObject *get_echo_data(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *given = core_layer_recall(layer, attr->word);

    if (given != NULL || PyErr_Occurred())
        return Py_XNewRef(given);
    if (echoes(type_of(layer)))
        return PyBytes_FromStringAndSize((const char *)layer->rest, layer->rest_len);
    PyObject *value = core_rows_find(layer, attr, NULL);
    return value == NULL && !PyErr_Occurred() ? PyBytes_FromStringAndSize(NULL, 0) : value;
}

/* From now on the data is among the header's values: where the type has a row for it, or behind the rows. */
static int set_echo_data(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    PyObject *bytes = core_bytes_of(value);
    int done = bytes == NULL || core_rows_melt(layer) < 0 ? -1 : core_layer_remember(layer, attr->word, bytes);

    Py_XDECREF(bytes);
    if (done == 0 && layer->payload == NULL && layer->rest != NULL) {
        layer->rest += layer->rest_len;
        layer->rest_len = 0;
    }
    return done;
}

static PyObject *get_data(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return core_array(layer->klass->state, NULL, 0);
}

static int encode(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    if (layer->store == NULL || (layer->flags & CORE_MELTED) == 0)
        return core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
    if (core_rows_build(layer, options, out) < 0)
        return -1;
    PyObject *data = echoes(type_of(layer)) ? PyDict_GetItemString(layer->store, "echo_data") : NULL;
    if (data == NULL || !PyBytes_Check(data))
        return 0;
    return core_bytes_add(out, PyBytes_AsString(data), (size_t)PyBytes_Size(data)) != NULL ? 0 : -1;
}

/* What ping writes in front of an echo's data, read as seconds and microseconds in network order. */
static PyObject *field(struct core_layer *layer, PyObject *name)
{
    if (PyUnicode_CompareWithASCIIString(name, "icmp.data_time") != 0)
        return NULL;
    const struct core_attr *attr = core_class_attr_named(layer->klass, "echo_data");
    PyObject *data = echoes(type_of(layer)) ? get_echo_data(layer, attr) : NULL;
    PyObject *time = NULL;

    if (data != NULL && PyBytes_Size(data) >= 8) {
        const uint8_t *at = (const uint8_t *)PyBytes_AsString(data);
        time = PyBytes_FromFormat("%lu.%06lu", (unsigned long)core_load32(at), (unsigned long)core_load32(at + 4));
    } else if (!PyErr_Occurred()) {
        time = PyBytes_FromString("0.0");
    }
    Py_XDECREF(data);
    return time;
}

static const struct core_attr attrs[] = {
    { .name = "hdr_pkt",
      .get = get_hdr_pkt,
      .set = set_hdr_pkt,
      .kind = "payload",
      .doc = "The packet that an error is about, as far as it is quoted; else an empty NullPkt. [RFC 792]" },
    { .name = "echo_data",
      .get = get_echo_data,
      .set = set_echo_data,
      .kind = "bytes",
      .doc = "What an echo or an information message carries. [RFC 792]" },
    { .name = "data", .get = get_data, .kind = "array", .doc = "An empty array: kept for scripts that look at it." },
    { .name = NULL },
};

const struct core_special core_special_icmp = {
    .name = "ICMP",
    .pq_type = 3,
    .attrs = attrs,
    .field = field,
    .encode = encode,
    .opaque = true,
};
