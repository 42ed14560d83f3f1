/* console_tell.h - the console's trail, in the kiosk's log as well.
 *
 * Room: one `audit` request of firmware/control/PROTOCOL.md for each record.
 */
#ifndef LUUKKU_APP_CONSOLE_TELL_H
#define LUUKKU_APP_CONSOLE_TELL_H

#define CONSOLE_TELL_US 1000000 /* luukku-super has this long */

/* Tells luukku-super by `client` what the trail holds already: where nobody
 * answers the trail alone has it. Lines that noise came into are left out, so
 * that a bad line does not push the rest out of the log. What the request may
 * not hold becomes something like it, and what is too long is cut. */
struct control_client;
void console_tell_by(struct control_client *client, const char *line,
                     const char *who, const char *what, const char *text);

/* The same to whoever listens at `socket`. */
void console_tell(const char *socket, const char *line, const char *who,
                  const char *what, const char *text);

#endif
