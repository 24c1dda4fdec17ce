/* Captures in and out when memory runs out: at every single allocation it is said, and nothing is left behind. */
#define _GNU_SOURCE
#include "capture_support.h"
#include "short_memory.h"

/* A compressed capture is capture_faults.c's, with every read and write that fails. */
enum { RECORDS = 60 };

static char directory[256];
static char pcapng[512], pcap[512];

static enum spk_status write_all(struct spk_writer *writer, unsigned count, struct spk_error *error)
{
    uint8_t data[1500];
    enum spk_status status = SPK_OK;
    for (unsigned i = 0; i < count && status == SPK_OK; i++) {
        struct spk_record record = made_record(i, data);
        status = spk_writer_write(writer, &record, error);
    }
    return status == SPK_OK ? spk_writer_flush(writer, error) : status;
}

/* What was safe before is so afterwards, too. */
static enum spk_status close_all(struct spk_writer *writer, enum spk_status status)
{
    uint64_t before = spk_writer_safe(writer);
    uint64_t safe = 0;
    struct spk_error error;
    enum spk_status closed = spk_writer_close(writer, &safe, &error);
    assert_true(safe >= before);
    return status == SPK_OK ? closed : status;
}

static ptrdiff_t take(void *context, const void *from, size_t size)
{
    size_t *taken = context;
    (void)from;
    *taken += size;
    return (ptrdiff_t)size;
}

static enum spk_status written_to_path(void)
{
    struct spk_writer_options options = { .nanoseconds = true };
    struct spk_writer *writer = NULL;
    struct spk_error error;
    spk_writer_options_from_name(pcap, &options);
    enum spk_status status = spk_writer_open(pcap, &options, &writer, &error);
    return status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS, &error));
}

static enum spk_status written_to_fd(void)
{
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_writer *writer = NULL;
    struct spk_error error;
    int fd = open(pcapng, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    enum spk_status status = spk_writer_open_fd(fd, pcapng, &options, &writer, &error);
    status = status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS, &error));
    assert_int_equal(close(fd), 0);
    return status;
}

static enum spk_status written_to_function(void)
{
    static const enum spk_compression ways[] = { SPK_COMPRESSION_NONE, SPK_COMPRESSION_GZIP, SPK_COMPRESSION_ZSTD,
                                                 SPK_COMPRESSION_LZ4 };
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < SPK_COUNT_OF(ways) && status == SPK_OK; i++) {
        struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG, .compression = ways[i] };
        struct spk_writer *writer = NULL;
        struct spk_error error;
        size_t taken = 0;
        status = spk_writer_open_function(take, &taken, "function", &options, &writer, &error);
        status = status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS, &error));
        assert_true(status != SPK_OK || taken > 0);
    }
    return status;
}

/* ---- reading ---- */

static enum spk_status end_of(struct spk_reader *reader)
{
    struct spk_record record;
    struct spk_error error;
    enum spk_status status;
    while ((status = spk_reader_next(reader, &record, &error)) == SPK_OK || status == SPK_GAP) {
        size_t at = 0;
        size_t length;
        const char *text;
        assert_false(spk_record_comment(&record, &at, &text, &length));
        assert_true(spk_reader_more(reader, &record, 1) <= 1);
    }
    spk_reader_close(reader);
    return status == SPK_END ? SPK_OK : status;
}

static ptrdiff_t give(void *context, void *to, size_t size)
{
    struct bytes *left = context;
    size_t n = size < left->size ? size : left->size;
    memcpy(to, left->at, n);
    left->at += n;
    left->size -= n;
    return (ptrdiff_t)n;
}

