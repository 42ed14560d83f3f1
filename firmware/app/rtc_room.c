#include "app/rtc_room.h"

#include "ipc/rtcmsg.h"

#define MILLION INT64_C(1000000)

/* luukkud hears of new room when it could not send a long message soon, and
 * when it is worth a message. */
#define LOW (2 * UINT64_C(16384))
#define WORTH UINT64_C(8192)

int rtc_room_share(int bps)
{
    return LK_MAX(RTC_ROOM_MIN_BPS, LK_MIN(bps / 2, RTC_ROOM_MAX_BPS));
}

void rtc_room_begin(struct rtc_room *r, int64_t now_us)
{
    *r = (struct rtc_room){
        .given = RTC_ROOM_WINDOW, .told = RTC_ROOM_WINDOW, .at_us = now_us};
}

bool rtc_room_wants(const struct rtc_room *r)
{
    return r->given < r->taken + RTC_ROOM_WINDOW;
}

bool rtc_room_take(struct rtc_room *r, size_t len, int64_t now_us)
{
    uint64_t cost = rtcmsg_room_cost(len);
    if (cost > r->given - r->taken)
        return false;
    if (!rtc_room_wants(r))
        r->at_us = now_us; /* it did not grow before: there was no need */
    r->taken += cost;
    return true;
}

static void grow(struct rtc_room *r, int64_t bytes)
{
    r->given = LK_MIN(r->given + (uint64_t)bytes, r->taken + RTC_ROOM_WINDOW);
    if (!rtc_room_wants(r))
        r->busy = false;
    else if (r->given - r->taken < LOW / 2)
        r->busy = true;
}

bool rtc_room_grow(struct rtc_room *r, int bps, size_t waiting, int64_t now_us)
{
    int64_t passed = LK_MIN(now_us - r->at_us, MILLION);
    int64_t bytes = passed * (bps / 8) / MILLION;
    if (waiting > 0) {
        r->at_us = now_us;
        return false;
    }
    if (bytes <= 0)
        return false;
    r->at_us = now_us;
    grow(r, bytes);
    if (r->told - r->taken >= LOW)
        return false;
    if (r->given - r->told < WORTH && rtc_room_wants(r))
        return false;
    r->told = r->given;
    return true;
}
