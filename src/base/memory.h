/* memory: the one place through which the library allocates, so that tests can make the Nth allocation fail. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Uninitialised memory for size bytes (at least 1), or NULL. Give back with spk_free. */
void *spk_alloc(size_t size);

/* Zeroed memory for count times size bytes, or NULL; an overflowing product is a NULL. */
void *spk_alloc_zeroed(size_t count, size_t size);

/* As realloc(3): on failure NULL, and the old block stays. */
void *spk_realloc(void *block, size_t size);

void spk_free(void *block);

#endif
