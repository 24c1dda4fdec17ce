/* spare: a short list under a lock. */
#include "query/spare.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

enum { BLOCKS_MAX = 64, LEAST = 4096, BYTES_MAX = 8 * 1024 * 1024 };

struct spare {
    pthread_mutex_t lock;
    size_t users, count, bytes;
    struct kept {
        void *block;
        size_t size;
    } kept[BLOCKS_MAX];
};

struct spare *spk_spare_new(void)
{
    struct spare *spare = spk_alloc_zeroed(1, sizeof *spare);
    if (spare != NULL) {
        pthread_mutex_init(&spare->lock, NULL);
        spare->users = 1;
    }
    return spare;
}

struct spare *spk_spare_join(struct spare *spare)
{
    if (spare != NULL) {
        pthread_mutex_lock(&spare->lock);
        spare->users++;
        pthread_mutex_unlock(&spare->lock);
    }
    return spare;
}

void spk_spare_leave(struct spare *spare)
{
    if (spare == NULL) {
        return;
    }
    pthread_mutex_lock(&spare->lock);
    bool last = --spare->users == 0;
    pthread_mutex_unlock(&spare->lock);
    if (last) {
        while (spare->count > 0) {
            spk_free(spare->kept[--spare->count].block);
        }
        pthread_mutex_destroy(&spare->lock);
        spk_free(spare);
    }
}

/* The smallest that is large enough, and not twice as large, the one that came last of such; NULL: there is none. */
static void *take(struct spare *spare, size_t size)
{
    size_t best = BLOCKS_MAX;
    void *block = NULL;
    pthread_mutex_lock(&spare->lock);
    for (size_t i = 0; i < spare->count; i++) {
        size_t has = spare->kept[i].size;
        best = has >= size && has / 2 < size && (best == BLOCKS_MAX || has <= spare->kept[best].size) ? i : best;
    }
    if (best < BLOCKS_MAX) {
        block = spare->kept[best].block;
        spare->bytes -= spare->kept[best].size;
        spare->kept[best] = spare->kept[--spare->count];
    }
    pthread_mutex_unlock(&spare->lock);
    return block;
}

void *spk_spare_alloc(struct spare *spare, size_t size)
{
    void *block = spare != NULL && size >= LEAST ? take(spare, size) : NULL;
    return block != NULL ? block : spk_alloc(size);
}

void *spk_spare_alloc_zeroed(struct spare *spare, size_t size)
{
    void *block = spare != NULL && size >= LEAST ? take(spare, size) : NULL;
    return block != NULL ? memset(block, 0, size) : spk_alloc_zeroed(1, size);
}

void spk_spare_free(struct spare *spare, void *block, size_t size)
{
    if (spare != NULL && block != NULL && size >= LEAST) {
        pthread_mutex_lock(&spare->lock);
        if (spare->count < BLOCKS_MAX && size <= BYTES_MAX - spare->bytes) {
            spare->kept[spare->count++] = (struct kept){ block, size };
            spare->bytes += size;
            block = NULL;
        }
        pthread_mutex_unlock(&spare->lock);
    }
    spk_free(block);
}
