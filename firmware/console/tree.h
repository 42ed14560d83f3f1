/* tree.h - the commands: finding, completing, explaining, calling them.
 *
 * Room: libcli's command tree, and nothing else of libcli (README.md says why).
 * Words may be cut short as long as they are unique. One thread.
 */
#ifndef LUUKKU_CONSOLE_TREE_H
#define LUUKKU_CONSOLE_TREE_H

#include "base/buf.h"

#define CONSOLE_WORDS_MAX 6 /* arguments of a command */

struct console_call {
    const struct console_command *command;
    const char *const *arg; /* the words behind the command's own */
    size_t args;
    void *context; /* what console_tree_run() was given */
};

/* One command, in a static table. */
struct console_command {
    const char *words;     /* "show status" */
    const char *help;      /* a short line */
    const char *arguments; /* "HOST [PORT]"; NULL: none */
    size_t least;          /* words of arguments, from..to */
    size_t most;
    void (*run)(const struct console_call *call); /* NULL: only a beginning */
};

struct console_tree;

/* Makes a tree of `n` commands; a command's beginning ("show") stands in the
 * table before it, with run NULL.
 * Owner: caller. Errors: -ENOMEM, -EINVAL a command without its beginning. */
int console_tree_new(const struct console_command *table, size_t n,
                     struct console_tree **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct console_tree *console_tree_free(struct console_tree *t);
LK_AUTO_DEFINE(console_tree);

/* Finds the command and calls its run(). What is wrong with the line is said in
 * `out`. Errors: -EINVAL it was not called. */
int console_tree_run(struct console_tree *t, const char *line, void *context,
                     struct lk_buf *out);

/* Appends what could stand at the end of `line`, with its help. */
void console_tree_help(const struct console_tree *t, const char *line,
                       struct lk_buf *out);

/* What is to be put behind `line`: the rest of the word and a space when only
 * one fits, what all that fit have in common otherwise. Returns how many words
 * fit; `ret` has CONSOLE_COMPLETION_MAX bytes. */
#define CONSOLE_COMPLETION_MAX 40
size_t console_tree_complete(const struct console_tree *t, const char *line,
                             char *ret);

#endif
