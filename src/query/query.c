/* query: names to columns. */
#include "base/error.h"
#include "base/memory.h"
#include "query/elements.h"
#include "query/filter.h"
#include "query/fixed.h"
#include "query/lists.h"
#include "query/plan.h"

#include <string.h>

static const struct spk_row own_rows[OWN_COUNT] = {
    [OWN_FILE] = { .name = "_file",
                   .kind = SPK_TEXT,
                   .flags = SPK_OWN_NAME,
                   .doc = "The file that the packet was read from, as it was named." },
    [OWN_NUMBER] = { .name = "_number",
                     .kind = SPK_UINT,
                     .bits = 64,
                     .flags = SPK_OWN_NAME,
                     .doc = "The packet's number in its own file, from 1." },
    [OWN_OFFSET] = { .name = "_offset",
                     .kind = SPK_UINT,
                     .bits = 64,
                     .flags = SPK_OWN_NAME,
                     .doc = "Where the packet's record begins in its file, in bytes as they are when they are not "
                            "compressed." },
};

bool spk_query_runs_on(const struct spk_query *query)
{
    const struct spk_filter *filter = query->options.filter;
    return query->runs_on || query->own[OWN_NUMBER] != SPK_NOWHERE || (filter != NULL && filter->fields->runs_on);
}

const struct spk_row *spk_query_own_row(size_t index)
{
    return index < OWN_COUNT ? &own_rows[index] : NULL;
}

static bool is_own(const char *name, struct spk_column *column)
{
    for (size_t i = 0; i < OWN_COUNT; i++) {
        if (strcmp(name, own_rows[i].name) == 0) {
            *column = (struct spk_column){ .row = &own_rows[i], .kind = own_rows[i].kind };
            return true;
        }
    }
    return false;
}

static enum spk_status resolve(const struct spk_query *query, const char *name, struct spk_column *column,
                               struct spk_error *error)
{
    if (is_own(name, column)) {
        return SPK_OK;
    }
    const struct spk_field *field = spk_field_find(query->registry, name);
    struct spk_error failed = { .code = SPK_ERR_USAGE, .who = name };
    if (field == NULL) {
        failed.what = spk_known_refusal(name);
        if (failed.what == NULL && spk_registry_find(query->registry, name) != NULL) {
            failed.what = "this is a protocol: ask for its fields";
        } else if (failed.what == NULL) {
            failed.what = "unknown field";
            failed.hint = spk_field_nearest(query->registry, name);
        }
        return spk_fail(error, failed);
    }
    if (field->kind == SPK_GROUP && query->options.tutorial) {
        failed.what = "this is a group of fields: ask for its members";
        return spk_fail(error, failed);
    }
    *column = (struct spk_column){ .field = field, .row = field->row, .kind = field->kind, .list = field->list };
    return SPK_OK;
}

/* The names live as long as the query, whatever becomes of the caller's. */
static enum spk_status copy_names(struct spk_query *query, const char *const *names, struct spk_error *error)
{
    size_t bytes = 0;
    for (size_t i = 0; i < query->count; i++) {
        bytes += strlen(names[i]) + 1;
    }
    query->names = spk_alloc(bytes);
    if (query->names == NULL) {
        return spk_no_memory(error);
    }
    char *at = query->names;
    for (size_t i = 0; i < query->count; i++) {
        size_t n = strlen(names[i]) + 1;
        memcpy(at, names[i], n);
        query->columns[i].name = at;
        at += n;
    }
    return SPK_OK;
}

static bool same_field(const struct spk_column *a, const struct spk_column *b)
{
    return a->field == b->field && a->row == b->row;
}

/* Columns of one field form a chain, so that a value finds all of them. */
static void chain_twins(struct spk_query *query)
{
    for (size_t i = 0; i < query->count; i++) {
        query->twins[i] = SPK_NOWHERE;
        for (size_t k = i + 1; k < query->count; k++) {
            if (same_field(&query->columns[i], &query->columns[k])) {
                query->twins[i] = (uint32_t)k;
                break;
            }
        }
    }
    for (size_t i = 0; i < OWN_COUNT; i++) {
        query->own[i] = SPK_NOWHERE;
        for (size_t k = query->count; k-- > 0;) {
            query->own[i] = query->columns[k].row == &own_rows[i] ? (uint32_t)k : query->own[i];
        }
    }
}

