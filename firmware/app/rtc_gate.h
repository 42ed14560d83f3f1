/* rtc_gate.h - how much a far end may say on a data channel.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Text" (a flood does not end a call) and
 * "Form" (a flood ends the sharing). Pure: time goes in. Not here: what the
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

/* Likewise of the channel `form`, and bytes of one message there. What the
 * form itself says about floods is counted in updates; this is what this
 * program and the way to luukkud can carry. */
#define RTC_GATE_FORM_BYTES INT64_C(262144)
#define RTC_GATE_FORM_MESSAGES INT64_C(100)
#define RTC_GATE_FORM_S 2
#define RTC_GATE_FORM_LEN 16384

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

/* Whether a message of the channel `form` may be handed on. From the first one
 * that may not nothing may any more: of a reliable stream nothing can be left
 * out. */
bool rtc_gate_pass_form(struct rtc_gate *g, size_t len, int64_t now_us);

#endif
