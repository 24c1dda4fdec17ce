/*
 * Blocks, records and sources that readers seldom meet: what is found behind damage and what is not, what is left of a
 * packet that a file ends in, and options of blocks that lie.
 */
#define _GNU_SOURCE
#include "capture_made.h"

static void put_bytes(struct file *file, uint8_t byte, size_t count)
{
    memset(file->at + file->len, byte, count);
    file->len += count;
}

/* A block of a type, whose body is zeros but for numbers of four bytes at its front. */
static void put_block(struct file *file, uint32_t type, uint32_t body, uint32_t first, uint32_t fourth)
{
    put(file, type, 4);
    put(file, 12 + body, 4);
    size_t at = file->len;
    put_bytes(file, 0, body);
    size_t end = file->len;
    file->len = at;
    put(file, first, body >= 4 ? 4 : 0);
    if (body >= 16) {
        file->len = at + 12;
        put(file, fourth, 4);
    }
    file->len = end;
    put(file, 12 + body, 4);
}

static struct spk_reader *open_made(const struct file *file, bool salvage)
{
    const struct spk_reader_options options = {
        .bytes = file->at, .size = file->len, .name = "made", .salvage = salvage
    };
    struct spk_reader *reader = NULL;
    assert_int_equal(spk_reader_open_with(&options, &reader, NULL), SPK_OK);
    return reader;
}

/* ---- behind damage ---- */

enum { JUNK = 40, OBSOLETE = SPK_BLOCK_PACKET_OBSOLETE };

/* A packet, what belongs to nothing, a block, a packet. Gives the type of what is found first, and what was passed over. */
static uint32_t found_behind(bool big, uint32_t type, uint32_t body, uint32_t first, uint32_t fourth, uint64_t *skipped)
{
    struct file file = begin(0, NULL, 0);
    struct spk_record record;
    struct spk_block block;
    struct spk_error error = { 0 };
    file.len = 0;
    file.big = big;
    put_section(&file);
    put_interface(&file, 0, NULL, 0);
    put_packet(&file, 8);
    uint64_t at = file.len;
    put_bytes(&file, 0xaa, JUNK);
    put_block(&file, type, body, first, fourth);
    put_bytes(&file, 0xaa, type == 0x7778 ? 12 : 0);
    put_packet(&file, 8);
    struct spk_reader *reader = open_made(&file, true);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(spk_reader_next_block(reader, &block, &record, &error), SPK_OK);
    }
    assert_int_equal(spk_reader_next_block(reader, &block, &record, &error), SPK_GAP);
    assert_true(error.at == at);
    *skipped = error.skipped;
    assert_int_equal(spk_reader_next_block(reader, &block, &record, &error), SPK_OK);
    spk_reader_close(reader);
    free(file.at);
    return block.type;
}

static void each_block_is_found(void **state)
{
    static const struct {
        uint32_t type, body, first, fourth;
    } found[] = {
        { SPK_BLOCK_INTERFACE, 8, 1, 0 },
        { SPK_BLOCK_NAMES, 4, 0, 0 },
        { SPK_BLOCK_STATISTICS, 12, 0, 0 },
        { SPK_BLOCK_SECRETS, 8, 0x544c534b, 0 },
        { SPK_BLOCK_CUSTOM, 4, 32473, 0 },
        { SPK_BLOCK_CUSTOM_NOCOPY, 4, 32473, 0 },
        { SPK_BLOCK_PACKET_SIMPLE, 12, 8, 0 },
        { OBSOLETE, 28, 0, 8 },
        { 0x7777, 4, 0, 0 }, /* of no known type, and one of a known type behind it */
    };
    static const struct {
        uint32_t type, body, first, fourth, more;
    } passed_over[] = {
        { 0x7778, 4, 0, 0, 12 },                 /* of no known type, and nothing behind it */
        { SPK_BLOCK_SECTION, 16, 0, 0, 0 },      /* of no byte order */
        { SPK_BLOCK_PACKET_SIMPLE, 0, 0, 0, 0 }, /* too short */
        { SPK_BLOCK_PACKET, 16, 0, 0, 0 },
        { SPK_BLOCK_PACKET, 28, 7, 8, 0 }, /* of an interface that there is not */
        { SPK_BLOCK_PACKET, 28, 0, 9, 0 }, /* longer than its block */
        { OBSOLETE, 28, 0x70007, 8, 0 },
        { OBSOLETE, 28, 0, 100, 0 },
    };
    uint64_t skipped = 0;
    (void)state;
    for (int big = 0; big < 2; big++) {
        for (size_t i = 0; i < SPK_COUNT_OF(found); i++) {
            uint32_t type =
                found_behind(big != 0, found[i].type, found[i].body, found[i].first, found[i].fourth, &skipped);
            if (type != found[i].type || skipped != JUNK) {
                fail_msg("block %x: %x after %u bytes", found[i].type, type, (unsigned)skipped);
            }
        }
        for (size_t i = 0; i < SPK_COUNT_OF(passed_over); i++) {
            uint32_t type = found_behind(big != 0, passed_over[i].type, passed_over[i].body, passed_over[i].first,
                                         passed_over[i].fourth, &skipped);
            if (type != SPK_BLOCK_PACKET || skipped != JUNK + 12u + passed_over[i].body + passed_over[i].more) {
                fail_msg("block %x: %x after %u bytes", passed_over[i].type, type, (unsigned)skipped);
            }
        }
    }
}

