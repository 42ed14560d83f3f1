#include "usb/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SETUP_LEN 8

const struct usb_descriptors *usb_descriptors(const struct usb_device *d)
{
    return &d->descriptors;
}

const char *usb_manufacturer(const struct usb_device *d)
{
    return d->strings[0];
}

const char *usb_product(const struct usb_device *d)
{
    return d->strings[1];
}

const char *usb_serial(const struct usb_device *d)
{
    return d->strings[2];
}

const char *usb_gone_why(const struct usb_device *d)
{
    return d->gone;
}

bool usb_backend_open(const struct usb_device *d)
{
    return !d->closed && !d->gone;
}

/* Wakes the device's timer: at once when there is something to tell, else at
 * the first deadline. */
static void device_wake(struct usb_device *d)
{
    if ((d->gone && !d->gone_told) || !TAILQ_EMPTY(&d->ended)) {
        lk_timer_set_in(d->timer, 0);
        return;
    }
    int64_t at = INT64_MAX;
    struct usb_transfer *t = NULL;
    TAILQ_FOREACH(t, &d->pending, link)
    at = LK_MIN(at, t->deadline_us);
    if (at == INT64_MAX)
        lk_timer_clear(d->timer);
    else
        lk_timer_set(d->timer, at);
}

void usb_backend_free(struct usb_transfer *t)
{
    explicit_bzero(t->data, t->len);
    free(t);
}

static void transfers_drop(struct usb_transfers *list)
{
    while (!TAILQ_EMPTY(list)) {
        struct usb_transfer *t = TAILQ_FIRST(list);
        TAILQ_REMOVE(list, t, link);
        usb_backend_free(t);
    }
}

static void device_close(struct usb_device *d)
{
    d->ops->close(d);
    lk_timer_free(d->timer);
    transfers_drop(&d->pending);
    transfers_drop(&d->ended);
    free(d);
}

void usb_backend_hold(struct usb_device *d)
{
    d->holds++;
}

void usb_backend_release(struct usb_device *d)
{
    if (--d->holds == 0 && d->closed)
        device_close(d);
}

struct usb_device *usb_free(struct usb_device *d)
{
    if (d && !d->closed) {
        usb_backend_hold(d);
        d->closed = true;
        usb_backend_release(d);
    }
    return NULL;
}

/* What became of the claims and alternate settings when `t` succeeded. */
static void device_note(struct usb_device *d, const struct usb_transfer *t)
{
    if (t->kind == USB_KIND_ALTERNATE) {
        d->alternate[t->setup.index] = (uint8_t)t->setup.value;
    } else if (t->kind == USB_KIND_RESET) {
        d->claimed = 0;
        memset(d->alternate, 0, sizeof(d->alternate));
    }
}

/* Tells how `t`, which is in no list any more, has ended. */
static void transfer_tell(struct usb_transfer *t, int status, size_t moved)
{
    struct usb_device *d = t->device;
    d->transfers--;
    if (status == 0)
        device_note(d, t);
    /* Nobody here asked for it: the other side gave up on its own. */
    if (status == -ECANCELED)
        status = t->why != 0 ? t->why : -EIO;
    if (!d->closed)
        t->done.fn(t->done.arg, status, t->in ? t->data : NULL,
                   LK_MIN(moved, t->len));
}

void usb_backend_end(struct usb_transfer *t, int status, size_t moved)
{
    struct usb_device *d = t->device;
    usb_backend_hold(d);
    TAILQ_REMOVE(&d->pending, t, link);
    transfer_tell(t, status, moved);
    usb_backend_free(t);
    if (!d->closed)
        device_wake(d);
    usb_backend_release(d);
}

void usb_backend_end_later(struct usb_transfer *t, int status, size_t moved)
{
    struct usb_device *d = t->device;
    TAILQ_REMOVE(&d->pending, t, link);
    TAILQ_INSERT_TAIL(&d->ended, t, link);
    t->ended = true;
    t->status = status;
    t->moved = moved;
    device_wake(d);
}

