#include "app/rtc_transport.h"

#include "app/rtc_echo.h"
#include "app/rtc_first.h"
#include "app/rtc_gate.h"
#include "app/rtc_sync.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/glib.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Orders and bursts of packets that wait; a frame is one item. */
#define BOX_MAX 256
#define REALTIME_PRIORITY 10
/* As long without a beat as a stopped machine may take to get on its feet. */
#define SILENT_US (4LL * RTC_TRANSPORT_BEAT_US)

enum post_kind {
    POST_ORDER,
    POST_PACKETS,
    POST_KEYFRAME,
    POST_SERVERS,
    POST_STATS,
    POST_STOP
};

struct post {
    enum post_kind kind;
    uint32_t id;
    void *p; /* struct rtcmsg, media_packets or rtc_ice_config, owned */
};

struct rtc_transport {
    struct rtc_transport_config config;
    struct lk_loop *loop;
    struct lk_loop_glib *glib;
    struct lk_mailbox *box;
    struct lk_timer *beat;
    struct media *media;
    struct rtc_peer *peer;
    struct rtc_echo *echo;
    uint32_t call;    /* number of `peer` */
    uint64_t version; /* of its newest offer */
    bool connected;   /* has been, once */
    struct rtc_first first;
    bool offer_wanted; /* an offer is due as soon as it can be written */
    struct rtc_sync sync;
    int ctl; /* channels that we opened, or -1 */
    int text;
    struct rtc_gate ctl_gate, text_gate;
    pthread_t thread;
    bool started;
    _Atomic int64_t beat_us;
    char sdp[RTC_SDP_TEXT_MAX + 1];
};

/* --- reports ----------------------------------------------------------- */

/* One allocation with its bytes, or NULL. */
static struct rtcmsg *copy_message(const struct rtcmsg *m)
{
    struct rtcmsg *copy = malloc(sizeof(*copy) + m->len);
    if (!copy)
        return NULL;
    *copy = *m;
    copy->bytes = (uint8_t *)(copy + 1);
    if (m->len > 0)
        memcpy(copy + 1, m->bytes, m->len);
    return copy;
}

/* Hands a copy on; what cannot be copied is lost, and said. */
static void report(struct rtc_transport *t, const struct rtcmsg *m)
{
    struct rtcmsg *copy = copy_message(m);
    if (copy)
        t->config.report(t->config.arg, copy);
    else
        LK_LOG(ERROR, "transport", "what=report err=ENOMEM");
}

static void report_peer(struct rtc_transport *t, enum rtcmsg_peer how,
                        const char *why)
{
    struct rtcmsg m = {.type = RTCMSG_PEER, .call = t->call, .peer = how};
    (void)snprintf(m.why, sizeof(m.why), "%s", why);
    report(t, &m);
}

static void report_offer(struct rtc_transport *t)
{
    int n = rtc_peer_offer(t->peer, t->version, t->sdp, sizeof(t->sdp));
    if (n == -EAGAIN)
        return; /* still gathering */
    t->offer_wanted = false;
    if (n < 0 || n > RTCMSG_BYTES_MAX) {
        report_peer(t, RTCMSG_PEER_FAILED, "offer");
        return;
    }
    struct rtcmsg m = {.type = RTCMSG_OFFER,
                       .call = t->call,
                       .version = t->version,
                       .bytes = (const uint8_t *)t->sdp,
                       .len = (size_t)n};
    report(t, &m);
}

/* --- the peer's events ------------------------------------------------- */

static void send_packets(struct rtc_transport *t, struct media_packets *p)
{
    if (t->first.holds) {
        if (!rtc_first_keep(&t->first, p))
            media_open(t->media, false); /* until it is connected */
        return;
    }
    t->first.due = t->first.due && !p->keyframe;
    for (size_t i = 0; t->peer && i < p->count; i++)
        /* Held back before the connection and after a drop: counted there. */
        (void)rtc_peer_send_rtp(t->peer, (enum flow_kind)p->kind,
                                p->packet[i].data, p->packet[i].len,
                                p->captured_us);
    media_packets_free(p);
}

/* The first picture is made while keys are agreed. */
static void on_connecting(struct rtc_transport *t)
{
    if (!t->connected) {
        rtc_first_begin(&t->first);
        media_open(t->media, true);
    }
    report_peer(t, RTCMSG_PEER_CONNECTING, "");
}

static void on_connected(struct rtc_transport *t)
{
    struct media_packets *p;
    t->connected = true;
    if (!rtc_first_end(&t->first))
        media_open(t->media, true);
    while ((p = rtc_first_next(&t->first)))
        send_packets(t, p);
    report_peer(t, RTCMSG_PEER_CONNECTED, "");
}

