/* run.h - the course of one job, as a pure machine.
 *
 * Room: what to do next after everything that happens: look at the status, make
 * the job, fetch a page, wait, delete the job, end it with a reason. Not here:
 * connections, clocks, bytes. Events may come in any order; none is undefined.
 * Spec: Mopria eSCL Technical Specification 2.97, 5 (the sequence of a scan),
 * and what scanners make of it (quirks.h). Thread: any.
 */
#ifndef LUUKKU_ESCL_RUN_H
#define LUUKKU_ESCL_RUN_H

#include "escl/scanner.h"
#include "escl/status.h"

enum escl_happening {
    ESCL_EV_STATUS,        /* `status` */
    ESCL_EV_NO_STATUS,     /* `error`, or `http` where it answered so */
    ESCL_EV_CREATED,       /* `path` of the job; NULL: it did not say */
    ESCL_EV_REFUSED,       /* the job: `http`, `retry_after_s` */
    ESCL_EV_CREATE_FAILED, /* `error` */
    ESCL_EV_PAGE,          /* a page's answer begins */
    ESCL_EV_BYTES,         /* bytes of it came */
    ESCL_EV_PAGE_END,      /* it is whole */
    ESCL_EV_NO_PAGE,       /* `http`, `retry_after_s` */
    ESCL_EV_PAGE_FAILED,   /* `error` */
    ESCL_EV_DELETED,       /* the delete is over, however */
    ESCL_EV_HELD, /* we ask for nothing just now: no time of the page runs */
    ESCL_EV_CANCEL,
    ESCL_EV_GONE, /* the device is */
    ESCL_EV_TIME, /* the moment that was asked for */
};

struct escl_event {
    enum escl_happening what;
    const struct escl_status *status;
    const char *path;
    unsigned http;         /* an answer's status; 0: there was none */
    int32_t retry_after_s; /* -1: not said */
    int error;             /* -errno */
};

/* What to do; several at once, in this order. */
enum escl_act {
    ESCL_ACT_ABANDON = 1, /* the page's transfer is given up */
    ESCL_ACT_END = 2,     /* tell that the job is over, `reason`, `pages` */
    ESCL_ACT_STATUS = 4,  /* look at the status, on whichever connection */
    ESCL_ACT_CREATE = 8,
    ESCL_ACT_FETCH = 16,  /* the next page, from `path` + "/NextDocument" */
    ESCL_ACT_DELETE = 32, /* `path` */
};

struct escl_run {
    unsigned state;
    enum escl_source source; /* once ACT_CREATE was given */
    bool or_platen;          /* the job's */
    enum escl_source feeder; /* likewise: its source */
    unsigned most;           /* likewise: its pages */
    unsigned quirks;         /* escl_quirks of the scanner */
    bool watched;            /* the status can be asked for during a page */
    unsigned ceiling;
    unsigned pages;          /* whole ones */
    enum escl_reason reason; /* once ACT_END was given */
    int64_t timer_ms;        /* when EV_TIME is wanted; 0: not */
    char path[ESCL_PATH_MAX];

    int64_t since_ms; /* begin of what is waited for */
    int64_t quiet_ms; /* last sign of the page */
    unsigned tries;
    unsigned strikes; /* looks at the status that did not speak for it */
    unsigned http;    /* why there was no page */
    bool began;       /* the page */
    bool loaded;      /* paper was seen in the feeder before */
    bool ended;
    bool doomed; /* cancelled while the job was being made */
    size_t known;
    uint64_t job[ESCL_JOBS_MAX]; /* that were there before, as hashes */
};

/* Begins; r->state tells nothing to others. Returns what to do first. */
unsigned escl_run_begin(struct escl_run *r, const struct escl_job *job,
                        unsigned quirks, bool watched, int64_t now_ms);

/* Something happened. Returns what to do now: bits of escl_act. */
unsigned escl_run_event(struct escl_run *r, const struct escl_event *e,
                        int64_t now_ms);

/* Whether nothing is left to do: the next job may begin. */
bool escl_run_idle(const struct escl_run *r);

/* Whether a page is being waited for or comes in. */
bool escl_run_fetching(const struct escl_run *r);

#endif
