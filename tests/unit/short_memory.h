/*
 * short_memory: the library allocates here instead, and its Nth allocation fails. For the one source of a test: what it
 * defines takes the place of src/base/memory.c.
 */
#ifndef UNIT_SHORT_MEMORY_H
#define UNIT_SHORT_MEMORY_H

#include "base/memory.h"
#include "support.h"

#include <steelpkt/base.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_uint countdown; /* 1: the next allocation fails, of whatever thread; 0: none does */
static atomic_bool fired;     /* one did */

static bool fires(void)
{
    if (countdown == 0 || atomic_fetch_sub(&countdown, 1) != 1) {
        return false;
    }
    fired = true;
    return true;
}

void *spk_alloc(size_t size)
{
    return fires() ? NULL : malloc(size > 0 ? size : 1);
}

void *spk_alloc_zeroed(size_t count, size_t size)
{
    return fires() ? NULL : calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *spk_realloc(void *block, size_t size)
{
    return fires() ? NULL : realloc(block, size > 0 ? size : 1);
}

void spk_free(void *block)
{
    free(block);
}

/* A use of the library that leaves nothing behind. Gives the first status that is a failure, or SPK_OK. */
typedef enum spk_status (*use_fn)(void);

/* The use succeeds; and without any one of its allocations, least or more, it says so or does without. */
static inline void without_each_allocation(use_fn use, unsigned least)
{
    unsigned nth = 0;
    assert_int_equal(use(), SPK_OK);
    do {
        fired = false;
        countdown = ++nth;
        enum spk_status status = use();
        countdown = 0;
        if (status != SPK_OK && !(status == SPK_ERR_MEMORY && fired)) {
            fail_msg("allocation %u fails: status %d", nth, status);
        }
    } while (fired);
    if (nth <= least) {
        fail_msg("%u allocations, and there should be %u", nth - 1, least);
    }
}

#endif
