/* latch.h - the lockout, kept over a restart.
 *
 * Room: one record of LATCH_LEN bytes with a checksum, in a file of its own
 * that stays open. Whoever restarts the console or the machine gains nothing:
 * after a restart of the machine, whose clock may be wrong, a lock that had not
 * ended begins anew; a record that is not to be believed locks for a minute.
 * Thread: one.
 */
#ifndef LUUKKU_CONSOLE_LATCH_H
#define LUUKKU_CONSOLE_LATCH_H

#include "base/defs.h"
#include "console/gate.h"

#include <stddef.h>

#define CONSOLE_LATCH_LEN 68
#define CONSOLE_LATCH_BOOT_MAX 40 /* the NUL included */

struct console_latch;

/* Opens or makes the file at `path` (0600), and reads what it says into
 * *ret_gate.
 *
 * now_us  CLOCK_MONOTONIC; the machine's present start is asked for here
 * Owner   caller, console_latch_free()
 * Errors  -EINVAL no regular file, -ENOMEM, open(2)'s
 */
int console_latch_open(const char *path, int64_t now_us,
                       struct console_latch **ret,
                       struct console_gate *ret_gate) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct console_latch *console_latch_free(struct console_latch *l);
LK_AUTO_DEFINE(console_latch);

/* Writes the gate's state and waits until it is on the disk.
 * Errors: pwrite(2)'s and fdatasync(2)'s. */
int console_latch_put(struct console_latch *l, const struct console_gate *g);

/* The record of a gate; `boot` names the machine's present start. Pure. */
void console_latch_encode(const struct console_gate *g, const char *boot,
                          uint8_t ret[CONSOLE_LATCH_LEN]);

/* The gate of `len` bytes that were read. None: it is open. Pure and total. */
struct console_gate console_latch_decode(const uint8_t *data, size_t len,
                                         const char *boot, int64_t now_us);

#endif
