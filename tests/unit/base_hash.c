/* Hashes: the algorithm's own examples, and keys that differ. */
#include "support.h"

#include "base/hash.h"

/* "SipHash: a fast short-input PRF", appendix A: key 00 to 0f, text 00 to 0e, two and four rounds. */
static void the_paper_s_example(void **state)
{
    const struct spk_hash_key key = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };
    uint8_t text[15];
    (void)state;
    for (uint8_t i = 0; i < sizeof text; i++) {
        text[i] = i;
    }
    assert_true(spk_hash_rounds(key, text, sizeof text, 2, 4) == UINT64_C(0xa129ca6149be45e5));
    assert_true(spk_hash_rounds(key, text, 0, 2, 4) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(spk_hash_rounds(key, text, 8, 2, 4) == UINT64_C(0x93f5f5799a932462));
}

static void a_key_is_drawn_for_each_table(void **state)
{
    struct spk_hash_key one = spk_hash_key_new();
    struct spk_hash_key other = spk_hash_key_new();
    (void)state;
    assert_true(one.k0 != other.k0 && one.k1 != other.k1);
    assert_true(spk_hash(one, "ip.src", 6) != spk_hash(other, "ip.src", 6));
    assert_true(spk_hash(one, "ip.src", 6) == spk_hash(one, "ip.src", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_paper_s_example),
        cmocka_unit_test(a_key_is_drawn_for_each_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
