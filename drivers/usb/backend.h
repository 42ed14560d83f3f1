/* backend.h - what a back end gives, and what it finds in usb.c.
 *
 * Room: the vtable. A back end embeds struct usb_device first, calls
 * usb_backend_init(), and from then on reports how each transfer ended and that
 * the device is gone. usb.c has what all share: checks of arguments, claims and
 * alternate settings, time limits, the order of callbacks, lifetime.
 * Not for drivers: they include usb.h alone.
 * Thread: the loop's, for everything here.
 */
#ifndef LUUKKU_USB_BACKEND_H
#define LUUKKU_USB_BACKEND_H

#include "usb/usb.h"

#include <stdbool.h>
#include <sys/queue.h>

/* A cancelled or overdue transfer that the back end has not ended after this
 * many milliseconds shows that nobody is there: the device is gone. */
#define USB_CANCEL_MS 1000

/* Limit, in milliseconds, of the requests that have none of their own. */
#define USB_REQUEST_MS 2000 /* set alternate, clear halt */
#define USB_RESET_MS 5000   /* a port reset lasts, as the hub likes */

enum usb_kind {
    USB_KIND_CONTROL,
    USB_KIND_BULK,
    USB_KIND_INTERRUPT,
    USB_KIND_ALTERNATE,  /* setup.index: interface, setup.value: alternate */
    USB_KIND_CLEAR_HALT, /* setup.index: endpoint */
    USB_KIND_RESET,
};

struct usb_transfer {
    TAILQ_ENTRY(usb_transfer) link;
    struct usb_device *device;
    struct usb_done done;
    enum usb_kind kind;
    bool in;                /* data goes from the device to us */
    uint8_t endpoint;       /* its address; 0 for control */
    uint8_t interval;       /* bInterval of an interrupt endpoint */
    struct usb_setup setup; /* USB_KIND_CONTROL, and as said above */
    size_t len;             /* bytes to send, or room for those that come */
    uint8_t *data;          /* of `len` bytes, in the transfer's own memory;
                               behind 8 bytes with the setup packet */
    int64_t deadline_us;    /* when it is too late; INT64_MAX never */
    int why;                /* -ECANCELED or -ETIMEDOUT once asked to end */
    bool ended;             /* waits to be told, with these two: */
    int status;
    size_t moved;
    void *own; /* the back end's, ops->own_len bytes of zeros */
};

TAILQ_HEAD(usb_transfers, usb_transfer);

struct usb_backend_ops {
    size_t own_len; /* bytes of back-end state in each transfer */

    /* Takes an interface. May wait for a kernel driver to let go of it, for
     * nothing else. 0, -EBUSY, -ENODEV. */
    int (*claim)(struct usb_device *d, uint8_t interface);

    /* Starts `t`, which stays valid until the back end ends it. Must not end it
     * inside (usb_backend_end_later() is there for that). On an error
     * the transfer is no more. -ENOMEM, -ENOSPC, -ENODEV. */
    int (*submit)(struct usb_device *d, struct usb_transfer *t);

    /* Asks that `t` end soon; it may well be ending already. Called once for
     * each transfer at most, not with usb_backend_end_later() behind it. */
    void (*cancel)(struct usb_device *d, struct usb_transfer *t);

    /* `t` has been told while the back end still had it, since the device is
     * gone: its memory, one block for free(3), is the back end's now. NULL:
     * the back end never looks at it again and needs not be asked. */
    void (*drop)(struct usb_device *d, struct usb_transfer *t);

    /* Lets go of everything but `d` itself, which is freed afterwards with
     * the transfers that are still in d->pending. Nothing of the back end is
     * on the stack: see usb_backend_hold(). */
    void (*close)(struct usb_device *d);
};

/* The base of every back end. Read it freely; write only what is said. */
struct usb_device {
    const struct usb_backend_ops *ops;
    struct lk_loop *loop;
    struct usb_descriptors descriptors; /* the opener's to fill */
    char strings[3][USB_STRING_MAX];    /* manufacturer, product, serial */

    /* usb.c's alone */
    struct usb_transfers pending; /* with the back end */
    struct usb_transfers ended;   /* wait to be told */
    struct lk_timer *timer;       /* next deadline, or something to tell */
    size_t transfers;             /* in both lists */
    unsigned holds;
    const char *gone; /* why; NULL while it is there */
    bool gone_told;
    bool closed;      /* by usb_free(); no callback is made any more */
    uint32_t claimed; /* bit per interface number */
    uint8_t alternate[USB_INTERFACES_MAX]; /* present one of each interface */
    usb_gone_fn *on_gone;
    void *on_gone_arg;
};

/* Prepares the base inside a back end's own zeroed struct, whose first member
 * it must be, since it is given to free(3) in the end.
 * Errors: -ENOMEM, -ENOSPC no timer left; nothing to undo then. */
int usb_backend_init(struct usb_device *d, struct lk_loop *loop,
                     const struct usb_backend_ops *ops) LK_MUST_CHECK;

/* Frees a transfer that is in no list, and wipes what it carried: a PIN, an
 * answer, a page. */
void usb_backend_free(struct usb_transfer *t);

/* `t` has ended; it is no more when this returns. Only from the loop, never
 * from within an op. Hold the device when you go on using it.
 *
 * status  as usb.h says at usb_done_fn; -ECANCELED becomes -ETIMEDOUT where
 *         time was what ended it
 * moved   bytes, at most t->len
 */
void usb_backend_end(struct usb_transfer *t, int status, size_t moved);

/* As usb_backend_end(), but soon and from anywhere. Those that wait are told in
 * this order. */
void usb_backend_end_later(struct usb_transfer *t, int status, size_t moved);

/* The device is gone, for the reason `why` (static, English, for a technician);
 * the first one counts. From anywhere: the callbacks come from the loop later,
 * -ENODEV for all that is still with the back end, whose ops are called no more
 * but for close(). */
void usb_backend_gone(struct usb_device *d, const char *why);

/* Starts on another device what `t` asks for: for back ends that wrap one. The
 * time limits stay with `t`. Errors: as usb_control() and the others. */
int usb_backend_forward(struct usb_device *to, const struct usb_transfer *t,
                        struct usb_done done,
                        struct usb_transfer **ret) LK_MUST_CHECK;

/* While held the device stays in memory, even if a callback frees it: ask
 * usb_backend_open() then before going on with it. */
void usb_backend_hold(struct usb_device *d);
void usb_backend_release(struct usb_device *d);

/* Whether it is neither freed nor gone. */
bool usb_backend_open(const struct usb_device *d);

#endif
