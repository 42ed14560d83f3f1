/* opening_steps.h - how a half open device becomes an open one.
 *
 * Room: this room's own back ends. They make the opening with a device that
 * already takes control transfers, or soon will, and start the questions.
 */
#ifndef LUUKKU_USB_OPENING_STEPS_H
#define LUUKKU_USB_OPENING_STEPS_H

#include "usb/backend.h"
#include "usb/opening.h"

/* Makes an opening of `d`; with a time limit from now on.
 *
 * d       becomes the opening's on success. When it is gone before the end, the
 *         opening ends with -ENODEV.
 * Errors  -ENOMEM, -ENOSPC
 */
int usb_opening_new(struct usb_device *d, usb_opened_fn *fn, void *arg,
                    struct usb_opening **ret) LK_MUST_CHECK;

/* Asks the device for its descriptors, configures it, asks for its strings,
 * and ends. Only from the loop. */
void usb_opening_ask(struct usb_opening *o);

/* As usb_opening_ask() for a device that is configured and whose descriptors
 * are known: device descriptor, then all configurations, as usbfs gives them. A
 * bad one ends the opening. Only from the loop. */
void usb_opening_take(struct usb_opening *o, const uint8_t *raw, size_t len);

/* Ends it. Only from the loop. */
void usb_opening_fail(struct usb_opening *o, int error);

#endif
