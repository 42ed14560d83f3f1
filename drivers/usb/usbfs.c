#include "usb/usbfs.h"

#include "usb/opening_steps.h"
#include "usb/usbfs_core.h"

#include <errno.h>
#include <stdlib.h>

/* The node, libusb's wake-up and its timer; a few to spare. */
#define WATCHES_MAX 8

struct fs_device {
    struct usb_device base;
    struct usb_opening *opening; /* until the thread has opened it */
    struct fs_core *core;
    struct lk_watch *bell;
    struct {
        struct lk_watch *watch; /* NULL: free */
        int fd;
    } watches[WATCHES_MAX];
    uint32_t job; /* id of the last one */
};

static struct fs_device *fs_of(struct usb_device *d)
{
    return LK_CONTAINER_OF(d, struct fs_device, base);
}

/* --- libusb's descriptors in the loop --- */

/* libusb's own time limits are not used (usb.c has them), so that descriptors
 * are all it needs of the loop. */
static void on_libusb(void *arg, int fd, short events)
{
    struct fs_device *f = arg;
    struct timeval now = {0};
    (void)fd;
    (void)events;
    usb_backend_hold(&f->base);
    if (!f->base.closed)
        (void)libusb_handle_events_timeout_completed(f->core->ctx, &now, NULL);
    usb_backend_release(&f->base);
}

static void LIBUSB_CALL on_fd_added(int fd, short events, void *arg)
{
    struct fs_device *f = arg;
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (f->watches[i].watch)
            continue;
        f->watches[i].fd = fd;
        if (lk_watch_new(f->base.loop, fd, events, on_libusb, f,
                         &f->watches[i].watch) == 0)
            return;
        break;
    }
    usb_backend_gone(&f->base, "no room in the loop");
}

static void LIBUSB_CALL on_fd_removed(int fd, void *arg)
{
    struct fs_device *f = arg;
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (f->watches[i].watch && f->watches[i].fd == fd)
            f->watches[i].watch = lk_watch_free(f->watches[i].watch);
    }
    /* That is how libusb says so when no transfer is under way. */
    if (fd == f->core->fd)
        usb_backend_gone(&f->base, "unplugged");
}

static int fs_watch(struct fs_device *f)
{
    const struct libusb_pollfd **fds = libusb_get_pollfds(f->core->ctx);
    if (!fds)
        return -ENOMEM;
    for (size_t i = 0; fds[i]; i++)
        on_fd_added(fds[i]->fd, fds[i]->events, f);
    libusb_free_pollfds(fds);
    libusb_set_pollfd_notifiers(f->core->ctx, on_fd_added, on_fd_removed, f);
    return f->base.gone ? -ENOSPC : 0;
}

static void fs_unwatch(struct fs_device *f)
{
    for (size_t i = 0; i < WATCHES_MAX; i++)
        f->watches[i].watch = lk_watch_free(f->watches[i].watch);
}

/* --- transfers --- */

static int transfer_status(enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
        return 0;
    case LIBUSB_TRANSFER_STALL:
        return -EPIPE;
    case LIBUSB_TRANSFER_CANCELLED:
        return -ECANCELED;
    case LIBUSB_TRANSFER_OVERFLOW:
        return -EOVERFLOW;
    case LIBUSB_TRANSFER_NO_DEVICE:
        return -ENODEV;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_ERROR:
        break;
    }
    return -EIO;
}

/* On the loop's thread, or, once the device is let go, on its own. */
static void LIBUSB_CALL on_transfer(struct libusb_transfer *x)
{
    struct usb_transfer *t = x->user_data;
    struct fs_own *own = t->own;
    struct fs_core *c = own->core;
    int status = transfer_status(x->status);
    size_t moved = x->actual_length > 0 ? (size_t)x->actual_length : 0;
    own->flying = false;
    c->flying--;
    if (c->closing || own->dropped)
        return; /* the thread frees it in the end */
    if (status == -ENODEV) {
        usb_backend_gone(t->device, "unplugged");
        return; /* told and freed with the others */
    }
    libusb_free_transfer(x);
    own->x = NULL;
    usb_backend_end(t, status, moved);
}

static void fs_fill(struct fs_device *f, struct usb_transfer *t,
                    struct libusb_transfer *x)
{
    libusb_device_handle *h = f->core->handle;
    int len = (int)t->len;
    if (t->kind == USB_KIND_CONTROL)
        libusb_fill_control_transfer(x, h, t->data - LIBUSB_CONTROL_SETUP_SIZE,
                                     on_transfer, t, 0);
    else if (t->kind == USB_KIND_INTERRUPT)
        libusb_fill_interrupt_transfer(x, h, t->endpoint, t->data, len,
                                       on_transfer, t, 0);
    else
        libusb_fill_bulk_transfer(x, h, t->endpoint, t->data, len, on_transfer,
                                  t, 0);
}

static int fs_submit(struct fs_device *f, struct usb_transfer *t)
{
    struct fs_own *own = t->own;
    own->x = libusb_alloc_transfer(0);
    if (!own->x)
        return -ENOMEM;
    fs_fill(f, t, own->x);
    int r = fs_error(libusb_submit_transfer(own->x));
    if (r == 0) {
        own->flying = true;
        f->core->flying++;
        return 0;
    }
    libusb_free_transfer(own->x);
    own->x = NULL;
    if (r == -ENODEV)
        usb_backend_gone(&f->base, "unplugged");
    if (r == -ENODEV || r == -ENOMEM)
        return r;
    usb_backend_end_later(t, -EIO, 0);
    return 0;
}

