/* chan.h - framed messages and descriptors between two programs.
 *
 * Room: one end of an AF_UNIX SOCK_SEQPACKET pair on a loop. A message is a
 * u16 type, a u16 version (1) and at most LK_CHAN_PAYLOAD_MAX bytes, with up to
 * four descriptors. A full socket queues here up to a ceiling: back pressure is
 * the sender's business, nothing is lost silently.
 * Not here: what the messages mean (rtcmsg.h, supermsg.h).
 */
#ifndef LUUKKU_IPC_CHAN_H
#define LUUKKU_IPC_CHAN_H

#include "base/bytes.h"
#include "loop/loop.h"

#include <stdbool.h>

struct lk_chan;

#define LK_CHAN_MESSAGE_MAX 32768
#define LK_CHAN_PAYLOAD_MAX (LK_CHAN_MESSAGE_MAX - 4)
#define LK_CHAN_FDS_MAX 4

/* Messages that wait here while the socket is full. */
#define LK_CHAN_QUEUE_MAX 256

/* A received message. Everything in it dies when the callback returns, apart
 * from descriptors that were taken with lk_chan_take_fd(). */
struct lk_chan_msg {
    uint16_t type;
    const uint8_t *payload;
    size_t len;
    int fds[LK_CHAN_FDS_MAX]; /* -1 where there is none */
};

struct lk_chan_config {
    /* A whole message came. May free the channel by lk_chan_free_later(). */
    void (*receive)(void *arg, struct lk_chan_msg *msg);
    /* The other end is gone or sent garbage: -EPIPE, -EBADMSG or another
     * -errno. Called once; nothing is received after it. */
    void (*closed)(void *arg, int error);
    void *arg;
    bool wipe; /* messages hold secrets: the memory of each is overwritten once
                  it was handed over, or sent from the queue */
};

/* Makes a channel on `fd`, which it takes over, also when it fails.
 *
 * Owner   caller, lk_chan_free()
 * Errors  -ENOMEM, -ENOSPC, fcntl(2)'s
 * Thread  the loop's, as for all below
 */
int lk_chan_new(struct lk_loop *l, int fd, const struct lk_chan_config *config,
                struct lk_chan **ret) LK_MUST_CHECK;

/* Closes and frees; not from inside its own callback. NULL is fine. Returns
 * NULL. */
struct lk_chan *lk_chan_free(struct lk_chan *c);

/* As lk_chan_free(), also from inside its own callbacks: right after the
 * present one. Errors: -ENOSPC too much waits in the loop; it is not freed. */
int lk_chan_free_later(struct lk_chan *c) LK_MUST_CHECK;

/* Sends, or queues when the socket is full. Descriptors are duplicated: the
 * caller keeps its own.
 *
 * fds     nfds (0..LK_CHAN_FDS_MAX) descriptors
 * Errors  -EMSGSIZE too long, -ENOBUFS the queue is full, -EPIPE the channel is
 *         closed, -ENOMEM
 */
int lk_chan_send(struct lk_chan *c, uint16_t type, const void *payload,
                 size_t len, const int *fds, size_t nfds) LK_MUST_CHECK;

/* Sends without descriptors what a writer holds; -EMSGSIZE when it is sour. */
int lk_chan_send_writer(struct lk_chan *c, uint16_t type,
                        const struct lk_writer *w) LK_MUST_CHECK;

/* Messages waiting here. */
size_t lk_chan_queued(const struct lk_chan *c);

/* How many descriptors came with a message; before any is taken. */
size_t lk_chan_fds(const struct lk_chan_msg *msg);

/* Takes descriptor `i` out of a message; -1 when there is none. */
int lk_chan_take_fd(struct lk_chan_msg *msg, size_t i);

/* Makes a connected pair of close-on-exec, non-blocking sockets.
 * Errors: socketpair(2)'s. */
int lk_chan_pair(int ret[2]) LK_MUST_CHECK;

#endif
