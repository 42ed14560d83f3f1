/* rtc_voice.h - whether somebody speaks at the far end, from how loud it is.
 *
 * Spec: EN 301 549 V3.2.1, 6.2.2.4 and 6.5.5: it is shown that there is speech.
 * Pure: level and time go in. Not here: how loud it is (media/tone.h).
 */
#ifndef LUUKKU_APP_RTC_VOICE_H
#define LUUKKU_APP_RTC_VOICE_H

#include "base/defs.h"

#include <stdbool.h>

/* Root mean square, 1 is the most there can be: -40 dB. Speech is well above,
 * the noise of a quiet room below. */
#define RTC_VOICE_LEVEL 0.01
/* Pauses between words are shorter. */
#define RTC_VOICE_PAUSE_US INT64_C(800000)
/* How often one looks. */
#define RTC_VOICE_EVERY_US INT64_C(200000)

/* All zero is silence. */
struct rtc_voice {
    bool up;   /* somebody speaks */
    bool loud; /* at the last look */
    int64_t loud_us;
};

/* Looks once: loud at two looks in a row begins, a pause ends. One look alone
 * is a click or a cough.
 *
 * level   0..1
 * now_us  CLOCK_MONOTONIC
 * Returns whether v->up has changed.
 */
bool rtc_voice_look(struct rtc_voice *v, double level, int64_t now_us);

#endif
