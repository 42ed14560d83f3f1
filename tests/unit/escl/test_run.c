#include "testing.h"

#include "escl/quirks.h"
#include "escl/run.h"

#include <errno.h>

static const struct escl_job feeder_job = {
    .source = ESCL_FEEDER, .dpi = 300, .pages = 50};
static const struct escl_job platen_job = {
    .source = ESCL_PLATEN, .dpi = 300, .pages = 1};

static struct escl_run run;
static int64_t now;

static unsigned happen(struct escl_event e)
{
    return escl_run_event(&run, &e, now);
}

static struct escl_status status(enum escl_device_state device,
                                 enum escl_adf_state adf)
{
    return (struct escl_status){.device = device, .adf = adf};
}

static unsigned say(struct escl_status s)
{
    return happen((struct escl_event){.what = ESCL_EV_STATUS, .status = &s});
}

static unsigned simple(enum escl_happening what)
{
    return happen((struct escl_event){.what = what});
}

static unsigned refuse(enum escl_happening what, unsigned http)
{
    return happen(
        (struct escl_event){.what = what, .http = http, .retry_after_s = -1});
}

static unsigned broke(enum escl_happening what, int error)
{
    return happen((struct escl_event){.what = what, .error = error});
}

static void begin(const struct escl_job *job, unsigned quirks)
{
    now = 1000;
    assert_int_equal(escl_run_begin(&run, job, quirks, true, now),
                     ESCL_ACT_STATUS);
}

/* Until the first page is asked for. */
static void begin_fetch(const struct escl_job *job)
{
    begin(job, 0);
    assert_int_equal(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_LOADED)),
                     ESCL_ACT_CREATE);
    assert_int_equal(happen((struct escl_event){.what = ESCL_EV_CREATED,
                                                .path = "/eSCL/ScanJobs/1"}),
                     ESCL_ACT_FETCH);
    assert_string_equal(run.path, "/eSCL/ScanJobs/1");
}

static void expect_end(unsigned acts, unsigned others, enum escl_reason why,
                       unsigned pages)
{
    assert_int_equal(acts, ESCL_ACT_END | others);
    assert_int_equal(run.reason, why);
    assert_int_equal(run.pages, pages);
}

static void test_platen(void **state)
{
    (void)state;
    begin_fetch(&platen_job);
    assert_int_equal(simple(ESCL_EV_PAGE), 0);
    assert_int_equal(simple(ESCL_EV_BYTES), 0);
    expect_end(simple(ESCL_EV_PAGE_END), ESCL_ACT_DELETE, ESCL_DONE, 1);
    assert_false(escl_run_idle(&run));
    assert_int_equal(simple(ESCL_EV_DELETED), 0);
    assert_true(escl_run_idle(&run));
}

static void test_feeder(void **state)
{
    (void)state;
    static const unsigned last_act[] = {404, 409, 410};
    for (size_t i = 0; i < LK_ARRAY_LEN(last_act); i++) {
        begin_fetch(&feeder_job);
        for (unsigned p = 0; p < 3; p++) {
            (void)simple(ESCL_EV_PAGE);
            assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
        }
        assert_int_equal(refuse(ESCL_EV_NO_PAGE, last_act[i]), ESCL_ACT_STATUS);
        expect_end(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY)),
                   ESCL_ACT_DELETE, ESCL_DONE, 3);
    }
}

static void test_ceiling(void **state)
{
    (void)state;
    struct escl_job job = feeder_job;
    job.pages = 2;
    begin_fetch(&job);
    (void)simple(ESCL_EV_PAGE);
    assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
    (void)simple(ESCL_EV_PAGE);
    expect_end(simple(ESCL_EV_PAGE_END), ESCL_ACT_DELETE, ESCL_CEILING, 2);
}

