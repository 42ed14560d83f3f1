#include "app/rtc_spare.h"

#define MILLION INT64_C(1000000)

static void limit(struct rtc_spare *s, int bps, int64_t until_us)
{
    s->limit_bps = bps;
    s->until_us = until_us;
}

/* The picture needs the way. */
static void give_way(struct rtc_spare *s, int share, int64_t now_us)
{
    if (s->bps == 0 || now_us - s->less_us < RTC_SPARE_HALVES_US)
        return;
    limit(s, s->bps / 4 * 3, now_us + RTC_SPARE_LIMIT_US);
    s->less_us = now_us;
    s->bps /= 2;
    if (s->bps < share)
        s->bps = 0;
}

static int most(struct rtc_spare *s, int share, int64_t now_us)
{
    if (now_us >= s->until_us)
        s->limit_bps = 0;
    return s->limit_bps > 0 ? LK_MAX(s->limit_bps, share) : RTC_SPARE_MAX_BPS;
}

/* Half a round trip more: what came through was partly sent when less was. */
static bool queue_stands(const struct rtc_spare *s, uint64_t flight,
                         int64_t through_bps)
{
    return flight >= RTC_SPARE_QUEUE_BYTES &&
           (int64_t)flight * 8 * MILLION >
               through_bps * (s->rtt_us / 2 * 3 + RTC_SPARE_QUEUE_US);
}

/* What is sent again makes `sent` more, and is not what was acknowledged. */
static uint64_t acked_of(const struct rtc_spare *s,
                         const struct rtc_spare_way *w)
{
    uint64_t acked =
        w->sent_bytes > w->flight_bytes ? w->sent_bytes - w->flight_bytes : 0;
    return LK_MAX(acked, s->acked);
}

static void look(struct rtc_spare *s, const struct rtc_spare_way *w,
                 int64_t now_us)
{
    uint64_t acked = acked_of(s, w);
    /* A far end that says nothing for a moment says nothing about the way. */
    if (acked == s->acked && w->flight_bytes > 0 &&
        now_us - s->from_us < RTC_SPARE_LOOK_MAX_US)
        return;
    int64_t through =
        (int64_t)(acked - s->acked) * 8 * MILLION / (now_us - s->from_us);
    if (queue_stands(s, w->flight_bytes, through)) {
        limit(s, (int)LK_MAX(through / 10 * 9, s->bps / 2),
              now_us + RTC_SPARE_FULL_US);
        s->bps = (int)LK_MAX(through / 4 * 3, s->bps / 4);
        s->less_us = now_us;
    } else if (through * 8 >= INT64_C(5) * s->bps) {
        s->bps = LK_MIN(2 * s->bps, most(s, w->share_bps, now_us));
    }
    s->bps = LK_MAX(s->bps, w->share_bps);
    s->from_us = now_us;
    s->acked = acked;
}

/* On a short way a little more than the share is soon out of the way again, if
 * it is too much. */
static int first(const struct rtc_spare *s, int share)
{
    if (s->rtt_us == 0)
        return share;
    int64_t bps = RTC_SPARE_FIRST_BYTES * INT64_C(8) * MILLION /
                  (s->rtt_us + RTC_SPARE_QUEUE_US / 2);
    return (int)LK_MAX(bps, share);
}

void rtc_spare_try(struct rtc_spare *s, const struct rtc_spare_way *w,
                   int64_t now_us)
{
    if (w->busy)
        s->busy_us = now_us;
    if (w->rtt_us > 0 && (s->rtt_us == 0 || w->rtt_us < s->rtt_us))
        s->rtt_us = w->rtt_us;
    int64_t pause = LK_MAX(RTC_SPARE_LOOK_MIN_US, 2 * s->rtt_us);
    if (now_us - s->busy_us > RTC_SPARE_REST_US) {
        s->bps = 0;
    } else if (!w->top) {
        give_way(s, w->share_bps, now_us);
    } else if (s->bps == 0) {
        s->bps = LK_MIN(first(s, w->share_bps), most(s, w->share_bps, now_us));
        s->from_us = now_us;
        s->acked = acked_of(s, w);
    } else if (now_us - s->from_us >= LK_MIN(pause, RTC_SPARE_LOOK_MAX_US)) {
        look(s, w, now_us);
    }
}
