/* console_care.h - what a technician changes at the kiosk.
 *
 * Room: the commands `show settings`, `set ...`, `unset ...`,
 * `factory-reset`.
 */
#ifndef LUUKKU_APP_CONSOLE_CARE_H
#define LUUKKU_APP_CONSOLE_CARE_H

#include "console/tree.h"

/* Each fits console_command.run. */
void console_care_settings(const struct console_call *call);
/* "set NAME VALUE" */
void console_care_set(const struct console_call *call);
/* "set text NAME" and "set keypad": what is pasted */
void console_care_set_text(const struct console_call *call);
void console_care_unset(const struct console_call *call);
/* Asks for the kiosk's name first. */
void console_care_reset(const struct console_call *call);

#endif
