/* candidate.h - the ICE candidate attribute, parsed and written.
 *
 * Spec: RFC 8839 section 5.1, RFC 6544 section 4.5 (tcptype), RFC 8840 (ufrag
 * extension), draft-ietf-mmusic-mdns-ice-candidates (.local names). Pure.
 * Not here: resolving .local names, pairing.
 */
#ifndef LUUKKU_RTC_WIRE_CANDIDATE_H
#define LUUKKU_RTC_WIRE_CANDIDATE_H

#include "base/defs.h"

#include <stdbool.h>

#define RTC_CANDIDATE_TEXT_MAX 512   /* longest attribute taken, in bytes */
#define RTC_CANDIDATE_ADDRESS_MAX 64 /* address or .local name, with NUL */
#define RTC_ICE_UFRAG_MAX 257        /* RFC 8839: 4..256 characters, and NUL */
#define RTC_ICE_PWD_MAX 257          /* 22..256 characters, and NUL */

enum rtc_candidate_type {
    RTC_CANDIDATE_HOST = 0,
    RTC_CANDIDATE_SRFLX,
    RTC_CANDIDATE_PRFLX,
    RTC_CANDIDATE_RELAY
};

enum rtc_candidate_transport {
    RTC_CANDIDATE_UDP = 0,
    RTC_CANDIDATE_TCP_ACTIVE,
    RTC_CANDIDATE_TCP_PASSIVE,
    RTC_CANDIDATE_TCP_SO
};

enum rtc_candidate_family {
    RTC_CANDIDATE_IP4 = 0,
    RTC_CANDIDATE_IP6,
    RTC_CANDIDATE_LOCAL /* an mDNS name, to be resolved first */
};

struct rtc_candidate {
    char foundation[33]; /* 1..32 ice-chars */
    uint16_t component;  /* 1..256 */
    enum rtc_candidate_transport transport;
    uint32_t priority; /* 1..2^31-1 */
    enum rtc_candidate_family family;
    char address[RTC_CANDIDATE_ADDRESS_MAX]; /* checked literal or name */
    uint16_t port;                           /* 0 only for tcp active: 9 */
    enum rtc_candidate_type type;
    char related[RTC_CANDIDATE_ADDRESS_MAX]; /* raddr; empty when absent */
    uint16_t related_port;                   /* rport */
    char ufrag[RTC_ICE_UFRAG_MAX];           /* extension; empty when absent */
};

/* Parses "candidate:..." with or without a leading "a=", without line end.
 *
 * text    `len` bytes (at most RTC_CANDIDATE_TEXT_MAX), no NUL needed
 * ret     filled on success only
 * Errors  -EMSGSIZE too long, -EBADMSG malformed,
 *         -EPROTONOSUPPORT a transport, type or address form unknown to us
 *         (well-formed: ignore it)
 * Thread  any
 */
int rtc_candidate_parse(const char *text, size_t len,
                        struct rtc_candidate *ret) LK_MUST_CHECK;

/* Writes "candidate:..." and a NUL into `cap` bytes at `ret`; returns the
 * length without NUL. The ufrag is written only when set.
 * Errors  -EMSGSIZE does not fit */
int rtc_candidate_format(const struct rtc_candidate *c, char *ret,
                         size_t cap) LK_MUST_CHECK;

#endif
