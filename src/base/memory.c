#include "base/memory.h"

#include <stdlib.h>

void *spk_alloc(size_t size)
{
    return malloc(size > 0 ? size : 1);
}

void *spk_alloc_zeroed(size_t count, size_t size)
{
    return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *spk_realloc(void *block, size_t size)
{
    return realloc(block, size > 0 ? size : 1);
}

void spk_free(void *block)
{
    free(block);
}
