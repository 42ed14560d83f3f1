#include "app/rtc_verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REASON_MAX 240

/* One check's words; figures follow them. */
struct said {
    const char *test;
    bool skip;
    char reason[REASON_MAX]; /* "": it passed */
    const char *next;
};

static int64_t window_us(const struct rtc_verdict *v)
{
    return v->connected_us > 0 ? v->looked_us - v->connected_us : 0;
}

static bool tone_is_right(const struct rtc_verdict *v, double hz)
{
    return fabs(hz - v->tone_hz) * 100 <=
           (double)v->tone_hz * RTC_VERDICT_TONE_PERCENT;
}

int64_t rtc_verdict_look(struct rtc_verdict *v,
                         const struct rtc_loop_figures *f,
                         const struct media_stats *m, int64_t now_us,
                         int64_t warm_us)
{
    v->loop = *f;
    v->media = *m;
    v->looked_us = now_us;
    if (v->connected_us == 0) {
        int64_t up_us = LK_MAX(f->near.connected_us, f->far.connected_us);
        if (!f->connected || now_us - up_us < warm_us)
            return 0;
        v->connected_us = now_us;
        v->decoded = m->frames_decoded;
    }
    int64_t seen_us = LK_MAX(m->last_picture_us, v->connected_us);
    v->gap_us = LK_MAX(v->gap_us, now_us - seen_us);
    v->looks++;
    if (m->tone_hz > 0)
        v->tone_heard_hz = m->tone_hz;
    v->heard += m->tone_hz > 0 && tone_is_right(v, m->tone_hz);
    v->worst_loss_permille =
        LK_MAX(v->worst_loss_permille, f->far.flow.receive_loss_permille);
    v->loss_permille += f->far.flow.receive_loss_permille;
    v->worst_queue_us = LK_MAX(v->worst_queue_us, f->near.flow.queue_us);
    return LK_MAX(now_us - v->connected_us, 1);
}

static int write_said(const struct said *s, struct lk_buf *b)
{
    const char *result = s->skip ? "SKIP" : s->reason[0] ? "FAIL" : "PASS";
    return lk_buf_printf(b,
                         "%s{\"test\":\"%s\",\"result\":\"%s\","
                         "\"reason\":\"%s\",\"next\":\"%s\"",
                         b->len > 1 ? "," : "", s->test, result, s->reason,
                         s->reason[0] ? s->next : "");
}

/* A thing that could not be judged, and ends. */
static int write_skip(const char *test, const char *why, struct lk_buf *b)
{
    struct said s = {.test = test, .skip = true, .next = ""};
    (void)snprintf(s.reason, sizeof(s.reason), "%s", why);
    int r = write_said(&s, b);
    return r < 0 ? r : lk_buf_printf(b, "}");
}

/* --- connecting -------------------------------------------------------- */

static bool came_about(const struct rtc_verdict *v)
{
    return v->connected_us > 0;
}

static void judge_relay(const struct rtc_verdict *v, struct said *s)
{
    if (!v->configured) {
        s->skip = true;
        (void)snprintf(s->reason, sizeof(s->reason),
                       "no TURN server is configured");
        s->next = "";
    } else if (v->servers == 0) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "no TURN server's name has an address");
        s->next = "test network; then: net dns with the server's name";
    } else if (v->loop.near.net.ice.local_candidates == 0 ||
               v->loop.far.net.ice.local_candidates == 0) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "no TURN server gave a relay: it does not answer, or "
                       "does not take the user and password");
        s->next = "net turn says which of them it is";
    } else {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "relays were given, but nothing passes from one to the "
                       "other: %s",
                       v->loop.failed[0] ? v->loop.failed : "no answer");
        s->next = "Ask the office whether the relay may reach its own address.";
    }
}

static void judge_direct(const struct rtc_verdict *v, struct said *s)
{
    if (v->loop.near.net.ice.local_candidates == 0) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "this machine has no network address to call itself at");
        s->next = "test network";
    } else {
        (void)snprintf(s->reason, sizeof(s->reason), "the two ends %s: %s",
                       v->loop.near.ice_us > 0 ? "met, but agreed on no keys"
                                               : "do not reach each other",
                       v->loop.failed[0] ? v->loop.failed : "no answer");
        s->next = "restart; when it stays so, send the log to the office.";
    }
}

static double ms_between(int64_t from_us, int64_t to_us)
{
    return from_us > 0 && to_us > from_us ? (double)(to_us - from_us) / 1000
                                          : 0;
}

