/* luukkud_papers.h - the papers of the call in luukkud: desk, luukku-scan, form
 * and screen put together.
 *
 * Room: wiring. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_PAPERS_H
#define LUUKKU_APP_LUUKKUD_PAPERS_H

#include "app/luukkud_devices.h"
#include "app/luukkud_form.h"
#include "app/luukkud_identity.h"
#include "app/luukkud_rtc.h"

struct luukkud_papers;

struct luukkud_papers_config {
    struct lk_loop *loop;               /* borrowed */
    struct luukkud_devices *devices;    /* borrowed, outlives */
    struct luukkud_form *form;          /* borrowed, outlives */
    struct luukkud_rtc *rtc;            /* likewise; has the document camera */
    struct luukkud_identity **identity; /* likewise, made later: hears of what
                                           is held to the camera */
    /* For the session; dies on return. */
    void (*event)(void *arg, const struct session_event *e);
    /* Something happened of itself: the session and the screen are to be
     * looked at again. */
    void (*settle)(void *arg);
    void *arg;
};

/* Errors: -ENOMEM. */
int luukkud_papers_new(const struct luukkud_papers_config *config,
                       struct luukkud_papers **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. Thread: any, when the loop does not run any
 * more. */
struct luukkud_papers *luukkud_papers_free(struct luukkud_papers *p);

/* The lane of a line; struct line_output's. */
bool luukkud_papers_poll(struct luukkud_papers *p, const void **ret,
                         size_t *len);
void luukkud_papers_channel(struct luukkud_papers *p, bool open);
void luukkud_papers_data(struct luukkud_papers *p, const void *bytes,
                         size_t len);

/* A call was granted; after luukkud_form_begin(). */
void luukkud_papers_begin(struct luukkud_papers *p);

/* SESSION_DO_PAPERS, SESSION_DO_FINISH; no other. */
void luukkud_papers_act(struct luukkud_papers *p,
                        const struct session_action *a);

/* A message of luukku-rtc's about the document camera. False: it is about
 * something else. */
bool luukkud_papers_rtc(struct luukkud_papers *p, const struct rtcmsg *m,
                        struct lk_chan_msg *raw);
/* luukku-rtc has gone, and the camera with it. */
void luukkud_papers_rtc_gone(struct luukkud_papers *p);
/* A document is held to the camera, for the expert to look at:
 * luukkud_identity_document() answers, later; or, `on` false, is taken away.
 * Errors: -ENODEV there is none, -EBUSY it takes another picture, -EPIPE. */
int luukkud_papers_document(struct luukkud_papers *p, bool on) LK_MUST_CHECK;

/* Every page that goes with the form; paperdesk_attached(). */
int luukkud_papers_attached(const struct luukkud_papers *p,
                            int (*fn)(void *arg,
                                      const struct paperdesk_paper *paper),
                            void *arg) LK_MUST_CHECK;

/* Whether the papers are on the screen: the document camera films for nobody
 * else. */
void luukkud_papers_screen(struct luukkud_papers *p, bool on);

/* Hands the screen what is new, before the view that goes with it. */
void luukkud_papers_show(struct luukkud_papers *p, struct kiosk_ui *ui);

void luukkud_papers_tick(struct luukkud_papers *p);
int64_t luukkud_papers_next_us(const struct luukkud_papers *p);

#endif
