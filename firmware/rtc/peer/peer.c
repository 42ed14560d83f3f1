#include "rtc/peer/peer.h"

#include "base/clock.h"
#include "base/log.h"
#include "peer_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *rtc_peer_state_name(enum rtc_peer_state s)
{
    static const char *const names[] = {
        [RTC_PEER_GATHERING] = "gathering",
        [RTC_PEER_READY] = "ready",
        [RTC_PEER_OFFERED] = "offered",
        [RTC_PEER_CONNECTING] = "connecting",
        [RTC_PEER_CONNECTED] = "connected",
        [RTC_PEER_LOST] = "lost",
        [RTC_PEER_CLOSED] = "closed",
        [RTC_PEER_FAILED] = "failed",
    };
    return (size_t)s < LK_ARRAY_LEN(names) ? names[s] : "unknown";
}

bool peer_is_over(const struct rtc_peer *p)
{
    return p->state == RTC_PEER_CLOSED || p->state == RTC_PEER_FAILED;
}

void peer_set_state(struct rtc_peer *p, enum rtc_peer_state state)
{
    if (p->state == state || peer_is_over(p))
        return;
    LK_LOG(DEBUG, "rtc-peer", "state=%s", rtc_peer_state_name(state));
    p->state = state;
    p->ev.state(p->arg, state);
}

static void peer_on_gather_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    struct rtc_peer *p = arg;
    if (p->state == RTC_PEER_GATHERING)
        peer_set_state(p, RTC_PEER_READY);
}

int rtc_peer_new(const struct rtc_peer_config *cfg,
                 const struct rtc_peer_events *ev, void *arg,
                 struct rtc_peer **ret)
{
    if (cfg->min_bps <= 0 || cfg->start_bps < cfg->min_bps ||
        cfg->max_bps < cfg->start_bps || cfg->session_id == 0)
        return -EINVAL;
    LK_AUTO(rtc_peer) p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->cfg = *cfg;
    p->ev = *ev;
    p->arg = arg;
    p->max_bps = cfg->max_bps;
    int r = lk_timer_new(cfg->loop, peer_on_gather_timer, p, &p->gather_timer);
    if (r == 0)
        r = lk_timer_new(cfg->loop, peer_on_flow_timer, p, &p->flow_timer);
    if (r == 0)
        r = rtc_net_new(cfg->loop, cfg->glib_context, &cfg->net,
                        &peer_net_events, p, &p->net);
    if (r < 0)
        return r;
    peer_offer_init(p);
    int ms = cfg->gather_ms > 0 ? cfg->gather_ms : RTC_PEER_GATHER_MS;
    lk_timer_set_in(p->gather_timer, (int64_t)ms * 1000);
    *ret = LK_TAKE(p);
    return 0;
}

struct rtc_peer *rtc_peer_free(struct rtc_peer *p)
{
    if (p) {
        if (p->flow && p->state == RTC_PEER_CONNECTED) {
            flow_bye(p->flow);
            peer_pump(p);
        }
        rtc_net_free(p->net);
        flow_free(p->flow);
        lk_timer_free(p->flow_timer);
        lk_timer_free(p->gather_timer);
        free(p);
    }
    return NULL;
}

void rtc_peer_open(struct rtc_peer *p)
{
    p->open = true;
    rtc_net_open(p->net);
}

int rtc_peer_send_rtp(struct rtc_peer *p, enum flow_kind kind,
                      const uint8_t *pkt, size_t len, int64_t capture_us)
{
    if (!p->flow)
        return -EAGAIN;
    int r = flow_send_rtp(p->flow, kind, pkt, len, capture_us, lk_clock_us());
    peer_pump(p);
    return r;
}

void rtc_peer_request_keyframe(struct rtc_peer *p)
{
    if (!p->flow)
        return;
    flow_request_keyframe(p->flow, lk_clock_us());
    peer_pump(p);
}

bool rtc_peer_at_top(const struct rtc_peer *p)
{
    return p->flow && flow_at_top(p->flow);
}

void rtc_peer_set_max_bps(struct rtc_peer *p, int max_bps)
{
    p->max_bps = LK_MAX(max_bps, p->cfg.start_bps);
    if (!p->flow)
        return;
    flow_set_max_bps(p->flow, max_bps);
    peer_pump(p);
}

int rtc_peer_capture_time(const struct rtc_peer *p, enum flow_kind kind,
                          uint32_t rtp_ts, int64_t *ret_wall_us)
{
    return p->flow ? flow_capture_time(p->flow, kind, rtp_ts, ret_wall_us)
                   : -EAGAIN;
}

int rtc_peer_channel_open(struct rtc_peer *p,
                          const struct rtc_sctp_params *params)
{
    return peer_is_over(p) ? -EPIPE : rtc_net_channel_open(p->net, params);
}

int rtc_peer_channel_send(struct rtc_peer *p, int channel, bool text,
                          const void *data, size_t len)
{
    return peer_is_over(p)
               ? -EPIPE
               : rtc_net_channel_send(p->net, channel, text, data, len);
}

size_t rtc_peer_channel_buffered(const struct rtc_peer *p, int channel)
{
    return rtc_net_channel_buffered(p->net, channel);
}

void rtc_peer_channels_way(const struct rtc_peer *p, struct rtc_sctp_way *ret)
{
    rtc_net_channels_way(p->net, ret);
}

void rtc_peer_channel_close(struct rtc_peer *p, int channel)
{
    rtc_net_channel_close(p->net, channel);
}

const char *rtc_peer_failure(const struct rtc_peer *p)
{
    return rtc_net_failure(p->net);
}

void rtc_peer_get_stats(struct rtc_peer *p, struct rtc_peer_stats *ret)
{
    struct rtc_peer_stats s;
    memset(&s, 0, sizeof(s));
    s.state = p->state;
    s.flow.rtt_us = -1;
    if (p->flow)
        flow_get_stats(p->flow, lk_clock_us(), &s.flow);
    rtc_net_get_stats(p->net, &s.net);
    s.offer_us = p->offer_us;
    s.answer_us = p->answer_us;
    s.ice_us = p->ice_us;
    s.connected_us = p->connected_us;
    s.restarts = p->restarts;
    s.handshakes = s.net.handshakes;
    s.video_send = p->agreed.video_send;
    s.video_receive = p->agreed.video_receive;
    s.audio_send = p->agreed.audio_send;
    s.audio_receive = p->agreed.audio_receive;
    *ret = s;
}
