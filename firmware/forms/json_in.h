/* json_in.h - reading one flat JSON object from outside: members that are
 * texts or small whole numbers.
 *
 * Spec: RFC 8259. Total and bounded: no allocation, no recursion; a member in
 * a member is refused, a wanted one twice, too. Private to this room.
 */
#ifndef LUUKKU_FORMS_JSON_IN_H
#define LUUKKU_FORMS_JSON_IN_H

#include "base/defs.h"

#include <stdbool.h>

/* One member that is looked for: a text of at most cap - 1 bytes, or a number
 * of 0 to 2^31 - 1. */
struct jin_want {
    const char *name;
    char *text;
    size_t cap;
    uint32_t *whole;
    bool seen;
};

/* Fills what was seen. Others are passed over.
 * Errors: -EBADMSG no such object, -EMSGSIZE a text is too long. */
int jin_read(const char *s, size_t len, struct jin_want *want,
             size_t n) LK_MUST_CHECK;

#endif
