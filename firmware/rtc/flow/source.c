#include "rtc/flow/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NTP_1970 INT64_C(2208988800) /* seconds from 1900 to 1970 */

static bool seen(const struct flow_source *s, uint32_t ext)
{
    uint32_t bit = ext % FLOW_SOURCE_WINDOW;
    return s->seen[bit / 64] >> (bit % 64) & 1;
}

static void mark(struct flow_source *s, uint32_t ext, bool on)
{
    uint32_t bit = ext % FLOW_SOURCE_WINDOW;
    uint64_t mask = UINT64_C(1) << (bit % 64);
    if (on)
        s->seen[bit / 64] |= mask;
    else
        s->seen[bit / 64] &= ~mask;
}

void flow_source_init(struct flow_source *s, uint32_t clock_hz)
{
    memset(s, 0, sizeof(*s));
    s->clock_hz = clock_hz;
    s->doubtful = -1;
}

/* Numbers begin one cycle up, so that what is a little older is positive. */
static void begin(struct flow_source *s, uint32_t ssrc, uint16_t seq)
{
    bool same = s->on && s->ssrc == ssrc;
    struct flow_source old = *s;
    flow_source_init(s, old.clock_hz);
    s->on = true;
    s->ssrc = ssrc;
    s->base = 65536u + seq;
    s->highest = s->base;
    s->received = 1;
    mark(s, s->base, true);
    if (same) { /* a leap: the clocks are still good */
        s->has_sr = old.has_sr;
        s->sr_ntp = old.sr_ntp;
        s->sr_ts = old.sr_ts;
        s->sr_us = old.sr_us;
    }
}

/* RFC 3550 appendix A.8. */
static void update_jitter(struct flow_source *s, uint32_t ts, int64_t now_us)
{
    int64_t ticks = now_us / 1000 * s->clock_hz / 1000;
    uint32_t transit = (uint32_t)ticks - ts;
    if (s->has_transit) {
        double d = abs((int32_t)(transit - s->transit));
        s->jitter += (d - s->jitter) / 16;
    }
    s->transit = transit;
    s->has_transit = true;
}

static enum flow_source_verdict advance(struct flow_source *s, uint32_t ahead)
{
    s->gap = ahead - 1;
    for (uint32_t i = 1; i < ahead && i <= FLOW_SOURCE_WINDOW; i++)
        mark(s, s->highest + i, false);
    s->highest += ahead;
    mark(s, s->highest, true);
    s->received++;
    return FLOW_SOURCE_NEXT;
}

enum flow_source_verdict flow_source_add(struct flow_source *s, uint32_t ssrc,
                                         uint16_t seq, uint32_t ts,
                                         int64_t now_us)
{
    if (!s->on || s->ssrc != ssrc) {
        begin(s, ssrc, seq);
        update_jitter(s, ts, now_us);
        return FLOW_SOURCE_FIRST;
    }
    int16_t d = (int16_t)(seq - (uint16_t)s->highest);
    if (d >= FLOW_SOURCE_DROPOUT || d <= -(int)FLOW_SOURCE_WINDOW) {
        if (s->doubtful == seq) {
            begin(s, ssrc, seq);
            return FLOW_SOURCE_FIRST;
        }
        s->doubtful = (uint16_t)(seq + 1);
        return FLOW_SOURCE_DOUBTFUL;
    }
    s->doubtful = -1;
    if (d > 0) {
        update_jitter(s, ts, now_us);
        return advance(s, (uint32_t)d);
    }
    uint32_t ext = s->highest - (uint32_t)-d;
    if (seen(s, ext))
        return FLOW_SOURCE_DUPLICATE;
    mark(s, ext, true);
    s->received++;
    return FLOW_SOURCE_LATE;
}

bool flow_source_recover(struct flow_source *s, uint16_t seq)
{
    int16_t d = (int16_t)(seq - (uint16_t)s->highest);
    if (!s->on || d > 0 || d <= -(int)FLOW_SOURCE_WINDOW)
        return false;
    uint32_t ext = s->highest - (uint32_t)-d;
    if (ext < s->base || seen(s, ext))
        return false;
    mark(s, ext, true);
    return true;
}

void flow_source_sr(struct flow_source *s, const struct rtc_rtcp_sender *sr,
                    int64_t now_us)
{
    s->has_sr = true;
    s->sr_ntp = sr->ntp;
    s->sr_ts = sr->rtp_ts;
    s->sr_us = now_us;
}

void flow_source_report(struct flow_source *s, int64_t now_us,
                        struct rtc_rtcp_report *ret)
{
    uint32_t expected = s->highest - s->base + 1;
    uint32_t in_interval = expected - s->expected_prior;
    int64_t got = (int64_t)s->received - s->received_prior;
    int64_t lost_now = (int64_t)in_interval - got;
    int64_t lost = (int64_t)expected - s->received;
    s->expected_prior = expected;
    s->received_prior = s->received;
    s->fraction_lost = 0;
    if (in_interval > 0 && lost_now > 0)
        s->fraction_lost =
            (uint8_t)LK_MIN(lost_now * 256 / in_interval, INT64_C(255));
    lost = LK_MAX(LK_MIN(lost, INT64_C(0x7fffff)), INT64_C(-0x800000));
    *ret = (struct rtc_rtcp_report){.ssrc = s->ssrc,
                                    .fraction_lost = s->fraction_lost,
                                    .lost = (int32_t)lost,
                                    .highest_seq = s->highest - 65536u,
                                    .jitter = (uint32_t)s->jitter};
    if (s->has_sr) {
        int64_t since = LK_MIN(now_us - s->sr_us, INT64_C(60000000));
        ret->lsr = (uint32_t)(s->sr_ntp >> 16);
        ret->dlsr = (uint32_t)(since * 65536 / 1000000);
    }
}

int flow_source_wall(const struct flow_source *s, uint32_t ts, int64_t *ret_us)
{
    if (!s->on || !s->has_sr)
        return -EAGAIN;
    int64_t sec = (int64_t)(s->sr_ntp >> 32) - NTP_1970;
    int64_t us = (int64_t)((s->sr_ntp & 0xffffffffu) * 1000000 >> 32);
    int64_t ticks = (int32_t)(ts - s->sr_ts);
    *ret_us = sec * 1000000 + us + ticks * 1000000 / s->clock_hz;
    return 0;
}
