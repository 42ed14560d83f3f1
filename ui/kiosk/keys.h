/* keys.h - what keys do: a keyboard's, and the assistive keypad's.
 *
 * Room: from a key to a step of the focus, a press, an edit or an intent; keys
 * that rest. Thread: the main thread.
 */
#ifndef LUUKKU_KIOSK_KEYS_H
#define LUUKKU_KIOSK_KEYS_H

#include "kiosk/window.h"

struct kiosk_ui;

/* A key went down or up, or typed. */
void kiosk_keys_down(struct kiosk_ui *ui, const struct kiosk_event *e);
void kiosk_keys_up(struct kiosk_ui *ui);
void kiosk_keys_text(struct kiosk_ui *ui, const char *text);

/* The key that rests acts again. */
void kiosk_keys_again(struct kiosk_ui *ui);

/* Before a new tree is shown: the focus stays where it was, or goes to the
 * nearest sensible node when it cannot. */
void kiosk_keys_focus(struct kiosk_ui *ui, const struct kiosk_tree *next);

#endif
