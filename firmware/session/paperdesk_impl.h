/* paperdesk_impl.h - the desk, shared by its parts.
 *
 * Room: private to paperdesk*.c. paperdesk.c has its life, the channel and the
 * view, paperdesk_do.c what the citizen does, paperdesk_scan.c what luukku-scan
 * is asked for, paperdesk_aim.c the document camera, paperdesk_page.c what
 * luukku-scan gives.
 */
#ifndef LUUKKU_SESSION_PAPERDESK_IMPL_H
#define LUUKKU_SESSION_PAPERDESK_IMPL_H

#include "papers/share.h"
#include "session/paperdesk.h"

#define PAPERDESK_CAMERA_US (15 * INT64_C(1000000)) /* for its picture */
#define PAPERDESK_AIM_US INT64_C(500000) /* from one picture to the next */
#define PAPERDESK_DPI 300
/* From here on a screen shows more than a preview has. */
#define PAPERDESK_DETAIL_ZOOM 120

enum paperdesk_task {
    PAPERDESK_SCAN,     /* new pages, or with `page` that one anew */
    PAPERDESK_CAMERA,   /* what the camera sees, as it would be taken */
    PAPERDESK_HOLD,     /* the same, to be looked at only */
    PAPERDESK_EDIT,     /* `page` by `edit` */
    PAPERDESK_DETAIL,   /* the pixels of `page` */
    PAPERDESK_DOCUMENT, /* the expert's */
};

struct paperdesk_job {
    enum paperdesk_task task;
    uint32_t id; /* luukku-scan's; 0: it has not begun */
    uint32_t page;
    uint32_t document;
    struct papers_edit edit;
    int fd;         /* what is decoded, owned; -1: the page's own, or none */
    uint32_t given; /* pages that were taken */
    uint32_t last;  /* the last one's id */
    enum papers_trouble trouble;
    bool cancelled;
};

struct paperdesk {
    struct paperdesk_output out;
    struct papers *papers;
    struct papers_share *share;
    bool begun;
    int64_t now_us;

    /* The screen. */
    enum papers_mode mode;
    uint32_t at;
    uint32_t agreed_last; /* CONSENT: pages that came later are not meant */
    uint16_t crop[4];
    enum papers_trouble said;
    uint32_t scan_page, left_out;
    uint8_t scan_percent;
    bool drop_blank;
    uint8_t source;
    uint64_t shown; /* version that the screen has */
    bool news;      /* there is none any more: to be shown */
    int64_t retry_us;
    struct papers_picture *detail;
    uint32_t detail_page; /* it is, or was asked, of; 0 */

    /* The session, as last told, and what is to be told. */
    bool up;
    bool called, glass;

    uint32_t ask_after; /* pages with a higher id may be what was asked for */
    uint32_t look_page; /* as the expert looked last */
    uint32_t held;      /* the page that is held to the camera; 0 */
    char place[FORMS_PATH_MAX];

    /* luukku-scan. */
    bool scan_up;
    struct scanmsg scanner;                       /* the last SCANMSG_SCANNER */
    struct paperdesk_job job[PAPERDESK_JOBS_MAX]; /* the first one runs */
    size_t jobs;
    uint32_t last_job;
    int64_t heard_us;  /* of the one that runs, or since when none can */
    int64_t camera_us; /* a picture is awaited until then; 0: none */

    /* AIM: what the document camera sees. */
    uint32_t aim_page;          /* that is taken anew; 0: a new one */
    int64_t aim_us;             /* when the next picture is asked for; 0: not */
    struct papers_given given;  /* the last one */
    struct papers_picture *aim; /* it, as shown; NULL: there is none */
};

/* --- paperdesk_scan.c ---------------------------------------------------- */

/* Takes over j->fd. False: too many wait; the fd is closed. */
bool paperdesk_ask(struct paperdesk *d, const struct paperdesk_job *j);
/* Begins what can begin. */
void paperdesk_pump(struct paperdesk *d);
/* Scans; page 0: new ones. */
void paperdesk_scan(struct paperdesk *d, uint32_t page);
/* Gives up what is being scanned; what it gave stays. */
void paperdesk_scan_stop(struct paperdesk *d);
/* Whether a scan is awaited. */
bool paperdesk_scans(const struct paperdesk *d);
/* The expert's document, to be read; taken back. */
void paperdesk_document(void *desk, uint32_t n, int fd);
void paperdesk_document_off(void *desk, uint32_t n);
/* The first job is over: its words, and away with it. */
void paperdesk_job_end(struct paperdesk *d, enum scanmsg_reason why);
void paperdesk_job_cancel(struct paperdesk *d, size_t i);
/* All of them are over, without a word. */
void paperdesk_jobs_wipe(struct paperdesk *d);
void paperdesk_scan_tick(struct paperdesk *d);
int64_t paperdesk_scan_next_us(const struct paperdesk *d);

/* --- paperdesk_aim.c ----------------------------------------------------- */

/* Shows what the document camera sees, again and again; page 0: for a new one.
 */
void paperdesk_aim(struct paperdesk *d, uint32_t page);
/* Takes what is shown. */
void paperdesk_aim_take(struct paperdesk *d);
/* No more of it: to the page that was to be taken anew, or the tray. */
void paperdesk_aim_stop(struct paperdesk *d);
/* Forgets it all, without a word. */
void paperdesk_aim_wipe(struct paperdesk *d);
/* What luukku-scan made of a picture; g's descriptors are taken over. Errors:
 * papers_picture_new()'s. */
int paperdesk_aim_seen(struct paperdesk *d,
                       struct papers_given *g) LK_MUST_CHECK;
/* It has ended with this one. */
void paperdesk_aim_end(struct paperdesk *d, const struct paperdesk_job *j,
                       enum papers_trouble trouble);
void paperdesk_aim_tick(struct paperdesk *d);
int64_t paperdesk_aim_next_us(const struct paperdesk *d);

/* --- paperdesk_page.c ---------------------------------------------------- */

/* What became of a page that the running job gave. */
void paperdesk_page(struct paperdesk *d, struct paperdesk_job *j,
                    const struct scanmsg *m, int *fds, size_t nfds);
/* What the citizen reads of paperdesk_renew()'s and papers_add()'s errors. */
enum papers_trouble paperdesk_trouble(int r);
/* A job ended: what the screen, the expert and the session hear of it. */
void paperdesk_tell_end(struct paperdesk *d, const struct paperdesk_job *j,
                        enum scanmsg_reason why);
/* Another content in the place of j->page, which goes with the form as it is
 * now when it did, else j->trouble says so; j->last is it then. g's descriptors
 * are taken over. Errors: papers_renew()'s; -EBUSY: the form does not let it
 * go. */
int paperdesk_renew(struct paperdesk *d, struct paperdesk_job *j,
                    struct papers_given *g) LK_MUST_CHECK;
/* Goes with the form, or not any more. 0 where it is so already. Errors: the
 * form's, noted, and nothing has changed: -ENODEV it has no place for papers.
 */
int paperdesk_attach(struct paperdesk *d, uint32_t page, bool on) LK_MUST_CHECK;
/* Whether the screen says something of a page, not of a scan. */
bool paperdesk_says_of_page(const struct paperdesk *d);

/* --- paperdesk.c --------------------------------------------------------- */

void paperdesk_show(struct paperdesk *d, enum papers_mode mode, uint32_t at);
/* The screen says this of the last scan. */
void paperdesk_say(struct paperdesk *d, enum papers_trouble trouble);
/* After everything: the mode fits the pages, the session knows. */
void paperdesk_settle(struct paperdesk *d);

#endif
