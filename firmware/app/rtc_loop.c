#include "app/rtc_loop.h"

#include "app/rtc_sync.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OFFER_VERSION 1
#define LABEL "loop"

struct rtc_loop {
    struct rtc_loop_config config;
    struct rtc_peer *near, *far;
    struct rtc_sync sync;
    bool near_up, far_up;
    bool opened; /* media */
    int64_t begun_us, joined_us;
    char failed[64];
    int channel;      /* near's handle; -1: none is open */
    int64_t asked_us; /* a message is under way; 0: none */
    int64_t echo_us;
    uint64_t echoes;
    char offer[2][RTC_SDP_TEXT_MAX + 1];
    char answer[RTC_SDP_TEXT_MAX + 1];
};

/* The first word on it is the cause. */
static void fail(struct rtc_loop *l, const char *what, const char *why)
{
    if (l->failed[0])
        return;
    (void)snprintf(l->failed, sizeof(l->failed), "%s%s%s", what,
                   *why ? ": " : "", why);
    LK_LOG(INFO, "loop", "what=\"%s\"", l->failed);
}

/* --- joining the two --------------------------------------------------- */

static int take_answer(struct rtc_loop *l, struct rtc_peer *peer,
                       const char *offer, size_t len, bool active)
{
    enum rtc_sdp_verdict verdict = RTC_SDP_OK;
    int n = rtc_loop_answer(offer, len, active, l->answer, sizeof(l->answer));
    int r = n < 0 ? n : rtc_peer_answer(peer, l->answer, (size_t)n, &verdict);
    if (r < 0)
        fail(l, "answer",
             r == -EPROTO ? rtc_sdp_verdict_name(verdict)
                          : strerrorname_np(-r));
    return r;
}

/* Each gets the other's offer, once both have found their candidates: an offer
 * can be written anew with a higher version alone. */
static void join(struct rtc_loop *l)
{
    struct rtc_peer_stats a;
    struct rtc_peer_stats b;
    rtc_peer_get_stats(l->near, &a);
    rtc_peer_get_stats(l->far, &b);
    if (l->joined_us || a.state < RTC_PEER_READY || b.state < RTC_PEER_READY)
        return;
    l->joined_us = lk_clock_us();
    int near = rtc_peer_offer(l->near, OFFER_VERSION, l->offer[0],
                              sizeof(l->offer[0]));
    int far = near < 0 ? near
                       : rtc_peer_offer(l->far, OFFER_VERSION, l->offer[1],
                                        sizeof(l->offer[1]));
    if (near < 0 || far < 0) {
        fail(l, "offer", strerrorname_np(near < 0 ? -near : -far));
        return;
    }
    rtc_peer_open(l->near);
    rtc_peer_open(l->far);
    if (take_answer(l, l->near, l->offer[1], (size_t)far, false) == 0)
        (void)take_answer(l, l->far, l->offer[0], (size_t)near, true);
}

static void on_up(struct rtc_loop *l)
{
    const struct rtc_sctp_params params = {.label = LABEL};
    if (!l->near_up || !l->far_up || l->opened)
        return;
    l->opened = true;
    media_open(l->config.media, true);
    int r = rtc_peer_channel_open(l->near, &params);
    if (r < 0)
        fail(l, "data channel", strerrorname_np(-r));
}

static void on_state(struct rtc_loop *l, struct rtc_peer *peer, bool *up,
                     enum rtc_peer_state state)
{
    *up = state == RTC_PEER_CONNECTED;
    if (state == RTC_PEER_READY)
        join(l);
    else if (state == RTC_PEER_CONNECTED)
        on_up(l);
    else if (state == RTC_PEER_LOST)
        fail(l, "ice", "no way between the two ends");
    else if (state == RTC_PEER_FAILED)
        fail(l, "dtls", rtc_peer_failure(peer));
    else if (state == RTC_PEER_CLOSED)
        fail(l, "closed", "");
}

