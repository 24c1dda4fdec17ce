/*
 * short_memory: the library allocates here instead, and its Nth allocation fails. For the one source of a test: what it
 * defines takes the place of src/base/memory.c.
 */
#ifndef UNIT_SHORT_MEMORY_H
#define UNIT_SHORT_MEMORY_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

static unsigned countdown; /* 1: the next allocation fails; 0: none does */
static bool fired;         /* one did */

static bool fires(void)
{
    if (countdown == 0 || --countdown > 0) {
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

#endif
