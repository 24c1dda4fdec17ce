/*
 * dns: DNS, its queries and its records. A record's data has the tutorial's text: an address, a name, or an SOA record's
 * seven parts; of other types it is the octets, as UTF-8 with surrogates for what is none.
 */
#include "types.h"

#include <stdlib.h>

enum {
    TYPE_A = 1,
    TYPE_NS = 2,
    TYPE_CNAME = 5,
    TYPE_SOA = 6,
    TYPE_PTR = 12,
    TYPE_TXT = 16,
    TYPE_AAAA = 28,
    TYPE_OPT = 41
};
enum { HEADER_LEN = 12, NAME_MAX_TEXT = 253, LABEL_MAX = 63, SOA_NUMBERS = 5, SOA_WORDS = 15 };

static const uint16_t ports[] = { 53, 0 };

static unsigned long number_of(struct core_layer *layer, const char *name)
{
    PyObject *value = core_layer_value(layer, name);
    unsigned long number = value != NULL && PyLong_Check(value) ? PyLong_AsUnsignedLongMask(value) : 0;

    PyErr_Clear();
    return number;
}

static bool is_name_type(unsigned long type)
{
    return type == TYPE_NS || type == TYPE_CNAME || type == TYPE_PTR;
}

/* The rows' codec for names, and their rows for addresses: dns.qry.name, dns.a, dns.aaaa. */
static const struct spk_row *row_of(const struct core_state *state, const char *field)
{
    const struct spk_field *found = spk_field_find(state->registry, field);

    return found != NULL ? found->row : NULL;
}

/* ---- names that people give ---- */

/* Letters, digits, hyphens within a label, and an underscore in front of it; RFC 1123 section 2.1, RFC 8552. */
static bool is_host_name(const char *text, Py_ssize_t len)
{
    Py_ssize_t label = 0;

    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len > NAME_MAX_TEXT)
        return false;
    for (Py_ssize_t i = 0; i <= len; i++) {
        char c = i < len ? text[i] : '.';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '.') {
            if ((label == 0 && len > 0) || label > LABEL_MAX || (label > 0 && text[i - 1] == '-'))
                return false;
            label = 0;
            continue;
        }
        if (!(letter || (c == '-' && label > 0) || (c == '_' && label == 0)))
            return false;
        label++;
    }
    return true;
}

static int check_name(struct core_layer *layer, const char *name, const char *type)
{
    PyObject *value = core_layer_value(layer, name);
    unsigned long number = number_of(layer, type);
    Py_ssize_t len = 0;

    if (value == NULL || number == TYPE_TXT || number == TYPE_OPT)
        return 0;
    const char *text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &len) : NULL;
    PyErr_Clear();
    if (text != NULL && is_host_name(text, len))
        return 0;
    PyErr_Format(PyExc_ValueError, "%s: %R is no host name", name, value);
    return -1;
}

static int set_name(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    PyObject *name = core_to_name(value, attr->name);
    PyObject *before = core_layer_recall(layer, attr->word);

    Py_XINCREF(before);
    int done = name != NULL && core_rows_melt(layer) == 0 ? core_layer_remember(layer, attr->word, name) : -1;
    if (done == 0 && (layer->flags & CORE_BUILT) != 0)
        done = check_name(layer, attr->name, attr->name[0] == 'q' ? "query_type" : "res_type");
    if (done < 0 && before != NULL) {
        PyObject *error[3];
        PyErr_Fetch(&error[0], &error[1], &error[2]);
        core_layer_remember(layer, attr->word, before);
        PyErr_Restore(error[0], error[1], error[2]);
    }
    layer->flags |= CORE_OWN;
    Py_XDECREF(before);
    Py_XDECREF(name);
    return done;
}

static int require(struct core_layer *layer)
{
    for (size_t i = 0; i < layer->klass->attr_count; i++) {
        if (core_layer_recall(layer, layer->klass->attrs[i].word) == NULL) {
            PyErr_Format(PyExc_TypeError, "%s() needs %s", layer->klass->name, layer->klass->attrs[i].name);
            return -1;
        }
    }
    return 0;
}

static int built_query(struct core_layer *layer)
{
    return require(layer) < 0 ? -1 : check_name(layer, "query_name", "query_type");
}

