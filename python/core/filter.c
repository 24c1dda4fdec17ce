/* filter: a libpcap expression over records of any link type; a program for each type is compiled when it first comes. */
#include "io.h"

#include <string.h>

enum { LINKS_MAX = 64 }; /* link types in one capture, for which there is room */

struct core_filter {
    struct core_state *state;
    char *expression;
    size_t count;
    uint16_t links[LINKS_MAX];
    struct spk_bpf *programs[LINKS_MAX];
};

/* The program for a link type, or NULL with an exception. */
static const struct spk_bpf *program_for(struct core_filter *filter, uint16_t link)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_error error;

    for (size_t i = 0; i < filter->count; i++) {
        if (filter->links[i] == link)
            return filter->programs[i];
    }
    if (filter->count == LINKS_MAX) {
        PyErr_SetString(PyExc_ValueError, "more link types in one capture than a filter takes");
        return NULL;
    }
    if (spk_bpf_compile(link, 0, filter->expression, message, &filter->programs[filter->count], &error) != SPK_OK)
        return core_raise(filter->state, &error);
    filter->links[filter->count] = link;
    return filter->programs[filter->count++];
}

struct core_filter *core_filter_new(struct core_state *state, const char *expression, uint16_t link)
{
    size_t size = strlen(expression) + 1;
    struct core_filter *filter = PyMem_Calloc(1, sizeof *filter);

    if (filter == NULL)
        return (struct core_filter *)PyErr_NoMemory();
    filter->state = state;
    filter->expression = PyMem_Malloc(size);
    if (filter->expression == NULL) {
        core_filter_free(filter);
        return (struct core_filter *)PyErr_NoMemory();
    }
    memcpy(filter->expression, expression, size);
    if (program_for(filter, link) == NULL) {
        core_filter_free(filter);
        return NULL;
    }
    return filter;
}

void core_filter_free(struct core_filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->count; i++)
        spk_bpf_free(filter->programs[i]);
    PyMem_Free(filter->expression);
    PyMem_Free(filter);
}

int core_filter_match(struct core_filter *filter, const struct spk_record *record)
{
    const struct spk_bpf *program = program_for(filter, record->link);

    return program != NULL ? spk_bpf_match(program, record) : -1;
}
