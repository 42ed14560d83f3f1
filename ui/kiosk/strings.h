/* strings.h - texts of the screens in each language.
 *
 * Room: look-up by key and language, plurals and placeholders. The texts are
 * in strings/<language>.json and are compiled in. Numbers are always written
 * with Western digits, in Arabic too, as Finnish authorities write them there:
 * queue numbers, sums and dates on papers must look alike. Pure, any thread.
 */
#ifndef LUUKKU_KIOSK_STRINGS_H
#define LUUKKU_KIOSK_STRINGS_H

#include "kiosk/strings_gen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The language with that code; Finnish for one that has no table. */
enum kiosk_lang kiosk_lang_find(const char *code);

/* Whether it is written from right to left. */
bool kiosk_lang_rtl(enum kiosk_lang lang);

/* The text; static. */
const char *kiosk_str(enum kiosk_lang lang, enum kiosk_str key);

/* The plural category of a whole number in that language (Unicode CLDR 44,
 * language plural rules, cardinals). */
enum kiosk_form kiosk_lang_form(enum kiosk_lang lang, uint64_t n);

/* The text for `n` things, "{n}" not yet filled in; static. */
const char *kiosk_str_plural(enum kiosk_lang lang, enum kiosk_plural key,
                             uint64_t n);

/* The same with "{n}" filled in; `cap` and `ret` as in kiosk_str_fill(). */
void kiosk_str_count(enum kiosk_lang lang, enum kiosk_plural key, uint64_t n,
                     size_t cap, char *ret);

/* Writes `text` with each "{key}" replaced by `value`, cut at a character to
 * fit `cap` bytes (1 or more) with its NUL. */
void kiosk_str_fill(const char *text, const char *key, const char *value,
                    size_t cap, char *ret);

#endif