static int built_resource(struct core_layer *layer)
{
    return require(layer) < 0 ? -1 : check_name(layer, "domain_name", "res_type");
}

/* ---- a record's data as text ---- */

/* The name at *at of octets without pointers, as the library spells it, but with no final dot. */
static PyObject *name_text(const struct core_layer *layer, const uint8_t *data, uint32_t len, uint32_t *at)
{
    const struct spk_row *row = row_of(layer->klass->state, "dns.ns");
    struct spk_packet packet = { .data = data, .caplen = len, .len = len, .count = 1 };
    struct spk_scratch scratch;
    struct spk_place place = { .packet = &packet, .at = *at, .end = len, .scratch = &scratch };
    struct spk_value value = { .kind = SPK_TEXT };

    packet.layers[0] = (struct spk_layer){ .hdr_len = len, .end = len };
    int32_t bytes = *at <= len ? row->codec->measure(&place) : -1;
    if (bytes < 0 || !row->codec->spell(&place, &value))
        return NULL;
    *at += (uint32_t)bytes;
    return PyUnicode_FromStringAndSize((const char *)value.data, (Py_ssize_t)(value.len > 0 ? value.len - 1 : 0));
}

/* The keeper's mailbox has its @ where the first label ends; an escaped dot is part of a label. */
static PyObject *mailbox(PyObject *name)
{
    Py_ssize_t len = 0;
    const char *text = PyUnicode_AsUTF8AndSize(name, &len);

    for (Py_ssize_t i = 0; text != NULL && i < len; i++) {
        if (text[i] == '\\') {
            i++;
        } else if (text[i] == '.') {
            PyObject *label = PyUnicode_FromStringAndSize(text, i);
            PyObject *box = label != NULL ? PyUnicode_FromFormat("%U@%s", label, text + i + 1) : NULL;
            Py_XDECREF(label);
            return box;
        }
    }
    return text != NULL ? Py_NewRef(name) : NULL;
}

static unsigned long number_at(const uint8_t *numbers, unsigned index)
{
    return core_load32(numbers + 4 * (size_t)index);
}

static PyObject *soa_text(const struct core_layer *layer, const uint8_t *data, uint32_t len)
{
    uint32_t at = 0;
    PyObject *mname = name_text(layer, data, len, &at);
    PyObject *rname = mname != NULL ? name_text(layer, data, len, &at) : NULL;
    PyObject *box = rname != NULL ? mailbox(rname) : NULL;
    PyObject *text = NULL;

    if (box != NULL && len - at == 4 * SOA_NUMBERS) {
        data += at;
        text = PyUnicode_FromFormat("SOA mname: %U, rname: %U, serial: %lu, refresh: %lu, retry: %lu, expire: %lu, "
                                    "minimum: %lu",
                                    mname, box, number_at(data, 0), number_at(data, 1), number_at(data, 2),
                                    number_at(data, 3), number_at(data, 4));
    }
    Py_XDECREF(mname);
    Py_XDECREF(rname);
    Py_XDECREF(box);
    return text;
}

/* Octets that are not what their type asks for are shown as those of other types are. */
static PyObject *data_text(const struct core_layer *layer, unsigned long type, const uint8_t *data, uint32_t len)
{
    struct spk_value value = { .kind = SPK_IP6, .data = data, .len = len };
    PyObject *text = NULL;
    uint32_t at = 0;

    if (type == TYPE_A && len == 4) {
        value.kind = SPK_IP4;
        value.u = core_load32(data);
        return core_from_value(&value);
    }
    if (type == TYPE_AAAA && len == 16)
        return core_from_value(&value);
    if (is_name_type(type))
        text = name_text(layer, data, len, &at);
    else if (type == TYPE_SOA)
        text = soa_text(layer, data, len);
    if (text != NULL && is_name_type(type) && at != len)
        Py_CLEAR(text);
    if (text != NULL || PyErr_Occurred())
        return text;
    return PyUnicode_DecodeUTF8((const char *)data, (Py_ssize_t)len, "surrogateescape");
}

