#include "escl/run.h"

#include "escl/quirks.h"
#include "escl/uri.h"

#include <errno.h>
#include <string.h>

enum {
    RUN_IDLE,
    RUN_CHECK,       /* status asked before the job is made */
    RUN_CREATE,      /* the job is being made */
    RUN_CREATE_WAIT, /* "not now": until it is tried again */
    RUN_FETCH,       /* a page is asked for or comes */
    RUN_FETCH_WAIT,  /* "not yet": until it is asked for again */
    RUN_WHY,         /* status asked: why is there no page? */
    RUN_ADOPT,       /* status asked: what is our job called? */
    RUN_SEEK,        /* status asked: is there a job of ours? (over already) */
    RUN_CLEAN,       /* the job is being deleted (over already) */
};

/* Looks at the status that may fail to speak for a silent page. */
#define STRIKES_MAX 3
/* Answers "no page" to a feeder that says it works, before it is believed. */
#define EARLY_MAX 6
#define EARLY_MS 250
#define NEXT_DELAY_MS 500
/* Answers "not yet" after which a job that is said to be over is over. */
#define OVER_TRIES 2

static uint64_t hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 0x100000001b3ULL;
    return h;
}

static unsigned end(struct escl_run *r, enum escl_reason why)
{
    if (r->ended)
        return 0;
    r->ended = true;
    r->reason = why;
    return ESCL_ACT_END;
}

/* Over, and the job is deleted if there is one. */
static unsigned finish(struct escl_run *r, enum escl_reason why)
{
    unsigned acts = end(r, why);
    bool job = r->path[0] != '\0';
    r->timer_ms = 0;
    r->state = job ? RUN_CLEAN : RUN_IDLE;
    return job ? acts | ESCL_ACT_DELETE : acts;
}

/* As finish(), from within a page. */
static unsigned abandon(struct escl_run *r, enum escl_reason why)
{
    return ESCL_ACT_ABANDON | finish(r, why);
}

static enum escl_reason reason_of(int error, bool began)
{
    switch (error) {
    case -ENODEV:
    case -ECONNREFUSED:
    case -EHOSTUNREACH:
    case -ENETUNREACH:
        return ESCL_GONE;
    case -ENOMEM:
        return ESCL_MEMORY;
    case -EBADMSG:
        return ESCL_GARBLED;
    case -EMSGSIZE:
        return began ? ESCL_TOO_LARGE : ESCL_GARBLED;
    default:
        return began ? ESCL_TRUNCATED : ESCL_SILENT;
    }
}

static unsigned fetch(struct escl_run *r, int64_t now)
{
    r->state = RUN_FETCH;
    r->began = false;
    r->strikes = 0;
    r->quiet_ms = now;
    r->timer_ms = now + ESCL_POLL_JOB_MS;
    return ESCL_ACT_FETCH;
}

static unsigned create(struct escl_run *r)
{
    r->state = RUN_CREATE;
    r->timer_ms = 0;
    return ESCL_ACT_CREATE;
}

/* What the wait before the next try is: what the scanner wants, within reason,
 * or twice the last one. */
static int64_t delay(const struct escl_event *e, unsigned tries, int64_t first,
                     int64_t most)
{
    if (e->retry_after_s > 0)
        return LK_MIN((int64_t)e->retry_after_s * 1000, most);
    return LK_MIN(first << LK_MIN(tries, 8U), most);
}

static const struct escl_job_info *job_of(const struct escl_run *r,
                                          const struct escl_status *s)
{
    char path[ESCL_PATH_MAX];
    for (size_t i = 0; r->path[0] && i < s->jobs; i++)
        if (escl_uri_resolve("/eSCL/ScanJobs", s->job[i].uri, path) == 0 &&
            strcmp(path, r->path) == 0)
            return &s->job[i];
    return NULL;
}

/* A feeder that has stopped for a reason that a person can mend; ESCL_DONE:
 * there is none. A jam that nothing is stuck in is an empty feeder: where no
 * page came and no paper was seen, or where the scanner does not stop for it.
 */
static enum escl_reason trouble(const struct escl_run *r,
                                const struct escl_status *s)
{
    if (r->source == ESCL_PLATEN)
        return ESCL_DONE;
    if (s->adf == ESCL_ADF_OPEN)
        return ESCL_COVER_OPEN;
    if (s->adf != ESCL_ADF_JAM)
        return ESCL_DONE;
    bool real = r->pages > 0 || r->loaded;
    return real || s->device == ESCL_DEVICE_STOPPED ? ESCL_JAM
                                                    : ESCL_FEEDER_EMPTY;
}

