/* beside: made new, written beside, or, where neither can be, written over. */
#define _XOPEN_SOURCE 700
#include "beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TO_WRITE = O_WRONLY | O_CLOEXEC };

/* A file of the old one's owner and mode, or none. */
static int open_part(struct beside *beside, const struct stat *old)
{
    size_t size = strlen(beside->target) + 32;
    beside->part = malloc(size);
    if (beside->part == NULL) {
        errno = ENOMEM;
        return -1;
    }
    snprintf(beside->part, size, "%s.%ld.part", beside->target, (long)getpid());
    int fd = open(beside->part, TO_WRITE | O_CREAT | O_EXCL, 0600);
    if (fd >= 0 && (fchown(fd, old->st_uid, old->st_gid) != 0 || fchmod(fd, old->st_mode & 0777) != 0)) {
        (void)close(fd);
        (void)unlink(beside->part);
        errno = EPERM;
        return -1;
    }
    return fd;
}

static void forget(struct beside *beside)
{
    free(beside->target);
    free(beside->part);
    beside->target = beside->part = NULL;
}

/* Something of that name is there. */
static int open_known(struct beside *beside)
{
    struct stat old;
    if (stat(beside->path, &old) != 0 || !S_ISREG(old.st_mode)) {
        return open(beside->path, TO_WRITE | O_CREAT, 0666); /* a pipe, a device, a link that leads nowhere yet */
    }
    if (access(beside->path, W_OK) != 0 || (beside->target = realpath(beside->path, NULL)) == NULL) {
        return -1;
    }
    int fd = open_part(beside, &old);
    if (fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) {
        forget(beside); /* nothing like it can be made there, but it can be written */
        fd = open(beside->path, TO_WRITE | O_TRUNC);
    }
    if (fd < 0) {
        int number = errno;
        forget(beside);
        errno = number;
    }
    return fd;
}

int spk_cli_beside_open(struct beside *beside, const char *path)
{
    *beside = (struct beside){ .path = path };
    int fd = open(path, TO_WRITE | O_CREAT | O_EXCL, 0666);
    beside->made = fd >= 0;
    if (fd < 0 && errno == EEXIST) {
        return open_known(beside);
    }
    return fd;
}

bool spk_cli_beside_end(struct beside *beside, bool keep)
{
    bool ok = true;
    int number = 0;
    if (beside->target != NULL) {
        ok = !keep || rename(beside->part, beside->target) == 0;
        number = errno;
        if (!keep || !ok) {
            (void)unlink(beside->part);
        }
    } else if (!keep && beside->made) {
        (void)unlink(beside->path);
    }
    forget(beside);
    errno = number;
    return ok;
}
