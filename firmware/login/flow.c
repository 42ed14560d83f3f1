#include "login/flow.h"

#include <stdbool.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

void login_flow_clear(struct login_flow *f)
{
    f->token = lk_buf_free(f->token); /* overwritten there */
    explicit_bzero(f, sizeof(*f));
}

void login_flow_begin(struct login_flow *f)
{
    login_flow_clear(f);
    f->stage = LOGIN_STARTING;
}

static void flow_end(struct login_flow *f, enum login_end end)
{
    f->stage = LOGIN_ENDING;
    f->end = end;
    explicit_bzero(&f->start, sizeof(f->start));
}

static bool has_code(const struct login_flow *f)
{
    return f->stage == LOGIN_SHOWING || f->stage == LOGIN_PAUSE ||
           f->stage == LOGIN_POLLING;
}

enum login_do login_flow_next(struct login_flow *f, int64_t now_us)
{
    if (has_code(f) && now_us >= f->until_us)
        flow_end(f, LOGIN_END_EXPIRED);
    switch (f->stage) {
    case LOGIN_STARTING:
        f->stage = LOGIN_STARTED;
        return LOGIN_DO_START;
    case LOGIN_SHOWING:
        f->stage = LOGIN_PAUSE;
        return LOGIN_DO_SHOW;
    case LOGIN_PAUSE:
        if (now_us < f->next_us)
            return LOGIN_DO_NOTHING;
        f->stage = LOGIN_POLLING;
        return LOGIN_DO_POLL;
    case LOGIN_ENDING:
        f->stage = LOGIN_IDLE;
        return LOGIN_DO_END;
    case LOGIN_IDLE:
    case LOGIN_STARTED:
    case LOGIN_POLLING:
        break;
    }
    return LOGIN_DO_NOTHING;
}

static void flow_pause(struct login_flow *f, int64_t now_us)
{
    uint32_t s = f->interval_s;
    for (uint32_t i = 0; i < f->away && s < LOGIN_AWAY_MAX_S; i++)
        s *= 2;
    if (f->away > 0)
        s = LK_MAX(LK_MIN(s, LOGIN_AWAY_MAX_S), f->interval_s);
    f->stage = LOGIN_PAUSE;
    f->next_us = now_us + s * SECOND_US;
}

static void on_start(struct login_flow *f, long status, const char *body,
                     size_t len, int64_t now_us)
{
    if (status != 200 || login_parse_start(body, len, &f->start) < 0) {
        flow_end(f, LOGIN_END_SERVICE);
        return;
    }
    f->interval_s = f->start.interval_s;
    f->until_us = now_us + f->start.lasts_s * SECOND_US;
    flow_pause(f, now_us);
    f->stage = LOGIN_SHOWING;
}

static void on_poll(struct login_flow *f, struct login_poll *p, int64_t now_us)
{
    f->away = p->verdict == LOGIN_AWAY ? f->away + 1 : 0;
    switch (p->verdict) {
    case LOGIN_TOKEN:
        flow_end(f, LOGIN_END_TOKEN);
        f->token = LK_TAKE(p->token);
        break;
    case LOGIN_SLOW_DOWN:
        f->interval_s =
            LK_MIN(f->interval_s + LOGIN_SLOWER_S, LOGIN_INTERVAL_MAX_S);
        flow_pause(f, now_us);
        break;
    case LOGIN_PENDING:
    case LOGIN_AWAY:
        flow_pause(f, now_us);
        break;
    case LOGIN_DENIED:
        flow_end(f, LOGIN_END_DENIED);
        break;
    case LOGIN_EXPIRED:
        flow_end(f, LOGIN_END_EXPIRED);
        break;
    case LOGIN_BROKEN:
    case LOGIN_VERDICTS:
        flow_end(f, LOGIN_END_SERVICE);
        break;
    }
}

void login_flow_answer(struct login_flow *f, long status, const char *body,
                       size_t len, int64_t now_us)
{
    struct login_poll p = {.token = NULL};
    if (f->stage == LOGIN_STARTED) {
        on_start(f, status, body, len, now_us);
    } else if (f->stage == LOGIN_POLLING) {
        if (login_parse_poll(status, body, len, &p) < 0)
            p.verdict = LOGIN_BROKEN; /* no memory */
        on_poll(f, &p, now_us);
    }
    lk_buf_free(p.token);
}

int64_t login_flow_lasts_us(const struct login_flow *f, int64_t now_us)
{
    return f->until_us > now_us ? f->until_us - now_us : 0;
}

int64_t login_flow_wait_us(const struct login_flow *f)
{
    switch (f->stage) {
    case LOGIN_STARTING:
    case LOGIN_SHOWING:
    case LOGIN_ENDING:
        return 0;
    case LOGIN_PAUSE:
        return LK_MIN(f->next_us, f->until_us);
    case LOGIN_POLLING:
        return f->until_us;
    case LOGIN_IDLE:
    case LOGIN_STARTED:
        break;
    }
    return INT64_MAX;
}
