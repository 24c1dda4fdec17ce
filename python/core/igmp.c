/* igmp: IGMP, whose layout the tutorial's class chooses by version, and the records of a report. */
#include "types.h"

enum { QUERY = 0x11, REPORT_V1 = 0x12, REPORT_V2 = 0x16, REPORT_V3 = 0x22 };

static long number_of(struct core_layer *layer, const char *name)
{
    PyObject *value = PyObject_GetAttrString((PyObject *)layer, name);
    long number = value != NULL && PyLong_Check(value) ? PyLong_AsLong(value) : 0;

    Py_XDECREF(value);
    return number;
}

/* ---- addresses in lists ---- */

/* Checks a list of addresses and keeps it, and its length as the count that goes with it. */
static int set_sources(struct core_layer *layer, const struct core_attr *attr, PyObject *list, const char *count)
{
    if (!PyList_Check(list)) {
        PyErr_Format(PyExc_TypeError, "%s.%s takes a list, not %R", layer->klass->name, attr->name, Py_TYPE(list));
        return -1;
    }
    PyObject *clean = PyList_New(0);
    for (Py_ssize_t i = 0; clean != NULL && i < PyList_Size(list); i++) {
        struct core_keep keep;
        struct spk_value value;
        PyObject *item = Py_NewRef(PyList_GetItem(list, i));
        int done = core_to_value(attr->row, item, &keep, &value);
        Py_DECREF(item);
        item = done == 0 ? core_from_value(&value) : NULL;
        if (done == 0)
            core_keep_done(&keep);
        if (item == NULL || PyList_Append(clean, item) < 0)
            Py_CLEAR(clean);
        Py_XDECREF(item);
    }
    int done = clean == NULL || core_rows_melt(layer) < 0 ? -1 : core_layer_remember(layer, attr->word, clean);
    if (done == 0)
        done = core_put_number(layer->store, count, (uint64_t)PyList_Size(clean));
    if (layer->klass->element)
        layer->flags |= CORE_OWN;
    Py_XDECREF(clean);
    return done;
}

static int set_query_sources(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    return set_sources(layer, attr, value, "num_records");
}

static int set_record_sources(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    return set_sources(layer, attr, value, "num_src");
}

/* ---- the message ---- */

/* RFC 3376 section 7.1, of a message that was decoded and then taken apart. */
static long version_of_values(struct core_layer *layer)
{
    long type = number_of(layer, "type");

    if (type == QUERY)
        return core_layer_value(layer, "num_records") != NULL ? 3 : number_of(layer, "max_resp") == 0 ? 1 : 2;
    return type == REPORT_V3 ? 3 : type == REPORT_V1 ? 1 : 2;
}

/* What the bytes say; 2 in a new message. */
static PyObject *get_version(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *given = core_layer_recall(layer, attr->word);

    if (given != NULL || PyErr_Occurred())
        return Py_XNewRef(given);
    if ((layer->flags & CORE_MELTED) != 0 || layer->source == NULL)
        return PyLong_FromLong(layer->source != NULL ? version_of_values(layer) : 2);
    PyObject *version = core_rows_find(layer, attr, NULL);
    return version == NULL && !PyErr_Occurred() ? PyLong_FromLong(1) : version;
}

static int set_version(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (core_to_number(value, 8, attr->name, &number) < 0 || core_rows_melt(layer) < 0)
        return -1;
    return core_put_number(layer->store, attr->name, number);
}

static PyObject *get_reserved1(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *given = core_layer_recall(layer, attr->word);
    long version = number_of(layer, "version");
    bool there = version == 1 || (version == 3 && number_of(layer, "type") != QUERY);

    if (given != NULL || PyErr_Occurred())
        return Py_XNewRef(given);
    return PyLong_FromLong(there ? number_of(layer, "max_resp") : 0);
}

static int set_reserved1(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    return set_version(layer, attr, value);
}

static PyObject *get_reserved2(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *bytes = core_rows_find(layer, attr, NULL);
    long number = 0;

    if (bytes != NULL && PyBytes_Check(bytes) && PyBytes_Size(bytes) == 2) {
        number = core_load16((const uint8_t *)PyBytes_AsString(bytes));
    }
    Py_XDECREF(bytes);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(number);
}