/* The feeder or, where nothing lies in it now, the platen. */
static void test_or_platen(void **state)
{
    (void)state;
    static const struct {
        enum escl_adf_state adf;
        enum escl_source source;
    } rows[] = {
        {ESCL_ADF_LOADED, ESCL_FEEDER},  {ESCL_ADF_WORKING, ESCL_FEEDER},
        {ESCL_ADF_EMPTY, ESCL_PLATEN},   {ESCL_ADF_JAM, ESCL_PLATEN},
        {ESCL_ADF_UNKNOWN, ESCL_PLATEN},
    };
    struct escl_job job = feeder_job;
    job.or_platen = true;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        begin(&job, 0);
        assert_int_equal(say(status(ESCL_DEVICE_IDLE, rows[i].adf)),
                         ESCL_ACT_CREATE);
        assert_int_equal(run.source, rows[i].source);
        bool feeder = rows[i].source == ESCL_FEEDER;
        assert_int_equal(run.ceiling, feeder ? feeder_job.pages : 1);
        /* "Not now": looked at anew before the next try. */
        assert_int_equal(refuse(ESCL_EV_REFUSED, 503), 0);
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
        assert_int_equal(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_LOADED)),
                         ESCL_ACT_CREATE);
        assert_int_equal(run.source, ESCL_FEEDER);
        assert_int_equal(run.ceiling, feeder_job.pages);
    }
    begin(&job, 0); /* it does not say how it is */
    assert_int_equal(refuse(ESCL_EV_NO_STATUS, 404), ESCL_ACT_CREATE);
    assert_int_equal(run.source, ESCL_PLATEN);
}

/* What a look at the feeder before the job says. */
static void test_check(void **state)
{
    (void)state;
    static const struct {
        enum escl_device_state device;
        enum escl_adf_state adf;
        unsigned quirks;
        enum escl_reason why; /* ESCL_DONE: the job is made */
    } rows[] = {
        {ESCL_DEVICE_IDLE, ESCL_ADF_LOADED, 0, ESCL_DONE},
        {ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN, 0, ESCL_DONE},
        {ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY, 0, ESCL_FEEDER_EMPTY},
        {ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY, ESCL_QUIRK_EMPTY_LIES, ESCL_DONE},
        {ESCL_DEVICE_IDLE, ESCL_ADF_JAM, 0, ESCL_FEEDER_EMPTY},
        {ESCL_DEVICE_STOPPED, ESCL_ADF_JAM, 0, ESCL_JAM},
        {ESCL_DEVICE_STOPPED, ESCL_ADF_OPEN, 0, ESCL_COVER_OPEN},
        {ESCL_DEVICE_PROCESSING, ESCL_ADF_LOADED, 0, ESCL_DONE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        begin(&feeder_job, rows[i].quirks);
        unsigned acts = say(status(rows[i].device, rows[i].adf));
        if (rows[i].why == ESCL_DONE) {
            assert_int_equal(acts, ESCL_ACT_CREATE);
        } else {
            expect_end(acts, 0, rows[i].why, 0);
            assert_true(escl_run_idle(&run));
        }
    }
    begin(&platen_job, 0); /* a feeder's trouble is not the platen's */
    assert_int_equal(say(status(ESCL_DEVICE_STOPPED, ESCL_ADF_JAM)),
                     ESCL_ACT_CREATE);
    begin(&feeder_job, 0); /* no status: it is tried */
    assert_int_equal(refuse(ESCL_EV_NO_STATUS, 503), ESCL_ACT_CREATE);
    begin(&feeder_job, 0);
    assert_int_equal(broke(ESCL_EV_NO_STATUS, -ETIMEDOUT), ESCL_ACT_STATUS);
    expect_end(broke(ESCL_EV_NO_STATUS, -ETIMEDOUT), 0, ESCL_SILENT, 0);
    begin(&feeder_job, 0);
    expect_end(broke(ESCL_EV_NO_STATUS, -ENODEV), 0, ESCL_GONE, 0);
    begin(&feeder_job, 0);
    assert_int_equal(broke(ESCL_EV_NO_STATUS, -EPIPE), ESCL_ACT_STATUS);
    expect_end(broke(ESCL_EV_NO_STATUS, -EPIPE), 0, ESCL_SILENT, 0);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned http;
        enum escl_reason why;
    } rows[] = {{400, ESCL_REFUSED}, {415, ESCL_REFUSED}, {500, ESCL_ABORTED}};
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        begin(&platen_job, 0);
        (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
        expect_end(refuse(ESCL_EV_REFUSED, rows[i].http), ESCL_ACT_STATUS,
                   rows[i].why, 0);
        assert_int_equal(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN)), 0);
        assert_true(escl_run_idle(&run));
    }
    begin(&feeder_job, 0); /* 409: the status says why */
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
    assert_int_equal(refuse(ESCL_EV_REFUSED, 409), ESCL_ACT_STATUS);
    expect_end(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY)), 0,
               ESCL_FEEDER_EMPTY, 0);
    begin(&feeder_job, 0);
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_LOADED));
    assert_int_equal(refuse(ESCL_EV_REFUSED, 409), ESCL_ACT_STATUS);
    expect_end(say(status(ESCL_DEVICE_STOPPED, ESCL_ADF_JAM)), 0, ESCL_JAM, 0);
}

