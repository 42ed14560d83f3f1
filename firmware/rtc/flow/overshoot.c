#include "rtc/flow/overshoot.h"

void flow_overshoot_add(struct flow_overshoot *o, size_t len)
{
    o->bytes += (double)len;
}

void flow_overshoot_update(struct flow_overshoot *o, int64_t now_us)
{
    o->told_bytes += o->told_bps / 8e6 * (double)(now_us - o->at_us);
    o->at_us = now_us;
    if (now_us - o->window_us < FLOW_OVERSHOOT_WINDOW_US)
        return;
    if (o->told_bytes > 0) {
        double ratio = o->bytes / o->told_bytes;
        o->ratio += 0.3 * (LK_MIN(ratio, FLOW_OVERSHOOT_MAX) - o->ratio);
        o->ratio = LK_MAX(o->ratio, 1.0);
    }
    o->bytes = 0;
    o->told_bytes = 0;
    o->window_us = now_us;
}

void flow_overshoot_tell(struct flow_overshoot *o, int bps, int64_t now_us)
{
    if (o->told_bps == 0) {
        o->window_us = now_us;
        o->at_us = now_us;
        o->ratio = 1.0;
    }
    flow_overshoot_update(o, now_us);
    o->told_bps = bps;
}

int flow_overshoot_correct(const struct flow_overshoot *o, int bps)
{
    /* A few per cent are within what the margin covers. */
    return o->ratio > 1.05 ? (int)(bps / (o->ratio - 0.05)) : bps;
}