static void remember_jobs(struct escl_run *r, const struct escl_status *s)
{
    r->known = 0;
    for (size_t i = 0; i < s->jobs; i++)
        r->job[r->known++] = hash(s->job[i].uri);
}

/* Whether a status that did not come is asked for once more: the question may
 * have been hurt on its own way. During a page there is no time for that when
 * the first one was waited for in vain. */
static bool again(struct escl_run *r, const struct escl_event *e)
{
    bool late = e->error == -ETIMEDOUT && r->state == RUN_FETCH;
    if (e->http > 0 || late || e->error == -ENODEV)
        return false;
    return r->strikes++ == 0;
}

/* With no wish the feeder, when something lies in it now, else the platen. */
static void choose(struct escl_run *r, const struct escl_status *s)
{
    bool paper = s && (s->adf == ESCL_ADF_LOADED || s->adf == ESCL_ADF_WORKING);
    if (!r->or_platen)
        return;
    r->source = paper ? r->feeder : ESCL_PLATEN;
    r->ceiling = paper ? r->most : 1U;
}

static unsigned on_check(struct escl_run *r, const struct escl_event *e)
{
    if (e->what == ESCL_EV_NO_STATUS && again(r, e))
        return ESCL_ACT_STATUS;
    if (e->what == ESCL_EV_NO_STATUS && e->http == 0)
        return finish(r, reason_of(e->error, false));
    if (e->what != ESCL_EV_STATUS && e->what != ESCL_EV_NO_STATUS)
        return 0;
    choose(r, e->status);
    if (e->what == ESCL_EV_NO_STATUS)
        return create(r);
    bool feeder = r->source != ESCL_PLATEN;
    enum escl_reason why = trouble(r, e->status);
    remember_jobs(r, e->status);
    r->loaded = feeder && e->status->adf == ESCL_ADF_LOADED;
    if (why != ESCL_DONE)
        return finish(r, why);
    if (feeder && e->status->adf == ESCL_ADF_EMPTY &&
        !(r->quirks & ESCL_QUIRK_EMPTY_LIES))
        return finish(r, ESCL_FEEDER_EMPTY);
    return create(r);
}

static unsigned ask_why(struct escl_run *r, unsigned http)
{
    r->state = RUN_WHY;
    r->strikes = 0;
    r->http = http;
    r->timer_ms = 0;
    return ESCL_ACT_STATUS;
}

/* A job may have been made, whose name is not known: it is looked for. */
static unsigned seek(struct escl_run *r, enum escl_reason why)
{
    r->state = RUN_SEEK;
    r->strikes = 0;
    r->timer_ms = 0;
    return end(r, why) | ESCL_ACT_STATUS;
}

static unsigned on_refused(struct escl_run *r, const struct escl_event *e,
                           int64_t now)
{
    if (r->doomed)
        return finish(r, ESCL_CANCELLED);
    if (e->http == 409)
        return ask_why(r, e->http);
    if (e->http != 503) /* some have made the job all the same */
        return seek(r, e->http >= 500 ? ESCL_ABORTED : ESCL_REFUSED);
    int64_t in = delay(e, r->tries, 200, 2000);
    if (now - r->since_ms + in > ESCL_BUSY_MS)
        return finish(r, ESCL_BUSY);
    r->tries++;
    r->state = RUN_CREATE_WAIT;
    r->timer_ms = now + in;
    return 0;
}

static unsigned adopt(struct escl_run *r)
{
    r->state = RUN_ADOPT;
    r->strikes = 0;
    r->timer_ms = 0;
    return ESCL_ACT_STATUS;
}

static unsigned on_create(struct escl_run *r, const struct escl_event *e,
                          int64_t now)
{
    switch ((unsigned)e->what) {
    case ESCL_EV_CREATED:
        if (!e->path || strlen(e->path) >= sizeof(r->path))
            return adopt(r);
        memcpy(r->path, e->path, strlen(e->path) + 1);
        r->tries = 0;
        r->since_ms = now;
        return r->doomed ? finish(r, ESCL_CANCELLED) : fetch(r, now);
    case ESCL_EV_REFUSED:
        return on_refused(r, e, now);
    case ESCL_EV_CREATE_FAILED:
        return seek(r, reason_of(e->error, false));
    default:
        return 0;
    }
}

