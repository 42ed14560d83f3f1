/* store.h - the bytes of the packets sent lately, in one ring.
 *
 * Room: copies for the pacer's queue and for retransmission; old ones are
 * overwritten, which a reader notices. Fixed size. Not here: which packet is
 * which (cache.h).
 */
#ifndef LUUKKU_RTC_FLOW_STORE_H
#define LUUKKU_RTC_FLOW_STORE_H

#include "base/defs.h"

/* More than a second at 2.5 Mbit/s. */
#define FLOW_STORE_BYTES ((size_t)384 * 1024)

struct flow_store {
    uint64_t head; /* bytes ever taken */
    uint8_t data[FLOW_STORE_BYTES];
};

/* Takes `len` (at most FLOW_STORE_BYTES) bytes in one piece and returns them
 * for writing; *ret_pos is their name. */
uint8_t *flow_store_put(struct flow_store *s, size_t len, uint64_t *ret_pos);

/* What was put at `pos`; NULL when it has been overwritten. */
const uint8_t *flow_store_get(const struct flow_store *s, uint64_t pos);

#endif
