/* One job of luukku-scan, with a scanner and a worker that do as they are told:
 * every end, exactly one for each job, and the next job works. */
#include "app/scan_job.h"

#include "oom.h"
#include "worker_fake.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- luukkud and the scanner --- */

#define TOLD_MAX 64

struct world {
    struct scan_job *job;
    struct scanmsg told[TOLD_MAX];
    size_t fds[TOLD_MAX];
    unsigned tolds;
    enum scanmsg_reason scan; /* what the scanner says to a start */
    unsigned starts, cancels;
    bool paused;
    unsigned broken;
};

static void on_tell(void *arg, const struct scanmsg *m, const int *fds,
                    size_t nfds)
{
    struct world *w = arg;
    (void)fds;
    assert_true(w->tolds < TOLD_MAX);
    w->told[w->tolds] = *m;
    w->fds[w->tolds++] = nfds;
}

static enum scanmsg_reason on_scan(void *arg, const struct scanmsg *m)
{
    struct world *w = arg;
    assert_int_equal(m->type, SCANMSG_START);
    w->starts++;
    return w->scan;
}

static void on_cancel(void *arg)
{
    ((struct world *)arg)->cancels++;
}

static void on_pause(void *arg, bool on)
{
    struct world *w = arg;
    assert_true(on != w->paused);
    w->paused = on;
}

static void on_broken(void *arg)
{
    ((struct world *)arg)->broken++;
}

static struct scan_worker *worker; /* the job's */

static int make(struct world *w)
{
    const struct scan_job_config config = {.tell = on_tell,
                                           .scan = on_scan,
                                           .scan_cancel = on_cancel,
                                           .scan_pause = on_pause,
                                           .broken = on_broken,
                                           .arg = w};
    int r = scan_job_new(NULL, &config, &w->job);
    worker = worker_fake();
    return r;
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    assert_int_equal(make(w), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    scan_job_free(w->job);
    free(w);
    return 0;
}

/* --- what happens --- */

static void order(struct world *w, enum scanmsg_type type, uint32_t id)
{
    const struct scanmsg m = {
        .type = type, .job = id, .pages = 3, .dpi = 300, .turn = 1};
    int fd = type == SCANMSG_DECODE ? memfd_create("given", MFD_CLOEXEC) : -1;
    scan_job_order(w->job, &m, fd);
}

/* A document of `len` bytes comes from the scanner, and ends. */
static void document(struct world *w, size_t len)
{
    static const uint8_t bytes[65536];
    scan_job_document_begin(w->job);
    for (; len > 0; len -= LK_MIN(len, sizeof(bytes)))
        scan_job_document_bytes(w->job, bytes, LK_MIN(len, sizeof(bytes)));
    scan_job_document_end(w->job);
}

static void page(struct world *w, uint32_t id, unsigned traits, int jpeg)
{
    const struct pages_page p = {.info = {1240, 1754, 3, 150},
                                 .traits = traits,
                                 .page_fd = 10,
                                 .preview_fd = 11,
                                 .jpeg_fd = jpeg,
                                 .small_fd = jpeg};
    (void)w;
    worker->config.page(worker->config.arg, id, &p);
}

static void done(uint32_t id, int error)
{
    worker->config.done(worker->config.arg, id, error);
}

static void check_end(struct world *w, uint32_t id, enum scanmsg_reason why,
                      unsigned pages)
{
    unsigned ends = 0;
    for (unsigned i = 0; i < w->tolds; i++) {
        if (w->told[i].type != SCANMSG_END || w->told[i].job != id)
            continue;
        ends++;
        assert_int_equal(i, w->tolds - 1); /* nothing after it */
        assert_int_equal(w->told[i].reason, why);
        assert_int_equal(w->told[i].pages, pages);
    }
    assert_int_equal(ends, 1);
    w->tolds = 0;
}

/* A job from beginning to end. */
static void whole(struct world *w, uint32_t id)
{
    order(w, SCANMSG_START, id);
    assert_true(scan_job_busy(w->job));
    document(w, 1000);
    assert_int_equal(worker->len, 1000);
    page(w, id, 0, -1);
    done(id, 0);
    scan_job_scanner_end(w->job, SCANMSG_DONE, "");
    assert_int_equal(w->told[0].type, SCANMSG_PAGE);
    check_end(w, id, SCANMSG_DONE, 1);
    assert_false(scan_job_busy(w->job));
}

/* --- tests --- */

static void test_decode(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_DECODE, 7);
    assert_int_equal(w->starts, 0);
    assert_int_equal(worker->given, 1);
    assert_int_equal(worker->pages, 3);
    assert_true(worker->wish.upright && worker->wish.turn == 1);
    page(w, 7, SCANMSG_CUT, 12);
    const struct scanmsg *m = &w->told[0];
    assert_int_equal(m->type, SCANMSG_PAGE);
    assert_int_equal(m->page, 1);
    assert_int_equal(m->width_px, 1240);
    assert_int_equal(m->traits, SCANMSG_CUT);
    assert_int_equal(w->fds[0], 4);
    done(7, 0);
    check_end(w, 7, SCANMSG_DONE, 1);
    whole(w, 8);
}