/* --- the near end's events --------------------------------------------- */

static void near_state(void *arg, enum rtc_peer_state state)
{
    struct rtc_loop *l = arg;
    on_state(l, l->near, &l->near_up, state);
}

/* One that is of no use is counted there. */
static void tell_candidate(struct rtc_peer *to, const char *text)
{
    (void)!rtc_peer_candidate(to, text, strlen(text));
}

static void near_candidate(void *arg, const char *text)
{
    struct rtc_loop *l = arg;
    tell_candidate(l->far, text);
}

static void near_rtp(void *arg, enum flow_kind kind, const uint8_t *pkt,
                     size_t len, int64_t now_us)
{
    (void)arg; /* the far end sends nothing */
    (void)kind;
    (void)pkt;
    (void)len;
    (void)now_us;
}

static void near_keyframe(void *arg)
{
    struct rtc_loop *l = arg;
    media_request_keyframe(l->config.media);
}

static void near_bitrate(void *arg, int bps)
{
    struct rtc_loop *l = arg;
    media_set_bitrate(l->config.media, bps);
}

static void on_silence(void *arg, int64_t silent_us)
{
    (void)arg; /* the figures show it */
    (void)silent_us;
}

static void near_channel(void *arg, int channel, const char *label,
                         bool by_remote)
{
    struct rtc_loop *l = arg;
    (void)label;
    if (!by_remote)
        l->channel = channel;
}

static void near_message(void *arg, int channel, bool text, const uint8_t *data,
                         size_t len)
{
    struct rtc_loop *l = arg;
    int64_t asked_us;
    (void)channel;
    (void)text;
    if (len != sizeof(asked_us))
        return;
    memcpy(&asked_us, data, sizeof(asked_us));
    if (l->asked_us == 0 || asked_us != l->asked_us)
        return;
    l->echo_us = lk_clock_us() - asked_us;
    l->echoes++;
    l->asked_us = 0;
}

static void on_writable(void *arg, int channel)
{
    (void)arg;
    (void)channel;
}

static void near_closed(void *arg, int channel)
{
    struct rtc_loop *l = arg;
    if (channel == l->channel)
        l->channel = -1;
}

/* --- the far end's events ---------------------------------------------- */

static void far_state(void *arg, enum rtc_peer_state state)
{
    struct rtc_loop *l = arg;
    on_state(l, l->far, &l->far_up, state);
}

static void far_candidate(void *arg, const char *text)
{
    struct rtc_loop *l = arg;
    tell_candidate(l->near, text);
}

static void far_rtp(void *arg, enum flow_kind kind, const uint8_t *pkt,
                    size_t len, int64_t now_us)
{
    struct rtc_loop *l = arg;
    rtc_sync_packet(&l->sync, l->far, kind, pkt, now_us);
    /* Refusals are counted by media. */
    (void)media_receive_rtp(l->config.media, (enum media_kind)kind, pkt, len);
}

static void far_keyframe(void *arg)
{
    (void)arg; /* it sends no picture */
}

static void far_bitrate(void *arg, int bps)
{
    (void)arg;
    (void)bps;
}

static void far_channel(void *arg, int channel, const char *label,
                        bool by_remote)
{
    (void)arg;
    (void)channel;
    (void)label;
    (void)by_remote;
}

static void far_message(void *arg, int channel, bool text, const uint8_t *data,
                        size_t len)
{
    struct rtc_loop *l = arg;
    /* What does not go back is missed at the near end. */
    (void)!rtc_peer_channel_send(l->far, channel, text, data, len);
}

static void far_closed(void *arg, int channel)
{
    (void)arg;
    (void)channel;
}

/* --- what passes ------------------------------------------------------- */

