/* The owner's side of the link; link_thread.c has the thread's. */
#include "signal/link_core.h"

#include "base/clock.h"
#include "base/text.h"

#include <mosquitto.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct signal_link {
    struct link_core *core;
    struct lk_mailbox *mailbox;
    struct signal_link_events events;
    pthread_t thread;
    bool up; /* as told last */
    bool started;
};

int signal_link_init(void)
{
    if (OPENSSL_init_ssl(0, NULL) != 1)
        return -EIO;
    return mosquitto_lib_init() == MOSQ_ERR_SUCCESS ? 0 : -EIO;
}

static void core_clear_out(struct link_core *core)
{
    for (size_t i = 0; i < core->out_count; i++)
        free(core->out[(core->out_head + i) % SIGNAL_LINK_OUT_MAX].topic);
    core->out_count = 0;
}

void link_core_unref(struct link_core *core)
{
    if (atomic_fetch_sub(&core->refs, 1) != 1)
        return;
    core_clear_out(core);
    SSL_CTX_free(core->tls);
    (void)lk_fd_close(core->wake);
    (void)pthread_cond_destroy(&core->ended);
    (void)pthread_mutex_destroy(&core->lock);
    free(core);
}

static void core_wake(const struct link_core *core)
{
    uint64_t one = 1;
    ssize_t n = write(core->wake, &one, sizeof(one));
    (void)n; /* only full when it is awake anyway */
}

static int core_new(const struct signal_link_config *config,
                    struct link_core **ret)
{
    uint8_t id[16];
    pthread_condattr_t attr;
    struct link_core *core = calloc(1, sizeof(*core));
    if (!core)
        return -ENOMEM;
    atomic_init(&core->refs, 1);
    (void)pthread_mutex_init(&core->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&core->ended, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)snprintf(core->host, sizeof(core->host), "%s", config->host);
    core->port = config->port;
    core->clock_trusted = config->clock_trusted;
    core->floor_s = config->floor_s;
    lk_random_bytes(id, sizeof(id));
    lk_hex_encode(id, sizeof(id), core->client_id);
    core->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = core->wake < 0 ? -errno : 0;
    if (r == 0)
        r = link_tls_new(config, core, &core->tls);
    if (r < 0) {
        link_core_unref(core);
        return r;
    }
    *ret = core;
    return 0;
}

/* --- on the loop's thread --------------------------------------------------
 */

static void link_receive(void *arg, void *item)
{
    struct signal_link *l = arg;
    struct link_event *e = item;
    if (e->oversized) {
        (void)atomic_fetch_sub(&l->core->waiting, 1);
        if (l->events.oversized)
            l->events.oversized(l->events.arg);
    } else if (e->topic) {
        (void)atomic_fetch_sub(&l->core->waiting, 1);
        l->events.message(l->events.arg, e->topic, e->payload, e->len);
        free(e->topic);
    } else if (e->up != l->up) {
        l->up = e->up;
        l->events.state(l->events.arg, e->up);
    }
}

static void link_drop(void *arg, void *item)
{
    struct link_event *e = item;
    (void)arg;
    free(e->topic);
}

static int link_start(struct signal_link *l)
{
    sigset_t all;
    sigset_t before;
    /* Signals are for the loop's thread; SIGPIPE, too, is not for this one. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    (void)atomic_fetch_add(&l->core->refs, 1);
    int r = pthread_create(&l->thread, NULL, link_thread_main, l->core);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r != 0) {
        (void)atomic_fetch_sub(&l->core->refs, 1); /* ours is left */
        return -EAGAIN;
    }
    l->started = true;
    return 0;
}

static bool link_filter_ok(const char *filter)
{
    size_t len = strnlen(filter, SIGNAL_LINK_FILTER_MAX);
    return len > 0 && len < SIGNAL_LINK_FILTER_MAX &&
           mosquitto_sub_topic_check(filter) == MOSQ_ERR_SUCCESS;
}

static bool link_config_ok(const struct signal_link_config *config)
{
    size_t len = strnlen(config->host, SIGNAL_LINK_HOST_MAX);
    return len > 0 && len < SIGNAL_LINK_HOST_MAX && config->port > 0 &&
           config->subscription_count <= SIGNAL_LINK_SUBSCRIPTIONS_MAX &&
           config->events.state && config->events.message;
}

int signal_link_new(const struct signal_link_config *config,
                    struct signal_link **ret)
{
    if (!link_config_ok(config))
        return -EINVAL;
    struct signal_link *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->events = config->events;
    struct lk_mailbox_config box = {.item_len = sizeof(struct link_event),
                                    .capacity =
                                        SIGNAL_LINK_IN_MAX + LINK_STATES_MAX,
                                    .full = LK_MAILBOX_REFUSE,
                                    .receive = link_receive,
                                    .drop = link_drop,
                                    .arg = l};
    int r = core_new(config, &l->core);
    if (r == 0)
        r = lk_mailbox_new(config->loop, &box, &l->mailbox);
    if (r == 0)
        l->core->mailbox = l->mailbox;
    for (size_t i = 0; r == 0 && i < config->subscription_count; i++)
        r = signal_link_subscribe(l, config->subscriptions[i]);
    if (r == 0)
        r = link_start(l);
    if (r < 0) {
        (void)signal_link_free(l);
        return r;
    }
    *ret = l;
    return 0;
}

