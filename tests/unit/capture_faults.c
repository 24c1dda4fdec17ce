/*
 * Faults in captures of every compression: whichever allocation or call on a file fails, is short or is interrupted, what
 * was good comes out, what went wrong is said, nothing is leaked.
 */
#include "faults.h"

#include "capture_support.h"

static char directory[256];

static const char *const names[] = { "f.pcap", "f.pcapng", "f.pcap.gz", "f.pcapng.zst", "f.pcap.lz4" };

enum { PACKETS = 40 };

/* So many packets, one of them larger than any buffer begins with. */
static enum spk_status write_some(const char *path, uint64_t *safe, struct spk_error *error)
{
    static uint8_t data[700000];
    struct spk_writer_options options = { .nanoseconds = true };
    struct spk_writer *writer;
    spk_writer_options_from_name(path, &options);
    *safe = 0;
    enum spk_status status = spk_writer_open(path, &options, &writer, error);
    if (status != SPK_OK) {
        return status;
    }
    for (uint32_t i = 0; i < PACKETS && status == SPK_OK; i++) {
        uint32_t size = i == 20 ? sizeof data : i * 997 + 1;
        for (uint32_t k = 0; k < size; k++) {
            data[k] = (uint8_t)((k * 2654435761u) >> (i % 24));
        }
        struct spk_record record = {
            .data = data, .caplen = size, .len = size, .time_ns = i, .has_time = true, .link = 231
        }; /* D-Bus, whose records may be large */
        status = spk_writer_write(writer, &record, error);
    }
    struct spk_error second;
    enum spk_status closed = spk_writer_close(writer, safe, &second);
    if (status == SPK_OK && closed != SPK_OK) {
        *error = second;
        status = closed;
    }
    return status;
}

static int set_up(void **unused)
{
    uint64_t safe;
    struct spk_error error;
    (void)unused;
    make_directory(directory, sizeof directory);
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        if (write_some(path_in(directory, names[i]), &safe, &error) != SPK_OK || safe != PACKETS) {
            return 1;
        }
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

/* ---- reading ---- */

static const char *subject; /* which of the names */

/* Whoever reads by himself asks for nothing that he could do without, but for a file's close. */
static enum spk_status read_by(bool blocks, bool ahead)
{
    const struct spk_reader_options how = { .path = path_in(directory, subject), .ahead = ahead };
    struct spk_reader *reader = NULL;
    struct spk_block block;
    struct spk_record record;
    enum spk_status status = spk_reader_open_with(&how, &reader, &said);
    while (status == SPK_OK) {
        status =
            blocks ? spk_reader_next_block(reader, &block, &record, &said) : spk_reader_next(reader, &record, &said);
        if (status == SPK_OK && (!blocks || block.is_packet)) {
            const uint64_t sum = record_digest(&record);
            deliver(&sum, sizeof sum);
        }
    }
    if (status < 0) {
        assert_string_equal(said.who, how.path);
    }
    if (status == SPK_END) {
        assert_int_equal(undisturbed.at, PACKETS * sizeof(uint64_t));
        assert_true(ahead || !has_failed() || armed == FAULT_CLOSE);
    }
    spk_reader_close(reader);
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status read_records(void)
{
    return read_by(false, false);
}

static enum spk_status read_blocks(void)
{
    return read_by(true, false);
}

static enum spk_status read_ahead(void)
{
    return read_by(false, true);
}

static void reading(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        subject = names[i];
        under_each_fault(read_records, 3, 4);
        under_each_fault(read_blocks, 3, 4);
        under_each_fault(read_ahead, 3, 4);
    }
}

/* ---- writing ---- */

/* What is in the file is whole, and as much as was said; but for what closing it could not keep. */
static enum spk_status write_subject(void)
{
    char path[512];
    uint64_t safe = 0;
    snprintf(path, sizeof path, "%s", path_in(directory, subject));
    unlink(path);
    enum spk_status status = write_some(path, &safe, &said);
    const unsigned kept = begin_peace();
    struct bytes file = read_file(path);
    if (status != SPK_OK) {
        assert_string_equal(said.who, path);
    } else {
        assert_false(has_failed());
        assert_true(safe == PACKETS);
    }
    if (file.size > 0) {
        const struct outcome out = read_path(path, false);
        assert_int_equal(out.status, SPK_END);
        assert_true(out.packets == safe || (fired && armed == FAULT_CLOSE && safe == 0));
    } else {
        assert_true(safe == 0);
    }
    for (uint64_t i = 0; i < safe; i++) {
        deliver(&i, sizeof i);
    }
    free(file.at);
    end_peace(kept);
    return status;
}

static void writing(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        subject = names[i];
        under_each_fault(write_subject, 2, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
        cmocka_unit_test(writing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
