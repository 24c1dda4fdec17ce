/*
 * registry: rows compiled for decoding. Each constant row gets a number, its field and, where it has one, its fixed place;
 * each protocol gets its length, key and checksum rows as plain bit positions, so that decode reads them without looking at
 * rows at all. All of it is derived; the constant tables are the only law.
 */
#ifndef WIRE_REGISTRY_H
#define WIRE_REGISTRY_H

#include <steelpkt/proto.h>

#define SPK_NOWHERE UINT32_MAX

/* A condition or key on a row with a fixed place. */
struct spk_cplace {
    uint32_t bit; /* SPK_NOWHERE: the row has no fixed place */
    uint16_t width;
    bool little;
    /* how it is loaded: so many bytes at byte, shifted down and masked; load 0: bit by bit */
    uint8_t load, shift;
    uint32_t byte;
    uint32_t mask;
};

/* A place of width bits at a bit of its group. */
static inline struct spk_cplace spk_cplace_at(uint32_t bit, uint16_t width, bool little)
{
    struct spk_cplace place = { .bit = bit, .width = width, .little = little, .byte = bit / 8 };
    uint32_t bits = bit % 8 + width;
    if (bit != SPK_NOWHERE && width >= 1 && width <= 32 && bits <= 32 && !(little && width != 8)) {
        place.load = bits <= 8 ? 1 : bits <= 16 ? 2 : bits > 24 ? 4 : 0;
        place.shift = (uint8_t)(place.load * 8u - bits);
        place.mask = width == 32 ? UINT32_MAX : (UINT32_C(1) << width) - 1;
    }
    return place;
}

struct spk_crow {
    const struct spk_row *row;
    uint32_t id;    /* among all rows of the registry */
    uint32_t field; /* index, or SPK_NOWHERE */
    uint32_t bit;   /* fixed place in its group, or SPK_NOWHERE */
    uint32_t unit;  /* bits up to the byte boundary that this row and those behind it share; its own, if it has none */
    uint32_t child; /* GROUP: compiled group; CHOICE: the first of the cases' groups, in the order of the cases */
};

struct spk_cgroup {
    const struct spk_group *group;
    struct spk_crow *rows;
    uint32_t fixed_bits; /* covered by the unconditional fixed rows at the front */
    uint16_t count;
    uint16_t lead;  /* rows (with the views among them) before the first that varies */
    bool all_fixed; /* no row beyond those, views apart */
    uint8_t *init;  /* fixed_bits of initial values */
};

struct spk_cref {
    struct spk_cplace place;
    int32_t mul, add; /* mul 0: no reference */
    bool zero_is_rest;
    const char *name;
};

struct spk_cwhen {
    uint8_t test; /* enum spk_test; those of rows with a fixed place, and SPK_ROOM */
    struct spk_cplace place;
    uint32_t mask, value;
};

struct spk_cnext {
    uint16_t space;
    uint8_t pick;
    bool keys_need_rows; /* a key row is conditional: the conditions below include it */
    struct spk_cplace keys[2];
    uint32_t key; /* SPK_PICK_KEY */
    struct spk_cwhen when[4];
    uint8_t when_count;
};

struct spk_cproto {
    const struct spk_proto *proto;
    const struct spk_cgroup *hdr;
    uint32_t min; /* bytes: fixed rows, or more where the protocol says so */
    struct spk_cref hlen, len;
    struct spk_cwhen len_when;
    struct spk_cnext *next;
    uint8_t next_count;
    uint16_t flags;
    uint8_t extent; /* SPK_EXTENT_ROWS with all rows fixed is told by walk == false */
    bool walk;      /* the header's end is found by walking its rows */
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
    bool number; /* else whole bytes as they are */
};

struct spk_cfield {
    struct spk_field field;
    struct spk_quick quick;
    struct spk_site *sites;
    uint32_t site_count;
};

struct spk_name {
    const char *text;
    uint32_t field;
};

struct spk_link_entry {
    uint64_t key; /* space << 32 | key, plus 1 in the space so that 0 is empty */
    uint32_t proto;
};

struct spk_registry {
    struct spk_cproto *protos;
    struct spk_cgroup **groups;
    uint32_t *cases; /* group indexes of CHOICE cases */
    struct spk_cfield *fields;
    struct spk_name *names; /* sorted by text */
    const char **spaces;
    struct spk_link_entry *links;
    uint8_t *nothing; /* a zero for every row: a walk that wants no row */
    char *texts;      /* the further names, taken apart */
    uint32_t proto_count, group_count, case_count, field_count, name_count, space_count, row_count;
    uint32_t link_mask; /* size of links - 1 */
    uint32_t raw_proto; /* the SPK_RAW protocol, or SPK_NOWHERE */
    uint32_t link_count;
    uint16_t link_space; /* index of "link" */
};

/* Index of who sits at a key, or SPK_NOWHERE. */
static inline uint32_t spk_link_look(const struct spk_registry *registry, uint16_t space, uint32_t key)
{
    uint64_t wanted = (uint64_t)(space + 1u) << 32 | key;
    uint32_t slot = (uint32_t)((wanted * 0x9e3779b97f4a7c15u) >> 40) & registry->link_mask;
    while (registry->links[slot].key != 0) {
        if (registry->links[slot].key == wanted) {
            return registry->links[slot].proto;
        }
        slot = (slot + 1) & registry->link_mask;
    }
    return SPK_NOWHERE;
}

/* Compiles all groups and protocols of the registry, whose protos[].proto are set. */
enum spk_status spk_registry_compile(struct spk_registry *registry, struct spk_error *error);

/* Makes the fields, their sites and the sorted names of a compiled registry. */
enum spk_status spk_registry_index(struct spk_registry *registry, struct spk_error *error);

/* The place that a reference to a row of the group means: its own, or for a SPAN view the place it shows. */
struct spk_cplace spk_place_of(const struct spk_cgroup *group, int row);

#endif
