/* decimal.h - numbers as people write them, exactly. Inner header.
 *
 * Spec: FORMAT.md, "number". A number is held in ten-thousandths. Pure.
 */
#ifndef LUUKKU_FORMS_DECIMAL_H
#define LUUKKU_FORMS_DECIMAL_H

#include "base/defs.h"

#include <stdbool.h>

#define FORMS_DECIMALS_MAX 4
#define FORMS_DECIMAL_ONE 10000
/* 14 digits before the point: beyond that a number is this. */
#define FORMS_DECIMAL_LIMIT (INT64_C(1000000000000000000))
#define FORMS_DECIMAL_MAX 24 /* bytes of one written, the NUL included */

/* Reads a typed number of valid UTF-8: comma or point, spaces between digits.
 * False: it is none, or has more than `decimals` that count. */
bool forms_decimal_read(const char *s, size_t len, unsigned decimals,
                        int64_t *ret) LK_MUST_CHECK;

/* Writes the canonical form. */
void forms_decimal_write(int64_t n, char ret[FORMS_DECIMAL_MAX]);

#endif
