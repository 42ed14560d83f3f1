/* fuzz_keypad.c - the keypad's file, and what is promised of it: a refusal has
 * a reason of one line; what is accepted can be used without a mouse. */
#include "kiosk/keypad.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kiosk_keypad pad;
    struct kiosk_keypad_error e = {.line = -1};
    uint32_t seen = 0;
    if (kiosk_keypad_parse((const char *)data, size, &pad, &e) < 0) {
        if (e.line < 0 || !e.reason[0] || strchr(e.reason, '\n'))
            abort();
        return 0;
    }
    for (int i = 0; i <= KIOSK_USAGE_MAX; i++) {
        if (pad.does[i] >= KIOSK_PADS || (i < KIOSK_USAGE_MIN && pad.does[i]))
            abort();
        seen |= 1U << pad.does[i];
    }
    uint32_t must = 1U << KIOSK_PAD_NEXT | 1U << KIOSK_PAD_PREVIOUS |
                    1U << KIOSK_PAD_SELECT | 1U << KIOSK_PAD_BACK;
    if ((seen & must) != must || pad.repeat_every_ms == 0)
        abort();
    return 0;
}