static void on_state(void *arg, enum rtc_peer_state state)
{
    struct rtc_transport *t = arg;
    switch (state) {
    case RTC_PEER_READY:
        if (t->offer_wanted)
            report_offer(t);
        break;
    case RTC_PEER_CONNECTING:
        on_connecting(t);
        break;
    case RTC_PEER_CONNECTED:
        on_connected(t);
        break;
    case RTC_PEER_LOST:
        report_peer(t, RTCMSG_PEER_RECONNECTING, "ice");
        break;
    case RTC_PEER_CLOSED:
        report_peer(t, RTCMSG_PEER_FAILED, "closed");
        break;
    case RTC_PEER_FAILED:
        report_peer(t, RTCMSG_PEER_FAILED, rtc_peer_failure(t->peer));
        break;
    case RTC_PEER_GATHERING:
    case RTC_PEER_OFFERED:
        break;
    }
}

static void on_rtp(void *arg, enum flow_kind kind, const uint8_t *pkt,
                   size_t len, int64_t now_us)
{
    struct rtc_transport *t = arg;
    rtc_sync_packet(&t->sync, t->peer, kind, pkt, now_us);
    /* Refusals are counted by media and shown in `call stats`. */
    (void)media_receive_rtp(t->media, (enum media_kind)kind, pkt, len);
}

static void on_keyframe(void *arg)
{
    struct rtc_transport *t = arg;
    if (!t->first.due)
        media_request_keyframe(t->media);
}

static void on_bitrate(void *arg, int bps)
{
    struct rtc_transport *t = arg;
    media_set_bitrate(t->media, bps);
}

static void on_silence(void *arg, int64_t silent_us)
{
    struct rtc_transport *t = arg;
    if (silent_us == 0) {
        report_peer(t, RTCMSG_PEER_CONNECTED, "");
        /* What was decoded last is stale, on both sides. */
        media_request_keyframe(t->media);
        rtc_peer_request_keyframe(t->peer);
    } else if (silent_us >= FLOW_SILENT_LONG_US) {
        report_peer(t, RTCMSG_PEER_RECONNECTING, "silence");
    } else {
        report_peer(t, RTCMSG_PEER_INTERRUPTED, "silence");
    }
}

static void on_channel_open(void *arg, int channel, const char *label,
                            bool by_remote)
{
    struct rtc_transport *t = arg;
    struct rtcmsg m = {.type = RTCMSG_CHANNEL,
                       .call = t->call,
                       .channel = (uint16_t)channel,
                       .open = true};
    if (by_remote) {
        if (t->config.echo && strcmp(label, "echo") == 0)
            rtc_echo_open(t->echo, t->peer, channel);
        else
            rtc_peer_channel_close(t->peer, channel); /* unknown to us */
        return;
    }
    (void)snprintf(m.text, sizeof(m.text), "%s", label);
    report(t, &m);
}

static void on_channel_message(void *arg, int channel, bool text,
                               const uint8_t *data, size_t len)
{
    struct rtc_transport *t = arg;
    if (rtc_echo_message(t->echo, channel, text, data, len))
        return;
    struct rtcmsg m = {.type = RTCMSG_DATA,
                       .call = t->call,
                       .channel = (uint16_t)channel,
                       .binary = !text,
                       .bytes = data,
                       .len = len};
    if (channel != t->ctl && channel != t->text)
        return;
    struct rtc_gate *gate = channel == t->ctl ? &t->ctl_gate : &t->text_gate;
    if (rtc_gate_pass(gate, &m.bytes, &m.len, lk_loop_now_us(t->loop)))
        report(t, &m);
}

static void on_channel_writable(void *arg, int channel)
{
    struct rtc_transport *t = arg;
    rtc_echo_writable(t->echo, channel);
}

