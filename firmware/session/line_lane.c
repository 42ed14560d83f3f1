/* line_lane.c - the channels that carry much, `form` and `paper`, and how much
 * of each luukku-rtc has room for. */
#include "session/line_impl.h"

#include <string.h>

static enum line_lane lane_of(const struct line *l, int channel)
{
    enum line_lane i = 0;
    while (i < LINE_LANES && (channel < 0 || l->lane[i].channel != channel))
        i++;
    return i;
}

static void close_lane(struct line *l, enum line_lane lane)
{
    if (l->lane[lane].channel < 0)
        return;
    l->lane[lane].channel = -1;
    l->out.lane(l->out.arg, lane, false);
}

void line_lanes_close(struct line *l)
{
    for (enum line_lane i = 0; i < LINE_LANES; i++)
        close_lane(l, i);
}

void line_lane_channel(struct line *l, const struct rtcmsg *m)
{
    static const char *const labels[LINE_LANES] = {"form", "paper"};
    for (enum line_lane i = 0; i < LINE_LANES; i++) {
        if (strcmp(m->text, labels[i]) != 0)
            continue;
        close_lane(l, i);
        if (!m->open || !l->granted || !l->out.lane)
            return;
        l->lane[i] = (struct line_lane_state){.channel = m->channel};
        l->out.lane(l->out.arg, i, true);
    }
}

void line_lane_room(struct line *l, const struct rtcmsg *m)
{
    enum line_lane i = lane_of(l, m->channel);
    if (i < LINE_LANES)
        l->lane[i].room = LK_MAX(m->room, l->lane[i].room);
}

void line_lane_data(struct line *l, const struct rtcmsg *m)
{
    enum line_lane i = lane_of(l, m->channel);
    if (i < LINE_LANES)
        l->out.lane_data(l->out.arg, i, m->bytes, m->binary ? m->len : 0);
}

/* How long a message is shows only when it has been taken: there has to be
 * room for the longest. */
static bool fits(const struct line *l, const struct line_lane_state *lane)
{
    return lane->channel >= 0 && l->transport &&
           lane->room >= lane->sent + LINE_LANE_MAX;
}

void line_flow(struct line *l)
{
    struct rtcmsg m = {.type = RTCMSG_SEND, .call = l->number, .binary = true};
    const void *bytes;
    for (enum line_lane i = 0; i < LINE_LANES; i++) {
        struct line_lane_state *lane = &l->lane[i];
        while (fits(l, lane) &&
               l->out.lane_poll(l->out.arg, i, &bytes, &m.len)) {
            m.channel = (uint16_t)lane->channel;
            m.bytes = bytes;
            lane->sent += rtcmsg_room_cost(m.len);
            l->out.send(l->out.arg, &m);
        }
    }
}
