/*
 * encode: a packet object's bytes. Headers are put down outermost first, each as it stands; lengths and checksums are
 * computed behind that by the library, only where the caller asks, and stored in the layers too.
 */
#include "types.h"

/* ---- bytes that grow ---- */

void core_bytes_begin(struct core_bytes *bytes)
{
    bytes->data = bytes->room;
    bytes->len = 0;
    bytes->size = sizeof bytes->room;
}

int core_bytes_grow(struct core_bytes *bytes, size_t len)
{
    size_t size = (bytes->len + len) * 2;
    bool first = bytes->data == bytes->room;
    uint8_t *grown = size <= INT32_MAX ? PyMem_Realloc(first ? NULL : bytes->data, size) : NULL;

    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (first)
        memcpy(grown, bytes->room, bytes->len);
    bytes->data = grown;
    bytes->size = size;
    return 0;
}

void core_bytes_free(struct core_bytes *bytes)
{
    if (bytes->data != bytes->room)
        PyMem_Free(bytes->data);
}

/* ---- what is asked for ---- */

/* 1: a word that is known here, 0: none, -1: an exception. */
static int read_option(const struct core_words *words, PyObject *key, PyObject *value, struct core_options *options)
{
    if (key == words->ipv4_pheader) {
        options->pseudo = value;
        return 1;
    }
    int truth = PyObject_IsTrue(value);
    if (truth < 0)
        return -1;
    if (key == words->csum)
        options->csum = truth;
    else if (key == words->update)
        options->update = truth;
    else if (key == words->udp_csum)
        options->udp_csum = truth != 0 ? 1 : -1;
    else if (key == words->eth_crc)
        options->eth_crc = truth;
    else if (key == words->pad)
        options->pad = truth;
    else if (key == words->compress)
        options->compress = truth;
    else
        return 0;
    return 1;
}

/* Keys that are no interned str: bytes as the tutorial has them, words made at run time. */
static PyObject *intern_key(PyObject *key)
{
    PyObject *word = core_to_name(key, "a key of pkt2net's dictionary");

    if (word != NULL)
        PyUnicode_InternInPlace(&word);
    return word;
}

int core_options_read(const struct core_state *state, PyObject *dictionary, struct core_options *options)
{
    PyObject *key = NULL;
    PyObject *value = NULL;
    Py_ssize_t at = 0;

    *options = (struct core_options){ .compress = true };
    if (dictionary == NULL || dictionary == Py_None)
        return 0;
    if (!PyDict_Check(dictionary)) {
        PyErr_Format(PyExc_TypeError, "pkt2net() takes a dict, not %R", Py_TYPE(dictionary));
        return -1;
    }
    options->dictionary = dictionary;
    while (PyDict_Next(dictionary, &at, &key, &value)) {
        int known = read_option(&state->words, key, value, options);
        if (known == 0) {
            PyObject *word = intern_key(key);
            known = word != NULL ? read_option(&state->words, word, value, options) : -1;
            Py_XDECREF(word);
        }
        if (known < 0)
            return -1;
    }
    bool pseudo =
        options->pseudo == NULL || options->pseudo == Py_None || PyObject_TypeCheck(options->pseudo, state->ip4ph);
    if (!pseudo)
        PyErr_Format(PyExc_TypeError, "ipv4_pheader is an Ip4Ph or None, not %R", Py_TYPE(options->pseudo));
    return pseudo ? 0 : -1;
}

/* ---- headers ---- */

int core_header_bytes(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    const struct core_class *klass = layer->klass;

    if (layer->store != NULL && core_list_settle(layer, options->update) < 0)
        return -1;
    if (klass->special->encode != NULL)
        return klass->special->encode(layer, options, out);
    if (klass->shape == CORE_VARIED && layer->store != NULL)
        return core_rows_build(layer, options, out);
    return core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
}

/* One packet on its way to bytes. */
struct encoder {
    const struct core_state *state;
    const struct core_options *options;
    struct core_bytes out;
    struct core_layer *layers[SPK_LAYERS_MAX]; /* owned */
    struct spk_packet packet;
    bool fixes;
};

