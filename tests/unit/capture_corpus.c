/*
 * Every capture at hand is read to its end or to one clear error; by path and by memory alike; and
 * where Wireshark's capinfos reads it, it counts the same packets.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

/*
 * Files that capinfos counts otherwise: name, what it says, what we say, and why. Both counts are checked, so that a
 * line that is no longer true fails.
 */
static const struct {
    const char *name;
    uint64_t theirs;
    uint64_t ours;
    const char *why;
} differ[] = {
    { "pcapplusplus__solaris.snoop", 250, 0, "a snoop capture: refused with a clear error" },
    { "libpcap__pcap-invalid-version-2.pcap", 1, 0, "version 2.5, which libpcap refuses too: there is no such" },
    { "pcapplusplus__crash-exception-cast-constructed-record", 1, 2,
      "the second record is whole; they take its garbage for another variant of pcap" },
    { "pcapplusplus__clusterfuzz-testcase-minimized-FuzzTarget-5766899836387328", 0, 1,
      "version 2.3 with the lengths the other way round, as that version allows" },
};

static struct file_list files;

static int set_up(void **unused)
{
    (void)unused;
    files = all_captures();
    return files.count == 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    free_files(&files);
    return 0;
}

static void to_the_end_or_one_clear_error(void **unused)
{
    size_t whole = 0, damaged = 0, refused = 0;
    uint64_t packets = 0;
    (void)unused;
    for (size_t i = 0; i < files.count; i++) {
        char text[300];
        struct outcome out = read_path(files.paths[i], false);
        struct outcome blocks = read_path(files.paths[i], true);
        struct bytes bytes = read_file(files.paths[i]);
        struct outcome memory = read_memory(bytes.at, bytes.size);
        free(bytes.at);
        assert_true(out.status == SPK_END || out.status < 0);
        assert_true(out.packets == blocks.packets && out.sum == blocks.sum && out.status == blocks.status);
        assert_true(out.packets == memory.packets && out.sum == memory.sum && out.status == memory.status);
        if (out.status < 0) {
            assert_non_null(out.what);
            assert_string_equal(out.error.who, files.paths[i]);
            assert_true(spk_error_text(&out.error, text, sizeof text) > strlen(out.error.who));
        }
        packets += out.packets;
        whole += out.status == SPK_END;
        refused += out.status == SPK_ERR_UNSUPPORTED;
        damaged += out.status < 0 && out.status != SPK_ERR_UNSUPPORTED;
    }
    print_message("# %zu captures: %zu to their end, %zu damaged, %zu of a kind not read; %llu packets\n", files.count,
                  whole, damaged, refused, (unsigned long long)packets);
    assert_true(whole > 0);
}

/* Whether a difference is one of those known. */
static bool is_known(const char *path, uint64_t theirs, uint64_t ours)
{
    for (size_t i = 0; i < SPK_COUNT_OF(differ); i++) {
        if (strcmp(strrchr(path, '/') + 1, differ[i].name) == 0) {
            assert_true(differ[i].theirs == theirs && differ[i].ours == ours);
            return true;
        }
    }
    return false;
}

/* One line of "capinfos -T": the path, a tab, the count. False: not such a line. */
static bool compare_line(char *line, size_t *different)
{
    char *tab = strrchr(line, '\t'), *end;
    if (tab == NULL) {
        return false;
    }
    uint64_t theirs = strtoull(tab + 1, &end, 10);
    *tab = '\0';
    if (end == tab + 1) {
        return false;
    }
    struct outcome out = read_path(line, false);
    if (out.packets != theirs && !is_known(line, theirs, out.packets)) {
        print_message("# %s: capinfos counts %llu, we %llu (%s)\n", line, (unsigned long long)theirs,
                      (unsigned long long)out.packets, out.what != NULL ? out.what : "to its end");
        (*different)++;
    }
    return true;
}

static void counts_as_capinfos_does(void **unused)
{
    char directory[256], script[512], line[2048];
    size_t compared = 0, different = 0;
    (void)unused;
    if (system("capinfos --version >/dev/null 2>&1") != 0) {
        print_message("# no capinfos here\n");
        skip();
    }
    make_directory(directory, sizeof directory);
    snprintf(script, sizeof script, "%s/run", directory);
    FILE *out = fopen(script, "w");
    for (size_t i = 0; i < files.count; i++) {
        if (i % 100 == 0) {
            fprintf(out, "\ncapinfos -T -r -M -c");
        }
        fprintf(out, " '%s'", files.paths[i]);
    }
    fprintf(out, "\n");
    fclose(out);
    snprintf(line, sizeof line, "LC_ALL=C sh '%s' 2>/dev/null", script);
    FILE *in = popen(line, "r");
    while (fgets(line, sizeof line, in) != NULL) {
        compared += compare_line(line, &different);
    }
    pclose(in);
    remove_directory(directory);
    print_message("# %zu captures compared, %zu differ\n", compared, different);
    assert_true(compared > 0);
    assert_true(different == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_end_or_one_clear_error),
        cmocka_unit_test(counts_as_capinfos_does),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