static PyObject *get_res_data(struct core_layer *layer, const struct core_attr *attr)
{
    PyObject *value = core_layer_recall(layer, attr->word);

    if (value == NULL)
        return PyErr_Occurred() ? NULL : PyUnicode_FromString("");
    if (!PyBytes_Check(value))
        return Py_NewRef(value);
    return data_text(layer, number_of(layer, "res_type"), (const uint8_t *)PyBytes_AsString(value),
                     (uint32_t)PyBytes_Size(value));
}

/* Text of any type, or the octets themselves. */
static int set_res_data(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    if (!PyUnicode_Check(value) && !PyBytes_Check(value)) {
        PyErr_Format(PyExc_TypeError, "res_data is text or bytes, not %R", Py_TYPE(value));
        return -1;
    }
    layer->flags |= CORE_OWN;
    return core_rows_melt(layer) < 0 ? -1 : core_layer_remember(layer, attr->word, value);
}

/* ---- a message to bytes ---- */

/* Where names stand that later ones may point at. */
struct writer {
    const struct core_state *state;
    struct core_bytes *out;
    size_t start; /* of the message */
    bool compress;
    uint32_t *places;
    uint32_t count, room;
};

static int put_name(struct writer *w, const char *text, size_t len)
{
    const struct spk_codec *codec = row_of(w->state, "dns.ns")->codec;
    const struct spk_value value = { .kind = SPK_TEXT, .data = (const uint8_t *)text, .len = (uint32_t)len };
    uint32_t at = (uint32_t)(w->out->len - w->start);
    uint8_t wire[512];
    int32_t bytes = -1;

    if (w->count == w->room) {
        uint32_t room = w->room > 0 ? w->room * 2 : 32;
        uint32_t *places = PyMem_Realloc(w->places, room * sizeof *places);
        if (places == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        w->places = places;
        w->room = room;
    }
    struct spk_written before = {
        .message = w->out->data + w->start, .len = at, .places = w->places, .count = w->count
    };
    if (len <= 4 * (NAME_MAX_TEXT + 1U))
        bytes = codec->put(&value, w->compress ? &before : NULL, wire, sizeof wire);
    if (bytes < 0) {
        PyErr_Format(PyExc_ValueError, "'%s' is no domain name", text);
        return -1;
    }
    w->places[w->count++] = at;
    return core_bytes_add(w->out, wire, (size_t)bytes) != NULL ? 0 : -1;
}

static int put_name_object(struct writer *w, PyObject *name)
{
    Py_ssize_t len = 0;
    const char *text = name != NULL && PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &len) : NULL;

    if (text == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "a domain name is a str");
    return text != NULL ? put_name(w, text, (size_t)len) : -1;
}

static int put_uint(struct writer *w, unsigned long number, unsigned bytes)
{
    uint8_t wire[4];

    for (unsigned i = 0; i < bytes; i++)
        wire[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
    return core_bytes_add(w->out, wire, bytes) != NULL ? 0 : -1;
}

/* "SOA mname: NAME, rname: NAME, serial: N, ..., minimum: N": the words at 2, 4, ... 14, without their commas. */
static int put_soa(struct writer *w, const char *text)
{
    char *copy = PyMem_Malloc(strlen(text) + 1);
    char *words[SOA_WORDS + 1];
    size_t count = 0;
    int done = 0;

    if (copy == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    strcpy(copy, text);
    for (char *word = copy + strspn(copy, " \t\n"); *word != '\0' && count <= SOA_WORDS;) {
        size_t len = strcspn(word, " \t\n");
        words[count++] = word;
        char *next = word + len + strspn(word + len, " \t\n");
        word[len > 0 && word[len - 1] == ',' ? len - 1 : len] = '\0';
        word = next;
    }
    if (count != SOA_WORDS)
        done = -1;
    if (done == 0) {
        char *at = strchr(words[4], '@');
        if (at != NULL)
            *at = '.';
        done = put_name(w, words[2], strlen(words[2])) < 0 || put_name(w, words[4], strlen(words[4])) < 0 ? -1 : 0;
    }
    for (size_t i = 6; done == 0 && i < SOA_WORDS; i += 2) {
        char *end = NULL;
        unsigned long number = strtoul(words[i], &end, 10);
        done =
            end == words[i] || *end != '\0' || number > UINT32_MAX || words[i][0] == '-' ? -1 : put_uint(w, number, 4);
    }
    PyMem_Free(copy);
    if (done < 0 && !PyErr_Occurred())
        PyErr_Format(
            PyExc_ValueError,
            "'%s' is not 'SOA mname: NAME, rname: NAME, serial: N, refresh: N, retry: N, expire: N, minimum: N'", text);
    return done;
}

static int put_octets(struct writer *w, PyObject *text)
{
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "surrogateescape");
    int done = bytes != NULL && core_bytes_add(w->out, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes)) ? 0 : -1;

    Py_XDECREF(bytes);
    return done;
}