static unsigned on_page_end(struct escl_run *r, int64_t now)
{
    r->pages++;
    r->tries = 0;
    r->since_ms = now;
    r->loaded = true;
    if (r->source == ESCL_PLATEN)
        return finish(r, ESCL_DONE);
    if (r->pages >= r->ceiling)
        return finish(r, ESCL_CEILING);
    if (r->quirks & ESCL_QUIRK_NEXT_DELAY) {
        r->state = RUN_FETCH_WAIT;
        r->timer_ms = now + NEXT_DELAY_MS;
        return 0;
    }
    return fetch(r, now);
}

/* "Not yet". */
static unsigned fetch_later(struct escl_run *r, int64_t now, int64_t in)
{
    if (now - r->since_ms + in > ESCL_SLOW_MS)
        return finish(r, ESCL_SILENT);
    r->tries++;
    r->state = RUN_FETCH_WAIT;
    r->timer_ms = now + in;
    return 0;
}

/* The status while a page does not come: does it speak for the scanner? */
static unsigned judge(struct escl_run *r, const struct escl_status *s,
                      int64_t now)
{
    const struct escl_job_info *j = job_of(r, s);
    bool works =
        s->device == ESCL_DEVICE_PROCESSING || s->device == ESCL_DEVICE_UNKNOWN;
    if (j)
        works = (works && j->state == ESCL_JOB_UNKNOWN) ||
                j->state == ESCL_JOB_ACTIVE;
    /* It has scanned what we wait for, so that nothing holds it up for long. */
    bool done = j && j->completed > (int32_t)r->pages;
    if (done && (r->began || now - r->quiet_ms > ESCL_DONE_MS))
        works = false;
    enum escl_reason why = trouble(r, s);
    r->strikes = works ? 0 : r->strikes + 1;
    r->timer_ms = now + ESCL_POLL_JOB_MS;
    if (now - r->quiet_ms > ESCL_SLOW_MS)
        return abandon(r, ESCL_SILENT);
    if (r->strikes < STRIKES_MAX)
        return 0;
    if (why != ESCL_DONE)
        return abandon(r, why);
    if (!r->began && j && j->state == ESCL_JOB_BROKEN)
        return abandon(r, ESCL_ABORTED);
    return abandon(r, r->began ? ESCL_TRUNCATED : ESCL_SILENT);
}

/* Nobody can be asked during a page. */
static unsigned unwatched(struct escl_run *r, int64_t now)
{
    int64_t most = r->began ? ESCL_QUIET_MS : ESCL_ALONE_MS;
    if (now - r->quiet_ms >= most)
        return abandon(r, r->began ? ESCL_TRUNCATED : ESCL_SILENT);
    r->timer_ms = now + ESCL_POLL_JOB_MS;
    return 0;
}

/* There is no status while a page does not come. */
static unsigned unanswered(struct escl_run *r, const struct escl_event *e,
                           int64_t now)
{
    r->timer_ms = now + ESCL_POLL_JOB_MS;
    if (now - r->quiet_ms < ESCL_POLL_JOB_MS)
        return 0;    /* bytes came meanwhile */
    if (e->http > 0) /* it lives, but does not say how */
        return unwatched(r, now);
    if (again(r, e))
        return ESCL_ACT_STATUS;
    return abandon(r,
                   reason_of(e->error == -ENODEV ? -ENODEV : -EPIPE, r->began));
}

static unsigned on_no_page(struct escl_run *r, const struct escl_event *e,
                           int64_t now)
{
    if (e->http == 503) {
        unsigned acts = fetch_later(r, now, delay(e, r->tries, 100, 1000));
        return acts ? acts : (unsigned)ESCL_ACT_STATUS;
    }
    return ask_why(r, e->http);
}

static unsigned on_fetch(struct escl_run *r, const struct escl_event *e,
                         int64_t now)
{
    switch ((unsigned)e->what) {
    case ESCL_EV_PAGE:
    case ESCL_EV_BYTES:
        r->began = true;
        r->strikes = 0;
        r->quiet_ms = now;
        r->timer_ms = now + ESCL_POLL_JOB_MS;
        return 0;
    case ESCL_EV_HELD:
        r->strikes = 0;
        r->quiet_ms = now;
        r->timer_ms = now + ESCL_POLL_JOB_MS;
        return 0;
    case ESCL_EV_PAGE_END:
        return on_page_end(r, now);
    case ESCL_EV_NO_PAGE:
        return on_no_page(r, e, now);
    case ESCL_EV_PAGE_FAILED:
        return finish(r, reason_of(e->error, r->began));
    case ESCL_EV_TIME:
        if (!r->watched)
            return unwatched(r, now);
        r->timer_ms = 0;
        return ESCL_ACT_STATUS;
    case ESCL_EV_STATUS:
        return judge(r, e->status, now);
    case ESCL_EV_NO_STATUS:
        return unanswered(r, e, now);
    default:
        return 0;
    }
}

