#include "forms/chars.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>
#include <unistr.h>

struct range {
    uint32_t from;
    uint32_t to;
};

/* What ECMAScript's trim() takes off, so that the expert's page, which uses
 * that, finds the same. */
static const struct range spaces[] = {
    {0x09, 0x0d},     {0x20, 0x20},     {0xa0, 0xa0},     {0x1680, 0x1680},
    {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f},
    {0x3000, 0x3000}, {0xfeff, 0xfeff},
};

/* Controls, what hides or turns round what is read, what stands for damage,
 * and what has no meaning outside one program. Not by tables of what Unicode
 * has assigned: those differ between kiosk and browser. */
static const struct range bad[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},       {0x200b, 0x200b},    {0x2028, 0x202e},
    {0x2060, 0x206f}, {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},    {0xfeff, 0xfeff},
    {0xfff0, 0xffff}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

static bool is_in(const struct range *r, size_t n, ucs4_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= r[i].from && c <= r[i].to)
            return true;
    /* The last two of every plane are no characters. */
    return r == bad && (c & 0xfffe) == 0xfffe;
}

const char *forms_chars_trim(const char *s, size_t *len)
{
    const uint8_t *from = (const uint8_t *)s;
    const uint8_t *end = from + *len;
    ucs4_t c = 0;
    while (from < end) {
        int n = u8_mbtouc(&c, from, (size_t)(end - from));
        if (n <= 0 || !is_in(spaces, LK_ARRAY_LEN(spaces), c))
            break;
        from += n;
    }
    while (end > from) {
        const uint8_t *before = u8_prev(&c, end, from);
        if (!before || !is_in(spaces, LK_ARRAY_LEN(spaces), c))
            break;
        end = before;
    }
    *len = (size_t)(end - from);
    return (const char *)from;
}

bool forms_chars_good(const char *s, size_t len, bool lines)
{
    const uint8_t *at = (const uint8_t *)s;
    const uint8_t *end = at + len;
    while (at < end) {
        ucs4_t c = 0;
        int n = u8_mbtouc(&c, at, (size_t)(end - at));
        if (n <= 0)
            return false;
        at += n;
        if (lines && (c == '\t' || c == '\n' || c == '\r'))
            continue;
        if (is_in(bad, LK_ARRAY_LEN(bad), c))
            return false;
    }
    return true;
}

int forms_chars_nfc(const char *s, size_t len)
{
    size_t n = 0;
    errno = 0;
    uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)s, len, NULL, &n);
    if (!nfc)
        return len == 0 ? 1 : -ENOMEM;
    int same = n == len && memcmp(nfc, s, len) == 0;
    free(nfc);
    return same;
}

size_t forms_chars_points(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

size_t forms_chars_units(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        n += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
    }
    return n;
}

size_t forms_chars_mark(const char *s, size_t len, const char *marks)
{
    while (*marks) {
        size_t n = strcspn(marks, "|");
        if (n <= len && memcmp(s, marks, n) == 0)
            return n;
        marks += n + (marks[n] == '|');
    }
    return 0;
}

bool forms_chars_without(const char *s, size_t len, const char *marks,
                         char *ret, size_t cap)
{
    size_t n = 0;
    const char *end = s + len;
    while (s < end) {
        size_t skip = forms_chars_mark(s, (size_t)(end - s), marks);
        s += skip;
        if (skip > 0)
            continue;
        if (n + 1 >= cap)
            return false;
        ret[n++] = *s++;
    }
    ret[n] = 0;
    return true;
}
