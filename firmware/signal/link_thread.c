/* The link's thread: the only one that calls libmosquitto for a connection.
 *
 * libmosquitto may block in name resolution and in connect(2); so names are
 * resolved here, and it gets numeric addresses to connect to without blocking,
 * one after the other, each with a deadline.
 */
#include "signal/link_core.h"
#include "signal/link_watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <mosquitto.h>
#include <openssl/err.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADDRESSES_MAX 8
#define MISC_MS 1000 /* how often keepalive is looked at */
#define STEADY_MS                                              \
    5000 /* a link that lived so long starts the back-off anew \
          */
#define BACKOFF_FLOOR_MS 50

/* One connection. */
struct visit {
    struct link_core *core;
    struct mosquitto *mosq;
    int64_t deadline_ms; /* for being up */
    bool tcp;            /* connected */
    bool granted;        /* CONNACK was fine */
    bool refused;
    bool up;
    struct link_watch watch;
};

/* Posts what the owner was not told yet; tried again with every event. */
static void thread_tell_state(struct link_core *core)
{
    (void)pthread_mutex_lock(&core->lock);
    struct link_event e = {.up = core->up};
    if (core->up != core->up_told && core->mailbox &&
        lk_mailbox_post(core->mailbox, &e) == 0)
        core->up_told = core->up;
    (void)pthread_mutex_unlock(&core->lock);
}

static void thread_set_up(struct link_core *core, bool up)
{
    (void)pthread_mutex_lock(&core->lock);
    core->up = up;
    for (; !up && core->out_count > 0; core->out_count--) {
        free(core->out[core->out_head].topic);
        core->out_head = (core->out_head + 1) % SIGNAL_LINK_OUT_MAX;
        (void)atomic_fetch_add(&core->out_dropped, 1);
    }
    (void)pthread_mutex_unlock(&core->lock);
    thread_tell_state(core);
}

static bool thread_stopped(struct link_core *core)
{
    (void)pthread_mutex_lock(&core->lock);
    bool stop = core->stop;
    (void)pthread_mutex_unlock(&core->lock);
    return stop;
}

static void thread_drain_wake(const struct link_core *core)
{
    uint64_t n = 0;
    ssize_t r = read(core->wake, &n, sizeof(n));
    (void)r;
}

/* --- libmosquitto's callbacks, on this thread ------------------------------
 */

static void visit_on_connect(struct mosquitto *mosq, void *arg, int code)
{
    struct visit *v = arg;
    (void)mosq;
    v->granted = code == 0;
    v->refused = code != 0;
}

static void visit_on_subscribe(struct mosquitto *mosq, void *arg, int mid,
                               int count, const int *granted)
{
    struct visit *v = arg;
    (void)mosq;
    (void)mid;
    (void)count;
    (void)granted;
    v->up = true;
}

/* Hands an event to the owner; where there is no room, or nobody, it is freed
 * and counted. */
static void thread_post(struct link_core *core, const struct link_event *e)
{
    (void)atomic_fetch_add(&core->waiting, 1);
    (void)pthread_mutex_lock(&core->lock);
    int r = core->mailbox ? lk_mailbox_post(core->mailbox, e) : -ENOTCONN;
    (void)pthread_mutex_unlock(&core->lock);
    if (r < 0) {
        free(e->topic);
        (void)atomic_fetch_sub(&core->waiting, 1);
        (void)atomic_fetch_add(&core->in_dropped, 1);
    }
}

static void visit_on_message(struct mosquitto *mosq, void *arg,
                             const struct mosquitto_message *m)
{
    struct visit *v = arg;
    struct link_core *core = v->core;
    size_t len = m->payloadlen > 0 ? (size_t)m->payloadlen : 0;
    size_t topic_len = strnlen(m->topic, SIGNAL_LINK_FILTER_MAX);
    bool room = atomic_load(&core->waiting) < SIGNAL_LINK_IN_MAX;
    (void)mosq;
    (void)atomic_fetch_add(&core->received, 1);
    if (len > SIGNAL_LINK_PAYLOAD_MAX || topic_len == SIGNAL_LINK_FILTER_MAX) {
        struct link_event e = {.oversized = true};
        (void)atomic_fetch_add(&core->oversized, 1);
        if (room)
            thread_post(core, &e);
        return;
    }
    char *block = room ? malloc(topic_len + 1 + len + 1) : NULL;
    if (!block) {
        (void)atomic_fetch_add(&core->in_dropped, 1);
        return;
    }
    memcpy(block, m->topic, topic_len + 1);
    if (len > 0)
        memcpy(block + topic_len + 1, m->payload, len);
    block[topic_len + 1 + len] = '\0';
    struct link_event e = {
        .topic = block, .payload = block + topic_len + 1, .len = len};
    thread_post(core, &e);
}

