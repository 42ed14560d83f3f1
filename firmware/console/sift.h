/* sift.h - "show log | include usb": what of a command's output is shown.
 *
 * Room: taking the filters off a line, and applying them. A text is looked for
 * as it stands, in any case; there are no patterns, so nothing can take long.
 * Pure; any thread.
 */
#ifndef LUUKKU_CONSOLE_SIFT_H
#define LUUKKU_CONSOLE_SIFT_H

#include "base/buf.h"
#include "console/line.h"

#define CONSOLE_SIFTS_MAX 4

enum console_sift_kind {
    CONSOLE_INCLUDE, /* lines with the text */
    CONSOLE_EXCLUDE, /* lines without it */
    CONSOLE_FROM,    /* "begin": the first with it, and all after */
    CONSOLE_COUNT,   /* how many lines */
};

struct console_sift {
    size_t n; /* 0: everything is shown */
    struct {
        enum console_sift_kind kind;
        char text[CONSOLE_LINE_MAX];
    } stage[CONSOLE_SIFTS_MAX];
};

/* Splits `line` at each '|'. The command before the first goes to `command`
 * (CONSOLE_LINE_MAX bytes; may be the line's own).
 * Errors: -EINVAL, with a sentence in *ret_why (static). */
int console_sift_parse(const char *line, char *command,
                       struct console_sift *ret,
                       const char **ret_why) LK_MUST_CHECK;

/* Appends what is left of `text` to `out`. Errors: lk_buf_append()'s. */
int console_sift_apply(const struct console_sift *s, const char *text,
                       struct lk_buf *out) LK_MUST_CHECK;

/* The filters' names and what each does, `at` from 0; NULL behind the last. */
const char *console_sift_name(size_t at);
const char *console_sift_help(size_t at);

#endif
