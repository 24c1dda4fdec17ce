/*
 * The reader's law: cut a capture anywhere, and the records of what is left are a prefix of the
 * whole's, followed by one clear error, unless the cut is at a boundary. Every byte of captures up
 * to 20 kB is tried, and 24 bytes on either side of the boundaries of larger ones.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/compress.h"
#include "capture_support.h"

#define SMALL (20 * 1024)
#define AROUND 24
#define BOUNDARIES_TRIED (SANITIZED ? 6 : 64) /* of one larger capture, spread over it */
/* The sanitizers make a cut ten times as dear: they see every byte of small captures only. */
#define STRIDE (SANITIZED ? 13 : 1)
#define EVERY_BYTE 1024

/* A capture read to its end: a digest a record, and where records and blocks end. */
struct whole {
    struct bytes bytes;
    uint64_t *sums;
    size_t count;
    uint64_t *ends;
    size_t end_count;
    bool compressed;
};

static void add_end(struct whole *whole, uint64_t end)
{
    whole->ends = realloc(whole->ends, (whole->end_count + 1) * sizeof *whole->ends);
    whole->ends[whole->end_count++] = end;
}

/* Whether records are the same is asked of their bytes' place where they point into the file. */
static uint64_t record_sum(const struct spk_record *record, const struct whole *whole, const uint8_t *start)
{
    if (whole->compressed) {
        return record_digest(record);
    }
    struct spk_record copy = *record;
    uint64_t place = (uint64_t)(record->data - start);
    uint64_t options = record->options != NULL ? (uint64_t)(record->options - start) : 0;
    copy.data = NULL;
    copy.caplen = 0;
    copy.options = NULL;
    copy.options_len = 0;
    uint64_t sum = record_digest(&copy);
    uint64_t more[] = { record->caplen, record->caplen > 0 ? place : 0, options, record->options_len };
    return digest(sum, more, sizeof more);
}

static bool read_whole(const char *path, struct whole *whole)
{
    struct spk_reader *reader;
    struct spk_record record = { 0 };
    struct spk_block block;
    struct spk_reader_info info;
    *whole = (struct whole){ .bytes = read_file(path) };
    if (spk_reader_open_memory(whole->bytes.at, whole->bytes.size, path, &reader, NULL) != SPK_OK) {
        return false;
    }
    spk_reader_info(reader, &info);
    whole->compressed = info.compression != SPK_COMPRESSION_NONE;
    add_end(whole, info.offset); /* of a pcap's header; 0 for pcapng */
    while (spk_reader_next_block(reader, &block, &record, NULL) == SPK_OK) {
        spk_reader_info(reader, &info);
        add_end(whole, info.offset);
        if (block.is_packet) {
            whole->sums = realloc(whole->sums, (whole->count + 1) * sizeof *whole->sums);
            whole->sums[whole->count++] = record_sum(&record, whole, whole->bytes.at);
        }
    }
    spk_reader_close(reader);
    return true;
}

static void free_whole(struct whole *whole)
{
    free(whole->bytes.at);
    free(whole->sums);
    free(whole->ends);
}

