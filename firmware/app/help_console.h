/* help_console.h - the technician's console of luukku-help.
 *
 * Room: the console (firmware/console) with the commands of luukku-console on a
 * socket's bytes, on a thread of its own, since a command waits for the kiosk's
 * answer, up to a minute, and the program must answer luukku-super meanwhile.
 * One session at a time.
 */
#ifndef LUUKKU_APP_HELP_CONSOLE_H
#define LUUKKU_APP_HELP_CONSOLE_H

#include "base/text.h"
#include "console/audit.h"
#include "control/client.h"

#include <stdbool.h>

struct help_console;

struct help_console_config {
    struct control_client *client; /* the kiosk; borrowed: the thread's alone */
    struct console_audit *trail;   /* likewise */
};

/* Reads and loads what it needs; no thread yet. Errors: -ENOMEM and
 * console_commands_tree()'s. */
int help_console_new(const struct help_console_config *config,
                     struct help_console **ret) LK_MUST_CHECK;

/* Waits for the thread, which ends once the present command has its answer.
 * NULL is fine. Returns NULL. */
struct help_console *help_console_free(struct help_console *h);
LK_AUTO_DEFINE(help_console);

/* Starts the thread. Errors: pthread_create(3)'s. */
int help_console_start(struct help_console *h) LK_MUST_CHECK;

/* Begins a console for `user`, who is known.
 *
 * ret     the other end of its bytes, non-blocking: closed by the console when
 *         the user logs out. Owner: caller
 * Errors  -EBUSY the one before has not ended yet; socketpair(2)'s
 * Thread  main
 */
int help_console_open(struct help_console *h, const char *user,
                      int *ret) LK_MUST_CHECK;

/* Whether a command of a session still waits for its answer. Thread: any. */
bool help_console_busy(const struct help_console *h);

/* Nothing more of what was typed is run. Thread: main. */
void help_console_cut(struct help_console *h);

#endif
