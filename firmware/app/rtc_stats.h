/* rtc_stats.h - `call stats`, `devices` and `selftest` of luukku-rtc as JSON.
 *
 * Room: formatting of figures, nothing else. Pure; any thread.
 */
#ifndef LUUKKU_APP_RTC_STATS_H
#define LUUKKU_APP_RTC_STATS_H

#include "app/rtc_transport.h"
#include "base/buf.h"
#include "speech/speech.h"

#define RTC_STATS_TEXT_MAX 8192

/* Appends the object of `call stats`. Errors: those of lk_buf_append(). */
int rtc_stats_call(const struct rtc_transport_stats *t,
                   const struct media_stats *m, const struct speech_stats *v,
                   struct lk_buf *b) LK_MUST_CHECK;

/* Appends the list of `devices`. */
int rtc_stats_devices(const struct media_devices *d,
                      struct lk_buf *b) LK_MUST_CHECK;

/* Appends the list of `selftest`: name, PASS, FAIL or SKIP, and why. */
int rtc_stats_selftest(const struct media_devices *d, bool broker,
                       struct lk_buf *b) LK_MUST_CHECK;

#endif
