#include "usb/record.h"

#include "usb/record_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct record_device {
    struct usb_device base;
    struct usb_device *inner;
    struct lk_buf *log;
    unsigned next; /* number of the next transfer */
    bool cut;
};

struct record_own {
    struct usb_transfer *inner;
    unsigned number;
};

static struct record_device *record_of(const struct usb_device *d)
{
    return LK_CONTAINER_OF(d, struct record_device, base);
}

/* Keeps a line whole, or leaves it and all that follow out. */
static void record_line(struct record_device *p, size_t before, int r)
{
    if (r < 0) {
        p->log->len = before;
        p->log->data[before] = '\0';
        p->cut = true;
    }
}

static void on_inner(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_transfer *t = arg;
    struct record_device *p = record_of(t->device);
    const struct record_own *own = t->own;
    size_t before = p->log->len;
    if (!p->cut)
        record_line(p, before,
                    record_put_end(p->log, own->number, t, status, data, len));
    if (t->in && len > 0)
        memcpy(t->data, data, len);
    /* That it is gone is told by the inner device itself. */
    if (status != -ENODEV)
        usb_backend_end(t, status, len);
}

static int op_submit(struct usb_device *d, struct usb_transfer *t)
{
    struct record_device *p = record_of(d);
    struct record_own *own = t->own;
    struct usb_done done = {.fn = on_inner, .arg = t};
    int r = usb_backend_forward(p->inner, t, done, &own->inner);
    if (r < 0)
        return r;
    size_t before = p->log->len;
    own->number = p->next++;
    if (!p->cut)
        record_line(p, before, record_put_start(p->log, own->number, t));
    return 0;
}

static void op_cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct record_device *p = record_of(d);
    const struct record_own *own = t->own;
    size_t before = p->log->len;
    if (!p->cut)
        record_line(p, before, lk_buf_printf(p->log, "x %u\n", own->number));
    usb_cancel(own->inner);
}

static int op_claim(struct usb_device *d, uint8_t interface)
{
    struct record_device *p = record_of(d);
    int result = usb_claim(p->inner, interface);
    size_t before = p->log->len;
    if (!p->cut)
        record_line(p, before,
                    lk_buf_printf(p->log, "claim %u %s\n", interface,
                                  record_error_name(result)));
    return result;
}

static void op_close(struct usb_device *d)
{
    struct record_device *p = record_of(d);
    usb_free(p->inner);
}

static const struct usb_backend_ops record_ops = {
    .own_len = sizeof(struct record_own),
    .claim = op_claim,
    .submit = op_submit,
    .cancel = op_cancel,
    .close = op_close,
};

static void on_gone(void *arg)
{
    struct record_device *p = arg;
    const char *why = usb_gone_why(p->inner);
    size_t before = p->log->len;
    if (!p->cut)
        record_line(p, before, lk_buf_printf(p->log, "gone %s\n", why));
    usb_backend_gone(&p->base, why);
}

int usb_record_new(struct lk_loop *l, struct usb_device *inner,
                   struct lk_buf *log, struct usb_device **ret)
{
    int r = record_put_descriptors(log, inner);
    if (r < 0)
        return r;
    struct record_device *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    r = usb_backend_init(&p->base, l, &record_ops);
    if (r < 0) {
        free(p);
        return r;
    }
    p->base.descriptors = inner->descriptors;
    memcpy(p->base.strings, inner->strings, sizeof(inner->strings));
    p->inner = inner;
    p->log = log;
    usb_on_gone(inner, on_gone, p);
    *ret = &p->base;
    return 0;
}

bool usb_record_cut(const struct usb_device *d)
{
    return record_of(d)->cut;
}
