#include "session/line.h"

#include "catalog/builtin.h"
#include "session/ctl.h"
#include "session/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NEVER INT64_MAX

struct line {
    struct signal_call *call;
    struct line_output out;
    struct line_controls controls;
    bool expert_ended;        /* it said so on `ctl` */
    bool has_mic, has_camera; /* as luukku-rtc said last */
    uint32_t number;          /* of the newest connection in luukku-rtc */
    uint64_t version;         /* of its newest offer */
    bool transport;           /* luukku-rtc is there */
    bool prepared;            /* it has connection `number` */
    bool granted;             /* the call is on */
    bool answered;            /* the newest connection has an answer */
    int ctl;                  /* its `ctl` channel, -1 until it is open */
    int text;                 /* likewise its `text` channel */
    enum session_line is;     /* as last told to the session */
    int64_t lost_us;    /* since when the line is not good; NEVER: it is */
    int64_t restart_us; /* next ICE restart */
    int64_t fresh_us;   /* next fresh connection */
    struct talk talk;   /* of the call that is on */
};

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
    l->has_mic = l->has_camera = true;
    l->controls = (struct line_controls){
        .mic = true, .camera = true, .volume = SESSION_VOLUME_DEFAULT};
    l->lost_us = l->restart_us = l->fresh_us = NEVER;
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

/* On a data channel, where it is open. */
static void send_on(struct line *l, int channel, const char *text, int len)
{
    struct rtcmsg m = {.type = RTCMSG_SEND,
                       .call = l->number,
                       .channel = (uint16_t)channel,
                       .bytes = (const uint8_t *)text,
                       .len = (size_t)len};
    if (len > 0 && channel >= 0 && l->transport)
        l->out.send(l->out.arg, &m);
}

/* Tells the expert's page what it gets of the citizen: switched on, and there.
 */
static void tell_state(struct line *l)
{
    char text[LINE_CTL_MAX];
    int n = ctl_write_state(l->controls.mic && l->has_mic,
                            l->controls.camera && l->has_camera, text,
                            sizeof(text));
    send_on(l, l->ctl, text, n);
}

/* --- the conversation in writing --------------------------------------- */

static void tell_talk(struct line *l, bool up)
{
    struct session_event e = {.kind = SESSION_EVENT_TALK, .up = up};
    l->out.event(l->out.arg, &e);
}

static void close_talk(struct line *l)
{
    if (l->text < 0)
        return;
    l->text = -1;
    talk_channel(&l->talk, false, 0);
    tell_talk(l, false);
}

/* Sends what is due of what was typed, shows what is new. */
static void flow_talk(struct line *l, int64_t now_us)
{
    char message[TALK_MESSAGE_MAX];
    struct session_talk shown;
    size_t n;
    if (!l->granted)
        return;
    while ((n = talk_send(&l->talk, now_us, message)) > 0)
        send_on(l, l->text, message, (int)n);
    if (talk_show(&l->talk, now_us, &shown)) {
        struct session_event e = {.kind = SESSION_EVENT_SAID, .talk = &shown};
        l->out.event(l->out.arg, &e);
        explicit_bzero(&shown, sizeof(shown));
    }
    explicit_bzero(message, sizeof(message));
}

static void begin_talk(struct line *l, int64_t now_us)
{
    uint64_t id = 0;
    while (id == 0)
        lk_random_bytes(&id, sizeof(id));
    talk_begin(&l->talk, id, now_us);
}

/* --- connections ------------------------------------------------------- */

