/* completion: what bash, zsh and fish are told about the command line. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "output.h"

void spk_cli_complete_bash(struct output *output);
void spk_cli_complete_zsh(struct output *output);
void spk_cli_complete_fish(struct output *output);

#endif
