/* floor.h - the latest time that this kiosk knows to have passed.
 *
 * Room: one small file, PROVISION_FLOOR in the kiosk's directory, beside its
 * sets: decimal seconds since 1970 and a line feed. It is replaced whole, so
 * that the old time or the new one is there whenever the power fails. Not here:
 * which clock is to be believed.
 */
#ifndef LUUKKU_PROVISION_FLOOR_H
#define LUUKKU_PROVISION_FLOOR_H

#include "base/defs.h"

#include <stdbool.h>
#include <stdint.h>

#define PROVISION_FLOOR "time-seen"
#define PROVISION_FLOOR_STEP_S 3600 /* it is not written more often */

/* The floor after a start: that of the file, and never less than `build_s`. A
 * file that is missing, no such text or later than `most_s` counts as none.
 *
 * dir      provision_state_open()'s; borrowed
 * build_s  when this firmware was made, seconds since 1970
 * most_s   the end of the kiosk's own certificate: a later time would lock it
 *          out, and was not seen while that was good for anything
 */
int64_t provision_floor_read(int dir, int64_t build_s, int64_t most_s);

/* Whether `now_s` is to be kept above `floor_s`; the bounds are as above. */
bool provision_floor_due(int64_t floor_s, int64_t now_s, int64_t most_s);

/* Keeps `at_s`, which must be due. Errors: -EINVAL not a time, those of
 * open(2), write(2), fsync(2), rename(2); the file is then as it was, or the
 * new one. */
int provision_floor_write(int dir, int64_t at_s) LK_MUST_CHECK;

#endif
