/* rtc_call.c - the peer connection of one call, and what it carries. */
#include "app/rtc_call.h"

#include "app/rtc_channels.h"
#include "app/rtc_first.h"
#include "app/rtc_sync.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rtc_call {
    struct rtc_call_config config;
    struct media *media;
    void *glib_context;
    struct rtc_peer *peer;
    struct rtc_channels *channels;
    uint32_t number;  /* of `peer` */
    uint64_t version; /* of its newest offer */
    bool connected;   /* has been, once */
    struct rtc_first first;
    bool offer_wanted; /* an offer is due as soon as it can be written */
    struct rtc_sync sync;
    char sdp[RTC_SDP_TEXT_MAX + 1];
};

/* --- reports ----------------------------------------------------------- */

static void report(struct rtc_call *c, const struct rtcmsg *m)
{
    c->config.report(c->config.arg, m);
}

static void report_peer(struct rtc_call *c, enum rtcmsg_peer how,
                        const char *why)
{
    struct rtcmsg m = {.type = RTCMSG_PEER, .call = c->number, .peer = how};
    (void)snprintf(m.why, sizeof(m.why), "%s", why);
    report(c, &m);
}

static void report_offer(struct rtc_call *c)
{
    int n = rtc_peer_offer(c->peer, c->version, c->sdp, sizeof(c->sdp));
    if (n == -EAGAIN)
        return; /* still gathering */
    c->offer_wanted = false;
    if (n < 0 || n > RTCMSG_BYTES_MAX) {
        report_peer(c, RTCMSG_PEER_FAILED, "offer");
        return;
    }
    struct rtcmsg m = {.type = RTCMSG_OFFER,
                       .call = c->number,
                       .version = c->version,
                       .bytes = (const uint8_t *)c->sdp,
                       .len = (size_t)n};
    report(c, &m);
}

/* --- the peer's events ------------------------------------------------- */

void rtc_call_packets(struct rtc_call *c, struct media_packets *p)
{
    if (c->first.holds) {
        if (!rtc_first_keep(&c->first, p))
            media_open(c->media, false); /* until it is connected */
        return;
    }
    c->first.due = c->first.due && !p->keyframe;
    for (size_t i = 0; c->peer && i < p->count; i++)
        /* Held back before the connection and after a drop: counted there. */
        (void)rtc_peer_send_rtp(c->peer, (enum flow_kind)p->kind,
                                p->packet[i].data, p->packet[i].len,
                                p->captured_us);
    media_packets_free(p);
}

/* The first picture is made while keys are agreed. */
static void on_connecting(struct rtc_call *c)
{
    if (!c->connected) {
        rtc_first_begin(&c->first);
        media_open(c->media, true);
    }
    report_peer(c, RTCMSG_PEER_CONNECTING, "");
}

static void on_connected(struct rtc_call *c)
{
    struct media_packets *p;
    c->connected = true;
    if (!rtc_first_end(&c->first))
        media_open(c->media, true);
    while ((p = rtc_first_next(&c->first)))
        rtc_call_packets(c, p);
    report_peer(c, RTCMSG_PEER_CONNECTED, "");
}

static void on_state(void *arg, enum rtc_peer_state state)
{
    struct rtc_call *c = arg;
    switch (state) {
    case RTC_PEER_READY:
        if (c->offer_wanted)
            report_offer(c);
        break;
    case RTC_PEER_CONNECTING:
        on_connecting(c);
        break;
    case RTC_PEER_CONNECTED:
        on_connected(c);
        break;
    case RTC_PEER_LOST:
        report_peer(c, RTCMSG_PEER_RECONNECTING, "ice");
        break;
    case RTC_PEER_CLOSED:
        report_peer(c, RTCMSG_PEER_FAILED, "closed");
        break;
    case RTC_PEER_FAILED:
        report_peer(c, RTCMSG_PEER_FAILED, rtc_peer_failure(c->peer));
        break;
    case RTC_PEER_GATHERING:
    case RTC_PEER_OFFERED:
        break;
    }
}

static void on_rtp(void *arg, enum flow_kind kind, const uint8_t *pkt,
                   size_t len, int64_t now_us)
{
    struct rtc_call *c = arg;
    rtc_sync_packet(&c->sync, c->peer, kind, pkt, now_us);
    /* Refusals are counted by media and shown in `call stats`. */
    (void)media_receive_rtp(c->media, (enum media_kind)kind, pkt, len);
}

static void on_keyframe(void *arg)
{
    struct rtc_call *c = arg;
    if (!c->first.due)
        media_request_keyframe(c->media);
}

static void on_bitrate(void *arg, int bps)
{
    struct rtc_call *c = arg;
    rtc_channels_bitrate(c->channels, bps);
}

static void video_bitrate(void *arg, int bps)
{
    struct rtc_call *c = arg;
    if (c->media)
        media_set_bitrate(c->media, bps);
}

static void on_silence(void *arg, int64_t silent_us)
{
    struct rtc_call *c = arg;
    if (silent_us == 0) {
        report_peer(c, RTCMSG_PEER_CONNECTED, "");
        /* What was decoded last is stale, on both sides. */
        media_request_keyframe(c->media);
        rtc_peer_request_keyframe(c->peer);
    } else if (silent_us >= FLOW_SILENT_LONG_US) {
        report_peer(c, RTCMSG_PEER_RECONNECTING, "silence");
    } else {
        report_peer(c, RTCMSG_PEER_INTERRUPTED, "silence");
    }
}

static void on_channel_open(void *arg, int channel, const char *label,
                            bool by_remote)
{
    struct rtc_call *c = arg;
    rtc_channels_opened(c->channels, channel, label, by_remote);
}

