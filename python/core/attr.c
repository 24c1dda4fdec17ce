/*
 * attr: one getter and one setter for every attribute of every packet class; the attribute is the closure. It has the
 * functions that read and write it, chosen when the class is made: short ones for numbers and addresses at fixed places.
 */
#include "layer.h"

/* ---- numbers and addresses at fixed places ---- */

uint64_t core_attr_load(const struct core_layer *layer, const struct core_attr *attr)
{
    const uint8_t *at = layer->hdr + attr->byte;
    uint64_t number = 0;

    if (attr->end > layer->hdr_len)
        return attr->row->init;
    if (attr->little) {
        for (unsigned i = attr->load; i > 0; i--)
            number = number << 8 | at[i - 1];
    } else if (attr->load == 2) {
        number = core_load16(at);
    } else if (attr->load == 4) {
        number = core_load32(at);
    } else {
        for (unsigned i = 0; i < attr->load; i++)
            number = number << 8 | at[i];
    }
    return number >> attr->shift & attr->mask;
}

void core_attr_store(uint8_t *header, const struct core_attr *attr, uint64_t number)
{
    uint8_t *at = header + attr->byte;

    if (attr->little) {
        for (unsigned i = 0; i < attr->load; i++)
            at[i] = (uint8_t)(number >> 8 * i);
        return;
    }
    if (attr->width == 16 && attr->load == 2) {
        core_store16(at, (unsigned)number);
        return;
    }
    uint64_t old = 0;
    if (attr->width != attr->load * 8U) {
        for (unsigned i = 0; i < attr->load; i++)
            old = old << 8 | at[i];
    }
    number = (old & ~(attr->mask << attr->shift)) | number << attr->shift;
    for (unsigned i = attr->load; i > 0; i--, number >>= 8)
        at[i - 1] = (uint8_t)number;
}

/*
 * Addresses come again and again: the text of those seen last is kept, each at a place of its own, and what is known by
 * its number is the very same str.
 */
static struct core_text *text_at(struct core_state *state, uint64_t number)
{
    return &state->texts[(number * 0x9e3779b97f4a7c15U) >> (64 - CORE_TEXT_BITS)];
}

static PyObject *keep_text(struct core_text *place, uint64_t number, PyObject *text)
{
    if (text != NULL) {
        core_replace(&place->text, Py_NewRef(text));
        place->number = number;
    }
    return text;
}

PyObject *core_ip4_text(struct core_state *state, uint32_t address)
{
    struct core_text *place = text_at(state, address);
    if (place->text != NULL && place->number == address)
        return Py_NewRef(place->text);
    char text[16];
    unsigned len = 0;

    for (int shift = 24; shift >= 0; shift -= 8) {
        unsigned byte = address >> shift & 0xff;
        if (byte >= 100)
            text[len++] = (char)('0' + byte / 100);
        if (byte >= 10)
            text[len++] = (char)('0' + byte / 10 % 10);
        text[len++] = (char)('0' + byte % 10);
        if (shift > 0)
            text[len++] = '.';
    }
    return keep_text(place, address, PyUnicode_FromStringAndSize(text, len));
}

static PyObject *mac_text(struct core_state *state, const uint8_t *mac)
{
    static const char digits[] = "0123456789abcdef";
    enum { IS_MAC = 1 }; /* above the 48 bits: no IPv4 address has it */
    uint64_t number = IS_MAC;
    char text[17];

    for (unsigned i = 0; i < 6; i++)
        number = number << 8 | mac[i];
    struct core_text *place = text_at(state, number);
    if (place->text != NULL && place->number == number)
        return Py_NewRef(place->text);

    for (unsigned i = 0; i < 6; i++) {
        text[3 * i] = digits[mac[i] >> 4];
        text[3 * i + 1] = digits[mac[i] & 15];
        if (i < 5)
            text[3 * i + 2] = ':';
    }
    return keep_text(place, number, PyUnicode_FromStringAndSize(text, sizeof text));
}