void usb_backend_gone(struct usb_device *d, const char *why)
{
    if (d->gone || d->closed)
        return;
    d->gone = why;
    device_wake(d);
}

void usb_on_gone(struct usb_device *d, usb_gone_fn *fn, void *arg)
{
    d->on_gone = fn;
    d->on_gone_arg = arg;
    d->gone_told = !fn;
    device_wake(d);
}

/* Those that ended by now; what their callbacks add waits for the next turn. */
static void device_tell_ended(struct usb_device *d)
{
    const struct usb_transfer *last = TAILQ_LAST(&d->ended, usb_transfers);
    for (bool more = last != NULL; more;) {
        struct usb_transfer *t = TAILQ_FIRST(&d->ended);
        more = t != last;
        TAILQ_REMOVE(&d->ended, t, link);
        transfer_tell(t, t->status, t->moved);
        usb_backend_free(t);
    }
}

static void device_tell_gone(struct usb_device *d)
{
    while (!TAILQ_EMPTY(&d->pending) && !d->closed) {
        struct usb_transfer *t = TAILQ_FIRST(&d->pending);
        TAILQ_REMOVE(&d->pending, t, link);
        transfer_tell(t, -ENODEV, 0);
        if (d->ops->drop)
            d->ops->drop(d, t);
        else
            usb_backend_free(t);
    }
    if (d->closed || d->gone_told)
        return;
    d->gone_told = true;
    if (d->on_gone)
        d->on_gone(d->on_gone_arg);
}

/* Asks the back end to end `t`, and gives it a while for that. */
static void transfer_stop(struct usb_transfer *t, int why)
{
    struct usb_device *d = t->device;
    t->why = why;
    t->deadline_us = lk_loop_now_us(d->loop) + (int64_t)USB_CANCEL_MS * 1000;
    d->ops->cancel(d, t);
}

static void device_check_deadlines(struct usb_device *d, int64_t now_us)
{
    struct usb_transfer *next = NULL;
    for (struct usb_transfer *t = TAILQ_FIRST(&d->pending); t; t = next) {
        next = TAILQ_NEXT(t, link);
        if (t->deadline_us > now_us)
            continue;
        if (t->why != 0) {
            usb_backend_gone(d, "does not give back a transfer");
            return;
        }
        transfer_stop(t, -ETIMEDOUT);
    }
}

static void on_timer(void *arg, int64_t now_us)
{
    struct usb_device *d = arg;
    usb_backend_hold(d);
    device_tell_ended(d);
    if (!d->closed && !d->gone)
        device_check_deadlines(d, now_us);
    if (!d->closed && d->gone)
        device_tell_gone(d);
    if (!d->closed)
        device_wake(d);
    usb_backend_release(d);
}

int usb_backend_init(struct usb_device *d, struct lk_loop *loop,
                     const struct usb_backend_ops *ops)
{
    d->ops = ops;
    d->loop = loop;
    TAILQ_INIT(&d->pending);
    TAILQ_INIT(&d->ended);
    return lk_timer_new(loop, on_timer, d, &d->timer);
}

int usb_claim(struct usb_device *d, uint8_t interface)
{
    if (!usb_backend_open(d))
        return -ENODEV;
    bool there = false;
    for (size_t i = 0; i < d->descriptors.alternates; i++)
        there |= d->descriptors.alternate[i].interface == interface;
    if (!there)
        return -ENOENT;
    int r = d->ops->claim(d, interface);
    if (r < 0)
        return r;
    d->claimed |= UINT32_C(1) << interface;
    return 0;
}

/* An endpoint of the present alternate settings of claimed interfaces. */
static const struct usb_endpoint *device_endpoint(const struct usb_device *d,
                                                  uint8_t address)
{
    for (size_t i = 0; i < d->descriptors.alternates; i++) {
        const struct usb_alternate *a = &d->descriptors.alternate[i];
        if ((d->claimed >> a->interface & 1) == 0 ||
            a->alternate != d->alternate[a->interface])
            continue;
        const struct usb_endpoint *e = usb_endpoint_find(a, address);
        if (e)
            return e;
    }
    return NULL;
}

