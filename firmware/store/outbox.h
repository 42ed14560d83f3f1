/* outbox.h - letters that wait for delivery, in a directory.
 *
 * Room: opaque bytes under a name, written whole or not at all, and there
 * still after the power fails at any moment: a file of another name, fsync(2),
 * rename(2), fsync(2) of the directory. What is in a letter (it is encrypted)
 * is nobody's business here.
 */
#ifndef LUUKKU_STORE_OUTBOX_H
#define LUUKKU_STORE_OUTBOX_H

#include "base/defs.h"

#include <stdbool.h>

#define STORE_OUTBOX_LETTERS_MAX 64
#define STORE_OUTBOX_BYTES_MAX (512UL * 1024 * 1024)
#define STORE_OUTBOX_NAME_MAX 64 /* bytes, the NUL included */

struct store_outbox;

/* Opens the directory and removes what a power failure left half done. Other
 * files that it did not make are left alone and not counted. The oldest letter
 * comes first.
 *
 * dir     a directory, owner: the outbox, also when this fails
 * Owner   caller, store_outbox_free()
 * Errors  -ENOMEM, -ENOSPC more letters than fit, and those of openat(2),
 *         readdir(3), unlinkat(2), fsync(2)
 * Thread  one
 */
int store_outbox_open(int dir, struct store_outbox **ret) LK_MUST_CHECK;

/* Closes and frees; the letters stay. NULL is fine. Returns NULL. */
struct store_outbox *store_outbox_free(struct store_outbox *o);
LK_AUTO_DEFINE(store_outbox);

/* Whether `name` may be a letter's: [A-Za-z0-9-], at most one '.', which is
 * neither first nor last. */
bool store_outbox_name_valid(const char *name);

/* Keeps a letter: what `fd` (a file or memfd, borrowed) holds from its start.
 * When this returns 0 it is on the disk. Otherwise it is not there, and nothing
 * of it.
 * Errors: -EINVAL the name or an empty letter, -EEXIST, -ENOSPC a ceiling, and
 * those of read(2), write(2), fsync(2), renameat2(2). */
int store_outbox_put(struct store_outbox *o, const char *name,
                     int fd) LK_MUST_CHECK;

/* Letters that wait, and the name of one of them; NULL: there is none. Lent
 * until the next call that changes the outbox. */
size_t store_outbox_count(const struct store_outbox *o);
const char *store_outbox_name(const struct store_outbox *o, size_t at);

/* Opens a letter for reading; the caller owns the descriptor. Errors: -ENOENT,
 * openat(2)'s. */
int store_outbox_get(const struct store_outbox *o,
                     const char *name) LK_MUST_CHECK;

/* It was delivered: it is gone for good when this returns 0. Errors: -ENOENT,
 * unlinkat(2)'s, fsync(2)'s. */
int store_outbox_remove(struct store_outbox *o, const char *name) LK_MUST_CHECK;

#endif
