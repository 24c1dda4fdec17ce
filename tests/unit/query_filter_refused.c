/* filters that are refused: in which words, and what is marked, wherever the fault is. */
#include "query_kinds.h"

struct refused {
    const char *text, *what;
};

static void check_refused(const struct refused *list, size_t count)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        struct spk_error error = { 0 };
        struct spk_filter_fault fault = { 0 };
        int said = ask(list[i].text, &fault, &error);
        if (said != SPK_ERR_USAGE || strcmp(error.what, list[i].what) != 0) {
            print_message("%s: %d %s\n", list[i].text, said, error.what != NULL ? error.what : "");
            bad++;
        } else if (fault.at + fault.len > strlen(list[i].text)) {
            fail_msg("%s: marked beyond its end", list[i].text);
        }
    }
    assert_int_equal(bad, 0);
}

static void what_calculates(void **state)
{
    static const struct refused list[] = {
        { "\"a\" + 1 == 2", "not something to calculate with" },
        { "k.int + \"a\" == 1", "not something to calculate with" },
        { "k.int + 'a' > 0", "not something to calculate with" },
        { "1 + 2 == 3", "a calculation begins with a field or a function here" },
        { "-1 + 2 == 3", "a calculation begins with a field or a function here" },
        { "k.name + 1 == 2", "this cannot be calculated with" },
        { "k.four + 1 == 2", "this cannot be calculated with" },
        { "k.ago * 2 == 2", "this cannot be calculated with" },
        { "k.spare == k.flag + 8", "this cannot be calculated with" },
        { "k.int + k.four == 1", "these two cannot be calculated with each other" },
        { "k.int + k.name == 1", "these two cannot be calculated with each other" },
        { "k.four & k.four[0:4] == 1.2.3.4", "these two cannot be calculated with each other" },
        { "k.int == 5 / 0", "this has no result" },
        { "k.int == 5 % {1 - 1}", "this has no result" },
        { "-k.name == 1", "not a number, and has no negative" },
        { "-k.date == 1", "not a number, and has no negative" },
        { "k.four == -1.2.3.4", "not a number, and has no negative" },
        { "k.int == -\"1\"", "not a number, and has no negative" },
        { "k.int == -x", "not a number" },
        { "-5 == k.int", "a field, a protocol or a function is needed here" },
        { "k.int[0] == 1", "not a sequence of bytes, and cannot be sliced" },
        { "k.ago[0] == 1", "not a sequence of bytes, and cannot be sliced" },
        { "len(k.data)[0] == 1", "not a sequence of bytes, and cannot be sliced" },
    };
    (void)state;
    check_refused(list, SPK_COUNT_OF(list));
}

static void what_functions_take(void **state)
{
    static const struct refused list[] = {
        { "string(k.name) == \"a\"", "only numbers and addresses can be made text" },
        { "string(k.flag) == \"a\"", "only numbers and addresses can be made text" },
        { "upper(k.int) == \"A\"", "only text has upper and lower case" },
        { "lower(k.mac) == \"a\"", "only text has upper and lower case" },
        { "abs(k.name) == 1", "not a number" },
        { "abs(k.mac) == 1", "not a number" },
        { "string(1) == \"1\"", "a field, a protocol or a function is needed here" },
        { "len(k.int + 1) == 4", "a field is needed here" },
        { "abs(1) == 1", "a field, a protocol or a function is needed here" },
        { "abs(1 + 2) == 3", "a field is needed here" },
        { "max(k.int, \"a\") == 1", "a field is needed here" },
        { "min('a') == 1", "a field is needed here" },
        { "max(1, k.int) == 1", "a field comes first here" },
        { "max(k.int, k.tiny) > 0", "of another type than what stands before it" },
        { "max(k.int, k.word) > 0", "of another type than what stands before it" },
        { "max(k.int, x) > 0", "not a number" },
        { "max(k.int)", "a function gives a value, which has to be compared with something" },
        { "len() == 1", "this function needs something in its parentheses" },
        { "len(k.int, k.int) == 1", "this function takes one field" },
    };
    (void)state;
    check_refused(list, SPK_COUNT_OF(list));
}

