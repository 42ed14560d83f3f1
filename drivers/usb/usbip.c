#include "usb/usbip.h"

#include "base/buf.h"
#include "usb/opening_steps.h"
#include "usb/usbip_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Most bytes that wait for a server that does not read. Beyond the first
 * ceiling transfers are refused; the rest is for unlinks. */
#define QUEUE_SUBMITS_MAX ((size_t)256 * 1024)
#define QUEUE_MAX (QUEUE_SUBMITS_MAX + (size_t)128 * IP_HEADER_LEN)

/* Answers that may still come though nobody waits for them. */
#define LATE_MAX 64

/* Reads of one wake-up, so that a flood does not starve the loop. */
#define READS_MAX 64

enum ip_state {
    IP_REPLY,  /* the answer to the import: its head */
    IP_DEVICE, /* what follows it */
    IP_HEADER,
    IP_DATA, /* into a transfer */
    IP_SKIP, /* data that came too late */
};

enum ip_late {
    LATE_NONE,
    LATE_UNLINK,     /* RET_UNLINK of one that ended by its RET_SUBMIT */
    LATE_SUBMIT_IN,  /* RET_SUBMIT of one that ended by its RET_UNLINK */
    LATE_SUBMIT_OUT, /* the same, without data */
};

struct ip_device {
    struct usb_device base;
    struct usb_opening *opening; /* until the import is answered */
    struct lk_watch *watch;
    int fd;
    uint32_t devid;
    uint32_t seq; /* the last one that was used; 0 is not */
    struct lk_buf *out;
    size_t out_at; /* bytes of it that are written */
    enum ip_state state;
    size_t have; /* bytes of the present piece */
    size_t want;
    struct ip_answer answer; /* whose data is being read */
    struct usb_transfer *into;
    struct {
        uint32_t seq;
        enum ip_late what;
    } late[LATE_MAX];
    size_t late_next; /* the oldest is overwritten */
    uint8_t piece[IP_DEVICE_LEN];
};

/* The back end's part of a transfer. */
struct ip_own {
    uint32_t seq;
    uint32_t unlink;  /* seq of its unlink; 0: none */
    bool configuring; /* second half of a reset */
};

static struct ip_device *ip_of(struct usb_device *d)
{
    return LK_CONTAINER_OF(d, struct ip_device, base);
}

static void ip_hang_up(struct ip_device *p)
{
    p->watch = lk_watch_free(p->watch);
    p->fd = lk_fd_close(p->fd);
}

static void ip_gone(struct ip_device *p, const char *why)
{
    ip_hang_up(p);
    usb_backend_gone(&p->base, why);
}

static uint32_t ip_next_seq(struct ip_device *p)
{
    p->seq++;
    if (p->seq == 0)
        p->seq = 1;
    return p->seq;
}

/* --- writing --- */

static size_t ip_queued(const struct ip_device *p)
{
    return p->out->len - p->out_at;
}

/* Sends as much as the socket takes. Bytes written, or -ENODEV. */
static ssize_t ip_send(struct ip_device *p, struct iovec *iov, size_t n)
{
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = n};
    ssize_t r;
    do
        r = sendmsg(p->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (r < 0 && errno == EINTR);
    if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (r < 0) {
        ip_gone(p, "connection broke");
        return -ENODEV;
    }
    return r;
}

static void ip_flush(struct ip_device *p)
{
    while (ip_queued(p) > 0) {
        struct iovec iov = {.iov_base = p->out->data + p->out_at,
                            .iov_len = ip_queued(p)};
        ssize_t n = ip_send(p, &iov, 1);
        if (n <= 0)
            return;
        p->out_at += (size_t)n;
    }
    lk_buf_wipe(p->out);
    p->out_at = 0;
    lk_watch_set(p->watch, POLLIN);
}

/* Puts the rest of a message, from byte `sent` on, into the queue. */
static int ip_enqueue(struct ip_device *p, const struct iovec iov[2],
                      size_t sent)
{
    if (p->out_at > 0) {
        memmove(p->out->data, p->out->data + p->out_at, ip_queued(p));
        p->out->len = ip_queued(p);
        p->out_at = 0;
    }
    size_t before = p->out->len;
    for (size_t i = 0; i < 2; i++) {
        size_t skip = LK_MIN(sent, iov[i].iov_len);
        sent -= skip;
        int r = lk_buf_append(p->out, (const uint8_t *)iov[i].iov_base + skip,
                              iov[i].iov_len - skip);
        if (r < 0) {
            p->out->len = before;
            return r == -EMSGSIZE ? -ENOSPC : r;
        }
    }
    lk_watch_set(p->watch, POLLIN | POLLOUT);
    return 0;
}

