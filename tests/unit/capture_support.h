/* capture_support: what the tests of the capture room share. */
#ifndef CAPTURE_SUPPORT_H
#define CAPTURE_SUPPORT_H

#include <steelpkt/capture.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Memory figures mean nothing under the sanitizers. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct bytes {
    uint8_t *at;
    size_t size;
};

static inline struct bytes read_file(const char *path)
{
    struct bytes bytes = { NULL, 0 };
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return bytes;
    }
    fseek(file, 0, SEEK_END);
    bytes.size = (size_t)ftell(file);
    rewind(file);
    bytes.at = malloc(bytes.size + 1);
    if (fread(bytes.at, 1, bytes.size, file) != bytes.size) {
        abort();
    }
    fclose(file);
    return bytes;
}

static inline void write_file(const char *path, const void *at, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(at, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
}

static inline uint64_t digest(uint64_t sum, const void *at, size_t size)
{
    const uint8_t *p = at;
    while (size > 0) {
        uint64_t word = 0;
        size_t n = size < sizeof word ? size : sizeof word;
        memcpy(&word, p, n);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 29;
        p += n;
        size -= n;
    }
    return sum;
}

/* All that a record says, in one number. */
static inline uint64_t record_digest(const struct spk_record *record)
{
    uint64_t facts[] = { record->caplen,  record->len,       (uint64_t)record->time_ns, record->number,
                         record->offset,  record->interface, record->section,           record->link,
                         record->fcs_len, record->has_time,  record->warnings,          record->options_len,
                         record->swapped };
    uint64_t sum = digest(0xcbf29ce484222325u, facts, sizeof facts);
    sum = digest(sum, record->data, record->caplen);
    return digest(sum, record->options, record->options_len);
}

/* How reading a capture to its end went. */
struct outcome {
    enum spk_status status; /* SPK_END, or an error */
    const char *what;       /* of the error; NULL */
    uint64_t packets;
    uint32_t warnings;
    uint64_t events;
    uint64_t sum; /* over all records */
    struct spk_error error;
};

static inline struct outcome read_on(struct spk_reader *reader, bool blocks)
{
    struct outcome out = { .sum = 1 };
    struct spk_record record;
    struct spk_block block;
    memset(&record, 0, sizeof record);
    for (;;) {
        out.status = blocks ? spk_reader_next_block(reader, &block, &record, &out.error)
                            : spk_reader_next(reader, &record, &out.error);
        if (out.status != SPK_OK) {
            break;
        }
        if (!blocks || block.is_packet) {
            uint64_t one = record_digest(&record);
            out.sum = digest(out.sum, &one, sizeof one);
            out.packets++;
        }
    }
    struct spk_reader_info info;
    spk_reader_info(reader, &info);
    out.warnings = info.warnings;
    out.events = info.events;
    out.what = out.status < 0 ? out.error.what : NULL;
    return out;
}

static inline struct outcome not_opened(enum spk_status status, const struct spk_error *error)
{
    return (struct outcome){ .status = status, .what = error->what, .sum = 1, .error = *error };
}

static inline struct outcome read_path(const char *path, bool blocks)
{
    struct spk_reader *reader;
    struct spk_error error;
    enum spk_status status = spk_reader_open(path, &reader, &error);
    if (status != SPK_OK) {
        return not_opened(status, &error);
    }
    struct outcome out = read_on(reader, blocks);
    spk_reader_close(reader);
    return out;
}

static inline struct outcome read_memory(const void *at, size_t size)
{
    struct spk_reader *reader;
    struct spk_error error;
    enum spk_status status = spk_reader_open_memory(at, size, "memory", &reader, &error);
    if (status != SPK_OK) {
        return not_opened(status, &error);
    }
    struct outcome out = read_on(reader, false);
    spk_reader_close(reader);
    return out;
}

#define SECOND 1000000000

/* The number-th packet of a made-up capture: sizes, times and bytes that differ. */
static inline struct spk_record made_record(uint64_t number, uint8_t *data)
{
    uint32_t size = (uint32_t)(number * 2654435761u % 1500);
    for (uint32_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(number * 31 + i * (number % 7));
    }
    return (struct spk_record){ .data = data,
                                .caplen = size,
                                .len = size + (number % 3 == 0 ? 100 : 0),
                                .time_ns = (int64_t)number * 1234567000 + 1500000000 * (int64_t)SECOND,
                                .has_time = true,
                                .link = SPK_LINK_ETHERNET };
}

/* A directory of this test's own, gone with remove_directory. */
static inline void make_directory(char *path, size_t size)
{
    const char *base = getenv("TMPDIR");
    snprintf(path, size, "%s/steelpkt-test-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(path) == NULL) {
        abort();
    }
}

/* A file of the directory, until the next call. */
static inline const char *path_in(const char *directory, const char *name)
{
    static char path[512];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) {
        abort();
    }
    return path;
}

static inline void remove_directory(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    rmdir(path);
}

static inline const char *source_root(void)
{
    const char *root = getenv("STEELPKT_SOURCE");
    return root != NULL ? root : ".";
}

/* The files of a directory tree that is no deeper than 8, sorted by nothing. */
struct file_list {
    char **paths;
    size_t count;
};

static inline void list_files(const char *root, struct file_list *list, int depth)
{
    DIR *directory = depth > 0 ? opendir(root) : NULL;
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[1024];
        struct stat stat_buffer;
        int length = snprintf(path, sizeof path, "%s/%s", root, entry->d_name);
        if (length >= (int)sizeof path || entry->d_name[0] == '.' || stat(path, &stat_buffer) != 0) {
            continue;
        }
        if (S_ISDIR(stat_buffer.st_mode)) {
            list_files(path, list, depth - 1);
        } else if (strstr(entry->d_name, ".md") == NULL) {
            list->paths = realloc(list->paths, (list->count + 1) * sizeof *list->paths);
            list->paths[list->count++] = strdup(path);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* The captures to try things on: those that ship, and the corpus where it is there. */
static inline struct file_list all_captures(void)
{
    char path[1024];
    struct file_list list = { NULL, 0 };
    const char *corpus = getenv("STEELPKT_CORPUS");
    snprintf(path, sizeof path, "%s/tests/captures", source_root());
    list_files(path, &list, 8);
    snprintf(path, sizeof path, "%s/../shared/corpus", source_root());
    list_files(corpus != NULL ? corpus : path, &list, 8);
    return list;
}

static inline void free_files(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->paths[i]);
    }
    free(list->paths);
}

#endif
