/* inet: what the tutorial's IP, TCP, UDP, ARP and NetflowSimple have beside their rows; Ip4Ph, the pseudo header. */
#include "types.h"

#include <stdlib.h>

/* ---- payload bytes, and pieces of them, as query fields ---- */

static PyObject *get_payload_bytes(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *payload = core_layer_payload(layer);

    (void)attr;
    if (payload == NULL || payload == Py_None)
        return payload != NULL ? PyBytes_FromStringAndSize(NULL, 0) : NULL;
    return PyObject_Bytes(payload);
}

/* "udp.payload.offset[x:y]": the bytes from x to y; negative numbers count from the end. */
static PyObject *field_transport(struct core_layer *layer, PyObject *name)
{
    static const char piece[] = ".payload.offset";
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    const char *proto = layer->klass->proto->name;

    if (text == NULL || strncmp(text, proto, 3) != 0 || strncmp(text + 3, piece, sizeof piece - 1) != 0)
        return NULL;
    text += 3 + sizeof piece - 1;
    if (*text != '[' || strchr(text, ':') == NULL)
        return NULL;
    char *end = NULL;
    long from = strtol(text + 1, &end, 10);
    bool good = end > text + 1 && *end == ':';
    const char *second = good ? end + 1 : text;
    long to = good ? strtol(second, &end, 10) : 0;
    if (!good || end == second || *end != ']' || end[1] != '\0') {
        PyErr_Format(PyExc_ValueError, "%U: not .payload.offset[x:y]", name);
        return NULL;
    }
    PyObject *bytes = get_payload_bytes(layer, NULL);
    PyObject *slice = bytes != NULL ? PySequence_GetSlice(bytes, from, to) : NULL;
    Py_XDECREF(bytes);
    return slice;
}

/* ---- above TCP and UDP: the caller's ports ---- */

static PyObject *class_for_port(PyObject *ports, unsigned port)
{
    PyObject *key = PyLong_FromLong((long)port);
    PyObject *found = key != NULL ? PyDict_GetItemWithError(ports, key) : NULL;

    Py_XDECREF(key);
    return found;
}

/* The exception is kept in errors, the bytes in a NullPkt. What is no Exception goes on. */
static PyObject *keep_error(struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    PyObject *type = NULL;
    PyObject *value = NULL;
    PyObject *trace = NULL;

    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return NULL;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace != NULL)
        PyException_SetTraceback(value, trace);
    PyObject *errors = PyList_New(0);
    bool kept = errors != NULL && PyList_Append(errors, value) == 0
                && core_layer_remember(layer, state->words.errors, errors) == 0;
    Py_XDECREF(errors);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return kept ? core_payload_of_class(layer, state->null) : NULL;
}

/* A class of the caller's is given an array, as the tutorial's are. */
static PyObject *call_class(struct core_layer *layer, PyObject *type)
{
    struct core_state *state = layer->klass->state;
    PyObject *array = core_array(state, layer->rest, layer->rest_len);
    PyObject *made = array != NULL ? PyObject_CallFunctionObjArgs(type, array, NULL) : NULL;

    Py_XDECREF(array);
    if (made != NULL && !core_is_layer(state, made)) {
        PyErr_Format(PyExc_TypeError, "%R made %R, which is no packet", type, Py_TYPE(made));
        Py_CLEAR(made);
    }
    return made != NULL ? made : keep_error(layer);
}

static PyObject *above_transport(struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    PyObject *type = NULL;
    unsigned ports[3] = { core_load16(layer->hdr + 2), core_load16(layer->hdr), 0 };

    for (unsigned i = 0; layer->l7_ports != NULL && type == NULL && i < SPK_COUNT_OF(ports); i++) {
        type = class_for_port(layer->l7_ports, ports[i]);
        if (type == NULL && PyErr_Occurred())
            return NULL;
    }
    if (type == NULL)
        return core_payload_of_class(layer, state->null);
    const struct core_class *klass = PyType_Check(type) ? core_class_of(state, (PyTypeObject *)type) : NULL;
    if (klass == NULL) {
        PyErr_Format(PyExc_TypeError, "l7_ports: %R is no packet class", type);
        return keep_error(layer);
    }
    if ((PyTypeObject *)type != klass->type || klass == state->pkt) {
        Py_INCREF(type);
        PyObject *made = call_class(layer, type);
        Py_DECREF(type);
        return made;
    }
    /* RFC 1035 section 4.2.2: over TCP a message has its length before it */
    bool framed = klass->special == &core_special_dns && layer->klass->special == &core_special_tcp;
    return core_payload_of_class(layer, framed ? state->dns_stream : klass);
}

