/* source.h - one incoming RTP source: sequence, loss, jitter, clock.
 *
 * Spec: RFC 3550 appendices A.1, A.3 and A.8, section 6.4.1. Fixed size; pure.
 */
#ifndef LUUKKU_RTC_FLOW_SOURCE_H
#define LUUKKU_RTC_FLOW_SOURCE_H

#include "rtc/wire/rtcp.h"

#define FLOW_SOURCE_WINDOW 2048u /* packets back that are told apart */
#define FLOW_SOURCE_DROPOUT 3000 /* a longer leap must be seen twice */

enum flow_source_verdict {
    FLOW_SOURCE_FIRST,     /* of a new source, or after a leap */
    FLOW_SOURCE_NEXT,      /* ahead: `gap` packets are missing before it */
    FLOW_SOURCE_LATE,      /* fills a hole */
    FLOW_SOURCE_DUPLICATE, /* came already, or too old to tell */
    FLOW_SOURCE_DOUBTFUL   /* a leap not yet confirmed: do not use */
};

struct flow_source {
    bool on;
    uint32_t ssrc;
    uint32_t clock_hz;
    uint32_t base;    /* extended number of the first packet */
    uint32_t highest; /* extended */
    uint32_t received;
    uint32_t expected_prior, received_prior; /* at the last report */
    uint8_t fraction_lost;                   /* in that interval, of 256 */
    uint32_t gap;                            /* set with FLOW_SOURCE_NEXT */
    int32_t doubtful; /* number that would confirm a leap; -1: none */
    bool has_transit;
    uint32_t transit; /* arrival minus timestamp, in its clock */
    double jitter;    /* in its clock */
    /* from the far end's sender reports: */
    bool has_sr;
    uint64_t sr_ntp;
    uint32_t sr_ts;
    int64_t sr_us; /* when it came */
    uint64_t seen[FLOW_SOURCE_WINDOW / 64];
};

void flow_source_init(struct flow_source *s, uint32_t clock_hz);

/* Notes a packet. */
enum flow_source_verdict flow_source_add(struct flow_source *s, uint32_t ssrc,
                                         uint16_t seq, uint32_t ts,
                                         int64_t now_us);

/* Marks a packet recovered by RTX; false when it was not missing. */
bool flow_source_recover(struct flow_source *s, uint16_t seq);

/* Notes a sender report of this source. */
void flow_source_sr(struct flow_source *s, const struct rtc_rtcp_sender *sr,
                    int64_t now_us);

/* Fills a report block and begins a new interval. */
void flow_source_report(struct flow_source *s, int64_t now_us,
                        struct rtc_rtcp_report *ret);

/* Wall clock (us since 1970) of the far end at `ts`; -EAGAIN no report yet. */
int flow_source_wall(const struct flow_source *s, uint32_t ts,
                     int64_t *ret_us) LK_MUST_CHECK;

#endif
