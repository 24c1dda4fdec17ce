/* Sentences of errors however short their room is, addresses and numbers as text, and a buffer that cannot grow so far. */
#include "base/address.h"
#include "base/buf.h"
#include "support.h"

#include <steelpkt/base.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* However much room there is: the beginning of the sentence, ended, and the length of the whole. */
static void check_sentence(const struct spk_error *error, const char *wanted)
{
    char text[256];
    size_t whole = strlen(wanted);
    for (size_t size = 0; size < sizeof text; size++) {
        memset(text, '#', sizeof text);
        assert_int_equal(spk_error_text(error, text, size), whole);
        size_t fits = size == 0 ? 0 : whole < size ? whole : size - 1;
        assert_memory_equal(text, wanted, fits);
        assert_int_equal(text[fits], size == 0 ? '#' : '\0');
        assert_int_equal(text[size], '#'); /* nothing behind the room */
    }
}

static void sentences(void **state)
{
    char wanted[256];
    struct spk_error error = { .code = SPK_OK };
    (void)state;
    check_sentence(&error, "no error");
    error = (struct spk_error){ .code = SPK_ERR_CUT,
                                .who = "a.pcap",
                                .what = "record cut",
                                .has_at = true,
                                .at = 77,
                                .packet = 3,
                                .need = 16,
                                .have = 9,
                                .skipped = 5,
                                .hint = "see there" };
    check_sentence(&error, "a.pcap: record cut, at byte 77 (packet 3): needed 16, had 9; skipped 5 bytes; see there");
    error = (struct spk_error){ .code = SPK_ERR_CUT, .what = "zeros", .have = 9 };
    check_sentence(&error, "zeros: 9 bytes");
    error = (struct spk_error){ .code = SPK_ERR_IO, .what = "cannot be read", .sys_errno = ENOENT };
    snprintf(wanted, sizeof wanted, "cannot be read: %s", strerror(ENOENT));
    check_sentence(&error, wanted);
}

static void ethernet_addresses(void **state)
{
    static const struct {
        const char *text;
        uint8_t bytes[6];
        bool good;
    } list[] = {
        { "00:0c:29:4f:8e:35", { 0, 0x0c, 0x29, 0x4f, 0x8e, 0x35 }, true },
        { "00-0C-29-4F-8E-35", { 0, 0x0c, 0x29, 0x4f, 0x8e, 0x35 }, true },
        { "0:c:29:4F:8e:3", { 0, 0x0c, 0x29, 0x4f, 0x8e, 3 }, true },
        { "", { 0 }, false },
        { "00", { 0 }, false },
        { "00:", { 0 }, false },
        { "00:0c:29:4f:8e", { 0 }, false },
        { "00:0c:29:4f:8e:", { 0 }, false },
        { "00:0c:29:4f:8e:35:01", { 0 }, false },
        { "00:0c:29:4f:8e:355", { 0 }, false },
        { "00.0c.29.4f.8e.35", { 0 }, false },
        { "000c294f8e35", { 0 }, false },
        { "0g:0c:29:4f:8e:35", { 0 }, false },
        { "00:0c:29:4f:8e:g5", { 0 }, false },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        uint8_t bytes[6] = { 0 };
        if (spk_mac_parse(list[i].text, bytes) != list[i].good) {
            fail_msg("%s", list[i].text);
        }
        if (list[i].good) {
            assert_memory_equal(bytes, list[i].bytes, sizeof bytes);
        }
    }
}

static void hexadecimal(void **state)
{
    char text[24] = { 0 };
    (void)state;
    assert_int_equal(spk_hex_text(UINT64_MAX - 1, 16, text), 16);
    assert_string_equal(text, "fffffffffffffffe");
    assert_int_equal(spk_hex_text(0xabc, 20, text), 20); /* wider than any number: zeros in front */
    assert_string_equal(text, "00000000000000000abc");
    assert_int_equal(spk_hex_text(0xabc, 2, text), 2);
    assert_memory_equal(text, "bc0", 3);
}

/* Digits alone, of which there are count, and nothing behind them. */
static void check_digits(uint64_t number, const char *wanted, size_t count, size_t given)
{
    char text[32];
    memset(text, '#', sizeof text);
    if (given == 0) {
        assert_int_equal(spk_uint_text(number, text), count);
    } else {
        spk_digits_text(number, given, text);
    }
    assert_memory_equal(text, wanted, count);
    assert_int_equal(text[count], '#');
}

/* Each number of digits from its smallest to its largest, as printf has it; exactly so many digits cut or fill in front. */
static void decimal(void **state)
{
    char wanted[48];
    (void)state;
    for (uint64_t power = 1, last = 0; power > last; last = power, power *= 10) {
        const uint64_t numbers[] = { power - 1, power, power + 1, power + power / 7, power * 9 };
        for (size_t i = 0; i < SPK_COUNT_OF(numbers); i++) {
            const size_t count = (size_t)snprintf(wanted, sizeof wanted, "%" PRIu64, numbers[i]);
            check_digits(numbers[i], wanted, count, 0);
            for (size_t given = 1; given <= 20; given++) {
                const size_t whole = (size_t)snprintf(wanted, sizeof wanted, "%020" PRIu64, numbers[i]);
                check_digits(numbers[i], wanted + whole - given, given, given);
            }
        }
    }
    check_digits(UINT64_MAX, "18446744073709551615", 20, 0);
    for (uint64_t number = 0; number < 70000; number++) {
        check_digits(number, wanted, (size_t)snprintf(wanted, sizeof wanted, "%" PRIu64, number), 0);
    }
}

static void a_buffer_keeps_what_it_has(void **state)
{
    struct spk_buf buf = { .len = 0 };
    (void)state;
    assert_true(spk_buf_put_text(&buf, "hello"));
    assert_false(spk_buf_grow(&buf, SIZE_MAX / 2));
    assert_false(spk_buf_grow(&buf, SIZE_MAX));
    assert_int_equal(buf.len, 5);
    assert_memory_equal(buf.data, "hello", 5);
    spk_buf_cut(&buf, 9); /* which is not as long */
    assert_int_equal(buf.len, 5);
    spk_buf_cut(&buf, 2);
    assert_int_equal(buf.len, 2);
    spk_buf_free(&buf);
    assert_int_equal(buf.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences), cmocka_unit_test(ethernet_addresses),         cmocka_unit_test(hexadecimal),
        cmocka_unit_test(decimal),   cmocka_unit_test(a_buffer_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