static inline PyObject *get_fixed(struct core_layer *layer, const struct core_attr *attr)
{
    static const uint8_t zeros[16];
    const uint8_t *at = attr->end <= layer->hdr_len ? layer->hdr + attr->byte : zeros;
    struct spk_value value = { .kind = attr->row->kind, .data = at, .len = attr->width / 8U };

    switch (attr->row->kind) {
    case SPK_IP4:
        return core_ip4_text(layer->klass->state, (uint32_t)core_attr_load(layer, attr));
    case SPK_MAC:
        return mac_text(layer->klass->state, at);
    case SPK_IP6:
    case SPK_BYTES:
    case SPK_TEXT:
        return core_from_value(&value);
    case SPK_INT:
        value.u = core_attr_load(layer, attr);
        if (attr->width < 64 && value.u >> (attr->width - 1U) != 0)
            value.u |= ~attr->mask;
        return PyLong_FromLongLong((long long)value.u);
    default:
        return PyLong_FromUnsignedLongLong(core_attr_load(layer, attr));
    }
}

PyObject *core_attr_get_fixed(struct core_layer *layer, const struct core_attr *attr)
{
    return get_fixed(layer, attr);
}

static bool is_within(const struct core_attr *attr, const struct spk_value *value)
{
    if (attr->most == 0 || (value->u >= attr->least && value->u <= attr->most))
        return true;
    PyErr_Format(PyExc_ValueError, "%s.%s is %u to %u, not %llu", attr->klass->name, attr->name, attr->least,
                 attr->most, (unsigned long long)value->u);
    return false;
}

static uint8_t *own_header(struct core_layer *layer, const struct core_attr *attr)
{
    return core_layer_own(layer, layer->hdr_len > attr->end ? layer->hdr_len : attr->end);
}

__attribute__((noinline)) int core_attr_set_fixed(struct core_layer *layer, const struct core_attr *attr,
                                                  PyObject *object)
{
    struct core_keep keep;
    struct spk_value value;
    int done = 0;

    if (core_to_value(attr->row, object, &keep, &value) < 0)
        return -1;
    bool number = value.data == NULL;
    if (number && !is_within(attr, &value)) {
        done = -1;
    } else if (!number && value.len * 8U != attr->width) {
        PyErr_Format(PyExc_ValueError, "%s.%s has %u bytes, not %u", attr->klass->name, attr->name, attr->width / 8U,
                     value.len);
        done = -1;
    }
    uint8_t *header = done == 0 ? own_header(layer, attr) : NULL;
    if (header == NULL)
        done = -1;
    else if (number)
        core_attr_store(header, attr, value.u & attr->mask);
    else
        memcpy(header + attr->byte, value.data, value.len);
    core_keep_done(&keep);
    return done;
}

/* ---- bytes behind the fixed front ---- */

static PyObject *get_tail(struct core_layer *layer)
{
    if (core_list_settle(layer, false) < 0)
        return NULL;
    uint32_t fixed = layer->klass->fixed;
    uint32_t len = layer->hdr_len > fixed ? layer->hdr_len - fixed : 0;

    return PyBytes_FromStringAndSize((const char *)layer->hdr + fixed, (Py_ssize_t)len);
}

int core_attr_set_tail(struct core_layer *layer, const struct core_attr *attr, PyObject *object)
{
    uint32_t fixed = layer->klass->fixed;
    PyObject *bytes = core_bytes_of(object);

    if (bytes == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s.%s takes bytes, not %R", attr->klass->name, attr->name, Py_TYPE(object));
        return -1;
    }
    Py_ssize_t len = PyBytes_Size(bytes);
    uint8_t *header = NULL;
    if (attr->most > 0 && len > attr->most)
        PyErr_Format(PyExc_ValueError, "%s.%s has at most %u bytes, not %zd", attr->klass->name, attr->name, attr->most,
                     len);
    else if (len > INT32_MAX - fixed)
        PyErr_SetString(PyExc_ValueError, "a packet has less than 2 GiB");
    else
        header = core_layer_own(layer, fixed + (uint32_t)len);
    if (header != NULL)
        memcpy(header + fixed, PyBytes_AsString(bytes), (size_t)len);
    Py_DECREF(bytes);
    return header != NULL ? 0 : -1;
}

