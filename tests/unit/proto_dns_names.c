/* DNS names as people write them to octets and back: escapes, pointers, lengths, and what is no name. */
#include "support.h"

#include <steelpkt.h>

#include <string.h>

static struct spk_build *build;
static const struct spk_field *name_field;

/* The octets of a question's name behind DNS's header, or NULL: it is refused as no value. */
static const uint8_t *octets_of(const char *text, uint32_t *size)
{
    const uint8_t *data = NULL;
    uint32_t len = 0;
    struct spk_error error = { 0 };
    spk_build_reset(build);
    assert_int_equal(spk_build_layer(build, spk_registry_find(spk_registry_default(), "dns")), SPK_OK);
    spk_build_enter(build, spk_field_find(spk_registry_default(), "dns.queries"));
    spk_build_set_text(build, name_field, text);
    spk_build_leave(build);
    enum spk_status status = spk_build_finish(build, 0, &data, &len, &error);
    if (status != SPK_OK) {
        assert_int_equal(status, SPK_ERR_USAGE);
        assert_string_equal(error.who, "dns.qry.name");
        assert_string_equal(error.what, "the text is no value of the field");
        return NULL;
    }
    *size = len - 12 - 4; /* without type and class */
    return data + 12;
}

static void written(void **state)
{
    static const struct {
        const char *text, *hex; /* NULL: no name */
    } list[] = {
        { "", "00" },
        { ".", "00" },
        { "<Root>", "00" },
        { "a", "016100" },
        { "a.bc.", "016102626300" },
        { "a\\.b", "03612e6200" },
        { "a\\032b", "0361206200" },
        { "\\255\\000", "02ff0000" },
        { "a\\\\", "02615c00" },
        { "@12", "c00c" },
        { "@16383", "ffff" },
        { "a.@12", "0161c00c" },
        { "@16384", "0640313633383400" },
        { "@1x", "0340317800" },
        { "@", "014000" },
        { "a\\", NULL },
        { "\\2", NULL },
        { "\\25", NULL },
        { "\\2x5", NULL },
        { "\\25x", NULL },
        { "\\256", NULL },
        { "\\999", NULL },
        { "a..b", NULL },
        { ".a", NULL },
        { "..", NULL },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        char hex[128] = "";
        uint32_t size = 0;
        const uint8_t *octets = octets_of(list[i].text, &size);
        for (uint32_t k = 0; octets != NULL && k < size; k++) {
            snprintf(hex + 2 * k, 3, "%02x", octets[k]);
        }
        if ((octets == NULL) != (list[i].hex == NULL) || (octets != NULL && strcmp(hex, list[i].hex) != 0)) {
            fail_msg("%s: %s", list[i].text, octets != NULL ? hex : "no name");
        }
    }
}

/* 63 octets in a label, 255 in a name, and not one more. */
static void as_long_as_may_be(void **state)
{
    char text[1024];
    uint32_t size = 0;
    (void)state;
    memset(text, 'a', sizeof text);
    text[63] = '\0';
    assert_non_null(octets_of(text, &size));
    assert_int_equal(size, 65);
    text[63] = 'a';
    text[64] = '\0';
    assert_null(octets_of(text, &size));
    memset(text, 'a', sizeof text);
    for (size_t i = 63; i < 256; i += 64) {
        text[i] = '.';
    }
    text[3 * 64 + 61] = '\0'; /* 3 times 64 octets, 62, and the root */
    assert_non_null(octets_of(text, &size));
    assert_int_equal(size, 255);
    text[3 * 64 + 61] = 'a';
    text[3 * 64 + 62] = '\0';
    assert_null(octets_of(text, &size));
    text[3 * 64 + 62] = 'a'; /* and much more than that */
    text[3 * 64 + 70] = '\0';
    assert_null(octets_of(text, &size));
    for (size_t i = 0; i < 300; i += 2) {
        memcpy(text + i, "a.", 2);
    }
    text[254] = '\0'; /* 127 labels */
    assert_non_null(octets_of(text, &size));
    assert_int_equal(size, 255);
    text[254] = 'a';
    text[256] = '\0';
    assert_null(octets_of(text, &size));
    text[256] = 'a';
    text[300] = '\0';
    assert_null(octets_of(text, &size));
}

/* What a label of these octets is shown as; what is no character is U+FFFD, what shows nothing is its number. */
static void shown(void **state)
{
    static const struct {
        const char *octets, *text;
    } list[] = {
        { "caf\xc3\xa9", "caf\xc3\xa9" },
        { "\xe2\x82\xac", "\xe2\x82\xac" },
        { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
        { "\xf4\x90\x80\x80", "\xef\xbf\xbd" },
        { "\xed\xa0\x80", "\xef\xbf\xbd" },
        { "\xf8\x88\x80\x80\x80", "\xef\xbf\xbd" },
        { "\xfc\x84\x80\x80\x80\x80", "\xef\xbf\xbd" },
        { "\xfe-", "\xef\xbf\xbd-" },
        { "\xe2\x82", "\xef\xbf\xbd" },
        { "\x80", "\xef\xbf\xbd" },
        { "\xc2\x85", "\\u0085" },
        { "\xe2\x80\x8b", "\\u200B" },
        { "\xf3\xa0\x80\x81", "\\U000E0001" },
        { "a\tb", "a\\tb" },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        uint8_t bytes[64] = { [5] = 1 };
        char text[256];
        struct spk_packet packet;
        uint32_t len = 12;
        bytes[len++] = (uint8_t)strlen(list[i].octets);
        memcpy(bytes + len, list[i].octets, strlen(list[i].octets));
        len += (uint32_t)strlen(list[i].octets) + 5;
        spk_decode_as(spk_registry_default(), spk_registry_find(spk_registry_default(), "dns"), bytes, len, len,
                      &packet);
        assert_true(spk_packet_text(&packet, name_field, text, sizeof text));
        assert_string_equal(text, list[i].text);
    }
}

static int set_up(void **state)
{
    (void)state;
    name_field = spk_field_find(spk_registry_default(), "dns.qry.name");
    return spk_build_new(spk_registry_default(), &build) != SPK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    spk_build_free(build);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written),
        cmocka_unit_test(as_long_as_may_be),
        cmocka_unit_test(shown),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
