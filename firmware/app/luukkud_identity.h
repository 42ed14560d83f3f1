/* luukkud_identity.h - who the citizen is, in luukkud: desk, luukku-card,
 * luukku-fetch (logins by telephone), line and screen put together.
 *
 * Room: wiring. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_IDENTITY_H
#define LUUKKU_APP_LUUKKUD_IDENTITY_H

#include "app/luukkud_devices.h"
#include "app/luukkud_form.h"
#include "session/identdesk.h"
#include "session/line.h"
#include "store/config.h"

struct luukkud_identity;

struct luukkud_identity_config {
    struct lk_loop *loop;              /* borrowed */
    struct luukkud_devices *devices;   /* borrowed, outlives */
    const struct signal_key *key;      /* the device's; borrowed, outlives */
    struct luukkud_form *form;         /* what is signed; borrowed, outlives */
    struct line *const *line;          /* borrowed; made before it is needed */
    const struct store_config *config; /* borrowed */
    /* For the session; dies on return. */
    void (*event)(void *arg, const struct session_event *e);
    /* Something happened of itself: the session and the screen are to be
     * looked at again. */
    void (*settle)(void *arg);
    /* struct identdesk_output's; NULL: there is no document camera. */
    int (*document)(void *arg, bool on);
    void *arg;
};

/* Errors: -ENOMEM. */
int luukkud_identity_new(const struct luukkud_identity_config *config,
                         struct luukkud_identity **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. Thread: any, when the loop does not run any
 * more. */
struct luukkud_identity *luukkud_identity_free(struct luukkud_identity *i);

/* SESSION_EVENT_GRANTED and SESSION_EVENT_OVER, after the session; others are
 * passed over. */
void luukkud_identity_event(struct luukkud_identity *i,
                            const struct session_event *e);

/* SESSION_DO_IDENTITY, SESSION_DO_FINISH; no other. */
void luukkud_identity_act(struct luukkud_identity *i,
                          const struct session_action *a);

/* struct line_output's. */
void luukkud_identity_channel(struct luukkud_identity *i, bool open);
void luukkud_identity_text(struct luukkud_identity *i, const char *text,
                           size_t len);

/* identdesk.h's answer of the same name. */
void luukkud_identity_document(struct luukkud_identity *i, int how);

void luukkud_identity_tick(struct luukkud_identity *i);
int64_t luukkud_identity_next_us(const struct luukkud_identity *i);

#endif
