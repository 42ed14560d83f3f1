/* overshoot.h - how much more our encoder makes than it is told.
 *
 * Room: an encoder that overshoots by a half would keep the path's queue or
 * ours standing for ever; it is told less by what it overshot lately. Key
 * frames do not count. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_OVERSHOOT_H
#define LUUKKU_RTC_FLOW_OVERSHOOT_H

#include "base/defs.h"

#define FLOW_OVERSHOOT_WINDOW_US 500000
#define FLOW_OVERSHOOT_MAX 1.8

struct flow_overshoot {
    double ratio; /* made by told, 1..FLOW_OVERSHOOT_MAX; 0: not begun */
    double bytes, told_bytes; /* in this window */
    int told_bps;
    int64_t window_us, at_us;
};

/* The encoder made `len` bytes, not of a key frame. */
void flow_overshoot_add(struct flow_overshoot *o, size_t len);

/* Lets time pass; a window that ends moves the ratio. */
void flow_overshoot_update(struct flow_overshoot *o, int64_t now_us);

/* The encoder is told `bps` from now on. */
void flow_overshoot_tell(struct flow_overshoot *o, int bps, int64_t now_us);

/* `bps` with the overshoot taken off. */
int flow_overshoot_correct(const struct flow_overshoot *o, int bps);

#endif
