/*
 * registry: rows compiled for decoding. Each constant row gets a number, its field and, where it has one, its fixed place;
 * each protocol gets its length, key and checksum rows as plain bit positions, so that decode reads them without looking at
 * rows at all. All of it is derived; the constant tables are the only law.
 */
#ifndef WIRE_REGISTRY_H
#define WIRE_REGISTRY_H

#include <steelpkt/proto.h>

#include "wire/step.h"

#define SPK_NOWHERE UINT32_MAX

enum { SPK_NO_SHIFT = 255 };

/* Initial values are copied by so many bytes at a time. */
enum { SPK_INIT_STEP = 16 };

/* A condition or key on a row with a fixed place. */
struct spk_cplace {
    uint32_t bit; /* SPK_NOWHERE: the row has no fixed place */
    uint32_t mask;
    uint32_t others; /* load 4: the bits of those bytes that are not the row's, as they stand in memory */
    uint16_t width;
    /* how it is loaded: so many bytes at byte, shifted down and masked; load 0: bit by bit */
    uint16_t byte;
    uint8_t load, shift;
    bool little;
};

/*
 * A place of width bits at a bit of its group, whose first `front` bytes are always there. Where they are four or more, the
 * four are loaded that hold the place, wherever in them it stands: so nearly all places are read by the same few steps.
 */
static inline struct spk_cplace spk_cplace_at(uint32_t bit, uint16_t width, bool little, uint32_t front)
{
    struct spk_cplace place = { .bit = bit, .width = width, .little = little };
    uint32_t end = bit != SPK_NOWHERE ? (bit + width + 7) / 8 : SPK_NOWHERE;
    if (end > UINT16_MAX || width < 1 || width > 32 || (little && width != 8)) {
        return place;
    }
    uint32_t byte = bit / 8;
    uint32_t load = end - byte;
    if (load <= 4 && end <= front && front >= 4) {
        uint32_t word = byte / 4 * 4; /* whole words where they hold it: what is stored so is loaded again at once */
        byte = end <= word + 4 && word + 4 <= front ? word : byte + 4 <= front ? byte : front - 4;
        load = 4;
    }
    if (load == 1 || load == 2 || load == 4) {
        place.load = (uint8_t)load;
        place.byte = (uint16_t)byte;
        place.shift = (uint8_t)((byte + load) * 8 - (bit + width));
        place.mask = width == 32 ? UINT32_MAX : (UINT32_C(1) << width) - 1;
        place.others = load == 4 ? ~spk_native32(place.mask << place.shift) : 0;
    }
    return place;
}

/* How a row's value is read where it stands. */
enum spk_reading {
    SPK_READ_BY_ROW, /* by its codec or function, or with a rule of its own */
    SPK_READ_NUMBER, /* its bits are the number */
    SPK_READ_BOOL,   /* true where they are not 0 */
    SPK_READ_BYTES,  /* its bytes are the value */
    SPK_READ_NOTHING /* that it is there is all */
};

struct spk_crow {
    const struct spk_row *row;
    uint32_t id;             /* among all rows of the registry */
    uint32_t field;          /* index, or SPK_NOWHERE */
    uint32_t bit;            /* fixed place in its group, or SPK_NOWHERE */
    struct spk_cplace place; /* what a reference to the row reads: spk_place_of, kept */
    bool whole;              /* rows before it may let it begin within a byte: then it is not there */
    uint32_t unit;  /* bits up to the byte boundary that this row and those behind it share; its own, if it has none */
    uint32_t child; /* GROUP: compiled group; CHOICE: the first of the cases' groups, in the order of the cases */
    bool plain;     /* so many bits and nothing else: no group, region, repetition or codec, and not whole */
    bool conditional; /* it has .when */
    bool asks;        /* it has some that the group's decider does not decide */
    bool rest;        /* what its codec makes is made of its bytes alone: all that is left of a region */
    uint8_t reading;  /* enum spk_reading */
    bool alike;       /* SPK_READ_BY_ROW: the same bytes further on are the same value */
    uint16_t shows;   /* a view of so many bits from where the row at .view.a begins; 0: of others, or no such view */
};

enum { SPK_OPEN = UINT8_MAX };

/* From a number on, which rows may be there: a bit each. */
struct spk_decision {
    uint64_t rows;
    uint32_t from;
};