static void put_setup(uint8_t *p, const struct usb_setup *s)
{
    p[0] = s->type;
    p[1] = s->request;
    p[2] = (uint8_t)s->value;
    p[3] = (uint8_t)(s->value >> 8);
    p[4] = (uint8_t)s->index;
    p[5] = (uint8_t)(s->index >> 8);
    p[6] = (uint8_t)s->length;
    p[7] = (uint8_t)(s->length >> 8);
}

/* What is asked for, before it is a transfer. */
struct wish {
    enum usb_kind kind;
    bool in;
    uint8_t endpoint;
    uint8_t interval;
    struct usb_setup setup;
    const void *out;
    size_t len;
    unsigned timeout_ms; /* 0: none */
    struct usb_done done;
};

/* One block: the transfer, the back end's part, the setup packet, the data. */
static struct usb_transfer *transfer_new(struct usb_device *d,
                                         const struct wish *w)
{
    size_t own_at = (sizeof(struct usb_transfer) + 15) & ~(size_t)15;
    size_t setup_at = own_at + ((d->ops->own_len + 15) & ~(size_t)15);
    /* Zeroed to the end: nothing that lay in memory ever reaches a driver that
     * trusts a length more than it should. */
    uint8_t *block = calloc(1, setup_at + SETUP_LEN + w->len);
    if (!block)
        return NULL;
    struct usb_transfer *t = (struct usb_transfer *)(void *)block;
    t->device = d;
    t->done = w->done;
    t->kind = w->kind;
    t->in = w->in;
    t->endpoint = w->endpoint;
    t->interval = w->interval;
    t->setup = w->setup;
    t->len = w->len;
    t->own = block + own_at;
    t->data = block + setup_at + SETUP_LEN;
    put_setup(block + setup_at, &w->setup);
    if (!w->in && w->len > 0)
        memcpy(t->data, w->out, w->len);
    t->deadline_us = w->timeout_ms == 0 ? INT64_MAX
                                        : lk_loop_now_us(d->loop) +
                                              (int64_t)w->timeout_ms * 1000;
    return t;
}

static int transfer_start(struct usb_device *d, const struct wish *w,
                          struct usb_transfer **ret)
{
    if (!usb_backend_open(d))
        return -ENODEV;
    if (d->transfers == USB_TRANSFERS_MAX)
        return -ENOSPC;
    struct usb_transfer *t = transfer_new(d, w);
    if (!t)
        return -ENOMEM;
    TAILQ_INSERT_TAIL(&d->pending, t, link);
    int r = d->ops->submit(d, t);
    if (r < 0) {
        TAILQ_REMOVE(&d->pending, t, link);
        usb_backend_free(t);
        return r;
    }
    d->transfers++;
    device_wake(d);
    if (ret)
        *ret = t;
    return 0;
}

int usb_control(struct usb_device *d, const struct usb_setup *s,
                const void *out, unsigned timeout_ms, struct usb_done done,
                struct usb_transfer **ret)
{
    bool in = (s->type & USB_DIR_IN) != 0;
    if (!done.fn || (!in && s->length > 0 && !out))
        return -EINVAL;
    if (s->length > USB_CONTROL_BYTES_MAX)
        return -EMSGSIZE;
    struct wish w = {
        .kind = USB_KIND_CONTROL,
        .in = in,
        .setup = *s,
        .out = out,
        .len = s->length,
        .timeout_ms = timeout_ms,
        .done = done,
    };
    return transfer_start(d, &w, ret);
}

static int data_start(struct usb_device *d, struct wish *w,
                      struct usb_transfer **ret)
{
    if (!w->done.fn)
        return -EINVAL;
    if (w->len > USB_TRANSFER_BYTES_MAX)
        return -EMSGSIZE;
    if (!usb_backend_open(d))
        return -ENODEV;
    const struct usb_endpoint *e = device_endpoint(d, w->endpoint);
    if (!e ||
        (e->type != USB_ENDPOINT_BULK && e->type != USB_ENDPOINT_INTERRUPT))
        return -ENOENT;
    w->kind = e->type == USB_ENDPOINT_BULK ? USB_KIND_BULK : USB_KIND_INTERRUPT;
    w->interval = e->interval;
    return transfer_start(d, w, ret);
}