/* "Not now" is tried again, ever more rarely, and not for ever. */
static void test_busy(void **state)
{
    (void)state;
    begin(&platen_job, 0);
    unsigned tries = 0;
    (void)say(status(ESCL_DEVICE_PROCESSING, ESCL_ADF_UNKNOWN));
    while (refuse(ESCL_EV_REFUSED, 503) == 0) {
        assert_true(run.timer_ms > now && run.timer_ms <= now + 2000);
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
        assert_int_equal(say(status(ESCL_DEVICE_PROCESSING, ESCL_ADF_UNKNOWN)),
                         ESCL_ACT_CREATE);
        assert_true(++tries < 100);
    }
    assert_int_equal(run.reason, ESCL_BUSY);
    assert_true(tries > 5 && now - 1000 <= ESCL_BUSY_MS);
}

static struct escl_status with_job(enum escl_device_state device,
                                   enum escl_adf_state adf,
                                   enum escl_job_state job, int32_t completed)
{
    struct escl_status s = status(device, adf);
    s.jobs = 1;
    (void)snprintf(s.job[0].uri, sizeof(s.job[0].uri),
                   "http://localhost/eSCL/ScanJobs/1");
    s.job[0].state = job;
    s.job[0].completed = completed;
    s.job[0].waiting = -1;
    return s;
}

static void test_not_yet(void **state)
{
    (void)state;
    begin_fetch(&feeder_job);
    assert_int_equal(refuse(ESCL_EV_NO_PAGE, 503), ESCL_ACT_STATUS);
    assert_int_equal(run.timer_ms, now + 100);
    now = run.timer_ms;
    assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
    assert_int_equal(happen((struct escl_event){.what = ESCL_EV_NO_PAGE,
                                                .http = 503,
                                                .retry_after_s = 1}),
                     ESCL_ACT_STATUS);
    assert_int_equal(run.timer_ms, now + 1000);
    now = run.timer_ms;
    assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
    (void)simple(ESCL_EV_PAGE);
    assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
    /* For ever is too long. */
    unsigned acts = 0;
    while ((acts = refuse(ESCL_EV_NO_PAGE, 503)) == ESCL_ACT_STATUS) {
        assert_int_equal(say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_LOADED,
                                      ESCL_JOB_ACTIVE, 1)),
                         0);
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
    }
    expect_end(acts, ESCL_ACT_DELETE, ESCL_SILENT, 1);
    assert_true(now < 1000 + ESCL_SLOW_MS + 5000);
    /* "Not yet" for ever, where the job is over, is "no more". */
    begin_fetch(&feeder_job);
    (void)simple(ESCL_EV_PAGE);
    assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(refuse(ESCL_EV_NO_PAGE, 503), ESCL_ACT_STATUS);
        acts =
            say(with_job(ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY, ESCL_JOB_ENDED, 1));
        if (i == 0) {
            now = run.timer_ms;
            assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
        }
    }
    expect_end(acts, ESCL_ACT_DELETE, ESCL_DONE, 1);
}

