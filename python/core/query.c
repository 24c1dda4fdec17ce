/*
 * query: a query, and a pass of it over captures as Arrow's stream. What people see of it is steelpkt.query; here is what
 * has to be C: the capsules of Arrow's PyCapsule interface, and what a long pass owes its interpreter: signals, progress.
 */
#define _POSIX_C_SOURCE 200809L
#include "query.h"

#include "interrupt.h"
#include "io.h"

#include <string.h>
#include <time.h>

/* Nanoseconds from tick to tick, and ticks after which a Ctrl-C that the main thread has had is this stream's, too. */
enum { TICK_NS = 50000000, GRACE = 2 };

/* ---- the query ---- */

struct plan {
    PyObject_HEAD
    struct core_state *state;
    const struct spk_registry *registry; /* the module's as it was when the plan was made, or relinked */
    struct spk_registry *relinked;
    struct spk_query *query;
    struct spk_filter *filter;
};

static int set_filter(struct plan *self, const char *text)
{
    struct spk_filter_fault fault;
    struct spk_error error;

    if (text == NULL || spk_filter_new(self->registry, text, &self->filter, &fault, &error) == SPK_OK)
        return 0;
    core_raise(self->state, &error);
    return -1;
}

static int set_occurrence(const char *word, struct spk_query_options *options)
{
    static const char *const words[] = { "auto", "all", "first", "last" };

    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) == 0) {
            options->occurrence = (uint8_t)(SPK_OCCURRENCE_AUTO + i);
            return 0;
        }
    }
    PyErr_Format(PyExc_ValueError, "occurrence is 'auto', 'first', 'last' or 'all', not '%s'", word);
    return -1;
}

/* A time in nanoseconds, or None. */
static int take_time(PyObject *from, bool *has, int64_t *ns)
{
    *has = from != NULL && from != Py_None;
    if (*has)
        *ns = PyLong_AsLongLong(from);
    return PyErr_Occurred() ? -1 : 0;
}

/* The strings of a sequence, borrowed from it; the array is the caller's (PyMem_Free). NULL with an exception. */
static const char **take_strings(PyObject *tuple, bool bytes, size_t *count)
{
    Py_ssize_t size = PyTuple_Size(tuple);
    const char **strings = size >= 0 ? PyMem_Calloc((size_t)size + 1, sizeof *strings) : NULL;

    if (strings == NULL)
        return size >= 0 ? (const char **)PyErr_NoMemory() : NULL;
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *item = PyTuple_GetItem(tuple, i);
        strings[i] = bytes ? PyBytes_AsString(item) : PyUnicode_AsUTF8AndSize(item, NULL);
        if (strings[i] == NULL) {
            PyMem_Free((void *)strings);
            return NULL;
        }
    }
    *count = (size_t)size;
    return strings;
}

