/* Registries when memory runs out: at every single allocation it is said, and nothing is left behind. */
#include "faults.h"

#include <steelpkt.h>

#include <string.h>

enum { LENGTH, NAME };

static const struct spk_row rows[] = {
    [LENGTH] = { .name = "m.len",
                 .also = "m.length m.laenge",
                 .kind = SPK_UINT,
                 .bits = 8,
                 .doc = "Bytes of the name." },
    [NAME] = { .name = "m.name", .kind = SPK_TEXT, .size = SPK_REF(LENGTH, 1, 0), .doc = "A name." },
};
static const struct spk_proto proto = {
    .name = "m",
    .hdr = { .name = "M", SPK_ROWS(rows) },
    .sits = SPK_SITS({ "udp.port", 9999 }, { "m.type", 1 }),
};
static const struct spk_proto *const list[] = { &proto };

/* The first call of all: whoever calls again gets it once there is memory. */
static void default_registry(void **state)
{
    (void)state;
    unsigned nth = 0;
    const struct spk_registry *registry;
    do {
        fired = false;
        countdown = ++nth;
        registry = spk_registry_default();
        assert_true((registry == NULL) == fired);
    } while (registry == NULL);
    countdown = 0;
    assert_true(nth > 1000);
    assert_ptr_equal(spk_registry_default(), registry);
}

static void look_around(const struct spk_registry *registry)
{
    size_t protos = spk_registry_proto_count(registry);
    size_t fields = spk_registry_field_count(registry);
    assert_ptr_equal(spk_registry_proto(registry, protos - 1), &proto);
    assert_null(spk_registry_proto(registry, protos));
    assert_ptr_equal(spk_registry_find(registry, "m"), &proto);
    assert_ptr_equal(spk_registry_at(registry, "udp.port", 9999), &proto);
    assert_non_null(spk_registry_space(registry, 0));
    assert_non_null(spk_registry_field(registry, fields - 1));
    assert_null(spk_registry_field(registry, fields));
    assert_ptr_equal(spk_field_find(registry, "m.laenge"), spk_field_find(registry, "m.len"));
    assert_string_equal(spk_field_nearest(registry, "m.nam"), "m.name");
}

static enum spk_status registry(void)
{
    struct spk_registry *made = NULL;
    enum spk_status status = spk_registry_new(spk_registry_default(), list, 1, &made, NULL);
    if (status == SPK_OK) {
        look_around(made);
    } else {
        assert_null(made);
    }
    spk_registry_free(made);
    return status;
}

static enum spk_status relinked(void)
{
    const struct spk_registry *base = spk_registry_default();
    struct spk_registry *made = NULL;
    struct spk_link links[3];
    struct spk_error error;
    assert_int_equal(spk_link_parse(base, "udp.port==5300-5302,dns", &links[0], &error), SPK_OK);
    assert_int_equal(spk_link_parse(base, "tcp.port==5300,dns", &links[1], &error), SPK_OK);
    assert_int_equal(spk_link_parse(base, "ethertype==0x88b5:3,ip", &links[2], &error), SPK_OK);
    enum spk_status status = spk_registry_relink(base, links, 3, &made, &error);
    if (status == SPK_OK) {
        assert_ptr_equal(spk_registry_at(made, "udp.port", 5302), spk_registry_find(base, "dns"));
    } else {
        assert_null(made);
        assert_int_equal(error.code, SPK_ERR_MEMORY);
    }
    spk_registry_free(made);
    return status;
}

/* Each field's text, read back. Not there without memory: the text is empty then. */
static enum spk_status values(void)
{
    static const char *const pairs[][2] = {
        { "ip.src", "192.0.2.1" },
        { "ipv6.src", "2001:db8::1" },
        { "eth.dst", "00:00:5e:00:53:01" },
        { "ip.ttl", "64" },
        { "tcp.flags", "0x0018" },
        { "dns.qry.type", "28" },
        { "udp.payload", "0a0b0c0d" },
        { "dns.txt", "some text \xc3\xa9" },
        { "frame.time_delta", "1.500000000" },
    };
    for (size_t i = 0; i < SPK_COUNT_OF(pairs); i++) {
        const struct spk_field *field = spk_field_find(spk_registry_default(), pairs[i][0]);
        struct spk_scratch scratch;
        struct spk_value value;
        struct spk_error error;
        char text[64];
        enum spk_status status = spk_value_parse(field->row, pairs[i][1], &scratch, &value, &error);
        if (status == SPK_ERR_MEMORY) {
            return status;
        }
        assert_int_equal(status, field->kind == SPK_DELTA ? SPK_ERR_USAGE : SPK_OK);
        if (status == SPK_OK && spk_value_text(field->row, &value, text, sizeof text) == 0) {
            return SPK_ERR_MEMORY;
        }
        assert_true(status != SPK_OK || strcmp(text, pairs[i][1]) == 0);
    }
    return SPK_OK;
}

static void registry_of_ones_own(void **state)
{
    (void)state;
    under_each_fault(registry, 50, 0);
}

static void registry_with_other_links(void **state)
{
    (void)state;
    under_each_fault(relinked, 50, 0);
}

static void values_and_their_text(void **state)
{
    (void)state;
    under_each_fault(values, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_registry), /* first */
        cmocka_unit_test(registry_of_ones_own),
        cmocka_unit_test(registry_with_other_links),
        cmocka_unit_test(values_and_their_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