/* A simple packet belongs to the first interface; where there is none yet it is no packet. */
static void a_simple_packet_needs_an_interface(void **state)
{
    struct file file = begin(0, NULL, 0);
    struct spk_record record;
    struct spk_error error = { 0 };
    (void)state;
    file.len = 0;
    put_section(&file);
    uint64_t at = file.len;
    put_bytes(&file, 0xaa, JUNK);
    put_simple(&file, 8, 8);
    put_interface(&file, 0, NULL, 0);
    put_packet(&file, 8);
    struct spk_reader *reader = open_made(&file, true);
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_GAP);
    assert_true(error.at == at && error.skipped == JUNK + 24);
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_END);
    spk_reader_close(reader);
    free(file.at);
}

/* ---- what a file ends in ---- */

/* Of a file that is cut in its last block: whether its packet is given, with so many bytes; 0: it is not. */
static uint32_t kept_of(const struct file *file)
{
    struct spk_record record = { .caplen = 0 };
    struct spk_error error = { 0 };
    struct spk_reader *reader = open_made(file, true);
    uint32_t caplen = 0;
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_OK); /* the packet before it */
    assert_int_equal(spk_reader_next(reader, &record, &error), SPK_GAP);
    enum spk_status status = spk_reader_next(reader, &record, &error);
    if (status == SPK_OK) {
        assert_true((record.warnings & SPK_WARN_CUT) != 0);
        caplen = record.caplen;
        status = spk_reader_next(reader, &record, &error);
    }
    assert_int_equal(status, SPK_END);
    spk_reader_close(reader);
    return caplen;
}

static uint32_t kept_of_block(uint32_t type, uint32_t index, uint32_t caplen, size_t cut)
{
    struct file file = begin(0, NULL, 0);
    put_packet(&file, 8);
    put_block(&file, type, 20 + 64, index, caplen);
    file.len -= cut;
    uint32_t kept = kept_of(&file);
    free(file.at);
    return kept;
}

static void a_cut_block(void **state)
{
    (void)state;
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 0, 64, 30), 64 + 4 - 30);
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 0, 20, 30), 20); /* the cut is behind its bytes */
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 3, 64, 30), 0);  /* of no interface */
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 0, 68, 30), 0);  /* longer than its block */
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 0, UINT32_MAX, 30), 0);
    assert_int_equal(kept_of_block(SPK_BLOCK_PACKET, 0, 64, 68), 0); /* nothing of its bytes is there */
    assert_int_equal(kept_of_block(SPK_BLOCK_CUSTOM, 0, 64, 30), 0);
}

static struct file begin_pcap(uint32_t magic)
{
    struct file file = { .at = malloc(FILE_ROOM) };
    assert_non_null(file.at);
    put(&file, magic, 4);
    put(&file, 2, 2);
    put(&file, 4, 2);
    put(&file, 0, 8);
    put(&file, 65535, 4);
    put(&file, SPK_LINK_ETHERNET, 4);
    return file;
}

