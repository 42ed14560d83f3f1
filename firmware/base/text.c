#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Bytes of the well-formed sequence at p, 0 when there is none (RFC 3629
 * section 4, table of ABNF ranges). */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    uint8_t lo = 0x80;
    uint8_t hi = 0xbf;
    size_t n;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        n = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        n = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        n = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        lo = 0xa0;
    else if (p[0] == 0xed)
        hi = 0x9f;
    else if (p[0] == 0xf0)
        lo = 0x90;
    else if (p[0] == 0xf4)
        hi = 0x8f;
    if (left < n || p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

/* Eight bytes of ASCII at once: most text is. */
static bool utf8_is_ascii(const uint8_t *p, size_t left)
{
    uint64_t eight;
    if (left < sizeof(eight))
        return false;
    memcpy(&eight, p, sizeof(eight));
    return (eight & UINT64_C(0x8080808080808080)) == 0;
}

bool lk_utf8_valid(const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len > 0) {
        size_t n = utf8_is_ascii(p, len) ? 8 : utf8_sequence(p, len);
        if (n == 0)
            return false;
        p += n;
        len -= n;
    }
    return true;
}

size_t lk_utf8_cut(const char *s, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && ((uint8_t)s[max] & 0xc0) == 0x80)
        max--;
    return max;
}

bool lk_name_valid(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return s[n] == '\0' && n >= 3 && n < LK_NAME_MAX;
}

/* U+00C0 to U+00FF without their accents. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTs"
                            "aaaaaaaceeeeiiiidnooooo/ouuuuyty";

char lk_text_letter(const unsigned char *s, size_t len, size_t *ret_used)
{
    size_t n = 1;
    while (n < len && n < 4 && (s[n] & 0xc0) == 0x80)
        n++;
    *ret_used = n;
    if (n == 2 && s[0] == 0xc3)
        return latin[s[1] & 0x3f];
    if (n == 3 && s[0] == 0xe2 && s[1] == 0x80 && s[2] >= 0x90)
        return s[2] <= 0x95 ? '-' : '\'';
    return '?';
}

void lk_text_plain(const char *s, char *ret, size_t cap)
{
    const unsigned char *at = (const unsigned char *)s;
    size_t len = strlen(s);
    size_t n = 0;
    for (size_t used = 1; len > 0 && n + 1 < cap; at += used, len -= used) {
        char c = (char)*at;
        used = 1;
        if (*at >= 0x80)
            c = lk_text_letter(at, len, &used);
        else if (c < ' ' || c == 127 || c == '"' || c == '\\')
            c = '?';
        ret[n++] = c;
    }
    ret[n] = '\0';
}

void lk_hex_encode(const void *data, size_t len, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = digits[p[i] >> 4];
        ret[2 * i + 1] = digits[p[i] & 15];
    }
    ret[2 * len] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

int lk_hex_decode(const char *s, size_t len, uint8_t *ret)
{
    for (size_t i = 0; i < len; i++) {
        int hi = hex_digit(s[2 * i]);
        int lo = hi < 0 ? -1 : hex_digit(s[2 * i + 1]);
        if (lo < 0)
            return -EBADMSG;
        ret[i] = (uint8_t)(hi << 4 | lo);
    }
    return 0;
}

static const char b64u_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void lk_b64u_encode(const void *data, size_t len, char *ret)
{
    const uint8_t *p = data;
    size_t o = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | p[i];
        have += 8;
        while (have >= 6) {
            have -= 6;
            ret[o++] = b64u_digits[bits >> have & 63];
        }
    }
    if (have > 0)
        ret[o++] = b64u_digits[bits << (6 - have) & 63];
    ret[o] = '\0';
}

static int b64u_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

int lk_b64u_decode(const char *s, size_t len, uint8_t *ret, size_t cap)
{
    size_t out = len / 4 * 3 + (len % 4 ? len % 4 - 1 : 0);
    if (len % 4 == 1)
        return -EBADMSG;
    if (out > cap || out > INT32_MAX)
        return -EMSGSIZE;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t o = 0;
    for (size_t i = 0; i < len; i++) {
        int v = b64u_value(s[i]);
        if (v < 0)
            return -EBADMSG;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            ret[o++] = (uint8_t)(bits >> have);
        }
    }
    if ((bits & ((1U << have) - 1)) != 0)
        return -EBADMSG;
    return (int)o;
}

void lk_random_bytes(void *ret, size_t len)
{
    /* getrandom(2): up to 256 bytes are never cut short once seeded. */
    ssize_t n;
    do
        n = getrandom(ret, len, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 || (size_t)n != len)
        abort();
}
