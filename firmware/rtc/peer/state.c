#include "rtc/peer/peer.h"

const char *rtc_peer_state_name(enum rtc_peer_state s)
{
    static const char *const names[] = {
        [RTC_PEER_GATHERING] = "gathering",
        [RTC_PEER_READY] = "ready",
        [RTC_PEER_OFFERED] = "offered",
        [RTC_PEER_CONNECTING] = "connecting",
        [RTC_PEER_CONNECTED] = "connected",
        [RTC_PEER_LOST] = "lost",
        [RTC_PEER_CLOSED] = "closed",
        [RTC_PEER_FAILED] = "failed",
    };
    return (size_t)s < LK_ARRAY_LEN(names) ? names[s] : "unknown";
}
