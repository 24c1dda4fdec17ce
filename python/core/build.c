/* build: a header that varies, from the attributes it was taken apart into, through the library's builder. */
#include "layer.h"

struct builder {
    struct spk_build *build;
    const struct core_state *state;
    unsigned elements; /* lists within which it stands: there a CHOICE is kept as bytes */
};

static bool holds(const struct spk_group *group, const struct spk_row *row, PyObject *values)
{
    for (size_t i = 0; i < SPK_COUNT_OF(row->when); i++) {
        const struct spk_when *when = &row->when[i];
        uint64_t number = 0;
        if (when->test == SPK_ALWAYS)
            continue;
        if (when->test == SPK_ROOM) {
            /* there is room where there is a value */
            if (row->kind != SPK_GROUP && core_row_value(row, values) == NULL)
                return false;
            continue;
        }
        if (when->test == SPK_ABSENT) {
            if (core_row_value(&group->rows[when->row], values) != NULL)
                return false;
            continue;
        }
        number = core_row_number(group, when->row, values);
        number = when->mask != 0 ? number & when->mask : number;
        bool held = when->test == SPK_EQ   ? number == when->value
                    : when->test == SPK_NE ? number != when->value
                    : when->test == SPK_GE ? number >= when->value
                                           : number <= when->value;
        if (!held)
            return false;
    }
    return true;
}

static int set(struct builder *b, const struct spk_row *row, PyObject *object)
{
    struct core_keep keep;
    struct spk_value value;

    if (core_to_value(row, object, &keep, &value) < 0)
        return -1;
    /* the first failure comes out at the end */
    spk_build_set_attr(b->build, core_row_attr(row), &value);
    core_keep_done(&keep);
    return 0;
}

static const struct spk_group *chosen(const struct spk_group *group, const struct spk_row *row, PyObject *values)
{
    uint64_t key = core_row_number(group, row->key, values);

    for (const struct spk_case *at = row->cases; at->in != NULL; at++) {
        if (key == at->key || (at->last > 0 && key >= at->key && key <= at->last))
            return at->in;
    }
    return NULL;
}

/* Whether any value stands for a row of the group, or of those in it: an optional group is there for its values. */
static bool has_value(const struct spk_group *group, PyObject *values)
{
    for (uint16_t i = 0; i < group->count; i++) {
        if (group->rows[i].view.op == SPK_NOT_A_VIEW && core_row_value(&group->rows[i], values) != NULL)
            return true;
    }
    return false;
}

static int build_group(struct builder *b, const struct spk_group *group, PyObject *values, unsigned depth);

static int build_list(struct builder *b, const struct spk_row *row, PyObject *list, unsigned depth)
{
    if (!PyList_Check(list)) {
        PyErr_Format(PyExc_TypeError, "%s is a list, not %R", core_row_attr(row), Py_TYPE(list));
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        PyObject *item = PyList_GetItem(list, i);
        int done = 0;
        if (item == NULL)
            return -1;
        Py_INCREF(item);
        if (row->kind != SPK_GROUP) {
            done = set(b, row, item);
        } else if (!core_is_layer(b->state, item) || ((struct core_layer *)item)->klass->group != row->in) {
            PyErr_Format(PyExc_TypeError, "%s holds %s, not %R", core_row_attr(row), row->in->name, Py_TYPE(item));
            done = -1;
        } else {
            struct core_layer *element = (struct core_layer *)item;
            PyObject *values = element->store != NULL ? Py_NewRef(element->store) : PyDict_New();
            spk_build_enter(b->build, spk_field_find(b->state->registry, row->name));
            b->elements++;
            done = values != NULL ? build_group(b, row->in, values, depth + 1) : -1;
            b->elements--;
            spk_build_leave(b->build);
            Py_XDECREF(values);
        }
        Py_DECREF(item);
        if (done < 0)
            return -1;
    }
    return 0;
}

