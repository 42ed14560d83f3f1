/* line.c - what is ordered of luukku-rtc, and why: the citizen's wishes, what
 * signalling decided, what time demands. */
#include "session/line_impl.h"

#include "catalog/builtin.h"
#include "session/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int line_new(const struct signal_call_config *config,
             const struct line_output *out, struct line **ret)
{
    struct line *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    int r = signal_call_new(config, &l->call);
    if (r < 0) {
        free(l);
        return r;
    }
    l->out = *out;
    l->ctl = l->text = -1;
    for (enum line_lane i = 0; i < LINE_LANES; i++)
        l->lane[i].channel = -1;
    l->has_mic = l->has_camera = true;
    l->controls = (struct line_controls){
        .mic = true, .camera = true, .volume = SESSION_VOLUME_DEFAULT};
    l->lost_us = l->restart_us = l->fresh_us = LINE_NEVER;
    *ret = l;
    return 0;
}

struct line *line_free(struct line *l)
{
    if (l) {
        signal_call_free(l->call);
        talk_wipe(&l->talk);
        free(l);
    }
    return NULL;
}

/* --- orders to luukku-rtc ---------------------------------------------- */

static void order(struct line *l, enum rtcmsg_type type)
{
    struct rtcmsg m = {.type = type, .call = l->number, .version = l->version};
    if (l->transport)
        l->out.send(l->out.arg, &m);
}

static void order_bytes(struct line *l, enum rtcmsg_type type, const char *data,
                        size_t len)
{
    struct rtcmsg m = {.type = type,
                       .call = l->number,
                       .bytes = (const uint8_t *)data,
                       .len = len};
    if (l->transport)
        l->out.send(l->out.arg, &m);
}

static void order_controls(struct line *l)
{
    struct rtcmsg m = {.type = RTCMSG_CONTROLS,
                       .mic = l->controls.mic,
                       .camera = l->controls.camera,
                       .volume = l->controls.volume};
    memcpy(m.lang, l->controls.lang, sizeof(m.lang));
    if (l->transport)
        l->out.send(l->out.arg, &m);
}

static void order_capture(struct line *l, bool on)
{
    struct rtcmsg m = {.type = RTCMSG_CAPTURE, .up = on};
    l->captures = on;
    if (l->transport)
        l->out.send(l->out.arg, &m);
}

static void order_watch(struct line *l, const char *agency)
{
    struct rtcmsg m = {.type = RTCMSG_WATCH};
    bool same = strcmp(l->watched, agency) == 0;
    (void)snprintf(l->watched, sizeof(l->watched), "%s", agency);
    (void)snprintf(m.text, sizeof(m.text), "%s", agency);
    if (l->transport && !same)
        l->out.send(l->out.arg, &m);
}

void line_send_on(struct line *l, int channel, const char *text, int len)
{
    struct rtcmsg m = {.type = RTCMSG_SEND,
                       .call = l->number,
                       .channel = (uint16_t)channel,
                       .bytes = (const uint8_t *)text,
                       .len = (size_t)len};
    if (len > 0 && channel >= 0 && l->transport)
        l->out.send(l->out.arg, &m);
}

void line_tell_state(struct line *l)
{
    char text[LINE_CTL_MAX];
    int n = ctl_write_state(l->controls.mic && l->has_mic,
                            l->controls.camera && l->has_camera, text,
                            sizeof(text));
    line_send_on(l, l->ctl, text, n);
}

void line_say_ctl(struct line *l, const char *text, size_t len)
{
    if (len <= LINE_SAY_MAX)
        line_send_on(l, l->ctl, text, (int)len);
}

void line_ctl_channel(struct line *l, int channel)
{
    bool was = l->ctl >= 0;
    l->ctl = channel;
    if (!l->out.ctl || (!was && channel < 0))
        return;
    if (was)
        l->out.ctl(l->out.arg, false);
    if (channel >= 0 && l->granted)
        l->out.ctl(l->out.arg, true);
}

/* --- connections ------------------------------------------------------- */

static void drop_connection(struct line *l)
{
    if (l->prepared)
        order(l, RTCMSG_CLOSE);
    l->prepared = false;
    l->answered = false;
    line_ctl_channel(l, -1);
    line_talk_close(l);
    line_lanes_close(l);
    l->restart_us = l->fresh_us = LINE_NEVER;
}

