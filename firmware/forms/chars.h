/* chars.h - which characters belong into texts of forms. Inner header.
 *
 * Spec: FORMAT.md, "Characters". Pure.
 */
#ifndef LUUKKU_FORMS_CHARS_H
#define LUUKKU_FORMS_CHARS_H

#include "base/defs.h"

#include <stdbool.h>

/* White space that is taken off the ends: of the `*len` bytes of valid UTF-8 at
 * `s`. Gives where the rest begins; *len becomes its length. */
const char *forms_chars_trim(const char *s, size_t *len);

/* Whether every character of the valid UTF-8 at `s` belongs into a text; with
 * `lines` also TAB, LF and CR. */
bool forms_chars_good(const char *s, size_t len, bool lines);

/* Whether the valid UTF-8 at `s` is its own NFC form.
 * Errors: -ENOMEM. Returns 1 or 0. */
int forms_chars_nfc(const char *s, size_t len) LK_MUST_CHECK;

/* Length in code points and in UTF-16 units of valid UTF-8. */
size_t forms_chars_points(const char *s, size_t len);
size_t forms_chars_units(const char *s, size_t len);

#endif
