/* filters when memory runs out: at every single allocation, compiling and matching say so and leave nothing behind. */
#include "faults.h"

#include "query_small.h"

/* Compiles and asks, with the nth allocation failing (0: none). Gives the first status that is not SPK_OK. */
static enum spk_status ask_with(const char *text, unsigned nth, bool *matches)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    struct spk_error error = { 0 };
    uint8_t data[64];
    uint32_t len = small_packet(data, 7, "Hello", 5);
    spk_decode(small_registry(), SMALL_LINK, data, len, len, &packet);
    fired = false;
    countdown = nth;
    enum spk_status status = spk_filter_new(small_registry(), text, &filter, NULL, &error);
    if (status == SPK_OK) {
        status = spk_matcher_new(filter, &matcher);
    } else {
        assert_null(filter);
        assert_int_equal(error.code, status);
    }
    if (status == SPK_OK) {
        status = spk_matcher_match(matcher, &packet, matches);
    }
    countdown = 0;
    spk_matcher_free(matcher);
    spk_filter_free(filter);
    assert_true(status == SPK_OK || fired);
    return status;
}

static void test_every_allocation(void **state)
{
    static const char *const texts[] = {
        "q.id == 7 && (q.name contains \"ell\" || !q.mac)",
        "q.name matches \"^h(e|a)l+o$\" and q.id in {1, 5..8} and q#1",
        "upper(q.name)[0:2] == \"HE\" and max(q.either + 1, 3) * 2 == 16 and string(q.address) contains \"192\"",
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        bool matches = false;
        assert_int_equal(ask_with(texts[i], 0, &matches), SPK_OK);
        assert_true(matches);
        unsigned nth = 1;
        while (ask_with(texts[i], nth, &matches) == SPK_ERR_MEMORY) {
            nth++;
        }
        assert_in_range(nth, 11, 1001); /* so many allocations there are, and each was tried */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