/* Bytes read from the socket so far. */
static uint64_t visit_read(const struct visit *v)
{
    const SSL *ssl = mosquitto_ssl_get(v->mosq);
    BIO *bio = ssl ? SSL_get_rbio(ssl) : NULL;
    return bio ? BIO_number_read(bio) : 0;
}

static void visit_on_log(struct mosquitto *mosq, void *arg, int level,
                         const char *line)
{
    struct visit *v = arg;
    (void)mosq;
    (void)level;
    link_watch_line(&v->watch, line, visit_read(v));
}

/* --- one connection --------------------------------------------------------
 */

/* Takes what is to be done about one filter out of the table: true when there
 * is something. libmosquitto is not called under our lock, for it calls us
 * under its own. */
static bool core_filter_due(struct link_core *core, size_t i,
                            struct link_filter *ret)
{
    (void)pthread_mutex_lock(&core->lock);
    struct link_filter *f = &core->filters[i];
    *ret = *f;
    f->active = f->wanted;
    if (!f->wanted)
        f->text[0] = '\0';
    (void)pthread_mutex_unlock(&core->lock);
    return ret->text[0] != '\0' && ret->wanted != ret->active;
}

/* Makes the broker's subscriptions those that are wanted. */
static int visit_sync_filters(struct visit *v)
{
    struct link_filter f;
    int rc = MOSQ_ERR_SUCCESS;
    bool any = false;
    for (size_t i = 0; i < SIGNAL_LINK_SUBSCRIPTIONS_MAX; i++) {
        bool due = core_filter_due(v->core, i, &f);
        any = any || f.wanted;
        if (due && rc == MOSQ_ERR_SUCCESS)
            rc = f.wanted ? mosquitto_subscribe(v->mosq, NULL, f.text, 0)
                          : mosquitto_unsubscribe(v->mosq, NULL, f.text);
    }
    v->up = v->up || !any; /* else with the first SUBACK */
    return rc;
}

static void thread_forget_filters(struct link_core *core)
{
    (void)pthread_mutex_lock(&core->lock);
    for (size_t i = 0; i < SIGNAL_LINK_SUBSCRIPTIONS_MAX; i++)
        core->filters[i].active = false;
    (void)pthread_mutex_unlock(&core->lock);
}

static bool core_pop(struct link_core *core, struct link_out *ret)
{
    (void)pthread_mutex_lock(&core->lock);
    bool any = core->out_count > 0;
    if (any) {
        *ret = core->out[core->out_head];
        core->out_head = (core->out_head + 1) % SIGNAL_LINK_OUT_MAX;
        core->out_count--;
    }
    (void)pthread_mutex_unlock(&core->lock);
    return any;
}

/* Writes queued messages while the socket takes them, so that libmosquitto's
 * own queue, which has no bound, never holds more than one. */
static int visit_flush(struct visit *v)
{
    struct link_out out;
    int rc = MOSQ_ERR_SUCCESS;
    while (rc == MOSQ_ERR_SUCCESS && !mosquitto_want_write(v->mosq) &&
           core_pop(v->core, &out)) {
        rc = mosquitto_publish(v->mosq, NULL, out.topic, (int)out.len,
                               out.payload, 0, false);
        (void)atomic_fetch_add(
            rc == MOSQ_ERR_SUCCESS ? &v->core->sent : &v->core->out_dropped, 1);
        free(out.topic);
    }
    return rc;
}

