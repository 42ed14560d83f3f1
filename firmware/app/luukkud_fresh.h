/* luukkud_fresh.h - the screen of a kiosk that is not in use yet.
 *
 * Room: no session, no agency, no key: a thread that answers luukku-super, and
 * one screen with the kiosk's request. The screen itself is the main thread's.
 */
#ifndef LUUKKU_APP_LUUKKUD_FRESH_H
#define LUUKKU_APP_LUUKKUD_FRESH_H

#include "kiosk/kiosk.h"

struct luukkud_fresh;

/* Makes it. request: "NAME\n" and PEM, as inherit.h has it; fd: the channel to
 * luukku-super, taken over also when it fails.
 * Errors: -EBADMSG the request, -ENOMEM, superlink_new()'s. Thread: main. */
int luukkud_fresh_new(const char *request, int fd,
                      struct luukkud_fresh **ret) LK_MUST_CHECK;

/* kiosk_config.intent with this as `arg`: another language, help.
 * Thread: main. */
void luukkud_fresh_intent(void *arg, const struct session_intent *intent);

/* Starts the thread, which says that the program is ready.
 * Errors: pthread_create(3)'s. Thread: main, after confinement. */
int luukkud_fresh_start(struct luukkud_fresh *f, struct kiosk_ui *ui,
                        const char *walls) LK_MUST_CHECK;

/* Stops the thread. Thread: main, after kiosk_ui_run(). */
void luukkud_fresh_stop(struct luukkud_fresh *f);

/* NULL is fine. Returns NULL. Thread: main, stopped. */
struct luukkud_fresh *luukkud_fresh_free(struct luukkud_fresh *f);

#endif
