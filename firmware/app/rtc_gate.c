#include "app/rtc_gate.h"

#include "ipc/rtcmsg.h"

#define MILLION INT64_C(1000000)

static const struct rtc_gate_limits text = {.bytes = RTC_GATE_BYTES,
                                            .messages = RTC_GATE_MESSAGES,
                                            .seconds = RTC_GATE_S,
                                            .len = RTCMSG_BYTES_MAX};
const struct rtc_gate_limits rtc_gate_form = {
    .bytes = 262144, .messages = 100, .seconds = 2, .len = 16384};
const struct rtc_gate_limits rtc_gate_paper = {
    .bytes = 1048576, .messages = 80, .seconds = 2, .len = 16384};

static void drain(int64_t *level, int64_t per_s, int64_t passed_us)
{
    *level = LK_MAX(*level - passed_us * per_s, 0);
}

/* Takes a message in, if it fits. */
static bool take(struct rtc_gate *g, const struct rtc_gate_limits *l,
                 size_t len, int64_t now_us)
{
    int64_t passed = LK_MIN(now_us - g->at_us, l->seconds * MILLION);
    int64_t bytes = (int64_t)LK_MIN(len, l->len + 1) * MILLION;
    drain(&g->bytes, l->bytes, passed);
    drain(&g->messages, l->messages, passed);
    g->at_us = now_us;
    if (len > l->len || g->bytes + bytes > l->bytes * l->seconds * MILLION ||
        g->messages + MILLION > l->messages * l->seconds * MILLION)
        return false;
    g->bytes += bytes;
    g->messages += MILLION;
    return true;
}

bool rtc_gate_pass(struct rtc_gate *g, const uint8_t **data, size_t *len,
                   int64_t now_us)
{
    static const uint8_t mark[] = {0xef, 0xbf, 0xbd};
    bool first = !g->shut;
    g->shut = !take(g, &text, *len, now_us);
    if (!g->shut)
        return true;
    *data = mark;
    *len = sizeof(mark);
    return first;
}

bool rtc_gate_pass_whole(struct rtc_gate *g, const struct rtc_gate_limits *l,
                         size_t len, int64_t now_us)
{
    g->shut = g->shut || !take(g, l, len, now_us);
    return !g->shut;
}