/* Whether a class of the caller's has a pkt2net of its own. */
static int is_overridden(const struct core_state *state, PyObject *object)
{
    if (Py_TYPE(object) == ((struct core_layer *)object)->klass->type)
        return 0;
    PyObject *method = PyObject_GetAttr((PyObject *)Py_TYPE(object), state->words.pkt2net);
    if (method == NULL)
        return -1;
    Py_DECREF(method);
    return method != state->pkt2net;
}

static int add_object(struct core_bytes *out, PyObject *bytes)
{
    char *data = NULL;
    Py_ssize_t len = 0;
    int done = bytes != NULL && PyBytes_AsStringAndSize(bytes, &data, &len) == 0
                       && core_bytes_add(out, data, (size_t)len) != NULL
                   ? 0
                   : -1;

    Py_XDECREF(bytes);
    return done;
}

/* The caller's dictionary for a class of the caller's: a copy, with the addresses that a checksum may need. */
static int call_pkt2net(struct encoder *e, PyObject *object)
{
    PyObject *given = e->options->dictionary != NULL ? PyDict_Copy(e->options->dictionary) : PyDict_New();
    struct core_layer *below = e->packet.count > 0 ? e->layers[e->packet.count - 1] : NULL;

    if (given != NULL && e->options->pseudo == NULL && below != NULL && below->klass == e->state->ip) {
        PyObject *pseudo = core_ip4ph_of(below);
        if (pseudo == NULL || PyDict_SetItem(given, e->state->words.ipv4_pheader, pseudo) < 0)
            Py_CLEAR(given);
        Py_XDECREF(pseudo);
    }
    PyObject *bytes = given != NULL ? PyObject_CallMethodObjArgs(object, e->state->words.pkt2net, given, NULL) : NULL;
    Py_XDECREF(given);
    return add_object(&e->out, bytes);
}

/* Puts down the payload of a layer where it is no layer itself, or its bytes; *next is the layer that goes on. */
static int put_payload(struct encoder *e, struct core_layer *layer, PyObject **next)
{
    bool opaque = layer->klass->special->opaque;

    /* nothing to be computed in what stays bytes: the caller's ports, if any, say so */
    bool plain = layer->klass->special->above != NULL && !layer->klass->special->entry && layer->l7_ports == NULL
                 && (layer->flags & CORE_REGISTRY) == 0;

    *next = NULL;
    if (layer->payload == NULL && (layer->rest_len == 0 || !e->fixes || opaque || plain || !layer->klass->has_payload))
        return core_bytes_add(&e->out, layer->rest, layer->rest_len) != NULL ? 0 : -1;
    PyObject *payload = Py_XNewRef(core_layer_payload(layer));
    if (payload == NULL)
        return -1;
    int done = payload == Py_None ? 0 : is_overridden(e->state, payload);
    if (done > 0) {
        done = call_pkt2net(e, payload);
    } else if (done == 0 && opaque && payload != Py_None) {
        const struct core_options none = { .compress = true };
        done = add_object(&e->out, core_layer_bytes((struct core_layer *)payload, &none));
    } else if (done == 0 && payload != Py_None) {
        *next = payload;
        return 0;
    }
    Py_DECREF(payload);
    return done;
}

static int put_layers(struct encoder *e, struct core_layer *first)
{
    PyObject *next = Py_NewRef((PyObject *)first);

    while (next != NULL) {
        struct core_layer *layer = (struct core_layer *)next;
        if (e->packet.count == SPK_LAYERS_MAX) {
            Py_DECREF(next);
            PyErr_Format(PyExc_ValueError, "more than %d layers", SPK_LAYERS_MAX);
            return -1;
        }
        struct spk_layer *place = &e->packet.layers[e->packet.count];
        bool known = layer->klass->proto != NULL;
        *place = (struct spk_layer){ .proto = known ? layer->klass->index : e->state->null->index,
                                     .at = (uint32_t)e->out.len };
        e->layers[e->packet.count++] = layer; /* with its reference */
        if (core_header_bytes(layer, e->options, &e->out) < 0)
            return -1;
        place->hdr_len = (uint32_t)e->out.len - place->at;
        if (put_payload(e, layer, &next) < 0)
            return -1;
    }
    return 0;
}

