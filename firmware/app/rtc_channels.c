#include "app/rtc_channels.h"

#include "app/rtc_echo.h"
#include "app/rtc_gate.h"
#include "app/rtc_room.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that we open. */
enum own { CTL, TEXT, FORM, OWN };

static const struct rtc_sctp_params params[OWN] = {
    [CTL] = {.label = "ctl"},
    [TEXT] = {.label = "text", .protocol = "t140"}, /* RFC 8865 */
    [FORM] = {.label = "form"},
};

struct rtc_channels {
    struct rtc_channels_config config;
    struct rtc_peer *peer; /* NULL: no connection */
    uint32_t number;
    struct rtc_echo *echo;
    int handle[OWN]; /* or -1 */
    struct rtc_gate gate[OWN];
    struct rtc_room room; /* on `form` */
    struct lk_timer *timer;
    int bps; /* what the way carries */
};

static int own_of(const struct rtc_channels *c, int channel)
{
    for (int i = 0; i < OWN; i++)
        if (c->handle[i] == channel && channel >= 0)
            return i;
    return -1;
}

/* --- room -------------------------------------------------------------- */

static void tell_room(struct rtc_channels *c)
{
    struct rtcmsg m = {.type = RTCMSG_ROOM,
                       .call = c->number,
                       .channel = (uint16_t)c->handle[FORM],
                       .room = c->room.told};
    c->config.report(c->config.report_arg, &m);
}

/* While much is to be sent, the picture makes room for it. */
static void share_way(struct rtc_channels *c)
{
    int share = c->room.busy ? rtc_room_share(c->bps) : 0;
    c->config.video(c->config.video_arg, LK_MAX(c->bps - share, c->bps / 2));
}

static void on_timer(void *arg, int64_t now_us)
{
    struct rtc_channels *c = arg;
    bool busy = c->room.busy;
    if (!c->peer || c->handle[FORM] < 0)
        return;
    size_t waiting = rtc_peer_channel_buffered(c->peer, c->handle[FORM]);
    if (rtc_room_grow(&c->room, c->bps, waiting, now_us))
        tell_room(c);
    if (c->room.busy != busy)
        share_way(c);
    if (rtc_room_wants(&c->room))
        lk_timer_set(c->timer, now_us + RTC_ROOM_TICK_US);
}

static void begin_room(struct rtc_channels *c)
{
    rtc_room_begin(&c->room, lk_loop_now_us(c->config.loop));
    tell_room(c);
}

void rtc_channels_bitrate(struct rtc_channels *c, int bps)
{
    c->bps = bps;
    share_way(c);
}

/* --- the peer's events ------------------------------------------------- */

static void report(struct rtc_channels *c, enum own which, bool open)
{
    struct rtcmsg m = {.type = RTCMSG_CHANNEL,
                       .call = c->number,
                       .channel = (uint16_t)c->handle[which],
                       .open = open};
    (void)snprintf(m.text, sizeof(m.text), "%s", params[which].label);
    c->config.report(c->config.report_arg, &m);
}

void rtc_channels_opened(struct rtc_channels *c, int channel, const char *label,
                         bool by_remote)
{
    int which = own_of(c, channel);
    if (by_remote && c->config.echo && strcmp(label, "echo") == 0)
        rtc_echo_open(c->echo, c->peer, channel);
    else if (by_remote || which < 0)
        rtc_peer_channel_close(c->peer, channel); /* unknown to us */
    else
        report(c, (enum own)which, true);
    if (which == FORM && !by_remote)
        begin_room(c);
}

/* Nothing more is handed on: the far end has lost its place in the stream. It
 * is told why, in the words of PROTOCOL.md, "Form": kind 11, not cut, and the
 * whole length. */
static void end_form(struct rtc_channels *c, const char *why)
{
    char text[64];
    int channel = c->handle[FORM];
    int n = snprintf(text + 5, sizeof(text) - 5, "{\"why\":\"%s\"}", why);
    const char head[] = {11, 0, 0, 0, (char)n};
    memcpy(text, head, sizeof(head));
    LK_LOG(WARN, "transport", "what=form-closed why=%s", why);
    report(c, FORM, false);
    c->handle[FORM] = -1;
    c->room = (struct rtc_room){0};
    share_way(c);
    /* Refused when it is going anyway. */
    (void)!rtc_peer_channel_send(c->peer, channel, false, text,
                                 sizeof(head) + (size_t)n);
    rtc_peer_channel_close(c->peer, channel);
}

