#include "rtc/flow/cache.h"

struct flow_cached *flow_cache_put(struct flow_cache *c, uint16_t seq)
{
    struct flow_cached *p = &c->slots[seq % FLOW_CACHE_SLOTS];
    *p = (struct flow_cached){.used = true, .seq = seq};
    return p;
}

struct flow_cached *flow_cache_find(struct flow_cache *c, uint16_t seq)
{
    struct flow_cached *p = &c->slots[seq % FLOW_CACHE_SLOTS];
    return p->used && p->seq == seq ? p : NULL;
}
