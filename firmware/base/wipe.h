/* wipe.h - memory that is overwritten before it is given back.
 *
 * Room: for what a citizen said or typed, in programs that outlive the visit.
 */
#ifndef LUUKKU_BASE_WIPE_H
#define LUUKKU_BASE_WIPE_H

#include "base/defs.h"

/* free(3), the whole block overwritten first. NULL is fine. Thread: any. */
void lk_free_wiped(void *p);

#endif
