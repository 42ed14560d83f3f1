#include "coedit/lib0.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define OUT_FIRST 64
#define REPLACEMENT 0xFFFD

uint64_t ce_read_long(struct ce_in *in)
{
    uint64_t v = 0;
    for (unsigned shift = 0; in->at < in->end && shift <= 49; shift += 7) {
        uint8_t b = *in->at++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80 && v <= CE_VARUINT_MAX)
            return v;
        if (b < 0x80)
            break;
    }
    in->bad = true;
    in->at = in->end;
    return 0;
}

uint8_t ce_read_byte(struct ce_in *in)
{
    if (in->at && in->at < in->end)
        return *in->at++;
    in->bad = true;
    return 0;
}

double ce_read_whole(struct ce_in *in)
{
    uint8_t b = ce_read_byte(in);
    bool minus = b & 0x40;
    double v = b & 63;
    double unit = 64;
    while (b & 0x80) {
        b = ce_read_byte(in);
        v += (b & 127) * unit;
        unit *= 128;
    }
    return minus ? -v : v;
}

uint64_t ce_read_bits(struct ce_in *in, size_t n)
{
    uint64_t bits = 0;
    while (n-- > 0)
        bits = bits << 8 | ce_read_byte(in);
    return bits;
}

const uint8_t *ce_read_blob(struct ce_in *in, uint32_t max, uint32_t *ret_len)
{
    uint64_t len = ce_read_uint(in);
    *ret_len = 0;
    if (in->bad || len > (size_t)(in->end - in->at) || len > max) {
        in->bad = true;
        return NULL;
    }
    const uint8_t *p = in->at;
    in->at += len;
    *ret_len = (uint32_t)len;
    return p;
}

const uint8_t *ce_read_string(struct ce_in *in, uint32_t max, uint32_t *ret_len)
{
    const uint8_t *p = ce_read_blob(in, max, ret_len);
    if (p && !lk_utf8_valid(p, *ret_len)) {
        in->bad = true;
        return NULL;
    }
    return p;
}

static void skip_bytes(struct ce_in *in, size_t n)
{
    if ((size_t)(in->end - in->at) < n)
        in->bad = true;
    else
        in->at += n;
}

static void skip_varint(struct ce_in *in)
{
    /* 6 bits, then 7 each: 53 bits of a number fit into 8 bytes. */
    for (int i = 0; i < 8; i++)
        if (!(ce_read_byte(in) & 0x80))
            return;
    in->bad = true;
}

/* One value without what is nested in it; how many values follow, and whether
 * each has a key before it. */
static uint64_t skip_one(struct ce_in *in, uint32_t max, bool *ret_keys)
{
    uint32_t len;
    *ret_keys = false;
    switch (ce_read_byte(in)) {
    case 127: /* undefined */
    case 126: /* null */
    case 121: /* false */
    case 120: /* true */
        return 0;
    case 125:
        skip_varint(in);
        return 0;
    case 124:
        skip_bytes(in, 4);
        return 0;
    case 123:
    case 122:
        skip_bytes(in, 8);
        return 0;
    case 119:
        (void)ce_read_string(in, max, &len);
        return 0;
    case 118:
        *ret_keys = true;
        return ce_read_uint(in);
    case 117:
        return ce_read_uint(in);
    case 116:
        (void)ce_read_blob(in, max, &len);
        return 0;
    default:
        in->bad = true;
        return 0;
    }
}

void ce_skip_any(struct ce_in *in, uint32_t depth, uint32_t max)
{
    struct {
        uint64_t left;
        bool keys;
    } open[CE_ANY_DEPTH + 1];
    uint32_t at = 0;
    uint32_t len;
    open[0].left = 1;
    open[0].keys = false;
    while (!in->bad) {
        while (open[at].left == 0) {
            if (at == 0)
                return;
            at--;
        }
        open[at].left--;
        if (open[at].keys)
            (void)ce_read_string(in, max, &len);
        bool keys;
        uint64_t n = skip_one(in, max, &keys);
        if (n == 0)
            continue;
        if (n > (size_t)(in->end - in->at) || at >= depth ||
            at >= CE_ANY_DEPTH) {
            in->bad = true;
            return;
        }
        at++;
        open[at].left = n;
        open[at].keys = keys;
    }
}

void ce_out_free(struct ce_out *o)
{
    if (o->data)
        explicit_bzero(o->data, o->cap);
    free(o->data);
    *o = (struct ce_out){0};
}

/* A new piece, and the old one wiped: realloc would leave a copy behind. */
static bool out_grow(struct ce_out *o, size_t need)
{
    size_t cap = LK_MAX(o->cap * 2, (size_t)OUT_FIRST);
    while (cap < need)
        cap *= 2;
    uint8_t *p = malloc(cap);
    if (!p) {
        o->full = true;
        return false;
    }
    if (o->data) {
        memcpy(p, o->data, o->len);
        explicit_bzero(o->data, o->cap);
    }
    free(o->data);
    o->data = p;
    o->cap = cap;
    return true;
}

