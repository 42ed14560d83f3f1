/* keypad.h - the assistive keypad: which of its keys does what, and how long a
 * key must rest.
 *
 * Spec: USB HID Usage Tables 1.12, section 10 (page 0x07); EN 301 549 clauses
 * 5.7 (key repeat) and 5.8 (double strike).
 * Room: the map from a file, strict and bounded; the timing of strokes. Pure:
 * time is given. Not here: what the actions do (keys.c).
 */
#ifndef LUUKKU_KIOSK_KEYPAD_H
#define LUUKKU_KIOSK_KEYPAD_H

#include "base/defs.h"

#include <stdbool.h>

#define KIOSK_KEYPAD_LEN_MAX 16384 /* bytes of the file */
#define KIOSK_KEYPAD_KEYS_MAX 64   /* keys in all */
#define KIOSK_KEYPAD_REASON_MAX 128
#define KIOSK_STROKE_MAX 48 /* bytes of a stroke's name, the NUL included */

/* Usages on HID page 7 that are keys: 4..231. */
#define KIOSK_USAGE_MIN 4
#define KIOSK_USAGE_MAX 231

enum kiosk_pad {
    KIOSK_PAD_NONE,
    KIOSK_PAD_NEXT,     /* the focus goes on */
    KIOSK_PAD_PREVIOUS, /* and back */
    KIOSK_PAD_SELECT,   /* what has the focus is pressed */
    KIOSK_PAD_BACK,     /* out of here: one screen, a question, the keyboard */
    KIOSK_PAD_HELP,
    KIOSK_PAD_SPEECH, /* on or off */
    KIOSK_PAD_REPEAT, /* says it again */
    KIOSK_PAD_FASTER,
    KIOSK_PAD_SLOWER,
    KIOSK_PAD_VOLUME_UP,
    KIOSK_PAD_VOLUME_DOWN,
    KIOSK_PAD_TEXT_SIZE,
    KIOSK_PAD_CONTRAST,
    KIOSK_PADS,
};

struct kiosk_keypad {
    uint8_t does[KIOSK_USAGE_MAX + 1]; /* enum kiosk_pad by HID usage */
    uint32_t repeat_delay_ms; /* a held key acts again after this; 0: never */
    uint32_t repeat_every_ms; /* and then this often */
    /* The same key again within this time is not meant; 0: it is. */
    uint32_t double_strike_ms;
};

struct kiosk_keypad_error {
    int line; /* from 1; 0 when it has none */
    char reason[KIOSK_KEYPAD_REASON_MAX];
};

/* What is used without a file: F13..F23, as board/common/keypad.example.json
 * has them; repeat after 2 s, each 0.5 s; no double strike. */
void kiosk_keypad_default(struct kiosk_keypad *ret);

/* Parses `len` bytes of JSON (README.md of this room).
 *
 * Errors  -EBADMSG; why is in *ret_error, which is written only then
 * Thread  any
 */
int kiosk_keypad_parse(const char *text, size_t len, struct kiosk_keypad *ret,
                       struct kiosk_keypad_error *ret_error) LK_MUST_CHECK;

/* Strokes of keys and fingers in time. A stroke is named by its key's usage or
 * by the node that is touched. Zeroed: none yet. */
struct kiosk_strokes {
    char last[KIOSK_STROKE_MAX]; /* the last one that was taken, or "" */
    int64_t last_us;
    char held[KIOSK_STROKE_MAX]; /* that repeats while it rests, or "" */
    int64_t next_us;             /* when it does */
};

/* Whether a stroke is meant: not the same one again too soon. */
bool kiosk_strokes_take(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                        const char *what, int64_t now_us) LK_MUST_CHECK;

/* A stroke that repeats begins to rest; another one, if any, ends. */
void kiosk_strokes_hold(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                        const char *what, int64_t now_us);
void kiosk_strokes_release(struct kiosk_strokes *s);

/* Whether the held stroke acts again now. After a delay it does so once, not
 * once for every time it missed. */
bool kiosk_strokes_due(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                       int64_t now_us);

/* When the held stroke acts again; INT64_MAX: never. */
int64_t kiosk_strokes_next_us(const struct kiosk_strokes *s);

#endif
