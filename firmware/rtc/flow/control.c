#include "rtc/flow/control.h"

#include <string.h>

#define FLOOR_WINDOW_US 15000000
#define FLOOR_NONE INT64_MAX
#define ACKED_WINDOW_US 500000
#define HOLD_US 600000      /* no growth after yielding */
#define YIELD_GAP_US 250000 /* between two times of yielding: two rtt */
#define YIELD_GAP_MAX_US 400000
#define STALL_STEP_US 500000
#define FAST_PER_S 0.60 /* growth */
#define SLOW_PER_S 0.08
#define CALM_US 2000000
#define PEAK_SINK_PER_S 0.05
#define LOSS_WINDOW 60u /* packets */
#define LOSS_HIGH 0.10
#define TOP 0.95 /* of what the target may be at most */

void flow_control_init(struct flow_control *c, bool feedback, int start_bps,
                       int min_bps, int max_bps)
{
    memset(c, 0, sizeof(*c));
    c->feedback = feedback;
    c->start_bps = start_bps;
    c->min_bps = min_bps;
    c->max_bps = max_bps;
    c->target_bps = start_bps;
    c->knee_bps = max_bps;
    c->floor_us[0] = FLOOR_NONE;
    c->floor_us[1] = FLOOR_NONE;
}

void flow_control_start(struct flow_control *c, int64_t now_us)
{
    c->floor_us[0] = FLOOR_NONE;
    c->floor_us[1] = FLOOR_NONE;
    c->window_us = now_us;
    c->queue_us = 0;
    if (!c->any)
        c->feedback_us = now_us;
}

static void clamp(struct flow_control *c)
{
    c->target_bps = LK_MIN(c->target_bps, (double)c->max_bps);
    c->target_bps = LK_MAX(c->target_bps, (double)c->min_bps);
}

/* Far more than what is sent is not tried. */
static double most_bps(const struct flow_control *c)
{
    return 1.5 * c->peak_bps + FLOW_CONTROL_PROBE_BPS;
}

bool flow_control_at_top(const struct flow_control *c)
{
    double most = LK_MIN((double)c->max_bps, most_bps(c));
    return c->queue_us < FLOW_CONTROL_QUEUE_HIGH_US &&
           c->target_bps >= TOP * most;
}

void flow_control_set_max(struct flow_control *c, int max_bps)
{
    c->max_bps = LK_MAX(max_bps, c->min_bps);
    c->knee_bps = LK_MAX(c->knee_bps, c->target_bps);
    clamp(c);
}

void flow_control_came(struct flow_control *c, int64_t sent_us,
                       int64_t arrival_us, size_t len)
{
    int64_t delay = arrival_us - sent_us; /* of two clocks: only relative */
    c->total++;
    if (delay < c->floor_us[0])
        c->floor_us[0] = delay;
    int64_t floor_us = LK_MIN(c->floor_us[0], c->floor_us[1]);
    c->queue_us = c->queue_us * 0.9 + (double)(delay - floor_us) * 0.1;
    if (c->first_us == 0)
        c->first_us = arrival_us;
    c->newest_us = LK_MAX(c->newest_us, arrival_us);
    int64_t bin = arrival_us / FLOW_CONTROL_BIN_US;
    size_t i = (size_t)((uint64_t)bin % FLOW_CONTROL_BINS);
    if (c->bin_at[i] != bin) {
        c->bin_at[i] = bin;
        c->bin_bytes[i] = 0;
    }
    c->bin_bytes[i] += (uint32_t)len;
}

void flow_control_lost(struct flow_control *c)
{
    c->lost++;
    c->total++;
}

/* Bits per second that arrived in the last half second of far time. */
static void measure(struct flow_control *c, double dt_s)
{
    int64_t last = c->newest_us / FLOW_CONTROL_BIN_US;
    int64_t bins = ACKED_WINDOW_US / FLOW_CONTROL_BIN_US;
    double bytes = 0;
    for (size_t i = 0; i < FLOW_CONTROL_BINS; i++) {
        if (c->bin_at[i] > last - bins && c->bin_at[i] <= last)
            bytes += c->bin_bytes[i];
    }
    int64_t span = c->newest_us - c->first_us;
    span = LK_MIN(span, (int64_t)ACKED_WINDOW_US);
    span = LK_MAX(span, (int64_t)ACKED_WINDOW_US / 5);
    c->acked_bps = bytes * 8e6 / (double)span;
    double sunk = c->peak_bps * (1 - PEAK_SINK_PER_S * dt_s);
    c->peak_bps = LK_MAX(sunk, c->acked_bps);
}

/* Yields to delay. Not below half at a time: a quiet picture delivers little,
 * and one key frame of it must not take everything away. */
static void yield_delay(struct flow_control *c, int64_t now_us)
{
    if (c->target_bps < 0.5 * c->acked_bps)
        return; /* the queue is draining: it only needs time */
    double to = 0.85 * LK_MIN(c->target_bps, c->acked_bps);
    c->target_bps = LK_MAX(to, 0.5 * c->target_bps);
    c->knee_bps = LK_MAX(c->target_bps, 0.75 * c->acked_bps);
    c->peak_bps = c->acked_bps;
    c->yield_us = now_us;
}

