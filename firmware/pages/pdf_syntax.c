#include "pages/pdf_syntax.h"

#include "pages/limits.h"

#include <errno.h>
#include <string.h>

static bool is_space(uint8_t c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' ||
           c == ' ';
}

static bool is_delimiter(uint8_t c)
{
    return c != 0 && strchr("()<>[]{}/%", c) != NULL;
}

static bool is_regular(uint8_t c)
{
    return !is_space(c) && !is_delimiter(c);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t span_len(struct pdf_span s)
{
    return (size_t)(s.end - s.at);
}

void pdf_space(struct pdf_span *s)
{
    while (s->at < s->end) {
        if (*s->at == '%')
            while (s->at < s->end && *s->at != '\n' && *s->at != '\r')
                s->at++;
        else if (is_space(*s->at))
            s->at++;
        else
            return;
    }
}

bool pdf_word(struct pdf_span *s, const char *word)
{
    size_t n = strlen(word);
    pdf_space(s);
    if (span_len(*s) < n || memcmp(s->at, word, n) != 0 ||
        (span_len(*s) > n && is_regular(s->at[n])))
        return false;
    s->at += n;
    return true;
}

/* A literal string, brackets balanced (7.3.4.2). */
static int skip_string(struct pdf_span *s)
{
    size_t depth = 0;
    while (s->at < s->end) {
        uint8_t c = *s->at++;
        if (c == '\\' && s->at < s->end)
            s->at++;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return 0;
    }
    return -EBADMSG;
}

static int skip_hex(struct pdf_span *s)
{
    const uint8_t *close = memchr(s->at, '>', span_len(*s));
    if (!close)
        return -EBADMSG;
    s->at = close + 1;
    return 0;
}

static void skip_regular(struct pdf_span *s)
{
    while (s->at < s->end && is_regular(*s->at))
        s->at++;
}

static bool starts(struct pdf_span s, const char *with)
{
    size_t n = strlen(with);
    return span_len(s) >= n && memcmp(s.at, with, n) == 0;
}

/* One bracket or simple value; the depth of brackets goes with it. */
static int skip_piece(struct pdf_span *s, size_t *depth)
{
    if (s->at >= s->end)
        return -EBADMSG;
    uint8_t c = *s->at;
    if (starts(*s, "<<") || c == '[') {
        s->at += c == '[' ? 1 : 2;
        return ++*depth > PAGES_PDF_DEPTH_MAX ? -EBADMSG : 0;
    }
    if (starts(*s, ">>") || c == ']') {
        s->at += c == ']' ? 1 : 2;
        return (*depth)-- == 0 ? -EBADMSG : 0;
    }
    if (c == '(')
        return skip_string(s);
    if (c == '<')
        return skip_hex(s);
    if (c == '/')
        s->at++;
    else if (!is_regular(c))
        return -EBADMSG;
    skip_regular(s);
    return 0;
}

/* "12 0 R" behind its first number: takes the rest. */
static void join_reference(struct pdf_span *s)
{
    struct pdf_span ahead = *s;
    pdf_space(&ahead);
    const uint8_t *generation = ahead.at;
    while (ahead.at < ahead.end && is_digit(*ahead.at))
        ahead.at++;
    if (ahead.at > generation && pdf_word(&ahead, "R"))
        *s = ahead;
}

int pdf_value(struct pdf_span *s, struct pdf_span *ret)
{
    size_t depth = 0;
    pdf_space(s);
    const uint8_t *from = s->at;
    do {
        pdf_space(s);
        int r = skip_piece(s, &depth);
        if (r < 0)
            return r;
    } while (depth > 0);
    if (is_digit(*from))
        join_reference(s);
    *ret = (struct pdf_span){from, s->at};
    return 0;
}

int pdf_array(struct pdf_span value, struct pdf_span *ret)
{
    if (span_len(value) < 2 || value.at[0] != '[')
        return -EBADMSG;
    *ret = (struct pdf_span){value.at + 1, value.end - 1};
    return 0;
}

int pdf_lookup(struct pdf_span dict, const char *key, struct pdf_span *ret)
{
    struct pdf_span found = {NULL, NULL};
    if (span_len(dict) < 4 || !starts(dict, "<<"))
        return -EBADMSG;
    struct pdf_span in = {dict.at + 2, dict.end - 2};
    for (pdf_space(&in); in.at < in.end; pdf_space(&in)) {
        struct pdf_span name = {NULL, NULL};
        struct pdf_span value = name;
        int r = pdf_value(&in, &name);
        if (r == 0)
            r = pdf_value(&in, &value);
        if (r < 0 || *name.at != '/' || memchr(name.at, '#', span_len(name)))
            return -EBADMSG;
        if (!pdf_is_name(name, key))
            continue;
        if (found.at)
            return -EBADMSG;
        found = value;
    }
    if (!found.at)
        return -ENOENT;
    *ret = found;
    return 0;
}

bool pdf_is_name(struct pdf_span value, const char *name)
{
    size_t n = strlen(name);
    return span_len(value) == n + 1 && value.at[0] == '/' &&
           memcmp(value.at + 1, name, n) == 0;
}

int pdf_integer(struct pdf_span value, int64_t *ret)
{
    int64_t v = 0;
    if (span_len(value) < 1 || span_len(value) > PAGES_PDF_DIGITS_MAX)
        return -EBADMSG;
    for (const uint8_t *p = value.at; p < value.end; p++) {
        if (!is_digit(*p))
            return -EBADMSG;
        v = v * 10 + (*p - '0');
    }
    *ret = v;
    return 0;
}

int pdf_number(struct pdf_span value, double *ret)
{
    double v = 0;
    double place = 0; /* of the next decimal; 0 before the point */
    const uint8_t *p = value.at;
    size_t len = span_len(value);
    bool minus = len > 1 && *p == '-';
    size_t digits = 0;
    if (len < 1 || len > 2UL * PAGES_PDF_DIGITS_MAX)
        return -EBADMSG;
    for (p += minus; p < value.end; p++) {
        if (*p == '.' && place == 0) {
            place = 0.1;
            continue;
        }
        if (!is_digit(*p))
            return -EBADMSG;
        digits++;
        v = place > 0 ? v + place * (*p - '0') : v * 10 + (*p - '0');
        place /= 10;
    }
    if (digits == 0)
        return -EBADMSG;
    *ret = minus ? -v : v;
    return 0;
}

int pdf_reference(struct pdf_span value, uint32_t *ret)
{
    struct pdf_span number = value;
    int64_t n = 0;
    if (span_len(value) < 5 || value.end[-1] != 'R')
        return -EBADMSG;
    skip_regular(&number);
    number = (struct pdf_span){value.at, number.at};
    int r = pdf_integer(number, &n);
    if (r < 0 || n < 1 || n >= PAGES_PDF_OBJECTS_MAX)
        return -EBADMSG;
    *ret = (uint32_t)n;
    return 0;
}
