/* scan_desk.h - luukku-scan at work: a scanner, the decoder, and who asks.
 *
 * Room: the loop, the channels to luukku-super and luukkud, the job and the
 * scanner put together; `devices` and `selftest` for luukkuctl.
 */
#ifndef LUUKKU_APP_SCAN_DESK_H
#define LUUKKU_APP_SCAN_DESK_H

#include "base/defs.h"

struct scan_desk;

/* Takes over the channel to luukku-super, also when it fails. Starts the
 * decoder's thread: call confine_apply() before.
 * Owner   caller, scan_desk_free()
 * Errors  -ENOMEM, -ENOSPC, superlink_new()'s, scan_worker_new()'s */
int scan_desk_new(int super_fd, struct scan_desk **ret) LK_MUST_CHECK;
struct scan_desk *scan_desk_free(struct scan_desk *d);
LK_AUTO_DEFINE(scan_desk);

/* Says that it is ready (`walls`: struct confine_report's text) and runs until
 * it is told to stop: 0. -ETIME a page could not be ended: luukku-super starts
 * the program anew. */
int scan_desk_run(struct scan_desk *d, const char *walls);

#endif
