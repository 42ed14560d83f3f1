/* mailbox.h - a bounded queue from other threads into a loop's thread.
 *
 * Room: fixed-size items copied under a short lock, one wake-up per burst
 * (eventfd). Any number of posting threads, one receiving loop.
 */
#ifndef LUUKKU_LOOP_MAILBOX_H
#define LUUKKU_LOOP_MAILBOX_H

#include "loop/loop.h"

struct lk_mailbox;

enum lk_mailbox_full {
    LK_MAILBOX_REFUSE,      /* a post into a full box fails */
    LK_MAILBOX_DROP_OLDEST, /* the oldest item makes room */
};

struct lk_mailbox_config {
    size_t item_len;           /* bytes of one item, 1..1024 */
    size_t capacity;           /* items, 1..4096 */
    enum lk_mailbox_full full; /* what happens when it is full */
    /* Gets each item on the loop's thread. The item dies on return. */
    void (*receive)(void *arg, void *item);
    /* Releases what a dropped item owns: on the posting thread when a post
     * pushes it out, on the loop's when the box is freed. May be NULL. */
    void (*drop)(void *arg, void *item);
    void *arg;
};

/* Makes a mailbox on `l` (borrowed, must outlive it).
 *
 * Owner   caller, lk_mailbox_free() on the loop's thread after all posters
 *         have stopped
 * Errors  -ENOMEM, -EINVAL, -EMFILE and what eventfd(2) and lk_watch_new() say
 * Thread  the loop's
 */
int lk_mailbox_new(struct lk_loop *l, const struct lk_mailbox_config *config,
                   struct lk_mailbox **ret) LK_MUST_CHECK;

/* Drops what is waiting and frees. NULL is fine. Returns NULL. */
struct lk_mailbox *lk_mailbox_free(struct lk_mailbox *m);

/* Copies one item in.
 *
 * Errors  -ENOSPC full (LK_MAILBOX_REFUSE only; the item stays the caller's)
 * Thread  any
 */
int lk_mailbox_post(struct lk_mailbox *m, const void *item) LK_MUST_CHECK;

/* Items pushed out or refused so far. Thread: any. */
uint64_t lk_mailbox_lost(struct lk_mailbox *m);

#endif
