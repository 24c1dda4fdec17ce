/*
 * classes: a Python class for each protocol of the registry, made from its rows, and for the elements of its lists. What
 * the tutorial's classes have beside their rows stands in the specials.
 */
#include "types.h"

#include <stdio.h>

static const struct core_special plain_special = { .name = NULL };

static const struct core_special *const specials[] = {
    &core_special_null,      &core_special_ethernet,     &core_special_mpls,        &core_special_ip,
    &core_special_tcp,       &core_special_udp,          &core_special_arp,         &core_special_netflow,
    &core_special_icmp,      &core_special_igmp,         &core_special_igmp_record, &core_special_dns,
    &core_special_dns_query, &core_special_dns_resource,
};

const struct core_class *core_class_of_proto(const struct core_state *state, const struct spk_proto *proto)
{
    for (size_t i = 0; i < state->class_count; i++) {
        if (state->classes[i] != NULL && proto != NULL && state->classes[i]->proto == proto)
            return state->classes[i];
    }
    return state->null;
}

static const struct core_special *special_of(const char *name)
{
    for (size_t i = 0; i < SPK_COUNT_OF(specials); i++) {
        if (strcmp(specials[i]->name, name) == 0)
            return specials[i];
    }
    return &plain_special;
}

/* ---- what a new header holds ---- */

static int make_init(struct core_class *klass)
{
    struct spk_build *build = NULL;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    bool whole = klass->proto != NULL && klass->group == &klass->proto->hdr;

    if (whole && spk_build_new(klass->state->registry, &build) != SPK_OK) {
        PyErr_NoMemory();
        return -1;
    }
    if (klass->special->init != NULL) {
        data = klass->special->init;
        len = klass->special->init_len;
    } else if (whole) {
        spk_build_layer(build, klass->proto);
        if (spk_build_finish(build, 0, &data, &len, NULL) != SPK_OK)
            len = 0;
    }
    klass->init_len = len > klass->fixed ? len : klass->fixed;
    klass->init = PyMem_Calloc(1, klass->init_len > 0 ? klass->init_len : 1);
    if (klass->init == NULL) {
        spk_build_free(build);
        PyErr_NoMemory();
        return -1;
    }
    if (len > 0)
        memcpy(klass->init, data, len);
    spk_build_free(build);
    for (size_t i = 0; len == 0 && i < klass->attr_count; i++) {
        const struct core_attr *attr = &klass->attrs[i];
        if (attr->how == CORE_FIXED && attr->row->init != 0)
            core_attr_store(klass->init, attr, attr->row->init);
    }
    return 0;
}

/* ---- texts for help() ---- */

/* Its specification; NULL: it has none. */
static const char *spec_of(const struct spk_proto *proto)
{
    return proto->spec != NULL && strcmp(proto->spec, "none") != 0 ? proto->spec : NULL;
}

/* The protocol that a class's rows are of: an element's, too, as its fields say. NULL: PKT, or no row has a name. */
static const struct spk_proto *home_of(const struct core_class *klass)
{
    const struct spk_proto *home = klass->proto;

    for (int i = 0; home == NULL && klass->group != NULL && i < klass->group->count; i++) {
        const char *name = klass->group->rows[i].name;
        const struct spk_field *field = name != NULL ? spk_field_find(klass->state->registry, name) : NULL;
        home = field != NULL ? field->proto : NULL;
    }
    return home;
}