/* Makes the registry in which the rules hold, each as spk_link_parse reads it. */
static int set_rules(struct plan *self, PyObject *rules)
{
    struct spk_error error;
    size_t count = 0;
    const char **texts = rules != NULL ? take_strings(rules, false, &count) : NULL;
    struct spk_link *links = count > 0 ? PyMem_Calloc(count, sizeof *links) : NULL;
    enum spk_status status = SPK_OK;

    if (count > 0 && links == NULL)
        PyErr_NoMemory();
    for (size_t i = 0; i < count && links != NULL && status == SPK_OK; i++)
        status = spk_link_parse(self->registry, texts[i], &links[i], &error);
    if (links != NULL && status == SPK_OK)
        status = spk_registry_relink(self->registry, links, count, &self->relinked, &error);
    if (status != SPK_OK)
        core_raise(self->state, &error);
    else if (self->relinked != NULL)
        self->registry = self->relinked;
    PyMem_Free(links);
    PyMem_Free((void *)texts);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *new_plan(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "fields", "occurrence", "filter", "start", "end", "limit", "decode_as", NULL };
    struct core_state *state = core_state_of_type(type);
    struct spk_query_options options = { 0 };
    PyObject *fields, *start = NULL, *end = NULL, *rules = NULL;
    const char *occurrence = "auto", *filter = NULL;
    unsigned long long limit = 0;
    struct spk_error error;
    size_t count;

    if (state == NULL
        || !core_parse(args, kwargs, "O!|szOOKO!:Plan", names, &PyTuple_Type, &fields, &occurrence, &filter, &start,
                       &end, &limit, &PyTuple_Type, &rules))
        return NULL;
    struct plan *self = core_object_new(type);
    if (self == NULL)
        return NULL;
    self->state = state;
    self->registry = state->registry;
    options.row_max = limit;
    const char **strings = NULL;
    if (set_rules(self, rules) == 0 && set_occurrence(occurrence, &options) == 0
        && take_time(start, &options.has_start, &options.start_ns) == 0
        && take_time(end, &options.has_end, &options.end_ns) == 0 && set_filter(self, filter) == 0)
        strings = take_strings(fields, false, &count);
    options.registry = self->registry;
    options.filter = self->filter;
    bool made = strings != NULL && spk_query_new(strings, count, &options, &self->query, &error) == SPK_OK;
    if (strings != NULL && !made)
        core_raise(state, &error);
    PyMem_Free((void *)strings);
    if (!made) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void free_plan(PyObject *object)
{
    struct plan *self = (struct plan *)object;

    spk_query_free(self->query);
    spk_filter_free(self->filter);
    spk_registry_free(self->relinked);
    core_object_free(object);
}

static void free_schema_capsule(PyObject *capsule)
{
    struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");

    if (schema != NULL && schema->release != NULL)
        schema->release(schema);
    PyMem_Free(schema);
}

static PyObject *get_schema(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "underscores", "dictionary", NULL };
    struct plan *self = (struct plan *)object;
    int underscores = 0, dictionary = 0;
    struct spk_error error;

    if (!core_parse(args, kwargs, "|pp:schema", names, &underscores, &dictionary))
        return NULL;
    struct spk_columns_options options = { .underscores = underscores != 0, .dictionary = dictionary != 0 };
    struct ArrowSchema *schema = PyMem_Calloc(1, sizeof *schema);
    if (schema == NULL)
        return PyErr_NoMemory();
    if (spk_columns_schema(self->query, &options, schema, &error) != SPK_OK) {
        PyMem_Free(schema);
        return core_raise(self->state, &error);
    }
    PyObject *capsule = PyCapsule_New(schema, "arrow_schema", free_schema_capsule);
    if (capsule == NULL) {
        schema->release(schema);
        PyMem_Free(schema);
    }
    return capsule;
}

/* The columns' types as Arrow's formats, without dictionaries; a list's is followed by that of its items. */
static PyObject *list_formats(PyObject *object, PyObject *nothing)
{
    struct plan *self = (struct plan *)object;
    const struct spk_columns_options options = { 0 };
    struct ArrowSchema schema;
    struct spk_error error;

    (void)nothing;
    if (spk_columns_schema(self->query, &options, &schema, &error) != SPK_OK)
        return core_raise(self->state, &error);
    PyObject *formats = PyList_New((Py_ssize_t)schema.n_children);
    for (int64_t i = 0; i < schema.n_children && formats != NULL; i++) {
        const struct ArrowSchema *column = schema.children[i];
        bool list = strcmp(column->format, "+l") == 0;
        PyObject *format = PyUnicode_FromFormat("%s%s", column->format, list ? column->children[0]->format : "");
        if (format == NULL || PyList_SetItem(formats, (Py_ssize_t)i, format) < 0)
            Py_CLEAR(formats);
    }
    schema.release(&schema);
    return formats;
}

/* ---- a pass ---- */

/* What a Pass object and the stream that was made of it share; counted under the interpreter's lock. */
struct shared {
    unsigned references;
    struct core_state *state;
    struct ArrowArrayStream inner;
    PyObject *plan, *bpf, *progress;
    struct core_part cut;
    PyObject *raised; /* what a signal's handler or progress raised */
    struct timespec asked;
    bool watches;             /* its stream was given away, to whoever reads it */
    unsigned interrupts;      /* as many there had been when it was */
    unsigned since_interrupt; /* ticks */
    bool ends; /* damage is the end of the stream that was given away, as if nothing were wrong; check tells */
    bool failed;
    struct spk_error error;
    char text[512];
};

