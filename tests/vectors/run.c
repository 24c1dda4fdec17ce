/*
 * run: every vector file of this directory, one test a file. What a vector states is checked, and for its bytes the laws
 * that hold for all: building from the values alone gives the same bytes; every prefix decodes within its bytes, in a heap
 * block of just its size (run under AddressSanitizer to see it); a fixed row takes another value and its old one back; a
 * flipped byte breaks the checksum that covers it.
 */
#define _POSIX_C_SOURCE 200809L
#include "../unit/support.h"
#include "vector.h"

#include <steelpkt.h>

#include "packet/checksum.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 16, FILES_MAX = 128, PREFIXES_MAX = 4096 };

struct run {
    const char *path;
    const struct vector *vector;
    const struct spk_registry *registry;
    struct spk_build *build;
    uint8_t *exact; /* the vector's bytes in a block of just their size */
    struct spk_packet packet;
    unsigned failures;
    unsigned sums; /* checksums that were seen to break */
};

static void complain(struct run *run, unsigned line, const char *what, const char *wanted, const char *found)
{
    run->failures++;
    fprintf(stderr, "%s:%u: %s: %s\n    wanted: %s\n    found:  %s\n", run->path, line, run->vector->name, what, wanted,
            found);
}

/* Gives false where the vector's protocol is not known. */
static bool decode(const struct run *run, const uint8_t *data, uint32_t len, uint32_t wire, struct spk_packet *packet)
{
    if (run->vector->as == NULL) {
        spk_decode(run->registry, run->vector->link, data, len, wire, packet);
        return true;
    }
    const struct spk_proto *proto = spk_registry_find(run->registry, run->vector->as);
    if (proto == NULL) {
        return false;
    }
    spk_decode_as(run->registry, proto, data, len, wire, packet);
    return true;
}

/* All occurrences of a field joined by commas, into text; gives how many. */
static unsigned join(const struct spk_packet *packet, const struct spk_field *field, char text[TEXT_MAX])
{
    struct spk_occurrences occurrences;
    struct spk_scratch scratch;
    struct spk_value value;
    unsigned count = 0;
    size_t len = 0;
    text[0] = '\0';
    spk_occurrences_begin(&occurrences, packet, field);
    while (len + 2 < TEXT_MAX && spk_occurrences_next(&occurrences, &scratch, &value)) {
        if (count++ > 0) {
            text[len++] = ',';
        }
        len += spk_value_text(occurrences.walk.row, &value, text + len, TEXT_MAX - len);
    }
    return count;
}

static void check_field(struct run *run, const struct vector_line *line)
{
    static char text[TEXT_MAX];
    const struct spk_field *field = spk_field_find(run->registry, line->name);
    if (field == NULL) {
        const char *near = spk_field_nearest(run->registry, line->name);
        complain(run, line->number, "unknown field", line->name, near != NULL ? near : "nothing near");
        return;
    }
    unsigned count = join(&run->packet, field, text);
    if (line->kind == LINE_ABSENT) {
        if (count > 0) {
            complain(run, line->number, line->name, "(absent)", text);
        }
    } else if (count == 0 || strcmp(text, line->text) != 0) {
        complain(run, line->number, line->name, line->text, count == 0 ? "(absent)" : text);
    }
}

static void check_protocols(struct run *run, const struct vector_line *line)
{
    static char text[TEXT_MAX];
    const struct spk_field *field = spk_field_find(run->registry, "frame.protocols");
    unsigned count = field != NULL ? join(&run->packet, field, text) : 0;
    if (count != 1 || strcmp(text, line->text) != 0) {
        complain(run, line->number, "protocols", line->text, count == 1 ? text : "(absent)");
    }
}

static void check_stop(struct run *run)
{
    static const char *const reasons[] = { "not", "truncated", "malformed", "deep" };
    const struct vector *vector = run->vector;
    struct spk_stop stop;
    char found[256] = "(well formed)";
    if (!spk_packet_check(&run->packet, &stop)) {
        snprintf(found, sizeof found, "%s %u %u %u %s", spk_registry_proto(run->registry, stop.proto)->name, stop.at,
                 stop.need, stop.have, reasons[stop.reason]);
    }
    for (size_t i = 0; i < vector->line_count; i++) {
        if (vector->lines[i].kind == LINE_STOP) {
            if (strcmp(found, vector->lines[i].text) != 0) {
                complain(run, vector->lines[i].number, "stop", vector->lines[i].text, found);
            }
            return;
        }
    }
    if (strcmp(found, "(well formed)") != 0) {
        complain(run, vector->number, "stop", "(well formed)", found);
    }
}

