/* pin.h - digits of a PIN from a keyboard, and forgetting them.
 *
 * Room: keys stand in for the buttons of the screen's own pad. Digits are kept
 * nowhere: each becomes an intent. Thread: the main thread.
 * Not here: the pad itself (screens_pin.c), any PIN.
 */
#ifndef LUUKKU_KIOSK_PIN_H
#define LUUKKU_KIOSK_PIN_H

#include "kiosk/window.h"

struct kiosk_ui;

/* Types digits where a pad is shown; false: none is. Other signs do nothing. */
bool kiosk_pin_type(struct kiosk_ui *ui, const char *text);

/* A key that takes a digit back or, while nothing has the focus, completes the
 * PIN. Returns whether it did anything. */
bool kiosk_pin_key(struct kiosk_ui *ui, enum kiosk_key key, bool focused);

/* Whether identifying has come to another part, which is as good as another
 * screen. */
bool kiosk_pin_over(const struct session_view *was,
                    const struct session_view *is);

#endif
