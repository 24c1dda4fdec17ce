/* types: what the types of packet classes are made of, for classes.c and the files that have their slots. */
#ifndef STEELPKT_TYPES_H
#define STEELPKT_TYPES_H

#include "layer.h"

/* ---- layer.c ---- */

/* Into the table by types. -1 with MemoryError. */
int core_class_register(struct core_state *state, struct core_class *klass);
/* tp_getattro */
PyObject *core_layer_get(PyObject *self, PyObject *word);
/* When the module goes. */
void core_layer_free_spare(struct core_state *state);
PyObject *core_layer_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
void core_layer_dealloc(PyObject *self);
int core_layer_traverse(PyObject *self, visitproc visit, void *arg);
int core_layer_clear(PyObject *self);
/* Back to what tp_new made. */
void core_layer_reset(struct core_layer *layer);

/* ---- call.c ---- */

/* tp_init */
int core_layer_init(PyObject *self, PyObject *args, PyObject *kwargs);
/* A class's own vectorcall: so many values by their position, then those of the names, a tuple or NULL. */
PyObject *core_layer_call(PyObject *type, PyObject *const *values, Py_ssize_t count, PyObject *names);

/* ---- vectorcall.c ---- */

/* What a type's spec ends with: the slot of its vectorcall, or the end where this Python has none. */
PyType_Slot core_vectorcall_slot(void);
/* The same for a type that was made, in a Python that has no slot for it. */
void core_vectorcall_put(PyTypeObject *type);

/* ---- collect.c ---- */

/* Attributes, fields and shape of a class whose protocol, group and special are known. -1 with an exception. */
int core_class_collect(struct core_class *klass);
bool core_row_is_number(const struct spk_row *row);
/* An array with room for one more element than it has; NULL with MemoryError, and it is as it was. */
void *core_grow(void *array, size_t count, size_t *room, size_t size);

/* ---- span.c ---- */

/* Makes the attribute of an element's number that lies over others one that is read from them, and written to them. */
void core_span_attr(struct core_attr *attr, const struct spk_group *group);

/* ---- pkt.c: what every class inherits ---- */

extern PyMethodDef core_pkt_methods[];
extern PyGetSetDef core_pkt_getset[];
PyObject *core_pkt_repr(PyObject *self);
PyObject *core_pkt_compare(PyObject *self, PyObject *other, int op);
PyObject *core_pkt_divide(PyObject *left, PyObject *right);
PyObject *core_pkt_iter(PyObject *self);
PyObject *core_pkt_item(PyObject *self, PyObject *name);
int core_pkt_contains(PyObject *self, PyObject *item);
Py_hash_t core_pkt_hash(PyObject *self);
/* copy.c */
PyObject *core_pkt_reduce(PyObject *self, PyObject *unused);
PyObject *core_pkt_setstate(PyObject *self, PyObject *state);

/* ---- specials: the tutorial's classes ---- */

extern const struct core_special core_special_pkt, core_special_null, core_special_ethernet, core_special_mpls,
    core_special_ip, core_special_tcp, core_special_udp, core_special_arp, core_special_netflow, core_special_icmp,
    core_special_igmp, core_special_igmp_record, core_special_dns, core_special_dns_query, core_special_dns_resource;

#endif
