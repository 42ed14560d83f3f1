/* console_json.h - JSON as tables.
 *
 * Room: console_show.c and console_machine.c only. What is missing or of
 * another type is empty, and shown as "-".
 */
#ifndef LUUKKU_APP_CONSOLE_JSON_H
#define LUUKKU_APP_CONSOLE_JSON_H

#include "base/buf.h"

#include <jansson.h>

#define CONSOLE_CELL_MAX 384 /* bytes */

/* A member of an object, and what it is called. */
struct console_column {
    const char *key;
    const char *heading;
};

/* Parses; the caller calls json_decref(). Errors: -EBADMSG. */
int console_json_load(const char *json, json_t **ret);

/* A value for people; an array's values one after another. */
void console_json_value(const json_t *v, char *ret, size_t cap);

/* A member's string; "" when it has none. Lent. */
const char *console_json_text(const json_t *object, const char *key);

/* Appends a row for each object of `list`; "None." when it is empty.
 * Errors: -ENOMEM, console_table_add()'s and console_table_draw()'s. */
int console_json_list(const json_t *list, const struct console_column *column,
                      size_t n, struct lk_buf *out);

/* Appends those members of an object that are there, one a row. */
int console_json_members(const json_t *object,
                         const struct console_column *member, size_t n,
                         struct lk_buf *out);

/* Appends all members that are no object and no list. */
int console_json_all(const json_t *object, struct lk_buf *out);

#endif
