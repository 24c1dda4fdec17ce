/* link: PKT, NullPkt, Ethernet with its first tag, and MPLS, whose labels are layers each. */
#include "types.h"

const struct core_special core_special_pkt = { .name = "PKT" };

/* ---- NullPkt: bytes that nobody decodes ---- */

static PyObject *get_fake_proto_id(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    if (layer->hdr_len < 2)
        return Py_NewRef(Py_None);
    return PyLong_FromLong(core_load16(layer->hdr));
}

static const struct core_attr null_attrs[] = {
    { .name = "fake_proto_id",
      .get = get_fake_proto_id,
      .kind = "int?",
      .doc = "The first two bytes as a number; None where there are fewer." },
    { .name = NULL },
};

const struct core_special core_special_null = { .name = "NullPkt", .pq_type = 65535, .attrs = null_attrs };

/* ---- Ethernet ---- */

enum { PLAIN_LEN = 14, TAGGED_LEN = 18, AT_TYPE = 12, AT_TCI = 14, AT_INNER_TYPE = 16, TPID = 0x8100 };

static int decode_ethernet(struct core_layer *layer, const uint8_t *data, uint32_t len)
{
    const struct core_state *state = layer->klass->state;
    struct spk_layer place;
    uint32_t front = 0;
    uint16_t index = layer->klass->index;

    if (len < PLAIN_LEN)
        return -1;
    if ((layer->flags & CORE_REGISTRY) == 0 && core_load16(data + AT_TYPE) == TPID) {
        if (len < TAGGED_LEN)
            return -1;
        /* the tag says who follows, and how long that is */
        front = PLAIN_LEN;
        index = state->vlan->index;
    }
    int next = spk_decode_layer(state->registry, index, data + front, len - front, len - front, &place);
    layer->next = next < 0 ? CORE_NOBODY : (uint16_t)next;
    layer->hdr_len = front + place.hdr_len;
    layer->rest = data + layer->hdr_len;
    layer->rest_len = front + place.end - layer->hdr_len;
    layer->tail_len = len - front - place.end;
    return 0;
}

/* A header with room for a tag, which is written only where its tpid says that there is one. */
static uint8_t *own_tagged(struct core_layer *layer)
{
    bool plain = layer->hdr_len == PLAIN_LEN;
    uint8_t *header = core_layer_own(layer, TAGGED_LEN);

    if (header != NULL && plain) {
        memcpy(header + AT_INNER_TYPE, header + AT_TYPE, 2);
        memset(header + AT_TYPE, 0, 4);
    }
    return header;
}

static uint32_t type_at(const struct core_layer *layer)
{
    return layer->hdr_len == TAGGED_LEN ? AT_INNER_TYPE : AT_TYPE;
}

static PyObject *get_type(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return PyLong_FromLong((long)core_load16(layer->hdr + type_at(layer)));
}

static int set_type(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (core_to_number(value, 16, attr->name, &number) < 0)
        return -1;
    uint8_t *header = core_layer_own(layer, layer->hdr_len);
    if (header == NULL)
        return -1;
    core_store16(header + type_at(layer), (unsigned)number);
    /* who follows bytes that were not decoded yet depends on it */
    if (layer->payload == NULL)
        layer->flags |= CORE_UNKNOWN;
    return 0;
}

/* Parts of the tag: where they stand in its two words, tpid and what IEEE 802.1Q section 9.6 puts behind. */
struct part {
    const char *name;
    uint8_t byte, bits, shift;
};

static const struct part parts[] = {
    { "tpid", AT_TYPE, 16, 0 },
    { "priority_code", AT_TCI, 3, 13 },
    { "drop_eligible", AT_TCI, 1, 12 },
    { "vlan_id", AT_TCI, 12, 0 },
};

static const struct part *part_of(const struct core_attr *attr)
{
    const struct part *part = parts;

    while (strcmp(part->name, attr->name) != 0)
        part++;
    return part;
}

static PyObject *get_part(struct core_layer *layer, const struct core_attr *attr)
{
    const struct part *part = part_of(attr);
    unsigned word = layer->hdr_len == TAGGED_LEN ? core_load16(layer->hdr + part->byte) : 0;

    return PyLong_FromLong((long)(word >> part->shift & ((1U << part->bits) - 1)));
}