static void hex(const uint8_t *bytes, uint32_t len, char *text)
{
    for (uint32_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    text[2 * len] = '\0';
}

static void complain_bytes(struct run *run, unsigned line, const char *what, const uint8_t *found, uint32_t len)
{
    char *text = malloc(2u * (len + run->vector->len) + 2u);
    assert_non_null(text);
    hex(run->vector->bytes, run->vector->len, text);
    hex(found, len, text + 2 * run->vector->len + 1);
    complain(run, line, what, text, text + 2 * run->vector->len + 1);
    free(text);
}

static void check_build(struct run *run, const struct vector_line *line)
{
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    bool fix = line->kind == LINE_BUILD_FIX;
    spk_build_reset(run->build);
    spk_build_compress(run->build, fix);
    if (spk_build_line(run->build, line->text, &error) != SPK_OK
        || spk_build_finish(run->build, fix ? SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS : 0, &data, &len, &error) != SPK_OK) {
        char text[512];
        spk_error_text(&error, text, sizeof text);
        complain(run, line->number, "build", line->text, text);
        return;
    }
    if (len != run->vector->len || memcmp(data, run->vector->bytes, len) != 0) {
        complain_bytes(run, line->number, "build", data, len);
    }
}

static void check_filter(struct run *run, const struct vector_line *line)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_error error = { 0 };
    bool matches = false;
    char text[512];
    const char *found = text;
    if (spk_filter_new(run->registry, line->name, &filter, NULL, &error) != SPK_OK) {
        spk_error_text(&error, text, sizeof text);
    } else {
        assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
        assert_int_equal(spk_matcher_match(matcher, &run->packet, &matches), SPK_OK);
        found = matches ? "match" : "no";
    }
    if (strcmp(found, line->text) != 0) {
        complain(run, line->number, line->name, line->text, found);
    }
    spk_matcher_free(matcher);
    spk_filter_free(filter);
}

/* A value as a filter writes it, behind its field's name; false: of a kind that filters compare in no such way. */
static bool write_test(const struct spk_field *field, const struct spk_value *value, char *text, size_t size)
{
    const char *join = text[0] != '\0' ? " && " : "";
    size_t len = strlen(text);
    if (len + strlen(field->name) + value->len * 4u + 64 > size) {
        return false;
    }
    len += (size_t)snprintf(text + len, size - len, "%s%s == ", join, field->name);
    switch (value->kind) {
    case SPK_BOOL:
    case SPK_UINT:
    case SPK_INT:
        snprintf(text + len, size - len, "%lld", (long long)value->u);
        return value->u <= INT64_MAX;
    case SPK_IP4:
    case SPK_IP6:
    case SPK_MAC:
        spk_value_text(field->row, value, text + len, size - len);
        return true;
    case SPK_BYTES:
    case SPK_TEXT: /* in a string every byte can be written */
        text[len++] = '"';
        for (uint32_t i = 0; i < value->len; i++) {
            len += (size_t)snprintf(text + len, size - len, "\\x%02x", value->data[i]);
        }
        snprintf(text + len, size - len, "\"");
        return true;
    default:
        return false;
    }
}

/* Every value that a packet shows is found by a filter that names it. */
static void check_found(struct run *run)
{
    static char text[SPK_FILTER_TEXT_MAX + 1];
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    text[0] = '\0';
    spk_walk_begin(&walk, &run->packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        size_t before = strlen(text);
        const struct spk_field *field = walk.field != UINT32_MAX ? spk_registry_field(run->registry, walk.field) : NULL;
        if (event == SPK_EVENT_VALUE && field != NULL && (walk.row->flags & SPK_TUTORIAL) == 0
            && field->row->bits == walk.row->bits && spk_walk_value(&walk, &scratch, &value)
            && !write_test(field, &value, text, sizeof text)) {
            text[before] = '\0';
        }
    }
    if (text[0] != '\0') {
        static char match[] = "match";
        struct vector_line line = { .kind = LINE_FILTER, .number = run->vector->number, .name = text, .text = match };
        check_filter(run, &line);
    }
}

