/* info: what a capture is, before anyone asks what is in it. One pass over the records; nothing is decoded. */
#include "input.h"
#include "pager.h"
#include "select.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct option options[] = {
    FILTER_OPTION,
    DECODE_OPTION,
    READ_OPTION,
    READER_OPTIONS,
    { .name = "json", .group = "How to show it", .help = "One JSON object a file, a line each.", .id = OPTION_JSON },
};

/* So many interfaces and comments are listed; what is beyond is only counted. */
enum { LISTED_MAX = 64, COMMENTS_MAX = 16, COMMENT_TEXT = 160 };

struct heard {
    uint32_t section, interface;
    uint16_t link;
    uint64_t packets;
    char name[64];
    size_t name_len;
};

struct comment {
    uint64_t packet; /* 0: of the file */
    char text[COMMENT_TEXT];
    size_t len;
};

struct summary {
    const char *path;
    const struct spk_registry *registry;
    const struct spk_filter *filter; /* NULL: every packet */
    struct spk_reader_options how;
    struct spk_reader_info info;
    struct heard interfaces[LISTED_MAX];
    size_t interface_count, unlisted;
    struct comment comments[COMMENTS_MAX];
    uint64_t comment_count;
    uint64_t packets, captured, wire, without_time;
    int64_t first_ns, last_ns;
    struct spk_error error; /* what ended the reading, with a code below zero */
};

static size_t keep(char *to, size_t room, const char *from, size_t len)
{
    size_t kept = len < room ? len : room;
    if (kept > 0) {
        memcpy(to, from, kept);
    }
    return kept;
}

/* The comments among options: of a packet, or with number 0 of the file. */
static void count_comments(struct summary *s, const uint8_t *from, size_t size, bool swapped, uint64_t number)
{
    struct spk_option option;
    for (size_t at = 0; spk_option_next(from, size, swapped, &at, &option);) {
        if (option.code != SPK_OPTION_COMMENT) {
            continue;
        }
        if (s->comment_count < COMMENTS_MAX) {
            struct comment *comment = &s->comments[s->comment_count];
            comment->packet = number;
            comment->len = keep(comment->text, sizeof comment->text, (const char *)option.value, option.length);
        }
        s->comment_count++;
    }
}

/* NULL: there are more than are listed. */
static struct heard *find_interface(struct summary *s, const struct spk_reader *reader, uint32_t section,
                                    uint32_t index)
{
    for (size_t i = 0; i < s->interface_count; i++) {
        struct heard *known = &s->interfaces[i];
        if (known->section == section && known->interface == index) {
            return known;
        }
    }
    if (s->interface_count == LISTED_MAX) {
        return NULL;
    }
    struct heard *made = &s->interfaces[s->interface_count++];
    struct spk_interface told;
    *made = (struct heard){ .section = section, .interface = index };
    if (spk_reader_interface(reader, index, &told)) {
        made->link = told.link;
        made->name_len = keep(made->name, sizeof made->name, told.name, told.name != NULL ? told.name_len : 0);
    }
    return made;
}

struct counting {
    struct summary *summary;
    struct input *input;
};

/* A block that is no packet: an interface that may never be heard of, and what somebody remarked. */
static bool count_block(void *context, const struct spk_block *block)
{
    const struct counting *counting = context;
    const struct spk_reader *reader = counting->input->reader;
    const uint8_t *remarks = NULL;
    size_t size = 0;
    if (block->type == SPK_BLOCK_INTERFACE) {
        struct spk_reader_info info;
        spk_reader_info(reader, &info);
        find_interface(counting->summary, reader, block->section, info.interfaces - 1);
    }
    if (spk_block_options(block, &remarks, &size)) {
        count_comments(counting->summary, remarks, size, block->swapped, 0);
    }
    return true;
}

static void count_record(struct summary *s, const struct spk_reader *reader, const struct spk_record *record)
{
    struct heard *interface = find_interface(s, reader, record->section, record->interface);
    if (interface != NULL) {
        interface->packets++;
    } else {
        s->unlisted++;
    }
    if (!record->has_time) {
        s->without_time++;
    } else if (s->packets == s->without_time) {
        s->first_ns = s->last_ns = record->time_ns;
    } else {
        s->first_ns = record->time_ns < s->first_ns ? record->time_ns : s->first_ns;
        s->last_ns = record->time_ns > s->last_ns ? record->time_ns : s->last_ns;
    }
    s->packets++;
    s->captured += record->caplen;
    s->wire += record->len;
    count_comments(s, record->options, record->options_len, record->swapped, record->number);
}

