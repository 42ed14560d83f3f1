/* json_read.h - reading one flat JSON object from outside: members that are
 * texts, small whole numbers, or a list of pairs of numbers.
 *
 * Spec: RFC 8259. Total and bounded: no allocation, no recursion; any other
 * member in a member is refused, a wanted one twice, too.
 */
#ifndef LUUKKU_BASE_JSON_READ_H
#define LUUKKU_BASE_JSON_READ_H

#include "base/defs.h"

#include <stdbool.h>

/* One member that is looked for: a number of 0 to 2^31 - 1 (with `whole`), a
 * list of at most cap pairs of such (with `pair`, pairs: how many there were),
 * else a text of at most cap - 1 bytes. */
struct lk_json_want {
    const char *name;
    char *text;
    size_t cap;
    uint32_t *whole;
    uint32_t (*pair)[2];
    size_t pairs;
    bool seen;
};

/* Fills what was seen. Others are passed over.
 * Errors: -EBADMSG no such object, -EMSGSIZE a text or a list is too long.
 * Thread: any. */
int lk_json_read(const char *s, size_t len, struct lk_json_want *want,
                 size_t n) LK_MUST_CHECK;

#endif