/* Sentence, range, names and where they come from, into text. */
static size_t describe(const struct core_attr *attr, char *text, size_t size)
{
    const struct spk_row *row = attr->row;
    const struct spk_proto *proto = home_of(attr->klass);
    const char *doc = attr->doc != NULL                     ? attr->doc
                      : row != NULL && row->doc != NULL     ? row->doc
                      : row != NULL && row->kind != SPK_PAD ? "A number that no column shows by itself."
                                                            : "Reserved bits.";
    const char *spec = proto != NULL ? spec_of(proto) : NULL;
    const char *name = row != NULL && attr->doc == NULL ? row->name : NULL;
    char range[64] = "";
    bool number =
        row != NULL && core_row_is_number(row) && row->kind != SPK_IP4 && attr->width > 0 && attr->width <= 64;

    if (attr->most > 0 && number)
        snprintf(range, sizeof range, " %u to %u.", attr->least, attr->most);
    else if (number)
        snprintf(range, sizeof range, " 0 to %llu.", attr->width == 64 ? ULLONG_MAX : (1ULL << attr->width) - 1ULL);
    else if (row != NULL && row->kind == SPK_MAC)
        snprintf(range, sizeof range, " Six hexadecimal numbers with colons.");
    else if (row != NULL && (row->kind == SPK_IP4 || row->kind == SPK_IP6))
        snprintf(range, sizeof range, " An %s address.", row->kind == SPK_IP4 ? "IPv4" : "IPv6");
    return (size_t)snprintf(text, size, "%s%s%s%s%s%s%s", doc, range, name != NULL || spec != NULL ? " [" : "",
                            name != NULL ? name : "", name != NULL && spec != NULL ? "; " : "",
                            spec != NULL ? spec : "", name != NULL || spec != NULL ? "]" : "");
}

static int make_texts(struct core_class *klass)
{
    size_t size = 0;

    for (size_t i = 0; i < klass->attr_count; i++)
        size += describe(&klass->attrs[i], NULL, 0) + 1;
    char *texts = PyMem_Malloc(size > 0 ? size : 1);
    if (texts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    klass->texts = texts;
    for (size_t i = 0; i < klass->attr_count; i++) {
        size_t len = describe(&klass->attrs[i], texts, size) + 1;
        klass->attrs[i].doc = texts;
        texts += len;
        size -= len;
    }
    return 0;
}

/* ---- the type ---- */

/* What is deleted is None from then on. */
static int set_payload(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return core_layer_set_payload((struct core_layer *)self, value != NULL ? value : Py_None);
}

static void describe_class(const struct core_class *klass, char *doc, size_t size)
{
    const struct spk_proto *home = home_of(klass);
    const char *title = home == NULL          ? "The base of all packet classes"
                        : home->title != NULL ? home->title
                                              : home->name;
    const char *spec = home != NULL ? spec_of(home) : NULL;

    snprintf(doc, size, "%s(%s**attributes)\n--\n\n%s%s%s%s.", klass->name,
             klass->proto != NULL ? "data=None, *, l7_ports=None, " : "",
             klass->element ? "An element of a list of: " : "", title, spec != NULL ? ", " : "",
             spec != NULL ? spec : "");
}

static int make_type(PyObject *module, struct core_class *klass, PyObject *base)
{
    static PyMethodDef no_methods[] = { { NULL, NULL, 0, NULL } };
    char name[80];
    char doc[512];
    PyGetSetDef *getset = PyMem_Calloc(klass->attr_count + 2, sizeof *getset);

    if (getset == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < klass->attr_count; i++)
        getset[i] =
            (PyGetSetDef){ klass->attrs[i].name, core_attr_get, core_attr_set, klass->attrs[i].doc, &klass->attrs[i] };
    if (klass->has_payload)
        getset[klass->attr_count] =
            (PyGetSetDef){ "payload", core_attr_get, set_payload,
                           "What the packet carries: a packet, or None. Bytes are decoded.", &klass->others[0] };
    klass->getset = getset;
    snprintf(name, sizeof name, "steelpkt.%s", klass->name);
    describe_class(klass, doc, sizeof doc);
    PyType_Slot slots[] = {
        { Py_tp_doc, doc },
        { Py_tp_new, (void *)core_layer_type_new },
        { Py_tp_init, (void *)core_layer_init },
        { Py_tp_dealloc, (void *)core_layer_dealloc },
        { Py_tp_traverse, (void *)core_layer_traverse },
        { Py_tp_clear, (void *)core_layer_clear },
        { Py_tp_getattro, (void *)core_layer_get },
        { Py_tp_getset, base == NULL ? core_pkt_getset : getset },
        { Py_tp_repr, (void *)core_pkt_repr },
        { Py_tp_hash, (void *)core_pkt_hash },
        { Py_tp_richcompare, (void *)core_pkt_compare },
        { Py_tp_iter, (void *)core_pkt_iter },
        { Py_nb_true_divide, (void *)core_pkt_divide },
        { Py_mp_subscript, (void *)core_pkt_item },
        { Py_sq_contains, (void *)core_pkt_contains },
        { Py_tp_methods, base == NULL ? core_pkt_methods : no_methods },
        core_vectorcall_slot(),
        { 0, NULL },
    };
    PyType_Spec spec = {
        .name = name,
        .basicsize = sizeof(struct core_layer),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
        .slots = slots,
    };
    klass->type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, base);
    if (klass->type == NULL)
        return -1;
    core_vectorcall_put(klass->type);
    return PyObject_SetAttrString((PyObject *)klass->type, "_element", klass->element ? Py_True : Py_False);
}