struct pass {
    PyObject_HEAD
    struct shared *shared;
    bool taken; /* its stream was given away */
};

/* The caller has the interpreter's lock. */
static void let_go(struct shared *shared)
{
    if (--shared->references > 0)
        return;
    if (shared->inner.release != NULL)
        shared->inner.release(&shared->inner);
    if (shared->watches)
        core_interrupts_leave();
    Py_XDECREF(shared->plan);
    Py_XDECREF(shared->bpf);
    Py_XDECREF(shared->progress);
    Py_XDECREF(shared->raised);
    PyMem_Free(shared->cut.tells);
    PyMem_Free(shared);
}

/* Keeps the exception that is set. A Ctrl-C is told again to the main thread: who reads the stream may swallow it. */
static void keep_exception(struct shared *shared)
{
    PyObject *type, *value, *traceback;

    if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
        PyErr_SetInterrupt();
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    core_replace(&shared->raised, value);
}

/* Whether a Ctrl-C has ended what the main thread waits for, while another one reads: then that need not go on. */
static bool was_interrupted(struct shared *shared)
{
    if (!shared->watches || core_interrupts() == shared->interrupts || ++shared->since_interrupt <= GRACE)
        return false;
    return core_interrupts_end_this();
}

/* Lets signals' handlers run and tells of the progress, at every tick. False: it is enough. */
static bool tick(void *context, uint64_t read)
{
    struct shared *shared = context;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t since = (now.tv_sec - shared->asked.tv_sec) * INT64_C(1000000000) + (now.tv_nsec - shared->asked.tv_nsec);
    if (since < TICK_NS)
        return true;
    shared->asked = now;
    PyGILState_STATE lock = PyGILState_Ensure();
    bool good = PyErr_CheckSignals() == 0;
    if (good && shared->progress != NULL) {
        PyObject *given = PyObject_CallFunction(shared->progress, "K", (unsigned long long)read);
        good = given != NULL;
        Py_XDECREF(given);
    }
    if (!good)
        keep_exception(shared);
    good = good && !was_interrupted(shared);
    PyGILState_Release(lock);
    return good;
}

static PyObject *open_pass(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "paths",    "bpf",       "underscores", "dictionary", "batch_rows", "threads",
                                         "progress", "part_size", "ends",        "part",       "link",       NULL };
    struct plan *self = (struct plan *)object;
    PyObject *paths, *bpf = Py_None, *progress = Py_None, *cut = Py_None;
    int underscores = 0, dictionary = 0, ends = 0, link = -1;
    unsigned batch_rows = 0, threads = 0, part_size = 0;
    struct spk_error error;
    size_t count;

    if (!core_parse(args, kwargs, "O!|OppIIOIpOi:open", names, &PyTuple_Type, &paths, &bpf, &underscores, &dictionary,
                    &batch_rows, &threads, &progress, &part_size, &ends, &cut, &link))
        return NULL;
    struct pass *pass = core_object_new(self->state->pass_type);
    struct shared *shared = pass != NULL ? PyMem_Calloc(1, sizeof *shared) : NULL;
    const char **strings = shared != NULL ? take_strings(paths, true, &count) : NULL;
    if (strings == NULL) {
        PyMem_Free(shared);
        Py_XDECREF((PyObject *)pass);
        return shared == NULL ? PyErr_NoMemory() : NULL;
    }
    *shared =
        (struct shared){ .references = 1, .state = self->state, .plan = Py_NewRef(object), .bpf = Py_NewRef(bpf) };
    shared->ends = ends != 0;
    shared->progress = progress != Py_None ? Py_NewRef(progress) : NULL;
    pass->shared = shared;
    struct spk_columns_options options = {
        .underscores = underscores != 0,
        .dictionary = dictionary != 0,
        .batch_rows = batch_rows,
        .threads = threads,
        .part_size = part_size,
        .bpf = bpf != Py_None ? PyUnicode_AsUTF8AndSize(bpf, NULL) : NULL,
        .has_link = link >= 0,
        .link = (uint16_t)link,
        .tick = tick,
        .tick_context = shared,
    };
    if (core_take_part(cut, &shared->cut) == 0 && shared->cut.asked)
        options.part = &shared->cut.part;
    if (!PyErr_Occurred() && spk_columns_open(self->query, &options, strings, count, &shared->inner, &error) != SPK_OK)
        core_raise(self->state, &error);
    PyMem_Free((void *)strings);
    PyObject *made = (PyObject *)pass;
    if (PyErr_Occurred())
        Py_CLEAR(made);
    return made;
}

