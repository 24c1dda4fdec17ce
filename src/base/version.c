/* The version comes from meson.build, the only place where it is written. */
#include <steelpkt/base.h>

const char *spk_version(void)
{
    return SPK_VERSION_TEXT;
}
