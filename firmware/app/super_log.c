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
    super_log_keep_fn *keep;
    void *keep_arg;
};

const char *super_log_program(const char *name)
{
    static const char *const known[] = {
        "luukkud",     "luukku-rtc",   "luukku-fetch", "luukku-scan",
        "luukku-card", "luukku-probe", "luukku-super", "console"};
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        if (strcmp(known[i], name) == 0)
            return known[i];
    return NULL;
}

void super_log_set_keep(struct super_log *l, super_log_keep_fn *keep, void *arg)
{
    l->keep = keep;
    l->keep_arg = arg;
}

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
    struct entry *e = &l->ring[l->next % SUPER_LOG_LINES];
    uint64_t number = l->next++;
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
    const struct super_log_line line = {.number = number,
                                        .wall_us = wall_us,
                                        .program = program,
                                        .text = e->text};
    if (l->keep)
        l->keep(l->keep_arg, &line);
}

size_t super_log_restore(struct super_log *l, const struct super_log_line *line)
{
    const char *program = super_log_program(line->program);
    if (!program || line->number < l->next ||
        line->number >= SUPER_LOG_NUMBER_MAX)
        return 0;
    /* Numbers that are missing were torn or lost; their places are empty. */
    uint64_t gap = LK_MIN(line->number - l->next, (uint64_t)SUPER_LOG_LINES);
    for (uint64_t n = line->number - gap; n < line->number; n++) {
        struct entry *e = &l->ring[n % SUPER_LOG_LINES];
        free(e->text);
        *e = (struct entry){.wall_us = 0};
    }
    super_log_keep_fn *keep = l->keep;
    l->keep = NULL;
    l->next = line->number;
    super_log_add(l, program, line->wall_us, line->text, strlen(line->text));
    l->keep = keep;
    return 1;
}

bool super_log_parse(const char *text, const char **ret_level,
                     const char **ret_room, size_t *ret_room_len)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    size_t len = strcspn(text, " ");
    const char *program = text + len + (text[len] == ' ');
    const char *room = program + strcspn(program, " ");
    room += *room == ' ';
    size_t room_len = strcspn(room, " ");
    for (size_t i = 0; i < LK_ARRAY_LEN(levels); i++) {
        if (strlen(levels[i]) != len || strncmp(levels[i], text, len) != 0)
            continue;
        if (room_len == 0 || room_len > 16)
            return false;
        *ret_level = levels[i];
        *ret_room = room;
        *ret_room_len = room_len;
        return true;
    }
    return false;
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
