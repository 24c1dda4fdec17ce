/*
 * layer: a packet object. Every packet class has this one struct: a header's bytes, what follows them, and on demand the
 * payload as an object of its own.
 *
 * A decoded layer borrows its header from the bytes it came from, which `source` keeps alive; the first edit copies the
 * header. The payload's object is made when it is first touched. A header whose rows vary (lists, choices) is taken apart
 * into `store` by the first edit, attribute by attribute, and is put together again when bytes are asked for.
 */
#ifndef STEELPKT_LAYER_H
#define STEELPKT_LAYER_H

#include "core.h"

#include <string.h>

enum { CORE_OTHERS = 2, CORE_ROOM = 64, CORE_NOBODY = UINT16_MAX, CORE_DEPTH_MAX = SPK_LAYERS_MAX - 1 };

struct core_layer;
struct core_bytes;
struct core_options;

/* ---- what a class knows: made once from the rows, by classes.c ---- */

enum core_how {
    CORE_FIXED,  /* at a fixed place of the header */
    CORE_TAIL,   /* the bytes behind the fixed front of the header */
    CORE_ROWS,   /* wherever the rows say */
    CORE_SPECIAL /* by functions of its own */
};

struct core_attr {
    const char *name;
    PyObject *word; /* the name, interned */
    const struct core_class *klass;
    const struct spk_row *row; /* the first row of that name; under other conditions others may have it too */
    const char *doc;
    const char *kind; /* for stubs, where the row's kind does not say it */
    uint8_t how;
    bool writable;
    bool little;
    bool locked;          /* can be read only, whatever its row says */
    bool plain;           /* CORE_FIXED, to be written there and nowhere else */
    uint8_t load, shift;  /* CORE_FIXED, up to 64 bits: so many bytes, shifted down and masked */
    uint16_t byte, end;   /* CORE_FIXED: first byte, and the first behind */
    uint16_t width;       /* bits */
    uint16_t least, most; /* narrower than the width allows, where most is not 0 */
    uint64_t mask;
    PyObject *(*get)(struct core_layer *layer, const struct core_attr *attr);
    int (*set)(struct core_layer *layer, const struct core_attr *attr, PyObject *value);
    /* How it is read and written, whatever it is: chosen by core_attr_choose. */
    PyObject *(*read)(struct core_layer *layer, const struct core_attr *attr);
    int (*write)(struct core_layer *layer, const struct core_attr *attr, PyObject *value);
};

/* A query field: a row's name, and the attribute that has its value. */
struct core_field {
    PyObject *name; /* interned */
    const struct core_attr *attr;
    size_t attr_index;
    const struct spk_row *row;
};

/* What the tutorial says of a class and no row does. All but the name may be left out. */
struct core_special {
    const char *name; /* of the class */
    uint16_t pq_type;
    const uint16_t *ports; /* default ports, ended by 0; NULL: those at which the protocol sits */
    /* Ended by a NULL name. With get, each takes the place of what the rows give that name; else it adds a range. */
    const struct core_attr *attrs;
    const char *const
        *only; /* all its attributes, in the order of a constructor's arguments; NULL: those of the rows */
    const char *const *fields; /* query fields that are no row's, ended by NULL */
    /* Takes a header from bytes; -1 without an exception: too few. */
    int (*decode)(struct core_layer *layer, const uint8_t *data, uint32_t len);
    /* The payload's object, of the bytes at rest; NULL with an exception. NULL function: who follows by the rows. */
    PyObject *(*above)(struct core_layer *layer);
    /* After all keywords were set. */
    int (*built)(struct core_layer *layer);
    /* A query field that is no row's; NULL without an exception: not known either. */
    PyObject *(*field)(struct core_layer *layer, PyObject *name);
    /* The header's bytes, where it is not as it stands or as the rows say. */
    int (*encode)(struct core_layer *layer, const struct core_options *options, struct core_bytes *out);
    uint16_t least;      /* bytes of the shortest header there is; 0: the fixed front */
    bool keeps_lengths;  /* update does not touch its lengths */
    bool keeps_bytes;    /* what was computed is not in its header, or has been stored already */
    const uint8_t *init; /* a new header, where it is not what the rows say */
    uint32_t init_len;
    bool entry;  /* a layer is one entry of the list that the protocol's header is */
    bool opaque; /* the payload is shown under names of its own, and is no layer of the packet */
};

