/* catalog: every field that can be asked for, protocol by protocol, from the rows. */
#ifndef CLI_CATALOG_H
#define CLI_CATALOG_H

#include "cli.h"

/* One field, of a protocol or the scan's own. */
struct entry {
    const struct spk_row *row;
    const struct spk_proto *proto; /* NULL: the scan's own */
    uint8_t kind;
    bool list;
};

/* Where a run through the catalog of a registry stands; begins zeroed but for that. */
struct catalog {
    const struct spk_registry *registry;
    size_t proto, field, own;
};

/* The next entry. False: there are no more. */
bool spk_cli_catalog_next(struct catalog *catalog, struct entry *entry);

/* The type of its values, as Wireshark names types. */
const char *spk_cli_entry_type(const struct entry *entry);

/* What a protocol is called in prose; NULL: where the scan's own fields are. */
const char *spk_cli_proto_title(const struct spk_proto *proto);
/* Its specification; NULL: there is none. */
const char *spk_cli_proto_spec(const struct spk_proto *proto);

#endif
