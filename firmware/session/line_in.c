/* line_in.c - what luukku-rtc reports. */
#include "session/line_impl.h"

#include "session/ctl.h"

#include <string.h>

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
        l->restart_us = l->fresh_us = LINE_NEVER;
        line_tell(l, SESSION_LINE_GOOD, now_us);
        break;
    case RTCMSG_PEER_INTERRUPTED:
        line_tell(l, SESSION_LINE_INTERRUPTED, now_us);
        break;
    case RTCMSG_PEER_RECONNECTING:
        line_tell(l, SESSION_LINE_RECONNECTING, now_us);
        line_restart_ice(l, now_us);
        break;
    case RTCMSG_PEER_FAILED:
        l->out.note(l->out.arg, "connection failed", m->why);
        line_tell(l, SESSION_LINE_RECONNECTING, now_us);
        l->restart_us = LINE_NEVER;
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
    line_lane_data(l, m);
    if (m->channel != l->ctl || m->binary)
        return;
    if (l->granted && ctl_read_bye((const char *)m->bytes, m->len) == 0)
        expert_ended(l, t);
    else if (ctl_read_state((const char *)m->bytes, m->len, &e.mic,
                            &e.camera) == 0)
        l->out.event(l->out.arg, &e);
    else if (l->granted && l->out.ctl_text && m->len <= LINE_CTL_MAX)
        l->out.ctl_text(l->out.arg, (const char *)m->bytes, m->len);
}

static void on_channel(struct line *l, const struct rtcmsg *m, int64_t now_us)
{
    if (strcmp(m->text, "text") == 0)
        line_talk_channel(l, m, now_us);
    line_lane_channel(l, m);
    if (strcmp(m->text, "ctl") != 0)
        return;
    line_ctl_channel(l, m->open ? m->channel : -1);
    line_tell_state(l);
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
        line_tell_state(l);
}

static void on_voice(struct line *l, const struct rtcmsg *m)
{
    struct session_event e = {.kind = SESSION_EVENT_VOICE, .up = m->up};
    if (l->granted)
        l->out.event(l->out.arg, &e);
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
    else if (m->type == RTCMSG_VOICE)
        on_voice(l, m);
    else if (m->type == RTCMSG_ROOM)
        line_lane_room(l, m);
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
    line_drain(l, t->now_us);
}
