#include "app/rtc_echo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rtc_echo {
    struct rtc_peer *peer;
    int channel;      /* -1: none */
    uint8_t *waiting; /* a message that found the queue full */
    size_t len;
    bool text;
};

int rtc_echo_new(struct rtc_echo **ret)
{
    struct rtc_echo *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->channel = -1;
    *ret = e;
    return 0;
}

struct rtc_echo *rtc_echo_free(struct rtc_echo *e)
{
    if (e) {
        rtc_echo_reset(e);
        free(e);
    }
    return NULL;
}

void rtc_echo_reset(struct rtc_echo *e)
{
    free(e->waiting);
    e->waiting = NULL;
    e->peer = NULL;
    e->channel = -1;
}

void rtc_echo_open(struct rtc_echo *e, struct rtc_peer *peer, int channel)
{
    rtc_echo_reset(e);
    e->peer = peer;
    e->channel = channel;
}

static int keep(struct rtc_echo *e, bool text, const uint8_t *data, size_t len)
{
    if (e->waiting)
        return -ENOBUFS;
    e->waiting = malloc(len + 1); /* an empty message waits, too */
    if (!e->waiting)
        return -ENOMEM;
    if (len > 0)
        memcpy(e->waiting, data, len);
    e->len = len;
    e->text = text;
    return 0;
}

bool rtc_echo_message(struct rtc_echo *e, int channel, bool text,
                      const uint8_t *data, size_t len)
{
    if (channel != e->channel)
        return false;
    int r = e->waiting
                ? -EAGAIN
                : rtc_peer_channel_send(e->peer, channel, text, data, len);
    if (r == -EAGAIN)
        r = keep(e, text, data, len);
    if (r < 0)
        rtc_peer_channel_close(e->peer, channel);
    return true;
}

void rtc_echo_writable(struct rtc_echo *e, int channel)
{
    if (channel != e->channel || !e->waiting)
        return;
    int r =
        rtc_peer_channel_send(e->peer, channel, e->text, e->waiting, e->len);
    if (r == -EAGAIN)
        return;
    free(e->waiting);
    e->waiting = NULL;
    if (r < 0)
        rtc_peer_channel_close(e->peer, channel);
}

bool rtc_echo_closed(struct rtc_echo *e, int channel)
{
    if (channel != e->channel)
        return false;
    rtc_echo_reset(e);
    return true;
}
