#include "base/json.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct scan {
    const char *at;
    const char *end;
    int line;
};

static void scan_space(struct scan *s)
{
    for (; s->at < s->end && strchr(" \t\r\n", *s->at); s->at++)
        if (*s->at == '\n')
            s->line++;
}

/* Eats `c` and reports whether it was there. */
static bool scan_eat(struct scan *s, char c)
{
    scan_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* Skips a string; *ret_at and *ret_len are its inside, escapes as written. */
static bool scan_string(struct scan *s, const char **ret_at, size_t *ret_len)
{
    if (!scan_eat(s, '"'))
        return false;
    const char *from = s->at;
    while (s->at < s->end && *s->at != '"')
        s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
    if (s->at == s->end)
        return false;
    *ret_at = from;
    *ret_len = (size_t)(s->at - from);
    s->at++;
    return true;
}

/* Skips one value. */
static void scan_value(struct scan *s)
{
    const char *at = NULL;
    size_t len = 0;
    size_t depth = 0;
    do {
        scan_space(s);
        if (s->at == s->end)
            return;
        char c = *s->at;
        if (c == '"') {
            if (!scan_string(s, &at, &len))
                return;
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        s->at++;
        if (depth == 0 && !strchr("}]", c))
            while (s->at < s->end && !strchr(",]} \t\r\n", *s->at))
                s->at++;
    } while (depth > 0);
}

/* Moves to the value of member `key`; *line becomes that of its name. */
static bool scan_member(struct scan *s, const char *key, int *line)
{
    if (!scan_eat(s, '{'))
        return false;
    for (;;) {
        const char *at = NULL;
        size_t len = 0;
        scan_space(s);
        int here = s->line;
        if (!scan_string(s, &at, &len) || !scan_eat(s, ':'))
            return false;
        if (len == strlen(key) && memcmp(at, key, len) == 0) {
            *line = here;
            return true;
        }
        scan_value(s);
        if (!scan_eat(s, ','))
            return false;
    }
}

static bool scan_element(struct scan *s, size_t index, int *line)
{
    if (!scan_eat(s, '['))
        return false;
    for (; index > 0; index--) {
        scan_value(s);
        if (!scan_eat(s, ','))
            return false;
    }
    scan_space(s);
    *line = s->line;
    return true;
}

int lk_json_where(const char *text, size_t len,
                  const struct lk_json_step *steps, size_t depth)
{
    struct scan s = {.at = text, .end = text + len, .line = 1};
    scan_space(&s);
    int line = s.line;
    for (size_t i = 0; i < depth; i++) {
        bool there = steps[i].key ? scan_member(&s, steps[i].key, &line)
                                  : scan_element(&s, steps[i].index, &line);
        if (!there)
            break;
    }
    return line;
}

/* Writes "agencies[1].id: ". */
static size_t say_place(const struct lk_json_step *steps, size_t depth,
                        char *to, size_t cap)
{
    size_t at = 0;
    for (size_t i = 0; i < depth && at < cap; i++) {
        const struct lk_json_step *s = &steps[i];
        int n = s->key ? snprintf(to + at, cap - at, "%s%.40s", i ? "." : "",
                                  s->key)
                       : snprintf(to + at, cap - at, "[%zu]", s->index);
        at += n > 0 ? (size_t)n : 0;
    }
    if (depth > 0 && at < cap)
        at += (size_t)snprintf(to + at, cap - at, ": ");
    return LK_MIN(at, cap - 1);
}

void lk_json_reason(const struct lk_json_step *steps, size_t depth,
                    const char *why, char *ret, size_t cap)
{
    size_t at = say_place(steps, depth, ret, cap);
    (void)snprintf(ret + at, cap - at, "%s", why);
    ret[lk_utf8_cut(ret, strlen(ret), strlen(ret))] = 0;
    for (char *s = ret; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '?';
}

bool lk_json_is_shallow(const char *text, size_t len, size_t max)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '[') && ++depth > max)
            return false;
        else if (!quoted && (c == '}' || c == ']') && depth > 0)
            depth--;
    }
    return true;
}
