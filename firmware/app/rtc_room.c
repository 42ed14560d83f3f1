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

/* The way is full. */
static void halve(struct rtc_spare *s, int bps, int64_t now_us)
{
    if (s->bps == 0 || now_us - s->less_us < RTC_SPARE_HALVES_US)
        return;
    s->limit_bps = s->bps / 4 * 3;
    s->less_us = now_us;
    s->bps /= 2;
    if (s->bps < rtc_room_share(bps))
        s->bps = 0;
}

void rtc_spare_try(struct rtc_spare *s, int bps, bool top, int64_t now_us)
{
    int64_t passed = LK_MIN(now_us - s->at_us, RTC_SPARE_DOUBLES_US);
    int most = RTC_ROOM_MAX_BPS;
    s->at_us = now_us;
    if (!top) {
        halve(s, bps, now_us);
        return;
    }
    if (s->limit_bps > 0 && now_us - s->less_us < RTC_SPARE_LIMIT_US)
        most = LK_MAX(s->limit_bps, rtc_room_share(bps));
    if (s->bps == 0)
        s->bps = rtc_room_share(bps);
    else
        s->bps += (int)(s->bps * passed / RTC_SPARE_DOUBLES_US);
    s->bps = LK_MIN(s->bps, most);
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
