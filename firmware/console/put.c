#include "console/put.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FORMATTED_MAX 1024

void console_put_bytes(struct lk_buf *to, const void *data, size_t len)
{
    if (lk_buf_append(to, data, len) < 0)
        return; /* full: the reader is told where that matters */
}

void console_put(struct lk_buf *to, const char *text)
{
    console_put_bytes(to, text, strlen(text));
}

void console_putf(struct lk_buf *to, const char *fmt, ...)
{
    char text[FORMATTED_MAX];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (n > 0)
        console_put_bytes(to, text, LK_MIN((size_t)n, sizeof(text) - 1));
}

size_t console_plain(const char *text, size_t len, char *ret, size_t cap)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t to = 0;
    for (size_t i = 0; i < len && to + 1 < cap;) {
        size_t used = 1;
        char c = (char)s[i];
        if (s[i] >= 0x80)
            c = lk_text_letter(s + i, len - i, &used);
        else if (c == '\t')
            c = ' ';
        else if (c != '\n' && (c < ' ' || c == 127))
            c = '?';
        ret[to++] = c;
        i += used;
    }
    ret[to] = 0;
    return to;
}