/* What to wait for on the socket. */
static short visit_events(const struct visit *v)
{
    const SSL *ssl = mosquitto_ssl_get(v->mosq);
    if (!v->tcp)
        return POLLOUT;
    /* libmosquitto's want_write sticks during the handshake. */
    if (ssl && SSL_in_init(ssl))
        return SSL_want_write(ssl) ? POLLOUT : POLLIN;
    return (short)(POLLIN | (mosquitto_want_write(v->mosq) ? POLLOUT : 0));
}

/* The TCP connection stands, or has failed. SO_ERROR would not tell: the first
 * write of the handshake may have taken it. */
static int visit_tcp(struct visit *v, int fd)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0)
        return MOSQ_ERR_CONN_REFUSED;
    v->tcp = true;
    return MOSQ_ERR_SUCCESS;
}

static int visit_io(struct visit *v, int fd, short revents)
{
    if (!v->tcp)
        return revents ? visit_tcp(v, fd) : MOSQ_ERR_SUCCESS;
    const SSL *ssl = mosquitto_ssl_get(v->mosq);
    bool handshake = ssl && SSL_in_init(ssl);
    int rc = MOSQ_ERR_SUCCESS;
    if (handshake ? revents != 0 : (revents & (POLLIN | POLLHUP | POLLERR)))
        rc = mosquitto_loop_read(v->mosq, 1);
    if (rc != MOSQ_ERR_SUCCESS || mosquitto_socket(v->mosq) < 0)
        return rc ? rc : MOSQ_ERR_CONN_LOST;
    if (!link_watch_fits(&v->watch, visit_read(v)))
        return MOSQ_ERR_PROTOCOL;
    /* libmosquitto takes a connection reset in the handshake for patience. */
    if (handshake && SSL_in_init(ssl) && (revents & (POLLHUP | POLLERR)))
        return MOSQ_ERR_TLS;
    if (!SSL_in_init(ssl) && mosquitto_want_write(v->mosq))
        rc = mosquitto_loop_write(v->mosq, 1);
    if (rc == MOSQ_ERR_SUCCESS && v->granted)
        rc = visit_sync_filters(v);
    if (rc == MOSQ_ERR_SUCCESS && v->up)
        rc = visit_flush(v);
    return rc != MOSQ_ERR_SUCCESS ? rc : mosquitto_loop_misc(v->mosq);
}

/* Waits for something and does it. Not MOSQ_ERR_SUCCESS: it is over. */
static int visit_turn(struct visit *v)
{
    struct link_core *core = v->core;
    int fd = mosquitto_socket(v->mosq);
    if (fd < 0)
        return MOSQ_ERR_NO_CONN;
    struct pollfd fds[2] = {{.fd = fd, .events = visit_events(v)},
                            {.fd = core->wake, .events = POLLIN}};
    SSL *ssl = mosquitto_ssl_get(v->mosq);
    bool pending = v->tcp && ssl && SSL_pending(ssl) > 0;
    if (poll(fds, 2, pending ? 0 : MISC_MS) < 0 && errno != EINTR)
        return MOSQ_ERR_ERRNO;
    if (fds[1].revents)
        thread_drain_wake(core);
    if (pending)
        fds[0].revents |= POLLIN;
    bool was_up = v->up;
    int rc = visit_io(v, fd, fds[0].revents);
    if (rc == MOSQ_ERR_SUCCESS && v->refused)
        rc = MOSQ_ERR_CONN_REFUSED;
    if (rc == MOSQ_ERR_SUCCESS && !v->up && lk_clock_ms() >= v->deadline_ms)
        rc = MOSQ_ERR_CONN_LOST;
    if (rc == MOSQ_ERR_SUCCESS && v->up && !was_up) {
        (void)atomic_fetch_add(&core->connects, 1);
        thread_set_up(core, true);
    }
    thread_tell_state(core);
    return rc;
}

/* Says goodbye: what is queued goes first. */
static void visit_leave(struct visit *v)
{
    if (v->up)
        (void)visit_flush(v);
    if (v->granted)
        (void)mosquitto_disconnect(v->mosq);
}

