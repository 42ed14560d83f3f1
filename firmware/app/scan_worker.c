#include "app/scan_worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct document {
    uint32_t job;
    uint32_t round; /* of scan_worker.round: others were cancelled */
    int fd;
    size_t len;
    unsigned pages;
    struct pages_wish wish;
};

/* From the thread to the loop. */
struct word {
    struct pages_page page;
    bool is_page; /* else: the document has ended */
    uint32_t job;
    uint32_t round;
    size_t len; /* of the document that has ended */
    int error;
};

struct scan_worker {
    struct scan_worker_config config;
    struct lk_loop *loop;
    struct lk_mailbox *box;
    struct lk_timer *clock;
    pthread_t thread;
    bool started;
    /* Below: by both threads, under `lock`. */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct document queue[SCAN_WORKER_DOCUMENTS_MAX];
    size_t waiting;
    size_t bytes;
    uint32_t round;
    bool end;
    bool taken; /* the last word was dealt with */
    /* Of the page under way: 0 none, and whose it is. */
    int64_t since_us;
    uint32_t job;
};

/* --- the thread --------------------------------------------------------- */

/* The next document, or false: it is over. */
static bool take(struct scan_worker *w, struct document *ret)
{
    (void)pthread_mutex_lock(&w->lock);
    while (!w->end && w->waiting == 0)
        (void)pthread_cond_wait(&w->wake, &w->lock);
    bool got = !w->end;
    if (got) {
        *ret = w->queue[0];
        w->waiting--;
        memmove(w->queue, w->queue + 1, w->waiting * sizeof(w->queue[0]));
        w->job = ret->job;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return got;
}

/* Says it, and waits until it was dealt with. */
static void say(struct scan_worker *w, struct word *word)
{
    (void)pthread_mutex_lock(&w->lock);
    w->taken = false;
    bool end = w->end;
    (void)pthread_mutex_unlock(&w->lock);
    if (end || lk_mailbox_post(w->box, word) < 0) {
        if (word->is_page)
            pages_page_close(&word->page);
        return;
    }
    (void)pthread_mutex_lock(&w->lock);
    while (!w->taken && !w->end)
        (void)pthread_cond_wait(&w->wake, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
}

static void clock_set(struct scan_worker *w, int64_t since_us)
{
    (void)pthread_mutex_lock(&w->lock);
    w->since_us = since_us;
    (void)pthread_mutex_unlock(&w->lock);
}

static bool wanted(struct scan_worker *w, const struct document *d)
{
    (void)pthread_mutex_lock(&w->lock);
    bool yes = !w->end && d->round == w->round;
    (void)pthread_mutex_unlock(&w->lock);
    return yes;
}

static int work_page(struct scan_worker *w, const struct document *d,
                     struct pages_document *doc, size_t index)
{
    struct word word = {.is_page = true, .job = d->job, .round = d->round};
    clock_set(w, lk_clock_us());
    int r = pages_document_page(doc, index, &d->wish, &word.page);
    clock_set(w, 0);
    if (r == 0)
        say(w, &word);
    return r;
}

static void work(struct scan_worker *w, struct document *d)
{
    LK_AUTO(pages_document) doc = NULL;
    struct word word = {.job = d->job, .round = d->round, .len = d->len};
    clock_set(w, lk_clock_us());
    int r = pages_document_open(lk_fd_take(&d->fd), &doc);
    clock_set(w, 0);
    size_t n = r == 0 ? pages_document_count(doc) : 0;
    for (size_t i = 0; i < LK_MIN(n, d->pages) && r == 0 && wanted(w, d); i++)
        r = work_page(w, d, doc, i);
    doc = pages_document_free(doc);
    word.error = r;
    say(w, &word);
}

static void *run(void *arg)
{
    struct scan_worker *w = arg;
    struct document d;
    while (take(w, &d))
        work(w, &d);
    return NULL;
}

/* --- the loop ----------------------------------------------------------- */

static void on_word(void *arg, void *item)
{
    struct scan_worker *w = arg;
    struct word *word = item;
    (void)pthread_mutex_lock(&w->lock);
    bool wanted_still = word->round == w->round;
    if (!word->is_page)
        w->bytes -= word->len;
    (void)pthread_mutex_unlock(&w->lock);
    if (word->is_page) {
        if (wanted_still)
            w->config.page(w->config.arg, word->job, &word->page);
        pages_page_close(&word->page);
    } else if (wanted_still) {
        w->config.done(w->config.arg, word->job, word->error);
    }
    (void)pthread_mutex_lock(&w->lock);
    w->taken = true;
    (void)pthread_cond_broadcast(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
}

static void on_drop(void *arg, void *item)
{
    struct word *word = item;
    (void)arg;
    if (word->is_page)
        pages_page_close(&word->page);
}

static void on_clock(void *arg, int64_t now_us)
{
    struct scan_worker *w = arg;
    (void)pthread_mutex_lock(&w->lock);
    int64_t since_us = w->since_us;
    uint32_t job = w->job;
    (void)pthread_mutex_unlock(&w->lock);
    if (since_us > 0 && now_us - since_us > SCAN_PAGE_US) {
        w->config.stuck(w->config.arg, job);
        return;
    }
    lk_timer_set_in(w->clock, SCAN_PAGE_US / 8);
}

static int make(struct scan_worker *w)
{
    const struct lk_mailbox_config box = {.item_len = sizeof(struct word),
                                          .capacity = 2,
                                          .full = LK_MAILBOX_REFUSE,
                                          .receive = on_word,
                                          .drop = on_drop,
                                          .arg = w};
    int r = lk_mailbox_new(w->loop, &box, &w->box);
    if (r == 0)
        r = lk_timer_new(w->loop, on_clock, w, &w->clock);
    if (r == 0)
        r = -pthread_create(&w->thread, NULL, run, w);
    w->started = r == 0;
    if (r == 0)
        lk_timer_set_in(w->clock, SCAN_PAGE_US / 8);
    return r;
}

int scan_worker_new(struct lk_loop *l, const struct scan_worker_config *config,
                    struct scan_worker **ret)
{
    struct scan_worker *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->config = *config;
    w->loop = l;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->wake, NULL);
    int r = make(w);
    if (r < 0)
        (void)scan_worker_free(w);
    else
        *ret = w;
    return r;
}

/* Under the lock. */
static void forget_waiting(struct scan_worker *w)
{
    for (size_t i = 0; i < w->waiting; i++) {
        w->bytes -= w->queue[i].len;
        (void)lk_fd_close(w->queue[i].fd);
    }
    w->waiting = 0;
    w->round++;
}

struct scan_worker *scan_worker_free(struct scan_worker *w)
{
    if (!w)
        return NULL;
    (void)pthread_mutex_lock(&w->lock);
    forget_waiting(w);
    w->end = true;
    (void)pthread_cond_broadcast(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
    if (w->started)
        (void)pthread_join(w->thread, NULL);
    w->box = lk_mailbox_free(w->box);
    w->clock = lk_timer_free(w->clock);
    (void)pthread_cond_destroy(&w->wake);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
    return NULL;
}

int scan_worker_give(struct scan_worker *w, uint32_t job, int fd,
                     const struct pages_wish *wish, unsigned pages)
{
    LK_AUTO_FD own = fd;
    struct stat st;
    int r = -ENOSPC;
    size_t len = fstat(own, &st) == 0 ? (size_t)st.st_size : 0;
    (void)pthread_mutex_lock(&w->lock);
    if (w->waiting < SCAN_WORKER_DOCUMENTS_MAX) {
        w->queue[w->waiting++] = (struct document){.job = job,
                                                   .round = w->round,
                                                   .fd = lk_fd_take(&own),
                                                   .len = len,
                                                   .pages = pages,
                                                   .wish = *wish};
        w->bytes += len;
        (void)pthread_cond_broadcast(&w->wake);
        r = 0;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return r;
}

void scan_worker_cancel(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    forget_waiting(w);
    (void)pthread_mutex_unlock(&w->lock);
}

size_t scan_worker_bytes(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    size_t n = w->bytes;
    (void)pthread_mutex_unlock(&w->lock);
    return n;
}
