/*
 * registry: the protocols that a command works with: the library's, those of plug-ins (STEELPKT_PLUGIN_PATH, -P), and where
 * -d puts them.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

/* Says why a rule was refused, and which layer types there are where it named none of them. Gives an exit code. */
static int refuse_rule(const struct spk_registry *registry, const struct spk_link *link, const struct spk_error *error)
{
    char text[1024] = "";
    size_t used = 0;
    for (size_t i = 0; link->space == NULL && error->hint == NULL && spk_registry_space(registry, i) != NULL; i++) {
        int len = snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "there are " : ", ",
                           spk_registry_space(registry, i));
        used += len > 0 && (size_t)len < sizeof text - used ? (size_t)len : 0;
    }
    if (used == 0) {
        return spk_cli_usage(error->who, error->what, error->hint);
    }
    spk_cli_error(&(struct spk_error){ .who = error->who, .what = error->what, .hint = text });
    return USAGE;
}

/* The registry so far, with the rules of -d. */
static int relink(struct given *given)
{
    struct spk_error error;
    size_t count = 0;
    struct spk_link *links = calloc(given->choice_count + 1, sizeof links[0]);
    int code = links != NULL ? DONE : spk_cli_no_memory();
    for (size_t i = 0; i < given->choice_count && code == DONE; i++) {
        const struct choice *choice = &given->choices[i];
        if (choice->option->id != OPTION_DECODE_AS) {
            continue;
        }
        if (spk_link_parse(given->registry, choice->value, &links[count], &error) != SPK_OK) {
            code = refuse_rule(given->registry, &links[count], &error);
        }
        count++;
    }
    if (code == DONE && count > 0) {
        if (spk_registry_relink(given->registry, links, count, &given->relinked, &error) == SPK_OK) {
            given->registry = given->relinked;
        } else {
            spk_cli_error(&error);
            code = error.code == SPK_ERR_MEMORY ? DAMAGED : USAGE;
        }
    }
    free(links);
    return code;
}

int spk_cli_registry_begin(struct given *given)
{
    struct spk_error error = { .code = SPK_OK };
    const char *list = getenv("STEELPKT_PLUGIN_PATH");
    const struct spk_registry *own = spk_registry_default();
    if (!given->lent && (own == NULL || spk_plugins_new(own, &given->plugins) != SPK_OK)) {
        return spk_cli_no_memory();
    }
    enum spk_status status =
        list != NULL && !given->lent ? spk_plugins_load_path(given->plugins, list, &error) : SPK_OK;
    for (size_t i = 0; i < given->choice_count && status == SPK_OK; i++) {
        if (given->choices[i].option->id == OPTION_PLUGIN) {
            status = spk_plugins_load(given->plugins, given->choices[i].value, &error);
        }
    }
    if (status != SPK_OK) {
        spk_cli_error(&error);
        return error.code == SPK_ERR_MEMORY ? DAMAGED : USAGE;
    }
    given->registry = spk_plugins_registry(given->plugins);
    return relink(given);
}

void spk_cli_registry_end(struct given *given)
{
    spk_registry_free(given->relinked);
    if (!given->lent) {
        spk_plugins_free(given->plugins);
    }
}
