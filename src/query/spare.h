/*
 * spare: blocks that arrays were given in and nobody needs any more, kept for those that come next: an allocator may give
 * them back to the system, and asking for them again costs as much as filling them. Whoever streams batches has few at a
 * time. Shared by a pass and its arrays, which may outlive it and be released by any thread.
 */
#ifndef QUERY_SPARE_H
#define QUERY_SPARE_H

#include <stddef.h>

struct spare;

/* With one user. NULL: no memory. */
struct spare *spk_spare_new(void);
/* Another user; gives spare. */
struct spare *spk_spare_join(struct spare *spare);
/* One less; the last frees it all. spare may be NULL, here and below: then nothing is kept. */
void spk_spare_leave(struct spare *spare);

/* As spk_alloc, of a block that was kept if there is one that fits. */
void *spk_spare_alloc(struct spare *spare, size_t size);
void *spk_spare_alloc_zeroed(struct spare *spare, size_t size);
/* As spk_free, of a block of at least that size. */
void spk_spare_free(struct spare *spare, void *block, size_t size);

#endif