static void check_lines(struct run *run)
{
    for (size_t i = 0; i < run->vector->line_count; i++) {
        const struct vector_line *line = &run->vector->lines[i];
        switch (line->kind) {
        case LINE_FIELD:
        case LINE_ABSENT:
            check_field(run, line);
            break;
        case LINE_PROTOCOLS:
            check_protocols(run, line);
            break;
        case LINE_BUILD:
        case LINE_BUILD_FIX:
            check_build(run, line);
            break;
        case LINE_FILTER:
            check_filter(run, line);
            break;
        default:
            break;
        }
    }
}

/* Builds a packet from the values of another alone, reading every value on the way. False: it differs. */
static bool rebuilds(struct run *run, const struct spk_packet *packet, const uint8_t **data, uint32_t *len)
{
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_error error;
    spk_build_reset(run->build);
    spk_build_compress(run->build, false);
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        if (event == SPK_EVENT_VALUE) {
            spk_walk_value(&walk, &scratch, &value);
        }
        spk_build_event(run->build, &walk, event);
    }
    return spk_build_finish(run->build, 0, data, len, &error) == SPK_OK && *len == packet->caplen
           && memcmp(*data, packet->data, *len) == 0;
}

static void check_prefixes(struct run *run)
{
    const struct vector *vector = run->vector;
    uint32_t step = vector->len / PREFIXES_MAX + 1;
    for (uint32_t len = 0; len <= vector->len; len += step) {
        uint8_t *exact = malloc(len > 0 ? len : 1);
        const uint8_t *data = NULL;
        uint32_t built = 0;
        assert_non_null(exact);
        memcpy(exact, vector->bytes, len);
        for (int cut = 0; cut < 2; cut++) {
            struct spk_packet packet;
            decode(run, exact, len, cut ? vector->wire : len, &packet);
            spk_packet_check(&packet, NULL);
            if (!rebuilds(run, &packet, &data, &built)) {
                char text[64];
                snprintf(text, sizeof text, "prefix of %u bytes", len);
                complain(run, vector->number, "encode(decode(bytes))", text, "other bytes");
            }
        }
        free(exact);
    }
}

/* Another value of a row of a fixed width, and whether it was made. */
static bool other_value(const struct spk_walk *walk, const struct spk_value *value, struct spk_value *other,
                        uint8_t room[64])
{
    const struct spk_row *row = walk->row;
    *other = *value;
    switch (row->kind) {
    case SPK_UINT:
    case SPK_INT:
    case SPK_BOOL:
    case SPK_IP4:
        other->u ^= 1;
        return true;
    case SPK_IP6:
    case SPK_MAC:
    case SPK_BYTES:
        if (value->len == 0 || value->len > 64 || row->bits == 0) {
            return false;
        }
        memcpy(room, value->data, value->len);
        room[value->len - 1] ^= 1;
        other->data = room;
        return true;
    default:
        return false;
    }
}

/* Sets the field where walk stands, reads it back there, and sets the old value again. */
static void change(struct run *run, const struct spk_field *field, const struct spk_walk *walk,
                   const struct spk_value *value, const struct spk_value *other, uint8_t *copy)
{
    struct spk_packet changed = run->packet;
    struct spk_walk again = *walk;
    struct spk_scratch scratch;
    struct spk_value back;
    struct spk_error error;
    changed.data = copy;
    again.packet = &changed;
    if (spk_packet_set(&run->packet, copy, field, other, &error) != SPK_OK) {
        complain(run, run->vector->number, "set", field->name, error.what);
        return;
    }
    bool same = spk_walk_spelling(&again, &scratch, &back) && back.u == other->u && back.len == other->len
                && (back.len == 0 || memcmp(back.data, other->data, back.len) == 0);
    if (!same) {
        complain(run, run->vector->number, "set, then get", field->name, "another value");
    }
    if (spk_packet_set(&run->packet, copy, field, value, &error) != SPK_OK
        || memcmp(copy, run->vector->bytes, run->vector->len) != 0) {
        complain(run, run->vector->number, "change and change back", field->name, "other bytes");
        memcpy(copy, run->vector->bytes, run->vector->len);
    }
}

