/* Building when memory runs out at any byte that is put: it is said, whatever was being written, and nothing leaks. */
#include "short_buffers.h"

#include <steelpkt.h>

#include <string.h>

static const char *line;

static enum spk_status from_a_line(void)
{
    struct spk_build *build = NULL;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    struct spk_error error;
    enum spk_status status = spk_build_new(spk_registry_default(), &build);
    if (status != SPK_OK) {
        return status;
    }
    status = spk_build_line(build, line, &error);
    status =
        status == SPK_OK ? spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, &error) : status;
    assert_true(status != SPK_OK || len > 0);
    deliver(data, status == SPK_OK ? len : 0);
    if (status != SPK_OK && status != SPK_ERR_MEMORY) {
        fail_msg("%s: %s: %s", line, error.who, error.what);
    }
    spk_build_free(build);
    return status;
}

static void each_line(void **state)
{
    static const char *const lines[] = {
        "eth / ip(src=192.0.2.1, options=01010100, proto=17) / udp(dport=53) / "
        "dns(query_resp=1, queries=[(query_name=a.example, query_type=1)], "
        "answers=[(domain_name=a.example, res_type=1, a=192.0.2.3), (domain_name=b.example, res_type=28, aaaa=::1)])",
        "eth / arp(sender_hw_addr=00:00:5e:00:53:01)",
        "eth / ipv6(src=::1) / tcp(sport=80, options=01010101) / \"GET /\" / hex:00ff",
        "mpls(labels=[(label=7), (label=8)]) / ip / icmp",
        "ip(proto=2) / igmp(type=34, group_records=[(type=1, group_address=224.0.0.1)])",
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(lines); i++) {
        line = lines[i];
        without_each_allocation(from_a_line, 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
