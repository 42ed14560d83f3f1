/* session_impl.h - one visit, shared by its parts.
 *
 * Room: private to session*.c. session_intent.c takes what people do,
 * session_form.c what concerns the form and looking a matter up,
 * session_papers.c papers, session_identity.c who the citizen is,
 * session_trial.c what technicians do, session_same.c compares views, session.c
 * does all else.
 */
#ifndef LUUKKU_SESSION_SESSION_IMPL_H
#define LUUKKU_SESSION_SESSION_IMPL_H

#include "session/session.h"

struct session {
    struct session_view view;
    char default_lang[SESSION_LANG_MAX];
    uint32_t default_volume;
    struct session_action action[SESSION_ACTIONS_MAX];
    size_t first;
    size_t actions;
    int64_t end_at_us;     /* when the end screen leaves by itself */
    int64_t end_by_us;     /* likewise, with a card in the reader */
    int64_t idle_us;       /* how long nobody has to touch anything */
    int64_t alive_us;      /* when somebody last touched something */
    bool voice;            /* sound comes that is speech, muted or not */
    bool headset_seen;     /* in this visit: speech was started for it */
    enum form_phase phase; /* of the call's form */
    bool beside_form; /* papers, identity: came from the form, not the call */
    char text[SESSION_ARG_MAX]; /* the turn being written */
};

/* Notices that belong to the kiosk, not to the visit: they outlive it. */
#define LASTING_NOTICES                                    \
    (SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA | \
     SESSION_NOTICE_NO_SOUND | SESSION_NOTICE_SIMULATED)

/* Copies a shown text; a longer one is cut between characters. */
void session_copy_text(char *ret, size_t cap, const char *s);

/* Puts an action into the queue, as the view is now. */
void session_do(struct session *s, enum session_action_kind kind);

/* Likewise SESSION_DO_FORM or SESSION_DO_TRACK. */
void session_do_intent(struct session *s, enum session_action_kind kind,
                       const struct session_intent *i);

/* To the end screen. */
void session_end(struct session *s, enum session_end end, int64_t now_us);

/* From now on the end screen is shown its usual time. */
void session_end_shown(struct session *s, int64_t now_us);

/* The visit is over: to the leaving screen, until all is wiped. */
void session_finish(struct session *s);

/* A visit that ends before anything was said to anybody. Returns true. */
bool session_quit(struct session *s);

/* Ends the visit from where it is, with a wipe where more than the kiosk's own
 * screens was seen. Returns true. */
bool session_leave(struct session *s);

/* A fresh visit on the start screen, with what is lasting kept. */
void session_begin(struct session *s);

/* Whether somebody who went away left something behind that the next one would
 * meet. In the queue and in a call nobody is asked: waiting is no absence. */
bool session_can_idle(const struct session *s);

/* Behind whatever a person did: a technician's remote help ends when that is
 * asked for, and when a visit begins. Returns whether the view changed. */
bool session_helper_intent(struct session *s, const struct session_intent *i);

/* Somebody touched something: a picture that was to be taken is not. Returns
 * whether the view changed. */
bool session_trial_touched(struct session *s);

/* On the screen of a trial. Returns whether the view changed. */
bool session_trial_intent(struct session *s, const struct session_intent *i);

/* Somebody is there. Returns whether the view changed. */
bool session_alive(struct session *s, int64_t now_us);

/* Whether they show the same. */
bool session_view_same(const struct session_view *a,
                       const struct session_view *b);

/* --- session_form.c ---------------------------------------------------- */

/* What of the form can be done in a call. Returns whether the view changed. */
bool session_form_intent(struct session *s, const struct session_intent *i);
void session_form_event(struct session *s, const struct session_event *e);
bool session_track_intent(struct session *s, const struct session_intent *i);
void session_track_event(struct session *s, const struct session_matter *m);

/* Where the form is looked at, as far as it has come. */
enum session_screen session_form_screen(const struct session *s);

/* --- session_papers.c -------------------------------------------------- */

bool session_papers_intent(struct session *s, const struct session_intent *i);
void session_papers_event(struct session *s, const struct session_event *e);

/* From the call or the form to a screen beside it, and back. Return true. */
bool session_beside(struct session *s, enum session_screen screen);
bool session_beside_back(struct session *s);

/* --- session_identity.c ------------------------------------------------ */

bool session_identity_intent(struct session *s, const struct session_intent *i);
void session_identity_event(struct session *s, const struct session_event *e,
                            int64_t now_us);

/* The form was sent: whether the screen stays, since somebody is being
 * identified there. */
bool session_identity_keeps(struct session *s);

#endif