static int set_reserved2(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (core_to_number(value, 16, attr->name, &number) < 0 || core_rows_melt(layer) < 0)
        return -1;
    uint8_t bytes[2];
    core_store16(bytes, (unsigned)number);
    PyObject *clean = PyBytes_FromStringAndSize((const char *)bytes, sizeof bytes);
    int done = clean != NULL ? core_layer_remember(layer, attr->word, clean) : -1;
    Py_XDECREF(clean);
    return done;
}

/*
 * The tutorial's class lays a message out by its version, whatever its type: so the type is set to one that the rows lay
 * out so, and written over the first byte afterwards.
 */
static int encode(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    static const char *const query_parts[] = { "s", "qrv", "qqic", "num_records" };
    size_t at = out->len;
    int clean = core_rows_clean(layer);

    if (clean < 0)
        return -1;
    if (clean > 0 && (layer->source != NULL || layer->store == NULL))
        return core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
    if (core_rows_melt(layer) < 0)
        return -1;
    long version = number_of(layer, "version");
    long type = number_of(layer, "type");
    long layout = version != 3 ? REPORT_V2 : type == QUERY ? QUERY : REPORT_V3;
    PyObject *own = layer->store;
    PyObject *values = PyDict_Copy(own);
    int done = values != NULL ? core_put_number(values, "type", (uint64_t)layout) : -1;
    for (size_t i = 0; done == 0 && layout == QUERY && i < SPK_COUNT_OF(query_parts); i++) {
        if (PyDict_GetItemString(values, query_parts[i]) == NULL)
            done = core_put_number(values, query_parts[i], 0);
    }
    if (done == 0 && core_layer_value(layer, "reserved1") != NULL && (version == 1 || layout == REPORT_V3))
        done = PyDict_SetItemString(values, "max_resp", core_layer_value(layer, "reserved1"));
    if (done == 0) {
        layer->store = values;
        done = core_rows_build(layer, options, out);
        layer->store = own;
    }
    if (done == 0)
        out->data[at] = (uint8_t)type;
    if (done == 0 && options->update && version == 3) {
        PyObject *list = core_layer_value(layer, layout == QUERY ? "source_addresses" : "group_records");
        done = core_put_number(layer->store, "num_records",
                               list != NULL && PyList_Check(list) ? (uint64_t)PyList_Size(list) : 0);
    }
    Py_XDECREF(values);
    return done;
}

static PyObject *field(struct core_layer *layer, PyObject *name)
{
    long version = 0;

    if (PyUnicode_CompareWithASCIIString(name, "igmp.max_resp") == 0) {
        version = number_of(layer, "version");
        bool none = version == 1 || number_of(layer, "type") == REPORT_V3;
        return none ? Py_NewRef(Py_None) : PyObject_GetAttrString((PyObject *)layer, "max_resp");
    }
    if (PyUnicode_CompareWithASCIIString(name, "igmp.obj.saddr") == 0)
        return number_of(layer, "version") == 3 ? PyObject_GetAttrString((PyObject *)layer, "source_addresses") : NULL;
    if (PyUnicode_CompareWithASCIIString(name, "igmp.obj.grecs") == 0)
        return number_of(layer, "version") == 3 ? PyObject_GetAttrString((PyObject *)layer, "group_records") : NULL;
    return NULL;
}

static PyObject *get_ignored(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return PyLong_FromLong((long)(layer->hdr_len));
}

static int set_ignored(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    (void)layer;
    (void)attr;
    (void)value;
    return 0;
}

static const uint8_t new_message[8] = { 0 };

static const char *const fields[] = { "igmp.obj.saddr", "igmp.obj.grecs", NULL };

static const struct core_attr attrs[] = {
    { .name = "version",
      .get = get_version,
      .set = set_version,
      .kind = "int",
      .doc = "Version of the protocol, which says how the message is laid out. 0 to 255. [igmp.version; RFC 3376]" },
    { .name = "reserved1",
      .get = get_reserved1,
      .set = set_reserved1,
      .kind = "int",
      .doc = "The second byte, where it has no meaning. 0 to 255. [RFC 3376]" },
    { .name = "reserved2",
      .get = get_reserved2,
      .set = set_reserved2,
      .kind = "int",
      .doc = "Bytes 4 and 5 of a report of version 3. 0 to 65535. [RFC 3376]" },
    { .name = "source_addresses", .set = set_query_sources },
    { .name = "max_resp", .doc = "Longest time to answer, in tenths of a second; from 128 on coded." },
    { .name = "length",
      .get = get_ignored,
      .set = set_ignored,
      .kind = "int",
      .doc = "Bytes of the message. What is set is not heeded: the bytes themselves tell." },
    { .name = NULL },
};

