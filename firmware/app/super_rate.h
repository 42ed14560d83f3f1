/* super_rate.h - how much of what a program says is kept.
 *
 * Room: a ceiling for each program and for each of its keys (level, room and
 * first word of a line), so that one fault that repeats itself does not push
 * everything else out of the log. Pure: time is given; one thread.
 */
#ifndef LUUKKU_APP_SUPER_RATE_H
#define LUUKKU_APP_SUPER_RATE_H

#include "base/defs.h"

#include <stdbool.h>

#define SUPER_RATE_KEYS 64           /* known at a time; the oldest goes */
#define SUPER_RATE_PROGRAMS 8        /* likewise */
#define SUPER_RATE_KEY_MAX 64        /* bytes of a line that are its key */
#define SUPER_RATE_US 10000000       /* a window */
#define SUPER_RATE_KEY_LINES 100     /* of one key in a window */
#define SUPER_RATE_PROGRAM_LINES 500 /* of one program in a window */

struct super_rate_bucket {
    const char *program;          /* static; NULL: a free place */
    char key[SUPER_RATE_KEY_MAX]; /* "" for a whole program */
    int64_t since_us;
    unsigned lines;
    unsigned dropped; /* since the last one that was kept */
};

struct super_rate {
    struct super_rate_bucket key[SUPER_RATE_KEYS];
    struct super_rate_bucket program[SUPER_RATE_PROGRAMS];
};

/* Whether a line of `len` bytes is kept; *ret_dropped: how many of its kind
 * were not, before it. `program` is static. */
bool super_rate_admit(struct super_rate *r, const char *program,
                      const char *line, size_t len, int64_t now_us,
                      unsigned *ret_dropped);

#endif
