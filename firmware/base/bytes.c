#include "base/bytes.h"

#include <errno.h>
#include <string.h>

const uint8_t *lk_read_bytes(struct lk_reader *r, size_t len)
{
    if (r->bad || len > r->left) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += len;
    r->left -= len;
    return p;
}

void lk_read_skip(struct lk_reader *r, size_t len)
{
    (void)lk_read_bytes(r, len);
}

/* Reads `n` (1..8) bytes as one big-endian number. */
static uint64_t read_number(struct lk_reader *r, size_t n)
{
    const uint8_t *p = lk_read_bytes(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t lk_read_u8(struct lk_reader *r)
{
    return (uint8_t)read_number(r, 1);
}

uint16_t lk_read_u16(struct lk_reader *r)
{
    return (uint16_t)read_number(r, 2);
}

uint32_t lk_read_u24(struct lk_reader *r)
{
    return (uint32_t)read_number(r, 3);
}

uint32_t lk_read_u32(struct lk_reader *r)
{
    return (uint32_t)read_number(r, 4);
}

uint64_t lk_read_u64(struct lk_reader *r)
{
    return read_number(r, 8);
}

void lk_read_str(struct lk_reader *r, char *ret, size_t cap)
{
    size_t len = lk_read_u16(r);
    const uint8_t *p = lk_read_bytes(r, len);
    ret[0] = '\0';
    if (!p)
        return;
    if (len >= cap || memchr(p, 0, len)) {
        r->bad = true;
        return;
    }
    memcpy(ret, p, len);
    ret[len] = '\0';
}

const uint8_t *lk_read_blob(struct lk_reader *r, size_t max, size_t *ret_len)
{
    size_t len = lk_read_u32(r);
    *ret_len = 0;
    if (len > max)
        r->bad = true;
    const uint8_t *p = lk_read_bytes(r, len);
    if (p)
        *ret_len = len;
    return p;
}

int lk_reader_end(const struct lk_reader *r)
{
    return r->bad || r->left > 0 ? -EBADMSG : 0;
}

void lk_write_bytes(struct lk_writer *w, const void *data, size_t len)
{
    if (w->bad || len > w->cap - w->len) {
        w->bad = true;
        return;
    }
    if (len > 0)
        memcpy(w->data + w->len, data, len);
    w->len += len;
}

static void write_number(struct lk_writer *w, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    lk_write_bytes(w, b, n);
}

void lk_write_u8(struct lk_writer *w, uint8_t v)
{
    write_number(w, v, 1);
}

void lk_write_u16(struct lk_writer *w, uint16_t v)
{
    write_number(w, v, 2);
}

void lk_write_u24(struct lk_writer *w, uint32_t v)
{
    write_number(w, v, 3);
}

void lk_write_u32(struct lk_writer *w, uint32_t v)
{
    write_number(w, v, 4);
}

void lk_write_u64(struct lk_writer *w, uint64_t v)
{
    write_number(w, v, 8);
}

void lk_write_str(struct lk_writer *w, const char *s)
{
    size_t len = strlen(s);
    if (len > UINT16_MAX) {
        w->bad = true;
        return;
    }
    lk_write_u16(w, (uint16_t)len);
    lk_write_bytes(w, s, len);
}

void lk_write_blob(struct lk_writer *w, const void *data, size_t len)
{
    if (len > UINT32_MAX) {
        w->bad = true;
        return;
    }
    lk_write_u32(w, (uint32_t)len);
    lk_write_bytes(w, data, len);
}

int lk_writer_end(const struct lk_writer *w)
{
    if (w->bad || w->len > INT32_MAX)
        return -EMSGSIZE;
    return (int)w->len;
}
