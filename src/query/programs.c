#include "query/programs.h"

#include "base/error.h"
#include "base/memory.h"

struct program {
    uint16_t link;
    struct spk_bpf *bpf; /* NULL: the expression means nothing for this link type */
};

static const struct program *find(const struct programs *programs, uint16_t link)
{
    for (size_t i = 0; i < programs->count; i++) {
        if (programs->programs[i].link == link) {
            return &programs->programs[i];
        }
    }
    return NULL;
}

enum spk_status spk_programs_prepare(struct programs *programs, uint16_t link, struct spk_error *error)
{
    if (programs->expression == NULL || find(programs, link) != NULL) {
        return SPK_OK;
    }
    struct program *more = spk_realloc(programs->programs, (programs->count + 1) * sizeof *more);
    if (more == NULL) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
    }
    programs->programs = more;
    struct program *program = &more[programs->count];
    *program = (struct program){ .link = link };
    enum spk_status status =
        spk_bpf_compile(link, SPK_RECORD_MAX, programs->expression, programs->message, &program->bpf, error);
    if (status != SPK_OK && programs->count == 0 && !programs->is_good) {
        if (error != NULL) {
            error->code = SPK_ERR_USAGE; /* also for a link type that libpcap has no filters for */
        }
        return SPK_ERR_USAGE;
    }
    programs->count++;
    return SPK_OK;
}

bool spk_programs_keep(const void *programs, const struct spk_record *record)
{
    const struct program *program = find(programs, record->link);
    return program != NULL && program->bpf != NULL && spk_bpf_match(program->bpf, record);
}

void spk_programs_free(struct programs *programs)
{
    for (size_t i = 0; i < programs->count; i++) {
        spk_bpf_free(programs->programs[i].bpf);
    }
    spk_free(programs->programs);
}