/* Waits until the thread has ended, or for as long as is fair. */
static void link_join(struct signal_link *l)
{
    struct link_core *core = l->core;
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SIGNAL_LINK_STOP_MS / 1000;
    (void)pthread_mutex_lock(&core->lock);
    int r = 0;
    while (!core->done && r == 0)
        r = pthread_cond_timedwait(&core->ended, &core->lock, &until);
    bool done = core->done;
    (void)pthread_mutex_unlock(&core->lock);
    if (done)
        (void)pthread_join(l->thread, NULL);
    else
        (void)pthread_detach(l->thread);
}

struct signal_link *signal_link_free(struct signal_link *l)
{
    if (!l)
        return NULL;
    struct link_core *core = l->core;
    if (core) {
        (void)pthread_mutex_lock(&core->lock);
        core->stop = true;
        core->mailbox = NULL;
        (void)pthread_mutex_unlock(&core->lock);
        core_wake(core);
    }
    if (core && l->started)
        link_join(l);
    l->mailbox = lk_mailbox_free(l->mailbox);
    if (core)
        link_core_unref(core);
    free(l);
    return NULL;
}

int signal_link_publish(struct signal_link *l, const char *topic,
                        const void *payload, size_t len)
{
    struct link_core *core = l->core;
    size_t topic_len = strnlen(topic, SIGNAL_LINK_FILTER_MAX);
    if (len > SIGNAL_LINK_PAYLOAD_MAX) {
        (void)atomic_fetch_add(&core->oversized, 1);
        return -EMSGSIZE;
    }
    if (topic_len == 0 || topic_len == SIGNAL_LINK_FILTER_MAX ||
        mosquitto_pub_topic_check(topic) != MOSQ_ERR_SUCCESS)
        return -EINVAL;
    char *block = malloc(topic_len + 1 + len);
    if (!block)
        return -ENOMEM;
    memcpy(block, topic, topic_len + 1);
    if (len > 0)
        memcpy(block + topic_len + 1, payload, len);
    int r = 0;
    (void)pthread_mutex_lock(&core->lock);
    if (!core->up)
        r = -ENOTCONN;
    else if (core->out_count == SIGNAL_LINK_OUT_MAX)
        r = -ENOSPC;
    else
        core->out[(core->out_head + core->out_count++) % SIGNAL_LINK_OUT_MAX] =
            (struct link_out){
                .topic = block, .payload = block + topic_len + 1, .len = len};
    (void)pthread_mutex_unlock(&core->lock);
    if (r < 0) {
        free(block);
        (void)atomic_fetch_add(&core->out_dropped, 1);
        return r;
    }
    core_wake(core);
    return 0;
}

static struct link_filter *core_filter(struct link_core *core, const char *text)
{
    for (size_t i = 0; i < SIGNAL_LINK_SUBSCRIPTIONS_MAX; i++)
        if (strcmp(core->filters[i].text, text) == 0)
            return &core->filters[i];
    return NULL;
}

int signal_link_subscribe(struct signal_link *l, const char *filter)
{
    struct link_core *core = l->core;
    if (!link_filter_ok(filter))
        return -EINVAL;
    (void)pthread_mutex_lock(&core->lock);
    struct link_filter *f = core_filter(core, filter);
    if (!f)
        f = core_filter(core, ""); /* a free slot */
    if (f) {
        (void)snprintf(f->text, sizeof(f->text), "%s", filter);
        f->wanted = true;
    }
    (void)pthread_mutex_unlock(&core->lock);
    core_wake(core);
    return f ? 0 : -ENOSPC;
}

int signal_link_unsubscribe(struct signal_link *l, const char *filter)
{
    struct link_core *core = l->core;
    if (!link_filter_ok(filter))
        return -EINVAL;
    (void)pthread_mutex_lock(&core->lock);
    struct link_filter *f = core_filter(core, filter);
    if (f)
        f->wanted = false;
    if (f && !f->active)
        f->text[0] = '\0'; /* the broker never heard of it */
    (void)pthread_mutex_unlock(&core->lock);
    core_wake(core);
    return f ? 0 : -EINVAL;
}

void signal_link_counts(struct signal_link *l, struct signal_link_counts *ret)
{
    struct link_core *core = l->core;
    ret->connects = atomic_load(&core->connects);
    ret->failures = atomic_load(&core->failures);
    ret->sent = atomic_load(&core->sent);
    ret->received = atomic_load(&core->received);
    ret->out_dropped = atomic_load(&core->out_dropped);
    ret->in_dropped = atomic_load(&core->in_dropped);
    ret->oversized = atomic_load(&core->oversized);
}
