#include "pages/making.h"

#include "pages/limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* The page's JPEG, coded beside whatever else is done with it. */
struct pages_coding {
    struct scanpage_info info;
    const uint8_t *rows;
    pthread_t thread;
    bool running; /* to be joined */
    bool ended;
    int fd; /* or -errno */
    pthread_mutex_t lock;
    pthread_cond_t grown;
    uint32_t ready; /* rows; under `lock` */
    bool stopped;   /* likewise */
};

static uint32_t await_rows(void *arg, uint32_t have)
{
    struct pages_coding *c = arg;
    (void)pthread_mutex_lock(&c->lock);
    while (c->ready <= have && !c->stopped)
        (void)pthread_cond_wait(&c->grown, &c->lock);
    uint32_t n = c->stopped ? 0 : c->ready;
    (void)pthread_mutex_unlock(&c->lock);
    return n;
}

static void *code(void *arg)
{
    struct pages_coding *c = arg;
    const struct pages_rows from = {await_rows, c};
    c->fd = pages_jpeg_encode(&c->info, c->rows, &from);
    return NULL;
}

/* Without a second thread it is coded when it is asked for. */
static struct pages_coding *coding_new(const struct scanpage_draft *page,
                                       uint32_t ready)
{
    struct pages_coding *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->info = page->info;
    c->rows = page->rows;
    c->ready = ready;
    c->fd = -1;
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_cond_init(&c->grown, NULL);
    c->running = pthread_create(&c->thread, NULL, code, c) == 0;
    return c;
}

static void coding_ready(struct pages_coding *c, uint32_t rows)
{
    (void)pthread_mutex_lock(&c->lock);
    c->ready = rows;
    (void)pthread_cond_signal(&c->grown);
    (void)pthread_mutex_unlock(&c->lock);
}

static void coding_join(struct pages_coding *c)
{
    if (c->running)
        (void)pthread_join(c->thread, NULL);
    c->ended = c->ended || c->running;
    c->running = false;
}

/* Waits for it; the descriptor is the caller's. */
static int coding_take(struct pages_coding *c)
{
    coding_join(c);
    if (!c->ended)
        (void)code(c);
    int fd = c->fd;
    c->fd = -1;
    return fd;
}

static struct pages_coding *coding_free(struct pages_coding *c)
{
    if (!c)
        return NULL;
    (void)pthread_mutex_lock(&c->lock);
    c->stopped = true;
    (void)pthread_cond_signal(&c->grown);
    (void)pthread_mutex_unlock(&c->lock);
    coding_join(c);
    (void)lk_fd_close(c->fd);
    (void)pthread_cond_destroy(&c->grown);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
    return NULL;
}

/* --- the page ----------------------------------------------------------- */

int pages_making_begin(void *arg, const struct scanpage_info *i)
{
    struct pages_making *m = arg;
    int r = scanpage_draft_new(i, &m->page);
    m->early = m->early && scanpage_bytes(i) <= PAGES_EARLY_MAX;
    if (r < 0 || !m->early)
        return r;
    r = pages_reducer_new(i, PAGES_PREVIEW_SIDE_PX, false, &m->reducer);
    if (r < 0 || !m->coded)
        return r;
    m->coding = coding_new(m->page, 0);
    return m->coding ? 0 : -ENOMEM;
}

int pages_making_rows(void *arg, uint32_t y, const uint8_t *rows, uint32_t n)
{
    struct pages_making *m = arg;
    int r = scanpage_draft_put(m->page, y, rows, n);
    if (r < 0)
        return r;
    if (m->reducer)
        pages_reducer_rows(m->reducer, rows, n);
    if (m->coding)
        coding_ready(m->coding, y + n);
    return 0;
}

void pages_making_change(struct pages_making *m)
{
    m->coding = coding_free(m->coding);
    m->reducer = pages_reducer_free(m->reducer);
    m->preview = scanpage_draft_free(m->preview);
}

int pages_making_preview(struct pages_making *m, struct scanpage_draft **ret)
{
    int r = 0;
    if (!m->preview && m->reducer)
        m->preview = pages_reducer_take(m->reducer);
    m->reducer = pages_reducer_free(m->reducer);
    if (!m->preview)
        r = pages_reduce(&m->page->info, m->page->rows, PAGES_PREVIEW_SIDE_PX,
                         false, &m->preview);
    *ret = m->preview;
    return r;
}

void pages_making_code(struct pages_making *m)
{
    if (m->coded && !m->coding)
        m->coding = coding_new(m->page, m->page->info.height_px);
}

int pages_making_jpeg(struct pages_making *m)
{
    pages_making_code(m);
    return m->coding ? coding_take(m->coding) : -ENOMEM;
}

void pages_making_end(struct pages_making *m)
{
    pages_making_change(m);
    m->page = scanpage_draft_free(m->page);
}
