/* rtc_speech.h - luukku-rtc's voice: orders of luukkud in, outcomes out; and
 * whether a headset is plugged in.
 *
 * Control thread. luukku-rtc itself refuses private words without a headset:
 * whoever has taken luukkud over cannot make the room hear them.
 */
#ifndef LUUKKU_APP_RTC_SPEECH_H
#define LUUKKU_APP_RTC_SPEECH_H

#include "ipc/rtcmsg.h"
#include "loop/loop.h"
#include "media/media.h"
#include "speech/speech.h"

struct rtc_speech;

/* Recordings for languages that have no voice. */
#define RTC_SPEECH_PROMPTS "/usr/share/luukku/prompts"

struct rtc_speech_config {
    /* Gets SPOKEN and HEADSET messages for luukkud. Thread: control. */
    void (*tell)(void *arg, const struct rtcmsg *m);
    void *arg;
};

/* Errors: -ENOMEM, -EMFILE, pthread_create(3)'s. */
int rtc_speech_new(struct lk_loop *loop, const struct rtc_speech_config *config,
                   struct rtc_speech **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. After media, which plays it. */
struct rtc_speech *rtc_speech_free(struct rtc_speech *s);

/* What media plays; borrowed. */
struct speech *rtc_speech_voice(struct rtc_speech *s);

/* Takes SAY or HUSH. Returns false for other messages. */
bool rtc_speech_order(struct rtc_speech *s, const struct rtcmsg *m);

/* A new luukkud: what the old one wanted said is cut, and the new one hears
 * whether there is a headset. */
void rtc_speech_greet(struct rtc_speech *s);

/* Looks for real headsets from now on, and lets `media` (borrowed) play to the
 * one that is plugged in. Errors: -ENOMEM. */
int rtc_speech_watch(struct rtc_speech *s, struct lk_loop *loop,
                     struct media *media) LK_MUST_CHECK;

/* Ends that: before media does. */
void rtc_speech_unwatch(struct rtc_speech *s);

/* A headset was plugged in, and what is played goes there; or pulled. */
void rtc_speech_headset(struct rtc_speech *s, bool in);

#endif