const struct core_special core_special_igmp = {
    .name = "IGMP",
    .pq_type = 4,
    .attrs = attrs,
    .fields = fields,
    .field = field,
    .encode = encode,
    .init = new_message,
    .init_len = sizeof new_message,
};

/* ---- a record of a report ---- */

static PyObject *get_byte_len(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return PyLong_FromLong(8 + 4 * number_of(layer, "num_src") + 4 * number_of(layer, "aux_data_len"));
}

static PyObject *get_group_addresses(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return PyObject_GetAttrString((PyObject *)layer, "source_addresses");
}

static int set_group_addresses(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    (void)attr;
    return set_record_sources(layer, core_class_attr_named(layer->klass, "source_addresses"), value);
}

/* RFC 3376 section 4.2.6: the length counts words. */
static int set_aux_data(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    PyObject *bytes = core_bytes_of(value);
    int done = bytes != NULL ? core_layer_remember(layer, attr->word, bytes) : -1;

    if (done == 0)
        done = core_put_number(layer->store, "aux_data_len", (uint64_t)((PyBytes_Size(bytes) + 3) / 4));
    layer->flags |= CORE_OWN;
    Py_XDECREF(bytes);
    return done;
}

/* A record is built as the only one of a report. */
static int encode_record(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    const struct core_class *klass =
        core_class_of_proto(layer->klass->state, spk_registry_find(layer->klass->state->registry, "igmp"));
    struct core_layer *report = core_layer_new(klass);
    PyObject *records = report != NULL ? PyList_New(0) : NULL;
    struct core_bytes whole;
    int done = records != NULL ? PyList_Append(records, (PyObject *)layer) : -1;

    core_bytes_begin(&whole);
    if (done == 0 && (report->store = PyDict_New()) == NULL)
        done = -1;
    if (done == 0) {
        report->flags = CORE_MELTED;
        done = PyDict_SetItemString(report->store, "group_records", records) < 0
                       || core_put_number(report->store, "type", REPORT_V3) < 0
                       || core_rows_build(report, options, &whole) < 0 || whole.len < sizeof new_message
                       || core_bytes_add(out, whole.data + sizeof new_message, whole.len - sizeof new_message) == NULL
                   ? -1
                   : 0;
    }
    core_bytes_free(&whole);
    Py_XDECREF(records);
    Py_XDECREF((PyObject *)report);
    return done;
}

static PyObject *record_field(struct core_layer *layer, PyObject *name)
{
    static const char prefix[] = "igmpv3grouprecord.";
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);

    if (text == NULL || strncmp(text, prefix, sizeof prefix - 1) != 0)
        return NULL;
    PyObject *value = PyObject_GetAttrString((PyObject *)layer, text + sizeof prefix - 1);
    if (value == NULL && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return value;
}

static const char *const record_fields[] = {
    "igmpv3grouprecord.type",
    "igmpv3grouprecord.aux_data_len",
    "igmpv3grouprecord.num_src",
    "igmpv3grouprecord.group_address",
    "igmpv3grouprecord.source_addresses",
    "igmpv3grouprecord.aux_data",
    NULL,
};

static const struct core_attr record_attrs[] = {
    { .name = "source_addresses", .set = set_record_sources },
    { .name = "group_addresses",
      .get = get_group_addresses,
      .set = set_group_addresses,
      .kind = "list",
      .doc = "The same as source_addresses, by the name that the tutorial's class has." },
    { .name = "aux_data", .set = set_aux_data },
    { .name = "byte_len", .get = get_byte_len, .kind = "int", .doc = "Bytes of the record, as its counts say." },
    { .name = NULL },
};

const struct core_special core_special_igmp_record = {
    .name = "IGMPGroupRecord",
    .pq_type = 5,
    .attrs = record_attrs,
    .fields = record_fields,
    .field = record_field,
    .encode = encode_record,
};
