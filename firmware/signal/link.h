/* link.h - the MQTT link to the broker: one thread, mutual TLS, bounded queues.
 *
 * Spec: MQTT 3.1.1 (libmosquitto), TLS 1.2+ (OpenSSL); PROTOCOL.md, "Names and
 * topics". Raw payloads: envelopes are not looked at here. Nothing is read
 * from disk after signal_link_new() but what the C library needs to resolve a
 * name: /etc/resolv.conf, /etc/hosts, /etc/nsswitch.conf, /etc/gai.conf and
 * the libnss_*.so they name (none of it for a numeric address).
 */
#ifndef LUUKKU_SIGNAL_LINK_H
#define LUUKKU_SIGNAL_LINK_H

#include "loop/loop.h"

#include <stdbool.h>

#define SIGNAL_LINK_SUBSCRIPTIONS_MAX 16
#define SIGNAL_LINK_FILTER_MAX 80 /* bytes of a topic filter, with its NUL */
#define SIGNAL_LINK_HOST_MAX 254
#define SIGNAL_LINK_OUT_MAX 128 /* messages waiting to be written */
#define SIGNAL_LINK_IN_MAX 128  /* messages waiting for the loop */
#define SIGNAL_LINK_PAYLOAD_MAX 24576
#define SIGNAL_LINK_KEEPALIVE_S 15
#define SIGNAL_LINK_CONNECT_MS 10000 /* one address: TCP, TLS and MQTT */
#define SIGNAL_LINK_BACKOFF_MIN_MS 250
#define SIGNAL_LINK_BACKOFF_MAX_MS 60000
#define SIGNAL_LINK_STOP_MS 2000 /* longest wait for the thread at the end */

/* Called on the loop's thread; the data dies on return. */
struct signal_link_events {
    void (*state)(void *arg, bool up); /* up: subscribed and ready */
    void (*message)(void *arg, const char *topic, const void *payload,
                    size_t len);
    /* A message was longer than any of ours, or its topic: it is gone. May be
     * NULL. */
    void (*oversized)(void *arg);
    void *arg;
};

struct signal_link_config {
    struct lk_loop *loop; /* borrowed, outlives */
    const char *host;     /* name or address; checked against the certificate */
    uint16_t port;
    const void *ca_pem; /* the fleet's CA */
    size_t ca_len;
    const void *cert_pem; /* this kiosk's TLS certificate (chain) */
    size_t cert_len;
    const void *key_pem; /* and its key */
    size_t key_len;
    const char *const *subscriptions; /* topic filters, QoS 0; copied */
    size_t subscription_count;
    /* Whether the clock may judge the broker's certificates: something outside
     * set it, and it does not show less than the floor. Where it may not, they
     * must only not have ended before floor_s (seconds since 1970). Called on
     * the link's thread. NULL: it always may. */
    bool (*clock_trusted)(int64_t floor_s);
    int64_t floor_s;
    struct signal_link_events events;
};

/* For clock_trusted: the kernel's word, and the wall clock. Thread: any. */
bool signal_link_clock_trusted(int64_t floor_s);

struct signal_link;

/* Initialises libmosquitto and OpenSSL for the whole process: once, before the
 * program confines itself. Errors: -ENOMEM, -EIO. */
int signal_link_init(void) LK_MUST_CHECK;

/* Starts the link; it connects by itself, and again for ever, with full jitter:
 * within 0.25 s at first, doubled each time, up to 60 s. The client id is
 * random.
 *
 * Owner   caller, signal_link_free() before the loop is freed
 * Errors  -EINVAL, -EBADMSG not such PEM or a key that does not fit, -ENOMEM,
 *         -EAGAIN no thread, and what lk_mailbox_new() says
 * Thread  the loop's
 */
int signal_link_new(const struct signal_link_config *config,
                    struct signal_link **ret) LK_MUST_CHECK;

/* Disconnects and stops. Waits for the thread at most SIGNAL_LINK_STOP_MS; one
 * that hangs in name resolution ends by itself later and touches nothing of
 * the caller's. No event comes after this. NULL is fine. Returns NULL. */
struct signal_link *signal_link_free(struct signal_link *l);

/* Queues one message, QoS 0, not retained.
 * Errors  -ENOTCONN (dropped and counted: the caller's retries heal it),
 *         -ENOSPC queue full, -EMSGSIZE payload, -EINVAL topic, -ENOMEM
 * Thread  the loop's */
int signal_link_publish(struct signal_link *l, const char *topic,
                        const void *payload, size_t len);

/* Adds or takes away a topic filter; kept over reconnections.
 * Errors  -EINVAL, -ENOSPC. Thread: the loop's */
int signal_link_subscribe(struct signal_link *l, const char *filter);
int signal_link_unsubscribe(struct signal_link *l, const char *filter);

struct signal_link_counts {
    uint64_t connects; /* times the link came up */
    uint64_t failures; /* attempts that failed */
    uint64_t sent, received;
    uint64_t out_dropped; /* while down, or queue full */
    uint64_t in_dropped;  /* the loop was too slow */
    uint64_t oversized;   /* in either direction */
};

/* Thread: any. */
void signal_link_counts(struct signal_link *l, struct signal_link_counts *ret);

#endif