/* There is no page; `s` NULL: nor a status. */
static enum escl_reason why_none(const struct escl_run *r,
                                 const struct escl_status *s)
{
    bool feeder = r->source != ESCL_PLATEN;
    bool over = r->http == 404 || r->http == 410 || r->http == 409;
    const struct escl_job_info *j = s ? job_of(r, s) : NULL;
    enum escl_reason why = s ? trouble(r, s) : ESCL_DONE;
    /* 404 and 410 after pages say plainly that there are no more. */
    if (r->pages > 0 && (r->http == 404 || r->http == 410))
        why = why == ESCL_COVER_OPEN ? why : ESCL_DONE;
    if (why != ESCL_DONE)
        return why;
    if (feeder && over && s && s->adf == ESCL_ADF_EMPTY)
        return r->pages > 0 ? ESCL_DONE : ESCL_FEEDER_EMPTY;
    if (j && j->state == ESCL_JOB_BROKEN)
        return ESCL_ABORTED;
    if (!over)
        return ESCL_ABORTED;
    if (r->pages > 0)
        return ESCL_DONE;
    if (r->path[0] == '\0')
        return ESCL_REFUSED;
    return feeder ? ESCL_FEEDER_EMPTY : ESCL_ABORTED;
}

/* Some say 404 or 410 when they are asked before the next page is there. How
 * often that is to be believed: */
static unsigned early_max(const struct escl_run *r, const struct escl_status *s)
{
    const struct escl_job_info *j = job_of(r, s);
    bool sheets = s->adf == ESCL_ADF_LOADED || s->adf == ESCL_ADF_WORKING;
    bool alive =
        j ? j->state == ESCL_JOB_ACTIVE : s->device == ESCL_DEVICE_PROCESSING;
    if (!r->path[0] || !alive || (r->http != 404 && r->http != 410))
        return 0;
    if (r->source == ESCL_PLATEN)
        return EARLY_MAX;
    /* The last sheet's back, where the feeder is empty already. */
    bool back = r->source == ESCL_FEEDER_DUPLEX && r->pages % 2 == 1;
    return sheets ? EARLY_MAX : back ? EARLY_MAX / 2 : 0;
}

/* "Not yet" from a scanner that says that the job is over means "no more". */
static unsigned on_fetch_wait(struct escl_run *r, const struct escl_event *e,
                              int64_t now)
{
    if (e->what == ESCL_EV_TIME)
        return fetch(r, now);
    if (e->what != ESCL_EV_STATUS)
        return 0;
    const struct escl_job_info *j = job_of(r, e->status);
    enum escl_reason why = trouble(r, e->status);
    if (why != ESCL_DONE)
        return finish(r, why);
    bool over = j ? j->state == ESCL_JOB_ENDED || j->state == ESCL_JOB_BROKEN
                  : e->status->device == ESCL_DEVICE_IDLE;
    if (!over || r->tries < OVER_TRIES)
        return 0;
    r->http = 404;
    return finish(r, why_none(r, e->status));
}

/* The first active job that was not there before is ours. */
static bool find_new(struct escl_run *r, const struct escl_status *s)
{
    for (size_t i = 0; i < s->jobs; i++) {
        const struct escl_job_info *j = &s->job[i];
        uint64_t h = hash(j->uri);
        bool old = false;
        for (size_t k = 0; k < r->known; k++)
            old = old || r->job[k] == h;
        if (!old && j->state == ESCL_JOB_ACTIVE &&
            escl_uri_resolve("/eSCL/ScanJobs", j->uri, r->path) == 0)
            return true;
    }
    return false;
}

/* The place that the scanner named is none, and its status names another. */
static bool misled(struct escl_run *r, const struct escl_status *s)
{
    return r->path[0] && r->pages == 0 && r->http == 404 && !job_of(r, s) &&
           find_new(r, s);
}

