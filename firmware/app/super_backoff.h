/* super_backoff.h - how long to wait before a program is started again.
 *
 * Room: the first restart is immediate, the next ones wait longer and longer; a
 * program that ran long enough starts afresh. Pure: takes the time, any thread.
 */
#ifndef LUUKKU_APP_SUPER_BACKOFF_H
#define LUUKKU_APP_SUPER_BACKOFF_H

#include <stdint.h>

struct super_backoff {
    int64_t first_us;   /* wait before the second restart; doubles from there */
    int64_t most_us;    /* longest wait */
    int64_t healthy_us; /* a run this long is forgiven all before it */
    int64_t next_us;    /* internal: 0 for an immediate restart */
};

/* A run from `started_us` has ended at `now_us`. Returns how long to wait, in
 * microseconds: 0, first_us, 2 * first_us, ... most_us. */
int64_t super_backoff_after(struct super_backoff *b, int64_t started_us,
                            int64_t now_us);

#endif
