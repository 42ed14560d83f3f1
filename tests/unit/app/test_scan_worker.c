/* The thread that decodes, with documents that are made here: what they are is
 * written in them. A page is begun only when it may be, so that every order of
 * events is one that the test has chosen. */
#include "app/scan_worker.h"

#include "base/clock.h"
#include "oom.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- documents --- */

/* What is in the memfd of one. */
struct recipe {
    int open_error;
    int page_error; /* of the last page */
    unsigned pages;
    bool gated; /* each page waits at the gate */
    bool busy;  /* and is at work all the while */
};

struct pages_document {
    struct recipe recipe;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moves = PTHREAD_COND_INITIALIZER;
static unsigned gate_open; /* pages that may go through */
static unsigned at_gate;   /* pages that have come to it */

int pages_document_open(int fd, struct pages_document **ret)
{
    struct recipe r;
    ssize_t n = pread(fd, &r, sizeof(r), 0);
    (void)lk_fd_close(fd);
    if (n != (ssize_t)sizeof(r))
        return -EBADMSG;
    if (r.open_error < 0)
        return r.open_error;
    struct pages_document *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->recipe = r;
    *ret = d;
    return 0;
}

struct pages_document *pages_document_free(struct pages_document *d)
{
    free(d);
    return NULL;
}

size_t pages_document_count(const struct pages_document *d)
{
    return d->recipe.pages;
}

static void pass_gate(bool busy)
{
    (void)pthread_mutex_lock(&gate);
    at_gate++;
    (void)pthread_cond_broadcast(&gate_moves);
    while (gate_open == 0) {
        if (busy) {
            (void)pthread_mutex_unlock(&gate);
            (void)pthread_mutex_lock(&gate);
        } else {
            (void)pthread_cond_wait(&gate_moves, &gate);
        }
    }
    gate_open--;
    (void)pthread_mutex_unlock(&gate);
}

int pages_document_page(struct pages_document *d, size_t index,
                        const struct pages_wish *wish, struct pages_page *ret)
{
    if (d->recipe.gated)
        pass_gate(d->recipe.busy);
    if (index + 1 == d->recipe.pages && d->recipe.page_error < 0)
        return d->recipe.page_error;
    *ret = (struct pages_page){.info = {1, 1, 1, wish->dpi},
                               .page_fd = memfd_create("page", MFD_CLOEXEC),
                               .preview_fd = -1,
                               .jpeg_fd = -1,
                               .small_fd = -1};
    return 0;
}

enum pages_kind pages_sniff(const uint8_t *data, size_t len)
{
    return len >= 4 && memcmp(data, "jpeg", 4) == 0 ? PAGES_JPEG
                                                    : PAGES_UNKNOWN;
}

static size_t inflow_seen; /* bytes that it had before it waited for more */

/* Wants `INFLOW_LEN` bytes; those behind are the scanner's affair. */
#define INFLOW_LEN 100
int pages_inflow_page(const struct pages_inflow *in,
                      const struct pages_wish *wish, struct pages_page *ret)
{
    int64_t have = 0;
    while (have < INFLOW_LEN) {
        int64_t n = in->await(in->arg, (size_t)have);
        if (n < 0)
            return (int)n;
        if (n <= have)
            return -EBADMSG; /* that was all */
        have = n;
        (void)pthread_mutex_lock(&gate);
        inflow_seen = (size_t)have;
        (void)pthread_cond_broadcast(&gate_moves);
        (void)pthread_mutex_unlock(&gate);
    }
    *ret = (struct pages_page){.info = {1, 1, 1, wish->dpi},
                               .page_fd = memfd_create("page", MFD_CLOEXEC),
                               .preview_fd = -1,
                               .jpeg_fd = -1,
                               .small_fd = -1};
    return 0;
}

void pages_page_close(struct pages_page *p)
{
    p->page_fd = lk_fd_close(p->page_fd);
}

/* Until `n` pages have come to the gate. */
static void await_gate(unsigned n)
{
    (void)pthread_mutex_lock(&gate);
    while (at_gate < n)
        (void)pthread_cond_wait(&gate_moves, &gate);
    (void)pthread_mutex_unlock(&gate);
}

static void open_gate(unsigned n)
{
    (void)pthread_mutex_lock(&gate);
    gate_open += n;
    (void)pthread_cond_broadcast(&gate_moves);
    (void)pthread_mutex_unlock(&gate);
}

/* --- the loop's side --- */

struct world {
    struct lk_loop *loop;
    struct scan_worker *worker;
    unsigned pages, dones, stucks;
    int error; /* of the last document */
    uint32_t job;
    uint32_t stuck_job;
};

static void on_page(void *arg, uint32_t job, const struct pages_page *p)
{
    struct world *w = arg;
    struct stat st;
    assert_int_equal(fstat(p->page_fd, &st), 0);
    assert_int_equal(p->info.dpi, 77);
    w->pages++;
    w->job = job;
}

static void on_done(void *arg, uint32_t job, int error)
{
    struct world *w = arg;
    w->dones++;
    w->job = job;
    w->error = error;
}

static void on_stuck(void *arg, uint32_t job)
{
    struct world *w = arg;
    w->stucks++;
    w->stuck_job = job;
}

static int make(struct world *w)
{
    const struct scan_worker_config config = {
        .page = on_page, .done = on_done, .stuck = on_stuck, .arg = w};
    return scan_worker_new(w->loop, &config, &w->worker);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    at_gate = gate_open = 0;
    inflow_seen = 0;
    assert_int_equal(lk_loop_new(&w->loop), 0);
    assert_int_equal(make(w), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    scan_worker_free(w->worker);
    lk_loop_free(w->loop);
    free(w);
    return 0;
}

static int give(struct world *w, uint32_t job, struct recipe r, unsigned most)
{
    const struct pages_wish wish = {.dpi = 77};
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_int_equal(write(fd, &r, sizeof(r)), sizeof(r));
    return scan_worker_give(w->worker, job, fd, &wish, most);
}

/* A document comes in. Returns the descriptor that it is written to. */
static int begin(struct world *w, uint32_t job)
{
    const struct pages_wish wish = {.dpi = 77};
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_int_equal(scan_worker_begin(w->worker, job, dup(fd), &wish, 9), 0);
    return fd;
}

static void more(struct world *w, int fd, const void *data, size_t len)
{
    assert_int_equal(write(fd, data, len), len);
    scan_worker_more(w->worker, len);
}

static void await_seen(size_t n)
{
    (void)pthread_mutex_lock(&gate);
    while (inflow_seen < n)
        (void)pthread_cond_wait(&gate_moves, &gate);
    (void)pthread_mutex_unlock(&gate);
}

/* Runs the loop until so many documents have ended. */
static void run(struct world *w, unsigned dones)
{
    while (w->dones < dones)
        assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
}

/* --- tests --- */

static void test_in_order(void **state)
{
    struct world *w = *state;
    assert_int_equal(give(w, 1, (struct recipe){.pages = 3}, 9), 0);
    assert_int_equal(give(w, 2, (struct recipe){.pages = 5}, 2), 0);
    assert_int_equal(scan_worker_bytes(w->worker), 2 * sizeof(struct recipe));
    run(w, 1);
    assert_int_equal(w->job, 1);
    assert_int_equal(w->pages, 3);
    run(w, 2);
    assert_int_equal(w->job, 2);
    assert_int_equal(w->pages, 5); /* no more than were wished */
    assert_int_equal(w->error, 0);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
}

static void test_errors(void **state)
{
    static const int errors[] = {-EBADMSG, -EMSGSIZE, -E2BIG, -EACCES, -ENOMEM};
    struct world *w = *state;
    unsigned dones = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(errors); i++) {
        struct recipe r = {.open_error = errors[i], .pages = 2};
        assert_int_equal(give(w, 1, r, 9), 0);
        run(w, ++dones);
        assert_int_equal(w->error, errors[i]);
        assert_int_equal(w->pages, i);
        r = (struct recipe){.page_error = errors[i], .pages = 2};
        assert_int_equal(give(w, 2, r, 9), 0);
        run(w, ++dones);
        assert_int_equal(w->error, errors[i]);
        assert_int_equal(w->pages, i + 1); /* the one before it was good */
    }
}

static void test_ceiling(void **state)
{
    struct world *w = *state;
    struct recipe r = {.pages = 1, .gated = true};
    assert_int_equal(give(w, 1, r, 1), 0);
    await_gate(1); /* it is taken, the others wait */
    for (unsigned i = 0; i < SCAN_WORKER_DOCUMENTS_MAX; i++)
        assert_int_equal(give(w, 1, r, 1), 0);
    assert_int_equal(give(w, 1, r, 1), -ENOSPC);
    assert_int_equal(scan_worker_bytes(w->worker),
                     sizeof(r) * (1 + SCAN_WORKER_DOCUMENTS_MAX));
    open_gate(1 + SCAN_WORKER_DOCUMENTS_MAX);
    run(w, 1 + SCAN_WORKER_DOCUMENTS_MAX);
    assert_int_equal(w->pages, 1 + SCAN_WORKER_DOCUMENTS_MAX);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
}

/* While a page is made, while it waits to be told, and with nothing to do: of
 * what was given before nothing is told any more, and what comes after works.
 */
static void test_cancel(void **state)
{
    struct world *w = *state;
    struct recipe r = {.pages = 2, .gated = true};
    scan_worker_cancel(w->worker);
    assert_int_equal(give(w, 1, r, 9), 0);
    assert_int_equal(give(w, 1, r, 9), 0);
    await_gate(1);
    scan_worker_cancel(w->worker); /* in the page */
    open_gate(1);
    assert_int_equal(give(w, 2, r, 9), 0);
    open_gate(2);
    run(w, 1);
    assert_int_equal(w->job, 2);
    assert_int_equal(w->pages, 2);
    assert_int_equal(at_gate, 3); /* the first one's second was not made */
    assert_int_equal(give(w, 3, r, 9), 0);
    open_gate(1);
    await_gate(4);
    scan_worker_cancel(w->worker); /* the page waits, or is about to */
    assert_int_equal(give(w, 4, (struct recipe){.pages = 1}, 9), 0);
    run(w, 2);
    assert_int_equal(w->job, 4);
    assert_int_equal(w->pages, 3);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
}

/* Decoded while it comes; its page is told of when it is whole, not before. */
static void test_coming(void **state)
{
    static const char jpeg[INFLOW_LEN] = "jpeg";
    struct world *w = *state;
    int fd = begin(w, 5);
    more(w, fd, jpeg, 2); /* what it is cannot be told yet */
    more(w, fd, jpeg + 2, 48);
    await_seen(50);
    assert_int_equal(scan_worker_bytes(w->worker), 50);
    more(w, fd, jpeg + 50, 50);
    await_seen(100);
    assert_int_equal(lk_loop_step(w->loop, 1000), 0);
    assert_int_equal(w->pages, 0);
    more(w, fd, jpeg, 7); /* behind the picture */
    scan_worker_whole(w->worker);
    run(w, 1);
    assert_int_equal(w->error, 0);
    assert_int_equal(w->pages, 1);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
    close(fd);
}

/* What is none is taken when it is whole, behind what was given before. */
static void test_coming_other(void **state)
{
    struct world *w = *state;
    struct recipe r = {.pages = 2};
    assert_int_equal(give(w, 1, (struct recipe){.pages = 1, .gated = true}, 1),
                     0);
    int fd = begin(w, 2);
    more(w, fd, &r, 4);
    open_gate(1);
    run(w, 1);
    more(w, fd, (uint8_t *)&r + 4, sizeof(r) - 4);
    scan_worker_whole(w->worker);
    scan_worker_more(w->worker, 5); /* nothing is coming */
    run(w, 2);
    assert_int_equal(w->job, 2);
    assert_int_equal(w->pages, 3);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
    close(fd);
}

static void test_coming_errors(void **state)
{
    struct world *w = *state;
    int fd = begin(w, 1);
    more(w, fd, "jpeg and", 8);
    scan_worker_whole(w->worker);
    run(w, 1);
    assert_int_equal(w->error, -EBADMSG);
    close(fd);
    fd = begin(w, 2);
    scan_worker_whole(w->worker); /* nothing came at all */
    run(w, 2);
    assert_int_equal(w->error, -EBADMSG);
    assert_int_equal(w->pages, 0);
    close(fd);
}

/* One that does not become whole: before it is begun, in its head, in its
 * middle, and when all of it was decoded. Nothing is told of it, and the ones
 * before and behind it are. */
static void test_void(void **state)
{
    static const char jpeg[INFLOW_LEN] = "jpeg";
    static const size_t lens[] = {0, 2, 50, INFLOW_LEN};
    struct world *w = *state;
    unsigned dones = 0;
    for (size_t i = 0; i < 2 * LK_ARRAY_LEN(lens); i++) {
        size_t len = lens[i / 2];
        bool waits = i % 2; /* behind another */
        inflow_seen = 0;
        if (waits)
            assert_int_equal(
                give(w, 1, (struct recipe){.pages = 1, .gated = true}, 1), 0);
        int fd = begin(w, 2);
        if (len > 0)
            more(w, fd, jpeg, len);
        if (!waits && len > 4)
            await_seen(len);
        scan_worker_void(w->worker);
        scan_worker_void(w->worker); /* nothing is coming */
        open_gate(waits);
        assert_int_equal(give(w, 3, (struct recipe){.pages = 1}, 1), 0);
        dones += waits ? 2 : 1;
        run(w, dones);
        assert_int_equal(w->job, 3);
        assert_int_equal(w->pages, dones);
        assert_int_equal(scan_worker_bytes(w->worker), 0);
        close(fd);
    }
}

/* Likewise all that wait and come are forgotten, and it is freed while it waits
 * for bytes. */
static void test_coming_cancelled(void **state)
{
    struct world *w = *state;
    int fd = begin(w, 1);
    more(w, fd, "jpeg....", 8);
    await_seen(8);
    scan_worker_cancel(w->worker);
    scan_worker_more(w->worker, 8);
    scan_worker_whole(w->worker);
    assert_int_equal(give(w, 2, (struct recipe){.pages = 1}, 1), 0);
    run(w, 1);
    assert_int_equal(w->job, 2);
    assert_int_equal(scan_worker_bytes(w->worker), 0);
    close(fd);
    inflow_seen = 0;
    fd = begin(w, 3);
    more(w, fd, "jpeg....", 8);
    await_seen(8);
    w->worker = scan_worker_free(w->worker);
    close(fd);
}

/* However long the bytes take to come, that is not its work. */
static void test_coming_slowly(void **state)
{
    static const char jpeg[INFLOW_LEN] = "jpeg";
    struct world *w = *state;
    int fd = begin(w, 1);
    more(w, fd, jpeg, 50);
    await_seen(50);
    int64_t end_us = lk_clock_us() + 2 * SCAN_PAGE_WALL_US;
    while (lk_clock_us() < end_us)
        assert_int_equal(lk_loop_step(w->loop, SCAN_PAGE_US / 4), 0);
    assert_int_equal(w->stucks, 0);
    more(w, fd, jpeg, 50);
    scan_worker_whole(w->worker);
    run(w, 1);
    assert_int_equal(w->pages, 1);
    close(fd);
}

static void sticks(struct world *w, struct recipe r)
{
    assert_int_equal(give(w, 9, r, 1), 0);
    while (w->stucks == 0)
        assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    assert_int_equal(w->stuck_job, 9);
    assert_int_equal(w->pages, 0);
    open_gate(1); /* or it could not be freed */
    run(w, 1);
    assert_int_equal(w->stucks, 1);
}

/* Work that never ends, and a wait that never does. */
static void test_stuck(void **state)
{
    sticks(*state, (struct recipe){.pages = 1, .gated = true, .busy = true});
}

static void test_stuck_waiting(void **state)
{
    sticks(*state, (struct recipe){.pages = 1, .gated = true});
}

/* It is freed with a page that nobody takes, and with documents that wait. */
static void test_freed(void **state)
{
    struct world *w = *state;
    struct recipe r = {.pages = 3, .gated = true};
    assert_int_equal(give(w, 1, r, 9), 0);
    assert_int_equal(give(w, 1, r, 9), 0);
    open_gate(1);
    await_gate(1);
    open_gate(9);
    w->worker = scan_worker_free(w->worker);
    assert_int_equal(w->pages, 0);
    assert_null(scan_worker_free(NULL));
}

static void test_memory(void **state)
{
    struct world *w = *state;
    int r = 0;
    w->worker = scan_worker_free(w->worker);
    OOM_SWEEP(r, make(w));
    assert_int_equal(give(w, 1, (struct recipe){.pages = 1}, 1), 0);
    run(w, 1);
    assert_int_equal(w->pages, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_in_order),
        TEST(test_errors),
        TEST(test_ceiling),
        TEST(test_cancel),
        TEST(test_coming),
        TEST(test_coming_other),
        TEST(test_coming_errors),
        TEST(test_void),
        TEST(test_coming_cancelled),
        TEST(test_coming_slowly),
        TEST(test_stuck),
        TEST(test_stuck_waiting),
        TEST(test_freed),
        TEST(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
