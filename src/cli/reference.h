/* reference: what the rows of one protocol say, as a page, as data, as a drawing, and as a dissector for Wireshark. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "output.h"

enum reference_format { REFERENCE_NONE, REFERENCE_MD, REFERENCE_JSON, REFERENCE_SVG, REFERENCE_LUA };

/* One protocol, and the file it came from (NULL: the library). */
struct reference {
    const struct spk_proto *proto;
    const char *origin;
    struct output *output;
};

/* All groups of a protocol: the header, then those within it in the order in which they are met. */
enum { GROUPS_MAX = 512 };
struct groups {
    const struct spk_group *items[GROUPS_MAX];
    size_t count;
};
void spk_cli_groups(const struct spk_proto *proto, struct groups *groups);

/* What a row is called in Python and in build lines; NULL: nothing. */
const char *spk_cli_row_word(const struct spk_row *row);
/* The type of its values, as Wireshark names types; groups are "GROUP". */
const char *spk_cli_row_type(const struct spk_row *row);

void spk_cli_reference_md(const struct reference *reference);
void spk_cli_reference_json(const struct reference *reference);
void spk_cli_reference_svg(const struct reference *reference);
void spk_cli_reference_lua(const struct reference *reference);

#endif