static int set_part(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    const struct part *part = part_of(attr);
    uint64_t number = 0;

    if (core_to_number(value, part->bits, attr->name, &number) < 0)
        return -1;
    uint8_t *header = own_tagged(layer);
    if (header == NULL)
        return -1;
    unsigned mask = ((1U << part->bits) - 1) << part->shift;
    unsigned word = core_load16(header + part->byte);
    core_store16(header + part->byte, (word & ~mask) | (unsigned)number << part->shift);
    return 0;
}

/* What a layer has behind its payload, in front of what was gathered of those above it. */
static void add_tail(const struct core_layer *layer, PyObject **gathered)
{
    PyObject *own = core_layer_recall(layer, layer->klass->state->words.trailer);
    PyObject *inner = *gathered;

    *gathered = PyBytes_FromStringAndSize(NULL, 0);
    PyBytes_ConcatAndDel(gathered, inner);
    if (*gathered != NULL && own != NULL)
        PyBytes_Concat(gathered, own);
    if (*gathered != NULL && layer->tail_len > 0)
        PyBytes_ConcatAndDel(gathered,
                             PyBytes_FromStringAndSize((const char *)layer->rest + layer->rest_len, layer->tail_len));
}

/* All that lies behind the innermost payload, whichever layer's length left it over. */
static PyObject *get_trailer(struct core_layer *layer, const struct core_attr *attr)
{
    struct core_chain chain;
    PyObject *layers[SPK_LAYERS_MAX]; /* owned */
    PyObject *trailer = PyBytes_FromStringAndSize(NULL, 0);
    unsigned count = 0;

    (void)attr;
    core_chain_begin(&chain, (PyObject *)layer);
    while (chain.at != NULL && count < SPK_LAYERS_MAX) {
        layers[count++] = Py_NewRef(chain.at);
        core_chain_step(&chain);
    }
    core_chain_end(&chain);
    if (PyErr_Occurred())
        Py_CLEAR(trailer);
    while (count-- > 0) {
        if (trailer != NULL)
            add_tail((struct core_layer *)layers[count], &trailer);
        Py_DECREF(layers[count]);
    }
    return trailer;
}

/* Nothing is left over of a layer now; its bytes no longer stand in one piece. */
static int drop_tail(struct core_layer *layer)
{
    PyObject *word = layer->klass->state->words.trailer;
    bool has = core_layer_recall(layer, word) != NULL;

    if (!has && layer->tail_len == 0)
        return 0;
    if (core_layer_own(layer, layer->hdr_len) == NULL)
        return -1;
    layer->tail_len = 0;
    return has ? PyDict_DelItem(layer->store, word) : 0;
}

static int set_trailer(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    PyObject *bytes = core_bytes_of(value);
    struct core_chain chain;
    int done = 0;

    (void)attr;
    if (bytes == NULL)
        return -1;
    core_chain_begin(&chain, (PyObject *)layer);
    while (chain.at != NULL && done == 0) {
        /* what its payload does not take is known only when that is made */
        PyObject *at = Py_NewRef(chain.at);
        core_chain_step(&chain);
        done = drop_tail((struct core_layer *)at);
        Py_DECREF(at);
    }
    core_chain_end(&chain);
    if (done < 0 || PyErr_Occurred() || core_layer_remember(layer, layer->klass->state->words.trailer, bytes) < 0)
        done = -1;
    Py_DECREF(bytes);
    return done;
}

static int encode_ethernet(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    (void)options;
    if (layer->hdr_len != TAGGED_LEN || core_load16(layer->hdr + AT_TYPE) == TPID)
        return core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
    bool done =
        core_bytes_add(out, layer->hdr, AT_TYPE) != NULL && core_bytes_add(out, layer->hdr + AT_INNER_TYPE, 2) != NULL;
    return done ? 0 : -1;
}

