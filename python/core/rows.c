/*
 * rows: headers that vary. They are read by the library's walk and written by its builder; in between, once they are
 * edited, they are a dictionary of attributes.
 */
#include "layer.h"

const char *core_row_attr(const struct spk_row *row)
{
    if (row->attr != NULL || row->name == NULL)
        return row->attr;
    const char *dot = strrchr(row->name, '.');
    return dot != NULL ? dot + 1 : row->name;
}

PyObject *core_row_value(const struct spk_row *row, PyObject *values)
{
    const char *name = core_row_attr(row);

    return name != NULL ? PyDict_GetItemString(values, name) : NULL;
}

/* ---- reading ---- */

/* The layer alone as a decoded packet; made holds its bytes where they do not stand in one piece. */
static int single(struct core_layer *layer, struct core_bytes *made, struct spk_packet *packet)
{
    const struct core_options options = { .compress = true };

    if (core_list_settle(layer, false) < 0)
        return -1;
    uint32_t hdr_len = layer->hdr_len;
    packet->registry = layer->klass->state->registry;
    packet->frame = NULL;
    packet->fcs_len = 0;
    packet->stop = (struct spk_stop){ 0 };
    if ((layer->flags & (CORE_OWN | CORE_MELTED)) == 0 && layer->source != NULL) {
        packet->data = layer->hdr;
    } else {
        /* not taken apart yet: as it stands */
        bool stands = layer->klass->shape == CORE_VARIED && (layer->flags & CORE_MELTED) == 0;
        int done = stands ? -(core_bytes_add(made, layer->hdr, layer->hdr_len) == NULL)
                          : core_header_bytes(layer, &options, made);
        if (done < 0)
            return -1;
        hdr_len = (uint32_t)made->len;
        if (core_bytes_add(made, layer->rest, layer->rest_len + layer->tail_len) == NULL)
            return -1;
        packet->data = made->data;
    }
    packet->count = 1;
    packet->caplen = packet->len = hdr_len + layer->rest_len + layer->tail_len;
    packet->layers[0] = (struct spk_layer){
        .proto = layer->klass->index,
        .hdr_len = hdr_len,
        .end = hdr_len + layer->rest_len,
        .flags = (layer->flags & CORE_SHORT) != 0 ? SPK_LAYER_SHORT : 0,
    };
    return 0;
}

/* Whether what a codec has given stands in the packet or in the scratch: it may be a plug-in's, and anything. */
static bool stands_there(const struct spk_place *place, const struct spk_value *value)
{
    uintptr_t at = (uintptr_t)value->data, packet = (uintptr_t)place->packet->data;
    uintptr_t made = (uintptr_t)place->scratch->bytes;
    bool in_packet =
        at >= packet && at - packet <= place->packet->caplen && value->len <= place->packet->caplen - (at - packet);
    bool in_scratch = at >= made && at - made <= sizeof place->scratch->bytes
                      && value->len <= sizeof place->scratch->bytes - (at - made);

    return value->len == 0 || in_packet || in_scratch;
}

/*
 * A spelling with its pointers followed: "www.@12" leads to what is spelled at byte 12 of the layer. The library bounds
 * names; the hops are bounded here.
 */
static bool spell_whole(const struct spk_walk *walk, struct spk_scratch *scratch, struct spk_value *value)
{
    struct spk_scratch part;
    struct spk_place place = {
        .packet = walk->packet, .layer = walk->layer, .at = walk->at, .scratch = &part, .end = walk->packet->caplen
    };
    struct spk_value piece;
    uint32_t len = 0;

    for (int hops = 0; hops < 128; hops++) {
        piece = (struct spk_value){ .kind = walk->row->kind };
        if (!walk->row->codec->spell(&place, &piece) || !stands_there(&place, &piece)
            || piece.len > sizeof scratch->bytes - len)
            return false;
        uint32_t end = piece.len;
        while (end > 0 && piece.data[end - 1] >= '0' && piece.data[end - 1] <= '9')
            end--;
        bool pointer =
            end > 0 && end < piece.len && piece.data[end - 1] == '@' && (end == 1 || piece.data[end - 2] == '.');
        uint32_t taken = pointer ? end - 1 : piece.len;
        bool closing_dot = len > 0 && piece.len == 1 && piece.data[0] == '.';
        memcpy(scratch->bytes + len, piece.data, closing_dot ? 0 : taken);
        len += closing_dot ? 0 : taken;
        if (!pointer) {
            /* the dot that closes every name is left out: the root is the empty text */
            *value = (struct spk_value){ .kind = SPK_TEXT, .data = scratch->bytes, .len = len > 0 ? len - 1 : 0 };
            return true;
        }
        uint32_t target = 0;
        for (uint32_t i = end; i < piece.len; i++)
            target = target * 10 + (piece.data[i] - (uint32_t)'0');
        uint32_t at = walk->packet->layers[walk->layer].at + target;
        if (at >= place.at)
            return false;
        place.at = at;
    }
    return false;
}