static int build_row(struct builder *b, const struct spk_group *group, const struct spk_row *row, PyObject *values,
                     unsigned depth)
{
    PyObject *value = core_row_value(row, values);
    bool single = row->many == SPK_ONE;

    if (row->view.op != SPK_NOT_A_VIEW || !holds(group, row, values) || depth >= SPK_DEPTH_MAX)
        return 0;
    if (row->kind == SPK_GROUP && single) {
        bool optional = row->when[0].test == SPK_ROOM;
        return optional && !has_value(row->in, values) ? 0 : build_group(b, row->in, values, depth + 1);
    }
    if (row->kind == SPK_CHOICE && single && (value == NULL || b->elements == 0)) {
        const struct spk_group *in = chosen(group, row, values);
        if (in != NULL)
            return build_group(b, in, values, depth + 1);
    }
    if (value == NULL || core_row_attr(row) == NULL)
        return 0;
    Py_INCREF(value);
    int done = single ? set(b, row, value) : build_list(b, row, value, depth);
    Py_DECREF(value);
    return done;
}

/* Bounded by SPK_DEPTH_MAX, as the rows are. */
static int build_group(struct builder *b, const struct spk_group *group, PyObject *values, unsigned depth)
{
    int done = 0;

    for (uint16_t i = 0; i < group->count && done == 0; i++)
        done = build_row(b, group, &group->rows[i], values, depth);
    return done;
}

int core_list_build(const struct core_layer *layer, const struct spk_row *row, PyObject *list, bool lengths,
                    struct core_bytes *out)
{
    const struct core_class *klass = layer->klass;
    struct builder b = { .state = klass->state };
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;

    if (spk_build_new(b.state->registry, &b.build) != SPK_OK) {
        PyErr_NoMemory();
        return -1;
    }
    spk_build_layer(b.build, klass->proto);
    int done = build_list(&b, row, list, 0);
    if (done == 0 && spk_build_finish(b.build, lengths ? SPK_FIX_LENGTHS : 0, &data, &len, &error) != SPK_OK) {
        core_raise(b.state, &error);
        done = -1;
    }
    uint32_t front = len < klass->fixed ? len : klass->fixed;
    if (done == 0 && core_bytes_add(out, data + front, len - front) == NULL)
        done = -1;
    spk_build_free(b.build);
    return done;
}

int core_rows_build(struct core_layer *layer, const struct core_options *options, struct core_bytes *out)
{
    const struct core_class *klass = layer->klass;
    struct builder b = { .state = klass->state };
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    int clean = core_rows_clean(layer);

    if (klass->proto == NULL) {
        PyErr_Format(PyExc_TypeError, "%s has no bytes but those in its packet", klass->name);
        return -1;
    }
    if (clean != 0)
        return clean > 0 && core_bytes_add(out, layer->hdr, layer->hdr_len) != NULL ? 0 : -1;
    if (core_rows_melt(layer) < 0)
        return -1;
    if (spk_build_new(b.state->registry, &b.build) != SPK_OK) {
        PyErr_NoMemory();
        return -1;
    }
    spk_build_compress(b.build, options->compress);
    spk_build_layer(b.build, klass->proto);
    int done = build_group(&b, klass->proto->hdr.rows == klass->group->rows ? &klass->proto->hdr : klass->group,
                           layer->store, 0);
    PyObject *tail = PyDict_GetItemString(layer->store, CORE_RAW_TAIL);
    if (done == 0 && tail != NULL && PyBytes_Check(tail))
        spk_build_raw(b.build, (const uint8_t *)PyBytes_AsString(tail), (size_t)PyBytes_Size(tail));
    if (done == 0 && spk_build_finish(b.build, options->update ? SPK_FIX_LENGTHS : 0, &data, &len, &error) != SPK_OK) {
        core_raise(b.state, &error);
        done = -1;
    }
    if (done == 0 && core_bytes_add(out, data, len) == NULL)
        done = -1;
    spk_build_free(b.build);
    return done;
}
