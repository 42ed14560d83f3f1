#include "writer.h"

#include "base/defs.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECES 8

/* Some bytes of a file; none: its end. */
struct piece {
    int fd; /* -1: no more files */
    unsigned number;
    size_t len;
    uint8_t data[WRITER_PIECE_MAX];
};

struct writer {
    void (*ended)(void *arg, unsigned number);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t given, written; /* under the lock */
    struct piece piece[PIECES];
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench-scan: %s: %s\n", what, strerrorname_np(errno));
    _Exit(EXIT_FAILURE);
}

static void write_piece(struct writer *w, const struct piece *p)
{
    for (size_t at = 0; at < p->len;) {
        ssize_t n = write(p->fd, p->data + at, p->len - at);
        if (n <= 0)
            fail("write");
        at += (size_t)n;
    }
    if (p->len > 0)
        return;
    if (close(p->fd) < 0)
        fail("close");
    w->ended(w->arg, p->number);
}

static void *write_all(void *arg)
{
    struct writer *w = arg;
    for (;;) {
        (void)pthread_mutex_lock(&w->lock);
        while (w->written == w->given)
            (void)pthread_cond_wait(&w->changed, &w->lock);
        const struct piece *p = &w->piece[w->written % PIECES];
        (void)pthread_mutex_unlock(&w->lock);
        if (p->fd < 0)
            return NULL;
        write_piece(w, p);
        (void)pthread_mutex_lock(&w->lock);
        w->written++;
        (void)pthread_cond_signal(&w->changed);
        (void)pthread_mutex_unlock(&w->lock);
    }
}

struct writer *writer_new(void (*ended)(void *arg, unsigned number), void *arg)
{
    struct writer *w = calloc(1, sizeof(*w));
    if (!w)
        fail("writer");
    w->ended = ended;
    w->arg = arg;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->changed, NULL);
    errno = pthread_create(&w->thread, NULL, write_all, w);
    if (errno != 0)
        fail("thread");
    return w;
}

static void give(struct writer *w, int fd, unsigned number, const void *data,
                 size_t len)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->given - w->written == PIECES)
        (void)pthread_cond_wait(&w->changed, &w->lock);
    struct piece *p = &w->piece[w->given % PIECES];
    (void)pthread_mutex_unlock(&w->lock);
    p->fd = fd;
    p->number = number;
    p->len = len;
    if (len > 0)
        memcpy(p->data, data, len);
    (void)pthread_mutex_lock(&w->lock);
    w->given++;
    (void)pthread_cond_signal(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
}

void writer_put(struct writer *w, int fd, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        size_t n = LK_MIN(len, (size_t)WRITER_PIECE_MAX);
        give(w, fd, 0, at, n);
        at += n;
        len -= n;
    }
}

void writer_end(struct writer *w, int fd, unsigned number)
{
    give(w, fd, number, NULL, 0);
}

void writer_free(struct writer *w)
{
    give(w, -1, 0, NULL, 0);
    (void)pthread_join(w->thread, NULL);
    (void)pthread_cond_destroy(&w->changed);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}
