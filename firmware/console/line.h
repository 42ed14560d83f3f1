/* line.h - bytes from a serial line in, edited lines out.
 *
 * Room: echo, editing, history, ends of lines (CR, LF, CR LF, LF CR, CR NUL),
 * escape sequences of VT100 and xterm, noise. Draws with printable characters,
 * backspace and bell alone, so that any terminal will do. Pure; any thread.
 *
 * A line that noise came into, or that was too long, says so: what is left of
 * it must not be run.
 */
#ifndef LUUKKU_CONSOLE_LINE_H
#define LUUKKU_CONSOLE_LINE_H

#include "base/buf.h"

#include <stdbool.h>

#define CONSOLE_COLUMNS 79 /* of 80: the last one makes some terminals wrap */
#define CONSOLE_LINE_MAX                                 \
    71 /* bytes, the NUL included; with a prompt it fits \
        */
#define CONSOLE_HISTORY_MAX 32
#define CONSOLE_ESCAPE_MAX 16 /* bytes of a sequence; longer ones are noise */

/* What a byte led to. */
enum console_event {
    CONSOLE_NOTHING,
    CONSOLE_LINE,  /* the line is in `text` */
    CONSOLE_TAB,   /* complete what stands before `at` */
    CONSOLE_HELP,  /* '?' (not in a secret or plain line) */
    CONSOLE_BREAK, /* Ctrl-C */
    CONSOLE_END,   /* Ctrl-D on an empty line */
};

enum console_line_kind {
    CONSOLE_COMMAND, /* Tab, '?' and history work */
    CONSOLE_PLAIN,   /* they do not */
    CONSOLE_SECRET,  /* nor is it echoed */
};

struct console_line {
    char text[CONSOLE_LINE_MAX]; /* printable ASCII, ends in NUL */
    size_t len;
    size_t at; /* the cursor, 0..len */
    enum console_line_kind kind;
    bool noisy; /* bytes came that are no text and no key */
    bool over;  /* more came than fits */
    /* the rest is this file's own */
    uint8_t ended; /* the CR or LF just seen, whose companion is skipped */
    uint8_t escape;
    uint8_t escape_len;
    char parameter; /* first byte of a CSI sequence */
    size_t old;     /* lines of history */
    size_t recall;  /* which one is shown; `old`: none */
    char history[CONSOLE_HISTORY_MAX][CONSOLE_LINE_MAX];
};

/* Empties the line, overwriting what it held; history stays. */
void console_line_begin(struct console_line *l, enum console_line_kind kind);

/* Takes one byte and echoes to `echo`. What does not fit there is lost. */
enum console_event console_line_byte(struct console_line *l, uint8_t byte,
                                     struct lk_buf *echo);

/* Whether `byte` ends a line: 1 it does, 0 it does not, -1 it belongs to an end
 * that was seen and is to be skipped. For bytes that do not go into the line.
 */
int console_line_ends(struct console_line *l, uint8_t byte);

/* Puts text in at the cursor, as if it were typed. */
void console_line_insert(struct console_line *l, const char *text,
                         struct lk_buf *echo);

/* Writes the line again, after something else was shown. */
void console_line_show(const struct console_line *l, struct lk_buf *echo);

/* Keeps the line in the history unless it is empty or the same as the last. */
void console_line_keep(struct console_line *l);

/* Forgets line and history: another one uses the console now. */
void console_line_forget(struct console_line *l);

#endif