static void check_changes(struct run *run)
{
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_value other;
    uint8_t room[64];
    uint8_t *copy = malloc(run->vector->len + 1u);
    assert_non_null(copy);
    memcpy(copy, run->vector->bytes, run->vector->len);
    spk_walk_begin(&walk, &run->packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        bool fixed = event == SPK_EVENT_VALUE && walk.row->view.op == SPK_NOT_A_VIEW && walk.field != UINT32_MAX
                     && walk.row->codec == NULL && spk_walk_spelling(&walk, &scratch, &value)
                     && other_value(&walk, &value, &other, room);
        if (fixed) {
            const struct spk_field *field = spk_registry_field(run->registry, walk.field);
            struct spk_occurrences first;
            struct spk_scratch first_scratch;
            struct spk_value first_value;
            spk_occurrences_begin(&first, &run->packet, field);
            /* a field is set where it occurs first; its other places come first in other vectors */
            if (spk_occurrences_next(&first, &first_scratch, &first_value) && first.walk.bit == walk.bit
                && first.walk.layer == walk.layer && first.walk.width == walk.width) {
                change(run, field, &walk, &value, &other, copy);
            }
        }
    }
    free(copy);
}

/* The byte where a layer's checksum stands, or 0: it has none that was captured. */
static uint32_t checksum_at(const struct run *run, unsigned layer)
{
    const struct spk_proto *proto = spk_layer_proto(&run->packet, layer);
    struct spk_walk walk;
    /* a checksum over more than there is (a fragment) is left as it is */
    struct spk_covered covered;
    if (!spk_checksum_covers(&run->packet, layer, &covered)) {
        return 0;
    }
    spk_walk_begin(&walk, &run->packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        if (event == SPK_EVENT_VALUE && walk.layer == layer && walk.row == &proto->hdr.rows[proto->csum]) {
            return walk.at;
        }
    }
    return 0;
}

static bool same_layers(const struct spk_packet *a, const struct spk_packet *b)
{
    bool same = a->count == b->count && a->stop.reason == b->stop.reason;
    for (unsigned i = 0; same && i < a->count; i++) {
        same = a->layers[i].proto == b->layers[i].proto && a->layers[i].at == b->layers[i].at
               && a->layers[i].hdr_len == b->layers[i].hdr_len && a->layers[i].end == b->layers[i].end;
    }
    return same;
}

/* Each byte of the layer's own header that leaves the layers as they are: flipped, the checksum is another. */
static void check_sum(struct run *run, unsigned layer, uint32_t sum_at, uint8_t *copy)
{
    const struct vector *vector = run->vector;
    const struct spk_layer *place = &run->packet.layers[layer];
    for (uint32_t at = place->at; at < place->at + place->hdr_len; at++) {
        struct spk_packet flipped;
        if (at == sum_at || at == sum_at + 1) {
            continue;
        }
        memcpy(copy, vector->bytes, vector->len);
        copy[at] ^= 1;
        decode(run, copy, vector->len, vector->wire, &flipped);
        if (!same_layers(&run->packet, &flipped)) {
            continue;
        }
        spk_packet_fix(&flipped, copy, SPK_FIX_CHECKSUMS);
        if (memcmp(copy + sum_at, vector->bytes + sum_at, 2) == 0) {
            char text[64];
            snprintf(text, sizeof text, "byte %u", at);
            complain(run, vector->number, "a flipped byte breaks the checksum", text, "the same checksum");
        } else {
            run->sums++;
        }
    }
}

static void check_sums(struct run *run)
{
    const struct vector *vector = run->vector;
    uint8_t *copy = malloc(vector->len + 1u);
    assert_non_null(copy);
    memcpy(copy, vector->bytes, vector->len);
    spk_packet_fix(&run->packet, copy, SPK_FIX_CHECKSUMS);
    bool right = memcmp(copy, vector->bytes, vector->len) == 0 && run->packet.stop.reason == SPK_STOP_NOT;
    for (unsigned layer = 0; right && layer < run->packet.count; layer++) {
        uint32_t at = checksum_at(run, layer);
        bool whole = run->packet.layers[layer].end <= vector->len; /* of a cut layer no checksum is computed */
        if (whole && at > 0 && (vector->bytes[at] | vector->bytes[at + 1]) != 0) {
            check_sum(run, layer, at, copy);
        }
    }
    free(copy);
}

/* Fixes data, which has the packet's bytes, and that again; a series, where one can be made of it, does the same. */
static bool fixes_for_good(const struct spk_packet *packet, uint8_t *data, uint8_t *other)
{
    const unsigned flags = SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS;
    struct spk_series *series = NULL;
    struct spk_error error;
    const bool alike = spk_series_new(packet, flags, &series, &error) == SPK_OK;
    memcpy(other, data, packet->caplen);
    spk_packet_fix(packet, data, flags);
    if (alike) {
        spk_series_fix(series, other);
        spk_series_free(series);
    }
    bool good = !alike || memcmp(data, other, packet->caplen) == 0;
    memcpy(other, data, packet->caplen);
    spk_packet_fix(packet, data, flags);
    return good && memcmp(data, other, packet->caplen) == 0;
}