static int put_address(struct writer *w, const char *field, PyObject *text)
{
    struct core_keep keep;
    struct spk_value value;

    if (core_to_value(row_of(w->state, field), text, &keep, &value) < 0)
        return -1;
    int done = value.data == NULL                                      ? put_uint(w, (unsigned long)value.u, 4)
               : core_bytes_add(w->out, value.data, value.len) != NULL ? 0
                                                                       : -1;
    core_keep_done(&keep);
    return done;
}

/* Octets that came from a message go through their text where names in them may be written shorter. */
static int put_data(struct writer *w, struct core_layer *record)
{
    unsigned long type = number_of(record, "res_type");
    PyObject *value = core_layer_value(record, "res_data");
    PyObject *text = NULL;
    Py_ssize_t len = 0;
    int done = -1;

    if (value == NULL)
        return 0;
    if (PyBytes_Check(value) && !is_name_type(type) && type != TYPE_SOA)
        return core_bytes_add(w->out, PyBytes_AsString(value), (size_t)PyBytes_Size(value)) != NULL ? 0 : -1;
    if (PyBytes_Check(value) && PyBytes_Size(value) == 0)
        return 0;
    text = PyBytes_Check(value)
               ? data_text(record, type, (const uint8_t *)PyBytes_AsString(value), (uint32_t)PyBytes_Size(value))
               : Py_NewRef(value);
    if (text == NULL)
        return -1;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "res_data is text or bytes, not %R", Py_TYPE(text));
    } else if (type == TYPE_A || type == TYPE_AAAA) {
        done = PyUnicode_GetLength(text) == 0 ? 0 : put_address(w, type == TYPE_A ? "dns.a" : "dns.aaaa", text);
    } else if (is_name_type(type)) {
        done = put_name_object(w, text);
    } else if (type == TYPE_SOA) {
        const char *words = PyUnicode_AsUTF8AndSize(text, &len);
        done = words != NULL ? put_soa(w, words) : -1;
    } else {
        done = put_octets(w, text);
    }
    Py_DECREF(text);
    /* octets of a name's type that are none stay what they are */
    if (done < 0 && PyBytes_Check(value) && PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear();
        done = core_bytes_add(w->out, PyBytes_AsString(value), (size_t)PyBytes_Size(value)) != NULL ? 0 : -1;
    }
    return done;
}

static int put_query(struct writer *w, struct core_layer *query)
{
    return put_name_object(w, core_layer_value(query, "query_name")) < 0
                   || put_uint(w, number_of(query, "query_type"), 2) < 0
                   || put_uint(w, number_of(query, "query_class"), 2) < 0
               ? -1
               : 0;
}

static int put_record(struct writer *w, struct core_layer *record)
{
    if (put_name_object(w, core_layer_value(record, "domain_name")) < 0
        || put_uint(w, number_of(record, "res_type"), 2) < 0 || put_uint(w, number_of(record, "res_class"), 2) < 0
        || put_uint(w, number_of(record, "res_ttl"), 4) < 0 || put_uint(w, 0, 2) < 0)
        return -1;
    size_t at = w->out->len;
    if (put_data(w, record) < 0)
        return -1;
    size_t len = w->out->len - at;
    if (len > UINT16_MAX) {
        PyErr_Format(PyExc_ValueError, "a record's data has at most %d bytes, not %zu", UINT16_MAX, len);
        return -1;
    }
    core_store16(w->out->data + at - 2, (unsigned)len);
    return core_put_number(record->store, "res_len", len);
}

