#include "rtc/net/net.h"

#include "base/log.h"
#include "rtc/net/srtp.h"
#include "rtc/wire/demux.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(RTC_NET_TAIL >= RTC_SRTP_TAIL, "room for SRTP");

struct rtc_net {
    struct lk_loop *loop;
    struct rtc_net_events ev;
    void *arg;
    struct rtc_ice *ice;
    struct rtc_dtls *dtls;
    struct rtc_srtp *srtp;
    struct rtc_sctp *sctp;
    struct rtc_net_remote remote;
    int dtls_timeout_ms;
    bool open;
    bool started;
    const char *failure;
    struct rtc_net_stats n;
};

int rtc_net_init(void)
{
    int r = rtc_srtp_init();
    if (r == 0)
        r = rtc_dtls_init();
    return r;
}

/* --- ICE hands up */

static void net_on_gathered(void *arg)
{
    struct rtc_net *n = arg;
    n->ev.event(n->arg, RTC_NET_GATHERED);
}

static void net_on_candidate(void *arg, const char *text)
{
    struct rtc_net *n = arg;
    n->ev.candidate(n->arg, text);
}

static void net_on_up(void *arg, bool up)
{
    struct rtc_net *n = arg;
    n->ev.event(n->arg, up ? RTC_NET_ICE_UP : RTC_NET_ICE_DOWN);
    if (up)
        rtc_dtls_path_up(n->dtls);
}

static void net_on_media(struct rtc_net *n, uint8_t *data, size_t len,
                         bool rtcp)
{
    if (!n->srtp) {
        n->n.early++;
        return;
    }
    int r = rtcp ? rtc_srtp_open_rtcp(n->srtp, data, len)
                 : rtc_srtp_open_rtp(n->srtp, data, len);
    if (r < 0) {
        n->n.srtp_refused++;
        n->n.srtp_replayed += r == -EALREADY;
        return;
    }
    n->n.last_packet_us = lk_loop_now_us(n->loop);
    if (rtcp)
        n->ev.rtcp(n->arg, data, (size_t)r);
    else
        n->ev.rtp(n->arg, data, (size_t)r);
}

static void net_on_datagram(void *arg, uint8_t *data, size_t len)
{
    struct rtc_net *n = arg;
    switch (rtc_demux(data, len)) {
    case RTC_DEMUX_DTLS:
        rtc_dtls_receive(n->dtls, data, len);
        return;
    case RTC_DEMUX_RTP:
        net_on_media(n, data, len, false);
        return;
    case RTC_DEMUX_RTCP:
        net_on_media(n, data, len, true);
        return;
    case RTC_DEMUX_STUN: /* libnice keeps what is for us */
    case RTC_DEMUX_DROP:
    default:
        n->n.unknown++;
        return;
    }
}

/* --- DTLS hands up */

static void net_fail(struct rtc_net *n, const char *why)
{
    if (n->failure)
        return;
    n->failure = why;
    n->ev.event(n->arg, RTC_NET_FAILED);
}

static void net_on_secure(void *arg, const struct rtc_dtls_keys *keys)
{
    struct rtc_net *n = arg;
    const struct rtc_sctp_start start = {.dtls_client = n->remote.dtls_client,
                                         .remote_port = n->remote.sctp_port,
                                         .max_message_size =
                                             n->remote.max_message_size};
    if (rtc_srtp_new(keys, &n->srtp) < 0) {
        net_fail(n, "srtp");
        return;
    }
    (void)snprintf(n->n.profile, sizeof(n->n.profile), "%s",
                   keys->profile == RTC_DTLS_AEAD_AES_128_GCM
                       ? "AEAD_AES_128_GCM"
                       : "AES128_CM_SHA1_80");
    n->n.last_packet_us = lk_loop_now_us(n->loop);
    n->ev.event(n->arg, RTC_NET_SECURE);
    if (n->remote.data && rtc_sctp_start(n->sctp, &start) < 0)
        net_fail(n, "sctp");
}

static void net_on_record(void *arg, const uint8_t *data, size_t len)
{
    struct rtc_net *n = arg;
    n->n.last_packet_us = lk_loop_now_us(n->loop);
    n->ev.packet(n->arg);
    rtc_sctp_receive(n->sctp, data, len);
}

static void net_on_closed(void *arg)
{
    struct rtc_net *n = arg;
    n->ev.event(n->arg, RTC_NET_CLOSED);
}

static void net_on_failed(void *arg, enum rtc_dtls_failure why)
{
    net_fail(arg, rtc_dtls_failure_name(why));
}

/* --- the whole */