static void on_channel_closed(void *arg, int channel)
{
    struct rtc_transport *t = arg;
    struct rtcmsg m = {
        .type = RTCMSG_CHANNEL, .call = t->call, .channel = (uint16_t)channel};
    if (rtc_echo_closed(t->echo, channel))
        return;
    if (channel != t->ctl && channel != t->text)
        return;
    (void)snprintf(m.text, sizeof(m.text), "%s",
                   channel == t->ctl ? "ctl" : "text");
    report(t, &m);
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

static void close_peer(struct rtc_transport *t)
{
    media_open(t->media, false);
    rtc_echo_reset(t->echo);
    t->peer = rtc_peer_free(t->peer);
    rtc_first_drop(&t->first);
    t->offer_wanted = t->connected = false;
    t->sync = (struct rtc_sync){.media = t->media};
    t->ctl = t->text = -1;
}

static const struct rtc_sctp_params ctl_channel = {.label = "ctl"};
/* RFC 8865 */
static const struct rtc_sctp_params text_channel = {.label = "text",
                                                    .protocol = "t140"};

static void prepare(struct rtc_transport *t, const struct rtcmsg *m)
{
    struct rtc_peer_config config = {
        .loop = t->loop,
        .glib_context = lk_loop_glib_context(t->glib),
        .net = {.ice = t->config.ice},
        .session_id = m->session,
        .start_bps = t->config.start_bps,
        .min_bps = t->config.min_bps,
        .max_bps = t->config.max_bps,
    };
    close_peer(t);
    t->call = m->call;
    t->version = m->version;
    int r = rtc_peer_new(&config, &peer_events, t, &t->peer);
    if (r < 0) {
        LK_LOG(ERROR, "transport", "what=peer err=%s", strerrorname_np(-r));
        report_peer(t, RTCMSG_PEER_FAILED, "peer");
        return;
    }
    (void)lk_loop_take_worst_late_us(t->loop);
    t->ctl = rtc_peer_channel_open(t->peer, &ctl_channel);
    t->text = rtc_peer_channel_open(t->peer, &text_channel);
    t->offer_wanted = true;
    report_offer(t);
}

static void answer(struct rtc_transport *t, const struct rtcmsg *m)
{
    enum rtc_sdp_verdict verdict;
    int r = rtc_peer_answer(t->peer, (const char *)m->bytes, m->len, &verdict);
    if (r == -EPROTO)
        LK_LOG(WARN, "transport", "what=answer refused=%s",
               rtc_sdp_verdict_name(verdict));
    else if (r < 0)
        LK_LOG(WARN, "transport", "what=answer err=%s", strerrorname_np(-r));
    if (r < 0)
        report_peer(t, RTCMSG_PEER_FAILED,
                    r == -EPROTO ? rtc_sdp_verdict_name(verdict) : "answer");
}

static void candidate(struct rtc_transport *t, const struct rtcmsg *m)
{
    int r = rtc_peer_candidate(t->peer, m->text, strlen(m->text));
    /* A .local name is ordinary: the far end's checks reach us all the same. */
    if (r < 0 && r != -EADDRNOTAVAIL)
        LK_LOG(WARN, "transport", "what=candidate err=%s", strerrorname_np(-r));
}

static void restart(struct rtc_transport *t, const struct rtcmsg *m)
{
    int r = rtc_peer_restart(t->peer);
    if (r < 0) {
        LK_LOG(WARN, "transport", "what=restart err=%s", strerrorname_np(-r));
        return;
    }
    t->version = m->version;
    t->offer_wanted = true;
    report_offer(t);
}

static void send_data(struct rtc_transport *t, const struct rtcmsg *m)
{
    int r = rtc_peer_channel_send(t->peer, m->channel, !m->binary, m->bytes,
                                  m->len);
    if (r < 0)
        LK_LOG(WARN, "transport", "what=send channel=%u err=%s", m->channel,
               strerrorname_np(-r));
}

static void on_order(struct rtc_transport *t, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_PREPARE) {
        prepare(t, m);
        return;
    }
    if (!t->peer || m->call != t->call)
        return; /* of a connection that is gone */
    if (m->type == RTCMSG_OPEN)
        rtc_peer_open(t->peer);
    else if (m->type == RTCMSG_ANSWER)
        answer(t, m);
    else if (m->type == RTCMSG_CANDIDATE)
        candidate(t, m);
    else if (m->type == RTCMSG_RESTART)
        restart(t, m);
    else if (m->type == RTCMSG_CLOSE)
        close_peer(t);
    else if (m->type == RTCMSG_SEND)
        send_data(t, m);
}

/* --- the mailbox ------------------------------------------------------- */

static void give_stats(struct rtc_transport *t, uint32_t id)
{
    struct rtc_transport_stats *s = calloc(1, sizeof(*s));
    if (!s) {
        LK_LOG(ERROR, "transport", "what=stats err=ENOMEM");
        return;
    }
    s->present = t->peer != NULL;
    if (t->peer)
        rtc_peer_get_stats(t->peer, &s->peer);
    s->worst_late_us = lk_loop_take_worst_late_us(t->loop);
    s->packets_lost = lk_mailbox_lost(t->box);
    t->config.stats(t->config.arg, id, s);
}

static void on_post(void *arg, void *item)
{
    struct rtc_transport *t = arg;
    struct post *p = item;
    switch (p->kind) {
    case POST_ORDER:
        on_order(t, p->p);
        free(p->p);
        break;
    case POST_PACKETS:
        send_packets(t, p->p);
        break;
    case POST_KEYFRAME:
        if (t->peer)
            rtc_peer_request_keyframe(t->peer);
        break;
    case POST_SERVERS:
        t->config.ice = *(struct rtc_ice_config *)p->p;
        free(p->p);
        break;
    case POST_STATS:
        give_stats(t, p->id);
        break;
    case POST_STOP:
        lk_loop_stop(t->loop, 0);
        break;
    }
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    if (p->kind == POST_PACKETS)
        media_packets_free(p->p);
    else
        free(p->p);
}

