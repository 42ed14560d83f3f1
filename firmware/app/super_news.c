#include "app/super_news.h"

#include "app/super_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const session_name[] = {
    [SUPER_SESSION_UNKNOWN] = NULL,
    [SUPER_SESSION_IDLE] = "idle",
    [SUPER_SESSION_VISIT] = "visit",
    [SUPER_SESSION_CALL] = "call",
};

void super_news_init(struct super_news *n)
{
    *n = (struct super_news){.link = -1};
}

static int take_session(struct super_news *n, const char *word)
{
    for (size_t i = 1; i < LK_ARRAY_LEN(session_name); i++) {
        if (strcmp(word, session_name[i]) == 0) {
            n->session = (enum super_news_session)i;
            return 0;
        }
    }
    return -EBADMSG;
}

static int take_link(struct super_news *n, const char *word)
{
    bool up = strcmp(word, "up") == 0;
    if (!up && strcmp(word, "down") != 0)
        return -EBADMSG;
    n->link = up;
    return 0;
}

/* Digits up to a space or the end; *at behind them and the space. */
static int read_number(const char **at, int64_t *ret)
{
    int64_t v = 0;
    const char *s = *at;
    if (*s < '0' || *s > '9')
        return -EBADMSG;
    for (; *s >= '0' && *s <= '9'; s++) {
        v = v * 10 + (*s - '0');
        if (v > SUPER_NEWS_NUMBER_MAX)
            return -EBADMSG;
    }
    if (*s != ' ' && *s)
        return -EBADMSG;
    *at = s + (*s == ' ');
    *ret = v;
    return 0;
}

static int read_figure(const char **at, struct super_news_call *c)
{
    for (size_t i = 0; i < FIGURES_CALL; i++) {
        size_t len = strlen(figures_name((enum figures_call)i));
        if (strncmp(*at, figures_name((enum figures_call)i), len) != 0 ||
            (*at)[len] != '=')
            continue;
        if (c->value[i] != -1)
            return -EBADMSG; /* twice */
        *at += len + 1;
        return read_number(at, &c->value[i]);
    }
    return -EBADMSG;
}

static int take_call(struct super_news *n, const char *text, int64_t wall_us)
{
    struct super_news_call c = {.wall_us = wall_us};
    for (size_t i = 0; i < FIGURES_CALL; i++)
        c.value[i] = -1;
    while (*text) {
        int r = read_figure(&text, &c);
        if (r < 0)
            return r;
    }
    if (c.value[FIGURES_DURATION_S] < 0)
        return -EBADMSG;
    n->call[n->calls++ % SUPER_NEWS_CALLS] = c;
    return 0;
}

int super_news_take(struct super_news *n, enum super_news_from from,
                    const char *text, int64_t wall_us)
{
    if (strlen(text) >= SUPER_NEWS_TEXT_MAX)
        return -EBADMSG;
    if (from == SUPER_NEWS_LUUKKUD)
        return strncmp(text, "session ", 8) == 0 ? take_session(n, text + 8)
                                                 : -EBADMSG;
    if (strncmp(text, "link ", 5) == 0)
        return take_link(n, text + 5);
    if (strncmp(text, "call ", 5) == 0)
        return take_call(n, text + 5, wall_us);
    return -EBADMSG;
}

void super_news_forget(struct super_news *n, enum super_news_from from)
{
    if (from == SUPER_NEWS_LUUKKUD)
        n->session = SUPER_SESSION_UNKNOWN;
    else
        n->link = -1;
}

bool super_news_somebody(const struct super_news *n)
{
    return n->session == SUPER_SESSION_VISIT ||
           n->session == SUPER_SESSION_CALL;
}

const char *super_news_session_name(const struct super_news *n)
{
    return session_name[n->session];
}

const char *super_news_link_name(const struct super_news *n)
{
    if (n->link < 0)
        return NULL;
    return n->link ? "up" : "down";
}

static json_t *whole(int64_t v)
{
    return v < 0 ? json_null() : json_integer(v);
}

static json_t *thousandth(int64_t v)
{
    return v < 0 ? json_null() : json_real((double)v / 1000);
}

static json_t *call_answer(const struct super_news_call *c)
{
    char at[SUPER_TIME_MAX];
    const int64_t *v = c->value;
    super_time_text(c->wall_us, at);
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "at", at,
        "duration_s", whole(v[FIGURES_DURATION_S]), "rtt_ms",
        thousandth(v[FIGURES_RTT_US]), "rtt_worst_ms",
        thousandth(v[FIGURES_RTT_WORST_US]), "loss_sent_permille",
        whole(v[FIGURES_LOSS_SENT_PERMILLE]), "loss_received_permille",
        whole(v[FIGURES_LOSS_RECEIVED_PERMILLE]), "fps_sent",
        thousandth(v[FIGURES_FPS_SENT_MILLI]), "fps_received",
        thousandth(v[FIGURES_FPS_RECEIVED_MILLI]), "width",
        whole(v[FIGURES_WIDTH]), "height", whole(v[FIGURES_HEIGHT]),
        "send_kbps", whole(v[FIGURES_SEND_KBPS]), "receive_kbps",
        whole(v[FIGURES_RECEIVE_KBPS]), "connect_ms",
        whole(v[FIGURES_CONNECT_MS]), "restarts", whole(v[FIGURES_RESTARTS]));
}

json_t *super_news_answer(const struct super_news *n)
{
    json_t *list = json_array();
    uint64_t kept = LK_MIN(n->calls, (uint64_t)SUPER_NEWS_CALLS);
    for (uint64_t i = 0; list && i < kept; i++) {
        uint64_t at = (n->calls - 1 - i) % SUPER_NEWS_CALLS;
        if (json_array_append_new(list, call_answer(&n->call[at])) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
