/*
 * Hostile captures: each file of tests/hostile/captures.py, and compressed ones made here, must come out exactly as
 * tests/hostile/outcomes.txt says: by path, from memory, from a pipe in small pieces, and by blocks.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <lz4frame.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <zstd.h>

#define MIB (1024 * 1024)

struct expected {
    char name[40];
    uint64_t packets;
    enum spk_status status;
    char what[60]; /* part of the error; "": it ends well */
    uint32_t warnings;
    int64_t time_ns; /* of the last record, where has_time */
    bool has_time;
};

static struct expected cases[200];
static size_t case_count;

static void take_end(struct expected *out, const char *word)
{
    static const struct {
        const char *word;
        enum spk_status status;
    } ends[] = { { "end", SPK_END },
                 { "cut", SPK_ERR_CUT },
                 { "damaged", SPK_ERR_DAMAGED },
                 { "unsupported", SPK_ERR_UNSUPPORTED },
                 { "limit", SPK_ERR_LIMIT } };
    for (size_t i = 0; i < SPK_COUNT_OF(ends); i++) {
        if (strcmp(ends[i].word, word) == 0) {
            out->status = ends[i].status;
            return;
        }
    }
    fail_msg("%s: no such end: %s", out->name, word);
}

static void take_warning(struct expected *out, const char *word)
{
    /* in the order of enum spk_warning */
    static const char *const words[] = { "caplen-over-len", "over-snaplen", "time-fraction",    "time-range",
                                         "link-unknown",    "options",      "interface-option", "names",
                                         "statistics",      "secrets" };
    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        if (strcmp(words[i], word) == 0) {
            out->warnings |= 1u << i;
            return;
        }
    }
    fail_msg("%s: no such warning: %s", out->name, word);
}

/* NAME PACKETS END [time=N] [warn=WORD]... [part of the error] */
static void take_line(char *line)
{
    struct expected *out = &cases[case_count];
    char *rest = NULL;
    char *name = strtok_r(line, " ", &rest);
    char *packets = strtok_r(NULL, " ", &rest);
    char *end = strtok_r(NULL, " ", &rest);
    assert_non_null(end);
    assert_true(case_count++ < SPK_COUNT_OF(cases));
    snprintf(out->name, sizeof out->name, "%s", name);
    out->packets = strtoull(packets, NULL, 10);
    take_end(out, end);
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (strncmp(word, "time=", 5) == 0) {
            out->time_ns = strtoll(word + 5, NULL, 10);
            out->has_time = true;
        } else if (strncmp(word, "warn=", 5) == 0) {
            take_warning(out, word + 5);
        } else {
            size_t used = strlen(out->what);
            snprintf(out->what + used, sizeof out->what - used, "%s%s", used > 0 ? " " : "", word);
        }
    }
}

/* The lines of tests/hostile/outcomes.txt. */
static void read_outcomes(void)
{
    char path[512];
    char *rest = NULL;
    snprintf(path, sizeof path, "%s/tests/hostile/outcomes.txt", source_root());
    struct bytes text = read_file(path);
    assert_non_null(text.at);
    text.at[text.size] = '\0';
    for (char *line = strtok_r((char *)text.at, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] != '#') {
            take_line(line);
        }
    }
    free(text.at);
}

static char directory[256];

/* A pcap of so many packets of so many bytes each. */
static struct bytes make_pcap(size_t count, size_t size)
{
    struct bytes made = { malloc(24 + count * (16 + size)), 24 + count * (16 + size) };
    const uint32_t head[6] = { 0xa1b2c3d4, 0, 0, 0, 262144, 1 };
    const uint16_t version[2] = { 2, 4 };
    uint8_t *p = made.at + 24;
    memcpy(made.at, head, 24);
    memcpy(made.at + 4, version, 4);
    for (size_t i = 0; i < count; i++) {
        const uint32_t record[4] = { 1700000000, (uint32_t)i, (uint32_t)size, (uint32_t)size };
        memcpy(p, record, 16);
        memset(p + 16, 0, size);
        for (size_t k = 0; size < 2000 && k < size; k++) { /* not all too easy to pack */
            p[16 + k] = (uint8_t)((i * 2654435761u + k * 40503u * (i + 1)) >> 7);
        }
        p += 16 + size;
    }
    return made;
}

