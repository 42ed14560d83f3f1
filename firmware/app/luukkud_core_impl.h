/* luukkud_core_impl.h - what the files of luukkud's core thread share.
 *
 * Room: luukkud_core.c what follows from the session's decisions, and life;
 * _rooms.c the line, luukku-rtc and the rooms around the session; _super.c
 * luukku-super; _post.c what other threads tell. Thread: the core's, where
 * nothing else is said.
 */
#ifndef LUUKKU_APP_LUUKKUD_CORE_IMPL_H
#define LUUKKU_APP_LUUKKUD_CORE_IMPL_H

#include "app/luukkud_control.h"
#include "app/luukkud_core.h"
#include "app/luukkud_devices.h"
#include "app/luukkud_form.h"
#include "app/luukkud_health.h"
#include "app/luukkud_help.h"
#include "app/luukkud_identity.h"
#include "app/luukkud_papers.h"
#include "app/luukkud_post.h"
#include "app/luukkud_rtc.h"
#include "app/luukkud_trial.h"
#include "app/superlink.h"
#include "loop/mailbox.h"
#include "session/line.h"

#include <pthread.h>

struct luukkud_core {
    struct lk_loop *loop;
    struct superlink *super;
    struct luukkud_rtc *rtc;
    struct session *session;
    struct line *line;
    struct luukkud_form *form;
    struct luukkud_papers *papers;
    struct luukkud_identity *identity;
    struct luukkud_health *health;
    struct luukkud_trial *trial;
    struct luukkud_help *help;
    struct lk_mailbox *box;
    struct lk_timer *timer;
    struct kiosk_ui *ui;
    struct luukkud_control *control;
    struct luukkud_post *post;
    struct luukkud_devices *devices;
    const char *walls;
    pthread_t thread;
    uint64_t shown;       /* version of the view that the screen has */
    int64_t finish_by_us; /* the visit is over: end the programs by then; 0 */
    bool started;
};

/* Now, by both clocks. */
struct signal_time luukkud_core_time(const struct luukkud_core *c);

/* After every input: carries out what was decided, shows what changed, and
 * sets the timer. `arg` is the struct luukkud_core. */
void luukkud_core_settle(void *arg);

/* The screen's answer to a technician, for luukkud_control_new(); `arg` is the
 * struct luukkud_core. Thread: main. */
void luukkud_core_answer(void *arg, const struct luukkud_answer *answer);

/* Ends the loop of the core's thread, once that has come to it.
 * Thread: main. */
void luukkud_core_end(struct luukkud_core *c);

/* Each makes its part of `c`. Errors: those of the rooms. fd: taken over. */
int luukkud_core_make_box(struct luukkud_core *c) LK_MUST_CHECK;
int luukkud_core_make_rooms(struct luukkud_core *c,
                            const struct luukkud_core_config *config)
    LK_MUST_CHECK;
int luukkud_core_make_super(struct luukkud_core *c, int fd) LK_MUST_CHECK;

#endif