enum core_shape {
    CORE_PLAIN, /* rows at fixed places */
    CORE_ENDED, /* and bytes behind them */
    CORE_VARIED /* lists, choices, conditions */
};

struct core_class {
    struct core_state *state;
    PyTypeObject *type;
    const char *name;
    const struct spk_proto *proto;      /* NULL: PKT, or the element of a list */
    const struct spk_group *group;      /* its rows; NULL: none */
    const struct core_special *special; /* never NULL */
    uint16_t index;                     /* of the protocol, or CORE_NOBODY */
    uint16_t pq_type;
    const uint16_t *ports; /* ended by 0; or NULL */
    uint16_t fixed;        /* bytes of the fixed front */
    uint8_t shape;
    bool has_payload;
    /*
     * A class of the library's own: nothing on its type goes before its attributes, so they are found without asking it. To
     * a class that came at run time others may be added, as steelpkt.rows adds those of the class's body.
     */
    bool settled;
    bool element;  /* of a list: no header of its own */
    uint8_t *init; /* a new header: at least the fixed front */
    uint32_t init_len;
    struct core_attr *attrs;
    size_t attr_count;
    struct core_attr others[CORE_OTHERS]; /* payload, where it has one, and l7_ports: what no row says */
    const struct core_attr **by_word;     /* the same, hashed by the word's address: at most half of it is in use */
    size_t word_slots;
    struct core_field *fields;
    size_t field_count;
    const struct core_attr *tail; /* the one that is CORE_TAIL, or NULL */
    PyObject *pkt_name, *query_fields;
    /* what the type's descriptors point at */
    char *texts;
    PyGetSetDef *getset;
    uint16_t *sit_ports;
};

/* ---- the object ---- */

enum {
    CORE_OWN = 1 << 0,      /* hdr is the layer's own, in room or heap */
    CORE_MELTED = 1 << 1,   /* store has the values of all rows; hdr is not true */
    CORE_REGISTRY = 1 << 2, /* the registry says who follows, above UDP and TCP too, and each tag is a layer */
    CORE_SHORT = 1 << 3,    /* the header is not all there or not well formed */
    CORE_UNKNOWN = 1 << 4,  /* who follows was not looked up: built, not decoded */
    CORE_QUOTED = 1 << 5,   /* within what an error message quotes: may end anywhere */
    CORE_BUILT = 1 << 6     /* the constructor is done */
};

struct core_layer {
    PyObject_HEAD
    const struct core_class *klass;
    PyObject *source; /* bytes that hdr and rest borrow from; or NULL */
    const uint8_t *hdr;
    const uint8_t *rest; /* payload bytes, and behind them the tail: what this layer's own payload does not take */
    uint32_t hdr_len, rest_len, tail_len;
    uint16_t next; /* index of the protocol that follows, or CORE_NOBODY */
    uint8_t depth, flags;
    PyObject *payload;  /* NULL: rest, not decoded yet */
    PyObject *l7_ports; /* dict, or NULL */
    PyObject *store;    /* dict of what the bytes do not hold, or NULL */
    uint8_t *heap;      /* an own header that room is too small for */
    uint8_t room[CORE_ROOM];
};

/* ---- layer.c ---- */

/* A new layer of a class, blank; or NULL with an exception. */
struct core_layer *core_layer_new(const struct core_class *klass);
/* Whether an object is a packet of this module. */
bool core_is_layer(const struct core_state *state, PyObject *object);
/* The class of a Python type: its own, or that of the nearest base. */
const struct core_class *core_class_of(const struct core_state *state, PyTypeObject *type);
const struct core_class *core_class_of_proto(const struct core_state *state, const struct spk_proto *proto);

