#include "seal/seal_impl.h"

#include <errno.h>
#include <string.h>

#define LENGTH_MAX 0xffff /* of a value */

int seal_der_new(size_t limit, struct seal_der *ret)
{
    *ret = (struct seal_der){0};
    return lk_buf_new(limit, &ret->b);
}

void seal_der_put(struct seal_der *d, const void *bytes, size_t len)
{
    if (d->error == 0)
        d->error = lk_buf_append(d->b, bytes, len);
}

size_t seal_der_open(const struct seal_der *d)
{
    return d->b->len;
}

void seal_der_close(struct seal_der *d, size_t opened, uint8_t tag)
{
    uint8_t head[4] = {tag};
    size_t n = 1;
    if (d->error < 0)
        return;
    size_t len = d->b->len - opened;
    if (len > LENGTH_MAX) {
        d->error = -EMSGSIZE;
        return;
    }
    if (len > 0xff)
        head[n++] = 0x82;
    else if (len > 0x7f)
        head[n++] = 0x81;
    if (len > 0xff)
        head[n++] = (uint8_t)(len >> 8);
    head[n++] = (uint8_t)len;
    seal_der_put(d, head, n); /* makes room */
    if (d->error < 0)
        return;
    memmove(d->b->data + opened + n, d->b->data + opened, len);
    memcpy(d->b->data + opened, head, n);
}

int seal_der_end(struct seal_der *d, struct lk_buf **ret)
{
    if (d->error == 0)
        *ret = LK_TAKE(d->b);
    return d->error;
}

void seal_der_free(struct seal_der *d)
{
    d->b = lk_buf_free(d->b);
}
