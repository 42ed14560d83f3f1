/* console_provision.h - the technician's `provision` commands.
 *
 * Room: what is pasted goes to the kiosk in pieces and is applied there; what
 * the kiosk says of it is shown. For console_commands.c's table.
 */
#ifndef LUUKKU_APP_CONSOLE_PROVISION_H
#define LUUKKU_APP_CONSOLE_PROVISION_H

#include "console/tree.h"

void console_provision_status(const struct console_call *call);
void console_provision_csr(const struct console_call *call);

/* "provision certificate" and "provision site": asks for a paste, which a line
 * with a full stop alone ends, then gives it to the kiosk. */
void console_provision_text(const struct console_call *call);

#endif
