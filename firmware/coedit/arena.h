/* arena.h - all memory of one document, with a ceiling.
 *
 * Room: pieces in size classes, from chunks of the heap. What was reserved can
 * be taken without failing, so that a change that has begun can be finished.
 * Everything is wiped when it is given back or the arena is freed. One thread.
 */
#ifndef LUUKKU_COEDIT_ARENA_H
#define LUUKKU_COEDIT_ARENA_H

#include "base/defs.h"

struct ce_arena;

/* max  bytes that it may have from the heap. Errors: -ENOMEM. */
int ce_arena_new(size_t max, struct ce_arena **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct ce_arena *ce_arena_free(struct ce_arena *a);

/* Makes sure that pieces of `bytes` in sum, each as ce_arena_round() has it,
 * can be taken. Errors: -ENOSPC the ceiling, -ENOMEM. */
int ce_arena_reserve(struct ce_arena *a, size_t bytes) LK_MUST_CHECK;

/* Bytes that a piece really takes. */
size_t ce_arena_round(size_t bytes);

/* A zeroed piece, or NULL: the ceiling, or no memory. */
void *ce_take(struct ce_arena *a, size_t bytes);

/* Wipes it and gives it back. `bytes` as when it was taken. NULL is fine. */
void ce_give(struct ce_arena *a, void *p, size_t bytes);

size_t ce_arena_used(const struct ce_arena *a);
size_t ce_arena_held(const struct ce_arena *a);

#endif
