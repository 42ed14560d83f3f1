/* help_desk.h - luukku-help put together: the session's keys and stream on the
 * loop, its console on a thread of its own.
 *
 * Room: what luukkud sends (helpmsg.h) to the stream (firmware/remote) and to
 * the console's bytes, and back. Thread: main.
 */
#ifndef LUUKKU_APP_HELP_DESK_H
#define LUUKKU_APP_HELP_DESK_H

#include "app/help_console.h"

struct help_desk;

struct help_desk_config {
    int super_fd;                 /* taken over */
    struct help_console *console; /* borrowed */
};

/* Owner: caller. Errors: -ENOMEM and those of what it wires. */
int help_desk_new(const struct help_desk_config *config,
                  struct help_desk **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct help_desk *help_desk_free(struct help_desk *d);
LK_AUTO_DEFINE(help_desk);

/* Says that it is ready and runs until told to end. */
int help_desk_run(struct help_desk *d, const char *walls) LK_MUST_CHECK;

#endif
