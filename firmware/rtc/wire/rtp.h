/* rtp.h - RTP packets: header, header extensions, padding, VP8 descriptor.
 *
 * Spec: RFC 3550 section 5.1, RFC 8285 (one- and two-byte extensions), RFC
 * 7741 section 4.2 (VP8). Pure, any thread. Not here: SRTP, RTX (rtc/flow).
 */
#ifndef LUUKKU_RTC_WIRE_RTP_H
#define LUUKKU_RTC_WIRE_RTP_H

#include "base/defs.h"

#include <stdbool.h>

#define RTC_RTP_HEADER_LEN 12
#define RTC_RTP_PACKET_MAX 1500 /* longest packet taken or made, in bytes */
#define RTC_RTP_EXT_ONE_BYTE 0xBEDEu
#define RTC_RTP_EXT_TWO_BYTE 0x1000u /* low 4 bits: application bits */

struct rtc_rtp {
    bool marker;
    uint8_t pt; /* 0..127 */
    uint16_t seq;
    uint32_t ts; /* in the payload's clock */
    uint32_t ssrc;
    uint8_t csrc_count;   /* 0..15 */
    uint16_t ext_profile; /* 0 when there is no extension */
    const uint8_t *ext;   /* borrowed; after the 4 bytes of its header */
    size_t ext_len;       /* bytes */
    size_t payload_at;    /* offset of the payload in the packet */
    size_t payload_len;   /* bytes, padding excluded */
    size_t padding_len;   /* bytes, 0 when none */
};

struct rtc_rtp_ext {
    uint8_t id; /* 1..14 or 1..255 */
    const uint8_t *data;
    size_t len;
};

/* Parses the header of a packet of `len` bytes; ret borrows from `pkt`.
 * Errors  -EBADMSG malformed, -EMSGSIZE above RTC_RTP_PACKET_MAX */
int rtc_rtp_parse(const uint8_t *pkt, size_t len,
                  struct rtc_rtp *ret) LK_MUST_CHECK;

/* Walks the extension elements: start with *at = 0; true while `ret` was
 * filled. Padding is skipped; a broken element ends the walk. */
bool rtc_rtp_ext_next(const struct rtc_rtp *h, size_t *at,
                      struct rtc_rtp_ext *ret);

/* Finds element `id`; false when absent or id is 0. */
bool rtc_rtp_ext_find(const struct rtc_rtp *h, uint8_t id,
                      struct rtc_rtp_ext *ret);

/* Writes the 12 bytes of a header (no CSRCs) with marker, pt, seq, ts and ssrc
 * of `h`; the X bit is set when `h->ext_profile` is not 0. */
void rtc_rtp_write_header(const struct rtc_rtp *h,
                          uint8_t ret[RTC_RTP_HEADER_LEN]);

/* Writes a one-byte-form extension block: its 4-byte header, `count` elements
 * (id 1..14, len 1..16) and zero padding. Returns the length, a multiple of 4.
 * Errors  -EMSGSIZE does not fit, -EINVAL an id or length out of range */
int rtc_rtp_ext_write(const struct rtc_rtp_ext *elements, size_t count,
                      uint8_t *ret, size_t cap) LK_MUST_CHECK;

/* Whether a VP8 payload (descriptor first) begins a key frame; false for
 * anything too short to tell. */
bool rtc_vp8_starts_keyframe(const uint8_t *payload, size_t len);

#endif
