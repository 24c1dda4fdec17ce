/*
 * span: numbers of a group that lie over other rows, where all there is of the group is its values: in an element of a list,
 * and in a header that is taken apart. An IPv6 option's type is its action, its change bit and the rest.
 */
#include "types.h"

/* The value that stands for a row, borrowed; NULL: none. */
static PyObject *value_of(const struct spk_row *row, PyObject *values)
{
    const char *name = core_row_attr(row);

    return name != NULL ? PyDict_GetItemString(values, name) : NULL;
}

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

static uint64_t number_alone(const struct spk_row *row, PyObject *values)
{
    PyObject *value = value_of(row, values);

    if (value == NULL)
        return row->init;
    uint64_t number = PyLong_Check(value) ? PyLong_AsUnsignedLongLongMask(value) : 0;
    PyErr_Clear();
    return number;
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
        uint64_t mask = part->bits < 64 ? (UINT64_C(1) << part->bits) - 1 : UINT64_MAX;
        if (part->view.op == SPK_NOT_A_VIEW)
            number = (part->bits < 64 ? number << part->bits : 0) | (number_alone(part, values) & mask);
    }
    return number;
}

static PyObject *get_span(struct core_layer *layer, const struct core_attr *attr)
{
    const struct spk_group *group = layer->klass->group;
    PyObject *values = layer->store != NULL ? Py_NewRef(layer->store) : PyDict_New();
    PyObject *number = NULL;

    if (values != NULL)
        number = PyLong_FromUnsignedLongLong(core_row_number(group, (int)(attr->row - group->rows), values));
    Py_XDECREF(values);
    return number;
}

static int set_span(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    const struct spk_group *group = layer->klass->group;
    uint64_t number = 0;
    int first = 0;
    int behind = 0;

    if (core_to_number(value, attr->width, attr->name, &number) < 0 || core_rows_melt(layer) < 0
        || !parts_of(group, attr->row, &first, &behind))
        return -1;
    for (int at = behind; at-- > first;) {
        const struct spk_row *part = &group->rows[at];
        if (part->view.op != SPK_NOT_A_VIEW)
            continue;
        uint64_t mask = part->bits < 64 ? (UINT64_C(1) << part->bits) - 1 : UINT64_MAX;
        if (core_put_number(layer->store, core_row_attr(part), (unsigned long)(number & mask)) < 0)
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
