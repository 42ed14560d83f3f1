#include "coedit/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17

static void put_text(struct ce_out *o, const char *s)
{
    ce_write_raw(o, s, strlen(s));
}

/* The fewest digits that read back as the same number, and the power of ten
 * before the first of them. */
static int shortest(double v, char *digits, int *ret_exp)
{
    char text[40];
    for (int n = 1; n <= DIGITS_MAX; n++) {
        snprintf(text, sizeof(text), "%.*e", n - 1, v);
        if (strtod(text, NULL) == v)
            break;
    }
    char *e = strchr(text, 'e');
    *ret_exp = (int)strtol(e + 1, NULL, 10) + 1;
    int n = 0;
    for (const char *p = text; p < e; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static void put_zeros(struct ce_out *o, int n)
{
    while (n-- > 0)
        ce_write_byte(o, '0');
}

static void put_exponent(struct ce_out *o, const char *digits, int n, int exp)
{
    char text[8];
    ce_write_byte(o, (uint8_t)digits[0]);
    if (n > 1)
        ce_write_byte(o, '.');
    ce_write_raw(o, digits + 1, (size_t)n - 1);
    snprintf(text, sizeof(text), "e%+d", exp - 1);
    put_text(o, text);
}

void ce_json_number(struct ce_out *o, double v)
{
    char digits[40] = "";
    int exp = 0;
    if (!isfinite(v) || (v == 0 && signbit(v))) {
        /* JSON has none of these. */
        put_text(o, "{\"$num\":\"");
        put_text(o, isnan(v) ? "NaN"
                    : v == 0 ? "-0"
                    : v < 0  ? "-Infinity"
                             : "Infinity");
        put_text(o, "\"}");
        return;
    }
    if (v == 0) {
        ce_write_byte(o, '0');
        return;
    }
    if (v < 0)
        ce_write_byte(o, '-');
    int n = shortest(fabs(v), digits, &exp);
    if (exp > 21 || exp <= -6) {
        put_exponent(o, digits, n, exp);
    } else if (exp <= 0) {
        put_text(o, "0.");
        put_zeros(o, -exp);
        ce_write_raw(o, digits, (size_t)n);
    } else if (n <= exp) {
        ce_write_raw(o, digits, (size_t)n);
        put_zeros(o, exp - n);
    } else {
        ce_write_raw(o, digits, (size_t)exp);
        ce_write_byte(o, '.');
        ce_write_raw(o, digits + exp, (size_t)(n - exp));
    }
}

static const char *escape_of(uint8_t c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\f':
        return "\\f";
    case '\r':
        return "\\r";
    default:
        return NULL;
    }
}

void ce_json_escaped(struct ce_out *o, const void *s, size_t len)
{
    const uint8_t *p = s;
    size_t from = 0;
    if (len == 0)
        return; /* there may be no bytes at all */
    for (size_t i = 0; i < len; i++) {
        const char *escape = escape_of(p[i]);
        char code[8];
        if (!escape && p[i] >= 0x20)
            continue;
        ce_write_raw(o, p + from, i - from);
        from = i + 1;
        snprintf(code, sizeof(code), "\\u%04x", p[i]);
        put_text(o, escape ? escape : code);
    }
    ce_write_raw(o, p + from, len - from);
}

void ce_json_string(struct ce_out *o, const void *s, size_t len)
{
    ce_write_byte(o, '"');
    ce_json_escaped(o, s, len);
    ce_write_byte(o, '"');
}

bool ce_json_absent(const struct ce_in *in)
{
    return in->at < in->end && *in->at == 127;
}

static void put_double(struct ce_out *o, uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof(v));
    ce_json_number(o, v);
}

static void put_float(struct ce_out *o, uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof(v));
    ce_json_number(o, (double)v);
}

static void put_whole(struct ce_out *o, uint64_t bits)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64, (int64_t)bits);
    put_text(o, text);
}

void ce_json_bytes(struct ce_out *o, const uint8_t *p, size_t len)
{
    static const char set[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    put_text(o, "{\"$bytes\":\"");
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16;
        bits |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
        bits |= i + 2 < len ? p[i + 2] : 0;
        ce_write_byte(o, (uint8_t)set[bits >> 18]);
        ce_write_byte(o, (uint8_t)set[bits >> 12 & 63]);
        ce_write_byte(o, i + 1 < len ? (uint8_t)set[bits >> 6 & 63] : '=');
        ce_write_byte(o, i + 2 < len ? (uint8_t)set[bits & 63] : '=');
    }
    put_text(o, "\"}");
}

/* In UTF-8 the order of code points is that of bytes; that of UTF-16 units
 * differs in one place: characters in pairs come before U+E000 to U+FFFF. */
int ce_key_order(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i = 0;
    while (i < a_len && i < b_len && a[i] == b[i])
        i++;
    if (i == a_len || i == b_len)
        return a_len == b_len ? 0 : a_len < b_len ? -1 : 1;
    uint8_t x = (uint8_t)a[i];
    uint8_t y = (uint8_t)b[i];
    if ((x >= 0xF0 && (y == 0xEE || y == 0xEF)) ||
        (y >= 0xF0 && (x == 0xEE || x == 0xEF)))
        return x >= 0xF0 ? -1 : 1;
    return x < y ? -1 : 1;
}

