/* twcc.h - transport-wide congestion-control feedback, read and written.
 *
 * Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. Pure,
 * any thread. Not here: the history of what was sent or came (rtc/flow).
 */
#ifndef LUUKKU_RTC_WIRE_TWCC_H
#define LUUKKU_RTC_WIRE_TWCC_H

#include "rtc/wire/rtcp.h"

/* Most packets that one report may speak of; more is refused. */
#define RTC_TWCC_COUNT_MAX 4096
/* A report that we write: packets and bytes, header included. */
#define RTC_TWCC_WRITE_MAX 1024
#define RTC_TWCC_TICK_US 250 /* unit of a delta */
#define RTC_TWCC_REFERENCE_US 64000
#define RTC_TWCC_LOST INT64_MIN

struct rtc_twcc_reader {
    uint16_t base_seq;
    uint16_t count;       /* packets reported on */
    uint8_t report;       /* the feedback packet's own count, mod 256 */
    int64_t reference_us; /* 24 bits of 64 ms, the far clock: wraps */
    /* the walk: */
    struct lk_reader chunks;
    struct lk_reader deltas;
    uint32_t chunk;  /* bits left of the present chunk */
    uint16_t run;    /* packets left of the present chunk */
    uint8_t width;   /* bits per symbol; 0: a run */
    uint16_t done;   /* packets walked */
    int64_t time_us; /* arrival of the last one that came */
};

struct rtc_twcc_item {
    uint16_t seq;
    int64_t arrival_us; /* far clock; RTC_TWCC_LOST when it did not come */
};

/* Checks `body` (that of a RTC_RTCP_TWCC packet) whole and prepares the walk.
 * Errors  -EBADMSG malformed, -EMSGSIZE above RTC_TWCC_COUNT_MAX */
int rtc_twcc_read(const uint8_t *body, size_t len,
                  struct rtc_twcc_reader *ret) LK_MUST_CHECK;

/* The next packet in order of sequence number; false at the end. */
bool rtc_twcc_next(struct rtc_twcc_reader *r, struct rtc_twcc_item *ret);

struct rtc_twcc_report {
    uint32_t ssrc;  /* ours */
    uint32_t media; /* the far end's, any */
    uint8_t report; /* rises by one with each report */
    uint16_t base_seq;
    const int64_t *arrivals_us; /* `count` of them; RTC_TWCC_LOST or >= 0 */
    size_t count;               /* at most RTC_TWCC_WRITE_MAX */
};

/* Appends one feedback packet that covers the first packets of `rep`: as many
 * as fit the writer and the form (a delta has 16 bits). Returns how many.
 * Errors  -EINVAL none came at all, -EMSGSIZE not even one fits */
int rtc_twcc_write(struct lk_writer *w,
                   const struct rtc_twcc_report *rep) LK_MUST_CHECK;

#endif