PyObject *core_walk_value(const struct spk_walk *walk)
{
    struct spk_scratch scratch;
    struct spk_value value;
    bool there = false;

    if (walk->row->codec != NULL && walk->row->codec->pointed_at && walk->row->view.op == SPK_NOT_A_VIEW)
        /* a pointer that leads nowhere is kept as it stands */
        there = spell_whole(walk, &scratch, &value) || spk_walk_spelling(walk, &scratch, &value);
    else if (walk->row->view.op == SPK_NOT_A_VIEW)
        there = spk_walk_spelling(walk, &scratch, &value);
    else
        there = spk_walk_value(walk, &scratch, &value);
    if (!there)
        return NULL;
    if (value.kind == SPK_BOOL)
        return PyLong_FromUnsignedLongLong(value.u);
    return core_from_value(&value);
}

/* The first value of a row with the attribute's name, lists apart. */
static PyObject *find_value(const struct spk_packet *packet, const struct core_attr *attr, const struct spk_row *row)
{
    struct spk_walk walk;
    unsigned inside = 0;

    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event; (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
        bool list = (event == SPK_EVENT_ENTER || event == SPK_EVENT_LEAVE) && core_row_is_list(walk.row);
        if (list)
            inside += event == SPK_EVENT_ENTER ? 1U : -1U;
        if (event != SPK_EVENT_VALUE || inside > 0)
            continue;
        const char *name = core_row_attr(walk.row);
        bool wanted = row != NULL ? walk.row == row : name != NULL && strcmp(name, attr->name) == 0;
        PyObject *value = wanted ? core_walk_value(&walk) : NULL;
        if (value != NULL || PyErr_Occurred())
            return value;
    }
    return NULL;
}

/* ---- taking a header apart ---- */

/* What values are put into while a walk goes on: the header, or an element of a list, within others perhaps. */
struct taker {
    PyObject *dicts[SPK_DEPTH_MAX];                   /* borrowed */
    const struct core_class *elements[SPK_DEPTH_MAX]; /* NULL: the header */
    unsigned depth;
    /* Within a CHOICE of an element: its bytes are taken whole, names in them written out. */
    unsigned choices;
    struct core_bytes choice;
    uint32_t taken; /* up to there they were */
};

static int put(PyObject *dict, const char *name, PyObject *value)
{
    int done = value != NULL ? PyDict_SetItemString(dict, name, value) : -1;

    Py_XDECREF(value);
    return done;
}

static int append(PyObject *dict, const char *name, PyObject *value)
{
    PyObject *list = PyDict_GetItemString(dict, name);
    int done = value == NULL ? -1 : 0;

    if (list == NULL && done == 0) {
        done = put(dict, name, PyList_New(0));
        list = PyDict_GetItemString(dict, name);
    }
    if (done == 0)
        done = PyList_Append(list, value);
    Py_XDECREF(value);
    return done;
}

/* A value within a CHOICE: its octets, once where several values share one. */
static int take_octets(struct taker *taker, const struct spk_walk *walk)
{
    struct spk_scratch scratch;
    struct spk_value value;
    uint32_t end = walk->at + walk->len;
    uint32_t from = walk->at > taker->taken ? walk->at : taker->taken;

    if (end <= from)
        return 0;
    taker->taken = end;
    if (walk->row->codec == NULL || !walk->row->codec->pointed_at || !spell_whole(walk, &scratch, &value))
        return core_bytes_add(&taker->choice, walk->packet->data + from, end - from) != NULL ? 0 : -1;
    uint32_t room = value.len + 16;
    uint8_t *out = core_bytes_add(&taker->choice, NULL, room);
    int32_t bytes = out != NULL ? walk->row->codec->put(&value, NULL, out, room) : -1;
    if (out == NULL)
        return -1;
    if (bytes >= 0 && (uint32_t)bytes <= room) {
        taker->choice.len -= room - (uint32_t)bytes;
        return 0;
    }
    taker->choice.len -= room;
    return core_bytes_add(&taker->choice, walk->packet->data + from, end - from) != NULL ? 0 : -1;
}

