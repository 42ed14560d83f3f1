/* usb.h - one USB device, whatever carries it.
 *
 * Room: what a driver needs of a device: its descriptors, claimed interfaces,
 * control, bulk and interrupt transfers. Behind it a back end: libusb on a
 * descriptor that somebody privileged opened (usbfs.h), a USB/IP client
 * (usbip.h), or one that replays what was recorded (record.h).
 * Nothing here waits: every transfer ends in its callback, exactly once, from
 * the loop, never inside the call that started it.
 * Not here: finding devices, rights (allow.h says which may be used).
 * Thread: the loop's, for everything here.
 * Spec: USB 2.0, chapters 5, 8 and 9.
 */
#ifndef LUUKKU_USB_USB_H
#define LUUKKU_USB_USB_H

#include "loop/loop.h"
#include "usb/descriptor.h"

struct usb_device;   /* an opened device */
struct usb_transfer; /* one under way; gone when its callback returns */

#define USB_TRANSFER_BYTES_MAX 65536 /* of one transfer */
#define USB_CONTROL_BYTES_MAX 4096   /* of a control transfer's data stage */
#define USB_TRANSFERS_MAX 32         /* under way on one device */

/* How a transfer ended:
 *   0           done; `len` bytes, which may be fewer than asked for
 *   -EPIPE      the endpoint stalled (usb_clear_halt() before the next one;
 *               not needed on endpoint 0)
 *   -ENODEV     the device is gone
 *   -ETIMEDOUT  not done in time; `len` bytes were moved
 *   -ECANCELED  by usb_cancel(); `len` bytes were moved
 *   -EOVERFLOW  the device sent more than was asked for
 *   -EIO        anything else
 * `data` (IN transfers) dies when the callback returns.
 */
typedef void usb_done_fn(void *arg, int status, const uint8_t *data,
                         size_t len);

/* What is called at the end of a transfer. fn is never NULL. */
struct usb_done {
    usb_done_fn *fn;
    void *arg;
};

/* Bytes to send; borrowed for the call. `at` may be NULL where len is 0. */
struct usb_bytes {
    const void *at;
    size_t len;
};

/* A control request (USB 2.0, 9.3). IN when bit 7 of `type` is set. */
struct usb_setup {
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t length; /* bytes of the data stage */
};

/* Called once when the device is known to be gone, after the callbacks of all
 * its transfers; usb_free() may be called inside. */
typedef void usb_gone_fn(void *arg);

/* The device's descriptors, checked; they live as long as the device. */
const struct usb_descriptors *usb_descriptors(const struct usb_device *d);

/* Its strings, UTF-8, "" where it has none or a broken one. Made safe for one
 * line: no control characters. Live as long as the device. */
const char *usb_manufacturer(const struct usb_device *d);
const char *usb_product(const struct usb_device *d);
const char *usb_serial(const struct usb_device *d);

/* Tells who wants to hear that it is gone; NULL nobody. */
void usb_on_gone(struct usb_device *d, usb_gone_fn *fn, void *arg);

/* Why it is gone, in English for a technician ("unplugged", "answers without a
 * question"), a static string; NULL while it is there. */
const char *usb_gone_why(const struct usb_device *d);

/* Takes an interface for this program; kernel drivers are put off it. Given
 * back by usb_free(). Errors: -ENOENT no such interface, -EBUSY, -ENODEV. */
int usb_claim(struct usb_device *d, uint8_t interface) LK_MUST_CHECK;

/* Selects an alternate setting of a claimed interface.
 * Errors (of the call): -ENOENT, -ENOMEM, -ENOSPC, -ENODEV */
int usb_set_alternate(struct usb_device *d, uint8_t interface,
                      uint8_t alternate, struct usb_done done) LK_MUST_CHECK;

/* Ends the halt of an endpoint, and its data toggle begins anew. Errors: as
 * usb_set_alternate(). */
int usb_clear_halt(struct usb_device *d, uint8_t endpoint,
                   struct usb_done done) LK_MUST_CHECK;

/* Resets the device's port; claimed interfaces and alternate settings have to
 * be chosen anew. Ends with -ENODEV where the device did not come back. */
int usb_reset(struct usb_device *d, struct usb_done done) LK_MUST_CHECK;

/* Starts a control transfer on endpoint 0.
 *
 * out     s->length bytes for an OUT request, copied; NULL for IN
 * ret     may be NULL: nobody will cancel it
 * Errors  -EINVAL, -EMSGSIZE too long, -ENOSPC too many under way, -ENOMEM,
 *         -ENODEV
 */
int usb_control(struct usb_device *d, const struct usb_setup *s,
                const void *out, unsigned timeout_ms, struct usb_done done,
                struct usb_transfer **ret) LK_MUST_CHECK;

/* Sends bytes (0..USB_TRANSFER_BYTES_MAX), which are copied, to a bulk or
 * interrupt OUT endpoint. A transfer that fills its last packet is not followed
 * by an empty one: the driver sends that where its class wants it.
 *
 * timeout_ms  0: none
 * Errors  -ENOENT no such endpoint in the present alternate settings of
 *         claimed interfaces, and as usb_control()
 */
int usb_out(struct usb_device *d, uint8_t endpoint, struct usb_bytes bytes,
            unsigned timeout_ms, struct usb_done done,
            struct usb_transfer **ret) LK_MUST_CHECK;

/* Asks a bulk or interrupt IN endpoint for at most `cap` bytes
 * (1..USB_TRANSFER_BYTES_MAX; a multiple of the packet size, or a longer packet
 * ends it with -EOVERFLOW). It ends with a short or empty packet too. Errors:
 * as usb_out(). */
int usb_in(struct usb_device *d, uint8_t endpoint, size_t cap,
           unsigned timeout_ms, struct usb_done done,
           struct usb_transfer **ret) LK_MUST_CHECK;

/* Ends it soon: its callback still comes, with -ECANCELED or how it ended by
 * then. NULL is fine. */
void usb_cancel(struct usb_transfer *t);

/* Closes. Transfers under way end without a callback. Fine inside any callback.
 * NULL is fine. Returns NULL. */
struct usb_device *usb_free(struct usb_device *d);

/* For LK_AUTO(usb_device). */
static inline void usb_device_auto_free(struct usb_device **p)
{
    (void)usb_free(*p);
}

#endif