/* 404 before the next sheet is in place. */
static void test_early(void **state)
{
    (void)state;
    begin_fetch(&feeder_job);
    (void)simple(ESCL_EV_PAGE);
    assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
    assert_int_equal(refuse(ESCL_EV_NO_PAGE, 404), ESCL_ACT_STATUS);
    assert_int_equal(say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_LOADED,
                                  ESCL_JOB_ACTIVE, 1)),
                     0);
    now = run.timer_ms;
    assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
    (void)simple(ESCL_EV_PAGE);
    assert_int_equal(simple(ESCL_EV_PAGE_END), ESCL_ACT_FETCH);
    unsigned tries = 0;
    unsigned acts = 0;
    for (;;) {
        assert_int_equal(refuse(ESCL_EV_NO_PAGE, 404), ESCL_ACT_STATUS);
        acts = say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_LOADED,
                            ESCL_JOB_ACTIVE, 2));
        if (acts)
            break;
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_FETCH);
        assert_true(++tries < 20);
    }
    expect_end(acts, ESCL_ACT_DELETE, ESCL_DONE, 2);
}

/* Why no page came. */
static void test_why(void **state)
{
    (void)state;
    static const struct {
        unsigned http, pages;
        enum escl_device_state device;
        enum escl_adf_state adf;
        enum escl_job_state job;
        enum escl_reason why;
    } rows[] = {
        {404, 0, ESCL_DEVICE_IDLE, ESCL_ADF_EMPTY, ESCL_JOB_ENDED,
         ESCL_FEEDER_EMPTY},
        {409, 0, ESCL_DEVICE_STOPPED, ESCL_ADF_JAM, ESCL_JOB_BROKEN, ESCL_JAM},
        {409, 2, ESCL_DEVICE_STOPPED, ESCL_ADF_JAM, ESCL_JOB_BROKEN, ESCL_JAM},
        {409, 0, ESCL_DEVICE_STOPPED, ESCL_ADF_OPEN, ESCL_JOB_BROKEN,
         ESCL_COVER_OPEN},
        {404, 2, ESCL_DEVICE_IDLE, ESCL_ADF_JAM, ESCL_JOB_ENDED, ESCL_DONE},
        {404, 2, ESCL_DEVICE_IDLE, ESCL_ADF_LOADED, ESCL_JOB_BROKEN,
         ESCL_ABORTED},
        {404, 2, ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN, ESCL_JOB_UNKNOWN,
         ESCL_DONE},
        {404, 0, ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN, ESCL_JOB_UNKNOWN,
         ESCL_FEEDER_EMPTY},
        {500, 1, ESCL_DEVICE_IDLE, ESCL_ADF_LOADED, ESCL_JOB_BROKEN,
         ESCL_ABORTED},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        begin_fetch(&feeder_job);
        for (unsigned p = 0; p < rows[i].pages; p++) {
            (void)simple(ESCL_EV_PAGE);
            (void)simple(ESCL_EV_PAGE_END);
        }
        assert_int_equal(refuse(ESCL_EV_NO_PAGE, rows[i].http),
                         ESCL_ACT_STATUS);
        unsigned acts =
            say(with_job(rows[i].device, rows[i].adf, rows[i].job, -1));
        expect_end(acts, ESCL_ACT_DELETE, rows[i].why, rows[i].pages);
    }
    /* An empty feeder said as a jam by a scanner that never showed paper. */
    begin(&feeder_job, 0);
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
    (void)happen(
        (struct escl_event){.what = ESCL_EV_CREATED, .path = "/eSCL/a"});
    assert_int_equal(refuse(ESCL_EV_NO_PAGE, 409), ESCL_ACT_STATUS);
    expect_end(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_JAM)), ESCL_ACT_DELETE,
               ESCL_FEEDER_EMPTY, 0);
}

/* A page that does not come is waited for as long as the scanner says that it
 * works, and no longer. */
