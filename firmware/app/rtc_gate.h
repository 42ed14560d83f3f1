/* rtc_gate.h - how much a far end may say on a data channel.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Text" (a flood does not end a call) and
 * "Form", "Papers" (a flood ends the
 * sharing). Pure: time goes in. Not here: what the
 * messages mean.
 */
#ifndef LUUKKU_APP_RTC_GATE_H
#define LUUKKU_APP_RTC_GATE_H

#include "base/defs.h"

#include <stdbool.h>

/* Bytes and messages a second, and so many seconds' worth at once. An honest
 * page says all that it remembers in one breath, 16 KB, and then types. */
#define RTC_GATE_BYTES INT64_C(16384)
#define RTC_GATE_MESSAGES INT64_C(50)
#define RTC_GATE_S 4

/* What a far end may say on a channel. What a form or the papers themselves say
 * about floods is counted there; this is what this program and the way to
 * luukkud can carry. */
struct rtc_gate_limits {
    int64_t bytes;    /* a second */
    int64_t messages; /* likewise */
    int64_t seconds;  /* so many seconds' worth at once */
    size_t len;       /* bytes of one message */
};
extern const struct rtc_gate_limits rtc_gate_form, rtc_gate_paper;

/* All zero is a gate that nothing has passed. */
struct rtc_gate {
    int64_t bytes;    /* that have passed, in millionths, less what time took */
    int64_t messages; /* likewise */
    int64_t at_us;
    bool shut; /* the last message did not pass */
};

/* Whether a message may be handed on. The first of a row that may not is
 * replaced by U+FFFD, the mark for lost text; the others go without a word.
 *
 * data, len  the message; replaced
 * now_us     CLOCK_MONOTONIC
 */
bool rtc_gate_pass(struct rtc_gate *g, const uint8_t **data, size_t *len,
                   int64_t now_us);

/* Whether a message of a channel of which nothing can be left out may be handed
 * on. From the first one that may not nothing may any more. */
bool rtc_gate_pass_whole(struct rtc_gate *g, const struct rtc_gate_limits *l,
                         size_t len, int64_t now_us);

#endif