/* Writes a message of a header and maybe data, or queues it: all or nothing.
 * -ENOSPC, -ENOMEM, -ENODEV. */
static int ip_write(struct ip_device *p, const void *head, size_t head_len,
                    const void *data, size_t len)
{
    static const uint8_t none[1];
    struct iovec iov[2] = {
        {.iov_base = (void *)head, .iov_len = head_len},
        {.iov_base = (void *)(len > 0 ? data : none), .iov_len = len},
    };
    ssize_t sent = 0;
    if (ip_queued(p) == 0)
        sent = ip_send(p, iov, 2);
    if (sent < 0)
        return (int)sent;
    if ((size_t)sent == head_len + len)
        return 0;
    int r = ip_enqueue(p, iov, (size_t)sent);
    /* Half a message is out and the rest is lost: nothing that follows would be
     * understood. */
    if (r < 0 && sent > 0) {
        ip_gone(p, "no memory for what waits to be sent");
        return -ENODEV;
    }
    return r;
}

/* --- transfers --- */

static int ip_submit(struct ip_device *p, struct usb_transfer *t,
                     const uint8_t *setup)
{
    struct ip_own *own = t->own;
    size_t out_len = t->in ? 0 : t->len;
    if (ip_queued(p) + IP_HEADER_LEN + out_len > QUEUE_SUBMITS_MAX)
        return -ENOSPC;
    struct ip_submit s = {
        .seq = ip_next_seq(p),
        .devid = p->devid,
        .in = t->in,
        .endpoint = t->endpoint & 0x0f,
        .length = (uint32_t)t->len,
        .interval = t->interval,
        .setup = setup,
    };
    uint8_t head[IP_HEADER_LEN];
    ip_put_submit(head, &s);
    int r = ip_write(p, head, sizeof(head), t->data, out_len);
    if (r == 0)
        own->seq = s.seq;
    return r;
}

/* Requests that Linux carries out itself, since it keeps books on them; its
 * server knows them by their setup packets. */
static int ip_submit_request(struct ip_device *p, struct usb_transfer *t)
{
    const uint8_t index = (uint8_t)t->setup.index;
    const uint8_t value = (uint8_t)t->setup.value;
    const uint8_t config = p->base.descriptors.configuration;
    const uint8_t alternate[8] = {0x01, 11, value, 0, index};
    const uint8_t clear_halt[8] = {0x02, 1, 0, 0, index};
    /* "Set port feature: reset", as if it went to the hub. */
    const uint8_t reset[8] = {0x23, 3, 4};
    const uint8_t configure[8] = {0x00, 9, config};
    const struct ip_own *own = t->own;
    if (t->kind == USB_KIND_ALTERNATE)
        return ip_submit(p, t, alternate);
    if (t->kind == USB_KIND_CLEAR_HALT)
        return ip_submit(p, t, clear_halt);
    return ip_submit(p, t, own->configuring ? configure : reset);
}

static int op_submit(struct usb_device *d, struct usb_transfer *t)
{
    struct ip_device *p = ip_of(d);
    switch (t->kind) {
    case USB_KIND_BULK:
    case USB_KIND_INTERRUPT:
        return ip_submit(p, t, NULL);
    case USB_KIND_CONTROL:
        return ip_submit(p, t, t->data - IP_SETUP_LEN);
    case USB_KIND_ALTERNATE:
    case USB_KIND_CLEAR_HALT:
    case USB_KIND_RESET:
        break;
    }
    return ip_submit_request(p, t);
}

static void op_cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct ip_device *p = ip_of(d);
    struct ip_own *own = t->own;
    uint8_t head[IP_HEADER_LEN];
    own->unlink = ip_next_seq(p);
    ip_put_unlink(head, own->unlink, p->devid, own->seq);
    if (ip_write(p, head, sizeof(head), NULL, 0) < 0)
        ip_gone(p, "does not read");
}

/* A USB/IP server has no interfaces to claim: whoever imported the device has
 * all of it. */
static int op_claim(struct usb_device *d, uint8_t interface)
{
    (void)d;
    (void)interface;
    return 0;
}

static void op_close(struct usb_device *d)
{
    struct ip_device *p = ip_of(d);
    ip_hang_up(p);
    if (p->out)
        lk_buf_wipe(p->out);
    lk_buf_free(p->out);
}