/* Makes a fresh connection, in place of any older one. */
static void prepare(struct line *l)
{
    struct signal_offer_ids ids;
    drop_connection(l);
    if (!l->transport || signal_call_next_offer(l->call, true, &ids) < 0)
        return; /* no transport: done when it comes back; or no call */
    l->number++;
    l->version = ids.version;
    struct rtcmsg m = {.type = RTCMSG_PREPARE,
                       .call = l->number,
                       .session = ids.session_id,
                       .version = ids.version};
    l->out.send(l->out.arg, &m);
    l->prepared = true;
    if (l->granted)
        order(l, RTCMSG_OPEN);
}

void line_restart_ice(struct line *l, int64_t now_us)
{
    struct signal_offer_ids ids;
    l->restart_us = now_us + LINE_RESTART_US;
    if (!l->prepared || signal_call_next_offer(l->call, false, &ids) < 0)
        return;
    l->version = ids.version;
    order(l, RTCMSG_RESTART);
}

/* --- events for the session -------------------------------------------- */

void line_tell(struct line *l, enum session_line is, int64_t now_us)
{
    struct session_event e = {.kind = SESSION_EVENT_LINE, .line = is};
    if (is == SESSION_LINE_GOOD)
        l->lost_us = LINE_NEVER;
    else if (l->lost_us == LINE_NEVER)
        l->lost_us = now_us;
    if (is == l->is)
        return;
    l->is = is;
    l->out.event(l->out.arg, &e);
}

static void tell_over(struct line *l, const struct signal_action *a)
{
    struct session_event e = {.kind = SESSION_EVENT_OVER,
                              .end = SESSION_END_FAILED};
    if (a->why == SIGNAL_BYE_SILENT || a->why == SIGNAL_BYE_LEFT)
        e.end = SESSION_END_LINE_LOST;
    else if (a->why == SIGNAL_BYE_ENDED)
        e.end = a->remote || l->expert_ended ? SESSION_END_BY_EXPERT
                                             : SESSION_END_BY_CITIZEN;
    drop_connection(l);
    order_capture(l, false);
    order_watch(l, "");
    talk_wipe(&l->talk);
    l->granted = false;
    l->lost_us = LINE_NEVER;
    l->out.event(l->out.arg, &e);
}

static void granted(struct line *l, const struct signal_action *a,
                    int64_t now_us)
{
    struct session_event e = {.kind = SESSION_EVENT_GRANTED,
                              .expert_user = a->who.user,
                              .expert_name = a->who.name,
                              .agency_name = a->who.agency_name};
    l->granted = true;
    order_watch(l, "");
    line_talk_begin(l, now_us);
    l->expert_ended = false;
    l->is = SESSION_LINE_CONNECTING;
    l->lost_us = now_us;
    l->out.event(l->out.arg, &e);
    if (l->prepared)
        order(l, RTCMSG_OPEN);
    else
        prepare(l);
}

/* --- what signalling decided ------------------------------------------- */

static void publish(struct line *l, const struct signal_action *a)
{
    struct rtcmsg m = {.type = RTCMSG_PUBLISH,
                       .bytes = (const uint8_t *)a->data,
                       .len = a->len};
    size_t len = strlen(a->topic);
    if (!l->transport || len >= sizeof(m.topic))
        return;
    memcpy(m.topic, a->topic, len + 1);
    l->out.send(l->out.arg, &m);
}

static void remote_candidate(struct line *l, const struct signal_action *a)
{
    struct rtcmsg m = {.type = RTCMSG_CANDIDATE, .call = l->number};
    if (!l->prepared || !l->transport)
        return;
    if (a->len >= sizeof(m.text)) {
        l->out.note(l->out.arg, "candidate", "too long");
        return;
    }
    memcpy(m.text, a->data, a->len);
    l->out.send(l->out.arg, &m);
}

static void tell_queue(struct line *l, const struct signal_action *a)
{
    struct session_event e = {.kind = SESSION_EVENT_QUEUE,
                              .place = a->place,
                              .free_experts = a->free_experts};
    l->out.event(l->out.arg, &e);
}

static void act(struct line *l, const struct signal_action *a, int64_t now_us)
{
    switch (a->kind) {
    case SIGNAL_ACT_PUBLISH:
        publish(l, a);
        break;
    case SIGNAL_ACT_GRANTED:
        granted(l, a, now_us);
        break;
    case SIGNAL_ACT_RECONNECT:
        line_tell(l, SESSION_LINE_RECONNECTING, now_us);
        prepare(l);
        break;
    case SIGNAL_ACT_ANSWER:
        if (l->prepared)
            order_bytes(l, RTCMSG_ANSWER, a->data, a->len);
        l->answered = l->prepared;
        break;
    case SIGNAL_ACT_CANDIDATE:
        remote_candidate(l, a);
        break;
    case SIGNAL_ACT_LEFT:
        drop_connection(l);
        line_tell(l, SESSION_LINE_RECONNECTING, now_us);
        break;
    case SIGNAL_ACT_OVER:
        tell_over(l, a);
        break;
    case SIGNAL_ACT_QUEUE:
        tell_queue(l, a);
        break;
    case SIGNAL_ACT_REFUSED:
        l->out.note(l->out.arg, "refused", signal_reason_name(a->reason));
        break;
    case SIGNAL_ACT_GAVE_UP:
        l->out.note(l->out.arg, "not acknowledged", signal_type_name(a->type));
        break;
    }
}

