/* What a writer refuses and in which words, what a destination that fails leaves, and options and times seldom met. */
#define _GNU_SOURCE
#include "capture_made.h"

#include <errno.h>

/* A destination in memory, or one that does not do what it should. */
struct sink {
    uint8_t bytes[1 << 16];
    size_t used;
    ptrdiff_t answer; /* other than 0: what it says instead of taking anything */
    bool nothing;     /* takes nothing at all */
};

static struct sink sink;

static ptrdiff_t take(void *context, const void *from, size_t size)
{
    struct sink *self = context;
    if (self->answer != 0 || self->nothing) {
        return self->answer > 0 ? (ptrdiff_t)size + self->answer : self->answer;
    }
    assert_true(size <= sizeof self->bytes - self->used);
    memcpy(self->bytes + self->used, from, size);
    self->used += size;
    return (ptrdiff_t)size;
}

static struct spk_writer *open_sink(struct spk_writer_options options)
{
    struct spk_writer *writer = NULL;
    memset(&sink, 0, sizeof sink);
    assert_int_equal(spk_writer_open_function(take, &sink, "sink", &options, &writer, NULL), SPK_OK);
    return writer;
}

static struct spk_reader *read_sink(void)
{
    struct spk_reader *reader = NULL;
    assert_int_equal(spk_reader_open_memory(sink.bytes, sink.used, "sink", &reader, NULL), SPK_OK);
    return reader;
}

static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static struct spk_record record_of(uint32_t caplen, int64_t time_ns)
{
    return (struct spk_record){
        .data = octets, .caplen = caplen, .len = caplen, .time_ns = time_ns, .has_time = true, .link = SPK_LINK_ETHERNET
    };
}

/* A refusal and its words, which are then forgotten, so that the next has to bring its own. */
static void expect(enum spk_status status, struct spk_error *error, enum spk_status wanted, const char *what)
{
    assert_int_equal(status, wanted);
    assert_int_equal(error->code, wanted);
    assert_string_equal(error->what, what);
    assert_string_equal(error->who, "sink");
    *error = (struct spk_error){ 0 };
}

/* ---- blocks ---- */

/* A section, an interface, a packet, a simple packet and a custom block, as a reader gives them. */
enum { SECTION, INTERFACE, PACKET, SIMPLE, CUSTOM, BLOCKS };

static struct file made;
static struct spk_block blocks[BLOCKS];

static void read_blocks(bool big)
{
    struct spk_reader *reader = NULL;
    struct spk_record record;
    made.len = 0;
    made.big = big;
    put_section(&made);
    put_interface(&made, 0, NULL, 0);
    put_packet(&made, 8);
    put_simple(&made, 8, 8);
    put(&made, SPK_BLOCK_CUSTOM, 4);
    put(&made, 16, 4);
    put(&made, 32473, 4);
    put(&made, 16, 4);
    assert_int_equal(spk_reader_open_memory(made.at, made.len, "made", &reader, NULL), SPK_OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        assert_int_equal(spk_reader_next_block(reader, &blocks[i], &record, NULL), SPK_OK);
        blocks[i].bytes = made.at + blocks[i].offset;
    }
    spk_reader_close(reader);
}

static void blocks_that_are_none(void **state)
{
    const struct spk_record record = record_of(8, 0);
    (void)state;
    read_blocks(false);
    struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG });
    struct spk_error error = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        struct spk_block bad = blocks[SECTION];
        bad.bytes = i == 0 ? NULL : bad.bytes;
        bad.size = i == 1 ? 8 : i == 2 ? 26 : bad.size;
        expect(spk_writer_write_block(writer, &bad, &error), &error, SPK_ERR_USAGE, "not a block");
        expect(spk_writer_write_edited(writer, &bad, &record, &error), &error, SPK_ERR_USAGE, "not a block");
    }
    expect(spk_writer_write_block(writer, &blocks[INTERFACE], &error), &error, SPK_ERR_USAGE,
           "a block without its section's header");
    assert_int_equal(spk_writer_write_block(writer, &blocks[SECTION], NULL), SPK_OK);
    struct spk_block other = blocks[INTERFACE];
    other.swapped = !other.swapped;
    expect(spk_writer_write_block(writer, &other, &error), &error, SPK_ERR_USAGE,
           "a block without its section's header");
    for (size_t i = INTERFACE; i < BLOCKS; i++) {
        assert_int_equal(spk_writer_write_block(writer, &blocks[i], &error), SPK_OK);
    }
    assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK); /* begins a section of its own */
    expect(spk_writer_write_block(writer, &blocks[INTERFACE], &error), &error, SPK_ERR_USAGE,
           "a block without its section's header");
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    assert_memory_equal(sink.bytes, made.at, made.len); /* nothing that was refused stands between */
    writer = open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAP });
    expect(spk_writer_write_block(writer, &blocks[SECTION], &error), &error, SPK_ERR_USAGE,
           "blocks can be written to pcapng only");
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
}