static void test_worker_errors(void **state)
{
    static const struct {
        int error;
        enum scanmsg_reason why;
    } rows[] = {
        {-EPROTONOSUPPORT, SCANMSG_UNKNOWN}, {-EBADMSG, SCANMSG_MALFORMED},
        {-EMSGSIZE, SCANMSG_TOO_LARGE},      {-E2BIG, SCANMSG_TOO_COMPLEX},
        {-EACCES, SCANMSG_LOCKED},           {-ENOMEM, SCANMSG_NO_MEMORY},
        {-EMFILE, SCANMSG_NO_MEMORY},
    };
    struct world *w = *state;
    uint32_t id = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        order(w, SCANMSG_DECODE, ++id);
        done(id, rows[i].error);
        check_end(w, id, rows[i].why, 0);
        /* In a scan: the scanner stops first. */
        order(w, SCANMSG_START, ++id);
        document(w, 10);
        done(id, rows[i].error);
        assert_int_equal(w->cancels, i + 1);
        assert_int_equal(w->tolds, 0);
        page(w, id, 0, -1); /* too late */
        scan_job_scanner_end(w->job, SCANMSG_CANCELLED, "");
        check_end(w, id, rows[i].why, 0);
        whole(w, ++id);
    }
}

/* Each reason of the scanner's is the job's, before and after the first page is
 * decoded, and where it does not even start. */
static void test_scanner_ends(void **state)
{
    struct world *w = *state;
    uint32_t id = 0;
    for (unsigned why = SCANMSG_DONE; why < SCANMSG_CRASHED; why++) {
        order(w, SCANMSG_START, ++id);
        scan_job_scanner_end(w->job, why, "said so");
        assert_string_equal(w->told[0].why, "said so");
        check_end(w, id, why, 0);
        order(w, SCANMSG_START, ++id);
        document(w, 10);
        scan_job_scanner_end(w->job, why, "");
        assert_int_equal(w->tolds, 0); /* a document is being decoded */
        page(w, id, 0, -1);
        done(id, 0);
        check_end(w, id, why, 1);
        /* In the middle of the second one, which is void. */
        order(w, SCANMSG_START, ++id);
        document(w, 10);
        unsigned given = worker->given;
        unsigned voids = worker->voids;
        scan_job_document_begin(w->job);
        scan_job_document_bytes(w->job, (const uint8_t *)"abc", 3);
        assert_true(worker->coming);
        scan_job_scanner_end(w->job, why, "");
        assert_false(worker->coming);
        assert_int_equal(worker->voids, voids + 1);
        scan_job_document_end(w->job);
        assert_int_equal(worker->given, given);
        done(id, 0);
        check_end(w, id, why, 0);
        if (why == SCANMSG_DONE)
            continue;
        w->scan = why;
        order(w, SCANMSG_START, ++id);
        check_end(w, id, why, 0);
        assert_false(scan_job_busy(w->job));
        w->scan = SCANMSG_DONE;
    }
    whole(w, ++id);
}

/* The steps of a scan of two sheets; the scanner has stopped after the last but
 * two. */
#define STEPS 10
#define STOPPED 7

static void step(struct world *w, unsigned n, uint32_t id)
{
    switch (n) {
    case 0:
        order(w, SCANMSG_START, id);
        break;
    case 1:
    case 4:
        scan_job_document_begin(w->job);
        break;
    case 2:
        scan_job_document_bytes(w->job, (const uint8_t *)"abc", 3);
        break;
    case 3:
    case 5:
        scan_job_document_end(w->job);
        break;
    case 6:
        scan_job_scanner_end(w->job, SCANMSG_DONE, "");
        break;
    case 7:
        page(w, id, 0, -1);
        break;
    default:
        done(id, 0);
        break;
    }
}

/* What still comes after a job has been given up. */
static void go_on(struct world *w, unsigned from, uint32_t id)
{
    for (unsigned n = LK_MAX(from, 1U); n < STEPS; n++)
        step(w, n, id);
    step(w, 7, id);
    step(w, 8, id);
}

static unsigned pages_until(unsigned steps)
{
    return steps > 7 ? 1 : 0;
}