/* A member of an object that is being written. */
struct member {
    const uint8_t *key;
    uint32_t key_len;
    uint32_t number; /* as they came */
    const uint8_t *value;
};

struct level {
    struct member *member; /* NULL: an array */
    struct ce_in in;       /* at its next value */
    uint64_t left;
    uint32_t at;
    bool any; /* something was written on it */
};

static int member_order(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    int r = ce_key_order((const char *)x->key, x->key_len, (const char *)y->key,
                         y->key_len);
    return r ? r : x->number < y->number ? -1 : 1;
}

/* The members of an object, sorted; `in` is behind its count, and then behind
 * its last. */
static struct member *members_of(struct ce_out *o, struct ce_in *in, uint64_t n)
{
    struct member *m = calloc(LK_MAX(n, (uint64_t)1), sizeof(*m));
    if (!m) {
        o->full = true;
        return NULL;
    }
    for (uint64_t i = 0; i < n; i++) {
        m[i].key = ce_read_blob(in, UINT32_MAX, &m[i].key_len);
        m[i].number = (uint32_t)i;
        m[i].value = in->at;
        ce_skip_any(in, CE_ANY_DEPTH, UINT32_MAX);
    }
    qsort(m, n, sizeof(*m), member_order);
    return m;
}

/* Of an array `in` is at its first value then, of an object behind it. */
static bool put_open(struct ce_out *o, struct ce_in *in, bool keys,
                     struct level *ret)
{
    *ret = (struct level){.left = ce_read_uint(in)};
    if (keys)
        ret->member = members_of(o, in, ret->left);
    if (keys && !ret->member)
        return false;
    ce_write_byte(o, keys ? '{' : '[');
    ret->in = *in;
    return true;
}

static void put_utf8(struct ce_out *o, struct ce_in *in)
{
    uint32_t len;
    const uint8_t *p = ce_read_blob(in, UINT32_MAX, &len);
    ce_json_string(o, p, len);
}

static void put_blob(struct ce_out *o, struct ce_in *in)
{
    uint32_t len;
    const uint8_t *p = ce_read_blob(in, UINT32_MAX, &len);
    ce_json_bytes(o, p, len);
}

/* One value; true when it opened a level. */
static bool put_one(struct ce_out *o, struct ce_in *in, struct level *ret)
{
    uint8_t tag = ce_read_byte(in);
    switch (tag) {
    case 125:
        ce_json_number(o, ce_read_whole(in));
        return false;
    case 124:
        put_float(o, (uint32_t)ce_read_bits(in, 4));
        return false;
    case 123:
        put_double(o, ce_read_bits(in, 8));
        return false;
    case 122:
        put_whole(o, ce_read_bits(in, 8));
        return false;
    case 121:
        put_text(o, "false");
        return false;
    case 120:
        put_text(o, "true");
        return false;
    case 119:
        put_utf8(o, in);
        return false;
    case 118:
    case 117:
        return put_open(o, in, tag == 118, ret);
    case 116:
        put_blob(o, in);
        return false;
    default:
        put_text(o, "null");
        return false;
    }
}

/* Goes to the next member that is written, and writes its key; false: none.
 * Of members with the same key the last counts; absent ones are left out. */
static bool put_key(struct ce_out *o, struct level *l)
{
    while (l->left > 0) {
        const struct member *m = &l->member[l->at++];
        l->left--;
        if (l->left > 0 &&
            ce_key_order((const char *)m->key, m->key_len,
                         (const char *)m[1].key, m[1].key_len) == 0)
            continue;
        l->in.at = m->value;
        if (ce_json_absent(&l->in))
            continue;
        if (l->any)
            ce_write_byte(o, ',');
        l->any = true;
        ce_json_string(o, m->key, m->key_len);
        ce_write_byte(o, ':');
        return true;
    }
    return false;
}

static bool put_next(struct ce_out *o, struct level *l)
{
    if (l->member)
        return put_key(o, l);
    if (l->left == 0)
        return false;
    l->left--;
    if (l->any)
        ce_write_byte(o, ',');
    l->any = true;
    return true;
}

static void put_close(struct ce_out *o, struct level *l, struct ce_in *outer)
{
    ce_write_byte(o, l->member ? '}' : ']');
    if (!l->member)
        *outer = l->in;
    free(l->member);
}

void ce_json_any(struct ce_out *o, struct ce_in *in)
{
    struct level open[CE_ANY_DEPTH + 1];
    int at = put_one(o, in, &open[0]) ? 0 : -1;
    while (at >= 0) {
        if (!put_next(o, &open[at])) {
            put_close(o, &open[at], at > 0 ? &open[at - 1].in : in);
            at--;
        } else if (at < CE_ANY_DEPTH &&
                   put_one(o, &open[at].in, &open[at + 1])) {
            at++;
        }
    }
}
