/* privilege: another user, and no capabilities. */
#define _DEFAULT_SOURCE
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

static int refuse(const char *user, const char *what, int number)
{
    spk_cli_error(&(struct spk_error){ .code = SPK_ERR_USAGE, .who = user, .what = what, .sys_errno = number });
    return USAGE;
}

int spk_cli_become(const char *user)
{
    errno = 0;
    /* cppcheck-suppress getpwnamCalled; there is but one thread */
    const struct passwd *entry = getpwnam(user);
    if (entry == NULL) {
        return refuse(user, "no such user", errno == ENOENT ? 0 : errno);
    }
    uid_t uid = entry->pw_uid;
    gid_t gid = entry->pw_gid;
    if (initgroups(user, gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0) {
        return refuse(user, "cannot become this user", errno);
    }
    if (uid != 0 && setuid(0) == 0) { /* never believed, always asked */
        return refuse(user, "root could be had back", 0);
    }
    return DONE;
}

bool spk_cli_drop_capabilities(void)
{
#ifdef __linux__
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    return syscall(SYS_capset, &header, none) == 0;
#else
    return true; /* there are none */
#endif
}