/* ---- IP ---- */

static int set_version(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (core_to_number(value, 8, attr->name, &number) < 0)
        return -1;
    if (number != 4 && number != 6) {
        PyErr_Format(PyExc_ValueError, "IP.version is 4 or 6, not %llu", (unsigned long long)number);
        return -1;
    }
    return core_attr_set_fixed(layer, attr, value);
}

/* An address as bytes that nobody checks but for their number. */
static int set_unchecked(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    char name[4] = { attr->name[0], attr->name[1], attr->name[2], '\0' };
    const struct core_attr *address = core_class_attr_named(layer->klass, name);
    PyObject *bytes = core_bytes_of(value);
    uint8_t *header = NULL;

    if (bytes != NULL && PyBytes_Size(bytes) != 4)
        PyErr_Format(PyExc_ValueError, "IP.%s takes 4 bytes", attr->name);
    else if (bytes != NULL)
        header = core_layer_own(layer, layer->hdr_len > address->end ? layer->hdr_len : address->end);
    if (header != NULL)
        memcpy(header + address->byte, PyBytes_AsString(bytes), 4);
    Py_XDECREF(bytes);
    return header != NULL ? 0 : -1;
}

static PyObject *get_unchecked(struct core_layer *layer, const struct core_attr *attr)
{
    (void)layer;
    PyErr_Format(PyExc_AttributeError, "IP.%s can only be set", attr->name);
    return NULL;
}

/* Options end at a word's end. */
static int encode_with_options(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    static const uint8_t zeros[3];

    (void)options;
    if (core_bytes_add(out, layer->hdr, layer->hdr_len) == NULL)
        return -1;
    bool own = (layer->flags & CORE_OWN) != 0;
    return !own || core_bytes_add(out, zeros, (4 - layer->hdr_len % 4) % 4) != NULL ? 0 : -1;
}

static const struct core_attr ip_attrs[] = {
    { .name = "version", .set = set_version, .least = 4, .most = 6 },
    { .name = "flags", .locked = true },
    { .name = "src_nochk",
      .get = get_unchecked,
      .set = set_unchecked,
      .kind = "bytes!",
      .doc = "The source address as four bytes; can only be set." },
    { .name = "dst_nochk",
      .get = get_unchecked,
      .set = set_unchecked,
      .kind = "bytes!",
      .doc = "The destination address as four bytes; can only be set." },
    { .name = NULL },
};

const struct core_special core_special_ip = {
    .name = "IP",
    .pq_type = 2048,
    .attrs = ip_attrs,
    .encode = encode_with_options,
};

/* ---- TCP ---- */

enum { TCP_FIXED = 20, QUOTED_LEN = 8, AT_OFFSET = 12, WORD = 4, LEAST_WORDS = 5 };

/* Of a segment that an error message quotes there may be no more than the ports and the sequence number. */
static int decode_tcp(struct core_layer *layer, const uint8_t *data, uint32_t len)
{
    struct spk_layer place;

    int next = spk_decode_layer(layer->klass->state->registry, layer->klass->index, data, len, len, &place);
    layer->next = next < 0 ? CORE_NOBODY : (uint16_t)next;
    bool piece = len == QUOTED_LEN || (len > QUOTED_LEN && (layer->flags & CORE_QUOTED) != 0);
    layer->hdr_len = place.hdr_len;
    layer->rest = data + place.hdr_len;
    layer->rest_len = place.end - place.hdr_len;
    layer->flags |= (place.flags & SPK_LAYER_SHORT) != 0 ? CORE_SHORT : 0;
    return place.hdr_len >= TCP_FIXED || piece ? 0 : -1;
}

static unsigned needed_words(const struct core_layer *layer)
{
    return (layer->hdr_len + WORD - 1) / WORD;
}

static unsigned offset_of(const struct core_layer *layer)
{
    return layer->hdr[AT_OFFSET] >> 4;
}

