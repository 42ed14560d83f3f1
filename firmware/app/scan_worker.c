#include "app/scan_worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct document {
    uint32_t job;
    uint32_t round; /* of scan_worker.round: others were cancelled */
    int fd;
    size_t len;  /* so far */
    bool coming; /* its end is not there */
    bool none;   /* and will not be */
    unsigned pages;
    struct pages_wish wish;
};

/* From the thread to the loop. */
struct word {
    struct pages_page page;
    bool is_page; /* else: the document has ended */
    uint32_t job;
    uint32_t round;
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
    struct document now; /* under way */
    size_t bytes;
    uint32_t round;
    bool end;
    bool taken;       /* the last word was dealt with */
    int64_t since_us; /* the work under way: 0 none */
    int64_t spent_us; /* by the thread, when it began */
};

/* --- the thread --------------------------------------------------------- */

/* Waits for the next document, which is under way then; false: it is over. */
static bool take(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    while (!w->end && w->waiting == 0)
        (void)pthread_cond_wait(&w->wake, &w->lock);
    bool got = !w->end;
    if (got) {
        w->now = w->queue[0];
        w->waiting--;
        memmove(w->queue, w->queue + 1, w->waiting * sizeof(w->queue[0]));
    }
    (void)pthread_mutex_unlock(&w->lock);
    return got;
}

/* Under the lock. */
static bool wanted(const struct scan_worker *w)
{
    return !w->end && w->now.round == w->round && !w->now.none;
}

static bool wanted_still(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    bool yes = wanted(w);
    (void)pthread_mutex_unlock(&w->lock);
    return yes;
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
    w->spent_us = lk_clock_thread_us(w->thread);
    (void)pthread_mutex_unlock(&w->lock);
}

/* Of struct pages_inflow. The clock stands meanwhile. */
static int64_t await_bytes(void *arg, size_t have)
{
    struct scan_worker *w = arg;
    (void)pthread_mutex_lock(&w->lock);
    int64_t began_us = lk_clock_us();
    int64_t worked_us = w->since_us > 0 ? began_us - w->since_us : 0;
    w->since_us = 0;
    while (wanted(w) && w->now.coming && w->now.len <= have)
        (void)pthread_cond_wait(&w->wake, &w->lock);
    w->since_us = lk_clock_us() - worked_us;
    int64_t len = wanted(w) ? (int64_t)w->now.len : -ECANCELED;
    (void)pthread_mutex_unlock(&w->lock);
    return len;
}

static int await_end(struct scan_worker *w)
{
    return (int)LK_MIN(await_bytes(w, SCANMSG_DOCUMENT_MAX), INT64_C(0));
}

static int work_page(struct scan_worker *w, struct pages_document *doc,
                     size_t index)
{
    const struct document *d = &w->now; /* what is read here, is not changed */
    struct word word = {.is_page = true, .job = d->job, .round = d->round};
    clock_set(w, lk_clock_us());
    int r = pages_document_page(doc, index, &d->wish, &word.page);
    clock_set(w, 0);
    if (r == 0)
        say(w, &word);
    return r;
}

static int work_whole(struct scan_worker *w)
{
    LK_AUTO(pages_document) doc = NULL;
    clock_set(w, lk_clock_us());
    int r = await_end(w);
    if (r == 0)
        r = pages_document_open(lk_fd_take(&w->now.fd), &doc);
    clock_set(w, 0);
    size_t n = r == 0 ? pages_document_count(doc) : 0;
    for (size_t i = 0; i < LK_MIN(n, w->now.pages) && r == 0; i++) {
        if (!wanted_still(w))
            break;
        r = work_page(w, doc, i);
    }
    return r;
}

/* Whether what comes in begins as a JPEG. */
static bool comes_as_jpeg(const struct pages_inflow *in)
{
    uint8_t head[8];
    while (true) {
        ssize_t n = pread(in->fd, head, sizeof(head), 0);
        size_t have = n > 0 ? (size_t)n : 0;
        if (have == sizeof(head))
            return pages_sniff(head, have) == PAGES_JPEG;
        if (in->await(in->arg, have) <= (int64_t)have)
            return false;
    }
}

/* Decodes while the bytes come; a page is told of when they all have, or it
 * would be one that the scanner may yet take back. */
static int work_coming(struct scan_worker *w, const struct pages_inflow *in)
{
    const struct document *d = &w->now;
    struct word word = {.is_page = true, .job = d->job, .round = d->round};
    if (d->pages == 0)
        return await_end(w);
    int r = pages_inflow_page(in, &d->wish, &word.page);
    if (r < 0)
        return r;
    r = await_end(w);
    clock_set(w, 0);
    if (r == 0)
        say(w, &word);
    else
        pages_page_close(&word.page);
    return r;
}

