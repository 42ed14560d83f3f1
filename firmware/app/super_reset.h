/* super_reset.h - factory reset.
 *
 * Room: the request `factory-reset` of firmware/control/PROTOCOL.md, and what
 * the next start does of it. Wiping is provision/reset.h's.
 */
#ifndef LUUKKU_APP_SUPER_RESET_H
#define LUUKKU_APP_SUPER_RESET_H

#include "app/super_own.h"

/* Answers the request: asks for a new start, which wipes. */
json_t *super_reset_answer(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why);

/* Goes on with a reset that is due, before anything of the kiosk is read.
 *
 * home, log  as luukku-super was started; NULL: there is none
 * Errors     provision_state_open()'s, provision_reset_finish()'s, those of the
 *            log's file: it is still due
 */
int super_reset_resume(const char *home, const char *log) LK_MUST_CHECK;

#endif