static int put_section(struct writer *w, struct core_layer *message, const char *name, const char *element, long *count)
{
    PyObject *list = core_layer_value(message, name);

    *count = 0;
    if (list == NULL)
        return 0;
    if (!PyList_Check(list)) {
        PyErr_Format(PyExc_TypeError, "DNS.%s is a list, not %R", name, Py_TYPE(list));
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        PyObject *item = PyList_GetItem(list, i);
        struct core_layer *layer = (struct core_layer *)item;
        if (!core_is_layer(w->state, item) || strcmp(layer->klass->name, element) != 0 || layer->store == NULL) {
            PyErr_Format(PyExc_TypeError, "DNS.%s holds %s, not %R", name, element, Py_TYPE(item));
            return -1;
        }
        Py_INCREF(item);
        int done = layer->klass->special == &core_special_dns_query ? put_query(w, layer) : put_record(w, layer);
        Py_DECREF(item);
        if (done < 0)
            return -1;
        ++*count;
    }
    return 0;
}

static const char *const sections[][3] = {
    { "queries", "DNSQuery", "query_count" },
    { "answers", "DNSResource", "answer_count" },
    { "authority", "DNSResource", "auth_count" },
    { "ad", "DNSResource", "ad_count" },
};

static int put_message(struct writer *w, struct core_layer *layer, const struct core_options *options)
{
    const struct core_class *klass = layer->klass;

    for (size_t i = 0; i < SPK_COUNT_OF(sections); i++) {
        long count = 0;
        if (put_section(w, layer, sections[i][0], sections[i][1], &count) < 0
            || (options->update && core_put_number(layer->store, sections[i][2], (uint64_t)(count & 0xffff)) < 0))
            return -1;
    }
    PyObject *behind = core_layer_value(layer, "extraneous");
    if (behind != NULL && PyBytes_Check(behind)
        && core_bytes_add(w->out, PyBytes_AsString(behind), (size_t)PyBytes_Size(behind)) == NULL)
        return -1;
    /* the header last: counts and flags as they are now */
    for (size_t i = 0; i < klass->attr_count; i++) {
        const struct core_attr *attr = &klass->attrs[i];
        if (attr->how == CORE_FIXED && attr->row->view.op == SPK_NOT_A_VIEW)
            core_attr_store(w->out->data + w->start, attr, number_of(layer, attr->name) & attr->mask);
    }
    return 0;
}

static int encode(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    static const uint8_t zeros[HEADER_LEN];
    struct writer w = { .state = layer->klass->state, .out = out, .start = out->len, .compress = options->compress };
    int clean = core_rows_clean(layer);

    if (clean != 0)
        return clean > 0 && core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
    if (core_rows_melt(layer) < 0 || core_bytes_add(out, zeros, sizeof zeros) == NULL)
        return -1;
    int done = put_message(&w, layer, options);
    PyMem_Free(w.places);
    return done;
}

/* ---- the classes ---- */

const struct core_special core_special_dns = {
    .name = "DNS",
    .pq_type = 53,
    .ports = ports,
    .encode = encode,
    .keeps_lengths = true,
    .keeps_bytes = true,
};

static const char *const query_only[] = { "query_name", "query_type", "query_class", NULL };
static const char *const resource_only[] = { "domain_name", "res_type", "res_class", "res_ttl",
                                             "res_len",     "res_data", NULL };

static const struct core_attr query_attrs[] = {
    { .name = "query_name", .set = set_name },
    { .name = NULL },
};

static const struct core_attr resource_attrs[] = {
    { .name = "domain_name", .set = set_name },
    { .name = "res_data",
      .get = get_res_data,
      .set = set_res_data,
      .kind = "text",
      .doc =
          "What the record holds, as text: an address (A, AAAA), a name (NS, CNAME, PTR), an SOA record's seven parts, "
          "else the octets, those that are no UTF-8 as surrogates. [RFC 1035]" },
    { .name = NULL },
};

const struct core_special core_special_dns_query = {
    .name = "DNSQuery",
    .pq_type = 53,
    .attrs = query_attrs,
    .only = query_only,
    .built = built_query,
};

const struct core_special core_special_dns_resource = {
    .name = "DNSResource",
    .pq_type = 53,
    .attrs = resource_attrs,
    .only = resource_only,
    .built = built_resource,
};
