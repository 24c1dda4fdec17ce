/* scan_type: the type of rows: how Python describes columns, and what it may ask. */
#include "scan.h"

#include <string.h>

/* ---- making ---- */

static const struct spk_proto *proto_named(const struct core_rows *self, const char *name)
{
    const struct spk_proto *proto = spk_registry_find(self->state->registry, name);

    if (proto == NULL)
        PyErr_Format(PyExc_ValueError, "no protocol is called '%s'", name);
    return proto;
}

/*
 * A column as Python describes it: (kind, field or None, handler, group, value, slice or None, protocol or None). names gets
 * the field; *cells counts them.
 */
static int take_column(struct core_rows *self, PyObject *given, struct core_column *column, const char **names,
                       size_t *cells)
{
    const char *field, *present;
    int kind, handler;
    unsigned int group, value;
    PyObject *part;

    if (!PyArg_ParseTuple(given, "iziIIOz", &kind, &field, &handler, &group, &value, &part, &present))
        return -1;
    *column = (struct core_column){ .kind = (uint8_t)kind,
                                    .handler = (int16_t)handler,
                                    .has_cell = field != NULL,
                                    .cell = (uint16_t)*cells,
                                    .group = (uint16_t)group,
                                    .value = (uint16_t)value,
                                    .sliced = part != Py_None };
    if (field != NULL)
        names[(*cells)++] = field;
    if (present != NULL) {
        column->present = proto_named(self, present);
        if (column->present == NULL)
            return -1;
    }
    if (column->sliced && !PyArg_ParseTuple(part, "nn", &column->first, &column->last))
        return -1;
    if (kind < CORE_FROM_CELL || kind > CORE_FROM_GROUP || (kind == CORE_FROM_CELL && field == NULL)
        || (kind == CORE_FROM_GROUP && group >= self->group_count)) {
        PyErr_SetString(PyExc_ValueError, "a column that says nothing");
        return -1;
    }
    return 0;
}

/* The module's, with protocols of plug-ins too, or that of the handlers' ports. */
static const struct spk_registry *registry_of(const struct core_rows *self)
{
    return self->relinked != NULL ? self->relinked : self->state->registry;
}

static const char *const spaces[] = { "udp.port", "tcp.port" };

/* Adds the links by which the library decodes what a handler's port carries, where the handler is a class of the core. */
static enum spk_status link_port(const struct core_rows *self, unsigned port, struct spk_link *links, size_t *count,
                                 struct spk_error *error)
{
    const struct spk_registry *registry = self->state->registry;
    const struct spk_proto *proto = self->handlers[self->by_port[port]].proto;
    enum spk_status status = SPK_OK;

    for (size_t i = 0; proto != NULL && i < SPK_COUNT_OF(spaces) && status == SPK_OK; i++) {
        char text[128];
        PyOS_snprintf(text, sizeof text, "%s==%u,%s", spaces[i], port, proto->name);
        if (spk_registry_at(registry, spaces[i], port) == NULL)
            status = spk_link_parse(registry, text, &links[(*count)++], error);
    }
    return status;
}

static int make_query(struct core_rows *self, const char **names, size_t cells)
{
    struct spk_query_options options = { .registry = registry_of(self),
                                         .tutorial = true,
                                         .decode = self->by_port != NULL || self->group_count > 0 || cells == 0 };
    struct spk_error error;

    for (size_t i = 0; i < self->count; i++)
        options.decode = options.decode || self->columns[i].present != NULL;
    if (spk_query_new(names, cells, &options, &self->query, &error) != SPK_OK
        || spk_scan_new(self->query, &self->scan, &error) != SPK_OK) {
        core_raise(self->state, &error);
        return -1;
    }
    spk_scan_source(self->scan, NULL, core_rows_record, self);
    return 0;
}

static void find_ports(struct core_rows *self)
{
    static const char *const names[] = { "udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport" };
    const struct spk_registry *registry = registry_of(self);

    self->udp = spk_registry_find(registry, "udp");
    self->tcp = spk_registry_find(registry, "tcp");
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++)
        self->ports[i] = spk_field_find(registry, names[i]);
}

static int take_columns(struct core_rows *self, PyObject *given)
{
    Py_ssize_t count = PyTuple_Size(given);
    size_t cells = 0;
    const char **names;
    int status = 0;

    if (count < 0)
        return -1;
    self->columns = PyMem_Calloc((size_t)count + 1, sizeof self->columns[0]);
    names = PyMem_Calloc((size_t)count + 1, sizeof names[0]);
    if (self->columns == NULL || names == NULL) {
        PyErr_NoMemory();
        status = -1;
    }
    for (Py_ssize_t i = 0; i < count && status == 0; i++)
        status = take_column(self, PyTuple_GetItem(given, i), &self->columns[i], names, &cells);
    self->count = (size_t)count;
    find_ports(self);
    if (status == 0)
        status = make_query(self, names, cells);
    PyMem_Free((void *)names);
    return status;
}

