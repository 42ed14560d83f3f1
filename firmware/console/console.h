/* console.h - one technician's console on one line.
 *
 * Room: who is there (login, lockout, idle logout), what is typed and shown
 * (line, pager, filters), and that each line is in the audit trail before it is
 * run. Bytes in, bytes out, time injected; what a command does, checking a
 * password and the trail itself are the caller's. One thread.
 */
#ifndef LUUKKU_CONSOLE_CONSOLE_H
#define LUUKKU_CONSOLE_CONSOLE_H

#include "base/text.h"
#include "console/gate.h"
#include "console/pager.h"
#include "console/tree.h"

#include <stdbool.h>

#define CONSOLE_IDLE_US 600000000LL /* logged out after 10 minutes */
#define CONSOLE_LOGIN_US 60000000LL /* for name and password */
#define CONSOLE_FOLLOW_US 500000LL  /* between two looks of "log follow" */
#define CONSOLE_OUT_MAX 65536       /* bytes that wait for the line */
#define CONSOLE_PASTE_MAX 65536     /* bytes of a certificate or site file */
#define CONSOLE_FILE_MAX 1179648    /* bytes of a file that is sent */
#define CONSOLE_BAD_NAMES 10        /* then the line is noise for a while */
#define CONSOLE_QUIET_US 10000000LL

struct console;

/* What a command leaves to be done; `console` is the call's context. */
void console_reply_confirm(struct console *c, const char *word);
void console_reply_paste(struct console *c, const char *last_line);
void console_reply_follow(struct console *c);

/* Whether a file can be sent from here; if not, the text says why. */
bool console_reply_can_send(struct console *c);

/* Sends a file by ZMODEM once the text is shown; `file` (at most
 * CONSOLE_FILE_MAX bytes) is taken over, also when it fails. mtime_s: since
 * 1970. Errors: -ENOMEM. */
int console_reply_send(struct console *c, const char *name, int64_t mtime_s,
                       struct lk_buf *file) LK_MUST_CHECK;

void console_reply_logout(struct console *c);
void console_reply_rows(struct console *c, unsigned rows);

/* Where a command writes; at most CONSOLE_TEXT_MAX bytes. */
struct lk_buf *console_reply_text(struct console *c);

/* The caller's data, and what was pasted or NULL, inside a command's run().
 * A command that asked for confirmation or a paste is run again with it. */
void *console_reply_arg(struct console *c);
const char *console_reply_pasted(struct console *c, size_t *ret_len);
bool console_reply_confirmed(const struct console *c);

struct console_config {
    /* Who is there already; lent. NULL: whoever logs in. Nobody else may then
     * log in: a logout is the end, see console_over(). */
    const char *user;
    const char *banner; /* lines, shown before each login; lent */
    const char *prompt; /* at most 8 characters; lent */
    struct console_tree *tree;
    bool (*check)(void *arg, const char *name, const char *password);
    /* Whether somebody has that name. */
    bool (*known)(void *arg, const char *name);
    /* Writes a record; negative: it could not, and nothing is run. */
    int (*audit)(void *arg, const char *who, const char *what,
                 const char *text);
    /* Appends what came since the last time ("log follow"). False: no more. */
    bool (*follow)(void *arg, struct lk_buf *text);
    /* Whether the line carries all bytes as they are, to a terminal program:
     * files can be sent. */
    bool sends;
    /* What the line has not sent yet is stale: drops it. May be NULL. */
    void (*drop)(void *arg);
    /* The lockout changed: keep it. May be NULL. */
    void (*gated)(void *arg, const struct console_gate *g);
    struct console_gate gate; /* as it was kept */
    void *arg;
};

/* Makes a console that nobody is logged in to, but for config->user; the banner
 * waits to be sent. Owner: caller. Errors: -ENOMEM; with a user the trail's. */
int console_new(const struct console_config *config, int64_t now_us,
                struct console **ret) LK_MUST_CHECK;

/* Overwrites and frees; NULL is fine. Returns NULL. */
struct console *console_free(struct console *c);
LK_AUTO_DEFINE(console);

/* Takes bytes from the line. */
void console_input(struct console *c, const uint8_t *data, size_t len,
                   int64_t now_us);

/* For a command that waits: takes what was typed meanwhile. True: Ctrl-C was
 * among it, and the command is to end; what came before that is forgotten, and
 * the trail has it. The rest is held until the command has ended. */
bool console_interrupt(struct console *c, const uint8_t *data, size_t len);

/* Call it at least each half second, and when output has gone out. */
void console_tick(struct console *c, int64_t now_us);

/* The line has hung up: logs out. Lockout stays. */
void console_hangup(struct console *c, int64_t now_us);

/* What is to be sent; take bytes off with console_sent(). Lent until the next
 * call of any of these. */
const uint8_t *console_output(const struct console *c, size_t *ret_len);
void console_sent(struct console *c, size_t len);

/* Whether config->user has logged out. */
bool console_over(const struct console *c);

/* Who is logged in; "" nobody. */
const char *console_user(const struct console *c);

#endif
