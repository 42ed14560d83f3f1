#include "session/talk_impl.h"

#include <string.h>

#define ZWJ 0x200du
#define BOM 0xfeffu

/* PROTOCOL.md, "What joins". */
static const struct {
    uint32_t first, last;
} joiner[] = {
    {0x300, 0x36f},     {0x483, 0x489},     {0x591, 0x5bd},
    {0x5bf, 0x5bf},     {0x5c1, 0x5c2},     {0x5c4, 0x5c5},
    {0x5c7, 0x5c7},     {0x610, 0x61a},     {0x64b, 0x65f},
    {0x670, 0x670},     {0x6d6, 0x6dc},     {0x6df, 0x6e4},
    {0x6e7, 0x6e8},     {0x6ea, 0x6ed},     {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},   {ZWJ, ZWJ},         {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},   {0x1f3fb, 0x1f3ff},
    {0xe0020, 0xe007f}, {0xe0100, 0xe01ef},
};

size_t talk_char_put(uint32_t c, char *ret)
{
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        ret[i] = (char)(0x80 | (c & 0x3f));
    ret[0] = (char)(0xff << (8 - n) | c);
    return n;
}

uint32_t talk_char_get(const char **s)
{
    uint32_t c = (uint8_t) * (*s)++;
    if (c < 0x80)
        return c;
    unsigned more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    c &= 0x3fu >> more;
    while (more-- > 0)
        c = c << 6 | ((uint8_t) * (*s)++ & 0x3f);
    return c;
}

void talk_line_read(const char *text, struct talk_line *ret)
{
    char bytes[4];
    size_t len = 0;
    ret->n = 0;
    while (*text != '\0') {
        uint32_t c = talk_char_get(&text);
        if (c == BOM)
            continue;
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == TALK_LINE ||
            c == TALK_LINE + 1)
            c = ' ';
        len += talk_char_put(c, bytes);
        if (len > TALK_TURN_MAX)
            return;
        ret->c[ret->n++] = c;
    }
}

void talk_line_write(const struct talk_line *l, char *ret)
{
    for (size_t i = 0; i < l->n; i++)
        ret += talk_char_put(l->c[i], ret);
    *ret = '\0';
}

static bool is_flag(uint32_t c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool is_joiner(uint32_t c)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(joiner); i++)
        if (c >= joiner[i].first && c <= joiner[i].last)
            return true;
    return false;
}

bool talk_char_joins(const uint32_t *c, size_t i)
{
    if (i == 0 || c[i - 1] == TALK_LINE || c[i - 1] == TALK_LOST)
        return false;
    if (is_joiner(c[i]) || c[i - 1] == ZWJ)
        return true;
    size_t flags = 0;
    while (is_flag(c[i]) && flags < i && is_flag(c[i - 1 - flags]))
        flags++;
    return flags % 2 == 1;
}

size_t talk_erased(const uint32_t *c, size_t n)
{
    if (n == 0)
        return 0;
    n--;
    while (talk_char_joins(c, n))
        n--;
    return n;
}
