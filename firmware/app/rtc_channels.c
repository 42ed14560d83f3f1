#include "app/rtc_channels.h"

#include "app/rtc_echo.h"
#include "app/rtc_gate.h"
#include "app/rtc_room.h"
#include "app/rtc_spare.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that we open; from LANES on those that carry much, with room of their
 * own. */
enum own { CTL, TEXT, FORM, PAPER, OWN, LANES = FORM };

static const struct rtc_sctp_params params[OWN] = {
    [CTL] = {.label = "ctl"},
    [TEXT] = {.label = "text", .protocol = "t140"}, /* RFC 8865 */
    [FORM] = {.label = "form"},
    [PAPER] = {.label = "paper"},
};

static const struct rtc_gate_limits *const gates[OWN] = {
    [FORM] = &rtc_gate_form, [PAPER] = &rtc_gate_paper};

struct rtc_channels {
    struct rtc_channels_config config;
    struct rtc_peer *peer; /* NULL: no connection */
    uint32_t number;
    struct rtc_echo *echo;
    int handle[OWN]; /* or -1 */
    struct rtc_gate gate[OWN];
    struct rtc_room room[OWN]; /* on lanes */
    struct lk_timer *timer;
    int bps; /* what the way carries */
    struct rtc_spare spare;
};

static int own_of(const struct rtc_channels *c, int channel)
{
    for (int i = 0; i < OWN; i++)
        if (c->handle[i] == channel && channel >= 0)
            return i;
    return -1;
}

/* --- room -------------------------------------------------------------- */

static void tell_room(struct rtc_channels *c, int lane)
{
    struct rtcmsg m = {.type = RTCMSG_ROOM,
                       .call = c->number,
                       .channel = (uint16_t)c->handle[lane],
                       .room = c->room[lane].told};
    c->config.report(c->config.report_arg, &m);
}

static int busy_lanes(const struct rtc_channels *c)
{
    int n = 0;
    for (int i = LANES; i < OWN; i++)
        n += c->room[i].busy;
    return n;
}

/* While much is to be sent, the picture makes room for it, unless the way
 * carries more than the picture may use. */
static void share_way(struct rtc_channels *c)
{
    bool beside = busy_lanes(c) == 0 || c->spare.bps > 0;
    int share = beside ? 0 : rtc_room_share(c->bps);
    c->config.video(c->config.video_arg, LK_MAX(c->bps - share, c->bps / 2));
}

/* Two lanes that are busy have half of the share each. */
static bool grow_lane(struct rtc_channels *c, int lane, int64_t now_us)
{
    struct rtc_room *room = &c->room[lane];
    if (c->handle[lane] < 0)
        return false;
    size_t waiting = rtc_peer_channel_buffered(c->peer, c->handle[lane]);
    int bps = LK_MAX(c->spare.bps, rtc_room_share(c->bps));
    if (busy_lanes(c) > 1)
        bps /= 2;
    if (rtc_room_grow(room, bps, waiting, now_us))
        tell_room(c, lane);
    return rtc_room_wants(room);
}

static void try_more(struct rtc_channels *c, int64_t now_us)
{
    struct rtc_sctp_way way;
    rtc_peer_channels_way(c->peer, &way);
    const struct rtc_spare_way w = {.busy = busy_lanes(c) > 0,
                                    .share_bps = rtc_room_share(c->bps),
                                    .top = rtc_peer_at_top(c->peer),
                                    .sent_bytes = way.sent_bytes,
                                    .flight_bytes = way.flight_bytes,
                                    .rtt_us = way.rtt_us};
    rtc_spare_try(&c->spare, &w, now_us);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct rtc_channels *c = arg;
    bool busy = busy_lanes(c) > 0;
    bool beside = c->spare.bps > 0;
    bool wants = false;
    if (!c->peer)
        return;
    if (busy || beside)
        try_more(c, now_us);
    for (int i = LANES; i < OWN; i++)
        wants = grow_lane(c, i, now_us) || wants;
    if ((busy_lanes(c) > 0) != busy || (c->spare.bps > 0) != beside)
        share_way(c);
    if (wants || c->spare.bps > 0)
        lk_timer_set(c->timer, now_us + RTC_ROOM_TICK_US);
}

