/* super_answer.h - super's own part of the answers.
 *
 * Room: JSON of status, self-test and log. Only for super_desk.c.
 */
#ifndef LUUKKU_APP_SUPER_ANSWER_H
#define LUUKKU_APP_SUPER_ANSWER_H

#include "app/super_desk.h"

#include <jansson.h>

/* Each returns a new value, or NULL: no memory. */
json_t *super_answer_status(const struct super_desk_config *config,
                            const struct super *s, int64_t up_us,
                            int64_t now_us);

/* A list of checks: {"test", "result": "PASS", "FAIL" or "SKIP", "why"}. */
json_t *super_answer_selftest(const struct super *s,
                              const struct super_devices *d);

/* One of them, about a program. */
json_t *super_answer_check(const char *program, const char *what,
                           const char *result, const char *why);

/* Lines from number `from` on; 0: the last ones. */
json_t *super_answer_log(const struct super_log *log, uint64_t from);

#endif
