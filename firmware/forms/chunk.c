#include "forms/chunk.h"

#include "base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MORE 0x80u

static int begin(struct form_chunks *c, uint8_t kind, struct lk_reader *r)
{
    size_t total = lk_read_u32(r);
    if (r->bad || kind == 0)
        return -EBADMSG;
    if (total > FORM_MESSAGE_MAX)
        return -EMSGSIZE;
    uint8_t *data = malloc(total + 1);
    if (!data)
        return -ENOMEM;
    data[total] = '\0';
    *c = (struct form_chunks){.kind = kind, .total = total, .data = data};
    return 0;
}

int form_chunks_take(struct form_chunks *c, const void *bytes, size_t len)
{
    struct lk_reader r = lk_reader(bytes, len);
    uint8_t head = lk_read_u8(&r);
    uint8_t kind = (uint8_t)(head & ~MORE);
    bool more = head & MORE;
    bool first = c->kind == 0;
    if (r.bad || len > FORM_CHUNK_MAX || (!first && kind != c->kind))
        return -EBADMSG;
    int e = first ? begin(c, kind, &r) : 0;
    if (e < 0)
        return e;
    /* A chunk with nothing in it would never end. */
    if (r.left > c->total - c->len || (r.left == 0 && (more || !first)))
        return -EBADMSG;
    if (r.left > 0)
        memcpy(c->data + c->len, r.at, r.left);
    c->len += r.left;
    if (more)
        return c->len < c->total ? 0 : -EBADMSG;
    return c->len == c->total ? 1 : -EBADMSG;
}

void form_chunks_clear(struct form_chunks *c)
{
    if (c->data)
        explicit_bzero(c->data, c->total);
    free(c->data);
    *c = (struct form_chunks){0};
}

size_t form_chunk_write(uint8_t kind, const void *data, size_t len, size_t *at,
                        uint8_t ret[FORM_CHUNK_MAX])
{
    struct lk_writer w = lk_writer(ret, FORM_CHUNK_MAX);
    bool first = *at == 0;
    size_t room = FORM_CHUNK_MAX - 1 - (first ? 4 : 0);
    size_t n = LK_MIN(room, len - *at);
    lk_write_u8(&w, (uint8_t)(kind | (*at + n < len ? MORE : 0)));
    if (first)
        lk_write_u32(&w, (uint32_t)len);
    lk_write_bytes(&w, (const uint8_t *)data + *at, n);
    *at += n;
    return w.len;
}