struct spk_cgroup {
    const struct spk_group *group;
    struct spk_crow *rows;
    uint32_t index;      /* its own among the registry's */
    uint32_t fixed_bits; /* covered by the unconditional fixed rows at the front */
    uint32_t front;      /* bytes of them that a builder puts there at once: all, or none */
    uint16_t count;
    uint16_t lead;    /* rows (with the views among them) before the first that varies */
    uint16_t begun;   /* those of them that a builder puts there at once: none, if they end within a byte */
    uint16_t tail;    /* rows up to and with the last that is there, or says something, without being set */
    uint8_t height;   /* groups within it, one in the other; SPK_OPEN while it is compiled */
    bool all_fixed;   /* no row beyond those, views apart */
    uint16_t decider; /* the row whose number decides most conditions of those behind it; count: there is none */
    uint32_t decision_count;
    struct spk_decision *decisions; /* by from, the first 0 */
    uint64_t laid;                  /* rows behind the lead that are no views, a bit each */
    uint64_t asked;                 /* rows whose numbers decide on others, and on how many and how wide they are */
    uint64_t units;                 /* rows whose unit may reach beyond the group: it has rows that may be absent */
    uint32_t *ranges; /* where ranges of a row's number begin, within which it decides the same; the first 0 */
    uint32_t range_count;
    uint16_t ranged; /* the row: a key of cases, or else the decider; count: there is none */
    bool open;       /* where its region ends decides on rows as well */
    uint64_t reads;  /* and so does what codecs of these rows read, or an element of them that is the last */
    uint8_t *init;   /* fixed_bits of initial values, and zeros up to a multiple of SPK_INIT_STEP bytes */
    uint32_t *leads; /* a row of the lead: its bit; SPK_NOWHERE: it is a view, or not plain */
};

struct spk_cref {
    struct spk_cplace place;
    int32_t mul, add; /* mul 0: no reference */
    uint8_t shift;    /* mul is 1 << shift; SPK_NO_SHIFT: it is no such number */
    bool zero_is_rest;
    const char *name;
};

/* A test on a number: (number & mask) - low is at most span, or is not. Each test of a row is one of these. */
struct spk_cwhen {
    struct spk_cplace place;
    uint64_t mask, low, span;
    uint8_t test; /* enum spk_test; those of rows with a fixed place, and SPK_ROOM */
    bool outside;
};

struct spk_cnext {
    uint16_t space;
    uint8_t pick;
    uint8_t number;      /* which of the protocol's own list it is, from 1 */
    bool keys_need_rows; /* a key row is conditional: the conditions below include it */
    struct spk_cplace keys[2];
    uint32_t key; /* SPK_PICK_KEY */
    struct spk_cwhen when[4];
    uint8_t when_count;
};

enum { SPK_HAS_TAIL = 1 << 15 }; /* among a protocol's flags: it has .tail_at */

struct spk_cproto {
    const struct spk_proto *proto;
    const struct spk_cgroup *hdr;
    uint32_t min; /* bytes: fixed rows, or more where the protocol says so */
    struct spk_cref hlen, len;
    struct spk_cwhen len_when, piece;
    struct spk_cnext *next;
    struct spk_cplace number; /* the first row that is a key of who follows: the number a pseudo header takes */
    uint8_t next_count;
    uint16_t index; /* its own among the registry's */
    uint16_t flags;
    uint16_t tail;  /* space of what stands behind the payload, with SPK_HAS_TAIL */
    uint8_t extent; /* SPK_EXTENT_ROWS with all rows fixed is told by walk == false */
    bool walk;      /* the header's end is found by walking its rows */
    bool sets_len;  /* the length of header and payload is computed on request */
};

/* One row that has the field's name, reached from one protocol's header. */
struct spk_site {
    uint16_t proto;
    uint32_t row; /* id */
    uint32_t bit; /* place in the header when it needs no walk and has no condition; else SPK_NOWHERE */
    const struct spk_crow *crow;
};

/*
 * A field with one row, a number or address that stands among its group's leading fixed rows: it is
 * written, and where `proto` is known also read, without looking at rows. group NULL: not such a
 * field.
 */
struct spk_quick {
    const struct spk_cgroup *group;
    uint32_t proto; /* the only one that has it, always, at that place of its header; SPK_NOWHERE */
    struct spk_cplace place;
    uint64_t bound; /* numbers below it are written there as four bytes; 0: none are */
    uint32_t bytes; /* so many are written there as they are; 0: none are */
    uint32_t byte;  /* where it begins, if it is whole bytes */
    uint32_t end;   /* byte behind it */
    bool number;    /* else whole bytes as they are */
    bool truth;     /* a number that is shown as 0 or 1 */
};

