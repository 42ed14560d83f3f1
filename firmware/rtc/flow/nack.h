/* nack.h - which packets are missing, and when to ask for them again.
 *
 * Spec: RFC 4585 section 6.2.1; when to ask is ours: at once (or after a
 * moment where packets are seen out of order), again after a round trip and a
 * half, ever slower, up to a ceiling of tries and time, within a budget.
 * Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_NACK_H
#define LUUKKU_RTC_FLOW_NACK_H

#include "base/defs.h"

#include <stdbool.h>

#define FLOW_NACK_MAX 512u /* missing at a time */
#define FLOW_NACK_TRIES 12
#define FLOW_NACK_AGE_US 800000
#define FLOW_NACK_WAIT_US 15000 /* shortest time between two tries */
#define FLOW_NACK_SLOWEST_US 250000
#define FLOW_NACK_REORDER_US 10000 /* patience where order is bad */
#define FLOW_NACK_REORDER_MEMORY_US 10000000
#define FLOW_NACK_BATCH 128u     /* sequence numbers per packet */
#define FLOW_NACK_PER_SECOND 600 /* budget, in sequence numbers */

struct flow_missing {
    uint16_t seq;
    uint8_t tries;
    bool gone; /* came, or was given up */
    int64_t first_us;
    int64_t due_us; /* next try */
};

struct flow_nack {
    uint32_t len; /* entries, rising in sequence number */
    struct flow_missing items[FLOW_NACK_MAX];
    int64_t reordered_us; /* when order was last seen broken; 0: never */
    double budget;
    int64_t budget_us;
};

/* Forgets everything. */
void flow_nack_clear(struct flow_nack *n);

/* Packets `first` to first + count - 1 are missing. False when there were too
 * many: all was forgotten, a key frame is the way out. */
bool flow_nack_miss(struct flow_nack *n, uint16_t first, uint32_t count,
                    int64_t now_us);

/* `seq` came; `late` when by itself, out of order, before being asked for. */
void flow_nack_came(struct flow_nack *n, uint16_t seq, bool late,
                    int64_t now_us);

/* A key frame begins: what has been asked for in vain before it is of no use
 * any more. */
void flow_nack_key(struct flow_nack *n, uint16_t seq);

/* Gives up what is too old; returns how many. */
uint32_t flow_nack_expire(struct flow_nack *n, int64_t now_us);

/* The sequence numbers due now, at most FLOW_NACK_BATCH, in order; they count
 * as asked for. Returns how many. */
size_t flow_nack_due(struct flow_nack *n, int64_t rtt_us, int64_t now_us,
                     uint16_t ret[FLOW_NACK_BATCH]);

/* When the next is due; INT64_MAX when none is missing. */
int64_t flow_nack_next(const struct flow_nack *n);

#endif