static void drop_connection(struct line *l)
{
    if (l->prepared)
        order(l, RTCMSG_CLOSE);
    l->prepared = false;
    l->answered = false;
    l->ctl = -1;
    close_talk(l);
    l->restart_us = l->fresh_us = NEVER;
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

static void restart_ice(struct line *l, int64_t now_us)
{
    struct signal_offer_ids ids;
    l->restart_us = now_us + LINE_RESTART_US;
    if (!l->prepared || signal_call_next_offer(l->call, false, &ids) < 0)
        return;
    l->version = ids.version;
    order(l, RTCMSG_RESTART);
}

/* --- events for the session -------------------------------------------- */

static void tell_line(struct line *l, enum session_line is, int64_t now_us)
{
    struct session_event e = {.kind = SESSION_EVENT_LINE, .line = is};
    if (is == SESSION_LINE_GOOD)
        l->lost_us = NEVER;
    else if (l->lost_us == NEVER)
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
    talk_wipe(&l->talk);
    l->granted = false;
    l->lost_us = NEVER;
    l->out.event(l->out.arg, &e);
}

static void granted(struct line *l, const struct signal_action *a,
                    int64_t now_us)
{
    struct session_event e = {.kind = SESSION_EVENT_GRANTED,
                              .expert_name = a->who.name,
                              .agency_name = a->who.agency_name};
    l->granted = true;
    begin_talk(l, now_us);
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
        tell_line(l, SESSION_LINE_RECONNECTING, now_us);
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
        tell_line(l, SESSION_LINE_RECONNECTING, now_us);
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

static void drain(struct line *l, int64_t now_us)
{
    struct signal_action a;
    while (signal_call_poll(l->call, &a))
        act(l, &a, now_us);
    flow_talk(l, now_us);
}

/* --- what goes in ------------------------------------------------------ */

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
    prepare(l);
    drain(l, t->now_us);
    return 0;
}

void line_end(struct line *l, const struct signal_time *t)
{
    char text[LINE_CTL_MAX];
    /* The broker may be away: the page hears it over the connection, too. */
    send_on(l, l->ctl, text, ctl_write_bye(text, sizeof(text)));
    int r = signal_call_end(l->call, SIGNAL_BYE_ENDED, t);
    if (r < 0)
        l->out.note(l->out.arg, "end", strerrordesc_np(-r));
    drain(l, t->now_us);
}

void line_set_controls(struct line *l, const struct line_controls *c)
{
    l->controls = *c;
    order_controls(l);
    tell_state(l);
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
        tell_line(l, SESSION_LINE_RECONNECTING, t->now_us);
    if (up) {
        order_controls(l);
        prepare(l);
    }
    drain(l, t->now_us);
}

static void on_link(struct line *l, const struct rtcmsg *m,
                    const struct signal_time *t)
{
    struct session_event e = {.kind = SESSION_EVENT_BROKER, .up = m->up};
    signal_call_link(l->call, m->up, t);
    l->out.event(l->out.arg, &e);
}

static void on_peer(struct line *l, const struct rtcmsg *m, int64_t now_us)
{
    if (!l->granted)
        return;
    switch (m->peer) {
    case RTCMSG_PEER_CONNECTED:
    case RTCMSG_PEER_PICTURE:
        l->restart_us = l->fresh_us = NEVER;
        tell_line(l, SESSION_LINE_GOOD, now_us);
        break;
    case RTCMSG_PEER_INTERRUPTED:
        tell_line(l, SESSION_LINE_INTERRUPTED, now_us);
        break;
    case RTCMSG_PEER_RECONNECTING:
        tell_line(l, SESSION_LINE_RECONNECTING, now_us);
        restart_ice(l, now_us);
        break;
    case RTCMSG_PEER_FAILED:
        l->out.note(l->out.arg, "connection failed", m->why);
        tell_line(l, SESSION_LINE_RECONNECTING, now_us);
        l->restart_us = NEVER;
        l->fresh_us = now_us + LINE_FRESH_US;
        break;
    case RTCMSG_PEER_CONNECTING:
    case RTCMSG_PEER_STATES:
        break;
    }
}

static void on_offer(struct line *l, const struct rtcmsg *m,
                     const struct signal_time *t)
{
    if (m->version != l->version)
        return; /* of an offer that a newer one has replaced */
    int r = signal_call_offer(l->call, (const char *)m->bytes, m->len, t);
    if (r < 0)
        l->out.note(l->out.arg, "offer", strerrordesc_np(-r));
}

/* A word inside DTLS, whose fingerprint was signed, is as good as the signed
 * one, which may be held up with the broker. */
static void expert_ended(struct line *l, const struct signal_time *t)
{
    l->expert_ended = true;
    int r = signal_call_end(l->call, SIGNAL_BYE_ENDED, t);
    if (r < 0)
        l->out.note(l->out.arg, "end", strerrordesc_np(-r));
}

static void on_data(struct line *l, const struct rtcmsg *m,
                    const struct signal_time *t)
{
    struct session_event e = {.kind = SESSION_EVENT_REMOTE};
    if (m->channel == l->text && l->granted)
        talk_receive(&l->talk, m->bytes, m->len, t->now_us);
    if (m->channel != l->ctl || m->binary)
        return;
    if (l->granted && ctl_read_bye((const char *)m->bytes, m->len) == 0)
        expert_ended(l, t);
    else if (ctl_read_state((const char *)m->bytes, m->len, &e.mic,
                            &e.camera) == 0)
        l->out.event(l->out.arg, &e);
}

static void on_text_channel(struct line *l, const struct rtcmsg *m,
                            int64_t now_us)
{
    close_talk(l);
    if (!m->open || !l->granted)
        return;
    l->text = m->channel;
    talk_channel(&l->talk, true, now_us);
    tell_talk(l, true);
}

static void on_channel(struct line *l, const struct rtcmsg *m, int64_t now_us)
{
    if (strcmp(m->text, "text") == 0)
        on_text_channel(l, m, now_us);
    if (strcmp(m->text, "ctl") != 0)
        return;
    l->ctl = m->open ? m->channel : -1;
    tell_state(l);
}

static void on_devices(struct line *l, const struct rtcmsg *m)
{
    struct session_event e = {
        .kind = SESSION_EVENT_DEVICES,
        .camera = m->camera_device != RTCMSG_DEVICE_NONE,
        .mic = m->sound_device != RTCMSG_DEVICE_NONE,
        .simulated = m->camera_device == RTCMSG_DEVICE_SIMULATED ||
                     m->sound_device == RTCMSG_DEVICE_SIMULATED,
    };
    bool changed = e.camera != l->has_camera || e.mic != l->has_mic;
    l->has_camera = e.camera;
    l->has_mic = e.mic;
    l->out.event(l->out.arg, &e);
    if (changed)
        tell_state(l);
}

/* Messages about one connection; late ones about an older are dropped. */
static void on_connection(struct line *l, const struct rtcmsg *m,
                          const struct signal_time *t)
{
    if (!l->prepared || m->call != l->number)
        return;
    if (m->type == RTCMSG_OFFER)
        on_offer(l, m, t);
    else if (m->type == RTCMSG_PEER)
        on_peer(l, m, t->now_us);
    else if (m->type == RTCMSG_CHANNEL)
        on_channel(l, m, t->now_us);
    else if (m->type == RTCMSG_DATA)
        on_data(l, m, t);
}

static int receive_message(struct line *l, const struct rtcmsg *m,
                           const struct signal_time *t)
{
    struct signal_message message = {
        .topic = m->topic, .payload = m->bytes, .len = m->len, .t = t};
    return signal_call_receive(l->call, &message);
}

void line_receive(struct line *l, const struct rtcmsg *m,
                  const struct signal_time *t)
{
    int r = 0;
    if (m->type == RTCMSG_LINK)
        on_link(l, m, t);
    else if (m->type == RTCMSG_DEVICES)
        on_devices(l, m);
    else if (m->type == RTCMSG_MESSAGE)
        r = receive_message(l, m, t);
    else
        on_connection(l, m, t);
    if (r < 0)
        l->out.note(l->out.arg, "message lost", strerrordesc_np(-r));
    drain(l, t->now_us);
}

void line_tick(struct line *l, const struct signal_time *t)
{
    int r = 0;
    if (l->granted && l->lost_us != NEVER &&
        t->now_us - l->lost_us >= LINE_GIVE_UP_US)
        r = signal_call_end(l->call, SIGNAL_BYE_SILENT, t);
    if (l->granted && t->now_us >= l->fresh_us)
        prepare(l);
    else if (l->granted && t->now_us >= l->restart_us)
        restart_ice(l, t->now_us);
    if (t->now_us >= signal_call_deadline_us(l->call))
        r = signal_call_tick(l->call, t);
    if (r < 0)
        l->out.note(l->out.arg, "tick", strerrordesc_np(-r));
    drain(l, t->now_us);
}

void line_write(struct line *l, const char *text, int64_t now_us)
{
    if (!l->granted)
        return;
    talk_write(&l->talk, text);
    flow_talk(l, now_us);
}

void line_say(struct line *l, int64_t now_us)
{
    if (!l->granted)
        return;
    talk_say(&l->talk);
    flow_talk(l, now_us);
}

bool line_settled(const struct line *l)
{
    return !l->transport || signal_call_settled(l->call);
}

int64_t line_next_us(const struct line *l)
{
    int64_t next = signal_call_deadline_us(l->call);
    if (!l->granted)
        return next;
    next = LK_MIN(next, LK_MIN(l->restart_us, l->fresh_us));
    next = LK_MIN(next, talk_next_us(&l->talk));
    if (l->lost_us != NEVER)
        next = LK_MIN(next, l->lost_us + LINE_GIVE_UP_US);
    return next;
}
