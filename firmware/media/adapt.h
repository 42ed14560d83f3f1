/* adapt.h - picture size from the bitrate, and delays for lip-sync.
 *
 * Room, private. Pure: takes the time, no I/O.
 */
#ifndef LUUKKU_MEDIA_ADAPT_H
#define LUUKKU_MEDIA_ADAPT_H

#include "base/defs.h"

#include <stdbool.h>

struct media_size {
    int width, height;
};

/* The picture's size follows what the bitrate can bear: down at once, up only
 * after the better rate has lasted. The frame rate stays. */
struct media_adapt {
    struct media_size full;
    int fps;
    int level;               /* 0 is full size */
    int64_t better_since_us; /* 0: the rate bears no larger size */
};

/* Returns the size for `bps`. Sides are multiples of 4, never below 256 x 144
 * unless the full size is. */
struct media_size media_adapt_size(struct media_adapt *a, int bps,
                                   int64_t now_us);

/* How long sound has to wait in the jitter buffer, in ms (20..200), for a mean
 * deviation of its arrival times (RFC 3550, 6.4.1) of `jitter_us`. Grows at
 * once, shrinks only when the need is well below `now_ms`. */
int media_adapt_latency(int now_ms, int64_t jitter_us);

/* What to add to the picture, in us (0..MEDIA_DELAY_MAX_US), when sound is
 * played `skew_us` behind it. Sound that lags by less than people notice (ITU-R
 * BT.1359: 125 ms; we allow 45) is not worth a delay. */
#define MEDIA_DELAY_MAX_US 150000
int64_t media_adapt_delay(int64_t now_us, int64_t skew_us);

#endif
