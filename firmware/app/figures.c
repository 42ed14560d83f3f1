#include "app/figures.h"

#include <errno.h>
#include <stdio.h>

static const char *const figure_name[FIGURES_CALL] = {
    [FIGURES_DURATION_S] = "duration_s",
    [FIGURES_RTT_US] = "rtt_us",
    [FIGURES_RTT_WORST_US] = "rtt_worst_us",
    [FIGURES_LOSS_SENT_PERMILLE] = "loss_sent_permille",
    [FIGURES_LOSS_RECEIVED_PERMILLE] = "loss_received_permille",
    [FIGURES_FPS_SENT_MILLI] = "fps_sent_milli",
    [FIGURES_FPS_RECEIVED_MILLI] = "fps_received_milli",
    [FIGURES_WIDTH] = "width",
    [FIGURES_HEIGHT] = "height",
    [FIGURES_SEND_KBPS] = "send_kbps",
    [FIGURES_RECEIVE_KBPS] = "receive_kbps",
    [FIGURES_CONNECT_MS] = "connect_ms",
    [FIGURES_RESTARTS] = "restarts",
};

const char *figures_name(enum figures_call f)
{
    return figure_name[f];
}

int figures_write_call(const int64_t value[FIGURES_CALL], char *ret, size_t cap)
{
    int at = snprintf(ret, cap, "call");
    for (size_t i = 0; i < FIGURES_CALL; i++) {
        if (value[i] < 0)
            continue;
        if (at < 0 || (size_t)at >= cap)
            return -EMSGSIZE;
        int n =
            snprintf(ret + at, cap - (size_t)at, " %s=%lld",
                     figures_name((enum figures_call)i), (long long)value[i]);
        at = n < 0 ? n : at + n;
    }
    return at < 0 || (size_t)at >= cap ? -EMSGSIZE : at;
}
