/* link.h - requests and answers over one connection to a scanner.
 *
 * Room: one exchange at a time; the connection is clean before each: an answer
 * is always read to its end, wanted or not, and a connection of which that
 * cannot be said is made anew. Not here: what is asked and why.
 * Thread: the loop's. Never calls back from inside a call.
 */
#ifndef LUUKKU_ESCL_LINK_H
#define LUUKKU_ESCL_LINK_H

#include "escl/http.h"
#include "escl/pipe.h"

struct escl_link;

/* What becomes of a request: head() once, then body() any number of times, then
 * end(); or end() alone. `free` and a new request are fine inside end();
 * escl_link_abort() and `free` inside any. */
struct escl_exchange_ops {
    void (*head)(void *arg, const struct escl_http_head *h);
    void (*body)(void *arg, const uint8_t *data, size_t len);
    /* 0 the answer is whole; -ETIMEDOUT, -EPIPE it stalled or broke off,
     * -EBADMSG no HTTP, -EMSGSIZE a ceiling, -ENODEV the device is gone, -EIO
     * and others. */
    void (*end)(void *arg, int error);
};

struct escl_exchange {
    struct escl_http_request request; /* copied; `host` and `grain` are set by
                                         the link */
    unsigned answer_ms; /* without a byte of it (ESCL_ANSWER_MOST_MS for all of
                           it); 0: the caller minds the time */
    const struct escl_exchange_ops *ops; /* static */
    void *arg;
};

/* Makes a link without a connection. `host` is borrowed for its life.
 * Errors: -ENOMEM, -ENOSPC */
int escl_link_new(struct lk_loop *l, const char *host,
                  struct escl_link **ret) LK_MUST_CHECK;

/* The events that the link's pipe is to be made with (their argument is the
 * link), and the pipe, which is the link's from then on and is connected. */
const struct escl_pipe_events *escl_link_pipe_events(void);
void escl_link_set_pipe(struct escl_link *k, struct escl_pipe *pipe);

/* Begins an exchange; it waits until the connection is made.
 * Errors: -EBUSY there is one, -EINVAL, -ENOMEM, -EMSGSIZE */
int escl_link_send(struct escl_link *k,
                   const struct escl_exchange *x) LK_MUST_CHECK;

/* Whether an exchange is under way. */
bool escl_link_busy(const struct escl_link *k);

/* Gives the exchange up: nothing of it is told any more, not even its end. */
void escl_link_abort(struct escl_link *k);

/* Asks for nothing more until it is let go; the time of the answer stops. */
void escl_link_hold(struct escl_link *k, bool held);

/* NULL is fine, inside callbacks too. Returns NULL. */
struct escl_link *escl_link_free(struct escl_link *k);
LK_AUTO_DEFINE(escl_link);

#endif