void line_drain(struct line *l, int64_t now_us)
{
    struct signal_action a;
    while (signal_call_poll(l->call, &a))
        act(l, &a, now_us);
    line_talk_flow(l, now_us);
    line_flow(l);
}

/* --- what goes in ------------------------------------------------------ */

void line_watch(struct line *l, const char *card)
{
    const struct catalog_card *c = card ? catalog_builtin_find(card) : NULL;
    order_watch(l, c ? c->agency : "");
}

int line_wait(struct line *l, const char *card, const char *lang,
              const struct signal_time *t)
{
    const struct catalog_card *c = catalog_builtin_find(card);
    if (!c)
        return -ENOENT;
    struct signal_wait w = {.agency = c->agency,
                            .card = c->id,
                            .lang = lang,
                            .title_fi = c->title[CATALOG_FI],
                            .title_sv = c->title[CATALOG_SV],
                            .title_en = c->title[CATALOG_EN]};
    int r = signal_call_wait(l->call, &w, t);
    if (r < 0)
        return r;
    order_watch(l, c->agency);
    prepare(l);
    order_capture(l, true);
    line_drain(l, t->now_us);
    return 0;
}

void line_end(struct line *l, const struct signal_time *t)
{
    char text[LINE_CTL_MAX];
    /* The broker may be away: the page hears it over the connection, too. */
    line_send_on(l, l->ctl, text, ctl_write_bye(text, sizeof(text)));
    int r = signal_call_end(l->call, SIGNAL_BYE_ENDED, t);
    if (r < 0)
        l->out.note(l->out.arg, "end", strerrordesc_np(-r));
    line_drain(l, t->now_us);
}

void line_set_controls(struct line *l, const struct line_controls *c)
{
    l->controls = *c;
    order_controls(l);
    line_tell_state(l);
}

/* A luukku-rtc that was started anew captures nothing and watches nobody. */
static void order_again(struct line *l)
{
    char agency[LK_NAME_MAX];
    memcpy(agency, l->watched, sizeof(agency));
    l->watched[0] = '\0';
    order_watch(l, agency);
    if (l->captures)
        order_capture(l, true);
}

void line_transport(struct line *l, bool up, const struct signal_time *t)
{
    struct session_event e = {.kind = SESSION_EVENT_TRANSPORT, .up = up};
    l->prepared = false; /* whatever it had died with it */
    drop_connection(l);
    l->transport = up;
    if (!up)
        signal_call_link(l->call, false, t);
    l->out.event(l->out.arg, &e);
    if (l->granted)
        line_tell(l, SESSION_LINE_RECONNECTING, t->now_us);
    if (up) {
        order_controls(l);
        prepare(l);
        order_again(l);
    }
    line_drain(l, t->now_us);
}

void line_tick(struct line *l, const struct signal_time *t)
{
    int r = 0;
    if (l->granted && l->lost_us != LINE_NEVER &&
        t->now_us - l->lost_us >= LINE_GIVE_UP_US)
        r = signal_call_end(l->call, SIGNAL_BYE_SILENT, t);
    if (l->granted && t->now_us >= l->fresh_us)
        prepare(l);
    else if (l->granted && t->now_us >= l->restart_us)
        line_restart_ice(l, t->now_us);
    if (t->now_us >= signal_call_deadline_us(l->call))
        r = signal_call_tick(l->call, t);
    if (r < 0)
        l->out.note(l->out.arg, "tick", strerrordesc_np(-r));
    line_drain(l, t->now_us);
}

bool line_settled(const struct line *l)
{
    return !l->transport || signal_call_settled(l->call);
}

bool line_binding(const struct line *l, struct signal_binding *ret)
{
    return signal_call_binding(l->call, ret);
}

int64_t line_next_us(const struct line *l)
{
    int64_t next = signal_call_deadline_us(l->call);
    if (!l->granted)
        return next;
    next = LK_MIN(next, LK_MIN(l->restart_us, l->fresh_us));
    next = LK_MIN(next, talk_next_us(&l->talk));
    if (l->lost_us != LINE_NEVER)
        next = LK_MIN(next, l->lost_us + LINE_GIVE_UP_US);
    return next;
}
