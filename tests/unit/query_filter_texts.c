/*
 * Filters as people type them: those of tests/differential/filters.txt, a few of which are wrong, are asked of the shipped
 * packets; what is left of each when its end or any one of its characters is missing is taken, or refused at a place in it.
 */
#define _GNU_SOURCE
#include "support.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

static struct spk_packet *packets;
static size_t packet_count;

static void keep_packets(const char *path, void *context)
{
    (void)context;
    struct spk_record record;
    struct spk_reader *reader = NULL;
    if (strstr(path, "/tests/captures/") == NULL || spk_reader_open(path, &reader, NULL) != SPK_OK) {
        return;
    }
    for (unsigned i = 0; i < 6 && spk_reader_next(reader, &record, NULL) == SPK_OK; i++) {
        uint8_t *data = malloc(record.caplen + 1); /* the record is the reader's */
        struct spk_packet *more = realloc(packets, (packet_count + 1) * sizeof packets[0]);
        assert_true(data != NULL && more != NULL);
        packets = more;
        memcpy(data, record.data, record.caplen);
        record.data = data;
        spk_decode_record(spk_registry_default(), &record, &packets[packet_count++]);
    }
    spk_reader_close(reader);
}

/* Asks it of every packet, and gives how many it keeps. */
static size_t ask(const struct spk_filter *filter)
{
    struct spk_matcher *matcher = NULL;
    size_t kept = 0;
    assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
    for (size_t i = 0; i < packet_count; i++) {
        bool keeps = false;
        assert_int_equal(spk_matcher_match(matcher, &packets[i], &keeps), SPK_OK);
        kept += keeps;
    }
    spk_matcher_free(matcher);
    return kept;
}

static bool take(const char *text)
{
    struct spk_filter *filter = NULL;
    struct spk_filter_fault fault = { 0 };
    struct spk_error error = { 0 };
    enum spk_status status = spk_filter_new(NULL, text, &filter, &fault, &error);
    if (status != SPK_OK) {
        assert_true(status == SPK_ERR_USAGE || status == SPK_ERR_LIMIT);
        assert_true(error.what != NULL && fault.at + fault.len <= strlen(text));
        assert_null(filter);
    }
    spk_filter_free(filter);
    return status == SPK_OK;
}

/* Without its end from each place on, and without each single character. */
static void take_less(const char *text)
{
    char less[1024];
    size_t len = strlen(text);
    assert_true(len < sizeof less);
    for (size_t i = 0; i < len; i++) {
        memcpy(less, text, i);
        less[i] = '\0';
        (void)take(less);
        memcpy(less + i, text + i + 1, len - i);
        (void)take(less);
    }
}

static void every_filter(void **state)
{
    char path[1024];
    char line[1024];
    unsigned tried = 0;
    unsigned taken = 0;
    unsigned kept = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/tests/differential/filters.txt", getenv("STEELPKT_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        struct spk_filter *filter = NULL;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        tried++;
        if (spk_filter_new(NULL, line, &filter, NULL, NULL) == SPK_OK) {
            kept += ask(filter) > 0;
            taken++;
        }
        spk_filter_free(filter);
        take_less(line);
    }
    fclose(file);
    assert_true(tried >= 240 && taken >= 200 && kept >= 150);
}

static int set_up(void **state)
{
    (void)state;
    for_each_capture(keep_packets, NULL);
    return packet_count > 100 ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < packet_count; i++) {
        free((void *)(uintptr_t)packets[i].data);
    }
    free(packets);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