int usb_out(struct usb_device *d, uint8_t endpoint, struct usb_bytes bytes,
            unsigned timeout_ms, struct usb_done done,
            struct usb_transfer **ret)
{
    if ((endpoint & USB_DIR_IN) != 0 || (bytes.len > 0 && !bytes.at))
        return -EINVAL;
    struct wish w = {
        .endpoint = endpoint,
        .out = bytes.at,
        .len = bytes.len,
        .timeout_ms = timeout_ms,
        .done = done,
    };
    return data_start(d, &w, ret);
}

int usb_in(struct usb_device *d, uint8_t endpoint, size_t cap,
           unsigned timeout_ms, struct usb_done done, struct usb_transfer **ret)
{
    if ((endpoint & USB_DIR_IN) == 0 || cap == 0)
        return -EINVAL;
    struct wish w = {
        .in = true,
        .endpoint = endpoint,
        .len = cap,
        .timeout_ms = timeout_ms,
        .done = done,
    };
    return data_start(d, &w, ret);
}

/* A request that the back end carries out as a whole. */
static int request_start(struct usb_device *d, enum usb_kind kind,
                         uint16_t value, uint16_t index, struct usb_done done)
{
    if (!done.fn)
        return -EINVAL;
    struct wish w = {
        .kind = kind,
        .setup = {.value = value, .index = index},
        .timeout_ms = kind == USB_KIND_RESET ? USB_RESET_MS : USB_REQUEST_MS,
        .done = done,
    };
    return transfer_start(d, &w, NULL);
}

int usb_set_alternate(struct usb_device *d, uint8_t interface,
                      uint8_t alternate, struct usb_done done)
{
    if (interface >= USB_INTERFACES_MAX || (d->claimed >> interface & 1) == 0 ||
        !usb_alternate_find(&d->descriptors, interface, alternate))
        return usb_backend_open(d) ? -ENOENT : -ENODEV;
    return request_start(d, USB_KIND_ALTERNATE, alternate, interface, done);
}

int usb_clear_halt(struct usb_device *d, uint8_t endpoint, struct usb_done done)
{
    if (!device_endpoint(d, endpoint))
        return usb_backend_open(d) ? -ENOENT : -ENODEV;
    return request_start(d, USB_KIND_CLEAR_HALT, 0, endpoint, done);
}

int usb_reset(struct usb_device *d, struct usb_done done)
{
    return request_start(d, USB_KIND_RESET, 0, 0, done);
}

void usb_cancel(struct usb_transfer *t)
{
    if (!t || t->ended || t->why != 0 || t->device->gone)
        return;
    transfer_stop(t, -ECANCELED);
    device_wake(t->device);
}

int usb_backend_forward(struct usb_device *to, const struct usb_transfer *t,
                        struct usb_done done, struct usb_transfer **ret)
{
    struct usb_setup s = t->setup;
    switch (t->kind) {
    case USB_KIND_CONTROL:
        s.length = (uint16_t)t->len;
        return usb_control(to, &s, t->data, 0, done, ret);
    case USB_KIND_BULK:
    case USB_KIND_INTERRUPT:
        if (t->in)
            return usb_in(to, t->endpoint, t->len, 0, done, ret);
        return usb_out(to, t->endpoint, (struct usb_bytes){t->data, t->len}, 0,
                       done, ret);
    case USB_KIND_ALTERNATE:
        return usb_set_alternate(to, (uint8_t)s.index, (uint8_t)s.value, done);
    case USB_KIND_CLEAR_HALT:
        return usb_clear_halt(to, (uint8_t)s.index, done);
    case USB_KIND_RESET:
        break;
    }
    return usb_reset(to, done);
}
