/* console_log.h - the log as a file for a technician.
 *
 * Room: the command `log send`.
 */
#ifndef LUUKKU_APP_CONSOLE_LOG_H
#define LUUKKU_APP_CONSOLE_LOG_H

#include "console/tree.h"

/* Fits console_command.run. */
void console_log_send(const struct console_call *call);

#endif
