/* arrivals.h - when packets came in, for transport-wide feedback.
 *
 * Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01. The receiver's
 * half: what to report and when. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_ARRIVALS_H
#define LUUKKU_RTC_FLOW_ARRIVALS_H

#include "rtc/wire/twcc.h"

#define FLOW_ARRIVALS_SLOTS 2048u /* a power of two */
#define FLOW_ARRIVALS_SOON_US 50000
#define FLOW_ARRIVALS_LATE_US 100000
#define FLOW_ARRIVALS_MANY 20u  /* this many are reported soon */
#define FLOW_ARRIVALS_BACK 256u /* a late packet this far back is reported */

struct flow_arrivals {
    bool on;
    uint16_t base;    /* first number not reported */
    uint16_t highest; /* that came */
    uint32_t pending; /* packets that came since the last report */
    uint8_t report;   /* counter of reports */
    int64_t sent_us;  /* time of the last report */
    int64_t at_us[FLOW_ARRIVALS_SLOTS]; /* RTC_TWCC_LOST: not come */
    int64_t line[FLOW_ARRIVALS_SLOTS];  /* scratch: in order, unwrapped */
};

/* Notes that packet `seq` came. */
void flow_arrivals_add(struct flow_arrivals *a, uint16_t seq, int64_t now_us);

/* When a report is due; INT64_MAX when there is nothing to report. */
int64_t flow_arrivals_next(const struct flow_arrivals *a);

/* Appends a report; false when there was nothing to say or no room. What did
 * not fit stays due. */
bool flow_arrivals_write(struct flow_arrivals *a, struct lk_writer *w,
                         uint32_t ssrc, uint32_t media, int64_t now_us);

#endif
