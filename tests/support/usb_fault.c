#include "usb_fault.h"

#include "usb/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENDPOINTS 32 /* 16 OUT, then 16 IN */

/* What an endpoint answered last, or still has to give. */
struct answer {
    bool any;
    int status;
    size_t len;
    uint8_t *data;
};

struct fault_device {
    struct usb_device base;
    struct usb_device *inner;
    enum usb_fault what;
    unsigned at;
    unsigned count;
    bool struck;
    bool halted[ENDPOINTS];
    struct answer last[ENDPOINTS];
};

struct fault_own {
    struct usb_transfer *inner;
    enum usb_fault fault; /* what befalls this one */
    bool hangs;           /* the device never got it */
};

static struct fault_device *fault_of(const struct usb_device *d)
{
    return LK_CONTAINER_OF(d, struct fault_device, base);
}

static size_t slot(uint8_t endpoint)
{
    return (endpoint & 0x0f) + ((endpoint & USB_DIR_IN) != 0 ? 16 : 0);
}

/* Control transfers in the slot of endpoint 0, by direction. */
static size_t slot_of(const struct usb_transfer *t)
{
    return t->kind == USB_KIND_CONTROL ? (t->in ? 16 : 0) : slot(t->endpoint);
}

static void fault_pull(struct fault_device *f)
{
    f->inner = usb_free(f->inner);
    usb_backend_gone(&f->base, "unplugged by the test");
}

static void answer_keep(struct answer *a, int status, const uint8_t *data,
                        size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    if (!copy)
        return; /* nothing stale to give, then */
    if (len > 0)
        memcpy(copy, data, len);
    free(a->data);
    *a = (struct answer){
        .any = true, .status = status, .len = len, .data = copy};
}

static void on_inner(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_transfer *t = arg;
    struct fault_device *f = fault_of(t->device);
    const struct fault_own *own = t->own;
    if (own->fault == USB_FAULT_UNPLUG_AFTER) {
        fault_pull(f);
        return;
    }
    if (t->in && status == 0) {
        answer_keep(&f->last[slot_of(t)], status, data, len);
        if (own->fault == USB_FAULT_SHORT)
            len /= 2;
        memcpy(t->data, data, len);
    }
    if (t->kind == USB_KIND_CLEAR_HALT && status == 0)
        f->halted[slot((uint8_t)t->setup.index)] = false;
    if (t->kind == USB_KIND_RESET && status == 0)
        memset(f->halted, 0, sizeof(f->halted));
    usb_backend_end(t, status, len);
}

static int fault_pass(struct fault_device *f, struct usb_transfer *t)
{
    struct fault_own *own = t->own;
    struct usb_done done = {.fn = on_inner, .arg = t};
    struct usb_transfer pass = *t;
    if (own->fault == USB_FAULT_SHORT && !t->in)
        pass.len /= 2;
    return usb_backend_forward(f->inner, &pass, done, &own->inner);
}

static bool is_data(const struct usb_transfer *t)
{
    return t->kind == USB_KIND_BULK || t->kind == USB_KIND_INTERRUPT;
}

static int fault_stale(struct fault_device *f, struct usb_transfer *t)
{
    const struct answer *a = &f->last[slot_of(t)];
    if (!t->in || !a->any) {
        f->struck = false;
        return fault_pass(f, t);
    }
    size_t len = LK_MIN(a->len, t->len);
    memcpy(t->data, a->data, len);
    usb_backend_end_later(t, a->status, len);
    return 0;
}

static int fault_strike(struct fault_device *f, struct usb_transfer *t)
{
    struct fault_own *own = t->own;
    f->struck = true;
    own->fault = f->what;
    switch (f->what) {
    case USB_FAULT_UNPLUG:
        fault_pull(f);
        return 0;
    case USB_FAULT_STALL:
        if (is_data(t))
            f->halted[slot(t->endpoint)] = true;
        usb_backend_end_later(t, -EPIPE, 0);
        return 0;
    case USB_FAULT_EMPTY:
        usb_backend_end_later(t, 0, 0);
        return 0;
    case USB_FAULT_STALE:
        return fault_stale(f, t);
    case USB_FAULT_TIMEOUT:
        own->hangs = true;
        return 0;
    case USB_FAULT_SHORT:
    case USB_FAULT_UNPLUG_AFTER:
    case USB_FAULT_NONE:
    case USB_FAULTS:
        break;
    }
    return fault_pass(f, t);
}

static int op_submit(struct usb_device *d, struct usb_transfer *t)
{
    struct fault_device *f = fault_of(d);
    unsigned number = f->count++;
    if (f->what != USB_FAULT_NONE && number == f->at)
        return fault_strike(f, t);
    if (is_data(t) && f->halted[slot(t->endpoint)]) {
        usb_backend_end_later(t, -EPIPE, 0);
        return 0;
    }
    return fault_pass(f, t);
}

static void op_cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct fault_own *own = t->own;
    (void)d;
    if (own->hangs)
        usb_backend_end_later(t, -ECANCELED, 0);
    else /* requests have no handle; they end by their own time limit */
        usb_cancel(own->inner);
}

static int op_claim(struct usb_device *d, uint8_t interface)
{
    return usb_claim(fault_of(d)->inner, interface);
}

static void op_close(struct usb_device *d)
{
    struct fault_device *f = fault_of(d);
    usb_free(f->inner);
    for (size_t i = 0; i < ENDPOINTS; i++)
        free(f->last[i].data);
}

static const struct usb_backend_ops fault_ops = {
    .own_len = sizeof(struct fault_own),
    .claim = op_claim,
    .submit = op_submit,
    .cancel = op_cancel,
    .close = op_close,
};

static void on_inner_gone(void *arg)
{
    struct fault_device *f = arg;
    usb_backend_gone(&f->base, usb_gone_why(f->inner));
}

int usb_fault_new(struct lk_loop *l, struct usb_device *inner,
                  enum usb_fault what, unsigned at, struct usb_device **ret)
{
    struct fault_device *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    int r = usb_backend_init(&f->base, l, &fault_ops);
    if (r < 0) {
        free(f);
        return r;
    }
    f->base.descriptors = inner->descriptors;
    memcpy(f->base.strings, inner->strings, sizeof(inner->strings));
    f->inner = inner;
    f->what = what;
    f->at = at;
    usb_on_gone(inner, on_inner_gone, f);
    *ret = &f->base;
    return 0;
}

unsigned usb_fault_count(const struct usb_device *d)
{
    return fault_of(d)->count;
}

bool usb_fault_struck(const struct usb_device *d)
{
    return fault_of(d)->struck;
}

const char *usb_fault_name(enum usb_fault what)
{
    static const char *const names[USB_FAULTS] = {
        [USB_FAULT_NONE] = "none",
        [USB_FAULT_UNPLUG] = "unplug",
        [USB_FAULT_UNPLUG_AFTER] = "unplug-after",
        [USB_FAULT_STALL] = "stall",
        [USB_FAULT_SHORT] = "short",
        [USB_FAULT_EMPTY] = "empty",
        [USB_FAULT_STALE] = "stale",
        [USB_FAULT_TIMEOUT] = "timeout",
    };
    return names[what];
}
