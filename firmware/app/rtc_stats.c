#include "app/rtc_stats.h"

#include <math.h>

static int add_media(const struct media_stats *m, struct lk_buf *b)
{
    return lk_buf_printf(
        b,
        "\"frames_sent\":%llu,\"frames_decoded\":%llu,"
        "\"audio_packets_received\":%llu,\"audio_packets_sent\":%llu,"
        "\"keyframes_sent\":%llu,\"keyframes_wanted\":%llu,"
        "\"width\":%d,\"height\":%d,\"sent_width\":%d,\"sent_height\":%d,"
        "\"tone_hz\":%.1f,\"stamps_good\":%llu,\"stamps_bad\":%llu,"
        "\"latency_p50_ms\":%.1f,\"latency_p95_ms\":%.1f,"
        "\"skew_ms\":%d,\"packets_refused\":%llu,\"encoder_kbps\":%d,",
        (unsigned long long)m->frames_sent,
        (unsigned long long)m->frames_decoded,
        (unsigned long long)m->audio_packets_received,
        (unsigned long long)m->audio_packets_sent,
        (unsigned long long)m->keyframes_sent,
        (unsigned long long)m->keyframes_wanted, m->width_px, m->height_px,
        m->sent_width_px, m->sent_height_px, m->tone_hz,
        (unsigned long long)m->stamps_good, (unsigned long long)m->stamps_bad,
        m->latency_p50_ms, m->latency_p95_ms, m->skew_ms,
        (unsigned long long)m->packets_refused, m->bitrate_bps / 1000);
}

/* How much of the firmware's own speech was played, and how loud its loudest
 * sample was, in dB below the most that a sample can hold. */
static int add_speech(const struct speech_stats *v, struct lk_buf *b)
{
    double peak = v->peak > 0 ? 20 * log10(v->peak / 32768.0) : -120;
    return lk_buf_printf(b, "\"speech_ms\":%llu,\"speech_peak_db\":%.1f,",
                         (unsigned long long)(v->samples / 48), peak);
}

static int add_flow(const struct flow_stats *f, struct lk_buf *b)
{
    return lk_buf_printf(
        b,
        "\"rtt_ms\":%.1f,\"send_kbps\":%d,\"receive_kbps\":%d,"
        "\"target_kbps\":%d,\"delivered_kbps\":%d,\"queue_ms\":%d,"
        "\"send_loss_permille\":%d,\"receive_loss_permille\":%d,"
        "\"nack_sent\":%llu,\"nack_received\":%llu,\"rtx_sent\":%llu,"
        "\"rtx_denied\":%llu,\"rtx_received\":%llu,\"gave_up\":%llu,"
        "\"pli_sent\":%llu,\"pli_received\":%llu,\"feedback_sent\":%llu,"
        "\"feedback_received\":%llu,\"paced_out\":%llu,\"malformed\":%llu,",
        f->rtt_us < 0 ? -1.0 : f->rtt_us / 1000.0, f->send_kbps,
        f->receive_kbps, f->target_kbps, f->delivered_kbps, f->queue_us / 1000,
        f->send_loss_permille, f->receive_loss_permille,
        (unsigned long long)f->nack_sent, (unsigned long long)f->nack_received,
        (unsigned long long)f->rtx_sent, (unsigned long long)f->rtx_denied,
        (unsigned long long)f->rtx_received, (unsigned long long)f->gave_up,
        (unsigned long long)f->pli_sent, (unsigned long long)f->pli_received,
        (unsigned long long)f->feedback_sent,
        (unsigned long long)f->feedback_received,
        (unsigned long long)f->paced_out, (unsigned long long)f->malformed);
}

/* Milliseconds from the offer to `at`; -1 while it has not come. */
static double since_offer_ms(const struct rtc_peer_stats *p, int64_t at_us)
{
    return at_us > 0 && p->offer_us > 0 ? (double)(at_us - p->offer_us) / 1000
                                        : -1;
}