/* Every way to open, each read to its end. */
static enum spk_status opened_each_way(void)
{
    struct bytes file = read_file(pcapng);
    struct bytes left = file;
    struct spk_reader *reader = NULL;
    struct spk_error error;
    enum spk_status status = spk_reader_open(pcap, &reader, &error);
    status = status == SPK_OK ? end_of(reader) : status;
    int fd = open(pcapng, O_RDONLY);
    assert_true(fd >= 0);
    status = status == SPK_OK ? spk_reader_open_fd(fd, pcapng, &reader, &error) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    assert_int_equal(close(fd), 0);
    status = status == SPK_OK ? spk_reader_open_memory(file.at, file.size, "memory", &reader, &error) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    const struct spk_reader_options options = { .read = give, .context = &left, .name = "function", .salvage = true };
    status = status == SPK_OK ? spk_reader_open_with(&options, &reader, &error) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    free(file.at);
    return status;
}

/* Copies a capture block by block, the packets' bytes as an editor would have them. */
static enum spk_status copy(struct spk_reader *reader, struct spk_writer *writer)
{
    struct spk_block block;
    struct spk_record record;
    struct spk_error error;
    enum spk_status status;
    while ((status = spk_reader_next_block(reader, &block, &record, &error)) == SPK_OK) {
        const uint8_t *options;
        size_t size = 0;
        size_t at = 0;
        struct spk_option option;
        while (spk_block_options(&block, &options, &size)
               && spk_option_next(options, size, block.swapped, &at, &option)) {
            assert_true(option.length <= size);
        }
        status = block.is_packet ? spk_writer_write_edited(writer, &block, &record, &error)
                                 : spk_writer_write_block(writer, &block, &error);
        if (status != SPK_OK) {
            break;
        }
    }
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status block_by_block(void)
{
    const struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_reader *reader = NULL;
    struct spk_writer *writer = NULL;
    struct spk_error error;
    size_t taken = 0;
    enum spk_status status = spk_reader_open(pcapng, &reader, &error);
    if (status != SPK_OK) {
        return status;
    }
    status = spk_writer_open_function(take, &taken, "function", &options, &writer, &error);
    status = status == SPK_OK ? close_all(writer, copy(reader, writer)) : status;
    if (status == SPK_OK) {
        struct spk_reader_info info;
        struct spk_interface interface;
        struct spk_event events[4];
        spk_reader_info(reader, &info);
        assert_int_equal(info.offset, taken);
        assert_true(spk_reader_interface(reader, 0, &interface));
        assert_int_equal(spk_reader_events(reader, events, SPK_COUNT_OF(events)), 0);
    }
    spk_reader_close(reader);
    return status;
}

static enum spk_status in_parts(void)
{
    struct spk_reader *first = NULL;
    struct spk_reader *second = NULL;
    struct spk_splits splits = { 0 };
    struct spk_record record;
    struct spk_error error;
    uint64_t size = 0;
    uint64_t offset = 0;
    enum spk_status status = spk_splits_find(pcapng, 4096, &splits, &error);
    assert_true(status != SPK_OK || splits.count > 2);
    status = status == SPK_OK ? spk_reader_open(pcapng, &first, &error) : status;
    if (status == SPK_OK) {
        assert_true(spk_reader_divides(first, &size));
        status = spk_reader_next(first, &record, &error); /* behind which the interface is known */
        status = status == SPK_OK ? spk_reader_guess(first, size / 2, &offset) : status;
        status = status == SPK_END ? SPK_OK : status; /* of a small file nothing can be told */
        status = status == SPK_OK ? spk_reader_fork(first, splits.begins[1], &second, &error) : status;
        status = status == SPK_OK ? end_of(second) : status;
        spk_reader_close(first);
    }
    spk_splits_free(&splits);
    return status;
}

/* ---- filters of libpcap's, and live ---- */

static enum spk_status compiled(void)
{
    const struct spk_record record = { .data = (const uint8_t *)"", .link = SPK_LINK_ETHERNET };
    char message[SPK_BPF_MESSAGE];
    struct spk_bpf *bpf = NULL;
    struct spk_bpf_set *set = NULL;
    struct spk_error error;
    bool refused = false;
    enum spk_status status = spk_bpf_compile(SPK_LINK_ETHERNET, 65535, "udp port 53", message, &bpf, &error);
    if (status == SPK_OK) {
        assert_false(spk_bpf_match(bpf, &record));
    }
    spk_bpf_free(bpf);
    status = status == SPK_OK ? spk_bpf_set_new("udp port 53", false, &set) : status;
    for (uint16_t i = 0; i < 8 && status == SPK_OK; i++) {
        status = spk_bpf_set_prepare(set, i % 2 == 0 ? SPK_LINK_ETHERNET : SPK_LINK_RAW, &refused, &error);
    }
    if (status == SPK_OK) {
        assert_false(spk_bpf_set_keep(set, &record));
    }
    spk_bpf_set_free(set);
    return status;
}

/* Without the rights for it nothing is opened, which is no matter here. */
static enum spk_status live(void)
{
    const struct spk_live_options options = { .device = "lo", .wait_ms = -1, .filter = "udp" };
    static const uint8_t nothing[60];
    char message[SPK_BPF_MESSAGE];
    struct spk_live *live = NULL;
    struct spk_live_counts counts;
    struct spk_live_info info;
    struct spk_record record;
    struct spk_error error;
    enum spk_status status = spk_live_open(&options, message, &live, &error);
    if (status != SPK_OK) {
        return status == SPK_ERR_MEMORY ? status : SPK_OK;
    }
    spk_live_info(live, &info);
    spk_live_set_wait(live, -1);
    status = spk_live_filter(live, "udp port 53", &error);
    status = status == SPK_OK ? spk_live_send(live, nothing, sizeof nothing, &error) : status;
    status = status == SPK_OK ? spk_live_next(live, &record, &error) : status;
    status = status >= 0 ? spk_live_counts(live, &counts, &error) : status;
    spk_live_stop(live);
    spk_live_close(live);
    return status;
}

static enum spk_status devices(void)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_device *list = NULL;
    struct spk_error error;
    size_t count = 0;
    enum spk_status status = spk_device_list(message, &list, &count, &error);
    spk_device_list_free(list);
    return status == SPK_OK || status == SPK_ERR_MEMORY ? status : SPK_OK;
}