static int refuse_port(long port)
{
    PyErr_Format(PyExc_ValueError, "%ld is no port", port);
    return -1;
}

/* Which handler is asked for a port: a dict from port to handler. The port 0 stands for any. */
static int take_ports(struct core_rows *self, PyObject *ports)
{
    Py_ssize_t left = PyDict_Size(ports);
    struct spk_link *links = PyMem_Calloc((size_t)left * SPK_COUNT_OF(spaces) + 1, sizeof *links);
    enum spk_status status = links != NULL ? SPK_OK : SPK_ERR_MEMORY;
    struct spk_error error = { .code = status };
    size_t count = 0;
    Py_ssize_t at = 0;
    PyObject *key, *value;

    for (; status == SPK_OK && left > 0 && PyDict_Next(ports, &at, &key, &value); left--) {
        long port = PyLong_AsLong(key);
        long handler = PyErr_Occurred() ? -1 : PyLong_AsLong(value);
        bool known = port >= 0 && port <= UINT16_MAX && handler >= 0 && (size_t)handler < self->handler_count;
        if (!known) {
            PyMem_Free(links);
            return PyErr_Occurred() ? -1 : refuse_port(port);
        }
        self->by_port[port] = (int16_t)handler;
        if (port > 0)
            status = link_port(self, (unsigned)port, links, &count, &error);
    }
    self->any_port = PyDict_Size(ports) == 1 && self->by_port[0] != CORE_NO_HANDLER;
    if (count > 0 && status == SPK_OK)
        status = spk_registry_relink(self->state->registry, links, count, &self->relinked, &error);
    PyMem_Free(links);
    if (status != SPK_OK)
        core_raise(self->state, &error);
    return status == SPK_OK ? 0 : -1;
}

/* handlers: protocol names or None, in their order. */
static int take_handlers(struct core_rows *self, PyObject *handlers, PyObject *ports)
{
    Py_ssize_t count = PyTuple_Size(handlers);

    if (count <= 0)
        return (int)count;
    self->handlers = PyMem_Calloc((size_t)count, sizeof self->handlers[0]);
    self->by_port = PyMem_Calloc(UINT16_MAX + 1, sizeof self->by_port[0]);
    if (self->handlers == NULL || self->by_port == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->by_port, 0xff, (UINT16_MAX + 1) * sizeof self->by_port[0]);
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *name = NULL;
        if (!PyArg_Parse(PyTuple_GetItem(handlers, i), "z", &name))
            return -1;
        self->handlers[i].proto = name != NULL ? proto_named(self, name) : NULL;
        if (name != NULL && self->handlers[i].proto == NULL)
            return -1;
    }
    self->handler_count = (size_t)count;
    return take_ports(self, ports);
}

/* groups: (protocol name, callable) in their order. */
static int take_groups(struct core_rows *self, PyObject *groups)
{
    Py_ssize_t count = PyTuple_Size(groups);

    if (count <= 0)
        return (int)count;
    self->groups = PyMem_Calloc((size_t)count, sizeof self->groups[0]);
    if (self->groups == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *name;
        PyObject *ask;
        if (!PyArg_ParseTuple(PyTuple_GetItem(groups, i), "sO", &name, &ask))
            return -1;
        self->groups[i].proto = proto_named(self, name);
        if (self->groups[i].proto == NULL)
            return -1;
        self->groups[i].ask = Py_NewRef(ask);
        self->group_count++;
    }
    return 0;
}

static PyObject *keep(PyObject *object)
{
    return object != Py_None ? Py_NewRef(object) : NULL;
}

static PyObject *new_rows(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "source", "columns",    "handlers",  "ports",         "ask",
                                         "groups", "make_time",  "lists",     "stop_event",    "start",
                                         "end",    "ends_early", "only_link", "without_empty", NULL };
    PyObject *source, *columns, *handlers, *ports, *ask, *groups;
    PyObject *make_time = Py_None;
    PyObject *stop_event = Py_None;
    double start = 0.0;
    double end = 0.0;
    int lists = 0;
    int ends_early = 0;
    int only_link = -1;
    int without_empty = 0;
    struct core_state *state = core_state_of_type(type);

    if (state == NULL
        || !core_parse(args, kwargs, "OO!O!O!OO!|$OpOddpip:Rows", names, &source, &PyTuple_Type, &columns,
                       &PyTuple_Type, &handlers, &PyDict_Type, &ports, &ask, &PyTuple_Type, &groups, &make_time, &lists,
                       &stop_event, &start, &end, &ends_early, &only_link, &without_empty))
        return NULL;
    struct core_rows *self = core_object_new(type);
    if (self == NULL)
        return NULL;
    self->state = state;
    self->source = Py_NewRef(source);
    self->ask = keep(ask);
    self->make_time = keep(make_time);
    self->stop_event = keep(stop_event);
    self->lists = lists != 0;
    self->without_empty = without_empty != 0;
    self->has_start = start != 0.0;
    self->has_end = end != 0.0;
    self->start = start;
    self->end = end;
    self->ends_early = ends_early != 0;
    self->only_link = only_link;
    if (!core_reader_source(state, source, &self->from) && !core_live_source(state, source, &self->from)) {
        PyErr_SetString(PyExc_TypeError, "rows come from a Reader or a Live");
    } else if (take_handlers(self, handlers, ports) == 0 && take_groups(self, groups) == 0
               && take_columns(self, columns) == 0) {
        return (PyObject *)self;
    }
    Py_DECREF(self);
    return NULL;
}