static const uint16_t *ports_of(struct core_class *klass)
{
    static const uint16_t room = 8;
    const struct spk_proto *proto = klass->proto;
    uint16_t count = 0;

    if (klass->special->ports != NULL || proto == NULL || proto->sits == NULL)
        return klass->special->ports;
    klass->sit_ports = PyMem_Calloc(room, sizeof *klass->sit_ports);
    for (const struct spk_sit *sit = proto->sits; klass->sit_ports != NULL && sit->space != NULL; sit++) {
        bool port = strcmp(sit->space, "udp.port") == 0 || strcmp(sit->space, "tcp.port") == 0;
        if (port && count + 1 < room)
            klass->sit_ports[count++] = (uint16_t)sit->key;
    }
    return klass->sit_ports;
}

/* A number of its own for get_layer_by_type: the EtherType, or one from the protocol's number or place in the list. */
static uint16_t number_of(const struct core_class *klass)
{
    enum { IP_PROTOS = 0x1000, OTHERS = 0x2000 };
    const struct spk_proto *proto = klass->proto;
    uint16_t number = (uint16_t)(OTHERS + klass->index);

    if (klass->special != &plain_special || proto == NULL)
        return klass->special->pq_type;
    for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
        if (strcmp(sit->space, "ethertype") == 0)
            return (uint16_t)sit->key;
        if (strcmp(sit->space, "ip.proto") == 0)
            number = (uint16_t)(IP_PROTOS + sit->key);
    }
    return number;
}

static int make_room(struct core_state *state)
{
    struct core_class **classes = core_grow(state->classes, state->class_count, &state->class_room, sizeof *classes);

    if (classes == NULL)
        return -1;
    state->classes = classes;
    return 0;
}

/* Empty places for the classes of protocols from the index known on; behind them stand those that are no protocol's. */
static int make_places(struct core_state *state, size_t known)
{
    for (size_t i = known; i < spk_registry_proto_count(state->registry); i++) {
        if (make_room(state) < 0)
            return -1;
        memmove(&state->classes[i + 1], &state->classes[i], (state->class_count - i) * sizeof state->classes[0]);
        state->classes[i] = NULL;
        state->class_count++;
    }
    return 0;
}

/* A whole class, into the list and into the table by types. */
static int list_class(struct core_state *state, struct core_class *klass)
{
    if (make_room(state) < 0 || core_class_register(state, klass) < 0)
        return -1;
    if (klass->proto != NULL)
        state->classes[klass->index] = klass;
    else
        state->classes[state->class_count++] = klass;
    return 0;
}

/* Whether a protocol is the library's own: none that came at run time, whatever it is called. */
static bool is_native(const struct spk_proto *proto)
{
    return spk_registry_find(spk_registry_default(), proto->name) == proto;
}

