#include "loop/loop.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MAX (2UL * LK_LOOP_WATCH_MAX)

struct lk_watch {
    struct lk_loop *loop;
    lk_watch_fn *fn;
    void *arg;
    int fd;
    short events;
    bool dead; /* freed inside a dispatch; swept after it */
};

struct lk_timer {
    struct lk_loop *loop;
    lk_timer_fn *fn;
    void *arg;
    int64_t at_us;
    size_t at; /* place in the heap, or NOT_SET */
};

#define NOT_SET SIZE_MAX

struct defer {
    lk_defer_fn *fn;
    void *arg;
};

struct lk_loop {
    struct lk_watch *watch[LK_LOOP_WATCH_MAX];
    size_t watches;
    struct lk_timer *heap[LK_LOOP_TIMER_MAX]; /* binary heap of set timers */
    size_t set;
    size_t timers; /* made, set or not */
    struct defer defer[LK_LOOP_DEFER_MAX];
    size_t defer_first;
    size_t defers;
    const struct lk_loop_foreign *foreign;
    void *foreign_arg;
    int64_t now_us;
    int64_t worst_late_us;
    int result;
    bool stopped;
    bool dispatching;
    bool sweep;
};

int lk_loop_new(struct lk_loop **ret)
{
    struct lk_loop *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->now_us = lk_clock_us();
    *ret = l;
    return 0;
}

int64_t lk_loop_now_us(const struct lk_loop *l)
{
    return l->now_us;
}

void lk_loop_stop(struct lk_loop *l, int result)
{
    l->stopped = true;
    l->result = result;
}

void lk_loop_set_foreign(struct lk_loop *l, const struct lk_loop_foreign *ops,
                         void *arg)
{
    l->foreign = ops;
    l->foreign_arg = arg;
}

int64_t lk_loop_take_worst_late_us(struct lk_loop *l)
{
    int64_t late = l->worst_late_us;
    l->worst_late_us = 0;
    return late;
}

int lk_watch_new(struct lk_loop *l, int fd, short events, lk_watch_fn *fn,
                 void *arg, struct lk_watch **ret)
{
    if (l->watches == LK_LOOP_WATCH_MAX)
        return -ENOSPC;
    struct lk_watch *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    *w = (struct lk_watch){
        .loop = l, .fn = fn, .arg = arg, .fd = fd, .events = events};
    l->watch[l->watches++] = w;
    *ret = w;
    return 0;
}

void lk_watch_set(struct lk_watch *w, short events)
{
    w->events = events;
}

static void loop_sweep(struct lk_loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->watches; i++) {
        if (l->watch[i]->dead)
            free(l->watch[i]);
        else
            l->watch[kept++] = l->watch[i];
    }
    l->watches = kept;
    l->sweep = false;
}

struct lk_watch *lk_watch_free(struct lk_watch *w)
{
    if (w) {
        struct lk_loop *l = w->loop;
        w->dead = true;
        l->sweep = true;
        if (!l->dispatching)
            loop_sweep(l);
    }
    return NULL;
}

/* Puts `t` at place `i`, moving it towards the root while it is earlier. */
static void heap_up(struct lk_loop *l, size_t i, struct lk_timer *t)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (l->heap[parent]->at_us <= t->at_us)
            break;
        l->heap[i] = l->heap[parent];
        l->heap[i]->at = i;
        i = parent;
    }
    l->heap[i] = t;
    t->at = i;
}

static void heap_down(struct lk_loop *l, size_t i, struct lk_timer *t)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= l->set)
            break;
        if (child + 1 < l->set &&
            l->heap[child + 1]->at_us < l->heap[child]->at_us)
            child++;
        if (t->at_us <= l->heap[child]->at_us)
            break;
        l->heap[i] = l->heap[child];
        l->heap[i]->at = i;
        i = child;
    }
    l->heap[i] = t;
    t->at = i;
}

void lk_timer_clear(struct lk_timer *t)
{
    struct lk_loop *l = t->loop;
    if (t->at == NOT_SET)
        return;
    size_t i = t->at;
    t->at = NOT_SET;
    struct lk_timer *last = l->heap[--l->set];
    if (last == t)
        return;
    if (i > 0 && last->at_us < l->heap[(i - 1) / 2]->at_us)
        heap_up(l, i, last);
    else
        heap_down(l, i, last);
}

int lk_timer_new(struct lk_loop *l, lk_timer_fn *fn, void *arg,
                 struct lk_timer **ret)
{
    if (l->timers == LK_LOOP_TIMER_MAX)
        return -ENOSPC;
    struct lk_timer *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    *t = (struct lk_timer){.loop = l, .fn = fn, .arg = arg, .at = NOT_SET};
    l->timers++;
    *ret = t;
    return 0;
}

