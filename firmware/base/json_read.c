#include "base/json_read.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

#define NAME_MAX_LEN 32
#define PASSED_MAX 4096 /* bytes of a text that nobody wants */

struct in {
    const char *at, *end;
    int error;
};

struct text {
    char *s;
    size_t cap, len;
};

static void spaces(struct in *in)
{
    while (in->at < in->end && *in->at && strchr(" \t\r\n", *in->at))
        in->at++;
}

/* Whether the next character is this one, which is passed then. */
static bool next_is(struct in *in, char c)
{
    spaces(in);
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static void need(struct in *in, char c)
{
    if (in->error == 0 && !next_is(in, c))
        in->error = -EBADMSG;
}

static void put(struct in *in, struct text *t, uint8_t c)
{
    if (t->len + 1 >= t->cap)
        in->error = in->error ? in->error : -EMSGSIZE;
    else
        t->s[t->len++] = (char)c;
}

static void put_character(struct in *in, struct text *t, uint32_t c)
{
    if (c < 0x80) {
        put(in, t, (uint8_t)c);
        return;
    }
    if (c >= 0x10000) {
        put(in, t, (uint8_t)(0xf0 | c >> 18));
        put(in, t, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
    } else if (c >= 0x800) {
        put(in, t, (uint8_t)(0xe0 | c >> 12));
    }
    put(in, t, (uint8_t)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
    put(in, t, (uint8_t)(0x80 | (c & 0x3f)));
}

/* Four hex digits; 0 is an error, too. */
static uint32_t unit(struct in *in)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        const char *d =
            in->at < in->end && *in->at ? strchr(digits, *in->at) : NULL;
        if (!d) {
            in->error = -EBADMSG;
            return 0;
        }
        uint32_t n = (uint32_t)(d - digits);
        v = v << 4 | (n < 16 ? n : n - 6);
        in->at++;
    }
    if (v == 0)
        in->error = -EBADMSG;
    return v;
}

static void escaped(struct in *in, struct text *t)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char c = '\0';
    if (in->at < in->end)
        c = *in->at++;
    const char *p = c ? strchr(from, c) : NULL;
    if (p) {
        put(in, t, (uint8_t)to[p - from]);
        return;
    }
    uint32_t u = c == 'u' ? unit(in) : 0;
    if (u >= 0xd800 && u < 0xdc00 && in->end - in->at > 2 &&
        memcmp(in->at, "\\u", 2) == 0) {
        in->at += 2;
        uint32_t low = unit(in);
        bool pair = low >= 0xdc00 && low < 0xe000;
        u = pair ? 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00) : 0;
    }
    if (u == 0 || (u >= 0xd800 && u < 0xe000))
        in->error = -EBADMSG;
    else
        put_character(in, t, u);
}

static void read_text(struct in *in, struct text *t)
{
    need(in, '"');
    while (in->error == 0) {
        if (in->at == in->end || (uint8_t)*in->at < 0x20) {
            in->error = -EBADMSG;
            return;
        }
        char c = *in->at++;
        if (c == '"')
            break;
        if (c == '\\')
            escaped(in, t);
        else
            put(in, t, (uint8_t)c);
    }
    if (t->cap > 0)
        t->s[t->len] = '\0';
    if (in->error == 0 && !lk_utf8_valid(t->s, t->len))
        in->error = -EBADMSG;
}

static void read_whole(struct in *in, uint32_t *ret)
{
    uint64_t v = 0;
    const char *from = in->at;
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++)
        v = v <= INT32_MAX ? v * 10 + (uint64_t)(*in->at - '0') : v;
    bool padded = in->at - from > 1 && *from == '0';
    if (in->at == from || padded || v > INT32_MAX)
        in->error = -EBADMSG;
    else
        *ret = (uint32_t)v;
}

static void read_pairs(struct in *in, struct lk_json_want *w)
{
    need(in, '[');
    if (in->error < 0 || next_is(in, ']'))
        return;
    do {
        if (w->pairs == w->cap) {
            in->error = -EMSGSIZE;
            return;
        }
        uint32_t *pair = w->pair[w->pairs++];
        need(in, '[');
        spaces(in);
        read_whole(in, &pair[0]);
        need(in, ',');
        spaces(in);
        read_whole(in, &pair[1]);
        need(in, ']');
    } while (in->error == 0 && next_is(in, ','));
    need(in, ']');
}

/* A value that nobody wants: a text, or a word or number. */
static void pass(struct in *in)
{
    char s[PASSED_MAX];
    struct text t = {s, sizeof(s), 0};
    if (in->at < in->end && *in->at == '"') {
        read_text(in, &t);
        return;
    }
    const char *from = in->at;
    while (in->at < in->end && *in->at &&
           strchr("abcdefghijklmnopqrstuvwxyzE+-.0123456789", *in->at))
        in->at++;
    if (in->at == from)
        in->error = -EBADMSG;
}

static void member(struct in *in, struct lk_json_want *want, size_t n)
{
    char name[NAME_MAX_LEN];
    struct text t = {name, sizeof(name), 0};
    read_text(in, &t);
    need(in, ':');
    spaces(in);
    if (in->error < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        struct lk_json_want *w = &want[i];
        if (strcmp(w->name, name) != 0)
            continue;
        struct text value = {w->text, w->cap, 0};
        if (w->seen)
            in->error = -EBADMSG;
        else if (w->whole)
            read_whole(in, w->whole);
        else if (w->pair)
            read_pairs(in, w);
        else
            read_text(in, &value);
        w->seen = true;
        return;
    }
    pass(in);
}

int lk_json_read(const char *s, size_t len, struct lk_json_want *want, size_t n)
{
    struct in in = {s, s + len, 0};
    need(&in, '{');
    if (in.error == 0 && !next_is(&in, '}')) {
        do
            member(&in, want, n);
        while (in.error == 0 && next_is(&in, ','));
        need(&in, '}');
    }
    spaces(&in);
    if (in.error == 0 && in.at != in.end)
        in.error = -EBADMSG;
    return in.error;
}