static void test_cancel(void **state)
{
    struct world *w = *state;
    uint32_t id = 0;
    for (unsigned steps = 1; steps < STEPS; steps++) {
        for (unsigned n = 0; n < steps; n++)
            step(w, n, id + 1);
        id++;
        w->tolds = 0;
        unsigned cancels = w->cancels;
        order(w, SCANMSG_CANCEL, id + 100); /* another's: nothing */
        assert_int_equal(w->tolds, 0);
        order(w, SCANMSG_CANCEL, id);
        bool stopped = steps >= STOPPED;
        assert_int_equal(w->cancels, cancels + (stopped ? 0 : 1));
        assert_int_equal(w->tolds, stopped ? 1 : 0);
        order(w, SCANMSG_CANCEL, id); /* twice is once */
        go_on(w, steps, id);
        assert_int_equal(w->cancels, cancels + (stopped ? 0 : 1));
        check_end(w, id, SCANMSG_CANCELLED, pages_until(steps));
        whole(w, ++id);
    }
}

static void test_forget(void **state)
{
    struct world *w = *state;
    uint32_t id = 0;
    for (unsigned steps = 0; steps <= STEPS; steps++) {
        for (unsigned n = 0; n < steps; n++)
            step(w, n, id + 1);
        id++;
        w->tolds = 0;
        scan_job_forget(w->job);
        if (scan_job_busy(w->job)) {
            order(w, SCANMSG_START, id + 100); /* of the next luukkud */
            check_end(w, id + 100, SCANMSG_BUSY, 0);
        }
        go_on(w, steps, id);
        assert_int_equal(w->tolds, 0);
        assert_false(scan_job_busy(w->job));
        whole(w, ++id);
    }
}

static void test_busy(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_START, 1);
    document(w, 10);
    page(w, 1, 0, -1);
    w->tolds = 0;
    order(w, SCANMSG_START, 2);
    check_end(w, 2, SCANMSG_BUSY, 0);
    order(w, SCANMSG_DECODE, 3);
    check_end(w, 3, SCANMSG_BUSY, 0);
    assert_int_equal(worker->given, 1);
    done(1, 0);
    scan_job_scanner_end(w->job, SCANMSG_JAMMED, "");
    check_end(w, 1, SCANMSG_JAMMED, 1);
}

static void test_no_room(void **state)
{
    struct world *w = *state;
    worker->give_error = -ENOSPC;
    order(w, SCANMSG_DECODE, 1);
    check_end(w, 1, SCANMSG_BUSY, 0);
    order(w, SCANMSG_START, 2);
    document(w, 10);
    assert_int_equal(w->cancels, 1);
    scan_job_scanner_end(w->job, SCANMSG_CANCELLED, "");
    check_end(w, 2, SCANMSG_NO_MEMORY, 0);
    worker->give_error = 0;
    whole(w, 3);
}

static void test_document_ceiling(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_START, 1);
    document(w, SCANMSG_DOCUMENT_MAX);
    assert_int_equal(worker->len, SCANMSG_DOCUMENT_MAX);
    document(w, SCANMSG_DOCUMENT_MAX + 1);
    assert_int_equal(w->cancels, 1);
    assert_int_equal(worker->given, 0);
    scan_job_scanner_end(w->job, SCANMSG_CANCELLED, "");
    check_end(w, 1, SCANMSG_TOO_LARGE, 0);
    whole(w, 2);
}

/* More pages than were wished are not told of, nor blank ones that nobody
 * wants, which do not count. */
static void test_pages_ceiling(void **state)
{
    struct world *w = *state;
    struct scanmsg m = {.type = SCANMSG_START,
                        .job = 1,
                        .pages = 2,
                        .prep = SCANMSG_DROP_BLANK};
    scan_job_order(w->job, &m, -1);
    document(w, 10);
    page(w, 1, SCANMSG_BLANK, -1);
    assert_int_equal(w->tolds, 0);
    page(w, 1, 0, -1);
    document(w, 10);
    assert_int_equal(worker->pages, 1); /* that may still come */
    page(w, 1, 0, -1);
    page(w, 1, 0, -1);
    assert_int_equal(w->tolds, 2);
    page(w, 2, 0, -1); /* another job's */
    done(2, -EBADMSG);
    done(1, 0);
    done(1, 0);
    scan_job_scanner_end(w->job, SCANMSG_DONE, "");
    check_end(w, 1, SCANMSG_DONE, 2);
}

