/* Filters: libpcap's answers through our records, for every link type, and its words when it refuses. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#define DLT_RAW_FILE 101 /* a number that files and libpcap's own API call differently */

static const uint8_t udp_in_ip[] = {
    0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53, 0x30, 0x39, 0, 12, 0, 0, 1, 2, 3, 4,
};

static bool matches(uint16_t link, const char *expression, const uint8_t *data, uint32_t size)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_bpf *bpf;
    struct spk_error error;
    struct spk_record record = { .data = data, .caplen = size, .len = size, .link = link };
    assert_int_equal(spk_bpf_compile(link, 0, expression, message, &bpf, &error), SPK_OK);
    bool match = spk_bpf_match(bpf, &record);
    spk_bpf_free(bpf);
    return match;
}

static void the_same_packet_under_several_link_types(void **unused)
{
    uint8_t ethernet[14 + sizeof udp_in_ip] = { [12] = 8 };
    uint8_t cooked[16 + sizeof udp_in_ip] = { [14] = 8 };
    uint8_t cooked2[20 + sizeof udp_in_ip] = { [0] = 8 };
    uint8_t loop[4 + sizeof udp_in_ip] = { [3] = 2 };
    (void)unused;
    memcpy(ethernet + 14, udp_in_ip, sizeof udp_in_ip);
    memcpy(cooked + 16, udp_in_ip, sizeof udp_in_ip);
    memcpy(cooked2 + 20, udp_in_ip, sizeof udp_in_ip);
    memcpy(loop + 4, udp_in_ip, sizeof udp_in_ip);
    const struct {
        uint16_t link;
        const uint8_t *data;
        uint32_t size;
    } forms[] = {
        { SPK_LINK_ETHERNET, ethernet, sizeof ethernet }, { SPK_LINK_LINUX_SLL, cooked, sizeof cooked },
        { SPK_LINK_LINUX_SLL2, cooked2, sizeof cooked2 }, { SPK_LINK_LOOP, loop, sizeof loop },
        { DLT_RAW_FILE, udp_in_ip, sizeof udp_in_ip },    { SPK_LINK_IPV4, udp_in_ip, sizeof udp_in_ip },
    };
    for (size_t i = 0; i < SPK_COUNT_OF(forms); i++) {
        assert_true(matches(forms[i].link, "udp port 53", forms[i].data, forms[i].size));
        assert_true(matches(forms[i].link, "src host 10.0.0.1", forms[i].data, forms[i].size));
        assert_true(matches(forms[i].link, "", forms[i].data, forms[i].size));
        assert_false(matches(forms[i].link, "tcp", forms[i].data, forms[i].size));
        assert_false(matches(forms[i].link, "udp port 54", forms[i].data, forms[i].size));
        assert_false(matches(forms[i].link, "udp", forms[i].data, 4)); /* too short to say so */
    }
    /* what can be true of no packet of a link type is an answer, no error */
    assert_false(matches(SPK_LINK_IPV4, "ip6", udp_in_ip, sizeof udp_in_ip));
    assert_true(matches(SPK_LINK_ETHERNET, "greater 40", ethernet, sizeof ethernet));
}

static void refusals(void **unused)
{
    char message[SPK_BPF_MESSAGE], text[2000], *long_one = malloc(100001);
    struct spk_bpf *bpf;
    struct spk_error error;
    (void)unused;
    assert_int_equal(spk_bpf_compile(1, 0, "udp prot 53", message, &bpf, &error), SPK_ERR_USAGE);
    assert_null(bpf);
    assert_string_equal(error.who, "udp prot 53");
    assert_non_null(strstr(error.hint, "syntax error"));
    assert_true(spk_error_text(&error, text, sizeof text) > 20);
    assert_int_equal(spk_bpf_compile(60000, 0, "udp", message, &bpf, &error), SPK_ERR_UNSUPPORTED);
    assert_string_equal(error.hint, "link type 60000");
    memset(long_one, '(', 100000);
    long_one[100000] = '\0';
    assert_int_equal(spk_bpf_compile(1, 0, long_one, message, &bpf, &error), SPK_ERR_LIMIT);
    long_one[16000] = '\0';
    assert_int_equal(spk_bpf_compile(1, 0, long_one, message, &bpf, &error), SPK_ERR_USAGE);
    for (uint32_t i = 0; i < 16000; i++) {
        long_one[i] = "not "[i % 4];
    }
    strcpy(long_one + 15996, "ip");
    assert_int_equal(spk_bpf_compile(1, 0, long_one, message, &bpf, &error), SPK_OK);
    spk_bpf_free(bpf);
    spk_bpf_free(NULL);
    free(long_one);
}

/* Every link type there could be: a program or a clear refusal. */
static void every_link_type(void **unused)
{
    char message[SPK_BPF_MESSAGE];
    size_t known = 0;
    (void)unused;
    for (uint32_t link = 0; link < 400; link++) {
        struct spk_bpf *bpf;
        struct spk_error error;
        enum spk_status status = spk_bpf_compile((uint16_t)link, 0, "len > 0", message, &bpf, &error);
        assert_true(status == SPK_OK ? bpf != NULL : bpf == NULL && error.hint == message);
        known += status == SPK_OK;
        spk_bpf_free(bpf);
    }
    assert_true(known > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_packet_under_several_link_types),
        cmocka_unit_test(refusals),
        cmocka_unit_test(every_link_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