static int set_offset(struct core_layer *layer, unsigned words)
{
    uint8_t *header = core_layer_own(layer, layer->hdr_len > AT_OFFSET ? layer->hdr_len : TCP_FIXED);

    if (header == NULL)
        return -1;
    header[AT_OFFSET] = (uint8_t)((header[AT_OFFSET] & 0x0f) | words << 4);
    return 0;
}

static int set_tcp_options(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    if (core_attr_set_tail(layer, attr, value) < 0)
        return -1;
    return set_offset(layer, needed_words(layer));
}

/* What was edited in the options counts. */
static PyObject *get_data_offset(struct core_layer *layer, const struct core_attr *attr)
{
    return core_list_settle(layer, false) == 0 ? core_attr_get_fixed(layer, attr) : NULL;
}

/* What is set now stays so, whatever was done to the options before. */
static int set_data_offset(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    return core_list_settle(layer, false) == 0 ? core_attr_set_fixed(layer, attr, value) : -1;
}

/* An offset that was given is heeded where it is larger than the options need. */
static int built_tcp(struct core_layer *layer)
{
    bool less = layer->hdr_len >= TCP_FIXED && offset_of(layer) < needed_words(layer);

    return less && (layer->flags & CORE_OWN) != 0 ? set_offset(layer, needed_words(layer)) : 0;
}

static PyObject *get_ws_len(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *given = core_layer_recall(layer, attr->word);
    bool decoded = (layer->flags & CORE_UNKNOWN) == 0;

    if (given != NULL || PyErr_Occurred())
        return Py_XNewRef(given);
    return PyLong_FromLong(decoded ? (long)(layer->hdr_len + layer->rest_len) : 0);
}

static int set_ws_len(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (core_to_number(value, 16, attr->name, &number) < 0)
        return -1;
    PyObject *clean = PyLong_FromUnsignedLongLong(number);
    int done = clean != NULL ? core_layer_remember(layer, attr->word, clean) : -1;
    Py_XDECREF(clean);
    return done;
}

static const struct core_attr tcp_attrs[] = {
    { .name = "data_offset", .get = get_data_offset, .set = set_data_offset, .least = LEAST_WORDS, .most = 15 },
    { .name = "flags", .locked = true },
    { .name = "options", .set = set_tcp_options, .most = 40 },
    { .name = "ws_len",
      .get = get_ws_len,
      .set = set_ws_len,
      .kind = "int",
      .doc = "Bytes of the whole segment as it was decoded, header included; 0 in one that was built. 0 to 65535." },
    { .name = "payload_bytes", .get = get_payload_bytes, .kind = "bytes", .doc = "The payload's bytes." },
    { .name = NULL },
};

const struct core_special core_special_tcp = {
    .name = "TCP",
    .pq_type = 6,
    .attrs = tcp_attrs,
    .decode = decode_tcp,
    .above = above_transport,
    .built = built_tcp,
    .field = field_transport,
    .encode = encode_with_options,
    .least = QUOTED_LEN,
    .keeps_lengths = true,
};

/* ---- UDP ---- */

static const struct core_attr udp_attrs[] = {
    { .name = "payload_bytes", .get = get_payload_bytes, .kind = "bytes", .doc = "The payload's bytes." },
    { .name = NULL },
};

const struct core_special core_special_udp = {
    .name = "UDP",
    .pq_type = 17,
    .attrs = udp_attrs,
    .above = above_transport,
    .field = field_transport,
};

/* ---- ARP: addresses are as long as the header says; those of other kinds of network are hexadecimal text ---- */

static const char *const arp_addresses[][2] = {
    { "sender_hw_addr", "sender_hw_bytes" },
    { "target_hw_addr", "target_hw_bytes" },
    { "sender_proto_addr", "sender_proto_bytes" },
    { "target_proto_addr", "target_proto_bytes" },
};

static const struct core_attr *arp_bytes(const struct core_attr *attr)
{
    size_t i = 0;

    while (strcmp(arp_addresses[i][0], attr->name) != 0)
        i++;
    return core_class_attr_named(attr->klass, arp_addresses[i][1]);
}