static const struct core_attr ethernet_attrs[] = {
    { .name = "type",
      .get = get_type,
      .set = set_type,
      .kind = "int",
      .doc = "EtherType from 1536 on, length of the payload up to 1500; behind a tag the one that the tag holds. 0 to "
             "65535." },
    { .name = "inner_type", .get = get_type, .kind = "int", .doc = "The same as type." },
    { .name = "tpid",
      .get = get_part,
      .set = set_part,
      .kind = "int",
      .doc = "0x8100: the frame has an 802.1Q tag; else the tag is not written. 0 to 65535." },
    { .name = "priority_code", .get = get_part, .set = set_part, .kind = "int", .doc = "Priority in the tag. 0 to 7." },
    { .name = "drop_eligible",
      .get = get_part,
      .set = set_part,
      .kind = "int",
      .doc = "Drop eligible indicator in the tag. 0 or 1." },
    { .name = "vlan_id", .get = get_part, .set = set_part, .kind = "int", .doc = "VLAN in the tag. 0 to 4095." },
    { .name = "trailer",
      .get = get_trailer,
      .set = set_trailer,
      .kind = "bytes",
      .doc = "What is left behind the last length: padding, trailer, frame check sequence." },
    { .name = NULL },
};

const struct core_special core_special_ethernet = {
    .name = "Ethernet",
    .pq_type = 1,
    .attrs = ethernet_attrs,
    .decode = decode_ethernet,
    .encode = encode_ethernet,
    .keeps_lengths = true,
    .keeps_bytes = true,
};

/* ---- MPLS ---- */

enum { LABEL_LEN = 4 };

static bool is_bottom(const struct core_layer *layer)
{
    return (layer->hdr[2] & 1) != 0;
}

static int decode_mpls(struct core_layer *layer, const uint8_t *data, uint32_t len)
{
    if (len < LABEL_LEN)
        return -1;
    layer->hdr_len = LABEL_LEN;
    layer->rest = data + LABEL_LEN;
    layer->rest_len = len - LABEL_LEN;
    return 0;
}

/*
 * Nothing says what follows the last label. RFC 4928 section 3: IP is known by its version in the first four bits. Else a
 * frame is taken for one where its EtherType is known.
 */
static PyObject *above_mpls(struct core_layer *layer)
{
    const struct core_state *state = layer->klass->state;
    const uint8_t *data = layer->rest;

    if (!is_bottom(layer))
        return core_payload_of_class(layer, layer->klass);
    const struct spk_proto *proto = spk_registry_at(state->registry, "mpls.payload", data[0] >> 4U);
    if (proto != NULL)
        return core_payload_of_class(layer, core_class_of_proto(state, proto));
    bool frame =
        layer->rest_len >= PLAIN_LEN && spk_registry_at(state->registry, "ethertype", core_load16(data + AT_TYPE));
    return core_payload_of_class(layer, frame ? state->ethernet : state->null);
}

/* The tutorial's names for the last label, and for the first that is not the last; others of the stack are asked in turn. */
static PyObject *field_mpls(struct core_layer *layer, PyObject *name)
{
    static const char *const attrs[][2] = {
        { "label", "label" }, { "tc", "tc" }, { "stack_bit", "s" }, { "stack_", "s" }, { "ttl", "ttl" }
    };
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    bool bottom = text != NULL && strncmp(text, "mpls.bottom.", 12) == 0;
    bool top = text != NULL && strncmp(text, "mpls.top.", 9) == 0;

    if (!bottom && !top)
        return NULL;
    if (is_bottom(layer) != bottom) {
        PyObject *payload = core_layer_payload(layer);
        bool more = payload != NULL && core_is_layer(layer->klass->state, payload)
                    && ((struct core_layer *)payload)->klass == layer->klass;
        return more ? field_mpls((struct core_layer *)payload, name) : NULL;
    }
    for (size_t i = 0; i < SPK_COUNT_OF(attrs); i++) {
        if (strcmp(text + (bottom ? 12 : 9), attrs[i][0]) == 0)
            return PyObject_GetAttrString((PyObject *)layer, attrs[i][1]);
    }
    return NULL;
}

static const char *const mpls_fields[] = {
    "mpls.bottom.label",  "mpls.bottom.tc", "mpls.bottom.stack_bit",
    "mpls.bottom.ttl",    "mpls.top.label", "mpls.top.tc",
    "mpls.top.stack_bit", "mpls.top.ttl",   NULL,
};

static const uint16_t no_ports[] = { 0 };

const struct core_special core_special_mpls = {
    .name = "MPLS",
    .pq_type = 34887,
    .ports = no_ports,
    .decode = decode_mpls,
    .above = above_mpls,
    .field = field_mpls,
    .fields = mpls_fields,
    .entry = true,
};
