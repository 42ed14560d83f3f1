/* srtp.h - protects and opens RTP and RTCP in place, over libsrtp2.
 *
 * Spec: RFC 3711, RFC 7714. One session per direction, any SSRC, a replay
 * window of 1024. Not here: where keys come from (dtls.h), sending.
 */
#ifndef LUUKKU_RTC_NET_SRTP_H
#define LUUKKU_RTC_NET_SRTP_H

#include "rtc/net/dtls.h"

struct rtc_srtp;

#define RTC_SRTP_TAIL 64     /* room that protecting needs behind a packet */
#define RTC_SRTP_WINDOW 1024 /* packets within which a repeat is known */

/* Makes both directions; `keys` is not kept.
 * Owner: caller. Errors: -ENOMEM, -EIO libsrtp refused. Thread: one. */
int rtc_srtp_new(const struct rtc_dtls_keys *keys,
                 struct rtc_srtp **ret) LK_MUST_CHECK;

/* Wipes the keys and frees. NULL is fine. Returns NULL. */
struct rtc_srtp *rtc_srtp_free(struct rtc_srtp *s);
LK_AUTO_DEFINE(rtc_srtp);

/* Protect in place; `pkt` has RTC_SRTP_TAIL bytes behind `len`. Return the new
 * length. Errors: -EINVAL too short, -EIO libsrtp refused. */
int rtc_srtp_protect_rtp(struct rtc_srtp *s, uint8_t *pkt,
                         size_t len) LK_MUST_CHECK;
int rtc_srtp_protect_rtcp(struct rtc_srtp *s, uint8_t *pkt,
                          size_t len) LK_MUST_CHECK;

/* Open in place. Return the new length. Errors: -EBADMSG forged or malformed,
 * -EALREADY seen before or too old. */
int rtc_srtp_open_rtp(struct rtc_srtp *s, uint8_t *pkt,
                      size_t len) LK_MUST_CHECK;
int rtc_srtp_open_rtcp(struct rtc_srtp *s, uint8_t *pkt,
                       size_t len) LK_MUST_CHECK;

/* Initialises libsrtp, once per process: it loads NSS, so do it before the
 * program confines itself. Errors: -EIO. */
int rtc_srtp_init(void) LK_MUST_CHECK;

#endif