static struct bytes zstd_of(struct bytes from, int window_log)
{
    size_t room = ZSTD_compressBound(from.size);
    struct bytes made = { malloc(room), 0 };
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    if (window_log > 0) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    }
    ZSTD_inBuffer in = { from.at, from.size, 0 };
    ZSTD_outBuffer out = { made.at, room, 0 };
    while (ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue) != 0 && in.pos < in.size) {
    }
    while (ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) != 0) {
    }
    made.size = out.pos;
    ZSTD_freeCCtx(context);
    return made;
}

static struct bytes lz4_of(struct bytes from)
{
    LZ4F_preferences_t preferences = { .frameInfo = { .contentChecksumFlag = LZ4F_contentChecksumEnabled,
                                                      .blockSizeID = LZ4F_max4MB } };
    size_t room = LZ4F_compressFrameBound(from.size, &preferences);
    struct bytes made = { malloc(room), 0 };
    made.size = LZ4F_compressFrame(made.at, room, from.at, from.size, &preferences);
    return made;
}

/* The same damage to a compressed file of either kind: name_good, name_members, ... */
static void write_variants(const char *kind, struct bytes packed, struct bytes rest)
{
    char name[64];
    uint8_t *both = malloc(packed.size + rest.size + 16);
    memcpy(both, packed.at, packed.size);
    memcpy(both + packed.size, rest.at, rest.size);
    snprintf(name, sizeof name, "%s_good", kind);
    write_file(path_in(directory, name), packed.at, packed.size);
    snprintf(name, sizeof name, "%s_members", kind);
    write_file(path_in(directory, name), both, packed.size + rest.size);
    memcpy(both + packed.size, "garbage behind", 14);
    snprintf(name, sizeof name, "%s_garbage", kind);
    write_file(path_in(directory, name), both, packed.size + 14);
    both[packed.size - 1] ^= 1;
    snprintf(name, sizeof name, "%s_checksum", kind);
    write_file(path_in(directory, name), both, packed.size);
    free(both);
}

static void write_compressed(void)
{
    static const uint8_t skippable[12] = { 0x53, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4 };
    struct bytes plain = make_pcap(300, 1000), bomb = make_pcap(1600, 65536);
    struct bytes rest = { plain.at + 24, plain.size - 24 };
    struct bytes packed = zstd_of(plain, 0), packed_rest = zstd_of(rest, 0);
    write_variants("zstd", packed, packed_rest);
    uint8_t *skipped = malloc(packed.size + sizeof skippable);
    memcpy(skipped, skippable, sizeof skippable);
    memcpy(skipped + sizeof skippable, packed.at, packed.size);
    write_file(path_in(directory, "zstd_skippable"), skipped, packed.size + sizeof skippable);
    free(skipped);
    free(packed.at);
    free(packed_rest.at);
    packed = lz4_of(plain);
    packed_rest = lz4_of(rest);
    write_variants("lz4", packed, packed_rest);
    free(packed.at);
    free(packed_rest.at);

    /* cut in the last block, which holds the last packet only: frames flushed before it */
    struct bytes front = { plain.at, plain.size - 1016 }, back = { plain.at + front.size, 1016 };
    struct bytes (*const pack[])(struct bytes) = { NULL, lz4_of };
    for (size_t i = 0; i < 2; i++) {
        struct bytes a = i == 0 ? zstd_of(front, 0) : pack[i](front);
        struct bytes b = i == 0 ? zstd_of(back, 0) : pack[i](back);
        a.at = realloc(a.at, a.size + b.size);
        memcpy(a.at + a.size, b.at, b.size);
        write_file(path_in(directory, i == 0 ? "zstd_cut" : "lz4_cut"), a.at, a.size + b.size - 20);
        free(a.at);
        free(b.at);
    }
    packed = zstd_of(bomb, 23);
    write_file(path_in(directory, "zstd_bomb"), packed.at, packed.size);
    free(packed.at);
    packed = zstd_of(bomb, 25);
    write_file(path_in(directory, "zstd_window"), packed.at, packed.size);
    free(packed.at);
    packed = lz4_of(bomb);
    write_file(path_in(directory, "lz4_bomb"), packed.at, packed.size);
    free(packed.at);
    free(plain.at);
    free(bomb.at);
}

