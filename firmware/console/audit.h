/* audit.h - what was typed on a line, by whom and when.
 *
 * Room: lines "2026-01-31T09:05:07Z ttyS0 anna run show status" at the end of a
 * file, on the disk before the command runs. Never a password. The file is
 * opened for appending alone, and no command reads, changes or removes it.
 */
#ifndef LUUKKU_CONSOLE_AUDIT_H
#define LUUKKU_CONSOLE_AUDIT_H

#include "base/defs.h"

#define CONSOLE_AUDIT_BYTES_MAX (4L * 1024 * 1024) /* of each of two files */
#define CONSOLE_AUDIT_LINE_MAX 256

struct console_audit;

/* Opens "<path>" for appending, made with mode 0600 where it is missing. When
 * it is full it becomes "<path>.1" first, in the place of an older one.
 *
 * line    the line's name in each record; must outlive the trail
 * Owner   caller, console_audit_free()
 * Errors  -ENAMETOOLONG, -ENOMEM, those of open(2) and rename(2)
 */
int console_audit_open(const char *path, const char *line,
                       struct console_audit **ret) LK_MUST_CHECK;

/* Opens the file alone, for another program's console_audit_adopt(); -errno as
 * above. Owner of the descriptor: caller. */
int console_audit_file(const char *path) LK_MUST_CHECK;

/* Goes on with a file that was opened so; `own` is taken over, also when it
 * fails. Errors: -ENOMEM. */
int console_audit_adopt(int own, const char *line,
                        struct console_audit **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct console_audit *console_audit_free(struct console_audit *a);
LK_AUTO_DEFINE(console_audit);

/* Adds a record and waits until it is on the disk.
 *
 * who     a name, or "-"
 * what    one word: login, refused, locked, run, logout, ...
 * text    whatever was typed; what is no printable ASCII becomes '?'
 * wall_us CLOCK_REALTIME
 * Errors  -EFBIG the file is full: open it anew; those of write(2) and
 *         fdatasync(2)
 */
int console_audit_add(struct console_audit *a, int64_t wall_us, const char *who,
                      const char *what, const char *text) LK_MUST_CHECK;

#endif