static void put_record(struct file *file, uint32_t fraction, uint32_t caplen, uint32_t len)
{
    put(file, 1500000000, 4);
    put(file, fraction, 4);
    put(file, caplen, 4);
    put(file, len, 4);
}

static void a_cut_record(void **state)
{
    static const struct {
        uint32_t fraction, caplen, len, kept;
    } list[] = { { 5, 64, 64, 30 }, { 999999, 64, 100, 30 }, { 1000000, 64, 64, 0 }, { 5, 31, 30, 0 } };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct file file = begin_pcap(0xa1b2c3d4);
        put_record(&file, 1, 8, 8);
        put_bytes(&file, 'x', 8);
        put_record(&file, list[i].fraction, list[i].caplen, list[i].len);
        put_bytes(&file, 'x', 30);
        assert_int_equal(kept_of(&file), list[i].kept);
        free(file.at);
    }
}

/* ---- odd forms of pcap ---- */

static void modified_pcap(void **state)
{
    struct file file = begin_pcap(0xa1b2cd34);
    struct spk_record record;
    (void)state;
    put_bytes(&file, 0, 16); /* an empty packet of the time 0: only its interface says that it is one */
    put(&file, 3, 4);
    put(&file, 0, 4);
    put_record(&file, 7, 8, 8);
    put_bytes(&file, 0, 8);
    put_bytes(&file, 'x', 8);
    struct spk_reader *reader = open_made(&file, false);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_true(record.caplen == 0 && record.time_ns == 0 && record.offset == 24);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_true(record.caplen == 8 && record.data[0] == 'x');
    assert_true(record.time_ns == 1500000000 * (int64_t)SECOND + 7000);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    spk_reader_close(reader);
    free(file.at);
}

/* Its magic number with records of the ordinary form is told by what follows the first record, and by nothing else. */
static void ordinary_records_in_a_modified_pcap(void **state)
{
    static const char lacking[] = "modified pcap whose records lack their 24-byte headers";
    (void)state;
    for (uint32_t longer = 0; longer < 2;
         longer++) { /* one more was captured than there was: that is no record either */
        struct file file = begin_pcap(0xa1b2cd34);
        put_record(&file, 7, 8, 8);
        put_bytes(&file, 0xff, 8);
        put_record(&file, 7, 8 + longer, 8);
        put_bytes(&file, 0xff, 8);
        struct outcome out = end(&file);
        assert_int_equal(out.packets, 1 - (longer == 0));
        assert_true(out.status < 0 && (strcmp(out.what, lacking) == 0) == (longer == 0));
    }
    struct file file = begin_pcap(0xa1b2cd34); /* a length that no record has */
    put_record(&file, 7, UINT32_MAX, UINT32_MAX);
    put_bytes(&file, 0xff, 64);
    struct outcome out = end(&file);
    assert_true(out.status < 0 && out.packets == 0 && strcmp(out.what, lacking) != 0);
    file = begin_pcap(0xa1b2cd34); /* which follows in both forms: then it is what it says */
    for (uint32_t seconds = 5; seconds < 7; seconds++) {
        put(&file, seconds, 4);
        put(&file, 7, 4);
        put(&file, 8, 4);
        put(&file, 8, 4);
        put_bytes(&file, 0, 8 + 8);
    }
    out = end(&file);
    assert_true(out.status == SPK_END && out.packets == 2);
}

static void forms_of_others(void **state)
{
    static const uint32_t magics[] = { 0x1c0001ac, 0x1c0001ab };
    (void)state;
    for (int big = 0; big < 2; big++) {
        for (size_t i = 0; i < SPK_COUNT_OF(magics); i++) {
            struct file file = begin_pcap(0);
            file.big = big != 0;
            file.len = 0;
            put(&file, magics[i], 4);
            file.len = 24;
            struct outcome out = end(&file);
            assert_int_equal(out.status, SPK_ERR_UNSUPPORTED);
            assert_string_equal(out.what, "IXIA's variant of pcap is not supported");
        }
    }
    struct file file = begin_pcap(0xa1b2c3d4); /* half of gzip's two bytes */
    file.at[0] = 0x1f;
    struct outcome out = end(&file);
    assert_true(out.status < 0 && out.packets == 0);
}

/* ---- options by hand ---- */

