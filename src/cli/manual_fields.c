/* manual_fields: steelpkt-fields(7), every protocol and field, from the rows. */
#include "manual.h"

#include "catalog.h"

#include <stdio.h>
#include <string.h>

/* Whether an earlier field's page text has the names of these values already: its name, or NULL. */
static const char *listed_before(const struct entry *entry)
{
    struct catalog catalog = { .registry = spk_registry_default() };
    struct entry other;
    while (spk_cli_catalog_next(&catalog, &other) && other.row != entry->row) {
        if (other.row->names == entry->row->names) {
            return other.row->name;
        }
    }
    return NULL;
}

static void put_values(struct output *output, const struct entry *entry)
{
    const struct spk_enum *names = entry->row->names;
    if (names == NULL || names->name == NULL) {
        return;
    }
    const char *before = listed_before(entry);
    if (before != NULL) {
        spk_cli_put_format(output, "Its values have the names of those of\n.Va %s .\n", before);
        return;
    }
    spk_cli_put(output, "Values:\n");
    for (; names->name != NULL; names++) {
        const struct spk_value value = { .kind = SPK_UINT, .u = names->value };
        char text[128];
        size_t len = spk_value_text(entry->row, &value, text, sizeof text);
        len = len < sizeof text ? len : sizeof text - 1;
        snprintf(text + len, sizeof text - len, " %s%s", names->name, names[1].name != NULL ? "," : ".");
        spk_cli_mdoc_prose(output, text);
    }
}

static void put_also(struct output *output, const char *also)
{
    const char *before = "Also known as\n";
    if (also == NULL) {
        return;
    }
    while (*also != '\0') {
        size_t len = strcspn(also, " ");
        const char *next = also + len + strspn(also + len, " ");
        spk_cli_put_format(output, "%s.Va %.*s %s\n", before, (int)len, also, *next != '\0' ? "," : ".");
        before = "";
        also = next;
    }
}

static void put_field(struct output *output, const struct entry *entry)
{
    spk_cli_put_format(output, ".It Va %s Pq %s%s\n", entry->row->name, spk_cli_entry_type(entry),
                       entry->list ? ", repeats" : "");
    if (entry->row->doc != NULL) {
        spk_cli_mdoc_prose(output, entry->row->doc);
    }
    put_values(output, entry);
    put_also(output, entry->row->also);
    if ((entry->row->flags & SPK_OWN_NAME) != 0) {
        spk_cli_put(output, "Wireshark has no such name.\n");
    }
}

void spk_cli_manual_fields(struct output *output)
{
    struct catalog catalog = { .registry = spk_registry_default() };
    struct entry entry;
    const struct spk_proto *last = NULL;
    bool open = false;
    spk_cli_mdoc_head(output, "steelpkt-fields", 7, "steelpkt-fields", "Names of fields, by protocol");
    spk_cli_put(output, ".Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output, "These are the names that steelpkt-query(1) takes behind -e, and that stand in filters "
                               "(steelpkt-filter(7)). Each has the type of its "
                               "values; where a packet has several of them by its nature, it repeats. The names are "
                               "Wireshark's and so are the values, unless something else is said. steelpkt-fields(1) "
                               "looks names up.");
    while (spk_cli_catalog_next(&catalog, &entry)) {
        if (!open || entry.proto != last) {
            spk_cli_put(output, open ? ".El\n.Ss " : ".Ss ");
            spk_cli_put(output, spk_cli_proto_title(entry.proto));
            if (spk_cli_proto_spec(entry.proto) != NULL) {
                spk_cli_put_format(output, " (%s)", spk_cli_proto_spec(entry.proto));
            }
            spk_cli_put(output, "\n.Bl -tag -width Ds\n");
            open = true;
            last = entry.proto;
        }
        put_field(output, &entry);
    }
    spk_cli_put(output, ".El\n");
    spk_cli_manual_see_also(output, "steelpkt-fields", 7);
}