static int write_connect(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "connect", .next = ""};
    const struct rtc_loop_figures *f = &v->loop;
    if (!came_about(v) && v->relay)
        judge_relay(v, &s);
    else if (!came_about(v))
        judge_direct(v, &s);
    else if (f->failed[0]) {
        (void)snprintf(s.reason, sizeof(s.reason),
                       "the call broke while it ran: %s", f->failed);
        s.next = v->relay ? "net turn" : "test network";
    }
    int r = write_said(&s, b);
    int64_t up_us = LK_MAX(f->near.connected_us, f->far.connected_us);
    if (r == 0 && came_about(v))
        r = lk_buf_printf(
            b,
            ",\"gather_ms\":%.1f,\"ice_ms\":%.1f,\"connect_ms\":%.1f,"
            "\"local\":\"%s\",\"remote\":\"%s\",\"encryption\":\"%s\"",
            ms_between(f->begun_us, f->joined_us),
            ms_between(f->joined_us, f->near.ice_us),
            ms_between(f->joined_us, up_us), f->near.net.ice.local,
            f->near.net.ice.remote, f->near.net.profile);
    return r < 0 ? r : lk_buf_printf(b, "}");
}

/* --- while it ran ------------------------------------------------------ */

static const char *source_name(enum media_device d)
{
    static const char *const names[] = {[MEDIA_DEVICE_NONE] = "none",
                                        [MEDIA_DEVICE_SIMULATED] = "simulated",
                                        [MEDIA_DEVICE_REAL] = "real"};
    return names[d];
}

static double fps_of(const struct rtc_verdict *v)
{
    int64_t us = window_us(v);
    return us > 0 ? (double)(v->media.frames_decoded - v->decoded) * 1e6 /
                        (double)us
                  : 0;
}

static double stamps_percent(const struct media_stats *m)
{
    double all = (double)(m->stamps_good + m->stamps_bad);
    return all > 0 ? (double)m->stamps_good * 100 / all : 0;
}

static void judge_picture(const struct rtc_verdict *v, struct said *s)
{
    double fps = fps_of(v);
    s->next = "Nothing else may use this machine; look: show hardware, show "
              "temperature";
    if (v->camera == MEDIA_DEVICE_NONE) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "the camera gives no picture; a still one was sent in "
                       "its place");
        s->next = "test camera";
    } else if (v->media.frames_decoded == v->decoded) {
        (void)snprintf(s->reason, sizeof(s->reason), "no picture came through");
        s->next = "Look at: log program=luukku-rtc";
    } else if (v->gap_us > RTC_VERDICT_FROZEN_MS * INT64_C(1000)) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "the picture stood still for %.1f seconds",
                       (double)v->gap_us / 1e6);
    } else if (fps * 100 < (double)v->fps * RTC_VERDICT_FPS_PERCENT) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "%.1f pictures a second came through, of %d wanted", fps,
                       v->fps);
    } else if (stamps_percent(&v->media) < RTC_VERDICT_STAMPS_PERCENT) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "%.0f of 100 pictures do not show what was sent",
                       100 - stamps_percent(&v->media));
        s->next = "Look at: log program=luukku-rtc";
    }
}

static int write_picture(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "picture", .next = ""};
    const struct media_stats *m = &v->media;
    judge_picture(v, &s);
    int r = write_said(&s, b);
    return r < 0
               ? r
               : lk_buf_printf(
                     b,
                     ",\"source\":\"%s\",\"frames_per_s\":%.1f,"
                     "\"width\":%d,\"height\":%d,\"longest_gap_ms\":%.0f,"
                     "\"whole_percent\":%.1f,\"keyframes\":%llu}",
                     source_name(v->camera), fps_of(v), m->width_px,
                     m->height_px, (double)v->gap_us / 1000, stamps_percent(m),
                     (unsigned long long)m->keyframes_sent);
}

static int write_sound(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "sound",
                     .next = "Look at: log program=luukku-rtc"};
    unsigned percent = v->looks > 0 ? v->heard * 100 / v->looks : 0;
    if (v->microphone == MEDIA_DEVICE_NONE)
        return write_skip("sound",
                          "there is no microphone: its way cannot be tried", b);
    if (v->tone_heard_hz <= 0)
        (void)snprintf(s.reason, sizeof(s.reason),
                       "the tone that was sent did not come through");
    else if (percent < RTC_VERDICT_HEARD_PERCENT)
        (void)snprintf(s.reason, sizeof(s.reason),
                       "a tone of %d Hz was sent and heard in %u looks of 100; "
                       "last came %.0f Hz",
                       v->tone_hz, percent, v->tone_heard_hz);
    int r = write_said(&s, b);
    return r < 0 ? r
                 : lk_buf_printf(
                       b,
                       ",\"source\":\"%s\",\"tone_sent_hz\":%d,"
                       "\"tone_hz\":%.1f,\"heard_percent\":%u,"
                       "\"packets\":%llu}",
                       source_name(v->microphone), v->tone_hz, v->tone_heard_hz,
                       percent,
                       (unsigned long long)v->media.audio_packets_received);
}