void lk_timer_set(struct lk_timer *t, int64_t at_us)
{
    lk_timer_clear(t);
    t->at_us = at_us;
    heap_up(t->loop, t->loop->set++, t);
}

void lk_timer_set_in(struct lk_timer *t, int64_t in_us)
{
    lk_timer_set(t, t->loop->now_us + in_us);
}

struct lk_timer *lk_timer_free(struct lk_timer *t)
{
    if (t) {
        lk_timer_clear(t);
        t->loop->timers--;
        free(t);
    }
    return NULL;
}

int lk_loop_defer(struct lk_loop *l, lk_defer_fn *fn, void *arg)
{
    if (l->defers == LK_LOOP_DEFER_MAX)
        return -ENOSPC;
    size_t i = (l->defer_first + l->defers++) % LK_LOOP_DEFER_MAX;
    l->defer[i] = (struct defer){.fn = fn, .arg = arg};
    return 0;
}

static void loop_run_deferred(struct lk_loop *l)
{
    while (l->defers > 0) {
        struct defer d = l->defer[l->defer_first];
        l->defer_first = (l->defer_first + 1) % LK_LOOP_DEFER_MAX;
        l->defers--;
        d.fn(d.arg);
    }
}

static void loop_run_timers(struct lk_loop *l)
{
    /* At most as many as are set now: a callback that sets a timer for now must
     * not starve the descriptors. */
    for (size_t n = l->set; n > 0 && l->set > 0 && !l->stopped; n--) {
        struct lk_timer *t = l->heap[0];
        if (t->at_us > l->now_us)
            break;
        l->worst_late_us = LK_MAX(l->worst_late_us, l->now_us - t->at_us);
        lk_timer_clear(t);
        t->fn(t->arg, l->now_us);
        loop_run_deferred(l);
    }
}

static void loop_run_watches(struct lk_loop *l, const struct pollfd *fds,
                             size_t n)
{
    for (size_t i = 0; i < n && !l->stopped; i++) {
        struct lk_watch *w = l->watch[i];
        if (fds[i].revents == 0 || w->dead)
            continue;
        w->fn(w->arg, w->fd, fds[i].revents);
        loop_run_deferred(l);
    }
}

/* How long to wait: until the first timer, at most max_us (negative: for ever).
 */
static int64_t loop_wait_us(const struct lk_loop *l, int64_t max_us)
{
    int64_t wait = max_us;
    if (l->set > 0) {
        int64_t in = LK_MAX(l->heap[0]->at_us - lk_clock_us(), (int64_t)0);
        wait = wait < 0 ? in : LK_MIN(wait, in);
    }
    return l->defers > 0 ? 0 : wait;
}

static int loop_poll(struct pollfd *fds, size_t n, int64_t wait_us)
{
    struct timespec ts = {.tv_sec = wait_us / 1000000,
                          .tv_nsec = wait_us % 1000000 * 1000};
    int r = ppoll(fds, n, wait_us < 0 ? NULL : &ts, NULL);
    if (r < 0 && errno != EINTR)
        return -errno;
    for (size_t i = 0; r < 0 && i < n; i++)
        fds[i].revents = 0;
    return 0;
}

int lk_loop_step(struct lk_loop *l, int64_t max_us)
{
    struct pollfd fds[POLL_MAX];
    size_t own = l->watches;
    for (size_t i = 0; i < own; i++)
        fds[i] = (struct pollfd){.fd = l->watch[i]->fd,
                                 .events = l->watch[i]->events};
    int64_t wait_us = loop_wait_us(l, max_us);
    int others = 0;
    if (l->foreign)
        others = l->foreign->prepare(l->foreign_arg, fds + own, POLL_MAX - own,
                                     &wait_us);
    if (others < 0)
        return others;
    int r = loop_poll(fds, own + (size_t)others, wait_us);
    if (r < 0)
        return r;
    l->now_us = lk_clock_us();
    l->dispatching = true;
    loop_run_deferred(l);
    loop_run_timers(l);
    loop_run_watches(l, fds, own);
    if (l->foreign && !l->stopped)
        l->foreign->dispatch(l->foreign_arg, fds + own, (size_t)others);
    loop_run_deferred(l);
    l->dispatching = false;
    if (l->sweep)
        loop_sweep(l);
    return 0;
}

int lk_loop_run(struct lk_loop *l)
{
    l->stopped = false;
    l->result = 0;
    while (!l->stopped) {
        int r = lk_loop_step(l, -1);
        if (r < 0)
            return r;
    }
    return l->result;
}

struct lk_loop *lk_loop_free(struct lk_loop *l)
{
    if (l) {
        loop_run_deferred(l);
        free(l);
    }
    return NULL;
}
