/* Times as people type them, exact to the nanosecond. */
#include "support.h"

#include <steelpkt.h>

struct sample {
    const char *text;
    int64_t ns;    /* rounded down */
    int64_t up_ns; /* rounded up; 0: the same */
};

static const struct sample good[] = {
    { "0", 0, 0 },
    { "1493834478.390878", 1493834478390878000, 0 },
    { "1493834478.123456789", 1493834478123456789, 0 },
    { "1493834478.1234567891", 1493834478123456789, 1493834478123456790 },
    { "1493834478.12345678900", 1493834478123456789, 0 },
    { "1.9999999999", 1999999999, 2000000000 },
    { "-1", -1000000000, 0 },
    { "-1.5", -1500000000, 0 },
    { "-0.0000000001", -1, 0 },
    { "9223372036", 9223372036000000000, 0 },
    { "9223372036.854775807", INT64_MAX, 0 },
    { "1970-01-01", 0, 0 },
    { "1969-12-31T23:59:59.5Z", -500000000, 0 },
    { "2017-05-03T18:01:18.390878Z", 1493834478390878000, 0 },
    { "2017-05-03 18:01:18.390878", 1493834478390878000, 0 },
    { "2017-05-03T20:01:18,390878+02:00", 1493834478390878000, 0 },
    { "2017-05-03t14:01:18.390878-0400", 1493834478390878000, 0 },
    { "2017-05-03T18:01+00", 1493834460000000000, 0 },
    { "2016-12-31T23:59:60Z", 1483228800000000000, 0 },
    { "2000-02-29", 951782400000000000, 0 },
    { "2017-05-03T24:00", 1493856000000000000, 0 },
};

static const char *const bad[] = {
    "",
    " ",
    "x",
    "1x",
    "1.",
    ".5",
    "1.5.5",
    "--1",
    "1e9",
    "0x10",
    "+1",
    "2017-05",
    "2017-13-01",
    "2017-02-29",
    "1900-02-29",
    "2017-00-01",
    "2017-01-00",
    "2017-05-03T",
    "2017-05-03T25:00",
    "2017-05-03T24:00:01",
    "2017-05-03T18",
    "2017-05-03T18:60",
    "2017-05-03T18:01:61",
    "2017-05-03T18:01:18.",
    "2017-05-03T18:01:18X",
    "2017-05-03T18:01:18+1",
    "2017-05-03T18:01:18+01:0",
    "2017-05-03T18:01:18Zz",
    "2017-05-03T18:01:18+24:00",
    "99999-01-01",
    "9223372037",
    "9223372036.854775808",
    "-9223372037.5",
    "99999999999999999999",
    "2262-05-01",
    "1677-01-01",
};

static void good_times_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(good); i++) {
        struct spk_error error = { 0 };
        int64_t ns = 1;
        for (int up = 0; up < 2; up++) {
            int64_t expected = up != 0 && good[i].up_ns != 0 ? good[i].up_ns : good[i].ns;
            if (up != 0 && i == 8) {
                expected = 0; /* just below zero */
            }
            if (spk_time_parse(good[i].text, up != 0, &ns, &error) != SPK_OK || ns != expected) {
                fail_msg("%s: %lld, not %lld", good[i].text, (long long)ns, (long long)expected);
            }
        }
    }
}

static void bad_times_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(bad); i++) {
        struct spk_error error = { 0 };
        int64_t ns = 77;
        if (spk_time_parse(bad[i], false, &ns, &error) != SPK_ERR_USAGE || ns != 77) {
            fail_msg("\"%s\" was taken: %lld", bad[i], (long long)ns);
        }
        assert_string_equal(error.who, bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_times_are_exact),
        cmocka_unit_test(bad_times_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
