#include "app/rtc_names.h"

#include "base/log.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct rtc_names {
    const struct store_config *config;
    rtc_names_fn *found;
    void *arg;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* over `stop` */
    pthread_cond_t wake;
    bool stop;
};

/* The numeric address of `host`; `flags` may forbid asking anybody. */
static int resolve(const char *host, int flags, char *ret, size_t cap)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_DGRAM,
                             .ai_flags = flags | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    if (getaddrinfo(host, NULL, &hints, &list) != 0)
        return -ENOENT;
    int r = getnameinfo(list->ai_addr, list->ai_addrlen, ret, (socklen_t)cap,
                        NULL, 0, NI_NUMERICHOST);
    freeaddrinfo(list);
    return r == 0 ? 0 : -ENOENT;
}

/* Fills in one server; false when its name has no address now. */
static bool add_server(const struct store_config_host *at, int flags,
                       struct rtc_ice_server *ret)
{
    if (resolve(at->host, flags, ret->host, sizeof(ret->host)) < 0)
        return false;
    ret->port = at->port;
    return true;
}

/* All servers that have an address. Returns whether every one has. */
static bool resolve_all(struct rtc_names *n, int flags)
{
    const struct store_config *c = n->config;
    struct rtc_ice_server list[RTC_ICE_SERVERS_MAX] = {{0}};
    size_t count = 0;
    bool all = true;
    /* libnice takes one STUN server; each TURN server counts by itself. */
    if (c->stuns > 0) {
        bool ok = add_server(&c->stun[0], flags, &list[count]);
        list[count].kind = RTC_ICE_STUN;
        count += ok ? 1 : 0;
        all = all && ok;
    }
    for (size_t i = 0; i < c->turns && count < RTC_ICE_SERVERS_MAX; i++) {
        const struct store_config_turn *t = &c->turn[i];
        struct rtc_ice_server *s = &list[count];
        bool ok = add_server(&t->at, flags, s);
        s->kind = t->tcp ? RTC_ICE_TURN_TCP : RTC_ICE_TURN_UDP;
        (void)snprintf(s->user, sizeof(s->user), "%s", t->user);
        (void)snprintf(s->password, sizeof(s->password), "%s", t->password);
        count += ok ? 1 : 0;
        all = all && ok;
    }
    n->found(n->arg, list, count);
    explicit_bzero(list, sizeof(list));
    return all;
}

static bool names_wait(struct rtc_names *n, int seconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&n->lock);
    while (!n->stop &&
           pthread_cond_timedwait(&n->wake, &n->lock, &until) != ETIMEDOUT)
        ;
    bool go_on = !n->stop;
    pthread_mutex_unlock(&n->lock);
    return go_on;
}

static void *names_main(void *arg)
{
    struct rtc_names *n = arg;
    bool all;
    pthread_setname_np(pthread_self(), "names");
    do {
        all = resolve_all(n, 0);
        if (!all)
            LK_LOG(WARN, "names", "what=unresolved");
    } while (names_wait(n, all ? RTC_NAMES_AGAIN_S : RTC_NAMES_RETRY_S));
    return NULL;
}

int rtc_names_new(const struct store_config *config, rtc_names_fn *found,
                  void *arg, struct rtc_names **ret)
{
    pthread_condattr_t monotonic;
    struct rtc_names *n = calloc(1, sizeof(*n));
    if (!n)
        return -ENOMEM;
    n->config = config;
    n->found = found;
    n->arg = arg;
    pthread_mutex_init(&n->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&n->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int r = 0;
    if (!resolve_all(n, AI_NUMERICHOST)) {
        r = -pthread_create(&n->thread, NULL, names_main, n);
        n->started = r == 0;
    }
    if (r < 0) {
        rtc_names_free(n);
        return r;
    }
    *ret = n;
    return 0;
}

struct rtc_names *rtc_names_free(struct rtc_names *n)
{
    if (!n)
        return NULL;
    if (n->started) {
        pthread_mutex_lock(&n->lock);
        n->stop = true;
        pthread_cond_signal(&n->wake);
        pthread_mutex_unlock(&n->lock);
        pthread_join(n->thread, NULL);
    }
    pthread_cond_destroy(&n->wake);
    pthread_mutex_destroy(&n->lock);
    free(n);
    return NULL;
}