/* The field that the registry hands out is the first member: a pointer to it is a pointer to all of this. */
struct spk_cfield {
    struct spk_field field;
    struct spk_quick quick;
    struct spk_site *sites; /* among the registry's */
    uint32_t site_count;
};

struct spk_name {
    const char *text;
    uint32_t field;
};

/* Who sits at a key: the space, plus 1 so that 0 is empty; the key; the protocol in the low 16 bits. */
static inline uint64_t spk_link_entry(uint16_t space, uint32_t key, uint32_t proto)
{
    return (uint64_t)(space + 1u) << 48 | (uint64_t)key << 16 | proto;
}

static inline uint32_t spk_link_slot(uint64_t entry)
{
    return (uint32_t)(((entry >> 16) * 0x9e3779b97f4a7c15u) >> 40);
}

struct spk_registry {
    struct spk_cproto *protos;
    struct spk_step *steps; /* a protocol each */
    struct spk_cgroup **groups;
    uint32_t *cases; /* group indexes of CHOICE cases */
    struct spk_cfield *fields;
    struct spk_site *sites; /* a field's behind those of the one before */
    struct spk_name *names; /* the fields' own, and behind them their further names */
    uint32_t *name_slots;   /* hashed by text: a name's index, or SPK_NOWHERE */
    const char **spaces;
    uint16_t *over;           /* a space each: the one that is laid over it, whose links count before its; 0: none */
    struct spk_link *relinks; /* what was told otherwise than the tables say it */
    uint64_t *links;          /* spk_link_entry, hashed */
    uint64_t *sorted_links;   /* the same in their order, space by space */
    uint32_t *space_links;    /* a space each: the first of its sorted links; and where the last one's end */
    uint8_t *nothing;         /* a zero for every row: a walk that wants no row */
    char *texts;              /* the further names, taken apart */
    uint32_t inherited_count; /* of the protocols: those that another registry had before */
    uint32_t proto_count, group_count, case_count, field_count, name_count, space_count, row_count;
    uint32_t link_mask; /* size of links - 1 */
    uint32_t name_mask; /* size of name_slots - 1 */
    uint32_t raw_proto; /* the SPK_RAW protocol, or SPK_NOWHERE */
    uint32_t relink_count, link_count;
    uint16_t link_space; /* index of "link" */
};

/* Index of who sits at a key, or SPK_NOWHERE. */
static inline uint32_t spk_link_look(const struct spk_registry *registry, uint16_t space, uint32_t key)
{
    uint64_t wanted = spk_link_entry(space, key, 0);
    uint32_t slot = spk_link_slot(wanted) & registry->link_mask;
    for (uint64_t entry; (entry = registry->links[slot]) != 0; slot = (slot + 1) & registry->link_mask) {
        if ((entry ^ wanted) <= UINT16_MAX) {
            return (uint32_t)(entry & UINT16_MAX);
        }
    }
    return SPK_NOWHERE;
}

/* Makes room for every space and link that tables and relinks can name, so that neither has to grow. */
enum spk_status spk_links_reserve(struct spk_registry *registry, struct spk_error *error);

/* The number of a space, which is a new one where nobody named it yet. */
uint16_t spk_space_index(struct spk_registry *registry, const char *name);

/* Puts everybody where the tables and the relinks say; finds the SPK_RAW protocol. */
enum spk_status spk_links_make(struct spk_registry *registry, struct spk_error *error);

/* All who sit in a space (spk_link_entry), by key. */
const uint64_t *spk_space_links(const struct spk_registry *registry, uint16_t space, uint32_t *count);

/* Edits from one word to the other (insert, delete, replace), at most limit + 1. */
unsigned spk_word_distance(const char *a, const char *b, unsigned limit);

/* Compiles all groups and protocols of the registry, whose protos[].proto are set. */
enum spk_status spk_registry_compile(struct spk_registry *registry, struct spk_error *error);

/* Makes the fields, their sites and the names of a compiled registry. */
enum spk_status spk_registry_index(struct spk_registry *registry, struct spk_error *error);

/* The slot that a name has, or would have. */
uint32_t *spk_name_slot(const struct spk_registry *registry, const char *text);

/* The place that a reference to a row of the group means: its own, or for a SPAN view the place it shows. */
struct spk_cplace spk_place_of(const struct spk_cgroup *group, int row);

/* A condition as a test of a number that every header has, or of room. False: it asks for something else. */
bool spk_cwhen_of(const struct spk_cproto *proto, const struct spk_when *when, struct spk_cwhen *out);

#endif
