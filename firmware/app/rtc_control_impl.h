/* rtc_control_impl.h - what the files of luukku-rtc's main thread share.
 *
 * Room: rtc_control.c media and life; _luukkud.c luukkud's channel and who
 * speaks; _post.c the transport thread's reports; _super.c luukku-super's
 * orders. Thread: main, where nothing else is said.
 */
#ifndef LUUKKU_APP_RTC_CONTROL_IMPL_H
#define LUUKKU_APP_RTC_CONTROL_IMPL_H

#include "app/rtc_broker.h"
#include "app/rtc_cameras.h"
#include "app/rtc_control.h"
#include "app/rtc_names.h"
#include "app/rtc_quality.h"
#include "app/rtc_speech.h"
#include "app/rtc_transport.h"
#include "app/rtc_trial.h"
#include "app/rtc_voice.h"
#include "app/superlink.h"
#include "ipc/chan.h"
#include "loop/mailbox.h"

#define RTC_CONTROL_START_BPS 1200000

struct rtc_control {
    struct lk_loop *loop;
    struct superlink *super;
    struct lk_chan *luukkud;
    struct lk_mailbox *box;
    struct media *media;
    struct rtc_transport *transport;
    struct rtc_cameras *cameras;
    struct rtc_stills *stills;
    uint32_t stills_id; /* luukku-super's number of what was given */
    struct rtc_names *names;
    struct rtc_speech *speech;
    struct rtc_trial *trial;
    struct rtc_broker *broker;
    uint32_t call;         /* number of the newest connection */
    struct lk_timer *look; /* runs while that one is connected */
    struct rtc_voice voice;
    struct rtc_quality quality;
    bool last_sample;        /* asked for, then the figures are told */
    struct lk_timer *sample; /* runs while a call is under way */
};

/* Logs what failed; 0 and more are fine. Thread: any. */
void rtc_control_note(const char *what, int r);

/* Something of a data channel did not reach luukkud, which had no room: of a
 * channel where nothing may be missing this is the end. Thread: any. */
void rtc_control_lost(struct rtc_control *c, const struct rtcmsg *m);

/* Sends luukkud a message; `arg` is the struct rtc_control. */
void rtc_control_tell(void *arg, const struct rtcmsg *m);
/* Likewise with a descriptor, which is taken over. */
void rtc_control_tell_picture(void *arg, const struct rtcmsg *m, int fd);
void rtc_control_tell_devices(struct rtc_control *c);
void rtc_control_tell_document(struct rtc_control *c);

/* For struct rtc_broker_config: passed on to luukku-super. */
void rtc_control_renewed(void *arg, const char *text);

/* For the timer that looks who speaks; `arg` is the struct rtc_control. */
void rtc_control_look(void *arg, int64_t now_us);

/* After a report about the connection: luukkud takes a line that was bad for
 * silent, so it is told how that is. */
void rtc_control_follow(struct rtc_control *c, const struct rtcmsg *m);

/* A call is connected; its next sample is due; its figures came; it is over.
 * For technicians: luukku-super keeps the figures of the last calls. */
void rtc_control_quality_begin(struct rtc_control *c);
void rtc_control_quality_due(void *arg, int64_t now_us);
void rtc_control_quality_sample(struct rtc_control *c,
                                const struct rtc_transport_stats *t);
/* The call ends: one more sample, so that a call shorter than the time
 * between two has figures, too. */
void rtc_control_quality_last(struct rtc_control *c);
void rtc_control_quality_end(struct rtc_control *c);

/* For struct superlink_config: luukkud's channel has come. */
void rtc_control_peer(void *arg, const char *name, int fd);

/* For rtc_names_new(): hands what was found to the transport thread. */
void rtc_control_servers_found(void *arg, const struct rtc_ice_server *servers,
                               size_t count);

/* Each makes its part of `c`. Errors: those of the room. fd: taken over. */
int rtc_control_make_box(struct rtc_control *c) LK_MUST_CHECK;
int rtc_control_make_transport(
    struct rtc_control *c, const struct rtc_control_config *rc) LK_MUST_CHECK;
int rtc_control_make_stills(struct rtc_control *c) LK_MUST_CHECK;
int rtc_control_make_super(struct rtc_control *c, int fd) LK_MUST_CHECK;

#endif