static void what_compares(void **state)
{
    static const struct refused list[] = {
        { "k.flag == k.tiny", "these two are not of comparable types" },
        { "k.four[0] == k.tiny", "these two are not of comparable types" },
        { "k.tiny == k.four[0]", "these two are not of comparable types" },
        { "k.flag == k.four[0]", "these two are not of comparable types" },
        { "k.four == k.six", "these two are not of comparable types" },
        { "k.mac == k.name", "these two are not of comparable types" },
        { "k.mac contains k.name", "these two are not of comparable types" },
        { "k.name contains k.int", "these two are not of comparable types" },
        { "k.mark == 1", "this field has no value: it is there or not" },
        { "k.int contains 00", "neither bytes nor text, which is needed here" },
        { "k.mac contains \"x\"", "an address is compared with bytes, 00:0c:29" },
        { "k.mac contains x", "not bytes: hexadecimal digits, 00:0c:29, or a text in double quotes" },
        { "k.name matches k.data", "matches needs a regular expression in double quotes" },
        { "k.mac == \"abcdef\"", "not an Ethernet address: six bytes, 00:0c:29:4f:8e:35" },
        { "k.mac == 00:0c", "not an Ethernet address: six bytes, 00:0c:29:4f:8e:35" },
        { "5 in {1}", "a field, a protocol or a function is needed here" },
        { "k.int + 1 in {1}", "only a field can be in a set" },
        { "k.int in {k.four}", "not of the type of what is in the set" },
        { "k.int in {1 .. k.four}", "not of the type of what is in the set" },
        { "k.int in {x .. 1}", "not a number" },
        { "1 + 2", "there is no field in this" },
        { "-1", "there is no field in this" },
        { "5", "a field, a protocol or a function is needed here" },
        { "dns.queries in {1}", "this is a group of fields: ask for its members" },
        { "Zz == 1", "unknown field" },
        { "_x == 1", "unknown field" },
    };
    (void)state;
    check_refused(list, SPK_COUNT_OF(list));
}

