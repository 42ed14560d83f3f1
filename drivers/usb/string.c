#include "usb/descriptor.h"

#include <string.h>

/* Appends one code point at `at`; 0 when there is no room for it and a NUL. */
static size_t put_utf8(char ret[USB_STRING_MAX], size_t at, uint32_t c)
{
    char b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (char)c;
    } else if (c < 0x800) {
        b[n++] = (char)(0xc0 | c >> 6);
        b[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        b[n++] = (char)(0xe0 | c >> 12);
        b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        b[n++] = (char)(0xf0 | c >> 18);
        b[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (c & 0x3f));
    }
    if (at + n >= USB_STRING_MAX)
        return 0;
    memcpy(ret + at, b, n);
    return n;
}

/* C0, DEL, C1, the line and paragraph separators, and what turns the direction
 * of text around, which could make a name read as another one. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0xfeff;
}

/* The code point at `*at`, which is moved past it; "?" for a bad one. */
static uint32_t next_point(const uint8_t *raw, size_t len, size_t *at)
{
    uint32_t c = (uint32_t)(raw[*at] | raw[*at + 1] << 8);
    *at += 2;
    if (c < 0xd800 || c > 0xdfff)
        return is_unsafe(c) ? '?' : c;
    if (c > 0xdbff || *at + 1 >= len)
        return '?';
    uint32_t low = (uint32_t)(raw[*at] | raw[*at + 1] << 8);
    if (low < 0xdc00 || low > 0xdfff)
        return '?';
    *at += 2;
    return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

void usb_string_decode(const uint8_t *raw, size_t len, char ret[USB_STRING_MAX])
{
    ret[0] = '\0';
    if (len < 2 || raw[0] < 2 || raw[1] != USB_DT_STRING)
        return;
    size_t end = LK_MIN(len, (size_t)raw[0]);
    size_t out = 0;
    /* Cheap firmware pads its strings with NULs. */
    for (size_t at = 2; at + 1 < end && (raw[at] != 0 || raw[at + 1] != 0);) {
        uint32_t c = next_point(raw, end, &at);
        if (c == ' ' && out == 0)
            continue;
        size_t n = put_utf8(ret, out, c);
        if (n == 0)
            break;
        out += n;
    }
    while (out > 0 && ret[out - 1] == ' ')
        out--;
    ret[out] = '\0';
}
