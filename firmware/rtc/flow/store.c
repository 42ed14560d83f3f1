#include "rtc/flow/store.h"

uint8_t *flow_store_put(struct flow_store *s, size_t len, uint64_t *ret_pos)
{
    size_t at = (size_t)(s->head % FLOW_STORE_BYTES);
    if (len > FLOW_STORE_BYTES - at) { /* in one piece: skip the rest */
        s->head += FLOW_STORE_BYTES - at;
        at = 0;
    }
    *ret_pos = s->head;
    s->head += len;
    return s->data + at;
}

const uint8_t *flow_store_get(const struct flow_store *s, uint64_t pos)
{
    if (s->head - pos > FLOW_STORE_BYTES)
        return NULL;
    return s->data + pos % FLOW_STORE_BYTES;
}
