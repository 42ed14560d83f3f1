#include "app/super_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    int64_t wall_us;
    const char *program;
    char *text; /* NULL: lost */
};

struct super_log {
    struct entry ring[SUPER_LOG_LINES];
    uint64_t next; /* number of the next line */
};

int super_log_new(struct super_log **ret)
{
    struct super_log *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->next = 1;
    *ret = l;
    return 0;
}

struct super_log *super_log_free(struct super_log *l)
{
    for (size_t i = 0; l && i < SUPER_LOG_LINES; i++)
        free(l->ring[i].text);
    free(l);
    return NULL;
}

/* Printable UTF-8, whatever came. */
static void make_printable(char *s, size_t len)
{
    bool utf8 = lk_utf8_valid(s, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
            s[i] = '?';
    }
}

void super_log_add(struct super_log *l, const char *program, int64_t wall_us,
                   const char *text, size_t len)
{
    struct entry *e = &l->ring[l->next++ % SUPER_LOG_LINES];
    free(e->text);
    *e = (struct entry){.wall_us = wall_us, .program = program};
    if (len >= SUPER_LOG_TEXT_MAX)
        len = lk_utf8_valid(text, len)
                  ? lk_utf8_cut(text, len, SUPER_LOG_TEXT_MAX - 1)
                  : SUPER_LOG_TEXT_MAX - 1;
    e->text = malloc(len + 1);
    if (!e->text)
        return;
    memcpy(e->text, text, len);
    e->text[len] = 0;
    make_printable(e->text, len);
}

int super_log_at(const struct super_log *l, uint64_t number,
                 struct super_log_line *ret)
{
    uint64_t oldest = l->next > SUPER_LOG_LINES ? l->next - SUPER_LOG_LINES : 1;
    for (uint64_t n = LK_MAX(number, oldest); n < l->next; n++) {
        const struct entry *e = &l->ring[n % SUPER_LOG_LINES];
        if (!e->text)
            continue;
        *ret = (struct super_log_line){.number = n,
                                       .wall_us = e->wall_us,
                                       .program = e->program,
                                       .text = e->text};
        return 1;
    }
    return 0;
}

uint64_t super_log_next(const struct super_log *l)
{
    return l->next;
}

void super_lines_end(struct super_lines *s, super_line_fn *fn, void *arg)
{
    if (s->len > 0)
        fn(arg, s->text, s->len);
    s->len = 0;
    s->skipping = false;
}

/* A line that is full goes out as it is; what follows up to its end is
 * dropped. */
static void lines_take(struct super_lines *s, const char *data, size_t len,
                       super_line_fn *fn, void *arg)
{
    if (s->skipping)
        return;
    size_t n = LK_MIN(len, sizeof(s->text) - 1 - s->len);
    memcpy(s->text + s->len, data, n);
    s->len += n;
    if (n < len) {
        fn(arg, s->text, s->len);
        s->len = 0;
        s->skipping = true;
    }
}

void super_lines_feed(struct super_lines *s, const char *data, size_t len,
                      super_line_fn *fn, void *arg)
{
    while (len > 0) {
        const char *end = memchr(data, '\n', len);
        size_t n = end ? (size_t)(end - data) : len;
        lines_take(s, data, n, fn, arg);
        if (!end)
            return;
        super_lines_end(s, fn, arg);
        data += n + 1;
        len -= n + 1;
    }
}
