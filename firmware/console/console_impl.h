/* console_impl.h - what the files of the console share.
 *
 * Room: console.c (bytes, logging in), console_shell.c (commands),
 * console_send.c (files) only.
 */
#ifndef LUUKKU_CONSOLE_CONSOLE_IMPL_H
#define LUUKKU_CONSOLE_CONSOLE_IMPL_H

#include "console/console.h"
#include "console/line.h"
#include "console/sift.h"

#define CONSOLE_TABLE_ROOM 1024 /* less is left of a text: it was cut */
#define CONSOLE_HELD_MAX 4096   /* bytes typed ahead; as a terminal's own */

enum console_state {
    CONSOLE_AT_NAME,
    CONSOLE_AT_PASSWORD,
    CONSOLE_AT_PROMPT,
    CONSOLE_AT_CONFIRM,
    CONSOLE_AT_PASTE,
    CONSOLE_AT_FOLLOW,
    CONSOLE_AT_SEND,
    CONSOLE_AT_END, /* nobody may log in again */
};

/* What follows once the output of a command has been shown. */
enum console_next {
    CONSOLE_NEXT_PROMPT,
    CONSOLE_NEXT_CONFIRM,
    CONSOLE_NEXT_PASTE,
    CONSOLE_NEXT_FOLLOW,
    CONSOLE_NEXT_SEND,
    CONSOLE_NEXT_LOGOUT,
};

struct console {
    struct console_config config;
    enum console_state state;
    struct console_line line;
    struct console_pager pager; /* its text: something is being shown */
    unsigned rows;
    struct console_gate gate;
    struct lk_buf *out;
    int64_t now_us;
    int64_t active_us; /* when somebody last did something */
    int64_t follow_us; /* when to look again */
    int64_t quiet_us;  /* what comes until then is noise */
    unsigned bad_names;
    char user[LK_NAME_MAX]; /* "" nobody */
    char name[LK_NAME_MAX]; /* who is logging in */
    /* the command under way */
    char command[CONSOLE_LINE_MAX];
    struct console_sift sift;
    struct lk_buf *text;
    enum console_next next;
    char word[CONSOLE_LINE_MAX]; /* what confirms it, or ends a paste */
    bool confirmed;
    struct lk_buf *paste;
    size_t paste_line; /* where its last line begins */
    bool paste_noisy;
    struct console_send *send; /* the file of this command; NULL: none */
    bool again;                /* it runs with what it asked for */
    bool running; /* a command; it may take what is typed meanwhile */
    /* what was typed and is not read yet: from held_at to held_end */
    size_t held_at;
    size_t held_end;
    uint8_t held[CONSOLE_HELD_MAX];
};

/* Writes a text whose lines end in '\n' to the line. */
void console_say(struct console *c, const char *text);

/* Shows the prompt of the present state, with what is typed already. */
void console_prompt(struct console *c);

int console_audit(struct console *c, const char *what, const char *text);
void console_logout(struct console *c, const char *why);

/* Runs what stands in the line. */
void console_shell_line(struct console *c);
/* A byte of a paste. */
void console_shell_paste(struct console *c, uint8_t byte);
/* The line that confirms, or does not. */
void console_shell_confirm(struct console *c);
/* Nothing is shown any more: goes on to what comes next. */
void console_shell_shown(struct console *c);
/* Looks for more to show. */
void console_shell_follow(struct console *c);
/* A file is sent: begins; takes a byte; lets time pass; sends what the line
 * takes, and when all is done shows the prompt. */
void console_send_begin(struct console *c);
void console_send_byte(struct console *c, uint8_t byte);
void console_send_tick(struct console *c);
void console_send_pump(struct console *c);
struct console_send *console_send_free(struct console_send *s);

/* Forgets the command under way. */
void console_shell_clear(struct console *c);

#endif