/* Takes header and payload from bytes that source keeps. -1: too few for a header; no exception is set. */
int core_layer_decode(struct core_layer *layer, PyObject *source, const uint8_t *data, uint32_t len);
/* The header as the layer's own, of so many bytes, to be written to. NULL with MemoryError. */
uint8_t *core_layer_own_anew(struct core_layer *layer, uint32_t len);
static inline uint8_t *core_layer_own(struct core_layer *layer, uint32_t len)
{
    bool is_own = (layer->flags & CORE_OWN) != 0 && len == layer->hdr_len;

    return is_own ? (uint8_t *)(uintptr_t)layer->hdr : core_layer_own_anew(layer, len);
}
/* Which classes decode what. A borrowed reference, or NULL with MemoryError. */
PyObject *core_layer_ports(struct core_layer *layer);
/* -1 with TypeError where one is none. */
int core_layer_set_ports(struct core_layer *layer, PyObject *ports);
/* store[word] = value, in a new store if need be. */
int core_layer_remember(struct core_layer *layer, PyObject *word, PyObject *value);
static inline size_t core_word_slot(const struct core_class *klass, const PyObject *word)
{
    return ((uintptr_t)word >> 4) & (klass->word_slots - 1);
}
/* The attribute of an interned word; NULL: none, or the word is not interned. */
static inline const struct core_attr *core_class_word(const struct core_class *klass, const PyObject *word)
{
    size_t slot = core_word_slot(klass, word);

    while (klass->by_word[slot] != NULL && klass->by_word[slot]->word != word)
        slot = (slot + 1) & (klass->word_slots - 1);
    return klass->by_word[slot];
}
/* What store has, borrowed; NULL without an exception: nothing. */
PyObject *core_layer_recall(const struct core_layer *layer, PyObject *word);
/* The same by a C string; no exception. */
PyObject *core_layer_value(const struct core_layer *layer, const char *name);

/* ---- payload.c ---- */

/* The payload's object, made if need be. A borrowed reference, or NULL with an exception. */
PyObject *core_layer_payload(struct core_layer *layer);
/* The payload's bytes as a layer of that class, or NullPkt: for core_special.above. */
PyObject *core_payload_of_class(struct core_layer *layer, const struct core_class *klass);
/* Takes another payload: a packet, None, or bytes to be decoded. */
int core_layer_set_payload(struct core_layer *layer, PyObject *payload);
/*
 * Objects from a layer up through its payloads, those of Python classes too: at is each in turn, kept alive, and NULL at the
 * end or after an exception. Classes of the caller's can lie about what they carry: it ends after so many steps.
 */
enum { CORE_CHAIN_MAX = 1 << 17 };
struct core_chain {
    const struct core_state *state;
    PyObject *at;
    unsigned steps;
};
void core_chain_begin(struct core_chain *chain, PyObject *first);
void core_chain_step(struct core_chain *chain);
/* Before its end. */
void core_chain_end(struct core_chain *chain);
/* A layer of a class from bytes that the layer above borrows; NullPkt where they are too few. NULL with an exception. */
struct core_layer *core_layer_above(struct core_layer *below, const struct core_class *klass, const uint8_t *data,
                                    uint32_t len);

/* ---- attr.c ---- */

/* Once all else about an attribute is known. */
void core_attr_choose(struct core_attr *attr);
/* Getter and setter of every attribute; closure is its struct core_attr. */
PyObject *core_attr_get(PyObject *self, void *closure);
int core_attr_set(PyObject *self, PyObject *value, void *closure);
/* The value of an attribute; absent: NULL without an exception. row NULL: of any row of that name. */
PyObject *core_attr_find(struct core_layer *layer, const struct core_attr *attr, const struct spk_row *row);
PyObject *core_attr_get_fixed(struct core_layer *layer, const struct core_attr *attr);
int core_attr_set_fixed(struct core_layer *layer, const struct core_attr *attr, PyObject *value);
int core_attr_set_tail(struct core_layer *layer, const struct core_attr *attr, PyObject *value);
/* NULL: the class has none of that name. */
struct core_attr *core_class_attr_named(const struct core_class *klass, const char *name);
/* The text of an IPv4 address: those asked for last are kept. NULL with MemoryError. */
PyObject *core_ip4_text(struct core_state *state, uint32_t address);
/* The number at a fixed place of the header; where the header ends before it, that of a new one. */
uint64_t core_attr_load(const struct core_layer *layer, const struct core_attr *attr);
/* Writes it. */
void core_attr_store(uint8_t *header, const struct core_attr *attr, uint64_t number);

/* ---- rows.c, lists.c and build.c: headers that vary ---- */

/* Among a header's values: bytes behind its last row. */
#define CORE_RAW_TAIL "bytes behind"

/* The number that a row of a group has among values, or that lies over those of others; else what a new header has. */
uint64_t core_row_number(const struct spk_group *group, int index, PyObject *values);