/* Views are not taken, but those that an element's class shows in place of their rows. */
static bool is_taken(const struct taker *taker, const struct spk_walk *walk, const char *name)
{
    const struct core_class *klass = taker->elements[taker->depth];

    if (klass == NULL || klass->special->only == NULL)
        return walk->row->view.op == SPK_NOT_A_VIEW;
    for (const char *const *only = klass->special->only; *only != NULL; only++) {
        if (strcmp(*only, name) == 0)
            return true;
    }
    return false;
}

static int take_value(struct taker *taker, const struct spk_walk *walk)
{
    const char *name = core_row_attr(walk->row);
    PyObject *dict = taker->dicts[taker->depth];

    if (taker->choices > 0 && walk->row->view.op == SPK_NOT_A_VIEW)
        return take_octets(taker, walk);
    if (name == NULL || taker->choices > 0 || !is_taken(taker, walk, name))
        return 0;
    PyObject *value = core_walk_value(walk);
    if (value == NULL)
        return PyErr_Occurred() ? -1 : 0;
    if (core_row_is_list(walk->row))
        return append(dict, name, value);
    return put(dict, name, value);
}

static int enter_element(struct core_state *state, struct taker *taker, const struct spk_walk *walk)
{
    const struct core_class *klass = core_element_class(state, walk->in);
    struct core_layer *element = klass != NULL ? core_layer_new(klass) : NULL;

    if (element == NULL)
        return -1;
    element->store = PyDict_New();
    element->flags = CORE_MELTED | CORE_BUILT;
    PyObject *dict = element->store;
    if (dict == NULL
        || append(taker->dicts[taker->depth], core_row_attr(walk->row), Py_NewRef((PyObject *)element)) < 0) {
        Py_DECREF(element);
        return -1;
    }
    Py_DECREF(element); /* the list has it */
    taker->dicts[++taker->depth] = dict;
    taker->elements[taker->depth] = klass;
    return 0;
}

static int enter(struct core_state *state, struct taker *taker, const struct spk_walk *walk)
{
    if (taker->choices > 0) {
        taker->choices++;
        return 0;
    }
    if (core_row_is_list(walk->row))
        return enter_element(state, taker, walk);
    if (walk->row->kind == SPK_CHOICE && taker->depth > 0) {
        taker->choices = 1;
        taker->choice.len = 0;
        taker->taken = walk->at;
    }
    return 0;
}

/* An element of which nothing could be read is none. */
static int leave_element(struct taker *taker, const char *name)
{
    bool empty = PyDict_Size(taker->dicts[taker->depth]) == 0;
    PyObject *list = PyDict_GetItemString(taker->dicts[--taker->depth], name);
    Py_ssize_t count = list != NULL ? PyList_Size(list) : 0;

    return empty && count > 0 ? PyList_SetSlice(list, count - 1, count, NULL) : 0;
}

static int leave(struct taker *taker, const struct spk_walk *walk)
{
    const char *name = core_row_attr(walk->row);

    if (taker->choices == 0 && core_row_is_list(walk->row) && taker->depth > 0)
        return leave_element(taker, name);
    if (taker->choices == 0)
        return 0;
    if (--taker->choices > 0 || name == NULL)
        return 0;
    return put(taker->dicts[taker->depth], name,
               PyBytes_FromStringAndSize((const char *)taker->choice.data, (Py_ssize_t)taker->choice.len));
}

/* Zeros behind a list that the builder puts there itself, to fill up a region which counts in words. */
static bool is_padding(const struct spk_row *list, const struct spk_walk *walk)
{
    bool padding = list != NULL && list->size.mul > 1 && walk->len < (uint32_t)list->size.mul;

    for (uint32_t i = 0; padding && i < walk->len; i++)
        padding = walk->packet->data[walk->at + i] == 0;
    return padding;
}

