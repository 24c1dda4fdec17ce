/* manual: the pages, each made of the tables that the program itself uses. */
#include "manual.h"

#include "catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_spelling(struct output *output, const struct option *option)
{
    if (option->letter != 0) {
        spk_cli_put_format(output, " Fl %c", option->letter);
    }
    if (option->name != NULL) {
        spk_cli_put_format(output, "%s Fl -%s", option->letter != 0 ? " ," : "", option->name);
    }
    if (option->argument != NULL) {
        spk_cli_put_format(output, " Ar %s", option->argument);
    }
    spk_cli_put(output, "\n");
}

/* "-e FIELD... [PATTERN]" as macros, a line each. */
static void put_operands(struct output *output, const char *operands)
{
    while (*operands != '\0') {
        size_t len = strcspn(operands, " ");
        const char *more = "";
        const char *word = operands;
        size_t end = len;
        bool optional = word[0] == '[';
        word += optional ? 1 : 0;
        end -= optional ? 2 : 0;
        if (end > 3 && strncmp(word + end - 3, "...", 3) == 0) {
            more = " ...";
            end -= 3;
        }
        if (word[0] == '-') {
            spk_cli_put_format(output, ".Fl %.*s", (int)end - 1, word + 1);
            operands += len + strspn(operands + len, " ");
            len = strcspn(operands, " ");
            spk_cli_put_format(output, " Ar %.*s ...\n", (int)strcspn(operands, ". "), operands);
        } else {
            spk_cli_put_format(output, ".%sAr %.*s%s\n", optional ? "Op " : "", (int)end, word, more);
        }
        operands += len + strspn(operands + len, " ");
    }
}

/* Whether an option stands among the operands already. */
static bool is_operand(const struct command *command, const struct option *option)
{
    char word[3] = { '-', option->letter, '\0' };
    return option->letter != 0 && strstr(command->operands, word) != NULL;
}

static void put_synopsis(struct output *output, const struct command *command)
{
    spk_cli_put_format(output, ".Sh SYNOPSIS\n.Nm steelpkt %s\n", command->name);
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        if (!is_operand(command, spk_cli_option(command, i))) {
            spk_cli_put(output, ".Op");
            const struct option *option = spk_cli_option(command, i);
            put_spelling(output, option);
        }
    }
    put_operands(output, command->operands);
}

static void put_options(struct output *output, const struct command *command)
{
    const char *group = NULL;
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        const struct option *option = spk_cli_option(command, i);
        if (group == NULL || strcmp(group, option->group) != 0) {
            spk_cli_put_format(output, "%s.Ss %s\n.Bl -tag -width Ds\n", group != NULL ? ".El\n" : "", option->group);
            group = option->group;
        }
        spk_cli_put(output, ".It");
        put_spelling(output, option);
        spk_cli_mdoc_prose(output, option->help);
        if (option->words != NULL) {
            spk_cli_mdoc_words(output, "Cm", option->words);
        }
    }
    spk_cli_put(output, ".El\n");
}

static void put_ends(struct output *output)
{
    spk_cli_put(output, ".Sh ENVIRONMENT\n");
    spk_cli_mdoc_words(output, "Ev", spk_cli_environment);
    spk_cli_put(output, ".Sh EXIT STATUS\n");
    spk_cli_mdoc_words(output, "Li", spk_cli_exits);
}

static void put_examples(struct output *output, const struct example *examples)
{
    if (examples == NULL) {
        return;
    }
    spk_cli_put(output, ".Sh EXAMPLES\n");
    for (; examples->line != NULL; examples++) {
        spk_cli_mdoc_prose(output, examples->says);
        spk_cli_put_format(output, ".Pp\n.Dl %s\n%s", examples->line, examples[1].line != NULL ? ".Pp\n" : "");
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The other pages, in the order of their names. self: the page's own sub-command; "": steelpkt(1); NULL: section 7. */
static void put_see_also(struct output *output, const char *self)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; spk_cli_commands[i] != NULL && count < NAMES_MAX; i++) {
        if (self == NULL || strcmp(self, spk_cli_commands[i]->name) != 0) {
            names[count++] = spk_cli_commands[i]->name;
        }
    }
    qsort(names, count, sizeof names[0], compare_names);
    spk_cli_put(output, ".Sh SEE ALSO\n");
    if (self == NULL || self[0] != '\0') {
        spk_cli_put(output, ".Xr steelpkt 1 ,\n");
    }
    for (size_t i = 0; i < count; i++) {
        spk_cli_put_format(output, ".Xr steelpkt-%s 1 ,\n", names[i]);
    }
    spk_cli_put_format(output, ".Xr pcap-filter 7%s\n", self != NULL ? " ,\n.Xr steelpkt-fields 7" : "");
}

void spk_cli_manual_command(struct output *output, const struct command *command)
{
    char name[64];
    snprintf(name, sizeof name, "steelpkt-%s", command->name);
    spk_cli_mdoc_head(output, name, 1, name, command->summary);
    put_synopsis(output, command);
    spk_cli_put(output, ".Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output, command->about);
    put_options(output, command);
    put_ends(output);
    put_examples(output, command->examples);
    put_see_also(output, command->name);
}

void spk_cli_manual(struct output *output)
{
    spk_cli_mdoc_head(output, "steelpkt", 1, "steelpkt", "Ask questions of packet captures");
    spk_cli_put(output, ".Sh SYNOPSIS\n.Nm\n.Ar SUBCOMMAND\n.Op Ar options\n.Op Ar FILE ...\n.Nm\n.Cm help\n"
                        ".Op Ar SUBCOMMAND\n.Nm\n.Fl -version\n.Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output,
                       "Captures are pcap and pcapng files, plain or compressed with gzip, zstd or lz4, which is "
                       "told by their content; - is standard input. Fields have the names and values that "
                       "Wireshark gives them; steelpkt-fields(7) lists them.");
    spk_cli_put(output, ".Bl -tag -width Ds\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(output, ".It Xr steelpkt-%s 1\n", spk_cli_commands[i]->name);
        spk_cli_mdoc_prose(output, spk_cli_commands[i]->summary);
    }
    spk_cli_put(output, ".El\n");
    put_ends(output);
    spk_cli_put(output, ".Sh DIAGNOSTICS\n");
    spk_cli_mdoc_prose(output,
                       "An error is one line on standard error, which names the file and, where bytes are wrong, "
                       "says what was wrong, at which byte of the file and in which packet, how many bytes were "
                       "needed and how many there were. What was good before it has been delivered.");
    put_see_also(output, "");
}

/* ---- steelpkt-fields(7) ---- */

/* Whether an earlier field's page text has the names of these values already: its name, or NULL. */
static const char *listed_before(const struct entry *entry)
{
    struct catalog catalog = { 0 };
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
    while (also != NULL && *also != '\0') {
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
    struct catalog catalog = { 0 };
    struct entry entry;
    const struct spk_proto *last = NULL;
    bool open = false;
    spk_cli_mdoc_head(output, "steelpkt-fields", 7, "steelpkt-fields", "Names of fields, by protocol");
    spk_cli_put(output, ".Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output, "These are the names that steelpkt-query(1) takes behind -e. Each has the type of its "
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
    put_see_also(output, NULL);
}
