/* history.h - what was sent under which transport-wide sequence number.
 *
 * Room: the sender's half of transport-wide feedback. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_HISTORY_H
#define LUUKKU_RTC_FLOW_HISTORY_H

#include "base/defs.h"

#include <stdbool.h>

#define FLOW_HISTORY_SLOTS 2048u /* a power of two */

struct flow_sent {
    int64_t sent_us; /* 0: unknown, or reported on already */
    uint16_t seq;
    uint16_t len; /* bytes */
};

struct flow_history {
    uint16_t next; /* sequence number of the next packet */
    struct flow_sent slots[FLOW_HISTORY_SLOTS];
};

/* Notes a packet that leaves now and returns its number. */
uint16_t flow_history_add(struct flow_history *h, size_t len, int64_t now_us);

/* Takes the packet `seq` out; false when unknown. */
bool flow_history_take(struct flow_history *h, uint16_t seq,
                       struct flow_sent *ret);

#endif