static const struct usb_backend_ops ip_ops = {
    .own_len = sizeof(struct ip_own),
    .claim = op_claim,
    .submit = op_submit,
    .cancel = op_cancel,
    .close = op_close,
};

/* --- reading --- */

static void ip_expect(struct ip_device *p, enum ip_state state, size_t want)
{
    p->state = state;
    p->have = 0;
    p->want = want;
}

static void ip_note_late(struct ip_device *p, uint32_t seq, enum ip_late what)
{
    p->late[p->late_next].seq = seq;
    p->late[p->late_next].what = what;
    p->late_next = (p->late_next + 1) % LATE_MAX;
}

/* Whether that answer was still to come; it is not any more. */
static enum ip_late ip_take_late(struct ip_device *p, uint32_t seq)
{
    for (size_t i = 0; i < LATE_MAX; i++) {
        enum ip_late what = p->late[i].what;
        if (what != LATE_NONE && p->late[i].seq == seq) {
            p->late[i].what = LATE_NONE;
            return what;
        }
    }
    return LATE_NONE;
}

static struct usb_transfer *ip_find(struct ip_device *p,
                                    const struct ip_answer *a)
{
    struct usb_transfer *t = NULL;
    TAILQ_FOREACH(t, &p->base.pending, link)
    {
        const struct ip_own *own = t->own;
        if (a->command == IP_RET_SUBMIT ? own->seq == a->seq
                                        : own->unlink == a->seq)
            return t;
    }
    return NULL;
}

/* After the answer to "reset" the device has to be configured, like one that
 * was just plugged in. Whether there is such a second half. */
static bool ip_go_on_resetting(struct ip_device *p, struct usb_transfer *t,
                               int status)
{
    struct ip_own *own = t->own;
    /* Linux' server resets, then hands the request to the device as well, which
     * stalls at it. */
    if (t->kind != USB_KIND_RESET || own->configuring || t->why != 0 ||
        (status != 0 && status != -EPIPE))
        return false;
    own->configuring = true;
    if (ip_submit_request(p, t) < 0)
        ip_gone(p, "no room to configure it after a reset");
    return true;
}

static void ip_end(struct ip_device *p, struct usb_transfer *t,
                   const struct ip_answer *a)
{
    const struct ip_own *own = t->own;
    int status = ip_status(a->status);
    ip_expect(p, IP_HEADER, IP_HEADER_LEN);
    if (own->unlink != 0)
        ip_note_late(p, own->unlink, LATE_UNLINK);
    if (status == -ENODEV) {
        ip_gone(p, "unplugged");
        return;
    }
    if (ip_go_on_resetting(p, t, status))
        return;
    usb_backend_end(t, status, a->actual);
}

static void ip_take_submit(struct ip_device *p, const struct ip_answer *a)
{
    struct usb_transfer *t = ip_find(p, a);
    if (!t) {
        enum ip_late late = ip_take_late(p, a->seq);
        if (late != LATE_SUBMIT_IN && late != LATE_SUBMIT_OUT)
            ip_gone(p, "answers without a question");
        else if (a->actual > USB_TRANSFER_BYTES_MAX)
            ip_gone(p, "answers with more than was asked for");
        else if (late == LATE_SUBMIT_IN && a->actual > 0)
            ip_expect(p, IP_SKIP, a->actual);
        return;
    }
    if (a->actual > t->len) {
        ip_gone(p, "answers with more than was asked for");
        return;
    }
    p->answer = *a;
    p->into = t;
    if (t->in && a->actual > 0)
        ip_expect(p, IP_DATA, a->actual);
    else
        ip_end(p, t, a);
}

static void ip_take_unlink(struct ip_device *p, const struct ip_answer *a)
{
    struct usb_transfer *t = ip_find(p, a);
    if (!t) {
        if (ip_take_late(p, a->seq) != LATE_UNLINK)
            ip_gone(p, "answers without a question");
        return;
    }
    /* Status 0 would mean that its RET_SUBMIT came first, and it did not;
     * should it come now, it is late. */
    const struct ip_own *own = t->own;
    ip_note_late(p, own->seq, t->in ? LATE_SUBMIT_IN : LATE_SUBMIT_OUT);
    usb_backend_end(t, -ECANCELED, 0);
}

static void ip_take_header(struct ip_device *p)
{
    struct ip_answer a;
    ip_expect(p, IP_HEADER, IP_HEADER_LEN);
    if (ip_get_answer(p->piece, &a) < 0)
        ip_gone(p, "speaks no USB/IP");
    else if (a.command == IP_RET_SUBMIT)
        ip_take_submit(p, &a);
    else
        ip_take_unlink(p, &a);
}