static int set_up(void **unused)
{
    char command[1024];
    (void)unused;
    read_outcomes();
    make_directory(directory, sizeof directory);
    snprintf(command, sizeof command, "python3 '%s/tests/hostile/captures.py' '%s'", source_root(), directory);
    if (system(command) != 0) {
        return 1;
    }
    /* in a child, so that this process's own memory stays small */
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        write_compressed();
        _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    return status != 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

static void check(const struct expected *expected, struct outcome got, const char *way)
{
    bool good = got.packets == expected->packets && got.status == expected->status && got.warnings == expected->warnings
                && (expected->what[0] == '\0') == (got.what == NULL)
                && (got.what == NULL || strstr(got.what, expected->what) != NULL);
    if (!good) {
        fail_msg("%s %s: %llu packets, status %d, warnings 0x%x: %s", expected->name, way,
                 (unsigned long long)got.packets, (int)got.status, got.warnings,
                 got.what != NULL ? got.what : "ended well");
    }
}

static void check_time(const struct expected *expected, const char *path)
{
    struct spk_reader *reader;
    struct spk_record record = { 0 };
    int64_t last = 0;
    bool has_time = false;
    if (spk_reader_open(path, &reader, NULL) != SPK_OK) {
        return;
    }
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
        last = record.time_ns;
        has_time = record.has_time;
    }
    spk_reader_close(reader);
    if (expected->has_time && (!has_time || last != expected->time_ns)) {
        fail_msg("%s: time %lld", expected->name, (long long)last);
    }
    if ((expected->warnings & SPK_WARN_TIME_RANGE) != 0 && has_time) {
        fail_msg("%s: has a time", expected->name);
    }
}

struct feed {
    struct bytes bytes;
    int fd;
};

/* Writes into a pipe in pieces of odd sizes. */
static void *feed_pipe(void *argument)
{
    const struct feed *feed = argument;
    size_t at = 0, piece = 1;
    while (at < feed->bytes.size) {
        size_t left = feed->bytes.size - at;
        ssize_t n = write(feed->fd, feed->bytes.at + at, piece < left ? piece : left);
        if (n <= 0) {
            break;
        }
        at += (size_t)n;
        piece = at > 100000 ? 65536 : piece % 97 + 5;
    }
    close(feed->fd);
    return NULL;
}

static struct outcome read_pipe(struct bytes bytes)
{
    int ends[2];
    pthread_t thread;
    struct spk_reader *reader;
    struct spk_error error;
    struct outcome out;
    assert_int_equal(pipe(ends), 0);
    struct feed feed = { bytes, ends[1] };
    pthread_create(&thread, NULL, feed_pipe, &feed);
    enum spk_status status = spk_reader_open_fd(ends[0], "pipe", &reader, &error);
    if (status == SPK_OK) {
        out = read_on(reader, false);
        spk_reader_close(reader);
    } else {
        out = not_opened(status, &error);
    }
    close(ends[0]);
    pthread_join(thread, NULL);
    return out;
}

