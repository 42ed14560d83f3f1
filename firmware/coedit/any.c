#include "coedit/any.h"

#include "coedit/lib0.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define TAG_NULL 126
#define TAG_INT 125
#define TAG_FLOAT 124
#define TAG_DOUBLE 123
#define TAG_FALSE 121
#define TAG_TRUE 120
#define TAG_STRING 119
#define INT_MOST 2147483647.0

static int put(const uint8_t *bytes, size_t n, void *ret, size_t cap)
{
    if (n > cap)
        return -EMSGSIZE;
    memcpy(ret, bytes, n);
    return (int)n;
}

int coedit_any_null(void *ret, size_t cap)
{
    uint8_t b = TAG_NULL;
    return put(&b, 1, ret, cap);
}

int coedit_any_bool(bool v, void *ret, size_t cap)
{
    uint8_t b = v ? TAG_TRUE : TAG_FALSE;
    return put(&b, 1, ret, cap);
}

static size_t put_int(double v, uint8_t *b)
{
    bool minus = signbit(v);
    uint32_t n = (uint32_t)fabs(v);
    size_t len = 0;
    b[len++] = (uint8_t)((n > 63 ? 0x80 : 0) | (minus ? 0x40 : 0) | (n & 63));
    for (n >>= 6; n > 0; n >>= 7)
        b[len++] = (uint8_t)((n > 127 ? 0x80 : 0) | (n & 127));
    return len;
}

static size_t put_bits(uint64_t bits, size_t n, uint8_t *b)
{
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(bits >> (8 * (n - 1 - i)));
    return n;
}

int coedit_any_number(double v, void *ret, size_t cap)
{
    uint8_t b[COEDIT_ANY_SMALL];
    float f = (float)v;
    size_t n = 1;
    if (v == floor(v) && fabs(v) <= INT_MOST) {
        b[0] = TAG_INT;
        n += put_int(v, b + 1);
    } else if ((double)f == v) {
        uint32_t bits;
        memcpy(&bits, &f, sizeof(bits));
        b[0] = TAG_FLOAT;
        n += put_bits(bits, sizeof(bits), b + 1);
    } else {
        uint64_t bits;
        memcpy(&bits, &v, sizeof(bits));
        b[0] = TAG_DOUBLE;
        n += put_bits(bits, sizeof(bits), b + 1);
    }
    return put(b, n, ret, cap);
}

int coedit_any_string(const char *s, size_t len, void *ret, size_t cap)
{
    struct ce_out o = {.data = ret, .cap = cap};
    /* Worst case: tag, five bytes of length. */
    if (len > cap || cap - len < 6)
        return -EMSGSIZE;
    ce_write_byte(&o, TAG_STRING);
    ce_write_string(&o, s, len);
    return (int)o.len;
}

static int tag_of(const void *any, size_t len, struct ce_in *ret)
{
    const uint8_t *p = any;
    struct ce_in all = {p, p + len, false};
    *ret = all;
    ce_skip_any(&all, CE_ANY_DEPTH, UINT32_MAX);
    if (all.bad || all.at != all.end)
        return -EBADMSG;
    return ce_read_byte(ret);
}

int coedit_any_read_bool(const void *any, size_t len, bool *ret)
{
    struct ce_in in;
    int tag = tag_of(any, len, &in);
    if (tag < 0)
        return tag;
    if (tag != TAG_TRUE && tag != TAG_FALSE)
        return -ENOTSUP;
    *ret = tag == TAG_TRUE;
    return 0;
}

int coedit_any_read_number(const void *any, size_t len, double *ret)
{
    struct ce_in in;
    int tag = tag_of(any, len, &in);
    if (tag < 0)
        return tag;
    if (tag == TAG_INT) {
        *ret = ce_read_whole(&in);
    } else if (tag == TAG_FLOAT) {
        uint32_t bits = (uint32_t)ce_read_bits(&in, sizeof(bits));
        float f;
        memcpy(&f, &bits, sizeof(f));
        *ret = (double)f;
    } else if (tag == TAG_DOUBLE) {
        uint64_t bits = ce_read_bits(&in, sizeof(bits));
        memcpy(ret, &bits, sizeof(*ret));
    } else {
        return -ENOTSUP;
    }
    return 0;
}

int coedit_any_read_string(const void *any, size_t len, const char **ret,
                           size_t *ret_len)
{
    struct ce_in in;
    uint32_t n;
    int tag = tag_of(any, len, &in);
    if (tag < 0)
        return tag;
    if (tag != TAG_STRING)
        return -ENOTSUP;
    *ret = (const char *)ce_read_blob(&in, UINT32_MAX, &n);
    *ret_len = n;
    return 0;
}