static void free_pass(PyObject *object)
{
    if (((struct pass *)object)->shared != NULL)
        let_go(((struct pass *)object)->shared);
    core_object_free(object);
}

/* ---- the stream that is given away: it keeps alive what it needs, and keeps what went wrong ---- */

static int outer_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct shared *shared = stream->private_data;

    return shared->inner.get_schema(&shared->inner, out);
}

static int next_batch(struct shared *shared, struct ArrowArray *out)
{
    int code = shared->inner.get_next(&shared->inner, out);

    if (code != 0 && !shared->failed) {
        shared->error = *spk_columns_error(&shared->inner);
        shared->failed = true;
    }
    return code;
}

static int outer_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct shared *shared = stream->private_data;
    int code = next_batch(shared, out);

    bool damaged = shared->error.code == SPK_ERR_DAMAGED || shared->error.code == SPK_ERR_CUT;
    if (code != 0 && shared->ends && damaged) {
        out->release = NULL;
        return 0;
    }
    return code;
}

static const char *outer_error(struct ArrowArrayStream *stream)
{
    struct shared *shared = stream->private_data;

    return shared->inner.get_last_error(&shared->inner);
}

static void outer_release(struct ArrowArrayStream *stream)
{
    struct shared *shared = stream->private_data;

    stream->release = NULL;
    if (!Py_IsInitialized()) /* at the very end of the process: nothing is left to give it back to */
        return;
    PyGILState_STATE lock = PyGILState_Ensure();
    let_go(shared);
    PyGILState_Release(lock);
}

static void free_stream_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");

    if (stream != NULL && stream->release != NULL)
        stream->release(stream);
    PyMem_Free(stream);
}

static PyObject *give_stream(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = { "requested_schema", NULL };
    struct pass *self = (struct pass *)object;
    PyObject *requested = Py_None;

    if (!core_parse(args, kwargs, "|O:__arrow_c_stream__", names, &requested))
        return NULL;
    if (self->taken) {
        PyErr_SetString(PyExc_ValueError, "a pass is one stream, and it was given away");
        return NULL;
    }
    struct ArrowArrayStream *stream = PyMem_Calloc(1, sizeof *stream);
    if (stream == NULL)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(stream, "arrow_array_stream", free_stream_capsule);
    if (capsule == NULL) {
        PyMem_Free(stream);
        return NULL;
    }
    *stream = (struct ArrowArrayStream){ .get_schema = outer_schema,
                                         .get_next = outer_next,
                                         .get_last_error = outer_error,
                                         .release = outer_release,
                                         .private_data = self->shared };
    self->shared->references++;
    self->taken = true;
    self->shared->watches = true;
    self->shared->interrupts = core_interrupts();
    core_interrupts_watch();
    return capsule;
}

/* ---- rows, without Arrow ---- */

static PyObject *check_pass(PyObject *object, PyObject *nothing)
{
    struct shared *shared = ((struct pass *)object)->shared;

    (void)nothing;
    if (shared->raised != NULL) {
        if (PyErr_CheckSignals() < 0) /* the Ctrl-C that was told again */
            return NULL;
        PyErr_SetObject((PyObject *)Py_TYPE(shared->raised), shared->raised);
        return NULL;
    }
    return shared->failed ? core_raise(shared->state, &shared->error) : Py_NewRef(Py_None);
}