static void on_channel_message(void *arg, int channel, bool text,
                               const uint8_t *data, size_t len)
{
    struct rtc_call *c = arg;
    rtc_channels_message(c->channels, channel, text, data, len);
}

static void on_channel_writable(void *arg, int channel)
{
    struct rtc_call *c = arg;
    rtc_channels_writable(c->channels, channel);
}

static void on_channel_closed(void *arg, int channel)
{
    struct rtc_call *c = arg;
    rtc_channels_closed(c->channels, channel);
}

static const struct rtc_peer_events peer_events = {
    .state = on_state,
    .rtp = on_rtp,
    .keyframe = on_keyframe,
    .bitrate = on_bitrate,
    .silence = on_silence,
    .channel_open = on_channel_open,
    .channel_message = on_channel_message,
    .channel_writable = on_channel_writable,
    .channel_closed = on_channel_closed,
};

/* --- orders ------------------------------------------------------------ */

void rtc_call_close(struct rtc_call *c)
{
    media_open(c->media, false);
    rtc_channels_reset(c->channels);
    c->peer = rtc_peer_free(c->peer);
    rtc_first_drop(&c->first);
    c->offer_wanted = c->connected = false;
    c->sync = (struct rtc_sync){.media = c->media};
}

static void prepare(struct rtc_call *c, const struct rtcmsg *m)
{
    struct rtc_peer_config config = {
        .loop = c->config.loop,
        .glib_context = c->glib_context,
        .net = {.ice = c->config.ice},
        .session_id = m->session,
        .start_bps = c->config.start_bps,
        .min_bps = c->config.min_bps,
        .max_bps = c->config.max_bps,
    };
    rtc_call_close(c);
    c->number = m->call;
    c->version = m->version;
    int r = rtc_peer_new(&config, &peer_events, c, &c->peer);
    if (r < 0) {
        LK_LOG(ERROR, "transport", "what=peer err=%s", strerrorname_np(-r));
        report_peer(c, RTCMSG_PEER_FAILED, "peer");
        return;
    }
    (void)lk_loop_take_worst_late_us(c->config.loop);
    rtc_channels_begin(c->channels, c->peer, c->number);
    c->offer_wanted = true;
    report_offer(c);
}

static void answer(struct rtc_call *c, const struct rtcmsg *m)
{
    enum rtc_sdp_verdict verdict;
    int r = rtc_peer_answer(c->peer, (const char *)m->bytes, m->len, &verdict);
    if (r == -EPROTO)
        LK_LOG(WARN, "transport", "what=answer refused=%s",
               rtc_sdp_verdict_name(verdict));
    else if (r < 0)
        LK_LOG(WARN, "transport", "what=answer err=%s", strerrorname_np(-r));
    if (r < 0)
        report_peer(c, RTCMSG_PEER_FAILED,
                    r == -EPROTO ? rtc_sdp_verdict_name(verdict) : "answer");
}

static void candidate(struct rtc_call *c, const struct rtcmsg *m)
{
    int r = rtc_peer_candidate(c->peer, m->text, strlen(m->text));
    /* A .local name is ordinary: the far end's checks reach us all the same. */
    if (r < 0 && r != -EADDRNOTAVAIL)
        LK_LOG(WARN, "transport", "what=candidate err=%s", strerrorname_np(-r));
}

static void restart(struct rtc_call *c, const struct rtcmsg *m)
{
    int r = rtc_peer_restart(c->peer);
    if (r < 0) {
        LK_LOG(WARN, "transport", "what=restart err=%s", strerrorname_np(-r));
        return;
    }
    c->version = m->version;
    c->offer_wanted = true;
    report_offer(c);
}

void rtc_call_order(struct rtc_call *c, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_PREPARE) {
        prepare(c, m);
        return;
    }
    if (!c->peer || m->call != c->number)
        return; /* of a connection that is gone */
    if (m->type == RTCMSG_OPEN)
        rtc_peer_open(c->peer);
    else if (m->type == RTCMSG_ANSWER)
        answer(c, m);
    else if (m->type == RTCMSG_CANDIDATE)
        candidate(c, m);
    else if (m->type == RTCMSG_RESTART)
        restart(c, m);
    else if (m->type == RTCMSG_CLOSE)
        rtc_call_close(c);
    else if (m->type == RTCMSG_SEND || m->type == RTCMSG_SHUT)
        rtc_channels_order(c->channels, m);
}

/* --- life -------------------------------------------------------------- */

void rtc_call_servers(struct rtc_call *c, const struct rtc_ice_config *ice)
{
    c->config.ice = *ice;
}

void rtc_call_want_keyframe(struct rtc_call *c)
{
    if (c->peer)
        rtc_peer_request_keyframe(c->peer);
}

bool rtc_call_stats(struct rtc_call *c, struct rtc_peer_stats *ret)
{
    if (c->peer)
        rtc_peer_get_stats(c->peer, ret);
    return c->peer != NULL;
}

void rtc_call_attach(struct rtc_call *c, struct media *media,
                     void *glib_context)
{
    c->media = media;
    c->glib_context = glib_context;
}

int rtc_call_new(const struct rtc_call_config *config, struct rtc_call **ret)
{
    struct rtc_call *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    struct rtc_channels_config channels = {.loop = config->loop,
                                           .start_bps = config->start_bps,
                                           .echo = config->echo,
                                           .report = config->report,
                                           .report_arg = config->arg,
                                           .video = video_bitrate,
                                           .video_arg = c};
    int r = rtc_channels_new(&channels, &c->channels);
    if (r < 0) {
        free(c);
        return r;
    }
    *ret = c;
    return 0;
}

struct rtc_call *rtc_call_free(struct rtc_call *c)
{
    if (c) {
        rtc_channels_free(c->channels);
        free(c);
    }
    return NULL;
}
