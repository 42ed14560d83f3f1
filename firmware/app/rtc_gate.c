#include "app/rtc_gate.h"

#include "ipc/rtcmsg.h"

#define MILLION INT64_C(1000000)

struct limits {
    int64_t bytes;    /* a second */
    int64_t messages; /* likewise */
    int64_t seconds;  /* so many seconds' worth at once */
    size_t len;       /* bytes of one message */
};

static const struct limits text = {.bytes = RTC_GATE_BYTES,
                                   .messages = RTC_GATE_MESSAGES,
                                   .seconds = RTC_GATE_S,
                                   .len = RTCMSG_BYTES_MAX};
static const struct limits form = {.bytes = RTC_GATE_FORM_BYTES,
                                   .messages = RTC_GATE_FORM_MESSAGES,
                                   .seconds = RTC_GATE_FORM_S,
                                   .len = RTC_GATE_FORM_LEN};

static void drain(int64_t *level, int64_t per_s, int64_t passed_us)
{
    *level = LK_MAX(*level - passed_us * per_s, 0);
}

/* Takes a message in, if it fits. */
static bool take(struct rtc_gate *g, const struct limits *l, size_t len,
                 int64_t now_us)
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

bool rtc_gate_pass_form(struct rtc_gate *g, size_t len, int64_t now_us)
{
    g->shut = g->shut || !take(g, &form, len, now_us);
    return !g->shut;
}
