/* rtc_sync.h - tells media of the far end's clock, for lip-sync. Thread: the
 * transport's.
 */
#ifndef LUUKKU_APP_RTC_SYNC_H
#define LUUKKU_APP_RTC_SYNC_H

#include "media/media.h"
#include "rtc/peer/peer.h"

/* One call's; zero but for `media`. */
struct rtc_sync {
    struct media *media;          /* borrowed */
    int64_t told_us[MEDIA_KINDS]; /* when media last heard of it */
};

/* Tells media, now and then, at which time of the far end's clock the content
 * of this packet (a whole RTP header at least) was captured: sound and picture
 * are matched by it. */
void rtc_sync_packet(struct rtc_sync *s, const struct rtc_peer *peer,
                     enum flow_kind kind, const uint8_t *pkt, int64_t now_us);

#endif