/* Only what the filter keeps is counted. */
static void read_filtered(struct summary *s, struct input *input)
{
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    struct spk_query_options wanted = { .registry = s->registry, .filter = s->filter, .decode = true };
    if (spk_query_new(NULL, 0, &wanted, &query, &s->error) == SPK_OK
        && spk_scan_new(query, &scan, &s->error) == SPK_OK) {
        spk_scan_source(scan, s->path, spk_cli_input_next, input);
        while (spk_scan_next(scan, &cells, &s->error) == SPK_OK) {
            count_record(s, input->reader, cells->record);
        }
    }
    spk_scan_free(scan);
    spk_query_free(query);
}

/* Gives an exit code: of the opening, which tells its errors itself, or INTERRUPTED. s->error: what ended the reading. */
static int read_capture(struct summary *s)
{
    struct input input;
    struct spk_record record;
    int code = spk_cli_input_begin(&input, &s->path, 1, NULL, &s->how);
    struct counting counting = { s, &input };
    if (code == DONE) {
        input.beside = count_block;
        input.context = &counting;
        spk_cli_progress_begin(&input.progress, &s->path, 1, false);
        if (s->filter != NULL) {
            read_filtered(s, &input);
        } else {
            while (spk_cli_input_next(&input, &record, &s->error) == SPK_OK) {
                count_record(s, input.reader, &record);
            }
        }
        spk_cli_progress_end(&input.progress);
        spk_reader_info(input.reader, &s->info);
        code = spk_cli_interrupted() ? INTERRUPTED : DONE;
    }
    spk_cli_input_end(&input);
    return code;
}

static bool has_times(const struct summary *s)
{
    return s->packets > s->without_time;
}

/* Seconds from the first to the last packet. */
static double span_of(const struct summary *s)
{
    return has_times(s) ? (double)((uint64_t)s->last_ns - (uint64_t)s->first_ns) / 1e9 : 0;
}

static const char *format_name(const struct summary *s)
{
    static const char *const names[] = { "unknown", "pcap", "pcapng", "pcap (modified by Kuznetsov)" };
    return names[s->info.format <= SPK_FORMAT_PCAP_MODIFIED ? s->info.format : 0];
}

static const char *compression_name(const struct summary *s)
{
    static const char *const names[] = { "none", "gzip", "zstd", "lz4" };
    return names[s->info.compression <= SPK_COMPRESSION_LZ4 ? s->info.compression : 0];
}

static const char *link_name(const struct summary *s, uint16_t link)
{
    const struct spk_proto *proto = spk_registry_at(s->registry, "link", link);
    return proto != NULL ? proto->title : "not decoded";
}

/* ---- as text ---- */

static void put_line(struct output *output, const char *label, const char *text)
{
    spk_cli_put_format(output, "%-13s %s\n", label, text);
}

static void put_time(struct output *output, const char *label, uint8_t kind, uint64_t ns)
{
    const struct spk_row row = { .kind = kind, .base = SPK_DATE };
    const struct spk_value value = { .kind = kind, .u = ns };
    spk_cli_put_format(output, "%-13s ", label);
    spk_cli_put_value(output, &row, &value);
    spk_cli_put(output, "\n");
}

static void put_times(struct output *output, const struct summary *s)
{
    if (!has_times(s)) {
        put_line(output, "Times", "none");
        return;
    }
    put_time(output, "First packet", SPK_TIME, (uint64_t)s->first_ns);
    put_time(output, "Last packet", SPK_TIME, (uint64_t)s->last_ns);
    double span = span_of(s);
    spk_cli_put_format(output, "%-13s %.9f s\n", "Duration", span);
    if (span > 0) {
        spk_cli_put_format(output, "%-13s %.1f packets/s, %.0f bit/s on the wire\n", "Rate", (double)s->packets / span,
                           8 * (double)s->wire / span);
    }
}

