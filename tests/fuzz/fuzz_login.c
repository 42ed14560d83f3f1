/* One login, played with a service that answers anything: each answer begins
 * with a byte for HTTP's status and one for how long it took, and ends at a
 * zero byte. However it goes, it ends, asks no faster than it may, and shows
 * nothing that is too long or strange. */
#include "login/flow.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND_US INT64_C(1000000)

static void check_start(const struct login_start *s)
{
    if (strncmp(s->url, "https://", 8) != 0 || !s->code[0] || !s->device[0] ||
        s->lasts_s < 1 || s->lasts_s > LOGIN_LASTS_MAX_S || s->interval_s < 1 ||
        s->interval_s > LOGIN_INTERVAL_MAX_S)
        abort();
    for (const char *c = s->url; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '<')
            abort();
}

static void check_token(const struct lk_buf *t)
{
    if (!t || t->len == 0 || t->len > LOGIN_TOKEN_MAX ||
        strspn(lk_buf_str(t), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                              "wxyz0123456789_-.") != t->len)
        abort();
}

/* An answer out of what is left. */
static void feed(struct login_flow *f, const uint8_t **at, size_t *left,
                 int64_t *now_us)
{
    static const long status[] = {200, 400, 200, 401, 429, 503, 0, 302};
    size_t head = *left < 2 ? *left : 2;
    const uint8_t *body = *at + head;
    const uint8_t *end = memchr(body, 0, *left - head);
    size_t len = end ? (size_t)(end - body) : *left - head;
    if (head == 2)
        *now_us += (*at)[1] * SECOND_US / 16;
    login_flow_answer(f, head > 0 ? status[(*at)[0] % 8] : 0,
                      (const char *)body, len, *now_us);
    size_t used = head + len + (end ? 1 : 0);
    *at += used;
    *left -= used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct login_flow f = {.stage = LOGIN_IDLE};
    int64_t now_us = SECOND_US;
    int64_t answered_us = 0;
    login_flow_begin(&f);
    for (int i = 0;; i++) {
        enum login_do what = login_flow_next(&f, now_us);
        if (i > 3 * LOGIN_LASTS_MAX_S)
            abort(); /* it does not end */
        if (what == LOGIN_DO_END)
            break;
        if (what == LOGIN_DO_SHOW)
            check_start(&f.start);
        if (what == LOGIN_DO_POLL && now_us < answered_us + SECOND_US)
            abort();
        if (what == LOGIN_DO_START || what == LOGIN_DO_POLL) {
            feed(&f, &data, &size, &now_us);
            answered_us = now_us;
        }
        if (what == LOGIN_DO_NOTHING)
            now_us = login_flow_wait_us(&f) > now_us ? login_flow_wait_us(&f)
                                                     : now_us;
    }
    if (f.end == LOGIN_END_TOKEN)
        check_token(f.token);
    login_flow_clear(&f);
    return 0;
}
