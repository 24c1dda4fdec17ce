/*
 * scan: makes the rows. The library's scan fills the cells of every packet; what a class of the caller's own has to say is
 * asked for here, packet by packet and in their order.
 */
#include "scan.h"

/* ---- records ---- */

/* Whether the record is in the window; *past: it lies behind it. */
static bool in_window(const struct core_rows *self, const struct spk_record *record, bool *past)
{
    double seconds = core_seconds(record);

    *past = self->has_end && seconds > self->end;
    return !*past && (!self->has_start || seconds >= self->start);
}

enum spk_status core_rows_record(void *context, struct spk_record *record, struct spk_error *error)
{
    struct core_rows *self = context;

    for (;;) {
        int got = self->from.next(self->source, record);
        bool past = false;
        if (got == 0) {
            self->exhausted = true;
            return SPK_END;
        }
        if (got == 2)
            return SPK_IDLE;
        if (got < 0 || core_be_patient(&self->patience) < 0) {
            *error = (struct spk_error){ .code = SPK_ERR_IO, .what = "an exception was raised" };
            return SPK_ERR_IO;
        }
        if ((self->only_link < 0 || record->link == self->only_link) && in_window(self, record, &past))
            return SPK_OK;
        if (past && self->ends_early) { /* the next run begins with it */
            *self->from.held = (struct core_held){ true, *record };
            return SPK_END;
        }
    }
}

/* ---- values ---- */

static PyObject *from_time(const struct core_rows *self, const struct spk_value *value)
{
    struct spk_record record = { .has_time = true, .time_ns = (int64_t)value->u };
    double seconds = core_seconds(&record);

    return self->make_time != NULL ? PyObject_CallFunction(self->make_time, "d", seconds) : PyFloat_FromDouble(seconds);
}

static PyObject *from_item(struct core_rows *self, const struct spk_value *value)
{
    switch (value->kind) {
    case SPK_IP4:
        return core_ip4_text(self->state, (uint32_t)value->u);
    case SPK_BOOL:
        return PyLong_FromLong(value->u != 0);
    case SPK_TIME:
        return from_time(self, value);
    default:
        return core_from_value(value);
    }
}

/* A layer of the packet itself, not of one that it quotes; -1: none. */
static int find_layer(const struct spk_packet *packet, const struct spk_proto *proto, const struct spk_proto *other)
{
    for (unsigned i = 0; packet != NULL && i < packet->count; i++) {
        const struct spk_proto *here = spk_layer_proto(packet, i);
        if (here == proto || here == other)
            return (int)i;
        if ((here->flags & SPK_QUOTES) != 0)
            break;
    }
    return -1;
}

static PyObject *slice(PyObject *bytes, Py_ssize_t first, Py_ssize_t last)
{
    PyObject *part;

    if (bytes == NULL || bytes == Py_None)
        return bytes;
    part = PySequence_GetSlice(bytes, first, last);
    Py_DECREF(bytes);
    return part;
}

static PyObject *from_cell(struct core_rows *self, const struct core_column *column, const struct spk_cells *cells)
{
    const struct spk_cell *cell = &cells->cells[column->cell];
    PyObject *value = NULL;

    if (cell->count > 0) {
        value = from_item(self, &cell->items[0].value);
    } else if (column->present != NULL && find_layer(cells->packet, column->present, NULL) >= 0) {
        value = PyBytes_FromStringAndSize("", 0);
    } else {
        return Py_NewRef(Py_None);
    }
    return column->sliced ? slice(value, column->first, column->last) : value;
}

/* ---- the payload behind a port ---- */

/* What one packet's transport layer says. */
struct transport {
    int16_t handler;  /* CORE_NO_HANDLER: nobody takes the payload */
    bool decoded;     /* the library did: the handler's layer is there */
    PyObject *values; /* what the class said; NULL: not asked */
};

static int16_t handler_at(const struct core_rows *self, uint64_t dst, uint64_t src)
{
    if (self->by_port[dst & UINT16_MAX] != CORE_NO_HANDLER)
        return self->by_port[dst & UINT16_MAX];
    if (self->by_port[src & UINT16_MAX] != CORE_NO_HANDLER)
        return self->by_port[src & UINT16_MAX];
    return self->any_port ? self->by_port[0] : (int16_t)CORE_NO_HANDLER;
}

/* -1 with an exception. */
static int look_at_transport(struct core_rows *self, const struct spk_cells *cells, struct transport *transport)
{
    const struct spk_packet *packet = cells->packet;
    int layer = find_layer(packet, self->udp, self->tcp);
    uint64_t src, dst;

    *transport = (struct transport){ .handler = CORE_NO_HANDLER };
    if (layer < 0)
        return 0;
    const struct spk_layer *place = &packet->layers[layer];
    bool is_tcp = spk_layer_proto(packet, (unsigned)layer) == self->tcp;
    uint32_t end = place->end < packet->caplen ? place->end : packet->caplen;
    if (place->at + place->hdr_len >= end || (place->flags & SPK_LAYER_SHORT) != 0
        || !spk_packet_uint(packet, self->ports[is_tcp ? 2 : 0], &src)
        || !spk_packet_uint(packet, self->ports[is_tcp ? 3 : 1], &dst))
        return 0;
    transport->handler = handler_at(self, dst, src);
    if (transport->handler == CORE_NO_HANDLER)
        return 0;
    const struct spk_proto *proto = self->handlers[transport->handler].proto;
    transport->decoded = proto != NULL && find_layer(packet, proto, NULL) > layer;
    if (transport->decoded)
        return 0;
    transport->values = PyObject_CallFunction(self->ask, "Ky#O", (unsigned long long)cells->record->number,
                                              (const char *)packet->data + place->at, (Py_ssize_t)(end - place->at),
                                              is_tcp ? Py_True : Py_False);
    return transport->values != NULL ? 0 : -1;
}

