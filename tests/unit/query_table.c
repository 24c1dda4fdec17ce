/* Tables fitted into a terminal, and text kept from being a formula. */
#include "query_small.h"

#include "query/out.h"

/* The rows (1, texts[0]), (2, texts[1]), ... of q.id and q.name, as a sink of these options writes them. */
static void write_rows(struct spk_sink_options options, const char *const *texts, char *to, size_t size)
{
    const char *names[] = { "q.id", "q.name" };
    const struct spk_query_options asked = { .registry = small_registry() };
    struct spk_query *query = NULL;
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    size_t len = 0;
    assert_int_equal(spk_query_new(names, 2, &asked, &query, NULL), SPK_OK);
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_sink_new(query, &options, out, &sink, NULL), SPK_OK);
    for (size_t i = 0; texts[i] != NULL; i++) {
        struct spk_item items[] = {
            { .row = &small_rows[ID], .value = { .kind = SPK_UINT, .u = i + 1 } },
            { .row = &small_rows[NAME],
              .value = { .kind = SPK_TEXT, .data = (const uint8_t *)texts[i], .len = (uint32_t)strlen(texts[i]) } },
        };
        const struct spk_cell cells[] = { { &items[0], 1, 1 }, { &items[1], texts[i][0] != '\0', 1 } };
        assert_int_equal(spk_sink_row(sink, &(struct spk_cells){ .cells = cells, .count = 2 }), SPK_OK);
    }
    assert_int_equal(spk_sink_flush(sink), SPK_OK);
    const char *text = spk_out_data(out, &len);
    assert_true(len < size);
    memcpy(to, text, len);
    to[len] = '\0';
    spk_sink_free(sink);
    spk_out_free(out);
    spk_query_free(query);
}

static size_t fold(const char *text, size_t columns)
{
    return spk_utf8_fold((const uint8_t *)text, strlen(text), columns);
}

static void lines_break_where_they_read_best(void **state)
{
    (void)state;
    assert_int_equal(fold("short", 5), 5);
    assert_int_equal(fold("a,bb,ccc", 4), 2);
    assert_int_equal(fold("a,bb,ccc", 5), 5);
    assert_int_equal(fold("a b.c.d", 6), 2);           /* a blank before a full stop */
    assert_int_equal(fold("www.example.org", 13), 12); /* a full stop before anything */
    assert_int_equal(fold("0123456789", 4), 4);
    assert_int_equal(fold("\xe6\x97\xa5\xe6\x9c\xac", 3), 3); /* two columns each */
    assert_int_equal(fold("\xe6\x97\xa5\xe6\x9c\xac", 1), 3); /* never nothing */
    assert_int_equal(fold("e\xcc\x81"
                          "a",
                          1),
                     3); /* an accent stays with its letter */
    assert_int_equal(fold("", 4), 0);
}

static void cells_go_on_below(void **state)
{
    static const char *const texts[] = { "www.example.org", "", "one,two,three,four", NULL };
    char text[512];
    (void)state;
    struct spk_sink_options table = { .format = SPK_SINK_TABLE, .header = true, .width = 19 };
    write_rows(table, texts, text, sizeof text);
    assert_string_equal(text, "q.  q.name\n"
                              "id\n"
                              " 1  www.example.org\n"
                              " 2\n"
                              " 3  one,two,three,\n"
                              "    four\n");
    table.header = false;
    table.width = 40;
    write_rows(table, texts, text, sizeof text);
    assert_string_equal(text, "1  www.example.org\n2\n3  one,two,three,four\n");
}

static void a_cell_takes_at_most_eight_lines(void **state)
{
    static const char *const texts[] = { "0123456789012345678901234567890123456789012345678901234567890123456789"
                                         "01234567890123456789012345678901234567890123456789",
                                         NULL };
    char text[512];
    (void)state;
    const struct spk_sink_options table = { .format = SPK_SINK_TABLE, .width = 15 };
    write_rows(table, texts, text, sizeof text);
    assert_string_equal(text, "1  012345678901\n   234567890123\n   456789012345\n   678901234567\n   890123456789\n"
                              "   012345678901\n   234567890123\n   456789012...\n");
    const struct spk_sink_options free_table = { .format = SPK_SINK_TABLE };
    write_rows(free_table, texts, text, sizeof text);
    assert_int_equal(strlen(text), 3 + strlen(texts[0]) + 1); /* without a width nothing is left out */
}

static void rows_without_room_are_blocks(void **state)
{
    static const char *const texts[] = { "www.example.org", "", NULL };
    char text[512];
    (void)state;
    const struct spk_sink_options table = { .format = SPK_SINK_TABLE, .header = true, .width = 14 };
    write_rows(table, texts, text, sizeof text);
    assert_string_equal(text, "q.id    1\nq.name  www.example.\n        org\n\nq.id    2\nq.name\n\n");
}

static void names_stand_out(void **state)
{
    static const char *const texts[] = { "a", NULL };
    char text[512];
    (void)state;
    const struct spk_sink_options table = { .format = SPK_SINK_TABLE, .header = true, .colour = true, .width = 80 };
    write_rows(table, texts, text, sizeof text);
    assert_string_equal(text, "\x1b[1mq.id  q.name\n\x1b[0m   1  a\n");
}

/* For every width from where columns stand side by side: no line is wider, and all of every text is there. */
static void no_line_is_wider_than_the_terminal(void **state)
{
    static const char *const texts[] = { "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.example",
                                         "a b c d e f g h i j k l m n",
                                         "0011223344556677889900112233445566778899",
                                         "x",
                                         "one,two,,three",
                                         NULL };
    char text[2048];
    (void)state;
    for (uint32_t width = 15; width < 90; width++) {
        const struct spk_sink_options table = { .format = SPK_SINK_TABLE, .width = width };
        write_rows(table, texts, text, sizeof text);
        size_t row = 0;
        size_t at = 0;
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            assert_true(spk_utf8_columns((const uint8_t *)line, strlen(line)) <= width);
            if (line[0] != ' ') {
                assert_true(row == 0 || texts[row - 1][at] == '\0');
                row++;
                at = 0;
            }
            assert_memory_equal(line + 3, texts[row - 1] + at, strlen(line + 3));
            at += strlen(line + 3);
            at += texts[row - 1][at] == ' '; /* the one at which it was broken */
        }
        assert_int_equal(row, 5);
    }
}

static void text_is_kept_from_being_a_formula(void **state)
{
    static const char *const texts[] = { "=1+1",
                                         "+1",
                                         "-1",
                                         "@a",
                                         "\t=1",
                                         "  =1",
                                         "a=1",
                                         "\xef\xbc\x9d"
                                         "1",
                                         "'=1",
                                         NULL };
    char text[512];
    (void)state;
    struct spk_sink_options csv = { .format = SPK_SINK_CSV, .plain_text = true };
    write_rows(csv, texts, text, sizeof text);
    assert_string_equal(text, "1,'=1+1\r\n2,'+1\r\n3,'-1\r\n4,'@a\r\n5,'\t=1\r\n6,'  =1\r\n7,a=1\r\n8,'\xef\xbc\x9d"
                              "1\r\n9,'=1\r\n");
    csv.plain_text = false;
    write_rows(csv, texts, text, sizeof text);
    assert_memory_equal(text, "1,=1+1\r\n", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_where_they_read_best),
        cmocka_unit_test(cells_go_on_below),
        cmocka_unit_test(a_cell_takes_at_most_eight_lines),
        cmocka_unit_test(rows_without_room_are_blocks),
        cmocka_unit_test(names_stand_out),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(text_is_kept_from_being_a_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
