/* RTCP that goes out: one compound of whatever is due. */
#include "rtc/flow/internal.h"

static uint32_t next_random(struct flow *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 17;
    f->random ^= f->random << 5;
    return f->random;
}

/* RFC 3550 section 6.3.1: spread over half to one and a half intervals. */
static void plan_report(struct flow *f, int64_t now_us)
{
    int64_t spread = (int64_t)(next_random(f) % FLOW_REPORT_US);
    f->report_us = now_us + FLOW_REPORT_US / 2 + spread;
}

static void fill_sender(const struct flow *f, enum flow_kind kind,
                        int64_t now_us, struct rtc_rtcp_sender *ret)
{
    const struct flow_clock *c = &f->clocks[kind];
    int64_t wall = now_us + f->cfg.wall_us;
    int64_t khz = kind == FLOW_VIDEO ? 90 : 48;
    uint64_t sec = (uint64_t)(wall / 1000000) + UINT64_C(2208988800);
    uint64_t frac = ((uint64_t)(wall % 1000000) << 32) / 1000000;
    int64_t ticks = (now_us - c->capture_us) * khz / 1000;
    *ret = (struct rtc_rtcp_sender){.ntp = sec << 32 | frac,
                                    .rtp_ts = c->ts + (uint32_t)ticks,
                                    .packets = c->packets,
                                    .octets = c->octets};
}

static void put_reports(struct flow *f, struct lk_writer *w, int64_t now_us)
{
    struct rtc_rtcp_report blocks[2];
    size_t count = 0;
    bool first = true;
    for (int k = 0; k < 2; k++) {
        if (f->sources[k].on)
            flow_source_report(&f->sources[k], now_us, &blocks[count++]);
    }
    for (int k = 0; k < 2; k++) {
        struct rtc_rtcp_sender sr;
        if (!f->clocks[k].any || f->clocks[k].packets == 0)
            continue;
        fill_sender(f, (enum flow_kind)k, now_us, &sr);
        rtc_rtcp_write_sr(
            w, k == FLOW_VIDEO ? f->cfg.video_ssrc : f->cfg.audio_ssrc, &sr,
            blocks, first ? count : 0);
        first = false;
    }
    if (first)
        rtc_rtcp_write_rr(w, f->cfg.video_ssrc, blocks, count);
    rtc_rtcp_write_cname(w, f->cfg.video_ssrc, f->cfg.cname);
    if (f->clocks[FLOW_AUDIO].any)
        rtc_rtcp_write_cname(w, f->cfg.audio_ssrc, f->cfg.cname);
}

static void put_nack(struct flow *f, struct lk_writer *w, int64_t now_us)
{
    uint16_t seqs[FLOW_NACK_BATCH];
    size_t n = flow_nack_due(&f->nack, flow_rtt(f), now_us, seqs);
    if (n == 0)
        return;
    f->stats.nack_sent += rtc_rtcp_write_nack(
        w, f->cfg.video_ssrc, f->sources[FLOW_VIDEO].ssrc, seqs, n);
}

/* When a PLI may leave; INT64_MAX when none is wanted. One that had no key
 * frame for an answer is repeated. */
static int64_t pli_next(const struct flow *f)
{
    int64_t gap = LK_MAX(flow_rtt(f) + 100000, (int64_t)FLOW_PLI_GAP_US);
    if (f->pli_wanted)
        return LK_MAX(f->pli_us + gap, f->pli_after_us);
    bool unanswered = f->pli_tries > 0 && f->pli_tries < FLOW_PLI_TRIES;
    return unanswered && f->sources[FLOW_VIDEO].on
               ? f->pli_us + gap + FLOW_PLI_AGAIN_US
               : INT64_MAX;
}

static void put_pli(struct flow *f, struct lk_writer *w, int64_t now_us)
{
    if (pli_next(f) > now_us)
        return;
    rtc_rtcp_write_pli(w, f->cfg.video_ssrc, f->sources[FLOW_VIDEO].ssrc);
    f->pli_wanted = false;
    f->pli_tries++;
    f->pli_us = now_us;
    f->stats.pli_sent++;
}

static void put_bye(struct flow *f, struct lk_writer *w)
{
    const uint32_t ssrcs[] = {f->cfg.video_ssrc, f->cfg.rtx_ssrc,
                              f->cfg.audio_ssrc};
    rtc_rtcp_write_bye(w, ssrcs, LK_ARRAY_LEN(ssrcs));
    f->bye_wanted = false;
}

bool flow_poll_rtcp(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    struct lk_writer w = lk_writer(f->out, FLOW_RTCP_ROOM);
    bool bye = f->bye_wanted;
    if (flow_next_rtcp(f) > now_us)
        return false;
    if (bye || f->report_us <= now_us) {
        put_reports(f, &w, now_us);
        plan_report(f, now_us);
    }
    put_pli(f, &w, now_us);
    put_nack(f, &w, now_us);
    if (flow_arrivals_next(&f->arrivals) <= now_us &&
        flow_arrivals_write(&f->arrivals, &w, f->cfg.video_ssrc,
                            f->sources[FLOW_VIDEO].ssrc, now_us))
        f->stats.feedback_sent++;
    if (bye)
        put_bye(f, &w);
    if (w.bad || w.len == 0)
        return false;
    *ret =
        (struct flow_out){.type = FLOW_OUT_RTCP, .data = f->out, .len = w.len};
    return true;
}

int64_t flow_next_rtcp(const struct flow *f)
{
    int64_t next = f->bye_wanted ? 0 : f->report_us;
    next = LK_MIN(next, pli_next(f));
    int64_t nack = flow_nack_next(&f->nack);
    int64_t feedback = flow_arrivals_next(&f->arrivals);
    next = LK_MIN(next, nack);
    return LK_MIN(next, feedback);
}
