#include "health/pace.h"

void health_pace_init(struct health_pace *p, int64_t now_us)
{
    *p = (struct health_pace){.last_us = now_us - HEALTH_FLOOR_US,
                              .refill_us = now_us + HEALTH_REFILL_US,
                              .tokens = HEALTH_BURST};
}

void health_pace_change(struct health_pace *p)
{
    p->changed = true;
}

void health_pace_link(struct health_pace *p)
{
    p->sent = false;
}

int64_t health_pace_next_us(const struct health_pace *p, uint32_t chance)
{
    if (p->sent && !p->changed)
        return p->last_us + HEALTH_EVERY_US -
               (int64_t)(chance % (uint32_t)HEALTH_SPREAD_US);
    int64_t floor_us = p->last_us + HEALTH_FLOOR_US;
    return p->tokens > 0 ? floor_us : LK_MAX(floor_us, p->refill_us);
}

void health_pace_sent(struct health_pace *p, int64_t now_us)
{
    while (now_us >= p->refill_us && p->tokens < HEALTH_BURST) {
        p->tokens++;
        p->refill_us += HEALTH_REFILL_US;
    }
    if (p->tokens == HEALTH_BURST)
        p->refill_us = now_us + HEALTH_REFILL_US;
    if (p->tokens > 0)
        p->tokens--;
    p->last_us = now_us;
    p->sent = true;
    p->changed = false;
}
