/* RTCP that comes in. */
#include "rtc/flow/internal.h"

#include <errno.h>

#define REFERENCE_WRAP (INT64_C(1) << 24)

/* Now in NTP's 32.32 seconds, as our sender reports say it. */
static uint64_t ntp_now(const struct flow *f, int64_t now_us)
{
    int64_t wall = now_us + f->cfg.wall_us;
    uint64_t sec = (uint64_t)(wall / 1000000) + UINT64_C(2208988800);
    uint64_t frac = ((uint64_t)(wall % 1000000) << 32) / 1000000;
    return sec << 32 | frac;
}

/* RFC 3550 section 6.4.1: the round trip out of LSR and DLSR. */
static void note_rtt(struct flow *f, const struct rtc_rtcp_report *b,
                     int64_t now_us)
{
    if (b->lsr == 0)
        return;
    uint32_t now = (uint32_t)(ntp_now(f, now_us) >> 16);
    int32_t d = (int32_t)(now - b->lsr - b->dlsr);
    if (d < -65536 || d > 10 * 65536)
        return; /* an echo of nothing that we sent lately */
    int64_t us = LK_MAX((int64_t)d, (int64_t)0) * 1000000 / 65536;
    f->rtt_us = f->rtt_us < 0 ? us : (f->rtt_us + us) / 2;
}

static void take_reports(struct flow *f, const struct rtc_rtcp *p,
                         int64_t now_us)
{
    struct rtc_rtcp_report b;
    for (size_t i = 0; rtc_rtcp_get_report(p, i, &b) == 0; i++) {
        if (b.ssrc == f->cfg.video_ssrc || b.ssrc == f->cfg.audio_ssrc)
            note_rtt(f, &b, now_us);
        if (b.ssrc == f->cfg.video_ssrc) {
            f->stats.send_loss_permille = b.fraction_lost * 1000 / 256;
            flow_control_report(&f->control, b.fraction_lost, now_us);
        }
    }
}

static void take_sender(struct flow *f, const struct rtc_rtcp *p,
                        int64_t now_us)
{
    struct rtc_rtcp_sender sr;
    if (rtc_rtcp_get_sender(p, &sr) < 0)
        return;
    for (int k = 0; k < 2; k++) {
        if (f->sources[k].on && f->sources[k].ssrc == p->ssrc)
            flow_source_sr(&f->sources[k], &sr, now_us);
    }
}

static void take_nack(struct flow *f, const struct rtc_rtcp *p, int64_t now_us)
{
    size_t at = 0;
    uint16_t seq = 0;
    if (p->media_ssrc != f->cfg.video_ssrc || !f->cfg.nack)
        return;
    while (rtc_rtcp_nack_next(p, &at, &seq))
        flow_resend(f, seq, now_us);
}

static void take_fir(struct flow *f, const struct rtc_rtcp *p)
{
    uint8_t command = 0;
    if (rtc_rtcp_get_fir(p, f->cfg.video_ssrc, &command) < 0)
        return;
    if (f->fir_from == p->ssrc && f->fir_command == command)
        return; /* the same request again, RFC 5104 section 4.3.1.2 */
    f->fir_from = p->ssrc;
    f->fir_command = command;
    f->stats.fir_received++;
    flow_want_key(f);
}

/* Sources that say goodbye begin anew if they come back. */
static void take_bye(struct flow *f, const struct rtc_rtcp *p)
{
    for (int k = 0; k < 2; k++) {
        if (f->sources[k].on && rtc_rtcp_bye_has(p, f->sources[k].ssrc)) {
            f->sources[k].on = false;
            if (k == FLOW_VIDEO)
                flow_nack_clear(&f->nack);
        }
    }
}

/* Unwraps the 24 bits of a report's reference time. */
static int64_t unwrap_reference(struct flow *f, int64_t reference_us)
{
    int64_t ref = reference_us / RTC_TWCC_REFERENCE_US;
    if (!f->has_reference) {
        f->has_reference = true;
        f->reference = ref + REFERENCE_WRAP; /* never near zero */
    } else {
        int64_t d = (ref - f->reference) % REFERENCE_WRAP;
        if (d < -REFERENCE_WRAP / 2)
            d += REFERENCE_WRAP;
        else if (d >= REFERENCE_WRAP / 2)
            d -= REFERENCE_WRAP;
        f->reference += d;
    }
    return f->reference * RTC_TWCC_REFERENCE_US;
}

void flow_take_feedback(struct flow *f, const struct rtc_rtcp *p,
                        int64_t now_us)
{
    struct rtc_twcc_reader t;
    struct rtc_twcc_item item;
    struct flow_sent sent;
    bool any = false;
    if (f->cfg.twcc_ext == 0 || rtc_twcc_read(p->body, p->len, &t) < 0)
        return;
    f->stats.feedback_received++;
    int64_t shift = unwrap_reference(f, t.reference_us) - t.reference_us;
    while (rtc_twcc_next(&t, &item)) {
        bool lost = item.arrival_us == RTC_TWCC_LOST;
        if (!flow_history_take(&f->history, item.seq, &sent))
            continue;
        any = true;
        if (lost)
            flow_control_lost(&f->control);
        else
            flow_control_came(&f->control, sent.sent_us,
                              item.arrival_us + shift, sent.len);
    }
    if (any)
        flow_control_decide(&f->control, flow_rtt(f), now_us);
}

static void take_packet(struct flow *f, const struct rtc_rtcp *p,
                        int64_t now_us)
{
    switch (p->kind) {
    case RTC_RTCP_SR:
        take_sender(f, p, now_us);
        take_reports(f, p, now_us);
        break;
    case RTC_RTCP_RR:
        take_reports(f, p, now_us);
        break;
    case RTC_RTCP_BYE:
        take_bye(f, p);
        break;
    case RTC_RTCP_NACK:
        take_nack(f, p, now_us);
        break;
    case RTC_RTCP_TWCC:
        flow_take_feedback(f, p, now_us);
        break;
    case RTC_RTCP_PLI:
        if (p->media_ssrc == f->cfg.video_ssrc) {
            f->stats.pli_received++;
            flow_want_key(f);
        }
        break;
    case RTC_RTCP_FIR:
        take_fir(f, p);
        break;
    case RTC_RTCP_SDES:
    case RTC_RTCP_OTHER:
        break;
    }
}

int flow_receive_rtcp(struct flow *f, const uint8_t *data, size_t len,
                      int64_t now_us)
{
    struct lk_reader r = lk_reader(data, len);
    struct rtc_rtcp p;
    int more = len <= RTC_RTCP_PACKET_MAX ? 1 : -EBADMSG;
    if (f->started && more > 0) {
        flow_note_packet(f, now_us);
        while ((more = rtc_rtcp_next(&r, &p)) > 0)
            take_packet(f, &p, now_us);
    }
    if (more < 0)
        f->stats.malformed++;
    return more < 0 ? more : 0;
}
