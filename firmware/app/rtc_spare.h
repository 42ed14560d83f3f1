/* rtc_spare.h - what the way carries beside the picture.
 *
 * Room: how fast busy data channels may send. While the picture has all that it
 * may have, nobody knows how much more the way would carry: a busy channel
 * tries. What it sends doubles as long as it comes through; when what was not
 * acknowledged stands in a queue (by Little's law: what is on its way, over
 * what comes through, is longer than the way), or the picture's rate control
 * sees the way filled, it goes back and keeps below what was too much for a
 * while. Pure: time goes in.
 */
#ifndef LUUKKU_APP_RTC_SPARE_H
#define LUUKKU_APP_RTC_SPARE_H

#include "base/defs.h"

#include <stdbool.h>

#define RTC_SPARE_MAX_BPS 64000000
/* What is sent is judged after two round trips, within these. */
#define RTC_SPARE_LOOK_MIN_US INT64_C(10000)
#define RTC_SPARE_LOOK_MAX_US INT64_C(400000)
/* A queue of channels' bytes that stands in the way. */
#define RTC_SPARE_QUEUE_US INT64_C(40000)
#define RTC_SPARE_QUEUE_BYTES UINT64_C(16384) /* and at least so much */
#define RTC_SPARE_FIRST_BYTES INT64_C(24576)  /* in a round trip, at first */
#define RTC_SPARE_REST_US INT64_C(300000)     /* not busy for so long */
#define RTC_SPARE_HALVES_US INT64_C(500000)   /* no sooner again */
#define RTC_SPARE_FULL_US INT64_C(2000000)    /* a queue's limit is kept */
#define RTC_SPARE_LIMIT_US INT64_C(15000000)  /* the picture's limit is kept */

/* All 0 at first. */
struct rtc_spare {
    int bps;       /* beside the picture; 0: the channels' share of the way */
    int limit_bps; /* 0: none was found */
    int64_t until_us; /* when it is forgotten */
    int64_t busy_us;  /* when a channel was busy last */
    int64_t less_us;  /* when it gave way last */
    int64_t from_us;  /* of this look */
    uint64_t acked;   /* as this look began */
    int64_t rtt_us;   /* the shortest seen; 0: none */
};

/* How things stand on the way. */
struct rtc_spare_way {
    bool busy;     /* a channel waits, or has just waited, for room */
    int share_bps; /* the channels' share, at the least */
    bool top;      /* the picture's rate is as high as it may be */
    uint64_t sent_bytes, flight_bytes;
    int64_t rtt_us; /* -1: not known */
};

/* Lets time pass while a channel is busy, or `bps` is not 0. What was found out
 * stays when it comes to rest. */
void rtc_spare_try(struct rtc_spare *s, const struct rtc_spare_way *w,
                   int64_t now_us);

#endif