static void put_interfaces(struct output *output, const struct summary *s)
{
    for (size_t i = 0; i < s->interface_count; i++) {
        const struct heard *one = &s->interfaces[i];
        spk_cli_put_format(output, "%-13s ", i == 0 ? "Interfaces" : "");
        if (one->name_len > 0) {
            spk_cli_put_safe(output, one->name, one->name_len);
            spk_cli_put(output, ": ");
        }
        spk_cli_put_format(output, "%s (link type %u), %" PRIu64 " packets\n", link_name(s, one->link), one->link,
                           one->packets);
    }
    if (s->unlisted > 0) {
        spk_cli_put_format(output, "%-13s packets of more interfaces: %zu\n", "", s->unlisted);
    }
}

static void put_comments(struct output *output, const struct summary *s)
{
    for (uint64_t i = 0; i < s->comment_count && i < COMMENTS_MAX; i++) {
        spk_cli_put_format(output, "%-13s ", i == 0 ? "Comments" : "");
        if (s->comments[i].packet > 0) {
            spk_cli_put_format(output, "packet %" PRIu64 ": ", s->comments[i].packet);
        }
        spk_cli_put_safe(output, s->comments[i].text, s->comments[i].len);
        spk_cli_put(output, "\n");
    }
    if (s->comment_count > COMMENTS_MAX) {
        spk_cli_put_format(output, "%-13s and %" PRIu64 " more\n", "", s->comment_count - COMMENTS_MAX);
    }
}

static void put_text(struct output *output, const struct summary *s)
{
    spk_cli_put_format(output, "%-13s ", "File");
    spk_cli_put_safe(output, s->path, strlen(s->path));
    spk_cli_put_format(output, "\n%-13s %s %u.%u, %s-endian\n", "Format", format_name(s), s->info.version_major,
                       s->info.version_minor, s->info.big_endian ? "big" : "little");
    put_line(output, "Compression", compression_name(s));
    if (s->info.sections > 1) {
        spk_cli_put_format(output, "%-13s %" PRIu32 "\n", "Sections", s->info.sections);
    }
    spk_cli_put_format(output, "%-13s %" PRIu64 "\n", "Packets", s->packets);
    spk_cli_put_format(output, "%-13s %" PRIu64 " captured, %" PRIu64 " on the wire\n", "Bytes", s->captured, s->wire);
    if (s->info.gaps > 0) {
        spk_cli_put_format(output, "%-13s %" PRIu64 ", %" PRIu64 " bytes skipped\n", "Gaps", s->info.gaps,
                           s->info.skipped);
    }
    put_times(output, s);
    put_interfaces(output, s);
    put_comments(output, s);
}

/* ---- as JSON ---- */

static void put_uint(struct spk_json *json, const char *name, uint64_t number)
{
    spk_json_name(json, name);
    spk_json_uint(json, number);
}

static void put_word(struct spk_json *json, const char *name, const char *text)
{
    spk_json_name(json, name);
    spk_json_text(json, text);
}

static void put_seconds(struct spk_json *json, const char *name, bool there, int64_t ns)
{
    static const struct spk_row row = { .kind = SPK_DELTA };
    const struct spk_value value = { .kind = SPK_DELTA, .u = (uint64_t)ns };
    spk_json_name(json, name);
    if (there) {
        spk_json_value(json, &row, &value);
    } else {
        spk_json_null(json);
    }
}

static void put_lists(struct spk_json *json, const struct summary *s)
{
    spk_json_name(json, "interfaces");
    spk_json_list(json);
    for (size_t i = 0; i < s->interface_count; i++) {
        const struct heard *one = &s->interfaces[i];
        spk_json_object(json);
        put_uint(json, "section", one->section);
        put_uint(json, "interface", one->interface);
        spk_json_name(json, "name");
        spk_json_bytes(json, one->name, one->name_len);
        put_uint(json, "link_type", one->link);
        put_word(json, "link", link_name(s, one->link));
        put_uint(json, "packets", one->packets);
        spk_json_end(json);
    }
    spk_json_end(json);
    put_uint(json, "comment_count", s->comment_count);
    spk_json_name(json, "comments");
    spk_json_list(json);
    for (uint64_t i = 0; i < s->comment_count && i < COMMENTS_MAX; i++) {
        spk_json_object(json);
        spk_json_name(json, "packet");
        if (s->comments[i].packet > 0) {
            spk_json_uint(json, s->comments[i].packet);
        } else {
            spk_json_null(json);
        }
        spk_json_name(json, "text");
        spk_json_bytes(json, s->comments[i].text, s->comments[i].len);
        spk_json_end(json);
    }
    spk_json_end(json);
}

