/* rtc_quality.h - the figures of a call, gathered while it lasts.
 *
 * Room: means and worst values of samples; what luukku-super keeps of a call
 * when it is over. Pure: time is given; one thread.
 */
#ifndef LUUKKU_APP_RTC_QUALITY_H
#define LUUKKU_APP_RTC_QUALITY_H

#include "app/figures.h"
#include "app/rtc_transport.h"

#define RTC_QUALITY_EVERY_US 2000000 /* between two samples */

struct rtc_quality {
    bool runs;
    int64_t since_us;
    unsigned samples;
    int64_t sum[FIGURES_CALL]; /* of those that are means */
    int64_t count[FIGURES_CALL];
    int64_t last[FIGURES_CALL]; /* of the others; -1: none */
    uint64_t sent_before;       /* frames of media before the call */
    uint64_t decoded_before;
};

/* A call is connected; a second time in the same call does nothing. */
void rtc_quality_begin(struct rtc_quality *q, const struct media_stats *m,
                       int64_t now_us);

/* Takes a sample while a call is under way. */
void rtc_quality_sample(struct rtc_quality *q,
                        const struct rtc_transport_stats *t,
                        const struct media_stats *m, int64_t now_us);

/* The call is over: its figures as figures_write_call() wants them. False:
 * there was none. */
bool rtc_quality_end(struct rtc_quality *q, int64_t now_us,
                     int64_t ret[FIGURES_CALL]);

#endif
