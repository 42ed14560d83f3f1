/* reset.h - a kiosk becomes what it was when it came from the factory.
 *
 * Room: wiping the directory of state.h. First a mark is made to last, then all
 * but the mark goes, then the mark: whenever the power fails, nothing was done
 * yet or the next start goes on to the end.
 */
#ifndef LUUKKU_PROVISION_RESET_H
#define LUUKKU_PROVISION_RESET_H

#include "base/defs.h"

#define PROVISION_RESET "reset" /* the mark's name */

/* Makes the mark; from then on the wipe is due, and nothing else changes.
 *
 * dir     provision_state_open()'s; borrowed
 * Errors  openat(2)'s, fsync(2)'s: the mark may be there nevertheless
 */
int provision_reset_begin(int dir) LK_MUST_CHECK;

/* Whether a wipe is due: 1 or 0. Errors: fstatat(2)'s. */
int provision_reset_due(int dir) LK_MUST_CHECK;

/* Wipes all that is in `dir` and at last the mark. Small files, keys among
 * them, are overwritten before; on flash that reaches only what the device lets
 * it. Errors: -ELOOP folders too deep, and those of the system calls: it is
 * still due then. */
int provision_reset_finish(int dir) LK_MUST_CHECK;

#endif
