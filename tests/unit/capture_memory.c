/*
 * Captures in and out when memory runs out or a call on a file fails: at every single one it is said, what was good is
 * there, and nothing is left behind.
 */
#include "faults.h"

#include "capture_support.h"

/* A compressed capture is capture_faults.c's. */
enum { RECORDS = 60 };

static char directory[256];
static char pcapng[512], pcap[512];

static enum spk_status write_all(struct spk_writer *writer, unsigned count)
{
    uint8_t data[1500];
    enum spk_status status = SPK_OK;
    for (unsigned i = 0; i < count && status == SPK_OK; i++) {
        struct spk_record record = made_record(i, data);
        status = spk_writer_write(writer, &record, &said);
    }
    return status == SPK_OK ? spk_writer_flush(writer, &said) : status;
}

/* What was safe before is so afterwards, too, but where closing itself fails. */
static enum spk_status close_all(struct spk_writer *writer, enum spk_status status, uint64_t *safe)
{
    uint64_t before = spk_writer_safe(writer);
    enum spk_status closed = spk_writer_close(writer, safe, status == SPK_OK ? &said : NULL);
    assert_true(*safe >= before || (closed == SPK_ERR_IO && armed == FAULT_CLOSE && *safe == 0));
    return status == SPK_OK ? closed : status;
}

/* A file is a whole capture with the packets that were said to be safe at least; or it is empty, and none was. */
static void deliver_file(const char *path, uint64_t safe)
{
    const unsigned kept = begin_peace();
    struct spk_reader *reader = NULL;
    struct spk_record record = { .number = 0 };
    struct bytes file = read_file(path);
    if (file.size > 0) {
        assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
        while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
            deliver(record.data, record.caplen);
        }
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    }
    assert_true(record.number >= safe);
    spk_reader_close(reader);
    free(file.at);
    end_peace(kept);
}

/* The test's own descriptors. */
static int own_open(const char *path, int flags)
{
    const unsigned kept = begin_peace();
    int fd = open(path, flags, 0600);
    assert_true(fd >= 0);
    end_peace(kept);
    return fd;
}

static void own_close(int fd)
{
    const unsigned kept = begin_peace();
    assert_int_equal(close(fd), 0);
    end_peace(kept);
}

/* What a function was given. */
struct taken {
    uint8_t bytes[1 << 18];
    size_t size;
};

static ptrdiff_t take(void *context, const void *from, size_t size)
{
    struct taken *taken = context;
    assert_true(size <= sizeof taken->bytes - taken->size);
    memcpy(taken->bytes + taken->size, from, size);
    taken->size += size;
    return (ptrdiff_t)size;
}

/* What can be read of it, where nothing can be cut back. */
static void deliver_taken(const struct taken *taken, uint64_t safe)
{
    const unsigned kept = begin_peace();
    struct spk_reader *reader = NULL;
    struct spk_record record = { .number = 0 };
    if (spk_reader_open_memory(taken->bytes, taken->size, "taken", &reader, NULL) == SPK_OK) {
        while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
            deliver(record.data, record.caplen);
        }
    }
    assert_true(record.number >= safe);
    spk_reader_close(reader);
    end_peace(kept);
}

static enum spk_status written_to_path(void)
{
    struct spk_writer_options options = { .nanoseconds = true };
    struct spk_writer *writer = NULL;
    uint64_t safe = 0;
    spk_writer_options_from_name(pcap, &options);
    unlink(pcap);
    enum spk_status status = spk_writer_open(pcap, &options, &writer, &said);
    status = status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS), &safe);
    deliver_file(pcap, safe);
    return status;
}

static enum spk_status written_to_fd(void)
{
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG };
    struct spk_writer *writer = NULL;
    uint64_t safe = 0;
    int fd = own_open(pcapng, O_RDWR | O_CREAT | O_TRUNC);
    enum spk_status status = spk_writer_open_fd(fd, pcapng, &options, &writer, &said);
    status = status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS), &safe);
    own_close(fd);
    deliver_file(pcapng, safe);
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
        uint64_t safe = 0;
        static struct taken taken;
        taken.size = 0;
        status = spk_writer_open_function(take, &taken, "function", &options, &writer, &said);
        status = status != SPK_OK ? status : close_all(writer, write_all(writer, RECORDS), &safe);
        deliver_taken(&taken, safe);
    }
    return status;
}

/* ---- reading ---- */

static void deliver_record(const struct spk_record *record)
{
    const uint64_t sum = record_digest(record);
    deliver(&sum, sizeof sum);
}

