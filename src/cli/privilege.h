/* privilege: rights that are needed to open a device, and given up before the first packet is looked at. */
#ifndef CLI_PRIVILEGE_H
#define CLI_PRIVILEGE_H

#include "cli.h"

/* Becomes another user, in the groups that user is in, for good. Only root can. Gives an exit code, after saying why not. */
int spk_cli_become(const char *user);

/* Gives up every capability, whoever the user is. False: the kernel would not. */
bool spk_cli_drop_capabilities(void);

#endif
