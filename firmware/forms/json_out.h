/* json_out.h - writing JSON: compact, strings in NFC, whole numbers alone.
 *
 * Spec: RFC 8785, 3.2.2 (strings). Whoever writes keeps the members' order.
 * Private to this room.
 */
#ifndef LUUKKU_FORMS_JSON_OUT_H
#define LUUKKU_FORMS_JSON_OUT_H

#include "base/buf.h"

#include <stdbool.h>

/* Turns sour on the first failure and stays so. */
struct json_out {
    struct lk_buf *b; /* borrowed */
    int error;        /* 0, -ENOMEM, -EMSGSIZE, -EBADMSG no UTF-8 */
    bool comma;       /* one is due before the next value */
};

void jout_open(struct json_out *o, char bracket);
void jout_close(struct json_out *o, char bracket);
void jout_key(struct json_out *o, const char *key);
void jout_text(struct json_out *o, const char *s); /* valid UTF-8 */
void jout_raw(struct json_out *o, const char *s);  /* true, null, 17 */
void jout_whole(struct json_out *o, uint64_t n);

/* Key and value. */
void jout_put(struct json_out *o, const char *key, const char *s);

#endif
