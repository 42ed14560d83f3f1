/* link_core.h - private to this room: what the link's owner and its thread
 * share. Either may be the last to let go of it.
 */
#ifndef LUUKKU_SIGNAL_LINK_CORE_H
#define LUUKKU_SIGNAL_LINK_CORE_H

#include "loop/mailbox.h"
#include "signal/link.h"

#include <openssl/ssl.h>

#include <pthread.h>
#include <stdatomic.h>

#define LINK_STATES_MAX 16 /* room for changes of state in the mailbox */

struct link_out {
    char *topic;
    void *payload;
    size_t len;
};

struct link_filter {
    char text[SIGNAL_LINK_FILTER_MAX]; /* "": a free slot */
    bool wanted;
    bool active; /* on the present connection; the thread's own */
};

/* One item of the mailbox. Owns topic and payload, one block. */
struct link_event {
    char *topic; /* NULL: the state changed */
    void *payload;
    size_t len;
    bool up;
    bool oversized; /* a message was too long to be handed on; no topic */
};

struct link_core {
    atomic_int refs;
    /* set before the thread starts, then only read */
    char host[SIGNAL_LINK_HOST_MAX];
    uint16_t port;
    char client_id[33];
    bool (*clock_trusted)(int64_t floor_s); /* may be NULL */
    int64_t floor_s;
    SSL_CTX *tls;
    int wake; /* eventfd: something below has changed */

    atomic_size_t waiting; /* messages in the mailbox */
    atomic_uint_fast64_t connects, failures, sent, received;
    atomic_uint_fast64_t out_dropped, in_dropped, oversized;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t ended;
    bool stop;
    bool done;
    bool up;
    bool up_told;               /* what the mailbox was told last */
    struct lk_mailbox *mailbox; /* NULL once the owner has gone */
    size_t out_head, out_count;
    struct link_out out[SIGNAL_LINK_OUT_MAX];
    struct link_filter filters[SIGNAL_LINK_SUBSCRIPTIONS_MAX];
};

/* Makes the TLS context: our CA only, our certificate, the host's name to be
 * checked, TLS 1.2 or newer. `core`, whose host and clock it asks, outlives it.
 * Errors: -EBADMSG, -EMSGSIZE, -ENOMEM */
int link_tls_new(const struct signal_link_config *config,
                 const struct link_core *core, SSL_CTX **ret) LK_MUST_CHECK;

/* Lets go; the last one frees. */
void link_core_unref(struct link_core *core);

/* The thread, of a core: connects, serves, connects again, until core->stop. */
void *link_thread_main(void *arg);

#endif
