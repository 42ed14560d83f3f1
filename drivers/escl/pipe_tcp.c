/* A TCP connection, dialled anew whenever it is needed. */
#include "escl/limits.h"
#include "escl/pipe.h"
#include "escl/scanner.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct tcp_pipe {
    struct escl_pipe base;
    struct lk_loop *loop;
    const struct escl_dialer *dialer;
    struct lk_watch *watch;
    struct lk_timer *timer;
    struct lk_buf *out; /* what the socket did not take yet */
    int fd;
    bool up;
    bool held;
    uint8_t in[ESCL_USB_TRANSFER];
};

static struct tcp_pipe *of(struct escl_pipe *p)
{
    return LK_CONTAINER_OF(p, struct tcp_pipe, base);
}

static void hang_up(struct tcp_pipe *p)
{
    p->watch = lk_watch_free(p->watch);
    p->fd = lk_fd_close(p->fd);
    p->up = false;
    p->out->len = 0;
    lk_timer_clear(p->timer);
}

static void end(struct tcp_pipe *p, int error)
{
    hang_up(p);
    p->base.events->ended(p->base.arg, error);
}

static void fail(struct tcp_pipe *p, int error)
{
    hang_up(p);
    p->base.events->renewed(p->base.arg, error);
}

static void set_events(struct tcp_pipe *p)
{
    unsigned events = p->held ? 0U : (unsigned)POLLIN;
    if (!p->up || p->out->len > 0)
        events |= POLLOUT;
    lk_watch_set(p->watch, (short)events);
}

static void connected(struct tcp_pipe *p)
{
    int error = 0;
    socklen_t len = sizeof(error);
    if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        error = errno;
    if (error != 0) {
        fail(p, -error);
        return;
    }
    p->up = true;
    lk_timer_clear(p->timer);
    set_events(p);
    p->base.events->renewed(p->base.arg, 0);
}

/* Sends what waits. Returns 0 or -errno. */
static int flush(struct tcp_pipe *p)
{
    ssize_t n = send(p->fd, p->out->data, p->out->len, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    p->out->len -= (size_t)n;
    memmove(p->out->data, p->out->data + n, p->out->len);
    if (p->out->len == 0)
        lk_timer_clear(p->timer);
    set_events(p);
    return 0;
}

static void receive(struct tcp_pipe *p)
{
    ssize_t n = recv(p->fd, p->in, sizeof(p->in), 0);
    if (n > 0)
        p->base.events->received(p->base.arg, p->in, (size_t)n);
    else if (n == 0)
        end(p, 0);
    else if (errno != EAGAIN && errno != EINTR)
        end(p, -errno);
}

static void on_socket(void *arg, int fd, short events)
{
    struct tcp_pipe *p = arg;
    (void)fd;
    if (!p->up) {
        connected(p);
        return;
    }
    if ((events & POLLOUT) && p->out->len > 0) {
        int r = flush(p);
        if (r < 0) {
            end(p, r);
            return;
        }
    }
    if (p->held && (events & (POLLHUP | POLLERR)))
        end(p, -ECONNRESET);
    else if (events & (POLLIN | POLLHUP | POLLERR))
        receive(p);
}

/* Begins, or gives up, or gives up sending. */
static void on_timer(void *arg, int64_t now_us)
{
    struct tcp_pipe *p = arg;
    (void)now_us;
    if (p->fd >= 0) {
        if (p->up)
            end(p, -ETIMEDOUT);
        else
            fail(p, -ETIMEDOUT);
        return;
    }
    int fd = p->dialer->dial(p->dialer->arg);
    int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
    if (fd < 0) {
        fail(p, fd);
        return;
    }
    p->fd = fd;
    int r =
        flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
    if (r == 0)
        r = lk_watch_new(p->loop, fd, POLLOUT, on_socket, p, &p->watch);
    if (r < 0)
        fail(p, r);
    else
        lk_timer_set_in(p->timer, ESCL_RENEW_MS * 1000LL);
}

static void pipe_renew(struct escl_pipe *base)
{
    struct tcp_pipe *p = of(base);
    hang_up(p);
    p->held = false;
    lk_timer_set_in(p->timer, 0);
}

static int pipe_send(struct escl_pipe *base, const void *data, size_t len)
{
    struct tcp_pipe *p = of(base);
    if (!p->up)
        return -ENOTCONN;
    int r = lk_buf_append(p->out, data, len);
    if (r < 0)
        return r;
    lk_timer_set_in(p->timer, ESCL_SEND_MS * 1000LL);
    return flush(p);
}

static void pipe_expect(struct escl_pipe *base, enum escl_pipe_mode mode,
                        uint64_t left)
{
    (void)base; /* a socket is read as it comes */
    (void)mode;
    (void)left;
}

static void pipe_hold(struct escl_pipe *base, bool held)
{
    struct tcp_pipe *p = of(base);
    p->held = held;
    if (p->up)
        set_events(p);
}

static struct escl_pipe *pipe_free(struct escl_pipe *base)
{
    struct tcp_pipe *p = of(base);
    if (p->out && p->timer)
        hang_up(p);
    p->timer = lk_timer_free(p->timer);
    p->out = lk_buf_free(p->out);
    free(p);
    return NULL;
}

int escl_pipe_tcp_new(struct lk_loop *l, const struct escl_dialer *dialer,
                      const struct escl_pipe_events *events, void *arg,
                      struct escl_pipe **ret)
{
    static const struct escl_pipe_ops ops = {
        .renew = pipe_renew,
        .send = pipe_send,
        .expect = pipe_expect,
        .hold = pipe_hold,
        .free = pipe_free,
    };
    struct tcp_pipe *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->base = (struct escl_pipe){&ops, events, arg, 0, false, false};
    p->loop = l;
    p->dialer = dialer;
    p->fd = -1;
    int r = lk_buf_new(ESCL_REQUEST_MAX, &p->out);
    if (r == 0)
        r = lk_timer_new(l, on_timer, p, &p->timer);
    if (r < 0) {
        (void)pipe_free(&p->base);
        return r;
    }
    *ret = &p->base;
    return 0;
}
