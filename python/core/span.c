/*
 * span: numbers of a group that lie over other rows, where all there is of the group is its values: in an element of a list,
 * and in a header that is taken apart. An IPv6 option's type is its action, its change bit and the rest.
 */
#include "types.h"

/* The rows that a view lies over: from the first up to the one behind. False: not whole rows of fixed width. */
static bool parts_of(const struct spk_group *group, const struct spk_row *view, int *first, int *behind)
{
    unsigned bits = 0;
    int at = view->view.a;
    unsigned wanted = view->bits > 0 ? view->bits : group->rows[at].bits;

    *first = at;
    for (; at < group->count && bits < wanted; at++) {
        const struct spk_row *row = &group->rows[at];
        if (row->view.op == SPK_NOT_A_VIEW && (row->bits == 0 || row->many != SPK_ONE || !core_row_is_number(row)))
            return false;
        bits += row->view.op == SPK_NOT_A_VIEW ? row->bits : 0U;
    }
    *behind = at;
    return bits == wanted && wanted > 0 && wanted <= 64;
}

static uint64_t mask_of(unsigned bits)
{
    return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

/* The number that a value is: an int, or the text of an IPv4 address. */
static uint64_t number_alone(const struct spk_row *row, PyObject *values)
{
    PyObject *object = core_row_value(row, values);
    struct core_keep keep;
    struct spk_value value = { .u = 0 };

    if (object == NULL)
        return row->init;
    if (PyLong_Check(object))
        value.u = PyLong_AsUnsignedLongLongMask(object);
    else if (row->kind == SPK_IP4 && core_to_value(row, object, &keep, &value) == 0)
        core_keep_done(&keep);
    PyErr_Clear();
    return value.u;
}

/* The value of a row that a number of so many bits is. */
static PyObject *value_alone(const struct spk_row *row, unsigned bits, uint64_t number)
{
    struct spk_value value = { .kind = row->kind == SPK_BOOL ? SPK_UINT : row->kind, .u = number };

    if (row->kind == SPK_INT && (number >> (bits - 1) & 1) != 0)
        value.u |= ~mask_of(bits);
    return core_from_value(&value);
}

uint64_t core_row_number(const struct spk_group *group, int index, PyObject *values)
{
    const struct spk_row *row = &group->rows[index];
    uint64_t number = 0;
    int at = 0;
    int behind = 0;

    if (row->view.op != SPK_VIEW_SPAN || !parts_of(group, row, &at, &behind))
        return number_alone(row, values);
    for (; at < behind; at++) {
        const struct spk_row *part = &group->rows[at];
        if (part->view.op == SPK_NOT_A_VIEW)
            number = (part->bits < 64 ? number << part->bits : 0) | (number_alone(part, values) & mask_of(part->bits));
    }
    return number;
}

static PyObject *get_span(struct core_layer *layer, const struct core_attr *attr)
{
    const struct spk_group *group = layer->klass->group;
    PyObject *values = layer->store != NULL ? Py_NewRef(layer->store) : PyDict_New();
    PyObject *value = NULL;

    if (values != NULL)
        value = value_alone(attr->row, attr->width, core_row_number(group, (int)(attr->row - group->rows), values));
    Py_XDECREF(values);
    return value;
}

/* The number that is set; -1 with an exception. */
static int take_number(const struct core_attr *attr, PyObject *object, uint64_t *number)
{
    struct core_keep keep;
    struct spk_value value;

    if (attr->row->kind != SPK_IP4 && attr->row->kind != SPK_INT)
        return core_to_number(object, attr->width, attr->name, number);
    if (core_to_value(attr->row, object, &keep, &value) < 0)
        return -1;
    *number = value.u;
    core_keep_done(&keep);
    return 0;
}

static int put_part(struct core_layer *layer, const struct spk_row *part, uint64_t number)
{
    PyObject *value = value_alone(part, part->bits, number & mask_of(part->bits));
    int done = value != NULL ? PyDict_SetItemString(layer->store, core_row_attr(part), value) : -1;

    Py_XDECREF(value);
    return done;
}

static int set_span(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    const struct spk_group *group = layer->klass->group;
    uint64_t number = 0;
    int first = 0;
    int behind = 0;

    if (take_number(attr, value, &number) < 0 || core_rows_melt(layer) < 0
        || !parts_of(group, attr->row, &first, &behind))
        return -1;
    for (int at = behind; at-- > first;) {
        const struct spk_row *part = &group->rows[at];
        if (part->view.op != SPK_NOT_A_VIEW)
            continue;
        if (put_part(layer, part, number) < 0)
            return -1;
        number = part->bits < 64 ? number >> part->bits : 0;
    }
    layer->flags |= CORE_OWN;
    return 0;
}

void core_span_attr(struct core_attr *attr, const struct spk_group *group)
{
    int at = 0;
    int behind = 0;

    if (attr->row->view.op != SPK_VIEW_SPAN || !core_row_is_number(attr->row)
        || !parts_of(group, attr->row, &at, &behind))
        return;
    attr->how = CORE_SPECIAL;
    attr->get = get_span;
    attr->width = attr->row->bits > 0 ? attr->row->bits : group->rows[at].bits;
    attr->set = set_span;
    attr->writable = true;
    for (; at < behind; at++) {
        if (group->rows[at].view.op == SPK_NOT_A_VIEW && core_row_attr(&group->rows[at]) == NULL)
            attr->writable = false; /* bits that no attribute stands for */
    }
}
