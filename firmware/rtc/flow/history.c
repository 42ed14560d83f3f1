#include "rtc/flow/history.h"

uint16_t flow_history_add(struct flow_history *h, size_t len, int64_t now_us)
{
    uint16_t seq = h->next++;
    h->slots[seq % FLOW_HISTORY_SLOTS] =
        (struct flow_sent){now_us, seq, (uint16_t)len};
    return seq;
}

bool flow_history_take(struct flow_history *h, uint16_t seq,
                       struct flow_sent *ret)
{
    struct flow_sent *s = &h->slots[seq % FLOW_HISTORY_SLOTS];
    if (s->sent_us == 0 || s->seq != seq)
        return false;
    *ret = *s;
    s->sent_us = 0;
    return true;
}
