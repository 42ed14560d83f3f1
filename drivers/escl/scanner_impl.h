/* scanner_impl.h - inside of the scanner: scanner.c, scanner_ask.c,
 * scanner_job.c. */
#ifndef LUUKKU_ESCL_SCANNER_IMPL_H
#define LUUKKU_ESCL_SCANNER_IMPL_H

#include "escl/link.h"
#include "escl/quirks.h"
#include "escl/run.h"
#include "escl/scanner.h"
#include "escl/settings.h"

#define ESCL_TAIL                                              \
    4096 /* last bytes of a page, where its end mark is sought \
          */

enum escl_phase { ESCL_OPENING, ESCL_OPEN, ESCL_BROKEN };

/* A page under way. */
struct escl_page {
    unsigned number; /* from 1 */
    unsigned http;
    int32_t retry_after_s;
    uint64_t got, all;
    int64_t told_us; /* last progress() */
    bool begun;      /* page_begin() was called */
    enum escl_format format;
    size_t first_len; /* bytes kept until they settle the format */
    uint8_t first[8];
    size_t tail_len;
    uint8_t tail[ESCL_TAIL];
};

struct escl_scanner {
    struct lk_loop *loop;
    struct usb_device *device; /* NULL: TCP */
    struct escl_dialer dialer;
    char host[ESCL_HOST_MAX];
    char root[ESCL_HOST_MAX]; /* "/eSCL" */
    const struct escl_events *events;
    void *arg;
    struct escl_link *page;  /* jobs and their pages */
    struct escl_link *watch; /* status; NULL: on `page` */
    unsigned quirks;
    enum escl_phase phase;
    struct lk_timer *poll_timer; /* next status, or next try to open */
    struct lk_timer *run_timer;  /* the job's, or job_end() that waits */
    int64_t open_by_us;
    struct escl_ability ability;
    struct escl_state state; /* as it was told */
    bool state_told;

    /* One document at a time. */
    struct lk_buf *doc;
    bool asking;   /* capabilities or status */
    bool ask_anew; /* the job wants a status that is younger than the question
                      under way */
    unsigned doc_http;
    struct escl_link *asked;
    bool moved; /* the capabilities were */
    struct escl_status status;

    /* One job. */
    struct escl_run run;
    bool job; /* start()ed and job_end() not called */
    bool end_due;
    bool next; /* a job waits until the last one is cleaned up */
    struct escl_job next_job;
    struct escl_settings settings;
    struct lk_buf *settings_xml;
    struct lk_buf *platen_xml; /* with next_job.or_platen: instead */
    struct escl_page at;
    char location[ESCL_PATH_MAX];
    bool paused;
    bool fetch_due;
    unsigned calls; /* of callbacks on the stack */
    bool dead;      /* freed inside one of them */
};

/* --- scanner.c --- */

/* Around every callback: between them `s` stays in memory. leave() says whether
 * it was freed; then it is gone. */
void escl_scanner_enter(struct escl_scanner *s);
bool escl_scanner_leave(struct escl_scanner *s) LK_MUST_CHECK;

/* Nothing works any more: told, once. `s` may be gone afterwards. */
void escl_scanner_break(struct escl_scanner *s, enum escl_reason why);

/* --- scanner_ask.c --- */

/* Begins with the capabilities. */
void escl_scanner_open(struct escl_scanner *s);
/* Asks for the status unless that is being done. 0, or -errno: it cannot. */
int escl_scanner_ask_status(struct escl_scanner *s) LK_MUST_CHECK;
/* The poll timer. */
void escl_scanner_poll(void *arg, int64_t now_us);

/* --- scanner_job.c --- */

/* Something happened to the job; does what has to be done, tells what has to be
 * told. `s` may be gone afterwards. */
void escl_scanner_happened(struct escl_scanner *s, const struct escl_event *e);
/* The same from inside a call: job_end() is told later. */
void escl_scanner_happened_later(struct escl_scanner *s,
                                 const struct escl_event *e);
/* Tells that the job is over. */
void escl_scanner_tell_end(struct escl_scanner *s);
/* Begins s->next_job. */
void escl_scanner_begin(struct escl_scanner *s);
/* The run timer. */
void escl_scanner_run(void *arg, int64_t now_us);
/* resume() */
void escl_scanner_go_on(struct escl_scanner *s);

#endif
