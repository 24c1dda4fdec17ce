/* run: the command as a function, for those who have protocols of their own to show it. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

struct spk_plugins;

/*
 * Runs the command with these words, the first being its own name, and gives its exit code. known: the protocols to work
 * with besides those that the words name; NULL: the library's and those of STEELPKT_PLUGIN_PATH. SIGPIPE and SIGXFSZ are
 * ignored from then on.
 */
int spk_cli_run(int argc, char **argv, struct spk_plugins *known);

#endif
