/* tutorial: the rows whose values are the tutorial's and not Wireshark's, for the table in docs/tutorial-values.md. */
#include "scan.h"

#include <string.h>

/* Calls found for each of a group's rows, and of the groups in it, with the tutorial's values; until it gives not 0. */
static int visit(const struct spk_group *group, int (*found)(void *context, const struct spk_row *row), void *context)
{
    int status = 0;

    /* groups nest at most SPK_DEPTH_MAX deep: a registry with more was refused */
    for (uint16_t i = 0; i < group->count && status == 0; i++) {
        const struct spk_row *row = &group->rows[i];
        if ((row->flags & SPK_TUTORIAL) != 0)
            status = found(context, row);
        if (row->kind == SPK_GROUP && status == 0)
            status = visit(row->in, found, context);
        for (const struct spk_case *one = row->cases; one != NULL && one->in != NULL && status == 0; one++)
            status = visit(one->in, found, context);
    }
    return status;
}

static int visit_all(const struct spk_registry *registry, int (*found)(void *context, const struct spk_row *row),
                     void *context)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < spk_registry_proto_count(registry); i++)
        status = visit(&spk_registry_proto(registry, i)->hdr, found, context);
    return status;
}

static int is_named(void *context, const struct spk_row *row)
{
    return strcmp(context, row->name) == 0;
}

bool core_has_stand_in(const struct spk_registry *registry, const char *name)
{
    return visit_all(registry, is_named, (void *)name) != 0;
}

struct listing {
    const struct spk_registry *registry;
    PyObject *list;
};

/* (name, the tutorial's sentence, Wireshark's sentence) */
static int add_row(void *context, const struct spk_row *row)
{
    const struct listing *listing = context;
    const struct spk_field *field = spk_field_find(listing->registry, row->name);
    PyObject *one = Py_BuildValue("(sss)", row->name, row->doc, field != NULL ? field->row->doc : "");
    int status = one != NULL ? PyList_Append(listing->list, one) : -1;

    Py_XDECREF(one);
    return status;
}

static PyObject *list_rows(PyObject *module, PyObject *nothing)
{
    struct listing listing = { core_state_of(module)->registry, PyList_New(0) };

    (void)nothing;
    if (listing.list != NULL && visit_all(listing.registry, add_row, &listing) < 0)
        Py_CLEAR(listing.list);
    return listing.list;
}

static PyMethodDef functions[] = {
    { "_tutorial_rows", list_rows, METH_NOARGS,
      "_tutorial_rows()\n--\n\nFields whose value in PcapQuery and get_field_val differs from Wireshark's under the "
      "same name:\n"
      "(name, what it is there, what it is elsewhere) each." },
    { NULL, NULL, 0, NULL },
};

int core_add_tutorial(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
