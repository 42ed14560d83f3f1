#include "apdu/tlv.h"

#include <errno.h>
#include <string.h>

#define TAG_BYTES_MAX 3
#define LENGTH_BYTES_MAX 4

/* Bytes of the tag at `p`. -EAGAIN cut off, -EBADMSG too long. */
static int read_tag(const uint8_t *p, size_t len, uint32_t *ret)
{
    size_t n = 1;
    if (len == 0)
        return -EAGAIN;
    uint32_t tag = p[0];
    if ((p[0] & 0x1f) == 0x1f) {
        do {
            if (n == TAG_BYTES_MAX)
                return -EBADMSG;
            if (n == len)
                return -EAGAIN;
            tag = tag << 8 | p[n];
        } while ((p[n++] & 0x80) != 0);
    }
    *ret = tag;
    return (int)n;
}

/* Bytes of the length field at `p`; the same errors. */
static int read_length(const uint8_t *p, size_t len, size_t *ret)
{
    if (len == 0)
        return -EAGAIN;
    if (p[0] < 0x80) {
        *ret = p[0];
        return 1;
    }
    size_t n = p[0] & 0x7f;
    size_t value = 0;
    if (n == 0 || n > LENGTH_BYTES_MAX)
        return -EBADMSG;
    if (len < 1 + n)
        return -EAGAIN;
    for (size_t i = 1; i <= n; i++)
        value = value << 8 | p[i];
    *ret = value;
    return (int)(1 + n);
}

/* Bytes of the header at `p`; the same errors. */
static int read_header(const uint8_t *p, size_t len, uint32_t *ret_tag,
                       size_t *ret_len)
{
    int tag = read_tag(p, len, ret_tag);
    if (tag < 0)
        return tag;
    int length = read_length(p + tag, len - (size_t)tag, ret_len);
    return length < 0 ? length : tag + length;
}

bool tlv_next(struct tlv_reader *r, struct tlv *ret)
{
    struct tlv t;
    if (r->bad || r->left == 0)
        return false;
    int header = read_header(r->at, r->left, &t.tag, &t.len);
    if (header < 0 || t.len > r->left - (size_t)header) {
        r->bad = true;
        return false;
    }
    t.value = r->at + header;
    r->at += (size_t)header + t.len;
    r->left -= (size_t)header + t.len;
    *ret = t;
    return true;
}

bool tlv_next_filled(struct tlv_reader *r, struct tlv *ret)
{
    while (r->left > 0 && (r->at[0] == 0x00 || r->at[0] == 0xff)) {
        r->at++;
        r->left--;
    }
    return tlv_next(r, ret);
}

bool tlv_next_if(struct tlv_reader *r, uint32_t tag, struct tlv *ret)
{
    struct tlv_reader ahead = *r;
    struct tlv t;
    if (!tlv_next(&ahead, &t)) {
        r->bad = ahead.bad;
        return false;
    }
    if (t.tag != tag)
        return false;
    *r = ahead;
    *ret = t;
    return true;
}

bool tlv_find(const struct tlv_reader *r, uint32_t tag, struct tlv *ret)
{
    struct tlv_reader at = *r;
    struct tlv t;
    while (tlv_next(&at, &t))
        if (t.tag == tag) {
            *ret = t;
            return true;
        }
    return false;
}

int tlv_whole(const uint8_t *head, size_t len, size_t most, size_t *ret)
{
    uint32_t tag;
    size_t value = 0;
    int header = read_header(head, len, &tag, &value);
    if (header < 0)
        return header;
    if (value > most || (size_t)header > most - value)
        return -EMSGSIZE;
    *ret = (size_t)header + value;
    return 0;
}

int tlv_number(const struct tlv *t, uint32_t *ret)
{
    uint32_t n = 0;
    if (t->len == 0 || t->len > 5 || (t->value[0] & 0x80) != 0 ||
        (t->len == 5 && t->value[0] != 0))
        return -ERANGE;
    for (size_t i = 0; i < t->len; i++)
        n = n << 8 | t->value[i];
    if (n > INT32_MAX)
        return -ERANGE;
    *ret = n;
    return 0;
}

int tlv_bits(const struct tlv *t, uint32_t *ret)
{
    uint32_t bits = 0;
    if (t->len == 0 || t->value[0] > 7 || (t->len == 1 && t->value[0] != 0))
        return -EBADMSG;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 8 | (i + 1 < t->len ? t->value[i + 1] : 0);
    *ret = bits;
    return 0;
}
