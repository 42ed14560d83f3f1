/* control.h - how fast our video may be sent.
 *
 * Room: a send-side controller on transport-wide feedback: it yields to delay
 * above the path's floor and to heavy loss, never stays above what feedback
 * says is delivered by more than a margin to probe with, and sinks to the
 * minimum while feedback is missing. Without feedback of that kind it goes by
 * the loss in receiver reports. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_CONTROL_H
#define LUUKKU_RTC_FLOW_CONTROL_H

#include "base/defs.h"

#include <stdbool.h>

#define FLOW_CONTROL_BINS 16u
#define FLOW_CONTROL_BIN_US 50000
#define FLOW_CONTROL_QUEUE_HIGH_US 45000 /* standing delay: yield */
#define FLOW_CONTROL_QUEUE_LOW_US 20000  /* below: may grow */
#define FLOW_CONTROL_STALL_US 600000     /* plus two round trips */
#define FLOW_CONTROL_FIRST_US 2000000    /* for the very first feedback */
#define FLOW_CONTROL_ENCODER_PERCENT 92
/* The target never stays above delivered * 3/2 + this. */
#define FLOW_CONTROL_PROBE_BPS 150000

struct flow_control {
    bool feedback; /* transport-wide feedback was agreed */
    int start_bps, min_bps, max_bps;
    double target_bps;
    double knee_bps;     /* growth is fast below, slow above */
    double acked_bps;    /* delivered over the last half second */
    double peak_bps;     /* of acked_bps, sinking slowly */
    double queue_us;     /* delay above the floor, smoothed */
    int64_t floor_us[2]; /* least delay in this and the last window */
    int64_t window_us;   /* when this window of the floor began */
    int64_t feedback_us; /* last feedback, or start */
    bool any;            /* there has been feedback */
    bool stalled;
    int64_t stall_us;                  /* next sinking step */
    int64_t yield_us;                  /* last time of yielding to delay */
    int64_t loss_us;                   /* last time of yielding to loss */
    int64_t newest_us;                 /* newest arrival, far clock */
    int64_t first_us;                  /* oldest arrival known, far clock */
    uint32_t lost, total;              /* in the present loss window */
    int64_t bin_at[FLOW_CONTROL_BINS]; /* number of the bin, far clock */
    uint32_t bin_bytes[FLOW_CONTROL_BINS];
};

void flow_control_init(struct flow_control *c, bool feedback, int start_bps,
                       int min_bps, int max_bps);

/* The transport came up, or the path has changed: measures anew. */
void flow_control_start(struct flow_control *c, int64_t now_us);

/* Whether the target is as high as its ceiling and what is sent let it be, and
 * no queue stands: the way carries that, and perhaps more. */
bool flow_control_at_top(const struct flow_control *c);

void flow_control_set_max(struct flow_control *c, int max_bps);

/* One packet in a feedback report: it came, or it did not. */
void flow_control_came(struct flow_control *c, int64_t sent_us,
                       int64_t arrival_us, size_t len);
void flow_control_lost(struct flow_control *c);

/* The end of a report: decides. */
void flow_control_decide(struct flow_control *c, int64_t rtt_us,
                         int64_t now_us);

/* A receiver report's loss (of 256) where there is no other feedback. */
void flow_control_report(struct flow_control *c, uint8_t fraction_lost,
                         int64_t now_us);

/* To be called when flow_control_next() is reached. */
void flow_control_timer(struct flow_control *c, int64_t rtt_us, int64_t now_us);
int64_t flow_control_next(const struct flow_control *c, int64_t rtt_us);

/* What the encoder is told. */
int flow_control_encoder_bps(const struct flow_control *c);

#endif
