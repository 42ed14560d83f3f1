#include "ipc/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHAN_VERSION 1
#define HEADER_LEN 4

/* A message that found the socket full. */
struct waiting {
    struct waiting *next;
    size_t len;
    size_t nfds;
    int fds[LK_CHAN_FDS_MAX];
    uint8_t bytes[]; /* header and payload */
};

struct lk_chan {
    struct lk_loop *loop;
    struct lk_chan_config config;
    struct lk_watch *watch;
    struct waiting *first;
    struct waiting **last;
    size_t queued;
    int fd;
    bool closed;
    uint8_t in[LK_CHAN_MESSAGE_MAX];
};

/* Room for the ancillary data of LK_CHAN_FDS_MAX descriptors. */
union chan_control {
    char bytes[CMSG_SPACE(LK_CHAN_FDS_MAX * sizeof(int))];
    struct cmsghdr align;
};

static void waiting_free(struct waiting *w)
{
    explicit_bzero(w->bytes, w->len);
    for (size_t i = 0; i < w->nfds; i++)
        lk_fd_close(w->fds[i]);
    free(w);
}

static void chan_drop_queue(struct lk_chan *c)
{
    while (c->first) {
        struct waiting *w = c->first;
        c->first = w->next;
        waiting_free(w);
    }
    c->last = &c->first;
    c->queued = 0;
}

static void chan_fail(struct lk_chan *c, int error)
{
    if (c->closed)
        return;
    c->closed = true;
    c->watch = lk_watch_free(c->watch);
    chan_drop_queue(c);
    c->config.closed(c->config.arg, error);
}

/* One sendmsg(2) of header and payload. 0, -EAGAIN, or another -errno. */
static int chan_write(int fd, const struct iovec *iov, size_t iovs,
                      const int *fds, size_t nfds)
{
    union chan_control control;
    struct msghdr m = {.msg_iov = (struct iovec *)iov, .msg_iovlen = iovs};
    if (nfds > 0) {
        memset(&control, 0, sizeof(control));
        m.msg_control = control.bytes;
        m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(nfds * sizeof(int));
        memcpy(CMSG_DATA(h), fds, nfds * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return 0;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

static void chan_flush(struct lk_chan *c)
{
    while (c->first) {
        struct waiting *w = c->first;
        struct iovec iov = {.iov_base = w->bytes, .iov_len = w->len};
        int r = chan_write(c->fd, &iov, 1, w->fds, w->nfds);
        if (r == -EAGAIN)
            return;
        if (r < 0) {
            chan_fail(c, r);
            return;
        }
        c->first = w->next;
        if (!c->first)
            c->last = &c->first;
        c->queued--;
        waiting_free(w);
    }
    lk_watch_set(c->watch, POLLIN);
}

/* Collects descriptors; those beyond the ceiling are closed. */
static void chan_take_control(struct msghdr *m, struct lk_chan_msg *msg)
{
    size_t got = 0;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(fd));
            if (got < LK_CHAN_FDS_MAX)
                msg->fds[got++] = fd;
            else
                lk_fd_close(fd);
        }
    }
}

/* Receives one message. 1, 0 when there is none now, or -errno. */
static int chan_read(struct lk_chan *c, struct lk_chan_msg *msg)
{
    union chan_control control;
    struct iovec iov = {.iov_base = c->in, .iov_len = sizeof(c->in)};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof(control.bytes)};
    for (size_t i = 0; i < LK_CHAN_FDS_MAX; i++)
        msg->fds[i] = -1;
    ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (n == 0)
        return -EPIPE;
    chan_take_control(&m, msg);
    if (n < HEADER_LEN || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
        lk_get_u16(c->in + 2) != CHAN_VERSION)
        return -EBADMSG;
    msg->type = lk_get_u16(c->in);
    msg->payload = c->in + HEADER_LEN;
    msg->len = (size_t)n - HEADER_LEN;
    return 1;
}

static void chan_ready(void *arg, int fd, short events)
{
    struct lk_chan *c = arg;
    struct lk_chan_msg msg;
    (void)fd;
    if ((events & POLLOUT) != 0)
        chan_flush(c);
    /* A bounded burst, so that one busy channel starves nobody. */
    for (int i = 0; i < 32 && !c->closed; i++) {
        int r = chan_read(c, &msg);
        if (r == 1)
            c->config.receive(c->config.arg, &msg);
        if (r == 1 && c->config.wipe)
            explicit_bzero(c->in, HEADER_LEN + msg.len);
        for (size_t k = 0; k < LK_CHAN_FDS_MAX; k++)
            lk_fd_close(msg.fds[k]);
        if (r < 0)
            chan_fail(c, r);
        if (r <= 0)
            return;
    }
}

