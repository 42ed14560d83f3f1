/* json.h - where a value stands in a JSON text, and how to say so.
 *
 * Room: lines and paths for the messages of parsers that check a tree whose
 * lines are forgotten. Pure. Not here: parsing JSON (jansson does).
 */
#ifndef LUUKKU_BASE_JSON_H
#define LUUKKU_BASE_JSON_H

#include "base/defs.h"

#include <stdbool.h>

/* One step from a value into it: a member, or (key NULL) an element. */
struct lk_json_step {
    const char *key;
    size_t index;
};

/* Whether brackets outside strings never nest deeper than `max`. Parsers that
 * recurse are asked to parse nothing else. */
bool lk_json_is_shallow(const char *text, size_t len, size_t max);

/* The line, from 1, on which the value at the end of `steps` begins, or for a
 * member its name. `text` is valid JSON of `len` bytes. When there is no such
 * place: the line of the last step that there is. */
int lk_json_where(const char *text, size_t len,
                  const struct lk_json_step *steps, size_t depth);

/* Writes "agencies[1].id: <why>", without the place when `depth` is 0, as one
 * line of printable UTF-8 whatever a name held, cut at `cap` bytes (1 or more,
 * the NUL included). */
void lk_json_reason(const struct lk_json_step *steps, size_t depth,
                    const char *why, char *ret, size_t cap);

#endif
