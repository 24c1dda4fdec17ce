/* build: the builder's own state, shared with the reader of build lines. */
#ifndef PACKET_BUILD_H
#define PACKET_BUILD_H

#include <steelpkt/packet.h>

#include "base/buf.h"
#include "packet/kept.h"
#include "wire/row.h"

/* One open group. */
struct spk_build_level {
    const struct spk_cgroup *group;
    uint32_t start;              /* byte */
    uint32_t elements;           /* of the row that is open */
    uint16_t row;                /* the next row to be written, or the open one */
    uint16_t lead;               /* rows at the front that hold their initial values already */
    bool open;                   /* the row repeats, or is a group: it may get more */
    bool by_itself;              /* entered on the way to a row, and so left */
    uint32_t bits[SPK_ROWS_MAX]; /* where rows behind the lead began */
};

/* A length or count that a row would have to hold. */
struct spk_fixup {
    uint32_t bit;
    uint16_t width;
    bool little;
    uint64_t number;
};

/* How much has to be asked before another layer, or bytes, can follow: behind the first two, nothing. */
enum spk_build_phase {
    SPK_BUILD_CLOSED,  /* no header is open */
    SPK_BUILD_BEGUN,   /* the open header has the rows it was begun with, and may end so */
    SPK_BUILD_LACKING, /* the same, but more belongs to it, or may */
    SPK_BUILD_ROWS,    /* levels say how far the open header has come */
    SPK_BUILD_UNEVEN,  /* no header is open, and bits of the last byte may be left */
    SPK_BUILD_FAILED   /* there is an error */
};

/*
 * How the builder's layer of the same index was begun, in this packet or in one before; what the packet says of that layer
 * stays until another is begun in its place. A packet that is like the one before then writes nothing of it again, and there
 * is room for its header.
 */
struct spk_build_start {
    const struct spk_proto *proto;
    const struct spk_cgroup *group;
    const struct spk_cproto *compiled;
    size_t at;     /* first byte; SIZE_MAX: the packet says something else by now */
    uint8_t phase; /* SPK_BUILD_BEGUN or SPK_BUILD_LACKING */
};

struct spk_build {
    struct spk_packet packet; /* the layers; data only after finish */
    struct spk_buf bytes;
    struct spk_buf fixups; /* struct spk_fixup */
    struct spk_buf places; /* uint32_t: where values of the last layer begin that may be pointed at */
    uint32_t spare;        /* bits of the last byte not used yet */
    unsigned depth;
    const struct spk_cgroup
        *front;    /* the open group whose leading rows can be set where they are: see spk_build_face */
    uint8_t phase; /* enum spk_build_phase */
    bool compress;
    bool same;             /* packet.len, and its layers as far as they are as many, are those of what is kept */
    uint8_t *front_bytes;  /* the open group's first byte: spk_build_room keeps it */
    struct spk_kept *kept; /* what there was to fix in the packet before; NULL: in none yet */
    struct spk_error error;
    struct spk_build_start *next;                      /* of the layer that comes next: starts[packet.count] */
    struct spk_build_start starts[SPK_LAYERS_MAX + 1]; /* the last is never begun */
    struct spk_build_level levels[SPK_DEPTH_MAX];
};

static inline struct spk_build_level *spk_build_top(struct spk_build *b)
{
    return &b->levels[b->depth];
}

static inline uint32_t spk_build_position(const struct spk_build *b)
{
    return (uint32_t)b->bytes.len * 8 - b->spare;
}

static inline bool spk_build_is_closed(const struct spk_build *b)
{
    return b->phase == SPK_BUILD_CLOSED || b->phase == SPK_BUILD_UNEVEN;
}

/* To be called whenever another group is open again, or none: most rows are then set without asking any further. */
static inline void spk_build_face(struct spk_build *b)
{
    const struct spk_build_level *level = &b->levels[b->depth];
    bool ready = b->phase == SPK_BUILD_ROWS && level->lead > 0;
    b->front = ready ? level->group : NULL;
    b->front_bytes = ready ? b->bytes.data + level->start : NULL;
}

/* A level whose group has its first row at a byte, and so many rows already. */
static inline void spk_level_set(struct spk_build_level *level, const struct spk_cgroup *group, uint32_t start,
                                 uint16_t begun, bool by_itself)
{
    level->group = group;
    level->start = start;
    level->elements = 0;
    level->row = level->lead = begun;
    level->open = false;
    level->by_itself = by_itself;
}

/* To be called before levels are read: those of a header that was only begun do not stand there yet. */
static inline void spk_build_spell(struct spk_build *b)
{
    if (b->phase == SPK_BUILD_BEGUN || b->phase == SPK_BUILD_LACKING) {
        spk_level_set(&b->levels[0], b->front, (uint32_t)(b->front_bytes - b->bytes.data), b->front->begun, false);
        b->phase = SPK_BUILD_ROWS;
    }
}