static PyObject *value_of(PyObject *values, size_t index)
{
    if (values == NULL || values == Py_None)
        return Py_NewRef(Py_None);
    return PySequence_GetItem(values, (Py_ssize_t)index);
}

static PyObject *from_handler(struct core_rows *self, const struct core_column *column, const struct spk_cells *cells,
                              const struct transport *transport)
{
    if (!transport->decoded)
        return value_of(transport->values, column->value);
    if (column->has_cell && column->handler == transport->handler)
        return from_cell(self, column, cells);
    return Py_NewRef(Py_None);
}

/* What the class of a group says of the packet's layer; Py_None: there is none. */
static PyObject *ask_group(const struct core_group *group, const struct spk_packet *packet)
{
    int layer = find_layer(packet, group->proto, NULL);

    if (layer < 0)
        return Py_NewRef(Py_None);
    const struct spk_layer *place = &packet->layers[layer];
    uint32_t end = place->end < packet->caplen ? place->end : packet->caplen;
    end = end < place->at ? place->at : end;
    return PyObject_CallFunction(group->ask, "y#", (const char *)packet->data + place->at,
                                 (Py_ssize_t)(end - place->at));
}

/* ---- rows ---- */

struct row_maker {
    const struct spk_cells *cells;
    struct transport transport;
    PyObject **said; /* of each group; NULL: not asked yet */
};

static PyObject *make_value(struct core_rows *self, struct row_maker *maker, const struct core_column *column)
{
    switch (column->kind) {
    case CORE_FROM_CELL:
        return from_cell(self, column, maker->cells);
    case CORE_FROM_HANDLER:
        return from_handler(self, column, maker->cells, &maker->transport);
    default:
        if (maker->said[column->group] == NULL)
            maker->said[column->group] = ask_group(&self->groups[column->group], maker->cells->packet);
        if (maker->said[column->group] == NULL)
            return NULL;
        return value_of(maker->said[column->group], column->value);
    }
}

/* A tuple or list; NULL with an exception. *empty: all values are None. */
static PyObject *fill_row(struct core_rows *self, struct row_maker *maker, bool *empty)
{
    PyObject *row = self->lists ? PyList_New((Py_ssize_t)self->count) : PyTuple_New((Py_ssize_t)self->count);

    *empty = true;
    for (size_t i = 0; i < self->count && row != NULL; i++) {
        PyObject *value = make_value(self, maker, &self->columns[i]);
        if (value == NULL) {
            Py_CLEAR(row);
        } else {
            *empty = *empty && value == Py_None;
            if (self->lists)
                PyList_SetItem(row, (Py_ssize_t)i, value);
            else
                PyTuple_SetItem(row, (Py_ssize_t)i, value);
        }
    }
    return row;
}

static PyObject *make_row(struct core_rows *self, const struct spk_cells *cells, bool *empty)
{
    struct row_maker maker = { .cells = cells };
    PyObject *row = NULL;

    *empty = false;
    if (self->group_count > 0) {
        maker.said = PyMem_Calloc(self->group_count, sizeof maker.said[0]);
        if (maker.said == NULL)
            return PyErr_NoMemory();
    }
    if (self->by_port == NULL || look_at_transport(self, cells, &maker.transport) == 0)
        row = fill_row(self, &maker, empty);
    Py_XDECREF(maker.transport.values);
    for (size_t i = 0; i < self->group_count; i++)
        Py_XDECREF(maker.said[i]);
    PyMem_Free(maker.said);
    return row;
}

/* One turn with the source's lock held: *row, or NULL for none. SPK_IDLE: try again. Below zero: an exception is set. */
static enum spk_status take_turn(struct core_rows *self, PyObject **row)
{
    const struct spk_cells *cells;
    struct spk_error error;
    bool empty;
    enum spk_status status = spk_scan_next(self->scan, &cells, &error);

    *row = NULL;
    if (status < 0 && !PyErr_Occurred())
        core_raise(self->state, &error);
    if (status != SPK_OK)
        return status;
    *row = make_row(self, cells, &empty);
    if (*row == NULL)
        return SPK_ERR_IO;
    if (empty && self->without_empty) {
        Py_CLEAR(*row);
        return SPK_IDLE;
    }
    return SPK_OK;
}

PyObject *core_rows_next(PyObject *object)
{
    struct core_rows *self = (struct core_rows *)object;
    PyObject *row = NULL;
    enum spk_status status;

    do {
        if (core_is_set(self->stop_event) != 0 || core_lock_take(self->from.lock) < 0)
            return NULL;
        status = take_turn(self, &row);
        core_lock_release(self->from.lock);
        if (status == SPK_IDLE)
            core_lock_offer(self->from.lock);
    } while (status == SPK_IDLE);
    return row;
}
