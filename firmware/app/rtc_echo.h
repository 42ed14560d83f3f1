/* rtc_echo.h - the data channel `echo`, for tests and technicians.
 *
 * Room: gives every message back as it came, with back pressure: one message
 * may wait for room; what comes meanwhile closes the channel. Only where UI
 * control was allowed at start. Thread: the transport's.
 */
#ifndef LUUKKU_APP_RTC_ECHO_H
#define LUUKKU_APP_RTC_ECHO_H

#include "rtc/peer/peer.h"

struct rtc_echo;

/* Errors: -ENOMEM. */
int rtc_echo_new(struct rtc_echo **ret) LK_MUST_CHECK;
struct rtc_echo *rtc_echo_free(struct rtc_echo *e);

/* Answers on `channel` of `peer` (borrowed) from now on, and on no other. */
void rtc_echo_open(struct rtc_echo *e, struct rtc_peer *peer, int channel);

/* The events of a channel. True when it is the echo's and has been seen to. */
bool rtc_echo_message(struct rtc_echo *e, int channel, bool text,
                      const uint8_t *data, size_t len);
void rtc_echo_writable(struct rtc_echo *e, int channel);
bool rtc_echo_closed(struct rtc_echo *e, int channel);

/* The peer is going. */
void rtc_echo_reset(struct rtc_echo *e);

#endif