/* The attribute's name of a row: its own, or the last part of the row's name; NULL: it has none. */
const char *core_row_attr(const struct spk_row *row);
/* What a dict of attributes has for a row, borrowed; NULL: nothing. */
PyObject *core_row_value(const struct spk_row *row, PyObject *values);
/* The value of the row on which a walk stands; absent: NULL without an exception. */
PyObject *core_walk_value(const struct spk_walk *walk);
/* Whether a row's attribute is a list. */
static inline bool core_row_is_list(const struct spk_row *row)
{
    return row->many != SPK_ONE && row->view.op == SPK_NOT_A_VIEW;
}

/* A header's lists are made when one of them is touched first. A new reference; NULL with an exception. */
PyObject *core_list_find(struct core_layer *layer, const struct core_attr *attr);
/* Whether lists that were touched hold what they held, and those in their elements too: 1, 0, or -1 with an exception. */
int core_rows_clean(struct core_layer *layer);

/*
 * Where the bytes behind a header's fixed front are shown as a list, too (TCP's options): a list that was edited becomes
 * these bytes, with its elements' lengths if that is asked for; and where the bytes were set, the list is made anew.
 */
int core_list_settle(struct core_layer *layer, bool lengths);
int core_list_forget(struct core_layer *layer);
/* Appends what the elements of a list make. */
int core_list_build(const struct core_layer *layer, const struct spk_row *row, PyObject *list, bool lengths,
                    struct core_bytes *out);

/* The attributes of a header's rows, as a new dict. NULL with an exception. */
PyObject *core_rows_take_apart(struct core_layer *layer);
/* Takes a header apart into store. */
int core_rows_melt(struct core_layer *layer);
/* The value of a row of that attribute by walking the bytes; absent: NULL without an exception. */
PyObject *core_rows_find(struct core_layer *layer, const struct core_attr *attr, const struct spk_row *row);
/* Appends the header that store's values make. */
int core_rows_build(struct core_layer *layer, const struct core_options *options, struct core_bytes *out);
/* The numbers that a header was built with, counts and checksums among them, back into store. */
int core_rows_refresh(struct core_layer *layer, const uint8_t *header, uint32_t len);
/* The class of the elements of a list of groups. NULL with an exception. */
const struct core_class *core_element_class(struct core_state *state, const struct spk_group *group);

/* ---- encode.c ---- */

struct core_bytes {
    uint8_t *data;
    size_t len, size;
    uint8_t room[2048];
};
void core_bytes_begin(struct core_bytes *bytes);
/* Makes room for len more bytes. -1 with MemoryError. */
int core_bytes_grow(struct core_bytes *bytes, size_t len);
/* Room for len more bytes, filled from data unless that is NULL; or NULL with MemoryError. */
static inline uint8_t *core_bytes_add(struct core_bytes *bytes, const void *data, size_t len)
{
    if (bytes->size - bytes->len < len && core_bytes_grow(bytes, len) < 0)
        return NULL;
    uint8_t *at = bytes->data + bytes->len;
    if (data != NULL && len > 0)
        memcpy(at, data, len);
    bytes->len += len;
    return at;
}
void core_bytes_free(struct core_bytes *bytes);

/* What the dictionary of pkt2net asks for. */
struct core_options {
    bool csum, update, eth_crc, pad, compress;
    int udp_csum;         /* 1, -1: no, 0: as csum says */
    PyObject *pseudo;     /* Ip4Ph, None, or NULL: the real one; borrowed */
    PyObject *dictionary; /* for Python classes; borrowed, may be NULL */
};
int core_options_read(const struct core_state *state, PyObject *dictionary, struct core_options *options);
/* Appends the header of one layer. -1 with an exception. */
int core_header_bytes(struct core_layer *layer, const struct core_options *options, struct core_bytes *out);
/* The bytes of a layer and all above it. A new bytes object, or NULL with an exception. */
PyObject *core_layer_bytes(struct core_layer *layer, const struct core_options *options);
PyObject *core_layer_plain_bytes(struct core_layer *layer);

/* ---- pkt.c ---- */

/* A query field of one layer; not there: NULL without an exception. */
PyObject *core_field_value(struct core_layer *layer, PyObject *name);

/* ---- inet.c ---- */

/* The pseudo header of an IP layer, as an Ip4Ph. */
PyObject *core_ip4ph_of(struct core_layer *layer);
/* Writes the checksum of a transport protocol's segment with an Ip4Ph's addresses and protocol number. */
int core_ip4ph_fix(PyObject *pseudo, const struct core_state *state, uint16_t proto, uint32_t hdr_len, uint8_t *segment,
                   uint32_t len);

#endif
