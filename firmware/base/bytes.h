/* bytes.h - bounded reader and writer of big-endian bytes; little-endian
 * numbers at fixed places of records on a disk.
 *
 * Room: a cursor that turns sour on the first overrun and stays so, so that a
 * parser checks once at its end. Pure: no I/O, no allocation, any thread.
 */
#ifndef LUUKKU_BASE_BYTES_H
#define LUUKKU_BASE_BYTES_H

#include "base/defs.h"

#include <stdbool.h>

struct lk_reader {
    const uint8_t *at;
    size_t left;
    bool bad; /* an overrun happened; everything read since is zero */
};

struct lk_writer {
    uint8_t *data;
    size_t len; /* bytes written */
    size_t cap;
    bool bad; /* an overrun happened; nothing was written since */
};

static inline struct lk_reader lk_reader(const void *data, size_t len)
{
    return (struct lk_reader){.at = data, .left = len, .bad = false};
}

static inline struct lk_writer lk_writer(void *data, size_t cap)
{
    return (struct lk_writer){.data = data, .len = 0, .cap = cap, .bad = false};
}

/* Each reads one value and moves on; 0 after an overrun. */
uint8_t lk_read_u8(struct lk_reader *r);
uint16_t lk_read_u16(struct lk_reader *r);
uint32_t lk_read_u24(struct lk_reader *r);
uint32_t lk_read_u32(struct lk_reader *r);
uint64_t lk_read_u64(struct lk_reader *r);

/* Borrows `len` bytes from the input; NULL after an overrun. */
const uint8_t *lk_read_bytes(struct lk_reader *r, size_t len);

/* Skips `len` bytes. */
void lk_read_skip(struct lk_reader *r, size_t len);

/* A u16 length, then that many bytes, which are copied to `ret` as a string of
 * at most cap - 1 bytes. Sour when longer or when it holds a NUL. */
void lk_read_str(struct lk_reader *r, char *ret, size_t cap);

/* A u32 length, then that many bytes, borrowed. Sour when longer than `max`. */
const uint8_t *lk_read_blob(struct lk_reader *r, size_t max, size_t *ret_len);

/* 0 when nothing was overrun and nothing is left, else -EBADMSG. */
int lk_reader_end(const struct lk_reader *r) LK_MUST_CHECK;

void lk_write_u8(struct lk_writer *w, uint8_t v);
void lk_write_u16(struct lk_writer *w, uint16_t v);
void lk_write_u24(struct lk_writer *w, uint32_t v);
void lk_write_u32(struct lk_writer *w, uint32_t v);
void lk_write_u64(struct lk_writer *w, uint64_t v);
void lk_write_bytes(struct lk_writer *w, const void *data, size_t len);

/* Counterparts of lk_read_str() and lk_read_blob(). */
void lk_write_str(struct lk_writer *w, const char *s);
void lk_write_blob(struct lk_writer *w, const void *data, size_t len);

/* The number of bytes written, or -EMSGSIZE when something did not fit. */
int lk_writer_end(const struct lk_writer *w) LK_MUST_CHECK;

/* Big-endian access at a known-good address. */
static inline uint16_t lk_get_u16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t lk_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static inline void lk_put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void lk_put_u32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* The `bytes` (1..8) lowest bytes of `v`, the lowest first. */
static inline void lk_put_le(uint8_t *to, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

static inline uint64_t lk_get_le(const uint8_t *from, size_t bytes)
{
    uint64_t v = 0;
    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)from[i] << (8 * i);
    return v;
}

#endif
