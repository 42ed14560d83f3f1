/* put.h - text for the line, in a buffer with a ceiling.
 *
 * Room: appending what is shown; what does not fit is dropped, for a console
 * has nobody to complain to. Only inside this room and its programs.
 */
#ifndef LUUKKU_CONSOLE_PUT_H
#define LUUKKU_CONSOLE_PUT_H

#include "base/buf.h"

/* Appends; all or nothing, silently. */
void console_put_bytes(struct lk_buf *to, const void *data, size_t len);
void console_put(struct lk_buf *to, const char *text);
void console_putf(struct lk_buf *to, const char *fmt, ...) LK_PRINTF(2, 3);

/* Copies `len` bytes of anything as text that every terminal shows: letters
 * lose their accents, other characters become '?', a tab a space; newlines
 * stay. At most `cap` bytes with the NUL (1 or more); returns how many without
 * it. */
size_t console_plain(const char *text, size_t len, char *ret, size_t cap);

#endif
