#include "base/buf.h"

#include "base/wipe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 64

int lk_buf_new(size_t limit, struct lk_buf **ret)
{
    if (limit == 0 || limit > SIZE_MAX / 2)
        return -EINVAL;
    struct lk_buf *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->limit = limit;
    *ret = b;
    return 0;
}

struct lk_buf *lk_buf_free(struct lk_buf *b)
{
    if (b) {
        lk_free_wiped(b->data);
        free(b);
    }
    return NULL;
}

int lk_buf_reserve(struct lk_buf *b, size_t len)
{
    if (len > b->limit - b->len)
        return -EMSGSIZE;
    size_t want = b->len + len + 1;
    if (want <= b->cap)
        return 0;
    size_t cap = b->cap ? b->cap * 2 : BUF_FIRST;
    cap = LK_MIN(LK_MAX(cap, want), b->limit + 1);
    uint8_t *data = malloc(cap); /* not realloc(3): the old one is wiped */
    if (!data)
        return -ENOMEM;
    if (b->len > 0)
        memcpy(data, b->data, b->len);
    lk_free_wiped(b->data);
    b->data = data;
    b->cap = cap;
    b->data[b->len] = '\0';
    return 0;
}

int lk_buf_append(struct lk_buf *b, const void *data, size_t len)
{
    int r = lk_buf_reserve(b, len);
    if (r < 0)
        return r;
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int lk_buf_printf(struct lk_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return -EINVAL;
    int r = lk_buf_reserve(b, (size_t)n);
    if (r < 0)
        return r;
    va_start(ap, fmt);
    (void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
    return 0;
}

void lk_buf_wipe(struct lk_buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->cap);
    b->len = 0;
}

const char *lk_buf_str(const struct lk_buf *b)
{
    return b->data ? (const char *)b->data : "";
}
