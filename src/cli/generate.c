/* generate: manual pages and completions, printed from the tables. The build installs them. */
#include "completion.h"
#include "manual.h"

#include <string.h>

static const struct {
    const char *name;
    void (*put)(struct output *output);
} texts[] = {
    { "bash", spk_cli_complete_bash },
    { "zsh", spk_cli_complete_zsh },
    { "fish", spk_cli_complete_fish },
    { "steelpkt.1", spk_cli_manual },
    { "steelpkt-fields.7", spk_cli_manual_fields },
    { "steelpkt-filter.7", spk_cli_manual_filter },
};

/* "steelpkt-info.1" gives info; NULL: no such page. */
static const struct command *find_page(const char *name)
{
    static const char prefix[] = "steelpkt-";
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        size_t len = strlen(spk_cli_commands[i]->name);
        if (strncmp(name, prefix, sizeof prefix - 1) == 0
            && strncmp(name + sizeof prefix - 1, spk_cli_commands[i]->name, len) == 0
            && strcmp(name + sizeof prefix - 1 + len, ".1") == 0) {
            return spk_cli_commands[i];
        }
    }
    return NULL;
}

static bool put_text(struct output *output, const char *name)
{
    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        if (strcmp(texts[i].name, name) == 0) {
            texts[i].put(output);
            return true;
        }
    }
    const struct command *page = find_page(name);
    if (page != NULL) {
        spk_cli_manual_command(output, page);
    }
    return page != NULL;
}

static void list_texts(struct output *output)
{
    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        spk_cli_put_format(output, "%s\n", texts[i].name);
    }
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(output, "steelpkt-%s.1\n", spk_cli_commands[i]->name);
    }
}

static int run_generate(const struct given *given)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    for (size_t i = 0; i < given->operand_count && code == DONE; i++) {
        if (!put_text(&output, given->operands[i])) {
            code = spk_cli_usage(given->operands[i], "not one of those that steelpkt generate lists", NULL);
        }
    }
    if (given->operand_count == 0) {
        list_texts(&output);
    }
    int written = spk_cli_output_end(&output, code != DONE);
    return code != DONE ? code : written;
}

const struct command spk_cli_generate = {
    .name = "generate",
    .operands = "[NAME...]",
    .summary = "Manual pages and completions.",
    .about = "Prints a manual page or a shell's completions, made from the same tables as --help; without a name, the "
             "names there are. The build does this and installs them.",
    .run = run_generate,
};
