/* console_commands.h - what a technician can type.
 *
 * Room: each command's words, and the request that it becomes on the control
 * socket. Blocks while the kiosk answers.
 */
#ifndef LUUKKU_APP_CONSOLE_COMMANDS_H
#define LUUKKU_APP_CONSOLE_COMMANDS_H

#include "console/console.h"
#include "control/client.h"

#define CONSOLE_LOG_WORDS 4 /* which lines of the log are meant */

struct console_commands {
    const char *socket; /* the control socket's path */
    /* In its place, a way that stands; borrowed, NULL: by the path. */
    struct control_client *client;
    /* Shows a line at once, for what takes long. */
    void (*notice)(void *arg, const char *text);
    /* What is typed while the kiosk is asked: the line, -1: none, and what
     * reads from it; true ends the asking (console_interrupt()). */
    int line_fd;
    bool (*typed)(void *arg);
    void *arg;
    char kiosk[LK_NAME_MAX];              /* as the kiosk says it; "" not yet */
    unsigned long long log_next;          /* where "show log follow" goes on */
    char log_word[CONSOLE_LOG_WORDS][64]; /* and with which lines */
};

/* The tree of all commands. Each is run with a console as its context whose
 * console_reply_arg() is a struct console_commands. Errors: as
 * console_tree_new(). */
int console_commands_tree(struct console_tree **ret) LK_MUST_CHECK;

/* Asks the kiosk; says in `text` what went wrong. words end in NULL.
 * Owner: caller. Errors: -EIO it refused, control_client_call()'s. */
int console_commands_ask(const struct console_commands *c,
                         const char *const *words, struct lk_buf *text,
                         struct control_answer **ret) LK_MUST_CHECK;

/* Appends log lines that came since. Fits console_config.follow. */
bool console_commands_follow(struct console_commands *c, struct lk_buf *text);

/* Asks the kiosk for its name; leaves `kiosk` when it does not answer. */
void console_commands_name(struct console_commands *c);

#endif
