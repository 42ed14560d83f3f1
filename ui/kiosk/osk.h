/* osk.h - the on-screen keyboard: which keys there are, and what they do.
 *
 * Room: layers as data, re-flowing them for narrow panels, shift and layers.
 * Pure. Not here: nodes (keyboard.h), the text (edit.h).
 *
 * A key is a word: "shift", "delete", "space", "enter", "layer", "lang",
 * "hide", "left", "right" or "lang-<code>", or else the small letter or sign
 * that it types.
 */
#ifndef LUUKKU_KIOSK_OSK_H
#define LUUKKU_KIOSK_OSK_H

#include "kiosk/icons_gen.h"
#include "kiosk/strings_gen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIOSK_OSK_KEYS_MAX 64 /* keys of a layer */
#define KIOSK_OSK_ROWS_MAX 8  /* rows, however narrow */
#define KIOSK_OSK_TEXT_MAX 8  /* bytes of a key's text, the NUL included */
#define KIOSK_OSK_ID_MAX 12   /* bytes of a key's name, likewise */
#define KIOSK_OSK_WIDE 11     /* columns of letters where there is room */
#define KIOSK_OSK_NARROW 8    /* and where there is not */

/* What a field wants to be filled in with. */
enum kiosk_keys {
    KIOSK_KEYS_TEXT,
    KIOSK_KEYS_DATE,
    KIOSK_KEYS_PHONE,
    KIOSK_KEYS_NUMBER,
    KIOSK_KEYS_DIGITS,
    KIOSK_KEYS_EMAIL,
    KIOSK_KEYS_IBAN,
    KIOSK_KEYS_PERSON_ID,
    KIOSK_KEYS_CODE, /* capitals and digits */
};

enum kiosk_osk_layer {
    KIOSK_OSK_FI, /* Finnish, Swedish, English */
    KIOSK_OSK_SE,
    KIOSK_OSK_ET,
    KIOSK_OSK_RU,
    KIOSK_OSK_UK,
    KIOSK_OSK_AR,
    KIOSK_OSK_SYMBOLS,
    KIOSK_OSK_LANGS, /* which letters? */
    KIOSK_OSK_DATE,
    KIOSK_OSK_PHONE,
    KIOSK_OSK_NUMBER,
    KIOSK_OSK_DIGITS,
    KIOSK_OSK_EMAIL,
    KIOSK_OSK_CODES, /* capitals and digits */
    KIOSK_OSK_PERSON_ID,
    KIOSK_OSK_LAYERS,
};

enum kiosk_osk_shift {
    KIOSK_OSK_SMALL,
    KIOSK_OSK_CAPITAL, /* the next letter */
    KIOSK_OSK_CAPITALS,
};

struct kiosk_osk {
    bool shown;
    enum kiosk_osk_layer layer;
    enum kiosk_osk_layer letters; /* that SYMBOLS and LANGS go back to */
    enum kiosk_osk_shift shift;
};

enum kiosk_osk_act {
    KIOSK_OSK_TYPE, /* the text is typed */
    KIOSK_OSK_ERASE,
    KIOSK_OSK_ENTER,
    KIOSK_OSK_HIDE,
    KIOSK_OSK_LEFT, /* the caret goes */
    KIOSK_OSK_RIGHT,
    KIOSK_OSK_TURN, /* the keyboard itself has changed */
};

struct kiosk_osk_key {
    const char *label; /* words on it, "" for none; static */
    enum kiosk_icon icon;
    int name;                      /* enum kiosk_str; -1: text or label */
    char key[KIOSK_OSK_ID_MAX];    /* its word; the node's id is "key-<word>" */
    char text[KIOSK_OSK_TEXT_MAX]; /* what it types, shift included; or "" */
    uint8_t units;                 /* columns that it takes */
    uint8_t row;                   /* from 0 */
    bool on; /* shift: in effect; a language: the one in use */
};

/* Shows the keyboard that a field needs, with the visit's language's letters.
 */
void kiosk_osk_open(struct kiosk_osk *k, enum kiosk_keys keys,
                    enum kiosk_lang lang);

/* Columns of the layer: wide or narrow for letters, fewer for others. */
int kiosk_osk_cols(const struct kiosk_osk *k, bool narrow);

/* Whether the layer's keys are in an order from right to left. */
bool kiosk_osk_rtl(const struct kiosk_osk *k);

/* The keys in reading order.
 *
 * ret     KIOSK_OSK_KEYS_MAX keys
 * Returns how many
 */
int kiosk_osk_keys(const struct kiosk_osk *k, bool narrow,
                   struct kiosk_osk_key *ret);

/* Does what a key does to the keyboard, and says what else it does.
 *
 * key     its word
 * ret     KIOSK_OSK_TEXT_MAX bytes: what TYPE types, "" for other keys and
 *         for words that no key has
 */
enum kiosk_osk_act kiosk_osk_press(struct kiosk_osk *k, const char *key,
                                   char *ret);

/* The capital of one letter, or the letter itself. Latin with Sami and
 * Estonian letters, and Cyrillic. `ret` has KIOSK_OSK_TEXT_MAX bytes. */
void kiosk_osk_capital(const char *letter, char *ret);

#endif
