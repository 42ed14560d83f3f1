#include "console/sift.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name;
    const char *help;
} sifts[] = {
    [CONSOLE_INCLUDE] = {"include", "TEXT: only lines with it"},
    [CONSOLE_EXCLUDE] = {"exclude", "TEXT: only lines without it"},
    [CONSOLE_FROM] = {"begin", "TEXT: from the first line with it"},
    [CONSOLE_COUNT] = {"count", "how many lines there are"},
};

const char *console_sift_name(size_t at)
{
    return at < LK_ARRAY_LEN(sifts) ? sifts[at].name : NULL;
}

const char *console_sift_help(size_t at)
{
    return at < LK_ARRAY_LEN(sifts) ? sifts[at].help : NULL;
}

/* The bytes of `s` without spaces at either end. */
static const char *trim(const char *s, size_t *len)
{
    while (*len > 0 && *s == ' ') {
        s++;
        --*len;
    }
    while (*len > 0 && s[*len - 1] == ' ')
        --*len;
    return s;
}

static int find_kind(const char *word, size_t len)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(sifts); i++)
        if (len > 0 && strncasecmp(sifts[i].name, word, len) == 0)
            return (int)i;
    return -EINVAL;
}

/* "include TEXT". NULL when it is right, otherwise why not. */
static const char *take_stage(const char *s, size_t len,
                              struct console_sift *ret)
{
    s = trim(s, &len);
    size_t word = 0;
    while (word < len && s[word] != ' ')
        word++;
    int kind = find_kind(s, word);
    if (kind < 0)
        return "After | comes include, exclude, begin or count.";
    if (ret->n == CONSOLE_SIFTS_MAX)
        return "At most four | in a line.";
    if (ret->n > 0 && ret->stage[ret->n - 1].kind == CONSOLE_COUNT)
        return "Nothing can follow | count.";
    size_t left = len - word;
    const char *text = trim(s + word, &left);
    bool counts = kind == CONSOLE_COUNT;
    if (counts != (left == 0))
        return counts ? "count takes no text." : "Which text? Write it after.";
    if (left >= CONSOLE_LINE_MAX)
        return "The text is too long.";
    ret->stage[ret->n].kind = (enum console_sift_kind)kind;
    memcpy(ret->stage[ret->n].text, text, left);
    ret->stage[ret->n++].text[left] = 0;
    return NULL;
}

int console_sift_parse(const char *line, char *command,
                       struct console_sift *ret, const char **ret_why)
{
    struct console_sift s = {.n = 0};
    size_t first = strcspn(line, "|");
    const char *why = NULL;
    for (const char *at = line + first; *at && !why;) {
        size_t len = strcspn(++at, "|");
        why = take_stage(at, len, &s);
        at += len;
    }
    const char *word = trim(line, &first);
    if (!why && s.n > 0 && first == 0)
        why = "Which command? Write it before the |.";
    if (!why && first >= CONSOLE_LINE_MAX)
        why = "The line is too long.";
    if (why) {
        *ret_why = why;
        return -EINVAL;
    }
    memmove(command, word, first);
    command[first] = 0;
    *ret = s;
    return 0;
}

static bool has_text(const char *line, size_t len, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= len; i++)
        if (strncasecmp(line + i, text, n) == 0)
            return true;
    return false;
}

/* What the filters have seen so far. */
struct sifting {
    bool begun[CONSOLE_SIFTS_MAX];
    unsigned long lines;
};

static bool passes(const struct console_sift *s, struct sifting *now,
                   const char *line, size_t len)
{
    for (size_t i = 0; i < s->n; i++) {
        enum console_sift_kind kind = s->stage[i].kind;
        bool has = has_text(line, len, s->stage[i].text);
        if (kind == CONSOLE_FROM)
            has = now->begun[i] = now->begun[i] || has;
        if (kind == CONSOLE_COUNT)
            now->lines++;
        if (kind == CONSOLE_COUNT || has == (kind == CONSOLE_EXCLUDE))
            return false;
    }
    return true;
}

int console_sift_apply(const struct console_sift *s, const char *text,
                       struct lk_buf *out)
{
    struct sifting now = {.lines = 0};
    int r = 0;
    while (*text && r == 0) {
        size_t len = strcspn(text, "\n");
        size_t with_end = len + (text[len] == '\n');
        if (passes(s, &now, text, len))
            r = lk_buf_append(out, text, with_end);
        text += with_end;
    }
    if (r == 0 && s->n > 0 && s->stage[s->n - 1].kind == CONSOLE_COUNT)
        r = lk_buf_printf(out, "%lu lines\n", now.lines);
    return r;
}