static void free_class(struct core_class *klass)
{
    if (klass == NULL)
        return;
    for (size_t k = 0; k < klass->attr_count; k++)
        Py_XDECREF(klass->attrs[k].word);
    for (size_t k = 0; k < klass->field_count; k++)
        Py_XDECREF(klass->fields[k].name);
    Py_XDECREF(klass->pkt_name);
    Py_XDECREF(klass->query_fields);
    Py_XDECREF((PyObject *)klass->type);
    PyMem_Free(klass->attrs);
    PyMem_Free(klass->fields);
    PyMem_Free((void *)klass->by_word);
    PyMem_Free(klass->init);
    PyMem_Free(klass->texts);
    PyMem_Free(klass->getset);
    PyMem_Free(klass->sit_ports);
    PyMem_Free(klass);
}

/*
 * A class of rows, or PKT where there are neither protocol nor group; special says what it has beside them. Once it is
 * whole it is listed. NULL with an exception.
 */
static struct core_class *make_class(struct core_state *state, const struct spk_proto *proto,
                                     const struct spk_group *group, const char *name, size_t index,
                                     const struct core_special *special)
{
    struct core_class *klass = PyMem_Calloc(1, sizeof *klass);
    PyObject *base = state->pkt != NULL ? (PyObject *)state->pkt->type : NULL;

    if (klass == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    *klass = (struct core_class){
        .state = state,
        .name = name,
        .proto = proto,
        .group = group,
        .index = proto != NULL ? (uint16_t)index : CORE_NOBODY,
        .element = proto == NULL && group != NULL,
        .special = special,
        .settled = proto == NULL || is_native(proto),
    };
    if (klass->special->entry && proto != NULL)
        klass->group = proto->hdr.rows[0].in;
    klass->pq_type = number_of(klass);
    klass->ports = ports_of(klass);
    klass->has_payload = proto != NULL && proto->extent != SPK_EXTENT_REST && (proto->flags & SPK_NO_PAYLOAD) == 0
                         && !klass->special->opaque;
    klass->pkt_name = PyUnicode_InternFromString(name);
    if (klass->pkt_name == NULL || core_class_collect(klass) < 0 || make_texts(klass) < 0 || make_init(klass) < 0
        || make_type(state->module, klass, base) < 0 || list_class(state, klass) < 0) {
        free_class(klass);
        return NULL;
    }
    return klass;
}

const struct core_class *core_element_class(struct core_state *state, const struct spk_group *group)
{
    for (size_t i = 0; i < state->class_count; i++) {
        if (state->classes[i] != NULL && state->classes[i]->element && state->classes[i]->group == group)
            return state->classes[i];
    }
    return make_class(state, NULL, group, group->name, 0, &plain_special);
}

/* The group of that name which a row repeats, among those of a group and all within. Bounded as the rows are. */
static const struct spk_group *find_group(const struct spk_group *group, const char *name, unsigned depth)
{
    const struct spk_group *found = NULL;

    for (int i = 0; i < group->count && found == NULL && depth < SPK_DEPTH_MAX; i++) {
        const struct spk_row *row = &group->rows[i];
        if (row->view.op != SPK_NOT_A_VIEW)
            continue;
        if (row->kind == SPK_GROUP && row->many != SPK_ONE && strcmp(row->in->name, name) == 0)
            found = row->in;
        else if (row->kind == SPK_GROUP)
            found = find_group(row->in, name, depth + 1);
        for (const struct spk_case *at = row->cases; row->kind == SPK_CHOICE && found == NULL && at->in != NULL; at++)
            found = find_group(at->in, name, depth + 1);
    }
    return found;
}

PyObject *core_element_named(PyObject *module, PyObject *name)
{
    struct core_state *state = core_state_of(module);
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    const struct spk_group *group = NULL;

    for (size_t i = 0; text != NULL && group == NULL && i < spk_registry_proto_count(state->registry); i++)
        group = find_group(&spk_registry_proto(state->registry, i)->hdr, text, 0);
    if (group == NULL) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_AttributeError, "module 'steelpkt' has no attribute %R", name);
        return NULL;
    }
    const struct core_class *klass = core_element_class(state, group);
    return klass != NULL ? Py_NewRef((PyObject *)klass->type) : NULL;
}