uint8_t *ce_out_more(struct ce_out *o, size_t n)
{
    if (o->full || !out_grow(o, o->len + n))
        return NULL;
    uint8_t *p = o->data + o->len;
    o->len += n;
    return p;
}

void ce_write_long(struct ce_out *o, uint64_t v)
{
    size_t n = 1;
    for (uint64_t rest = v >> 7; rest > 0; rest >>= 7)
        n++;
    uint8_t *p = ce_out_room(o, n);
    if (!p)
        return;
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p = (uint8_t)v;
}

void ce_write_raw(struct ce_out *o, const void *p, size_t n)
{
    uint8_t *to = ce_out_room(o, n);
    if (to && n > 0)
        memcpy(to, p, n);
}

void ce_write_string(struct ce_out *o, const void *p, size_t n)
{
    ce_write_uint(o, n);
    ce_write_raw(o, p, n);
}

static bool is_high(uint16_t u)
{
    return (u & 0xFC00) == 0xD800;
}

static bool is_low(uint16_t u)
{
    return (u & 0xFC00) == 0xDC00;
}

/* The character at `*at`, which is moved past it. */
static uint32_t next_char(const uint16_t *u, size_t n, size_t *at)
{
    uint16_t c = u[(*at)++];
    if (is_high(c) && *at < n && is_low(u[*at]))
        return 0x10000 + ((uint32_t)(c & 0x3FF) << 10 | (u[(*at)++] & 0x3FF));
    return is_high(c) || is_low(c) ? REPLACEMENT : c;
}

static size_t char_bytes(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static uint8_t *put_char(uint8_t *p, uint32_t c)
{
    size_t n = char_bytes(c);
    if (n == 1) {
        *p++ = (uint8_t)c;
        return p;
    }
    *p++ = (uint8_t)((0xF00 >> n & 0xFF) | c >> (6 * (n - 1)));
    for (size_t i = n - 1; i-- > 0;)
        *p++ = (uint8_t)(0x80 | (c >> (6 * i) & 0x3F));
    return p;
}

static size_t utf8_len(const uint16_t *u, size_t n)
{
    size_t len = 0;
    for (size_t at = 0; at < n;) {
        if (u[at] < 0x80) {
            at++;
            len++;
        } else {
            len += char_bytes(next_char(u, n, &at));
        }
    }
    return len;
}

static void write_chars(struct ce_out *o, const uint16_t *u, size_t n,
                        size_t len)
{
    uint8_t *p = ce_out_room(o, len);
    if (p && len == n) { /* ASCII alone */
        for (size_t at = 0; at < n; at++)
            p[at] = (uint8_t)u[at];
        return;
    }
    for (size_t at = 0; p && at < n;)
        p = put_char(p, next_char(u, n, &at));
}

void ce_write_utf8(struct ce_out *o, const uint16_t *u, size_t n)
{
    write_chars(o, u, n, utf8_len(u, n));
}

void ce_write_utf16(struct ce_out *o, const uint16_t *u, size_t n)
{
    size_t len = utf8_len(u, n);
    ce_write_uint(o, len);
    write_chars(o, u, n, len);
}

/* How much of it, from the start on, is ASCII. */
static size_t ascii_len(const uint8_t *s, size_t len)
{
    size_t n = 0;
    for (uint64_t eight; n + sizeof(eight) <= len; n += sizeof(eight)) {
        memcpy(&eight, s + n, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (n < len && s[n] < 0x80)
        n++;
    return n;
}

size_t ce_units(const uint8_t *s, size_t len)
{
    size_t units = ascii_len(s, len);
    for (size_t i = units; i < len; i++)
        units += (size_t)((s[i] & 0xC0) != 0x80) + (s[i] >= 0xF0);
    return units;
}

/* Length of the character that begins with `b`. */
static size_t lead_len(uint8_t b)
{
    return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}

void ce_to_utf16(const uint8_t *s, size_t len, uint16_t *ret)
{
    size_t ascii = ascii_len(s, len);
    for (size_t i = 0; i < ascii; i++)
        *ret++ = s[i];
    for (size_t i = ascii; i < len;) {
        size_t n = lead_len(s[i]);
        uint32_t c = n == 1 ? s[i] : s[i] & (0x7Fu >> n);
        for (size_t k = 1; k < n; k++)
            c = c << 6 | (s[i + k] & 0x3F);
        i += n;
        if (c >= 0x10000) {
            *ret++ = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
            *ret++ = (uint16_t)(0xDC00 + (c & 0x3FF));
        } else {
            *ret++ = (uint16_t)c;
        }
    }
}
