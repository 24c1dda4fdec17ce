/* catalog: protocols in their order, each with its fields in theirs, then the scan's own. */
#include "catalog.h"

#include <string.h>

bool spk_cli_catalog_next(struct catalog *catalog, struct entry *entry)
{
    const struct spk_registry *registry = catalog->registry;
    size_t protos = registry != NULL ? spk_registry_proto_count(registry) : 0;
    for (; catalog->proto < protos; catalog->proto++, catalog->field = 0) {
        while (catalog->field < spk_registry_field_count(registry)) {
            const struct spk_field *field = spk_registry_field(registry, catalog->field++);
            if (field->proto == spk_registry_proto(registry, catalog->proto)) {
                *entry = (struct entry){ field->row, field->proto, field->kind, field->list };
                return true;
            }
        }
    }
    const struct spk_row *own = spk_query_own_row(catalog->own);
    if (own == NULL) {
        return false;
    }
    catalog->own++;
    *entry = (struct entry){ .row = own, .kind = own->kind };
    return true;
}

/* A number's type by its width; what is computed has none. */
static const char *number_type(const struct spk_row *row)
{
    return row->bits == 0    ? "UINT32"
           : row->bits <= 8  ? "UINT8"
           : row->bits <= 16 ? "UINT16"
           : row->bits == 24 ? "UINT24"
           : row->bits <= 32 ? "UINT32"
                             : "UINT64";
}

const char *spk_cli_entry_type(const struct entry *entry)
{
    switch (entry->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return number_type(entry->row);
    case SPK_INT:
        return number_type(entry->row) + 1; /* "UINT8" without its U */
    case SPK_BOOL:
        return "BOOLEAN";
    case SPK_IP4:
        return "IPv4";
    case SPK_IP6:
        return "IPv6";
    case SPK_MAC:
        return "ETHER";
    case SPK_TEXT:
        return "STRING";
    case SPK_NONE:
        return "NONE";
    case SPK_TIME:
        return "ABSOLUTE_TIME";
    case SPK_DELTA:
        return "RELATIVE_TIME";
    case SPK_GROUP:
        return "GROUP";
    default:
        return "BYTES";
    }
}

const char *spk_cli_proto_title(const struct spk_proto *proto)
{
    return proto == NULL ? "Of the query itself" : proto->title != NULL ? proto->title : proto->name;
}

const char *spk_cli_proto_spec(const struct spk_proto *proto)
{
    return proto != NULL && proto->spec != NULL && strcmp(proto->spec, "none") != 0 ? proto->spec : NULL;
}