/* ---- lengths and checksums ---- */

/* Runs the library's fix over the layers that the test lets through. */
static void fix(struct encoder *e, unsigned flags, bool (*wanted)(const struct encoder *, const struct core_class *))
{
    for (unsigned i = 0; i < e->packet.count; i++) {
        const struct core_layer *layer = e->layers[i];
        bool able = layer->klass->proto != NULL && (layer->flags & CORE_SHORT) == 0
                    && e->packet.layers[i].hdr_len >= layer->klass->fixed && wanted(e, layer->klass);
        e->packet.layers[i].flags = able ? 0 : SPK_LAYER_SHORT;
    }
    spk_packet_fix(&e->packet, e->out.data, flags);
}

static bool has_length(const struct encoder *e, const struct core_class *klass)
{
    (void)e;
    return !klass->special->keeps_lengths;
}

static bool is_udp(const struct core_class *klass)
{
    return klass->special == &core_special_udp;
}

/* UDP's may be asked for, or not, by itself. */
static bool asks_for_sum(const struct encoder *e, const struct core_class *klass)
{
    return is_udp(klass) && e->options->udp_csum != 0 ? e->options->udp_csum > 0 : e->options->csum;
}

static bool has_sum(const struct encoder *e, const struct core_class *klass)
{
    bool transport = klass->proto->covers == SPK_COVERS_PSEUDO;

    if (e->options->pseudo != NULL && transport)
        return false;
    return asks_for_sum(e, klass);
}

/* The caller's own pseudo header in place of the real one: a checksum that is wrong on purpose. */
static int fix_by_pseudo(struct encoder *e)
{
    for (unsigned i = e->packet.count; i-- > 0;) {
        const struct core_class *klass = e->layers[i]->klass;
        if (!asks_for_sum(e, klass) || klass->proto == NULL || klass->proto->covers != SPK_COVERS_PSEUDO)
            continue;
        struct spk_layer *place = &e->packet.layers[i];
        if (core_ip4ph_fix(e->options->pseudo, e->state, klass->index, place->hdr_len, e->out.data + place->at,
                           (uint32_t)e->out.len - place->at)
            < 0)
            return -1;
    }
    return 0;
}

/* What was computed is the layers' too. */
static int keep_fixed(struct encoder *e)
{
    for (unsigned i = 0; i < e->packet.count; i++) {
        struct core_layer *layer = e->layers[i];
        const struct spk_layer *place = &e->packet.layers[i];
        const uint8_t *header = e->out.data + place->at;
        if (layer->klass->special->keeps_bytes || layer->klass->proto == NULL || place->hdr_len < layer->klass->fixed)
            continue;
        if ((layer->flags & CORE_MELTED) != 0) {
            if (core_rows_refresh(layer, header, place->hdr_len) < 0)
                return -1;
            continue;
        }
        uint32_t len = layer->hdr_len < place->hdr_len ? layer->hdr_len : place->hdr_len;
        if (memcmp(layer->hdr, header, len) == 0)
            continue;
        uint8_t *own = core_layer_own(layer, layer->hdr_len);
        if (own == NULL)
            return -1;
        memcpy(own, header, len);
    }
    return 0;
}

/* Whether a layer with a checksum keeps its lengths: what is computed then differs. */
static bool has_kept_lengths(const struct encoder *e)
{
    for (unsigned i = 0; i < e->packet.count; i++) {
        const struct core_class *klass = e->layers[i]->klass;
        if (klass->special->keeps_lengths && klass->proto->covers != SPK_COVERS_NOTHING)
            return true;
    }
    return false;
}

static int fix_all(struct encoder *e)
{
    e->packet.registry = e->state->registry;
    e->packet.frame = NULL;
    e->packet.fcs_len = 0;
    e->packet.stop = (struct spk_stop){ 0 };
    e->packet.data = e->out.data;
    e->packet.caplen = e->packet.len = (uint32_t)e->out.len;
    for (unsigned i = 0; i < e->packet.count; i++)
        e->packet.layers[i].end = e->packet.len;
    /* both at once, where that is asked for the same layers */
    bool pseudo = e->options->pseudo != NULL || e->options->udp_csum != 0;
    if (e->options->update && e->options->csum && !pseudo && !has_kept_lengths(e)) {
        fix(e, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, has_length);
        return keep_fixed(e);
    }
    if (e->options->update)
        fix(e, SPK_FIX_LENGTHS, has_length);
    if (e->options->pseudo != NULL && e->options->pseudo != Py_None && fix_by_pseudo(e) < 0)
        return -1;
    if (e->options->csum || e->options->udp_csum > 0)
        fix(e, SPK_FIX_CHECKSUMS, has_sum);
    return keep_fixed(e);
}

