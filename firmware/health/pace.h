/* pace.h - when a report is due.
 *
 * Room: one a minute; one soon after a change, with a floor between two and a
 * ceiling within a minute, so that a loose plug does not flood a country's
 * broker. Pure: time is given, no allocation.
 */
#ifndef LUUKKU_HEALTH_PACE_H
#define LUUKKU_HEALTH_PACE_H

#include "base/defs.h"

#include <stdbool.h>
#include <stdint.h>

#define HEALTH_EVERY_US INT64_C(60000000) /* without a change */
#define HEALTH_SPREAD_US INT64_C(6000000) /* so much sooner, by chance */
#define HEALTH_FLOOR_US INT64_C(2000000)  /* between two */
#define HEALTH_BURST 10                   /* at once, after a quiet time ... */
#define HEALTH_REFILL_US INT64_C(6000000) /* ... then one more in this time */

struct health_pace {
    int64_t last_us;   /* when the last was sent */
    int64_t refill_us; /* when the next token comes */
    unsigned tokens;   /* 0..HEALTH_BURST */
    bool sent;         /* one was sent since it can be sent at all */
    bool changed;      /* and something changed since */
};

/* Nothing was sent yet: one is due at once. */
void health_pace_init(struct health_pace *p, int64_t now_us);

/* Something changed. */
void health_pace_change(struct health_pace *p);

/* The link has come (again): the fleet has waited. */
void health_pace_link(struct health_pace *p);

/* When the next report is due; `chance` is any number, drawn for the kiosk, so
 * that a thousand that woke together do not report together. */
int64_t health_pace_next_us(const struct health_pace *p, uint32_t chance);

/* One was sent. */
void health_pace_sent(struct health_pace *p, int64_t now_us);

#endif