static void work(struct scan_worker *w)
{
    const struct pages_inflow in = {w->now.fd, await_bytes, w};
    struct word word = {.job = w->now.job, .round = w->now.round};
    (void)pthread_mutex_lock(&w->lock);
    bool coming = w->now.coming;
    (void)pthread_mutex_unlock(&w->lock);
    clock_set(w, lk_clock_us());
    word.error =
        coming && comes_as_jpeg(&in) ? work_coming(w, &in) : work_whole(w);
    clock_set(w, 0);
    w->now.fd = lk_fd_close(w->now.fd);
    say(w, &word);
}

static void *run(void *arg)
{
    struct scan_worker *w = arg;
    while (take(w))
        work(w);
    return NULL;
}

/* --- the loop ----------------------------------------------------------- */

static void on_word(void *arg, void *item)
{
    struct scan_worker *w = arg;
    struct word *word = item;
    (void)pthread_mutex_lock(&w->lock);
    bool told = word->round == w->round && !w->now.none;
    if (!word->is_page) {
        w->bytes -= w->now.len;
        w->now.len = 0;
    }
    (void)pthread_mutex_unlock(&w->lock);
    if (word->is_page) {
        if (told)
            w->config.page(w->config.arg, word->job, &word->page);
        pages_page_close(&word->page);
    } else if (told) {
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
    bool works = w->since_us > 0;
    int64_t took_us = now_us - w->since_us;
    int64_t spent_us = lk_clock_thread_us(w->thread) - w->spent_us;
    uint32_t job = w->now.job;
    (void)pthread_mutex_unlock(&w->lock);
    if (works && (spent_us > SCAN_PAGE_US || took_us > SCAN_PAGE_WALL_US)) {
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
    w->now.coming = false;
    w->round++;
    (void)pthread_cond_broadcast(&w->wake);
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

static int put(struct scan_worker *w, struct document *d)
{
    int r = -ENOSPC;
    (void)pthread_mutex_lock(&w->lock);
    if (w->waiting < SCAN_WORKER_DOCUMENTS_MAX) {
        d->round = w->round;
        w->bytes += d->len;
        w->queue[w->waiting++] = *d;
        (void)pthread_cond_broadcast(&w->wake);
        r = 0;
    }
    (void)pthread_mutex_unlock(&w->lock);
    if (r < 0)
        (void)lk_fd_close(d->fd);
    return r;
}

int scan_worker_give(struct scan_worker *w, uint32_t job, int fd,
                     const struct pages_wish *wish, unsigned pages)
{
    struct stat st;
    struct document d = {.job = job, .fd = fd, .pages = pages, .wish = *wish};
    d.len = fstat(fd, &st) == 0 ? (size_t)st.st_size : 0;
    return put(w, &d);
}

int scan_worker_begin(struct scan_worker *w, uint32_t job, int fd,
                      const struct pages_wish *wish, unsigned pages)
{
    struct document d = {
        .job = job, .fd = fd, .coming = true, .pages = pages, .wish = *wish};
    return put(w, &d);
}

/* The document that is coming in: the last one, wherever it is; or NULL. Under
 * the lock. */
static struct document *coming(struct scan_worker *w)
{
    struct document *d = w->waiting > 0 ? &w->queue[w->waiting - 1] : &w->now;
    return d->coming ? d : NULL;
}

void scan_worker_more(struct scan_worker *w, size_t len)
{
    (void)pthread_mutex_lock(&w->lock);
    struct document *d = coming(w);
    if (d) {
        d->len += len;
        w->bytes += len;
        (void)pthread_cond_broadcast(&w->wake);
    }
    (void)pthread_mutex_unlock(&w->lock);
}

void scan_worker_whole(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    struct document *d = coming(w);
    if (d) {
        d->coming = false;
        (void)pthread_cond_broadcast(&w->wake);
    }
    (void)pthread_mutex_unlock(&w->lock);
}

void scan_worker_void(struct scan_worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    struct document *d = coming(w);
    if (d) {
        d->coming = false;
        d->none = true;
        (void)pthread_cond_broadcast(&w->wake);
    }
    if (d && d != &w->now) {
        w->bytes -= d->len;
        (void)lk_fd_close(d->fd);
        w->waiting--;
    }
    (void)pthread_mutex_unlock(&w->lock);
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
