/* super_query.h - which lines of the log are asked for, and the answer.
 *
 * Room: the words of `log`, firmware/control/PROTOCOL.md, and its JSON. Pure
 * besides memory; one thread.
 */
#ifndef LUUKKU_APP_SUPER_QUERY_H
#define LUUKKU_APP_SUPER_QUERY_H

#include "app/super_log.h"

#include <jansson.h>

#define SUPER_QUERY_LINES_MAX 200 /* of one answer */

struct super_query {
    bool has_since;
    uint64_t since;
    const char *program; /* borrowed; NULL: any */
    unsigned level;      /* 0 error .. 2 info; 3: any line at all */
    const char *match;   /* borrowed; NULL: any */
    unsigned lines;      /* 1..SUPER_QUERY_LINES_MAX */
};

/* Reads the words behind `log`: "since" N, or any of since=, program=, level=,
 * match=, lines=, each at most once. Errors: -EINVAL. */
int super_query_parse(const char *const *argv, size_t argc,
                      struct super_query *ret) LK_MUST_CHECK;

/* {"next", "lines"}; NULL: no memory. */
json_t *super_query_answer(const struct super_query *q,
                           const struct super_log *log);

#endif
