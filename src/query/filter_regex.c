/*
 * filter_regex: PCRE2 with limits, so that no pattern and no packet can hold a scan up. As in tshark, letters match whatever
 * their case, and bytes are bytes: nothing is taken for UTF-8.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "query/filter.h"

#include "base/memory.h"

#include <pcre2.h>

#include <stdio.h>
#include <string.h>

enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000, HEAP_LIMIT = 16384 /* KiB */ };

struct filter_regex {
    pcre2_general_context *general;
    pcre2_code *code;
    pcre2_match_context *context;
};

struct filter_match {
    pcre2_general_context *general;
    pcre2_match_data *data;
};

static void *take_memory(PCRE2_SIZE size, void *unused)
{
    (void)unused;
    return spk_alloc(size > 0 ? size : 1);
}

static void give_memory(void *block, void *unused)
{
    (void)unused;
    spk_free(block);
}

/* Says what PCRE2 says, and where. */
static void explain(struct filter_compiler *c, uint32_t node, int number)
{
    PCRE2_UCHAR text[sizeof c->fault->detail];
    struct filter_node *n = &c->nodes[node];
    if (pcre2_get_error_message(number, text, sizeof text) < 0) {
        snprintf((char *)text, sizeof text, "error %d", number);
    }
    snprintf(c->fault->detail, sizeof c->fault->detail, "%s", (const char *)text);
    spk_filter_fail_hint(c, n->at, n->len, "not a regular expression", c->fault->detail);
}

struct filter_regex *spk_filter_regex_new(struct filter_compiler *c, uint32_t node)
{
    int number = 0;
    PCRE2_SIZE where = 0;
    struct filter_node *n = &c->nodes[node];
    struct filter_regex *regex = spk_alloc_zeroed(1, sizeof *regex);
    if (regex == NULL) {
        spk_filter_no_memory(c);
        return NULL;
    }
    regex->general = pcre2_general_context_create(take_memory, give_memory, NULL);
    pcre2_compile_context *compile = regex->general != NULL ? pcre2_compile_context_create(regex->general) : NULL;
    if (compile != NULL) {
        regex->code = pcre2_compile(n->data, n->size, PCRE2_CASELESS | PCRE2_NEVER_UTF, &number, &where, compile);
        regex->context = pcre2_match_context_create(regex->general);
    }
    bool began = compile != NULL;
    pcre2_compile_context_free(compile);
    if (regex->code != NULL && regex->context != NULL) {
        pcre2_set_match_limit(regex->context, MATCH_LIMIT);
        pcre2_set_depth_limit(regex->context, DEPTH_LIMIT);
        pcre2_set_heap_limit(regex->context, HEAP_LIMIT);
        return regex;
    }
    if (!began || regex->code != NULL || number == PCRE2_ERROR_NOMEMORY || number == PCRE2_ERROR_HEAP_FAILED) {
        spk_filter_no_memory(c);
    } else {
        explain(c, node, number);
    }
    spk_filter_regex_free(regex);
    return NULL;
}

void spk_filter_regex_free(struct filter_regex *regex)
{
    if (regex != NULL) {
        pcre2_match_context_free(regex->context);
        pcre2_code_free(regex->code);
        pcre2_general_context_free(regex->general);
        spk_free(regex);
    }
}

struct filter_match *spk_filter_match_new(void)
{
    struct filter_match *match = spk_alloc_zeroed(1, sizeof *match);
    if (match == NULL) {
        return NULL;
    }
    match->general = pcre2_general_context_create(take_memory, give_memory, NULL);
    match->data = match->general != NULL ? pcre2_match_data_create(1, match->general) : NULL;
    if (match->data == NULL) {
        spk_filter_match_free(match);
        return NULL;
    }
    return match;
}

void spk_filter_match_free(struct filter_match *match)
{
    if (match != NULL) {
        pcre2_match_data_free(match->data);
        pcre2_general_context_free(match->general);
        spk_free(match);
    }
}

bool spk_filter_regex_match(const struct filter_regex *regex, struct filter_match *match, const uint8_t *bytes,
                            uint32_t len)
{
    static const uint8_t nothing[1];
    return pcre2_match(regex->code, bytes != NULL ? bytes : nothing, len, 0, 0, match->data, regex->context) >= 0;
}
