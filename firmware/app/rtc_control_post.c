#include "app/rtc_control_impl.h"
#include "app/rtc_stats.h"
#include "base/wipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Reports of the transport thread that wait for this one. */
#define BOX_MAX 256
#define MIN_BPS 100000

enum post_kind { POST_REPORT, POST_STATS, POST_SERVERS, POST_LOOP };

struct post {
    enum post_kind kind;
    uint32_t id;
    void *p; /* struct rtcmsg, rtc_transport_stats, rtc_ice_config or
                rtc_loop_figures; owned */
};

void rtc_control_lost(struct rtc_control *c, const struct rtcmsg *m)
{
    struct rtcmsg shut = {
        .type = RTCMSG_SHUT, .call = m->call, .channel = m->channel};
    if (m->type == RTCMSG_DATA)
        rtc_control_note("shut", rtc_transport_order(c->transport, &shut));
}

static void post(struct rtc_control *c, enum post_kind kind, uint32_t id,
                 void *p)
{
    struct post item = {.kind = kind, .id = id, .p = p};
    int r = lk_mailbox_post(c->box, &item);
    if (r == 0)
        return;
    rtc_control_note("report lost", r);
    if (kind == POST_REPORT)
        rtc_control_lost(c, p);
    lk_free_wiped(p);
}

static void transport_report(void *arg, struct rtcmsg *m)
{
    post(arg, POST_REPORT, 0, m);
}

static void transport_stats(void *arg, uint32_t id,
                            struct rtc_transport_stats *s)
{
    post(arg, POST_STATS, id, s);
}

static void transport_loop(void *arg, struct rtc_loop_figures *f)
{
    post(arg, POST_LOOP, 0, f);
}

static void answer_stats(struct rtc_control *c, uint32_t id,
                         const struct rtc_transport_stats *t)
{
    LK_AUTO(lk_buf) b = NULL;
    struct media_stats m;
    struct speech_stats v;
    media_stats(c->media, &m);
    speech_stats(rtc_speech_voice(c->speech), &v);
    int r = lk_buf_new(RTC_STATS_TEXT_MAX, &b);
    if (r == 0)
        r = rtc_stats_call(t, &m, &v, b);
    if (r == 0)
        r = superlink_reply(c->super, id, lk_buf_str(b));
    rtc_control_note("reply", r);
}

static void on_post(void *arg, void *item)
{
    struct rtc_control *c = arg;
    struct post *p = item;
    if (p->kind == POST_REPORT) {
        rtc_control_tell(c, p->p);
        rtc_control_follow(c, p->p);
    } else if (p->kind == POST_STATS) {
        if (p->id == 0)
            rtc_control_quality_sample(c, p->p);
        else
            answer_stats(c, p->id, p->p);
    } else if (p->kind == POST_LOOP) {
        rtc_trial_figures(c->trial, p->p);
    } else {
        rtc_trial_servers(c->trial, p->p);
        rtc_control_note("servers", rtc_transport_servers(c->transport, p->p));
    }
    lk_free_wiped(p->p);
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    lk_free_wiped(p->p);
}

int rtc_control_make_box(struct rtc_control *c)
{
    struct lk_mailbox_config mb = {.item_len = sizeof(struct post),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_post,
                                   .drop = on_dropped_post,
                                   .arg = c};
    return lk_mailbox_new(c->loop, &mb, &c->box);
}

void rtc_control_servers_found(void *arg, const struct rtc_ice_server *servers,
                               size_t count)
{
    struct rtc_control *c = arg;
    struct rtc_ice_config *ice = calloc(1, sizeof(*ice));
    if (!ice) {
        rtc_control_note("servers", -ENOMEM);
        return;
    }
    ice->server_count = count;
    memcpy(ice->servers, servers, count * sizeof(*servers));
    post(c, POST_SERVERS, 0, ice);
}

int rtc_control_make_transport(struct rtc_control *c,
                               const struct rtc_control_config *rc)
{
    int max_bps = (int)rc->config->video_max_kbps * 1000;
    struct rtc_transport_config config = {
        .start_bps = LK_MIN(RTC_CONTROL_START_BPS, max_bps),
        .min_bps = MIN_BPS,
        .max_bps = max_bps,
        .echo = rc->echo,
        .report = transport_report,
        .stats = transport_stats,
        .loop = transport_loop,
        .arg = c};
    return rtc_transport_new(&config, &c->transport);
}