/* Slowly above the knee at first; the longer nothing stands in the way, the
 * faster: the line may have become better. */
static double growth_per_s(const struct flow_control *c, int64_t now_us)
{
    if (c->target_bps < c->knee_bps)
        return FAST_PER_S;
    int64_t since_us = now_us - LK_MAX(c->yield_us, c->loss_us);
    double calm_s = (double)(since_us - CALM_US) / 1e6;
    return calm_s < 0 ? SLOW_PER_S
                      : LK_MIN(SLOW_PER_S * (1 + calm_s), FAST_PER_S);
}

static void grow(struct flow_control *c, double dt_s, int64_t now_us)
{
    double rate = growth_per_s(c, now_us);
    double to = c->target_bps * (1 + rate * dt_s) + 2000 * dt_s;
    if (to <= most_bps(c))
        c->target_bps = to;
}

static void heed_loss(struct flow_control *c, int64_t now_us)
{
    if (c->total < LOSS_WINDOW || now_us - c->loss_us < 500000)
        return;
    double loss = (double)c->lost / c->total;
    c->lost = 0;
    c->total = 0;
    if (loss <= LOSS_HIGH)
        return;
    c->target_bps *= 1 - 0.5 * loss;
    c->knee_bps = c->target_bps;
    c->loss_us = now_us;
}

/* Feedback after a silence: half the first rate at once, quickly on from
 * there; the delays known are those of before. */
static void wake(struct flow_control *c, int64_t now_us)
{
    c->stalled = false;
    c->target_bps = LK_MAX(c->target_bps, c->start_bps / 2.0);
    c->lost = 0;
    c->total = 0;
    c->queue_us = 0;
    c->floor_us[0] = FLOOR_NONE;
    c->floor_us[1] = FLOOR_NONE;
    c->window_us = now_us;
    c->first_us = c->newest_us;
    c->yield_us = now_us;
}

void flow_control_decide(struct flow_control *c, int64_t rtt_us, int64_t now_us)
{
    double dt_s = (double)LK_MIN(now_us - c->feedback_us, (int64_t)500000);
    dt_s /= 1e6;
    c->any = true;
    c->feedback_us = now_us;
    if (c->newest_us == 0)
        return;
    if (c->stalled)
        wake(c, now_us);
    measure(c, dt_s);
    int64_t gap = LK_MAX(2 * rtt_us, (int64_t)YIELD_GAP_US);
    gap = LK_MIN(gap, (int64_t)YIELD_GAP_MAX_US);
    bool held = now_us - c->yield_us < HOLD_US || now_us - c->loss_us < HOLD_US;
    if (c->queue_us > FLOW_CONTROL_QUEUE_HIGH_US) {
        if (now_us - c->yield_us > gap)
            yield_delay(c, now_us);
    } else if (c->queue_us < FLOW_CONTROL_QUEUE_LOW_US && !held) {
        grow(c, dt_s, now_us);
    }
    heed_loss(c, now_us);
    if (now_us - c->window_us > FLOOR_WINDOW_US) {
        c->window_us = now_us;
        c->floor_us[1] = c->floor_us[0];
        c->floor_us[0] = FLOOR_NONE;
    }
    if (c->newest_us - c->first_us > ACKED_WINDOW_US)
        c->target_bps = LK_MIN(c->target_bps, most_bps(c));
    clamp(c);
}

void flow_control_report(struct flow_control *c, uint8_t fraction_lost,
                         int64_t now_us)
{
    if (c->feedback)
        return;
    double loss = fraction_lost / 256.0;
    if (loss > LOSS_HIGH)
        c->target_bps *= 1 - 0.5 * loss;
    else if (loss < 0.02)
        c->target_bps *= 1.05;
    c->loss_us = now_us;
    clamp(c);
}

int64_t flow_control_next(const struct flow_control *c, int64_t rtt_us)
{
    if (!c->feedback)
        return INT64_MAX;
    if (c->stalled)
        return c->target_bps > c->min_bps ? c->stall_us : INT64_MAX;
    if (!c->any)
        return c->feedback_us + FLOW_CONTROL_FIRST_US;
    return c->feedback_us + FLOW_CONTROL_STALL_US +
           2 * LK_MIN(rtt_us, (int64_t)1000000);
}

void flow_control_timer(struct flow_control *c, int64_t rtt_us, int64_t now_us)
{
    if (flow_control_next(c, rtt_us) > now_us)
        return;
    if (!c->stalled)
        c->knee_bps = 0.7 * c->target_bps;
    c->stalled = true;
    c->target_bps *= 0.7;
    c->stall_us = now_us + STALL_STEP_US;
    clamp(c);
}

int flow_control_encoder_bps(const struct flow_control *c)
{
    return (int)(c->target_bps * FLOW_CONTROL_ENCODER_PERCENT / 100);
}
