/* tone.h - how loud received sound is, and whether it is one steady tone.
 *
 * Room, private. Pure: no I/O. One writing thread; reading it needs a lock of
 * the caller's.
 */
#ifndef LUUKKU_MEDIA_TONE_H
#define LUUKKU_MEDIA_TONE_H

#include "base/defs.h"

#define MEDIA_TONE_DECIMATE 4 /* 48 kHz to 12 kHz, by means */
#define MEDIA_TONE_LEN 3600   /* 0.3 s of that */
#define MEDIA_TONE_STALE_US 400000

struct media_tone {
    int16_t sample[MEDIA_TONE_LEN]; /* a ring */
    size_t at, filled;
    int sum, summed;
    int64_t last_us;
};

/* Adds mono samples of 48 kHz that were heard at `now_us`. */
void media_tone_add(struct media_tone *t, const int16_t *samples, size_t n,
                    int64_t now_us);

/* Level: root mean square, 0..1. Frequency in Hz, 0 when it is silent, old or
 * no steady tone (60 Hz to 3 kHz). */
void media_tone_measure(const struct media_tone *t, int64_t now_us,
                        double *ret_hz, double *ret_level);

#endif
