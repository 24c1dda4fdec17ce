#define _POSIX_C_SOURCE 200809L
#include "query/crew.h"

#include "base/memory.h"

#include <time.h>

enum { LOOK_RECORDS = 32768 }; /* between two looks whether a batch is due */

/* ---- jobs ---- */

struct job *spk_job_new(const struct shape *shape, const char *expression, bool taken)
{
    struct job *job = spk_alloc_zeroed(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    atomic_init(&job->part.dropped, false);
    job->part.batch = (struct batch){ .shape = shape, .is_part = true };
    if (spk_scan_new(shape->query, &job->part.scan, NULL) != SPK_OK
        || (expression != NULL && spk_bpf_set_new(expression, taken, &job->part.bpf) != SPK_OK)) {
        spk_job_free(job);
        return NULL;
    }
    return job;
}

void spk_job_free(struct job *job)
{
    for (; job->ready_count > 0; job->ready_count--) {
        spk_batch_clear(&job->ready[job->ready_first]);
        job->ready_first = (job->ready_first + 1) % JOB_BATCHES;
    }
    spk_batch_clear(&job->part.batch);
    spk_scan_free(job->part.scan);
    spk_bpf_set_free(job->part.bpf);
    spk_reader_close(job->fork);
    spk_free(job);
}

/* ---- threads ---- */

/*
 * Puts the part's batch among the ready ones, once there is room. False: nobody wants it. The lock is held. Whoever takes
 * is woken for the first job only: that of the others is not asked for yet. And not for each batch, since that takes a
 * processor from somebody who reads; he looks by himself before long.
 */
static bool hand_over(struct crew *crew, struct job *job)
{
    struct part *part = &job->part;
    while (job->ready_count == JOB_BATCHES && !crew->stop && !atomic_load(&part->dropped)) {
        pthread_cond_wait(&crew->changed, &crew->lock);
    }
    if (crew->stop || atomic_load(&part->dropped)) {
        return false;
    }
    if (part->batch.rows > 0) {
        spk_batch_move(&part->batch, &job->ready[(job->ready_first + job->ready_count++) % JOB_BATCHES]);
        if (job == crew->first && job->ready_count >= JOB_BATCHES / 2) {
            pthread_cond_broadcast(&crew->changed);
        }
    }
    return true;
}

/* The lock is held when it is called and when it comes back. */
static void run(struct hand *hand, struct job *job)
{
    struct crew *crew = hand->crew;
    struct part *part = &job->part;
    bool wanted = true;
    job->state = JOB_RUNS;
    part->batch.spare = hand->spare;
    pthread_mutex_unlock(&crew->lock);
    spk_part_begin(part, job->name);
    pthread_mutex_lock(&crew->lock);
    while (wanted && part->status == SPK_OK) {
        pthread_mutex_unlock(&crew->lock);
        do {
            spk_part_fill(part, LOOK_RECORDS);
        } while (part->status == SPK_OK && !spk_batch_is_due(&part->batch));
        pthread_mutex_lock(&crew->lock);
        wanted = hand_over(crew, job);
    }
    job->state = JOB_DONE;
    pthread_cond_broadcast(&crew->changed);
}

static struct job *first_waiting(const struct crew *crew)
{
    struct job *job = crew->first;
    while (job != NULL && job->state != JOB_WAITS) {
        job = job->next;
    }
    return job;
}

static void *work(void *context)
{
    struct hand *hand = context;
    struct crew *crew = hand->crew;
    pthread_mutex_lock(&crew->lock);
    while (!crew->stop) {
        struct job *job = first_waiting(crew);
        if (job != NULL) {
            run(hand, job);
        } else {
            pthread_cond_wait(&crew->changed, &crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

bool spk_crew_begin(struct crew *crew, size_t count)
{
    *crew = (struct crew){ .hand_count = 0 };
    crew->hands = spk_alloc_zeroed(count, sizeof crew->hands[0]);
    if (crew->hands == NULL) {
        return false;
    }
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    for (struct hand *hand = crew->hands; hand < crew->hands + count; hand++) {
        *hand = (struct hand){ .crew = crew, .spare = spk_spare_new() };
        if (pthread_create(&hand->thread, NULL, work, hand) != 0) {
            spk_spare_leave(hand->spare);
            break;
        }
        crew->hand_count++;
    }
    if (crew->hand_count == 0) {
        spk_crew_end(crew);
        return false;
    }
    return true;
}

void spk_crew_end(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->stop = true;
    for (struct job *job = crew->first; job != NULL; job = job->next) {
        atomic_store(&job->part.dropped, true);
    }
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->hand_count; i++) {
        pthread_join(crew->hands[i].thread, NULL);
    }
    while (crew->first != NULL) {
        struct job *job = crew->first;
        crew->first = job->next;
        spk_job_free(job);
    }
    for (size_t i = 0; i < crew->hand_count; i++) {
        spk_spare_leave(crew->hands[i].spare);
    }
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    spk_free(crew->hands);
    crew->hands = NULL;
}

/* ---- whoever takes ---- */

void spk_crew_add(struct crew *crew, struct job *job)
{
    pthread_mutex_lock(&crew->lock);
    if (crew->last != NULL) {
        crew->last->next = job;
    } else {
        crew->first = job;
    }
    crew->last = job;
    crew->job_count++;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
}

bool spk_crew_wait(struct crew *crew, unsigned milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)milliseconds * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&crew->lock);
    const struct job *job = crew->first;
    int waited = 0;
    while (job->ready_count == 0 && job->state != JOB_DONE && waited == 0) {
        waited = pthread_cond_timedwait(&crew->changed, &crew->lock, &until);
    }
    bool there = job->ready_count > 0 || job->state == JOB_DONE;
    pthread_mutex_unlock(&crew->lock);
    return there;
}

bool spk_crew_take(struct crew *crew, struct batch *batch)
{
    pthread_mutex_lock(&crew->lock);
    struct job *job = crew->first;
    bool there = job->ready_count > 0;
    if (there) {
        *batch = job->ready[job->ready_first];
        job->ready_first = (job->ready_first + 1) % JOB_BATCHES;
        if (job->ready_count-- == JOB_BATCHES) {
            pthread_cond_broadcast(&crew->changed);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return there;
}

bool spk_crew_is_over(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    bool over = crew->first->state == JOB_DONE && crew->first->ready_count == 0;
    pthread_mutex_unlock(&crew->lock);
    return over;
}

void spk_crew_drop(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    struct job *job = crew->first;
    atomic_store(&job->part.dropped, true);
    pthread_cond_broadcast(&crew->changed);
    while (job->state == JOB_RUNS) {
        pthread_cond_wait(&crew->changed, &crew->lock);
    }
    crew->first = job->next;
    crew->last = crew->first != NULL ? crew->last : NULL;
    crew->job_count--;
    pthread_mutex_unlock(&crew->lock);
    spk_job_free(job);
}
