/* programs: a libpcap expression over records of any link type, a program for each, compiled when it first comes. */
#ifndef QUERY_PROGRAMS_H
#define QUERY_PROGRAMS_H

#include <steelpkt/query.h>

struct programs {
    const char *expression; /* NULL: everything passes */
    struct program *programs;
    size_t count;
    bool is_good; /* the expression was compiled elsewhere: a link type that cannot take it passes nothing */
    char message[SPK_BPF_MESSAGE];
};

/*
 * Sees to it that there is a program for a link type. SPK_ERR_USAGE: the very first type cannot take the expression; where
 * a later one cannot, nothing of it passes.
 */
enum spk_status spk_programs_prepare(struct programs *programs, uint16_t link, struct spk_error *error);

/* An spk_keep_fn over prepared programs. */
bool spk_programs_keep(const void *programs, const struct spk_record *record);

void spk_programs_free(struct programs *programs);

#endif
