/* lib0.h - the primitives of the wire: numbers, strings, values.
 *
 * Spec: the encoding of lib0, which yjs is written on: numbers of 7 bits a
 * byte, low group first; strings as bytes of UTF-8 with their length before
 * them; values ("any") with a tag byte. Pure; any thread.
 */
#ifndef LUUKKU_COEDIT_LIB0_H
#define LUUKKU_COEDIT_LIB0_H

#include "base/defs.h"

#include <stdbool.h>

#define CE_VARUINT_MAX ((UINT64_C(1) << 53) - 1)
#define CE_ANY_DEPTH 64 /* deepest nesting that any limit may allow */

/* A cursor that turns sour on the first fault and stays so. */
struct ce_in {
    const uint8_t *at, *end;
    bool bad;
};

uint64_t ce_read_long(struct ce_in *in); /* two bytes and more */
static inline uint64_t ce_read_uint(struct ce_in *in)
{
    if (in->at < in->end && *in->at < 0x80)
        return *in->at++;
    return ce_read_long(in);
}
uint8_t ce_read_byte(struct ce_in *in);
/* A whole number with a sign, as in values; and `n` bytes, the high one first.
 */
double ce_read_whole(struct ce_in *in);
uint64_t ce_read_bits(struct ce_in *in, size_t n);
/* A length, then so many bytes; NULL when sour. */
const uint8_t *ce_read_blob(struct ce_in *in, uint32_t max, uint32_t *ret_len);
/* Likewise, of valid UTF-8. */
const uint8_t *ce_read_string(struct ce_in *in, uint32_t max,
                              uint32_t *ret_len);
/* Passes one value, nested at most `depth`, its strings at most `max` bytes. */
void ce_skip_any(struct ce_in *in, uint32_t depth, uint32_t max);

/* Bytes that grow. After a failure `full` is set and nothing more is added. */
struct ce_out {
    uint8_t *data;
    size_t len, cap;
    bool full;
};
void ce_out_free(struct ce_out *o); /* wipes */
uint8_t *ce_out_more(struct ce_out *o, size_t n);
/* Room for `n` more; NULL when there is no memory. */
static inline uint8_t *ce_out_room(struct ce_out *o, size_t n)
{
    if (o->full || n > o->cap - o->len)
        return ce_out_more(o, n);
    uint8_t *p = o->data + o->len;
    o->len += n;
    return p;
}
static inline void ce_write_byte(struct ce_out *o, uint8_t v)
{
    uint8_t *p = ce_out_room(o, 1);
    if (p)
        *p = v;
}
void ce_write_long(struct ce_out *o, uint64_t v); /* any number */
static inline void ce_write_uint(struct ce_out *o, uint64_t v)
{
    if (v < 0x80)
        ce_write_byte(o, (uint8_t)v);
    else
        ce_write_long(o, v);
}
void ce_write_raw(struct ce_out *o, const void *p, size_t n);
void ce_write_string(struct ce_out *o, const void *p, size_t n);
/* UTF-16 as a string; lone halves of pairs become U+FFFD. */
void ce_write_utf16(struct ce_out *o, const uint16_t *u, size_t n);
/* Likewise without the length. */
void ce_write_utf8(struct ce_out *o, const uint16_t *u, size_t n);

/* Units of valid UTF-8; and the conversion, `ret` has so many. */
size_t ce_units(const uint8_t *s, size_t len);
void ce_to_utf16(const uint8_t *s, size_t len, uint16_t *ret);

#endif
