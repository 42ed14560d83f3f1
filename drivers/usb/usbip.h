/* usbip.h - devices over USB/IP, with no kernel USB at all.
 *
 * Room: the client's side of the protocol: import, submit, unlink.
 * Not here: connecting the socket.
 * Spec: Linux, Documentation/usb/usbip_protocol.rst, version 1.1.1.
 * Thread: the loop's.
 */
#ifndef LUUKKU_USB_USBIP_H
#define LUUKKU_USB_USBIP_H

#include "usb/opening.h"

#define USB_IP_BUSID_MAX 32 /* bytes, the NUL included */

/* Imports device `busid` and opens it.
 *
 * fd      a connected stream socket (AF_UNIX, AF_INET...); the opening's from
 *         now on, and closed in the end; the caller's still on failure
 * fn      never called from within this
 * ret     the opening, to give it up; may be NULL
 * Errors  -EINVAL no such busid can be, -ENOMEM, -ENOSPC
 */
int usb_ip_open(struct lk_loop *l, int fd, const char *busid, usb_opened_fn *fn,
                void *arg, struct usb_opening **ret) LK_MUST_CHECK;

#endif