/* The cases whose names begin so. */
static void run(const char *prefix)
{
    size_t tried = 0;
    for (size_t i = 0; i < case_count; i++) {
        const char *path = path_in(directory, cases[i].name);
        if (strncmp(cases[i].name, prefix, strlen(prefix)) != 0) {
            continue;
        }
        tried++;
        struct outcome by_path = read_path(path, false);
        check(&cases[i], by_path, "by path");
        check(&cases[i], read_path(path, true), "by blocks");
        check_time(&cases[i], path);
        struct bytes bytes = read_file(path);
        struct outcome from_memory = read_memory(bytes.at, bytes.size);
        check(&cases[i], from_memory, "from memory");
        assert_true(from_memory.sum == by_path.sum);
        if (bytes.size > 0) {
            struct outcome piped = read_pipe(bytes);
            check(&cases[i], piped, "from a pipe");
            assert_true(piped.sum == by_path.sum);
        }
        free(bytes.at);
    }
    assert_true(tried > 5);
}

static void pcap_files(void **unused)
{
    (void)unused;
    run("p");
}

static void pcapng_files(void **unused)
{
    (void)unused;
    run("n");
}

static void compressed_files(void **unused)
{
    (void)unused;
    run("z");
    run("lz4");
}

/* Every file that was made has a line, and every line a file. */
static void none_left_out(void **unused)
{
    size_t files = 0;
    DIR *listed = opendir(directory);
    struct dirent *entry;
    (void)unused;
    while ((entry = readdir(listed)) != NULL) {
        bool found = entry->d_name[0] == '.';
        files += !found;
        for (size_t i = 0; i < case_count; i++) {
            found = found || strcmp(entry->d_name, cases[i].name) == 0;
        }
        if (!found) {
            fail_msg("%s is not in outcomes.txt", entry->d_name);
        }
    }
    closedir(listed);
    assert_int_equal(files, case_count);
}

/* How far a reader's memory rises over a file, in bytes; measured in a child of its own. */
static long memory_for(const char *path)
{
    int ends[2];
    long grown = -1;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rusage before, after;
        getrusage(RUSAGE_SELF, &before);
        read_path(path, false);
        getrusage(RUSAGE_SELF, &after);
        grown = (after.ru_maxrss - before.ru_maxrss) * 1024;
        _exit(write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &grown, sizeof grown), sizeof grown);
    close(ends[0]);
    waitpid(child, NULL, 0);
    return grown;
}

static void bounded_memory(void **unused)
{
    static const struct {
        const char *name;
        long most;
    } bounds[] = {
        { "z03", 16 * MIB },
        { "z03_block", 16 * MIB },
        { "zstd_bomb", 16 * MIB },
        { "lz4_bomb", 16 * MIB },
        { "zstd_window", 16 * MIB },
        { "n21", 64 * MIB },
        { "p06", MIB },
        { "p07", MIB },
        { "n07", MIB },
        { "n33", MIB },
    };
    (void)unused;
    if (SANITIZED) {
        skip();
    }
    for (size_t i = 0; i < SPK_COUNT_OF(bounds); i++) {
        long grown = memory_for(path_in(directory, bounds[i].name));
        print_message("# %s: %ld KiB\n", bounds[i].name, grown / 1024);
        if (grown >= bounds[i].most) {
            fail_msg("%s: %ld KiB of memory", bounds[i].name, grown / 1024);
        }
    }
}

