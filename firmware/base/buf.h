/* buf.h - a growing byte buffer with a mandatory ceiling.
 *
 * Room: appending bytes and formatted text. Not here: reading (bytes.h).
 */
#ifndef LUUKKU_BASE_BUF_H
#define LUUKKU_BASE_BUF_H

#include "base/defs.h"

struct lk_buf {
    uint8_t *data; /* always followed by a NUL that len does not count */
    size_t len;    /* bytes */
    size_t cap;    /* bytes allocated, the NUL's included */
    size_t limit;  /* most bytes that len may reach */
};

/* Makes an empty buffer that refuses to grow beyond `limit` bytes (1 or more).
 *
 * Owner   caller, lk_buf_free()
 * Errors  -ENOMEM, -EINVAL limit is 0
 * Thread  any; a buffer belongs to one thread
 */
int lk_buf_new(size_t limit, struct lk_buf **ret) LK_MUST_CHECK;

/* Frees the buffer; NULL is fine. Returns NULL. */
struct lk_buf *lk_buf_free(struct lk_buf *b);
LK_AUTO_DEFINE(lk_buf);

/* Appends `len` bytes; all or nothing.
 * Errors  -ENOMEM, -EMSGSIZE the ceiling would be passed */
int lk_buf_append(struct lk_buf *b, const void *data, size_t len) LK_MUST_CHECK;

/* Appends printf-formatted text without its NUL. Errors as lk_buf_append(). */
int lk_buf_printf(struct lk_buf *b, const char *fmt, ...)
    LK_PRINTF(2, 3) LK_MUST_CHECK;

/* Makes room for `len` more bytes without changing the content.
 * Errors as lk_buf_append(). */
int lk_buf_reserve(struct lk_buf *b, size_t len) LK_MUST_CHECK;

/* Empties the buffer and overwrites what it held. */
void lk_buf_wipe(struct lk_buf *b);

/* The content as a string; never NULL. */
const char *lk_buf_str(const struct lk_buf *b);

#endif
