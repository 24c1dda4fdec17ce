/* The internet checksum against the plain reading of RFC 1071: sixteen bits at a time, every length, every alignment. */
#include "support.h"

#include "base/csum.h"

#include <stdlib.h>
#include <string.h>

static uint16_t plain(const uint8_t *data, size_t len)
{
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < len; i += 2) {
        sum += (uint64_t)(data[i] << 8 | data[i + 1]);
    }
    sum += len % 2 != 0 ? (uint64_t)data[len - 1] << 8 : 0;
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static void sums_are_those_of_the_rfc(void **state)
{
    uint8_t data[128];
    (void)state;
    srand(1);
    for (unsigned round = 0; round < 2000; round++) {
        size_t at = (size_t)rand() % 8;
        size_t len = (size_t)rand() % 110;
        for (size_t i = 0; i < sizeof data; i++) {
            data[i] = (uint8_t)(round % 3 == 0 ? 0xff : rand());
        }
        size_t cut = len / 2 / 2 * 2;
        uint64_t sum = spk_csum_add(spk_csum_add(0, data + at, cut), data + at + cut, len - cut);
        assert_int_equal(spk_csum_done(sum), plain(data + at, len));
    }
    memset(data, 0, sizeof data);
    assert_int_equal(spk_csum_done(spk_csum_add(0, data, 20)), 0xffff);
}

/* Whatever a sum of 64 bits holds, its carries come round, and only a sum of nothing is 0. */
static void carries_come_round(void **state)
{
    static const uint64_t sums[] = { 0,
                                     1,
                                     0xffff,
                                     0x10000,
                                     0xfffe0001,
                                     UINT32_MAX,
                                     0xffffffff00000001,
                                     0x100000000,
                                     UINT64_MAX,
                                     UINT64_MAX - 1,
                                     0xfffeffffffffffff,
                                     0x0000ffff0000ffff,
                                     0x8000000080000000 };
    (void)state;
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        uint8_t bytes[8];
        uint64_t sum = sums[i];
        memcpy(bytes, &sum, sizeof bytes);
        assert_int_equal(spk_csum_done(sum), plain(bytes, sizeof bytes));
        assert_int_equal(spk_csum_done(sum) == 0xffff, sum == 0);
    }
}

static void numbers_count_as_their_bytes(void **state)
{
    static const uint8_t bytes[] = { 0x12, 0x34, 0xfe, 0xdc };
    (void)state;
    assert_int_equal(spk_csum_done(spk_csum_add_number(0, 0x1234fedc)), plain(bytes, 4));
    assert_int_equal(spk_csum_done(spk_csum_without(spk_csum_add(0, bytes, 4), bytes + 2)), plain(bytes, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_the_rfc),
        cmocka_unit_test(carries_come_round),
        cmocka_unit_test(numbers_count_as_their_bytes),
    };
    return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