static int add_peer(const struct rtc_peer_stats *p, struct lk_buf *b)
{
    return lk_buf_printf(
        b,
        "\"profile\":\"%s\",\"handshakes\":%u,\"restarts\":%u,"
        "\"answer_ms\":%.1f,\"ice_ms\":%.1f,\"connected_ms\":%.1f,"
        "\"srtp_refused\":%llu,\"gate_in\":%llu,\"gate_out\":%llu,"
        "\"unknown\":%llu,",
        p->net.profile, p->handshakes, p->restarts,
        since_offer_ms(p, p->answer_us), since_offer_ms(p, p->ice_us),
        since_offer_ms(p, p->connected_us),
        (unsigned long long)p->net.srtp_refused,
        (unsigned long long)p->net.gate_in, (unsigned long long)p->net.gate_out,
        (unsigned long long)p->net.unknown);
}

int rtc_stats_call(const struct rtc_transport_stats *t,
                   const struct media_stats *m, const struct speech_stats *v,
                   struct lk_buf *b)
{
    int r =
        lk_buf_printf(b, "{\"state\":\"%s\",",
                      t->present ? rtc_peer_state_name(t->peer.state) : "idle");
    if (r == 0)
        r = add_media(m, b);
    if (r == 0)
        r = add_speech(v, b);
    if (r == 0)
        r = add_flow(&t->peer.flow, b);
    if (r == 0)
        r = add_peer(&t->peer, b);
    if (r == 0)
        r = lk_buf_printf(b, "\"worst_late_ms\":%.2f,\"packets_lost\":%llu}",
                          (double)t->worst_late_us / 1000,
                          (unsigned long long)t->packets_lost);
    return r;
}

static const char *const device_names[] = {[MEDIA_DEVICE_NONE] = "none",
                                           [MEDIA_DEVICE_SIMULATED] =
                                               "simulated",
                                           [MEDIA_DEVICE_REAL] = "ok"};

/* A device's own name is outside bytes: only plain characters pass. */
static void plain(const char *s, char *ret, size_t cap)
{
    size_t n = 0;
    for (; *s && n + 1 < cap; s++) {
        bool good = *s >= ' ' && *s < 127 && *s != '"' && *s != '\\';
        ret[n++] = (char)(good ? *s : '?');
    }
    ret[n] = '\0';
}

int rtc_stats_devices(const struct media_devices *d, struct lk_buf *b)
{
    char name[MEDIA_NAME_MAX];
    plain(d->camera_name, name, sizeof(name));
    return lk_buf_printf(
        b,
        "[{\"device\":\"camera\",\"state\":\"%s\",\"name\":\"%s\"},"
        "{\"device\":\"microphone\",\"state\":\"%s\",\"name\":\"\"},"
        "{\"device\":\"loudspeaker\",\"state\":\"%s\",\"name\":\"\"}]",
        device_names[d->camera], name, device_names[d->microphone],
        device_names[d->loudspeaker]);
}

static int add_test(struct lk_buf *b, const char *name, const char *result,
                    const char *why)
{
    return lk_buf_printf(b,
                         "%s{\"test\":\"%s\",\"result\":\"%s\",\"why\":\"%s\"}",
                         b->len > 1 ? "," : "", name, result, why);
}

static int add_device_test(struct lk_buf *b, const char *name,
                           enum media_device d)
{
    if (d == MEDIA_DEVICE_REAL)
        return add_test(b, name, "PASS", "");
    if (d == MEDIA_DEVICE_SIMULATED)
        return add_test(b, name, "SKIP", "simulated, no device to test");
    return add_test(b, name, "FAIL",
                    "not found: check that it is plugged in and powered");
}

int rtc_stats_selftest(const struct media_devices *d, bool broker,
                       struct lk_buf *b)
{
    int r = lk_buf_printf(b, "[");
    if (r == 0)
        r = broker ? add_test(b, "broker", "PASS", "")
                   : add_test(b, "broker", "FAIL",
                              "no link: check the network, the broker's "
                              "address and the certificates");
    if (r == 0)
        r = add_device_test(b, "camera", d->camera);
    if (r == 0)
        r = add_device_test(b, "microphone", d->microphone);
    if (r == 0)
        r = add_device_test(b, "loudspeaker", d->loudspeaker);
    return r < 0 ? r : lk_buf_printf(b, "]");
}
