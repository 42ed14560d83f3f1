/* rtc_broker.c - luukku-rtc's link to the broker. */
#include "app/rtc_broker.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "ipc/supermsg.h"
#include "signal/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rtc_broker {
    struct rtc_broker_config config;
    struct signal_link *link;
    bool up;
    char agency[LK_NAME_MAX]; /* that is watched, or "" */
};

void rtc_broker_tell(struct rtc_broker *b)
{
    struct rtcmsg m = {.type = RTCMSG_LINK, .up = b->up};
    (void)snprintf(m.why, sizeof(m.why), "%s", b->up ? "up" : "down");
    b->config.tell(b->config.arg, &m);
}

static void link_state(void *arg, bool up)
{
    struct rtc_broker *b = arg;
    b->up = up;
    rtc_broker_tell(b);
}

/* The link's payloads have a NUL behind them. */
static void link_renewed(struct rtc_broker *b, const char *text, size_t len)
{
    if (len < SUPERMSG_TEXT_MAX && strlen(text) == len &&
        lk_utf8_valid(text, len))
        b->config.renewed(b->config.arg, text);
    else
        LK_LOG(WARN, "link", "what=\"renewal\" why=\"malformed\"");
}

static void link_message(void *arg, const char *topic, const void *payload,
                         size_t len)
{
    struct rtc_broker *b = arg;
    struct rtcmsg m = {.type = RTCMSG_MESSAGE, .bytes = payload, .len = len};
    size_t n = strlen(topic);
    if (strncmp(topic, "renew/", 6) == 0) {
        link_renewed(b, payload, len);
        return;
    }
    if (n >= sizeof(m.topic) || len > RTCMSG_BYTES_MAX)
        return; /* no topic and no payload of ours is as long */
    memcpy(m.topic, topic, n + 1);
    b->config.tell(b->config.arg, &m);
}

/* The one refusal that does not reach luukkud, which names all others. */
static void link_oversized(void *arg)
{
    (void)arg;
    LK_LOG(WARN, "link", "what=\"refused\" why=\"oversized\"");
}

static int make_link(struct rtc_broker *b)
{
    const struct rtc_broker_config *c = &b->config;
    char down[SIGNAL_LINK_FILTER_MAX];
    char tech[SIGNAL_LINK_FILTER_MAX];
    char renewed[SIGNAL_LINK_FILTER_MAX];
    const char *filters[] = {down, renewed, tech};
    (void)snprintf(down, sizeof(down), "k/%s/down/+", c->config->kiosk);
    (void)snprintf(renewed, sizeof(renewed), "renew/%s/down", c->config->kiosk);
    (void)snprintf(tech, sizeof(tech), "tech/%s/down/+", c->config->kiosk);
    struct signal_link_events events = {.state = link_state,
                                        .message = link_message,
                                        .oversized = link_oversized,
                                        .arg = b};
    struct signal_link_config config = {
        .loop = c->loop,
        .host = c->config->broker.host,
        .port = c->config->broker.port,
        .ca_pem = c->tls_ca->data,
        .ca_len = c->tls_ca->len,
        .cert_pem = c->tls_cert->data,
        .cert_len = c->tls_cert->len,
        .key_pem = c->tls_key->data,
        .key_len = c->tls_key->len,
        .clock_trusted = signal_link_clock_trusted,
        .floor_s = c->floor_s,
        .subscriptions = filters,
        .subscription_count = LK_ARRAY_LEN(filters),
        .events = events};
    return signal_link_new(&config, &b->link);
}

int rtc_broker_new(const struct rtc_broker_config *config,
                   struct rtc_broker **ret)
{
    struct rtc_broker *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->config = *config;
    int r = make_link(b);
    if (r < 0) {
        free(b);
        return r;
    }
    *ret = b;
    return 0;
}

struct rtc_broker *rtc_broker_free(struct rtc_broker *b)
{
    if (b) {
        signal_link_free(b->link);
        free(b);
    }
    return NULL;
}

bool rtc_broker_up(const struct rtc_broker *b)
{
    return b->up;
}

int rtc_broker_publish(struct rtc_broker *b, const struct rtcmsg *m)
{
    return signal_link_publish(b->link, m->topic, m->bytes, m->len);
}

int rtc_broker_renew(struct rtc_broker *b, const char *request)
{
    char topic[SIGNAL_LINK_FILTER_MAX];
    (void)snprintf(topic, sizeof(topic), "renew/%s/up",
                   b->config.config->kiosk);
    return signal_link_publish(b->link, topic, request, strlen(request));
}

/* Subscribes to the watched agency's topics, or no longer. */
static int set_watch(struct rtc_broker *b, bool on)
{
    static const char *const of[] = {"call", "here"};
    char filter[SIGNAL_LINK_FILTER_MAX];
    int r = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(of); i++) {
        (void)snprintf(filter, sizeof(filter), "%s/%s/+", of[i], b->agency);
        int e = on ? signal_link_subscribe(b->link, filter)
                   : signal_link_unsubscribe(b->link, filter);
        r = r < 0 ? r : e;
    }
    return r;
}

int rtc_broker_watch(struct rtc_broker *b, const char *agency)
{
    int r = 0;
    if (strcmp(b->agency, agency) == 0)
        return 0;
    if (b->agency[0] != '\0')
        r = set_watch(b, false);
    b->agency[0] = '\0';
    if (agency[0] == '\0')
        return r;
    if (!lk_name_valid(agency)) /* a wildcard would be heard of everybody */
        return -EINVAL;
    (void)snprintf(b->agency, sizeof(b->agency), "%s", agency);
    int e = set_watch(b, true);
    return r < 0 ? r : e;
}
