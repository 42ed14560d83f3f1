/* rtcp.h - RTCP: compound and reduced-size packets, parsed and written.
 *
 * Spec: RFC 3550 section 6 (SR, RR, SDES, BYE), RFC 4585 section 6 (generic
 * NACK, PLI), RFC 5104 section 4.3.1 (FIR), RFC 5506 (reduced size). Pure, any
 * thread. Not here: when to send (rtc/flow), transport feedback (twcc.h);
 * REMB and anything else is walked over.
 */
#ifndef LUUKKU_RTC_WIRE_RTCP_H
#define LUUKKU_RTC_WIRE_RTCP_H

#include "base/bytes.h"

#define RTC_RTCP_PACKET_MAX 1500 /* longest compound taken, in bytes */
#define RTC_RTCP_CNAME_MAX 65    /* with NUL; longer ones are cut */
#define RTC_RTCP_REPORTS_MAX 31  /* report blocks of one packet */

enum rtc_rtcp_kind {
    RTC_RTCP_OTHER = 0, /* well-formed, not for us */
    RTC_RTCP_SR,
    RTC_RTCP_RR,
    RTC_RTCP_SDES,
    RTC_RTCP_BYE,
    RTC_RTCP_NACK,
    RTC_RTCP_TWCC, /* transport-wide feedback: twcc.h reads `body` */
    RTC_RTCP_PLI,
    RTC_RTCP_FIR
};

/* One packet of a compound. All pointers borrow from the input. */
struct rtc_rtcp {
    enum rtc_rtcp_kind kind;
    uint8_t count;       /* RC, SC or FMT: the low 5 bits of the first byte */
    uint32_t ssrc;       /* of the sender; 0 for SDES */
    uint32_t media_ssrc; /* of feedback; else 0 */
    const uint8_t *body; /* after the SSRCs above; SDES: after the header */
    size_t len;          /* bytes at body, padding excluded */
};

struct rtc_rtcp_sender { /* sender info of an SR */
    uint64_t ntp;        /* 32.32 seconds since 1900 */
    uint32_t rtp_ts;
    uint32_t packets;
    uint32_t octets; /* of payload */
};

struct rtc_rtcp_report {   /* report block, RFC 3550 section 6.4.1 */
    uint32_t ssrc;         /* of the source reported on */
    uint8_t fraction_lost; /* in 1/256 */
    int32_t lost;          /* cumulative, 24 bits signed */
    uint32_t highest_seq;  /* extended */
    uint32_t jitter;       /* in RTP timestamp units */
    uint32_t lsr;          /* middle 32 bits of the last SR's NTP; 0: none */
    uint32_t dlsr;         /* in 1/65536 s */
};

/* Walks a compound: start with lk_reader(data, len). Returns 1 with `ret`
 * filled, 0 at the end. Errors: -EBADMSG (the walk ends there). */
int rtc_rtcp_next(struct lk_reader *r, struct rtc_rtcp *ret) LK_MUST_CHECK;

/* Sender info of an SR. Errors: -EINVAL not an SR. */
int rtc_rtcp_get_sender(const struct rtc_rtcp *p,
                        struct rtc_rtcp_sender *ret) LK_MUST_CHECK;

/* Report block `i` of an SR or RR; -ENOENT when there are not so many. */
int rtc_rtcp_get_report(const struct rtc_rtcp *p, size_t i,
                        struct rtc_rtcp_report *ret) LK_MUST_CHECK;

/* CNAME of `ssrc` in an SDES packet, as a string. -ENOENT absent. */
int rtc_rtcp_get_cname(const struct rtc_rtcp *p, uint32_t ssrc,
                       char ret[RTC_RTCP_CNAME_MAX]) LK_MUST_CHECK;

/* Whether a BYE names `ssrc`. */
bool rtc_rtcp_bye_has(const struct rtc_rtcp *p, uint32_t ssrc);

/* Walks the lost sequence numbers of a NACK: start with *at = 0; true while
 * *ret was filled. At most 17 per 4 bytes. */
bool rtc_rtcp_nack_next(const struct rtc_rtcp *p, size_t *at, uint16_t *ret);

/* The command number for `ssrc` in a FIR; -ENOENT absent. */
int rtc_rtcp_get_fir(const struct rtc_rtcp *p, uint32_t ssrc,
                     uint8_t *ret) LK_MUST_CHECK;

/* Writers append one packet; an overrun turns the writer sour. */
void rtc_rtcp_write_sr(struct lk_writer *w, uint32_t ssrc,
                       const struct rtc_rtcp_sender *sender,
                       const struct rtc_rtcp_report *reports, size_t count);
void rtc_rtcp_write_rr(struct lk_writer *w, uint32_t ssrc,
                       const struct rtc_rtcp_report *reports, size_t count);
void rtc_rtcp_write_cname(struct lk_writer *w, uint32_t ssrc,
                          const char *cname);
void rtc_rtcp_write_bye(struct lk_writer *w, const uint32_t *ssrcs,
                        size_t count);
void rtc_rtcp_write_pli(struct lk_writer *w, uint32_t ssrc, uint32_t media);
void rtc_rtcp_write_fir(struct lk_writer *w, uint32_t ssrc, uint32_t media,
                        uint8_t command);

/* Generic NACK of `count` sequence numbers in rising order (mod 2^16), at most
 * as many as fit; returns how many of them were written. */
size_t rtc_rtcp_write_nack(struct lk_writer *w, uint32_t ssrc, uint32_t media,
                           const uint16_t *seqs, size_t count);

#endif
