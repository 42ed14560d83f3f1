/* luukkud_rtc.h - luukkud's end of the channel to luukku-rtc.
 *
 * Room: sending and receiving rtcmsg.h's messages, and what is to be spoken
 * while luukku-rtc, which has the voice, is started anew: it waits for the next
 * channel.
 * Not here: what a message means for the visit.
 * Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_RTC_H
#define LUUKKU_APP_LUUKKUD_RTC_H

#include "app/luukkud_speech.h"
#include "ipc/chan.h"

/* Utterances that wait for luukku-rtc. */
#define LUUKKUD_RTC_UNSAID_MAX 4

struct luukkud_rtc;

struct luukkud_rtc_config {
    struct lk_loop *loop; /* borrowed */
    /* A channel has come, or has gone. */
    void (*up)(void *arg, bool up);
    /* A message of luukku-rtc's; both die on return. Descriptors are taken by
     * lk_chan_take_fd(). */
    void (*message)(void *arg, const struct rtcmsg *m, struct lk_chan_msg *raw);
    /* What became of an utterance that never reached luukku-rtc. */
    void (*spoken)(void *arg, uint32_t id, enum kiosk_spoken how);
    void *arg;
};

/* Errors: -ENOMEM. */
int luukkud_rtc_new(const struct luukkud_rtc_config *config,
                    struct luukkud_rtc **ret) LK_MUST_CHECK;
/* Without a callback. NULL is fine. Returns NULL. */
struct luukkud_rtc *luukkud_rtc_free(struct luukkud_rtc *r);
LK_AUTO_DEFINE(luukkud_rtc);

/* A channel, in place of any earlier one; taken over. */
void luukkud_rtc_peer(struct luukkud_rtc *r, int fd);

/* Whether luukku-rtc can be told something. */
bool luukkud_rtc_there(const struct luukkud_rtc *r);

/* Sends; a failure is logged. Errors: -EPIPE luukku-rtc is not there, others of
 * rtcmsg_encode() and lk_chan_send(). */
int luukkud_rtc_send(struct luukkud_rtc *r, const struct rtcmsg *m);

/* RTCMSG_RINGS: its descriptors go to the screen. */
void luukkud_rtc_show(struct lk_chan_msg *raw, struct kiosk_ui *ui);

/* Has it spoken; takes `u` over. */
void luukkud_rtc_say(struct luukkud_rtc *r, struct kiosk_utterance *u);

#endif
