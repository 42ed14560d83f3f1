#include "app/rtc_transport.h"

#include "app/rtc_call.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/wipe.h"
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
    POST_LOOP,
    POST_LOOP_END,
    POST_LOOP_STATS,
    POST_STOP
};

struct post {
    enum post_kind kind;
    uint32_t id; /* of a question; of a loop: whether by relay */
    void *p;     /* struct rtcmsg, media_packets or rtc_ice_config, owned */
};

struct rtc_transport {
    struct rtc_transport_config config;
    struct lk_loop *loop;
    struct lk_loop_glib *glib;
    struct lk_mailbox *box;
    struct lk_timer *beat;
    struct media *media;
    struct rtc_call *call;
    struct rtc_loop *self;     /* a call to itself; NULL: none */
    struct rtc_ice_config ice; /* as the call's */
    pthread_t thread;
    bool started;
    _Atomic int64_t beat_us;
};

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
static void report(void *arg, const struct rtcmsg *m)
{
    struct rtc_transport *t = arg;
    struct rtcmsg *copy = copy_message(m);
    if (copy)
        t->config.report(t->config.arg, copy);
    else
        LK_LOG(ERROR, "transport", "what=report err=ENOMEM");
}

/* --- the mailbox ------------------------------------------------------- */

static void give_stats(struct rtc_transport *t, uint32_t id)
{
    struct rtc_transport_stats *s = calloc(1, sizeof(*s));
    if (!s) {
        LK_LOG(ERROR, "transport", "what=stats err=ENOMEM");
        return;
    }
    s->present = rtc_call_stats(t->call, &s->peer);
    s->worst_late_us = lk_loop_take_worst_late_us(t->loop);
    s->packets_lost = lk_mailbox_lost(t->box);
    t->config.stats(t->config.arg, id, s);
}

static void loop_begin(struct rtc_transport *t, bool relay)
{
    const struct rtc_loop_config config = {
        .loop = t->loop,
        .glib_context = t->glib ? lk_loop_glib_context(t->glib) : NULL,
        .media = t->media,
        .ice = t->ice,
        .relay = relay,
        .start_bps = t->config.start_bps,
        .min_bps = t->config.min_bps,
        .max_bps = t->config.max_bps};
    t->self = rtc_loop_free(t->self);
    int r = rtc_loop_new(&config, &t->self);
    if (r < 0) /* whoever asks how it stands hears that there is none */
        LK_LOG(ERROR, "transport", "what=loop err=%s", strerrorname_np(-r));
}

static void give_loop(struct rtc_transport *t)
{
    struct rtc_loop_figures *f = calloc(1, sizeof(*f));
    if (!f) {
        LK_LOG(ERROR, "transport", "what=loop-stats err=ENOMEM");
        return;
    }
    if (t->self)
        rtc_loop_look(t->self, f);
    else
        (void)snprintf(f->failed, sizeof(f->failed), "it could not be begun");
    t->config.loop(t->config.arg, f);
}

/* An expert's call is worth more than a test. */
static void on_order(struct rtc_transport *t, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_PREPARE)
        t->self = rtc_loop_free(t->self);
    rtc_call_order(t->call, m);
}

static void on_packets(struct rtc_transport *t, struct media_packets *p)
{
    if (t->self)
        rtc_loop_packets(t->self, p);
    else
        rtc_call_packets(t->call, p);
}

static void on_keyframe(struct rtc_transport *t)
{
    if (t->self)
        rtc_loop_want_keyframe(t->self);
    else
        rtc_call_want_keyframe(t->call);
}

static void on_servers(struct rtc_transport *t, const struct rtc_ice_config *c)
{
    t->ice = *c;
    rtc_call_servers(t->call, c);
}

static void on_post(void *arg, void *item)
{
    struct rtc_transport *t = arg;
    struct post *p = item;
    switch (p->kind) {
    case POST_ORDER:
        on_order(t, p->p);
        lk_free_wiped(p->p);
        break;
    case POST_PACKETS:
        on_packets(t, p->p);
        break;
    case POST_KEYFRAME:
        on_keyframe(t);
        break;
    case POST_SERVERS:
        on_servers(t, p->p);
        free(p->p);
        break;
    case POST_STATS:
        give_stats(t, p->id);
        break;
    case POST_LOOP:
        loop_begin(t, p->id != 0);
        break;
    case POST_LOOP_END:
        t->self = rtc_loop_free(t->self);
        break;
    case POST_LOOP_STATS:
        give_loop(t);
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
        lk_free_wiped(p->p);
}

/* Takes over `p`; NULL is -ENOMEM. */
static int post_owned(struct rtc_transport *t, enum post_kind kind, void *p)
{
    const struct post post = {.kind = kind, .p = p};
    int r = p ? lk_mailbox_post(t->box, &post) : -ENOMEM;
    if (r < 0)
        lk_free_wiped(p);
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

int rtc_transport_loop(struct rtc_transport *t, bool on, bool relay)
{
    struct post p = {.kind = on ? POST_LOOP : POST_LOOP_END, .id = relay};
    return lk_mailbox_post(t->box, &p);
}

int rtc_transport_ask_loop(struct rtc_transport *t)
{
    struct post p = {.kind = POST_LOOP_STATS};
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

static int make_call(struct rtc_transport *t)
{
    const struct rtc_transport_config *c = &t->config;
    struct rtc_call_config config = {.loop = t->loop,
                                     .ice = c->ice,
                                     .start_bps = c->start_bps,
                                     .min_bps = c->min_bps,
                                     .max_bps = c->max_bps,
                                     .echo = c->echo,
                                     .report = report,
                                     .arg = t};
    return rtc_call_new(&config, &t->call);
}

int rtc_transport_new(const struct rtc_transport_config *config,
                      struct rtc_transport **ret)
{
    struct rtc_transport *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    t->ice = config->ice;
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
        r = make_call(t);
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
    rtc_call_attach(t->call, t->media,
                    r == 0 ? lk_loop_glib_context(t->glib) : NULL);
    on_beat(t, lk_clock_us());
    if (r == 0)
        r = lk_loop_run(t->loop);
    if (r < 0) /* no more beats: super starts the program anew */
        LK_LOG(ERROR, "transport", "what=loop err=%s", strerrorname_np(-r));
    t->self = rtc_loop_free(t->self);
    rtc_call_close(t->call);
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
    rtc_call_free(t->call);
    lk_timer_free(t->beat);
    lk_mailbox_free(t->box);
    lk_loop_free(t->loop);
    free(t);
    return NULL;
}