static void edited_packets_that_do_not_fit(void **state)
{
    struct spk_error error = { 0 };
    struct spk_record record = record_of(8, 0);
    (void)state;
    for (int big = 0; big < 2; big++) {
        read_blocks(big != 0);
        struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG });
        for (size_t i = SECTION; i <= INTERFACE; i++) {
            assert_int_equal(spk_writer_write_block(writer, &blocks[i], NULL), SPK_OK);
        }
        expect(spk_writer_write_edited(writer, &blocks[CUSTOM], &record, &error), &error, SPK_ERR_USAGE,
               "not a packet block");
        struct spk_block bad = blocks[SIMPLE];
        bad.size = 12;
        expect(spk_writer_write_edited(writer, &bad, &record, &error), &error, SPK_ERR_USAGE, "not a packet block");
        bad = blocks[PACKET];
        bad.size = 28;
        expect(spk_writer_write_edited(writer, &bad, &record, &error), &error, SPK_ERR_USAGE,
               "a packet block whose lengths lie");
        bad = blocks[PACKET];
        bad.size -= 4;
        expect(spk_writer_write_edited(writer, &bad, &record, &error), &error, SPK_ERR_USAGE,
               "a packet block whose lengths lie");
        record.caplen = SPK_RECORD_MAX + 1;
        expect(spk_writer_write_edited(writer, &blocks[PACKET], &record, &error), &error, SPK_ERR_LIMIT,
               "packet longer than a record may be");
        record.caplen = 8;
        for (unsigned i = 0; i < 2; i++) { /* of another length; cut, and no longer filling the block */
            record.len = i == 0 ? 12 : 8;
            record.caplen = i == 0 ? 8 : 4;
            expect(spk_writer_write_edited(writer, &blocks[SIMPLE], &record, &error), &error, SPK_ERR_UNSUPPORTED,
                   "a simple packet block cannot say how much of a packet it holds");
        }
        record.len = 8;
        record.caplen = 7; /* and one that still fills it: what a snap length cut stays cut */
        assert_int_equal(spk_writer_write_edited(writer, &blocks[SIMPLE], &record, NULL), SPK_OK);
        record.len = record.caplen = 0;
        assert_int_equal(spk_writer_write_edited(writer, &blocks[SIMPLE], &record, NULL), SPK_OK);
        assert_int_equal(spk_writer_write_edited(writer, &blocks[PACKET], &record, NULL), SPK_OK);
        record = record_of(8, 0);
        assert_int_equal(spk_writer_write_edited(writer, &blocks[PACKET], &record, NULL), SPK_OK);
        assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
        struct outcome out = read_memory(sink.bytes, sink.used);
        assert_int_equal(out.status, SPK_END);
        assert_int_equal(out.packets, 4);
    }
}

/* ---- records ---- */

static void records_that_do_not_fit(void **state)
{
    static const enum spk_format formats[] = { SPK_FORMAT_PCAP, SPK_FORMAT_PCAPNG };
    static uint8_t options[8u * 1024 * 1024 + 4];
    struct spk_error error = { 0 };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(formats); i++) {
        struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = formats[i] });
        struct spk_record record = record_of(SPK_RECORD_MAX + 1, 0);
        expect(spk_writer_write(writer, &record, &error), &error, SPK_ERR_LIMIT, "packet longer than a record may be");
        record = record_of(8, 0);
        record.options = options;
        record.options_len = sizeof options;
        enum spk_status status = spk_writer_write(writer, &record, &error);
        if (formats[i] == SPK_FORMAT_PCAPNG) {
            expect(status, &error, SPK_ERR_LIMIT, "more options than a record may have");
        }
        record = record_of(8, 0);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK); /* and it goes on */
        assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
        struct outcome out = read_memory(sink.bytes, sink.used);
        assert_int_equal(out.status, SPK_END);
        assert_int_equal(out.packets, formats[i] == SPK_FORMAT_PCAP ? 2 : 1);
    }
}