static int net_build(struct rtc_net *n, void *glib_context,
                     const struct rtc_net_config *cfg)
{
    static const struct rtc_ice_events ice = {.gathered = net_on_gathered,
                                              .candidate = net_on_candidate,
                                              .up = net_on_up,
                                              .receive = net_on_datagram};
    static const struct rtc_dtls_events dtls = {.secure = net_on_secure,
                                                .receive = net_on_record,
                                                .closed = net_on_closed,
                                                .failed = net_on_failed};
    int r = rtc_ice_new(n->loop, glib_context, &cfg->ice, &ice, n, &n->ice);
    if (r < 0)
        return r;
    struct rtc_pipe below = {.send = rtc_ice_send, .arg = n->ice};
    r = rtc_dtls_new(n->loop, &below, &dtls, n, &n->dtls);
    if (r < 0)
        return r;
    below = (struct rtc_pipe){.send = rtc_dtls_send, .arg = n->dtls};
    return rtc_sctp_new(n->loop, &below, &n->ev.sctp, n->arg, &n->sctp);
}

int rtc_net_new(struct lk_loop *loop, void *glib_context,
                const struct rtc_net_config *cfg,
                const struct rtc_net_events *ev, void *arg,
                struct rtc_net **ret)
{
    LK_AUTO(rtc_net) n = calloc(1, sizeof(*n));
    if (!n)
        return -ENOMEM;
    n->loop = loop;
    n->ev = *ev;
    n->arg = arg;
    n->dtls_timeout_ms = cfg->dtls_timeout_ms;
    int r = net_build(n, glib_context, cfg);
    if (r < 0)
        return r;
    *ret = LK_TAKE(n);
    return 0;
}

struct rtc_net *rtc_net_free(struct rtc_net *n)
{
    if (n) {
        /* From the top: each says goodbye through the ones below it. */
        rtc_sctp_free(n->sctp);
        rtc_srtp_free(n->srtp);
        rtc_dtls_free(n->dtls);
        rtc_ice_free(n->ice);
        free(n);
    }
    return NULL;
}

void rtc_net_open(struct rtc_net *n)
{
    n->open = true;
    rtc_ice_open(n->ice);
}

struct rtc_ice *rtc_net_ice(struct rtc_net *n)
{
    return n->ice;
}

const uint8_t *rtc_net_fingerprint(const struct rtc_net *n)
{
    return rtc_dtls_fingerprint(n->dtls);
}

int rtc_net_start(struct rtc_net *n, const struct rtc_net_remote *remote)
{
    if (!n->open)
        return -EPERM;
    if (n->started)
        return -EALREADY;
    n->remote = *remote;
    int r = rtc_dtls_start(n->dtls, remote->dtls_client, remote->fingerprint,
                           n->dtls_timeout_ms);
    if (r == 0)
        n->started = true;
    return r;
}

int rtc_net_send_rtp(struct rtc_net *n, uint8_t *pkt, size_t len)
{
    if (!n->srtp)
        return -EAGAIN;
    int r = rtc_srtp_protect_rtp(n->srtp, pkt, len);
    return r < 0 ? r : rtc_ice_send(n->ice, pkt, (size_t)r);
}

int rtc_net_send_rtcp(struct rtc_net *n, uint8_t *pkt, size_t len)
{
    if (!n->srtp)
        return -EAGAIN;
    int r = rtc_srtp_protect_rtcp(n->srtp, pkt, len);
    return r < 0 ? r : rtc_ice_send(n->ice, pkt, (size_t)r);
}

int rtc_net_channel_open(struct rtc_net *n,
                         const struct rtc_sctp_params *params)
{
    return rtc_sctp_open(n->sctp, params);
}

int rtc_net_channel_send(struct rtc_net *n, int channel, bool text,
                         const void *data, size_t len)
{
    return rtc_sctp_send(n->sctp, channel, text, data, len);
}

size_t rtc_net_channel_buffered(const struct rtc_net *n, int channel)
{
    return rtc_sctp_buffered(n->sctp, channel);
}

void rtc_net_channels_way(const struct rtc_net *n, struct rtc_sctp_way *ret)
{
    rtc_sctp_get_way(n->sctp, ret);
}

void rtc_net_channel_close(struct rtc_net *n, int channel)
{
    rtc_sctp_close(n->sctp, channel);
}

const char *rtc_net_failure(const struct rtc_net *n)
{
    return n->failure ? n->failure : "";
}

void rtc_net_get_stats(const struct rtc_net *n, struct rtc_net_stats *ret)
{
    *ret = n->n;
    rtc_ice_get_stats(n->ice, &ret->ice);
    ret->gate_in = ret->ice.gate_in;
    ret->gate_out = ret->ice.gate_out;
    ret->handshakes = rtc_dtls_handshakes(n->dtls);
}