/* Takes over `p`; NULL is -ENOMEM. */
static int post_owned(struct rtc_transport *t, enum post_kind kind, void *p)
{
    const struct post post = {.kind = kind, .p = p};
    int r = p ? lk_mailbox_post(t->box, &post) : -ENOMEM;
    if (r < 0)
        free(p);
    return r;
}

int rtc_transport_order(struct rtc_transport *t, const struct rtcmsg *m)
{
    return post_owned(t, POST_ORDER, copy_message(m));
}

int rtc_transport_servers(struct rtc_transport *t,
                          const struct rtc_ice_config *ice)
{
    struct rtc_ice_config *copy = malloc(sizeof(*copy));
    if (copy)
        *copy = *ice;
    return post_owned(t, POST_SERVERS, copy);
}

int rtc_transport_ask_stats(struct rtc_transport *t, uint32_t id)
{
    struct post p = {.kind = POST_STATS, .id = id};
    return lk_mailbox_post(t->box, &p);
}

void rtc_transport_packets(struct rtc_transport *t,
                           struct media_packets *packets)
{
    struct post p = {.kind = POST_PACKETS, .p = packets};
    if (lk_mailbox_post(t->box, &p) < 0)
        media_packets_free(packets); /* counted by the mailbox */
}

void rtc_transport_keyframe_wanted(struct rtc_transport *t)
{
    struct post p = {.kind = POST_KEYFRAME};
    (void)!lk_mailbox_post(t->box, &p); /* media asks again */
}

/* --- life -------------------------------------------------------------- */

static void on_beat(void *arg, int64_t now_us)
{
    struct rtc_transport *t = arg;
    atomic_store(&t->beat_us, now_us);
    lk_timer_set(t->beat, now_us + RTC_TRANSPORT_BEAT_US);
}

bool rtc_transport_alive(struct rtc_transport *t, int64_t now_us)
{
    int64_t beat_us = atomic_load(&t->beat_us);
    return beat_us == 0 || now_us - beat_us < SILENT_US;
}

int rtc_transport_new(const struct rtc_transport_config *config,
                      struct rtc_transport **ret)
{
    struct rtc_transport *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    t->ctl = t->text = -1;
    struct lk_mailbox_config mb = {.item_len = sizeof(struct post),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_post,
                                   .drop = on_dropped_post,
                                   .arg = t};
    int r = lk_loop_new(&t->loop);
    if (r == 0)
        r = lk_mailbox_new(t->loop, &mb, &t->box);
    if (r == 0)
        r = lk_timer_new(t->loop, on_beat, t, &t->beat);
    if (r == 0)
        r = rtc_echo_new(&t->echo);
    if (r < 0) {
        rtc_transport_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

static void raise_priority(void)
{
    struct sched_param p = {.sched_priority = REALTIME_PRIORITY};
    int r = pthread_setschedparam(pthread_self(), SCHED_RR, &p);
    if (r != 0)
        LK_LOG(INFO, "transport", "what=priority err=%s", strerrorname_np(r));
}

static void *transport_main(void *arg)
{
    struct rtc_transport *t = arg;
    pthread_setname_np(pthread_self(), "transport");
    raise_priority();
    int r = lk_loop_glib_new(t->loop, &t->glib);
    on_beat(t, lk_clock_us());
    if (r == 0)
        r = lk_loop_run(t->loop);
    if (r < 0) /* no more beats: super starts the program anew */
        LK_LOG(ERROR, "transport", "what=loop err=%s", strerrorname_np(-r));
    close_peer(t);
    t->glib = lk_loop_glib_free(t->glib);
    return NULL;
}

int rtc_transport_start(struct rtc_transport *t, struct media *media)
{
    t->media = media;
    int r = -pthread_create(&t->thread, NULL, transport_main, t);
    t->started = r == 0;
    return r;
}

void rtc_transport_stop(struct rtc_transport *t)
{
    struct post stop = {.kind = POST_STOP};
    if (!t || !t->started)
        return;
    while (lk_mailbox_post(t->box, &stop) < 0)
        sched_yield(); /* full: the thread is emptying it */
    pthread_join(t->thread, NULL);
    t->started = false;
}

struct rtc_transport *rtc_transport_free(struct rtc_transport *t)
{
    if (!t)
        return NULL;
    rtc_transport_stop(t);
    rtc_echo_free(t->echo);
    lk_timer_free(t->beat);
    lk_mailbox_free(t->box);
    lk_loop_free(t->loop);
    free(t);
    return NULL;
}