static enum spk_status fill_in(struct spk_query *query, const char *const *names, struct spk_error *error)
{
    query->columns = spk_alloc_zeroed(query->count, sizeof query->columns[0]);
    query->twins = spk_alloc_zeroed(query->count, sizeof query->twins[0]);
    if (query->columns == NULL || query->twins == NULL) {
        return spk_no_memory(error);
    }
    for (size_t i = 0; i < query->count; i++) {
        enum spk_status status = resolve(query, names[i], &query->columns[i], error);
        if (status != SPK_OK) {
            return status;
        }
    }
    chain_twins(query);
    enum spk_status status = copy_names(query, names, error);
    return status == SPK_OK ? spk_plan_rows(query, error) : status;
}

static enum spk_status check_filter(const struct spk_query *query, struct spk_error *error)
{
    const struct spk_filter *filter = query->options.filter;
    if (filter != NULL && filter->registry != query->registry) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                   .who = filter->text,
                                                   .what = "the filter is of another registry than the query" });
    }
    return SPK_OK;
}

enum spk_status spk_query_new(const char *const *names, size_t count, const struct spk_query_options *options,
                              struct spk_query **out, struct spk_error *error)
{
    *out = NULL;
    if (count == 0 && (options == NULL || !options->decode)) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE, .what = "no field was asked for" });
    }
    if (count > UINT16_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT, .what = "too many fields" });
    }
    struct spk_query *query = spk_alloc_zeroed(1, sizeof *query);
    if (query == NULL) {
        return spk_no_memory(error);
    }
    if (options != NULL) {
        query->options = *options;
        query->options.occurrence = options->tutorial ? SPK_OCCURRENCE_FIRST : options->occurrence;
    }
    query->count = count;
    query->decode = query->options.decode || query->options.filter != NULL;
    query->registry = query->options.registry != NULL ? query->options.registry : spk_registry_default();
    enum spk_status status = query->registry != NULL ? check_filter(query, error) : spk_no_memory(error);
    status = status == SPK_OK ? fill_in(query, names, error) : status;
    if (status != SPK_OK) {
        spk_query_free(query);
        return status;
    }
    *out = query;
    return SPK_OK;
}

void spk_query_free(struct spk_query *query)
{
    if (query == NULL) {
        return;
    }
    spk_free(query->columns);
    spk_free(query->twins);
    spk_free(query->names);
    spk_free(query->quick);
    spk_free(query->layers);
    spk_free(query->want);
    spk_free(query->every);
    spk_free(query->walks);
    spk_free(query->ends);
    spk_stretches_end(&query->stretches);
    if (query->lists != NULL) {
        spk_lists_end(query->lists);
        spk_free(query->lists);
    }
    spk_free(query->stand_ins);
    spk_free(query->stand_in_rows);
    spk_free(query->stand_in_walks);
    spk_free(query->firsts);
    spk_free(query->is_quick);
    for (uint32_t i = 0; i < query->elements_count; i++) {
        spk_elements_free(&query->elements[i]);
    }
    spk_free(query->elements);
    spk_fixed_free(query->fixed);
    spk_fixed_free(query->sieve);
    spk_reach_free(query->both);
    spk_reach_free(query->reach);
    spk_free(query);
}

const struct elements *spk_query_elements(const struct spk_query *query, size_t column)
{
    for (uint32_t i = 0; i < query->elements_count; i++) {
        if (query->elements[i].column == column) {
            return &query->elements[i];
        }
    }
    return NULL;
}

size_t spk_query_column_count(const struct spk_query *query)
{
    return query->count;
}

const struct spk_column *spk_query_column(const struct spk_query *query, size_t index)
{
    return index < query->count ? &query->columns[index] : NULL;
}
