/* rtc_look.h - camera, microphone and loudspeaker, opened for a moment and
 * judged in words.
 *
 * Room: how long each part of a look takes, and what was seen and heard as
 * checks of firmware/control/PROTOCOL.md. Pure; any thread. Devices are run by
 * rtc_trial.h.
 */
#ifndef LUUKKU_APP_RTC_LOOK_H
#define LUUKKU_APP_RTC_LOOK_H

#include "base/buf.h"
#include "media/media.h"

#include <stdbool.h>

#define RTC_LOOK_TEXT_MAX 4096

/* Longest: until both give something, quiet, the tone. */
#define RTC_LOOK_START_US (3500 * INT64_C(1000))
#define RTC_LOOK_QUIET_US (1500 * INT64_C(1000))
#define RTC_LOOK_TONE_US (1200 * INT64_C(1000))

/* Beyond these a check fails. */
#define RTC_LOOK_FPS_MIN 5        /* cameras are slow in the dark */
#define RTC_LOOK_BLACK 24         /* brightness of 255; black is 16 */
#define RTC_LOOK_EVEN 2.0         /* contrast of 255 */
#define RTC_LOOK_STILL_PICTURES 8 /* so many alike are frozen */
#define RTC_LOOK_PLAYED_PERCENT 50

/* The tone is heard when there is so much more at its pitch than before. */
#define RTC_LOOK_HEARD_TIMES 4      /* of energy: 6 dB */
#define RTC_LOOK_HEARD_LEAST 1.0e-9 /* of full scale, squared: -90 dB */

enum rtc_look_device {
    RTC_LOOK_CAMERA = 1 << 0,
    RTC_LOOK_MICROPHONE = 1 << 1,
    RTC_LOOK_SPEAKER = 1 << 2,
};

enum rtc_look_phase {
    RTC_LOOK_STARTS,
    RTC_LOOK_QUIET,
    RTC_LOOK_TONE, /* the loudspeaker sounds */
    RTC_LOOK_DONE,
};

/* All of one look. */
struct rtc_look {
    unsigned wanted; /* enum rtc_look_device */
    enum rtc_look_phase phase;
    int64_t since_us;             /* of this phase */
    struct media_devices devices; /* best that was seen of each */
    bool shut;                    /* the camera's shutter, at last */
    struct media_look quiet;      /* when that began */
    struct media_look tone;       /* likewise */
    struct media_look end;        /* as last seen */
    int64_t quiet_us, tone_us;    /* how long they were */
};

/* "camera microphone speaker": any of them, one space between. Returns them as
 * bits; 0: something else, or nothing. */
unsigned rtc_look_words(const char *words);

void rtc_look_begin(struct rtc_look *l, unsigned wanted, int64_t now_us);

/* Takes a look: `seen` and `devices` are of now_us. Returns the phase from now
 * on. */
enum rtc_look_phase rtc_look_at(struct rtc_look *l,
                                const struct media_look *seen,
                                const struct media_devices *devices,
                                int64_t now_us);

/* Appends the list of checks. Errors: lk_buf_append()'s. */
int rtc_look_write(const struct rtc_look *l, struct lk_buf *b) LK_MUST_CHECK;

#endif