static bool is_boundary(const struct whole *whole, size_t cut)
{
    size_t low = 0, high = whole->end_count;
    while (low < high) { /* ends rise */
        size_t middle = (low + high) / 2;
        if (whole->ends[middle] == cut && cut > 0) {
            return true;
        }
        if (whole->ends[middle] < cut) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* NULL: the law holds for this cut. */
static const char *broken_law(const struct whole *whole, size_t cut)
{
    struct spk_reader *reader;
    struct spk_record record = { 0 };
    struct spk_error error = { .code = SPK_OK };
    enum spk_status status;
    size_t count = 0;
    bool boundary = !whole->compressed && is_boundary(whole, cut);
    /* in a block of its own size, so that a byte too far is seen by the sanitizer */
    uint8_t *copy = malloc(cut > 0 ? cut : 1);
    memcpy(copy, whole->bytes.at, cut);
    const char *broken = NULL;
    status = spk_reader_open_memory(copy, cut, "cut", &reader, &error);
    if (status == SPK_OK) {
        while ((status = spk_reader_next(reader, &record, &error)) == SPK_OK) {
            if (count >= whole->count || record_sum(&record, whole, copy) != whole->sums[count]) {
                broken = "a record that the whole has not";
                break;
            }
            count++;
        }
        spk_reader_close(reader);
    }
    free(copy);
    if (broken != NULL) {
        return broken;
    }
    if (status < 0 && error.what == NULL) {
        return "an error that says nothing";
    }
    if (boundary && status != SPK_END && strcmp(error.what, "zero-filled tail") != 0) {
        return "an error at a boundary";
    }
    if (whole->compressed && status == SPK_END
        && spk_compression_of(whole->bytes.at + cut, whole->bytes.size - cut) != SPK_COMPRESSION_NONE) {
        return NULL; /* between two members */
    }
    if (!boundary && status == SPK_END) {
        return "a cut that went unnoticed";
    }
    return NULL;
}

static size_t try_cut(const char *path, const struct whole *whole, size_t cut)
{
    if (cut >= whole->bytes.size) {
        return 0;
    }
    const char *broken = broken_law(whole, cut);
    if (broken != NULL) {
        fail_msg("%s cut at %zu: %s", path, cut, broken);
    }
    return 1;
}

static size_t try_file(const char *path)
{
    struct whole whole;
    size_t tried = 0;
    if (read_whole(path, &whole) && whole.bytes.size <= SMALL) {
        for (size_t cut = 0; cut < whole.bytes.size; cut += cut < EVERY_BYTE ? 1 : STRIDE) {
            tried += try_cut(path, &whole, cut);
        }
    } else if (whole.end_count > 0 && !whole.compressed) {
        size_t step = whole.end_count / BOUNDARIES_TRIED + 1;
        for (size_t i = 0; i < whole.end_count; i += step) {
            size_t end = (size_t)whole.ends[i];
            for (size_t cut = end > AROUND ? end - AROUND : 0; cut <= end + AROUND; cut++) {
                tried += try_cut(path, &whole, cut);
            }
        }
    }
    free_whole(&whole);
    return tried;
}

static void every_cut_of_every_capture(void **unused)
{
    struct file_list files = all_captures();
    size_t tried = 0;
    (void)unused;
    for (size_t i = 0; i < files.count; i++) {
        tried += try_file(files.paths[i]);
    }
    print_message("# %zu captures, %zu cuts\n", files.count, tried);
    free_files(&files);
    assert_true(tried > 1000);
}

/* The same of the hostile files that are read without an error, most of all the odd pcapng. */
static void every_cut_of_hostile_captures(void **unused)
{
    char directory[256], command[1024];
    struct file_list files = { NULL, 0 };
    (void)unused;
    make_directory(directory, sizeof directory);
    snprintf(command, sizeof command, "python3 '%s/tests/hostile/captures.py' '%s'", source_root(), directory);
    assert_int_equal(system(command), 0);
    list_files(directory, &files, 1);
    assert_true(files.count > 80);
    for (size_t i = 0; i < files.count; i++) {
        struct stat stat_buffer;
        const char *name = strrchr(files.paths[i], '/') + 1;
        /* a cut of these can end where the damage that makes them what they are is not seen */
        bool odd = strncmp(name, "p20", 3) == 0 || strncmp(name, "z05", 3) == 0 || strncmp(name, "z06", 3) == 0;
        if (stat(files.paths[i], &stat_buffer) == 0 && stat_buffer.st_size <= SMALL && !odd) {
            try_file(files.paths[i]);
        }
    }
    free_files(&files);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_of_every_capture),
        cmocka_unit_test(every_cut_of_hostile_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