static void options_that_are_none(void **state)
{
    static const struct spk_writer_options bad[] = {
        { .compression = SPK_COMPRESSION_GZIP, .level = -1 },
        { .compression = SPK_COMPRESSION_GZIP, .level = 10 },
        { .compression = (enum spk_compression)77 },
    };
    struct spk_writer *writer = NULL;
    struct spk_error error = { 0 };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(bad); i++) {
        expect(spk_writer_open_function(take, &sink, "sink", &bad[i], &writer, &error), &error, SPK_ERR_USAGE,
               "no such compression, or no such level of it");
        assert_null(writer);
        assert_int_equal(spk_writer_open_function(take, &sink, "sink", &bad[i], &writer, NULL), SPK_ERR_USAGE);
    }
    struct spk_writer_options options = { .format = SPK_FORMAT_PCAP_MODIFIED };
    expect(spk_writer_open_function(take, &sink, "sink", &options, &writer, &error), &error, SPK_ERR_USAGE,
           "a format that is not written");
    spk_writer_options_from_name("old.DMP", &options);
    assert_true(options.format == SPK_FORMAT_PCAP && options.compression == SPK_COMPRESSION_NONE);
    spk_writer_options_from_name(".cap.zst", &options);
    assert_true(options.format == SPK_FORMAT_PCAP && options.compression == SPK_COMPRESSION_ZSTD);
}

/* ---- destinations ---- */

/* Every call fails as the first did, whether or not the caller wants to know why. */
static void a_failure_is_final(void **state)
{
    const struct spk_record record = record_of(8, 0);
    (void)state;
    read_blocks(false);
    for (int answer = -1; answer < 2; answer++) {
        for (int want = 0; want < 2; want++) {
            struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG });
            struct spk_error error = { 0 };
            uint64_t safe = 7;
            sink.answer = answer;
            sink.nothing = true;
            assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
            enum spk_status said[] = {
                spk_writer_flush(writer, want != 0 ? &error : NULL),
                spk_writer_write(writer, &record, want != 0 ? &error : NULL),
                spk_writer_write_block(writer, &blocks[SECTION], want != 0 ? &error : NULL),
                spk_writer_write_edited(writer, &blocks[PACKET], &record, want != 0 ? &error : NULL),
                spk_writer_flush(writer, want != 0 ? &error : NULL),
                spk_writer_close(writer, &safe, want != 0 ? &error : NULL),
            };
            for (size_t i = 0; i < SPK_COUNT_OF(said); i++) {
                assert_int_equal(said[i], SPK_ERR_IO);
            }
            if (want != 0) {
                assert_string_equal(error.hint, "the packets before it were written");
                assert_int_equal(error.packet, 1);
                expect(SPK_ERR_IO, &error, SPK_ERR_IO, "cannot be written");
            }
            assert_int_equal(safe, 0);
        }
    }
}

static void no_descriptor(void **state)
{
    const struct spk_record record = record_of(8, 0);
    struct spk_writer *writer = NULL;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_writer_open_fd(-1, "sink", NULL, &writer, NULL), SPK_OK);
    assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    enum spk_status status = spk_writer_flush(writer, &error);
    assert_int_equal(error.sys_errno, EBADF);
    expect(status, &error, SPK_ERR_IO, "cannot be written");
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_ERR_IO);
}

static void flushing_begins_the_file(void **state)
{
    (void)state;
    struct spk_writer *writer = open_sink((struct spk_writer_options){ .has_link = true, .link = SPK_LINK_RAW });
    assert_int_equal(spk_writer_flush(writer, NULL), SPK_OK);
    assert_int_equal(sink.used, 24); /* the file's header: a reader that waits knows the link type */
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    writer = open_sink((struct spk_writer_options){ 0 });
    assert_int_equal(spk_writer_flush(writer, NULL), SPK_OK);
    assert_int_equal(sink.used, 0); /* which a first record is to say here */
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    assert_int_equal(sink.used, 24);
}