/* ---- */

static void writing(void **state)
{
    (void)state;
    without_each_allocation(written_to_path, 2);
    without_each_allocation(written_to_fd, 2);
    without_each_allocation(written_to_function, 8);
}

static void reading(void **state)
{
    (void)state;
    without_each_allocation(opened_each_way, 8);
    without_each_allocation(block_by_block, 4);
    without_each_allocation(in_parts, 4);
}

static void filtering(void **state)
{
    (void)state;
    without_each_allocation(compiled, 3);
}

static void live_and_devices(void **state)
{
    (void)state;
    without_each_allocation(live, 1);
    without_each_allocation(devices, 0);
}

/* Those that take and give nothing but what they are handed. */
static void without_memory_at_all(void **state)
{
    uint8_t options[64];
    size_t used = 0;
    uint16_t link = 0;
    char text[128];
    const struct spk_error error = { .code = SPK_ERR_CUT, .who = "a", .what = "record cut" };
    (void)state;
    countdown = 1;
    assert_true(spk_option_put(options, sizeof options, &used, SPK_OPTION_COMMENT, "a comment", 9));
    assert_true(spk_link_type_find("EN10MB", &link));
    assert_true(spk_error_text(&error, text, sizeof text) > 0);
    assert_non_null(spk_version());
    assert_false(fired);
    countdown = 0;
}

static int set_up(void **state)
{
    (void)state;
    make_directory(directory, sizeof directory);
    snprintf(pcapng, sizeof pcapng, "%s/m.pcapng", directory);
    snprintf(pcap, sizeof pcap, "%s/m.pcap", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_directory(directory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writing), /* what is read later */
        cmocka_unit_test(reading),          cmocka_unit_test(filtering),
        cmocka_unit_test(live_and_devices), cmocka_unit_test(without_memory_at_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