static void ip_take_device(struct ip_device *p)
{
    struct ip_remote remote;
    if (ip_get_remote(p->piece, &remote) < 0) {
        ip_gone(p, "speaks no USB/IP");
        return;
    }
    p->devid = remote.devid;
    ip_expect(p, IP_HEADER, IP_HEADER_LEN);
    struct usb_opening *o = p->opening;
    p->opening = NULL;
    usb_opening_ask(o);
}

static void ip_take_reply(struct ip_device *p)
{
    int r = ip_check_op(p->piece, IP_OP_IMPORT);
    if (r < 0)
        ip_gone(p, r == -ENODEV ? "not there" : "speaks no USB/IP");
    else
        ip_expect(p, IP_DEVICE, IP_DEVICE_LEN);
}

/* A whole piece has come. */
static void ip_take(struct ip_device *p)
{
    switch (p->state) {
    case IP_REPLY:
        ip_take_reply(p);
        break;
    case IP_DEVICE:
        ip_take_device(p);
        break;
    case IP_HEADER:
        ip_take_header(p);
        break;
    case IP_DATA:
        ip_end(p, p->into, &p->answer);
        break;
    case IP_SKIP:
        ip_expect(p, IP_HEADER, IP_HEADER_LEN);
        break;
    }
}

/* Where the next bytes go, and how many at most. */
static uint8_t *ip_room(struct ip_device *p, size_t *ret)
{
    *ret = p->want - p->have;
    if (p->state == IP_DATA)
        return p->into->data + p->have;
    if (p->state != IP_SKIP)
        return p->piece + p->have;
    *ret = LK_MIN(*ret, sizeof(p->piece));
    return p->piece;
}

/* Reads once. Whether there may be more. */
static bool ip_read(struct ip_device *p)
{
    size_t room = 0;
    uint8_t *at = ip_room(p, &room);
    ssize_t n = recv(p->fd, at, room, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return false;
    if (n <= 0) {
        ip_gone(p, n == 0 ? "unplugged" : "connection broke");
        return false;
    }
    p->have += (size_t)n;
    if (p->have == p->want)
        ip_take(p);
    return true;
}

static void on_socket(void *arg, int fd, short events)
{
    struct ip_device *p = arg;
    (void)fd;
    usb_backend_hold(&p->base);
    if ((events & POLLOUT) != 0)
        ip_flush(p);
    for (int i = 0; i < READS_MAX && usb_backend_open(&p->base); i++) {
        if (!ip_read(p))
            break;
    }
    usb_backend_release(&p->base);
}

/* --- opening --- */

static int ip_start(struct ip_device *p, const char *busid)
{
    uint8_t import[IP_IMPORT_LEN];
    ip_put_import(import, busid);
    ip_expect(p, IP_REPLY, IP_OP_LEN);
    int r = lk_buf_new(QUEUE_MAX, &p->out);
    if (r < 0)
        return r;
    r = lk_watch_new(p->base.loop, p->fd, POLLIN, on_socket, p, &p->watch);
    if (r < 0)
        return r;
    r = ip_write(p, import, sizeof(import), NULL, 0);
    /* A connection that broke already is told by the callback, like one that
     * breaks a moment later. */
    return r == -ENODEV ? 0 : r;
}

int usb_ip_open(struct lk_loop *l, int fd, const char *busid, usb_opened_fn *fn,
                void *arg, struct usb_opening **ret)
{
    if (busid[0] == '\0' || strlen(busid) >= USB_IP_BUSID_MAX)
        return -EINVAL;
    struct ip_device *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->fd = -1;
    int r = usb_backend_init(&p->base, l, &ip_ops);
    if (r < 0) {
        free(p);
        return r;
    }
    struct usb_device *d = &p->base;
    r = usb_opening_new(d, fn, arg, &p->opening);
    if (r < 0) {
        usb_free(d);
        return r;
    }
    struct usb_opening *o = p->opening;
    /* Commands are small, and each waits for the one before it: Nagle's
     * algorithm would make every one late. Fails on AF_UNIX, which has none. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    p->fd = fd;
    r = ip_start(p, busid);
    if (r < 0) {
        p->fd = -1; /* still the caller's */
        usb_opening_free(o);
        return r;
    }
    if (ret)
        *ret = o;
    return 0;
}