static PyObject *get_arp_address(struct core_layer *layer, const struct core_attr *attr)
{
    const struct core_attr *row = arp_bytes(attr);
    PyObject *bytes = core_attr_get((PyObject *)layer, (void *)row);
    char *data = NULL;
    Py_ssize_t len = 0;
    PyObject *text = NULL;

    if (bytes == NULL || PyBytes_AsStringAndSize(bytes, &data, &len) < 0) {
        Py_XDECREF(bytes);
        return NULL;
    }
    bool mac = attr->row->kind == SPK_MAC;
    struct spk_value value = { .kind = attr->row->kind, .data = (const uint8_t *)data, .len = (uint32_t)len };
    if (len == 4 && !mac)
        value.u = core_load32(value.data);
    if (len == (mac ? 6 : 4))
        text = core_from_value(&value);
    else
        text = PyObject_CallMethod(bytes, "hex", NULL);
    Py_DECREF(bytes);
    return text;
}

/* Whether a text is an address where it is none of six or four octets: in hexadecimal; empty where the message says so. */
static int may_be_hex(struct core_layer *layer, const struct core_attr *attr, PyObject *text)
{
    Py_ssize_t len = PyUnicode_GetLength(text);
    bool mac = attr->row->kind == SPK_MAC;

    if (len > 0)
        return PyUnicode_FindChar(text, ':', 0, len, 1) < 0 && PyUnicode_FindChar(text, '.', 0, len, 1) < 0;
    const struct core_attr *octets = core_class_attr_named(layer->klass, mac ? "hardware_len" : "proto_len");
    PyObject *number = core_attr_get((PyObject *)layer, (void *)octets);
    int none = number != NULL ? PyObject_Not(number) : -1;
    Py_XDECREF(number);
    return none;
}

/* The octets of such a text; the error that stands stays where it is none either. */
static PyObject *from_hex(struct core_layer *layer, const struct core_attr *attr, PyObject *text)
{
    PyObject *type = NULL;
    PyObject *said = NULL;
    PyObject *trace = NULL;

    PyErr_Fetch(&type, &said, &trace);
    int may_be = may_be_hex(layer, attr, text);
    PyObject *bytes = may_be > 0 ? PyObject_CallMethod((PyObject *)&PyBytes_Type, "fromhex", "O", text) : NULL;
    if (bytes == NULL) {
        PyErr_Restore(type, said, trace);
        return NULL;
    }
    Py_XDECREF(type);
    Py_XDECREF(said);
    Py_XDECREF(trace);
    return bytes;
}

static int set_arp_address(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    const struct core_attr *row = arp_bytes(attr);
    struct core_keep keep;
    struct spk_value parsed;
    PyObject *bytes = NULL;

    if (core_to_value(attr->row, value, &keep, &parsed) == 0) {
        uint8_t ip4[4];
        core_store32(ip4, (uint32_t)parsed.u);
        bool mac = attr->row->kind == SPK_MAC;
        bytes = PyBytes_FromStringAndSize(mac ? (const char *)parsed.data : (const char *)ip4, mac ? 6 : 4);
        core_keep_done(&keep);
    } else if (PyErr_ExceptionMatches(PyExc_ValueError) && PyUnicode_Check(value)) {
        bytes = from_hex(layer, attr, value);
    }
    int done = bytes != NULL ? core_attr_set((PyObject *)layer, bytes, (void *)row) : -1;
    Py_XDECREF(bytes);
    return done;
}

#define ARP_ADDRESS(name_, doc_)                                                                                       \
    {                                                                                                                  \
        .name = (name_), .get = get_arp_address, .set = set_arp_address, .kind = "text", .doc = (doc_)                 \
    }

static const struct core_attr arp_attrs[] = {
    { .name = "operation", .least = 1, .most = 9 },
    ARP_ADDRESS("sender_hw_addr", "Hardware address of the sender; hexadecimal where it is no MAC address. [RFC 826]"),
    ARP_ADDRESS("target_hw_addr", "Hardware address of the target; hexadecimal where it is no MAC address. [RFC 826]"),
    ARP_ADDRESS("sender_proto_addr", "Address of the sender; hexadecimal where it is not IPv4's. [RFC 826]"),
    ARP_ADDRESS("target_proto_addr", "Address of the target; hexadecimal where it is not IPv4's. [RFC 826]"),
    { .name = NULL },
};

const struct core_special core_special_arp = { .name = "ARP", .pq_type = 2054, .attrs = arp_attrs };

static const uint16_t netflow_ports[] = { 2005, 2055, 0 };

const struct core_special core_special_netflow = { .name = "NetflowSimple", .pq_type = 2005, .ports = netflow_ports };