/* Behind what a file has already, through a descriptor that appends. */
static void appended(void **state)
{
    const struct spk_record record = record_of(8, 0);
    char directory[256];
    (void)state;
    make_directory(directory, sizeof directory);
    for (int kind = 0; kind < 2; kind++) {
        const struct spk_writer_options options = { .snaplen = 8,
                                                    .compression =
                                                        kind == 0 ? SPK_COMPRESSION_NONE : SPK_COMPRESSION_GZIP };
        const char *path = path_in(directory, "appended");
        struct spk_writer *writer = NULL;
        write_file(path, "0123456789", 10);
        int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(spk_writer_open_fd(fd, "appended", &options, &writer, NULL), SPK_OK);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
        assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
        close(fd);
        struct bytes file = read_file(path);
        assert_memory_equal(file.at, "0123456789", 10);
        struct outcome out = read_memory(file.at + 10, file.size - 10);
        assert_true(out.status == SPK_END && out.packets == 1);
        free(file.at);
    }
    remove_directory(directory);
}

/* The name - stands for the standard input and output. */
static void standard_streams(void **state)
{
    const struct spk_record record = record_of(8, 0);
    struct spk_writer *writer = NULL;
    struct spk_reader *reader = NULL;
    struct spk_record got;
    struct spk_error error = { 0 };
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    fflush(NULL);
    int saved[2] = { dup(STDIN_FILENO), dup(STDOUT_FILENO) };
    assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    enum spk_status opened = spk_writer_open("-", NULL, &writer, NULL);
    enum spk_status written = spk_writer_write(writer, &record, NULL);
    enum spk_status closed = spk_writer_close(writer, NULL, NULL);
    dup2(saved[1], STDOUT_FILENO);
    assert_int_equal(opened, SPK_OK);
    assert_int_equal(written, SPK_OK);
    assert_int_equal(closed, SPK_OK);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    dup2(fileno(file), STDIN_FILENO);
    opened = spk_reader_open("-", &reader, NULL);
    enum spk_status first = spk_reader_next(reader, &got, NULL);
    uint32_t caplen = got.caplen;
    enum spk_status second = spk_reader_next(reader, &got, NULL);
    spk_reader_close(reader);
    enum spk_status third = spk_reader_open("-", &reader, &error); /* nothing is left of it */
    dup2(saved[0], STDIN_FILENO);
    close(saved[0]);
    close(saved[1]);
    fclose(file);
    assert_int_equal(opened, SPK_OK);
    assert_int_equal(first, SPK_OK);
    assert_int_equal(caplen, 8);
    assert_int_equal(second, SPK_END);
    assert_int_equal(third, SPK_ERR_CUT);
    assert_string_equal(error.who, "standard input");
    assert_string_equal(error.what, "empty file");
}

/* ---- times, checksums of frames, options ---- */

/* A record without a time is a simple block where that says all there is to it, and only there. */
static void simple_or_not(void **state)
{
    static const uint8_t comment[] = { 0, 0, 0, 0 };
    struct spk_record records[5];
    struct spk_writer *writer =
        open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG, .said_snaplen = 8 });
    struct spk_block block;
    struct spk_record record;
    bool simple[] = { true, true, false, false, false };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(records); i++) {
        records[i] = record_of(8, 0);
        records[i].has_time = false;
    }
    records[1].caplen = records[1].len = 0;
    records[2].len = 9;
    records[3].options = comment;
    records[3].options_len = sizeof comment;
    records[4].caplen = records[4].len = 12; /* longer than the file says packets are */
    for (size_t i = 0; i < SPK_COUNT_OF(records); i++) {
        assert_int_equal(spk_writer_write(writer, &records[i], NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    struct spk_reader *reader = read_sink();
    for (size_t i = 0; i < SPK_COUNT_OF(records);) {
        assert_int_equal(spk_reader_next_block(reader, &block, &record, NULL), SPK_OK);
        if (block.is_packet) {
            assert_int_equal(block.type, simple[i] ? SPK_BLOCK_PACKET_SIMPLE : SPK_BLOCK_PACKET);
            assert_int_equal(record.caplen, records[i].caplen);
            assert_int_equal(record.len, records[i].len);
            assert_int_equal(record.has_time, !simple[i]);
            i++;
        }
    }
    spk_reader_close(reader);
}

/* An interface in microseconds for times that are whole ones, another in nanoseconds for those that are not. */
static void coarse_and_fine_times(void **state)
{
    static const int64_t times[] = { 1000, 1001, 5000000, 5000001, -1000 };
    struct spk_writer *writer =
        open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG, .microseconds = true });
    struct spk_record record;
    struct spk_reader_info info;
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(times); i++) {
        record = record_of(8, times[i]);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    record = record_of(8, 0);
    record.has_time = false;
    record.len = 9;
    assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    struct spk_reader *reader = read_sink();
    for (size_t i = 0; i < SPK_COUNT_OF(times); i++) {
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        assert_true(record.time_ns == times[i]);
    }
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_true(record.time_ns == 0);
    spk_reader_info(reader, &info);
    assert_int_equal(info.interfaces, 3);
    spk_reader_close(reader);
}

