/*
 * Time stamps of every resolution and offset against plain 128-bit division, where the compiler has it: the same
 * nanosecond, rounded down, or refused for the same reason.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/reader.h"

#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

static uint64_t state = 88172645463325252u;

static uint64_t some(void)
{
    static const uint64_t edges[] = { 0, 1, UINT32_MAX, UINT64_MAX, INT64_MAX, 1ull << 63, 9223372036854775u };
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % 5 == 0 ? edges[state / 5 % 7] : state >> (state / 7 % 64);
}

/* ts / units seconds in nanoseconds, rounded down, by the book. False: beyond what is taken. */
static bool by_the_book(uint8_t resolution, int64_t offset_s, uint64_t ts, int64_t *ns)
{
    unsigned exponent = resolution & 0x7f;
    unsigned_wide units = 1;
    if (exponent > ((resolution & 0x80) != 0 ? 63 : 19)) {
        return false;
    }
    for (unsigned i = 0; i < exponent; i++) {
        units *= (resolution & 0x80) != 0 ? 2 : 10;
    }
    wide sum = (wide)((unsigned_wide)ts * 1000000000 / units) + (wide)offset_s * 1000000000;
    *ns = (int64_t)sum;
    return sum >= INT64_MIN && sum <= INT64_MAX;
}

static void every_resolution(void **unused)
{
    size_t fitted = 0;
    (void)unused;
    for (unsigned resolution = 0; resolution < 256; resolution++) {
        for (unsigned i = 0; i < 4000; i++) {
            uint64_t ts = some();
            int64_t offset_s = i % 3 == 0 ? 0 : (int64_t)(some() >> 1) * (i % 2 == 0 ? 1 : -1) - (i % 7 == 0);
            int64_t given = 0, wanted = 0;
            struct time_scale scale = spk_time_scale((uint8_t)resolution, offset_s);
            bool fits = spk_time_scaled(&scale, ts, &given);
            assert_true(fits == by_the_book((uint8_t)resolution, offset_s, ts, &wanted));
            if (fits) {
                assert_true(given == wanted);
                fitted++;
            }
            if (scale.plain && ts <= scale.limit) { /* the quick way gives the same */
                assert_true(fits && given == (int64_t)(ts * scale.factor));
            }
        }
    }
    assert_true(fitted > 50000);
}
#else
static void every_resolution(void **unused)
{
    (void)unused;
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_resolution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
