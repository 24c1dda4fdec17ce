/* commands: the sub-commands there are, from the list in src/cli/meson.build, and what holds for all of them. */
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

const struct word spk_cli_exits[] = {
    { "0", DONE, "complete" },
    { "1", USAGE, "wrong usage, or a file that cannot be read" },
    { "2", DAMAGED, "the input was damaged; everything before the damage was delivered" },
    { "3", UNWRITTEN, "the output could not be written completely" },
    { "4", INTERRUPTED, "interrupted; what was finished is written" },
    { NULL, 0, NULL },
};

const struct word spk_cli_environment[] = {
    { "NO_COLOR", 0, "Set to anything: no colours. Without it there are some where the output is a terminal." },
    { "STEELPKT_PLUGIN_PATH", 0,
      "Protocol plug-ins to load: files, and directories with files *.so, with colons between them; all absolute." },
    { "STEELPKT_PAGER", 0, "The command that shows long output on a terminal page by page; empty: none." },
    { "PAGER", 0, "The same where STEELPKT_PAGER is not set. Without both it is less(1), where that is installed." },
    { NULL, 0, NULL },
};

const struct command *spk_cli_command(const char *name)
{
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        if (strcmp(spk_cli_commands[i]->name, name) == 0) {
            return spk_cli_commands[i];
        }
    }
    return strcmp(spk_cli_generate.name, name) == 0 ? &spk_cli_generate : NULL;
}