static void put_json(struct output *output, const struct summary *s)
{
    struct spk_json json = { .out = output->text };
    spk_json_object(&json);
    put_word(&json, "file", s->path);
    put_word(&json, "format", format_name(s));
    put_word(&json, "byte_order", s->info.big_endian ? "big" : "little");
    put_word(&json, "compression", compression_name(s));
    put_uint(&json, "sections", s->info.sections);
    put_uint(&json, "packets", s->packets);
    put_uint(&json, "bytes_captured", s->captured);
    put_uint(&json, "bytes_on_the_wire", s->wire);
    put_seconds(&json, "first", has_times(s), s->first_ns);
    put_seconds(&json, "last", has_times(s), s->last_ns);
    put_lists(&json, s);
    spk_json_name(&json, "complete");
    spk_json_bool(&json, s->error.code >= 0 && s->info.gaps == 0);
    put_uint(&json, "gaps", s->info.gaps);
    put_uint(&json, "bytes_skipped", s->info.skipped);
    spk_json_end(&json);
    if (json.failed && output->code == DONE) {
        output->code = spk_cli_no_memory();
    }
    spk_cli_put(output, "\n");
}

/* Half of a capture has no summary: nothing is shown when the user interrupts. Damage is told after what was read. */
static int show_one(struct output *output, const struct summary *asked, bool json, bool first)
{
    struct summary s = *asked;
    int code = read_capture(&s);
    if (code != DONE) {
        return code;
    }
    if (json) {
        put_json(output, &s);
    } else {
        spk_cli_put(output, first ? "" : "\n");
        put_text(output, &s);
    }
    if (!spk_cli_output_flush(output)) {
        return output->code;
    }
    if (s.error.code < 0) {
        spk_cli_error(&s.error);
        return DAMAGED;
    }
    return s.info.gaps > 0 ? DAMAGED : DONE;
}

static int show_all(const struct given *given, const struct summary *asked, const struct paths *paths)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    int worst = code;
    if (code == DONE) {
        spk_cli_pager_begin(&output, given, paths->items, paths->count);
    }
    for (size_t i = 0; i < paths->count && code == DONE && output.code == DONE && worst != INTERRUPTED; i++) {
        struct summary one = *asked;
        one.path = paths->items[i];
        int found = show_one(&output, &one, spk_cli_has(given, OPTION_JSON), i == 0);
        worst = found > worst ? found : worst;
    }
    code = code == DONE ? spk_cli_output_end(&output, false) : code;
    return code != DONE ? code : worst;
}

static int run_info(const struct given *given)
{
    struct spk_filter *filter = NULL;
    struct summary asked = { .registry = given->registry };
    struct paths paths;
    int code = spk_cli_paths(given, &paths);
    code = code == DONE ? spk_cli_reader(given, &asked.how) : code;
    code = code == DONE ? spk_cli_display_filter(given, &filter) : code;
    asked.filter = filter;
    code = code == DONE ? show_all(given, &asked, &paths) : code;
    spk_filter_free(filter);
    spk_cli_paths_free(&paths);
    return code;
}

static const struct example examples[] = {
    { "steelpkt info *.pcapng", "What each of these captures is." },
    { "steelpkt info --json trace.pcap.zst | jq .packets", "How many packets a compressed capture has." },
    { NULL, NULL },
};

const struct command spk_cli_info = {
    .name = "info",
    .operands = "FILE...",
    .operand_takes = TAKES_FILE,
    .summary = "What a capture is: format, link types, packets, times, rates.",
    .about =
        "Reads each file once and says what it is, or with -Y what the packets are that a filter keeps; - is standard "
        "input.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_info,
};
