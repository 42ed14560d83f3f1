/* cache.h - video packets queued or sent lately, by sequence number.
 *
 * Spec: what RFC 4588 needs for retransmission. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_CACHE_H
#define LUUKKU_RTC_FLOW_CACHE_H

#include "rtc/flow/store.h"

#include <stdbool.h>

#define FLOW_CACHE_SLOTS 1024u /* a power of two */

struct flow_cached {
    bool used;
    bool key; /* of a key frame */
    uint16_t seq;
    uint16_t len;      /* bytes at pos: 12 of header, then payload */
    uint64_t pos;      /* in the store */
    int64_t sent_us;   /* 0: queued */
    int64_t resent_us; /* last retransmission; 0: none */
};

struct flow_cache {
    struct flow_cached slots[FLOW_CACHE_SLOTS];
};

/* The slot for a new packet; what it held is forgotten. */
struct flow_cached *flow_cache_put(struct flow_cache *c, uint16_t seq);

/* The packet `seq`; NULL when it is not there. */
struct flow_cached *flow_cache_find(struct flow_cache *c, uint16_t seq);

#endif
