/* clock: how long something took. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <time.h>

int64_t spk_cli_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
