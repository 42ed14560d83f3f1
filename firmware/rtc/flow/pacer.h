/* pacer.h - when the next packet may leave, and which.
 *
 * Room: a token bucket that lets an ordinary frame pass at once and spreads a
 * key frame; queues of video and of retransmissions; the retransmissions' own
 * budget. Sound never waits but is charged. Pure. Not here: the bytes.
 */
#ifndef LUUKKU_RTC_FLOW_PACER_H
#define LUUKKU_RTC_FLOW_PACER_H

#include "base/defs.h"

#include <stdbool.h>

#define FLOW_PACER_VIDEO 512u /* packets; powers of two */
#define FLOW_PACER_RTX 128u
#define FLOW_PACER_BURST_US 80000
#define FLOW_PACER_BURST_MIN 14000  /* bytes */
#define FLOW_PACER_QUEUE_US 600000  /* ceiling of the video queue ... */
#define FLOW_PACER_QUEUE_MIN 30000  /* ... but never below, in bytes */
#define FLOW_PACER_QUEUE_MAX 192000 /* ... and never above */
#define FLOW_PACER_DRAIN_US 250000
#define FLOW_PACER_RTX_PERCENT 30      /* of the target */
#define FLOW_PACER_RTX_PERCENT_FULL 10 /* while the path's queue stands */
#define FLOW_PACER_RTX_BURST 20000     /* bytes */

struct flow_pacer_queue {
    uint16_t *items;
    uint32_t size, head, len;
};

struct flow_pacer {
    int bps;           /* the target; we send at 3/2 of it at most */
    double tokens;     /* bytes that may leave now; negative: debt */
    double rtx_tokens; /* bytes of retransmission allowed */
    int rtx_percent;   /* of the target, for retransmission */
    int64_t at_us;     /* time of the last refill */
    size_t video_bytes;
    struct flow_pacer_queue video, rtx; /* sequence numbers */
    uint16_t video_items[FLOW_PACER_VIDEO];
    uint16_t rtx_items[FLOW_PACER_RTX];
};

void flow_pacer_init(struct flow_pacer *p, int bps, int64_t now_us);
void flow_pacer_set_bps(struct flow_pacer *p, int bps);

/* Adds what has become allowed since the last time. */
void flow_pacer_refill(struct flow_pacer *p, int64_t now_us);

/* Charges `len` bytes that leave now. */
void flow_pacer_spend(struct flow_pacer *p, size_t len);

/* Takes `len` bytes out of the retransmission budget, or says false. */
bool flow_pacer_take_rtx(struct flow_pacer *p, size_t len);

/* Queue operations; push says false when full, pop when empty. */
bool flow_pacer_push(struct flow_pacer_queue *q, uint16_t seq);
bool flow_pacer_pop(struct flow_pacer_queue *q, uint16_t *ret);
uint16_t flow_pacer_peek(const struct flow_pacer_queue *q, uint32_t i);

/* Most bytes of video that may wait. */
size_t flow_pacer_ceiling(const struct flow_pacer *p);

/* When a waiting packet may leave; INT64_MAX when none waits. */
int64_t flow_pacer_next(const struct flow_pacer *p);

/* How long what waits will wait, in microseconds. */
int flow_pacer_delay_us(const struct flow_pacer *p);

#endif
