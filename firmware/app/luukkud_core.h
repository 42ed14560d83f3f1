/* luukkud_core.h - the thread that owns the visit: session, call signalling,
 * and the channels to luukku-super and luukku-rtc.
 *
 * Room: wiring of luukkud. The screen runs on the main thread and meets this
 * one through kiosk.h's posts and a mailbox; no lock is shared.
 */
#ifndef LUUKKU_APP_LUUKKUD_CORE_H
#define LUUKKU_APP_LUUKKUD_CORE_H

#include "kiosk/kiosk.h"
#include "seal/seal.h"
#include "session/session.h"
#include "signal/call.h"
#include "store/config.h"

struct luukkud_core;

struct luukkud_core_config {
    const struct store_config *config; /* borrowed, outlives */
    const struct signal_key *key;      /* the device's; borrowed, outlives */
    const struct signal_trust *trust;  /* borrowed, outlives */
    const struct signal_trust *help;   /* who certifies technicians; borrowed,
                                          NULL: remote help is off */
    const struct seal_key *seal;       /* the device's; borrowed, outlives */
    struct lk_buf *const *post;        /* struct luukkud_post_config's cert */
    int64_t idle_us;                   /* struct session_config's */
    int super_fd;                      /* taken over */
};

/* Makes the core. Errors: -ENOMEM and those of the rooms it wires.
 * Thread: main. */
int luukkud_core_new(const struct luukkud_core_config *config,
                     struct luukkud_core **ret) LK_MUST_CHECK;

/* An intent of the citizen: kiosk_config.intent with the core as `arg`.
 * Thread: main. */
void luukkud_core_intent(void *core, const struct session_intent *intent);

/* Something to be spoken: kiosk_config.speak with the core as `arg`.
 * Thread: main. */
void luukkud_core_speak(void *core, const struct kiosk_utterance *u);

/* Starts the core's thread, which says that the program is ready. From now on
 * the core posts to `ui`.
 *
 * walls   struct confine_report's text
 * Errors  pthread_create(3)'s
 * Thread  main, after confinement
 */
int luukkud_core_start(struct luukkud_core *c, struct kiosk_ui *ui,
                       const char *walls) LK_MUST_CHECK;

/* Stops the thread and waits for it. Thread: main, after kiosk_ui_run(). */
void luukkud_core_stop(struct luukkud_core *c);

/* NULL is fine. Returns NULL. Thread: main, stopped. */
struct luukkud_core *luukkud_core_free(struct luukkud_core *c);

#endif
