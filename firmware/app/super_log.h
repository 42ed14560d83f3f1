/* super_log.h - the last lines that the programs said.
 *
 * Room: a bounded ring of lines in memory, which may hand each to the ring on a
 * disk (super_ring.h), and the cutting of a byte stream into lines. One thread.
 */
#ifndef LUUKKU_APP_SUPER_LOG_H
#define LUUKKU_APP_SUPER_LOG_H

#include "base/text.h"

#include <stdbool.h>

#define SUPER_LOG_LINES 2000 /* kept; older ones go */
#define SUPER_LOG_TEXT_MAX                           \
    512 /* bytes of a line, the NUL included; longer \
           ones are cut */

/* No line has this number: what claims to is not believed. */
#define SUPER_LOG_NUMBER_MAX (UINT64_C(1) << 48)

struct super_log;

struct super_log_line {
    uint64_t number;     /* from 1, rises by one */
    int64_t wall_us;     /* CLOCK_REALTIME */
    const char *program; /* of those that super_log_program() knows */
    const char *text;    /* valid UTF-8 without control characters */
};

/* Owner: caller, super_log_free(). Errors: -ENOMEM. */
int super_log_new(struct super_log **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct super_log *super_log_free(struct super_log *l);
LK_AUTO_DEFINE(super_log);

/* The static name of a program that may stand in the log; NULL: there is no
 * such program. */
const char *super_log_program(const char *name);

/* Hands each line that is added from now on to `keep` as well; NULL: no
 * longer. */
typedef void super_log_keep_fn(void *arg, const struct super_log_line *line);
void super_log_set_keep(struct super_log *l, super_log_keep_fn *keep,
                        void *arg);

/* Takes a line of an earlier run: its number must be higher than that of all
 * before it, and the next line's follows it. Returns 1, or 0: not taken. */
size_t super_log_restore(struct super_log *l,
                         const struct super_log_line *line);

/* Level and room of a line "warn luukkud link ...": the level as a word, the
 * room's place in `text`. false: it is not made so. */
bool super_log_parse(const char *text, const char **ret_level,
                     const char **ret_room, size_t *ret_room_len);

/* Adds a line of `len` bytes; what is not printable UTF-8 becomes '?'. When
 * there is no memory for it, its number is used up and the line is lost. */
void super_log_add(struct super_log *l, const char *program, int64_t wall_us,
                   const char *text, size_t len);

/* The first kept line whose number is at least `number`: 1, and *ret borrows
 * from the ring until the next super_log_add(). 0 when there is none. */
int super_log_at(const struct super_log *l, uint64_t number,
                 struct super_log_line *ret) LK_MUST_CHECK;

/* The number that the next line will have. */
uint64_t super_log_next(const struct super_log *l);

/* Cuts a stream into lines. */
struct super_lines {
    char text[SUPER_LOG_TEXT_MAX];
    size_t len;
    bool skipping; /* the rest of a line that was too long */
};

typedef void super_line_fn(void *arg, const char *text, size_t len);

/* Takes `len` bytes and calls fn for each line that they complete. */
void super_lines_feed(struct super_lines *s, const char *data, size_t len,
                      super_line_fn *fn, void *arg);

/* The stream has ended: calls fn for what is left of a line, if anything. */
void super_lines_end(struct super_lines *s, super_line_fn *fn, void *arg);

#endif
