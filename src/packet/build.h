/* build: the builder's own state, shared with the reader of build lines. */
#ifndef PACKET_BUILD_H
#define PACKET_BUILD_H

#include <steelpkt/packet.h>

#include "base/buf.h"
#include "wire/row.h"

/* One open group. */
struct spk_build_level {
    const struct spk_cgroup *group;
    uint32_t start;    /* byte */
    uint32_t elements; /* of the row that is open */
    uint16_t row;      /* the next row to be written, or the open one */
    uint16_t lead;     /* rows at the front that hold their initial values already */
    bool open;         /* the row repeats, or is a group: it may get more */
    bool by_itself;    /* entered on the way to a row, and so left */
    uint32_t bits[SPK_ROWS_MAX]; /* where rows behind the lead began */
};

/* A length or count that a row would have to hold. */
struct spk_fixup {
    uint32_t bit;
    uint16_t width;
    bool little;
    uint64_t number;
};

struct spk_build {
    struct spk_packet packet; /* the layers; data only after finish */
    struct spk_buf bytes;
    struct spk_buf fixups;    /* struct spk_fixup */
    struct spk_buf places;    /* uint32_t: where values of the last layer begin that may be pointed at */
    uint32_t spare;           /* bits of the last byte not used yet */
    unsigned depth;
    bool closed;              /* no header is open */
    bool compress;
    struct spk_error error;
    uint32_t protos[SPK_LAYERS_MAX]; /* which protocol each layer had last: mostly the next packet's too */
    struct spk_build_level levels[SPK_DEPTH_MAX];
};

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
enum spk_status spk_build_enter_target(struct spk_build *build, const struct spk_target *target);

#endif
