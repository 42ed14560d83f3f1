/* super_answer.h - super's own part of the answers.
 *
 * Room: JSON of status and self-test. Only for super_desk.c.
 */
#ifndef LUUKKU_APP_SUPER_ANSWER_H
#define LUUKKU_APP_SUPER_ANSWER_H

#include "app/super_desk.h"

#include <jansson.h>

/* Each returns a new value, or NULL: no memory. */
json_t *super_answer_status(const struct super_desk_config *config,
                            const struct super *s, int64_t up_us,
                            int64_t now_us);

/* "programs": health, what is dead and why, all of them. */
json_t *super_answer_programs(const struct super *s, int64_t now_us);

/* A list of checks: {"test", "result": "PASS", "FAIL" or "SKIP", "why"}. */
json_t *super_answer_selftest(const struct super *s,
                              const struct super_devices *d);

/* One of them, about a program. */
json_t *super_answer_check(const char *program, const char *what,
                           const char *result, const char *why);

#endif
