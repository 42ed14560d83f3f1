/* strings.h - texts of the screens in each language.
 *
 * Room: look-up by key and language, and placeholders. The texts are in
 * strings/<language>.json and are compiled in. Pure, any thread.
 */
#ifndef LUUKKU_KIOSK_STRINGS_H
#define LUUKKU_KIOSK_STRINGS_H

#include "kiosk/strings_gen.h"

#include <stdbool.h>
#include <stddef.h>

/* The language with that code; Finnish for one that has no table. */
enum kiosk_lang kiosk_lang_find(const char *code);

/* Whether it is written from right to left. */
bool kiosk_lang_rtl(enum kiosk_lang lang);

/* The text; static. */
const char *kiosk_str(enum kiosk_lang lang, enum kiosk_str key);

/* Writes `text` with each "{key}" replaced by `value`, cut at a character to
 * fit `cap` bytes (1 or more) with its NUL. */
void kiosk_str_fill(const char *text, const char *key, const char *value,
                    size_t cap, char *ret);

#endif
