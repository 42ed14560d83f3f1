#include "base/clock.h"
#include "base/text.h"
#include "peer_priv.h"

#include <errno.h>
#include <string.h>

_Static_assert(FLOW_TAIL >= RTC_NET_TAIL, "SRTP's tag fits behind a packet");

int peer_flow_new(struct rtc_peer *p)
{
    const struct rtc_sdp_agreed *a = &p->agreed;
    struct flow_config c;
    memset(&c, 0, sizeof(c));
    c.video_ssrc = p->offer.video_ssrc;
    c.rtx_ssrc = p->offer.rtx_ssrc;
    c.audio_ssrc = p->offer.audio_ssrc;
    memcpy(c.cname, p->offer.cname, LK_MIN(sizeof(c.cname), 17u));
    c.video_pt = RTC_PT_VP8;
    c.rtx_pt = RTC_PT_RTX;
    c.audio_pt = RTC_PT_OPUS;
    c.twcc_ext = a->twcc_video || a->twcc_audio ? RTC_EXT_TWCC : 0;
    c.playout_ext =
        a->playout_delay && !p->cfg.no_playout_delay ? RTC_EXT_PLAYOUT : 0;
    c.nack = a->nack;
    c.rtx = a->rtx;
    c.send_video = a->video_send;
    c.send_audio = a->audio_send;
    c.start_bps = p->cfg.start_bps;
    c.min_bps = p->cfg.min_bps;
    c.max_bps = p->max_bps;
    lk_random_bytes(&c.rtx_seq, sizeof(c.rtx_seq));
    c.wall_us = lk_clock_wall_us() - lk_clock_us();
    return flow_new(&c, &p->flow);
}

static void pump_one(struct rtc_peer *p, const struct flow_out *o)
{
    switch (o->type) {
    case FLOW_OUT_RTP:
        /* A packet that finds no room is lost, as on the way: the far end asks
         * for it again. The network layer counts it. */
        (void)rtc_net_send_rtp(p->net, o->data, o->len);
        break;
    case FLOW_OUT_RTCP:
        (void)rtc_net_send_rtcp(p->net, o->data, o->len);
        break;
    case FLOW_OUT_KEYFRAME:
        p->ev.keyframe(p->arg);
        break;
    case FLOW_OUT_BITRATE:
        p->ev.bitrate(p->arg, o->bps);
        break;
    case FLOW_OUT_SILENCE:
        p->ev.silence(p->arg, o->silent_us);
        break;
    default:
        break;
    }
}

void peer_pump(struct rtc_peer *p)
{
    struct flow_out o;
    if (!p->flow || p->pumping)
        return;
    p->pumping = true;
    while (flow_poll(p->flow, lk_clock_us(), &o))
        pump_one(p, &o);
    p->pumping = false;
    int64_t at_us = flow_next_timeout(p->flow);
    if (at_us == INT64_MAX)
        lk_timer_clear(p->flow_timer);
    else
        lk_timer_set(p->flow_timer, at_us);
}

void peer_on_flow_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    peer_pump(arg);
}

/* --- what rtc_net hands up */

static void pump_connected(struct rtc_peer *p)
{
    if (!p->connected_us)
        p->connected_us = lk_clock_us();
    flow_start(p->flow, lk_clock_us());
    peer_set_state(p, RTC_PEER_CONNECTED);
    peer_pump(p);
}

static void pump_on_event(void *arg, enum rtc_net_event event)
{
    struct rtc_peer *p = arg;
    if (peer_is_over(p))
        return;
    switch (event) {
    case RTC_NET_GATHERED:
        if (p->state == RTC_PEER_GATHERING)
            peer_set_state(p, RTC_PEER_READY);
        break;
    case RTC_NET_ICE_UP:
        if (!p->ice_us)
            p->ice_us = lk_clock_us();
        if (p->secure)
            pump_connected(p);
        break;
    case RTC_NET_ICE_DOWN:
        if (p->answered)
            peer_set_state(p, RTC_PEER_LOST);
        break;
    case RTC_NET_SECURE:
        p->secure = true;
        pump_connected(p);
        break;
    case RTC_NET_CLOSED:
        peer_set_state(p, RTC_PEER_CLOSED);
        break;
    case RTC_NET_FAILED:
        peer_set_state(p, RTC_PEER_FAILED);
        break;
    default:
        break;
    }
}

static void pump_on_candidate(void *arg, const char *text)
{
    struct rtc_peer *p = arg;
    if (p->offer.version && p->ev.candidate && !peer_is_over(p))
        p->ev.candidate(p->arg, text);
}

static void pump_on_packet(void *arg)
{
    struct rtc_peer *p = arg;
    if (!p->flow)
        return;
    flow_note_packet(p->flow, lk_clock_us());
    peer_pump(p);
}

static void pump_on_rtp(void *arg, uint8_t *pkt, size_t len)
{
    struct rtc_peer *p = arg;
    struct flow_packet out;
    int64_t now_us = lk_clock_us();
    /* What is malformed is counted by the flow. */
    if (p->flow && flow_receive_rtp(p->flow, pkt, len, now_us, &out) == 1)
        p->ev.rtp(p->arg, out.kind, out.data, out.len, now_us);
    peer_pump(p);
}

static void pump_on_rtcp(void *arg, uint8_t *pkt, size_t len)
{
    struct rtc_peer *p = arg;
    if (p->flow)
        (void)flow_receive_rtcp(p->flow, pkt, len, lk_clock_us());
    peer_pump(p);
}

static void pump_on_channel_open(void *arg, int channel, const char *label,
                                 bool by_remote)
{
    struct rtc_peer *p = arg;
    p->ev.channel_open(p->arg, channel, label, by_remote);
}

static void pump_on_message(void *arg, int channel, bool text,
                            const uint8_t *data, size_t len)
{
    struct rtc_peer *p = arg;
    p->ev.channel_message(p->arg, channel, text, data, len);
}

static void pump_on_writable(void *arg, int channel)
{
    struct rtc_peer *p = arg;
    p->ev.channel_writable(p->arg, channel);
}

static void pump_on_channel_closed(void *arg, int channel)
{
    struct rtc_peer *p = arg;
    p->ev.channel_closed(p->arg, channel);
}

const struct rtc_net_events peer_net_events = {
    .event = pump_on_event,
    .candidate = pump_on_candidate,
    .packet = pump_on_packet,
    .rtp = pump_on_rtp,
    .rtcp = pump_on_rtcp,
    .sctp = {.channel_open = pump_on_channel_open,
             .channel_message = pump_on_message,
             .channel_writable = pump_on_writable,
             .channel_closed = pump_on_channel_closed},
};
