#include "rtc/wire/demux.h"

#include <stdint.h>

/* RFC 7983 section 7; RTP and RTCP share 128..191, and RTCP's packet types
 * 192..223 cannot be RTP payload types with the marker (RFC 5761). */
enum rtc_demux_kind rtc_demux(const void *data, size_t len)
{
    const uint8_t *p = data;
    if (len < 2)
        return RTC_DEMUX_DROP;
    if (p[0] <= 3)
        return len >= 20 ? RTC_DEMUX_STUN : RTC_DEMUX_DROP;
    if (p[0] >= 20 && p[0] <= 63)
        return len >= 13 ? RTC_DEMUX_DTLS : RTC_DEMUX_DROP;
    if (p[0] < 128 || p[0] > 191)
        return RTC_DEMUX_DROP;
    if (p[1] >= 192 && p[1] <= 223)
        return len >= 8 ? RTC_DEMUX_RTCP : RTC_DEMUX_DROP;
    return len >= 12 ? RTC_DEMUX_RTP : RTC_DEMUX_DROP;
}
