/* rtc_sync.c - tells media of the far end's clock, for lip-sync. */
#include "app/rtc_sync.h"

#include "base/bytes.h"

#define SYNC_US INT64_C(1000000) /* between two looks at the far clock */
#define NTP_EPOCH_S UINT64_C(2208988800) /* 1970 in seconds since 1900 */

void rtc_sync_packet(struct rtc_sync *s, const struct rtc_peer *peer,
                     enum flow_kind kind, const uint8_t *pkt, int64_t now_us)
{
    int64_t wall_us;
    uint32_t rtp_timestamp = lk_get_u32(pkt + 4);
    if (now_us - s->told_us[kind] < SYNC_US ||
        rtc_peer_capture_time(peer, kind, rtp_timestamp, &wall_us) < 0)
        return;
    s->told_us[kind] = now_us;
    uint64_t seconds = (uint64_t)(wall_us / 1000000) + NTP_EPOCH_S;
    uint64_t fraction = ((uint64_t)(wall_us % 1000000) << 32) / 1000000;
    media_sender_report(s->media, (enum media_kind)kind,
                        seconds << 32 | fraction, rtp_timestamp);
}