static unsigned on_why(struct escl_run *r, const struct escl_event *e,
                       int64_t now)
{
    if (e->what == ESCL_EV_STATUS) {
        if (misled(r, e->status))
            return fetch(r, now);
        if (r->tries < early_max(r, e->status))
            return fetch_later(r, now, EARLY_MS);
        return finish(r, why_none(r, e->status));
    }
    if (e->what != ESCL_EV_NO_STATUS)
        return 0;
    if (again(r, e))
        return ESCL_ACT_STATUS;
    if (e->http == 0 && r->pages == 0)
        return finish(r, reason_of(e->error, false));
    return finish(r, why_none(r, NULL));
}

/* The scanner made the job and did not say where, or not so that it can be
 * found: its status names it. */
static unsigned on_adopt(struct escl_run *r, const struct escl_event *e,
                         int64_t now)
{
    if (e->what == ESCL_EV_NO_STATUS)
        return again(r, e) ? (unsigned)ESCL_ACT_STATUS
                           : finish(r, ESCL_GARBLED);
    if (e->what != ESCL_EV_STATUS)
        return 0;
    bool found = find_new(r, e->status);
    return found && !r->doomed ? fetch(r, now) : finish(r, ESCL_GARBLED);
}

static unsigned on_seek(struct escl_run *r, const struct escl_event *e)
{
    if (e->what == ESCL_EV_NO_STATUS)
        return again(r, e) ? (unsigned)ESCL_ACT_STATUS : finish(r, r->reason);
    if (e->what != ESCL_EV_STATUS)
        return 0;
    (void)find_new(r, e->status);
    return finish(r, r->reason);
}

static unsigned on_cancel(struct escl_run *r)
{
    switch (r->state) {
    case RUN_IDLE:
    case RUN_SEEK:
    case RUN_CLEAN:
        return 0;
    case RUN_CREATE:
    case RUN_ADOPT:
        r->doomed = true;
        return end(r, ESCL_CANCELLED);
    case RUN_FETCH:
        return abandon(r, ESCL_CANCELLED);
    default:
        return finish(r, ESCL_CANCELLED);
    }
}

static unsigned on_gone(struct escl_run *r)
{
    unsigned acts = r->state == RUN_FETCH ? ESCL_ACT_ABANDON : 0U;
    if (r->state == RUN_IDLE)
        return 0;
    r->path[0] = '\0';
    return acts | finish(r, ESCL_GONE);
}

unsigned escl_run_begin(struct escl_run *r, const struct escl_job *job,
                        unsigned quirks, bool watched, int64_t now_ms)
{
    *r = (struct escl_run){
        .state = RUN_CHECK,
        .source = job->source,
        .or_platen = job->or_platen,
        .feeder = job->source,
        .most = job->pages,
        .quirks = quirks,
        .watched = watched,
        .ceiling = job->source == ESCL_PLATEN ? 1U : job->pages,
        .since_ms = now_ms,
    };
    return ESCL_ACT_STATUS;
}

unsigned escl_run_event(struct escl_run *r, const struct escl_event *e,
                        int64_t now_ms)
{
    if (e->what == ESCL_EV_CANCEL)
        return on_cancel(r);
    if (e->what == ESCL_EV_GONE)
        return on_gone(r);
    switch (r->state) {
    case RUN_CHECK:
        return on_check(r, e);
    case RUN_CREATE:
        return on_create(r, e, now_ms);
    case RUN_CREATE_WAIT:
        if (e->what != ESCL_EV_TIME)
            return 0;
        r->state = RUN_CHECK;
        r->timer_ms = 0;
        return ESCL_ACT_STATUS;
    case RUN_FETCH:
        return on_fetch(r, e, now_ms);
    case RUN_FETCH_WAIT:
        return on_fetch_wait(r, e, now_ms);
    case RUN_WHY:
        return on_why(r, e, now_ms);
    case RUN_ADOPT:
        return on_adopt(r, e, now_ms);
    case RUN_SEEK:
        return on_seek(r, e);
    case RUN_CLEAN:
        if (e->what == ESCL_EV_DELETED)
            r->state = RUN_IDLE;
        return 0;
    default:
        return 0;
    }
}

bool escl_run_idle(const struct escl_run *r)
{
    return r->state == RUN_IDLE;
}

bool escl_run_fetching(const struct escl_run *r)
{
    return r->state == RUN_FETCH;
}
