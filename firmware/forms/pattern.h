/* pattern.h - the patterns of text fields. Inner header.
 *
 * Spec: FORMAT.md, "Patterns". Pure; time is length times FORMS_PATTERN_MAX.
 */
#ifndef LUUKKU_FORMS_PATTERN_H
#define LUUKKU_FORMS_PATTERN_H

#include "base/defs.h"

#include <stdbool.h>

#define FORMS_PATTERN_MAX 60 /* code points */

/* Whether the whole of `s` (valid UTF-8, NFC) fits the pattern. */
bool forms_pattern_fits(const char *pattern, const char *s, size_t len);

#endif
