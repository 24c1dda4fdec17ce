/* The 128-bit arithmetic against the compiler's own, where there is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/u128.h"

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static wide widened(struct spk_u128 a)
{
    return (wide)a.hi << 64 | a.lo;
}

static uint64_t state = 88172645463325252u;

/* Numbers of every size, and often at an edge. */
static uint64_t some(void)
{
    static const uint64_t edges[] = { 0, 1, UINT32_MAX, UINT64_MAX, INT64_MAX, 1ull << 63, 1ull << 32, 1000000000u };
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % 5 == 0 ? edges[state / 5 % 8] : state >> (state / 7 % 64);
}

static void same_as_the_compilers(void **unused)
{
    (void)unused;
    for (int i = 0; i < 1000000; i++) {
        uint64_t x = some(), y = some();
        struct spk_u128 a = { some(), some() }, b = { some(), some() };
        unsigned bits = (unsigned)(some() % 128);
        assert_true(widened(spk_u128_product(x, y)) == (wide)x * y);
        assert_true(widened(spk_u128_sum(a, b)) == widened(a) + widened(b));
        assert_true(widened(spk_u128_difference(a, b)) == widened(a) - widened(b));
        assert_true(widened(spk_u128_shifted_right(a, bits)) == widened(a) >> bits);
        if (i % 3 == 0) {
            a.hi = a.lo >> 63 != 0 ? UINT64_MAX : 0; /* a number that fits */
        }
        int64_t given = 0;
        signed_wide value = (signed_wide)widened(a);
        bool fits = value >= INT64_MIN && value <= INT64_MAX;
        assert_true(spk_u128_to_i64(a, &given) == fits);
        if (fits) {
            assert_true(given == (int64_t)value);
        }
    }
}
#else
static void same_as_the_compilers(void **unused)
{
    (void)unused;
    skip();
}
#endif

static void edges_by_hand(void **unused)
{
    (void)unused;
    int64_t given = 0;
    struct spk_u128 square = spk_u128_product(UINT64_MAX, UINT64_MAX);
    assert_true(square.hi == UINT64_MAX - 1 && square.lo == 1);
    assert_true(spk_u128_to_i64((struct spk_u128){ UINT64_MAX, 1ull << 63 }, &given));
    assert_true(given == INT64_MIN);
    assert_false(spk_u128_to_i64((struct spk_u128){ 0, 1ull << 63 }, &given));
    assert_false(spk_u128_to_i64((struct spk_u128){ UINT64_MAX, INT64_MAX }, &given));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_the_compilers),
        cmocka_unit_test(edges_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