/* Whatever a byte of a header was made, a length for one. */
static void check_fixing(struct run *run)
{
    const struct vector *vector = run->vector;
    struct spk_packet packet = run->packet;
    const uint32_t end = packet.count > 0 ? packet.layers[packet.count - 1].at : 0;
    uint8_t *copy = malloc(vector->len + 1u), *other = malloc(vector->len + 1u);
    assert_non_null(copy);
    assert_non_null(other);
    packet.data = copy;
    for (uint32_t i = 0; i < end * 16; i++) {
        memcpy(copy, vector->bytes, vector->len);
        copy[i / 16] ^= (uint8_t)(1 + i % 16);
        if (!fixes_for_good(&packet, copy, other)) {
            char text[64];
            snprintf(text, sizeof text, "byte %u ^ %u", i / 16, 1 + i % 16);
            complain(run, vector->number, "what is fixed is fixed for good, by itself and in a series", text, "not so");
        }
    }
    free(copy);
    free(other);
}

static void check_vector(struct run *run)
{
    const struct vector *vector = run->vector;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    run->exact = malloc(vector->len > 0 ? vector->len : 1);
    assert_non_null(run->exact);
    if (vector->len > 0) {
        memcpy(run->exact, vector->bytes, vector->len);
    }
    if (!decode(run, run->exact, vector->len, vector->wire, &run->packet)) {
        complain(run, vector->number, "as", vector->as, "an unknown protocol");
        free(run->exact);
        return;
    }
    check_lines(run);
    check_stop(run);
    if (!rebuilds(run, &run->packet, &data, &len)) {
        complain_bytes(run, vector->number, "encode(decode(bytes))", data, data != NULL ? len : 0);
    }
    check_prefixes(run);
    check_found(run);
    check_changes(run);
    check_sums(run);
    check_fixing(run);
    free(run->exact);
}

static void check_file(void **state)
{
    struct vector_file file;
    struct run run = { .path = *state, .registry = spk_registry_default() };
    assert_non_null(run.registry);
    assert_int_equal(spk_build_new(run.registry, &run.build), SPK_OK);
    assert_true(vector_file_read(run.path, &file));
    if (file.bad_line != 0) {
        fail_msg("%s:%u: not a line of a vector file", run.path, file.bad_line);
    }
    if (file.stated < 0 || (size_t)file.stated != file.count) {
        fail_msg("%s: has %zu vectors, and says %ld", run.path, file.count, file.stated);
    }
    for (size_t i = 0; i < file.count; i++) {
        run.vector = &file.vectors[i];
        check_vector(&run);
    }
    spk_build_free(run.build);
    vector_file_free(&file);
    if (run.failures > 0) {
        fail_msg("%s: %u failures", run.path, run.failures);
    }
}

static int is_vector_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0;
}

int main(int argc, char **argv)
{
    static char paths[FILES_MAX][1200];
    struct CMUnitTest tests[FILES_MAX];
    struct dirent **entries = NULL;
    const char *source = getenv("STEELPKT_SOURCE");
    const char *only = argc > 1 ? argv[1] : NULL; /* a file's name without .txt */
    char directory[1024];
    size_t count = 0;
    snprintf(directory, sizeof directory, "%s/tests/vectors", source != NULL ? source : ".");
    int found = scandir(directory, &entries, is_vector_file, alphasort);
    for (int i = 0; i < found && count < FILES_MAX; i++) {
        char *name = entries[i]->d_name;
        snprintf(paths[count], sizeof paths[count], "%s/%.150s", directory, name);
        name[strlen(name) - 4] = '\0';
        if (only == NULL || strcmp(only, name) == 0) {
            tests[count] = (struct CMUnitTest){ name, check_file, NULL, NULL, paths[count] };
            count++;
        }
    }
    int failed = count > 0 ? _cmocka_run_group_tests("vectors", tests, count, NULL, NULL) : 1;
    for (int i = 0; i < found; i++) {
        free(entries[i]);
    }
    free(entries);
    return failed;
}
