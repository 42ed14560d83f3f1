#include "app/rtc_gate.h"

#include "ipc/rtcmsg.h"

#define MILLION INT64_C(1000000)

static void drain(int64_t *level, int64_t per_s, int64_t passed_us)
{
    *level = LK_MAX(*level - passed_us * per_s, 0);
}

bool rtc_gate_pass(struct rtc_gate *g, const uint8_t **data, size_t *len,
                   int64_t now_us)
{
    static const uint8_t mark[] = {0xef, 0xbf, 0xbd};
    int64_t passed = LK_MIN(now_us - g->at_us, RTC_GATE_S * MILLION);
    int64_t bytes = (int64_t)LK_MIN(*len, RTCMSG_BYTES_MAX + 1) * MILLION;
    drain(&g->bytes, RTC_GATE_BYTES, passed);
    drain(&g->messages, RTC_GATE_MESSAGES, passed);
    g->at_us = now_us;
    if (*len <= RTCMSG_BYTES_MAX &&
        g->bytes + bytes <= RTC_GATE_BYTES * RTC_GATE_S * MILLION &&
        g->messages + MILLION <= RTC_GATE_MESSAGES * RTC_GATE_S * MILLION) {
        g->bytes += bytes;
        g->messages += MILLION;
        g->shut = false;
        return true;
    }
    bool first = !g->shut;
    g->shut = true;
    *data = mark;
    *len = sizeof(mark);
    return first;
}