static inline bool spk_row_fixed(const struct spk_row *row)
{
    return row->bits > 0 && row->kind != SPK_GROUP && row->kind != SPK_CHOICE;
}

static inline uint32_t spk_level_bit(const struct spk_build_level *level, int index)
{
    return index < level->lead ? level->start * 8 + level->group->rows[index].bit : level->bits[index];
}

/* ---- level.c ---- */

/* Remembers the first failure, and that nothing can be set any more; gives its code. */
enum spk_status spk_build_remember(struct spk_build *b, struct spk_error error);
/* The same of one that stands at no place of a text. */
enum spk_status spk_build_fail(struct spk_build *b, enum spk_status code, const char *who, const char *what);
enum spk_status spk_build_no_memory(struct spk_build *b);
enum spk_status spk_build_refuse(struct spk_build *b, const struct spk_row *row, const char *what);

/* Like spk_buf_grow, of the packet's bytes. */
bool spk_build_grow(struct spk_build *b, size_t more);

/* Like spk_buf_room and spk_buf_put, of the packet's bytes: they may move in memory, and the open group with them. */
static inline uint8_t *spk_build_room(struct spk_build *b, size_t more)
{
    if (!spk_buf_has_room(&b->bytes, more) && !spk_build_grow(b, more)) {
        return NULL;
    }
    return b->bytes.data + b->bytes.len;
}

static inline bool spk_build_put_bytes(struct spk_build *b, const uint8_t *data, size_t len)
{
    return spk_build_room(b, len) != NULL && spk_buf_put(&b->bytes, data, len);
}

/* How many bytes there must be room for before a group begins. */
static inline uint32_t spk_level_room(const struct spk_cgroup *group)
{
    return group->front + (uint32_t)SPK_INIT_STEP;
}

/* Puts the initial values of the rows at a group's front behind the bytes; there is room for them, and no spare bit. */
static inline void spk_front_put(struct spk_build *b, const struct spk_cgroup *group)
{
    const uint8_t *init = group->init;
    uint8_t *room = b->bytes.data + b->bytes.len;
    uint32_t front = group->front;
    memcpy(room, init, SPK_INIT_STEP);
    for (uint32_t done = SPK_INIT_STEP; done < front; done += SPK_INIT_STEP) {
        memcpy(room + done, init + done, SPK_INIT_STEP);
    }
    b->bytes.len += front;
    b->front = group;
    b->front_bytes = room;
}

/* Begins the group at the builder's end, in the level on top. */
enum spk_status spk_level_begin(struct spk_build *b, const struct spk_cgroup *group, bool by_itself);
/* Whether the level holds all that it will: no row is open, and those not set yet may as well be absent. */
static inline bool spk_level_is_complete(const struct spk_build_level *level)
{
    return level->row >= level->group->tail && !level->open;
}

/* Completes the level on top: the row that is open, then initial values for all rows not set. */
enum spk_status spk_level_leave(struct spk_build *b);
/* Initial values for the rows before index; the level then stands there. */
enum spk_status spk_level_advance(struct spk_build *b, struct spk_build_level *level, int index);
/* The row is complete: pads its region to whole words, and notes what its size and count say. */
enum spk_status spk_level_close_row(struct spk_build *b, struct spk_build_level *level, int index);
/* The number in a row that is written already; 0 where it is absent. */
uint64_t spk_level_number(const struct spk_build *b, const struct spk_build_level *level, int index);
/* Whether the row's conditions hold, as far as they can be known before the end. */
bool spk_level_holds(const struct spk_build *b, const struct spk_build_level *level, const struct spk_row *row);
/* Appends one value. */
enum spk_status spk_build_put(struct spk_build *b, const struct spk_row *row, const struct spk_value *value);

/* ---- locate.c ---- */

/* A row looked for: by its field, or by a word of a build line. */
struct spk_target {
    uint32_t field;
    const char *word; /* NULL: by field */
    const char *name; /* for errors */
};

/*
 * How well a word of a build line means the row: 3: its attribute or name, 2: the last parts of its name, 1: of a view's
 * name, 0: not at all.
 */
unsigned spk_row_rank(const struct spk_row *row, const char *word);

/*
 * Finds the row in the open group; enters single groups and CHOICEs on the way down, and leaves those that were entered so
 * when the row is not in them. Gives its index in the level that is then open, or -1 with build->error.
 */
int spk_build_locate(struct spk_build *build, const struct spk_target *target);

enum spk_status spk_build_set_row(struct spk_build *build, struct spk_build_level *level, int index,
                                  const struct spk_value *value);
/* Completes the level on top and goes back to the one below it. */
enum spk_status spk_build_leave_level(struct spk_build *b);
enum spk_status spk_build_enter_target(struct spk_build *build, const struct spk_target *target);
/* The group that a GROUP row holds, or that a CHOICE's key picks; NULL: it picks none. */
const struct spk_cgroup *spk_level_child(const struct spk_build *b, const struct spk_build_level *level, int index);

#endif