/* Whether the far end may go on; what may not be handed on is replaced. */
static bool pass(struct rtc_channels *c, enum own which, struct rtcmsg *m)
{
    int64_t now_us = lk_loop_now_us(c->config.loop);
    if (which != FORM)
        return rtc_gate_pass(&c->gate[which], &m->bytes, &m->len, now_us);
    if (rtc_gate_pass_form(&c->gate[FORM], m->len, now_us))
        return true;
    end_form(c, m->len > RTC_GATE_FORM_LEN ? "malformed" : "too-fast");
    return false;
}

void rtc_channels_message(struct rtc_channels *c, int channel, bool text,
                          const uint8_t *data, size_t len)
{
    struct rtcmsg m = {.type = RTCMSG_DATA,
                       .call = c->number,
                       .channel = (uint16_t)channel,
                       .binary = !text,
                       .bytes = data,
                       .len = len};
    int which = own_of(c, channel);
    if (rtc_echo_message(c->echo, channel, text, data, len) || which < 0)
        return;
    if (pass(c, (enum own)which, &m))
        c->config.report(c->config.report_arg, &m);
}

void rtc_channels_writable(struct rtc_channels *c, int channel)
{
    rtc_echo_writable(c->echo, channel);
}

void rtc_channels_closed(struct rtc_channels *c, int channel)
{
    int which = own_of(c, channel);
    if (rtc_echo_closed(c->echo, channel) || which < 0)
        return;
    report(c, (enum own)which, false);
    c->handle[which] = -1;
}

/* --- orders ------------------------------------------------------------ */

static void send_on(struct rtc_channels *c, const struct rtcmsg *m)
{
    bool form = own_of(c, m->channel) == FORM;
    int64_t now_us = lk_loop_now_us(c->config.loop);
    int r = form && !rtc_room_take(&c->room, m->len, now_us) ? -ENOBUFS : 0;
    if (r == 0)
        r = rtc_peer_channel_send(c->peer, m->channel, !m->binary, m->bytes,
                                  m->len);
    if (r < 0)
        LK_LOG(WARN, "transport", "what=send channel=%u err=%s", m->channel,
               strerrorname_np(-r));
    if (form && r < 0)
        end_form(c, "lost"); /* half a stream is none */
    else if (form)
        lk_timer_set_in(c->timer, RTC_ROOM_TICK_US);
}

void rtc_channels_order(struct rtc_channels *c, const struct rtcmsg *m)
{
    int which = own_of(c, m->channel);
    if (m->type == RTCMSG_SEND && which >= 0)
        send_on(c, m);
    else if (which == FORM)
        end_form(c, "lost");
}

/* --- life -------------------------------------------------------------- */

void rtc_channels_reset(struct rtc_channels *c)
{
    rtc_echo_reset(c->echo);
    lk_timer_clear(c->timer);
    c->gate[FORM].shut = false;
    c->room = (struct rtc_room){0};
    c->peer = NULL;
    c->bps = c->config.start_bps;
    for (size_t i = 0; i < OWN; i++)
        c->handle[i] = -1;
}

void rtc_channels_begin(struct rtc_channels *c, struct rtc_peer *peer,
                        uint32_t number)
{
    rtc_channels_reset(c);
    c->peer = peer;
    c->number = number;
    for (size_t i = 0; i < OWN; i++)
        c->handle[i] = rtc_peer_channel_open(peer, &params[i]);
}

int rtc_channels_new(const struct rtc_channels_config *config,
                     struct rtc_channels **ret)
{
    struct rtc_channels *c = calloc(1, sizeof(*c));
    int r = c ? rtc_echo_new(&c->echo) : -ENOMEM;
    if (r == 0)
        r = lk_timer_new(config->loop, on_timer, c, &c->timer);
    if (r < 0) {
        rtc_channels_free(c);
        return r;
    }
    c->config = *config;
    rtc_channels_reset(c);
    *ret = c;
    return 0;
}

struct rtc_channels *rtc_channels_free(struct rtc_channels *c)
{
    if (c) {
        rtc_echo_free(c->echo);
        lk_timer_free(c->timer);
        free(c);
    }
    return NULL;
}
