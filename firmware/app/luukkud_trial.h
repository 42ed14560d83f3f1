/* luukkud_trial.h - what a technician tries with camera, sound and network
 * while nobody is at the kiosk.
 *
 * Room: whether it may begin, the notice on the screen before and meanwhile,
 * its end when somebody stops it, time is up or luukku-rtc breaks, and the
 * answer. What is tried is luukku-rtc's (app/rtc_trial.h). Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_TRIAL_H
#define LUUKKU_APP_LUUKKUD_TRIAL_H

#include "app/luukkud_rtc.h"
#include "app/superlink.h"
#include "session/session.h"

struct luukkud_trial;

/* The screen says what is coming so long before it comes. */
#define LUUKKUD_TRIAL_NOTICE_US (3 * INT64_C(1000000))

/* luukku-rtc has so long beside the time that was asked for: for a call, which
 * begins with the network; for devices, which it opens. */
#define LUUKKUD_TRIAL_REST_US (20 * INT64_C(1000000))
#define LUUKKUD_TRIAL_OPEN_US (5 * INT64_C(1000000))

/* Programs that are to begin anew, but for a technician from afar, do so when
 * that one has been gone for so long. */
#define LUUKKUD_TRIAL_LATER_US (5 * INT64_C(1000000))

struct luukkud_trial_config {
    struct lk_loop *loop; /* borrowed, as all below */
    struct session *session;
    struct luukkud_rtc *rtc;
    void (*settle)(void *arg); /* what was decided is carried out */
    void *arg;
};

/* Owner: caller. Errors: -ENOMEM, -ENOSPC. */
int luukkud_trial_new(const struct luukkud_trial_config *config,
                      struct luukkud_trial **ret) LK_MUST_CHECK;

/* Without an answer. NULL is fine. Returns NULL. */
struct luukkud_trial *luukkud_trial_free(struct luukkud_trial *t);
LK_AUTO_DEFINE(luukkud_trial);

/* Who asks, and hears; borrowed. */
void luukkud_trial_attach(struct luukkud_trial *t, struct superlink *super);

/* Takes `call loopback [SECONDS] [turn]`, `camera picture [COLUMNS]`, and
 * luukku-super's own `look DEVICE ...` (rtc_look_words()); the answer comes
 * later. `stop` ends whichever it is. False: it is another command. */
bool luukkud_trial_command(struct luukkud_trial *t, uint32_t id, size_t argc,
                           const char *const *argv);

/* RTCMSG_TRIED is this one's. False: the message is another. */
bool luukkud_trial_rtc(struct luukkud_trial *t, const struct rtcmsg *m,
                       struct lk_chan_msg *raw);

/* luukku-rtc has gone. */
void luukkud_trial_rtc_gone(struct luukkud_trial *t);

/* After whatever may have changed the screen: somebody may have stopped it. */
void luukkud_trial_watch(struct luukkud_trial *t);

#endif
