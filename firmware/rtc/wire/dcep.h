/* dcep.h - Data Channel Establishment Protocol messages.
 *
 * Spec: RFC 8832 section 5. Pure, any thread. Not here: SCTP, stream numbers.
 */
#ifndef LUUKKU_RTC_WIRE_DCEP_H
#define LUUKKU_RTC_WIRE_DCEP_H

#include "base/defs.h"

#include <stdbool.h>

/* SCTP payload protocol identifiers, RFC 8831 section 8. */
#define RTC_PPID_DCEP 50u
#define RTC_PPID_STRING 51u
#define RTC_PPID_BINARY 53u
#define RTC_PPID_STRING_EMPTY 56u
#define RTC_PPID_BINARY_EMPTY 57u

#define RTC_DCEP_LABEL_MAX 65    /* 64 bytes and NUL: ours are short */
#define RTC_DCEP_PROTOCOL_MAX 65 /* likewise */
#define RTC_DCEP_OPEN_MAX (12 + 64 + 64)

/* Priorities of RFC 8831 section 6.4. */
#define RTC_DCEP_PRIORITY_NORMAL 256u

enum rtc_dcep_kind { RTC_DCEP_ACK = 2, RTC_DCEP_OPEN = 3 };

enum rtc_dcep_reliability {
    RTC_DCEP_RELIABLE = 0,
    RTC_DCEP_RETRANSMITS = 1, /* parameter: most retransmissions */
    RTC_DCEP_LIFETIME = 2     /* parameter: milliseconds */
};

struct rtc_dcep_open {
    enum rtc_dcep_reliability reliability;
    bool unordered;
    uint16_t priority;
    uint32_t parameter;                   /* 0 when reliable */
    char label[RTC_DCEP_LABEL_MAX];       /* UTF-8 without NUL bytes */
    char protocol[RTC_DCEP_PROTOCOL_MAX]; /* likewise, often empty */
};

/* Parses one message on PPID 50. Returns RTC_DCEP_OPEN (ret filled) or
 * RTC_DCEP_ACK (ret untouched).
 *
 * Errors  -EBADMSG malformed, trailing bytes, bad UTF-8; -EMSGSIZE a label or
 *         protocol above our ceiling; -EPROTONOSUPPORT unknown message or
 *         channel type
 */
int rtc_dcep_parse(const uint8_t *data, size_t len,
                   struct rtc_dcep_open *ret) LK_MUST_CHECK;

/* Writes DATA_CHANNEL_OPEN into `cap` bytes; returns its length.
 * Errors  -EMSGSIZE does not fit, -EINVAL label is not UTF-8 */
int rtc_dcep_write_open(const struct rtc_dcep_open *open, uint8_t *ret,
                        size_t cap) LK_MUST_CHECK;

/* Writes DATA_CHANNEL_ACK; returns 1. Errors: -EMSGSIZE. */
int rtc_dcep_write_ack(uint8_t *ret, size_t cap) LK_MUST_CHECK;

#endif
