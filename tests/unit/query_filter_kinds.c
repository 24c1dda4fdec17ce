/* filters over one packet that has a value of every kind: what each operator and function makes of it. */
#include "query_kinds.h"

static void signed_numbers(void **state)
{
    static const char *const so[] = {
        "k.tiny == -3",
        "k.tiny < 0",
        "k.int + 1 == -99999",
        "k.int - 1 == -100001",
        "k.int * 2 == -200000",
        "k.int * -2 == 200000",
        "k.int / 3 == -33333",
        "k.int % 7 == -5",
        "k.int & 0xff == 0x60",
        "k.int * 3 < 0",
        "k.long + 1 == -4999999999",
        "k.long - 1 == -5000000001",
        "k.long * 3 == -15000000000",
        "k.long * -2 == 10000000000",
        "k.long * 0 == 0",
        "k.long / 2 == -2500000000",
        "k.long % 3 == -2",
        "k.long & 0xfff == 0xe00",
        "k.least + 1 < 0",
        "k.int > k.long",
        "k.int in {k.long .. 5}",
        "-k.tiny == 3",
        "-k.int == 100000",
        "-k.long == 5000000000",
        "-k.spare == -9",
        "abs(k.tiny) == 3",
        "abs(k.long) == 5000000000",
        "abs(k.spare) == 9",
        "max(k.int, -5) == -5",
        "min(k.int, 5) < 0",
        NULL,
    };
    /* what is beyond the numbers of the field's width, and what is divided by nothing, is no result */
    static const char *const not_so[] = {
        "k.int * 30000 < 0",
        "k.int * -30000 > 0",
        "k.int / 0 < 1",
        "k.int % 0 < 1",
        "k.long * 3000000000 < 0",
        "k.least - 1 < 0",
        "k.least / -1 > 0",
        "k.least % -1 == 0",
        "k.least + k.long < 0",
        "k.long - k.least > 0",
        "-k.least > 0",
        "-k.word < 0",
        "-k.wide < 0",
        "k.int in {5 .. k.long}",
        NULL,
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
}

static void unsigned_numbers(void **state)
{
    static const char *const so[] = {
        "k.word + 1 == 4000000001",
        "k.word * 0 == 0",
        "k.word - 4000000000 == 0",
        "k.spare - 10 < 0",
        "k.spare - 10 == -1",
        "k.wide + 1 == 18446744073709551615",
        "k.wide - 1 == 18446744073709551613",
        "k.wide / 2 == 9223372036854775807",
        "k.wide % 10 == 4",
        "k.wide % 10 - 5 < 0",
        "k.wide & 0xf == 0xe",
        "k.wide > k.word",
        "k.spare == 9",
        "k.spare",
        "k.spare & 8",
        NULL,
    };
    static const char *const not_so[] = {
        "k.word + 4000000000 > 0",
        "k.word * 2 > 0",
        "k.word % 0 == 0",
        "k.word / 0 == 0",
        "k.word - 4294967295 < 0",
        "k.wide + 2 > 0",
        "k.wide * 2 > 0",
        "k.wide - 18446744073709551615 < 0",
        "k.spare & 6",
        NULL,
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
}

static void octets(void **state)
{
    static const char *const so[] = {
        "k.mac & ff:ff:ff:00:00:00 == 00:0c:29:00:00:00",
        "k.mac & 00:00:00:00:00:01",
        "k.mac != ff:ff:ff:00:00:00 & 00:0c:29:4f:8e:35",
        "k.data & ff:00:ff == 0a:00:0c",
        "k.data & ff == 0a",
        "k.six & ffff:: == 2001::",
        "k.six & 2001:db8::/32 == 2001:db8::",
        "k.four & 255.255.0.0 == 192.0.0.0",
        "k.mac != k.data",
        "k.mac[0:3] != k.data",
        "k.four[0:4] == k.four",
        "k.four == k.four[0:4]",
        "k.six == k.six[0:16]",
        "k.six == 2001:db8::/32",
        "k.six == 2001:db8::/33",
        "k.six == 2001:dbf::/29",
        "k.six == ::/0",
        "k.six in {2001::/16}",
        "k.six in {2001::1 .. 2001:db8::1:0}",
        "max(k.six, 3000::/16) == 3000::1",
        "max(k.six, 3000::/16) == 3000::/8",
        "k.mac contains 0c:29",
        "k.data contains \"\"",
        "k.data in {0a:0b:0c}",
        "k.data == \"\\n\\v\\f\"",
        "k.data == 0x0a or k.data == 0a0b0c",
        "k.data > ff:ff",
        "k.data[-2:] == 0b-0c",
        "k contains 0a:0b:0c:0b",
        NULL,
    };
    static const char *const not_so[] = {
        "k.mac & 00:00:00:00:00:02",
        "k.mac == k.data",
        "k.data == k.mac",
        "k.mac contains k.data",
        "k.six == 2001:dc0::/29",
        "k.six > 2001::/16",
        "k.data[-4] == 0a",
        "k.data[1:3] == 0b:0c",
        "k.name contains \"\"",
        "k in {00:01}",
        NULL,
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
}

static void texts_and_truths(void **state)
{
    static const char *const so[] = {
        "k.name == \"\\u0024\\u20ac\\U0001F600Az{\"",
        "k.name contains \"\\xe2\\x82\\xac\"",
        "lower(k.name) == \"\\44\\u20ac\\U0001f600az{\"",
        "upper(k.name) contains \"AZ{\"",
        "k.name > \"$z\"",
        "k.flag == True",
        "k.flag == TRUE",
        "k.flag != FALSE",
        "k.flag == 'a'",
        "k.flag != '\\0'",
        "k.flag == 7",
        "k.named == \"on\"",
        "k.named != \"Off\"",
        "k.tiny < k.flag",
        "max(k.flag, 1) == 1",
        "abs(k.flag) == 1",
        "k.mark",
        "len(k.tiny) == 1 and len(k.int) == 4 and len(k.long) == 8 and len(k.spare) == 1 and len(k.word) == 4",
        "len(k.four) == 4 and len(k.six) == 16 and len(k.mac) == 6 and len(k.data) == 3 and len(k.name) == 11",
        "len(k.flag) == 0 and len(k.ago) == 0 and len(k.date) == 0",
        "len(k) == 77",
        "string(k.six) == \"2001:db8::ff\"",
        "string(k.four) == \"192.0.2.7\"",
        "string(k.mac) == \"00:0c:29:4f:8e:35\"",
        "string(k.int) == \"-100000\"",
        "string(k.wide) == \"18446744073709551614\"",
        NULL,
    };
    static const char *const not_so[] = {
        "k.flag == False",
        "k.flag == FALSE",
        "k.flag == '\\0'",
        "k.named == \"Off\"",
        "!k.mark",
        "k.name == \"$\"",
        NULL,
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
}

static void times(void **state)
{
    static const char *const so[] = {
        "k.ago == -1.5",
        "k.ago < 0",
        "k.ago - 1 == -2.5",
        "k.ago + 1 == -0.5",
        "-k.ago == 1.5",
        "abs(k.ago) == 1.5",
        "k.ago < 99999999999999999999999",
        "k.far == 99999999999999999999999.5",
        "k.ago in {-2 .. -1}",
        "max(k.ago, 2) == 2",
        "k.date == \"2020-07-04 12:34:56.5\"",
        "k.date == \"  2020-07-04T12:34:56.5 UTC  \"",
        "k.date == \"2020-07-04 14:34:56.5+02\"",
        "k.date == \"2020-07-04 11:04:56.5-0130\"",
        "k.date == \"2020-07-04 11:04:56.5-01:30\"",
        "k.date == \"jul 4, 2020 12:34:56.5Z\"",
        "k.date > \"Jun 30, 2020  23:59:60\"",
        "k.date > \"2020-07-04 12\"",
        "k.date > \"2020-07-04 12:34\"",
        "k.date < \"2020-07-04 12:35\"",
        "k.date < 2020-07-05",
        NULL,
    };
    static const char *const not_so[] = {
        "k.far + 1 > 0", "k.ago - k.past > 0", "-k.past > 0", "k.past + -1 < 0", "k.ago == 1.5", NULL,
    };
    static const char *const no_dates[] = {
        "",
        "  ",
        "Ju",
        "Jux 4, 2020 12:34:56",
        "Jul x, 2020 12:34:56",
        "Jul 4 2020 12:34:56",
        "Jul 4, x 12:34:56",
        "Jul 4, 2020 12",
        "Jul 4, 2020 12:34",
        "x-07-04",
        "2020:07-04",
        "2020-x-04",
        "2020-07:04",
        "2020-07-x",
        "2020-07-04T",
        "2020-07-04 x",
        "2020-07-04 24:00:00",
        "2020-07-04 12:x",
        "2020-07-04 12:60",
        "2020-07-04 12:34:x",
        "2020-07-04 12:34:61",
        "2020-07-04 12:34:56.",
        "2020-07-04 12:34:56+x",
        "2020-07-04 12:34:56+24",
        "2020-07-04 12:34:56+02:60",
        "2020-07-04 12:34:56 UT",
        "2020-07-04 12:34:56 UXC",
        "2020-07-04 12:34:56 U",
        "2020-07-04 12:34:56 Zulu",
        "2020-13-04",
        "1677-01-01",
        "2262-01-01",
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
    for (size_t i = 0; i < SPK_COUNT_OF(no_dates); i++) {
        char text[128];
        struct spk_error error = { 0 };
        snprintf(text, sizeof text, "k.date == \"%s\"", no_dates[i]);
        assert_int_equal(ask(text, NULL, &error), SPK_ERR_USAGE);
        assert_non_null(strstr(error.what, "not a date: "));
    }
}

static void blanks_ranges_and_layers(void **state)
{
    static const char *const so[] = {
        "k.int\t==\n-100000\r",
        "k.data[ 0 : 2 ] == 0a:0b",
        "k.data[+1] == 0b",
        "k.data[0x1] == 0b",
        "k.data[01:1] == 0b",
        "k.data[ 1 - 2 ] == 0b:0c",
        "k.int#[-1] < 0",
        "k.int#[1:] < 0",
        "k#1",
        "frame.len#0 == 77 or frame.len == 77",
        "k[0:2] == fd:ff",
        "k.int == .k.int",
        "+k.int == -100000",
        NULL,
    };
    static const char *const not_so[] = {
        "k.int#[2:] < 0", "k.int#99999 < 0", "k#2", "k.data[3] == 0a", "k.data[-3:4] == 0a", NULL,
    };
    static const char *const no_ranges[] = {
        "k.data[99999999999] == 00", "k.data[0x] == 00",  "k.data[] == 00",   "k.data[0:0] == 00",
        "k.data[2-1] == 00",         "k.data[1;2] == 00", "k.data[1,] == 00", NULL,
    };
    (void)state;
    check_each(so, 1);
    check_each(not_so, 0);
    check_each(no_ranges, SPK_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_numbers), cmocka_unit_test(unsigned_numbers),
        cmocka_unit_test(octets),         cmocka_unit_test(texts_and_truths),
        cmocka_unit_test(times),          cmocka_unit_test(blanks_ranges_and_layers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
