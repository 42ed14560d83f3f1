/* usb_fault.h - a USB device that breaks at one transfer of one's choice.
 *
 * Room: wraps an opened device of any back end as a back end of its own. Counts
 * every transfer and request that is started on it, and breaks one.
 */
#ifndef LUUKKU_TESTS_USB_FAULT_H
#define LUUKKU_TESTS_USB_FAULT_H

#include "usb/usb.h"

#include <stdbool.h>

enum usb_fault {
    USB_FAULT_NONE,
    /* The device is gone; the transfer never reached it. */
    USB_FAULT_UNPLUG,
    /* The transfer was carried out and the device is gone before that was
     * told. */
    USB_FAULT_UNPLUG_AFTER,
    /* Not carried out: -EPIPE. The endpoint stays halted until
     * usb_clear_halt(), endpoint 0 does not. */
    USB_FAULT_STALL,
    /* IN: half of what came, the rest is lost. OUT: half of it is sent. */
    USB_FAULT_SHORT,
    /* IN: ends with 0 bytes; what should have come waits for the next one.
     * OUT: 0 bytes are taken. */
    USB_FAULT_EMPTY,
    /* IN: what the endpoint answered before comes again, and the right answer
     * waits for the next one. Endpoint 0 gives the wrong one alone. Nothing is
     * broken where nothing came before, nor at an OUT. */
    USB_FAULT_STALE,
    /* Nothing happens until it is cancelled or overdue; it never reached the
     * device. */
    USB_FAULT_TIMEOUT,
    USB_FAULTS
};

/* Wraps `inner`, which is the new device's from now on; on failure still the
 * caller's. Nothing may be claimed or under way on it yet.
 *
 * at      number of the transfer to break, the first is 0
 * Errors  -ENOMEM, -ENOSPC
 */
int usb_fault_new(struct lk_loop *l, struct usb_device *inner,
                  enum usb_fault what, unsigned at,
                  struct usb_device **ret) LK_MUST_CHECK;

/* Transfers and requests started so far. */
unsigned usb_fault_count(const struct usb_device *d);

/* Whether the fault has happened. */
bool usb_fault_struck(const struct usb_device *d);

/* Its name for messages: "unplug", "stall", ... */
const char *usb_fault_name(enum usb_fault what);

#endif
