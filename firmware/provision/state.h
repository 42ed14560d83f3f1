/* state.h - the set of files on the disk, in generations.
 *
 * Room: DIR/current is a link to DIR/gen-NNNNNNNN, a directory with the files
 * of one set, which never changes. A new set is written beside it, made to
 * last, and then the link is renamed: whenever the power fails, the old set or
 * the new one is there, whole. The generation before is kept, too. Everything
 * is its owner's alone. Not here: what the files mean.
 */
#ifndef LUUKKU_PROVISION_STATE_H
#define LUUKKU_PROVISION_STATE_H

#include "provision/files.h"

#define PROVISION_CURRENT "current"

/* Opens DIR, making it where it is missing.
 * Returns a descriptor, which the caller owns. Errors: -EPERM others may write
 * there or it is another user's, mkdir(2)'s, open(2)'s. */
int provision_state_open(const char *dir) LK_MUST_CHECK;

/* Reads the present set; an empty one with generation 0 when there is none.
 *
 * dir     provision_state_open()'s; borrowed
 * Owner   caller
 * Errors  -EBADMSG what is there cannot be a set, -ENOMEM, read(2)'s
 */
int provision_state_load(int dir, struct provision_files **ret,
                         unsigned *ret_generation) LK_MUST_CHECK;

/* Makes `f` the present set, as generation + 1, all of it or nothing.
 *
 * generation  that of the present set
 * Errors      -EOVERFLOW, -ENOSPC and the others of write(2), fsync(2),
 *             rename(2); with an error the present set is as it was, unless
 *             *ret_generation was written: then the new one stands, and it is
 *             not certain that it would survive a power failure
 */
int provision_state_save(int dir, const struct provision_files *f,
                         unsigned generation,
                         unsigned *ret_generation) LK_MUST_CHECK;

/* Goes back from `generation` to the one before, if that is still there.
 * Errors: -ENOENT it is not; rename(2)'s. */
int provision_state_back(int dir, unsigned generation,
                         unsigned *ret_generation) LK_MUST_CHECK;

#endif