static int traverse_rows(PyObject *object, visitproc visit, void *arg)
{
    struct core_rows *self = (struct core_rows *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->source);
    Py_VISIT(self->ask);
    Py_VISIT(self->make_time);
    Py_VISIT(self->stop_event);
    for (size_t i = 0; i < self->group_count; i++)
        Py_VISIT(self->groups[i].ask);
    return 0;
}

/* The source stays: it owns the lock that a row is made under. Rings lead through the callables. */
static int clear_rows(PyObject *object)
{
    struct core_rows *self = (struct core_rows *)object;

    Py_CLEAR(self->ask);
    Py_CLEAR(self->make_time);
    Py_CLEAR(self->stop_event);
    for (size_t i = 0; i < self->group_count; i++)
        Py_CLEAR(self->groups[i].ask);
    return 0;
}

static void free_rows(PyObject *object)
{
    struct core_rows *self = (struct core_rows *)object;

    PyObject_GC_UnTrack(object);
    clear_rows(object);
    spk_scan_free(self->scan);
    spk_query_free(self->query);
    spk_registry_free(self->relinked);
    PyMem_Free(self->columns);
    PyMem_Free(self->handlers);
    PyMem_Free(self->by_port);
    PyMem_Free(self->groups);
    Py_XDECREF(self->source);
    core_object_free(object);
}

static PyObject *get_exhausted(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(((struct core_rows *)object)->exhausted);
}

static PyGetSetDef attributes[] = {
    { "exhausted", get_exhausted, NULL, "Whether the source came to its end.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

/* ---- what Python has to know of the registry to describe columns ---- */

/*
 * Whether the library's one value is the class's. Lists are a class's affair, but where a row joins them; and so are times
 * that a packet carries.
 */
static bool is_plain(const struct spk_registry *registry, const struct spk_field *field)
{
    bool record = (field->proto->flags & SPK_RECORD) != 0;

    if (field->kind == SPK_GROUP || ((field->kind == SPK_TIME || field->kind == SPK_DELTA) && !record))
        return false;
    return !field->list || core_has_stand_in(registry, field->name);
}

static PyObject *find_field(PyObject *module, PyObject *args)
{
    const struct spk_registry *registry = core_state_of(module)->registry;
    const struct spk_field *field;
    const char *name;

    if (!PyArg_ParseTuple(args, "s:_has_field", &name))
        return NULL;
    field = spk_field_find(registry, name);
    return PyBool_FromLong(field != NULL && is_plain(registry, field));
}

static PyObject *find_proto(PyObject *module, PyObject *args)
{
    const struct spk_registry *registry = core_state_of(module)->registry;
    const char *name;

    if (!PyArg_ParseTuple(args, "s:_proto_of", &name))
        return NULL;
    for (size_t i = 0; i < spk_registry_proto_count(registry); i++) {
        const struct spk_proto *proto = spk_registry_proto(registry, i);
        if (proto->pyclass != NULL && strcmp(proto->pyclass, name) == 0)
            return PyUnicode_FromString(proto->name);
    }
    return Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    { "_has_field", find_field, METH_VARARGS,
      "_has_field(name)\n--\n\nWhether the library gives the value of a field." },
    { "_proto_of", find_proto, METH_VARARGS,
      "_proto_of(name)\n--\n\nThe protocol whose class has that name, or None." },
    { NULL, NULL, 0, NULL },
};

static const char doc[] = "The rows of a query with the tutorial's values, one a packet of source. What PcapQuery is "
                          "made with; no public name.";

static PyType_Slot slots[] = {
    { Py_tp_doc, (void *)doc },
    { Py_tp_new, (void *)new_rows },
    { Py_tp_dealloc, (void *)free_rows },
    { Py_tp_traverse, (void *)traverse_rows },
    { Py_tp_clear, (void *)clear_rows },
    { Py_tp_iter, (void *)PyObject_SelfIter },
    { Py_tp_iternext, (void *)core_rows_next },
    { Py_tp_getset, attributes },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "steelpkt._core.Rows",
    .basicsize = sizeof(struct core_rows),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int core_add_scan(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int status = type != NULL ? PyModule_AddObjectRef(module, "_Rows", type) : -1;

    Py_XDECREF(type);
    return status == 0 ? PyModule_AddFunctions(module, functions) : -1;
}
