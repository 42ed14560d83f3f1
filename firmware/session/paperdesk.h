/* paperdesk.h - the papers of the call that is on.
 *
 * Room: between the session (what the citizen did), the channel `paper` (what
 * the expert's page says), luukku-scan and the screen. It owns the pages from
 * the grant to the end of the visit: they outlive luukku-rtc, luukku-scan, the
 * page, and every connection. No I/O: what follows leaves through callbacks.
 * One thread.
 * Not here: the pages' own rules (papers/papers.h, papers/share.h).
 */
#ifndef LUUKKU_SESSION_PAPERDESK_H
#define LUUKKU_SESSION_PAPERDESK_H

#include "ipc/scanmsg.h"
#include "papers/view.h"
#include "session/session.h"

struct paperdesk;

#define PAPERDESK_JOBS_MAX 16 /* that wait for luukku-scan */
/* luukku-scan says nothing for so long: its job is cancelled, and given up that
 * much later. */
#define PAPERDESK_SILENT_US (120 * INT64_C(1000000))
#define PAPERDESK_CANCEL_US (10 * INT64_C(1000000))
/* It does not run for so long: what waits for it is given up. */
#define PAPERDESK_DOWN_US (30 * INT64_C(1000000))

/* A page that goes with the form; all borrowed during the call. */
struct paperdesk_paper {
    const char *path; /* of the form's field */
    const char *name; /* "sivu-3.jpg" */
    uint8_t sha256[32];
    const void *data; /* JPEG */
    size_t len;
    int fd; /* the same, sealed; -1 where there is no data */
};

/* What leaves. Called from inside the functions below; must not call back into
 * the desk. */
struct paperdesk_output {
    /* SESSION_EVENT_PAPERS, SESSION_EVENT_PAPERS_LEFT */
    void (*event)(void *arg, const struct session_event *e);
    /* To luukku-scan; fd is borrowed, -1: none. Returns 0, or -errno: it does
     * not run, or its channel is full. */
    int (*scan)(void *arg, const struct scanmsg *m, int fd);
    /* A picture of the document camera is wanted: paperdesk_camera_gave()
     * answers, later. Returns 0 or -errno. NULL: there is none. */
    int (*camera)(void *arg);
    /* A page goes with the form, or (`on` false) not any more; then only path,
     * name and sha256 count. Returns 0 or -errno: the form does not take it. */
    int (*attach)(void *arg, const struct paperdesk_paper *paper, bool on);
    /* The service's own words for a kind of paper, in the citizen's language,
     * borrowed until the next call; NULL: it has none. NULL as a whole: no
     * service has any. */
    const char *(*kind)(void *arg, const char *kind);
    /* Something failed: for the log, nothing personal. */
    void (*note)(void *arg, const char *what, const char *why);
    void *arg;
};

/* `out` is copied. Owner: caller. Errors: -ENOMEM. */
int paperdesk_new(const struct paperdesk_output *out,
                  struct paperdesk **ret) LK_MUST_CHECK;
/* Wipes and frees. NULL is fine. Returns NULL. */
struct paperdesk *paperdesk_free(struct paperdesk *d);
LK_AUTO_DEFINE(paperdesk);

/* A call was granted: papers may be scanned. Whatever was there is wiped. */
void paperdesk_begin(struct paperdesk *d, int64_t now_us);
/* The visit is over: nothing of the papers is kept. */
void paperdesk_wipe(struct paperdesk *d);

/* The form's field for papers, copied; "": it has none, or takes none now. */
void paperdesk_set_place(struct paperdesk *d, const char *path);
/* Whether there is a document camera. */
void paperdesk_set_camera(struct paperdesk *d, bool on);

/* SESSION_DO_PAPERS. */
void paperdesk_intent(struct paperdesk *d, const struct session_intent *i,
                      int64_t now_us);

/* The channel; struct line_output's. */
void paperdesk_channel(struct paperdesk *d, bool open, int64_t now_us);
void paperdesk_receive(struct paperdesk *d, const void *bytes, size_t len,
                       int64_t now_us);
bool paperdesk_poll(struct paperdesk *d, int64_t now_us, const void **ret,
                    size_t *ret_len);

/* There is a channel to luukku-scan. */
void paperdesk_scan_up(struct paperdesk *d, int64_t now_us);
/* From luukku-scan, checked by scanmsg_decode(). Descriptors that are taken
 * become -1 in `fds`; the others stay the caller's. */
void paperdesk_scanned(struct paperdesk *d, const struct scanmsg *m, int *fds,
                       size_t nfds, int64_t now_us);
/* Its channel has gone: its job ended with SCANMSG_CRASHED. */
void paperdesk_scan_gone(struct paperdesk *d, int64_t now_us);

/* The document camera's picture: a sealed memfd (JPEG, or a page of ours),
 * given away; -1: it could not be had. */
void paperdesk_camera_gave(struct paperdesk *d, int fd, int64_t now_us);

/* The papers are not on the screen any more: the camera is not needed. */
void paperdesk_unaim(struct paperdesk *d, int64_t now_us);

/* A document that is held to the camera, for the expert to look at: shared at
 * once, with `keep` false, never attached. As above; -1: it is taken away. The
 * citizen has agreed to that elsewhere. */
void paperdesk_hold(struct paperdesk *d, int fd, int64_t now_us);
/* Whether the expert has such a page before the eyes. */
bool paperdesk_held(const struct paperdesk *d);
/* Whether it is still being read. */
bool paperdesk_holding(const struct paperdesk *d);

/* All pages that go with the form, in their order: `fn` is called with each;
 * stops at the first that is not 0, and returns it; or -errno, mmap(2)'s. */
int paperdesk_attached(const struct paperdesk *d,
                       int (*fn)(void *arg, const struct paperdesk_paper *p),
                       void *arg) LK_MUST_CHECK;

void paperdesk_tick(struct paperdesk *d, int64_t now_us);
int64_t paperdesk_next_us(const struct paperdesk *d); /* INT64_MAX: never */

/* Whether the screen is to show something else than it was given last; then
 * *ret is that (owner: caller), or NULL: there are no papers any more. */
bool paperdesk_take_view(struct paperdesk *d, struct papers_view **ret);

#endif