static void lengths_of_frame_checksums(void **state)
{
    static const uint8_t lengths[] = { 0, 4, 3, 8, 12, 16 };
    struct spk_record record;
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(lengths); i++) {
        for (int format = SPK_FORMAT_PCAP; format <= SPK_FORMAT_PCAPNG; format++) {
            struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = (enum spk_format)format });
            record = record_of(8, 0);
            record.fcs_len = lengths[i];
            assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
            assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
            struct spk_reader *reader = read_sink();
            assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
            if (format == SPK_FORMAT_PCAPNG || lengths[i] < 16) { /* pcap counts up to 7 words, of two bytes */
                assert_int_equal(record.fcs_len, format == SPK_FORMAT_PCAP && lengths[i] % 2 == 1 ? 0 : lengths[i]);
            }
            spk_reader_close(reader);
        }
    }
}

/* An option in the byte order that this host does not have. */
static size_t put_other_order(uint8_t *to, uint16_t code, uint16_t length)
{
    const uint16_t head[] = { code, length };
    for (size_t i = 0; i < 4; i++) {
        to[i] = ((const uint8_t *)head)[i ^ 1];
    }
    for (uint16_t i = 0; i < length; i++) {
        to[4 + i] = (uint8_t)(i + 1);
    }
    return 4 + ((size_t)length + 3) / 4 * 4;
}

/* Into a section of the other byte order: what is a number turns round, and what only has its code does not. */
static void options_of_other_lengths(void **state)
{
    static const struct {
        uint16_t code, length, turned; /* bytes at the front that are a number */
    } list[] = {
        { 2, 4, 4 },    { 2, 3, 0 },    { 6, 4, 4 },     { 6, 8, 0 },     { 4, 8, 8 },     { 4, 4, 0 },  { 5, 8, 8 },
        { 2988, 6, 4 }, { 2989, 8, 4 }, { 19372, 4, 4 }, { 19373, 5, 4 }, { 19373, 3, 0 }, { 3, 12, 0 }, { 1, 0, 0 },
    };
    static uint8_t options[512];
    size_t size = 0;
    size_t at = 0;
    struct spk_option option;
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        size += put_other_order(options + size, list[i].code, list[i].length);
    }
    struct spk_record record = record_of(8, 0);
    record.options = options;
    record.options_len = (uint32_t)size;
    record.swapped = true;
    struct spk_writer *writer = open_sink((struct spk_writer_options){ .format = SPK_FORMAT_PCAPNG });
    assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    struct spk_reader *reader = read_sink();
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        assert_true(spk_option_next(record.options, record.options_len, record.swapped, &at, &option));
        assert_int_equal(option.code, list[i].code);
        assert_int_equal(option.length, list[i].length);
        for (uint16_t k = 0; k < option.length; k++) {
            int wanted = k < list[i].turned ? list[i].turned - k : k + 1;
            assert_int_equal(option.value[k], wanted);
        }
    }
    assert_false(spk_option_next(record.options, record.options_len, record.swapped, &at, &option));
    spk_reader_close(reader);
}

static int set_up(void **state)
{
    (void)state;
    made.at = malloc(FILE_ROOM);
    return made.at == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(made.at);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_that_are_none),     cmocka_unit_test(edited_packets_that_do_not_fit),
        cmocka_unit_test(records_that_do_not_fit),  cmocka_unit_test(options_that_are_none),
        cmocka_unit_test(a_failure_is_final),       cmocka_unit_test(no_descriptor),
        cmocka_unit_test(flushing_begins_the_file), cmocka_unit_test(appended),
        cmocka_unit_test(standard_streams),         cmocka_unit_test(simple_or_not),
        cmocka_unit_test(coarse_and_fine_times),    cmocka_unit_test(lengths_of_frame_checksums),
        cmocka_unit_test(options_of_other_lengths),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
