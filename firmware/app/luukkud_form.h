/* luukkud_form.h - the form of the call in luukkud: desk, seal and screen put
 * together, and matters looked up by their code.
 *
 * Room: wiring. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_FORM_H
#define LUUKKU_APP_LUUKKUD_FORM_H

#include "app/luukkud_post.h"
#include "app/luukkud_seal.h"
#include "kiosk/kiosk.h"
#include "session/paperdesk.h"
#include "session/session.h"

struct luukkud_form;

struct luukkud_form_config {
    struct lk_loop *loop;       /* borrowed */
    const char *kiosk;          /* its name; copied */
    const struct seal_key *key; /* the device's; borrowed, outlives */
    struct luukkud_post *post;  /* borrowed, outlives */
    /* For the session; dies on return. */
    void (*event)(void *arg, const struct session_event *e);
    /* Something happened of itself: the session and the screen are to be
     * looked at again. */
    void (*settle)(void *arg);
    void *arg;
};

/* Errors: -ENOMEM and those of the rooms it wires. */
int luukkud_form_new(const struct luukkud_form_config *config,
                     struct luukkud_form **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. Thread: any, when the loop does not run any
 * more. */
struct luukkud_form *luukkud_form_free(struct luukkud_form *f);

/* The channel of a line; struct line_output's. */
bool luukkud_form_poll(struct luukkud_form *f, const void **ret, size_t *len);
void luukkud_form_channel(struct luukkud_form *f, bool open);
void luukkud_form_data(struct luukkud_form *f, const void *bytes, size_t len);

/* A call was granted for the card in the view. */
void luukkud_form_begin(struct luukkud_form *f, const struct session_view *v,
                        const struct session_event *granted);

/* Where papers go, and one that goes there; formdesk_place() and
 * formdesk_attach(). */
const char *luukkud_form_place(const struct luukkud_form *f);
int luukkud_form_attach(struct luukkud_form *f,
                        const struct paperdesk_paper *paper,
                        bool on) LK_MUST_CHECK;

/* SESSION_DO_FORM, SESSION_DO_TRACK, SESSION_DO_FINISH, SESSION_DO_IDENTITY
 * with SESSION_INTENT_ROLE; no other. */
void luukkud_form_act(struct luukkud_form *f, const struct session_action *a);

/* Hands the screen what is new, before the view that goes with it. */
void luukkud_form_show(struct luukkud_form *f, struct kiosk_ui *ui);

void luukkud_form_tick(struct luukkud_form *f);
int64_t luukkud_form_next_us(const struct luukkud_form *f);

#endif