/* A block in this host's byte order; numbers of two bytes at its body's front. */
static struct spk_block block_of(uint8_t *bytes, uint32_t type, uint32_t size, const uint16_t *halves, size_t count)
{
    memset(bytes, 0, size);
    memcpy(bytes, &type, sizeof type);
    memcpy(bytes + 4, &size, sizeof size);
    memcpy(bytes + 8, halves, 2 * count);
    memcpy(bytes + size - 4, &size, sizeof size);
    return (struct spk_block){ .bytes = bytes, .size = size, .type = type };
}

static void options_of_blocks_that_lie(void **state)
{
    static const uint16_t none[1] = { 0 };
    static const uint16_t two_names[] = { 1, 4, 0x0a00, 1, 1, 6, 0, 0, 0, 0, 0, 0, 1, 1, 'c', 0 };
    static const uint16_t beyond[] = { 1, 0xfff0, 0, 0 };
    static const uint16_t unended[] = { 1, 4, 0, 0 };
    uint8_t bytes[64];
    const uint8_t *options = NULL;
    size_t size = 0;
    (void)state;
    struct spk_block block = block_of(bytes, SPK_BLOCK_NAMES, 12 + 32, two_names, 16);
    assert_true(spk_block_options(&block, &options, &size));
    assert_int_equal(options - bytes, 8 + 24);
    assert_int_equal(size, 8);
    block = block_of(bytes, SPK_BLOCK_NAMES, 20, beyond, 4);
    assert_false(spk_block_options(&block, &options, &size));
    block = block_of(bytes, SPK_BLOCK_NAMES, 20, unended, 4);
    assert_false(spk_block_options(&block, &options, &size));
    block = block_of(bytes, SPK_BLOCK_PACKET, 28, none, 1);
    assert_false(spk_block_options(&block, &options, &size));
    block = block_of(bytes, OBSOLETE, 28, none, 1);
    assert_false(spk_block_options(&block, &options, &size));
    block = block_of(bytes, OBSOLETE, 40, none, 1); /* no bytes, and then 8 of options */
    assert_true(spk_block_options(&block, &options, &size));
    assert_int_equal(size, 8);
    block = block_of(bytes, SPK_BLOCK_SECRETS, 16, none, 1);
    assert_false(spk_block_options(&block, &options, &size));
    block = block_of(bytes, SPK_BLOCK_SECRETS, 28, none, 1);
    assert_true(spk_block_options(&block, &options, &size));
    assert_int_equal(size, 8);
    block = block_of(bytes, SPK_BLOCK_CUSTOM, 28, none, 1);
    assert_false(spk_block_options(&block, &options, &size));
    block.type = SPK_BLOCK_INTERFACE;
    block.size = 8;
    assert_false(spk_block_options(&block, &options, &size));
    block = (struct spk_block){ .size = 28, .type = SPK_BLOCK_INTERFACE };
    assert_false(spk_block_options(&block, &options, &size)); /* a record of a pcap */
}

static void options_put_and_taken(void **state)
{
    uint8_t bytes[32];
    size_t used = 0;
    size_t at = 0;
    struct spk_option option;
    struct spk_record record = { .options = bytes };
    const char *text = NULL;
    size_t length = 0;
    (void)state;
    assert_true(spk_option_put(bytes, sizeof bytes, &used, 2, "\1\2\3\4", 4));
    assert_true(spk_option_put(bytes, sizeof bytes, &used, SPK_OPTION_COMMENT, "hello", 5));
    assert_false(spk_option_put(bytes, sizeof bytes, &used, SPK_OPTION_COMMENT, "no room for it", 14));
    assert_int_equal(used, 8 + 12);
    record.options_len = (uint32_t)used + 2; /* two bytes are no option */
    assert_true(spk_record_comment(&record, &at, &text, &length));
    assert_true(length == 5 && memcmp(text, "hello", 5) == 0);
    assert_false(spk_record_comment(&record, &at, &text, &length));
    assert_false(spk_option_next(NULL, 0, false, &at, &option));
    used = sizeof bytes + 1; /* what a caller has lost count of */
    assert_false(spk_option_put(bytes, sizeof bytes, &used, 2, NULL, 0));
    assert_int_equal(used, sizeof bytes + 1);
}

/* ---- sources ---- */