/* ---- any ---- */

/* What an attribute holds that the header does not have: as a new header would. */
static PyObject *absent(const struct core_attr *attr)
{
    struct spk_value value = { .kind = attr->row->kind, .u = attr->row->init, .data = (const uint8_t *)"" };
    static const uint8_t zeros[16];

    if (attr->row->view.op != SPK_NOT_A_VIEW && attr->row->bits == 0)
        return Py_NewRef(Py_None);
    if (attr->row->many != SPK_ONE)
        return PyList_New(0);
    switch (attr->row->kind) {
    case SPK_MAC:
    case SPK_IP6:
        value.data = zeros;
        value.len = attr->row->kind == SPK_MAC ? 6 : 16;
        return core_from_value(&value);
    case SPK_BOOL:
        return PyLong_FromUnsignedLongLong(value.u);
    case SPK_CHOICE:
        value.kind = SPK_BYTES;
        return core_from_value(&value);
    default:
        return core_from_value(&value);
    }
}

PyObject *core_attr_find(struct core_layer *layer, const struct core_attr *attr, const struct spk_row *row)
{
    if (attr->how == CORE_FIXED)
        return attr->end <= layer->hdr_len ? get_fixed(layer, attr) : NULL;
    if (attr->how == CORE_TAIL)
        return get_tail(layer);
    if (attr->how == CORE_SPECIAL)
        return attr->get(layer, attr);
    return core_rows_find(layer, attr, row);
}

static __attribute__((noinline)) PyObject *read_any(struct core_layer *layer, const struct core_attr *attr)
{
    if (attr->how == CORE_FIXED && (layer->flags & CORE_MELTED) == 0)
        return get_fixed(layer, attr);
    if (attr->how == CORE_TAIL)
        return get_tail(layer);
    if (attr->how == CORE_SPECIAL)
        return attr->get(layer, attr);
    PyObject *value = core_rows_find(layer, attr, NULL);
    return value == NULL && !PyErr_Occurred() ? absent(attr) : value;
}

/* A list's elements are checked when bytes are made: they can change until then. */
static int set_row(struct core_layer *layer, const struct core_attr *attr, PyObject *object)
{
    struct core_keep keep;
    struct spk_value value;

    if (attr->row->many != SPK_ONE) {
        if (!PyList_Check(object)) {
            PyErr_Format(PyExc_TypeError, "%s.%s takes a list, not %R", attr->klass->name, attr->name, Py_TYPE(object));
            return -1;
        }
        if (layer->klass->element)
            layer->flags |= CORE_OWN;
        return core_rows_melt(layer) < 0 ? -1 : core_layer_remember(layer, attr->word, object);
    }
    if (core_to_value(attr->row, object, &keep, &value) < 0)
        return -1;
    if (!is_within(attr, &value)) {
        core_keep_done(&keep);
        return -1;
    }
    PyObject *clean = attr->row->kind == SPK_BOOL ? PyLong_FromUnsignedLongLong(value.u) : core_from_value(&value);
    core_keep_done(&keep);
    int done = clean == NULL || core_rows_melt(layer) < 0 ? -1 : core_layer_remember(layer, attr->word, clean);
    Py_XDECREF(clean);
    if (layer->klass->element)
        layer->flags |= CORE_OWN;
    return done;
}

static int write_any(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    if (attr->plain)
        return core_attr_set_fixed(layer, attr, value);
    if (!attr->writable) {
        PyErr_Format(PyExc_AttributeError, "%s.%s is computed and cannot be set", attr->klass->name, attr->name);
        return -1;
    }
    if (attr->how == CORE_TAIL) {
        int done = attr->set != NULL ? attr->set(layer, attr, value) : core_attr_set_tail(layer, attr, value);
        return done == 0 ? core_list_forget(layer) : -1;
    }
    return attr->set != NULL ? attr->set(layer, attr, value) : set_row(layer, attr, value);
}

