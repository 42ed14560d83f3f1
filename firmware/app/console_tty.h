/* console_tty.h - the line of a console.
 *
 * Room: opening a serial line or pseudo-terminal, raw, at its speed, without
 * flow control (a stray XOFF of a noisy line would silence it for good).
 */
#ifndef LUUKKU_APP_CONSOLE_TTY_H
#define LUUKKU_APP_CONSOLE_TTY_H

#include "base/defs.h"

/* Opens `path`, non-blocking. `baud` as a technician says it (9600); 0 leaves
 * the speed. Returns the descriptor, or -EINVAL no such speed, -ENOTTY, and
 * open(2)'s and tcsetattr(3)'s. */
int console_tty_open(const char *path, unsigned baud) LK_MUST_CHECK;

/* Makes a pseudo-terminal, for trying the console out without a line: its path
 * goes to `ret`. Returns the console's end; the other one stays open in this
 * process, so that whoever opens the path may come and go. Errors: those of
 * posix_openpt(3), grantpt(3), unlockpt(3), open(2). */
int console_tty_pair(char *ret, size_t cap) LK_MUST_CHECK;

#endif