void rtc_loop_packets(struct rtc_loop *l, struct media_packets *p)
{
    for (size_t i = 0; i < p->count; i++)
        /* Held back before the connection and after a drop: counted there. */
        (void)rtc_peer_send_rtp(l->near, (enum flow_kind)p->kind,
                                p->packet[i].data, p->packet[i].len,
                                p->captured_us);
    media_packets_free(p);
}

void rtc_loop_want_keyframe(struct rtc_loop *l)
{
    rtc_peer_request_keyframe(l->far);
}

static void ask_echo(struct rtc_loop *l)
{
    if (l->channel < 0 || l->asked_us != 0)
        return;
    int64_t now_us = lk_clock_us();
    if (rtc_peer_channel_send(l->near, l->channel, false, &now_us,
                              sizeof(now_us)) == 0)
        l->asked_us = now_us;
}

void rtc_loop_look(struct rtc_loop *l, struct rtc_loop_figures *ret)
{
    struct rtc_loop_figures f = {.connected = l->near_up && l->far_up,
                                 .begun_us = l->begun_us,
                                 .joined_us = l->joined_us,
                                 .echo_us = l->echo_us,
                                 .echoes = l->echoes};
    memcpy(f.failed, l->failed, sizeof(f.failed));
    rtc_peer_get_stats(l->near, &f.near);
    rtc_peer_get_stats(l->far, &f.far);
    ask_echo(l);
    *ret = f;
}

/* --- life -------------------------------------------------------------- */

static int make_peer(struct rtc_loop *l, const struct rtc_peer_events *events,
                     bool controlled, struct rtc_peer **ret)
{
    struct rtc_peer_config config = {
        .loop = l->config.loop,
        .glib_context = l->config.glib_context,
        .net = {.ice = l->config.ice},
        .session_id = controlled ? 2 : 1,
        .start_bps = l->config.start_bps,
        .min_bps = l->config.min_bps,
        .max_bps = l->config.max_bps,
        .gather_ms = l->config.relay ? RTC_LOOP_GATHER_MS : 0,
    };
    config.net.ice.controlled = controlled;
    config.net.ice.relay_only = l->config.relay;
    /* A server is of no use on the way from oneself to oneself. */
    if (!l->config.relay)
        config.net.ice.server_count = 0;
    return rtc_peer_new(&config, events, l, ret);
}

int rtc_loop_new(const struct rtc_loop_config *config, struct rtc_loop **ret)
{
    static const struct rtc_peer_events near = {.state = near_state,
                                                .candidate = near_candidate,
                                                .rtp = near_rtp,
                                                .keyframe = near_keyframe,
                                                .bitrate = near_bitrate,
                                                .silence = on_silence,
                                                .channel_open = near_channel,
                                                .channel_message = near_message,
                                                .channel_writable = on_writable,
                                                .channel_closed = near_closed};
    static const struct rtc_peer_events far = {.state = far_state,
                                               .candidate = far_candidate,
                                               .rtp = far_rtp,
                                               .keyframe = far_keyframe,
                                               .bitrate = far_bitrate,
                                               .silence = on_silence,
                                               .channel_open = far_channel,
                                               .channel_message = far_message,
                                               .channel_writable = on_writable,
                                               .channel_closed = far_closed};
    LK_AUTO(rtc_loop) l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->config = *config;
    l->sync = (struct rtc_sync){.media = config->media};
    l->channel = -1;
    l->echo_us = -1;
    l->begun_us = lk_clock_us();
    int r = make_peer(l, &near, false, &l->near);
    if (r == 0)
        r = make_peer(l, &far, true, &l->far);
    if (r == 0)
        *ret = LK_TAKE(l);
    return r;
}

struct rtc_loop *rtc_loop_free(struct rtc_loop *l)
{
    if (!l)
        return NULL;
    if (l->opened)
        media_open(l->config.media, false);
    l->near = rtc_peer_free(l->near);
    l->far = rtc_peer_free(l->far);
    explicit_bzero(&l->config.ice, sizeof(l->config.ice));
    free(l);
    return NULL;
}