static int visit_open(struct visit *v, const char *address)
{
    struct mosquitto *mosq = v->mosq;
    mosquitto_connect_callback_set(mosq, visit_on_connect);
    mosquitto_subscribe_callback_set(mosq, visit_on_subscribe);
    mosquitto_message_callback_set(mosq, visit_on_message);
    mosquitto_log_callback_set(mosq, visit_on_log);
    int rc = mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION,
                                  MQTT_PROTOCOL_V311);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_void_option(mosq, MOSQ_OPT_SSL_CTX, v->core->tls);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_connect_async(mosq, address, v->core->port,
                                     SIGNAL_LINK_KEEPALIVE_S);
    return rc;
}

/* Connects to one address and serves until it ends. Returns for how long the
 * link was up, in milliseconds, or -1 when it never was. */
static int64_t thread_visit(struct link_core *core, const char *address)
{
    struct visit v = {.core = core,
                      .deadline_ms = lk_clock_ms() + SIGNAL_LINK_CONNECT_MS};
    int64_t since_ms = 0;
    v.mosq = mosquitto_new(core->client_id, true, &v);
    if (!v.mosq)
        return -1;
    thread_forget_filters(core);
    int rc = visit_open(&v, address);
    while (rc == MOSQ_ERR_SUCCESS && !thread_stopped(core)) {
        bool was_up = v.up;
        rc = visit_turn(&v);
        if (v.up && !was_up)
            since_ms = lk_clock_ms();
    }
    if (rc == MOSQ_ERR_SUCCESS)
        visit_leave(&v);
    else
        LK_LOG(DEBUG, "signal", "link up=%d rc=%d", v.up, rc);
    mosquitto_destroy(v.mosq);
    ERR_clear_error();
    thread_set_up(core, false);
    if (!v.up)
        (void)atomic_fetch_add(&core->failures, 1);
    return v.up ? lk_clock_ms() - since_ms : -1;
}

/* Tries every address of the host once. Returns as thread_visit(). */
static int64_t thread_attempt(struct link_core *core)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    char address[NI_MAXHOST];
    int64_t lived_ms = -1;
    int tried = 0;
    if (getaddrinfo(core->host, NULL, &hints, &all) != 0) {
        (void)atomic_fetch_add(&core->failures, 1);
        return -1;
    }
    for (const struct addrinfo *a = all;
         a && lived_ms < 0 && tried < ADDRESSES_MAX && !thread_stopped(core);
         a = a->ai_next) {
        tried++;
        if (getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof(address),
                        NULL, 0, NI_NUMERICHOST) == 0)
            lived_ms = thread_visit(core, address);
    }
    freeaddrinfo(all);
    return lived_ms;
}

/* Full jitter: anything from the floor to 0.25 s doubled each time. */
static int thread_backoff_ms(unsigned tries)
{
    uint32_t random = 0;
    uint32_t cap = SIGNAL_LINK_BACKOFF_MAX_MS;
    if (tries < 8)
        cap = LK_MIN(cap, (uint32_t)SIGNAL_LINK_BACKOFF_MIN_MS << tries);
    lk_random_bytes(&random, sizeof(random));
    return (int)LK_MAX(random % (cap + 1), (uint32_t)BACKOFF_FLOOR_MS);
}

static void thread_wait(struct link_core *core, int64_t wait_ms)
{
    int64_t until_ms = lk_clock_ms() + wait_ms;
    int64_t left_ms = wait_ms;
    while (left_ms > 0 && !thread_stopped(core)) {
        struct pollfd fd = {.fd = core->wake, .events = POLLIN};
        if (poll(&fd, 1, (int)left_ms) > 0)
            thread_drain_wake(core);
        thread_tell_state(core);
        left_ms = until_ms - lk_clock_ms();
    }
}

void *link_thread_main(void *arg)
{
    struct link_core *core = arg;
    unsigned tries = 0;
    while (!thread_stopped(core)) {
        int64_t lived_ms = thread_attempt(core);
        tries = lived_ms >= STEADY_MS ? 0 : tries;
        thread_wait(core, thread_backoff_ms(tries));
        tries += tries < 16;
    }
    (void)pthread_mutex_lock(&core->lock);
    core->done = true;
    (void)pthread_cond_signal(&core->ended);
    (void)pthread_mutex_unlock(&core->lock);
    link_core_unref(core);
    return NULL;
}