/* Lists whose elements people write themselves have their classes in the module. */
static int add_elements(PyObject *module, struct core_state *state)
{
    static const char *const fields[] = { "igmp.record", "dns.queries", "dns.answers", "mpls.labels" };

    for (size_t i = 0; i < SPK_COUNT_OF(fields); i++) {
        const struct spk_field *field = spk_field_find(state->registry, fields[i]);
        if (field == NULL)
            continue;
        const struct spk_group *group = field->row->in;
        const struct core_class *klass = make_class(state, NULL, group, group->name, 0, special_of(group->name));
        if (klass == NULL || PyModule_AddObjectRef(module, klass->name, (PyObject *)klass->type) < 0)
            return -1;
    }
    return 0;
}

static const char *name_of(const struct spk_proto *proto)
{
    return proto->pyclass != NULL ? proto->pyclass : proto->hdr.name;
}

/* The class of the registry's protocol at an index, which has its place in the list. */
static struct core_class *add_proto_class(struct core_state *state, size_t index)
{
    const struct spk_proto *proto = spk_registry_proto(state->registry, index);
    const char *name = name_of(proto);
    struct core_class *klass =
        make_class(state, proto, &proto->hdr, name, index, is_native(proto) ? special_of(name) : &plain_special);

    if (klass == NULL || PyModule_AddObjectRef(state->module, klass->name, (PyObject *)klass->type) < 0)
        return NULL;
    return klass;
}

int core_check_new_classes(const struct core_state *state, const struct spk_registry *registry, size_t known)
{
    for (size_t i = known; i < spk_registry_proto_count(registry); i++) {
        const char *name = name_of(spk_registry_proto(registry, i));
        if (PyObject_HasAttrString(state->module, name)) {
            PyErr_Format(PyExc_ValueError, "the module has another %s: the protocol's class needs a name of its own",
                         name);
            return -1;
        }
    }
    return 0;
}

PyObject *core_add_new_classes(struct core_state *state, size_t known)
{
    PyObject *made = PyList_New(0);

    if (made != NULL && make_places(state, known) < 0)
        Py_CLEAR(made);
    for (size_t i = known; made != NULL && i < spk_registry_proto_count(state->registry); i++) {
        struct core_class *klass = add_proto_class(state, i);
        if (klass == NULL || PyList_Append(made, (PyObject *)klass->type) < 0)
            Py_CLEAR(made);
    }
    return made;
}

int core_add_classes(PyObject *module, struct core_state *state)
{
    size_t count = spk_registry_proto_count(state->registry);
    struct core_class *pkt = NULL;

    state->module = module;
    if (make_places(state, 0) < 0)
        return -1;
    pkt = make_class(state, NULL, NULL, "PKT", 0, &core_special_pkt);
    if (pkt == NULL || PyModule_AddObjectRef(module, "PKT", (PyObject *)pkt->type) < 0)
        return -1;
    state->pkt = pkt;
    state->pkt2net = PyObject_GetAttrString((PyObject *)pkt->type, "pkt2net");
    for (size_t i = 0; i < count; i++) {
        bool record = (spk_registry_proto(state->registry, i)->flags & SPK_RECORD) != 0;
        if (!record && add_proto_class(state, i) == NULL)
            return -1;
    }
    state->null = core_class_of_proto(state, spk_registry_find(state->registry, "data"));
    state->ethernet = core_class_of_proto(state, spk_registry_find(state->registry, "eth"));
    state->vlan = core_class_of_proto(state, spk_registry_find(state->registry, "vlan"));
    state->ip = core_class_of_proto(state, spk_registry_find(state->registry, "ip"));
    state->dns_stream = core_class_of_proto(state, spk_registry_find(state->registry, "dns_tcp"));
    return state->pkt2net != NULL ? add_elements(module, state) : -1;
}

void core_free_classes(struct core_state *state)
{
    for (size_t i = 0; i < state->class_count; i++)
        free_class(state->classes[i]);
    PyMem_Free(state->classes);
    PyMem_Free(state->by_type);
    state->classes = state->by_type = NULL;
    state->class_count = state->class_room = state->type_slots = 0;
}