static void literals(void **state)
{
    static const struct refused list[] = {
        { "k.int == \"5\"", "not a number" },
        { "k.int == \"5\\0\"", "not a number" },
        { "k.tiny == 128", "larger than the field can be" },
        { "k.int == 0x", "not a number" },
        { "k.int == 18446744073709551616", "not a number" },
        { "k.flag == \"1\\0\"", "neither true nor false" },
        { "k.flag == maybe", "neither true nor false: write True, False, or a number" },
        { "k.named == \"Set\"", "neither true nor false: write True, False, or a number" },
        { "k.four == \"1.2.3.4\"",
          "not an IPv4 address: four numbers, 192.0.2.1, and a prefix if you like, 192.0.2.0/24" },
        { "k.four == 1.2.3", "not an IPv4 address: four numbers, 192.0.2.1, and a prefix if you like, 192.0.2.0/24" },
        { "k.six == 1.2.3.4", "not an IPv6 address: 2001:db8::1, and a prefix if you like, 2001:db8::/32" },
        { "k.six == ::/129", "a prefix has at most 32 bits of an IPv4 address, 128 of an IPv6 address" },
        { "k.data == ab-", "not bytes: hexadecimal digits, 00:0c:29, or a text in double quotes" },
        { "k.ago == x", "not a number of seconds: 1.5" },
        { "k.ago == \"1\"", "not a number of seconds: 1.5" },
        { "k.ago == 1.x", "not a number of seconds: 1.5" },
        { "k.ago == 1.0000000001", "not a number of seconds: 1.5" },
        { "k.ago == 1x", "not a number of seconds: 1.5" },
        { "k.name == \"\\u0041\"", "not a Unicode character: \\u and four hexadecimal digits, \\U and eight" },
        { "k.name == \"\\ud800\"", "not a Unicode character: \\u and four hexadecimal digits, \\U and eight" },
        { "k.name == \"\\U00110000\"", "not a Unicode character: \\u and four hexadecimal digits, \\U and eight" },
        { "k.name == \"\\u12\"", "not a Unicode character: \\u and four hexadecimal digits, \\U and eight" },
        { "k.name == \"\\400\"", "an octal escape is at most \\377" },
        { "k.name == \"\\q\"", "no such escape in a string" },
        { "k.name == \"\\", "no such escape in a string" },
        { "k.name == \"\\x\"", "no such escape in a string" },
        { "k.int == '\\u00e4'", "not a single character" },
        { "k.int == '\xc3\xa4'", "not a single character" },
        { "k.int == 'ab'", "not a single character" },
        { "k.int == 'a", "not a single character" },
        { "k.int == ''", "a character stands between two single quotes" },
        { "k.int == '", "a character stands between two single quotes" },
        { "k.int == '\\q'", "no such escape in a string" },
        { "k.int == \xc3\xa4", "this has no meaning here" },
        { "k.int == .nothing", "behind a point stands the name of a field or protocol" },
        { "k.int#x == 1", "behind # stands the number of a layer, or several in brackets" },
    };
    char long_text[400] = "k.int == \"";
    char long_name[400] = "k.";
    struct spk_error error = { 0 };
    (void)state;
    check_refused(list, SPK_COUNT_OF(list));
    memset(long_text + strlen(long_text), '1', 300);
    strcat(long_text, "\"");
    assert_int_equal(ask(long_text, NULL, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "not a number");
    memset(long_name + 2, 'x', 200);
    assert_int_equal(ask(long_name, NULL, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "a field, a protocol or a function is needed here");
}

/* Wherever something is to follow, a string that is not closed is what is wrong, and it is marked. */
static void broken_everywhere(void **state)
{
    static const char *const fronts[] = {
        "",
        "k.int + ",
        "k.int == ",
        "-",
        "len(",
        "len(k.int, ",
        "len(k.int) ",
        "{",
        "k.int in ",
        "any ",
        "k.int in {",
        "k.int in {1, ",
        "k.int in {1 .. ",
        "k.int in {1} ",
        "k.int not ",
        "k.int not in ",
        "! ",
        "(",
        "(k.int) ",
        "k and ",
        "k or ",
        "k.data[0] ",
        "k.int#1 ",
        "k.name matches ",
        "k == 1 and ",
        "k.int not in {",
        "k ",
        "k.int == 1 ",
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(fronts); i++) {
        char text[64];
        struct spk_error error = { 0 };
        struct spk_filter_fault fault = { 0 };
        snprintf(text, sizeof text, "%s\"open", fronts[i]);
        assert_int_equal(ask(text, &fault, &error), SPK_ERR_USAGE);
        if (strcmp(error.what, "the string has no closing quote") != 0 || fault.at != strlen(fronts[i])
            || fault.len != 5) {
            fail_msg("%s: %s, at %u", text, error.what, fault.at);
        }
    }
}

/* The grammar's own refusals, and where each is marked. */
static void grammar(void **state)
{
    static const struct {
        const char *text;
        uint32_t at;
    } list[] = {
        { "k.int in {{1 + 2}}", 10 },
        { "k.int in {1 .. {2}}", 15 },
        { "k.int not == 1", 10 },
        { "k.int not in 1", 13 },
        { "any k.int", 9 },
        { "all k.int and k", 10 },
        { "k.int == 1 == 2 k", 16 },
        { "(k.int", 6 },
        { "k.int == {1", 11 },
        { "k )", 2 },
        { "k.name contains \"a\" contains \"b\"", 20 },
        { "k.int in {1", 11 },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        struct spk_filter_fault fault = { 0 };
        int said = ask(list[i].text, &fault, &error);
        if (said != SPK_ERR_USAGE || fault.at != list[i].at) {
            fail_msg("%s: %d at %u: %s", list[i].text, said, fault.at, error.what != NULL ? error.what : "");
        }
    }
}

/* What stands within itself too often. */
static void depth(void **state)
{
    static const struct {
        const char *front, *again, *back;
    } list[] = {
        { "", "abs(", "k.int) == 1" },
        { "k.data", "[0:]", " == 00" },
        { "k.int == ", "{", "1}" },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        char text[2048];
        struct spk_error error = { 0 };
        int used = snprintf(text, sizeof text, "%s", list[i].front);
        for (unsigned n = 0; n <= SPK_FILTER_DEPTH_MAX + 1; n++) {
            used += snprintf(text + used, sizeof text - (size_t)used, "%s", list[i].again);
        }
        snprintf(text + used, sizeof text - (size_t)used, "%s", list[i].back);
        assert_int_equal(ask(text, NULL, &error), SPK_ERR_USAGE);
        assert_string_equal(error.what, "nested too deeply");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_calculates), cmocka_unit_test(what_functions_take), cmocka_unit_test(what_compares),
        cmocka_unit_test(literals),        cmocka_unit_test(broken_everywhere),   cmocka_unit_test(grammar),
        cmocka_unit_test(depth),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