static int op_submit(struct usb_device *d, struct usb_transfer *t)
{
    struct fs_device *f = fs_of(d);
    struct fs_own *own = t->own;
    struct fs_job job = {.id = ++f->job};
    own->core = f->core;
    own->id = job.id;
    switch (t->kind) {
    case USB_KIND_CONTROL:
    case USB_KIND_BULK:
    case USB_KIND_INTERRUPT:
        return fs_submit(f, t);
    case USB_KIND_ALTERNATE:
        job.kind = FS_JOB_ALTERNATE;
        job.interface = (uint8_t)t->setup.index;
        job.alternate = (uint8_t)t->setup.value;
        break;
    case USB_KIND_CLEAR_HALT:
        job.kind = FS_JOB_CLEAR_HALT;
        job.endpoint = (uint8_t)t->setup.index;
        break;
    case USB_KIND_RESET:
        job.kind = FS_JOB_RESET;
        break;
    }
    return fs_core_post(f->core, &job);
}

/* The kernel waits inside this until the controller has let go of the request:
 * a matter of microframes with a real one, and of one answer with vhci-hcd. */
static void op_cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct fs_own *own = t->own;
    (void)d;
    if (own->x)
        (void)libusb_cancel_transfer(own->x);
    else /* the thread's job goes on; nobody waits for it any more */
        usb_backend_end_later(t, -ECANCELED, 0);
}

/* libusb still has it, and the memory that it reads into. */
static void op_drop(struct usb_device *d, struct usb_transfer *t)
{
    struct fs_own *own = t->own;
    own->dropped = true;
    TAILQ_INSERT_TAIL(&fs_of(d)->core->transfers, t, link);
}

static int op_claim(struct usb_device *d, uint8_t interface)
{
    struct fs_device *f = fs_of(d);
    int r = fs_error(libusb_claim_interface(f->core->handle, interface));
    if (r == -ENODEV)
        usb_backend_gone(d, "unplugged");
    return r == 0 || r == -ENODEV ? r : -EBUSY;
}

/* Hands what is left to the device's thread. */
static void fs_let_go(struct fs_device *f)
{
    struct usb_transfers *left = &f->base.pending;
    /* Without an opening it was open: libusb may call us. */
    if (!f->opening)
        libusb_set_pollfd_notifiers(f->core->ctx, NULL, NULL, NULL);
    while (!TAILQ_EMPTY(left)) {
        struct usb_transfer *t = TAILQ_FIRST(left);
        TAILQ_REMOVE(left, t, link);
        op_drop(&f->base, t);
    }
    fs_core_close(f->core);
}

static void op_close(struct usb_device *d)
{
    struct fs_device *f = fs_of(d);
    fs_unwatch(f);
    lk_watch_free(f->bell);
    if (f->core)
        fs_let_go(f);
}

static const struct usb_backend_ops fs_ops = {
    .own_len = sizeof(struct fs_own),
    .claim = op_claim,
    .submit = op_submit,
    .cancel = op_cancel,
    .drop = op_drop,
    .close = op_close,
};

/* --- answers of the thread --- */

static void fs_opened(struct fs_device *f, int status)
{
    struct usb_opening *o = f->opening;
    if (status < 0) {
        usb_opening_fail(o, status);
        return;
    }
    f->opening = NULL;
    int r = fs_watch(f);
    if (r < 0)
        usb_opening_fail(o, r);
    else
        usb_opening_take(o, f->core->raw, f->core->raw_len);
}

static void fs_answered(struct fs_device *f, const struct fs_answer *a)
{
    struct usb_transfer *t = NULL;
    TAILQ_FOREACH(t, &f->base.pending, link)
    {
        const struct fs_own *own = t->own;
        if (!own->x && own->id == a->id)
            break;
    }
    if (a->status == -ENODEV)
        usb_backend_gone(&f->base, "unplugged");
    else if (t)
        usb_backend_end(t, a->status, 0);
}

static void on_bell(void *arg, int fd, short events)
{
    struct fs_device *f = arg;
    struct fs_answer a;
    (void)fd;
    (void)events;
    usb_backend_hold(&f->base);
    while (usb_backend_open(&f->base) && fs_core_take(f->core, &a)) {
        if (a.kind == FS_JOB_OPEN)
            fs_opened(f, a.status);
        else
            fs_answered(f, &a);
    }
    /* Nobody is asked any more; or it would ring for ever. */
    if (f->base.gone)
        f->bell = lk_watch_free(f->bell);
    usb_backend_release(&f->base);
}

/* --- opening --- */

static int fs_start(struct fs_device *f, int fd)
{
    int r = fs_core_new(fd, &f->core);
    if (r < 0)
        return r;
    r = lk_watch_new(f->base.loop, f->core->bell, POLLIN, on_bell, f, &f->bell);
    if (r == 0)
        r = fs_core_post(f->core, &(struct fs_job){.kind = FS_JOB_OPEN});
    if (r < 0)
        f->core->fd = -1; /* still the caller's */
    return r;
}

int usb_fs_open(struct lk_loop *l, int fd, usb_opened_fn *fn, void *arg,
                struct usb_opening **ret)
{
    struct fs_device *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    int r = usb_backend_init(&f->base, l, &fs_ops);
    if (r < 0) {
        free(f);
        return r;
    }
    r = usb_opening_new(&f->base, fn, arg, &f->opening);
    if (r < 0) {
        usb_free(&f->base);
        return r;
    }
    struct usb_opening *o = f->opening;
    r = fs_start(f, fd);
    if (r < 0) {
        usb_opening_free(o);
        return r;
    }
    if (ret)
        *ret = o;
    return 0;
}
