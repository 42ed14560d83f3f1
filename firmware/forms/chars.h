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

/* Spaces that people put between digits: U+20, U+A0, U+202F, U+2009. */
#define FORMS_CHARS_SPACE " |\xc2\xa0|\xe2\x80\xaf|\xe2\x80\x89"
/* Dashes likewise: hyphen-minus, U+2010, U+2011, U+2013. */
#define FORMS_CHARS_DASH "-|\xe2\x80\x90|\xe2\x80\x91|\xe2\x80\x93"

/* Length in bytes of the one of `marks`, which '|' parts, that the `len` bytes
 * at `s` begin with; 0: none. */
size_t forms_chars_mark(const char *s, size_t len, const char *marks);

/* Copies `s` without any of `marks`. False: more than cap - 1 bytes are left.
 */
bool forms_chars_without(const char *s, size_t len, const char *marks,
                         char *ret, size_t cap) LK_MUST_CHECK;

/* Length in code points and in UTF-16 units of valid UTF-8. */
size_t forms_chars_points(const char *s, size_t len);
size_t forms_chars_units(const char *s, size_t len);

#endif
