/* bpf_set: one expression in libpcap's language over records of any link type, compiled for each when it first comes. */
#include "base/error.h"
#include "base/memory.h"

#include <steelpkt/capture.h>

#include <string.h>

struct program {
    uint16_t link;
    struct spk_bpf *bpf; /* NULL: the expression means nothing for this link type */
};

struct spk_bpf_set {
    char *expression;
    struct program *programs;
    size_t count;
    bool taken; /* some link type has taken the expression */
    char message[SPK_BPF_MESSAGE];
};

enum spk_status spk_bpf_set_new(const char *expression, bool taken, struct spk_bpf_set **out)
{
    *out = NULL;
    struct spk_bpf_set *set = spk_alloc_zeroed(1, sizeof *set);
    size_t size = strlen(expression) + 1;
    char *copy = spk_alloc(size);
    if (set == NULL || copy == NULL) {
        spk_free(copy);
        spk_free(set);
        return SPK_ERR_MEMORY;
    }
    set->expression = memcpy(copy, expression, size);
    set->taken = taken;
    *out = set;
    return SPK_OK;
}

static const struct program *find(const struct spk_bpf_set *set, uint16_t link)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->programs[i].link == link) {
            return &set->programs[i];
        }
    }
    return NULL;
}

enum spk_status spk_bpf_set_prepare(struct spk_bpf_set *set, uint16_t link, bool *refused, struct spk_error *error)
{
    *refused = false;
    if (set == NULL || find(set, link) != NULL) {
        return SPK_OK;
    }
    struct program *more = spk_realloc(set->programs, (set->count + 1) * sizeof *more);
    if (more == NULL) {
        return spk_no_memory(error);
    }
    set->programs = more;
    struct program *program = &more[set->count];
    *program = (struct program){ .link = link };
    enum spk_status status = spk_bpf_compile(link, SPK_RECORD_MAX, set->expression, set->message, &program->bpf, error);
    if (status == SPK_ERR_MEMORY) {
        return status;
    }
    *refused = status != SPK_OK;
    if (*refused && set->count == 0 && !set->taken) {
        if (error != NULL) {
            error->code = SPK_ERR_USAGE; /* also for a link type that libpcap has no filters for */
        }
        return SPK_ERR_USAGE;
    }
    set->count++;
    return SPK_OK;
}

bool spk_bpf_set_keep(const void *context, const struct spk_record *record)
{
    const struct spk_bpf_set *set = context;
    const struct program *program = find(set, record->link);
    return program != NULL && program->bpf != NULL && spk_bpf_match(program->bpf, record);
}

void spk_bpf_set_free(struct spk_bpf_set *set)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        spk_bpf_free(set->programs[i].bpf);
    }
    if (set != NULL) {
        spk_free(set->programs);
        spk_free(set->expression);
        spk_free(set);
    }
}