static ptrdiff_t give_too_much(void *context, void *to, size_t size)
{
    (void)context;
    (void)to;
    return (ptrdiff_t)size + 1;
}

static void a_source_that_lies(void **state)
{
    const struct spk_reader_options options = { .read = give_too_much, .name = "liar" };
    struct spk_reader *reader = NULL;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_reader_open_with(&options, &reader, &error), SPK_ERR_IO);
    assert_string_equal(error.what, "cannot be read");
    assert_string_equal(error.who, "liar");
    assert_int_equal(spk_reader_open_with(&(struct spk_reader_options){ .name = "none" }, &reader, &error),
                     SPK_ERR_USAGE);
    assert_string_equal(error.what, "nothing to read from was given");
}

/* What is packed, salvaged, of another form or no file cannot be read in parts: it is said, and there is no reader. */
static void captures_in_one_piece(void **state)
{
    enum { PACKED, SALVAGED, MODIFIED, MEMORY, WAYS };
    char directory[256];
    struct file file = begin_pcap(0xa1b2c3d4);
    const struct spk_writer_options gzip = { .compression = SPK_COMPRESSION_GZIP };
    struct spk_writer *writer = NULL;
    (void)state;
    make_directory(directory, sizeof directory);
    const char *path = path_in(directory, "capture");
    for (int way = 0; way < WAYS; way++) {
        struct spk_reader_options options = { .path = path, .salvage = way == SALVAGED };
        struct spk_reader *reader = NULL;
        struct spk_reader *part = NULL;
        struct spk_error error = { 0 };
        uint64_t size = 0;
        if (way == MODIFIED) {
            memcpy(file.at, "\x34\xcd\xb2\xa1", 4);
        }
        write_file(path, file.at, file.len);
        if (way == PACKED) {
            assert_int_equal(spk_writer_open(path, &gzip, &writer, NULL), SPK_OK);
            assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
        } else if (way == MEMORY) {
            options = (struct spk_reader_options){ .bytes = file.at, .size = file.len, .name = "memory" };
        }
        assert_int_equal(spk_reader_open_with(&options, &reader, NULL), SPK_OK);
        assert_false(spk_reader_divides(reader, &size));
        assert_int_equal(spk_reader_fork(reader, 24, &part, &error), SPK_ERR_USAGE);
        assert_string_equal(error.what, "a capture that cannot be read in parts");
        assert_null(part);
        spk_reader_close(reader);
    }
    free(file.at);
    remove_directory(directory);
}

/* What is wrong with a block is told at its first byte, whichever byte it is: there a part ends and the next begins. */
static void errors_are_told_at_a_block(void **state)
{
    size_t begins[5];
    size_t told = 0;
    (void)state;
    struct file file = { .at = malloc(FILE_ROOM), .len = 0 };
    for (size_t i = 0; i < SPK_COUNT_OF(begins); i++) {
        begins[i] = file.len;
        if (i % 3 == 0) {
            put_section(&file);
        } else if (i % 3 == 1) {
            put_interface(&file, 0, NULL, 0);
        } else {
            put_packet(&file, 8);
        }
    }
    for (size_t at = begins[1]; at < file.len; at++) {
        const uint8_t was = file.at[at];
        file.at[at] ^= 0x55;
        struct outcome out = read_memory(file.at, file.len);
        file.at[at] = was;
        size_t i = 0;
        while (out.status < 0 && i < SPK_COUNT_OF(begins) && begins[i] != out.error.at) {
            i++;
        }
        assert_true(out.status == SPK_END || (out.error.has_at && i < SPK_COUNT_OF(begins)));
        told += out.status < 0;
    }
    assert_true(told > 50);
    free(file.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_block_is_found),   cmocka_unit_test(a_simple_packet_needs_an_interface),
        cmocka_unit_test(a_cut_block),           cmocka_unit_test(a_cut_record),
        cmocka_unit_test(modified_pcap),         cmocka_unit_test(ordinary_records_in_a_modified_pcap),
        cmocka_unit_test(forms_of_others),       cmocka_unit_test(options_of_blocks_that_lie),
        cmocka_unit_test(options_put_and_taken), cmocka_unit_test(a_source_that_lies),
        cmocka_unit_test(captures_in_one_piece), cmocka_unit_test(errors_are_told_at_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