static void test_vouched(void **state)
{
    (void)state;
    begin_fetch(&platen_job);
    for (int i = 0; i < 50; i++) {
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
        assert_int_equal(say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_UNKNOWN,
                                      ESCL_JOB_ACTIVE, 0)),
                         0);
    }
    (void)simple(ESCL_EV_PAGE);
    int64_t quiet = now;
    unsigned acts = 0;
    while (acts == 0) {
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
        acts = say(
            with_job(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN, ESCL_JOB_ENDED, 1));
    }
    expect_end(acts, ESCL_ACT_ABANDON | ESCL_ACT_DELETE, ESCL_TRUNCATED, 0);
    assert_true(now - quiet <= 1600);
    /* It says that the page is done, but it does not come. */
    begin_fetch(&platen_job);
    quiet = now;
    acts = 0;
    while (acts == 0) {
        now = run.timer_ms;
        assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
        acts = say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_UNKNOWN,
                            ESCL_JOB_ACTIVE, 1));
    }
    expect_end(acts, ESCL_ACT_ABANDON | ESCL_ACT_DELETE, ESCL_SILENT, 0);
    assert_true(now - quiet <= ESCL_DONE_MS + 1600);
    /* It does not answer at all. */
    begin_fetch(&platen_job);
    now = run.timer_ms;
    assert_int_equal(simple(ESCL_EV_TIME), ESCL_ACT_STATUS);
    expect_end(broke(ESCL_EV_NO_STATUS, -ETIMEDOUT),
               ESCL_ACT_ABANDON | ESCL_ACT_DELETE, ESCL_SILENT, 0);
}

/* The answer to the job was lost: the job is found and deleted. */
static void test_lost(void **state)
{
    (void)state;
    begin(&platen_job, 0);
    struct escl_status s = status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN);
    s.jobs = 1;
    (void)snprintf(s.job[0].uri, sizeof(s.job[0].uri), "/eSCL/old");
    s.job[0].state = ESCL_JOB_ACTIVE;
    (void)say(s);
    expect_end(broke(ESCL_EV_CREATE_FAILED, -ETIMEDOUT), ESCL_ACT_STATUS,
               ESCL_SILENT, 0);
    s.jobs = 2;
    s.job[1] = s.job[0];
    (void)snprintf(s.job[1].uri, sizeof(s.job[1].uri), "/eSCL/new");
    assert_int_equal(say(s), ESCL_ACT_DELETE);
    assert_string_equal(run.path, "/eSCL/new");
    (void)simple(ESCL_EV_DELETED);
    assert_true(escl_run_idle(&run));
}

/* The scanner does not say where the job is: its status does. */
static void test_adopt(void **state)
{
    (void)state;
    begin(&platen_job, 0);
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
    assert_int_equal(simple(ESCL_EV_CREATED), ESCL_ACT_STATUS);
    assert_int_equal(say(with_job(ESCL_DEVICE_PROCESSING, ESCL_ADF_UNKNOWN,
                                  ESCL_JOB_ACTIVE, 0)),
                     ESCL_ACT_FETCH);
    assert_string_equal(run.path, "/eSCL/ScanJobs/1");
    begin(&platen_job, 0);
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
    assert_int_equal(simple(ESCL_EV_CREATED), ESCL_ACT_STATUS);
    expect_end(say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN)), 0, ESCL_GARBLED,
               0);
}

static void test_cancel(void **state)
{
    (void)state;
    begin(&platen_job, 0);
    expect_end(simple(ESCL_EV_CANCEL), 0, ESCL_CANCELLED, 0);
    begin(&platen_job, 0);
    (void)say(status(ESCL_DEVICE_IDLE, ESCL_ADF_UNKNOWN));
    expect_end(simple(ESCL_EV_CANCEL), 0, ESCL_CANCELLED, 0);
    assert_false(escl_run_idle(&run)); /* its name has to be known first */
    assert_int_equal(
        happen((struct escl_event){.what = ESCL_EV_CREATED, .path = "/eSCL/1"}),
        ESCL_ACT_DELETE);
    begin_fetch(&feeder_job);
    (void)simple(ESCL_EV_PAGE);
    expect_end(simple(ESCL_EV_CANCEL), ESCL_ACT_ABANDON | ESCL_ACT_DELETE,
               ESCL_CANCELLED, 0);
}

