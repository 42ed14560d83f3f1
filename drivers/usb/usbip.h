/* usbip.h - devices over USB/IP, with no kernel USB at all.
 *
 * Room: the client's side of the protocol: list, import, submit, unlink.
 * Not here: connecting the socket.
 * Spec: Linux, Documentation/usb/usbip_protocol.rst, version 1.1.1.
 * Thread: the loop's.
 */
#ifndef LUUKKU_USB_USBIP_H
#define LUUKKU_USB_USBIP_H

#include "usb/allow.h"
#include "usb/opening.h"

#define USB_IP_BUSID_MAX USB_PORT_MAX /* bytes, the NUL included */
#define USB_IP_LIST_MAX 32            /* devices of one server */

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

struct usb_ip_listing;

/* Called once, from the loop, with the devices that a server offers; the
 * listing is no more then. `list` dies when it returns; the port of each is its
 * busid. Errors: -ETIMEDOUT after USB_OPENING_MS; -ENODEV hung up, or the
 * server refused; -EBADMSG, -EMSGSIZE, -ENOMEM. */
typedef void usb_ip_listed_fn(void *arg, int error,
                              const struct usb_candidate *list, size_t n);

/* Asks a server what it has. fd, fn, ret and errors as for usb_ip_open(). A
 * connection serves one question: import through another one. */
int usb_ip_list(struct lk_loop *loop, int fd, usb_ip_listed_fn *fn, void *arg,
                struct usb_ip_listing **ret) LK_MUST_CHECK;

/* Gives up: no callback is made. NULL is fine. Returns NULL. */
struct usb_ip_listing *usb_ip_listing_free(struct usb_ip_listing *l);

/* The answer's decoder: `len` bytes that have come, at most `cap` devices.
 *
 * ret     written to on failure too
 * Returns how many, or -EAGAIN when there is more to come, -EBADMSG, -EMSGSIZE
 *         above a ceiling, -ENODEV the server refused
 * Thread  any
 */
int usb_ip_list_decode(const uint8_t *raw, size_t len,
                       struct usb_candidate *ret, size_t cap) LK_MUST_CHECK;

#endif
