/* demux.h - tells apart the packets that share one UDP port.
 *
 * Spec: RFC 7983 section 7 (first byte), RFC 5761 section 4 (RTP or RTCP).
 * Pure, any thread. Not here: TURN channel data, which libnice unwraps.
 */
#ifndef LUUKKU_RTC_WIRE_DEMUX_H
#define LUUKKU_RTC_WIRE_DEMUX_H

#include <stddef.h>

enum rtc_demux_kind {
    RTC_DEMUX_DROP = 0, /* too short or of no known protocol */
    RTC_DEMUX_STUN,
    RTC_DEMUX_DTLS,
    RTC_DEMUX_RTP, /* SRTP */
    RTC_DEMUX_RTCP /* SRTCP */
};

/* The protocol of the datagram of `len` bytes at `data`; total. */
enum rtc_demux_kind rtc_demux(const void *data, size_t len);

#endif
