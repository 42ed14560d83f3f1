/* usbfs.h - devices of this machine's kernel, by libusb-1.0.
 *
 * Room: a device on a descriptor that somebody privileged opened. Nothing is
 * looked for, no path is opened: LIBUSB_OPTION_NO_DEVICE_DISCOVERY.
 * Thread: the loop's. What the kernel only does while the caller waits (set
 * alternate, clear halt, reset, letting go) is done by a thread of the device's
 * own.
 */
#ifndef LUUKKU_USB_USBFS_H
#define LUUKKU_USB_USBFS_H

#include "usb/opening.h"

/* Opens the device behind `fd`.
 *
 * fd      a node of /dev/bus/usb, opened for reading and writing; the opening's
 *         from now on, and closed in the end; the caller's still on failure
 * fn      never called from within this
 * ret     the opening, to give it up; may be NULL
 * Errors  -ENOMEM, -ENOSPC, -EMFILE, -EAGAIN no thread
 */
int usb_fs_open(struct lk_loop *l, int fd, usb_opened_fn *fn, void *arg,
                struct usb_opening **ret) LK_MUST_CHECK;

#endif