static int write_delay(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "delay", .next = ""};
    const struct media_stats *m = &v->media;
    if (m->stamps_good == 0)
        return write_skip("delay", "no picture to measure it by came through",
                          b);
    if (m->latency_p95_ms > RTC_VERDICT_DELAY_MS) {
        (void)snprintf(s.reason, sizeof(s.reason),
                       "pictures take %.0f ms, and at worst %.0f ms",
                       m->latency_p50_ms, m->latency_p95_ms);
        s.next = v->relay ? "The way to the relay is slow: net turn"
                          : "The machine is overloaded: show hardware";
    }
    int r = write_said(&s, b);
    return r < 0 ? r
                 : lk_buf_printf(b,
                                 ",\"picture_p50_ms\":%.1f,"
                                 "\"picture_p95_ms\":%.1f,\"rtt_ms\":%.1f,"
                                 "\"queue_ms\":%d,\"sound_buffer_ms\":%d}",
                                 m->latency_p50_ms, m->latency_p95_ms,
                                 v->loop.near.flow.rtt_us / 1000.0,
                                 v->worst_queue_us / 1000, m->audio_latency_ms);
}

static int write_loss(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "loss", .next = ""};
    const struct flow_stats *near = &v->loop.near.flow;
    const struct flow_stats *far = &v->loop.far.flow;
    double percent =
        v->looks > 0 ? (double)v->loss_permille / v->looks / 10 : 0;
    if (percent * 10 > RTC_VERDICT_LOSS_PERMILLE) {
        (void)snprintf(s.reason, sizeof(s.reason),
                       "%.1f of 100 packets were lost on the way", percent);
        s.next = v->relay ? "Check the network's cable and switch; ask the "
                            "site what else uses the line."
                          : "The machine is overloaded: show hardware";
    }
    int r = write_said(&s, b);
    return r < 0 ? r
                 : lk_buf_printf(b,
                                 ",\"percent\":%.1f,\"worst_percent\":%.1f,"
                                 "\"asked_again\":%llu,"
                                 "\"sent_again\":%llu,\"gave_up\":%llu}",
                                 percent, v->worst_loss_permille / 10.0,
                                 (unsigned long long)far->nack_sent,
                                 (unsigned long long)near->rtx_sent,
                                 (unsigned long long)far->gave_up);
}

static int write_rate(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "rate", .next = "test network"};
    const struct flow_stats *near = &v->loop.near.flow;
    if (near->send_kbps == 0)
        (void)snprintf(s.reason, sizeof(s.reason), "nothing is sent any more");
    int r = write_said(&s, b);
    return r < 0 ? r
                 : lk_buf_printf(b,
                                 ",\"send_kbps\":%d,\"receive_kbps\":%d,"
                                 "\"target_kbps\":%d}",
                                 near->send_kbps, v->loop.far.flow.receive_kbps,
                                 near->target_kbps);
}

static int write_data(const struct rtc_verdict *v, struct lk_buf *b)
{
    struct said s = {.test = "data", .next = "Look at: log program=luukku-rtc"};
    if (v->loop.echoes == 0)
        (void)snprintf(s.reason, sizeof(s.reason),
                       "no message came back on the data channel: forms and "
                       "papers would not pass");
    int r = write_said(&s, b);
    return r < 0 ? r
                 : lk_buf_printf(b, ",\"echoes\":%llu,\"echo_ms\":%.1f}",
                                 (unsigned long long)v->loop.echoes,
                                 (double)v->loop.echo_us / 1000);
}

int rtc_verdict_write(const struct rtc_verdict *v, struct lk_buf *b)
{
    static int (*const writers[])(const struct rtc_verdict *v,
                                  struct lk_buf *b) = {
        write_picture, write_sound, write_delay,
        write_loss,    write_rate,  write_data};
    static const char *const names[] = {"picture", "sound", "delay",
                                        "loss",    "rate",  "data"};
    int r = lk_buf_printf(b, "[");
    if (r == 0)
        r = write_connect(v, b);
    for (size_t i = 0; r == 0 && i < LK_ARRAY_LEN(writers); i++)
        r = came_about(v)
                ? writers[i](v, b)
                : write_skip(names[i], "the call did not come about", b);
    return r < 0 ? r : lk_buf_printf(b, "]");
}
