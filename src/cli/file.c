/* file: the one place where the command opens files by their names. */
#define _POSIX_C_SOURCE 200809L
#include "file.h"
#include "input.h"

#include <errno.h>
#include <fcntl.h>

static bool again(void)
{
    return errno == EINTR && !spk_cli_interrupted();
}

int spk_cli_open(const char *path, int flags, unsigned mode)
{
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC, (mode_t)mode);
    } while (fd < 0 && again());
    return fd;
}

FILE *spk_cli_fopen(const char *path, const char *mode)
{
    FILE *file;
    do {
        file = fopen(path, mode);
    } while (file == NULL && again());
    return file;
}