static enum spk_status end_of(struct spk_reader *reader)
{
    struct spk_record record;
    enum spk_status status;
    while ((status = spk_reader_next(reader, &record, &said)) == SPK_OK || status == SPK_GAP) {
        size_t at = 0;
        size_t length;
        const char *text;
        assert_false(spk_record_comment(&record, &at, &text, &length));
        deliver_record(&record);
        size_t more = spk_reader_more(reader, &record, 1);
        assert_true(more <= 1);
        if (more == 1) {
            deliver_record(&record);
        }
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
    const unsigned kept = begin_peace();
    struct bytes file = read_file(pcapng);
    end_peace(kept);
    struct bytes left = file;
    struct spk_reader *reader = NULL;
    enum spk_status status = spk_reader_open(pcap, &reader, &said);
    status = status == SPK_OK ? end_of(reader) : status;
    int fd = own_open(pcapng, O_RDONLY);
    status = status == SPK_OK ? spk_reader_open_fd(fd, pcapng, &reader, &said) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    own_close(fd);
    status = status == SPK_OK ? spk_reader_open_memory(file.at, file.size, "memory", &reader, &said) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    const struct spk_reader_options function = { .read = give, .context = &left, .name = "function", .salvage = true };
    status = status == SPK_OK ? spk_reader_open_with(&function, &reader, &said) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    const struct spk_reader_options salvaged = { .path = pcap, .salvage = true };
    status = status == SPK_OK ? spk_reader_open_with(&salvaged, &reader, &said) : status;
    status = status == SPK_OK ? end_of(reader) : status;
    free(file.at);
    return status;
}

/* Copies a capture block by block, the packets' bytes as an editor would have them. */
static enum spk_status copy(struct spk_reader *reader, struct spk_writer *writer)
{
    struct spk_block block;
    struct spk_record record;
    enum spk_status status;
    while ((status = spk_reader_next_block(reader, &block, &record, &said)) == SPK_OK) {
        const uint8_t *options;
        size_t size = 0;
        size_t at = 0;
        struct spk_option option;
        while (spk_block_options(&block, &options, &size)
               && spk_option_next(options, size, block.swapped, &at, &option)) {
            assert_true(option.length <= size);
        }
        status = block.is_packet ? spk_writer_write_edited(writer, &block, &record, &said)
                                 : spk_writer_write_block(writer, &block, &said);
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
    uint64_t safe = 0;
    static struct taken taken;
    enum spk_status status = spk_reader_open(pcapng, &reader, &said);
    if (status != SPK_OK) {
        return status;
    }
    taken.size = 0;
    status = spk_writer_open_function(take, &taken, "function", &options, &writer, &said);
    status = status == SPK_OK ? close_all(writer, copy(reader, writer), &safe) : status;
    deliver_taken(&taken, safe);
    if (status == SPK_OK) {
        struct spk_reader_info info;
        struct spk_interface interface;
        struct spk_event events[4];
        spk_reader_info(reader, &info);
        assert_int_equal(info.offset, taken.size);
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
    uint64_t size = 0;
    uint64_t offset = 0;
    enum spk_status status = spk_splits_find(pcapng, 4096, &splits, &said);
    assert_true(status != SPK_OK || splits.count > 2);
    deliver(splits.begins, splits.count * sizeof splits.begins[0]);
    status = status == SPK_OK ? spk_reader_open(pcapng, &first, &said) : status;
    if (status == SPK_OK) {
        assert_true(spk_reader_divides(first, &size));
        status = spk_reader_next(first, &record, &said); /* behind which the interface is known */
        status = status == SPK_OK ? spk_reader_guess(first, size / 2, &offset) : status;
        status = status == SPK_END ? SPK_OK : status; /* of a small file nothing can be told */
        status = status == SPK_OK ? spk_reader_fork(first, splits.begins[1], &second, &said) : status;
        if (status == SPK_OK) {
            spk_reader_until(second, splits.begins[2]);
            status = end_of(second);
        }
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
    bool refused = false;
    enum spk_status status = spk_bpf_compile(SPK_LINK_ETHERNET, 65535, "udp port 53", message, &bpf, &said);
    if (status == SPK_OK) {
        assert_false(spk_bpf_match(bpf, &record));
    }
    spk_bpf_free(bpf);
    status = status == SPK_OK ? spk_bpf_set_new("udp port 53", false, &set) : status;
    for (uint16_t i = 0; i < 8 && status == SPK_OK; i++) {
        status = spk_bpf_set_prepare(set, i % 2 == 0 ? SPK_LINK_ETHERNET : SPK_LINK_RAW, &refused, &said);
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
    enum spk_status status = spk_live_open(&options, message, &live, &said);
    if (status != SPK_OK) {
        return fired ? status : SPK_OK;
    }
    spk_live_info(live, &info);
    spk_live_set_wait(live, -1);
    status = spk_live_filter(live, "udp port 53", &said);
    status = status == SPK_OK ? spk_live_send(live, nothing, sizeof nothing, &said) : status;
    status = status == SPK_OK ? spk_live_next(live, &record, &said) : status;
    status = status >= 0 ? spk_live_counts(live, &counts, &said) : status;
    spk_live_stop(live);
    spk_live_close(live);
    return status;
}

static enum spk_status devices(void)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_device *list = NULL;
    size_t count = 0;
    enum spk_status status = spk_device_list(message, &list, &count, &said);
    spk_device_list_free(list);
    return fired ? status : SPK_OK;
}

/* ---- */

static void writing(void **state)
{
    (void)state;
    under_each_fault(written_to_path, 2, 3);
    under_each_fault(written_to_fd, 2, 1);
    under_each_fault(written_to_function, 8, 0);
}

static void reading(void **state)
{
    (void)state;
    under_each_fault(opened_each_way, 8, 8);
    under_each_fault(block_by_block, 4, 3);
    under_each_fault(in_parts, 4, 5);
}

static void filtering(void **state)
{
    (void)state;
    under_each_fault(compiled, 3, 0);
}

static void live_and_devices(void **state)
{
    (void)state;
    under_each_fault(live, 1, 0);
    under_each_fault(devices, 0, 0);
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
