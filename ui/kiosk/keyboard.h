/* keyboard.h - fields and the on-screen keyboard as parts of a screen.
 *
 * Room: what screens put into their trees; sizes of the keys. What is typed
 * comes from env->typing (typing.h). Pure.
 */
#ifndef LUUKKU_KIOSK_KEYBOARD_H
#define LUUKKU_KIOSK_KEYBOARD_H

#include "kiosk/screen_parts.h"
#include "kiosk/typing.h"

/* A field. When somebody touches it, or selects it with the keypad, it gets
 * the caret, and the keyboard is shown. */
struct kiosk_entry {
    const char *id;
    enum kiosk_str name; /* what belongs in it */
    enum kiosk_str hint; /* seen while it is empty */
    bool has_hint;
    struct kiosk_field how; /* keys, max, secret, eager, submits, submit */
    /* Sent after every edit, with the whole text. */
    enum session_intent_kind intent;
    uint8_t rows; /* lines of text that there is room for; 0: one */
    bool grow;    /* takes what is left in a row */
};

/* Adds the field; it is as wide as its place. Its value is what was typed.
 * While the keyboard is shown for it, it goes there instead: above the keys. */
void kiosk_page_field(struct kiosk_page *p, const struct kiosk_entry *e);

/* The same for a node that is a field already, all but what was typed. */
void kiosk_page_field_node(struct kiosk_page *p, struct kiosk_node *n);

/* Whether the keyboard is shown. */
bool kiosk_page_typing(const struct kiosk_page *p);

/* Adds the keyboard, a strip as wide as the screen (call it where the screen's
 * root is open), or nothing while it is not shown. */
void kiosk_page_keyboard(struct kiosk_page *p);

/* Height of the strip, mm, once the fields were added; 0 while it is not
 * shown. */
float kiosk_page_keyboard_mm(const struct kiosk_page *p);

#endif
