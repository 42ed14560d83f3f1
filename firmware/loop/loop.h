/* loop.h - the event loop of one thread: descriptors, timers, deferred calls.
 *
 * Room: one ppoll(2) loop with microsecond timers. Other threads reach it
 * through a mailbox (mailbox.h); a GMainContext rides along (glib.h).
 * Not here: signals (use a signalfd watch), child processes (a pidfd watch).
 *
 * Every function is for the loop's own thread, apart from lk_loop_new().
 */
#ifndef LUUKKU_LOOP_LOOP_H
#define LUUKKU_LOOP_LOOP_H

#include "base/defs.h"

#include <poll.h>

struct lk_loop;
struct lk_watch;
struct lk_timer;

/* Most watches, timers and waiting deferred calls of one loop. */
#define LK_LOOP_WATCH_MAX 64
#define LK_LOOP_TIMER_MAX 128
#define LK_LOOP_DEFER_MAX 256

/* Makes a loop. Owner: caller. Errors: -ENOMEM. Thread: any. */
int lk_loop_new(struct lk_loop **ret) LK_MUST_CHECK;

/* Makes the deferred calls that still wait and frees the loop. Its watches and
 * timers must have been freed before, or by those calls. NULL is fine. Not
 * from inside one of its callbacks. Returns NULL. */
struct lk_loop *lk_loop_free(struct lk_loop *l);
LK_AUTO_DEFINE(lk_loop);

/* Runs until lk_loop_stop(). Returns the value given there, or -errno when
 * ppoll(2) fails. */
int lk_loop_run(struct lk_loop *l);

/* Makes lk_loop_run() return `result` (0 or more) after this callback. */
void lk_loop_stop(struct lk_loop *l, int result);

/* Waits at most `max_us` (0: not at all, negative: no limit), dispatches what
 * is ready and returns 0, or -errno. For tests and for SDL's own loop. */
int lk_loop_step(struct lk_loop *l, int64_t max_us);

/* CLOCK_MONOTONIC in microseconds, read once each time the loop wakes. */
int64_t lk_loop_now_us(const struct lk_loop *l);

/* Called with the poll(2) bits that are set: those asked for, POLLERR, POLLHUP.
 */
typedef void lk_watch_fn(void *arg, int fd, short events);

/* Watches `fd` for `events` (POLLIN, POLLOUT or 0).
 *
 * Owner   caller keeps fd open until lk_watch_free(), and frees the watch
 * Errors  -ENOMEM, -ENOSPC too many watches
 */
int lk_watch_new(struct lk_loop *l, int fd, short events, lk_watch_fn *fn,
                 void *arg, struct lk_watch **ret);

/* Changes the events watched for. */
void lk_watch_set(struct lk_watch *w, short events);

/* Stops watching; fine inside any callback, also its own. NULL is fine.
 * Returns NULL. */
struct lk_watch *lk_watch_free(struct lk_watch *w);

typedef void lk_timer_fn(void *arg, int64_t now_us);

/* Makes a timer that is not set. Owner: caller. Errors: -ENOMEM, -ENOSPC. */
int lk_timer_new(struct lk_loop *l, lk_timer_fn *fn, void *arg,
                 struct lk_timer **ret);

/* Fires once at `at_us` (CLOCK_MONOTONIC, microseconds), at once when that is
 * past. Setting it again replaces the time. */
void lk_timer_set(struct lk_timer *t, int64_t at_us);

/* As lk_timer_set(), `in_us` from the loop's now. */
void lk_timer_set_in(struct lk_timer *t, int64_t in_us);

/* Unsets the timer. */
void lk_timer_clear(struct lk_timer *t);

/* Unsets and frees; fine inside any callback. NULL is fine. Returns NULL. */
struct lk_timer *lk_timer_free(struct lk_timer *t);

typedef void lk_defer_fn(void *arg);

/* Calls fn(arg) after the present callback has returned, in order. This is how
 * an object is freed from inside its own callback. Still waiting calls are made
 * by lk_loop_free() too.
 * Errors: -ENOSPC too many waiting. */
int lk_loop_defer(struct lk_loop *l, lk_defer_fn *fn, void *arg) LK_MUST_CHECK;

/* Another event source that brings descriptors and a deadline of its own, such
 * as a GMainContext. */
struct lk_loop_foreign {
    /* Fills at most `cap` pollfds, lowers *timeout_us to the first deadline
     * from now (negative: none). Returns how many, or -ENOSPC. */
    int (*prepare)(void *arg, struct pollfd *fds, size_t cap,
                   int64_t *timeout_us);
    /* Looks at the same pollfds after the wait and dispatches. */
    void (*dispatch)(void *arg, struct pollfd *fds, size_t n);
};

/* Lets `ops` (static) ride along; NULL takes it off. At most one. */
void lk_loop_set_foreign(struct lk_loop *l, const struct lk_loop_foreign *ops,
                         void *arg);

/* Longest time, in microseconds, that this loop ran past a due timer, since
 * this was last asked. The lateness that `call stats` shows. */
int64_t lk_loop_take_worst_late_us(struct lk_loop *l);

#endif
