/* crew: threads that read parts of captures, in the order of the list, while somebody takes what they make in that order. */
#ifndef QUERY_CREW_H
#define QUERY_CREW_H

#include "query/part.h"

#include <pthread.h>

/* Batches that a part holds ready at most: memory is bounded by it. */
enum { JOB_BATCHES = 4 };

enum job_state { JOB_WAITS, JOB_RUNS, JOB_DONE };

struct job {
    struct job *next;
    struct part part;
    struct spk_reader *fork; /* owned; NULL: the part's reader is the source's */
    size_t source;           /* index */
    const char *name;
    enum job_state state;
    struct batch ready[JOB_BATCHES]; /* a ring */
    size_t ready_first, ready_count;
};

/* One of the threads. Blocks that its batches gave back are filled by it again: they are near its processor. */
struct hand {
    struct crew *crew;
    pthread_t thread;
    struct spare *spare; /* NULL: no memory for it */
};

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct hand *hands;
    size_t hand_count;
    struct job *first, *last;
    size_t job_count;
    bool stop;
};

/* Starts as many threads as it can, up to count. False: none, and nothing to end. */
bool spk_crew_begin(struct crew *crew, size_t count);
/* Ends the threads; jobs that are left are freed. */
void spk_crew_end(struct crew *crew);

/*
 * A job with a scan, an empty batch and its own programs of a filter of libpcap's (NULL: none), which is known to be good
 * where taken is true. NULL: no memory.
 */
struct job *spk_job_new(const struct shape *shape, const char *expression, bool taken);
/* One that was not added. */
void spk_job_free(struct job *job);

/* Adds a job at the end of the list. */
void spk_crew_add(struct crew *crew, struct job *job);

/*
 * Waits until the first job has a batch ready, or is done. False: not within so many milliseconds. Then its batch, if it has
 * one, is taken by spk_crew_take, and once it is done all of its part can be looked at.
 */
bool spk_crew_wait(struct crew *crew, unsigned milliseconds);
bool spk_crew_take(struct crew *crew, struct batch *batch);
/* Whether the first job is done and all its batches were taken. */
bool spk_crew_is_over(struct crew *crew);

/* Takes the first job off the list, whatever it is at, and frees it. */
void spk_crew_drop(struct crew *crew);

#endif