static struct escl_event random_event(uint64_t *seed, struct escl_status *st)
{
    static const unsigned http_status[] = {200, 201, 404, 409,
                                           410, 500, 503, 0};
    static const int error_status[] = {-ETIMEDOUT, -EPIPE,  -ENODEV,
                                       -EBADMSG,   -ENOMEM, -EMSGSIZE};
    uint64_t n = test_random(seed);
    *st = with_job(n % 4, n / 4 % 6, n / 24 % 4, (int32_t)(n / 96 % 4) - 1);
    return (struct escl_event){
        .what = test_random(seed) % (ESCL_EV_TIME + 1),
        .status = st,
        .path = n & 1U << 20 ? "/eSCL/ScanJobs/1" : NULL,
        .http = http_status[n / 384 % 8],
        .retry_after_s = (int32_t)(n / 3072 % 5) - 1,
        .error = error_status[n / 15360 % 6],
    };
}

/* Any events in any order: it ends once, always comes to rest, and asks for
 * nothing that makes no sense. */
static void test_random_events(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct escl_status st;
    for (int round = 0; round < 20000; round++) {
        struct escl_job job = test_random(&seed) % 2 ? feeder_job : platen_job;
        unsigned ends = 0;
        now = 1000;
        (void)escl_run_begin(&run, &job, test_random(&seed) % 64,
                             test_random(&seed) % 2, now);
        for (int i = 0; i < 60 && !escl_run_idle(&run); i++) {
            bool fetching = escl_run_fetching(&run);
            now += (int64_t)(test_random(&seed) % 700);
            struct escl_event e = random_event(&seed, &st);
            unsigned acts = escl_run_event(&run, &e, now);
            ends += (acts & ESCL_ACT_END) != 0;
            assert_true(ends <= 1);
            if (acts & ESCL_ACT_ABANDON)
                assert_true(fetching);
            if (acts & (ESCL_ACT_FETCH | ESCL_ACT_DELETE))
                assert_true(run.path[0]);
            assert_true(run.pages <= job.pages);
        }
        if (!escl_run_idle(&run)) {
            (void)simple(ESCL_EV_GONE);
            ends += run.ended && ends == 0;
        }
        assert_true(escl_run_idle(&run));
        assert_int_equal(ends, 1);
        assert_int_equal(run.timer_ms, 0);
    }
}

/* Left alone by everybody but the clock, it comes to rest. */
static void test_silence(void **state)
{
    (void)state;
    for (int watched = 0; watched < 2; watched++) {
        begin_fetch(&feeder_job);
        run.watched = watched;
        unsigned acts = 0;
        int64_t from = now;
        while (!(acts & ESCL_ACT_END)) {
            assert_true(run.timer_ms > 0);
            now = run.timer_ms;
            acts = simple(ESCL_EV_TIME);
            if (acts & ESCL_ACT_STATUS) {
                now += ESCL_ANSWER_MS;
                acts = broke(ESCL_EV_NO_STATUS, -ETIMEDOUT);
            }
        }
        assert_true(now - from <= (watched ? 2000 : ESCL_ALONE_MS + 1000));
        assert_int_equal(run.reason, ESCL_SILENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_platen),  cmocka_unit_test(test_feeder),
        cmocka_unit_test(test_ceiling), cmocka_unit_test(test_or_platen),
        cmocka_unit_test(test_check),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_busy),    cmocka_unit_test(test_not_yet),
        cmocka_unit_test(test_early),   cmocka_unit_test(test_why),
        cmocka_unit_test(test_vouched), cmocka_unit_test(test_adopt),
        cmocka_unit_test(test_lost),    cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_silence), cmocka_unit_test(test_random_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
