/* beside: made new, written beside, or, where neither can be, written over. */
#define _XOPEN_SOURCE 700
#include "beside.h"
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    int fd = spk_cli_open(beside->part, O_WRONLY | O_CREAT | O_EXCL, 0600);
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
        /* a pipe, a device, a link that leads nowhere yet */
        return spk_cli_open(beside->path, O_WRONLY | O_CREAT, 0666);
    }
    if (access(beside->path, W_OK) != 0 || (beside->target = realpath(beside->path, NULL)) == NULL) {
        return -1;
    }
    int fd = open_part(beside, &old);
    if (fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) {
        forget(beside); /* nothing like it can be made there, but it can be written */
        fd = spk_cli_open(beside->path, O_WRONLY | O_TRUNC, 0);
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
    int fd = spk_cli_open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    beside->made = fd >= 0;
    if (fd < 0 && errno == EEXIST) {
        return open_known(beside);
    }
    return fd;
}

/* The new file takes the old one's place, or goes. False, with errno: it cannot take it. */
static bool settle(const struct beside *beside, bool keep)
{
    if (beside->target == NULL) {
        if (!keep && beside->made) {
            (void)unlink(beside->path);
        }
        return true;
    }
    bool ok = !keep || rename(beside->part, beside->target) == 0;
    int number = errno;
    if (!keep || !ok) {
        (void)unlink(beside->part);
    }
    errno = number;
    return ok;
}

bool spk_cli_beside_end(struct beside *beside, int fd, enum ending ending, struct spk_error *error)
{
    /* interrupted, it is closed all the same, and has lost nothing: close(2) */
    bool closed = close(fd) == 0 || errno == EINTR;
    bool replaces = beside->target != NULL;
    *error = (struct spk_error){
        .code = SPK_ERR_IO, .who = beside->path, .what = "cannot be written to its end", .sys_errno = errno
    };
    bool settled = settle(beside, ending == ENDS_WHOLE ? closed || !replaces : ending == ENDS_SHORT && !replaces);
    if (!settled) {
        error->what = "cannot take the place of the file that was there";
        error->sys_errno = errno;
    }
    error->hint = replaces ? BESIDE_KEPT : NULL;
    forget(beside);
    return closed && settled;
}
