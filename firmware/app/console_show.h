/* console_show.h - the kiosk's answers, for 80 columns.
 *
 * Room: from a result's JSON (firmware/control/PROTOCOL.md) to text. Pure
 * besides memory. What is missing in an answer is shown as "-".
 */
#ifndef LUUKKU_APP_CONSOLE_SHOW_H
#define LUUKKU_APP_CONSOLE_SHOW_H

#include "base/buf.h"

#include <stdbool.h>

/* Each appends the text of one result to `out`.
 * Errors: -EBADMSG it is no JSON; -ENOMEM; lk_buf_append()'s. */
typedef int console_show_fn(const char *json, struct lk_buf *out);

int console_show_status(const char *json, struct lk_buf *out);
int console_show_devices(const char *json, struct lk_buf *out);
int console_show_call(const char *json, struct lk_buf *out);
int console_show_picture(const char *json, struct lk_buf *out);
int console_show_tests(const char *json, struct lk_buf *out);
int console_show_programs(const char *json, struct lk_buf *out);
int console_show_version(const char *json, struct lk_buf *out);
int console_show_hardware(const char *json, struct lk_buf *out);
int console_show_storage(const char *json, struct lk_buf *out);
int console_show_temperature(const char *json, struct lk_buf *out);
int console_show_network(const char *json, struct lk_buf *out);
int console_show_certs(const char *json, struct lk_buf *out);
int console_show_calls(const char *json, struct lk_buf *out);
int console_show_log(const char *json, struct lk_buf *out);

/* The number to go on from after a "log" result; 0: it has none. */
unsigned long long console_show_log_next(const char *json);

#endif
