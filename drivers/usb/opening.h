/* opening.h - a device that is being opened.
 *
 * Room: what the openers of all back ends share: they end in one callback. The
 * openers themselves are usb_ip_open() (usbip.h) and usb_fs_open() (usbfs.h).
 * Thread: the loop's.
 */
#ifndef LUUKKU_USB_OPENING_H
#define LUUKKU_USB_OPENING_H

#include "usb/usb.h"

/* A device that has not told all about itself within this many milliseconds is
 * not opened. */
#define USB_OPENING_MS 2000

struct usb_opening;

/* Called once, from the loop, when the opening is over; the opening is no more
 * then.
 *
 * error  0; -ETIMEDOUT; -ENODEV gone, refused, or nobody that speaks the
 *        protocol; -EBADMSG descriptors that make no sense; -EMSGSIZE too much
 *        of them; -EIO a question failed; -EACCES, -EBUSY; -ENOMEM; -ENOSPC
 * d      on success: the device, the callee's from now on; NULL else
 */
typedef void usb_opened_fn(void *arg, int error, struct usb_device *d);

/* Gives up: no callback is made. NULL is fine, and fine inside any callback but
 * its own. Returns NULL. */
struct usb_opening *usb_opening_free(struct usb_opening *o);

#endif
