#include "usb/usbip.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "usb/usbip_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CLASS_LEN 4
#define HEAD_LEN (IP_OP_LEN + 4)
#define ANSWER_MAX                \
    (HEAD_LEN + USB_IP_LIST_MAX * \
                    (size_t)(IP_DEVICE_LEN + USB_ALTERNATES_MAX * CLASS_LEN))

struct usb_ip_listing {
    struct lk_loop *loop;
    struct lk_watch *watch;
    struct lk_timer *limit;
    struct lk_buf *in;
    usb_ip_listed_fn *fn;
    void *arg;
    int fd;
};

struct usb_ip_listing *usb_ip_listing_free(struct usb_ip_listing *l)
{
    if (l) {
        lk_watch_free(l->watch);
        lk_timer_free(l->limit);
        lk_buf_free(l->in);
        lk_fd_close(l->fd);
        free(l);
    }
    return NULL;
}

/* Reads a device and its interfaces. 0, -EAGAIN when there is not all of it,
 * -EBADMSG, -EMSGSIZE. */
static int get_candidate(struct lk_reader *r, struct usb_candidate *ret)
{
    struct ip_remote remote;
    const uint8_t *raw = lk_read_bytes(r, IP_DEVICE_LEN);
    if (!raw)
        return -EAGAIN;
    int error = ip_get_remote(raw, &remote);
    if (error < 0)
        return error;
    if (remote.interfaces > USB_ALTERNATES_MAX)
        return -EMSGSIZE;
    memset(ret, 0, sizeof(*ret));
    ret->vendor = remote.vendor;
    ret->product = remote.product;
    ret->interfaces = remote.interfaces;
    memcpy(ret->port, remote.busid, sizeof(ret->port));
    for (size_t i = 0; i < remote.interfaces; i++) {
        const uint8_t *c = lk_read_bytes(r, CLASS_LEN);
        if (!c)
            return -EAGAIN;
        ret->interface[i] = (struct usb_interface_class){
            .class_code = c[0], .subclass = c[1], .protocol = c[2]};
    }
    return 0;
}

int usb_ip_list_decode(const uint8_t *raw, size_t len,
                       struct usb_candidate *ret, size_t cap)
{
    struct lk_reader r = lk_reader(raw, len);
    const uint8_t *head = lk_read_bytes(&r, HEAD_LEN);
    if (!head)
        return -EAGAIN;
    int error = ip_check_op(head, IP_OP_DEVLIST);
    if (error < 0)
        return error;
    uint32_t n = lk_get_u32(head + IP_OP_LEN);
    if (n > cap)
        return -EMSGSIZE;
    for (uint32_t i = 0; i < n; i++) {
        error = get_candidate(&r, &ret[i]);
        if (error < 0)
            return error;
    }
    return (int)n;
}

static void listing_end(struct usb_ip_listing *l, int error,
                        const struct usb_candidate *list, size_t n)
{
    usb_ip_listed_fn *fn = l->fn;
    void *arg = l->arg;
    usb_ip_listing_free(l);
    fn(arg, error, list, n);
}

static void on_limit(void *arg, int64_t now_us)
{
    (void)now_us;
    listing_end(arg, -ETIMEDOUT, NULL, 0);
}

/* Reads what there is. 0, -EAGAIN, or what ends the listing. */
static int listing_read(struct usb_ip_listing *l)
{
    uint8_t bytes[4096];
    ssize_t n = recv(l->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? -EAGAIN : -ENODEV;
    if (n == 0)
        return -ENODEV;
    return lk_buf_append(l->in, bytes, (size_t)n);
}

static void on_socket(void *arg, int fd, short events)
{
    struct usb_ip_listing *l = arg;
    (void)fd;
    (void)events;
    struct usb_candidate *list = NULL;
    int r = listing_read(l);
    if (r == 0) {
        list = calloc(USB_IP_LIST_MAX, sizeof(*list));
        r = list ? usb_ip_list_decode(l->in->data, l->in->len, list,
                                      USB_IP_LIST_MAX)
                 : -ENOMEM;
    }
    if (r != -EAGAIN)
        listing_end(l, LK_MIN(r, 0), r < 0 ? NULL : list, (size_t)LK_MAX(r, 0));
    free(list);
}

static int listing_start(struct usb_ip_listing *l)
{
    int r = lk_buf_new(ANSWER_MAX, &l->in);
    if (r < 0)
        return r;
    r = lk_timer_new(l->loop, on_limit, l, &l->limit);
    if (r < 0)
        return r;
    r = lk_watch_new(l->loop, l->fd, POLLIN, on_socket, l, &l->watch);
    if (r < 0)
        return r;
    lk_timer_set_in(l->limit, (int64_t)USB_OPENING_MS * 1000);
    uint8_t op[IP_OP_LEN];
    ip_put_op(op, IP_OP_DEVLIST);
    /* The first eight bytes of a fresh connection always fit; one that broke is
     * told when it is read from. */
    (void)send(l->fd, op, sizeof(op), MSG_NOSIGNAL | MSG_DONTWAIT);
    return 0;
}

int usb_ip_list(struct lk_loop *loop, int fd, usb_ip_listed_fn *fn, void *arg,
                struct usb_ip_listing **ret)
{
    struct usb_ip_listing *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    *l = (struct usb_ip_listing){.loop = loop, .fn = fn, .arg = arg, .fd = fd};
    int r = listing_start(l);
    if (r < 0) {
        l->fd = -1; /* still the caller's */
        usb_ip_listing_free(l);
        return r;
    }
    if (ret)
        *ret = l;
    return 0;
}
