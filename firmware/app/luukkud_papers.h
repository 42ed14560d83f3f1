/* luukkud_papers.h - the papers of the call in luukkud: desk, luukku-scan, form
 * and screen put together.
 *
 * Room: wiring. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_PAPERS_H
#define LUUKKU_APP_LUUKKUD_PAPERS_H

#include "app/luukkud_devices.h"
#include "app/luukkud_form.h"

struct luukkud_papers;

struct luukkud_papers_config {
    struct lk_loop *loop;            /* borrowed */
    struct luukkud_devices *devices; /* borrowed, outlives */
    struct luukkud_form *form;       /* borrowed, outlives */
    /* For the session; dies on return. */
    void (*event)(void *arg, const struct session_event *e);
    /* Something happened of itself: the session and the screen are to be
     * looked at again. */
    void (*settle)(void *arg);
    /* A picture of the document camera is wanted; luukkud_papers_picture()
     * answers. Returns 0 or -errno. NULL: nothing can take one. */
    int (*picture)(void *arg);
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

/* The document camera: whether there is one; its picture, paperdesk.h's. */
void luukkud_papers_camera(struct luukkud_papers *p, bool on);
void luukkud_papers_picture(struct luukkud_papers *p, int fd);
/* A document that is held to it; paperdesk_hold(), paperdesk_held(). */
void luukkud_papers_hold(struct luukkud_papers *p, int fd);
bool luukkud_papers_held(const struct luukkud_papers *p);

/* Every page that goes with the form; paperdesk_attached(). */
int luukkud_papers_attached(const struct luukkud_papers *p,
                            int (*fn)(void *arg,
                                      const struct paperdesk_paper *paper),
                            void *arg) LK_MUST_CHECK;

/* Hands the screen what is new, before the view that goes with it. */
void luukkud_papers_show(struct luukkud_papers *p, struct kiosk_ui *ui);

void luukkud_papers_tick(struct luukkud_papers *p);
int64_t luukkud_papers_next_us(const struct luukkud_papers *p);

#endif
