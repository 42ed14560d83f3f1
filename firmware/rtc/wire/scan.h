/* scan.h - bounded scanning of text lines, for SDP and candidates.
 *
 * Room: words, numbers, prefixes, lines of a text that has no NUL. Pure.
 * Private to rtc/wire.
 */
#ifndef LUUKKU_RTC_WIRE_SCAN_H
#define LUUKKU_RTC_WIRE_SCAN_H

#include "base/defs.h"

#include <stdbool.h>

struct rtc_scan {
    const char *at;
    size_t left;
};

struct rtc_token { /* borrowed text */
    const char *at;
    size_t len;
};

static inline struct rtc_scan rtc_scan(const char *text, size_t len)
{
    return (struct rtc_scan){text, len};
}

/* Takes text up to the next line end (CRLF or LF; the last may lack one),
 * without it. False at the end of the text. */
bool rtc_scan_line(struct rtc_scan *s, struct rtc_token *ret);

/* Takes the next word: skips spaces, then up to the next space. False when
 * there is none. */
bool rtc_scan_word(struct rtc_scan *s, struct rtc_token *ret);

/* Takes text up to `stop`, which is skipped, or to the end. False when nothing
 * is left. */
bool rtc_scan_until(struct rtc_scan *s, char stop, struct rtc_token *ret);

/* Takes `prefix` when the text begins with it. */
bool rtc_scan_prefix(struct rtc_scan *s, const char *prefix);

/* Exact comparison, and one without case (ASCII). */
bool rtc_token_is(struct rtc_token t, const char *s);
bool rtc_token_is_nocase(struct rtc_token t, const char *s);

/* 1 or more of RFC 8839's ice-char: letters, digits, '+', '/'. */
bool rtc_token_is_ice_chars(struct rtc_token t);

/* Decimal digits only, at most `max`. */
bool rtc_token_number(struct rtc_token t, uint64_t max, uint64_t *ret);

/* Copies as a string; false when it does not fit `cap` with its NUL. */
bool rtc_token_copy(struct rtc_token t, char *ret, size_t cap);

#endif