/* ---- numbers and addresses at fixed places, which are most attributes: the same in fewer steps ---- */

static inline bool stands(const struct core_layer *layer, const struct core_attr *attr)
{
    return attr->end <= layer->hdr_len && (layer->flags & CORE_MELTED) == 0;
}

static PyObject *read_number(struct core_layer *layer, const struct core_attr *attr)
{
    return stands(layer, attr) ? PyLong_FromUnsignedLongLong(core_attr_load(layer, attr)) : read_any(layer, attr);
}

static PyObject *read_ip4(struct core_layer *layer, const struct core_attr *attr)
{
    return stands(layer, attr) ? core_ip4_text(layer->klass->state, core_load32(layer->hdr + attr->byte))
                               : read_any(layer, attr);
}

static int write_number(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    uint64_t number = 0;

    if (!PyLong_CheckExact(value))
        return core_attr_set_fixed(layer, attr, value);
    if (core_to_number(value, attr->width, attr->name, &number) < 0)
        return -1;
    uint8_t *header = own_header(layer, attr);
    if (header == NULL)
        return -1;
    core_attr_store(header, attr, number);
    return 0;
}

/* Addresses that people write again and again are constants of their code: the very same str means the same octets. */
static struct core_text *parsed_at(struct core_state *state, const PyObject *object)
{
    return &state->parsed[((uintptr_t)object >> 4) & ((1U << CORE_PARSED_BITS) - 1)];
}

static void copy_address(void *to, const void *from, unsigned kind)
{
    if (kind == SPK_IP4)
        memcpy(to, from, 4);
    else
        memcpy(to, from, 6);
}

static int write_address(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    struct core_text *place = parsed_at(layer->klass->state, value);
    unsigned kind = attr->row->kind;

    if (place->text == value && place->kind == kind) {
        uint8_t *header = own_header(layer, attr);
        if (header != NULL)
            copy_address(header + attr->byte, &place->number, kind);
        return header != NULL ? 0 : -1;
    }
    if (core_attr_set_fixed(layer, attr, value) < 0)
        return -1;
    if (PyUnicode_CheckExact(value)) {
        copy_address(&place->number, layer->hdr + attr->byte, kind);
        place->kind = (uint8_t)kind;
        core_replace(&place->text, Py_NewRef(value));
    }
    return 0;
}

void core_attr_choose(struct core_attr *attr)
{
    unsigned kind = attr->row != NULL ? attr->row->kind : SPK_NONE;
    bool number = attr->load > 0 && (kind == SPK_PAD || kind == SPK_UINT || kind == SPK_BOOL);
    bool address = (kind == SPK_IP4 || kind == SPK_MAC) && !attr->little && attr->shift == 0
                   && attr->width == 8 * (attr->end - attr->byte);

    attr->read = read_any;
    attr->write = write_any;
    if (attr->how == CORE_SPECIAL) {
        attr->read = attr->get;
        attr->write = attr->writable && attr->set != NULL ? attr->set : write_any;
    }
    if (attr->how == CORE_FIXED && number)
        attr->read = read_number;
    if (attr->how == CORE_FIXED && address && kind == SPK_IP4)
        attr->read = read_ip4;
    if (attr->plain && number && attr->most == 0)
        attr->write = write_number;
    if (attr->plain && address)
        attr->write = write_address;
}

/* ---- for Python ---- */

PyObject *core_attr_get(PyObject *self, void *closure)
{
    const struct core_attr *attr = closure;

    return attr->read((struct core_layer *)self, attr);
}

int core_attr_set(PyObject *self, PyObject *value, void *closure)
{
    const struct core_attr *attr = closure;

    if (value != NULL)
        return attr->write((struct core_layer *)self, attr, value);
    PyErr_Format(PyExc_AttributeError, "%s.%s cannot be deleted", attr->klass->name, attr->name);
    return -1;
}