static PyObject *next_rows(PyObject *object, PyObject *nothing)
{
    struct pass *self = (struct pass *)object;
    struct shared *shared = self->shared;
    struct ArrowSchema schema;
    struct ArrowArray array;
    int code;

    if (self->taken) {
        PyErr_SetString(PyExc_ValueError, "a pass is one stream, and it was given away");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS;
    code = next_batch(shared, &array);
    Py_END_ALLOW_THREADS;
    if (code != 0)
        return check_pass(object, nothing);
    if (array.release == NULL)
        return Py_NewRef(Py_None);
    if (shared->inner.get_schema(&shared->inner, &schema) != 0) {
        array.release(&array);
        return PyErr_NoMemory();
    }
    PyObject *rows = core_rows_of(&schema, &array);
    schema.release(&schema);
    array.release(&array);
    return rows;
}

static PyObject *get_read(PyObject *object, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(spk_columns_counts(&((struct pass *)object)->shared->inner)->read);
}

/* ---- types ---- */

static PyObject *get_runs_on(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(spk_query_runs_on(((struct plan *)object)->query));
}

static PyGetSetDef plan_attributes[] = {
    { "runs_on", get_runs_on, NULL, "Whether it asks for what runs on from packet to packet.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMethodDef plan_methods[] = {
    { "schema", (PyCFunction)(void (*)(void))get_schema, METH_VARARGS | METH_KEYWORDS, "The columns, as a capsule." },
    { "formats", list_formats, METH_NOARGS, "The columns' types, as Arrow's formats." },
    { "open", (PyCFunction)(void (*)(void))open_pass, METH_VARARGS | METH_KEYWORDS, "A pass over captures." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot plan_slots[] = {
    { Py_tp_doc, (void *)"A query: fields and filters, resolved." },
    { Py_tp_new, (void *)new_plan },
    { Py_tp_dealloc, (void *)free_plan },
    { Py_tp_methods, plan_methods },
    { Py_tp_getset, plan_attributes },
    { 0, NULL },
};

static PyType_Spec plan_spec = {
    .name = "steelpkt._core._Plan",
    .basicsize = sizeof(struct plan),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = plan_slots,
};

static PyMethodDef pass_methods[] = {
    { "__arrow_c_stream__", (PyCFunction)(void (*)(void))give_stream, METH_VARARGS | METH_KEYWORDS,
      "The pass as a stream, once." },
    { "rows", next_rows, METH_NOARGS, "The next rows as a list of tuples; None at the end." },
    { "check", check_pass, METH_NOARGS, "Raises what went wrong, if anything did." },
    { NULL, NULL, 0, NULL },
};

static PyGetSetDef pass_attributes[] = {
    { "read", get_read, NULL, "How many packets were read.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot pass_slots[] = {
    { Py_tp_doc, (void *)"One pass of a query over captures." },
    { Py_tp_dealloc, (void *)free_pass },
    { Py_tp_methods, pass_methods },
    { Py_tp_getset, pass_attributes },
    { 0, NULL },
};

static PyType_Spec pass_spec = {
    .name = "steelpkt._core._Pass",
    .basicsize = sizeof(struct pass),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = pass_slots,
};

static PyObject *parse_time(PyObject *module, PyObject *args)
{
    const char *text;
    int up = 0;
    int64_t ns;
    struct spk_error error;

    if (!PyArg_ParseTuple(args, "s|p:_time_ns", &text, &up))
        return NULL;
    if (spk_time_parse(text, up != 0, &ns, &error) != SPK_OK)
        return core_raise(core_state_of(module), &error);
    return PyLong_FromLongLong(ns);
}

static PyMethodDef functions[] = {
    { "_time_ns", parse_time, METH_VARARGS, "Nanoseconds of a time as text, rounded down or up." },
    { NULL, NULL, 0, NULL },
};

int core_add_query(PyObject *module, struct core_state *state)
{
    PyObject *plan = PyType_FromModuleAndSpec(module, &plan_spec, NULL);
    int added = plan != NULL ? PyModule_AddObjectRef(module, "_Plan", plan) : -1;

    Py_XDECREF(plan);
    state->pass_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &pass_spec, NULL);
    return state->pass_type != NULL && added == 0 ? PyModule_AddFunctions(module, functions) : -1;
}
