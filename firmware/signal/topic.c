#include "signal/envelope.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Copies what stands before the next slash (or the end) and moves on. */
static bool topic_level(const char **at, char *ret, size_t cap)
{
    size_t n = strcspn(*at, "/");
    if (n >= cap)
        return false;
    memcpy(ret, *at, n);
    ret[n] = '\0';
    *at += n;
    if (**at == '/')
        (*at)++;
    else
        *at = "";
    return true;
}

static int topic_parse_pair(const char *at, char *first, char *second)
{
    bool ok = topic_level(&at, first, LK_NAME_MAX) &&
              topic_level(&at, second, LK_NAME_MAX) && *at == '\0' &&
              lk_name_valid(first) && lk_name_valid(second);
    return ok ? 0 : -EBADMSG;
}

/* Behind "k/" or "tech/"; whatever of `up` and `down` it is. */
static int topic_parse_line(const char *at, enum signal_topic_kind up_kind,
                            enum signal_topic_kind down_kind,
                            struct signal_topic *t)
{
    char way[8];
    if (!topic_level(&at, t->kiosk, sizeof(t->kiosk)) ||
        !topic_level(&at, way, sizeof(way)) ||
        !topic_level(&at, t->expert, sizeof(t->expert)) || *at != '\0')
        return -EBADMSG;
    bool up = strcmp(way, "up") == 0;
    t->kind = up ? up_kind : down_kind;
    bool ok = (up || strcmp(way, "down") == 0) && lk_name_valid(t->kiosk) &&
              lk_name_valid(t->expert);
    return ok ? 0 : -EBADMSG;
}

int signal_topic_parse(const char *topic, struct signal_topic *ret)
{
    struct signal_topic t = {.kind = SIGNAL_TOPIC_CALL};
    int r = -EBADMSG;
    size_t len = strnlen(topic, SIGNAL_TOPIC_MAX);
    if (len == 0 || len == SIGNAL_TOPIC_MAX || topic[len - 1] == '/')
        return -EBADMSG;
    if (strncmp(topic, "call/", 5) == 0) {
        r = topic_parse_pair(topic + 5, t.agency, t.kiosk);
    } else if (strncmp(topic, "here/", 5) == 0) {
        t.kind = SIGNAL_TOPIC_HERE;
        r = topic_parse_pair(topic + 5, t.agency, t.expert);
    } else if (strncmp(topic, "k/", 2) == 0) {
        r = topic_parse_line(topic + 2, SIGNAL_TOPIC_UP, SIGNAL_TOPIC_DOWN, &t);
    } else if (strncmp(topic, "tech/", 5) == 0) {
        r = topic_parse_line(topic + 5, SIGNAL_TOPIC_TECH_UP,
                             SIGNAL_TOPIC_TECH_DOWN, &t);
    } else if (strncmp(topic, "health/", 7) == 0 && lk_name_valid(topic + 7)) {
        t.kind = SIGNAL_TOPIC_HEALTH;
        (void)snprintf(t.kiosk, sizeof(t.kiosk), "%s", topic + 7);
        r = 0;
    }
    if (r == 0)
        *ret = t;
    return r;
}

void signal_topic_write(const struct signal_topic *t, char *ret)
{
    const size_t cap = SIGNAL_TOPIC_MAX;
    switch (t->kind) {
    case SIGNAL_TOPIC_UP:
        (void)snprintf(ret, cap, "k/%s/up/%s", t->kiosk, t->expert);
        break;
    case SIGNAL_TOPIC_DOWN:
        (void)snprintf(ret, cap, "k/%s/down/%s", t->kiosk, t->expert);
        break;
    case SIGNAL_TOPIC_CALL:
        (void)snprintf(ret, cap, "call/%s/%s", t->agency, t->kiosk);
        break;
    case SIGNAL_TOPIC_HERE:
        (void)snprintf(ret, cap, "here/%s/%s", t->agency, t->expert);
        break;
    case SIGNAL_TOPIC_HEALTH:
        (void)snprintf(ret, cap, "health/%s", t->kiosk);
        break;
    case SIGNAL_TOPIC_TECH_UP:
        (void)snprintf(ret, cap, "tech/%s/up/%s", t->kiosk, t->expert);
        break;
    case SIGNAL_TOPIC_TECH_DOWN:
        (void)snprintf(ret, cap, "tech/%s/down/%s", t->kiosk, t->expert);
        break;
    }
}
