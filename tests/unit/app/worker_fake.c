#include "worker_fake.h"

#include "testing.h"

#include <errno.h>
#include <sys/stat.h>

static struct scan_worker *worker;
static int worker_error;

struct scan_worker *worker_fake(void)
{
    return worker;
}

void worker_fake_fail(int error)
{
    worker_error = error;
}

int scan_worker_new(struct lk_loop *l, const struct scan_worker_config *config,
                    struct scan_worker **ret)
{
    (void)l;
    if (worker_error < 0)
        return worker_error;
    worker = calloc(1, sizeof(*worker));
    if (!worker)
        return -ENOMEM;
    worker->config = *config;
    *ret = worker;
    return 0;
}

struct scan_worker *scan_worker_free(struct scan_worker *w)
{
    free(w);
    worker = NULL;
    return NULL;
}

int scan_worker_give(struct scan_worker *w, uint32_t job, int fd,
                     const struct pages_wish *wish, unsigned pages)
{
    struct stat st = {.st_size = 0};
    (void)job;
    if (fd >= 0)
        assert_int_equal(fstat(fd, &st), 0);
    (void)lk_fd_close(fd);
    if (w->give_error < 0)
        return w->give_error;
    w->given++;
    w->pages = pages;
    w->len = (size_t)st.st_size;
    w->wish = *wish;
    return 0;
}

int scan_worker_begin(struct scan_worker *w, uint32_t job, int fd,
                      const struct pages_wish *wish, unsigned pages)
{
    (void)job;
    assert_false(w->coming);
    assert_true(fd >= 0);
    (void)lk_fd_close(fd);
    if (w->give_error < 0)
        return w->give_error;
    w->coming = true;
    w->pages = pages;
    w->len = 0;
    w->wish = *wish;
    return 0;
}

void scan_worker_more(struct scan_worker *w, size_t len)
{
    assert_true(w->coming);
    w->len += len;
}

void scan_worker_whole(struct scan_worker *w)
{
    assert_true(w->coming);
    w->coming = false;
    w->given++;
}

void scan_worker_void(struct scan_worker *w)
{
    w->voids += w->coming;
    w->coming = false;
}

void scan_worker_cancel(struct scan_worker *w)
{
    w->given = 0;
    w->coming = false;
    w->cancels++;
}

size_t scan_worker_bytes(struct scan_worker *w)
{
    return w->bytes;
}
