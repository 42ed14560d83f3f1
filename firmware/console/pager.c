#include "console/pager.h"

#include "console/line.h"
#include "console/put.h"

#include <string.h>

static const char more[] = "--More-- (space: page, Enter: line, q: end)";
static const char left_out[] = "(the rest is left out)\r\n";
static const char no_more[] = "\r                                           \r";

void console_pager_begin(struct console_pager *p, struct lk_buf *text)
{
    console_pager_end(p);
    p->text = text;
    p->at = 0;
    p->shown = 0;
    p->declined = false;
}

void console_pager_end(struct console_pager *p)
{
    p->text = lk_buf_free(p->text);
    p->waiting = false;
}

void console_pager_skip(struct console_pager *p)
{
    p->waiting = false;
    p->declined = true;
    if (p->text)
        p->at = p->text->len;
}

/* Bytes of the row at `s`: up to the newline, or to the last space that fits,
 * or as many as fit. */
static size_t row_length(const char *s, size_t len)
{
    const char *end = memchr(s, '\n', len);
    size_t n = end ? (size_t)(end - s) : len;
    if (n <= CONSOLE_COLUMNS)
        return n;
    for (size_t cut = CONSOLE_COLUMNS; cut > CONSOLE_COLUMNS / 2; cut--)
        if (s[cut] == ' ')
            return cut;
    return CONSOLE_COLUMNS;
}

static void show_row(struct console_pager *p, struct lk_buf *out)
{
    const char *s = (const char *)p->text->data + p->at;
    size_t left = p->text->len - p->at;
    size_t n = row_length(s, left);
    size_t seen = n;
    while (seen > 0 && s[seen - 1] == ' ')
        seen--;
    console_put_bytes(out, s, seen);
    console_put(out, "\r\n");
    if (n < left && (s[n] == '\n' || s[n] == ' '))
        n++;
    p->at += n;
    p->shown++;
}

bool console_pager_pump(struct console_pager *p, struct lk_buf *out)
{
    while (p->text && !p->waiting && out->len < CONSOLE_AHEAD) {
        if (p->at >= p->text->len) {
            console_pager_end(p);
        } else if (p->rows > 0 && p->shown + 1 >= p->rows) {
            console_put(out, more);
            p->waiting = true;
        } else {
            show_row(p, out);
        }
    }
    return !p->text;
}

bool console_pager_key(struct console_pager *p, uint8_t key, struct lk_buf *out)
{
    bool ends = key == 'q' || key == 'Q' || key == 3;
    bool begins = !ends && key > ' ' && key < 127;
    if (!p->waiting || (key != ' ' && key != '\n' && !ends && !begins))
        return true;
    console_put(out, no_more);
    p->waiting = false;
    p->shown = key == '\n' ? p->rows - 2 : 0;
    if (begins)
        console_put(out, left_out);
    if (ends || begins)
        console_pager_skip(p);
    return !begins;
}
