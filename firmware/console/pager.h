/* pager.h - a long text, a screen at a time.
 *
 * Room: wrapping at 79 columns, "--More--" and its keys, giving out only as
 * much as a slow line takes. Pure; any thread.
 */
#ifndef LUUKKU_CONSOLE_PAGER_H
#define LUUKKU_CONSOLE_PAGER_H

#include "base/buf.h"

#include <stdbool.h>

#define CONSOLE_TEXT_MAX (512UL * 1024) /* bytes of one command's output */
#define CONSOLE_ROWS 24
#define CONSOLE_ROWS_MAX 200
#define CONSOLE_AHEAD 512 /* bytes that may wait for the line */

struct console_pager {
    struct lk_buf *text; /* NULL: nothing is being shown */
    size_t at;
    unsigned rows;  /* of the screen; 0: no pages */
    unsigned shown; /* since the last key */
    bool waiting;   /* "--More--" stands there */
    bool declined;  /* the rest was left out */
};

/* Takes the text to show. */
void console_pager_begin(struct console_pager *p, struct lk_buf *text);

/* Puts more of the text to `out` while less than CONSOLE_AHEAD waits there.
 * True when all has been given or the rest was declined. */
bool console_pager_pump(struct console_pager *p, struct lk_buf *out);

/* A key while `waiting`: space for a page, Enter (as '\n') for a line, q and
 * Ctrl-C for the end. Another character that can be seen is the end, too, and
 * the first of a new command: false, and the caller has it. The rest is
 * ignored. */
bool console_pager_key(struct console_pager *p, uint8_t key,
                       struct lk_buf *out);

/* Leaves out what has not been shown: the next console_pager_pump() ends. */
void console_pager_skip(struct console_pager *p);

/* Frees the text. */
void console_pager_end(struct console_pager *p);

#endif