static void begin_room(struct rtc_channels *c, int lane)
{
    rtc_room_begin(&c->room[lane], lk_loop_now_us(c->config.loop));
    tell_room(c, lane);
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
    if (which >= LANES && !by_remote)
        begin_room(c, which);
}

/* `over` in the words of PROTOCOL.md: of "Form" it is kind 11, not cut, and the
 * whole length; of "Papers" kind 10. Returns its bytes. */
static size_t say_over(int lane, const char *why, char *ret, size_t cap)
{
    size_t head = lane == FORM ? 5 : 1;
    int n = snprintf(ret + head, cap - head, "{\"why\":\"%s\"}", why);
    memset(ret, 0, head);
    ret[0] = lane == FORM ? 11 : 10;
    if (lane == FORM)
        ret[4] = (char)n;
    return head + (size_t)n;
}

/* Nothing more is handed on: the far end has lost its place in the stream, and
 * is told why. */
static void end_lane(struct rtc_channels *c, int lane, const char *why)
{
    char text[64];
    int channel = c->handle[lane];
    size_t n = say_over(lane, why, text, sizeof(text));
    LK_LOG(WARN, "transport", "what=%s-closed why=%s", params[lane].label, why);
    report(c, (enum own)lane, false);
    c->handle[lane] = -1;
    c->room[lane] = (struct rtc_room){0};
    share_way(c);
    /* Refused when it is going anyway. */
    (void)!rtc_peer_channel_send(c->peer, channel, false, text, n);
    rtc_peer_channel_close(c->peer, channel);
}

/* Whether the far end may go on; what may not be handed on is replaced. */
static bool pass(struct rtc_channels *c, enum own which, struct rtcmsg *m)
{
    int64_t now_us = lk_loop_now_us(c->config.loop);
    const struct rtc_gate_limits *limits = gates[which];
    if (!limits)
        return rtc_gate_pass(&c->gate[which], &m->bytes, &m->len, now_us);
    if (rtc_gate_pass_whole(&c->gate[which], limits, m->len, now_us))
        return true;
    end_lane(c, which, m->len > limits->len ? "malformed" : "too-fast");
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

static void send_on(struct rtc_channels *c, int which, const struct rtcmsg *m)
{
    bool lane = which >= LANES;
    int64_t now_us = lk_loop_now_us(c->config.loop);
    int r =
        lane && !rtc_room_take(&c->room[which], m->len, now_us) ? -ENOBUFS : 0;
    if (r == 0)
        r = rtc_peer_channel_send(c->peer, m->channel, !m->binary, m->bytes,
                                  m->len);
    if (r < 0)
        LK_LOG(WARN, "transport", "what=send channel=%u err=%s", m->channel,
               strerrorname_np(-r));
    if (lane && r < 0)
        end_lane(c, which, "lost"); /* half a stream is none */
    else if (lane)
        lk_timer_set_in(c->timer, RTC_ROOM_TICK_US);
}

void rtc_channels_order(struct rtc_channels *c, const struct rtcmsg *m)
{
    int which = own_of(c, m->channel);
    if (m->type == RTCMSG_SEND && which >= 0)
        send_on(c, which, m);
    else if (which >= LANES)
        end_lane(c, which, "lost");
}

/* --- life -------------------------------------------------------------- */

void rtc_channels_reset(struct rtc_channels *c)
{
    rtc_echo_reset(c->echo);
    lk_timer_clear(c->timer);
    for (int i = LANES; i < OWN; i++) {
        c->gate[i].shut = false;
        c->room[i] = (struct rtc_room){0};
    }
    c->peer = NULL;
    c->bps = c->config.start_bps;
    c->spare = (struct rtc_spare){0};
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
