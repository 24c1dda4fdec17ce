/* commands: the sub-commands there are, from the list in src/cli/meson.build. */
#include "cli.h"

#include <string.h>

#define SPK_COMMAND(name) extern const struct command spk_cli_##name;
#include "commands.h"
#undef SPK_COMMAND

const struct command *const spk_cli_commands[] = {
#define SPK_COMMAND(name) &spk_cli_##name,
#include "commands.h"
#undef SPK_COMMAND
    NULL,
};

const struct command *spk_cli_command(const char *name)
{
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        if (strcmp(spk_cli_commands[i]->name, name) == 0) {
            return spk_cli_commands[i];
        }
    }
    return NULL;
}
