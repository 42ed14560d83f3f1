/* rtc_room.h - how much luukkud may send on a data channel, and how fast.
 *
 * Room: what lets a long message (a sealed package, up to 1 MiB) go out beside
 * the call without filling a queue or the narrowest place of the way: luukkud
 * sends only what it was given room for (RTCMSG_ROOM), and room grows at the
 * channel's share of what the way carries, never while something waits for
 * SCTP. What is typed fits into the room that is given at once. Pure: time goes
 * in.
 */
#ifndef LUUKKU_APP_RTC_ROOM_H
#define LUUKKU_APP_RTC_ROOM_H

#include "base/defs.h"

#include <stdbool.h>

/* Bytes that may be on their way from luukkud without more room. As short
 * messages (rtcmsg_room_cost()) they are fewer than the queues between the
 * programs and threads hold. */
#define RTC_ROOM_WINDOW UINT64_C(49152)
#define RTC_ROOM_TICK_US 5000 /* between rtc_room_grow() */

/* A channel's share of the way while it has more to send than room: half, and
 * at least and most so much. */
#define RTC_ROOM_MIN_BPS 128000
#define RTC_ROOM_MAX_BPS 8000000

struct rtc_room {
    uint64_t taken; /* cost of what was sent since the channel opened */
    uint64_t given; /* as much may be */
    uint64_t told;  /* as luukkud knows it */
    int64_t at_us;  /* until when it has grown */
    bool busy;      /* luukkud waits, or has just waited, for room */
};

/* The share of a channel that is busy, of what the way carries. */
int rtc_room_share(int bps);

/* The channel opens: gives the first room; to be told. */
void rtc_room_begin(struct rtc_room *r, int64_t now_us);

/* luukkud sent a message of `len` bytes. False: there was no room for it. */
bool rtc_room_take(struct rtc_room *r, size_t len, int64_t now_us);

/* Whether there is less room than there may be: rtc_room_grow() is wanted. */
bool rtc_room_wants(const struct rtc_room *r);

/* Lets time pass.
 *
 * bps      the channel's share
 * waiting  bytes of the channel that SCTP has not taken yet
 * Returns whether `given` is to be told to luukkud.
 */
bool rtc_room_grow(struct rtc_room *r, int bps, size_t waiting, int64_t now_us);

#endif
