/*
 * core: the extension module steelpkt._core, as its files see each other. It is written against the stable ABI of Python
 * 3.11, all but vectorcall.c, which says why, and includes nothing of the library but <steelpkt.h>: what Python can do, a C
 * program can.
 *
 * One file a group of classes. Each such file has one function core_add_NAME, called once when the module is made, which
 * adds its types to the module and keeps in struct core_state what the other files need.
 */
#ifndef STEELPKT_CORE_H
#define STEELPKT_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <steelpkt.h>

struct core_class;
struct core_layer;
struct core_table;

enum { CORE_TEXT_BITS = 10, CORE_PARSED_BITS = 6, CORE_DESK = 65536, CORE_SPARE = 32 };

/* The text of an address and its number, or its octets as they stand. */
struct core_text {
    uint64_t number;
    PyObject *text;
    uint8_t kind;
};

/* Words that are looked for often, as interned str; CORE_WORDS are their texts, in the same order. */
struct core_words {
    PyObject *data, *payload, *l7_ports, *csum, *update, *udp_csum, *eth_crc, *pad, *compress, *ipv4_pheader, *pkt2net,
        *pkt_name, *pq_type, *query_fields, *errors, *trailer, *get_layer, *get_layer_by_type;
};
#define CORE_WORDS                                                                                                     \
    "data", "payload", "l7_ports", "csum", "update", "udp_csum", "eth_crc", "pad", "compress", "ipv4_pheader",         \
        "pkt2net", "pkt_name", "pq_type", "query_fields", "errors", "trailer", "get_layer", "get_layer_by_type"

/* What one module object knows. Objects keep a pointer to it, for a class derived in Python does not lead to the module. */
struct core_state {
    const struct spk_registry *registry;
    struct spk_plugins *plugins;
    struct core_table *tables; /* of the protocols that Python described */
    PyObject *module;          /* borrowed: the module whose state this is */
    PyObject *packet_error;    /* PacketError: a packet that is no packet */
    struct core_words words;
    struct core_text texts[1 << CORE_TEXT_BITS];    /* by number: shown last */
    struct core_text parsed[1 << CORE_PARSED_BITS]; /* by object: read last */
    struct core_layer *spare[CORE_SPARE];           /* freed packet objects, to be used again */
    size_t spare_count;
    bool going;                  /* the module's types are being let go: nothing is kept any more */
    struct core_class **classes; /* one for each protocol, by its index; then others */
    size_t class_count, class_room;
    struct core_class **by_type; /* the same, hashed by the type's address: type_slots of them, at most half in use */
    size_t type_slots;
    /* Of those, the ones that the others know. */
    const struct core_class *pkt, *null, *ethernet, *vlan, *ip, *dns_stream;
    PyTypeObject *ip4ph, *record_type, *reader_type, *live_type, *pass_type;
    PyObject *array_desk; /* an array('B') of CORE_DESK bytes, once one was needed; desk is its memory */
    Py_buffer desk;
    bool desk_taken;
    PyObject *pkt2net; /* PKT's own method: a class that has another overrides it */
};

/* The state of a module object. */
struct core_state *core_state_of(PyObject *module);
/* The state, from a type that this module made or that is derived from one. NULL with TypeError. */
struct core_state *core_state_of_type(PyTypeObject *type);

/* An object of a type of this module's whose slots are not the packets' own: tp_alloc, and the end of tp_dealloc. */
void *core_object_new(PyTypeObject *type);
void core_object_free(PyObject *object);

/* Puts a reference in the place of another. */
static inline void core_replace(PyObject **place, PyObject *value)
{
    PyObject *old = *place;

    *place = value;
    Py_XDECREF(old);
}

/* Numbers in network order. */
static inline uint16_t core_load16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t core_load32(const uint8_t *at)
{
    return (uint32_t)core_load16(at) << 16 | core_load16(at + 2);
}

static inline void core_store16(uint8_t *at, unsigned number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static inline void core_store32(uint8_t *at, uint32_t number)
{
    core_store16(at, number >> 16);
    core_store16(at + 2, number);
}

/* ---- convert.c: values and errors ---- */

/*
 * A value as Python has it: int, bool, an address as str, bytes, text as str (octets that are no UTF-8 as surrogates),
 * times in nanoseconds as int, True for presence. A new reference, or NULL with an exception.
 */
PyObject *core_from_value(const struct spk_value *value);

/*
 * The value that a Python object means for a row: numbers with __index__ (floats are cut), addresses as str or ASCII bytes,
 * bytes-like objects, text. *keep, which the caller gives back with core_keep_done, owns what value borrows. -1 with an
 * exception: TypeError; OverflowError where the C type of the row's width is too small; else ValueError.
 */
struct core_keep {
    PyObject *object;
    Py_buffer buffer;
    uint8_t bytes[16];
};
int core_to_value(const struct spk_row *row, PyObject *object, struct core_keep *keep, struct spk_value *value);
void core_keep_done(struct core_keep *keep);

/* Bytes of a bytes-like object, less than 2 GiB of them, as a bytes object. NULL with TypeError or ValueError. */
PyObject *core_bytes_of(PyObject *object);

/* dict[name] = number. -1 with an exception. */
int core_put_number(PyObject *dict, const char *name, uint64_t number);

/* A number for so many bits: see core_to_value. */
int core_to_number(PyObject *object, unsigned bits, const char *name, uint64_t *number);

/* How many letters differ: for hints. */
size_t core_word_distance(const char *a, const char *b);

/* An array.array('B') of size bytes at data. */
PyObject *core_array(struct core_state *state, const void *data, size_t size);

/* A name given as str or ASCII bytes, as str. A new reference, or NULL with TypeError. */
PyObject *core_to_name(PyObject *object, const char *what);

/*
 * Sets the exception that an error of the library means: OSError where the operating system refused, MemoryError,
 * PacketError, with its offset, for damaged input, else ValueError. Gives NULL.
 */
void *core_raise(const struct core_state *state, const struct spk_error *error);

/* ---- classes.c, pkt.c, ... ---- */

int core_add_ip4ph(PyObject *module, struct core_state *state);
/* Whether the names of a registry's classes from the index known on are free in the module. -1 with ValueError. */
int core_check_new_classes(const struct core_state *state, const struct spk_registry *registry, size_t known);
/* Classes of the registry's protocols from the index known on, as a list; NULL with an exception. */
PyObject *core_add_new_classes(struct core_state *state, size_t known);
/*
 * Takes up the protocols that were loaded or added: a list of their classes, or NULL with an exception. Where their classes
 * cannot be, the protocols are taken back.
 */
PyObject *core_take_up(struct core_state *state);
/* Loads what STEELPKT_PLUGIN_PATH names, and adds what loads more. */
int core_add_plugins(PyObject *module);
/* The class of the elements of that name: made when it is first asked for. */
PyObject *core_element_named(PyObject *module, PyObject *name);
/* A packet of bytes by a capture's link type, as steelpkt.decode gives it. NULL with an exception. */
PyObject *core_decode(struct core_state *state, PyObject *data, uint16_t link);
int core_add_command(PyObject *module);
int core_add_decode(PyObject *module);
int core_add_classes(PyObject *module, struct core_state *state);
void core_free_classes(struct core_state *state);

#endif
