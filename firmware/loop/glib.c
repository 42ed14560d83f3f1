#include "loop/glib.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>

#define GLIB_POLL_MAX 64

struct lk_loop_glib {
    struct lk_loop *loop;
    GMainContext *context;
    int priority; /* of what was ready in prepare */
    GPollFD fds[GLIB_POLL_MAX];
};

static int glib_prepare(void *arg, struct pollfd *fds, size_t cap,
                        int64_t *timeout_us)
{
    struct lk_loop_glib *g = arg;
    int timeout_ms = -1;
    (void)g_main_context_prepare(g->context, &g->priority);
    int n = g_main_context_query(g->context, g->priority, &timeout_ms, g->fds,
                                 GLIB_POLL_MAX);
    if (n > GLIB_POLL_MAX || (size_t)n > cap)
        return -ENOSPC;
    for (int i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = g->fds[i].fd,
                                 .events = (short)g->fds[i].events};
    int64_t us = timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000;
    if (us >= 0 && (*timeout_us < 0 || us < *timeout_us))
        *timeout_us = us;
    return n;
}

static void glib_dispatch(void *arg, struct pollfd *fds, size_t n)
{
    struct lk_loop_glib *g = arg;
    for (size_t i = 0; i < n; i++)
        g->fds[i].revents = (gushort)fds[i].revents;
    if (g_main_context_check(g->context, g->priority, g->fds, (gint)n))
        g_main_context_dispatch(g->context);
}

static const struct lk_loop_foreign glib_ops = {
    .prepare = glib_prepare,
    .dispatch = glib_dispatch,
};

int lk_loop_glib_new(struct lk_loop *l, struct lk_loop_glib **ret)
{
    struct lk_loop_glib *g = calloc(1, sizeof(*g));
    if (!g)
        return -ENOMEM;
    g->loop = l;
    g->context = g_main_context_new();
    g_main_context_push_thread_default(g->context);
    /* Owned for good: prepare and check then never wait for another owner. */
    if (!g_main_context_acquire(g->context))
        abort(); /* a context that was made a line above */
    lk_loop_set_foreign(l, &glib_ops, g);
    *ret = g;
    return 0;
}

struct lk_loop_glib *lk_loop_glib_free(struct lk_loop_glib *g)
{
    if (g) {
        lk_loop_set_foreign(g->loop, NULL, NULL);
        g_main_context_release(g->context);
        g_main_context_pop_thread_default(g->context);
        g_main_context_unref(g->context);
        free(g);
    }
    return NULL;
}

void *lk_loop_glib_context(struct lk_loop_glib *g)
{
    return g->context;
}