/* A length is only a claim: with 24 MiB of address space left, one of 100 MiB must not be asked for. */
static void no_memory_for_claims(void **unused)
{
    (void)unused;
    if (SANITIZED) {
        skip();
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        unsigned long pages = 0;
        FILE *file = fopen("/proc/self/statm", "r");
        if (file == NULL || fscanf(file, "%lu", &pages) != 1) {
            _exit(2);
        }
        rlim_t limit = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + 24 * MIB;
        setrlimit(RLIMIT_AS, &(struct rlimit){ limit, limit });
        _exit(read_path(path_in(directory, "p40_dbus_claim"), false).status == SPK_ERR_CUT ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void large_windows_when_asked(void **unused)
{
    struct spk_reader *reader;
    struct spk_error error;
    struct spk_reader_options options = { .path = path_in(directory, "zstd_window"), .large_window = true };
    (void)unused;
    assert_int_equal(spk_reader_open_with(&options, &reader, &error), SPK_OK);
    struct outcome out = read_on(reader, false);
    assert_int_equal(out.status, SPK_END);
    assert_int_equal(out.packets, 1600);
    spk_reader_close(reader);
}

/* What single cases promise beside the table. */
static void details(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_error error;
    char text[200];
    size_t at = 0, length;
    const char *comment;
    (void)unused;

    assert_int_equal(spk_reader_open(path_in(directory, "p15"), &reader, &error), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
    assert_int_equal(record.link, 1);
    assert_int_equal(record.fcs_len, 2); /* one 16-bit word */
    spk_reader_close(reader);

    assert_int_equal(spk_reader_open(path_in(directory, "n36"), &reader, &error), SPK_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
    }
    assert_true(spk_record_comment(&record, &at, &comment, &length));
    assert_int_equal(length, 9);
    assert_memory_equal(comment, "a\0\x1b[31m\xff\xfe", 9);
    assert_false(spk_record_comment(&record, &at, &comment, &length));
    spk_reader_close(reader);

    assert_int_equal(spk_reader_open(path_in(directory, "n10"), &reader, &error), SPK_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
    }
    assert_null(record.options);
    assert_int_equal(record.options_len, 0);
    spk_reader_close(reader);

    assert_int_equal(spk_reader_open(path_in(directory, "n49_flags_fcs"), &reader, &error), SPK_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
    }
    assert_int_equal(record.fcs_len, 4);
    spk_reader_close(reader);

    /* a simple packet block: all that is there, or as much as the snap length lets through */
    const struct {
        const char *name;
        uint32_t caplen;
    } simple[] = { { "n26", 60 }, { "n45_simple_cut", 13 } };
    for (size_t i = 0; i < SPK_COUNT_OF(simple); i++) {
        assert_int_equal(spk_reader_open(path_in(directory, simple[i].name), &reader, &error), SPK_OK);
        assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
        assert_int_equal(record.caplen, simple[i].caplen);
        assert_int_equal(record.len, 60);
        assert_false(record.has_time);
        spk_reader_close(reader);
    }

    struct outcome zeros = read_path(path_in(directory, "p21"), false);
    spk_error_text(&zeros.error, text, sizeof text);
    assert_non_null(strstr(text, "zero-filled tail, at byte 252 (packet 4): 160 bytes"));

    /* an error and an end stay what they were */
    assert_int_equal(spk_reader_open(path_in(directory, "p05"), &reader, &error), SPK_OK);
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
    }
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_ERR_CUT);
    assert_int_equal(error.packet, 4);
    assert_int_equal(error.need, 60);
    assert_int_equal(error.have, 31);
    spk_reader_close(reader);
}

static void other_sources(void **unused)
{
    struct spk_reader *reader;
    struct spk_error error;
    (void)unused;
    assert_int_equal(spk_reader_open(directory, &reader, &error), SPK_ERR_IO);
    assert_int_equal(error.sys_errno, 21 /* EISDIR */);
    assert_null(reader);
    assert_int_equal(spk_reader_open(path_in(directory, "not there"), &reader, &error), SPK_ERR_IO);
    assert_int_equal(error.sys_errno, 2);
    struct spk_reader_options nothing = { .name = "nothing" };
    assert_int_equal(spk_reader_open_with(&nothing, &reader, &error), SPK_ERR_USAGE);
    assert_int_equal(spk_reader_open_memory(NULL, 0, "none", &reader, &error), SPK_ERR_CUT);
    spk_reader_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounded_memory), /* first: while this process is small */
        cmocka_unit_test(pcap_files),
        cmocka_unit_test(pcapng_files),
        cmocka_unit_test(compressed_files),
        cmocka_unit_test(none_left_out),
        cmocka_unit_test(no_memory_for_claims),
        cmocka_unit_test(large_windows_when_asked),
        cmocka_unit_test(details),
        cmocka_unit_test(other_sources),
    };
    signal(SIGPIPE, SIG_IGN); /* readers leave pipes that still have something to say */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
