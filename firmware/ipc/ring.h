/* ring.h - pictures from one program to another through shared memory.
 *
 * Room: one writer, one reader, the newest picture wins; nobody ever waits.
 * The memory is a memfd sealed against growing and shrinking. Three slots: the
 * newest, the one being read, the one being written. The reader trusts nothing
 * in it: sizes are copied and checked before use, only pixels are read in
 * place.
 * Pictures are I420: Y of stride * height bytes, then U and V of stride / 2 *
 * (height + 1) / 2 bytes each.
 */
#ifndef LUUKKU_IPC_RING_H
#define LUUKKU_IPC_RING_H

#include "base/defs.h"

#include <stdbool.h>

struct lk_ring;

#define LK_RING_WIDTH_MAX 1920
#define LK_RING_HEIGHT_MAX 1920

struct lk_ring_picture {
    uint32_t width_px;
    uint32_t height_px;
    uint32_t stride;   /* bytes of a row of Y, even; U and V have half of it */
    uint64_t sequence; /* pictures since the ring was made, from 1 */
    int64_t captured_us; /* CLOCK_MONOTONIC, when it was captured or decoded */
    uint8_t *plane[3];   /* Y, U, V; read only for the reader */
};

/* Makes a ring for pictures of up to width_px * height_px (2..the maxima).
 *
 * Owner   caller; lk_ring_free()
 * Errors  -EINVAL, -ENOMEM, and what memfd_create(2), mmap(2) and eventfd(2)
 *         say
 * Thread  any; then one writing thread
 */
int lk_ring_new(uint32_t width_px, uint32_t height_px,
                struct lk_ring **ret) LK_MUST_CHECK;

/* Opens the other end on descriptors from lk_ring_fds(), which the ring takes
 * over even when it fails.
 *
 * Errors  -EBADMSG not a sealed ring of a size in range, -ENOMEM, mmap(2)'s
 * Thread  any; then one reading thread
 */
int lk_ring_open(int memory_fd, int wake_fd,
                 struct lk_ring **ret) LK_MUST_CHECK;

/* Unmaps and closes. NULL is fine. Returns NULL. */
struct lk_ring *lk_ring_free(struct lk_ring *r);

/* The two descriptors to hand to the reader, borrowed: the memory, and an
 * eventfd that is set by each new picture (non-blocking; readable once). */
void lk_ring_fds(const struct lk_ring *r, int *ret_memory_fd, int *ret_wake_fd);

/* Writer: a slot for a picture of the given size; fill the planes, then
 * lk_ring_commit(). The stride is chosen here.
 * Errors: -EMSGSIZE larger than the ring was made for, -EINVAL zero */
int lk_ring_begin(struct lk_ring *r, uint32_t width_px, uint32_t height_px,
                  struct lk_ring_picture *ret) LK_MUST_CHECK;

/* Writer: makes the begun picture the newest and wakes the reader. */
void lk_ring_commit(struct lk_ring *r, int64_t captured_us);

/* Reader: borrows the newest picture until the next call or lk_ring_release().
 * Returns 1 when it is newer than the last one, 0 when there is nothing newer
 * (*ret untouched), -EBADMSG when the writer lies about sizes. Clears the
 * wake-up. */
int lk_ring_acquire(struct lk_ring *r,
                    struct lk_ring_picture *ret) LK_MUST_CHECK;

/* Reader: gives the borrowed picture back. */
void lk_ring_release(struct lk_ring *r);

#endif
