/* main: the command as a program of its own. */
#include "run.h"

#include <stddef.h>

int main(int argc, char **argv)
{
    return spk_cli_run(argc, argv, NULL);
}