/* A document that begins again is another: what there was of it is void. */
static void test_begins_again(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_START, 1);
    scan_job_document_begin(w->job);
    scan_job_document_bytes(w->job, (const uint8_t *)"abc", 3);
    scan_job_document_begin(w->job);
    assert_int_equal(worker->voids, 1);
    assert_int_equal(worker->len, 0);
    scan_job_document_end(w->job);
    done(1, 0);
    scan_job_scanner_end(w->job, SCANMSG_DONE, "");
    check_end(w, 1, SCANMSG_DONE, 0);
}

/* Small ones, too, wait in a bounded number. */
static void test_many_ahead(void **state)
{
    struct world *w = *state;
    unsigned n = 0;
    order(w, SCANMSG_START, 1);
    for (; !w->paused && n < SCAN_WORKER_DOCUMENTS_MAX; n++)
        document(w, 10);
    assert_true(w->paused);
    for (; n > 0 && w->paused; n--)
        done(1, 0);
    assert_false(w->paused);
    order(w, SCANMSG_CANCEL, 1);
    scan_job_scanner_end(w->job, SCANMSG_CANCELLED, "");
}

/* Documents that wait stop the scanner; one that is the only one never. */
static void test_ahead(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_START, 1);
    scan_job_document_begin(w->job);
    worker->bytes = SCANMSG_DOCUMENT_MAX;
    scan_job_document_bytes(w->job, (const uint8_t *)"abc", 3);
    assert_false(w->paused);
    scan_job_document_end(w->job);
    assert_true(w->paused);
    worker->bytes = 0;
    done(1, 0);
    assert_false(w->paused);
    worker->bytes = SCANMSG_DOCUMENT_MAX;
    document(w, 10);
    assert_true(w->paused);
    order(w, SCANMSG_CANCEL, 1);
    assert_false(w->paused);
    scan_job_scanner_end(w->job, SCANMSG_CANCELLED, "");
    check_end(w, 1, SCANMSG_CANCELLED, 0);
    /* And it goes on when the scanner ends while it waits. */
    order(w, SCANMSG_START, 2);
    document(w, 10);
    assert_true(w->paused);
    scan_job_scanner_end(w->job, SCANMSG_UNPLUGGED, "");
    assert_false(w->paused);
    done(2, 0);
    check_end(w, 2, SCANMSG_UNPLUGGED, 0);
}

static void test_stuck(void **state)
{
    struct world *w = *state;
    order(w, SCANMSG_START, 1);
    document(w, 10);
    worker->config.stuck(worker->config.arg, 1);
    assert_int_equal(w->broken, 1);
    check_end(w, 1, SCANMSG_TOO_COMPLEX, 0);
    /* The page of a job that was given up: no END of the next one. */
    order(w, SCANMSG_START, 2);
    worker->config.stuck(worker->config.arg, 1);
    assert_int_equal(w->broken, 2);
    assert_int_equal(w->tolds, 0);
}

static void test_progress(void **state)
{
    struct world *w = *state;
    scan_job_progress(w->job, 1, 1, 2); /* no job */
    order(w, SCANMSG_START, 1);
    scan_job_progress(w->job, 0, 1, 2);
    scan_job_progress(w->job, SCANMSG_PAGES_MAX + 1, 1, 2);
    assert_int_equal(w->tolds, 0);
    scan_job_progress(w->job, 2, 30, 40);
    scan_job_progress(w->job, 2, 50, 40);
    scan_job_progress(w->job, 2, 50, 0);
    assert_int_equal(w->told[0].percent, 75);
    assert_int_equal(w->told[1].percent, 100);
    assert_int_equal(w->told[2].percent, 0);
    scan_job_scanner_end(w->job, SCANMSG_SILENT, "");
    check_end(w, 1, SCANMSG_SILENT, 0);
    /* Without a job nothing comes of what a scanner says. */
    document(w, 10);
    scan_job_scanner_end(w->job, SCANMSG_DONE, "");
    scan_job_progress(w->job, 1, 1, 1);
    assert_int_equal(w->tolds, 0);
}

static void test_memory(void **state)
{
    struct world w = {.tolds = 0};
    int r = 0;
    (void)state;
    OOM_SWEEP(r, make(&w));
    scan_job_free(w.job);
    worker_fake_fail(-EAGAIN);
    assert_int_equal(make(&w), -EAGAIN);
    worker_fake_fail(0);
    assert_null(scan_job_free(NULL));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_decode),
        TEST(test_worker_errors),
        TEST(test_scanner_ends),
        TEST(test_cancel),
        TEST(test_forget),
        TEST(test_busy),
        TEST(test_no_room),
        TEST(test_document_ceiling),
        TEST(test_pages_ceiling),
        TEST(test_begins_again),
        TEST(test_many_ahead),
        TEST(test_ahead),
        TEST(test_stuck),
        TEST(test_progress),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
