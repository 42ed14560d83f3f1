/* session_impl.h - one visit, shared by its parts.
 *
 * Room: private to session*.c. session_intent.c takes what people do,
 * session.c all else.
 */
#ifndef LUUKKU_SESSION_SESSION_IMPL_H
#define LUUKKU_SESSION_SESSION_IMPL_H

#include "session/session.h"

struct session {
    struct session_view view;
    char default_lang[SESSION_LANG_MAX];
    struct session_action action[SESSION_ACTIONS_MAX];
    size_t first;
    size_t actions;
    int64_t end_at_us;          /* when the end screen leaves by itself */
    int64_t idle_us;            /* how long nobody has to touch anything */
    int64_t alive_us;           /* when somebody last touched something */
    bool voice;                 /* sound comes that is speech, muted or not */
    bool headset_seen;          /* in this visit: speech was started for it */
    char text[SESSION_ARG_MAX]; /* the turn being written */
};

/* Notices that belong to the kiosk, not to the visit: they outlive it. */
#define LASTING_NOTICES                                    \
    (SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA | \
     SESSION_NOTICE_NO_SOUND | SESSION_NOTICE_SIMULATED)

bool session_lang_known(const char *code);

/* Copies a shown text; a longer one is cut between characters. */
void session_copy_text(char *ret, size_t cap, const char *s);

/* Puts an action into the queue, as the view is now. */
void session_do(struct session *s, enum session_action_kind kind);

/* To the end screen. */
void session_end(struct session *s, enum session_end end, int64_t now_us);

/* The visit is over: to the leaving screen, until all is wiped. */
void session_finish(struct session *s);

/* A visit that ends before anything was said to anybody. Returns true. */
bool session_quit(struct session *s);

/* Somebody is there. Returns whether the view changed. */
bool session_alive(struct session *s, int64_t now_us);

#endif
