#include "rtc/flow/pacer.h"

/* Waking up for less than this much debt costs more than it smooths. */
#define GRAIN_US 2000
#define BPS_MIN 150000 /* a low target must not hold a frame for long */

/* Three halves of the target; more when the queue would else stand longer than
 * FLOW_PACER_DRAIN_US: an encoder that overshoots must be seen by the rate
 * control as a queue on the path, not hide in ours. */
static double bytes_per_us(const struct flow_pacer *p)
{
    double rate = 1.5 * LK_MAX(p->bps, BPS_MIN) / 8e6;
    double drain = (double)p->video_bytes / FLOW_PACER_DRAIN_US;
    return LK_MAX(rate, drain);
}

static double depth(const struct flow_pacer *p)
{
    double burst = p->bps / 8e6 * FLOW_PACER_BURST_US;
    return LK_MAX(burst, FLOW_PACER_BURST_MIN);
}

void flow_pacer_init(struct flow_pacer *p, int bps, int64_t now_us)
{
    *p = (struct flow_pacer){.bps = bps, .at_us = now_us};
    p->video =
        (struct flow_pacer_queue){p->video_items, FLOW_PACER_VIDEO, 0, 0};
    p->rtx = (struct flow_pacer_queue){p->rtx_items, FLOW_PACER_RTX, 0, 0};
    p->rtx_percent = FLOW_PACER_RTX_PERCENT;
    p->tokens = depth(p);
    p->rtx_tokens = FLOW_PACER_RTX_BURST;
}

void flow_pacer_set_bps(struct flow_pacer *p, int bps)
{
    p->bps = bps;
}

void flow_pacer_refill(struct flow_pacer *p, int64_t now_us)
{
    double us = (double)LK_MAX(now_us - p->at_us, (int64_t)0);
    double share = p->rtx_percent / 100.0;
    p->at_us = now_us;
    p->tokens = LK_MIN(depth(p), p->tokens + bytes_per_us(p) * us);
    p->rtx_tokens = LK_MIN((double)FLOW_PACER_RTX_BURST,
                           p->rtx_tokens + share * p->bps / 8e6 * us);
}

void flow_pacer_spend(struct flow_pacer *p, size_t len)
{
    p->tokens -= (double)len;
}

bool flow_pacer_take_rtx(struct flow_pacer *p, size_t len)
{
    if (p->rtx_tokens < (double)len)
        return false;
    p->rtx_tokens -= (double)len;
    return true;
}

bool flow_pacer_push(struct flow_pacer_queue *q, uint16_t seq)
{
    if (q->len == q->size)
        return false;
    q->items[(q->head + q->len++) % q->size] = seq;
    return true;
}

bool flow_pacer_pop(struct flow_pacer_queue *q, uint16_t *ret)
{
    if (q->len == 0)
        return false;
    *ret = q->items[q->head];
    q->head = (q->head + 1) % q->size;
    q->len--;
    return true;
}

uint16_t flow_pacer_peek(const struct flow_pacer_queue *q, uint32_t i)
{
    return q->items[(q->head + i) % q->size];
}

size_t flow_pacer_ceiling(const struct flow_pacer *p)
{
    size_t bytes = (size_t)((double)p->bps / 8e6 * FLOW_PACER_QUEUE_US);
    bytes = LK_MAX(bytes, (size_t)FLOW_PACER_QUEUE_MIN);
    return LK_MIN(bytes, (size_t)FLOW_PACER_QUEUE_MAX);
}

int64_t flow_pacer_next(const struct flow_pacer *p)
{
    if (p->video.len == 0 && p->rtx.len == 0)
        return INT64_MAX;
    if (p->tokens > 0)
        return p->at_us;
    int64_t wait = (int64_t)(-p->tokens / bytes_per_us(p));
    return p->at_us + LK_MAX(wait, (int64_t)GRAIN_US);
}

int flow_pacer_delay_us(const struct flow_pacer *p)
{
    double bytes = (double)p->video_bytes - p->tokens;
    return p->video_bytes > 0 && bytes > 0 ? (int)(bytes / bytes_per_us(p)) : 0;
}