/* All rows of a header as attributes. -1 with an exception. */
static int take(struct core_layer *layer, const struct spk_packet *packet, PyObject *dict)
{
    struct core_state *state = layer->klass->state;
    const struct spk_row *list = NULL; /* the last row, where it is one */
    struct taker taker;
    struct spk_walk walk;
    int done = 0;

    taker.dicts[0] = dict;
    taker.elements[0] = NULL;
    taker.depth = taker.choices = 0;
    core_bytes_begin(&taker.choice);
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event; done == 0 && (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
        if (event == SPK_EVENT_VALUE) {
            done = take_value(&taker, &walk);
        } else if (event == SPK_EVENT_ENTER) {
            done = enter(state, &taker, &walk);
        } else if (event == SPK_EVENT_LEAVE) {
            done = leave(&taker, &walk);
        } else if (event == SPK_EVENT_RAW && taker.choices > 0) {
            done = core_bytes_add(&taker.choice, packet->data + walk.at, walk.len) != NULL ? 0 : -1;
        } else if (event == SPK_EVENT_RAW && taker.depth == 0 && walk.at < packet->layers[0].hdr_len
                   && !is_padding(list, &walk)) {
            /* behind the last row: kept, to be written again */
            done = put(dict, CORE_RAW_TAIL, PyBytes_FromStringAndSize((const char *)packet->data + walk.at, walk.len));
        }
        if (walk.row != NULL && taker.depth == 0)
            list = core_row_is_list(walk.row) ? walk.row : NULL;
    }
    core_bytes_free(&taker.choice);
    return done;
}

PyObject *core_rows_take_apart(struct core_layer *layer)
{
    struct core_bytes made;
    struct spk_packet packet;
    PyObject *dict = PyDict_New();

    core_bytes_begin(&made);
    if (dict != NULL && (single(layer, &made, &packet) < 0 || take(layer, &packet, dict) < 0))
        Py_CLEAR(dict);
    core_bytes_free(&made);
    return dict;
}

int core_rows_melt(struct core_layer *layer)
{
    if ((layer->flags & CORE_MELTED) != 0 || layer->klass->shape != CORE_VARIED)
        return 0;
    PyObject *values = layer->klass->element ? PyDict_New() : core_rows_take_apart(layer);
    if (values == NULL)
        return -1;
    /* lists that were touched before stay the caller's */
    int done = layer->store != NULL ? PyDict_Update(values, layer->store) : 0;
    if (done == 0) {
        core_replace(&layer->store, values);
        layer->flags |= CORE_MELTED;
    } else {
        Py_DECREF(values);
    }
    return done;
}

PyObject *core_rows_find(struct core_layer *layer, const struct core_attr *attr, const struct spk_row *row)
{
    PyObject *value = core_layer_recall(layer, attr->word);

    if (value != NULL || PyErr_Occurred())
        return Py_XNewRef(value);
    bool kept = layer->klass->element || (layer->flags & CORE_MELTED) != 0;
    if (core_row_is_list(attr->row) && kept) {
        value = PyList_New(0);
        if (value != NULL && core_layer_remember(layer, attr->word, value) < 0)
            Py_CLEAR(value);
        return value;
    }
    if (core_row_is_list(attr->row))
        return core_list_find(layer, attr);
    if (layer->klass->element)
        return NULL;
    /* taken apart, and this row was not there; views are computed from what is built of it */
    if ((layer->flags & CORE_MELTED) != 0 && attr->row->view.op == SPK_NOT_A_VIEW)
        return NULL;
    struct core_bytes made;
    struct spk_packet packet;
    core_bytes_begin(&made);
    value = single(layer, &made, &packet) == 0 ? find_value(&packet, attr, row) : NULL;
    core_bytes_free(&made);
    return value;
}

int core_rows_refresh(struct core_layer *layer, const uint8_t *header, uint32_t len)
{
    struct spk_packet packet = {
        .registry = layer->klass->state->registry, .data = header, .caplen = len, .len = len, .count = 1
    };
    struct spk_walk walk;
    unsigned inside = 0;
    int done = 0;

    packet.layers[0] = (struct spk_layer){ .proto = layer->klass->index, .hdr_len = len, .end = len };
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event; done == 0 && (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
        bool list = (event == SPK_EVENT_ENTER || event == SPK_EVENT_LEAVE) && core_row_is_list(walk.row);
        if (list)
            inside += event == SPK_EVENT_ENTER ? 1U : -1U;
        const char *name = event == SPK_EVENT_VALUE ? core_row_attr(walk.row) : NULL;
        if (name == NULL || inside > 0 || walk.row->kind != SPK_UINT || walk.row->view.op != SPK_NOT_A_VIEW)
            continue;
        if (PyDict_GetItemString(layer->store, name) != NULL)
            done = put(layer->store, name, core_walk_value(&walk));
    }
    return done;
}
