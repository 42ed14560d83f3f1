/* luukkud_control.h - technicians' commands that concern the screen.
 *
 * Room: `ui ...` and luukkud's part of `status`: hands them to the screen and
 * its answers back to luukku-super. Who may is luukku-super's business.
 * Thread: the core's, but for what is said.
 */
#ifndef LUUKKU_APP_LUUKKUD_CONTROL_H
#define LUUKKU_APP_LUUKKUD_CONTROL_H

#include "app/superlink.h"
#include "kiosk/kiosk.h"

struct luukkud_control;

/* Longest time without a sign of life of the screen's thread. */
#define LUUKKUD_UI_SILENT_US (3 * INT64_C(1000000))

/* The screen's answer on its way to the core. */
struct luukkud_answer {
    uint32_t id;                  /* of the command; 0: the sign of life */
    enum kiosk_request_kind kind; /* what was asked */
    struct kiosk_reply *reply;    /* owned by whoever holds the answer */
};

/* Hands an answer to the core's mailbox; called on the main thread. */
typedef void luukkud_post_fn(void *arg, const struct luukkud_answer *answer);

/* super is borrowed and outlives it. Errors: -ENOMEM. */
int luukkud_control_new(struct superlink *super, luukkud_post_fn *post,
                        void *arg, struct luukkud_control **ret) LK_MUST_CHECK;
struct luukkud_control *luukkud_control_free(struct luukkud_control *c);

/* The screen that is asked from now on; borrowed. */
void luukkud_control_attach(struct luukkud_control *c, struct kiosk_ui *ui);

/* Carries out or refuses one command; the answer may come later. */
void luukkud_control_command(struct luukkud_control *c, uint32_t id,
                             size_t argc, const char *const *argv,
                             const struct session_view *view);

/* Tells super whether somebody is there, when that changed since last told:
 * whoever means to restart the kiosk asks for it. */
void luukkud_control_session(struct luukkud_control *c,
                             const struct session_view *view);

/* The screen has answered: passes it on and frees the reply. */
void luukkud_control_answer(struct luukkud_control *c,
                            const struct luukkud_answer *answer);

/* Whether the screen's thread showed signs of life of late; asks for one. */
bool luukkud_control_ui_alive(struct luukkud_control *c, int64_t now_us);

#endif
