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

/* Whoever has the papers, and whoever asks for the citizen's signature. */
struct luukkud_form_papers {
    /* paperdesk_attached() */
    int (*attached)(void *arg,
                    int (*fn)(void *arg, const struct paperdesk_paper *paper),
                    void *fn_arg);
    void *arg;
};
struct luukkud_form_signing {
    /* identdesk_prepared() and identdesk_signed(); never called from inside the
     * functions below. */
    void (*prepared)(void *arg, uint32_t id, const uint8_t *hash);
    void (*signed_)(void *arg, uint32_t id, int how);
    void *arg;
};
/* Copied; until they are set there are no papers, and nothing is signed. */
void luukkud_form_set_papers(struct luukkud_form *f,
                             const struct luukkud_form_papers *papers);
void luukkud_form_set_signing(struct luukkud_form *f,
                              const struct luukkud_form_signing *signing);

/* struct identdesk_output's `prepare` and `signature`. The citizen reads the
 * form through (FORM_REVIEW), and wishes to sign it with a card: the form is
 * FORM_SEALING until the package with both signatures is there (FORM_SENT), or
 * it was given up (FORM_REVIEW again, nothing was sent). There is no time
 * limit here. prepared() and signed_() answer, the latter when the package is
 * what the form sends.
 * Errors: formdesk_sign()'s; luukkud_seal_finish()'s, -ENOENT it is not what
 * was prepared. Giving up never fails. */
int luukkud_form_prepare(struct luukkud_form *f,
                         const struct identdesk_signer *s) LK_MUST_CHECK;
int luukkud_form_signature(struct luukkud_form *f,
                           const struct identdesk_signature *s) LK_MUST_CHECK;

/* Where papers go, and one that goes there; formdesk_place() and
 * formdesk_attach(). */
const char *luukkud_form_place(const struct luukkud_form *f);
/* The service's words for a kind of paper; formdesk_paper(). */
const char *luukkud_form_paper(const struct luukkud_form *f, const char *kind);
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
