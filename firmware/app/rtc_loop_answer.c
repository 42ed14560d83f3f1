/* rtc_loop_answer.c - one end's offer becomes the other end's answer. */
#include "app/rtc_loop.h"

#include <errno.h>
#include <string.h>

struct text {
    char *at;
    size_t len, cap;
};

static int put(struct text *t, const char *s, size_t len)
{
    if (len >= t->cap - t->len)
        return -EMSGSIZE;
    memcpy(t->at + t->len, s, len);
    t->len += len;
    t->at[t->len] = 0;
    return 0;
}

static bool begins(const char *line, const char *end, const char *with)
{
    size_t n = strlen(with);
    return (size_t)(end - line) >= n && memcmp(line, with, n) == 0;
}

/* One line, its end included. */
static int take_line(struct text *t, const char *line, const char *end,
                     bool active, bool *named)
{
    static const char name[] = "a=x-luukku-offer:1\r\n"; /* its first */
    const char *setup = active ? "a=setup:active\r\n" : "a=setup:passive\r\n";
    int r = 0;
    /* It belongs to the whole, so before the first section. */
    if (!*named && begins(line, end, "m=")) {
        *named = true;
        r = put(t, name, sizeof(name) - 1);
    }
    if (r < 0)
        return r;
    return begins(line, end, "a=setup:") ? put(t, setup, strlen(setup))
                                         : put(t, line, (size_t)(end - line));
}

int rtc_loop_answer(const char *offer, size_t len, bool active, char *ret,
                    size_t cap)
{
    struct text t = {.at = ret, .cap = cap};
    const char *end = offer + len;
    bool named = false;
    for (const char *line = offer; line < end;) {
        const char *nl = memchr(line, '\n', (size_t)(end - line));
        if (!nl)
            return -EBADMSG;
        int r = take_line(&t, line, nl + 1, active, &named);
        if (r < 0)
            return r;
        line = nl + 1;
    }
    return named ? (int)t.len : -EBADMSG;
}
