/* One packet as a tree: lines, the bytes beside them, the dump and its marks. */
#include "query_small.h"

#include "query/tree.h"

#include "query/out.h"

/* The tree of bytes as packets of the small protocol, without what stands before its layers. */
static const char *show(const uint8_t *bytes, uint32_t len, struct spk_tree_options options, struct spk_out *out)
{
    struct spk_packet packet;
    size_t size = 0;
    spk_out_clear(out);
    spk_decode(small_registry(), SMALL_LINK, bytes, len, len, &packet);
    assert_int_equal(spk_tree_text(&packet, &options, out), SPK_OK);
    assert_int_equal(spk_out_put(out, "", 1), SPK_OK); /* ends the text */
    const char *text = strstr(spk_out_data(out, &size), "Small");
    assert_non_null(text);
    return text;
}

static const struct spk_field *field(const char *name)
{
    return spk_field_find(small_registry(), name);
}

static void a_tree_has_a_line_a_field(void **state)
{
    uint8_t bytes[64];
    struct spk_out *out = NULL;
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    uint32_t len = small_packet(bytes, 3, "a\n", 2);
    assert_string_equal(show(bytes, len, (struct spk_tree_options){ 0 }, out),
                        "Small (q), bytes 0 to 9\n    q.id: 3\n    q.twice: 7\n    q.flag: 1\n"
                        "    q.address: 192.0.2.3\n    q.name_len: 0x02\n    q.name: a\\x0a\n");
    spk_out_free(out);
}

static void bytes_stand_beside_their_line(void **state)
{
    uint8_t bytes[64];
    struct spk_out *out = NULL;
    const struct spk_field *marks[] = { field("q.flag"), field("q.name") };
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    uint32_t len = small_packet(bytes, 3, "abcdefg", 7);
    assert_string_equal(
        show(bytes, len, (struct spk_tree_options){ .hex = true, .marks = marks, .mark_count = 2 }, out),
        "Small (q), bytes 0 to 14\n"
        "0000  00 03                q.id: 3\n"
        "0000  00 03                q.twice: 7\n"
        "0002 [1... ....]           q.flag: 1\n"
        "0003  c0 00 02 03          q.address: 192.0.2.3\n"
        "0007  07                   q.name_len: 0x07\n"
        "0008 [61 62 63 64 65 66..] q.name: abcdefg\n"
        "\n"
        "0000  00 03[80]c0 00 02 03 07 [61 62 63 64 65 66 67]    ........abcdefg\n");
    spk_out_free(out);
}

static void long_values_go_on_below(void **state)
{
    uint8_t bytes[64];
    struct spk_out *out = NULL;
    (void)state;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    uint32_t len = small_packet(bytes, 1, "www.example.org,www.example.net", 31);
    assert_non_null(strstr(show(bytes, len, (struct spk_tree_options){ .hex = true, .width = 60 }, out),
                           " q.name: www.example.org,\n                                   www.example.net\n\n"));
    assert_non_null(strstr(show(bytes, len, (struct spk_tree_options){ .hex = true, .width = 50 }, out),
                           " q.name: \n                             www.example.org,\n"
                           "                             www.example.net\n\n"));
    spk_out_free(out);
}

static void bits_are_shown_in_their_bytes(void **state)
{
    static const uint8_t bytes[] = { 0xa5, 0x0f, 0x12, 0x34, 0x56, 0x78, 0x9a };
    static const struct {
        uint32_t bit, width;
        const char *text;
    } cases[] = {
        { 0, 0, "                           " },  { 0, 4, "0000  1010 ....            " },
        { 7, 1, "0000  .... ...1            " },  { 3, 10, "0000  ...0 0101 0000 1...  " },
        { 4, 13, "0000  a5 0f 12             " }, { 8, 16, "0001  0f 12                " },
        { 0, 56, "0000  a5 0f 12 34 56 78..  " },
    };
    const struct spk_packet packet = { .data = bytes, .caplen = sizeof bytes };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(cases); i++) {
        struct spk_buf out = { 0 };
        assert_true(spk_tree_gutter(&out, &packet, cases[i].bit, cases[i].width, false));
        assert_int_equal(out.len, SPK_TREE_GUTTER);
        assert_memory_equal(out.data, cases[i].text, SPK_TREE_GUTTER);
        spk_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_has_a_line_a_field),
        cmocka_unit_test(bytes_stand_beside_their_line),
        cmocka_unit_test(long_values_go_on_below),
        cmocka_unit_test(bits_are_shown_in_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