/* ---- what stands behind ---- */

static int put_tails(struct encoder *e)
{
    for (unsigned i = e->packet.count; i-- > 0;) {
        const struct core_layer *layer = e->layers[i];
        PyObject *trailer = core_layer_recall(layer, e->state->words.trailer);
        if (trailer != NULL && add_object(&e->out, Py_NewRef(trailer)) < 0)
            return -1;
        if (layer->tail_len > 0 && core_bytes_add(&e->out, layer->rest + layer->rest_len, layer->tail_len) == NULL)
            return -1;
    }
    return 0;
}

/* IEEE 802.3 section 3.2.9: CRC-32, least significant byte first as it goes over the wire. */
static uint32_t crc32(const uint8_t *data, size_t len)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

static int put_frame_end(struct encoder *e)
{
    enum { LEAST_FRAME = 60 };
    size_t missing = e->out.len < LEAST_FRAME ? LEAST_FRAME - e->out.len : 0;
    uint8_t *zeros = core_bytes_add(&e->out, NULL, missing);

    if (zeros == NULL)
        return -1;
    memset(zeros, 0, missing);
    if (!e->options->eth_crc)
        return 0;
    uint32_t crc = crc32(e->out.data, e->out.len);
    const uint8_t fcs[4] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24) };
    return core_bytes_add(&e->out, fcs, sizeof fcs) != NULL ? 0 : -1;
}

/* ---- the whole ---- */

/* Whether a decoded layer and all that was made of its payload stand just as in the bytes it came from. */
static bool is_clean(const struct core_layer *layer)
{
    for (;;) {
        if ((layer->flags & (CORE_OWN | CORE_MELTED)) != 0 || layer->source == NULL || layer->store != NULL)
            return false;
        const struct core_layer *above = (const struct core_layer *)layer->payload;
        if (above == NULL)
            return true;
        if (!core_is_layer(layer->klass->state, (PyObject *)above) || above->hdr != layer->rest
            || above->source != layer->source || Py_TYPE((PyObject *)above) != above->klass->type)
            return false;
        layer = above;
    }
}

static PyObject *slice(const struct core_layer *layer)
{
    uint32_t len = layer->hdr_len + layer->rest_len + layer->tail_len;

    if ((Py_ssize_t)len == PyBytes_Size(layer->source))
        return Py_NewRef(layer->source);
    return PyBytes_FromStringAndSize((const char *)layer->hdr, len);
}

PyObject *core_layer_bytes(struct core_layer *layer, const struct core_options *options)
{
    bool fixes = options->csum || options->update || options->udp_csum > 0;
    bool frames = (options->pad || options->eth_crc) && layer->klass == layer->klass->state->ethernet;

    if (!fixes && !frames && is_clean(layer))
        return slice(layer);
    struct encoder e;
    e.state = layer->klass->state;
    e.options = options;
    e.fixes = fixes;
    e.packet.count = 0;
    core_bytes_begin(&e.out);
    bool done = put_layers(&e, layer) == 0 && (!fixes || fix_all(&e) == 0) && put_tails(&e) == 0
                && (!frames || put_frame_end(&e) == 0);
    PyObject *bytes = done ? PyBytes_FromStringAndSize((const char *)e.out.data, (Py_ssize_t)e.out.len) : NULL;
    for (unsigned i = 0; i < e.packet.count; i++)
        Py_DECREF(e.layers[i]);
    core_bytes_free(&e.out);
    return bytes;
}

PyObject *core_layer_plain_bytes(struct core_layer *layer)
{
    const struct core_options none = { .compress = true };

    return core_layer_bytes(layer, &none);
}
