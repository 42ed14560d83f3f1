#include "rtc/flow/nack.h"

void flow_nack_clear(struct flow_nack *n)
{
    n->len = 0;
}

/* Drops entries that are gone, keeping the order. */
static void compact(struct flow_nack *n)
{
    uint32_t to = 0;
    for (uint32_t i = 0; i < n->len; i++) {
        if (!n->items[i].gone)
            n->items[to++] = n->items[i];
    }
    n->len = to;
}

bool flow_nack_miss(struct flow_nack *n, uint16_t first, uint32_t count,
                    int64_t now_us)
{
    if (count > FLOW_NACK_MAX - n->len)
        compact(n);
    if (count > FLOW_NACK_MAX - n->len) {
        flow_nack_clear(n);
        return false;
    }
    bool patient = n->reordered_us != 0 &&
                   now_us - n->reordered_us < FLOW_NACK_REORDER_MEMORY_US;
    for (uint32_t i = 0; i < count; i++) {
        n->items[n->len++] = (struct flow_missing){
            .seq = (uint16_t)(first + i),
            .first_us = now_us,
            .due_us = now_us + (patient ? FLOW_NACK_REORDER_US : 0)};
    }
    return true;
}

void flow_nack_came(struct flow_nack *n, uint16_t seq, bool late,
                    int64_t now_us)
{
    for (uint32_t i = 0; i < n->len; i++) {
        struct flow_missing *m = &n->items[i];
        if (m->seq != seq || m->gone)
            continue;
        m->gone = true;
        /* After a try it may be the answer to it, on the same source. */
        if (late &&
            (m->tries == 0 || now_us - m->first_us < FLOW_NACK_REORDER_US / 2))
            n->reordered_us = now_us;
        break;
    }
}

void flow_nack_key(struct flow_nack *n, uint16_t seq)
{
    for (uint32_t i = 0; i < n->len; i++) {
        struct flow_missing *m = &n->items[i];
        if (m->tries >= 2 && (int16_t)(m->seq - seq) < 0)
            m->gone = true;
    }
}

uint32_t flow_nack_expire(struct flow_nack *n, int64_t now_us)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->len; i++) {
        struct flow_missing *m = &n->items[i];
        bool old = now_us - m->first_us > FLOW_NACK_AGE_US ||
                   (m->tries >= FLOW_NACK_TRIES && now_us >= m->due_us);
        if (!m->gone && old) {
            m->gone = true;
            count++;
        }
    }
    compact(n);
    return count;
}

static void refill(struct flow_nack *n, int64_t now_us)
{
    double us = (double)(now_us - n->budget_us);
    n->budget = LK_MIN(n->budget + us * FLOW_NACK_PER_SECOND / 1e6,
                       (double)FLOW_NACK_PER_SECOND);
    n->budget_us = now_us;
}

size_t flow_nack_due(struct flow_nack *n, int64_t rtt_us, int64_t now_us,
                     uint16_t ret[FLOW_NACK_BATCH])
{
    size_t count = 0;
    refill(n, now_us);
    int64_t wait = LK_MAX(rtt_us * 3 / 2, (int64_t)FLOW_NACK_WAIT_US);
    for (uint32_t i = 0; i < n->len && count < FLOW_NACK_BATCH; i++) {
        struct flow_missing *m = &n->items[i];
        if (m->gone || m->due_us > now_us || m->tries >= FLOW_NACK_TRIES)
            continue;
        int64_t backoff = wait + wait * m->tries / 2;
        m->due_us = now_us + LK_MIN(backoff, (int64_t)FLOW_NACK_SLOWEST_US);
        if (n->budget < 1) /* no try is charged: it is only put off */
            continue;
        n->budget -= 1;
        m->tries++;
        ret[count++] = m->seq;
    }
    return count;
}

int64_t flow_nack_next(const struct flow_nack *n)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < n->len; i++) {
        if (!n->items[i].gone)
            next = LK_MIN(next, n->items[i].due_us);
    }
    return next;
}