int lk_chan_new(struct lk_loop *l, int fd, const struct lk_chan_config *config,
                struct lk_chan **ret)
{
    struct lk_chan *c = calloc(1, sizeof(*c));
    int r = c ? 0 : -ENOMEM;
    if (r == 0 && (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
                   fcntl(fd, F_SETFD, FD_CLOEXEC) < 0))
        r = -errno;
    if (r == 0)
        r = lk_watch_new(l, fd, POLLIN, chan_ready, c, &c->watch);
    if (r < 0) {
        lk_fd_close(fd);
        free(c);
        return r;
    }
    c->loop = l;
    c->config = *config;
    c->fd = fd;
    c->last = &c->first;
    *ret = c;
    return 0;
}

struct lk_chan *lk_chan_free(struct lk_chan *c)
{
    if (c) {
        lk_watch_free(c->watch);
        chan_drop_queue(c);
        lk_fd_close(c->fd);
        free(c);
    }
    return NULL;
}

static void chan_free_deferred(void *chan)
{
    lk_chan_free(chan);
}

int lk_chan_free_later(struct lk_chan *c)
{
    return lk_loop_defer(c->loop, chan_free_deferred, c);
}

static int chan_enqueue(struct lk_chan *c, const struct iovec iov[2],
                        const int *fds, size_t nfds)
{
    if (c->queued >= LK_CHAN_QUEUE_MAX)
        return -ENOBUFS;
    size_t len = iov[0].iov_len + iov[1].iov_len;
    struct waiting *w = calloc(1, sizeof(*w) + len);
    if (!w)
        return -ENOMEM;
    memcpy(w->bytes, iov[0].iov_base, iov[0].iov_len);
    if (iov[1].iov_len > 0)
        memcpy(w->bytes + iov[0].iov_len, iov[1].iov_base, iov[1].iov_len);
    w->len = len;
    for (; w->nfds < nfds; w->nfds++) {
        w->fds[w->nfds] = fcntl(fds[w->nfds], F_DUPFD_CLOEXEC, 0);
        if (w->fds[w->nfds] < 0) {
            int r = -errno;
            waiting_free(w);
            return r;
        }
    }
    *c->last = w;
    c->last = &w->next;
    c->queued++;
    lk_watch_set(c->watch, POLLIN | POLLOUT);
    return 0;
}

int lk_chan_send(struct lk_chan *c, uint16_t type, const void *payload,
                 size_t len, const int *fds, size_t nfds)
{
    uint8_t header[HEADER_LEN];
    struct iovec iov[2] = {
        {.iov_base = header, .iov_len = sizeof(header)},
        {.iov_base = (void *)(uintptr_t)payload, .iov_len = len}};
    if (len > LK_CHAN_PAYLOAD_MAX || nfds > LK_CHAN_FDS_MAX)
        return -EMSGSIZE;
    if (c->closed)
        return -EPIPE;
    lk_put_u16(header, type);
    lk_put_u16(header + 2, CHAN_VERSION);
    if (c->first)
        return chan_enqueue(c, iov, fds, nfds);
    int r = chan_write(c->fd, iov, 2, fds, nfds);
    if (r == -EAGAIN)
        return chan_enqueue(c, iov, fds, nfds);
    if (r == -ECONNRESET || r == -ENOTCONN)
        return -EPIPE; /* the read side will say so, too */
    return r;
}

int lk_chan_send_writer(struct lk_chan *c, uint16_t type,
                        const struct lk_writer *w)
{
    if (w->bad)
        return -EMSGSIZE;
    return lk_chan_send(c, type, w->data, w->len, NULL, 0);
}

size_t lk_chan_queued(const struct lk_chan *c)
{
    return c->queued;
}

size_t lk_chan_fds(const struct lk_chan_msg *msg)
{
    size_t n = 0;
    while (n < LK_CHAN_FDS_MAX && msg->fds[n] >= 0)
        n++;
    return n;
}

int lk_chan_take_fd(struct lk_chan_msg *msg, size_t i)
{
    if (i >= LK_CHAN_FDS_MAX)
        return -1;
    int fd = msg->fds[i];
    msg->fds[i] = -1;
    return fd;
}

int lk_chan_pair(int ret[2])
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   fds) < 0)
        return -errno;
    ret[0] = fds[0];
    ret[1] = fds[1];
    return 0;
}
