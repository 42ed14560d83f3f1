#include "app/rtc_quality.h"

void rtc_quality_begin(struct rtc_quality *q, const struct media_stats *m,
                       int64_t now_us)
{
    if (q->runs)
        return;
    *q = (struct rtc_quality){.runs = true,
                              .since_us = now_us,
                              .sent_before = m->frames_sent,
                              .decoded_before = m->frames_decoded};
    for (size_t i = 0; i < FIGURES_CALL; i++)
        q->last[i] = -1;
}

static void mean(struct rtc_quality *q, enum figures_call f, int64_t v)
{
    if (v < 0)
        return;
    q->sum[f] += v;
    q->count[f]++;
}

/* Frames a second since the call began, in thousandths; media may have begun
 * anew, and then counts from there. */
static int64_t rate(uint64_t now, uint64_t before, int64_t us)
{
    uint64_t frames = now >= before ? now - before : now;
    return us > 0 ? (int64_t)(frames * 1000000000ULL / (uint64_t)us) : -1;
}

void rtc_quality_sample(struct rtc_quality *q,
                        const struct rtc_transport_stats *t,
                        const struct media_stats *m, int64_t now_us)
{
    const struct flow_stats *f = &t->peer.flow;
    if (!q->runs || !t->present)
        return;
    mean(q, FIGURES_RTT_US, f->rtt_us);
    mean(q, FIGURES_LOSS_SENT_PERMILLE, f->send_loss_permille);
    mean(q, FIGURES_LOSS_RECEIVED_PERMILLE, f->receive_loss_permille);
    mean(q, FIGURES_SEND_KBPS, f->send_kbps);
    mean(q, FIGURES_RECEIVE_KBPS, f->receive_kbps);
    q->last[FIGURES_RTT_WORST_US] =
        LK_MAX(q->last[FIGURES_RTT_WORST_US], (int64_t)f->rtt_us);
    q->last[FIGURES_WIDTH] = m->width_px;
    q->last[FIGURES_HEIGHT] = m->height_px;
    q->last[FIGURES_RESTARTS] = t->peer.restarts;
    int64_t us = now_us - q->since_us;
    q->last[FIGURES_FPS_SENT_MILLI] = rate(m->frames_sent, q->sent_before, us);
    q->last[FIGURES_FPS_RECEIVED_MILLI] =
        rate(m->frames_decoded, q->decoded_before, us);
    if (t->peer.connected_us > t->peer.offer_us && t->peer.offer_us > 0)
        q->last[FIGURES_CONNECT_MS] =
            (t->peer.connected_us - t->peer.offer_us) / 1000;
}

bool rtc_quality_end(struct rtc_quality *q, int64_t now_us,
                     int64_t ret[FIGURES_CALL])
{
    if (!q->runs)
        return false;
    q->runs = false;
    for (size_t i = 0; i < FIGURES_CALL; i++)
        ret[i] = q->count[i] > 0 ? q->sum[i] / q->count[i] : q->last[i];
    ret[FIGURES_DURATION_S] = (now_us - q->since_us) / 1000000;
    return true;
}
